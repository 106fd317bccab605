r"""Chooses the parts of messages that `\save --parts` is about: by type, by size, by the name of the file."""

from __future__ import annotations

import re
import shlex
from fnmatch import fnmatchcase

from imapsh.errors import UsageError
from imapsh.grammar.values import BodyPart
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

OPTION = "--parts"

_WORD = lazy(r"""\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+)(?=\s|\Z)""", re.DOTALL)
_SIZE = lazy(r"(\d{1,15})([kmg]?)b?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}
_HELD, _LINE = 57, 78  # octets that a line of base64 holds, and those it has with its end


class Chosen(NamedTuple):
    """The parts that are wanted: those that fit one of `types`, one of `names`, and lie between two sizes in octets.

    An empty tuple is for any type, or any name.  With `every`, the texts that are no attachments are wanted, too.
    """

    types: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    larger: int = -1
    smaller: int | None = None
    every: bool = False

    def takes(self, part: BodyPart, name: str) -> bool:
        """Return whether a part is wanted, whose file has a name."""
        if not (self.every or self.types or part.is_attachment):
            return False
        return (
            self.larger < (size := expected_size(part))
            and (self.smaller is None or size < self.smaller)
            and (not self.types or any(fnmatchcase(part.content_type, one) for one in self.types))
            and (not self.names or any(fnmatchcase(name.lower(), one) for one in self.names))
        )


def expected_size(part: BodyPart) -> int:
    """Return about how many octets a part has when it is decoded, as far as the server has told."""
    size = part.size or 0
    return size * _HELD // _LINE if (part.encoding or "").strip().lower() == "base64" else size


def read(argument: str) -> tuple[Chosen | None, int]:
    r"""Return what the options at the beginning of an argument of `\save` choose, and where they end.

    It is None if `--parts` is not among them.  Raises UsageError.
    """
    found: dict[str, list[str]] = {}
    at = 0
    while (word := _WORD.match(argument, at)) is not None and word[1].startswith("--"):
        name, equals, value = word[1].partition("=")
        if name not in OPTIONS:
            raise UsageError(f"\\save has no option {name}: it has {', '.join(OPTIONS)}")
        at = word.end()
        if OPTIONS[name]:
            if not equals:
                following = _WORD.match(argument, at)
                if following is None:
                    raise UsageError(f"{name} needs a value, as in {name} {OPTIONS[name]}")
                value, at = following[1], following.end()
            value = "".join(shlex.split(value))
        elif equals:
            raise UsageError(f"{name} takes no value")
        found.setdefault(name, []).append(value)
    if not found:
        return None, 0
    if OPTION not in found:
        raise UsageError(f"{next(iter(found))} chooses among parts: say \\save --parts {next(iter(found))} ...")
    return _chosen(found), at


#: option -> an example of its value, "" if it has none
OPTIONS = {OPTION: "", "--type": "image/*", "--named": "*.pdf", "--larger": "1M", "--smaller": "100k", "--all": ""}


def _chosen(found: dict[str, list[str]]) -> Chosen:
    types = _patterns(found.get("--type", []))
    for one in types:
        if "/" not in one and one != "*":
            raise UsageError(f"--type takes a media type, as in --type {one}/* or --type application/{one}")
    return Chosen(
        types,
        _patterns(found.get("--named", [])),
        max(map(_size, found.get("--larger", [])), default=-1),
        min(map(_size, found.get("--smaller", [])), default=None),
        "--all" in found,
    )


def _patterns(values: list[str]) -> tuple[str, ...]:
    return tuple(one.strip().lower() for value in values for one in value.split(",") if one.strip())


def _size(text: str) -> int:
    """Return the octets that `500k` or `1M` means, in powers of 1000.  Raises UsageError."""
    found = _SIZE.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is not a size: write 500000, 500k, 1M or 2G")
    return int(found[1]) * _FACTORS[found[2].lower()]
