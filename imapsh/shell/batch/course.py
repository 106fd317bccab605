r"""The outcome of a batch: when it stops, and its exit status.

It stops at the first NO or BAD, and at the first expectation that is not met, unless told to go on.  A NO or BAD whose
next line is an `\expect` is no fault by itself; blank lines, comments, `\name` and `\skip` may stand between.
"""

from __future__ import annotations

from imapsh.hints import TYPE_CHECKING
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.app import App

CODES = {"OK": 0, "NO": 1, "BAD": 3}  #: exit statuses of tagged replies

_NOT_MET = 1
_BETWEEN = ("", "\\name", "\\skip")


class _Refused(NamedTuple):
    """A reply that the next line may expect."""

    code: int
    place: str
    said: str


class Course:
    """Decides when a batch stops, and its exit status.

    Ask `goes_on` before each line, `done` after it, and `end` for the exit status.  With `tells`, a reply that was not
    expected is said on stderr, because nobody may read stdout.
    """

    def __init__(self, app: App, *, tells: bool = False) -> None:
        self._app = app
        self._tells = tells
        self._worst = 0
        self._failed = app.tally.failed
        self._refused: _Refused | None = None

    def goes_on(self, line: str) -> bool:
        """Return whether to run this line."""
        if self._refused is None:
            return True
        words = line.split(None, 1)
        word = words[0].lower() if words else ""
        if word == "\\expect":
            self._refused = None
        elif word not in _BETWEEN and not line.startswith("#"):
            return self._settle()
        return True

    def done(self, status: str) -> bool:
        """Take in that a line was done and got this reply, "" for none.  Return whether to go on."""
        code = CODES.get(status, 0)
        complaint, self._app.complaint = self._app.complaint, ""
        if code:
            said = complaint
            if not said and (self._tells or self._app.tally.report is not None):
                said = _said(self._app)
            self._refused = _Refused(code, self._app.place(), said)
        failed, self._failed = self._failed, self._app.tally.failed
        if self._failed == failed:
            return True
        self._worst = max(self._worst, _NOT_MET)
        return self._app.options.keep_going

    def end(self) -> int:
        """Settle the last line, and return the exit status."""
        self._settle()
        tally = self._app.tally
        if self._app.options.keep_going and tally.failed:
            from imapsh.render.amounts import count

            self._app.fault(f"{tally.failed} of {count(tally.judged, 'test')} failed")
        return self._worst

    def _settle(self) -> bool:
        """Settle a reply that was not expected.  Return whether to go on all the same."""
        refused, self._refused = self._refused, None
        if refused is not None:
            self._worst = max(self._worst, refused.code)
            if self._tells:
                at = f"{refused.place}: " if self._app.options.file else ""
                self._app.fault(f"{at}{refused.said}")
            if self._app.tally.report is not None:
                self._app.tally.add(False, refused.said, refused.place, "no \\expect follows this reply")
                self._failed = self._app.tally.failed
        return self._app.options.keep_going


def _said(app: App) -> str:
    from imapsh.shell.commands.testing import checks

    return app.masked(checks.reply_said(app))
