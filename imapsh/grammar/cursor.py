"""The strict cursor: where in a frame the parser reads, and the pieces of grammar that every family uses.

Theory of operation.  The grammar is written once, as functions of a cursor, one for each rule.  A rule reads by the
methods here.  Each method is named after the ABNF rule that it reads (RFC 9051 section 9), moves `pos` behind what it
read, and is given the id of the rule that it serves, for messages.  A method that finds nothing to read returns None
and leaves `pos` where it was (`quoted`, `literal`, `nil`, `take`), or gives up.

There are two ways to say that something is wrong:

    c.fail(rule, message)           this is not allowed, but what was meant is clear: the rule goes on behind it
    raise c.give_up(rule, message)  nothing sensible can be read here: the rule ends

Here both raise Mismatch, at the first octet that the grammar does not allow.  Then the parser reads the frame again
from its first octet with `imapsh.grammar.tolerant`, where `fail` notes the violation and returns, so code behind a
`fail` runs only there.  Legal frames, nearly all, pay nothing for tolerance.

The text is the pieces of lines decoded as Latin-1, so one character is one octet.  Literals lie aside, by the place
behind their announcement (`_literals`).  `offset` turns a place in the text into an octet of the frame, literals
counted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any, TypeVar

from imapsh.findings import Violation
from imapsh.patterns import lazy
from imapsh.wire.frames import Frame, Part, Spilled, size_of

#: quoted = DQUOTE *QUOTED-CHAR DQUOTE, 7-bit (RFC 3501) and with 8-bit (RFC 9051, RFC 6855)
_QUOTED_7 = lazy(r'"([^"\\\r\n\x00\x80-\xff]*(?:\\["\\][^"\\\r\n\x00\x80-\xff]*)*)"')
_QUOTED_8 = lazy(r'"([^"\\\r\n\x00]*(?:\\["\\][^"\\\r\n\x00]*)*)"')
_ESCAPED = lazy(r"\\(.)", re.DOTALL)
_LITERAL = lazy(r"(~?)\{\d+\+?\}\r?\n")
_NIL = lazy(r"NIL(?![^ ()\[\]\r\n])", re.IGNORECASE)
_NUMBER = lazy(r"\d+")
ATOM = lazy(r"[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
#: flag = "\" atom / atom, as part of an expression; possessive, so that a long list takes linear time
FLAG = r"\\?[^\x00-\x20\x7f-\xff(){%*\"\\\]]++"
ASTRING_ATOM = lazy(r"[^\x00-\x20\x7f-\xff(){%*\"\\]+")
GENERIC = lazy(r"[^\x00-\x20\x7f-\xff()\"]+")  # an unknown value: anything that is no string and no list
_CLOSING = lazy(r"\)*")
_STEP = lazy(r"[^ ()\"]+|\"[^\"]*\"")


class Mismatch(Exception):
    """The grammar does not allow what stands at `at` (a place in the text)."""

    def __init__(self, rule: str, at: int, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.at = at
        self.message = message


def readable(text: str) -> str:
    """Latin-1 text of the wire as a person reads it: UTF-8 where it is UTF-8, else Latin-1."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return text


Value = TypeVar("Value")

#: The kind of a name -> the functions that read what stands under each name of it.
NamedReaders = Callable[[str], Mapping[str, Callable[..., Any]]]


def _no_readers(kind: str) -> Mapping[str, Callable[..., Any]]:
    return {}


