"""Writes FETCH responses of one shape in the pretty format from their octets.

The text is that of `imapsh.render.blocks`.  What decides where a line is broken is `imapsh.render.layout`; here its
rules for a FETCH are known beforehand: each item begins a line, and so does each field of an ENVELOPE that does not fit
and each address of a list that does not.  Rows that are broken in other places, or that are not plain, are read and
written as any other response.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from sys import maxsize

from imapsh.grammar.alike import Run, Shapes
from imapsh.grammar.responses import UNTAGGED, Response
from imapsh.patterns import lazy
from imapsh.render.blocks import limit_of, pretty_blocks
from imapsh.render.chunks import BLANK, MARGINS, Chunks, chunks_of, columns_of
from imapsh.render.fields import Kept, Unwritten, addresses, envelope_fields, nstrings, read
from imapsh.render.layout import FIELDS, INDENT
from imapsh.render.pieces import LONG, SHORT, reading
from imapsh.render.styles import Theme
from imapsh.render.visible import Shown, visible, width

_NARROW = 60  # columns below which a date or a number may not fit behind the name of its item
_HEAD = 30  # columns that are left for what is before a list of flags
_MANY = 16  # responses of one shape that are laid out in the time that its expression takes to be made
_FEW = 16  # sets of flags that are looked for in the lines of a run
_VALUE = "\0"  # in place of a value, which has none
_LINE_END = "^M^J"  # as it is shown
_HTML = lazy(r"\s*<")  # text that may be shown as HTML
_UNSAFE = bytes([*range(0x20), *range(0x7F, 0x100)])
_ITEM, _FIELD, _ADDRESS = (INDENT * level for level in (2, 3, 4))  # columns by which they are indented
_BREAK = {indent: f"\n{BLANK}{' ' * indent}" for indent in (_ITEM, _FIELD, _ADDRESS)}

_FORMS = {"INTERNALDATE": f'"{_VALUE}"', "MODSEQ": f"({_VALUE})"}  # around the value

ITEMS = frozenset({"ENVELOPE", "FLAGS", "INTERNALDATE", "MODSEQ", "RFC822.SIZE", "UID"})  #: that can be written


class PrettyRows:
    """Writes rows of one shape: each is the line, the message number and the value of each item, as octets.

    `names` are those of the items, all of ITEMS; the others are those of `pretty_blocks`.
    """

    def __init__(self, names: Sequence[str], theme: Theme | None, width: int | None, elide: int | None) -> None:
        self._manner = (theme, width, elide)
        self._columns = columns_of(width)
        self._most = limit_of(elide) or maxsize
        self._chunks = chunks = chunks_of(theme)
        self._envelope = names.index("ENVELOPE") if "ENVELOPE" in names else -1
        self._ends = self._envelope == len(names) - 1  # with the envelope, whose last note is behind all
        start = chunks.starts[MARGINS[UNTAGGED]].replace("%", "%%") + "%s" + chunks.middle
        items = [chunks.text(name).replace("%", "%%") + " %s" for name in names]
        end = "\n" if self._ends else chunks.paint("paren", ")") + "\n"
        self._inline = f"{start}{' '.join(items)}{end}"
        self._broken = f"{start}{_BREAK[_ITEM].join(items)}{end}"
        self._whole = chunks.margins[MARGINS[UNTAGGED]] if theme is None else None
        self._before = (len("*  FETCH (") if self._envelope == 0 else _ITEM) + len("ENVELOPE ")
        self._envelopes = _Envelopes(chunks, self._columns, limit_of(elide))
        self._kept_flags = Kept(self._flags)
        writers = {**_writers(chunks), "FLAGS": self._kept_flags.__getitem__}
        self._writers = [writers[name] for name in names]
        self._common = _Common(names, self._painted(names)) if self._envelope < 0 else None

    def run(self, run: Run) -> Shown:
        """Return the lines of a run's rows, as `text` does."""
        written = self._together(run)
        return self.text(run.lines()) if written is None else Shown(written)

    def _together(self, run: Run) -> str | None:
        """Return the lines if they are short and have no strings from people and few sets of flags, else None."""
        common, lines = self._common, run.octets
        if common is None or max(map(len, lines.split(b"\n"))) >= min(self._columns, self._most):
            return None
        flags = set(run.column("FLAGS")) if "FLAGS" in run.shape.names else set()
        if not common.takes(flags):
            return None
        try:
            painted = {_text(octets): self._kept_flags[octets] for octets in flags}
        except Unwritten:
            return None
        return common.text(_text(lines), painted)

    def _painted(self, names: Sequence[str]) -> str:
        """Return a short row without values, up to the number of the next."""
        writers = zip(names, self._writers, strict=True)
        values = [_VALUE if name == "FLAGS" else write(_VALUE.encode()) for name, write in writers]
        return f"{self._inline}{self._inline.partition('%s')[0]}%s" % (_VALUE, *values, "")

    def text(self, rows: Iterable[Sequence[bytes]]) -> Shown:
        """Return the lines of `rows`, which are the text that `pretty_blocks` gives for each."""
        made: list[str] = []
        write = self._row
        for row in rows:
            try:
                made.append(write(*row))
            except Unwritten:
                made += self._slowly(*row)
        return Shown("".join(made))

    def _slowly(self, octets: bytes, number: bytes, *values: bytes) -> Iterable[str]:
        if self._whole is not None and self._envelope >= 0 and octets.find(b"}\r\n") > 0:
            try:
                return (self._with_literal(octets, number, *values),)
            except Unwritten:
                pass
        return pretty_blocks(read(octets), *self._manner)

    def _with_literal(self, octets: bytes, number: bytes, *values: bytes) -> str:
        """Return the lines of a row whose subject is a literal, without colours.  Raises Unwritten for any other."""
        at = self._envelope
        subject = _LiteralSubject(octets, _text(values[at]))
        if not self._columns < len(subject.rest) or len(octets) > self._most:
            raise Unwritten
        texts = [write(value) for write, value in zip(self._writers, values)]  # noqa: B905 - strict takes longer
        room = self._columns - self._before - (0 if at else len(number)) - subject.wider
        texts[at] = self._envelopes.text(subject.rest, room, last=self._ends, subject=subject)
        return self._broken % (_text(number), *texts)

    def _row(self, line: bytes, number: bytes, *values: bytes) -> str:
        size = len(line)
        short = size - 2 <= self._columns
        at = self._envelope
        if size > self._most or (at >= 0 and not _is_plain(line, short)):
            raise Unwritten
        if short and self._whole is not None:
            return f"{self._whole}{line[:-2].decode('latin-1')}\n"
        texts = [write(value) for write, value in zip(self._writers, values)]  # noqa: B905 - strict takes longer
        if at >= 0:
            room = maxsize if short else self._columns - self._before - (0 if at else len(number))
            texts[at] = self._envelopes.text(texts[at], room, last=self._ends)
        return (self._inline if short else self._broken) % (number.decode("latin-1"), *texts)

    def _flags(self, octets: bytes) -> str:
        if b"[" in octets or len(octets) > min(self._columns - _HEAD, LONG):
            raise Unwritten
        whole = self._chunks.text(f"FLAGS ({octets.decode('latin-1')})")
        return whole.removeprefix(self._chunks.text("FLAGS "))


