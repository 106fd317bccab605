"""Writes FETCH responses of one shape as JSON from their octets, without the values in between.

The names and their order are those of `imapsh.render.jsonform`: the templates here are what it writes for values that
are marks, and each mark is replaced with the text of a value.  A string of printable ASCII needs no change at all: the
escapes of IMAP are those of JSON.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from imapsh.grammar.names import readable
from imapsh.grammar.responses import UNTAGGED, Response
from imapsh.grammar.tokens import unquote
from imapsh.grammar.values import Address, Envelope, Fetch
from imapsh.hints import Any
from imapsh.render.fields import Kept, Unwritten, addresses, envelope_fields, nstrings, read, wide_fields
from imapsh.render.jsonform import dumps, plain, to_json, written
from imapsh.render.visible import Shown
from imapsh.wire.frames import Frame


def _template(form: Any, marks: Iterable[str]) -> str:
    """Return the text of `form` with `%s` in place of each mark."""
    text = written(form).replace("%", "%%")
    for mark in marks:
        text = text.replace(f'"{mark}"', "%s", 1)
    return text


def _marks(number: int) -> list[str]:
    return [f"@{index}@" for index in range(number)]


def _value(nstring: str) -> str | None:
    return readable(unquote(nstring)) if nstring[0] == '"' else None


def _flags(octets: bytes) -> str:
    return written(octets.decode("latin-1").split(" ") if octets else [])


_ADDRESS = _template(plain(Address(*_marks(4))), _marks(4))


def _one_address(text: str) -> str:
    strings = nstrings(text)
    if "=?" in text or not text.isprintable():
        return written(plain(Address(*map(_value, strings))))
    return _ADDRESS % tuple([string if string[0] == '"' else "null" for string in strings])


def _addresses(text: str) -> str:
    found = addresses(text)
    return f"[{','.join([_people[address] for address in found])}]" if found else "null"


_flag_lists = Kept(_flags)
_people = Kept(_one_address)
_lists = Kept(_addresses)

_FIELDS = _marks(len(Envelope._fields))
_ENVELOPE = _template(plain(Envelope(*_FIELDS)), _FIELDS)  # type: ignore[arg-type]
_SUBJECT = "=?us-ascii?q?@?="
_WITH_TEXT = _template(
    plain(Envelope(_FIELDS[0], _SUBJECT, *_FIELDS[2:])),  # type: ignore[arg-type]
    (_FIELDS[0], _SUBJECT, *_FIELDS[2:], "@"),
)


def _envelope(octets: bytes) -> str:
    text = octets.decode("latin-1")
    found = envelope_fields(text)
    if found is None or not text.isascii():
        raise Unwritten
    return _filled(found, text.isprintable())


def _wide_envelope(octets: bytes) -> str:
    """Do the same for an ENVELOPE that came with literals, which may be 8-bit."""
    found = wide_fields(octets.decode("latin-1"))
    if found is None or not "".join(found[2:8]).isascii():
        raise Unwritten
    return _filled(found, False)


def _filled(found: tuple[str, ...], printable: bool) -> str:
    date, subject, from_, sender, reply_to, to, cc, bcc, in_reply_to, message_id = found
    if not printable:
        date, subject, in_reply_to, message_id = map(_controlled, (date, subject, in_reply_to, message_id))
    fields = (
        date if date[0] == '"' else "null",
        subject if subject[0] == '"' else "null",
        _lists[from_],
        _lists[sender],
        _lists[reply_to],
        _lists[to],
        _lists[cc],
        _lists[bcc],
        in_reply_to if in_reply_to[0] == '"' else "null",
        message_id if message_id[0] == '"' else "null",
    )
    if "=?" in subject:
        raw = _value(found[1])
        shown = Envelope(subject=raw).subject_text
        if shown != raw:
            return _WITH_TEXT % (*fields, written(shown))
    return _ENVELOPE % fields


def _controlled(nstring: str) -> str:
    """Return a string that may hold controls and UTF-8 as JSON; NIL stays."""
    return written(readable(unquote(nstring))) if nstring[0] == '"' else nstring


def _number(octets: bytes) -> str:
    return str(int(octets))


def _quoted(octets: bytes) -> str:
    return f'"{octets.decode("latin-1")}"'


#: item -> what writes its value from its octets in a row
WRITERS: dict[str, Callable[[bytes], str]] = {
    "ENVELOPE": _envelope,
    "FLAGS": _flag_lists.__getitem__,
    "INTERNALDATE": _quoted,
    "MODSEQ": _number,
    "RFC822.SIZE": _number,
    "UID": _number,
}


class JsonRows:
    """Writes rows of one shape: each is the line, the message number and the value of each item, as octets.

    `names` are those of the items, all of WRITERS.  `raw` and `more` are those of `to_json`.
    """

    def __init__(self, names: Sequence[str], *, raw: bool = False, **more: Any) -> None:
        offset, length, seq, octets, *items = _marks(4 + len(names))
        fetch = Fetch(seq, dict(zip(names, items, strict=True)))  # type: ignore[arg-type]
        made = to_json(Response(UNTAGGED, "FETCH", fetch, Frame((b"",))), raw=raw, **more)
        made.update(offset=offset, length=length)
        if raw:
            made["raw"] = octets
        self._template = _template(made, (offset, length, seq, *items, octets)) + "\n"
        self._writers = [WRITERS[name] for name in names]
        self._wide = [_wide_envelope if name == "ENVELOPE" else WRITERS[name] for name in names]
        self._raw = raw
        self._more = more

    def text(self, rows: Iterable[Sequence[bytes]], offset: int) -> Shown:
        """Return the lines of `rows`, which are the text that `dumps(to_json(...))` gives for each, and its line end.

        `offset` counts the octets of the stream before the first.
        """
        template, writers, raw = self._template, self._writers, self._raw
        made: list[str] = []
        for line, number, *values in rows:
            size = len(line)
            try:
                texts = [write(value) for write, value in zip(writers, values)]  # noqa: B905 - strict takes longer
            except Unwritten:
                texts = self._with_literals(line, values)
            if texts:
                if raw:
                    texts.append(f'"{b64encode(line).decode("ascii")}"')
                made.append(template % (offset, size, number.decode("latin-1"), *texts))
            else:
                made.append(self._slowly(line, offset))
            offset += size
        return Shown("".join(made))

    def _with_literals(self, octets: bytes, values: Sequence[bytes]) -> list[str]:
        """Return the text of each value if there are literals and all can be written, else nothing."""
        if b"}\r\n" not in octets:
            return []
        try:
            return [write(value) for write, value in zip(self._wide, values, strict=True)]
        except Unwritten:
            return []

    def _slowly(self, line: bytes, offset: int) -> str:
        return dumps(to_json(read(line, offset), raw=self._raw, **self._more)) + "\n"


@lru_cache(maxsize=16)
def json_rows(names: tuple[str, ...], raw: bool = False, connection: str | None = None) -> JsonRows | None:
    """Return what writes rows of this shape; None if there is an item that is not written from its octets.

    `connection` is the name of the rows' connection, if it is to be said.
    """
    known = len(set(names)) == len(names) and all(name in WRITERS for name in names)
    return JsonRows(names, raw=raw, connection=connection) if known else None
