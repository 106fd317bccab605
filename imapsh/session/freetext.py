"""Masks known secrets in the server's free text, and never in the protocol's own tokens.

A password may be `2024`, `UIDPLUS` or `INBOX`, and then the server says it all the time without revealing anything.  So
a number, an atom, a flag or a name that the grammar reads is left alone, and its meaning stays as it came.  These are
masked:

- the text after a status word and its code, and the argument of a code if that is text;
- the text or challenge of a continuation request;
- strings, but not once the user is logged in: then they are mail;
- all of a line that is not a response, and all after `*` in a response that the table does not hold;
- data of mail and mailboxes before the login, except its numbers (no server sends such data then);
- a tag that no command has;
- strings, literals and words of a command, as in a search for them.

A frame keeps its length and its structure, so that offsets stay true and reading it again gives the same values.  The
trace, which is a file that people pass on, masks strings after the login too, and the tokens of URLs, known or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from imapsh.findings import Violation
from imapsh.grammar import codes
from imapsh.grammar.cursor import NamedReaders
from imapsh.grammar.responses import GARBAGE, UNTAGGED, Parser, Response
from imapsh.grammar.values import Garbage, StatusText
from imapsh.patterns import lazy
from imapsh.session.secrets import Masked, Secrets, runs
from imapsh.wire.frames import Frame, Part
from imapsh.wire.push import FIRST, LITERAL

_STATUS = lazy(rb"(\*|[^ \r\n*+][^ \r\n]*) (?:OK|NO|BAD|BYE|PREAUTH)(?=[ \r\n]|\Z)", re.IGNORECASE)
_DATA = lazy(rb"\* (?:\d+ )?([A-Za-z][^\x00-\x20\x7f-\xff(){%*\"\\\]\[]*)(?=[ \r\n]|\Z)")
_ANNOUNCED = lazy(rb"~?\{\d+\+?\}\r?\n\Z")
#: A code: its name and its argument, up to the bracket.
_CODE = lazy(
    rb" *\[([^\x00-\x20\]]+)((?: *\([^\r\n]*?\)(?=\](?:[ \r\n]|\Z)))|"
    rb'(?:[^\]"\r\n]|"(?:[^"\\\r\n]|\\.)*+"|\](?=[^ \r\n]))*+)\](?=[ \r\n]|\Z)'
)
_QUOTED = lazy(rb'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_UNEVEN = lazy(rb'(?:[^"]|"(?:[^"\\]|\\.)*+")*+"(?:[^"\\]|\\.)*+', re.DOTALL)  # a quotation mark without its partner
_WORD = lazy(rb'(?<= )[^ ()"{}\r\n]{4,}(?=[ )\r\n])')
_FIRST = lazy(rb"[A-Za-z0-9]+")
_ESCAPE = lazy(rb"\\.", re.DOTALL)
_NUMBER = lazy(rb"(?<![^ (\[,:])\d+(?![^ )\],:\r\n])")

_LARGE = 1 << 12  # octets of a literal from which on encodings are not looked into, because it may be mail

_BRACKET = b"["[0]  # a number, because looking for octets is slower

_ALL, _NOT_NUMBERS, _STRINGS, _NAME = range(4)

_Span = tuple[int, int, int]  # begin, end, and what of it is masked

#: Data that no server sends before the login.
_MAIL = frozenset("EXISTS RECENT EXPUNGE VANISHED FETCH UIDFETCH SEARCH ESEARCH FLAGS LIST LSUB STATUS".split())


class FreeText:
    """A mask for frames: it masks one after another, each line and literal in order.

    `readers` are the table's; `tags` returns the tags that commands have.
    """

    def __init__(self, secrets: Secrets, readers: NamedReaders, tags: Callable[[], Collection[str]]) -> None:
        self._secrets = secrets
        self._readers = readers
        self._tags = tags
        self._data = False  # the frame may hold literals
        self._rest = _ALL  # the parts to mask in the lines of the frame after its first
        self.logged_in = False

    def line(self, line: bytes, *, first: bool, announces: bool | None = None) -> bytes:
        """Mask a line, or the piece of one before or after a literal; `first` is true for a frame's first.

        `announces` says whether a literal follows.  None means that this is not known yet; then `{n}` announces one in
        data (RFC 9051 section 4.3).
        """
        if not self._secrets.known:
            return line
        spans = list(self._first(line)) if first else [(0, len(line), self._rest)]
        announced = _ANNOUNCED.search(line) if (self._data if announces is None else announces) else None
        stop = announced.start() if announced is not None else len(line)
        made = bytearray(line)
        for begin, end, what in spans:
            made[begin : min(end, stop)] = self._masked(line[begin : min(end, stop)], what)
        if len(spans) > 1:
            self._mask_across(line, made, [(begin, min(end, stop), what) for begin, end, what in spans])
        return bytes(made)

    def _mask_across(self, line: bytes, made: bytearray, spans: list[_Span]) -> None:
        """Mask the secrets that begin in one span and end in another."""
        for begin, end in runs(line, self._mask(line)):
            touched = [one for one in spans if one[0] < end and begin < one[1] and one[2] != _STRINGS]
            if len(touched) > 1:
                for low, high, what in touched:
                    low, high = max(low, begin), min(high, end)
                    made[low:high] = (b"x" if what == _NAME else b"*") * (high - low)

    def said(self, frame: Frame) -> Frame:
        """Return a line of the client without secrets in its strings, literals and words, as those of a search.

        A word is masked only if all of it is a secret and it is neither a number nor in upper case, as names are.  It
        gets the letter x instead of stars, which a word cannot hold.
        """
        if not self._secrets.known:
            return frame
        parts: list[Part] = []
        for index, part in enumerate(frame.parts):
            if isinstance(part, bytes):
                part = self._literal_said(part) if index % 2 else self._words(self._masked(part, _STRINGS))
            parts.append(part)
        return Frame(tuple(parts), frame.offset, frame.violations, frame.incomplete)

    def _literal_said(self, octets: bytes) -> bytes:
        return self._mask(octets) if len(octets) < _LARGE else self._secrets.mask(octets)

    def _words(self, line: bytes) -> bytes:
        def word(found: re.Match[bytes]) -> bytes:
            said = found[0]
            return said if said == said.upper() or self._mask(said).strip(b"*") else b"x" * len(said)

        return _WORD.sub(word, line)

    def shown(self, response: Response, parser: Parser, *, greeting: bool = False) -> Response:
        """Return the response as it may be shown, which is the same one if it holds no secret."""
        frame = response.frame
        if (tag := response.tag) is not None and not response.violations:
            line: bytes = frame.parts[0]  # type: ignore[assignment] # the first part is a line
            text = line[len(tag) + 1 + len(response.name) :]
            if _BRACKET not in line and text in self._secrets.clean and tag in self._tags():  # no code, and no secret
                return response
        parts: list[Part] = []
        for index, part in enumerate(frame.parts):
            if not isinstance(part, bytes):
                parts.append(part)
            elif index % 2 or response.kind is GARBAGE:
                parts.append(self._secrets.mask_text(part))
            else:
                parts.append(self.line(part, first=not index, announces=index + 1 < len(frame.parts)))
        if tuple(parts) == frame.parts:
            return response
        masked = Frame(tuple(parts), frame.offset, frame.violations, frame.incomplete)
        return self._same(response, parser.parse(masked, greeting=greeting))

    def _same(self, response: Response, again: Response) -> Response:
        """Return what `again`, read from the masked frame, says, as the kind of response that came."""
        kind, name, tag, value = response.kind, response.name, response.tag, again.value
        if (again.kind, again.name, again.tag) != (kind, name, tag):
            if kind is UNTAGGED:  # it was not in the table, so its name is masked too
                kind, name, tag = again.kind, again.name, again.tag
            elif kind is GARBAGE:
                name, value = "", Garbage()
            else:
                tag = None if tag is None else self._secrets.veil(tag)
                value = StatusText(response.value.code, self._secrets.veil(response.value.text))
        return Response(kind, name, value, again.frame, tag, self._violations(response, again))

    def _violations(self, response: Response, again: Response) -> tuple[Violation, ...]:
        mine, others = ([one[:2] for one in found.violations] for found in (response, again))
        if mine == others:
            return again.violations
        return tuple(one._replace(message=self._secrets.veil(one.message)) for one in response.violations)

    # -- the places to mask

    def _first(self, line: bytes) -> Iterator[_Span]:
        """Yield the places to mask in a frame's first line."""
        end, self._rest, self._data = len(line), _ALL, False
        if line.startswith(b"+"):
            yield from self._text(line, 1)
        elif (found := _STATUS.match(line)) is not None:
            if found[1] != b"*" and found[1].decode("latin-1") not in self._tags():
                yield 0, found.end(1), _ALL
            yield from self._text(line, found.end())
        elif (found := _DATA.match(line)) is not None and found[1].decode().upper() in self._readers("response"):
            name = found[1].decode().upper()
            self._data = True
            self._rest = _STRINGS if self.logged_in or name not in _MAIL else _NOT_NUMBERS
            yield found.end(), end, self._rest
        else:
            self._data = line.startswith(b"* ")
            begin = 2 if self._data else 0
            if found is not None:  # nothing in the table has this name
                yield *found.span(1), _NAME
                begin = found.end(1)
            elif not self._data and (word := _FIRST.match(line)) is not None:  # a star would make it another line
                yield *word.span(), _NAME
                begin = word.end()
            yield begin, end, _ALL

    def _text(self, line: bytes, start: int) -> Iterator[_Span]:
        """Yield the places to mask in resp-text."""
        found = _CODE.match(line, start)
        if found is not None:
            reader = self._readers("code").get(found[1].decode("latin-1").upper())
            if self._no_code(line, found, reader is not None):
                yield start, len(line), _ALL
                return
            start = found.end()
            if reader is None:
                yield *found.span(1), _NAME
            yield *found.span(2), (_NOT_NUMBERS if reader is None or reader in codes.FREE else _STRINGS)
        yield start, len(line), _ALL

    def _no_code(self, line: bytes, found: re.Match[bytes], known: bool) -> bool:
        """Return whether brackets belong to a secret, so that what looks like a code is text.

        If the code is unknown, one bracket is enough; if it is known, both must belong to the secret.
        """
        masked = self._mask(line[found.start() :])
        brackets = found.start(1) - 1, found.end() - 1
        return (all if known else any)(masked[at - found.start()] != line[at] for at in brackets)

    # -- the masking

    def _mask(self, octets: bytes) -> bytes:
        return self._secrets.mask_text(octets)

    def _masked(self, octets: bytes, what: int) -> bytes:
        if what == _ALL:
            return self._mask(octets)
        if what == _NAME:  # which cannot hold a star
            made = bytearray(octets)
            for begin, end in runs(octets, self._mask(octets)):
                made[begin:end] = b"x" * (end - begin)
            return bytes(made)
        if what == _STRINGS and _UNEVEN.fullmatch(octets) is None:
            return _QUOTED.sub(lambda found: b'"' + self._string(found[1]) + b'"', octets)
        masked = bytearray(self._mask(octets))
        for number in _NUMBER.finditer(octets):
            before, behind = max(0, number.start() - 1), number.end() + 1
            edges = masked[before : number.start()] + masked[number.end() : behind]
            if edges == octets[before : number.start()] + octets[number.end() : behind]:
                masked[number.start() : number.end()] = number[0]
        if what == _NOT_NUMBERS and not (b'"' in octets and _UNEVEN.fullmatch(octets)):
            return _in_atoms(octets, masked)
        return bytes(masked)

    def _string(self, content: bytes) -> bytes:
        """Return the text between quotation marks; an escape is masked whole or not at all."""
        masked = self._mask(content)
        if masked == content or b"\\" not in content:
            return masked
        made = bytearray(masked)
        for unit in _ESCAPE.finditer(content):
            if made[unit.start() : unit.end()] != unit[0]:
                made[unit.start() : unit.end()] = b"**"
        return bytes(made)


