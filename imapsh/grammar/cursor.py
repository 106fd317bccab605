"""The strict cursor, which reads a frame, and the parts of the grammar that every family uses.

Theory of operation.  The grammar is written once, as functions of a cursor, one for each rule.  A rule reads with the
methods here.  Each method is named after the ABNF rule that it reads (RFC 9051 section 9).  It moves `pos` to after
what it read, and takes the id of the rule that it serves, for messages.  A method that finds nothing to read leaves
`pos` where it was and says so in what it returns (`quoted`, `literal`, `nil`, `take`), or it gives up.

There are two ways to say that something is wrong:

    c.fail(rule, message)           this is not allowed, but what was meant is clear: the rule goes on after it
    raise c.give_up(rule, message)  nothing sensible can be read here: the rule ends

Here both raise Mismatch, at the first octet that the grammar does not allow.  Then the parser reads the frame again
from its first octet with `imapsh.grammar.tolerant`.  There `fail` notes the violation and returns, so code that follows
a `fail` runs only there.  Nearly all frames are legal, and they pay nothing for tolerance.

The text is made of the frame's lines, decoded as Latin-1, so one character is one octet.  Literals are kept apart, by
the place after their announcement (`_literals`).  `offset` turns a place in the text into an octet of the frame, with
the literals counted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate

from imapsh.findings import Violation
from imapsh.grammar.atoms import ASTRING_ATOM, ATOM, unescaped
from imapsh.grammar.names import readable
from imapsh.hints import Any, TypeVar
from imapsh.patterns import lazy
from imapsh.wire.frames import Frame, Part, Spilled, size_of

#: quoted = DQUOTE *QUOTED-CHAR DQUOTE, 7-bit (RFC 3501) and with 8-bit (RFC 9051, RFC 6855); possessive, because
#: what could be given back takes a hundred octets of memory for each repetition
_QUOTED_7 = lazy(r'"([^"\\\r\n\x00\x80-\xff]*+(?:\\["\\][^"\\\r\n\x00\x80-\xff]*+)*+)"')
_QUOTED_8 = lazy(r'"([^"\\\r\n\x00]*+(?:\\["\\][^"\\\r\n\x00]*+)*+)"')
_LITERAL = lazy(r"(~?)\{\d+\+?\}\r?\n")
_NUL = 0  # as an octet: looking for a number is ten times as fast
_NIL = lazy(r"NIL(?![^ ()\[\]\r\n])", re.IGNORECASE)
_NUMBER = lazy(r"\d+")
GENERIC = lazy(r"[^\x00-\x20\x7f-\xff()\"]+")  # an unknown value: anything that is neither a string nor a list
_CLOSING = lazy(r"\)*")
_STEP = lazy(r"[^ ()\"]+|\"[^\"]*\"")


DEEPEST = 500
"""The most levels of parentheses that a rule goes into, whatever the limit is.

