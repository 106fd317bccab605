"""UIDONLY (RFC 9586): once it is on, no message has a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imapsh.server.client import Client


def enable(client: Client) -> None:
    """Turn it on: the selected mailbox follows it, and message numbers are refused with UIDREQUIRED."""
    client.enable("UIDONLY")


CAPABILITIES = ("UIDONLY",)
ENABLES = {"UIDONLY": enable}
