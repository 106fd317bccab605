"""What SELECT must bring: what is missing is named, and what may be missing is not."""

from __future__ import annotations

import pytest

from .scenes import CONDSTORE, LOGGED_IN, QRESYNC, SELECTED, findings, opened

REV1 = "S: * PREAUTH [CAPABILITY IMAP4rev1] ready"
REV2 = "S: * PREAUTH [CAPABILITY IMAP4rev2] ready"
BOTH = "S: * PREAUTH [CAPABILITY IMAP4rev1 IMAP4rev2] ready"
LISTED = '* LIST () "/" Box'
MODSEQ = "* OK [HIGHESTMODSEQ 9] so"
CLOSED = "* OK [CLOSED] so"


@pytest.mark.parametrize(
    ("scene", "command", "rules"),
    [
        (LOGGED_IN, opened(), []),
        (LOGGED_IN, opened(without="* FLAGS"), ["select-data"]),
        (LOGGED_IN, opened(without="* 5 EXISTS"), ["select-data"]),
        (LOGGED_IN, opened(without="* OK [UIDVALIDITY"), ["select-codes"]),
        (LOGGED_IN, opened(without="* OK [UIDNEXT"), ["select-codes"]),
        (LOGGED_IN, opened(without="* OK [PERMANENTFLAGS"), ["select-codes"]),
        (LOGGED_IN, ("SELECT Box", "TAG NO there is none"), []),
        (REV1, opened(), []),
        (REV1, opened(without="* 0 RECENT"), ["select-recent"]),
        (BOTH, opened(without="* 0 RECENT"), []),
        (REV2, opened(LISTED, without="* 0 RECENT"), []),
        (REV2, opened(without="* 0 RECENT"), ["select-list"]),
        (LOGGED_IN, opened(line="EXAMINE Box"), []),
        (LOGGED_IN, opened("TAG OK done", line="EXAMINE Box"), ["examine-readonly"]),
        (LOGGED_IN, opened("TAG OK done"), []),
        # -- extensions, and the mailbox before
        (QRESYNC, opened(CLOSED, MODSEQ), []),
        (QRESYNC, opened(CLOSED, "* OK [NOMODSEQ] none"), []),
        (QRESYNC, opened(CLOSED), ["select-modseq"]),
        (CONDSTORE, opened(CLOSED), []),  # nothing enabled it
        (QRESYNC, opened(MODSEQ), ["select-closed"]),
        (CONDSTORE, opened(), ["select-closed"]),
        (CONDSTORE, opened(line="SELECT INBOX"), []),  # not another mailbox
        (CONDSTORE, opened(line="SELECT inbox"), []),
        (CONDSTORE, ("SELECT Box", "TAG NO there is none"), []),
        (SELECTED, opened(), []),  # of a server that has no [CLOSED]
    ],
)
def test_what_select_brings(scene: str, command: tuple[str, ...], rules: list[str]) -> None:
    assert findings(scene, command) == rules


def test_behind_close_there_is_nothing_to_close() -> None:
    assert findings(CONDSTORE, ("CLOSE",), opened()) == []
    assert findings(CONDSTORE, ("SELECT None", "TAG NO there is none"), opened()) == []
