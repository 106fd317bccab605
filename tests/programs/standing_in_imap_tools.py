"""Becomes the module `utils` of imap_tools' tests, which its archive leaves out: a mailbox on our Dovecot."""

from __future__ import annotations

import json
import os
import unittest
from typing import Any

from imap_tools import MailBox

_SERVER: dict[str, Any] = json.loads(os.environ["IMAPSH_TESTS_SERVER"])
_BASE = "Tests/base"
_COUNT = 6
_MAIL = "From: Signe <signe@kelp.example>\r\nTo: olu@kelp.example\r\nSubject: tides %d\r\n\r\nhigh water\r\n"
TEST_MAILBOX_NAME_SET = {"DOVECOT"}

# The tests of connecting name no port, and no context, so the certificate is not looked at.
_host, _, *_others = MailBox.__init__.__defaults__ or ()
MailBox.__init__.__defaults__ = (_host, _SERVER["port"], *_others)


def get_test_mailbox_config(name: str) -> dict[str, str]:
    return {"host": _SERVER["host"], "email": _SERVER["user"], "password": _SERVER["password"]}


def get_test_mailbox(name: str) -> Any:
    """A mailbox with the folders that the tests expect, made and filled by the first."""
    mailbox: Any = MailBox(_SERVER["host"]).login(_SERVER["user"], _SERVER["password"])
    mailbox.mailbox_name = name
    mailbox.folder_test, mailbox.folder_test_base = "Tests", _BASE
    mailbox.folder_test_temp1, mailbox.folder_test_temp2 = "Tests/one", "Tests/two"
    mailbox.folder_test_new, mailbox.folder_test_new1 = "Tests/new", "Tests/newer"
    if not mailbox.folder.exists(_BASE):
        for folder in (_BASE, mailbox.folder_test_temp1, mailbox.folder_test_temp2):
            mailbox.folder.create(folder)
        for number in range(_COUNT):
            flags = ("\\Answered", "\\Flagged") if number == 2 else ()
            mailbox.append((_MAIL % number).encode(), _BASE, flag_set=flags)
    return mailbox


class MailboxTestCase(unittest.TestCase):
    """A test with the mailboxes by their names."""

    def setUp(self) -> None:
        self.mailbox_set = {name: get_test_mailbox(name) for name in TEST_MAILBOX_NAME_SET}

    def tearDown(self) -> None:
        for mailbox in self.mailbox_set.values():
            mailbox.logout()
