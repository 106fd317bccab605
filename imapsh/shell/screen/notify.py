"""Announces news by a bell or a desktop notification, once for what comes together."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING

from imapsh.render.amounts import count
from imapsh.render.visible import Shown, visible
from imapsh.session.events import Received
from imapsh.shell.screen.clock import Clock
from imapsh.transport.child import child_environment

if TYPE_CHECKING:
    from prompt_toolkit.output import Output as Terminal

_TOGETHER = 0.2  # seconds
_GROWTH = re.compile(r"(?:EXISTS|RECENT) (\d+) -> (\d+)")
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")


class Notifier:
    """Announces news to the person.

    `how()` is one of NOTIFICATIONS (`settings.options`).  No more is told than counts and names of mailboxes.
    """

    def __init__(self, how: Callable[[], str], terminal: Terminal, clock: Clock) -> None:
        self._how = how
        self._terminal = terminal
        self._clock = clock
        self._due: dict[str, int] = {}

    def news(self, event: Received, mailbox: str) -> None:
        """Announce an event soon, if it is of new mail."""
        if self._how() == "never":
            return
        found = _GROWTH.fullmatch(event.change)
        more = int(found[2]) - int(found[1]) if found is not None else 0
        if more <= 0:
            return
        if not self._due:
            self._clock.call_later(_TOGETHER, self._tell)
        if event.response.name == "EXISTS":
            self._due[mailbox] = self._due.get(mailbox, 0) + more
        else:  # RECENT, mostly of the same messages
            self._due.setdefault(mailbox, 0)

    def _tell(self) -> None:
        due, self._due = self._due, {}
        if self._how() == "bell":
            self._write(Shown("\a"))
        elif self._how() == "desktop":
            self._desktop("; ".join(_counted(mailbox, number) for mailbox, number in due.items()))

    def _desktop(self, text: str) -> None:
        """Notify by notify-send if there is one and a desktop for it; else ask the terminal to."""
        program = shutil.which("notify-send") if any(map(os.environ.get, _DISPLAYS)) else None
        if program is not None:
            words = [program, "--app-name=imapsh", "--", "imapsh", text]
            Thread(target=_run, args=(words,), daemon=True).start()
        else:
            self._write(sequence(text, os.environ.get("TERM", "")))

    def _write(self, text: Shown) -> None:
        self._terminal.write_raw(text)
        self._terminal.flush()


def sequence(text: str, term: str) -> Shown:
    """Return the text that asks a terminal for a notification: OSC 777 of rxvt's, else OSC 9, which most know."""
    text = visible(text)
    if term.startswith("rxvt"):
        return Shown(f"\x1b]777;notify;imapsh;{text.replace(';', ',')}\a")
    return Shown(f"\x1b]9;imapsh: {text}\a")


def _counted(mailbox: str, number: int) -> str:
    what = count(number, "new message") if number else "new mail"
    return f"{visible(mailbox)}: {what}"


def _run(words: list[str]) -> None:
    quiet = subprocess.DEVNULL
    subprocess.run(words, env=child_environment(), stdin=quiet, stdout=quiet, stderr=quiet, check=False)
