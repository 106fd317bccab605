"""Counts faults that are alike together, so that a flood of them does not become a flood of output.

The first hundred of a command are shown.  After that, lines that only are a fault (`+` that nobody asked for, lines
that are no response) are left out, and data is shown without its fault.  Before the command's reply, or anything else
that ends the flood, a line says how many more there were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imapsh.findings import RULES, Finding, Violation
from imapsh.grammar.responses import CONTINUATION, GARBAGE, Response
from imapsh.render.visible import visible
from imapsh.tuples import NamedTuple

MOST = 100  #: faults of a kind that are shown while one command runs
KINDS = 1000  #: kinds of faults that are told apart; all others count as one


class More(NamedTuple):
    """A number of faults that were not shown, and what the first of them was."""

    number: int
    rule: str
    message: str

    def __str__(self) -> str:
        """Return it as a line."""
        return f"and {self.number:,} more: {visible(self.message)} [{self.rule}, {RULES[self.rule].rfc}]"

    def record(self) -> dict[str, object]:
        """Return it as JSON values."""
        first = {"rule": self.rule, "rfc": RULES[self.rule].rfc, "message": self.message}
        return {"kind": "more", "count": self.number, "first": first}


class Alike:
    """Counts the faults of one connection that are alike: those with the same rules, in responses of the same kind."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], int] = {}
        self._first: dict[tuple[str, ...], Violation | Finding] = {}

    def over(self, response: Response, findings: Sequence[Finding]) -> bool:
        """Count the faults of a response, and return whether there were enough like them."""
        faults: list[Violation | Finding] = [*response.violations, *findings]
        if not faults:
            return False
        key = (response.kind, *{fault.rule for fault in faults}) if len(faults) > 1 else (response.kind, faults[0].rule)
        count = self._seen.get(key, 0)
        if not count and len(self._seen) >= KINDS:
            key = ("",)
            count = self._seen.get(key, 0)
        self._seen[key] = count + 1
        if count == MOST:
            self._first[key] = faults[0]
        return count >= MOST

    def fewer(self, response: Response) -> Response:
        """Return a response with no more than MOST violations; the others are counted as not shown."""
        shown, left = response.violations[:MOST], response.violations[MOST:]
        if not left:
            return response
        key = (response.kind, left[0].rule, "in one response")
        self._seen[key] = self._seen.get(key, MOST) + len(left)
        self._first.setdefault(key, left[0])
        return Response(response.kind, response.name, response.value, response.frame, response.tag, shown)

    def end(self) -> Iterator[More]:
        """Yield what was not shown, and begin anew."""
        if not self._seen:
            return
        for key, fault in self._first.items():
            yield More(self._seen[key] - MOST, fault.rule, fault.message)
        self._seen.clear()
        self._first.clear()


def is_only_a_fault(response: Response) -> bool:
    """Return whether nothing is lost if a faulty response is not shown."""
    return response.kind in (CONTINUATION, GARBAGE)


def without_faults(response: Response) -> Response:
    """Return a response as it would be without its violations."""
    return Response(response.kind, response.name, response.value, response.frame, response.tag)
