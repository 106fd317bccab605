"""COMPRESS (RFC 4978): both directions are deflated from the OK on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.server.reply import Arguments, Reply, ok
from imapsh.server.store import Refused

if TYPE_CHECKING:
    from imapsh.server.client import Client


def compress(client: Client, arguments: Arguments) -> Reply:
    """Do COMPRESS DEFLATE (section 3)."""
    if client.compressing:
        raise Refused("COMPRESSIONACTIVE", "it is compressed already")
    client.compressing = True
    return ok("deflated from here on")


HANDLERS = {"COMPRESS": compress}
CAPABILITIES = ("COMPRESS=DEFLATE",)
