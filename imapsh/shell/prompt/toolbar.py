"""Makes the prompt and the bottom toolbar: what is known of the session, as styled fragments.

No I/O, and nothing slow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples as Fragments
from prompt_toolkit.formatted_text import fragment_list_width
from prompt_toolkit.utils import get_cwidth

from imapsh.errors import UsageError, plural
from imapsh.render.visible import visible
from imapsh.session.core import Session
from imapsh.session.exchange import Exchange
from imapsh.shell.lines import literals, nested
from imapsh.shell.prompt.reading import LONG, Reading
from imapsh.table.model import NOT_AUTHENTICATED
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.session.mailbox import Mailbox
    from imapsh.typed.found import Problem
    from imapsh.typed.match import Match

_FIRST = (("exists", "EXISTS"),)
_LAST = (("unseen", "first unseen"), ("uidnext", "UIDNEXT"), ("uidvalidity", "UIDVALIDITY"),
         ("highestmodseq", "HIGHESTMODSEQ"))  # fmt: skip

_BETWEEN = "  "
_MORE = "..."

#: Operator -> where the output goes.
_GOES = {"|": "the output goes to", ">": "the output goes into", ">>": "the output goes to the end of"}


class Status(NamedTuple):
    """The data that the prompt and the toolbar show.

    `who` is `user@host`, and `tls` is its version or "".  `name` is the connection's, if there are `several`.  `busy`
    says what runs.  `idle` is true while a typed IDLE does.
    """

    who: str
    session: Session | None
    tls: str = ""
    trace: str = ""
    name: str = ""
    several: int = 1
    busy: str = ""
    idle: bool = False
    watching: bool = False

    @property
    def live(self) -> bool:
        """Return whether there is a connection."""
        return self.session is not None and not self.session.closed


def prompt(status: Status) -> Fragments:
    """Return the prompt, as `demo@host INBOX> `: who, where, and the state."""
    session = status.session
    found: Fragments = [("class:prompt-name", f"{status.name} ")] if status.name else []
    if session is None or not status.live:
        return [*found, ("class:prompt-off", "not connected"), ("class:prompt", "> ")]
    found.append(("class:prompt-who", visible(status.who)))
    if session.state == NOT_AUTHENTICATED:
        found.append(("class:prompt-state", " (not logged in)"))
    elif session.mailbox is not None:
        found.append(("class:prompt-mailbox", f" {visible(session.mailbox.name)}"))
        if session.mailbox.read_only:
            found.append(("class:prompt-state", " (read-only)"))
    if status.idle or status.watching:
        found.append(("class:prompt-state", " (idle)" if status.idle else " (watching)"))
    return [*found, ("class:prompt", "> ")]


def continuation(text: str, line: int) -> Fragments:
    """Return the prompt of line `line` of a text that has several: how many octets its literal still wants.

    A long text is not read for this, because it would be read for each of its lines.
    """
    left = literals.wanted("\n".join(text.split("\n")[:line]) + "\n") if len(text) <= LONG else None
    return [("class:prompt-state", f"{left:>6} octets> " if left else f"{'...':>13}> ")]


def toolbar(status: Status, reading: Reading, document: Document, width: int) -> Fragments:
    """Return two lines of `width` columns at the most: what helps with what is being typed, and the session.

    Words that find no room are cut, and end in three dots.  A field of the session is there whole or not at all,
    because half a number looks like one.
    """
    return [*_cut(_advice(status, reading, document), width), ("", "\n"), *_fields(_state(status), width)]


def _cut(fragments: Fragments, width: int) -> Fragments:
    if fragment_list_width(fragments) <= width:
        return fragments
    left, found = max(width - len(_MORE), 0), []
    for style, text, *_ in fragments:
        size = 0
        while size < len(text) and (columns := get_cwidth(text[size])) <= left:
            left -= columns
            size += 1
        found.append((style, text[:size]))
        if size < len(text):
            break
    return [*found, ("", _MORE)]


def _fields(parts: list[str], width: int) -> Fragments:
    """Return the fields that have room: one that has not is left out, and the next is tried."""
    first, *others = parts
    found: Fragments = [("class:bottom-toolbar.state", first)]
    left = width - get_cwidth(first)
    for part in others:
        if (columns := get_cwidth(part) + len(_BETWEEN)) <= left:
            left -= columns
            found += [("", _BETWEEN), ("", part)]
    return found


def running(session: Session, besides: Collection[Exchange | None] = ()) -> str:
    """Return a text such as `A7 FETCH is still running, A8 NOOP waits`, or ""."""
    parts = [f"{e.tag} {e.name} is still running" for e in session.running.values() if e not in besides]
    parts += [f"{e.tag} {e.name} waits" for e in session.queue if e not in besides]
    return ", ".join(parts)


def _advice(status: Status, reading: Reading, document: Document) -> Fragments:
    if status.idle:
        return [("class:bottom-toolbar.busy", "IDLE: news appears above; Enter or Ctrl-C sends DONE")]
    found: Fragments = []
    if status.live and status.busy:
        found += [("class:bottom-toolbar.busy", status.busy), ("", "  ")]
    if len(document.text) > LONG:
        told = f"{len(document.text):,} characters: too many to be read while you type; Enter takes them all"
        return [*found, ("class:bottom-toolbar.hint", told)]
    if not document.text.strip():
        if status.live and not status.busy and status.session is not None and status.session.state == NOT_AUTHENTICATED:
            found.append(("class:bottom-toolbar.hint", "LOGIN USER logs in; \\connect starts over"))
        return found
    command, offset = literals.at(document.text, document.cursor_position)
    start = nested.line_start(command.text)
    if command.text.startswith("\\", start):
        return [*found, *(_keys(reading, command.text[start:], offset - start) or _own(command.text[start:]))]
    left = literals.wanted(document.text)
    if left is not None and left > 0:
        return [
            *found,
            (
                "class:bottom-toolbar.hint",
                f"{left} more {plural(left, 'octet')} of the literal; Enter counts as two (CR LF)",
            ),
        ]
    if not status.live:
        return [("class:bottom-toolbar.error", "not connected: \\connect opens a connection")]
    return [*found, *_line(reading, command.text[start:], max(offset - start, 0), command.text[:start])]


def _keys(reading: Reading, line: str, cursor: int) -> Fragments:
    r"""Return what helps with the search keys behind `\find`; nothing for plain words."""
    search = nested.search_of(line)
    if not search:
        return []
    from imapsh.shell.commands.account.searchkeys import is_key

    words = line.split(" ")[1:]
    return _line(reading, search, cursor + nested.LONGER, "\\mailboxes ") if words and is_key(words[0]) else []


def _line(reading: Reading, line: str, cursor: int, before: str) -> Fragments:
    """Return what is wrong at the cursor, or what is wrong first.

    If nothing is, or only advice is given, return what may follow at the cursor, too.
    """
    if not line.strip() or line.startswith("#"):
        return []
    if stands_for := reading.alias(line):
        from imapsh.shell.lines.discreet import in_clear

        return [("class:bottom-toolbar.hint", visible(f"stands for {in_clear(stands_for)}"))]
    cut = reading.cut(line)
    if cut is not None and cursor > cut.start:
        return [("class:bottom-toolbar.hint", visible(f"{_GOES[cut.operator]} {cut.rest}"))]
    found = reading.typed(line, before)
    problem = _problem(found, cursor)
    told: Fragments = []
    if problem is not None and problem.rule == "command":
        from imapsh.shell.lines.meant import meant

        problem = problem._replace(message=meant(found) or problem.message)
    if problem is not None:
        from imapsh.shell.lines.pasted import explained

        told = [(f"class:bottom-toolbar.{problem.severity}", visible(explained(problem.message, line)))]
        if problem.severity == "error":
            return told
    typed = found if cursor >= len(line) else reading.typed(line[:cursor], before)
    if typed.command is not None:
        whole = typed.name.upper() == typed.text.strip().upper()
        hint = f"{typed.command.name} {typed.hint}".strip() if whole else typed.hint
        hint = hint or typed.command.summary
        return [("class:bottom-toolbar.hint", hint), *([("", "  "), *told] if told else [])]
    return told


def _problem(found: Match, cursor: int) -> Problem | None:
    """Return the problem in the word under the cursor; without one, the first error, or the first of all."""
    under = next((token for token in found.tokens if token.start <= cursor < token.end), None)
    if under is not None:
        for problem in found.errors:
            if under.start <= problem.offset < under.end:
                return problem
    first = next((problem for problem in found.errors if problem.severity == "error"), None)
    return first or next(iter(found.errors), None)


def _own(text: str) -> Fragments:
    from imapsh.shell.command_table import COMMANDS
    from imapsh.shell.commands import find

    name, space, _ = text.partition(" ")
    if not space and any(known.startswith(name.lower()) for known in COMMANDS):
        row = next(row for known, row in COMMANDS.items() if known.startswith(name.lower()))
        return [("class:bottom-toolbar.hint", f"{row.name} {row.syntax}  {row.summary}")]
    try:
        row = find(name)
    except UsageError as error:
        return [("class:bottom-toolbar.error", visible(str(error)))]
    return [("class:bottom-toolbar.hint", f"{row.name} {row.syntax}  {row.summary}")]


def _numbers(mailbox: Mailbox, fields: Iterable[tuple[str, str]]) -> list[str]:
    known = ((label, getattr(mailbox, field)) for field, label in fields)
    return [f"{label} {value}" for label, value in known if value is not None]


def _state(status: Status) -> list[str]:
    session = status.session
    if session is None or not status.live:
        return ["not connected", "\\connect connects, Ctrl-D ends"]
    parts = [session.state]
    mailbox = session.mailbox
    if mailbox is not None:
        parts.append(visible(mailbox.name) + (" read-only" if mailbox.read_only else ""))
        parts += _numbers(mailbox, _FIRST)
    parts.append(status.tls or ("local" if session.secure else "no TLS"))
    if session.read_only:
        parts.append("read-only mode")
    if status.trace:
        parts.append("tracing")
    if status.name:
        parts.append(f"{status.several} connections")
    if mailbox is not None:
        parts += _numbers(mailbox, _LAST)  # what a narrow terminal has no room for
    return parts
