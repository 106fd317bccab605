"""A line that is read again after an edit is read as if for the first time, and what stayed the same is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh import table
from imapsh.table import Context
from imapsh.typed import nodes
from imapsh.typed.match import Match, match
from tests.typed.test_fuzz import _CONTEXTS, _WORDS

SEARCH = "SEARCH " + " ".join(f'OR FROM "a b {i}" (NOT SINCE 1-Feb-1994 SEEN)' for i in range(8)) + " ALL"
FETCH = "FETCH 1:* (" + " ".join(f"BODY.PEEK[{i}.HEADER.FIELDS (DATE FROM)]<0.1024>" for i in range(1, 8)) + ")"
LONG = (
    SEARCH,
    FETCH,
    "SEARCH RETURN (MIN MAX COUNT) OR (OR (SEEN ALL) (NOT (FLAGGED DRAFT))) SINCE 31-Feb-2020 FUZZY FROM x FUZZY TO y",
    "STORE 1:4,7 (UNCHANGEDSINCE 5) +FLAGS (" + " ".join(f"\\Seen $k{i} Seen" for i in range(9)) + ")",
    'LIST (SUBSCRIBED REMOTE) "" (a b% "c d" *) RETURN (CHILDREN STATUS (MESSAGES UIDNEXT) SUBSCRIBED)',
    "SELECT x (CONDSTORE QRESYNC (1 2 1:4 (1,5 7,9)) CONDSTORE)",
    "FETCH 1 (FLAGS FLAGS ENVELOPE BODY[] X-GM-LABELS MODSEQ) (CHANGEDSINCE 5 CHANGEDSINCE 6)",
    'GETMETADATA (DEPTH 1 DEPTH 2) "" (/shared/a /private/b "/c d")',
    "SETACL x y lrs", 'ID ("name" "x" "version" NIL "name" "y")', "LOGIN me pw ALL x",
    "a1 SEARCH  SEEN   FLAGGED UNSEEN FROM \xfc",
    "ESEARCH IN (mailboxes (a b c) subtree d) RETURN (ALL SAVE PARTIAL 1:5) SEEN ALL",
    "NOTIFY SET (selected (MessageNew (FLAGS UID) MessageExpunge)) (mailboxes (a b) (FlagChange MessageNew))",
    "SEARCH " + "(" * 160 + "ALL" + ") " * 160,
)  # fmt: skip
_LINES = st.sampled_from([*LONG, *(row.example for row in table.commands().values())])
_EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 6), st.one_of(st.sampled_from(["", "", *_WORDS]), st.characters())),
    min_size=1,
    max_size=8,
)


def told(found: Match) -> tuple[object, ...]:
    """Everything that a match tells."""
    return (
        found.tokens, found.tag, found.name, found.command, found.complete, found.pieces, found.roles, found.errors,
        [piece.value for piece in found.slots], found.expected, found.prefix, found.hint, found.secrets, found.harmless,
        found.blamed,
    )  # fmt: skip


@given(_LINES, _CONTEXTS, _EDITS)
def test_a_line_after_edits_is_read_as_if_for_the_first_time(
    line: str, context: Context, edits: list[tuple[float, int, str]]
) -> None:
    before = match(line, context)
    for place, gone, new in edits:
        at = round(place * len(before.text))
        before = match(before.text[:at] + new + before.text[at + gone :], context, before=before)
        assert told(before) == told(match(before.text, context))


@pytest.mark.parametrize("line", LONG)
def test_a_line_that_is_typed_is_read_as_if_for_the_first_time(line: str) -> None:
    before = match("")
    for size in [*range(len(line) + 1), *range(len(line), -1, -7)]:
        before = match(line[:size], before=before)
        assert told(before) == told(match(line[:size]))


def test_a_match_in_another_context_or_with_literals_is_no_help() -> None:
    before = match("STORE 1 FLAGS (a b c)", Context("not-authenticated"))
    selected = Context("selected")
    assert told(match("STORE 1 FLAGS (a b d)", selected, before=before)) == told(
        match("STORE 1 FLAGS (a b d)", selected)
    )
    parts = "SEARCH SEEN FROM {1} ALL TO {1}"
    assert told(match(parts, selected, (b"x", b"y"), match(parts, selected))) == told(
        match(parts, selected, (b"x", b"y"))
    )


@pytest.mark.parametrize("line", [SEARCH, FETCH])
def test_what_stayed_the_same_is_not_read_again(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    sequence = nodes.Sequence.match

    def counted(self: nodes.Sequence, run: object, at: int) -> int:
        read.append(at)
        return sequence(self, run, at)  # type: ignore[arg-type]

    monkeypatch.setattr(nodes.Sequence, "match", counted)
    before = match(line)
    whole = len(read)
    match(f"{line[:-3]}x", before=before)
    assert len(read) - whole < whole / 3
    assert whole > 10