class _Common:
    """Writes short rows by what their lines have in common: it is painted where it stands, and the values stay.

    `painted` is a row without values and what is before the next number.  What is around a value holds the name of an
    item, or the end of the line, so it is found nowhere else if no flag holds such a name.
    """

    def __init__(self, names: Sequence[str], painted: str) -> None:
        items = " ".join(f"{name} {_FORMS.get(name, _VALUE)}" for name in names)
        pieces = list(zip(f"* {_VALUE} FETCH ({items})\r\n* ".split(_VALUE), painted.split(_VALUE), strict=True))
        at = names.index("FLAGS") + 1 if "FLAGS" in names else len(pieces)
        self._names = [name.encode() for name in names]
        self._start = pieces[0]
        self._around = pieces[at : at + 2]  # the text before FLAGS and behind it
        self._others = [piece for piece in (*pieces[1:at], *pieces[at + 2 :]) if piece[0] != piece[1]]

    def takes(self, flags: Collection[bytes]) -> bool:
        """Return whether rows with these sets of flags can be written."""
        return len(flags) <= _FEW and not any(name in octets for octets in flags for name in self._names)

    def text(self, lines: str, flags: Mapping[str, str]) -> str:
        """Return the text of lines; `flags` holds their sets of flags and how each is painted."""
        first, start = self._start
        text = lines[len(first) :] + first
        for octets, painted in flags.items():
            (before, shown), (behind, shown_behind) = self._around
            text = text.replace(f"{before}({octets}){behind}", f"{shown}{painted}{shown_behind}")
        for before, shown in self._others:
            text = text.replace(before, shown)
        return start + text[: -len(start)]