A stack of 1000 calls, which is Python's limit, holds fewer in the interpreted core.  In the compiled one a call is a
call in C, which nothing else limits.
"""


class Mismatch(Exception):
    """The error that the grammar does not allow what is at `at` (a place in the text)."""

    def __init__(self, rule: str, at: int, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.at = at
        self.message = message


Value = TypeVar("Value")

#: A function that returns, for the kind of a name, the functions that read what is sent under each name of that kind.
NamedReaders = Callable[[str], Mapping[str, Callable[..., Any]]]


def _no_readers(kind: str) -> Mapping[str, Callable[..., Any]]:
    return {}


class Cursor:
    """The cursor that reads `frame` from its first octet.

    If `utf8` is true, 8-bit quoted strings are legal and names are not in modified UTF-7.  `nesting` is the number of
    levels of parentheses that may be open; 0 means as many as the stack holds, and DEEPEST at most.  `readers` returns,
    for the kind of a name, the functions that read what is sent under each name (`imapsh.table.readers`).  Rules whose
    parts have names, such as the items of FETCH and STATUS, call it.
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
        if len(frame.parts) & 1 and isinstance(last, bytes):  # otherwise the stream ended in a literal
            self.end -= 2 if last.endswith(b"\r\n") else last.endswith(b"\n")
        self.utf8 = utf8
        self.nesting = min(nesting or DEEPEST, DEEPEST)
        self.depth = 0
        self.plain = False  # true in BODY, which has no extension data
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
        """Say that what is at `at` (here by default) breaks `rule`.

        The strict cursor raises Mismatch.  The tolerant cursor notes the violation and returns.
        """
        raise Mismatch(rule, self.pos if at is None else at, message)

    def give_up(self, rule: str, message: str) -> Mismatch:
        """Return the error to raise (`raise c.give_up(...)`) if nothing sensible can be read here, in either mode."""
        if self.peek() == "{":
            return Mismatch("literal", self.pos, "a literal cannot be announced like this")
        return Mismatch(rule, self.pos, message)

    def offset(self, place: int) -> int:
        """Return the octets from the beginning of the frame to `place` in the text.  Literals before it are counted."""
        if not self._literals:
            return place
        if self._places is None:
            self._places = list(self._literals)
            self._before = [0, *accumulate(map(size_of, self._literals.values()))]
        return place + self._before[bisect_right(self._places, place)]

    def place(self, start: int, index: int) -> int:
        """Return the place of a character of the astring that begins at `start`.

        If the astring is a literal, the place of its announcement is returned.
        """
        first = self.text[start : start + 1]
        return start if first in ("{", "~") else start + index + (first == '"')

    def mend(self, mismatch: Mismatch) -> None:
        """Deal with what made a rule give up.

        The strict cursor raises `mismatch` again.  The tolerant cursor notes it, and the caller steps over what it
        cannot read.
        """
        raise mismatch

    # -- looking

    def at_end(self) -> bool:
        """Return whether the line ends here."""
        return self.pos >= self.end

    def peek(self, characters: int = 1) -> str:
        """Return the next characters, or as many as are left on the line."""
        pos = self.pos
        if characters == 1:
            return self.text[pos] if pos < self.end else ""
        return self.text[pos : min(self.end, pos + characters)]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Step over what `pattern` matches here, and return the match; None if it does not match."""
        found = pattern.match(self.text, self.pos, self.end)
        if found is not None:
            self.pos = found.end()
        return found

    # -- marks

    def space(self, rule: str) -> None:
        """Read SP: exactly one space, with something after it."""
        if self.text[self.pos : self.pos + 1] != " " or self.pos >= self.end:
            self.fail(rule, "expected a space")
        elif self.pos + 1 >= self.end or self.text[self.pos + 1] in " )":
            self.fail(rule, "a space with nothing after it")
        self.pos += 1

    def item_value(self, rule: str, read: Callable[[Any], Value]) -> Value:
        """Read SP and the value of an item of a list, which `read` reads."""
        self.space(rule)
        return read(self)

    def mark(self, character: str, rule: str) -> None:
        """Read this one character."""
        if self.text[self.pos : self.pos + 1] != character:
            self.fail(rule, f"expected {character!r}")
            return
        self.pos += 1

    def enter(self, rule: str) -> None:
        """Read `(`, and go one level deeper.  Raises Mismatch beyond the limit, and RecursionError beyond DEEPEST."""
        self.mark("(", rule)
        self.depth += 1
        if self.depth > self.nesting:
            if self.depth > DEEPEST:
                raise RecursionError
            raise self.give_up(rule, f"more than {self.nesting} levels of parentheses: the nesting limit")

    def leave(self, rule: str) -> None:
        """Read `)`, and go back one level."""
        self.mark(")", rule)
        self.depth -= 1

    def items(self, rule: str, read: Callable[[Any], Value], *, some: bool = False, last: bool = False) -> list[Value]:
        """ "(" [item *(SP item)] ")": return what `read` returns for each item.

        If `some` is true, there must be at least one item.  The tolerant cursor notes an item that cannot be read, and
        leaves it out.  It reads items without their parentheses if `last` says that nothing follows the list.
        """
        bare = self.tolerant and self.peek() != "("
        if bare:
            self.fail(rule, "expected a list in parentheses")
            if not last:
                return []
        else:
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
            start = self.pos
            try:
                found.append(read(self))
            except Mismatch as mismatch:
                self.depth = depth
                if self.tolerant and mismatch.at == start and self.text[start] == "(":
                    self.fail(rule, "an item in parentheses of its own", start)
                    self.pos = start
                    found += self.items(rule, read)
                    continue
                self.mend(mismatch)
                self.skip()
        if some and not begun:
            self.fail(rule, "the list is empty")
        if not bare:
            self.leave(rule)
        return found

    def finish(self, rule: str) -> None:
        """Check that the line ends here."""
        if self.pos < self.end:
            self.fail(rule, "the line should end here")
            self.pos = self.end

    # -- strings

    def nil(self) -> bool:
        """Step over NIL, in any case, and return whether it was there."""
        return self.take(_NIL) is not None

    def quoted(self) -> str | None:
        """Return the value of the quoted string that begins here, or None if none does.

        The value is Latin-1; `readable` decodes it.
        """
        found = self._quoted.match(self.text, self.pos, self.end)
        if found is None:
            return None
        value = found[1]
        if self.utf8 and not value.isascii():
            self._check_utf8(found)
        self.pos = found.end()
        return unescaped(value)

    def _check_utf8(self, found: re.Match[str]) -> None:
        try:
            found[1].encode("latin-1").decode("utf-8")
        except UnicodeDecodeError as error:
            self.fail("quoted", "8-bit that is not UTF-8", found.start(1) + error.start)

    def literal(self) -> Part | None:
        """Return the octets of the literal announced here, or None if there is none."""
        found = _LITERAL.match(self.text, self.pos)
        if found is None:
            return None
        end = found.end()
        octets = self._literals.get(end)
        if octets is None:
            return None
        self.pos = end
        if self.text[end - 2] != "\r":
            self.fail("literal", "a bare LF after the announcement of a literal", end - 1)
        if not found[1] and isinstance(octets, bytes) and _NUL in octets:
            self.fail("literal", "a NUL in a literal: only literal8 may hold it", found.start())
        return octets

    def text_of(self, octets: Part) -> str:
        """Return the octets of a literal as text; if they were spilled, a note of their number."""
        return octets.decode("latin-1") if isinstance(octets, bytes) else f"({octets.octets} octets)"

    def string(self, rule: str) -> str:
        """string = quoted / literal.  The value is returned decoded, as by `readable`."""
        value = self._string()
        if value is None:
            raise self.give_up(rule, "expected a string")
        return value

    def nstring(self, rule: str) -> str | None:
        """nstring = string / nil.  The value is returned decoded, as by `readable`; None for NIL."""
        value = self._string()
        if value is None and not self.nil():
            raise self.give_up(rule, "expected a string or NIL")
        return value

    def _string(self) -> str | None:
        value = self._wire_string()
        return None if value is None else readable(value)

    def _wire_string(self) -> str | None:
        value = self.quoted()
        if value is None:
            start = self.pos
            octets = self.literal()
            if octets is None:
                return None
            if self.text[start] == "~":
                self.fail("literal8", "only BINARY may use literal8", start)
            value = self.text_of(octets)
        return value

    def octets(self, rule: str) -> Part | None:
        """Return the octets of an nstring or a literal8, such as the data of a body section; None for NIL."""
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
        """atom = 1*ATOM-CHAR, or what `pattern` matches."""
        found = self.take(pattern)
        if found is None:
            raise self.give_up(rule, "expected an atom")
        return found[0]

    def astring(self, rule: str) -> str:
        """astring = 1*ASTRING-CHAR / string.  The value is returned decoded, as by `readable`."""
        value = self._string()
        return self.atom(rule, ASTRING_ATOM) if value is None else value

    def wire_astring(self, rule: str) -> str:
        """astring, not decoded: Latin-1 text, a character for each octet."""
        value = self._wire_string()
        return self.atom(rule, ASTRING_ATOM) if value is None else value

    def wire_string(self, rule: str) -> str:
        """string, not decoded: Latin-1 text, a character for each octet."""
        value = self._wire_string()
        return self.string(rule) if value is None else value

    # -- numbers

    def number(self, rule: str, *, bits: int = 32, nonzero: bool = False) -> int | None:
        """Read number, nz-number or number64.  The tolerant cursor returns None if it is not a number."""
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
        """Return a value whose grammar is not known: a number, text, None for NIL, or a tuple for a list.

        A literal is text as well, unless it was spilled.
        """
        here = self.peek()
        if here == "(":
            return self.values(rule)
        octets = self.literal() if here in ("{", "~") else None
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
        """Step over a list, a word or one character that cannot be read.  This is for the tolerant cursor.

        A `)` that was not opened here is left to the rule that opened it, unless `closing` is true.
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
        """Return the values of a list in parentheses.  Lists in it may touch, as THREAD's do (RFC 5256 section 4)."""
        self.enter(rule)
        found: list[Any] = []
        while self.peek() not in (")", ""):
            found.append(self.value(rule))
            if self.peek() != ")" and not (self.peek() == "(" and self.text[self.pos - 1] == ")"):
                self.space(rule)
        self.leave(rule)
        return tuple(found)
