"""Findings: legal octets at a wrong time; and what was asked for and what was not."""

from __future__ import annotations

import pytest

from .player import LOGGED_IN, OPEN, SELECTED, play

#: A literal whose lines look like commands.
APPENDED = (
    SELECTED
    + r"""
>>> APPEND Box {20}\r\nA9 NOOP\r\nDONE\r\nxx\r\n.
C: A2 APPEND Box {20}
S: + go on
C: A9 NOOP
C: DONE
C: xx
C: .
""".rstrip()
)

#: What is said, and the rules that it breaks.
NOTIFY = "NOTIFY SET (SELECTED (MessageNew MessageExpunge))"
ELSEWHERE = f"{LOGGED_IN}\n>>> ESEARCH IN (personal) ALL\nC: A1 ESEARCH IN (personal) ALL"
FINDINGS = [
    (f"{OPEN}\nS: * 3 EXISTS", ["data-state"]),
    (f'{OPEN}\nS: * LIST () "/" INBOX', ["data-state"]),
    (f"{OPEN}\nS: * CAPABILITY IMAP4rev1", []),
    (f'{LOGGED_IN}\nS: * LIST () "/" INBOX', []),
    (f"{LOGGED_IN}\nS: * 3 EXISTS", ["data-state"]),
    (f"{LOGGED_IN}\nS: * 3 EXPUNGE", ["data-state", "expunge-time"]),
    (f"{LOGGED_IN}\n>>> XNEW\nC: A1 XNEW\nS: * 3 EXISTS", []),
    (f'{ELSEWHERE}\nS: * ESEARCH (TAG "A1" MAILBOX x UIDVALIDITY 1) UID ALL 1', []),
    (f'{LOGGED_IN}\n>>> NOOP\nC: A1 NOOP\nS: * ESEARCH (TAG "A0") ALL 1', ["data-state", "esearch-tag"]),
    (f"{SELECTED}\n>>> SORT (DATE) UTF-8 ALL\nC: A2 SORT (DATE) UTF-8 ALL\nS: * 1 EXPUNGE", ["expunge-time"]),
    (f"{SELECTED}\n>>> UID SORT (DATE) UTF-8 ALL\nC: A2 UID SORT (DATE) UTF-8 ALL\nS: * 1 EXPUNGE", []),
    (f"{SELECTED}\n>>> THREAD REFS UTF-8 ALL\nC: A2 THREAD REFS UTF-8 ALL\nS: * 1 EXPUNGE", ["expunge-time"]),
    (f"{SELECTED}\nS: * 6 EXISTS\nS: * 1 FETCH (FLAGS ())", []),
    (f"{SELECTED}\nS: * 4 EXISTS", ["exists-shrinks"]),
    (f"{SELECTED}\nS: * 6 FETCH (FLAGS ())", ["message-number"]),
    (f"{SELECTED}\nS: * 1 EXPUNGE", ["expunge-time"]),
    (f"{SELECTED}\nS: * 6 EXPUNGE", ["expunge-time", "message-number"]),
    (f"{SELECTED}\n>>> NOOP\nC: A2 NOOP\nS: * 1 EXPUNGE\nS: A2 OK done", []),
    (f"{SELECTED}\n>>> FETCH 1 UID\nC: A2 FETCH 1 UID\nS: * 1 EXPUNGE\nS: A2 OK done", ["expunge-time"]),
    (f"{SELECTED}\n>>> SEARCH ALL\nC: A2 SEARCH ALL\nS: * 1 EXPUNGE\nS: * SEARCH\nS: A2 OK done", ["expunge-time"]),
    (f"{SELECTED}\n>>> UID SEARCH ALL\nC: A2 UID SEARCH ALL\nS: * 1 EXPUNGE\nS: * SEARCH\nS: A2 OK done", []),
    (f"{SELECTED}\nS: * BYE tired\n!! eof", []),
    (f"{SELECTED}\n!! eof", ["bye-silent"]),
    (f"{SELECTED}\nS: * OK [CLOSED] gone\nS: * 9 EXISTS", ["data-state"]),
    (f"{SELECTED}\n>>> CLOSE\nC: A2 CLOSE\nS: A2 OK done\nS: * 1 FETCH (FLAGS ())", ["data-state"]),
    (f"{SELECTED}\n>>> {NOTIFY}\nC: A2 {NOTIFY}\nS: A2 OK done\nS: * 1 EXPUNGE", []),
    (f"{SELECTED}\n>>> NOTIFY NONE\nC: A2 NOTIFY NONE\nS: A2 OK done\nS: * 1 EXPUNGE", ["expunge-time"]),
    (f"{SELECTED}\nS: + what", ["continuation-unasked"]),
    (f"{SELECTED}\n>>> IDLE\nC: A2 IDLE\nS: + idling\nS: + again", ["continuation-unasked"]),
    (f"{SELECTED}\n>>> IDLE\nC: A2 IDLE\nS: + ok\n!! DONE\nC: DONE\nS: + again", ["continuation-unasked"]),
    (f"{SELECTED}\n>>> XNEW\nC: A2 XNEW\nS: + what\nS: * 1 EXPUNGE\nS: A2 OK done", []),
    (f"{SELECTED}\nS: A7 OK who", ["tag-unknown"]),
    (APPENDED + "\nS: A2 OK done\nS: A9 OK who", ["tag-unknown"]),
    (APPENDED + "\nS: + again", ["continuation-unasked"]),
    (f"{SELECTED}\n>>> NOOP\nC: A2 NOOP\n>>> CHECK\nC: A3 CHECK\nS: A2 OK a\nS: A3 OK b\nS: A3 OK c", ["tag-unknown"]),
]


@pytest.mark.parametrize(("script", "rules"), FINDINGS)
def test_findings(script: str, rules: list[str]) -> None:
    assert play(script).findings == rules


@pytest.mark.parametrize(
    ("line", "said", "unsolicited"),
    [
        ("FETCH 1 FLAGS", "* 1 FETCH (FLAGS ())", False),
        ("FETCH 1 FLAGS", "* 6 EXISTS", True),
        ("FETCH 1 FLAGS", "* OK [ALERT] hot", False),
        ("NOOP", "* 6 EXISTS", False),
        ("SEARCH ALL", "* SEARCH 1 2", False),
        ("UID SEARCH ALL", "* ESEARCH (TAG A2) UID", False),
        ("UID FETCH 7 FLAGS", "* 1 FETCH (UID 7 FLAGS ())", False),
        ('LIST "" *', '* LIST () "/" INBOX', False),
        ('LIST "" *', '* LSUB () "/" INBOX', True),
        ("STATUS Box (MESSAGES)", "* STATUS Box (MESSAGES 0)", False),
        ("XNEW", "* XNEW 1 2 3", False),
        ("NOOP", "garbage", True),
        ("NOOP", "* XNEW 1 2 3", True),
        ("NOOP", "* BYE tired", True),
        ("LOGOUT", "* BYE tired", False),
    ],
)
def test_what_was_asked_for(line: str, said: str, unsolicited: bool) -> None:
    assert play(f"{SELECTED}\n>>> {line}\nC: A2 {line}\nS: {said}").last.unsolicited is unsolicited


def test_while_nothing_runs_all_is_unsolicited() -> None:
    played = play(f"{SELECTED}\nS: * 6 EXISTS\nS: * OK still here\nS: * CAPABILITY IMAP4rev1")
    assert all(event.unsolicited for event in played.received[-3:])
    assert all(event.exchange is None for event in played.received[-3:])
