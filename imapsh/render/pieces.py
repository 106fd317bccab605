"""Cuts a response into pieces: the text that is shown, its style, and the octets it stands for."""

from __future__ import annotations

from itertools import chain, islice

from imapsh.errors import plural
from imapsh.grammar import tokens as kinds
from imapsh.grammar.names import spellings
from imapsh.grammar.responses import CLIENT, CONTINUATION, GARBAGE, UNTAGGED, Response
from imapsh.grammar.tokens import tokenize, unquote
from imapsh.patterns import lazy
from imapsh.render import lexer
from imapsh.render.chunks import FETCH_CHUNKS
from imapsh.render.styles import Fragment
from imapsh.render.visible import visible, visible_latin1, width
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Frame, Part, Spilled, size_of

TEXT = "text"  # a piece that never begins a new line
SECTION = "section"  # the same, inside [ ] of an item's name
BLOCK = "block"  # a literal that is shown on lines of its own

SHORT = 72  #: octets up to which a literal that is not a section's data is shown within the line
LONG = 2048  #: octets up to which a single word or string is shown whole
NOTE = 240  #: characters of a note
MESSAGE = 1000  #: characters of what is said about a fault, which may quote a server
MASK = "***"  #: shown in place of a secret; sessions and traces mask before, this is the safety net


class Piece(NamedTuple):
    """One piece of a response.

    `kind` is a token kind or one of this module's.  `start` is an octet offset in the frame, except in a common FETCH,
    in which no fault is marked.  `source` holds the octets as Latin-1, `text` what is shown of them, and `width` the
    columns that `text` takes.  `note` is a reading to show beside it.  `block` is a literal, and `label` the item whose
    value it is.
    """

    kind: str
    style: str
    text: str
    start: int
    source: str
    width: int
    note: str = ""
    block: Part | None = None
    label: str = ""

    def column(self, offset: int) -> int:
        """Return the column within the piece at which the octet `offset` of the frame is shown."""
        octets = self.source.encode("latin-1")
        before = width(visible(octets[: _character_start(octets, offset - self.start)]))
        shown_first = max(0, self.width - width(visible(octets)))  # the CRLF in front of a literal within the line
        return min(self.width, shown_first + before)


def _character_start(octets: bytes, cut: int) -> int:
    """Return `cut`, moved back to the first octet of the UTF-8 character that it would cut in two."""
    for start in range(max(0, cut - 3), cut):
        for end in range(cut + 1, start + 5):
            try:
                if len(octets[start:end].decode("utf-8")) == 1:
                    return start
            except UnicodeDecodeError:
                continue
    return cut


def pieces(response: Response, limit: int = 0, *, inline: bool = True) -> list[Piece]:
    """Return the pieces of a response.  Their sources and blocks joined are its octets, except for what is beyond
    `limit`.

    After `limit` octets of a line, the rest becomes one piece that names its size; 0 shows all.  `inline` puts short
    strings that came as literals within the line.
    """
    made: list[Piece] = []
    styles = lexer.DataStyles(response.name)
    at = 0
    for index, part in enumerate(response.frame.parts):
        if index % 2:
            made.append(_literal(part, at, made, response, inline))
        else:
            assert isinstance(part, bytes)
            shown = part[:limit] if limit else part
            line = _line(response, shown.decode("latin-1"), at, styles, first=index == 0)
            made.extend(map(_shortened, line) if limit and len(shown) > LONG else line)
            if len(shown) < len(part):
                missing = f" ... {len(part) - limit:,} more {plural(len(part) - limit, 'octet')}"
                made.append(Piece(TEXT, "note", missing, at + limit, "", len(missing)))
        at += size_of(part)
    return made


def _line(response: Response, line: str, at: int, styles: lexer.DataStyles, first: bool) -> list[Piece]:
    body = line.rstrip("\r\n")
    ending = line[len(body) :]
    made: list[Piece] = []
    if first:
        fragments, opaque = _head(response, body)
        for style, text in fragments:
            kind = kinds.SPACE if text.isspace() and not opaque else TEXT
            made.append(_piece(kind, style, text, at, _challenge(response, text)))
            at += len(text)
        body = body[sum(len(text) for _, text in fragments) :]
    if first and _is_common(response, body):
        made += chain.from_iterable(map(_fetched.__getitem__, FETCH_CHUNKS.findall(body)))
    else:
        made += _data(response, body, at, styles)
    if ending and ending != "\r\n":
        made.append(_piece(TEXT, "error", ending, at + len(body)))
    return made


def _data(response: Response, body: str, at: int, styles: lexer.DataStyles) -> list[Piece]:
    made: list[Piece] = []
    safe = body.isascii() and body.isprintable()
    names = _names(response) if "&" in body else {}
    new, style_of = tuple.__new__, styles.style  # this takes half the time of Piece itself
    for token in tokenize(body, wide=False):
        kind, text, start = token
        style = style_of(token)
        note = ""
        if style == "string" and "=?" in text:
            note = reading(text)
        elif names:
            note = names.get(unquote(text) if text.startswith('"') else text, "")
        if style == "section":
            kind = SECTION
        if safe:
            made.append(new(Piece, (kind, style, text, at + start, text, len(text), note, None, "")))
        else:
            made.append(_piece(kind, style, text, at + start, note))
    return made


_FLAG_LIST = lazy(r'FLAGS \([^()"]*\)')
_KEPT = 8192  # chunks kept; after that the memory starts anew


