"""The tolerant cursor: it reads by the same rules, but notes and mends what breaks them, and goes on.

Theory of operation.  It reads a frame that the strict cursor refused, again from the first octet and by the same rules.
The methods that it overrides follow one pattern: look for more than the grammar allows, `fail` at the octet where the
grammar is broken, and move `pos` to where the rule can go on.  Three things keep that safe:

    progress   a rule that loops moves `pos` in each round, whatever was noted in it, or gives up
    once       an octet has one violation, the first that is noted; at most _MOST are kept for a frame
    linear     what was searched for in vain is not searched for again: after `_endless` no quoted string ends.  A
               quotation mark within `_scanned`, but for the last one, is escaped, so a string that begins there ends at
               the same place

If no method can mend a fault, Mismatch goes up to the nearest rule that can leave something out, such as an item of
FETCH.  That rule hands it to `mend`, and steps over what it cannot read (`Cursor.skip`).  If Mismatch reaches the top,
the response is Garbage.  A frame that was refused strictly always has a violation: if the second reading notes none,
the parser notes why the first gave up.

The hardest case is a quotation mark inside a quoted string.  Then the end of the string has to be guessed: it is the
first mark that is followed by something that may follow a string (`_AFTER`).

Every tolerance is here, or in a rule after `if c.tolerant`.  The servers that need it are in `tests/grammar/data/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from imapsh.findings import Violation
from imapsh.grammar.atoms import ATOM, unescaped
from imapsh.grammar.cursor import Cursor, Mismatch, NamedReaders, Value, _no_readers
from imapsh.grammar.names import readable
from imapsh.hints import Any
from imapsh.patterns import lazy
from imapsh.wire.frames import Frame, Part

_MOST = 1000
_GAP = lazy(r"[ \t\r\n]*")
_LOOSE = lazy(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL)
#: What may follow a string: the end, a closing mark, a list, a string, NIL, a number, or the name of an item, of
#: somebody in an access control list, or of an annotation.
_AFTER = lazy(
    r'"(?=[)\]>]|\r?\n|\Z| +(?:[("{~)\\]|NIL\b|-?\d|[-$]?[A-Z0-9.]+[ \[]|/[^ "]+ |\r?\n|\Z)|'
    r'(?<=[^ ]")(?:\(| [^ ()"]+(?:\)|\r?\n)))',
    re.IGNORECASE,
)
_BREAK = lazy(r"[\r\n]")
_WRONG = lazy(r"[\x80-\xff\x00]")
_BAD_ESCAPE = lazy(r'(?:[^\\]|\\["\\])*?\\(?!["\\])')
_AFTER_NUMBER = lazy(r"[\]>:]|,(?!\d)")
_NAME = lazy(r"(?!NIL\b)[A-Z][A-Z0-9.]*[ \[]", re.IGNORECASE)  # the next name, if a number was left out
_WRAPPED_DIGITS = lazy(r'"(\d{1,18})"|\((\d{1,18})\)')
_NOT_NUMBER = lazy(r"[^ ()\r\n]+")
_WORD = lazy(r"[^\x00-\x20\x7f()\[\]\"\\{]+")
_LONE_WORD = lazy(r"([^\x00-\x20\x7f()\[\]\"\\{~]+)(?: ([A-Z0-9.]+)[ \[]|\)|\Z)", re.IGNORECASE)
_LOOSE_ATOM = lazy(r"[^\x00-\x20\x7f()\"{]+")


class TolerantCursor(Cursor):
    """The cursor that notes violations, one for each octet, and the first _MOST of a frame."""

    __slots__ = ("_endless", "_noted", "_scanned")

    tolerant = True

    def __init__(
        self, frame: Frame, utf8: bool = False, nesting: int = 100, readers: NamedReaders = _no_readers
    ) -> None:
        super().__init__(frame, utf8, nesting, readers)
        self._endless = len(self.text) + 1  # no quoted string that begins here or later ends
        self._scanned = (len(self.text) + 1, -1, -1)  # the start and the end (or -1) of a string, and the line's end
        self._noted = {known.offset for known in frame.violations}

    def fail(self, rule: str, message: str, at: int | None = None) -> None:
        """Note the violation, unless one is noted at this octet already."""
        place = self.offset(self.pos if at is None else at)
        if place not in self._noted and len(self._noted) < _MOST:
            self._noted.add(place)
            self.violations.append(Violation(rule, place, message))

    def mend(self, mismatch: Mismatch) -> None:
        """Note what made a rule give up."""
        self.fail(mismatch.rule, mismatch.message, mismatch.at)

    def space(self, rule: str) -> None:
        """Read any white space.  It is noted if there is none, or more than one space, or one before the end."""
        if self.peek() == ",":
            self.fail(rule, "a comma instead of a space")
            self.pos += 1
        start = self.pos
        gap = self._gap()
        self.pos += len(gap)
        if self.pos == start:
            self.fail(rule, "expected a space")
        elif (broken := _BREAK.search(gap)) is not None:
            self.fail(rule, "a line break inside the response", start + broken.start())
        elif self.pos >= self.end or self.text[self.pos] == ")":
            self.fail(rule, "a space with nothing after it", start)
        elif self.pos - start > 1:
            self.fail(rule, "more than one space", start + 1)
        elif gap != " ":
            self.fail(rule, "a tab instead of a space", start)

    def item_value(self, rule: str, read: Callable[[Any], Value]) -> Value:
        """Read SP and the value of an item.  If there is no value, the item's own rule says what is missing."""
        start = self.pos
        if self.peek() not in (")", ""):
            return super().item_value(rule, read)
        try:
            return read(self)
        except Mismatch as mismatch:
            self.mend(mismatch)
            raise
        finally:
            self.fail(rule, "expected a value", start)

    def gap(self, rule: str, message: str) -> None:
        """Step over space that should not be there."""
        if gap := self._gap():
            self.fail(rule, message)
            self.pos += len(gap)

    def _gap(self) -> str:
        """Return the white space at this place, which a value may have moved beyond an end that was put nearer."""
        found = _GAP.match(self.text, self.pos, self.end)
        return "" if found is None else found[0]

    def mark(self, character: str, rule: str) -> None:
        """Read the mark, and step over spaces before it.  A missing mark is noted."""
        after = self.pos + len(self._gap())
        if self.text[after : after + 1] == character:
            self.gap(rule, f"a space before {character!r}")
        super().mark(character, rule)

    def enter(self, rule: str) -> None:
        """Read `(`, and give up if it is missing.  Rules that can do without it check that first."""
        self.gap(rule, "a space before '('")
        if self.peek() != "(":
            raise self.give_up(rule, "expected '('")
        super().enter(rule)
        if self.peek() == " ":
            self.gap(rule, "a space after '('")

    def finish(self, rule: str) -> None:
        """Check that the line ends here.  Spaces before the end are noted as such."""
        if self.pos < self.end and not self.text[self.pos : self.end].strip():
            self.fail(rule, "a space before the end of the line")
            self.pos = self.end
        super().finish(rule)

    def quoted(self) -> str | None:
        """Read a quoted string, even with 8-bit, unescaped quotation marks or line breaks inside.

        If its end is not clear, it is guessed.
        """
        if self.peek() != '"':
            return None
        start = self.pos
        begin, stop, end = self._scanned
        if not (begin < start and end == self.end and (stop < 0 or start < stop - 1)):
            found = self._quoted.match(self.text, start, self.end)
            if found is not None and _AFTER.match(self.text, found.end() - 1):
                return super().quoted()
            found = _LOOSE.match(self.text, start, self.end)
            stop = found.end() if found else -1
            self._scanned = (start, stop, self.end)
        if stop < 0 or not _AFTER.match(self.text, stop - 1):
            fault = stop if stop > 0 else start
            closing = None if start >= self._endless else _AFTER.search(self.text, start + 1, len(self.text))
            if closing is None:
                self._endless = min(start, self._endless)
                raise self.give_up("quoted", "an unterminated quoted string")
            self.fail("quoted", "the string seems to go on: a quotation mark inside is not escaped", fault)
            self.pos = closing.end()
            return self.text[start + 1 : self.pos - 1]
        self.pos = stop
        return self._mended(start + 1, stop - 1)

    def _mended(self, start: int, stop: int) -> str:
        body = self.text[start:stop]
        wrong = _WRONG.search(body)
        if wrong is not None and (wrong[0] == "\x00" or not self.utf8 or _not_utf8(body)):
            rule = "quoted" if wrong[0] == "\x00" or self.utf8 else "QUOTED-CHAR"
            message = "a NUL in a quoted string" if wrong[0] == "\x00" else "8-bit in a quoted string"
            self.fail(rule, message, start + wrong.start())
        escape = _BAD_ESCAPE.match(body)
        if escape is not None:
            self.fail("quoted", "a backslash that escapes neither '\"' nor a backslash", start + escape.end() - 1)
        broken = _BREAK.search(body)
        if broken is not None:
            self.fail("quoted", "a line break in a quoted string", start + broken.start())
        return unescaped(body)

    def string(self, rule: str) -> str:
        """Read a string.  A word without its quotation marks is noted and taken as it is."""
        value = self._string()
        return self._unquoted(rule, "a string") if value is None else value

    def nstring(self, rule: str) -> str | None:
        """Read a string as `string` does, or NIL."""
        value = self._string()
        return self._unquoted(rule, "a string or NIL") if value is None and not self.nil() else value

    def _unquoted(self, rule: str, due: str) -> str:
        word = self.take(_WORD)
        if word is None:
            raise self.give_up(rule, f"expected {due}")
        self.fail(rule, f"expected {due}, not a word without quotation marks", word.start())
        return readable(word[0])

    def octets(self, rule: str) -> Part | None:
        """Read the octets of a string.  One word without its quotation marks is noted and taken as it is."""
        try:
            return super().octets(rule)
        except Mismatch:
            word = _LONE_WORD.match(self.text, self.pos, self.end)
            if word is None or self._names_item(word[1]) or (word[2] and not self._names_item(word[2])):
                raise
            self.fail(rule, "expected a string or NIL, not a word without quotation marks")
            self.pos = word.end(1)
            return word[1].encode("latin-1")

    def _names_item(self, word: str) -> bool:
        names = self.readers("fetch-item")
        return word.upper() in names or f"{word.upper()}[" in names

    def number(self, rule: str, *, bits: int = 32, nonzero: bool = False) -> int | None:
        """Return a number, even if it is in quotation marks or parentheses.

        For anything else, such as -1, 1.2e+07 or NIL, None is returned.
        """
        start = self.pos
        digits = self.take(_WRAPPED_DIGITS)
        if digits is not None:
            self.fail(rule, f"expected a number, not a {'string' if digits[1] else 'list'}", start)
            return int(digits[1] or digits[2])
        try:
            value = super().number(rule, bits=bits, nonzero=nonzero)
        except Mismatch as mismatch:
            if self.peek() in ("", "(", ")", '"') or _NAME.match(self.text, self.pos, self.end):
                raise
            self.mend(mismatch)
            value = None
        rest = _NOT_NUMBER.match(self.text, self.pos, self.end)
        if rest is None or (value is not None and _AFTER_NUMBER.match(self.text, self.pos)):
            return value
        if value is not None:
            self.fail(rule, "not a valid number", self.pos if self.pos > start else start)
        self.pos = rest.end()
        return None

    def atom(self, rule: str, pattern: re.Pattern[str] = ATOM) -> str:
        """Read an atom, even with characters inside that an atom cannot contain."""
        strict = pattern.match(self.text, self.pos, self.end)
        if strict is not None and (strict.end() >= self.end or self.text[strict.end()] in ' ()]"'):
            self.pos = strict.end()
            return strict[0]
        start = self.pos
        loose = self.take(_LOOSE_ATOM)
        if loose is None:
            raise self.give_up(rule, "expected an atom")
        self.fail(rule, "a character that an atom cannot contain", strict.end() if strict else start)
        return readable(loose[0])


def _not_utf8(text: str) -> bool:
    try:
        text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False
