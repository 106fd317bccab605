"""ADDTO, REMOVEFROM and NOUPDATE: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.context import Changes, Tag
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Code, ESearch, StatusText
from imapsh.render.jsonform import plain

from .reading import amiss, one, rewritten
from .strategies import number, sets


def _changes(*pairs: tuple[int, str]) -> Changes:
    return Changes(tuple((place, SequenceSet.parse(ids)) for place, ids in pairs))


#: The examples of RFC 5267 sections 4.3.3 and 4.3.4.
READ = [
    ('(TAG "B01") UID ADDTO (0 32768:32769)', {"ADDTO": _changes((0, "32768:32769"))}),
    ('(TAG "C01") UID ADDTO (1 2733 1 2732 1 2731)', {"ADDTO": _changes((1, "2733"), (1, "2732"), (1, "2731"))}),
    ('(TAG "C01") UID ADDTO (1 2733) ADDTO (1 2731:2732)', {"ADDTO": _changes((1, "2733"), (1, "2731:2732"))}),
    ('(TAG "B01") UID REMOVEFROM (0 32768)', {"REMOVEFROM": _changes((0, "32768"))}),
]


@pytest.mark.parametrize(("data", "items"), READ)
def test_what_is_read(data: str, items: dict[str, Changes]) -> None:
    response = one(f"* ESEARCH {data}\r\n".encode())
    assert response.violations == ()
    assert response.value.items == items


def test_the_code() -> None:
    response = one(b'* NO [NOUPDATE "B02"] Too many contexts\r\n')
    assert response.violations == ()
    assert response.value.code.arg == "B02"
    assert plain(_changes((0, "3:4"))) == [[0, "3:4"]]


AMISS = [
    ("* ESEARCH ADDTO", "ret-data-addto", 15),
    ("* ESEARCH ADDTO ()", "ret-data-addto", 17),
    ("* ESEARCH ADDTO 0 3", "ret-data-addto", 16),
    ("* ESEARCH ADDTO NIL", "ret-data-addto", 16),
    ("* ESEARCH ADDTO (3)", "ret-data-addto", 18),
    ("* ESEARCH ADDTO (-1 3)", "context-position", 17),
    ("* ESEARCH ADDTO (NIL 3)", "context-position", 17),
    ("* ESEARCH ADDTO (4294967296 3)", "context-position", 17),
    ("* ESEARCH ADDTO (0 0)", "ret-data-addto", 19),
    ("* ESEARCH ADDTO (0 NIL)", "ret-data-addto", 19),
    ("* ESEARCH REMOVEFROM (0 3 1)", "ret-data-addto", 27),
    ("* ESEARCH REMOVEFROM (0 3", "ret-data-addto", 25),
    ("* NO [NOUPDATE] no", "resp-code-noupdate", 14),
    ("* NO [NOUPDATE B02] no", "resp-code-noupdate", 15),
    ('* NO [NOUPDATE "B02" "B03"] no', "resp-text-code", 20),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


changes = st.builds(Changes, st.lists(st.tuples(number, sets), min_size=1, max_size=3))


@given(st.fixed_dictionaries({}, optional={"ADDTO": changes, "REMOVEFROM": changes}))
def test_it_is_read_as_it_was_written(items: dict[str, Changes]) -> None:
    made = ESearch("a", True, items)
    assert rewritten("ESEARCH", made) == made


@given(st.text("aB1.-", min_size=1))
def test_the_code_is_read_as_it_was_written(tag: str) -> None:
    made = StatusText(Code("NOUPDATE", Tag(tag), f'"{tag}"'), "no")
    assert rewritten("NO", made) == made


def test_many_changes_take_time_in_proportion() -> None:
    response = one(b'* ESEARCH (TAG "a") UID' + b" ADDTO (0 1)" * 20_000 + b"\r\n")
    assert len(response.value.items["ADDTO"]) == 20_000
