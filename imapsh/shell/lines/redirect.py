r"""Sends a command's output elsewhere: `COMMAND | less`, `COMMAND > file`, `COMMAND >> file`.

`>` and `|` may stand in an atom (RFC 9051 section 9, ATOM-CHAR), so an operator is only what cannot be missed: a word
of its own outside quotes, parentheses and literals, behind a command that is complete without it and before one word or
more.  A line with a tag in front, a line of a paste, and a command that holds a secret know none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from imapsh.errors import ImapshError, UsageError
from imapsh.grammar.tokens import (
    DATA,
    LBRACKET,
    LPAREN,
    QUOTED,
    RBRACKET,
    RPAREN,
    SPACE,
    WORD,
    Token,
    tokenize,
    unquote,
)
from imapsh.hints import TYPE_CHECKING
from imapsh.shell.connection.steps import Away, Steps
from imapsh.shell.lines.values import places, put_in, read
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.screen.targets import Target
    from imapsh.table.model import Context

OPERATORS = ("|", ">", ">>")

_TRIED = 8  # words that may be operators; what is behind them all is data
_NOTHING: Mapping[str, str] = {}
_DEPTH = {LPAREN: 1, LBRACKET: 1, RPAREN: -1, RBRACKET: -1}


class Redirect(NamedTuple):
    """A line cut at an operator: the command, the operator, where that stands, and what is behind it."""

    command: str
    operator: str
    start: int
    rest: str


def split(text: str, context: Context, known: Mapping[str, str] = _NOTHING) -> Redirect | None:
    """Return the line cut at its operator; None if it has none.

    `known` maps some of its `${NAME}` to what they stand for.
    """
    if text.startswith("\\"):
        return _cut(text, _takes_output)
    return _cut(text, lambda command: _is_complete(command, context, known))


def _cut(text: str, whole: Callable[[str], bool]) -> Redirect | None:
    """Cut at the first operator that stands behind a `whole` command."""
    for token in islice(operators(text), _TRIED):
        command = text[: token.start].rstrip(" ")
        if whole(command):
            return Redirect(command, token.text, token.start, text[token.end :].strip(" "))
    return None


def operators(text: str) -> Iterator[Token]:
    """Yield the words that may be operators, whatever stands before them."""
    if not any(f" {operator} " in text for operator in OPERATORS):
        return
    tokens = tokenize(text)
    depth = 0
    for index, token in enumerate(tokens):
        depth += _DEPTH.get(token.kind, 0)
        if depth == 0 and _stands_alone(tokens, index):
            yield token


def _stands_alone(tokens: list[Token], index: int) -> bool:
    """Return whether a token is an operator between spaces with something behind, and no literal follows."""
    token = tokens[index]
    if token.kind is not WORD or token.text not in OPERATORS or not 0 < index < len(tokens) - 2:
        return False
    behind = tokens[index + 1 :]
    return tokens[index - 1].kind is SPACE and behind[0].kind is SPACE and all(one.kind is not DATA for one in behind)


def _takes_output(command: str) -> bool:
    """Return whether one of imapsh's own commands takes an operator."""
    from imapsh.shell.command_table import COMMANDS

    row = COMMANDS.get(command.split(" ", 1)[0].lower())
    return row is not None and not row.verbatim


def _is_complete(command: str, context: Context, known: Mapping[str, str]) -> bool:
    """Return whether a command is whole.  A value that is not known is taken to be whatever is due there."""
    from imapsh.typed.match import match
    from imapsh.typed.syntax import arguments_in_clear

    spots = [place for place in places(command) if place.name in known]
    line = put_in(command, spots, [known[place.name] for place in spots])[0]
    found = read(line, lambda line: match(line, context))
    row = found.command
    return found.complete and row is not None and found.tag is None and arguments_in_clear(row.syntax) is None


# -- to be done


def target(app: App, redirect: Redirect) -> Target:
    """Return the target of the output.  Raises UsageError if a file cannot be written or is not named by one word."""
    from imapsh.shell.screen.targets import FileTarget, PipeTarget

    if redirect.operator == "|":
        return PipeTarget(app.output, redirect.rest)
    return FileTarget(app.output, file_name(redirect.rest, redirect.operator), append=redirect.operator == ">>")


def file_name(rest: str, operator: str) -> str:
    """Return the one word behind `>`, which may be quoted.  Raises UsageError."""
    tokens = tokenize(rest)
    if len(tokens) == 1 and tokens[0].kind is QUOTED:
        return unquote(rest)
    if any(token.kind is SPACE for token in tokens):
        raise UsageError(
            f'{operator} takes the name of one file, in quotes if it contains spaces (a "{operator}" in '
            "quotes is not an operator); nothing was sent"
        )
    return rest


def diverted(app: App, to: Target, steps: Steps[str]) -> Steps[str]:
    """Do the steps of a command with its output going `to` a target.  Return the status.

    If something ends them before their end, a file is as it was then.
    """
    before, app.target = app.target, to
    try:
        try:
            status = yield from steps
        finally:
            app.target = before
        said = yield Away(to.finish)
    except BaseException as error:
        to.drop()
        if isinstance(error, ImapshError) and to.began and to.kept:
            app.note(to.kept)
        raise
    if said:
        app.note(said)
    return status
