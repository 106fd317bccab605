r"""Reports of a run for monitoring systems: a line as Nagios's plugins write it, and metrics as Prometheus reads them.

Nagios, Icinga and others run a program, show its first line and take its exit status, one of STATES (Monitoring
Plugins, Development Guidelines, section "Plugin Return Codes").  node_exporter reads files of its textfile collector at
any time, so such a file is replaced whole, in the folder where it is.

A failed test whose name begins with `warning` is a warning: the run goes on, and is not refused for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from imapsh.render.visible import visible
from imapsh.shell.record.result import Result
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.record.lint import Found

OK, WARNING, CRITICAL, UNKNOWN = range(4)
STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")  #: by exit status

LONGEST = 400  #: characters of what the line says; some programs between cut it at 1,024 octets
MOST = 1000  #: tests that have a metric of their own; all are counted

#: imapsh's own exit statuses that say nothing of the server: a wrong command line, a mistake of ours, Ctrl-C
_NOT_THE_SERVERS = frozenset({2, 70, 130, 141})
#: those of a server that cannot be used: no connection, no TLS, no login, a connection that was lost
_DOWN = frozenset({4, 5, 6, 7})


def state_of(status: int, *, warned: bool = False) -> int:
    """Return the state that an exit status of imapsh's own means."""
    if status in _NOT_THE_SERVERS:
        return UNKNOWN
    return CRITICAL if status else WARNING if warned else OK


class About(NamedTuple):
    """What a run is about: the name of its script, its server in words, and the user, "" for none."""

    script: str = ""
    server: str = ""
    user: str = ""


class _Counts:
    """The tests of a run, counted."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun = clock()
        self.passed = self.failed = self.warned = self.skipped = 0

    def add(self, result: Result) -> None:
        if result.skipped is not None:
            self.skipped += 1
        elif result.ok:
            self.passed += 1
        elif result.warning:
            self.warned += 1
        else:
            self.failed += 1

    @property
    def all(self) -> int:
        return self.passed + self.failed + self.warned + self.skipped

    @property
    def seconds(self) -> float:
        return self._clock() - self._begun

    def items(self) -> Iterator[tuple[str, int]]:
        """Yield the counts with their names."""
        names = ("passed", "failed", "warning", "skipped")
        return zip(names, (self.passed, self.failed, self.warned, self.skipped), strict=True)


class Nagios:
    """One line with performance data.  `write` puts it somewhere."""

    lenient = True

    def __init__(self, write: Callable[[bytes], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._counts = _Counts(clock)
        self._first: dict[bool, str] = {}  # what is said of the first test that failed, and of the first warning

    def add(self, result: Result) -> None:
        """See Report."""
        self._counts.add(result)
        if not result.ok:
            self._first.setdefault(result.warning, _about(result))

    def end(self, stopped: str, found: Sequence[Found] = (), status: int = 0) -> int:
        """See Report.  Returns one of the exit statuses that STATES are of."""
        counts = self._counts
        state = state_of(status or int(counts.failed > 0), warned=counts.warned > 0)
        seconds = counts.seconds
        said = _safe(stopped or self._said(seconds))[:LONGEST]
        data = " ".join(f"{name}={number}" for name, number in counts.items())
        self._write(f"IMAPSH {STATES[state]} - {said} | time={seconds:.3f}s {data}\n".encode())
        return state

    def _said(self, seconds: float) -> str:
        counts = self._counts
        if not counts.all:
            return f"done in {seconds:.2f} s"
        of = f"of {counts.all} {'test' if counts.all == 1 else 'tests'}"
        if counts.failed:
            return f"{counts.failed} {of} failed: {self._first.get(False, '')}"
        if counts.warned:
            return f"{counts.warned} {of} warned: {self._first.get(True, '')}"
        return f"{counts.passed} {of} passed in {seconds:.2f} s"


def _about(result: Result) -> str:
    """Return the name and the message of a test; what the message says again is left out."""
    name, _, text = result.name.partition(": ")
    if result.message in result.name:
        return result.name
    if result.name in result.message:
        return result.message
    return f"{name if text and text in result.message else result.name}: {result.message}"


def _safe(text: str) -> str:
    """Return the text in one line, without the sign that begins performance data."""
    return visible(text).replace("|", "/").encode("utf-8", "backslashreplace").decode()


class Prometheus:
    """Metrics in Prometheus's text format (version 0.0.4), as node_exporter's textfile collector reads it."""

    lenient = True

    def __init__(
        self,
        write: Callable[[bytes], object],
        about: About,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._write = write
        self._about = about
        self._counts = _Counts(clock)
        self._results: list[Result] = []
        self._now = now

    def add(self, result: Result) -> None:
        """See Report."""
        self._counts.add(result)
        if len(self._results) < MOST:
            self._results.append(result)

    def end(self, stopped: str, found: Sequence[Found] = (), status: int = 0) -> int:
        """See Report."""
        self._write("".join(self._lines(status)).encode("utf-8", "backslashreplace"))
        return status

    def _lines(self, status: int) -> Iterator[str]:
        counts = self._counts
        yield from self._metric(
            "imapsh_up", "Whether the server was reached and took the login.", [({}, status not in _DOWN)]
        )
        yield from self._metric("imapsh_exit_status", "The exit status of imapsh.", [({}, status)])
        yield from self._metric("imapsh_duration_seconds", "How long the run took.", [({}, round(counts.seconds, 6))])
        yield from self._metric(
            "imapsh_last_run_timestamp_seconds", "When the run ended.", [({}, round(self._now(), 3))]
        )
        rows: list[tuple[dict[str, str], float]] = [({"result": name}, number) for name, number in counts.items()]
        yield from self._metric("imapsh_tests", "How many tests ended how.", rows)
        rows = [
            ({"number": str(number), "test": result.name}, result.ok) for number, result in enumerate(self._results, 1)
        ]
        yield from self._metric("imapsh_test_ok", "Whether a test was passed or skipped.", rows)

    def _metric(self, name: str, about: str, rows: Sequence[tuple[dict[str, str], float]]) -> Iterator[str]:
        if rows:
            yield f"# HELP {name} {about}\n# TYPE {name} gauge\n"
        for more, value in rows:
            labels = ",".join(f'{key}="{_label(text)}"' for key, text in {**self._about._asdict(), **more}.items())
            yield f"{name}{{{labels}}} {float(value):.15g}\n"


def _label(text: str) -> str:
    """Return a label's value with its escapes; controls are made visible."""
    return visible(text).replace("\\", "\\\\").replace('"', '\\"')