def _is_common(response: Response, body: str) -> bool:
    """Return whether it is a FETCH without section, literal and fault, in which `flags` is only the item's name."""
    if response.name != "FETCH" or response.kind != UNTAGGED or response.violations or "[" in body or "{" in body:
        return False
    return body.isascii() and body.isprintable() and body.lower().count("flags") == len(_FLAG_LIST.findall(body))


class _Fetched(dict[str, tuple[Piece, ...]]):
    """A map from a chunk of a common FETCH to its pieces.

    The pieces have no offset, because a common FETCH has no fault to be marked.
    """

    def __missing__(self, chunk: str) -> tuple[Piece, ...]:
        if chunk[0] == '"' != chunk:  # there is no end of strings, so they are worth a way of their own
            note = reading(chunk) if "=?" in chunk else ""
            made: tuple[Piece, ...] = (Piece(kinds.QUOTED, "string", chunk, 0, chunk, len(chunk), note),)
        else:
            response = Response(UNTAGGED, "FETCH", None, Frame(()))
            made = tuple(_data(response, chunk, 0, lexer.DataStyles("FETCH", depth=1)))
        if len(self) >= _KEPT:
            self.clear()
        if len(chunk) < LONG:
            self[chunk] = made
        return made


_fetched = _Fetched()


def _head(response: Response, line: str) -> tuple[list[Fragment], bool]:
    """Return the fragments of the line's beginning, and whether they are all of the line.

    They are all of it if no data follows.
    """
    if response.kind == CLIENT:
        return lexer.sent_line(line, response.tag or ""), False
    if response.kind == GARBAGE:
        return [("garbage", line)], True
    if response.name in lexer.STATUS_STYLES or response.kind == CONTINUATION:
        return lexer.server_line(line), True
    return lexer.head(line)[0], False


def _piece(kind: str, style: str, source: str, at: int, note: str = "") -> Piece:
    if style == "secret":
        return Piece(kind, style, MASK, at, source, len(MASK))
    if source.isascii() and source.isprintable():
        return Piece(kind, style, source, at, source, len(source), note)
    text = visible_latin1(source)
    return Piece(kind, style, text, at, source, width(text), note)


def _shortened(piece: Piece) -> Piece:
    size = len(piece.source)
    if size <= LONG:
        return piece
    rest = size - LONG // 2
    text = f"{visible_latin1(piece.source[: LONG // 2])} ... {rest:,} more {plural(rest, 'octet')}"
    return piece._replace(text=text, width=width(text))


def reading(quoted: str) -> str:
    """Return what is to be read beside a quoted string: its encoded words decoded; "" if it has none."""
    return _read(unquote(quoted))


def shorten(note: str, most: int = NOTE) -> str:
    """Return a note made visible and cut to `most` characters."""
    return visible(note if len(note) <= most else note[:most] + "...")


def _names(response: Response) -> dict[str, str]:
    """Return the notes for names of mailboxes in modified UTF-7: the name on the wire -> the decoded name."""
    return {name.raw: shorten(name) for name in spellings(response.value) if "&" in name.raw and name.raw != name}


def _read(text: str) -> str:
    """Return the note for a string with encoded words (RFC 2047), "" for any other."""
    from imapsh.grammar.encodedwords import encoded_words  # a first prompt needs none of it

    return shorten(encoded_words(text) or "")


def _challenge(response: Response, text: str) -> str:
    if response.kind != CONTINUATION or not text.startswith(" ") or not text.isascii():
        return ""
    from imapsh.render import decoded

    octets = decoded.challenge(text.strip().encode("ascii"))
    if octets is None:
        return ""
    shown = octets.decode("utf-8", "replace")
    return shorten(shown) if shown.replace("\n", " ").isprintable() and "\ufffd" not in shown else ""


def _literal(part: Part, at: int, before: list[Piece], response: Response, inline: bool) -> Piece:
    """Return a short string as a piece within the line, after a visible CRLF, and anything else as a block."""
    label = _label(before)
    if before and before[-1].style == "secret":
        return _piece(TEXT, "secret", "" if isinstance(part, Spilled) else part.decode("latin-1"), at)
    if not inline or isinstance(part, Spilled) or len(part) > SHORT or _is_section(label):
        return Piece(BLOCK, "data", "", at, "", 0, block=part, label=label)
    source = part.decode("latin-1")
    note = (_names(response).get(source) if "&" in source else None) or _read(_unfolded(part))
    text = "^M^J" + visible(part)
    return Piece(TEXT, "string", text, at, source, width(text), note)


def _unfolded(part: bytes) -> str:
    """Return a folded header's text on one line, for decoding (RFC 5322 section 2.2.3)."""
    return part.decode("utf-8", "replace").replace("\r\n", "")


def _label(before: list[Piece]) -> str:
    """Return the item's name before the literal that was just announced: `BODY[1.MIME]<0>`, or the last word."""
    words: list[str] = []
    announced = len(before) > 1 and before[-1].kind is kinds.LITERAL
    for piece in islice(reversed(before), 2 if announced else 0, None):  # no copy: there may be many literals
        if piece.kind in (kinds.SPACE, kinds.LPAREN, TEXT):
            break
        words.append(piece.source)
    return "".join(reversed(words)).upper()


def _is_section(label: str) -> bool:
    return "[" in label or label.startswith("RFC822")
