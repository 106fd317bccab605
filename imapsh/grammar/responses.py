"""The parser of responses: it turns frames into responses (RFC 9051 sections 7 and 9, `response`).

The parser does not import the table's rows.  It is handed maps from names to the functions that read them, so rows can
teach it an extension.  A frame is read strictly at first.  If that fails, it is read again by the same rules, with the
tolerant cursor.  If no rule can read a frame, it is still a response, of kind `garbage` or with an `Unknown` value.
"""

from __future__ import annotations

import re

from imapsh.findings import Violation
from imapsh.grammar.common import flags_line, reply_line, section_frame
from imapsh.grammar.cursor import Cursor, Mismatch, NamedReaders
from imapsh.grammar.names import readable
from imapsh.grammar.values import Capabilities, Code, Fetch, Garbage, StatusText, Unknown
from imapsh.hints import Any
from imapsh.patterns import lazy
from imapsh.wire.frames import Frame

UNTAGGED = "untagged"
STATUS = "status"
CONTINUATION = "continuation"
TAGGED = "tagged"
GARBAGE = "garbage"
CLIENT = "client"

_STATUS_WORDS = frozenset({"OK", "NO", "BAD", "BYE", "PREAUTH"})
#: Responses with a number before the name (RFC 9051 section 9, mailbox-data and message-data; RFC 9586 section 3.3).
_NUMBERED = frozenset({"EXISTS", "RECENT", "EXPUNGE", "FETCH", "UIDFETCH", "CONVERTED"})
_TEACHERS = frozenset({"ENABLED", "CAPABILITY", "LANGUAGE"})  # responses that change how the next one is read
_ITEMIZED = frozenset({"FETCH", "UIDFETCH"})  # responses that are worth reading without the number
#: The rule that is broken if such a response does not end after its value, unless its reader checks that itself.  For
#: other responses it is mailbox-data.
_ENDS = {"EXPUNGE": "message-data", "FETCH": "msg-att"}
_NAME = lazy(r"(?!(?i:OK|NO|BAD|BYE|PREAUTH)[^A-Za-z0-9 =-])[A-Za-z][^\x00-\x20\x7f-\xff(){%*\"\\\]\[]*(?= |\Z)")
_LOOSE_RESPONSE = lazy(r"(?:OK|NO|BAD|BYE|PREAUTH)(?![A-Za-z0-9=-])|[A-Za-z][^\x00-\x20()\"\[]*", re.IGNORECASE)
_MESSAGE = lazy(r"\d+ (?:FETCH|EXPUNGE|UIDFETCH|CONVERTED)(?![^ \r\n])", re.IGNORECASE)
_BAD_NUMBER = lazy(rf"[^ \r\n()]{{0,40}}?[\d.]{{1,40}} ?(?=(?:{'|'.join(_NUMBERED)})(?![^ (\r\n]))", re.IGNORECASE)
_STATUS_LINES = tuple(f"* {name} " for name in ("OK", "NO", "BAD", "BYE", "PREAUTH"))
_COMMON = lazy(r"\* (?:([1-9]\d{0,8}) (FETCH|EXISTS|EXPUNGE|RECENT)|(LIST|LSUB|STATUS|SEARCH))(?= |\Z)")
_LEADING = lazy(r"\d*")
_DIGITS = lazy(r"\d+(?= |$)")
_TAGGED = lazy(r"([^ \r\n+*]+|[^ \r\n]*[^ \r\n*]) (OK|NO|BAD|BYE|PREAUTH)(?![^ \r\n])", re.IGNORECASE)
_LOOSE_TAGGED = lazy(r"([^ \t\r\n*+][^ \t\r\n]*+)[ \t]++(OK|NO|BAD)(?![A-Za-z0-9=-])", re.IGNORECASE)
_TAG = lazy(r"[^\x00-\x20\x7f-\xff(){%*\"\\+]+")
_CODE_NAME = lazy(r"\[([^\x00-\x20\x7f-\xff(){%*\"\\\]]+)(?=[ \]])")
_SPACED_NAME = lazy(r"\[ +([A-Za-z][A-Za-z0-9.-]*)(?=[ \]])")
_BEFORE_END = lazy(r" +(?=\])")
_UNKNOWN_CODE = lazy(r"(?: ([^\]\r\n\x00]+))?\](?= |$)")
#: the end of a code that cannot be read: strings are stepped over, or else it is the first bracket before a space
_CODE_END = lazy(r'(?:[^\]"\r\n]++|"(?:[^"\\\r\n]|\\.)*+"|\](?=[^ \r\n]))*+\](?= |\Z)')
_LOOSE_CODE_END = lazy(r"[^\]\r\n]*+(?:\](?=[^ \r\n])[^\]\r\n]*+)*+\](?= |\Z)")
_LIST_CODE_END = lazy(r" *\([^\r\n]*?\)\](?= |\Z)")  # some flags have brackets
_MALFORMED_CODE = lazy(r"\[(?:[^\]\r\n]*\] |[\w.-]+=\")")
_LOOSE_NAME = lazy(r"[A-Za-z0-9._-]*")
_BLANKS = lazy(r"[ \t]*")
_NOT_TEXT = lazy(r"[\x00\r\n]")

