"""The result of a TLS handshake: what was agreed on, which certificates came, and what they were verified against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    import ssl

    from imapsh.transport.options import TLSOptions

_DER = 2  # what `_ssl` calls ENCODING_DER


class Handshake(NamedTuple):
    """What is known of a handshake, finished or not.

    `version`, `cipher` and `alpn` are "" and `bits` is 0 if nothing was agreed on.  `chain` holds the certificates that
    the peer sent, in DER, its own first; `path` those of the verified chain up to the authority, empty if nothing was
    verified.  `name` is what the certificate was to bear.  `trusted` is the file of authorities, "" for the system's.
    `pinned` is what a pin fitted, `certificate` or `key`, or "".  `binding` is the type of channel binding that SASL
    can use, or "".  `seconds` is how long the handshake took.
    """

    version: str
    cipher: str
    bits: int
    alpn: str
    chain: tuple[bytes, ...]
    path: tuple[bytes, ...]
    verified: bool
    name: str
    trusted: str
    binding: str
    seconds: float
    pinned: str = ""


def handshake(
    peer: ssl.SSLObject,
    options: TLSOptions,
    name: str,
    *,
    done: bool,
    binding: str,
    seconds: float,
    pinned: str = "",
) -> Handshake:
    """Return what a client knows of a handshake.  `done` is true if it was finished."""
    import ssl

    cipher = peer.cipher() if done else None
    verified = done and peer.context.verify_mode == ssl.CERT_REQUIRED
    return Handshake(
        (peer.version() or "") if done else "",
        cipher[0] if cipher else "",
        cipher[2] if cipher else 0,
        (peer.selected_alpn_protocol() or "") if done else "",
        _certificates(peer, "get_unverified_chain") or _own(peer, done=done),
        _certificates(peer, "get_verified_chain") if verified else (),
        verified,
        name,
        options.cafile or "",
        binding,
        seconds,
        pinned,
    )


def _certificates(peer: ssl.SSLObject, method: str) -> tuple[bytes, ...]:
    """Return a chain in DER; Python before 3.13 has it in `_ssl` alone."""
    chain: Any = getattr(getattr(peer, "_sslobj", None), method, None)
    return tuple(one.public_bytes(_DER) for one in (chain() if chain else None) or ())


def _own(peer: ssl.SSLObject, *, done: bool) -> tuple[bytes, ...]:
    octets = peer.getpeercert(True) if done else None
    return (octets,) if octets else ()
