"""A TOML file that a person wrote: read with the line of each key, so that a mistake can be pointed at."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from imapsh.errors import UsageError

Table = tuple[str, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*(["']?)(.+?)\1\s*[=.]""")
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class TomlFile:
    """`root` is what the file says.  Raises UsageError for what is not TOML."""

    def __init__(self, path: str, octets: bytes) -> None:
        self.path = path
        try:
            self.text = octets.decode("utf-8").replace("\r\n", "\n")
            self.root: dict[str, Any] = tomllib.loads(self.text)
        except UnicodeDecodeError:
            raise UsageError(f"{path} is not UTF-8, as TOML must be") from None
        except tomllib.TOMLDecodeError as error:
            at = _AT.search(str(error))
            line = int(at[1]) if at and at[1] else len(self.text.rstrip("\n").split("\n"))
            raise UsageError(f"{path}, line {line} is not valid TOML: {_AT.sub('', str(error))}") from None

    def wrong(self, table: Table, key: str, message: str, *, index: int = 0) -> UsageError:
        """Return the error for a mistake at a key; `index` counts the tables of an array, `[[name]]`, from 0."""
        line = self._line(table, key, index)
        return UsageError(f"{self.path}{f', line {line}' if line else ''}: {message}")

    def _line(self, table: Table, key: str, index: int) -> int:
        """Return the line of a key, or of its table if the key is missing; 0 if neither is seen at a glance."""
        here: Table = ()
        begins, left = 0, index
        for number, line in enumerate(self.text.split("\n"), 1):
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
