"""CAPABILITY grouped by what the capabilities add, ENABLED, and ID."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh import table
from imapsh.grammar.values import Capabilities, Id, StatusText
from imapsh.render.amounts import count
from imapsh.render.styles import Fragment
from imapsh.render.view.columns import GAP, fill, flow, words_of
from imapsh.render.view.look import Line, Look
from imapsh.render.visible import visible, width
from imapsh.table.capabilities import GROUPS
from imapsh.table.model import Name

_BROAD = 70  #: columns from which on name, RFC and explanation are side by side
_NAME = 24  #: columns that a name gets at most
_UNKNOWN = Name("capability", "", "not in the table", "", group=GROUPS[-1])


def capabilities(value: Capabilities, look: Look) -> Iterator[Line]:
    """Yield groups of names, each name with its RFC and a line that explains it; what came and went is marked."""
    response = look.response
    if response is not None and response.name == "ENABLED":
        yield from flow([("response", "enabled"), ("", " ")], _names(value.names), look.columns, 4)
        return
    came, went = _changes(value.names, look)
    yield from _title(value.names, came, went, look)
    rows = [(_find(name), name) for name in dict.fromkeys(value.names)]
    most = max((width(visible(name)) for name in (*value.names, *went)), default=0)
    for group in GROUPS:
        members = [(row, name) for row, name in rows if (row.group or GROUPS[-1]) == group]
        if members:
            yield [("", "  "), ("section", group)]
        for row, name in members:
            mark: Fragment = ("came", "+ ") if name.upper() in came else ("", "  ")
            yield from _row(mark, row, name, most, look)
    if went:
        yield [("", "  "), ("section", "No longer")]
        for name in went:
            yield from _row(("went", "- "), _find(name), name, most, look)


def _find(name: str) -> Name:
    """Return its row; that of `AUTH=PLAIN` has the explanation of the mechanism."""
    row = table.find("capability", name) or _UNKNOWN
    mechanism = table.find("mechanism", name[len("AUTH=") :]) if row.name == "AUTH=" else None
    if mechanism is not None:
        row = row._replace(summary=mechanism.summary, rfc=mechanism.rfc)
    return row._replace(rfc="a draft") if row.rfc.startswith("draft-") else row


def changes(names: tuple[str, ...], look: Look) -> Iterator[Line]:
    """Yield the count, and the names that came and went; yield all names if none were known before.

    For the code CAPABILITY.
    """
    came, went = _changes(names, look)
    if not came and not went:
        yield from flow([("", "  "), *_counted(names, look), ("", " ")], _names(names), look.columns, 4)
        return
    yield from _title(names, came, went, look, indent=2)
    new = [name for name in names if name.upper() in came]
    for style, mark, some in (("came", "+", new), ("went", "-", went)):
        if some:
            yield from flow([("", "  "), (style, mark), ("", " ")], _names(some), look.columns, 4)


def _changes(names: tuple[str, ...], look: Look) -> tuple[set[str], list[str]]:
    """Return the names that came, in upper case, and those that went with the last change of the capabilities."""
    before = look.memory.before
    if before is None or _upper(names) != _upper(look.memory.now):
        return set(), []
    now = _upper(names)
    return now - _upper(before), [name for name in before if name.upper() not in now]


def _upper(names: tuple[str, ...]) -> set[str]:
    return {name.upper() for name in names}


def _counted(names: tuple[str, ...], look: Look) -> Line:
    """Return how many there are, which are more than `names` if those were cut."""
    whole = look.response.value if look.response is not None else None
    if isinstance(whole, StatusText) and whole.code is not None:
        whole = whole.code.arg
    number = len(whole.names if isinstance(whole, Capabilities) else whole if isinstance(whole, tuple) else names)
    return [("response", count(number, "capability", "capabilities"))]


def _title(names: tuple[str, ...], came: set[str], went: list[str], look: Look, indent: int = 0) -> Iterator[Line]:
    said = [f"{len(came)} new"] * bool(came) + [f"{len(went)} gone"] * bool(went)
    words = words_of(f"-- {', '.join(said)}", "note") if said else ()
    yield from flow([("", " " * indent), *_counted(names, look), ("", " ")], words, look.columns, indent + 2)


def _names(names: tuple[str, ...] | list[str]) -> list[Fragment]:
    return [("keyword", visible(name)) for name in names] or [("nil", "(none)")]


def _row(mark: Fragment, row: Name, name: str, most: int, look: Look) -> Iterator[Line]:
    shown, columns = visible(name), look.columns
    head: Line = [("", "  "), mark]
    summary = [*words_of(row.summary, "text" if row.name else "note")]
    if columns is None or columns >= _BROAD:
        taken = most if columns is None else min(most, _NAME)
        head += [("keyword", fill(shown, taken) + " " * GAP), ("note", fill(row.rfc, _RFC) + " " * GAP)]
        yield from flow(head, summary, columns, 4 + taken + GAP + _RFC + GAP)
    else:
        yield from flow([*head, ("keyword", shown), ("", "  ")], words_of(row.rfc, "note"), columns, 6)
        yield from flow([("", " " * 6)], summary, columns, 6)


_RFC = len("RFC 3502 §6.3.11")


def identification(value: Id, look: Look) -> Iterator[Line]:
    """Yield what the server says of itself, a line for each field."""
    if not value.fields:
        yield from flow([], words_of("the server did not say anything about itself", "response"), look.columns, 4)
        return
    yield [("response", "the server")]
    most = max(width(visible(name)) for name in value.fields)
    for name, text in value.fields.items():
        head: Line = [("", "  "), ("header-name", fill(visible(name), min(most, _NAME)) + " " * GAP)]
        words = [("nil", "NIL")] if text is None else [*words_of(visible(text), "string")]
        yield from flow(head, words, look.columns, 4 + min(most, _NAME))
