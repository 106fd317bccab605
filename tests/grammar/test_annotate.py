"""ANNOTATION and its codes: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.annotate import Annotations, AnnotationSupport
from imapsh.grammar.values import Code, Fetch, StatusText

from .reading import amiss, one, rewritten
from .strategies import maybe_text, nz_number

READ: list[tuple[str, dict[str, Any]]] = [
    ('(/comment (value.priv "My comment" value.shared NIL))',
     {"/comment": {"value.priv": "My comment", "value.shared": None}}),
    ('(/comment (value.priv "a" size.priv "10") /x (value.priv ~{2}\r\n\0b))',
     {"/comment": {"value.priv": "a", "size.priv": "10"}, "/x": {"value.priv": "\0b"}}),
    ("(/comment /altsubject)", {"/comment": None, "/altsubject": None}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "entries"), READ)
def test_what_is_read(line: str, entries: dict[str, Any]) -> None:
    response = one(f"* 1 FETCH (UID 7 ANNOTATION {line})\r\n".encode())
    assert response.violations == ()
    assert response.value.items["ANNOTATION"] == Annotations(entries)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("ANNOTATIONS 20480 NOPRIVATE", AnnotationSupport(20480, private=False)),
        ("ANNOTATIONS NONE", AnnotationSupport("NONE")),
        ("ANNOTATIONS read-only", AnnotationSupport("READ-ONLY")),
        ("ANNOTATE TOOBIG", "TOOBIG"),
        ("ANNOTATE toomany", "TOOMANY"),
    ],
)
def test_the_codes(code: str, value: Any) -> None:
    response = one(f"* OK [{code}] x\r\n".encode())
    assert response.violations == ()
    assert response.value.code.arg == value


AMISS = [
    ("* 1 FETCH (ANNOTATION ())", "annotation", 23),
    ("* 1 FETCH (ANNOTATION NIL)", "annotation", 22),
    ("* 1 FETCH (ANNOTATION (/a ()))", "entry-att", 27),
    ("* 1 FETCH (ANNOTATION (/a (value.priv)))", "entry-att", 37),
    ("* 1 FETCH (ANNOTATION (/a (value.priv x)))", "entry-att", 38),
    ('* 1 FETCH (ANNOTATION (/a (v "1" v "2")))', "entry-att", 33),
    ('* 1 FETCH (ANNOTATION (/a (v "1") /a (v "2")))', "annotation", 34),
    ('* 1 FETCH (ANNOTATION (/a (v "1") /b))', "annotation", 34),
    ('* 1 FETCH (ANNOTATION ("/a*" (v "1")))', "annotation-entry", 26),
    ('* 1 FETCH (ANNOTATION (/a//b (v "1")))', "annotation-entry", 25),
    ('* 1 FETCH (ANNOTATION (/a/ (v "1")))', "annotation-entry", 25),
    ('* 1 FETCH (ANNOTATION ({2}\r\n/% (v "1")))', "annotation-entry", 23),
    ('* 1 FETCH (ANNOTATION (/a (v..x "1")))', "annotation-attrib", 28),
    ('* 1 FETCH (ANNOTATION (/a (v. "1")))', "annotation-attrib", 28),
    ("* OK [ANNOTATE] x", "annotate-code", 14),
    ("* OK [ANNOTATE TOOFEW] x", "annotate-code", 15),
    ("* OK [ANNOTATIONS] x", "ann-size", 17),
    ("* OK [ANNOTATIONS 0] x", "ann-size", 18),
    ("* OK [ANNOTATIONS -1] x", "ann-size", 18),
    ("* OK [ANNOTATIONS SOME] x", "ann-size", 18),
    ("* OK [ANNOTATIONS 5 PRIVATE] x", "ann-size", 20),
    ("* OK [ANNOTATIONS NONE NOPRIVATE] x", "resp-text-code", 22),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


name = st.from_regex(r"\A[a-z0-9 ]{0,5}[/.]?[a-z0-9 ]{1,9}\Z")
attributes = st.dictionaries(name, maybe_text, min_size=1, max_size=3)
entries: st.SearchStrategy[dict[str, Any]] = st.dictionaries(name, attributes, min_size=1, max_size=3)
changed: st.SearchStrategy[dict[str, Any]] = st.dictionaries(name, st.none(), min_size=1, max_size=3)


@given(entries | changed)
def test_annotation_is_read_as_it_was_written(value: dict[str, Any]) -> None:
    written = Fetch(3, {"ANNOTATION": Annotations(value)})
    assert rewritten("FETCH", written) == written


@given(
    st.builds(AnnotationSupport, nz_number | st.just("READ-ONLY"), st.booleans())
    | st.just(AnnotationSupport("NONE"))
    | st.sampled_from(["TOOBIG", "TOOMANY"])
)
def test_codes_are_read_as_they_were_written(value: Any) -> None:
    name = "ANNOTATE" if isinstance(value, str) else "ANNOTATIONS"
    assert rewritten("OK", StatusText(Code(name, value), "x")).code.arg == value
