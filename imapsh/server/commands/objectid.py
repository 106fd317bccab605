"""Identifiers of mailboxes, messages and threads (RFC 8474).  They are made from what never changes, so none is stored.

A mailbox keeps its UIDVALIDITY when it is renamed, and an account never uses one twice.  A message is known by its
octets.  A thread is known by the message that began it, as far as the header says: the first of References, else
In-Reply-To, else the message itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

from imapsh.grammar.objectid import ObjectId
from imapsh.server.commands.fetch import Item
from imapsh.server.search import Test
from imapsh.server.selected import Selected
from imapsh.server.store import Mailbox, Message

_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_BEGINNINGS = ("references", "in-reply-to", "message-id")  # the first of these that names a message


def mailbox_id(mailbox: Mailbox) -> ObjectId:
    """Return the MAILBOXID (section 4)."""
    return ObjectId(f"F{mailbox.uidvalidity}")


def email_id(message: Message) -> ObjectId:
    """Return the EMAILID (section 5.1).  Copies of a message have the same one."""
    return _digest("M", message.octets)


def thread_id(message: Message) -> ObjectId:
    """Return the THREADID (section 5.2), which depends only on the message."""
    fields = {field.name.lower(): field.value for field in reversed(message.mime.root.fields)}
    found = (_MESSAGE_ID.search(fields.get(name, "")) for name in _BEGINNINGS)
    first = next((one for one in found if one is not None), None)
    return _digest("T", first[0].encode("utf-8", "surrogateescape") if first is not None else message.octets)


def _digest(kind: str, octets: bytes) -> ObjectId:
    return ObjectId(kind + sha256(octets).hexdigest()[:20])


def _key(of: Callable[[Message], ObjectId]) -> Callable[[Selected, str], Test]:
    return lambda selected, wanted: lambda number, message: of(message) == wanted


def _item(of: Callable[[Message], ObjectId]) -> Callable[[Message, Item], ObjectId]:
    return lambda message, item: of(message)


CAPABILITIES = ("OBJECTID",)
STATUS = {"MAILBOXID": mailbox_id}
OPENED = CREATED = {"MAILBOXID": mailbox_id}
ITEMS = {"EMAILID": _item(email_id), "THREADID": _item(thread_id)}
KEYS = {"EMAILID": _key(email_id), "THREADID": _key(thread_id)}
