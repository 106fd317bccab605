"""Files the server's replies as imaplib does.

Theory of operation.  `IMAP4._get_response` reads one reply and has it filed here.  A reply that is one line, as most
are, goes to `Replies.file`.  One with literals, or one that was broken over several lines, is first read to its end by
`ReplyReader`; its parts, lines and literals in turn, go to `Replies.file_parts`.  There are three kinds of reply:

- Untagged (`* 3 EXISTS`): the text is appended to `untagged["EXISTS"]`, after its number if it has one: `b"3"`.  A
  literal is appended as a tuple of the text before it and its octets; the text after the last literal comes next.
- Tagged (`A1 OK done`): `tagged[b"A1"]`, which is None while the command runs, becomes `("OK", [b"done"])`.
- A continuation request (`+ text`): the text becomes `continuation`, and None is returned in place of a line.

A response code (`[UIDNEXT 7]`) in front of a status reply's text is filed like an untagged response of its name.

The methods of IMAP4 take out what they asked for, by name; what nobody takes stays until SELECT.  While IDLE runs,
untagged replies go to `captured` in the order in which they come, and IDLE's iterator takes them from there.

imaplib gives up on a reply in lower case, on one space too many, and on a line that is not a reply at all.  Here such a
reply is filed if its meaning is plain, and its octets are kept in `survived`.

A function that is passed in does the appending: it is `IMAP4._append_untagged`, which programs may override.
"""

from __future__ import annotations

import re
import time
from collections import deque

from imapsh.client.imap4.names import CRLF, Continuation, Response_code, Untagged_response, Untagged_status
from imapsh.patterns import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from imapsh.client.imap4.transcript import Transcript
    from imapsh.wire.frames import Part

    Datum = Any  # bytes, or a tuple of bytes: the text before a literal, and the literal
    Result = tuple[str, list[Any]]
    Append = Callable[[str, Datum], None]

