r"""Reports of the tests of a script (`\expect`): TAP, written as the tests run, and JUnit XML, written at the end.

TAP is version 13, because common readers do not know 14, and prove then fails the run.  What it says more of a test is
a block of YAML, each value of it a JSON string.  What was found against the conduct of servers stands in comments at
its end.  JUnit XML has one suite, named after the script, and the same as properties of it.  Controls are visible in
both.  Reports for monitoring systems are in `monitoring.py`.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Protocol

from imapsh.errors import UsageError
from imapsh.render.visible import visible
from imapsh.shell.record.result import Result
from imapsh.shell.settings.reasons import why

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imapsh.shell.record.lint import Found
    from imapsh.shell.screen.landing import Landing

STDOUT = "-"

_READABLE = 0o644  # of a file of metrics, which another user collects


class Report(Protocol):
    """A report that is told the tests of a run.

    Both methods raise UsageError if it cannot be written.  With `lenient`, a failed test whose name begins with
    `warning` is a warning, and the run goes on.
    """

    lenient: bool

    def add(self, result: Result) -> None:
        """Add a test; tests come in the order in which they ran."""

    def end(self, stopped: str, found: Sequence[Found] = (), status: int = 0) -> int:
        """End the report, and return the exit status of the run: `status`, unless the report has one of its own.

        `stopped` says what ended the run before its end, "" for nothing.  `found` is what was found against the conduct
        of servers.
        """


class Tap:
    """A report in the Test Anything Protocol (testanything.org), written as the tests come."""

    lenient = False

    def __init__(self, file: Landing, name: str, path: str = STDOUT) -> None:
        self._file = file
        self._path = path
        self._count = 0
        self._put("TAP version 13")

    def add(self, result: Result) -> None:
        """See Report."""
        self._count += 1
        directive = "" if result.skipped is None else f" # SKIP {_described(result.skipped)}".rstrip()
        self._put(f"{'ok' if result.ok else 'not ok'} {self._count} - {_described(result.name)}{directive}")
        if result.skipped is not None:
            return
        from json import dumps

        about = {"message": result.message, "at": result.place}
        self._put("  ---")
        for key, value in about.items():
            if value:
                self._put(f"  {key}: {dumps(visible(value))}")
        self._put(f"  duration_ms: {result.seconds * 1000:.3f}\n  ...")

    def end(self, stopped: str, found: Sequence[Found] = (), status: int = 0) -> int:
        """See Report."""
        for one in found:
            self._put(f"# {one}")
        self._put(f"Bail out! {_described(stopped)}" if stopped else f"1..{self._count}")
        _write(self._path, self._file.commit, self._file.drop)
        return status

    def _put(self, text: str) -> None:
        _write(self._path, lambda: self._file.write(_octets(f"{text}\n")), self._file.drop)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _described(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace("#", "\\#")


class JUnit:
    """A report in the XML that test tools of many makers read.

    What was in the file before stays until all of the report is on the disk.
    """

    lenient = False

    def __init__(self, file: Landing, name: str, path: str = STDOUT) -> None:
        self._file = file
        self._path = path
        self._name = name
        self._results: list[Result] = []

    def add(self, result: Result) -> None:
        """See Report."""
        self._results.append(result)

    def end(self, stopped: str, found: Sequence[Found] = (), status: int = 0) -> int:
        """See Report."""
        from xml.etree import ElementTree

        results = self._results
        suite = ElementTree.Element(
            "testsuite",
            name=visible(self._name),
            tests=str(len(results) + bool(stopped)),
            failures=str(sum(not result.ok for result in results)),
            errors=str(int(bool(stopped))),
            skipped=str(sum(result.skipped is not None for result in results)),
            time=f"{sum(result.seconds for result in results):.6f}",
        )
        if found:
            properties = ElementTree.SubElement(suite, "properties")
            for one in found:
                ElementTree.SubElement(properties, "property", name=f"lint {one.finding.rule}", value=str(one))
        for result in results:
            self._case(suite, result)
        if stopped:
            case = ElementTree.SubElement(suite, "testcase", name="the run", classname=visible(self._name), time="0")
            ElementTree.SubElement(case, "error", message=visible(stopped)).text = visible(stopped)
        ElementTree.indent(suite)
        text = ElementTree.tostring(suite, encoding="unicode")
        octets = _octets(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n')
        _write(self._path, lambda: self._file.write(octets), self._file.drop)
        _write(self._path, self._file.commit, self._file.drop)
        return status

    def _case(self, suite: object, result: Result) -> None:
        from xml.etree import ElementTree

        file, _, line = result.place.rpartition(":")
        case = ElementTree.SubElement(
            suite,  # type: ignore[arg-type]
            "testcase",
            name=visible(result.name),
            classname=visible(self._name),
            file=visible(file),
            line=line,
            time=f"{result.seconds:.6f}",
        )
        if result.skipped is not None:
            ElementTree.SubElement(case, "skipped", message=visible(result.skipped))
        elif not result.ok:
            message = visible(result.message)
            ElementTree.SubElement(case, "failure", message=message).text = f"{visible(result.place)}: {message}"


_ENDINGS = {".tap": "tap", ".t": "tap", ".xml": "junit", ".prom": "prom"}

#: the kinds of reports on a script, of which the last two are for monitoring systems
_KINDS = ("tap", "junit", "nagios", "prom")
MONITORING = _KINDS[2:]


def target(option: str) -> tuple[str, str]:
    """Return the kind and path of `--report`'s value: `tap:PATH` or the like, or a path whose ending says which.

    Raises UsageError.
    """
    kind, colon, path = option.partition(":")
    if colon and path and kind.lower() in _KINDS:
        return kind.lower(), path
    kind = _ENDINGS.get(os.path.splitext(option)[1].lower(), "")
    if not kind:
        raise UsageError(
            f"--report {option}: name it .tap or .xml, or say tap:{option} or junit:{option}; nagios:- and prom:FILE "
            "are for monitoring systems"
        )
    return kind, option


def make(option: str, name: str, server: str = "", user: str = "") -> Report:
    """Return the report that `--report` asks for, of a script of this name, and of a run on a server.

    Raises UsageError.
    """
    from imapsh.shell.screen.landing import Direct, Through, direct, placed

    kind, path = target(option)
    at_once = kind in ("tap", "nagios")
    file: Landing
    try:
        if path == STDOUT:
            file = (Direct if at_once else Through)(os.dup(sys.stdout.fileno()))
        elif kind == "prom":
            file = placed(path, append=False, mode=_READABLE)
        else:
            file = direct(path) if at_once else placed(path, append=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write the report {path}: {why(error)}") from None
    if kind in MONITORING:
        return _monitoring(kind, file, path, (name, server, user))
    return (Tap if kind == "tap" else JUnit)(file, name, path)


def _monitoring(kind: str, file: Landing, path: str, about: tuple[str, str, str]) -> Report:
    from imapsh.shell.record.monitoring import About, Nagios, Prometheus

    def put(octets: bytes) -> None:
        for work in (lambda: file.write(octets), file.commit):
            _write(path, work, file.drop)

    return Nagios(put) if kind == "nagios" else Prometheus(put, About(*about))


def _write(path: str, work: Callable[[], object], drop: Callable[[], object]) -> None:
    """Do a part of the writing.  If that fails, `drop` ends it, and UsageError is raised."""
    try:
        work()
    except OSError as error:
        with contextlib.suppress(OSError):
            drop()
        if isinstance(error, BrokenPipeError):
            raise
        where = "stdout" if path == STDOUT else path
        raise UsageError(f"cannot write the report {where}: {why(error)}") from None