_POP3 = lazy(r"[+]OK\b|-ERR\b")
#: Expressions that recognize lines of other protocols.
_LOOKS = (
    ("HTTP", lazy(r"HTTP/\d|<(?:!DOCTYPE|html)", re.IGNORECASE)),
    ("FTP", lazy(r"220[ -].*\bFTP\b", re.IGNORECASE)),
    ("NNTP", lazy(r"20[01] ")),
    ("SMTP", lazy(r"[2-5]\d\d[ -]")),
    ("POP3", _POP3),
    ("SSH", lazy(r"SSH-\d")),
    ("TLS", lazy(r"[\x14-\x17]\x03[\x00-\x04]")),
)


class Response:
    """A complete response.

    `kind` is one of this module's constants.  `name` is in upper case (`FETCH`, `OK`, `+`).  `tag` is that of a tagged
    response, else None.  `value` is one of the classes of `imapsh.grammar.values`, or one of an extension's module.
    `violations` are those of the wire format and the grammar, with offsets from the frame's first octet.
    """

    __slots__ = ("frame", "kind", "name", "tag", "value", "violations")

    def __init__(
        self,
        kind: str,
        name: str,
        value: Any,
        frame: Frame,
        tag: str | None = None,
        violations: tuple[Violation, ...] = (),
    ) -> None:
        self.kind = kind
        self.name = name
        self.tag = tag
        self.value = value
        self.frame = frame
        self.violations = violations

    @property
    def offset(self) -> int:
        """Return the number of octets of the stream before this response."""
        return self.frame.offset

    @property
    def length(self) -> int:
        """Return the number of octets of this response."""
        return self.frame.length

    def __reduce__(self) -> tuple[object, ...]:
        return Response, (self.kind, self.name, self.value, self.frame, self.tag, self.violations)

    def __repr__(self) -> str:
        return f"<Response {self.kind} {self.name} {self.value!r}>"


