"""The rules with which a tap changes what passes (`--tap-rule`), and their grammar.

    hide CAPABILITY                               `hide AUTH=*` hides all that begin so
    delay SECONDS [client|server|COMMAND|* RESPONSE]
    cut OCTETS [client|server]
    split OCTETS [client|server]
    answer COMMAND TEXT...

Words are in any case.  A text with spaces is in double quotes, and a backslash takes the next character as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from imapsh.errors import UsageError
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple
from imapsh.wire.pieces import CLIENT, SERVER

if TYPE_CHECKING:
    import re

HIDE, DELAY, CUT, SPLIT, ANSWER = "hide", "delay", "cut", "split", "answer"

KINDS = {
    HIDE: "hide CAPABILITY",
    DELAY: "delay SECONDS [client|server|COMMAND|* RESPONSE]",
    CUT: "cut OCTETS [client|server]",
    SPLIT: "split OCTETS [client|server]",
    ANSWER: 'answer COMMAND "OK text"',
}

SIDES = {"client": CLIENT, "server": SERVER}

_WORD = lazy(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))')
_ESCAPED = lazy(r"\\(.)")
_CAPABILITY = lazy(r"[!#$&+,./0-9:;<=>?@A-Z^_`a-z|~-]+\*?|\*")
_NAME = lazy(r"[A-Za-z][A-Za-z0-9.-]*")
_SECONDS = lazy(r"\d{1,6}(?:\.\d{1,6})?")
_OCTETS = lazy(r"\d{1,18}")
_STATUS = lazy(r"(?i)(?:OK|NO|BAD)(?: .*)?")
_UNTAGGED = lazy(r"[*+] .*")
_TEXT = lazy(r"[\t -~]+")


class Rule(NamedTuple):
    """A rule, as it was given in `text`.

    `side` is the one whose octets it is about (`imapsh.wire.pieces`), or "".  `number` is in seconds or octets.  `name`
    is that of a capability, a command or an untagged response, in upper case.  `lines` are the answer's: without CRLF,
    and the last is without a tag.
    """

    kind: str
    text: str
    side: str = ""
    number: float = 0
    name: str = ""
    lines: tuple[bytes, ...] = ()

    @property
    def needs_lines(self) -> bool:
        """Return whether it must read lines, which it cannot under COMPRESS."""
        return bool(self.name)


class RuleError(UsageError):
    """A rule is wrong at the character `at` of its text."""

    def __init__(self, text: str, at: int, why: str) -> None:
        super().__init__(f"--tap-rule: {why} (character {at + 1} of {text!r})")
        self.text = text
        self.at = at


class _Word(NamedTuple):
    text: str
    at: int


def parse_rule(text: str) -> Rule:
    """Read a rule.  Raises RuleError."""
    words = _words(text)
    kind = words[0].text.lower() if words else ""
    if kind not in KINDS:
        _wrong(text, 0, f"a rule begins with {', '.join(list(KINDS)[:-1])} or {ANSWER}")
    rest = _Rest(text, words[1:])
    rule = _READERS[kind](rest, Rule(kind, text))
    if rest.more:
        _wrong(text, rest.at, f"nothing more was expected: {KINDS[kind]}")
    return rule


def _words(text: str) -> list[_Word]:
    words, at = [], 0
    while at < len(text.rstrip()):
        found = _WORD.match(text, at)
        if found is None:
            _wrong(text, text.index('"', at), "the quote does not end")
        quoted = found[1] is not None
        words.append(_Word(_ESCAPED.sub(r"\1", found[1]) if quoted else found[2], found.start(1 if quoted else 2)))
        at = found.end()
    return words


class _Rest:
    """The words of a rule that are not read yet."""

    def __init__(self, text: str, words: list[_Word]) -> None:
        self._text = text
        self._words = words

    @property
    def more(self) -> bool:
        return bool(self._words)

    @property
    def at(self) -> int:
        """Return where the next word is."""
        return self._words[0].at if self._words else len(self._text.rstrip()) + 1

    def take(self, pattern: re.Pattern[str], what: str) -> str:
        """Return the next word.  Raises RuleError if it does not match."""
        if not self._words or pattern.fullmatch(self._words[0].text) is None:
            _wrong(self._text, self.at, f"expected {what} here")
        return self._words.pop(0).text

    def peek(self) -> str:
        """Return the next word, or ""."""
        return self._words[0].text if self._words else ""


def _hide(rest: _Rest, rule: Rule) -> Rule:
    return rule._replace(side=SERVER, name=rest.take(_CAPABILITY, "the name of a capability").upper())


def _delay(rest: _Rest, rule: Rule) -> Rule:
    rule = rule._replace(number=float(rest.take(_SECONDS, "a number of seconds")))
    if rest.peek() == "*":
        rest.take(_CAPABILITY, "*")
        return rule._replace(side=SERVER, name=rest.take(_NAME, "the name of a response").upper())
    if rest.peek() in ("", *SIDES):
        return rule._replace(side=_side(rest))
    return rule._replace(side=CLIENT, name=rest.take(_NAME, "client, server, a command, or * and a response").upper())


def _counted(rest: _Rest, rule: Rule) -> Rule:
    at = rest.at
    number = int(rest.take(_OCTETS, "a number of octets"))
    if rule.kind == SPLIT and not number:
        _wrong(rule.text, at, "a piece has at least one octet")
    return rule._replace(number=number, side=_side(rest))


def _answer(rest: _Rest, rule: Rule) -> Rule:
    name = rest.take(_NAME, "the name of a command").upper()
    lines: list[str] = []
    while rest.more or not lines:
        at = rest.at
        lines.append(rest.take(_TEXT, 'a text in ASCII, such as "NO not now",'))
        if not (_UNTAGGED if rest.more else _STATUS).fullmatch(lines[-1]):
            wanted = "with * or +, as the last alone is tagged" if rest.more else "with OK, NO or BAD"
            _wrong(rule.text, at, f"this line of the answer must begin {wanted}")
    return rule._replace(side=CLIENT, name=name, lines=tuple(line.encode("ascii") for line in lines))


def _side(rest: _Rest) -> str:
    if not rest.more:
        return SERVER
    return SIDES[rest.take(_SIDE, "client or server")]


_SIDE = lazy("|".join(SIDES))
_READERS = {HIDE: _hide, DELAY: _delay, CUT: _counted, SPLIT: _counted, ANSWER: _answer}


def _wrong(text: str, at: int, why: str) -> NoReturn:
    raise RuleError(text, at, why)
