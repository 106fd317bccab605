"""The threading algorithms, by small conversations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from imapsh.server.conversations import message_ids, ordered_subject, references
from imapsh.server.store import Message

Mail = tuple[str, str, str, int]  # its ID, what it refers to, the subject, and the day


def _found(*mail: Mail) -> list[tuple[int, Message]]:
    found = []
    for number, (name, refers, subject, day) in enumerate(mail, 1):
        lines = [f"Message-ID: <{name}@x>"] if name else []
        lines += ["References: " + " ".join(f"<{one}@x>" for one in refers.split())] if refers else []
        octets = "\r\n".join([*lines, f"Subject: {subject}", f"Date: {day} Jun 2026 10:00:00 +0000", "", ""]).encode()
        found.append((number, Message(number, octets, datetime(2026, 6, 1, tzinfo=UTC), [])))
    return found


CONVERSATIONS: list[tuple[str, list[Mail], Any]] = [
    ("alone", [("a", "", "one", 1), ("b", "", "two", 2)], ((1,), (2,))),
    ("a chain", [("a", "", "s", 1), ("b", "a", "Re: s", 2), ("c", "a b", "Re: s", 3)], ((1, 2, 3),)),
    ("branches by date", [("a", "", "s", 1), ("b", "a", "Re: s", 3), ("c", "a", "Re: s", 2)], ((1, (3,), (2,)),)),
    ("the parent comes later", [("b", "a", "Re: s", 2), ("a", "", "s", 1)], ((2, 1),)),
    ("a parent that is missing", [("b", "a", "x", 1), ("c", "a", "y", 2)], (((1,), (2,)),)),
    ("one child of a missing parent", [("b", "a", "x", 1), ("c", "", "y", 2)], ((1,), (2,))),
    ("a missing one between", [("a", "", "s", 1), ("c", "a b", "Re: s", 3)], ((1, 2),)),
    ("the same subject", [("a", "", "s", 1), ("b", "", "Re: s", 2)], ((1, 2),)),
    ("the reply is first", [("b", "", "Re: s", 1), ("a", "", "s", 2)], ((2, 1),)),
    ("two that are no replies", [("a", "", "s", 1), ("b", "", "S", 2), ("c", "", "s", 3)], (((1,), (2,), (3,)),)),
    ("no subject gathers nothing", [("a", "", "", 1), ("b", "", "", 2)], ((1,), (2,))),
    ("a loop", [("a", "b", "x", 1), ("b", "a", "y", 2)], ((2, 1),)),
    ("itself", [("a", "a", "x", 1)], ((1,),)),
    ("one ID twice", [("a", "", "x", 1), ("a", "", "y", 2), ("b", "a", "z", 3)], ((1, 3), (2,))),
    ("no ID", [("", "", "x", 2), ("", "", "y", 1)], ((2,), (1,))),
    ("a truncated list", [("a", "", "s", 1), ("b", "a", "t", 2), ("c", "b", "u", 3)], ((1, 2, 3),)),
    ("two missing parents, one subject",
     [("b", "a", "s", 1), ("c", "a", "s", 2), ("e", "d", "s", 3), ("f", "d", "s", 4)], (((1,), (2,), (3,), (4,)),)),
]  # fmt: skip


@pytest.mark.parametrize(("what", "mail", "threads"), CONVERSATIONS, ids=[what for what, _, _ in CONVERSATIONS])
def test_references(what: str, mail: list[Mail], threads: Any) -> None:
    assert references(_found(*mail)) == threads


def test_in_reply_to_counts_where_there_are_no_references() -> None:
    parent, child = _found(("a", "", "x", 1), ("b", "", "y", 2))
    answer = Message(2, b"In-Reply-To: your mail <a@x> <z@x>\r\n" + child[1].octets, child[1].internaldate, [])
    assert references([parent, (2, answer)]) == ((1, 2),)


def test_a_message_id_has_one_spelling() -> None:
    assert message_ids('<"01KF"@x.y> and <01KF@x.y>') == ["01KF@x.y", "01KF@x.y"]
    assert message_ids("none <at all>") == []


def test_a_long_conversation_takes_no_stack() -> None:
    mail: list[Mail] = [("m0", "", "s", 1)]
    mail += [(f"m{number}", f"m{number - 1}", f"s{number}", 1) for number in range(1, 3000)]
    assert references(_found(*mail)) == (tuple(range(1, 3001)),)


def test_ordered_subject() -> None:
    mail = _found(
        ("a", "", "b", 3), ("b", "", "Re: a", 2), ("c", "", "a", 1), ("d", "", "Fwd: A", 4), ("e", "", "B", 5)
    )
    assert ordered_subject(mail) == ((3, (2,), (4,)), (1, 5))
    assert ordered_subject([]) == ()
