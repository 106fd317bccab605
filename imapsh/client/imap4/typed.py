"""imaplib's results read into typed values."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from imapsh.grammar.responses import Parser
    from imapsh.wire.frames import Part

_NUMBERED = frozenset(("EXISTS", "EXPUNGE", "FETCH", "RECENT", "UIDFETCH"))
_STATUS = frozenset(("BAD", "BYE", "NO", "OK", "PREAUTH"))


def parsed(name: str, data: Iterable[Any], *, utf8: bool = False) -> list[Any]:
    """Return what `data`, from a method or `response(name)`, means: a value of `imapsh.grammar.values` for each.

    `name` is a response (FETCH, LIST, SEARCH, STATUS, ...) or a response code (UIDVALIDITY, COPYUID, ...), whose value
    is its argument.  `utf8` says that strings and names may be UTF-8 (RFC 6855).  None, which stands for no response,
    is left out.  Raises nothing: data that cannot be read becomes an `Unknown`, a `Garbage` or None.

        typ, data = M.fetch("1:3", "(UID FLAGS)")
        for message in parsed("FETCH", data):
            print(message.seq, message.items["FLAGS"])
    """
    from imapsh.session.knowledge import make_parser

    name = name.upper()
    parser, code = make_parser(utf8=utf8), _is_code(name)
    return [_value(parser, name, code, parts) for parts in _responses(data)]


def _is_code(name: str) -> bool:
    from imapsh import table

    return (
        name not in _STATUS | _NUMBERED
        and table.find("response", name) is None
        and table.find("code", name) is not None
    )


def _responses(data: Iterable[Any]) -> Iterator[list[Part]]:
    """Yield the parts of each response: a tuple goes on in what follows it."""
    parts: list[Part] = []
    for datum in data:
        if datum is None:
            continue
        if isinstance(datum, tuple):
            parts += datum[:2]
            continue
        yield [*parts, datum]
        parts = []
    if parts:
        yield [*parts, b""]


def _value(parser: Parser, name: str, code: bool, parts: list[Part]) -> Any:
    from imapsh.grammar.values import StatusText
    from imapsh.wire.frames import Frame

    first, *more = parts
    assert isinstance(first, bytes)
    word = name.encode("utf-8")
    if code:
        lines: list[Part] = [b"* OK [" + word + (b" " + first if first else b"") + b"] .\r\n"]
    else:
        begin = b"* " + word
        if name in _NUMBERED:
            number, _, first = first.partition(b" ")
            begin = b"* " + number + b" " + word
        first = begin + (b" " + first if first else b"")
        lines = [_ended(part) if at % 2 == 0 else part for at, part in enumerate((first, *more))]
    value = parser.parse(Frame(tuple(lines))).value
    if code:
        return value.code.arg if isinstance(value, StatusText) and value.code is not None else None
    return value


def _ended(line: Part) -> Part:
    return line + b"\r\n" if isinstance(line, bytes) else line
