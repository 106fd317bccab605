"""Numbers of mailboxes and delimiters: what breaks a rule, and what is legal and looks as if it did."""

from __future__ import annotations

import pytest

from imapsh.grammar.values import MailboxList
from imapsh.session.checks.mailboxes import Ledger, Told

from .scenes import CONDSTORE, LOGGED_IN, QRESYNC, SELECTED, findings, opened

STATUS = "STATUS Box (UIDNEXT UIDVALIDITY HIGHESTMODSEQ)"


def status(uidvalidity: int, uidnext: int, modseq: int = 0) -> tuple[str, str]:
    return STATUS, f"* STATUS Box (UIDNEXT {uidnext} UIDVALIDITY {uidvalidity} HIGHESTMODSEQ {modseq})"


@pytest.mark.parametrize(
    ("commands", "rules"),
    [
        ([status(7, 9), status(7, 9), status(7, 10)], []),
        ([status(7, 9), status(7, 8)], ["uidnext-falls"]),
        ([status(7, 9), status(8, 1)], []),
        ([status(7, 9), ("RENAME Other Box",), status(7, 8)], []),
        ([status(7, 9), (STATUS, "* STATUS Box (UIDNEXT 3)")], []),  # nobody knows of which UIDVALIDITY
        ([status(7, 9, 30), status(7, 9, 0)], []),  # it keeps none any more
        ([status(7, 9, 30), status(7, 9, 29)], []),  # the message that had it is gone
        ([status(7, 101), opened()], ["uidnext-falls"]),
        ([opened(), ("NOOP", "* OK [UIDNEXT 101] new"), ("NOOP", "* OK [UIDNEXT 99] new")], ["uidnext-falls"]),
        ([opened(), ("NOOP", "* OK [UIDVALIDITY 7] same")], []),
        ([opened(), ("NOOP", "* OK [UIDVALIDITY 8] new")], ["uidvalidity-changes"]),
    ],
)
def test_numbers(commands: list[tuple[str, ...]], rules: list[str]) -> None:
    assert findings(LOGGED_IN, *commands) == rules


def test_with_qresync_what_is_expunged_counts() -> None:
    assert findings(QRESYNC, ("CLOSE",), status(7, 9, 30), status(7, 9, 30)) == []
    assert findings(QRESYNC, ("CLOSE",), status(7, 9, 30), status(7, 9, 29)) == ["highestmodseq-falls"]
    late = ("NOOP", "* OK [HIGHESTMODSEQ 49] a VANISHED is due")  # RFC 7162 section 6
    assert findings(QRESYNC, late) == []


@pytest.mark.parametrize(
    ("flags", "permanent", "rules"),
    [
        (r"\Seen a", r"\Seen \* A", []),
        (r"\Seen", r"\Seen \* A", ["permanentflags-flags"]),
        (r"\Seen", "", []),
        (r"\Seen \Recent", r"\Seen", []),
    ],
)
def test_flags(flags: str, permanent: str, rules: list[str]) -> None:
    line = ("SELECT Box", f"* FLAGS ({flags})", f"* OK [PERMANENTFLAGS ({permanent})] these", "* OK [UIDVALIDITY 7] u",
            "* OK [UIDNEXT 9] n", "* 5 EXISTS", "* 0 RECENT")  # fmt: skip
    assert findings(LOGGED_IN, line) == rules


def test_recent_is_of_rev1() -> None:
    rev2 = ("ENABLE IMAP4rev2", "* ENABLED IMAP4rev2")
    named = opened('* LIST () "/" Box', r"* FLAGS (\Seen \Recent)")
    assert findings(LOGGED_IN, rev2, named) == ["recent-rev2"]
    assert findings(LOGGED_IN, rev2, opened('* LIST () "/" Box')) == []


def test_no_more_are_recent_than_there_are() -> None:
    assert findings(LOGGED_IN, opened("* 6 RECENT", without="* 0 RECENT")) == ["recent-count"]
    assert findings(LOGGED_IN, opened("* 5 RECENT", without="* 0 RECENT")) == []
    assert findings(SELECTED, ("NOOP", "* 6 RECENT", "* 6 EXISTS")) == []  # the order is the server's


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        (['* LIST () "/" Box', '* LIST () "/" Box/2024', '* LIST () "." News.lamps'], []),
        (['* LIST () "/" Box', '* LIST () "." Box.2024'], ["list-delimiter"]),
        (['* LIST () "/" inbox/a', '* LIST () "." INBOX.b'], ["list-delimiter"]),
        (['* LIST () NIL Box', '* LIST () "." Box.2024'], []),
        (['* LIST () "/" ""', '* LIST () "." ""'], []),
    ],
)  # fmt: skip
def test_delimiters(said: list[str], rules: list[str]) -> None:
    assert findings(LOGGED_IN, ('LIST "" *', *said)) == rules


def test_memory_is_bounded() -> None:
    ledger = Ledger()
    for number in range(5000):
        assert not list(ledger.told(f"box{number}", Told(7, 9, 0), qresync=True))
        assert not list(ledger.listed(MailboxList((), "/", f"box{number}")))
    assert len(ledger) <= 1 << 11


def test_closed() -> None:
    assert findings(CONDSTORE, ("", "* OK [CLOSED] gone")) == []
    assert findings(LOGGED_IN, ("NOOP", "* OK [CLOSED] gone")) == ["closed-unasked"]
    assert findings(CONDSTORE, ("CLOSE", "* OK [CLOSED] gone")) == []


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        (["* 9 RECENT"], ["recent-count"]),
        (["* 9 RECENT", "* 9 EXISTS"], []),  # in either order
        (["* 5 RECENT", "* 1 EXPUNGE"], []),  # one of these has gone
        (["* 5 RECENT"], []),
    ],
)
def test_no_more_are_recent_than_there_are_when_a_command_is_done(said: list[str], rules: list[str]) -> None:
    assert findings(SELECTED, ("NOOP", *said)) == rules
    assert findings(SELECTED, ("NOTIFY NONE",), ("NOOP", *said)) == []


def test_recent_is_no_flag_of_rev2_at_any_time() -> None:
    said = ("NOOP", r"* FLAGS (\Seen \Recent)")
    assert findings(SELECTED, said) == []
    enable = ("ENABLE IMAP4rev2", "* ENABLED IMAP4rev2")
    assert findings(SELECTED, enable, said) == ["recent-rev2"]
