"""Replies, read and filed by name as imaplib does.  All octets come through `readline` and `read`, which subclasses may
override.

A plain line is filed at once; whatever may be more than one line is left to the frame reader (`imapsh.wire`), and the
tuples are made of the frame's parts.  What imaplib gives up on and need not (a reply in lower case or with a space too
many, a line that is no reply, `{n}` in the text of a status reply) is survived: it is filed where its meaning is plain,
and its octets are kept in `survived`.
"""

from __future__ import annotations

import re
import sys
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from imapsh.client.imap4 import names
from imapsh.client.imap4.names import CRLF
from imapsh.errors import LimitError
from imapsh.session.secrets import Secrets
from imapsh.wire.frames import Frame, Part
from imapsh.wire.limits import Limits
from imapsh.wire.pull import pull
from imapsh.wire.reader import FrameReader

Datum = Any  # bytes, or (bytes, bytes): what stands before a literal, and the literal
Result = tuple[str, list[Any]]

_UNTAGGED = re.compile(rb"\* (?:(\d+) )?([A-Z-]+)(?: (.*))?\Z", re.DOTALL)
_LOOSE = re.compile(rb"\*[ \t]+(?:(\d+)[ \t]+)?([A-Za-z][A-Za-z-]*)(?:[ \t]+(.*))?", re.DOTALL)
_WITH_CODE = frozenset((b"OK", b"NO", b"BAD"))
_STATUS = frozenset((b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"))
_DIGITS = 18  # of a size that may be read
_MOST = (1 << 63) - 1
_KEPT = 1000  # survived replies
_LOGGED = 10  # lines
_PIECE = 1 << 20  # octets of a literal on its way to a file


class ResponseTimeout(TimeoutError):
    """No reply began within the time that IDLE was to wait."""


class Replies:
    """Reads replies and files them."""

    error: type[Exception]
    abort: type[Exception]
    readonly: type[Exception]

    debug: int
    state: str
    literal: Any
    capabilities: tuple[str, ...] = ()
    sock: Any
    literal_limit = 4 << 30
    """The most octets of a literal that are read; 0 is no limit.  One beyond it raises `abort` before it is read."""

    def _prepare(self, debug: int) -> None:
        self.debug = debug
        self.state = "LOGOUT"
        self.literal = None  # what follows the next command as a literal
        self.tagged_commands: dict[bytes, Any] = {}
        self.untagged_responses: dict[str, list[Any]] = {}
        self.continuation_response: Any = ""
        self.is_readonly = False
        self.tagnum = 0
        self._set_tags(b"")
        self.survived: deque[bytes] = deque(maxlen=_KEPT)
        """Replies, octet by octet, that imaplib would have given up on; the last thousand."""
        self._reader = FrameReader(limits=Limits(line=0))
        self._secrets = Secrets()
        self._cmd_log: deque[tuple[str, bytes, float]] = deque(maxlen=_LOGGED)
        self._idle_capture = False
        self._idle_responses: list[Result] = []
        self._mode_ascii()

    def _set_tags(self, prefix: bytes) -> None:
        self.tagpre = prefix
        tag = rb"(?P<tag>" + re.escape(prefix) + rb"\d+)"
        self.tagre = re.compile(tag + rb" (?P<type>[A-Z]+) (?P<data>.*)")
        self._loose_tagre = re.compile(tag + rb"[ \t]+(?P<type>OK|NO|BAD)(?:[ \t]+(?P<data>.*))?\Z", re.IGNORECASE)

    # What moves the octets; see IMAP4.

    def readline(self) -> bytes:
        """The next line."""
        raise NotImplementedError

    def read(self, size: int) -> bytes:
        """So many octets."""
        raise NotImplementedError

    def shutdown(self) -> None:
        """Close."""
        raise NotImplementedError

    def _mode_ascii(self) -> None:
        self.utf8_enabled = False
        self._encoding = "ascii"

    def _mode_utf8(self) -> None:
        self.utf8_enabled = True
        self._encoding = "utf-8"

    # -- replies

    def _get_response(self, start_timeout: float | None = None) -> bytes | None:
        """Read one reply and file it.  Returns its first line, or None for a continuation request.

        Raises `abort` for the end, a line without CRLF, a tagged reply to nothing and an unusable literal;
        ResponseTimeout where none begins within `start_timeout` seconds.
        """
        reader = self._reader
        line = reader.pending
        if line is not None:
            reader.pending = None
        elif start_timeout is None:
            line = self.readline()
        else:
            line = self._first_line(start_timeout)
        # What the frame reader would call whole; while idling nobody waits to see whether a broken line goes on.
        if line[-3:] == b"}\r\n" or (
            (line.count(b"(") != line.count(b")") or line.count(b'"') & 1) and not self._idle_capture
        ):
            return self._get_frame(line)
        return self._file_line(self._checked(line))

    def _first_line(self, seconds: float) -> bytes:
        allowed = self.sock.gettimeout()
        self.sock.settimeout(seconds)
        try:
            return self.readline()
        except TimeoutError as fault:
            raise ResponseTimeout from fault
        finally:
            self.sock.settimeout(allowed)

    def _get_line(self) -> bytes:
        """The next line without its CRLF, for programs that read replies themselves."""
        line, self._reader.pending = self._reader.pending, None
        return self._checked(self.readline() if line is None else line)

    def _checked(self, line: bytes) -> bytes:
        """The line without its CRLF, logged."""
        if line[-2:] != CRLF:
            if not line:
                raise self.abort("socket error: EOF")
            raise self.abort(f"socket error: unterminated line: {self._masked(line)!r}")
        line = line[:-2]
        if self.debug >= 4:
            self._mesg(f"< {line!r}")
        else:
            self._cmd_log.append(("< ", line, time.time()))
        return line

    def _file_line(self, line: bytes) -> bytes | None:
        """File a reply that is one line."""
        if line[:2] == b"* ":
            found = names.Untagged_status.match(line)
            if found is not None:
                number, name, _, rest = found.groups()
                self._append_untagged(name.decode("ascii"), number + b" " + rest if rest else number)
                return line
            found = names.Untagged_response.match(line)
            if found is not None:
                name, _, rest = found.groups()
                self._append_untagged(name.decode("ascii"), rest or b"")
                if name in _STATUS:
                    self._note_code(name, rest or b"")
                return line
        elif line.startswith(self.tagpre) and self._complete(line):
            return line
        elif found := names.Continuation.match(line):
            self.continuation_response = found["data"]
            return None
        self._survive(line + CRLF)
        return self._file_loosely(line)

    def _get_frame(self, line: bytes) -> bytes | None:
        """File a reply that may be more than its first line."""
        parts: list[bytes] = [line]
        if self._reader.opener is None:
            found = _UNTAGGED.match(line)
            if found is not None and found[2] not in _STATUS and self._straight(parts):
                return self._file_parts(self._checked(line), found, parts)
        frame = self._pull(parts)
        if any(violation.rule == "number64" for violation in frame.violations):
            raise self.abort(f"unusable literal size: {self._masked(line)!r}")
        return self._file_frame(frame)

    def _straight(self, parts: list[bytes]) -> bool:
        """Read the literals behind the first of `parts` while all is as it ought to be, in a third of the time of
        the frame reader; else false, and the frame reader is given what was read.
        """
        line, depth, most = parts[0], 0, self.literal_limit or _MOST
        while True:
            if (b'"' in line and (b"\\" in line or line.count(b'"') & 1)) or line[-2:] != CRLF:
                return False
            depth += line.count(b"(") - line.count(b")")
            if line[-3:] != b"}\r\n":
                return depth == 0
            digits = line[line.rfind(b"{") + 1 : -3]
            if not digits.isdigit() or len(digits) > _DIGITS or int(digits) > most:
                return False
            size = int(digits)
            literal = self._read_literal(size) if size else b""
            parts.append(literal)
            if len(literal) < size:
                return False
            line = self.readline()
            parts.append(line)
            if line == b")\r\n":
                return depth == 1

    def _pull(self, parts: list[bytes]) -> Frame:
        """The frame that begins with `parts`, which were read already, through the frame reader."""
        reader, read = self._reader, deque(parts[1:])
        reader.pending = parts[0]
        if reader.limits.literal != self.literal_limit:
            reader.limits = reader.limits._replace(literal=self.literal_limit)
        most = _MOST if reader.opener is None else _PIECE
        try:
            frame = pull(
                reader,
                lambda: read.popleft() if read else self.readline(),
                lambda size: read.popleft() if read else self._read_literal(min(size, most)),
            )
        except LimitError as fault:
            raise self.abort(str(fault)) from fault
        finally:
            reader.begun, reader.taken = [], []
        assert frame is not None  # it begins with a line
        return frame

    def _read_literal(self, size: int) -> bytes:
        try:
            return self.read(size)
        except (OverflowError, MemoryError) as fault:
            raise self.abort(f"a literal of {size} octets is more than memory can hold") from fault

    def _file_frame(self, frame: Frame) -> bytes | None:
        first, *more = frame.parts
        assert isinstance(first, bytes)
        line = self._checked(first)
        if frame.violations:
            self._survive(frame.raw)
        if not more and b"\n" not in line:
            return self._file_line(line)
        if line.startswith(self.tagpre) and self._complete(line):
            return line  # a literal in its response code: none reads that, but what follows is not torn
        return self._file_loosely(line, frame.parts)

    def _file_loosely(self, line: bytes, parts: Sequence[Part] = ()) -> bytes:
        """File a reply by what it must mean: in any case, with blanks too many, over lines, with its literals."""
        found = _UNTAGGED.match(line) or _LOOSE.match(line)
        return line if found is None else self._file_parts(line, found, parts)

    def _file_parts(self, line: bytes, found: re.Match[bytes], parts: Sequence[Part]) -> bytes:
        """File a reply whose number, name and text were found; each literal in a tuple, behind what is before it."""
        number, word, begin = found[1], found[2].upper(), found.start(3)
        name = word.decode("ascii")
        text = line[begin:] if begin > 0 else b""
        if number:
            text = number + b" " + text if text else number
        for at in range(1, len(parts), 2):
            self._append_untagged(name, (text, parts[at]))
            tail = parts[at + 1] if at + 1 < len(parts) else b""
            assert isinstance(tail, bytes)
            text = self._checked(tail)
        self._append_untagged(name, text)
        if word in _STATUS:
            self._note_code(word, text)
        return line

    def _survive(self, octets: bytes) -> None:
        self.survived.append(octets)
        if self.debug >= 1:
            self._mesg(f"survived {octets!r}")

    def _complete(self, line: bytes) -> bool:
        """File a tagged reply.  False where the line is none.  Raises `abort` for one that answers nothing."""
        found = self.tagre.match(line)
        if found is None:
            found = self._loose_tagre.match(line)
            if found is None:
                if line.split(b" ", 1)[0] in self.tagged_commands:
                    raise self.abort(f"unexpected response: {self._masked(line)!r}")
                return False
            self._survive(line + CRLF)
        tag, name, data = found["tag"], found["type"].upper(), found["data"] or b""
        if tag not in self.tagged_commands:
            raise self.abort(f"unexpected tagged response: {self._masked(line)!r}")
        self.tagged_commands[tag] = (name.decode("ascii"), [data])
        self._note_code(name, data)
        return True

    def _note_code(self, name: bytes, text: bytes) -> None:
        """File the response code at the beginning of a status reply's text (RFC 9051 section 7.1)."""
        if name in _WITH_CODE and (found := names.Response_code.match(text)):
            self._append_untagged(found["type"].decode("ascii"), found["data"])
        if self.debug >= 1 and name in (b"NO", b"BAD", b"BYE"):
            self._mesg(f"{name.decode()} response: {text!r}")

    def _append_untagged(self, typ: str, dat: Datum | None) -> None:
        if dat is None:
            dat = b""
        if self._idle_capture:
            self._append_idle(typ, dat)
        elif typ in self.untagged_responses:
            self.untagged_responses[typ].append(dat)
        else:
            self.untagged_responses[typ] = [dat]
        if self.debug >= 5:
            self._mesg(f"untagged_responses[{typ}] += [{dat!r}]")

    def _append_idle(self, typ: str, dat: Datum) -> None:
        """For the iteration in IDLE: what follows a literal belongs to the same reply."""
        if self._idle_responses:
            last, data = self._idle_responses[-1]
            if last == typ and isinstance(data[-1], tuple):
                data.append(dat)
                return
        self._idle_responses.append((typ, [dat]))

    # -- what is shown

    def _masked(self, octets: bytes) -> bytes:
        return self._secrets.mask(octets)

    def _log_out(self, line: bytes) -> None:
        line = self._masked(line)
        if self.debug >= 4:
            self._mesg(f"> {line!r}")
        else:
            self._cmd_log.append(("> ", line, time.time()))

    def _mesg(self, s: object, secs: float | None = None) -> None:
        """Write a line of debugging output to stderr, what is secret masked."""
        moment = time.time() if secs is None else secs
        shown = self._masked(str(s).encode("utf-8", "backslashreplace")).decode("utf-8")
        stamp = time.strftime("%M:%S", time.localtime(moment))
        sys.stderr.write(f"  {stamp}.{int(moment * 100) % 100:02d} {shown}\n")
        sys.stderr.flush()

    def _dump_ur(self, untagged_resp_dict: dict[str, list[Any]]) -> None:
        if untagged_resp_dict:
            lines = (f"{name}: {data!r}" for name, data in untagged_resp_dict.items())
            self._mesg("untagged responses dump:" + "\n\t\t".join(lines))

    def print_log(self) -> None:
        """Write the last ten lines, in and out, to stderr."""
        self._mesg(f"last {len(self._cmd_log)} IMAP4 interactions:")
        for direction, line, moment in self._cmd_log:
            self._mesg(f"{direction}{line!r}", moment)
