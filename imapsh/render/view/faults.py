"""The faults of a response, below its view: the octets around each fault, a caret, and the rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imapsh.findings import FAULT, NOTICE, Finding, Violation
from imapsh.grammar.responses import Response
from imapsh.render.pieces import MESSAGE, shorten
from imapsh.render.styles import Fragment
from imapsh.render.view.columns import clip, flow, words_of
from imapsh.render.view.look import Line
from imapsh.render.visible import visible, width
from imapsh.wire.frames import Frame, size_of

_LEFT = 40  #: octets that are shown before a caret at most
_RIGHT = 30  #: octets that are shown from the caret on at most


def faults(response: Response, findings: Sequence[Finding], columns: int | None) -> Iterator[Line]:
    """Yield violations in the order of their octets, then findings of conduct; `?` marks a notice."""
    for violation in sorted(response.violations, key=lambda violation: violation.offset):
        yield from _violation(response.frame, violation, columns)
    for finding in findings:
        fault = finding.level == FAULT
        words = [*words_of(shorten(finding.message, MESSAGE), "violation" if fault else "note"), *_rule(finding)]
        yield from flow([("caret", "! ") if fault else ("note", "? ")], words, columns, 2)
    if response.frame.incomplete:
        yield [("note", "(the input ends here, within the response)")]


def _rule(fault: Violation | Finding) -> Iterator[Fragment]:
    level = f"{NOTICE}, " if isinstance(fault, Finding) and fault.level == NOTICE else ""
    return words_of(f"[{visible(fault.rule)}, {level}{fault.rfc}]", "note")


def _violation(frame: Frame, violation: Violation, columns: int | None) -> Iterator[Line]:
    before, behind = _around(frame, violation.offset)
    left, right = visible(before), visible(behind)
    if columns is not None:
        while width(left) > columns // 2:
            left = left[1:]
        right = clip(right, columns - width(left))
    yield [("note", left + right)]
    message: list[Fragment] = [*words_of(visible(violation.message), "violation"), *_rule(violation)]
    yield from flow([("", " " * width(left)), ("caret", "^ ")], message, columns, 2)


def _around(frame: Frame, offset: int) -> tuple[bytes, bytes]:
    """Return the octets of its line before and after an octet; none for a literal that is not in memory."""
    for part in frame.parts:
        octets = size_of(part)
        if offset < octets or part is frame.parts[-1]:
            if not isinstance(part, bytes):
                break
            begin = max(part.rfind(b"\n", 0, offset) + 1, offset - _LEFT)
            end = part.find(b"\r\n", offset, offset + _RIGHT)
            return part[begin:offset], part[offset : offset + _RIGHT if end < 0 else end]
        offset -= octets
    return b"", b""
