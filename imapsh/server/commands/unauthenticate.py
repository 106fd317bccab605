"""UNAUTHENTICATE (RFC 8437): all is as it was before the login, except for TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.server.reply import Arguments, Reply, ok

if TYPE_CHECKING:
    from imapsh.server.client import Client


def unauthenticate(client: Client, arguments: Arguments) -> Reply:
    """Do UNAUTHENTICATE (section 3).  Nothing is expunged, and what was enabled is no longer enabled (section 4.1)."""
    client.logout()
    client.compressing = False
    return ok("who is next?", "CAPABILITY", client.capabilities())


HANDLERS = {"UNAUTHENTICATE": unauthenticate}
CAPABILITIES = ("UNAUTHENTICATE",)
