"""Finds a style for every token of a line, the server's or a typed one.

Server lines are styled by shape and place: after a response's name outside lists, in a list, or in the list after
FLAGS.  A table has the responses that differ from the rule; an unknown response follows the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from imapsh.grammar import tokens as kinds
from imapsh.grammar.sequence import PATTERN as SEQUENCE_SET
from imapsh.grammar.tokens import Token, tokenize
from imapsh.patterns import lazy
from imapsh.render.styles import Fragment
from imapsh.tuples import NamedTuple

STATUS_STYLES = {
    "OK": "status-ok",
    "PREAUTH": "status-ok",
    "NO": "status-no",
    "BAD": "status-bad",
    "BYE": "status-bye",
}


class Words(NamedTuple):
    """The styles of a response's words: outside lists and in lists.

    `mailbox` says which element outside lists is the mailbox.
    """

    outside: str = "atom"
    inside: str = "atom"
    mailbox: int = -1


_RULE = Words()
_RESPONSES = {
    "CAPABILITY": Words("keyword"),
    "ENABLED": Words("keyword"),
    "ESEARCH": Words("keyword", "keyword"),
    "FETCH": Words("atom", "keyword"),
    "FLAGS": Words("atom", "flag"),
    "LIST": Words("keyword", "flag", 2),
    "LSUB": Words("keyword", "flag", 2),
    "STATUS": Words("keyword", "keyword", 0),
    "UIDFETCH": Words("atom", "keyword"),
}
#: Codes whose words are flags or keywords; the words of other codes are plain.
_CODES = {"PERMANENTFLAGS": Words("atom", "flag"), "CAPABILITY": Words("keyword")}

_BY_KIND = {
    kinds.SPACE: "",
    kinds.CRLF: "",
    kinds.FLAG: "flag",
    kinds.QUOTED: "string",
    kinds.OPEN_QUOTE: "string",
    kinds.LITERAL: "literal",
    kinds.DATA: "literal",
    kinds.FILE: "literal",
    kinds.LPAREN: "paren",
    kinds.RPAREN: "paren",
    kinds.LBRACKET: "section",
    kinds.RBRACKET: "section",
    kinds.BAD: "error",
}


class DataStyles:
    """The styles of the tokens after a response's name, in order.  Literals between the pieces change nothing."""

    __slots__ = ("depth", "element", "flags", "previous", "section", "words")

    def __init__(self, name: str, depth: int = 0) -> None:
        self.words = _RESPONSES.get(name, _RULE)
        self.depth = depth
        self.element = 0  # how many elements have begun outside lists
        self.section = False
        self.flags = -1  # the depth of the list after FLAGS while in it
        self.previous = ""

    def style(self, token: Token) -> str:
        """Return the style of the next token."""
        kind = token.kind
        if kind is kinds.SPACE:
            return "section" if self.section else ""
        if kind is kinds.LBRACKET:
            self.section = True
        elif kind is kinds.RBRACKET:
            self.section = False
            return "section"
        if self.section:
            return "section"
        if kind is kinds.LPAREN:
            return self._open()
        if kind is kinds.RPAREN:
            self.depth -= 1
            if self.depth < self.flags:
                self.flags = -1
        if kind in (kinds.WORD, kinds.QUOTED, kinds.LITERAL) and self.depth == 0:
            self.element += 1
            if self.element - 1 == self.words.mailbox and kind is not kinds.LITERAL:
                return "mailbox"
        if kind is kinds.WORD:
            self.previous = token.text
            return self._word(token.text)
        return _BY_KIND[kind]

    def _open(self) -> str:
        if self.depth == 0:
            self.element += 1
        self.depth += 1
        if self.previous.upper() == "FLAGS":
            self.flags = self.depth
        return "paren"

    def _word(self, word: str) -> str:
        if self.flags >= 0:
            return "flag"
        if word.isdecimal():
            return "number"
        if word.upper() == "NIL":
            return "nil"
        if word[0] in "0123456789*$" and SEQUENCE_SET.fullmatch(word):
            return "set"
        if word[0] == "<" and word[-1] == ">":
            return "section"
        return self.words.outside if self.depth == 0 else self.words.inside


_HEAD = lazy(r"(\*|\+|[^ \r\n]+)(?:( +)(\d+)(?=[ \r\n]|\Z))?(?:( +)([^ \r\n()\"\[{]+))?")


def head(line: str) -> tuple[list[Fragment], str]:
    """Return the fragments up to a response's name, and the name in upper case (empty if there is none)."""
    star, _, rest = line.partition(" ")
    status = rest.partition(" ")[0]
    if star == "*" and status in STATUS_STYLES:  # as a greeting, for which a start compiles nothing
        return [("star", star), ("", " "), (STATUS_STYLES[status], status)], status
    found = _HEAD.match(line)
    if found is None:
        return [], ""
    start, gap, number, space, word = found.groups()
    name = (word or "").upper()
    made = [("star" if start in "*+" else "tag", start)]
    if number is not None:
        made += [("", gap), ("number", number)]
    if word is not None:
        made += [("", space), (STATUS_STYLES.get(name, "response") if number is None else "response", word)]
    return made, name


def status_text(text: str) -> list[Fragment]:
    """Return the fragments of resp-text: the code in its brackets, then the text as it is (RFC 9051 section 7.1)."""
    found = _CODE.match(text)
    if found is None:
        return [("text", text)]
    name = found[2].upper()
    words = DataStyles("")
    words.words = _CODES.get(name, _RULE)
    inside = [(words.style(token), token.text) for token in tokenize(found[3], wide=False)]
    return [("", found[1]), ("code", "[" + found[2]), *inside, ("code", "]"), ("text", text[found.end() :])]


_CODE = lazy(r"( *)\[([^ \]\"()\r\n]+)((?: (?:[^\]\"\r\n]|\"(?:[^\"\\\r\n]|\\.)*\")*)?)\]")


def server_line(line: str) -> list[Fragment]:
    """Return the fragments of one line from a server, with octets as Latin-1 and without literals.

    Joined they are the line.
    """
    made, name = head(line)
    rest = line[sum(len(text) for _, text in made) :]
    if line.startswith("+"):
        return [("star", "+"), *status_text(line[1:])]
    if name in STATUS_STYLES:
        return made + status_text(rest)
    if not line.startswith("*"):
        return [("garbage", line)]
    styles = DataStyles(name)
    return made + [(styles.style(token), token.text) for token in tokenize(rest, wide=False)]


#: Roles of `imapsh.typed.match` that are not the name of a style.
_ROLES = {"space": "", "item": "keyword"}


def sent_line(line: str, tag: str) -> list[Fragment]:
    """Return the fragments of a line that imapsh sent, which has this tag if it begins with it and a space."""
    if tag and line.startswith(f"{tag} "):
        from imapsh.table.model import Context
        from imapsh.typed.match import match

        found = match(line, Context(tagged=True))
        if found.command is not None:
            return typed_line(line, found.roles, found.tokens)
    return typed_line(line)


def style_of(role: str) -> str:
    """Return the style of a role of `imapsh.typed.match`."""
    return _ROLES.get(role, role)


def typed_line(text: str, roles: Sequence[str] | None = None, tokens: Iterable[Token] | None = None) -> list[Fragment]:
    """Return the fragments of a typed line.  Joined they are the text.

    `roles` and `tokens` come from a match.  Without them the line is matched here, and may have a tag.
    """
    if roles is None or tokens is None:
        from imapsh.typed.match import match

        found = match(text)
        roles, tokens = found.roles, found.tokens
    return [(style_of(role), token.text) for role, token in zip(roles, tokens, strict=True)]
