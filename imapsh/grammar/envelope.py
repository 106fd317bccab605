"""ENVELOPE (RFC 9051 section 7.5.2)."""

from __future__ import annotations

import re

from imapsh.grammar import kept
from imapsh.grammar.atoms import unescaped
from imapsh.grammar.cursor import Cursor
from imapsh.grammar.values import Address, Envelope
from imapsh.patterns import lazy
from imapsh.wire.frames import Frame

NIL = "[Nn][Ii][Ll]"
#: the characters of a quoted string that need no backslash before them: TEXT-CHAR except quoted-specials.  A class of
#: what is allowed is faster than one of what is not.
PLAIN = r"[\x01-\t\x0b\x0c\x0e-!#-\[\]-\x7f]"
#: what is between the quotation marks, as the source of an expression; possessive, so that no string is read twice
QUOTED = rf'{PLAIN}*+(?:\\["\\]{PLAIN}*+)*+'


def _nstring(group: str) -> str:
    """Return the expression for the common nstring, which is 7-bit and not a literal; `group` begins its value."""
    return rf'(?:"{group}{QUOTED})"|{NIL})'


NSTRING = _nstring("(?:")  #: the source of an expression, without groups, for the common nstring
ADDRESS = rf"\({NSTRING}(?: {NSTRING}){{3}}+\)"  #: the same for an address; short, so that it compiles fast
#: address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
_ADDRESS = lazy(r"\(" + " ".join([_nstring("(")] * 4) + r"\)")
#: the same for what was matched before, which may be 8-bit in a string that came as a literal
_ESCAPED = lazy(r"\(" + " ".join([rf'(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|{NIL})'] * 4) + r"\)")
#: and if it has no escapes, in less time
_BARE = lazy(r"\(" + " ".join([rf'(?:"([^"]*)"|{NIL})'] * 4) + r"\)")


def _form(group: str) -> str:
    """Return the expression for the common envelope; `group` begins each of its ten values.

    envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
               env-in-reply-to SP env-message-id ")"
    """
    text, addresses = _nstring(group), rf"(?:{group}\((?:{ADDRESS})++\))|{NIL})"
    return r"\(" + " ".join([text] * 2 + [addresses] * 6 + [text] * 2) + r"\)"


COMMON = _form("(?:")
"""The source of an expression, without groups, for an envelope that breaks no rule: 7-bit and without literals."""
_COMMON = lazy(_form("("))


def _fields() -> str:
    text, people = _nstring("("), rf"\((?:{ADDRESS})++\)"
    other = rf"(?:({people})|{NIL})"
    writer = rf"(?:(?P=env_from)|({people}|{NIL}))"
    fields = [text, text, rf"(?:(?P<env_from>{people})|{NIL})", writer, writer, other, other, other, text, text]
    return (r"\(" + " ".join(fields) + r"\)").replace(NIL, "NIL")


FIELDS = _fields()
"""The source of the same, with NIL in capitals, and with a group for each field, as `read_fields` takes them."""
_LEVELS = 3  # levels of parentheses in an envelope
_SHORT = 150  # characters of a list that is likely to come again
_PAUSE = 8  # times as many lists as are kept are read before it is tried again

_FLAT = lazy(rf'"|{NIL} (?=["Nn])')  # the first field of an address, without the parenthesis before it

_LISTS = ("env-from", "env-sender", "env-reply-to", "env-to", "env-cc", "env-bcc")


def envelope(c: Cursor) -> Envelope:
    """Read an envelope, which is ten fields in order."""
    found = _COMMON.match(c.text, c.pos, c.end) if c.depth + _LEVELS <= c.nesting else None
    if found is not None:
        c.pos = found.end()
        return _common(found)
    rule = "envelope"
    if c.peek() != "(" and c.nil():
        c.fail(rule, "NIL instead of an envelope", c.pos - 3)
        return Envelope()
    c.enter(rule)
    fields: list[object] = [c.nstring("env-date")]
    c.space(rule)
    fields.append(c.nstring("env-subject"))
    for name in _LISTS:
        if _short(c):
            break
        c.space(rule)
        fields.append(_addresses(c, name))
    for name in ("env-in-reply-to", "env-message-id"):
        if _short(c):
            break
        c.space(rule)
        fields.append(c.nstring(name))
    if c.tolerant and c.peek() == " ":
        c.fail(rule, "more than ten fields")
        while c.peek() not in (")", ""):
            c.space(rule)
            c.skip()
    c.leave(rule)
    return Envelope(*fields)  # type: ignore[arg-type]


def _short(c: Cursor) -> bool:
    """Return whether the envelope ends before its ten fields, and note it (QQ Mail leaves out in-reply-to)."""
    if c.peek() == ")":
        c.fail("envelope", "fewer than ten fields")
    return c.peek() == ")"


def _plain(text: str | None) -> str | None:
    """Return the value of what was between quotation marks."""
    return text and unescaped(text)