_UNTAGGED = re.compile(rb"\* (?:(\d+) )?([A-Z-]+)(?: (.*))?\Z", re.DOTALL)
_LOOSE = lazy(rb"\*[ \t]+(?:(\d+)[ \t]+)?([A-Za-z][A-Za-z-]*)(?:[ \t]+(.*))?", re.DOTALL)
_WITH_CODE = frozenset((b"OK", b"NO", b"BAD"))
_STATUS = frozenset((b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"))
_BAD_NEWS = frozenset((b"NO", b"BAD", b"BYE"))
_KEPT = 1000  # survived replies


class Replies:
    """The replies of the server that were not taken yet: `untagged`, `tagged`, `continuation`, and `survived`.

    `captured` is a list while IDLE runs, otherwise None.  `abort` is the exception to raise when a reply makes it
    impossible to go on.
    """

    def __init__(self, transcript: Transcript, abort: type[Exception]) -> None:
        self.untagged: dict[str, list[Any]] = {}
        self.tagged: dict[bytes, Any] = {}
        self.continuation: Any = ""
        self.request = b""  # the line that `continuation` is from
        self.survived: deque[bytes] = deque(maxlen=_KEPT)
        self.captured: list[Result] | None = None
        self.transcript = transcript
        self._abort = abort
        self.expect(b"")

    def expect(self, prefix: bytes) -> None:
        """Note that tags begin with `prefix` from now on."""
        tag = rb"(?P<tag>" + re.escape(prefix) + rb"\d+)"
        self.prefix = prefix
        self.tagre = lazy(tag + rb" (?P<type>[A-Z]+) (?P<data>.*)")
        self._loose_tagre = lazy(tag + rb"[ \t]+(?P<type>OK|NO|BAD)(?:[ \t]+(?P<data>.*))?\Z", re.IGNORECASE)

    def line(self, octets: bytes) -> bytes:
        """Return a line without its CRLF, after it went into the transcript.

        Raises `abort` for the end of the stream, and for a line without CRLF.
        """
        if octets[-2:] != CRLF:
            if not octets:
                raise self._abort("socket error: EOF")
            raise self._abort(f"socket error: unterminated line: {self.transcript.masked(octets)!r}")
        line, transcript = octets[:-2], self.transcript
        if transcript.level >= 4:
            transcript.note(f"< {line!r}")
        else:
            transcript.lines.append(("< ", line, time.time()))
        return line

    # -- filing

    def file(self, line: bytes, append: Append) -> bytes | None:
        """File a reply that is one line.  Returns the line, or None for a continuation request.

        Raises `abort` for a tagged reply to a command that does not run, or that cannot be read.
        """
        if line[:2] == b"* ":
            found = Untagged_status.match(line)
            if found is not None:  # by far the most frequent case
                number, name, _, rest = found.groups()
                append(name.decode("ascii"), number + b" " + rest if rest else number)
                return line
            found = Untagged_response.match(line)
            if found is not None:
                name, _, rest = found.groups()
                append(name.decode("ascii"), rest or b"")
                if name in _STATUS:
                    self._file_code(name, rest or b"", append)
                return line
        elif line.startswith(self.prefix) and self._file_tagged(line, append):
            return line
        elif found := Continuation.match(line):
            self.continuation, self.request = found["data"], line
            return None
        self._survive(line + CRLF)
        return self._file_by_meaning(line, (line,), append)

    def file_parts(self, line: bytes, parts: Sequence[Part], broken: bool, append: Append) -> bytes | None:
        """File a reply that begins with `line` and consists of `parts`, lines and literals in turn, as `file` does.

        `broken` says that it breaks the rules of framing.
        """
        first = parts[0]
        assert isinstance(first, bytes)
        if not broken and len(parts) > 1 and line[:2] == b"* " and len(first) == len(line) + 2:  # as it should be
            return self._file_by_meaning(line, parts, append)
        joined = first[len(line) + 2 :]  # lines that belong to it because it was left open
        if joined:
            line = first[: len(line) + 2] + self.line(joined)
        if broken:
            self._survive(b"".join(part for part in parts if isinstance(part, bytes)))
        if len(parts) == 1 and not joined:
            return self.file(line, append)
        if line.startswith(self.prefix) and self._file_tagged(line, append):
            return line  # nobody reads a literal in its response code, but the next reply is read from the right place
        return self._file_by_meaning(line, parts, append)

    def append(self, typ: str, datum: Datum | None) -> None:
        """File a text, or a tuple with a literal, with the untagged replies named `typ`.  None stands for no text."""
        if datum is None:
            datum = b""
        if self.captured is not None:
            self._capture(self.captured, typ, datum)
        elif typ in self.untagged:
            self.untagged[typ].append(datum)
        else:
            self.untagged[typ] = [datum]
        if self.transcript.level >= 5:
            self.transcript.note(f"untagged_responses[{typ}] += [{datum!r}]")

    def _capture(self, captured: list[Result], typ: str, datum: Datum) -> None:
        if captured:
            last, data = captured[-1]
            if last == typ and isinstance(data[-1], tuple):  # what follows a literal belongs to the same reply
                data.append(datum)
                return
        captured.append((typ, [datum]))

    def _file_by_meaning(self, line: bytes, parts: Sequence[Part], append: Append) -> bytes:
        """File an untagged reply in any case: with extra spaces, over several lines, with its literals.

        `line` is the first of `parts`, without its CRLF.
        """
        try:
            star, number, word, text = line.split(b" ", 3)  # as nearly always
            regular = star == b"*" and number.isdigit() and word.isalpha() and word.isupper()
        except ValueError:
            regular = False
        if not regular:
            found = _UNTAGGED.match(line) or _LOOSE.match(line)
            if found is None:
                return line
            number, word, text = found.groups()
            word, text = word.upper(), text or b""
        name = word.decode("ascii")
        if number:
            text = number + b" " + text if text else number
        for at in range(1, len(parts), 2):
            append(name, (text, parts[at]))
            tail = parts[at + 1] if at + 1 < len(parts) else b""
            assert isinstance(tail, bytes)
            text = self.line(tail)
        append(name, text)
        if word in _STATUS:
            self._file_code(word, text, append)
        return line

    def _file_tagged(self, line: bytes, append: Append) -> bool:
        """File a tagged reply.  Returns False when the line is not one."""
        tag, *words = line.split(b" ", 2)
        name, data = words if len(words) == 2 else (b"", b"")
        if not (name in _WITH_CODE and tag in self.tagged):  # it is not regular
            found = self.tagre.match(line)
            if found is None:
                found = self._loose_tagre.match(line)
                if found is None:
                    if tag in self.tagged:
                        raise self._abort(f"unexpected response: {self.transcript.masked(line)!r}")
                    return False
                self._survive(line + CRLF)
            tag, name, data = found["tag"], found["type"].upper(), found["data"] or b""
            if tag not in self.tagged:
                raise self._abort(f"unexpected tagged response: {self.transcript.masked(line)!r}")
        self.tagged[tag] = (name.decode("ascii"), [data])
        if name != b"OK" or data[:1] == b"[":
            self._file_code(name, data, append)
        return True

    def _file_code(self, name: bytes, text: bytes, append: Append) -> None:
        """File the response code in front of a status reply's text (RFC 9051 section 7.1)."""
        if text[:1] == b"[" and name in _WITH_CODE and (found := Response_code.match(text)):
            append(found["type"].decode("ascii"), found["data"])
        if name in _BAD_NEWS:
            self.transcript.note(f"{name.decode()} response: {text!r}")

    def _survive(self, octets: bytes) -> None:
        self.survived.append(octets)
        self.transcript.note(f"survived {octets!r}")
