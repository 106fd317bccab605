"""Pins: the certificate of a server, or its public key, known beforehand by its SHA-256.

A pin is checked once the handshake is over, when the peer has proved that it holds the certificate's key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from imapsh.errors import UsageError
from imapsh.tuples import NamedTuple

CERTIFICATE, KEY = "certificate", "key"

_PREFIX = re.compile(r"sha-?256(?: fingerprint=|:)", re.IGNORECASE)  # as OpenSSL and others print one
_HEX = re.compile(r"[0-9a-fA-F]{64}|[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){31}")
_OF_KEY = "sha256//"
_SHOWN = 80  # characters of a wrong pin in a message


class Pin(NamedTuple):
    """A pin: `kind` is CERTIFICATE or KEY, and `digest` the SHA-256 of its octets.

    Of a key it is that of the SubjectPublicKeyInfo (RFC 7469 section 2.4), which a renewed certificate may keep.
    """

    kind: str
    digest: bytes

    @property
    def text(self) -> str:
        """The pin as it is written."""
        return of_key(self.digest) if self.kind == KEY else self.digest.hex(":").upper()


def parse(text: str) -> Pin:
    """Read a pin: 64 hexadecimal digits of a certificate, with or without colons, or `sha256//BASE64` of a key.

    Raises UsageError.
    """
    if text.startswith(_OF_KEY):
        digest = _base64(text.removeprefix(_OF_KEY))
        kind = KEY
    else:
        found = _HEX.fullmatch(_PREFIX.sub("", text, count=1).strip())
        digest = bytes.fromhex(found[0].replace(":", "")) if found else b""
        kind = CERTIFICATE
    if len(digest) != 32:
        shown = "".join(c if c.isprintable() else "?" for c in text[:_SHOWN])
        raise UsageError(
            f"{shown!r} is not a pin: give the SHA-256 of the server's certificate in 64 hexadecimal digits, or of its "
            f"public key as {_OF_KEY}BASE64"
        )
    return Pin(kind, digest)


def of_key(digest: bytes) -> str:
    """Return the pin of a key, as curl writes it too."""
    from binascii import b2a_base64

    return _OF_KEY + b2a_base64(digest, newline=False).decode("ascii")


def matching(pins: Iterable[Pin], der: bytes) -> Pin | None:
    """Return the first pin that fits a certificate in DER, or None."""
    made = digests(der)
    return next((pin for pin in pins if made.get(pin.kind) == pin.digest), None)


def digests(der: bytes) -> dict[str, bytes]:
    """Return the SHA-256 of a certificate, and of its key unless that cannot be read."""
    from hashlib import sha256

    from imapsh.transport import x509

    key = x509.read(der).key_fingerprint
    return {CERTIFICATE: sha256(der).digest()} | ({KEY: bytes.fromhex(key)} if key else {})


def described(der: bytes) -> str:
    """Return the fingerprints of a certificate for a message, each in the form of a pin."""
    made = digests(der)
    key = f", and its key's is {of_key(made[KEY])}" if KEY in made else ""
    return f"its SHA-256 fingerprint is {made[CERTIFICATE].hex(':').upper()}{key}"


def _base64(text: str) -> bytes:
    from binascii import Error, a2b_base64

    try:
        return a2b_base64(text.encode("ascii"), strict_mode=True)
    except (Error, ValueError):
        return b""
