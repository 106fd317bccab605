"""Items of FETCH in shapes that no server should send: what is read all the same, and what is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .by_rules import assert_alike, mutated
from .reading import one

_ITEMS = (
    "UID 1", "UID 0", "UID 4294967296", "uid 7", "RFC822.SIZE 5", "RFC822.SIZE 007", "FLAGS ()", r"FLAGS (\Seen $a)",
    r"FLAGS (\*)", 'INTERNALDATE " 4-Mar-2021 18:20:07 +0100"', 'INTERNALDATE "4-mar-2021 18:20:07 +0100"',
    "INTERNALDATE NIL", "MODSEQ (12)", "MODSEQ ()", "X-OWN (1 NIL)", "BODY[] NIL", "BODY[1] {1}\r\nx",
    "BODY.PEEK[] NIL",
    "ENVELOPE NIL", "(UID 5)", "", 'X"', "EMAILID (M1)", 'BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 1 1)',
)  # fmt: skip

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


_lists = st.lists(st.sampled_from(_ITEMS), max_size=5).map(" ".join)


@settings(max_examples=600)
@given(mutated(_lists.map(" ({})".format)), st.booleans(), st.sampled_from([2, 3, 100]))
def test_any_items_are_read_as_by_the_rules(octets: bytes, utf8: bool, nesting: int) -> None:
    assert_alike(b"* 1 FETCH" + octets + b"\r\n", utf8=utf8, nesting=nesting)