def _in_atoms(octets: bytes, masked: bytearray) -> bytes:
    """Return what is masked with letters in place of stars outside of strings, where no atom can hold a star."""
    end = 0
    for begin, stop in (*(found.span() for found in _QUOTED.finditer(octets)), (len(octets), len(octets))):
        for at in range(end, begin):
            if masked[at] != octets[at]:
                masked[at] = ord("x")
        end = stop
    return bytes(masked)


class Heard(FreeText):
    """A mask for the stream as the trace may keep it, in the pieces that `imapsh.wire.push` reports."""

    def __init__(self, secrets: Secrets, readers: NamedReaders, tags: Callable[[], Collection[str]]) -> None:
        super().__init__(secrets, readers, tags)
        self._literal = Masked(secrets)

    def feed(self, piece: bytes, kind: str) -> bytes:
        """Return the text that may be kept now."""
        from imapsh.grammar.imapurl import without_tokens

        if kind is LITERAL:
            return without_tokens(self._literal.feed(piece))
        return without_tokens(self._literal.rest() + self.line(piece, first=kind is FIRST))

    def rest(self) -> bytes:
        """Return the text that was held back; call it when no more comes."""
        return self._literal.rest()

    def _mask(self, octets: bytes) -> bytes:
        """Mask mail without looking into encodings, because there may be very much of it."""
        mail = self.logged_in and self._rest == _STRINGS
        return self._secrets.mask(octets) if mail else self._secrets.mask_text(octets)
