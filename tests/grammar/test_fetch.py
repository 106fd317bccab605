"""Items of FETCH in shapes that no server should send: what is read all the same, and what is named."""

from __future__ import annotations

from typing import Any

import pytest

from .reading import one

SEEN = ("\\Seen",)

#: What follows FETCH, the items that are read, and the first fault.
SHAPES = [
    (r"(UID 9 (FLAGS (\Seen)) RFC822.SIZE 3)", {"UID": 9, "FLAGS": SEEN, "RFC822.SIZE": 3}, ("msg-att", 17)),
    (r"((UID 9) (FLAGS (\Seen)))", {"UID": 9, "FLAGS": SEEN}, ("msg-att", 11)),
    (r"((UID 9 FLAGS (\Seen)))", {"UID": 9, "FLAGS": SEEN}, ("msg-att", 11)),
    ("((((UID 9))))", {"UID": 9}, ("msg-att", 11)),
    (r"(UID 9 ((FLAGS (\Seen)) X 1))", {"UID": 9, "FLAGS": SEEN, "X": 1}, ("msg-att", 17)),
    ("(UID 9 (X Y) FLAGS ())", {"UID": 9, "X": "Y", "FLAGS": ()}, ("msg-att", 17)),
    ("(UID 9 () FLAGS ())", {"UID": 9, "FLAGS": ()}, ("msg-att", 17)),
    ('(UID 9 (BODY[] "x") FLAGS ())', {"UID": 9, "BODY[]": b"x", "FLAGS": ()}, ("msg-att", 17)),
    (r"(UID 9) (FLAGS (\Seen))", {"UID": 9, "FLAGS": SEEN}, ("msg-att", 17)),
    (r"(UID 9)(FLAGS (\Seen))", {"UID": 9, "FLAGS": SEEN}, ("msg-att", 17)),
    (r"(UID 9 (FLAGS (\Seen))", {"UID": 9, "FLAGS": SEEN}, ("msg-att", 17)),
    (r"[UID 9 FLAGS (\Seen)]", {"UID": 9, "FLAGS": SEEN}, ("msg-att", 10)),
    (r"(UID (9) FLAGS \Seen)", {"UID": 9, "FLAGS": SEEN}, ("msg-att-static", 15)),
    ("(UID 9 MODSEQ 5)", {"UID": 9, "MODSEQ": 5}, ("fetch-mod-resp", 24)),
    ("(UID 9 (MODSEQ (5)))", {"UID": 9, "MODSEQ": 5}, ("msg-att", 17)),
]


@pytest.mark.parametrize(("line", "items", "fault"), SHAPES)
def test_a15_an_item_in_parentheses_of_its_own_is_named_and_read(
    line: str, items: dict[str, Any], fault: tuple[str, int]
) -> None:
    response = one(f"* 4 FETCH {line}\r\n".encode())
    assert response.value.items == items
    assert response.violations[0][:2] == fault


#: A section without its quotation marks, the items that are read, and the place of the fault.
ATOMS = [
    ("(BODY[] abc)", {"BODY[]": b"abc"}),
    ("(BODY[] abc UID 5)", {"BODY[]": b"abc", "UID": 5}),
    ("(BODY[TEXT] abc BODY[] NIL)", {"BODY[TEXT]": b"abc", "BODY[]": None}),
    ("(BODY[] UID 5)", {"UID": 5}),
    ("(BODY[] two words UID 5)", {"UID": 5}),
]


@pytest.mark.parametrize(("line", "items"), ATOMS)
def test_c12_an_atom_after_a_section_is_its_octets(line: str, items: dict[str, Any]) -> None:
    response = one(f"* 1 FETCH {line}\r\n".encode())
    assert response.value.items == items
    assert [violation.offset for violation in response.violations] == [line.index(" ") + 11]
