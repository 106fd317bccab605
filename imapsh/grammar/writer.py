"""The writer, which turns values into octets: strings, commands as fragments, and responses as a server sends them.

The content of a string decides if it is written as an atom, in quotes or as a literal (RFC 9051 section 4.3).  CR, LF
and NUL cannot be smuggled in: they go into literals, and NUL only into literal8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from imapsh.errors import UsageError, shown
from imapsh.grammar.fragments import Fragment, Literal, announce
from imapsh.grammar.names import octets_of
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import (
    Address,
    AppendUid,
    BodyPart,
    Capabilities,
    Code,
    CopyUid,
    Count,
    Envelope,
    ESearch,
    Expunged,
    Fetch,
    Flags,
    Id,
    MailboxList,
    MailboxStatus,
    Namespace,
    Namespaces,
    Search,
    StatusText,
    UidFetch,
    Unknown,
    Vanished,
)
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.patterns import lazy
from imapsh.wire.frames import Spilled

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: ATOM-CHAR, ASTRING-CHAR and TEXT-CHAR are listed: a complement would cover all of Unicode, which compiles slowly
_ATOM = lazy(r"[!#$&'+-Z\[^_`a-z|}~]+")
_ASTRING = lazy(r"[!#$&'+-Z\[\]^_`a-z|}~]+")
_QUOTABLE = lazy(r"[\x01-\x09\x0b\x0c\x0e-\x7f]*")
_QUOTABLE_8 = lazy(r"[\x01-\x09\x0b\x0c\x0e-\xff]*")
_CR, _LF, _NUL = b"\r\n\0"  # numbers: `13 in line` is ten times as fast as `b"\r" in line`
_SPECIAL = lazy(r'(["\\])')
_LONGEST_QUOTED = 1000  # octets; longer strings are literals, because lines have limits (RFC 2683 section 3.2.1.5)


class Writer:
    """A writer that gathers fragments.

    If `utf8` is true, quoted strings and mailbox names are written in UTF-8 (after ENABLE UTF8=ACCEPT or IMAP4rev2).
    A method raises UsageError for what cannot be written.
    """

    def __init__(self, utf8: bool = False) -> None:
        self.utf8 = utf8
        self._fragments: list[Fragment] = []
        self._text: list[bytes] = []

    def raw(self, text: str | bytes) -> Writer:
        """Write text as it is.  Raises UsageError for CR, LF or NUL."""
        octets = encoded(text, "utf-8" if self.utf8 else "ascii")
        if _CR in octets or _LF in octets or _NUL in octets:
            raise UsageError("CR, LF and NUL cannot be part of a command line: send them in a literal")
        self._text.append(octets)
        return self

    def literal(self, data: bytes, *, binary: bool = False) -> Writer:
        """Write a literal; a literal8 if `binary` is true or if the octets hold NUL."""
        return self.add(Literal(data, len(data), binary or _NUL in data))

    def add(self, literal: Literal) -> Writer:
        """Write a literal that was made elsewhere."""
        self.fragments().append(literal)
        return self

    def string(self, value: str | Buffer) -> Writer:
        """Write a string, in quotes if it can be, else as a literal."""
        octets = encoded(value, "utf-8")
        text = octets.decode("latin-1")
        quotable = (_QUOTABLE_8 if self.utf8 and _is_utf8(octets) else _QUOTABLE).fullmatch(text)
        if quotable is None or len(octets) > _LONGEST_QUOTED:
            return self.literal(octets)
        self._text.append(b'"' + _SPECIAL.sub(r"\\\1", text).encode("latin-1") + b'"')
        return self

    def nstring(self, value: str | Buffer | None) -> Writer:
        """Write a string, or NIL for None."""
        return self.raw("NIL") if value is None else self.string(value)

    def astring(self, value: str | Buffer) -> Writer:
        """Write an atom if it can be one, else a string.  "NIL" is a string, because readers would mistake the atom."""
        text = value if isinstance(value, str) else buffer(value).decode("latin-1")
        if "\0" in text:
            raise UsageError("NUL cannot be sent here")
        if _ASTRING.fullmatch(text) and text.upper() != "NIL":
            return self.raw(text)
        return self.string(value)

    def charset(self, name: str) -> Writer:
        """Write a charset: an atom if it can be one, else a string (RFC 9051 section 9).  An atom has no `]`."""
        return self.raw(name) if _ATOM.fullmatch(name) else self.string(name)

    def mailbox(self, name: str) -> Writer:
        """Write a mailbox name, in modified UTF-7 unless `utf8` is true.  Raises UsageError for a lone surrogate.

        A name that a server sent goes out with the octets that came (`imapsh.grammar.names`).
        """
        if not isinstance(name, str):
            raise UsageError(f"{shown(name)} is not a mailbox name: give text")
        try:
            return self.astring(octets_of(name, utf8=self.utf8))
        except UnicodeEncodeError as error:
            raise UsageError(f"{shown(name)} cannot be a mailbox name: it holds a lone surrogate") from error

    def flags(self, flags: Iterable[str]) -> Writer:
        """Write a flag list.  A str is one flag.  Raises UsageError for what is not a flag."""
        listed = (flags,) if isinstance(flags, str) else listed_of(flags, "flags")
        for flag in listed:
            if not isinstance(flag, str) or (flag != "\\*" and not _ATOM.fullmatch(flag.removeprefix("\\"))):
                raise UsageError(f"{shown(flag)} is not a flag: give a keyword, or a backslash and a keyword")
        return self.raw("(" + " ".join(listed) + ")")

    def items(self, values: Iterable[Any], write: Callable[[Any], object], between: str = " ") -> Writer:
        """Write the values in parentheses, each with `write`, and `between` between them."""
        self.raw("(")
        for index, value in enumerate(values):
            if index and between:
                self.raw(between)
            write(value)
        return self.raw(")")

    def value(self, value: Any) -> Writer:
        """Write a value of any shape, as `Cursor.value` reads it."""
        if value is None:
            return self.raw("NIL")
        if isinstance(value, int | SequenceSet):
            return self.raw(str(value))
        if isinstance(value, tuple | list):
            return self.items(value, self.value)
        if isinstance(value, str) and value.isdecimal():
            return self.string(value)  # an atom would be read as a number
        if isinstance(value, str) and "\0" in value:
            return self.literal(encoded(value, "utf-8"), binary=True)
        return self.astring(value)

    def fragments(self) -> list[Fragment]:
        """Return the fragments that were gathered."""
        if self._text:
            self._fragments.append(b"".join(self._text))
            self._text = []
        return self._fragments

    def wire(self) -> bytes:
        """Return what was gathered as a server sends it: literals are announced, and no CRLF is at the end."""
        return b"".join(
            fragment if isinstance(fragment, bytes) else announce(fragment) + fragment.data
            for fragment in self.fragments()
        )


_UNSENDABLE = {"ascii": "only ASCII may be, or a literal", "utf-8": "it is a lone surrogate, and no character"}


def encoded(text: str | Buffer, encoding: str) -> bytes:
    """Return the octets of a text.  Raises UsageError if it cannot be sent in this encoding."""
    if not isinstance(text, str):
        return buffer(text)
    try:
        return text.encode(encoding, "surrogateescape")
    except UnicodeEncodeError as error:
        raise UsageError(f"U+{ord(text[error.start]):04X} cannot be sent here: {_UNSENDABLE[encoding]}") from error


def buffer(value: object) -> bytes:
    """Return the octets of any buffer.  Raises UsageError for anything else."""
    if isinstance(value, bytes):
        return value
    try:
        return memoryview(value).tobytes()  # type: ignore[arg-type]
    except TypeError:
        raise UsageError(f"a {type(value).__name__} is neither text nor octets") from None


def listed_of(values: object, what: str) -> tuple[Any, ...]:
    """Return the values as a tuple.  Raises UsageError if they cannot be iterated over; `what` names them."""
    if not isinstance(values, Iterable):
        raise UsageError(f"{shown(values)} is not a list of {what}")
    return tuple(values)


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


# -- responses


def _writes(value: Any) -> bool:
    """Return whether a value writes itself, as those of the extensions do.

    `value.write(writer)` writes what follows the name of a response, code or item, including the space before it.
    """
    return hasattr(value, "write")


def response(name: str, value: Any, *, tag: str | None = None, utf8: bool = False) -> bytes:
    """Return a response as octets, including CRLF: untagged, `+`, or tagged if `tag` is given.

    `name` is the response's name (`FETCH`, `OK`, `+`, ...) and `value` its value of `imapsh.grammar.values`.
    """
    w = Writer(utf8)
    if name == "+":
        w.raw("+ ")
        _status_text(w, value)
    elif isinstance(value, StatusText):
        w.raw(f"{tag or '*'} {name} ")
        _status_text(w, value)
    else:
        w.raw("* ")
        write = _WRITERS.get(type(value))
        if write is not None:
            write(w, name, value)
        else:
            number = getattr(value, "seq", None)
            w.raw(name if number is None else f"{number} {name}")
            value.write(w)
    return w.wire() + b"\r\n"


def _status_text(w: Writer, value: StatusText) -> None:
    if value.code is not None:
        w.raw("[" + value.code.name)
        _code_argument(w, value.code)
        w.raw("] ")
    w.raw(value.text.encode("utf-8", "surrogateescape"))


def _code_argument(w: Writer, code: Code) -> None:
    argument = code.arg
    if _writes(argument):
        argument.write(w)
    elif isinstance(argument, AppendUid):
        w.raw(f" {argument.uidvalidity} {argument.uids}")
    elif isinstance(argument, CopyUid):
        w.raw(f" {argument.uidvalidity} {argument.source} {argument.destination}")
    elif code.name == "CAPABILITY":
        w.raw("".join(f" {name}" for name in argument))
    elif code.name == "PERMANENTFLAGS":
        w.raw(" ").flags(argument)
    elif isinstance(argument, tuple):
        w.raw(" ").items(argument, w.charset)
    elif argument is not None:
        w.raw(f" {argument}")


def _capabilities(w: Writer, name: str, value: Capabilities) -> None:
    w.raw(" ".join((name, *value.names)))


def _flags(w: Writer, name: str, value: Flags) -> None:
    w.raw(f"{name} ").flags(value.flags)


def _count(w: Writer, name: str, value: Count) -> None:
    w.raw(f"{value.number} {name}")


def _expunged(w: Writer, name: str, value: Expunged) -> None:
    w.raw(f"{value.seq} {name}")


def _vanished(w: Writer, name: str, value: Vanished) -> None:
    w.raw(f"{name} (EARLIER) {value.uids}" if value.earlier else f"{name} {value.uids}")


def _delimiter(w: Writer, delimiter: str | None) -> None:
    w.nstring(delimiter)


def _list(w: Writer, name: str, value: MailboxList) -> None:
    w.raw(f"{name} ").flags(value.attrs).raw(" ")
    _delimiter(w, value.delimiter)
    w.raw(" ").mailbox(value.mailbox)
    if value.extended:
        w.raw(" ").items(value.extended.items(), lambda item: _extended(w, *item))


def _extended(w: Writer, label: str, value: Any) -> None:
    w.string(label).raw(" ")
    if label == "OLDNAME":
        w.items(value, w.mailbox)
    elif isinstance(value, tuple):
        w.items(value, lambda item: w.string(item) if isinstance(item, str) else w.value(item))
    else:
        w.value(value)


def _status(w: Writer, name: str, value: MailboxStatus) -> None:
    w.raw(f"{name} ").mailbox(value.mailbox).raw(" ")
    w.items(value.items.items(), lambda item: _named(w, *item))


def _named(w: Writer, name: str, value: Any) -> None:
    """Write a name and the value that follows it."""
    w.raw(name)
    if _writes(value):
        value.write(w)
    else:
        w.raw(" ").value(value)


def _namespaces(w: Writer, name: str, value: Namespaces) -> None:
    w.raw(name)
    for namespace in value:
        w.raw(" ")
        if namespace is None:
            w.raw("NIL")
        else:
            w.items(namespace, lambda one: _namespace(w, one), between="")


def _namespace(w: Writer, value: Namespace) -> None:
    w.raw("(").string(octets_of(value.prefix, utf8=w.utf8)).raw(" ")
    _delimiter(w, value.delimiter)
    for label, values in value.extension.items():
        w.raw(" ").string(label).raw(" ").items(values, w.string)
    w.raw(")")


def _search(w: Writer, name: str, value: Search) -> None:
    w.raw(" ".join((name, *map(str, value.ids))))
    if value.modseq is not None:
        w.raw(f" (MODSEQ {value.modseq})")


def _esearch(w: Writer, name: str, value: ESearch) -> None:
    w.raw(name)
    if value.tag is not None:
        w.raw(" (TAG ").string(value.tag)
        if "MAILBOX" in value.items and "UIDVALIDITY" in value.items:  # RFC 7377 section 2.1
            w.raw(" MAILBOX ").mailbox(value.items["MAILBOX"]).raw(f" UIDVALIDITY {value.items['UIDVALIDITY']}")
        w.raw(")")
    if value.uid:
        w.raw(" UID")
    for item, found in value.items.items():
        if value.tag is not None and item in ("MAILBOX", "UIDVALIDITY"):
            continue
        w.raw(" ")
        _named(w, item, found)


def _id(w: Writer, name: str, value: Id) -> None:
    w.raw(f"{name} ")
    if value.fields is None:
        w.raw("NIL")
    else:
        w.items(value.fields.items(), lambda item: w.string(item[0]).raw(" ").nstring(item[1]))


def _fetch(w: Writer, name: str, value: Fetch | UidFetch) -> None:
    w.raw(f"{value[0]} {name} ")
    w.items(value.items.items(), lambda item: fetch_item(w, *item))


def fetch_item(w: Writer, name: str, value: Any) -> None:
    """Write the name of an item, or of a part of one, and its value."""
    w.raw(name)
    if _writes(value):
        value.write(w)
        return
    w.raw(" ")
    if name == "FLAGS":
        w.flags(value)
    elif name == "MODSEQ":
        w.raw(f"({value})")
    elif isinstance(value, str):
        w.string(value)
    elif isinstance(value, Envelope):
        _envelope(w, value)
    elif isinstance(value, BodyPart):
        _body(w, value)
    elif isinstance(value, bytes):
        _octets(w, name, value)
    elif isinstance(value, Spilled):
        raise UsageError(f"the octets of {name} went to a sink and cannot be written again")
    else:
        w.value(value)


def _octets(w: Writer, name: str, value: bytes) -> None:
    """Write a body section as a literal, which every client expects.  Short text in quotes would be legal too."""
    w.literal(value, binary=name.startswith("BINARY["))


def _envelope(w: Writer, value: Envelope) -> None:
    w.raw("(").nstring(value.date).raw(" ").nstring(value.subject)
    for addresses in value[2:8]:
        w.raw(" ")
        if not addresses:
            w.raw("NIL")
        else:
            w.items(addresses, lambda address: _address(w, address), between="")
    w.raw(" ").nstring(value.in_reply_to).raw(" ").nstring(value.message_id).raw(")")


def _address(w: Writer, value: Address) -> None:
    w.items(value, w.nstring)


def _params(w: Writer, params: dict[str, str | None] | None) -> None:
    if not params:
        w.raw("NIL")
    else:
        w.items((part for pair in params.items() for part in pair), w.nstring)


def _body(w: Writer, part: BodyPart) -> None:
    w.raw("(")
    if part.parts is not None:
        for inner in part.parts:
            _body(w, inner)
        w.raw(" ").string(part.subtype or "")
    else:
        _single(w, part)
    if part.extended:
        w.raw(" ")
        if part.parts is not None:
            _params(w, part.params)
        else:
            w.nstring(part.md5)
        _extension(w, part)
    w.raw(")")


def _single(w: Writer, part: BodyPart) -> None:
    w.string(part.type or "").raw(" ").string(part.subtype or "").raw(" ")
    _params(w, part.params)
    w.raw(" ").nstring(part.id).raw(" ").nstring(part.description).raw(" ").string(part.encoding or "7BIT")
    w.raw(f" {part.size or 0}")
    if part.envelope is not None and part.body is not None:
        w.raw(" ")
        _envelope(w, part.envelope)
        w.raw(" ")
        _body(w, part.body)
    if part.lines is not None:
        w.raw(f" {part.lines}")


def _extension(w: Writer, part: BodyPart) -> None:
    w.raw(" ")
    if part.disposition is None:
        w.raw("NIL")
    else:
        w.raw("(").string(part.disposition[0] or "").raw(" ")
        _params(w, part.disposition[1])
        w.raw(")")
    w.raw(" ")
    if part.language is None:
        w.raw("NIL")
    elif len(part.language) == 1:
        w.string(part.language[0])
    else:
        w.items(part.language, w.string)
    w.raw(" ").nstring(part.location)
    for value in part.extension:
        w.raw(" ")
        _extension_value(w, value)


def _extension_value(w: Writer, value: Any) -> None:
    """body-extension = nstring / number / "(" body-extension *(SP body-extension) ")"."""
    if isinstance(value, tuple):
        w.items(value, lambda inner: _extension_value(w, inner))
    elif isinstance(value, int):
        w.raw(str(value))
    else:
        w.nstring(value)


def _unknown(w: Writer, name: str, value: Unknown) -> None:
    w.raw(name if value.number is None else f"{value.number} {name}")
    for item in value.data:
        w.raw(" ").value(item)


_WRITERS: dict[type, Callable[[Writer, str, Any], None]] = {
    Capabilities: _capabilities,
    Flags: _flags,
    Count: _count,
    Expunged: _expunged,
    Vanished: _vanished,
    MailboxList: _list,
    MailboxStatus: _status,
    Namespaces: _namespaces,
    Search: _search,
    ESearch: _esearch,
    Id: _id,
    Fetch: _fetch,
    UidFetch: _fetch,
    Unknown: _unknown,
}
