"""The installed Python's own tests of imaplib, run on our classes without a copy of them."""

from __future__ import annotations

import sys
import unittest
from collections.abc import Iterator
from typing import Any

import pytest

from imapsh.client import imap4

#: They assert the form of APPEND under UTF8=ACCEPT that Python 3.14 corrected to RFC 6855's.
CORRECTED = "test_enable_UTF8_True_append"
NAMES = ("IMAP4", "IMAP4_SSL", "IMAP4_stream", "Int2AP", "Internaldate2tuple", "ParseFlags", "Time2Internaldate")


@pytest.fixture
def suite(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of tests, whose every road to imaplib leads to ours."""
    module = pytest.importorskip("test.test_imaplib", reason="this Python ships no test package")
    monkeypatch.setattr(module.SimpleIMAPHandler, "timeout", 1)  # seconds, of 10, for clients that never close
    monkeypatch.setitem(sys.modules, "imaplib", imap4)  # what mock.patch("imaplib._MAXLINE", ...) finds
    monkeypatch.setattr(module, "imaplib", imap4)
    for name in NAMES:
        if hasattr(module, name):
            monkeypatch.setattr(module, name, getattr(imap4, name))
    for value in vars(module).values():
        theirs = vars(value).get("imap_class") if isinstance(value, type) else None
        if theirs is not None:
            monkeypatch.setattr(value, "imap_class", getattr(imap4, theirs.__name__))
    return module


def cases(tests: Any) -> Iterator[unittest.TestCase]:
    """The tests of a suite one by one, but those that need the internet."""
    for test in tests:
        if isinstance(test, unittest.TestSuite):
            yield from cases(test)
        elif not type(test).__name__.startswith("Remote"):
            yield test


@pytest.mark.slow
def test_all_pass_but_what_was_corrected_later(suite: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    built = []
    begin = imap4.IMAP4.__init__

    def counted(self: imap4.IMAP4, *arguments: Any, **named: Any) -> None:
        built.append(type(self))
        begin(self, *arguments, **named)

    monkeypatch.setattr(imap4.IMAP4, "__init__", counted)
    result = unittest.TestResult()
    unittest.TestSuite(cases(unittest.defaultTestLoader.loadTestsFromModule(suite))).run(result)
    failed = [(str(test), text) for test, text in [*result.failures, *result.errors] if CORRECTED not in str(test)]
    assert failed == []
    assert result.testsRun >= 80
    assert len(built) >= 90
