"""Makes entries styled text that fits a width."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

from imapsh.render.styles import LINE_END, Fragment
from imapsh.shell.commands.help.entries import Entry, brought_by, given_by, unique
from imapsh.shell.commands.help.kinds import kind_of
from imapsh.shell.commands.help.lookup import find, kinds_listed, listed, see_also
from imapsh.shell.commands.help.spelt import spelt

_MOST = 100  #: columns beyond which lines of text are hard to read
_FULL = 90  #: columns that a line of details has at least, together with the word that was put on the next line
_LABEL = 10  #: columns of a label
_SHORT = 24  #: columns of a name before its meaning stands on a line of its own


def explain(text: str, width: int = 80) -> list[Fragment]:
    """Return what a name means or, for the plural of a kind, its names; lines end with LF.

    Raises UsageError for a name that is not known.
    """
    width = within(width)
    found = find(text)
    parts = [entry_page(entry, width) for entry in found]
    if others := unique(name for entry in found for name in see_also(entry)):
        parts[-1] += row("See also", "note", ", ".join(others), width, _LABEL)
    parts += [kind_page(kind, width) for kind in kinds_listed(text)]
    return [fragment for index, part in enumerate(parts) for fragment in ([("", "\n")] if index else []) + part]


def within(width: int) -> int:
    """Return the columns that lines of text get in a terminal of this width."""
    return max(30, min(width, _MOST))


def entry_page(entry: Entry, width: int) -> list[Fragment]:
    """Return all that is to be said of one entry."""
    made = _heading(entry, width)
    made += paragraph(entry.summary, width, style="text")
    for name, meaning in spelt(entry.syntax).items() if entry.kind not in ("own", "option") else ():
        made += row(f"  {name:<{_SHORT - 4}}", "set", meaning, width, _SHORT)
    if entry.example:
        made += [("note", f"{'Example':<{_LABEL}}"), *_example(entry.example), ("", "\n")]
    for label, said in (*entry.facts, *relations(entry)):
        made += row(f"{label:<{_LABEL}}", "note", said, width, _LABEL)
    for line in _unwrapped(entry.details):
        made += paragraph(line, width, style="text")
    return made


def _unwrapped(text: str) -> list[str]:
    """Return the lines of text with those that go on in the next put together; indented lines stay as they are."""
    lines: list[str] = []
    before = ""  # the line in front, as it stands in the text
    for line in text.splitlines():
        first = line.partition(" ")[0]
        if first and before[:1].strip() and len(before) + 1 + len(first) > _FULL:
            lines[-1] += ("  " if before.endswith(".") else " ") + line
        else:
            lines.append(line)
        before = line
    return lines


def kind_page(kind: str, width: int) -> list[Fragment]:
    """Return the names of a kind, one a line."""
    (_, plural), found = listed(kind)
    column = min(_SHORT, max(len(entry.shown) for entry in found) + 2)
    made: list[Fragment] = [("note", f"{plural[0].upper()}{plural[1:]}:\n")]
    for entry in found:
        made += row(f"{entry.shown:<{column}}", "command", entry.summary, width, column)
    return made


def _heading(entry: Entry, width: int) -> list[Fragment]:
    usage, name = entry.usage, entry.name
    lines = wrap(usage, width, subsequent_indent="    ", break_on_hyphens=False) or [name]
    first = lines[0]
    at = first.find(name)
    start = (
        [("text", first[:at]), ("command", name), ("text", first[at + len(name) :])] if at >= 0 else [("text", first)]
    )
    what = f"{kind_of(entry.kind).noun}, {entry.rfc}" if entry.rfc else kind_of(entry.kind).noun
    if name.startswith("<") and entry.syntax:
        what = f"{name}, {what}"
    return [*start, ("", LINE_END), *(("text", f"{line}\n") for line in lines[1:]), *paragraph(what, width, "note")]


def relations(entry: Entry) -> Iterable[tuple[str, str]]:
    """Yield labels and texts of what belongs to the entry elsewhere."""
    if entry.responses:
        yield "Brings", ", ".join(entry.responses)
    if entry.kind == "response" and (commands := brought_by(entry.name)):
        yield "After", ", ".join(commands)
    if entry.kind == "capability" and (given := given_by(entry.name)):
        yield "Gives", ", ".join(unique(one.shown for one in given))
    if entry.kind == "state" and (commands := _allowed(entry.name)):
        yield "Commands", ", ".join(commands)


def _allowed(state: str) -> list[str]:
    from imapsh import table

    return [command.name for command in table.commands().values() if state in command.states]


def _example(text: str) -> list[Fragment]:
    from imapsh.render.lexer import server_line, status_text, typed_line

    if text.startswith(("* ", "+ ")):
        return server_line(text)
    return status_text(text) if text.startswith("[") else typed_line(text)


def row(label: str, style: str, text: str, width: int, column: int) -> list[Fragment]:
    """Return a label with a text beside it that hangs.

    The text stands below if the label is too long, or the terminal narrow.
    """
    label = label.rstrip()
    column = column if width >= 2 * column else 4
    beside = len(label) < column
    lines = wrap(text, width - column, break_on_hyphens=False) or [""]
    made = [(style, label), ("", " " * (column - len(label)) if beside else LINE_END)]
    for number, line in enumerate(lines):
        made += [("", "" if beside and not number else " " * column), ("text", f"{line}\n")]
    return made


def paragraph(text: str, width: int, style: str = "") -> list[Fragment]:
    """Return a line of text, wrapped; if it begins with blanks, it stays indented."""
    indent = " " * (len(text) - len(text.lstrip()))
    return [(style, line + "\n") for line in wrap(text, width, subsequent_indent=indent, break_on_hyphens=False)]
