r"""Finds secrets in a line of the shell: where it begins, and the line to show in its place.

A line may hold another (`\each LINE`, `\alias NAME LINE`), and `\raw` holds octets, with escapes, which may be a piece
of a command that was begun before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from imapsh.grammar.tokens import CRLF, tokenize
from imapsh.hints import TYPE_CHECKING
from imapsh.patterns import lazy
from imapsh.shell.lines.files import unescape
from imapsh.shell.lines.values import MASKED, discreet
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.record.variables import Variables
    from imapsh.typed.match import Match

_RAW = lazy(r"(?i)\\raw ")
_ESCAPED = lazy(r"\\(?:x[0-9A-Fa-f]{2}|[rnt0e\\])|[\s\S]")
_ARGUMENT = lazy(r"\$\{[\d*]\}")
_MOST = 1 << 16  # octets of a command that was begun, looked at for a password
_ANSWERS = b"\0"  # ends what was begun where answers to AUTHENTICATE are due, which are secret whatever they are

Reader = Callable[[str], "Match"]


def secret_at(line: str, match: Reader, begun: bytes = b"") -> int:
    r"""Return where a secret begins in a line, or its length if there is none.  `begun`: what `\raw` sent before."""
    return min(begin + _secret_at(line[begin:], match, begun) for begin in lines(line))


def lines(line: str) -> tuple[int, int]:
    r"""Return where the lines in a line begin: itself, and the innermost, as in `\each \repeat 3 1 LINE`."""
    from imapsh.shell.lines.nested import alias_line, line_start

    begin = 0
    while inner := line_start(line[begin:]) or alias_line(line[begin:]):
        begin += inner
    return 0, begin


def _secret_at(line: str, match: Reader, begun: bytes) -> int:
    if (value := discreet(line)) >= 0:
        return value
    if raw := _RAW.match(line):
        return raw.end() + _in_argument(line[raw.end() :], begun)
    return min((start for start, _ in match(line).secrets), default=len(line))


def in_clear(line: str) -> str:
    """Return a line, or a value, without the password that may be in it, to be shown."""
    from imapsh.typed.match import match

    filled_in = _ARGUMENT.sub(lambda found: "x" * len(found[0]), line)
    secret = secret_at(filled_in, match)
    return line[:secret] + (MASKED if _ARGUMENT.sub("", line[secret:]).strip() else line[secret:])


def shown(variables: Variables, name: str) -> str:
    """Return the value of one of the person's own, masked if it is secret, or as far as it is."""
    return MASKED if name in variables.secret else in_clear(variables.own[name])


def hide(app: App, line: str) -> None:
    """Hide the passwords in the URLs of a line that is not for the server, as typed and decoded."""
    if "@" not in line:
        return
    from urllib.parse import unquote

    from imapsh.typed.match import match

    for start, end in match(line).secrets:
        for secret in {line[start:end], unquote(line[start:end])}:
            app.hide(secret)


# -- octets


class Raw(NamedTuple):
    """The secrets in octets that are sent as they are: their spans, the secrets, and what is begun after them."""

    spans: tuple[tuple[int, int], ...]
    secrets: tuple[bytes, ...]
    begun: bytes


def raw(begun: bytes, octets: bytes) -> Raw:
    """Read octets behind what was `begun`: a command without its end, or one that waits for answers."""
    from imapsh.session.exchange import secrets_typed
    from imapsh.typed.match import match

    if begun.endswith(_ANSWERS) and match(_text(octets)).command is not None:
        begun = b""  # no answer, but the next command
    before = begun.removesuffix(_ANSWERS)
    text = _text(before + octets)
    spans: list[tuple[int, int]] = []
    secrets: set[bytes] = set()
    begun = b""
    for start, command in _commands(text):
        found = match(command)
        secrets |= secrets_typed(found)
        for low, high in found.secrets:
            spans.append((_octets(text, start + low) - len(before), _octets(text, start + high) - len(before)))
        begun = _behind(found, ended=start + len(command) < len(text))
    return Raw(tuple((max(low, 0), high) for low, high in spans if high > 0), tuple(secrets), begun[-_MOST:])


def _commands(text: str) -> Iterator[tuple[int, str]]:
    """Yield the commands of a text of octets: where each begins, and what it is."""
    start = 0
    for token in tokenize(text):
        if token.kind is CRLF:
            yield start, text[start : token.start]
            start = token.end
    if start < len(text):
        yield start, text[start:]


def _behind(found: Match, *, ended: bool) -> bytes:
    """Return what an unfinished command leaves begun, b"" if nothing."""
    if not ended:
        return found.text.encode("utf-8", "surrogateescape")
    waits = found.command is not None and found.command.name == "AUTHENTICATE"
    return b"A AUTHENTICATE X " + _ANSWERS if waits else b""


def _in_argument(argument: str, begun: bytes) -> int:
    r"""Return where a secret begins in the argument of `\raw`."""
    places: list[int] = []
    octets = b""
    for found in _ESCAPED.finditer(argument):
        piece = unescape(found[0]) if len(found[0]) > 1 else found[0].encode("utf-8", "surrogateescape")
        octets += piece
        places += [found.start()] * len(piece)
    start = min((low for low, _ in raw(begun, octets).spans), default=len(octets))
    return places[start] if start < len(places) else len(argument)


def starred(octets: bytes, spans: tuple[tuple[int, int], ...]) -> bytes:
    """Return the octets with a star for each that is in the spans."""
    shown = bytearray(octets)
    for low, high in spans:
        shown[low:high] = re.sub(rb"[^\r\n]", b"*", octets[low:high], flags=re.DOTALL)
    return bytes(shown)


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "surrogateescape")


def _octets(text: str, at: int) -> int:
    """Return the number of octets before a character."""
    return len(text[:at].encode("utf-8", "surrogateescape"))
