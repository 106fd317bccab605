"""REPLACE and UID REPLACE (RFC 8508): a message is stored and one of the selected mailbox is removed, in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.server.commands.fetch import chosen
from imapsh.server.commands.message import stored
from imapsh.server.reply import Arguments, Reply, ok
from imapsh.server.store import Refused

if TYPE_CHECKING:
    from imapsh.server.client import Client


def replace(client: Client, arguments: Arguments) -> Reply:
    """Do REPLACE (section 3.2)."""
    return _replace(client, arguments, uid=False)


def uid_replace(client: Client, arguments: Arguments) -> Reply:
    """Do UID REPLACE (section 3.3)."""
    return _replace(client, arguments, uid=True)


def _replace(client: Client, arguments: Arguments, *, uid: bool) -> Reply:
    """Replace the message.  APPENDUID is sent in an untagged OK before the EXPUNGE (section 4.3)."""
    selected = client.mailbox
    selected.writable()
    old = [message for _, message in selected.pick(chosen(arguments), uid=uid) if selected.exists(message)]
    if not old:
        raise Refused("NONEXISTENT", "the message to replace is not there: nothing was stored")
    target = client.user_account.target(arguments.mailbox())
    client.send("OK", ok("stored", "APPENDUID", stored(client, target, arguments, old)))
    selected.mailbox.expunge(old)
    return ok("replaced")


CAPABILITIES = ("REPLACE",)
HANDLERS = {"REPLACE": replace, "UID REPLACE": uid_replace}
