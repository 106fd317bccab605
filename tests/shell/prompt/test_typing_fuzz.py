"""Nothing that is typed makes lexer, completer or toolbar raise, and a completion breaks nothing."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from imapsh import table
from imapsh.shell.command_table import COMMANDS
from imapsh.shell.prompt.brackets import pair
from imapsh.shell.prompt.completer import ShellCompleter
from imapsh.shell.prompt.reading import Reading, TypedLexer
from imapsh.shell.prompt.toolbar import Status, toolbar
from imapsh.table.model import SELECTED, Context
from imapsh.typed.match import match
from tests.shell.hints import TABLES, entries
from tests.shell.knowing import HOST, world

_WORLD = world()
_CONTEXTS = [Context(SELECTED), Context(SELECTED, frozenset({"IMAP4rev1", "SEARCHRES", "AUTH=PLAIN"})),
             Context("not-authenticated"), Context(SELECTED, rev2=True)]  # fmt: skip
_EXAMPLES = sorted(
    {row.example for row in table.commands().values()}
    | {row.example for kind in ("search-key", "search-return", "list-select", "list-return", "create-param", "enable")
       for row in table.names(kind).values()}
    | {f"FETCH 1 {row.example}" for row in table.names("fetch-item").values()}
    | {f"{name} x y" for name in COMMANDS}
    | {entry.typed.replace("|", "") for entry in entries("\n".join(path.read_text("utf-8") for path in TABLES))}
)  # fmt: skip
_WORDS = [
    "FETCH", "4", "4:", "(", ")", "[", "]", "BODY[", "2.", "<0", '"', '"a b"', "\\", "\\Seen", "{3}", "{3}\n", "{@",
    "{@/", "~{@x",
    "\n", "\\\n", " ", " ", "SEARCH", "OR", "KEYWORD", "HEADER", "x-", "SELECT", "Reis", "&", "ü", "STORE", "$",
    "+FLAGS", "\\each", "\\trace /", "\\help", "LOGIN", "me", "pw", "UID", "*", "%", "LIST", '""', "\t", "\x00",
    "SINCE", "1-",
]  # fmt: skip
_SOME = st.lists(st.sampled_from(_WORDS), max_size=10)
_TEXTS = st.one_of(st.text(max_size=40), _SOME.map(" ".join), _SOME.map("".join))


def typed(text: str, cursor: int, context: Context) -> None:
    """Everything that a key sets off."""
    reading = Reading(lambda: context)
    document = Document(text, cursor)
    lines = TypedLexer(reading).lines(text)
    assert len(lines) == text.count("\n") + 1
    shown = "\n".join("".join(piece for _, piece, *_ in line) for line in lines)
    assert len(shown) == len(text.replace("\r", ""))
    toolbar(Status("me", None), reading, document, 100)
    pair(text, cursor)
    completer = ShellCompleter(HOST, reading, lambda: _WORLD, lambda: None)
    for completion in completer.get_completions(document, CompleteEvent()):
        assert -cursor <= completion.start_position <= 0
        assert "\n" not in completion.text


@pytest.mark.parametrize("line", _EXAMPLES)
def test_every_beginning_of_every_example(line: str) -> None:
    for size in range(len(line) + 1):
        typed(line[:size], size, _CONTEXTS[0])
    for cursor in range(len(line) + 1):
        typed(line, cursor, _CONTEXTS[1])


@settings(max_examples=300)
@given(_TEXTS, st.sampled_from(_CONTEXTS), st.data())
def test_random_lines(text: str, context: Context, data: st.DataObject) -> None:
    text = text.replace("\r", "")
    typed(text, data.draw(st.integers(0, len(text))), context)


@pytest.mark.parametrize("line", sorted({row.example for row in table.commands().values()}))
def test_a_completion_never_makes_a_right_line_wrong(line: str) -> None:
    """At each beginning of a right line: what is offered there fits, or goes on being typed."""
    row = match(line).command
    assert row is not None
    context = Context(row.states[-1], utf8=True)
    completer = ShellCompleter(HOST, Reading(lambda: context), lambda: _WORLD, lambda: None)

    async def offered(text: str) -> list[str]:
        found = completer.get_completions_async(Document(text), CompleteEvent())
        return [text[: len(text) + one.start_position] + one.text async for one in found if "dimmed" not in one.style]

    for size in range(len(row.name) + 1, len(line) + 1):
        for made in asyncio.run(offered(line[:size])):
            assert match(made, context).errors == (), made
