"""The failures of TLS as sentences for a person: what is wrong with a certificate, and what the peer's alerts mean."""

from __future__ import annotations

from imapsh.errors import TLSError, plural
from imapsh.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

    from imapsh.transport.options import TLSOptions

HEARD = 1 << 17
"""The most octets of a handshake that are kept to see what the peer asked for."""

_MOST_NAMES = 5  # names of a certificate that a message lists
_LONGEST = 100  # characters of a text from a certificate

_HANDSHAKE, _CERTIFICATE_REQUEST = 22, 13  # RFC 5246 sections 6.2.1 and 7.4


def sentence(
    error: ssl.SSLError, where: str, name: str, options: TLSOptions, *, implicit: bool, certificate: Any, heard: bytes
) -> str:
    """Return what `error` means.

    `name` was expected in the peer's `certificate`, which is an `_ssl.Certificate` or None.  `heard` holds the first
    octets that came.  `implicit` says that TLS was spoken from the first octet, not after STARTTLS.
    """
    import ssl

    words = {"where": where, "name": name}
    if isinstance(error, ssl.SSLCertVerificationError):
        info = certificate.get_info() if certificate is not None else {}
        why = _CERTIFICATE.get(error.verify_code, _UNTRUSTED)
        said = why.format_map({**words, "names": listed(_names(info)) or "other names", "reason": error.verify_message})
        return f"{said}; {described(certificate)}" if certificate is not None else said
    reason = error.reason or ""
    ended = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    if (ended or "HANDSHAKE_FAILURE" in reason or "ALERT_BAD_CERTIFICATE" in reason) and asks_certificate(heard):
        return (_WANTS if options.cert is None else _REFUSED).format_map(words)
    if ended:
        return _ENDED.format_map(words)
    if reason in _NOT_TLS:
        return (_PLAIN_PORT if implicit else _PLAIN_AFTER_STARTTLS).format_map(words)
    for part, text in _ALERTS.items():
        if part in reason:
            return text.format_map(words)
    return f"TLS with {where} failed ({reason.replace('_', ' ').lower() or 'no reason given'})"


def handshake_failed(error: Exception, where: str, seconds: float | None) -> TLSError:
    """Return the error if the connection failed, or went silent, before the handshake was finished."""
    if isinstance(error, TimeoutError):
        allowed = f" within {seconds:g} s" if seconds else ""
        return TLSError(f"{where} did not finish the TLS handshake{allowed}; check that it speaks TLS on that port")
    return TLSError(_ENDED.format(where=where))


def refuses_certificate(error: TLSError) -> bool:
    """Return whether the peer said that it does not accept our certificate."""
    reason = getattr(error.__cause__, "reason", None) or ""
    return "ALERT_UNKNOWN_CA" in reason or ("ALERT" in reason and "CERTIFICATE" in reason)


def speaks_plain(error: TLSError) -> bool:
    """Return whether what came in place of a handshake is no TLS."""
    return (getattr(error.__cause__, "reason", None) or "") in _NOT_TLS


def injected(where: str, octets: int) -> TLSError:
    """Return the error for plain octets behind the OK to STARTTLS.

    An attacker puts them there (RFC 9051 section 11.1).
    """
    return TLSError(
        f"{where} sent {octets} {plural(octets, 'octet')} after its STARTTLS OK in plaintext (possible injection): "
        "connection closed"
    )


def asks_certificate(heard: bytes) -> bool:
    """Return whether a server of TLS 1.2 has asked for a certificate (RFC 5246 section 7.4.4).

    TLS 1.3 enciphers the question, and has an alert of its own for a missing answer.
    """
    messages, at = bytearray(), 0
    while heard[at : at + 1] == bytes((_HANDSHAKE,)):
        end = at + 5 + int.from_bytes(heard[at + 3 : at + 5])
        messages += heard[at + 5 : end]
        at = end
    at = 0
    while at < len(messages):
        if messages[at] == _CERTIFICATE_REQUEST:
            return True
        at += 4 + int.from_bytes(messages[at + 1 : at + 4])
    return False


# -- certificates


