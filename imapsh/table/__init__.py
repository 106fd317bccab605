"""The one table: every command, response, code, item, key, option, flag, attribute and capability is a row of it.

Completion, hints, lint, help, masking, confirmation, documentation and the parser of responses read it.  To teach
imapsh an extension, add a module of rows here and put its name in `EXTENSIONS`.  If the shape of a value is new, also
add a module of `imapsh.grammar` of the same name.  `docs/design/families.rst` walks through one.

The rows load on first use, in tiers: what a greeting and the first commands need, the rest of the two revisions, the
extensions.  A tier loads when a name is not among those before it, or when all names are asked for.  So a session that
stays within the revisions never pays for the extensions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from importlib import import_module

from imapsh.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from imapsh.table.model import Command, Context, Name, standing

__all__ = [
    "Command",
    "Context",
    "Name",
    "command",
    "commands",
    "find",
    "kinds",
    "loaded",
    "names",
    "readers",
    "standing",
]

#: The modules of rows of the two revisions (RFC 3501, RFC 9051).
CORE = ("session", "codes", "mailboxes", "status", "message", "fetch", "search", "mechanisms")

#: The modules of rows of everything else.
EXTENSIONS = (
    "parameters",
    "acl",
    "annotatemore",
    "capabilities",
    "compress",
    "condstore",
    "qresync",
    "quota",
    "inprogress",
    "metadata",
    "sort",
    "objectid",
    "multiappend",
    "replace",
    "catenate",
    "notify",
    "unauthenticate",
    "jmapaccess",
    "language",
    "referrals",
    "downgraded",
    "push",
    "utf8",
    "cyrus",
    "preview",
    "savedate",
    "appendlimit",
    "thread",
    "gmail",
    "xlist",
    "keywords",
    "messagelimit",
    "uidbatches",
    "uidonly",
    "objectid_plus",
    "within",
    "fuzzy",
    "filters",
    "partial",
    "context",
    "multisearch",
    "urlauth",
    "xfer",
    "proxyauth",
    "annotate",
    "convert",
    "imap4",
)

_COMMAND = "command"  # the kind under which commands are kept
_rows: dict[str, Rows] = {}
_readers: dict[str, Mapping[str, Callable[..., Any]]] = {}
_FIRST = 2  # so many modules of `CORE` have what a greeting needs, and LOGIN and NOOP
_tiers = [EXTENSIONS, CORE[_FIRST:], CORE[:_FIRST]]  # those that are still to be loaded; the next one is the last


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from imapsh.table import model

    value = getattr(model, name)
    globals()[name] = value
    return value


class Rows(Mapping[str, Any]):
    """A mapping of the rows of a kind by their names in upper case.

    The next tier loads when a name is looked up that is not there yet, and all load when all names are asked for.
    """

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """Return the row of this name, or `default`."""
        found = self.held.get(name)
        while found is None and _tiers:
            _load(len(_tiers) - 1)
            found = self.held.get(name)
        return default if found is None else found

    def first(self, names: Iterable[str]) -> Any:
        """Return the row of the first of these names that has one, or None."""
        held = self.held
        for name in names:
            if name in held:
                return held[name]
        if not _tiers:
            return None
        _load(len(_tiers) - 1)
        return self.first(names)

    def __getitem__(self, name: str) -> Any:
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        _load()
        return iter(self.held)

    def __len__(self) -> int:
        _load()
        return len(self.held)


class _Commands(dict[str, Any]):
    """The commands that are loaded, by name in upper case.

    `[name]` is the row of any name, in any case, or None: loading, and upper case, cost something only if it is not
    here under that name.
    """

    def __missing__(self, name: str) -> Any:
        return _commands.get(name.upper())


_commands = _rows[_COMMAND] = Rows()
_commands.held = _Commands()


def _load(left: int = 0) -> None:
    """Load the tiers until `left` of them are left.  A tier is waiting until all of it is there: threads may look."""
    for tier in reversed(_tiers[left:]):
        for family in tier:
            rows = import_module(f"{__name__}.{family}")
            for row in getattr(rows, "COMMANDS", ()):
                _commands.held[row.name] = row
            for row in getattr(rows, "NAMES", ()):
                _of(row.kind).held[row.name.upper()] = row
        with suppress(ValueError):  # another thread was faster
            _tiers.remove(tier)


def add(rows: Iterable[Command | Name]) -> None:
    """Add rows to the built-in ones.  Raises ValueError for a name that the table already has."""
    _load()
    for row in rows:
        held = _of(getattr(row, "kind", _COMMAND)).held
        if row.name.upper() in held:
            raise ValueError(f"{row.name} is in the table already")
        held[row.name.upper()] = row


def _of(kind: str) -> Rows:
    rows = _rows.get(kind)
    if rows is None:
        rows = _rows[kind] = Rows()
    return rows


def commands() -> Mapping[str, Command]:
    """Return every command by its name in upper case."""
    return _commands


#: Returns the command of a name, which may be in any case; None if there is none.  Each line that is sent asks for one.
command: Callable[[str], Command | None] = _commands.held.__getitem__


#: Returns the command of the first of these names, in upper case, that has one; None if none has.  The next tier loads
#: only if the rows that are loaded have none of the names.
first_command: Callable[[Iterable[str]], Command | None] = _commands.first


def kinds() -> tuple[str, ...]:
    """Return the kinds of names that the table holds."""
    _load()
    return tuple(kind for kind, rows in _rows.items() if kind != _COMMAND and rows.held)


def names(kind: str) -> Mapping[str, Name]:
    """Return every row of a kind by its name in upper case.  It is empty for a kind the table does not hold."""
    return _rows[kind] if kind in _rows else _of(kind)


def loaded(kind: str) -> Iterable[Name]:
    """Return the rows of a kind that are loaded; no others are loaded for it."""
    return tuple(_of(kind).held.values())


def find(kind: str, name: str) -> Name | None:
    """Return the row of this name, which may be in any case; None if there is none.

    If the name itself has no row, the row of the family that it belongs to (`AUTH=`) is returned.
    """
    rows, upper = names(kind), name.upper()
    if (row := rows.get(upper)) is not None:
        return row
    head, mark, _ = upper.partition("=")
    return rows.get(head + mark) if mark else None


def readers(kind: str) -> Mapping[str, Callable[..., Any]]:
    """Return the functions of `imapsh.grammar` that the rows of a kind name, by the rows' names in upper case.

    The function's module is imported when the name is first looked up.
    """
    if kind not in _readers:
        from imapsh.table.loading import Readers

        _readers[kind] = Readers(names(kind))
    return _readers[kind]
