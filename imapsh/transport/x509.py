"""Reads a certificate (RFC 5280) without a library: who it is for, how long it is valid, and which key it has.

Python's ssl tells nothing of a certificate that it did not verify but its octets, so they are read here.  Nothing is
checked here: OpenSSL verifies the chain, and this shows what stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.hints import Any
from imapsh.transport import der
from imapsh.transport.der import DERError, Element
from imapsh.tuples import NamedTuple

LONGEST = 1 << 20
"""Octets of a certificate that are read; of a longer one only the fingerprint is made."""

NAMES = 1000
"""Names of a certificate that are kept."""

_ATTRIBUTES = {
    "2.5.4.3": "CN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.10": "O",
    "2.5.4.11": "OU", "1.2.840.113549.1.9.1": "emailAddress", "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
}  # fmt: skip
_KEYS = {
    "1.2.840.113549.1.1.1": "RSA", "1.2.840.113549.1.1.10": "RSA-PSS", "1.2.840.10040.4.1": "DSA",
    "1.2.840.10045.2.1": "EC", "1.3.101.112": "Ed25519", "1.3.101.113": "Ed448",
}  # fmt: skip
_CURVES = {
    "1.2.840.10045.3.1.7": ("P-256", 256), "1.3.132.0.34": ("P-384", 384), "1.3.132.0.35": ("P-521", 521),
    "1.3.132.0.10": ("secp256k1", 256),
}  # fmt: skip
_BITS = {"Ed25519": 256, "Ed448": 456}
_SIGNATURES = {
    "1.2.840.113549.1.1.4": "MD5 with RSA", "1.2.840.113549.1.1.5": "SHA-1 with RSA",
    "1.2.840.113549.1.1.11": "SHA-256 with RSA", "1.2.840.113549.1.1.12": "SHA-384 with RSA",
    "1.2.840.113549.1.1.13": "SHA-512 with RSA", "1.2.840.113549.1.1.10": "RSA-PSS",
    "1.2.840.10045.4.1": "SHA-1 with ECDSA", "1.2.840.10045.4.3.2": "SHA-256 with ECDSA",
    "1.2.840.10045.4.3.3": "SHA-384 with ECDSA", "1.2.840.10045.4.3.4": "SHA-512 with ECDSA",
    "1.3.101.112": "Ed25519", "1.3.101.113": "Ed448",
}  # fmt: skip
_ALTERNATIVE_NAMES, _BASIC_CONSTRAINTS = "2.5.29.17", "2.5.29.19"
_EMAIL, _DNS, _URI, _ADDRESS = 0x81, 0x82, 0x86, 0x87  # RFC 5280 section 4.2.1.6


class Certificate(NamedTuple):
    """The contents of a certificate, as far as they could be read.

    `subject` and `issuer` are in the form `CN=..., O=...`.  `names` holds the alternative names.  `begins` and `ends`
    are in seconds since 1970, None if they are not known.  `serial` is in hexadecimal.  `key` is the type of the public
    key and `bits` its size, 0 if that is not known.  `authority` is true if it may sign others.  `fingerprint` and
    `key_fingerprint` are SHA-256 in hexadecimal, of the whole and of the SubjectPublicKeyInfo (RFC 7469 section 2.4).
    `fault` says what kept the rest from being read, or is "".  All text is as the certificate has it: it may hold
    control characters.
    """

    octets: bytes
    fingerprint: str
    subject: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    more_names: int = 0
    begins: float | None = None
    ends: float | None = None
    serial: str = ""
    key: str = ""
    bits: int = 0
    key_fingerprint: str = ""
    signature: str = ""
    authority: bool = False
    fault: str = ""


def read(octets: bytes) -> Certificate:
    """Return what a certificate in DER says.  Raises nothing: `fault` says what is wrong with it."""
    from hashlib import sha256

    found: dict[str, Any] = {}
    if len(octets) > LONGEST:
        found["fault"] = f"it has {len(octets):,} octets, and {LONGEST:,} are read"
    else:
        try:
            found.update(_fields(octets))  # what was read before a fault is kept
        except (DERError, ValueError, OverflowError) as error:
            found["fault"] = str(error)
    return Certificate(octets, sha256(octets).hexdigest())._replace(**found)


def _fields(octets: bytes) -> Iterator[tuple[str, object]]:
    """Yield each field that can be read (RFC 5280 section 4.1).  Raises DERError at the first fault."""
    from hashlib import sha256

    outer = list(der.elements(der.only(octets, der.SEQUENCE).contents))
    if len(outer) != 3:
        raise DERError("it is not a certificate")
    parts = list(der.elements(outer[0].contents))
    if parts and parts[0].tag == 0xA0:  # the version
        parts.pop(0)
    if len(parts) < 6:
        raise DERError("it is not a certificate")
    serial, signature, issuer, validity, subject, key = parts[:6]
    yield "serial", serial.contents.hex()[:80]
    yield "signature", _algorithm(signature, _SIGNATURES)
    yield "key_fingerprint", sha256(key.octets).hexdigest()
    yield "subject", _name(subject)
    yield "issuer", _name(issuer)
    for field, moment in zip(("begins", "ends"), der.elements(validity.contents), strict=False):
        yield field, _moment(moment)
    yield from _key(key)
    for part in parts[6:]:
        if part.tag == 0xA3:
            yield from _extensions(der.only(part.contents, der.SEQUENCE))


def _algorithm(element: Element, known: dict[str, str]) -> str:
    oid = der.dotted(der.only(element.contents, der.OID).contents)
    return known.get(oid, oid)


def _name(element: Element) -> str:
    parts: list[str] = []
    for group in der.elements(element.contents):
        for attribute in der.elements(group.contents):
            oid, value = _pair(attribute)
            number = der.dotted(oid.contents)
            parts.append(f"{_ATTRIBUTES.get(number, number)}={der.text(value)}")
    return ", ".join(parts)


def _pair(element: Element) -> tuple[Element, Element]:
    found = list(der.elements(element.contents))
    if len(found) < 2 or found[0].tag != der.OID:
        raise DERError("an attribute has no value")
    return found[0], found[1]


def _moment(element: Element) -> float | None:
    """Return a Time (RFC 5280 section 4.1.2.5) in seconds since 1970, or None for text that is none."""
    from datetime import UTC, datetime

    text = der.text(element)
    if element.tag == der.UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _key(element: Element) -> Iterator[tuple[str, object]]:
    algorithm, octets = list(der.elements(element.contents))[:2]
    parts = list(der.elements(algorithm.contents))
    oid = der.dotted(parts[0].contents) if parts else ""
    kind = _KEYS.get(oid, oid)
    if kind == "EC" and len(parts) > 1 and parts[1].tag == der.OID:
        curve = der.dotted(parts[1].contents)
        name, bits = _CURVES.get(curve, (curve, 0))
        yield "key", f"EC {name}"
        yield "bits", bits
        return
    yield "key", kind
    yield "bits", _BITS.get(kind, 0)
    if kind in ("RSA", "RSA-PSS"):
        modulus = der.only(der.only(octets.contents[1:], der.SEQUENCE).contents, der.INTEGER)
        yield "bits", int.from_bytes(modulus.contents).bit_length()


def _extensions(element: Element) -> Iterator[tuple[str, object]]:
    for extension in der.elements(element.contents):
        parts = list(der.elements(extension.contents))
        if len(parts) < 2 or parts[-1].tag != der.OCTET_STRING:
            raise DERError("an extension has no value")
        oid, value = der.dotted(parts[0].contents), parts[-1].contents
        if oid == _ALTERNATIVE_NAMES:
            yield from _names(value)
        elif oid == _BASIC_CONSTRAINTS:
            inner = list(der.elements(der.only(value, der.SEQUENCE).contents))
            yield "authority", bool(inner) and inner[0].tag == der.BOOLEAN and inner[0].contents != b"\0"


def _names(octets: bytes) -> Iterator[tuple[str, object]]:
    names: list[str] = []
    more = 0
    for element in der.elements(der.only(octets, der.SEQUENCE).contents):
        if len(names) >= NAMES:
            more += 1
        elif element.tag in (_EMAIL, _DNS, _URI):
            names.append(der.text(element))
        elif element.tag == _ADDRESS:
            names.append(_address(element.contents))
    yield "names", tuple(names)
    yield "more_names", more


def _address(octets: bytes) -> str:
    from ipaddress import ip_address

    try:
        return str(ip_address(octets))
    except ValueError:
        return octets.hex()
