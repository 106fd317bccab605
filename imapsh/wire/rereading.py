"""Finds where an unfilled literal ends after all, and what stands behind it.

A server that announced too much goes on with responses, which look like the literal's octets.  A line in it that begins
a believable response, and is followed by more of them, is taken for one; the literal ends before it.
"""

from __future__ import annotations

import re
from typing import IO

from imapsh.findings import Violation
from imapsh.wire.frames import Frame, Part, Spilled, size_of
from imapsh.wire.limits import Limits
from imapsh.wire.pull import pull
from imapsh.wire.reader import RESPONSE, FrameReader, Scan

HELD = 8 << 20  #: octets of a literal that can be read again; more than that stays the literal's
_LOOKAHEAD = 4  # responses that must follow one another before a line in a literal is believed

#: A line that begins as a response of RFC 9051 does, or as one of an extension that tells something of a name.
BELIEVABLE = re.compile(
    rb"(?:\* (?:(?:OK|NO|BAD|BYE|PREAUTH) |\d{1,10} (?:EXISTS|RECENT|EXPUNGE)\r?\n|\d{1,10} (?:UID)?FETCH \("
    rb"|(?:FLAGS|LIST|LSUB|XLIST) \(|(?:SEARCH|SORT)[ \r\n]|(?:CAPABILITY|ENABLED|STATUS|ESEARCH|NAMESPACE|ID|VANISHED|"
    rb"THREAD) |(?-i:[A-Z]{3,12}) (?:\"[^\"\r\n]{0,200}\"|[\w./&-]{1,200}) (?:[(\"]|[a-z]{1,11}\r?\n))"
    rb"|[^\x00-\x20\x7f-\xff(){%*\"\\+]{1,40} (?:OK|NO|BAD)[ \r\n]|\+ )",
    re.IGNORECASE,
)
_BELIEVABLE_LINE = re.compile(rb"(?m)^" + BELIEVABLE.pattern, re.IGNORECASE)
#: The text that closes a FETCH behind a literal: plain items, then the parentheses.
_LONGEST_TAIL = 2000
_ITEMS = rb"(?: [A-Z0-9.]{1,40} (?:NIL|\d{1,19}|\"[^\"\\\r\n]{0,200}\"|\([^()\r\n]{0,1000}\)))*"


class Source:
    """The octets of an unfilled literal, read again.

    A literal inside it that is unfilled too gives nothing.
    """

    def __init__(self, octets: bytes, at: int = 0) -> None:
        self.octets = octets
        self.at = at

    def line(self) -> bytes:
        begin = self.at
        self.at = self.octets.find(b"\n", begin) + 1 or len(self.octets)
        return self.octets[begin : self.at]

    def read(self, octets: int) -> bytes:
        if octets > len(self.octets) - self.at:
            return b""
        self.at += octets
        return self.octets[self.at - octets : self.at]

    def next_response(self, limits: Limits) -> int:
        """Return where the next believable response begins, or the end if none does."""
        at = self.at
        while (found := _BELIEVABLE_LINE.search(self.octets, at)) is not None:
            stop = self._refuted(found.start(), limits)
            if stop is None:
                return found.start()
            at = stop
        return len(self.octets)

    def _refuted(self, begin: int, limits: Limits) -> int | None:
        """Return where the lines that begin at `begin` turn out to be no responses; None if they are responses."""
        ahead = Source(self.octets, begin)
        reader = FrameReader(RESPONSE, limits)
        for _ in range(_LOOKAHEAD):
            at = ahead.at
            frame = pull(reader, ahead.line, ahead.read)
            if frame is None or frame.incomplete:
                return None
            if not BELIEVABLE.match(self.octets, at):
                return max(at, begin + 1)
            if reader.pending is not None:
                ahead.at -= len(reader.pending)
                reader.pending = None
        return None


def shortened(frame: Frame, content: bytes, before: str = "come before the next response") -> Frame:
    """Return the frame with `content` for its last literal; what closes the response is a part of its own.

    A violation tells the counts; `before` is how its sentence ends.
    """
    lines, scan = frame.parts[:-1], Scan()
    for line in lines[::2]:
        assert isinstance(line, bytes)
        scan.feed(line)
    announcement = lines[-1]
    assert isinstance(announcement, bytes)
    brace = max(announcement.rfind(b"{"), 0)
    closing = re.compile(_ITEMS + rb"\){%d}\r?\n\Z" % max(scan.depth, 0), re.IGNORECASE)
    start = max(content.rfind(b"\n", 0, -1) + 1, len(content) - _LONGEST_TAIL)
    tail = closing.search(content, start)
    parts: tuple[Part, ...] = (*lines, content)
    if tail is not None:
        parts = (*lines, content[: tail.start()], content[tail.start() :])
    announced = announcement[brace + 1 :].rstrip(b"+}\r\n").decode("latin-1")
    came = size_of(parts[len(lines)])
    fault = Violation(
        "literal",
        sum(map(size_of, lines)) - (len(announcement) - brace),
        f"{announced} {'octet was' if announced == '1' else 'octets were'} announced and {came} {before}",
    )
    return Frame(parts, frame.offset, (*frame.violations, fault))


def given_up(frame: Frame, limits: Limits) -> tuple[Frame, bytes]:
    """Return a frame whose last literal is not waited for any more, as far as it goes, and the octets behind it.

    These begin with the first believable response among what came of the literal.  If there is none, all of it is the
    literal's; so is what went to a sink, if it cannot be read back or is more than HELD.
    """
    content = frame.parts[-1]
    if not frame.incomplete or len(frame.parts) % 2:
        return frame, b""
    octets = content if isinstance(content, bytes) else _read_back(content)
    if octets is None:
        came = f"{size_of(content)} came"
        fault = Violation("literal", sum(map(size_of, frame.parts[:-1])), f"more octets were announced than the {came}")
        return Frame(frame.parts, frame.offset, (*frame.violations, fault)), b""
    end = Source(octets).next_response(limits)
    before = "come before the next response" if end < len(octets) else "came"
    return shortened(frame, octets[:end], before), octets[end:]


def _read_back(spilled: Spilled) -> bytes | None:
    file: IO[bytes] | None = spilled.where
    if file is None or spilled.octets > HELD or not hasattr(file, "read"):
        return None
    file.seek(0)
    octets = file.read()
    file.close()
    return octets
