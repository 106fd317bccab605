"""The prompt and the bottom toolbar: what is known of the session, as styled fragments.  No I/O, and nothing slow."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from prompt_toolkit.formatted_text import StyleAndTextTuples as Fragments

from imapsh.errors import UsageError
from imapsh.render.visible import visible
from imapsh.session.core import Session
from imapsh.session.exchange import Exchange
from imapsh.shell import literals
from imapsh.shell.reading import Reading
from imapsh.spec.model import NOT_AUTHENTICATED

_SHOWN = (("exists", "EXISTS"), ("unseen", "first unseen"), ("uidnext", "UIDNEXT"),
          ("uidvalidity", "UIDVALIDITY"), ("highestmodseq", "HIGHESTMODSEQ"))  # fmt: skip


class Status(NamedTuple):
    """What there is to say.  `who` is `user@host`, `tls` its version or ""; `name` the connection's, where there are
    `several`."""

    who: str
    session: Session | None
    tls: str = ""
    trace: str = ""
    name: str = ""
    several: int = 1

    @property
    def live(self) -> bool:
        """Whether there is a connection."""
        return self.session is not None and not self.session.closed


def prompt(status: Status) -> Fragments:
    """`demo@host INBOX> `: who, where, and the state."""
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
    if idles(session):
        found.append(("class:prompt-state", " (idle)"))
    return [*found, ("class:prompt", "> ")]


def continuation(text: str, line: int) -> Fragments:
    """The prompt of line `line` of a text that has several: how many octets its literal still wants."""
    above = "\n".join(text.split("\n")[:line]) + "\n"
    left = literals.wanted(above)
    return [("class:prompt-state", f"{left:>6} octets> " if left else f"{'...':>13}> ")]


def toolbar(status: Status, reading: Reading, text: str) -> Fragments:
    """Two lines: what helps with what is being typed, and the session."""
    return [*_advice(status, reading, text), ("", "\n"), *_state(status)]


def idles(session: Session) -> bool:
    """Whether IDLE runs."""
    return session.idling


def running(session: Session, besides: Collection[Exchange] = ()) -> str:
    """`A7 FETCH still running, A8 NOOP waits`, or ""."""
    parts = [f"{e.tag} {e.name} still running" for e in session.running.values() if e not in besides]
    parts += [f"{e.tag} {e.name} waits" for e in session.queue if e not in besides]
    return ", ".join(parts)


def _advice(status: Status, reading: Reading, text: str) -> Fragments:
    session = status.session
    if session is not None and idles(session):
        return [("class:bottom-toolbar.busy", "IDLE: news appear above; Enter or Ctrl-C sends DONE")]
    found: Fragments = []
    if session is not None and status.live and (busy := running(session)):
        found += [("class:bottom-toolbar.busy", busy), ("", "  ")]
    if text.startswith("\\"):
        return [*found, *_own(text)]
    left = literals.wanted(text)
    if left is not None and left > 0:
        return [*found, ("class:bottom-toolbar.hint", f"{left} more octets of the literal; Enter is two, CR LF")]
    if not text.strip():
        return found
    match = reading.last(text)
    if match.errors:
        first = match.errors[0]
        return [*found, (f"class:bottom-toolbar.{first.severity}", visible(first.message))]
    if match.command is not None:
        head = match.command.name if match.name.upper() == text.strip().upper() else ""
        hint = f"{head} {match.hint}".strip() or match.command.summary
        found.append(("class:bottom-toolbar.hint", hint))
    return found


def _own(text: str) -> Fragments:
    from imapsh.shell.commands import COMMANDS, find

    name, space, _ = text.partition(" ")
    if not space and any(known.startswith(name.lower()) for known in COMMANDS):
        row = next(row for known, row in COMMANDS.items() if known.startswith(name.lower()))
        return [("class:bottom-toolbar.hint", f"{row.name} {row.syntax}  {row.summary}")]
    try:
        row = find(name)
    except UsageError as error:
        return [("class:bottom-toolbar.error", visible(str(error)))]
    return [("class:bottom-toolbar.hint", f"{row.name} {row.syntax}  {row.summary}")]


def _state(status: Status) -> Fragments:
    session = status.session
    if session is None or not status.live:
        return [("class:bottom-toolbar.state", "not connected"), ("", "  \\connect connects, Ctrl-D ends")]
    parts = [session.state]
    mailbox = session.mailbox
    if mailbox is not None:
        parts.append(visible(mailbox.name) + (" read-only" if mailbox.read_only else ""))
        known = ((label, getattr(mailbox, field)) for field, label in _SHOWN)
        parts += [f"{label} {value}" for label, value in known if value is not None]
    parts.append(status.tls or ("local" if session.secure else "no TLS"))
    if status.trace:
        parts.append("tracing")
    if status.name:
        parts.append(f"{status.several} connections")
    found: Fragments = []
    for index, part in enumerate(parts):
        found += [("", "  ")] if index else []
        found.append(("class:bottom-toolbar.state" if index == 0 else "", part))
    return found
