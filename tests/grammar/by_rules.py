"""Reads with and without the expressions that read a whole envelope or body at once, to compare the two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import strategies as st

from imapsh.grammar import body, envelope, fetch, mailboxes, responses

from .reading import DATA, lines, parse

#: The expressions, without which only the rules read.
EXPRESSIONS = (
    (envelope, "_COMMON"), (envelope, "_ADDRESS"),
    (body, "PART"), (body, "AFTER_MESSAGE"), (body, "AFTER_PARTS"),
    (fetch, "_COMMON"),
    (mailboxes, "_COMMON"), (mailboxes, "_COMMON_STATUS"),
    (responses, "_COMMON"),
)  # fmt: skip
STREAMS = [
    *(line["raw"].encode("latin-1") for name in ("quirks", "more", "examiner") for line in lines(f"{name}.jsonl")),
    *(line.split("\t")[1].encode() + b"\r\n" for line in (DATA / "examples.txt").read_text().splitlines()),
    *(Path(path).read_bytes() for path in sorted((DATA / "captures").glob("*/*.bin"))),
]
_NEVER = re.compile("(?!)")


def gives_back(source: str) -> bool:
    """Whether an expression has a repetition without end that gives back what it took: it may take quadratic time."""
    waiting: list[Any] = [parser.parse(source)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, parser.SubPattern | list | tuple):
            if len(one) == 2 and one[0] is constants.MAX_REPEAT and one[1][1] is constants.MAXREPEAT:
                return True
            waiting += list(one)
    return False


@contextmanager
def rules_alone() -> Iterator[None]:
    """Let every expression match nothing."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in EXPRESSIONS:
            patch.setattr(module, name, _NEVER)
        yield


def reading(octets: bytes, *, utf8: bool = False, nesting: int = 100) -> list[str]:
    """What is read of a recording: each value with the types and the order in it, and each violation."""
    responses = parse(octets, utf8=utf8, nesting=nesting)
    return [f"{one.kind} {one.name} {one.tag} {one.value!r} {one.violations!r}" for one in responses]


def assert_alike(octets: bytes, *, utf8: bool = False, nesting: int = 100) -> None:
    """The rules alone read the same."""
    found = reading(octets, utf8=utf8, nesting=nesting)
    with rules_alone():
        assert found == reading(octets, utf8=utf8, nesting=nesting)


_STRING = st.text('ab "\\(){}é\x00\x01\x7f', max_size=6).map(
    lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
)
nstring = _STRING | st.sampled_from(["NIL", "nil", '""', '"text"'])
number = st.sampled_from(["0", "1", "007", "4294967295", "4294967296", "12345678901234567890"])


@st.composite
def mutated(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> bytes:
    """A text, in most cases with a few characters taken out, put in or doubled."""
    text = draw(texts)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        taken = draw(st.integers(0, 3))
        put = draw(
            st.sampled_from(["", "", " ", "(", ")", '"', "\\", "NIL", "1", "\r\n", "{1}\r\n", "é", text[at : at + 9]])
        )
        text = text[:at] + put + text[at + taken :]
    return text.encode("latin-1")
