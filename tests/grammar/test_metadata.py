"""METADATA: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.errors import UsageError
from imapsh.grammar.metadata import Metadata, MetadataLimit, typed_entry
from imapsh.grammar.values import Code, StatusText
from imapsh.grammar.writer import response as write
from imapsh.wire.frames import Spilled

from .reading import amiss, faultless, one, rewritten
from .strategies import mailbox, number, text

COLOR = "/shared/vendor/cmu/cyrus-imapd/color"
READ = [
    ('* METADATA "" (/shared/comment "Shared comment")', Metadata("", {"/shared/comment": "Shared comment"})),
    (
        '* METADATA "INBOX" (/private/comment "My own comment" /shared/comment "Its sunny outside!")',
        Metadata("INBOX", {"/private/comment": "My own comment", "/shared/comment": "Its sunny outside!"}),
    ),
    (
        '* METADATA INBOX (/private/values/small "SMALLER 5000" /private/values/boss "FROM \\"boss@example.com\\"")',
        Metadata("INBOX", {"/private/values/small": "SMALLER 5000", "/private/values/boss": 'FROM "boss@example.com"'}),
    ),
    (f'* METADATA INBOX ("{COLOR}" "#b71c1c")', Metadata("INBOX", {COLOR: "#b71c1c"})),
    (f'* METADATA "foo" ("{COLOR}" NIL)', Metadata("foo", {COLOR: None})),
    ('* METADATA Box (/private/specialuse "\\\\Drafts")', Metadata("Box", {"/private/specialuse": "\\Drafts"})),
    ('* METADATA "" /shared/comment', Metadata("", None, ("/shared/comment",))),
    ('* metadata "B&APw-cher" /a "/b c"', Metadata("Bücher", None, ("/a", "/b c"))),
]  # fmt: skip


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: Any) -> None:
    assert faultless(line).value == value


def test_values_in_literals() -> None:
    response = one(
        b"* METADATA INBOX (/a {6}\r\na\r\nb\r\n /b ~{3}\r\na\0b /c ~{2}\r\n\xff\xfe /d {2}\r\n\xc3\xbc)\r\n"
    )
    assert response.violations == ()
    assert response.value.entries == {"/a": "a\r\nb\r\n", "/b": b"a\0b", "/c": b"\xff\xfe", "/d": "ü"}


CODES = [
    ("a OK [METADATA LONGENTRIES 2199] GETMETADATA complete", MetadataLimit("LONGENTRIES", 2199)),
    ("a NO [METADATA MAXSIZE 1024] too large", MetadataLimit("MAXSIZE", 1024)),
    ("a NO [METADATA TOOMANY] SETMETADATA failed", MetadataLimit("TOOMANY")),
    ("a NO [metadata noprivate] no", MetadataLimit("NOPRIVATE")),
]


@pytest.mark.parametrize(("line", "value"), CODES)
def test_codes(line: str, value: MetadataLimit) -> None:
    assert faultless(line).value.code.arg == value


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* METADATA", "metadata-resp", 10),
    ("* METADATA INBOX", "metadata-resp", 16),
    ("* METADATA INBOX ", "metadata-resp", 16),
    ("* METADATA INBOX ()", "entry-values", 18),
    ("* METADATA INBOX (/a)", "entry-values", 20),
    ("* METADATA INBOX (/a )", "entry-values", 20),
    ('* METADATA INBOX (/a "b" /a NIL)', "entry-values", 25),
    ('* METADATA INBOX (/a "b" "/A" "c")', "entry-values", 25),
    ('* METADATA INBOX (/a  "b")', "entry-values", 21),
    ('* METADATA INBOX (/a "b"', "entry-values", 24),
    ('* METADATA INBOX (/a "b") x', "metadata-resp", 25),
    ('* METADATA INBOX (/a/ "b")', "metadata-entry", 20),
    ('* METADATA INBOX (/a//b "b")', "metadata-entry", 20),
    ('* METADATA INBOX ("a" "b")', "metadata-entry", 19),
    ('* METADATA INBOX ("/" "b" "" "c")', "metadata-entry", 27),
    ('* METADATA INBOX ("/a*" "b")', "metadata-entry", 21),
    ('* METADATA INBOX (/a%b "b")', "metadata-entry", 20),
    ('* METADATA INBOX ("/\t" "b")', "metadata-entry", 20),
    ('* METADATA INBOX (NIL "b")', "metadata-entry", 18),
    ("* METADATA INBOX (/a b)", "metadata-value", 21),
    ('* METADATA INBOX (/a (b "c") /b "d")', "metadata-value", 21),
    ("* METADATA INBOX (/a 12)", "metadata-value", 21),
    ("* METADATA INBOX NIL", "metadata-entry", 17),
    ("* METADATA INBOX /a b", "metadata-entry", 20),
    ("* METADATA INBOX /a (/b) /c", "metadata-entry", 20),
    ("* METADATA INBOX /a /b/", "metadata-entry", 22),
    ('* 3 METADATA INBOX (/a "b")', "response-data", 4),
    ("a OK [METADATA] x", "metadata-code", 14),
    ("a OK [METADATA LONG] x", "metadata-code", 15),
    ("a OK [METADATA LONG 3] x", "metadata-code", 15),
    ("a OK [METADATA LONGENTRIES] x", "metadata-code", 26),
    ("a OK [METADATA LONGENTRIES -1] x", "metadata-code", 27),
    ("a OK [METADATA LONGENTRIES 4294967296] x", "metadata-code", 27),
    ("a NO [METADATA MAXSIZE NIL] x", "metadata-code", 23),
    ("a NO [METADATA TOOMANY 3] x", "metadata-code", 22),
    ("a NO [METADATA MAXSIZE 3 4] x", "metadata-code", 24),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


def test_what_is_beyond_ascii_is_no_entry() -> None:
    [first, *_] = one(b"* METADATA INBOX {3}\r\n/\xc3\xbc\r\n").violations
    assert (first.rule, first.offset) == ("metadata-entry", 17)


def test_what_is_wrong_is_still_read() -> None:
    assert one(b'* METADATA INBOX (/a b /c (d) "/e" NIL)\r\n').value.entries == {"/a": "b", "/c": "(d)", "/e": None}
    assert one(b'* METADATA INBOX (/a "b c" /a "d" /e "f")\r\n').value.entries == {"/a": "b c", "/e": "f"}
    assert one(b"* METADATA INBOX /a (b) ) /c\r\n").value.names == ("/a", "/c")


def test_json() -> None:
    from imapsh.render.jsonform import to_json

    made = to_json(one(b"a OK [METADATA LONGENTRIES 2199] done\r\n"))
    assert made["value"]["arg"] == "LONGENTRIES 2199"
    made = to_json(one(b"* METADATA INBOX /a\r\n"))
    assert made["value"] == {"mailbox": "INBOX", "names": ["/a"]}
    made = to_json(one(b'* METADATA "" (/shared/x NIL)\r\n'))
    assert made["value"] == {"mailbox": "", "entries": {"/shared/x": None}}


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [("/shared/comment", None), ("/a", None), ("shared", 0), ("", 0), ("/a//b", 2), ("/a/", 3), ("/a*/", 2), ("/ü", 1)],
)
def test_what_is_typed_as_an_entry(typed: str, wrong: int | None) -> None:
    found = typed_entry(typed)
    assert (found and found[0]) == wrong


names = st.lists(st.text('abcXYZ019-. ()"\\]{', min_size=1, max_size=6), min_size=1, max_size=4).map(
    lambda parts: "/" + "/".join(parts)
)
values = st.none() | text | st.binary(min_size=1).map(lambda octets: b"\0" + octets) | st.just(b"\xff\xfe")
entries = st.lists(st.tuples(names, values), min_size=1, max_size=4, unique_by=lambda pair: pair[0].lower()).map(dict)
maybe_server = st.just("") | mailbox


@given(st.builds(Metadata, maybe_server, entries, st.none()))
def test_values_are_read_as_they_were_written(value: Metadata) -> None:
    assert rewritten("METADATA", value) == value


@given(st.builds(Metadata, maybe_server, st.none(), st.lists(names, min_size=1, max_size=4).map(tuple)))
def test_names_are_read_as_they_were_written(value: Metadata) -> None:
    assert rewritten("METADATA", value) == value


@given(
    st.builds(MetadataLimit, st.sampled_from(["LONGENTRIES", "MAXSIZE"]), number)
    | st.builds(MetadataLimit, st.sampled_from(["TOOMANY", "NOPRIVATE"]), st.none())
)
def test_a_code_is_read_as_it_was_written(value: MetadataLimit) -> None:
    assert rewritten("NO", StatusText(Code("METADATA", value), "no")).code.arg == value


def test_what_went_to_a_sink_is_not_written_again() -> None:
    with pytest.raises(UsageError, match="sink"):
        write("METADATA", Metadata("", {"/a": Spilled(3)}))
