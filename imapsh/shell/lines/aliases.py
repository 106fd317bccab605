r"""Aliases, which are words of the person's own for the beginning of a line, from `\alias` or the configuration.

In the line that an alias stands for, `${1}` to `${9}` are its arguments and `${*}` is all of them; if there is none of
these, the arguments stand behind the line.  No alias goes before a command of IMAP's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imapsh.errors import UsageError
from imapsh.grammar.tokens import LPAREN, RPAREN, SPACE, tokenize
from imapsh.patterns import lazy
from imapsh.render.amounts import count
from imapsh.shell.lines.discreet import in_clear
from imapsh.shell.lines.nested import is_command
from imapsh.shell.lines.redirect import operators
from imapsh.shell.lines.values import Place, places, put_in

_NAME = lazy(r"(?i)[a-z][\w-]*")


def check(name: str, line: str) -> None:
    """Raise UsageError for a name or a line that cannot be an alias."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be an alias: use a letter, then letters, digits, - and _")
    if is_command(name):
        raise UsageError(f"{name.upper()} is an IMAP command, and an alias cannot replace it")
    if any(character in line for character in "\r\n\0"):
        raise UsageError(f"the alias {name} cannot contain a line break or NUL")


def resolve(aliases: Mapping[str, str], text: str) -> str:
    """Return the line that a line stands for, which is the line itself if it begins with no alias.

    Raises UsageError for aliases that go round in a circle, and for arguments that are missing or too many.
    """
    seen: list[str] = []
    while (name := text.partition(" ")[0]) in aliases and not is_command(name):
        if name in seen:
            raise UsageError(f"the aliases form a loop: {' -> '.join([*seen, name])}; nothing was sent")
        seen.append(name)
        text = _applied(name, aliases[name], text[len(name) :].strip(" "))
    return text


def _applied(name: str, line: str, rest: str) -> str:
    spots = [place for place in places(line) if not place.name[0].isalpha()]
    if not spots:
        return f"{line} {rest}" if rest else line
    rest, tail = _before_operator(rest)
    given = list(arguments(rest))
    wanted = max((int(place.name) for place in spots if place.name != "*"), default=0)
    takes_all = any(place.name == "*" for place in spots)
    if len(given) < wanted or (len(given) > wanted and not takes_all):
        raise UsageError(f"{name} takes {count(wanted, 'argument')}{' at least' * takes_all}, "
                         f"not {len(given)}; it stands for {in_clear(line)}")  # fmt: skip
    return put_in(line, spots, [_argument(place, given, rest) for place in spots])[0] + tail


def _before_operator(rest: str) -> tuple[str, str]:
    """Return the arguments, and the rest that begins with an operator, the space before it included."""
    text = f" {rest}"
    operator = next(operators(text), None)
    return (text[: operator.start].strip(" "), text[operator.start - 1 :]) if operator is not None else (rest, "")


def _argument(place: Place, given: list[str], rest: str) -> str:
    return rest if place.name == "*" else given[int(place.name) - 1] if int(place.name) else ""


def arguments(text: str) -> Iterator[str]:
    """Yield the arguments of a line, cut at spaces outside quotes, literals and parentheses."""
    depth, start = 0, 0
    for token in tokenize(text):
        depth += (token.kind is LPAREN) - (token.kind is RPAREN)
        if token.kind is SPACE and depth <= 0:
            if start < token.start:
                yield text[start : token.start]
            start = token.end
    if start < len(text):
        yield text[start:]
