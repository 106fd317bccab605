"""AUTHENTICATE by a mechanism of `imapsh.sasl`: how it begins, and how each challenge is answered."""

from __future__ import annotations

from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Container

from imapsh.errors import LoginError, UsageError
from imapsh.hints import TYPE_CHECKING
from imapsh.session.exchange import Exchange, Secret, Sendable

if TYPE_CHECKING:
    from imapsh.sasl.mechanism import Mechanism
    from imapsh.session.secrets import Secrets

CANCEL = b"*"
"""The answer that cancels an AUTHENTICATE (RFC 9051 section 6.2.2)."""


def begin(mechanism: Mechanism, tag: str, capabilities: Container[str], secrets: Secrets) -> Exchange:
    """Return the command.  Its initial response goes along if the server has SASL-IR (RFC 4959) or IMAP4rev2.

    Raises LoginError if the mechanism has no response to begin with.
    """
    secrets.public.update(mechanism.public)
    mechanism.veil = secrets.veil
    for secret in mechanism.secrets:
        secrets.add(secret)
    fragments: list[Sendable] = [f"{tag} AUTHENTICATE {mechanism.name}".encode("ascii")]
    if mechanism.initial and ("SASL-IR" in capabilities or "IMAP4REV2" in capabilities):
        first = b2a_base64(mechanism.step(b""), newline=False)
        fragments += [b" ", Secret(first or b"=")]
    exchange = Exchange(tag, "AUTHENTICATE", fragments)
    exchange.mechanism = mechanism
    return exchange


def answer(mechanism: Mechanism, challenge: str, secrets: Secrets) -> bytes:
    """Return the answer to a challenge in base64, or CANCEL if the mechanism gives up.

    A challenge that is not base64 is handed to the mechanism as it is.
    """
    text = challenge.strip().encode("utf-8", "surrogateescape")
    try:
        octets = a2b_base64(text, strict_mode=True)
    except Error:
        octets = text
    try:
        made = b2a_base64(mechanism.step(octets), newline=False)
    except (LoginError, UsageError) as error:
        mechanism.said = secrets.veil(str(error))
        mechanism.cancelled = True
        return CANCEL
    secrets.add_sasl(made)
    return made
