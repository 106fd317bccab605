"""Which command an untagged response answers (A2)."""

from __future__ import annotations

import pytest

from .player import Player

SELECTED = """
S: * PREAUTH [CAPABILITY IMAP4rev1] hi
>>> SELECT INBOX
C: A1 SELECT INBOX
S: * 9 EXISTS
S: A1 OK done
"""


def told(commands: list[str], said: str) -> tuple[str, bool]:
    """The tag of the command that a response is filed under, and whether it was asked for; the first command is A2."""
    player = Player().play(SELECTED)
    for line in commands:
        player.session.line(line)
    player.pump()
    player.out = b""
    player.play(f"S: {said}")
    event = player.last
    assert event.exchange is not None
    return event.exchange.tag, not event.unsolicited


TWO = ["STATUS a (MESSAGES)", "STATUS b (MESSAGES)"]


@pytest.mark.parametrize(
    ("commands", "said", "tag", "asked"),
    [
        (TWO, "* STATUS a (MESSAGES 1)", "A2", True),
        (TWO, "* STATUS b (MESSAGES 1)", "A3", True),
        (TWO, "* STATUS B (MESSAGES 1)", "A3", True),
        (TWO, "* STATUS c (MESSAGES 1)", "A2", False),
        (["NOOP", *TWO], "* STATUS b (MESSAGES 1)", "A4", True),
        (["NOOP"], "* STATUS b (MESSAGES 1)", "A2", False),
        (['LIST "" % RETURN (STATUS (MESSAGES))'], "* STATUS c (MESSAGES 1)", "A2", True),
        (["FETCH 1 FLAGS", "SEARCH ALL"], "* SEARCH 1", "A3", True),
        (["SEARCH RETURN (ALL) ALL", "SEARCH NEW"], "* SEARCH 1", "A3", True),
        (["SEARCH RETURN (ALL) ALL", "SEARCH NEW"], '* ESEARCH (TAG "A3") ALL 1', "A3", True),
        (["SEARCH RETURN (ALL) ALL", "SEARCH NEW"], '* ESEARCH (TAG "A2") ALL 1', "A2", True),
        (["SEARCH RETURN (ALL) ALL"], '* ESEARCH (TAG "x") ALL 1', "A2", False),
        (["FETCH 1 FLAGS", "SEARCH RETURN (ALL) ALL"], "* ESEARCH ALL 1", "A3", True),
        (["SORT (DATE) UTF-8 ALL", "SEARCH ALL"], "* SORT 1", "A2", True),
        (["SORT (DATE) UTF-8 ALL", "SEARCH ALL"], "* SEARCH 1", "A3", True),
        (["SORT RETURN () (DATE) UTF-8 ALL", "SORT (DATE) UTF-8 ALL"], "* SORT 1", "A3", True),
        (["SORT RETURN () (DATE) UTF-8 ALL", "SORT (DATE) UTF-8 ALL"], '* ESEARCH (TAG "A2") ALL 1', "A2", True),
        (["FETCH 1 FLAGS", "THREAD REFERENCES UTF-8 ALL"], "* THREAD (1)", "A3", True),
        (["FETCH 1 FLAGS", "ESEARCH IN (personal) ALL"], '* ESEARCH (TAG "A3") UID ALL 1', "A3", True),
        (["NOOP"], '* ESEARCH (TAG "A1") UID ADDTO (0 3)', "A2", False),
        (["CREATE c", 'LIST "" *'], '* LIST () "/" c', "A3", True),
        (["CREATE c"], '* LIST () "/" c', "A2", True),
        (["NOOP", "UID EXPUNGE 7"], "* 7 EXPUNGE", "A3", True),
        (["FETCH 1 FLAGS", "UID MOVE 7 a"], "* OK [COPYUID 1 7 70] moved", "A3", True),
        (["X-UNKNOWN"], "* STATUS c (MESSAGES 1)", "A2", True),
    ],
)  # fmt: skip
def test_a2_a_response_is_that_of_the_command_it_answers(commands: list[str], said: str, tag: str, asked: bool) -> None:
    assert told(commands, said) == (tag, asked)
