"""ENVELOPE (RFC 9051 section 7.5.2)."""

from __future__ import annotations

import re
from functools import lru_cache

from imapsh.grammar.cursor import Cursor
from imapsh.grammar.names import readable
from imapsh.grammar.values import Address, Envelope
from imapsh.patterns import lazy

_NIL = "[Nn][Ii][Ll]"
#: the common nstring: 7-bit, neither a literal nor with an escape
_NS = rf'(?:"[^"\\\r\n\x00\x80-\xff]*+"|{_NIL})'
_LIST = rf"(?:\((?:\({_NS} {_NS} {_NS} {_NS}\))++\)|{_NIL})"
#: envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
#:            env-in-reply-to SP env-message-id ")"
_COMMON = lazy(r"\(" + " ".join([f"({_NS})"] * 2 + [f"({_LIST})"] * 6 + [f"({_NS})"] * 2) + r"\)")
#: address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
_ADDRESS = lazy(rf"\(({_NS}) ({_NS}) ({_NS}) ({_NS})\)")

_FLAT = lazy(rf'"|{_NIL} (?=["Nn])')  # the first field of an address, without the parenthesis before it

_LISTS = ("env-from", "env-sender", "env-reply-to", "env-to", "env-cc", "env-bcc")


def envelope(c: Cursor) -> Envelope:
    """Read an envelope, which is ten fields in order."""
    found = c.take(_COMMON)
    if found is not None:
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


def _nstring(text: str) -> str | None:
    return text[1:-1] if text[0] == '"' else None


@lru_cache(maxsize=512)
def _common_addresses(text: str) -> tuple[Address, ...] | None:
    """Return the addresses of a list that _LIST matched.  They are cached, because people write to the same people."""
    if text[0] != "(":
        return None
    return tuple(
        Address(
            name[1:-1] if name[0] == '"' else None,
            adl[1:-1] if adl[0] == '"' else None,
            mailbox[1:-1] if mailbox[0] == '"' else None,
            host[1:-1] if host[0] == '"' else None,
        )
        for name, adl, mailbox, host in _ADDRESS.findall(text)
    )


def _common(found: re.Match[str]) -> Envelope:
    date, subject, from_, sender, reply_to, to, cc, bcc, in_reply_to, message_id = found.groups()
    writers = _common_addresses(from_)
    return Envelope(
        _nstring(date),
        _nstring(subject),
        writers,
        writers if sender == from_ else _common_addresses(sender),
        writers if reply_to == from_ else _common_addresses(reply_to),
        _common_addresses(to),
        _common_addresses(cc),
        _common_addresses(bcc),
        _nstring(in_reply_to),
        _nstring(message_id),
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


def _address(c: Cursor) -> Address:
    """address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"."""
    common = c.take(_ADDRESS)
    if common is not None:
        return Address(*(None if part[0] != '"' else readable(part[1:-1]) for part in common.groups()))
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
