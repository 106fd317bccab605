"""The slots of the notation: how a typed argument of each kind looks, and what value it has.

The ABNF's names are kept (RFC 9051 section 9).  `uid-set` is a sequence-set of UIDs, as commands take it, so it may
hold `*` and `$`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from imapsh.grammar.sequence import PATTERN, SequenceSet
from imapsh.grammar.tokens import DATA, FILE, LITERAL, OPEN_QUOTE, QUOTED, Token, announcement, unquote
from imapsh.hints import TYPE_CHECKING
from imapsh.patterns import lazy
from imapsh.table.model import Context, Name
from imapsh.tuples import NamedTuple
from imapsh.typed import doubts
from imapsh.typed.found import FileName, Piece, quoted

if TYPE_CHECKING:
    from imapsh.typed.run import Run


def form(pattern: str) -> re.Pattern[str]:
    """Return the pattern as an expression.  Letters fit in either case, and only ASCII digits are digits."""
    return lazy(pattern, re.ASCII | re.IGNORECASE)


Doubt = Callable[[str, Context], str]


class Shape(NamedTuple):
    """The shape of a slot, which says how it is read.

    `bare` takes an argument without quotes.  If `bare` stops short, `loose` takes what people type all the same, and a
    problem is noted.  `half` fits what may still become an argument as typing goes on.
    """

    noun: str
    bare: re.Pattern[str] | None = None
    value: Callable[[str], object] = str
    strings: bool = False  # a quoted string or a literal is allowed
    literals: bool = True  # if strings are allowed, literals are too
    loose: re.Pattern[str] | None = None
    half: re.Pattern[str] | None = None
    secret: bool = False
    role: str = "string"
    needs: tuple[str, ...] = ()  # capabilities, any one of which offers it; {} is the argument itself
    binary: bool = False  # a literal8 is allowed (RFC 4466 section 3)
    bits: int = 0  # the most bits of a number (RFC 9051 section 9: number, number64); 0 for any
    numbers: bool = False  # it is a set of message numbers
    doubt: Doubt | None = None  # returns advice on a value that the grammar allows, "" for none
    plain: str = ""  # an expression for values that are taken whole and never give a problem (`imapsh.typed.plain`)

    @property
    def bounds(self) -> str:
        """Return the phrase that completes the message "this character is not allowed in"."""
        return f"{self.noun} without quotes" if self.strings else self.noun

    def match(self, text: str, at: int) -> re.Match[str] | None:
        """Return the match of the bare form at `at`, or None."""
        return self.bare.match(text, at) if self.bare is not None else None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))


def _rising(text: str) -> tuple[int, ...]:
    low, high = numbers = _numbers(text)
    if low > high:
        raise ValueError(f"{text} must run from low to high")
    return numbers


def _result_range(text: str) -> tuple[int, ...]:
    """Return both ends with their signs.  Raises ValueError if one is beyond 32 bits."""
    ends = tuple(map(int, text.split(":")))
    if max(map(abs, ends)) >> 32:
        raise ValueError(f"{text} holds a number beyond 32 bits")
    return ends


def _nil(text: str) -> None:
    return None


def _settable(text: str) -> str:
    if text.upper() == "\\RECENT":
        raise ValueError("\\Recent is the server's own, and nobody can set it")
    return text


def _undated(text: str) -> str:
    return text.strip('"')


_C = form
OR_A_FILE = ", or {@path} for a file"  #: what can be typed at a prompt alone
#: ATOM-CHAR: any CHAR except "(" ")" "{" SP CTL list-wildcards quoted-specials resp-specials.
_ATOM_CHAR = r"!#$&'+-\[^-z|}~"
_ATOM = _C(f"[{_ATOM_CHAR}]+")
_ASTRING = _C(rf"[{_ATOM_CHAR}\]]+")  # ASTRING-CHAR = ATOM-CHAR / resp-specials
_PATTERN = _C(rf"[{_ATOM_CHAR}\]%*]+")  # list-char = ATOM-CHAR / list-wildcards / resp-specials
_LOOSE = _C(r'[^\x00-\x20\x7f(){"\\]+')
_LABEL = r"[A-Z_.-][A-Z0-9_.:-]*"  # tagged-ext-label (RFC 4466 section 3)
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATE = _C(rf'\d{{1,2}}-{_MONTH}-\d{{4}}(?!\d)|"\d{{1,2}}-{_MONTH}-\d{{4}}"')
_HALF_DATE = _C(rf'"?(?:\d{{0,2}}|\d{{1,2}}-[A-Z]{{0,3}}|\d{{1,2}}-{_MONTH}-\d{{0,4}})"?\Z')
_DATE_TIME = _C(rf'"(?: \d|\d\d)-{_MONTH}-\d{{4}} \d\d:\d\d:\d\d [+-]\d{{4}}"')
_SET = _C(PATTERN.pattern + r"|\$")
_ENDS = r"(?:[1-9]\d*|\*)"
_DEFINITE = _C(r"[1-9]\d*(?::[1-9]\d*)?(?:,[1-9]\d*(?::[1-9]\d*)?)*")
_HALF_DEFINITE = _C(r"(?:[1-9]\d*(?::[1-9]\d*)?,)*(?:[1-9]\d*(?::(?:[1-9]\d*)?)?)?\Z")
_HALF_SET = _C(rf"(?:{_ENDS}(?::{_ENDS})?,)*(?:{_ENDS}(?::{_ENDS}?)?)?\Z")
#: Plain forms.  What follows them in a plain line is a space, a bracket or the end of the line.
_PLAIN_NUMBER = r"\d{1,9}+"
_PLAIN_NZ = r"[1-9]\d{0,8}+"
_PLAIN_END = rf"(?:{_PLAIN_NZ}|\*)"
_PLAIN_SET = rf"{_PLAIN_END}(?::{_PLAIN_END})?+(?:,{_PLAIN_END}(?::{_PLAIN_END})?+)*+"
_PLAIN_QUOTED = r'"[ !#-%\'-\[\]-z|~]*+"'
_PLAIN_NAME = rf"(?:[A-Za-z0-9!#$'+,./:<=>?@_`-]++|{_PLAIN_QUOTED})(?![^ ()])"
_PLAIN_PATTERN = rf"(?:[A-Za-z0-9!#$'+,./:<=>?@_`%*-]++|{_PLAIN_QUOTED})(?![^ ()])"
_PLAIN_FLAG = r"(?:\\(?!Recent\b)|\$)[A-Za-z]++(?![^ ()])"
_PLAIN_DATE = rf"(?:[1-9]|0[1-9]|1\d|2[0-8])-{_MONTH}-\d{{4}}+"
_BASE64 = _C(r"=(?![A-Za-z0-9+/=])|(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})")


def _astring(noun: str, role: str = "string", *, secret: bool = False, doubt: Doubt | None = None) -> Shape:
    return Shape(noun, _ASTRING, strings=True, loose=_LOOSE, secret=secret, role=role, doubt=doubt, plain=_PLAIN_NAME)


def _set(noun: str, *, numbers: bool = False, definite: bool = False) -> Shape:
    bare, half = (_DEFINITE, _HALF_DEFINITE) if definite else (_SET, _HALF_SET)
    plain = "" if definite else _PLAIN_SET
    return Shape(noun, bare, SequenceSet.parse, half=half, role="set", numbers=numbers, plain=plain)


def _one(noun: str, *, numbers: bool = False) -> Shape:
    """Return the shape of seq-number = nz-number / "*", which is a set of one number."""
    return Shape(noun, _C(_ENDS), SequenceSet.parse, role="set", numbers=numbers)


#: The shapes by the names of their slots.  An extension's new kind of argument is one more line here.
SLOTS: dict[str, Shape] = {
    "astring": _astring("a string"),
    "mailbox": _astring("a mailbox name", "mailbox", doubt=doubts.mailbox),
    "list-mailbox": Shape("a mailbox name or pattern", _PATTERN, strings=True, loose=_LOOSE, role="mailbox",
                          doubt=doubts.mailbox, plain=_PLAIN_PATTERN),
    "userid": _astring("a user name"),
    "password": _astring("a password", "secret", secret=True),
    "header-fld-name": _astring("a header field's name", "item"),
    "charset": _astring("a charset", "item"),
    "url": _astring("a URL (such as \"/INBOX/;UID=20/;SECTION=1\")"),
    "string": Shape("a quoted string", strings=True, plain=_PLAIN_QUOTED),
    "quoted": Shape("a string in quotes", strings=True, literals=False),
    "id-field": Shape("a quoted field name", strings=True),
    "id-value": Shape("a quoted string or NIL", _C(r"NIL(?![^ ()])"), _nil, strings=True),
    "nstring8": Shape("a quoted string, a literal or NIL", _C(r"NIL(?![^ ()])"), _nil, strings=True, binary=True),
    "tagged-label": Shape("an option's name", _C(_LABEL), role="item"),
    "atom": Shape("an atom", _ATOM, loose=_LOOSE, role="item"),
    "tagged-ext-label": Shape("an extension's name and its value", _C(_LABEL + r"(?= [(\d*])"),
                              half=_C(_LABEL + r" \Z"), role="item"),
    "keyword": Shape("a keyword", _ATOM, loose=_LOOSE, role="flag", doubt=doubts.flag),
    "flag": Shape("a flag", _C(r"\\?" + _ATOM.pattern), _settable, half=_C(r"\\\Z"), role="flag",
                  doubt=doubts.flag, plain=_PLAIN_FLAG),
    "use": Shape("a special use", _C(r"\\" + _ATOM.pattern), half=_C(r"\\\Z"), role="flag"),
    "capability": Shape("a capability", _ATOM, role="item"),
    "mechanism": Shape("a SASL mechanism", _ATOM, role="item", needs=("AUTH={}",)),
    "thread-alg-ext": Shape("a threading algorithm", _ATOM, role="item", needs=("THREAD={}",)),
    "initial-response": Shape("a response in base64, or = for an empty one", _BASE64, half=_C(r"[A-Za-z0-9+/]*=?\Z"),
                              secret=True, role="secret", needs=("SASL-IR", "IMAP4rev2")),
    "sequence-set": _set("a set of message numbers (such as 1:4,7,*)", numbers=True),
    "uid-set": _set("a set of UIDs (such as 1:4,7,*)"),
    "objectid": Shape("an identifier (letters, digits, - and _)", _C(r"[A-Za-z0-9_-]{1,255}"), loose=_LOOSE,
                      role="item"),
    "definite-sequence-set": _set("a set of message numbers (such as 1:4,7)", numbers=True, definite=True),
    "definite-uid-set": _set("a set of UIDs (such as 1:4,7)", definite=True),
    "number": Shape("a number", _C(r"\d+"), int, role="number", bits=32, plain=_PLAIN_NUMBER),
    "number64": Shape("a number", _C(r"\d+"), int, role="number", bits=63, plain=_PLAIN_NUMBER),
    "nz-number": Shape("a number from 1", _C(r"[1-9]\d*"), int, role="number", bits=32, plain=_PLAIN_NZ),
    "nz-number64": Shape("a number from 1", _C(r"[1-9]\d*"), int, role="number", bits=63, plain=_PLAIN_NZ),
    "seq-number": _one("a message number (or *)", numbers=True),
    "uniqueid": _one("a UID (or *)"),
    "gm-id": Shape("a number from 1", _C(r"[1-9]\d*"), int, role="number", bits=64),
    "nz-range": Shape("a range of numbers (such as 1:5)", _C(r"[1-9]\d*:[1-9]\d*"), _rising, role="number",
                      half=_C(r"[1-9]\d*(?::(?:[1-9]\d*)?)?\Z")),
    "date": Shape("a date (such as 1-Feb-1994)", _DATE, _undated, half=_HALF_DATE, role="date",
                  doubt=doubts.date, plain=_PLAIN_DATE),
    "date-time": Shape('a date and time (such as "17-Jul-1996 02:44:25 -0700")', _DATE_TIME, _undated,
                       half=_C(r'"[^"]{0,26}\Z'), role="date", doubt=doubts.date),
    "section-part": Shape("a part (such as 1.2)", _C(r"[1-9]\d*(?:\.[1-9]\d*)*"), _numbers,
                          half=_C(r"(?:[1-9]\d*\.)*(?:[1-9]\d*)?\Z"), role="item",
                          plain=rf"{_PLAIN_NZ}(?:\.{_PLAIN_NZ})*"),
    "partial": Shape("a range of octets (such as <0.1024>)", _C(r"<\d+\.[1-9]\d*>"), _numbers,
                     half=_C(r"<(?:\d+(?:\.\d*)?)?\Z"), role="number",
                     plain=rf"<{_PLAIN_NUMBER}\.{_PLAIN_NZ}>"),
    "partial-range-first": Shape("a range of results (such as 1:500)", _C(r"[1-9]\d*:[1-9]\d*"), _result_range,
                                 half=_C(r"(?:[1-9]\d*(?::(?:[1-9]\d*)?)?)?\Z"), role="number"),
    "partial-range-last": Shape("a range from the end (such as -1:-100)", _C(r"-[1-9]\d*:-[1-9]\d*"), _result_range,
                                half=_C(r"-(?:[1-9]\d*(?::(?:-(?:[1-9]\d*)?)?)?)?\Z"), role="number",
                                needs=("PARTIAL",)),
    "filter-name": Shape("a filter's name (an atom without /)", _C(r"[!#$&'+,\-.0-9:;<=>?@A-Z\[^_`|}~]+"), loose=_LOOSE,
                         role="item"),
    "message": Shape(f"a literal: {{octets}}{OR_A_FILE}", half=_C(r"~?(?:\{[^}]*)?\Z"), role="literal"),
}  # fmt: skip

_ESCAPE = _C(r'\\[^"\\]')
#: The rule that advice names, if it is not called as the slot is.
_DOUBTED = {"list-mailbox": "mailbox", "keyword": "flag", "date": "date-time"}
_EIGHT_BIT = _C(r"[^\x00-\x7f]")
_DELIMITERS = " ()"


#: A function that returns the place of a fault in a text and what is wrong there, or None if nothing is.  If something
#: is missing at the end, the place is the one after the last character.
Check = Callable[[str], tuple[int, str] | None]


def _has_code(name: str) -> bool:
    """Return whether a name can be written in modified UTF-7; octets that are not UTF-8 cannot."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class Slot:
    """A node that takes one argument.  Unless another shape is given, it has the shape of its kind.

    `check` tells what is wrong with a text of this shape, because an extension may allow fewer strings than the shape.
    """

    def __init__(self, kind: str, shape: Shape | None = None, check: Check | None = None) -> None:
        self.kind = kind
        self.shape = shape or SLOTS[kind]
        self.check = check

    def match(self, run: Run, at: int) -> int:
        if at >= run.watch:
            run.tries(at, self)
        shape = self.shape
        if shape.strings or self.kind == "message":
            token = run.starts.get(at)
            if token is not None and token.kind in (QUOTED, OPEN_QUOTE, LITERAL, FILE):
                return self._string(run, token)
        found = shape.match(run.text, at)
        end = found.end() if found is not None else at
        if shape.loose is not None and run.text[end : end + 1] not in _DELIMITERS:
            end = self._loosely(run, at, end)
        if end == at:
            return run.fails(at, self)
        try:
            value = shape.value(run.text[at:end])
            if isinstance(value, int) and shape.bits and value >> shape.bits:
                raise ValueError(f"{value} is too large for {self.kind} (at most {2**shape.bits - 1})")
        except ValueError as error:
            run.notes("syntax", at, str(error) if end - at < 100 else f"this is too long for {shape.noun}")
            value = run.text[at:end]
        if isinstance(value, SequenceSet) and shape.numbers:
            self._numbered(run, at, value)
        if shape.needs:
            needs = tuple(name.format(run.text[at:end]) for name in shape.needs)
            run.suits(Name("slot", shape.noun, "", "", needs=needs), at)
        self._checked(run, at, value)
        return self._taken(run, at, end, value)

    def _checked(self, run: Run, at: int, value: object) -> None:
        """Note the fault that `check` finds, at its character; in a literal, at the announcement."""
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if self.check is None or not isinstance(text, str) or (wrong := self.check(text)) is None:
            return
        place = at if isinstance(value, bytes) else at + (run.text[at] == '"') + wrong[0]
        if place == len(run.text):
            run.unfinished = True
        else:
            run.notes(self.kind, place, wrong[1])

    def _numbered(self, run: Run, at: int, numbers: SequenceSet) -> None:
        """Note message numbers that are not allowed.

        Some extensions forbid them all.  Numbers beyond EXISTS do not exist (RFC 9051 section 9, seq-number).
        """
        if run.uids_only is not None and not numbers.saved:
            name = run.uids_only.name
            run.notes(
                "uid-required",
                at,
                f"message numbers are not allowed after ENABLE {name}; use UIDs",
                rfc=run.uids_only.rfc,
            )
            return
        exists = run.context.exists
        if exists is None:
            return
        largest = max((end for pair in numbers.ranges for end in pair), default=0)
        if largest > exists:
            held = f"the last message is {exists}" if exists else "the mailbox is empty"
            run.notes("seq-number", at, f"message {largest} does not exist: {held}", "advice")

    def _taken(self, run: Run, at: int, end: int, value: object) -> int:
        if self.shape.doubt is not None and isinstance(value, str | bytes):
            text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            if doubt := self.shape.doubt(text, run.context):
                run.notes(_DOUBTED.get(self.kind, self.kind), at, doubt, "advice")
        run.takes(at, end, self.shape.role, self.shape.bounds)
        run.pieces.append(Piece(self.kind, self.kind, at, end, value))
        return end

    def _loosely(self, run: Run, at: int, end: int) -> int:
        """Return the end of what was meant, and note the first character that is not allowed in it."""
        assert self.shape.loose is not None
        found = self.shape.loose.match(run.text, at)
        if found is None or found.end() == end:
            return end
        character = run.text[end]
        if character == "]" and not self.shape.strings:
            return end  # it closes a section or a code
        bounds, code = self.shape.bounds, self._coded(run, found[0])
        run.notes("atom", end, f"{code}{quoted(character)} is not allowed in {self.shape.noun if code else bounds}")
        return found.end()

    def _coded(self, run: Run, name: str) -> str:
        """Return how to write a mailbox name that is not ASCII (RFC 3501 section 5.1.3); "" if it is fine as it is."""
        if self.shape.role != "mailbox" or run.context.takes_utf8 or name.isascii():
            return ""
        from imapsh.grammar import mutf7

        if not _has_code(name):
            return ""
        return f"write {mutf7.encode(mutf7.decode_leniently(name)[0])}: "

    def _string(self, run: Run, token: Token) -> int:
        value: object = None
        end = token.end
        if token.kind in (LITERAL, FILE) and not self.shape.literals:
            return run.fails(token.start, self)
        if token.kind in (QUOTED, OPEN_QUOTE):
            if self.kind == "message":
                return run.fails(token.start, self)
            self._check_quoted(run, token)
            value = unquote(token.text)
            run.unfinished |= token.kind is OPEN_QUOTE
        elif token.kind is FILE:
            value = FileName(token.text[token.text.index("@") + 1 : -1], token.text.startswith("~"))
        else:
            value, end = self._literal(run, token)
        if token.kind is not OPEN_QUOTE:
            self._checked(run, token.start, value)
        if token.text.startswith("~") and self.kind != "message" and not self.shape.binary:
            run.notes("literal8", token.start, f"~{{n}} is not allowed for {self.shape.noun}; leave out the ~")
        return self._taken(run, token.start, end, value)

    def _check_quoted(self, run: Run, token: Token) -> None:
        if not run.context.takes_utf8 and (found := _EIGHT_BIT.search(token.text)):
            message = f"{quoted(found[0])} is allowed in quotes only after ENABLE IMAP4rev2 or UTF8=ACCEPT"
            coded = self._coded(run, unquote(token.text))
            run.notes("QUOTED-CHAR", token.start + found.start(), coded + message)
        if "\\" in token.text:
            body = re.sub(r'\\["\\]', "..", token.text)
            if (found := _ESCAPE.search(body)) is not None:
                run.notes("quoted", token.start + found.start(), r'in quotes, \ may only precede " and \ ')

    def _literal(self, run: Run, token: Token) -> tuple[object, int]:
        """Return the literal's octets, or None as long as they are not typed, and the offset where the literal ends."""
        data = run.starts.get(token.end)
        if data is not None and data.kind is DATA:
            octets = data.text[2 if data.text.startswith("\r\n") else 1 :].encode("utf-8", "surrogatepass")
            run.unfinished |= len(octets) < announcement(token.text).octets
            return octets, data.end
        if run.payloads:
            index = run.literals.get(token.start, len(run.payloads))
            if index < len(run.payloads):
                return bytes(run.payloads[index]), token.end
        if token.end != len(run.text):
            run.notes("literal", token.start, "{n} must end the line, and the literal's octets follow")
        run.unfinished = True
        return None, token.end

    def show(self) -> str:
        return f"<{self.kind}>"
