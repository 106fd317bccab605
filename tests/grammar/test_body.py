"""Parts in the common forms, which expressions read, have the values that the rules give them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.grammar.values import BodyPart

from .by_rules import STREAMS, assert_alike, mutated, nstring, number
from .reading import one

_TYPES = ['"text" "plain"', '"TEXT" "Html"', '"image" "png"', '"message" "rfc822"', '"message" "GLOBAL"',
          '"message" "delivery-status"', '"multipart" "mixed"', '"" ""', 'NIL "plain"', '"text" NIL']  # fmt: skip
_ENVELOPE = '(NIL "s" (("a" NIL "b" "c")) NIL NIL NIL NIL NIL NIL "<i@h>")'
_string = nstring.filter(lambda text: text[0] == '"')


def _join(parts: list[str]) -> str:
    return " ".join(parts)


def _listed(text: str) -> str:
    return f"({text})"


_params = st.lists(st.tuples(_string, _string).map(" ".join), min_size=1, max_size=3).map(_join).map(_listed)
_params |= st.sampled_from(["NIL", "()", '("charset" "utf-8")', '("A" "1" "a" "2")', '("a" NIL)', '("a")'])
_disposition = st.tuples(nstring, _params).map(" ".join).map(_listed) | st.just("NIL")
_language = nstring | st.lists(_string, min_size=1, max_size=3).map(_join).map(_listed)
_more = st.sampled_from(["NIL", "1", "(1 (NIL))", '"x"'])


def _begun(first: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Extension data, or the first of them."""
    whole = st.tuples(first, _disposition, _language, nstring, _more)
    return st.tuples(whole, st.integers(0, 5)).map(lambda drawn: "".join(f" {text}" for text in drawn[0][: drawn[1]]))


_lines = st.sampled_from(["", " 1", " 4294967296", " -1", f" {_ENVELOPE}"])
_head = st.tuples(st.sampled_from(_TYPES), _params, nstring, nstring, nstring, number).map(" ".join)
_leaf = st.tuples(_head, _lines, _begun(nstring)).map("".join).map(_listed)


def _around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(inner, min_size=1, max_size=3).map("".join)
    several = st.tuples(parts, nstring.map(" {}".format), _begun(_params)).map("".join)
    message = st.tuples(
        st.just('"message" "rfc822" NIL NIL NIL "7bit" 9 ' + _ENVELOPE + " "), inner, _lines, _begun(nstring)
    ).map("".join)
    return (several | message).map(_listed)


bodies = st.recursive(_leaf, _around, max_leaves=5)


def line(text: str, item: str = "BODYSTRUCTURE") -> bytes:
    return f"* 1 FETCH ({item} {text})\r\n".encode("latin-1")


def read(text: str) -> BodyPart:
    response = one(line(text))
    assert response.violations == ()
    found = response.value.items["BODYSTRUCTURE"]
    assert isinstance(found, BodyPart)
    return found


def test_all_streams_are_read_as_by_the_rules() -> None:
    for stream in STREAMS:
        assert_alike(stream.replace(b"BODYSTRUCTURE (", b"BODY ("))
        assert_alike(stream.replace(b"BODY (", b"BODYSTRUCTURE ("))


@settings(max_examples=400)
@given(
    mutated(bodies), st.sampled_from(["BODY", "BODYSTRUCTURE"]), st.booleans(), st.sampled_from([1, 2, 3, 4, 5, 100])
)
def test_any_body_is_read_as_by_the_rules(octets: bytes, item: str, utf8: bool, nesting: int) -> None:
    assert_alike(line(octets.decode("latin-1"), item), utf8=utf8, nesting=nesting)


def test_values_that_can_be_changed_are_each_parts_own() -> None:
    text = '("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 1 1 NIL ("inline" ("a" "b")) NIL NIL)'
    first, second = read(text), read(text)
    assert first == second
    assert first.params is not None
    assert first.disposition is not None
    assert first.disposition[1] is not None
    first.params["charset"] = "other"
    first.disposition[1]["a"] = "other"
    assert second.params == {"charset": "utf-8"}
    assert second.disposition == ("inline", {"a": "b"})
    assert read(text) == second
