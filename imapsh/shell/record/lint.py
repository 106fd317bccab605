r"""Counts what was found against the conduct of servers, for `\lint` and reports.  Memory is bounded by the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imapsh.findings import FAULT, Finding
from imapsh.hints import Any
from imapsh.render.amounts import count
from imapsh.render.visible import visible
from imapsh.tuples import NamedTuple


class Found(NamedTuple):
    """A rule that was broken: the first finding, and how often."""

    finding: Finding
    times: int

    def __str__(self) -> str:
        """Return it in one line, without control characters."""
        level, message, rfc = self.finding.level, visible(self.finding.message), self.finding.rfc
        return f"{level} {self.finding.rule}, {count(self.times, 'time')}: {message} [{rfc}]"

    def record(self) -> dict[str, Any]:
        """Return it as JSON values."""
        finding = self.finding
        told = {"rule": finding.rule, "level": finding.level, "rfc": finding.rfc}
        return {**told, "count": self.times, "first": finding.message}


class Lint:
    """Counts findings, by the name of the connection and of the rule."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Found] = {}

    def clear(self) -> None:
        """Forget all findings."""
        self._found.clear()

    def add(self, connection: str, findings: Sequence[Finding]) -> None:
        """Count findings, for the connection and for all together."""
        for finding in findings:
            for key in ((connection, finding.rule), ("", finding.rule)):
                before = self._found.get(key)
                self._found[key] = Found(finding, 1) if before is None else before._replace(times=before.times + 1)

    def found(self, connection: str = "") -> Iterator[Found]:
        """Return what was found on one connection, or on all together: faults first, and each by the rule's name."""
        mine = [found for (where, _), found in self._found.items() if where == connection]
        return iter(sorted(mine, key=lambda found: (found.finding.level != FAULT, found.finding.rule)))

    def table(self, connection: str = "") -> Iterator[str]:
        """Yield it as lines in columns: how often, level, rule, the RFC, and what was found first."""
        cells = [
            (f"{found.times:,}", found.finding.level, found.finding.rule, found.finding.rfc,
             visible(found.finding.message))
            for found in self.found(connection)
        ]  # fmt: skip
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for times, *words, message in cells:
            shown = (word.ljust(width) for word, width in zip(words, widths[1:], strict=False))
            yield "  ".join((times.rjust(widths[0]), *shown, message))