class Parser:
    """The parser, which reads frames one after another.

    `readers` returns, for the kind of a name ("response", "code", "fetch-item", ...), the functions that read what is
    sent under each name (`imapsh.table.readers`).  `nesting` limits the levels of parentheses.

    `utf8` becomes true when ENABLED with UTF8=ACCEPT (RFC 6855 section 3) or IMAP4rev2 (RFC 9051 section 6.3.1) is
    read, or capabilities that list IMAP4rev2 and not IMAP4rev1.  `localized` says that texts may be UTF-8, because they
    are in a language other than i-default (RFC 5255 section 3.2).
    """

    def __init__(self, readers: NamedReaders, *, utf8: bool = False, nesting: int = 100) -> None:
        self.readers = readers
        self._responses = readers("response")
        self._codes = readers("code")
        self.utf8 = utf8
        self.localized = False
        self.nesting = nesting

    def parse(self, frame: Frame, *, greeting: bool = False) -> Response:
        """Return the response that a frame holds.  Never raises: what the grammar forbids is in `violations`."""
        parts = frame.parts
        value: Fetch | None = None
        if greeting or frame.violations or frame.incomplete:
            return self._by_rules(frame, greeting)
        if len(parts) == 3:
            value = section_frame(parts)
        elif len(parts) == 1:
            line: bytes = parts[0]  # type: ignore[assignment] # the first part is a line
            if line.startswith(b"*"):
                value = flags_line(line)
            elif (reply := reply_line(line)) is not None:
                tag, name, text = reply
                return Response(TAGGED, name, tuple.__new__(StatusText, (None, text)), frame, tag)
        return self._by_rules(frame, False) if value is None else Response(UNTAGGED, "FETCH", value, frame)

    def _by_rules(self, frame: Frame, greeting: bool) -> Response:
        """Return the response as the rules read it: any that is not one of the most frequent."""
        try:
            response = self._read(Cursor(frame, self.utf8, self.nesting, self.readers))
            if frame.violations:
                response.violations = frame.violations
        except Mismatch as mismatch:
            response = self._tolerant(frame, mismatch)
        except RecursionError:
            response = self._tolerant(frame, Mismatch("parenthesis", 0, "too many levels of parentheses to read"))
        if frame.incomplete and not response.violations:
            response.violations = (Violation("line", frame.length, "the input ends before the line does"),)
        if response.kind is GARBAGE and greeting:
            response.violations = tuple(
                v._replace(rule="greeting") if v.rule == "response" else v for v in response.violations
            )
        if response.name in ("ENABLED", "CAPABILITY", "LANGUAGE") or (
            response.kind is not UNTAGGED and response.name != "+"
        ):
            self._learn(response)
        return response

    def _tolerant(self, frame: Frame, strict: Mismatch) -> Response:
        from imapsh.grammar.tolerant import TolerantCursor  # imported here because most sessions never need it

        c = TolerantCursor(frame, self.utf8, self.nesting, self.readers)
        try:
            response = self._read(c)
        except Mismatch as mismatch:
            c.mend(mismatch)
            response = _garbage(c)
        except RecursionError:
            c.fail("parenthesis", "too many levels of parentheses to read", 0)
            response = _garbage(c)
        if not c.violations and not frame.violations:
            c.mend(strict)
        response.violations = tuple(sorted((*frame.violations, *c.violations), key=lambda v: v.offset))
        return response

    def _learn(self, response: Response) -> None:
        value = response.value
        if isinstance(value, StatusText):
            if value.code is None or value.code.name != "CAPABILITY":
                return
            names = value.code.arg
        else:
            names = value.names if isinstance(value, Capabilities) else ()
            localized = getattr(value, "localized", None)
            self.localized = self.localized if localized is None else localized
        upper = {name.upper() for name in names or () if isinstance(name, str)}
        if response.name == "ENABLED":
            self.utf8 = self.utf8 or bool(upper & {"UTF8=ACCEPT", "IMAP4REV2"})
        elif "IMAP4REV2" in upper and "IMAP4REV1" not in upper:
            self.utf8 = True

    # -- the forms of a response

    def _read(self, c: Cursor) -> Response:
        first = c.text[:1]
        if first == "*":
            return self._untagged(c)
        if first in ("+", "-") and _POP3.match(c.text):  # `-ERR no ...` looks like a tag and NO
            return self._neither(c)
        if first == "+":
            return self._continuation(c)
        found = _TAGGED.match(c.text, 0, c.end)
        if found is None and c.tolerant:
            found = _LOOSE_TAGGED.match(c.text, 0, c.end)
            gap = c.text[found.end(1) : found.start(2)] if found is not None else " "
            if found is not None and gap != " ":
                c.fail("response-tagged", "expected exactly one space after the tag", found.end(1) + (gap[0] == " "))
        if found is not None:
            return self._tagged(c, found)
        return self._neither(c)

    def _neither(self, c: Cursor) -> Response:
        c.fail("response", "the line begins with neither '* ', '+ ' nor a tag and a status word")
        return _garbage(c)

    def _untagged(self, c: Cursor) -> Response:
        """response-data = "*" SP (resp-cond-state / resp-cond-bye / mailbox-data / message-data / ...) CRLF."""
        if c.text.startswith(_STATUS_LINES):  # as a greeting, for which a start compiles nothing
            status = c.text[2 : c.text.index(" ", 2)]
            c.pos = 2 + len(status)
            return self._status(c, STATUS, status)
        common = c.take(_COMMON)
        if common is not None:
            number, counted, name = common.groups()
            return self._data(c, name, None) if counted is None else self._data(c, counted, int(number))
        c.pos = 1
        c.space("response-data")
        number = self._number(c)
        start = c.pos
        found = c.take(_NAME)
        if found is None:
            found = _LOOSE_RESPONSE.match(c.text, c.pos, c.end)
            known = found is not None and found[0].upper() in _STATUS_WORDS.union(self._responses)
            if found is None or not known:
                c.fail("response-data", "expected a status word, a number or the name of a response")
            elif not c.tolerant:
                c.fail("response-data", "expected a space", found.end())
            found = c.take(_LOOSE_RESPONSE)
            if found is None:
                return self._codelike(c)
        name = found[0].upper()
        if number is not None and (name in _STATUS_WORDS or (name in self._responses and name not in _NUMBERED)):
            c.fail("response-data", f"{name} does not take a number", start)
            number = None
        if name in _STATUS_WORDS:
            return self._status(c, STATUS, name)
        return self._data(c, name, number)

    def _number(self, c: Cursor) -> int | None:
        """Return the number before the name: nz-number SP FETCH or EXPUNGE, number SP EXISTS or RECENT.

        It is None if there is nothing before the name, and -1 if what is there is not a number.
        """
        if _DIGITS.match(c.text, c.pos, c.end):
            message = _MESSAGE.match(c.text, c.pos, c.end) is not None
            number = c.number("message-data" if message else "number", nonzero=message)
            c.space("response-data")
            return number
        wrong = c.take(_BAD_NUMBER) if c.tolerant else None
        if wrong is None:
            return None
        if wrong[0].isdecimal():
            c.fail("response-data", "expected a space after the number")
            return int(wrong[0][:40])
        whole = _LEADING.match(wrong[0])
        c.fail("response-data", "expected a number before the name", wrong.start() + (whole.end() if whole else 0))
        return -1

    def _data(self, c: Cursor, name: str, number: int | None) -> Response:
        reader = self._responses.get(name)
        if name in _NUMBERED and (number is None or number < 0):
            if number is None:
                c.fail("response-data", f"expected a number before {name}", 2)
            number = 0 if name in _ITEMIZED else None
            reader = reader if name in _ITEMIZED else None
        if reader is None:
            return Response(UNTAGGED, name, self._unknown(c, number), c.frame)
        value: Any
        try:
            if number is not None:
                value = reader(c, number)
            else:
                value = reader(c)
            c.finish(_ENDS.get(name, "mailbox-data"))
        except Mismatch as mismatch:
            if not c.tolerant:
                raise
            c.mend(mismatch)
            value = Unknown((readable(c.text[mismatch.at : c.end]),), number)
        return Response(UNTAGGED, name, value, c.frame)

    def _unknown(self, c: Cursor, number: int | None) -> Unknown:
        """Return the values on the line of a response that the table does not have."""
        values: list[Any] = []
        while not c.at_end():
            if c.peek() != "(" or c.text[c.pos - 1] != ")":
                c.space("response-data")
                if c.at_end():
                    break
            try:
                values.append(c.value("response-data"))
            except Mismatch as mismatch:
                if not c.tolerant:
                    raise
                c.mend(mismatch)
                values.append(readable(c.text[c.pos : c.end]))
                c.pos = c.end
        return Unknown(tuple(values), number)

    def _codelike(self, c: Cursor) -> Response:
        """Read a response code without its status word (home.pl)."""
        code = None
        if c.peek() == "[":
            try:
                code = self._code(c)
            except Mismatch as mismatch:
                c.mend(mismatch)
        name = code.name if code else ""
        return Response(GARBAGE, name, Garbage(name, code), c.frame)

    def _continuation(self, c: Cursor) -> Response:
        """continue-req = "+" SP (resp-text / base64) CRLF."""
        c.pos = 1
        if c.at_end():
            c.fail("continue-req", "expected a space after '+'")
            return Response(CONTINUATION, "+", StatusText(), c.frame)
        self._before_text(c, "continue-req")
        return Response(CONTINUATION, "+", self._resp_text(c), c.frame)

    def _tagged(self, c: Cursor, found: re.Match[str]) -> Response:
        """response-tagged = tag SP resp-cond-state CRLF."""
        tag, name = found[1], found[2].upper()
        strict = _TAG.match(tag)
        if strict is None or strict.end() < len(tag):
            c.fail("tag", "a character that a tag cannot contain", strict.end() if strict else 0)
        if name in ("BYE", "PREAUTH"):
            c.fail("response-tagged", f"a tagged {name}, which must be untagged", found.start(2))
        c.pos = found.end()
        return self._status(c, TAGGED, name, readable(tag))

    def _status(self, c: Cursor, kind: str, name: str, tag: str | None = None) -> Response:
        """resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text, and the rules like it."""
        if c.at_end():
            c.fail("resp-cond-state", "expected a space and text")
            return Response(kind, name, StatusText(), c.frame, tag)
        self._before_text(c, "resp-cond-state")
        return Response(kind, name, self._resp_text(c), c.frame, tag)

    # -- text and codes

    def _before_text(self, c: Cursor, rule: str) -> None:
        """Read the SP before resp-text.  It may be followed by nothing or by more spaces."""
        if c.peek() == " ":
            c.pos += 1
            return
        c.fail(rule, "expected a space")
        c.take(_BLANKS)

    def _resp_text(self, c: Cursor) -> StatusText:
        """resp-text = ["[" resp-text-code "]" SP] [text]."""
        code = self._code(c) if c.peek() == "[" else None
        if code is not None:
            if c.at_end():
                c.fail("resp-text", "expected a space and text after the code")
            elif c.peek() == " ":
                c.pos += 1
            else:
                c.fail("resp-text", "expected a space after the code")
        text = c.text[c.pos : c.end]
        wrong = _NOT_TEXT.search(text)
        if wrong is not None:
            c.fail("text", "a control character, which text cannot contain", c.pos + wrong.start())
        if not text.isascii():
            first = c.pos + _eighth_bit(text)
            try:
                text = text.encode("latin-1").decode("utf-8")
            except UnicodeDecodeError as error:
                c.fail("text", "8-bit that is not UTF-8", c.pos + error.start)
            else:
                if not (c.utf8 or self.localized):
                    c.fail("text", "UTF-8 in text before IMAP4rev2 or UTF8=ACCEPT is enabled", first)
        c.pos = c.end
        return StatusText(code, text)

    def _code(self, c: Cursor) -> Code | None:
        """ "[" resp-text-code "]".  Returns None if the bracket belongs to the text."""
        start = c.pos
        found = c.take(_CODE_NAME)
        if found is None and c.tolerant and (found := _SPACED_NAME.match(c.text, start, c.end)) is not None:
            if found[1].upper() in self._codes:
                c.fail("resp-text-code", "a space after '['", start + 1)
                c.pos = found.end()
            else:
                found = None
        if found is None:
            return self._malformed(c, start)
        name = found[1].upper()
        reader = self._codes.get(name)
        begin = c.pos
        value: Any = None
        if reader is None:
            rest = c.take(_UNKNOWN_CODE)
            if rest is None:
                return self._malformed(c, start)
            argument = readable(rest[1]) if rest[1] else None
            if argument and not rest[1].isascii() and not c.utf8:
                c.fail("resp-text-code", "8-bit in the argument of a code", rest.start(1) + _eighth_bit(rest[1]))
            return Code(name, argument, argument or "")
        end, stop = c.end, _code_end(c) if c.tolerant else None
        if stop is not None:
            c.end = stop - 1  # so that mending the argument does not take words of the text
        try:
            value = reader(c)
            if c.pos > c.end:
                value = None
                raise c.give_up("resp-text-code", "a string in the code does not end there")
            c.end = end
            text = readable(c.text[begin : c.pos].strip())
            if c.tolerant and (blank := _BEFORE_END.match(c.text, c.pos, c.end)) is not None:
                c.fail("resp-text-code", "a space before ']'")
                c.pos = blank.end()
            if c.peek() != "]":
                raise c.give_up("resp-text-code", "expected ']'")
            c.pos += 1
        except Mismatch as mismatch:
            c.end = end
            if not c.tolerant:
                raise
            c.mend(mismatch)
            c.pos = stop or c.pos
            text = readable(c.text[begin : c.pos - bool(stop)].strip())
            value = text or None if value is None else value
        return Code(name, value, text)

    def _malformed(self, c: Cursor, start: int) -> Code | None:
        """Note a malformed code and return it, or return None if the bracket belongs to the text."""
        c.pos = start + 1
        name = _LOOSE_NAME.match(c.text, c.pos, c.end)
        known = name is not None and name[0].upper() in self._codes
        if not known and not _MALFORMED_CODE.match(c.text, start, c.end):
            c.pos = start
            return None
        name = c.take(_LOOSE_NAME)
        c.fail("resp-text-code", "not a valid response code")
        begin = c.pos
        stop = _code_end(c)
        c.pos = stop or c.end
        return Code(name[0].upper() if name else "", None, readable(c.text[begin : c.pos - bool(stop)].strip()))


def _code_end(c: Cursor) -> int | None:
    """Return the place after the `]` that ends the code, or None if none does."""
    for pattern in (_LIST_CODE_END, _CODE_END, _LOOSE_CODE_END):
        if (found := pattern.match(c.text, c.pos, c.end)) is not None:
            return found.end()
    return None


def _eighth_bit(text: str) -> int:
    """Return the place of the first character beyond 7 bits."""
    return next(place for place, character in enumerate(text) if character > "\x7f")


def looks_like(text: str) -> str:
    """Return the name of the protocol that a line seems to be of, which is not IMAP; "" for none."""
    return next((name for name, pattern in _LOOKS if pattern.match(text)), "")


def _garbage(c: Cursor) -> Response:
    looks = looks_like(c.text)
    return Response(GARBAGE, looks, Garbage(looks), c.frame)
