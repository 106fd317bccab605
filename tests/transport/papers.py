"""Certificates of any kind, made with the package cryptography, and handshakes in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from imapsh.errors import TLSError
from imapsh.transport.tls import TLSFilter, TLSOptions

NOW = datetime.now(UTC).replace(microsecond=0)


class Made(NamedTuple):
    """A certificate that signs itself: in DER, and the path of its PEM file with the key."""

    der: bytes
    path: str


def made(
    folder: Path,
    *names: str,
    common: str = "mail.example",
    days: float = 90,
    begins: datetime | None = None,
    key: Any = None,
) -> Made:
    """Make a certificate that ends in so many days."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    ends = NOW + timedelta(days=days)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(0x1234)
        .not_valid_before(begins or min(NOW, ends) - timedelta(days=1))
        .not_valid_after(ends)
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternatives, False)
    signs = None if key.__class__.__name__.startswith(("Ed25519", "Ed448")) else hashes.SHA256()
    certificate = builder.sign(key, signs)
    path = folder / "made.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    return Made(certificate.public_bytes(Encoding.DER), str(path))


def shake(client: TLSFilter, server: TLSFilter) -> None:
    """Do the handshake of two filters in memory.  Raises TLSError."""
    client.handshake()
    while not (client.done and server.done):
        for source, target in ((client, server), (server, client)):
            if octets := source.outgoing():
                target.receive(octets)
                if not target.done:
                    target.handshake()


def shaken(cert: str, options: TLSOptions, name: str) -> TLSFilter:
    """Return a client's filter after its handshake with a server that has this certificate.  Raises TLSError."""
    client = TLSFilter(options, name, "mail.example:993", implicit=True)
    server = TLSFilter(TLSOptions(cert=cert), "", "c", server_side=True)
    shake(client, server)
    return client


def refused(cert: str, options: TLSOptions, name: str) -> TLSError:
    """Return the error of a handshake that the client refuses."""
    try:
        shaken(cert, options, name)
    except TLSError as error:
        return error
    raise AssertionError("it was accepted")