class _Envelopes:
    """Writes ENVELOPEs for a width; `limit` is 0 if long strings are shown whole."""

    def __init__(self, chunks: Chunks, columns: int, limit: int) -> None:
        self._chunks = chunks
        self._columns = columns
        self._limit = limit
        self._open, self._close = chunks.paint("paren", "("), chunks.paint("paren", ")")
        self._string = chunks.paint("string", "\n").split("\n")
        self._labels = [chunks.paint("note", f"  -- {field}") for field in FIELDS]
        self._lists = Kept(self._list)
        self._addresses = Kept(self._address)

    def text(self, text: str, room: int, last: bool, subject: _LiteralSubject | None = None) -> str:
        """Return an ENVELOPE, broken if it takes more columns than `room`.

        If it is the last item, it brings the parenthesis behind all.  `subject` is given if that came as a literal.
        Raises Unwritten.
        """
        if len(text) > LONG and self._limit and max(map(len, nstrings(text))) > LONG:
            raise Unwritten
        close = self._close if last else ""
        if len(text) <= room:
            if subject is not None:
                raise Unwritten
            return f"{self._chunks.text(text)}{close}{self._note(_readings(text))}"
        fields = envelope_fields(text)
        if fields is None:
            raise Unwritten
        lines = [self._field(*field) for field in zip(fields[:-1], FIELDS, self._labels)]  # noqa: B905 - the first nine
        lines.append(self._field(fields[-1], FIELDS[-1], self._labels[-1], self._close + close))
        if subject is not None:
            note = subject.note
            lines[1] = subject.text(self._note(f"{FIELDS[1]}: {note}") if note else self._labels[1])
        return f"{self._open}{_BREAK[_FIELD].join(lines)}"

    def _field(self, text: str, name: str, label: str, close: str = "") -> str:
        """Return a field with its name beside it, in `label` if nothing else is to be read."""
        if text[0] == '"':
            opened, closed = self._string
            notes = _readings(text) if "=?" in text else ""
            return f"{opened}{text}{closed}{close}{self._note(f'{name}: {notes}') if notes else label}"
        head, notes, rest = self._lists[text]
        return f"{head}{close}{self._note(f'{name}: {notes}') if notes else label}{rest}"

    def _list(self, text: str) -> tuple[str, str, str]:
        """Return the first line of addresses or NIL, what is to be read beside it, and the other lines."""
        if _FIELD + len(text) <= self._columns:
            beside = [self._addresses[address][1] for address in addresses(text)] if "=?" in text else ()
            return self._chunks.text(text), ", ".join(filter(None, beside)), ""
        found = addresses(text)
        if _ADDRESS + max(map(len, found)) > self._columns:
            raise Unwritten
        shown = [self._addresses[address] for address in found]
        closes = [*[""] * (len(shown) - 1), self._close]
        lines = [
            f"{_BREAK[_ADDRESS]}{line}{close}{self._note(notes)}"
            for (line, notes), close in zip(shown[1:], closes[1:], strict=True)
        ]
        return f"{self._open}{shown[0][0]}{closes[0]}", shown[0][1], "".join(lines)

    def _address(self, text: str) -> tuple[str, str]:
        """Return an address as it is painted, and what is to be read beside it."""
        return self._chunks.text(text), _readings(text)

    def _note(self, notes: str) -> str:
        return self._chunks.paint("note", f"  -- {notes}") if notes else ""


