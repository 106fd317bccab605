"""Becomes the module `imapclient_test` of IMAPClient's tests, which its archive leaves out."""

from __future__ import annotations

import unittest

from imapclient.testable_imapclient import TestableIMAPClient


class IMAPClientTest(unittest.TestCase):
    """A test with a client that talks to a mock."""

    def setUp(self) -> None:
        self.client = TestableIMAPClient()
