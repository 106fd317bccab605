"""Finds the entries that a person means: typed in any case, without marks, with brackets and arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from imapsh.errors import UsageError
from imapsh.shell.commands.help.entries import Entry, entries, unique
from imapsh.shell.commands.help.kinds import Kind, kind_of

#: The marks that a name may be typed without: backslash, $, angle brackets, signs, dashes; an opening bracket or =
#: behind it.
_MARKS = re.compile(r"^[\\$<+-]+|[\[(=>+-]+$")
_UN = re.compile(r"^(?:UID |UN(?=[A-Z]{3}))")


def find(text: str) -> list[Entry]:
    """Return every entry that is meant.  Raises UsageError if there is none, and names the nearest."""
    typed = " ".join(text.split()).upper()
    if kinds_listed(text):
        return _exact(typed)
    for read in (_coded, _named, _marked, _in_family, _sectioned, _in_a_line):
        if found := read(typed):
            return found
    raise UsageError(_unknown(text, typed))


def kinds_listed(text: str) -> list[str]:
    """Return the kinds that a plural means, all whose plural ends so: `capabilities`, `fetch-items`, `codes`."""
    typed = " ".join(text.replace("-", " ").split()).lower()
    every = unique(entry.kind for entry in entries())
    exact = [kind for kind in every if kind_of(kind).plural == typed]
    return exact or [kind for kind in every if typed and kind_of(kind).plural.endswith(f" {typed}")]


def listed(kind: str) -> tuple[Kind, list[Entry]]:
    """Return a kind and its entries."""
    return kind_of(kind), [entry for entry in entries() if entry.kind == kind]


@cache
def known() -> tuple[str, ...]:
    """Return all names, each once, and the plurals that list a kind, for completion."""
    every = entries()
    plurals = (kind_of(entry.kind).plural.replace(" ", "-") for entry in every)
    return tuple(unique([*(entry.name for entry in every), *plurals]))


def see_also(entry: Entry) -> list[str]:
    r"""Return names of the same stem: UID FETCH for FETCH, UNSEEN for `\Seen`, `--format` for `\format`."""
    near = _by_stem().get(_stem(entry.name), ())
    return unique(other.shown for other in near if _is_ours(other) == _is_ours(entry) and not _same(other, entry))


def _is_ours(entry: Entry) -> bool:
    """Return whether the entry is imapsh's own, not the protocol's."""
    return entry.kind in ("own", "option")


def _same(one: Entry, other: Entry) -> bool:
    return one.name.upper() == other.name.upper()


# -- the ways to read what was typed, each of the text in upper case


def _coded(typed: str) -> list[Entry]:
    """Return the code of a name in brackets: `[TRYCREATE]` is a code, and nothing else."""
    found = re.fullmatch(r"\[([^ \]]+)[^\]]*\]?", typed)
    return [entry for entry in _exact(found[1]) if entry.kind == "code"] if found else []


def _named(typed: str) -> list[Entry]:
    r"""Return the name as it stands, and what imapsh itself has by it: `format` is also `\format` and `--format`."""
    found = _exact(typed)
    ours = [entry for entry in _by_bare_name().get(typed, ()) if _is_ours(entry)] if found else []
    return unique([*ours, *found])


def _exact(typed: str) -> list[Entry]:
    return list(_by_name().get(typed, ()))


def _marked(typed: str) -> list[Entry]:
    """Return the names that match without the marks, on either side: `last`, `Seen`, `body.peek`."""
    bare = _bare(typed)
    return list(_by_bare_name().get(bare, ())) if bare else []


def _in_family(typed: str) -> list[Entry]:
    """Return the family and the thing of `AUTH=PLAIN`."""
    head, mark, value = typed.partition("=")
    family = _exact(head + mark) if mark else []
    return family + [entry for entry in _exact(value) if any(need.upper() == typed for need in entry.needs)]


def _sectioned(typed: str) -> list[Entry]:
    """Return the item of `BODY.PEEK[HEADER.FIELDS (DATE)]<0.10>`, and the section in it."""
    name, bracket, inside = typed.partition("[")
    items = _exact(name + bracket) if bracket and name else []
    section = re.match(r"(?:\d+\.)*([A-Z.]+)", inside)
    inner = _exact(section[1]) if items and section else []
    return items + [entry for entry in inner if entry.kind.startswith("section")]


def _in_a_line(typed: str) -> list[Entry]:
    """Return the name in a line: `* 23 EXISTS`, `UID FETCH 1 FLAGS`, `a1 NOOP`."""
    words = [word for word in typed.split(" ") if word != "*" and not word.isdigit()]
    if words == [typed]:
        return []
    for name in (" ".join(words[:2]), *words[:2]):
        if found := _exact(name) or _marked(name) or _sectioned(name) or _coded(name):
            return found
    return []


# -- the names


@cache
def _by_name() -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries():
        for name in _spellings(entry):
            found.setdefault(name, []).append(entry)
    return found


def _spellings(entry: Entry) -> Iterator[str]:
    """Yield the name, and its other form: `-c` for `--command`."""
    yield entry.name.upper()
    yield from (text.upper() for label, text in entry.facts if label == "Short")


@cache
def _by_bare_name() -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries():
        found.setdefault(_bare(entry.name.upper()), []).append(entry)
    return found


@cache
def _by_stem() -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries():
        if entry.kind not in ("rule", "conduct", "client-conduct", "syntax", "argument"):
            found.setdefault(_stem(entry.name), []).append(entry)
    return found


def _bare(name: str) -> str:
    return _MARKS.sub("", name)


def _stem(name: str) -> str:
    bare = _UN.sub("", _bare(name.upper()))
    return re.split(r"[.\[=]", bare)[0] or name


def _unknown(text: str, typed: str) -> str:
    from difflib import get_close_matches

    near: list[str] = []
    for words, known in ((typed, _by_name()), (_bare(typed), _by_bare_name())):
        near += [known[name][0].shown for name in get_close_matches(words, known, 3, 0.65)]
    asked = f"did you mean {' or '.join(unique(near)[:3])}? " if near else ""
    return f"unknown name '{text[:60]}': {asked}\\help commands, \\help fetch-items and so on list the names"
