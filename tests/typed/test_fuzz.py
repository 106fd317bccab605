"""`match` never raises, whatever is typed, and all that it says stays within the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imapsh import table
from imapsh.grammar.tokens import tokenize
from imapsh.table import Context
from imapsh.table.model import ANY_STATE
from imapsh.typed.match import match

_WORDS = [
    *table.commands(), *table.names("search-key"), *table.names("fetch-item"), *table.names("status-item"),
    "a1", "UID", "1:*", "$", "0", "RETURN", "CHARSET", "(", ")", "[", "]", "<0.1>", '"', '"a b"', "\\", "\\Seen", "{3}",
    "{3+}\r\nabc", "~{2}", "{@x}", "{", "NIL", "1-Feb-1994", "%", "ü", "\x00", "\t", "\r\n", "=", " ", "  ",
]  # fmt: skip
_LINES = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(_WORDS), max_size=12).map(" ".join),
    st.lists(st.sampled_from(_WORDS), max_size=12).map("".join),
)
_CONTEXTS = st.builds(
    Context,
    st.sampled_from([*ANY_STATE, "logout"]),
    st.sampled_from([frozenset(), frozenset({"IMAP4rev1", "AUTH=PLAIN"}), frozenset({"IMAP4rev2"})]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, True, False]),
)


@given(_LINES, _CONTEXTS, st.lists(st.binary(max_size=5), max_size=3))
def test_match_never_raises(line: str, context: Context, payloads: list[bytes]) -> None:
    found = match(line, context, payloads)
    size = len(line)
    assert "".join(token.text for token in found.tokens) == line
    assert len(found.roles) == len(found.tokens)
    assert all(0 <= problem.offset <= size and problem.message for problem in found.errors)
    assert all(0 <= choice.offset <= size for choice in found.expected)
    assert all(0 <= start < end <= size for start, end in found.secrets)
    assert found.prefix[0] == line[found.prefix[1] :]
    places = [(piece.start, piece.end) for piece in found.slots]
    assert places == sorted(places)
    assert isinstance(found.hint, str)


@given(st.sampled_from([row.example for row in table.commands().values()]), st.data())
def test_a_line_with_one_character_changed(line: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(line)))
    changed = line[:at] + data.draw(st.characters()) + line[at + data.draw(st.integers(0, 1)) :]
    found = match(changed, Context("selected"))
    assert len(found.roles) == len(tokenize(changed))
    assert found.complete or found.errors or found.expected or found.text
