r"""Counts the tests of a run, which `\expect` and `\fail` make, and tells them to a report if there is one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from imapsh.hints import TYPE_CHECKING
from imapsh.shell.record.result import Result

if TYPE_CHECKING:
    from imapsh.shell.record.lint import Found
    from imapsh.shell.record.report import Report

WARNING = "warning"  #: how the name of a test begins that is not critical, for a monitoring system


class Tally:
    r"""Counts the tests of a run.

    `name` and `skip` are what `\name` and `\skip` said: the first holds on, the second holds for the next test.
    """

    def __init__(self, report: Report | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.report = report
        self.name = ""
        self.skip: str | None = None
        self.judged = 0
        self.failed = 0
        self._clock = clock
        self._since = clock()

    def add(self, ok: bool, text: str, place: str, message: str = "") -> Result:
        """Count a test, and tell it to the report.  Raises UsageError if that cannot be written."""
        now = self._clock()
        name = f"{self.name}: {text}" if self.name else text
        warning = self.report is not None and self.report.lenient and self.name.lower().startswith(WARNING)
        result = Result(ok or self.skip is not None, name, place, now - self._since, message, self.skip, warning)
        self._since, self.skip = now, None
        self.judged += 1
        self.failed += not (result.ok or warning)
        report, self.report = self.report, None  # where it cannot be written it is told no more
        if report is not None:
            report.add(result)
            self.report = report
        return result

    def end(self, stopped: str = "", found: Iterable[Found] = (), status: int = 0) -> int:
        """End the tests, and return the exit status of the run: `status`, unless the report has one of its own.

        `stopped` says in a sentence what ended the run before its end.  `found` is what was found against the conduct
        of servers.
        """
        report, self.report = self.report, None
        return status if report is None else report.end(stopped, tuple(found), status)
