"""Sums up what is wrong with a recording: the exit status of `--explain`, and its `--report`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from imapsh.errors import UsageError
from imapsh.findings import FAULT
from imapsh.render.amounts import count
from imapsh.shell.record.result import Result
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.findings import Finding
    from imapsh.grammar.responses import Response
    from imapsh.shell.modes.client_lines import Line
    from imapsh.shell.settings.options import Options

MOST = 1000  #: faults that a report names; it counts the others


class _Ruled(Protocol):
    @property
    def rule(self) -> str: ...
    @property
    def rfc(self) -> str: ...
    @property
    def message(self) -> str: ...


class Fault(NamedTuple):
    """A fault: the rule that is broken, its RFC, what is wrong, and the octet of the recording where."""

    rule: str
    rfc: str
    message: str
    offset: int


class Judgement:
    """Counts the faults of a recording.  Each is a failed test of a report.

    A fault is a violation of the grammar, or conduct that breaks a MUST.
    """

    def __init__(self, options: Options) -> None:
        self._path = _named(options.explain[0]) if options.explain else "tap"
        self._strict = options.strict
        self._taken = self._faults = 0
        self._incomplete = False
        self.takes_stdout = False
        """True if the report goes to stdout, which then has nothing else."""
        self._report = None
        if options.report:
            from imapsh.shell.record import report

            kind, path = report.target(options.report)
            if kind in report.MONITORING:
                raise UsageError(f"--report {kind}: is for a script: give one with -c, -f or on stdin")
            self.takes_stdout = path == report.STDOUT
            self._report = report.make(options.report, "log" if options.redact else self._path)

    @property
    def faults(self) -> int:
        """Return the number of faults so far."""
        return self._faults

    def reads(self, path: str) -> None:
        """Take in that the next lines are those of another file."""
        self._path = _named(path)

    def response(self, response: Response, findings: Iterable[Finding]) -> None:
        """Take a response of a server, and what is wrong with its time.  Raises UsageError for the report."""
        at = response.frame.offset
        faults = [fault(one, at + one.offset) for one in response.violations]
        faults += [fault(one, at) for one in findings if one.level == FAULT]
        self._take(response.name, faults, incomplete=response.frame.incomplete)

    def line(self, line: Line) -> None:
        """Take what a client sent.  Raises UsageError for the report."""
        faults = [fault(one, one.offset) for one in line.violations]
        faults += [fault(one, line.offset) for one in line.findings if one.level == FAULT]
        self._take(line.name, faults, incomplete=line.incomplete)

    def _take(self, name: str, faults: list[Fault], *, incomplete: bool) -> None:
        self._taken += 1
        self._incomplete = self._incomplete or incomplete
        if incomplete:
            self._tell("it ends with a whole line", False, f"it ends inside {name or 'a line'}", -1)
        for one in faults:
            self._faults += 1
            if self._faults <= MOST:
                what = f"{one.rule} in {name}" if name else one.rule
                self._tell(what, False, f"octet {one.offset:,}: {one.message} [{one.rfc}]", one.offset)

    def end(self, stopped: str = "") -> int:
        """End the report, and return the exit status.  `stopped` says what ended the reading, "" for its end."""
        if self._faults > MOST:
            self._tell("the others", False, f"and {self._faults - MOST:,} more", -1)
        if not self._faults and not stopped:
            self._tell(f"nothing is wrong with {count(self._taken, 'line')}", True, "", -1)
        if self._report is not None:
            self._report.end(stopped)
        return int(self._incomplete or (self._strict and self._faults > 0))

    def _tell(self, name: str, ok: bool, message: str, offset: int) -> None:
        if self._report is not None:
            self._report.add(Result(ok, name, f"{self._path}:{offset}" if offset >= 0 else "", 0.0, message))


def _named(path: str) -> str:
    return "stdin" if path == "-" else path


def fault(one: _Ruled, offset: int) -> Fault:
    """Return the fault that a violation or a finding is."""
    return Fault(one.rule, one.rfc, one.message, offset)
