"""Mod-sequences and MODIFIED: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.findings import RULES
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Code, ESearch, Fetch, MailboxStatus, Search, StatusText
from imapsh.render.jsonform import to_json

from .reading import amiss, faultless, one, rewritten
from .strategies import nz_number, sets

_LARGEST = (1 << 63) - 1
_UIDS = SequenceSet.parse

READ = [
    ("* 1 FETCH (UID 4 MODSEQ (65402))", Fetch(1, {"UID": 4, "MODSEQ": 65402})),
    ("* 1 FETCH (MODSEQ (9223372036854775807))", Fetch(1, {"MODSEQ": _LARGEST})),
    ("* STATUS a (HIGHESTMODSEQ 0)", MailboxStatus("a", {"HIGHESTMODSEQ": 0})),
    ("* STATUS a (HIGHESTMODSEQ 7011231777)", MailboxStatus("a", {"HIGHESTMODSEQ": 7011231777})),
    ("* SEARCH 2 5 (MODSEQ 917162500)", Search((2, 5), 917162500)),
    ("* SEARCH", Search((), None)),
    ('* ESEARCH (TAG "a") ALL 1:3,5 MODSEQ 1236', ESearch("a", False, {"ALL": _UIDS("1:3,5"), "MODSEQ": 1236})),
    ("* OK [HIGHESTMODSEQ 715194045007] x", StatusText(Code("HIGHESTMODSEQ", 715194045007, "715194045007"), "x")),
    ("* OK [NOMODSEQ] Sorry", StatusText(Code("NOMODSEQ"), "Sorry")),
    ("d OK [MODIFIED 7,9] failed", StatusText(Code("MODIFIED", _UIDS("7,9"), "7,9"), "failed")),
    ("d NO [modified 2:4] gone", StatusText(Code("MODIFIED", _UIDS("2:4"), "2:4"), "gone")),
]


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: Any) -> None:
    assert faultless(line).value == value


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* 1 FETCH (MODSEQ (0))", "mod-sequence-value", 19),
    ("* 1 FETCH (MODSEQ (-1))", "mod-sequence-value", 19),
    ("* 1 FETCH (MODSEQ (NIL))", "mod-sequence-value", 19),
    ("* 1 FETCH (MODSEQ (9223372036854775808))", "mod-sequence-value", 19),
    ("* 1 FETCH (MODSEQ 12 UID 5)", "fetch-mod-resp", 18),
    ("* 1 FETCH (MODSEQ NIL UID 5)", "fetch-mod-resp", 18),
    ("* 1 FETCH (MODSEQ () UID 5)", "mod-sequence-value", 19),
    ("* 1 FETCH (MODSEQ (1 2) UID 5)", "fetch-mod-resp", 20),
    ("* STATUS a (HIGHESTMODSEQ -1)", "mod-sequence-valzer", 26),
    ("* STATUS a (HIGHESTMODSEQ NIL)", "mod-sequence-valzer", 26),
    ("* STATUS a (HIGHESTMODSEQ 9223372036854775808)", "mod-sequence-valzer", 26),
    ("* SEARCH (MODSEQ 5)", "search-sort-mod-seq", 9),
    ("* SEARCH 2 (MODSEQ 0)", "mod-sequence-value", 19),
    ("* SEARCH 2 (MODSEQ)", "search-sort-mod-seq", 18),
    ("* SEARCH 2 (UID 5)", "search-sort-mod-seq", 12),
    ("* SEARCH 2 (MODSEQ 5) 3", "obsolete-search-response", 21),
    ('* ESEARCH (TAG "a") MODSEQ 0', "mod-sequence-value", 27),
    ('* ESEARCH (TAG "a") MODSEQ (5)', "mod-sequence-value", 27),
    ("* OK [HIGHESTMODSEQ] x", "mod-sequence-value", 19),
    ("* OK [HIGHESTMODSEQ 0] x", "mod-sequence-value", 20),
    ("* OK [HIGHESTMODSEQ -1] x", "mod-sequence-value", 20),
    ("* OK [NOMODSEQ 1] x", "resp-text-code", 14),
    ("a OK [MODIFIED] x", "resp-code-modified", 14),
    ("a OK [MODIFIED 0] x", "resp-code-modified", 15),
    ("a OK [MODIFIED (7)] x", "resp-code-modified", 15),
    ("a OK [MODIFIED 7 9] x", "resp-text-code", 16),
    ("a OK [MODIFIED 4294967296] x", "resp-code-modified", 15),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


@pytest.mark.parametrize(("line", "rule", "offset"), [
    ("* 1 FETCH (MODSEQ)", "fetch-mod-resp", 17),
    ("* 1 FETCH (UID 5 MODSEQ)", "fetch-mod-resp", 23),
    ("* STATUS a (HIGHESTMODSEQ)", "mod-sequence-valzer", 25),
    ("* ESEARCH MODSEQ", "mod-sequence-value", 16),
    ("* SEARCH (MODSEQ)", "search-sort-mod-seq", 9),
    ("* SORT (MODSEQ 5)", "search-sort-mod-seq", 7),
    ("* SEARCH 1 (MODSEQ)", "search-sort-mod-seq", 18),
])  # fmt: skip
def test_c12_a_fault_cites_the_rfc_that_defines_what_is_missing(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]
    assert RULES[rule].rfc == "RFC 7162 §7"


def test_the_json_of_modified_is_its_set() -> None:
    assert to_json(one(b"d OK [MODIFIED 7,9] failed\r\n"))["value"]["arg"] == "7,9"


def test_a_broken_item_leaves_the_others() -> None:
    assert one(b"* 1 FETCH (MODSEQ 12 UID 5)\r\n").value.items["UID"] == 5


mod_sequence = st.integers(1, _LARGEST)


@given(nz_number, mod_sequence)
def test_an_item_is_read_as_it_was_written(number: int, modseq: int) -> None:
    value = Fetch(number, {"MODSEQ": modseq})
    assert rewritten("FETCH", value) == value


@given(sets)
def test_modified_is_read_as_it_was_written(messages: SequenceSet) -> None:
    value = StatusText(Code("MODIFIED", messages, str(messages)), "text")
    assert rewritten("OK", value) == value


@given(mod_sequence)
def test_highestmodseq_is_read_as_it_was_written(modseq: int) -> None:
    value = StatusText(Code("HIGHESTMODSEQ", modseq, str(modseq)), "text")
    assert rewritten("OK", value) == value


@given(st.integers(0, _LARGEST))
def test_the_status_item_is_read_as_it_was_written(modseq: int) -> None:
    value = MailboxStatus("box", {"HIGHESTMODSEQ": modseq})
    assert rewritten("STATUS", value) == value


def test_a_broken_item_is_an_item() -> None:
    assert amiss("* 1 FETCH (MODSEQ 12)") == [("fetch-mod-resp", 18)]
    assert amiss("* 1 FETCH ()") == [("msg-att", 11)]