def described(certificate: Any) -> str:
    """Return the subject, names, dates and fingerprint of an `_ssl.Certificate`, in one line."""
    import hashlib
    import ssl

    info = certificate.get_info()
    octets = ssl.PEM_cert_to_DER_cert(certificate.public_bytes())
    names = _names(info)
    parts = (
        f"its subject is {subject(info) or 'empty'}",
        f"its names are {listed(names)}" if names else "it has no names",
        f"it is valid from {_day(info.get('notBefore'))} to {_day(info.get('notAfter'))}",
        f"its SHA-256 fingerprint is {hashlib.sha256(octets).digest().hex(':').upper()}",
    )
    return ", ".join(parts)


def subject(info: dict[str, Any]) -> str:
    """Return `CN=..., O=...`, or the first name when the subject is empty."""
    short = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU", "countryName": "C"}
    parts = [f"{short.get(key, key)}={_plain(value)}" for rdn in info.get("subject", ()) for key, value in rdn]
    return listed(parts or _names(info)[:1])


def listed(names: list[str]) -> str:
    """Return names from a certificate for a message: the first few, and how many more there are."""
    shown = ", ".join(_plain(name) for name in names[:_MOST_NAMES])
    return f"{shown} and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else shown


def _names(info: dict[str, Any]) -> list[str]:
    return [value for kind, value in info.get("subjectAltName", ()) if kind in ("DNS", "IP Address")]


def _plain(text: str) -> str:
    """Return text that somebody else wrote into a certificate, without what a terminal would obey, and cut."""
    shown = "".join(c if c.isprintable() else "?" for c in text[:_LONGEST])
    return shown + "..." if len(text) > _LONGEST else shown


def _day(moment: str | None) -> str:
    """Return the day of a moment as OpenSSL writes it (`Nov 29 00:24:07 2026 GMT`) in the form of ISO 8601."""
    import ssl
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(moment or ""), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return "an unknown day"


# -- the sentences

_ENDED = "{where} closed the connection during the TLS handshake; check that it speaks TLS on that port (imaps 993)"
_PLAIN_PORT = "{where} does not speak TLS from the start; try imap:// and STARTTLS"
_PLAIN_AFTER_STARTTLS = "{where} said OK to STARTTLS but did not start TLS; use its imaps:// port if it has one"
_NOT_TLS = frozenset(
    ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "PACKET_LENGTH_TOO_LONG",
     "RECORD_LAYER_FAILURE", "BAD_RECORD_TYPE", "UNEXPECTED_MESSAGE", "RECORD_TOO_SMALL")
)  # fmt: skip

_WANTS = "{where} requires a client certificate; give it with TLSOptions.cert and TLSOptions.key"
_REFUSED = "{where} refused your certificate; check TLSOptions.cert and TLSOptions.key"
_UNTRUSTED = (
    "the certificate of {where} is not trusted ({reason}); give its authority's certificate with TLSOptions.cafile, "
    "or skip the check with TLSOptions.insecure"
)
_OTHER_NAME = (
    "the certificate of {where} is for {names}, not for {name}; connect by one of those names, "
    "give the one you expect with TLSOptions.name, or skip the check with TLSOptions.insecure"
)
# By OpenSSL's X509_V_ERR_* number.
_CERTIFICATE = {
    9: (
        "the certificate of {where} is not valid yet; check this machine's clock, "
        "or skip the check with TLSOptions.insecure"
    ),
    10: "the certificate of {where} has expired; its owner must renew it, or skip the check with TLSOptions.insecure",
    23: "the certificate of {where} was revoked by its authority; ask its owner for a new one",
    62: _OTHER_NAME,
    64: _OTHER_NAME,
}
# By a part of OpenSSL's reason; the first that fits.
_ALERTS = {
    "CERTIFICATE_REQUIRED": _WANTS,
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "{where} sent no certificate when asked for one",
    "ALERT_UNKNOWN_CA": "{where} does not trust the authority of your certificate; check TLSOptions.cert",
    "ALERT_BAD_CERTIFICATE": _REFUSED,
    "ALERT_CERTIFICATE": _REFUSED,
    "UNSUPPORTED_PROTOCOL": "{where} only supports TLS older than 1.2, which is not safe; its owner must update it",
    "ALERT_PROTOCOL_VERSION": "{where} does not support TLS 1.2 or later, which imapsh needs; its owner must update it",
    "HANDSHAKE_FAILURE": "{where} and this machine have no TLS cipher in common; its owner must update it",
    "UNRECOGNIZED_NAME": "{where} does not answer to that name; connect by another of its names",
    "BAD_RECORD_MAC": "the octets from {where} failed the TLS integrity check; connect again",
}
