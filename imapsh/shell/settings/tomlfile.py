"""A TOML file that a person wrote: read with the line of each key, so that a mistake can be pointed at.

What TOML allows and no configuration needs is refused, because it takes very long to read: keys of many parts, values
inside one another without end, and huge integers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from imapsh import paths
from imapsh.errors import UsageError

Table = tuple[str, ...]

_PARTS = 32  # of a key; reading one takes time and memory in the square of this
_NESTING = 100  # of arrays and tables inside one another
_LINE = 1000  # characters of a line in which a key is looked for
_BITS = 64  # of an integer, which is what TOML asks of a reader

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*(["']?)(.+?)\1\s*[=.]""")
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_LONG_KEY = re.compile(
    rf"""(?<![\w"'.-]) (?: (?: [A-Za-z0-9_-]++ | "[^"\n]*+" | '[^'\n]*+' ) [ \t]*+ \. [ \t]*+ ){{{_PARTS}}}""",
    re.VERBOSE,
)
_DIGITS = re.compile(r"(?<![\w.])[+-]?[\d_]{100}")


class TomlFile:
    """`root` is what the file says.  Raises UsageError for what is not TOML, or is TOML only to take long."""

    def __init__(self, path: str, octets: bytes) -> None:
        self.path = path
        try:
            self.text = paths.without_bom(octets).decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise UsageError(f"{path} is not UTF-8, as TOML must be") from None
        if found := _LONG_KEY.search(self.text):
            raise self._refused(self._line_at(found.start()), f"a key has more than {_PARTS} parts")
        try:
            self.root: dict[str, Any] = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            at = _AT.search(str(error))
            line = int(at[1]) if at and at[1] else len(self.text.rstrip("\n").split("\n"))
            raise self._refused(line, _AT.sub("", str(error))) from None
        except RecursionError:
            raise self._refused(self._deepest(), "arrays or tables are nested too deeply") from None
        except ValueError:  # Python converts no more than some thousand digits
            found = _DIGITS.search(self.text)
            raise self._refused(self._line_at(found.start()) if found else 0, _HUGE) from None
        for table, key, value in _integers(self.root):
            if value.bit_length() >= _BITS:
                raise self._refused(self._line(table, key, 0), _HUGE)

    def wrong(self, table: Table, key: str, message: str, *, index: int = 0) -> UsageError:
        """Return the error for a mistake at a key; `index` counts the tables of an array, `[[name]]`, from 0."""
        return UsageError(f"{self._place(self._line(table, key, index))}: {message}")

    def _refused(self, line: int, reason: str) -> UsageError:
        return UsageError(f"{self._place(line)} is not valid TOML: {reason}")

    def _place(self, line: int) -> str:
        return f"{self.path}, line {line}" if line else self.path

    def _line_at(self, place: int) -> int:
        return self.text.count("\n", 0, place) + 1

    def _deepest(self) -> int:
        """Return the line on which brackets are nested too deeply, or 0; brackets in texts are counted, too."""
        depth = 0
        for found in re.finditer(r"[\[\]{}]", self.text):
            depth += 1 if found[0] in "[{" else -1
            if depth > _NESTING:
                return self._line_at(found.start())
        return 0

    def _line(self, table: Table, key: str, index: int) -> int:
        """Return the line of a key, or of its table if the key is missing; 0 if neither is seen at a glance."""
        here: Table = ()
        begins, left = 0, index
        for number, whole in enumerate(self.text.split("\n"), 1):
            line = whole[:_LINE]  # the patterns would take long for what is no header or key
            if header := _HEADER.fullmatch(line):
                here = tuple(part.strip().strip("\"'") for part in header[2].split("."))
                if here == (*table, key):
                    return number
                if here == table and header[1] == "[[":
                    begins, left = (number if not left else begins), left - 1
                    here = table if left == -1 else ()
            elif here == table and (found := _KEY.match(line)) and found[2] == key:
                return number
        return begins


_HUGE = f"an integer has more than {_BITS} bits"


def _integers(root: dict[str, Any]) -> Iterator[tuple[Table, str, int]]:
    """Yield the integers with the table and the key that they are somewhere inside of, without recursion."""
    due: list[tuple[Table, str, Any]] = [((), key, value) for key, value in root.items()]
    while due:
        table, key, value = due.pop()
        if isinstance(value, dict):
            due += [((*table, key), inner, one) for inner, one in value.items()]
        elif isinstance(value, list):
            due += [(table, key, one) for one in value]
        elif isinstance(value, int):
            yield table, key, value