class _LiteralSubject:
    """The subject of an ENVELOPE, if it is the one literal of a row and printable.

    `envelope` is the text with the literal as a quoted string, and `rest` is the same with an empty one in its place.
    `note` is what is to be read beside it, and `wider` the columns that it takes beyond an empty string if it is shown
    within the line.  Raises Unwritten for other rows.
    """

    def __init__(self, octets: bytes, envelope: str) -> None:
        head, _, behind = octets.partition(b"}\r\n")
        begin, digits = head.rfind(b"{"), head[head.rfind(b"{") + 1 :]
        literal, behind = behind[: int(digits)], behind[int(digits) :]
        before = _text(head[head.find(b"ENVELOPE (") + len("ENVELOPE ") : begin])
        string = '"' + _text(literal).replace("\\", r"\\").replace('"', r"\"") + '"'
        text = literal.decode()
        plain = _is_plain(head + behind, False) and text.isprintable() and not _HTML.match(text)
        if not plain or not envelope.startswith(before + string) or ("=?" in text and not text.isascii()):
            raise Unwritten
        self.rest = before + '""' + envelope[len(before) + len(string) :]
        fields = envelope_fields(self.rest)
        if fields is None or before != f"({fields[0]} ":
            raise Unwritten
        self._announced = f"{{{_text(digits)}}}"
        self._block = len(literal) > SHORT
        self._text = visible(text)
        self.note = reading(string) if "=?" in text and not self._block else ""
        shown = width(self._announced + _LINE_END + self._text)
        self.wider = maxsize if self._block else shown - len('""')

    def text(self, note: str) -> str:
        """Return the lines of the subject, with its name and what is to be read beside the first."""
        if self._block:
            return f"{self._announced}{note}\n{BLANK}| {self._text}"
        return f"{self._announced}{_LINE_END}{self._text}{note}"


def _is_plain(line: bytes, short: bool) -> bool:
    """Return whether strings from people hold no controls, and on one line nothing that is read or cut."""
    if len(line.translate(None, _UNSAFE)) != len(line) - 2:
        return False
    return not short or (b"=?" not in line and len(line) <= LONG)


def _text(octets: bytes) -> str:
    return octets.decode("latin-1")


def _readings(text: str) -> str:
    """Return what is to be read beside the strings of a text, joined as on a line."""
    if "=?" not in text:
        return ""
    return ", ".join(filter(None, map(reading, nstrings(text))))


def _writers(chunks: Chunks) -> dict[str, Callable[[bytes], str]]:
    """Return what writes the value of an item from its octets, by the item's name."""
    open_string, close_string = chunks.paint("string", "\n").split("\n")
    open_number, close_number = chunks.paint("number", "\n").split("\n")
    opened, closed = chunks.paint("paren", "("), chunks.paint("paren", ")")

    def date(octets: bytes) -> str:
        return f'{open_string}"{octets.decode("latin-1")}"{close_string}'

    def number(octets: bytes) -> str:
        return f"{open_number}{octets.decode('latin-1')}{close_number}"

    def listed(octets: bytes) -> str:
        return f"{opened}{number(octets)}{closed}"

    return {"ENVELOPE": _text, "INTERNALDATE": date, "MODSEQ": listed, "RFC822.SIZE": number, "UID": number}


_shapes = Shapes(few=_MANY)


def row_text(response: Response, theme: Theme | None, width: int | None, elide: int | None) -> Shown | None:
    """Return the text of a FETCH that has one line and no fault, or None if it is not like those before it."""
    _shapes.saw(response)
    shape, line = _shapes.now, response.frame.raw
    found = shape.match(line) if shape is not None else None
    if shape is None or found is None:
        return None
    rows = pretty_rows(shape.names, theme, width, elide)
    return rows.text([(line, *shape.row(found))]) if rows is not None else None


@lru_cache(maxsize=16)
def pretty_rows(
    names: tuple[str, ...], theme: Theme | None = None, width: int | None = None, elide: int | None = None
) -> PrettyRows | None:
    """Return what writes rows of this shape; None if an item is not written from its octets, or if there is no room."""
    known = len(set(names)) == len(names) and all(name in ITEMS for name in names)
    return PrettyRows(names, theme, width, elide) if known and columns_of(width) >= _NARROW else None
