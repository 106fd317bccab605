"""Names of mailboxes whose spelling on the wire differs from what a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imapsh.grammar import mutf7
from imapsh.hints import Any


class MailboxName(str):
    """The name of a mailbox, decoded.  It is text like any other; `raw` is its spelling on the wire.

    The class is used for a name whose spelling differs: one in modified UTF-7 (RFC 3501 section 5.1.3), or INBOX in
    another case (RFC 9051 section 5.1).  It is used too for a name that is spelled as it reads, but that modified UTF-7
    would spell otherwise, such as `x & y` or a name in UTF-8.  So each name can be sent back as it came.

    `raw` has no quotation marks, and does not tell whether the name came as a literal.  An octet that is not UTF-8 is
    a lone surrogate in it, as `surrogateescape` makes it.
    """

    __slots__ = ("raw",)

    raw: str

    def __new__(cls, name: str, raw: str) -> MailboxName:
        """Return the name; `raw` is its spelling on the wire."""
        made = super().__new__(cls, name)
        made.raw = raw
        return made

    def __reduce__(self) -> tuple[type[MailboxName], tuple[str, str]]:
        return MailboxName, (str(self), self.raw)


def readable(text: str) -> str:
    """Return Latin-1 text of the wire as a person reads it: decoded as UTF-8 if it is UTF-8, else as it is."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return text


def spelled(wire: str, *, utf8: bool) -> tuple[str, list[str]]:
    """Return the name that a server spells like this, and what is wrong with its modified UTF-7.

    `wire` is Latin-1 text: a character for each octet.  The name is a MailboxName if its text alone does not tell how
    to spell it.  `utf8` says that names are in UTF-8.
    """
    if wire.isascii() and wire.isprintable() and "&" not in wire and (wire == "INBOX" or wire.upper() != "INBOX"):
        return wire, []  # as most are, whatever the encoding
    if utf8:
        name, faults = readable(wire), list[str]()
        plain = wire.isascii() or name != wire
    else:
        name, faults = mutf7.decode_leniently(readable(wire))
        plain = name == wire == mutf7.encode(name)
    if name.upper() == "INBOX":
        name, plain = "INBOX", wire == "INBOX"
    return (name if plain else MailboxName(name, wire.encode("latin-1").decode("utf-8", "surrogateescape"))), faults


def raw_of(name: Any) -> Any:
    """Return the spelling of a mailbox's name on the wire.  Any other value is returned as it is."""
    return name.raw if isinstance(name, MailboxName) else name


def octets_of(name: str, *, utf8: bool) -> bytes:
    """Return the octets to send for a mailbox's name: those that a server sent for it, or else its encoding.

    `utf8` says that names are in UTF-8, otherwise they are in modified UTF-7.  A name that came in modified UTF-7,
    before UTF-8 was enabled, is sent in UTF-8 then (RFC 6855 section 3).  Raises UnicodeEncodeError for a lone
    surrogate in a name that no server sent.
    """
    raw: str = raw_of(name)
    if isinstance(name, MailboxName) and not (utf8 and raw.isascii() and "&" in raw):
        return raw.encode("utf-8", "surrogateescape")
    return (name if utf8 else mutf7.encode(name)).encode("utf-8")


def spellings(value: Any) -> Iterator[MailboxName]:
    """Yield the names in a response's value that are spelled differently on the wire.

    They may be in tuples and mappings of any depth.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if type(one) is MailboxName:
            yield one
        elif isinstance(one, tuple):
            waiting += reversed(one)
        elif isinstance(one, Mapping):
            waiting += one.values()