class Cursor:
    """Reads `frame` from its first octet.

    If `utf8` is true, 8-bit quoted strings are legal and names are not in modified UTF-7.  `nesting` is how many levels
    of parentheses may be open, 0 for as many as Python's stack holds.  `readers` tells, by the kind of a name, which
    function reads what stands under it (`imapsh.table.readers`); a rule whose parts are named, as the items of FETCH
    and STATUS are, asks it.
    """

    __slots__ = (
        "_before", "_literals", "_places", "_quoted", "depth", "end", "frame", "nesting", "plain", "pos", "readers",
        "text", "utf8", "violations",
    )  # fmt: skip

    tolerant = False

    def __init__(
        self, frame: Frame, utf8: bool = False, nesting: int = 100, readers: NamedReaders = _no_readers
    ) -> None:
        self.readers = readers
        self.frame = frame
        self.text = text = frame.text()
        self.pos = 0
        self.end = len(text)
        last = frame.parts[-1]
        if len(frame.parts) & 1 and isinstance(last, bytes):  # else the stream ended in a literal
            self.end -= 2 if last.endswith(b"\r\n") else last.endswith(b"\n")
        self.utf8 = utf8
        self.nesting = nesting or 1 << 30
        self.depth = 0
        self.plain = False  # in BODY, which has no extension data
        self.violations: list[Violation] = []
        self._quoted = _QUOTED_8 if utf8 else _QUOTED_7
        self._literals: dict[int, Part] = {}
        self._places: list[int] | None = None
        if len(frame.parts) > 1:
            place = 0
            for line, literal in zip(frame.parts[::2], frame.parts[1::2], strict=False):
                place += size_of(line)
                self._literals[place] = literal

    # -- faults

    def fail(self, rule: str, message: str, at: int | None = None) -> None:
        """What stands at `at` (default: here) breaks `rule`.  Strict: raises Mismatch.  Tolerant: noted, go on."""
        raise Mismatch(rule, self.pos if at is None else at, message)

    def give_up(self, rule: str, message: str) -> Mismatch:
        """For `raise c.give_up(...)`: nothing sensible can be read here, in either mode."""
        if self.peek() == "{":
            return Mismatch("literal", self.pos, "a literal cannot be announced like this")
        return Mismatch(rule, self.pos, message)

    def offset(self, place: int) -> int:
        """Octets from the beginning of the frame to `place` in the text: literals before it are counted."""
        if not self._literals:
            return place
        if self._places is None:
            self._places = list(self._literals)
            self._before = [0, *accumulate(map(size_of, self._literals.values()))]
        return place + self._before[bisect_right(self._places, place)]

    def place(self, start: int, index: int) -> int:
        """Return the place of a character of the astring that begins at `start`; in a literal, of its announcement."""
        first = self.text[start : start + 1]
        return start if first in ("{", "~") else start + index + (first == '"')

    def mend(self, mismatch: Mismatch) -> None:
        """Strict: raises `mismatch` again.  Tolerant: noted; the caller steps over what it cannot read."""
        raise mismatch

    # -- looking

    def at_end(self) -> bool:
        """At the line's end."""
        return self.pos >= self.end

    def peek(self, characters: int = 1) -> str:
        """The next characters, as many as there are on the line."""
        pos = self.pos
        if characters == 1:
            return self.text[pos] if pos < self.end else ""
        return self.text[pos : min(self.end, pos + characters)]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Step over what `pattern` matches here."""
        found = pattern.match(self.text, self.pos, self.end)
        if found is not None:
            self.pos = found.end()
        return found

    # -- marks

    def space(self, rule: str) -> None:
        """SP, exactly one, with something behind it."""
        if self.text[self.pos : self.pos + 1] != " " or self.pos >= self.end:
            self.fail(rule, "expected a space")
        elif self.pos + 1 >= self.end or self.text[self.pos + 1] in " )":
            self.fail(rule, "a space with nothing after it")
        self.pos += 1

    def mark(self, character: str, rule: str) -> None:
        """This one character."""
        if self.text[self.pos : self.pos + 1] != character:
            self.fail(rule, f"expected {character!r}")
            return
        self.pos += 1

    def enter(self, rule: str) -> None:
        """`(`, one level deeper."""
        self.mark("(", rule)
        self.depth += 1
        if self.depth > self.nesting:
            raise self.give_up(rule, f"more than {self.nesting} levels of parentheses: the nesting limit")

    def leave(self, rule: str) -> None:
        """`)`."""
        self.mark(")", rule)
        self.depth -= 1

    def items(self, rule: str, read: Callable[[Any], Value], *, some: bool = False) -> list[Value]:
        """ "(" [item *(SP item)] ")": what `read` makes of each item.  `some`: at least one must be there.

        Tolerant: an item that cannot be read is noted and left out.
        """
        if self.tolerant and self.peek() != "(":
            self.fail(rule, "expected a list in parentheses")
            return []
        self.enter(rule)
        depth = self.depth
        found: list[Value] = []
        begun = False
        while self.peek() not in (")", ""):
            if begun:
                self.space(rule)
                if self.peek() == ")":
                    break
            begun = True
            try:
                found.append(read(self))
            except Mismatch as mismatch:
                self.mend(mismatch)
                self.depth = depth
                self.skip()
        if some and not begun:
            self.fail(rule, "the list is empty")
        self.leave(rule)
        return found

    def finish(self, rule: str) -> None:
        """The line's end."""
        if self.pos < self.end:
            self.fail(rule, "the line should end here")
            self.pos = self.end

    # -- strings

    def nil(self) -> bool:
        """Step over NIL, in any case."""
        return self.take(_NIL) is not None

    def quoted(self) -> str | None:
        """Return the value of the quoted string that begins here, or None if none does.  Latin-1, not yet readable."""
        found = self._quoted.match(self.text, self.pos, self.end)
        if found is None:
            return None
        value = found[1]
        if self.utf8 and not value.isascii():
            self._check_utf8(found)
        self.pos = found.end()
        return _ESCAPED.sub(r"\1", value) if "\\" in value else value

    def _check_utf8(self, found: re.Match[str]) -> None:
        try:
            found[1].encode("latin-1").decode("utf-8")
        except UnicodeDecodeError as error:
            self.fail("quoted", "8-bit that is not UTF-8", found.start(1) + error.start)

    def literal(self) -> Part | None:
        """Return the octets of the literal announced here, or None if there is none."""
        found = _LITERAL.match(self.text, self.pos)
        if found is None or found.end() not in self._literals:
            return None
        self.pos = found.end()
        octets = self._literals[self.pos]
        if found[0][-2] != "\r":
            self.fail("literal", "a bare LF after the announcement of a literal", self.pos - 1)
        if not found[1] and isinstance(octets, bytes) and b"\0" in octets:
            self.fail("literal", "a NUL in a literal: only literal8 may hold it", found.start())
        return octets

    def text_of(self, octets: Part) -> str:
        """A literal where text is due."""
        return octets.decode("latin-1") if isinstance(octets, bytes) else f"({octets.octets} octets)"

    def string(self, rule: str) -> str:
        """string = quoted / literal, readable."""
        value = self._string()
        if value is None:
            raise self.give_up(rule, "expected a string")
        return value

    def nstring(self, rule: str) -> str | None:
        """nstring = string / nil, readable."""
        value = self._string()
        if value is None and not self.nil():
            raise self.give_up(rule, "expected a string or NIL")
        return value

    def _string(self) -> str | None:
        value = self.quoted()
        if value is None:
            start = self.pos
            octets = self.literal()
            if octets is None:
                return None
            if self.text[start] == "~":
                self.fail("literal8", "only BINARY may use literal8", start)
            value = self.text_of(octets)
        return readable(value)

    def octets(self, rule: str) -> Part | None:
        """nstring or literal8, as octets: the data of a body section."""
        octets = self.literal()
        if octets is not None:
            return octets
        value = self.quoted()
        if value is not None:
            return value.encode("latin-1")
        if not self.nil():
            raise self.give_up(rule, "expected a string or NIL")
        return None

    def atom(self, rule: str, pattern: re.Pattern[str] = ATOM) -> str:
        """atom = 1*ATOM-CHAR, or what `pattern` says."""
        found = self.take(pattern)
        if found is None:
            raise self.give_up(rule, "expected an atom")
        return found[0]

    def astring(self, rule: str) -> str:
        """astring = 1*ASTRING-CHAR / string, readable."""
        value = self._string()
        return self.atom(rule, ASTRING_ATOM) if value is None else value

    # -- numbers

    def number(self, rule: str, *, bits: int = 32, nonzero: bool = False) -> int | None:
        """number, nz-number, number64.  The tolerant cursor gives None for what is none."""
        found = _NUMBER.match(self.text, self.pos, self.end)
        if found is None:
            raise self.give_up(rule, "expected a number")
        digits = found[0] if found.end() - self.pos < 20 else found[0].lstrip("0")[:40]
        value = int(digits or "0")
        if value >> bits:
            self.fail(rule, f"a number beyond {bits} bits")
        if nonzero and found[0][0] == "0":
            self.fail(rule, "a 0 in front of the number" if value else "0 instead of a number from 1")
        self.pos = found.end()
        return value

    def mod_sequence(self, rule: str) -> int | None:
        """mod-sequence-value = 1*DIGIT, from 1, 63 bits (RFC 7162 section 7)."""
        start = self.pos
        value = self.number(rule, bits=63)
        if value == 0:
            self.fail(rule, "0 instead of a mod-sequence from 1", start)
        return value

    # -- values of any shape

    def value(self, rule: str) -> Any:
        """A value of no known grammar: number, text, None for NIL, bytes for a literal, a tuple for a list."""
        here = self.peek()
        if here == "(":
            return self.values(rule)
        octets = self.literal()
        if octets is not None:
            return octets if isinstance(octets, Spilled) else readable(octets.decode("latin-1"))
        quoted = self.quoted()
        if quoted is not None:
            return readable(quoted)
        if self.nil():
            return None
        found = self.take(GENERIC)
        if found is None:
            raise self.give_up(rule, "expected a value")
        word = found[0]
        return int(word) if word.isdecimal() and len(word) < 20 else word

    def skip(self, *, closing: bool = False) -> None:
        """Step over what cannot be read: a list, a word, or one character; for the tolerant cursor.

        A `)` that nothing opened is left to whoever opened it, unless `closing`.
        """
        if closing:
            self.take(_CLOSING)
        depth = 0
        while not self.at_end():
            depth += {"(": 1, ")": -1}.get(self.peek(), 0)
            if depth < 0:
                return
            if self.take(_STEP) is None:
                self.pos += 1
            if not depth:
                return

    def values(self, rule: str) -> tuple[Any, ...]:
        """A parenthesised list of them; lists may touch, as THREAD's do (RFC 5256 section 4)."""
        self.enter(rule)
        found: list[Any] = []
        while self.peek() not in (")", ""):
            found.append(self.value(rule))
            if self.peek() != ")" and not (self.peek() == "(" and self.text[self.pos - 1] == ")"):
                self.space(rule)
        self.leave(rule)
        return tuple(found)
