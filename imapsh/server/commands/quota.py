"""GETQUOTA and GETQUOTAROOT (RFC 9208): an account has one quota root, whose name is empty, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.grammar.quota import Quota, QuotaRoot
from imapsh.server.reply import Arguments, Reply, as_text, ok
from imapsh.server.store import Account, Mailbox, Refused

if TYPE_CHECKING:
    from imapsh.server.client import Client

_ROOT = ""


def get_quota(client: Client, arguments: Arguments) -> Reply:
    """Do GETQUOTA (section 4.1.1)."""
    root = as_text(arguments.all("quota-root")[0].value)
    if root != _ROOT or not client.user_account.limits:
        raise Refused("NONEXISTENT", f"there is no quota root {root!a}")
    client.send("QUOTA", _quota(client.user_account))
    return ok("counted")


def get_quota_root(client: Client, arguments: Arguments) -> Reply:
    """Do GETQUOTAROOT (section 4.1.2)."""
    account = client.user_account
    mailbox = account.find(arguments.mailbox())
    client.send("QUOTAROOT", QuotaRoot(mailbox.name, (_ROOT,) if account.limits else ()))
    if account.limits:
        client.send("QUOTA", _quota(account))
    return ok("counted")


def set_quota(client: Client, arguments: Arguments) -> Reply:
    """Do SETQUOTA (section 4.1.3): whoever uses the demo may set the limits, as an administrator may elsewhere."""
    account = client.user_account
    root = as_text(arguments.all("quota-root")[0].value)
    if root != _ROOT:
        raise Refused("NONEXISTENT", f"there is no quota root {root!a}")
    text = arguments.match.text
    names = [text[piece.start : piece.end].upper() for piece in arguments.all("quota-resource")]
    limits = [int(str(piece.value)) for piece in arguments.all("number64")]
    unknown = sorted(set(names) - set(account.usage()))
    if unknown:
        raise Refused("CANNOT", f"this server limits {' and '.join(account.usage())}, not {unknown[0]}")
    account.limits = dict(zip(names, limits, strict=True))
    client.send("QUOTA", _quota(account))
    return ok("set")


def _quota(account: Account) -> Quota:
    usage = account.usage()
    return Quota(_ROOT, {name: (usage[name], limit) for name, limit in account.limits.items()})


def _deleted(mailbox: Mailbox) -> int:
    return sum("\\Deleted" in message.flags for message in mailbox.messages)


def _deleted_storage(mailbox: Mailbox) -> int:
    return sum(len(message.octets) for message in mailbox.messages if "\\Deleted" in message.flags)


HANDLERS = {"GETQUOTA": get_quota, "GETQUOTAROOT": get_quota_root, "SETQUOTA": set_quota}
CAPABILITIES = ("QUOTA", "QUOTA=RES-STORAGE", "QUOTA=RES-MESSAGE", "QUOTASET")
STATUS = {"DELETED": _deleted, "DELETED-STORAGE": _deleted_storage}