class _Lists:
    """Lists of addresses, of which short ones are kept, because people write to the same people.

    Where most are different, keeping takes longer than reading.  So it pauses if few came again.
    """

    __slots__ = ("_again", "_known", "_pause")

    def __init__(self) -> None:
        self._known: dict[str, tuple[Address, ...]] = {}
        self._again = 0  # how many came again
        self._pause = 0  # how many are read without being looked for

    def read(self, text: str) -> tuple[Address, ...]:
        """Return the addresses of a list that _COMMON or FIELDS matched."""
        if len(text) > _SHORT:
            return _read_list(text)
        if self._pause:
            self._pause -= 1
            return _read_list(text)
        known = self._known.get(text)
        if known is not None:
            self._again += 1
            return known
        if len(self._known) >= kept.MOST:
            self._pause = 0 if self._again >= kept.MOST // 2 else kept.MOST * _PAUSE
            self._again = 0
        return kept.keep(self._known, text, _read_list(text))


_lists = _Lists()
_listed = _lists.read


def _read_list(text: str) -> tuple[Address, ...]:
    if "\\" in text or '""' in text:
        return tuple([_made(found) for found in _ESCAPED.finditer(text)])
    new = tuple.__new__  # this takes half the time of calling Address
    return tuple([new(Address, (a or None, b or None, c or None, d or None)) for a, b, c, d in _BARE.findall(text)])


def _made(found: re.Match[str]) -> Address:
    return Address(*map(_plain, found.groups()))


def _common(found: re.Match[str]) -> Envelope:
    date, subject, from_, sender, reply_to, to, cc, bcc, in_reply_to, message_id = found.groups()
    if found.string.find("\\", found.start(), found.end()) >= 0:
        date, subject, in_reply_to, message_id = _plain(date), _plain(subject), _plain(in_reply_to), _plain(message_id)
    writers = None if from_ is None else _listed(from_)
    return tuple.__new__(
        Envelope,
        (
            date,
            subject,
            writers,
            writers if sender == from_ else None if sender is None else _listed(sender),
            writers if reply_to == from_ else None if reply_to is None else _listed(reply_to),
            None if to is None else _listed(to),
            None if cc is None else _listed(cc),
            None if bcc is None else _listed(bcc),
            in_reply_to,
            message_id,
        ),
    )


def _addresses(c: Cursor, rule: str) -> tuple[Address, ...] | None:
    """env-from = "(" 1*address ")" / nil, and the fields like it."""
    if c.nil():
        return None
    if c.tolerant and c.peek() != "(":
        c.fail(rule, "expected a list of addresses or NIL")
        c.nstring(rule)
        return None
    c.enter(rule)
    if c.tolerant and c.peek() != "(" and _FLAT.match(c.text, c.pos, c.end):
        c.fail(rule, "an address without its parentheses")
        c.pos -= 1
        return (_address(c),)
    found: list[Address] = []
    while c.peek() not in (")", ""):
        if c.peek() != "(":
            _between(c, rule)
            continue
        found.append(_address(c))
    if not found:
        c.fail(rule, "() instead of NIL")
    c.leave(rule)
    return tuple(found)


def _between(c: Cursor, rule: str) -> None:
    """Note and step over spaces (Outlook.com, GreenMail) or NIL between addresses."""
    c.fail(rule, "only an address may follow here, with no space before it")
    if c.peek() == " ":
        c.pos += 1
    elif not c.nil():
        raise c.give_up(rule, "expected an address")


def read_common(octets: bytes) -> Envelope:
    """Return the envelope that COMMON has matched; some of its strings may be 8-bit in place of others, and UTF-8."""
    found = _COMMON.match(octets.decode("latin-1"))
    return _common(found) if found is not None else envelope(Cursor(Frame((octets,)), utf8=True))


def read_fields(fields: tuple[bytes | None, ...]) -> Envelope:
    """Return the envelope whose fields FIELDS has matched: None is NIL, and for the sender and reply-to it is from."""
    date, subject, from_, sender, reply_to, to, cc, bcc, in_reply_to, message_id = fields
    writers = None if from_ is None else _listed(from_.decode())
    return tuple.__new__(
        Envelope,
        (
            None if date is None else _text(date),
            None if subject is None else _text(subject),
            writers,
            writers if sender is None else _others(sender),
            writers if reply_to is None else _others(reply_to),
            None if to is None else _listed(to.decode()),
            None if cc is None else _listed(cc.decode()),
            None if bcc is None else _listed(bcc.decode()),
            None if in_reply_to is None else _text(in_reply_to),
            None if message_id is None else _text(message_id),
        ),
    )


def _text(octets: bytes) -> str:
    """Return the value of what was between quotation marks."""
    text = octets.decode()
    return unescaped(text) if "\\" in text else text


def _others(octets: bytes) -> tuple[Address, ...] | None:
    return None if octets == b"NIL" else _listed(octets.decode())


def _address(c: Cursor) -> Address:
    """address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"."""
    common = _ADDRESS.match(c.text, c.pos, c.end) if c.depth < c.nesting else None
    if common is not None:
        c.pos = common.end()
        return _made(common)
    rule = "address"
    c.enter(rule)
    fields: list[str | None] = []
    for _ in range(4):
        if c.tolerant and c.peek() == ")":
            c.fail(rule, "fewer than four fields")
            fields.extend([None] * (4 - len(fields)))
            break
        if fields:
            c.space(rule)
        fields.append(c.nstring(rule))
    if c.tolerant and c.peek() == " ":
        c.fail(rule, "more than four fields")
        while c.peek() not in (")", ""):
            c.space(rule)
            c.skip()
    c.leave(rule)
    return Address(*fields)
