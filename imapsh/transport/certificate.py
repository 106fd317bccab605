"""Makes the certificate that a tap shows to its clients, if the person gives none.

A folder keeps an authority, which a client can be told to trust, and below it a certificate for each server's name and
for this machine's own.  Both are made when they are first needed, used again, and renewed when they are near their end.
The files are for their owner alone, and nothing is installed as trusted anywhere.

Python's ssl cannot make certificates, so this needs the package cryptography (`pip install 'imapsh[tap]'`).
"""

from __future__ import annotations

import os
import re
import stat
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from imapsh.errors import TLSError
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography import x509

AUTHORITY_DAYS = 3650  #: for which an authority is valid
DAYS = 365  #: for which a certificate is valid
RENEWED_DAYS = 30  #: before its end, a certificate is made anew

_LOCAL = ("localhost", "127.0.0.1", "::1")


class Papers(NamedTuple):
    """Paths of PEM files.

    `authority` is the certificate that a client may trust.  `certificate` holds the private key, the certificate of
    that authority and its chain.
    """

    authority: str
    certificate: str


class _Signer(NamedTuple):
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: Any

    @property
    def pem(self) -> bytes:
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        key: bytes = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + _public(self.certificate)


def papers(folder: Path, name: str, now: datetime | None = None) -> Papers:
    """Return a certificate for localhost, 127.0.0.1, ::1 and `name`, a host or an address, from `folder`.

    What is missing there, or ends within `RENEWED_DAYS`, is made anew.

    Raises TLSError if the package cryptography is missing, the folder cannot be used, or others could read a key.
    """
    try:
        import cryptography  # noqa: F401 - asked for first, so that its absence is one sentence
    except ImportError:
        raise TLSError(
            "a certificate of our own needs the package cryptography: pip install 'imapsh[tap]', or give a "
            "certificate and its key"
        ) from None
    now = now or datetime.now(UTC)
    names = tuple(dict.fromkeys((*_LOCAL, _ascii(name)))) if name else _LOCAL
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _papers(folder, names, now.replace(microsecond=0))
    except OSError as error:
        raise TLSError(
            f"cannot keep a certificate of our own in {error.filename or folder}: {error.strerror}; give a certificate "
            "and its key instead"
        ) from error


def _papers(folder: Path, names: tuple[str, ...], now: datetime) -> Papers:
    made = folder / "authority-key.pem"
    authority = _read(made)
    if authority is None or not _lasts(authority.certificate, now):
        authority = _authority(now)
        _write(made, authority.pem)
    public = folder / "authority.pem"
    if not public.exists() or public.read_bytes() != _public(authority.certificate):
        _write(public, _public(authority.certificate))
    path = folder / f"{re.sub(r'[^A-Za-z0-9.-]', '_', names[-1])}.pem"
    leaf = _read(path)
    if leaf is None or not _lasts(leaf.certificate, now) or not _fits(leaf.certificate, authority.certificate, names):
        leaf = _leaf(authority, names, now)
        _write(path, leaf.pem + _public(authority.certificate))
    return Papers(str(public), str(path))


def _lasts(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - timedelta(days=RENEWED_DAYS)


def _fits(certificate: x509.Certificate, authority: x509.Certificate, names: tuple[str, ...]) -> bool:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    try:
        certificate.verify_directly_issued_by(authority)
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return set(_alternatives(names)) <= set(found)


def _authority(now: datetime) -> _Signer:
    """Make an authority, which may sign certificates of servers and no further authorities."""
    from cryptography import x509

    # A client finds an authority by its name, so that no two may have the same.
    subject = _name(f"imapsh tap, {now:%Y-%m-%d %H:%M:%S}")
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    extensions = ((x509.BasicConstraints(ca=True, path_length=0), True), (usage, True))
    return _signed(subject, None, now, AUTHORITY_DAYS, extensions)


def _leaf(authority: _Signer, names: tuple[str, ...], now: datetime) -> _Signer:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    end = authority.certificate.not_valid_after_utc
    extensions = (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.SubjectAlternativeName(_alternatives(names)), False),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
    )
    return _signed(_name("imapsh tap"), authority, now, min(DAYS, (end - now).days), extensions)


def _signed(
    subject: x509.Name, signer: _Signer | None, now: datetime, days: int, extensions: tuple[tuple[Any, bool], ...]
) -> _Signer:
    """Make a key, and its certificate; without a signer it signs itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    by = key.public_key() if signer is None else signer.key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if signer is None else signer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by), False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return _Signer(builder.sign(key if signer is None else signer.key, hashes.SHA256()), key)


def _name(common: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _alternatives(names: tuple[str, ...]) -> list[x509.GeneralName]:
    from ipaddress import ip_address

    from cryptography import x509

    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ip_address(name.partition("%")[0])))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _ascii(name: str) -> str:
    """Return a host as a certificate has it.  Raises TLSError."""
    try:
        return name.encode("idna").decode("ascii") if not name.isascii() else name.lower()
    except UnicodeError:
        raise TLSError(f"a certificate cannot be made for the name {name!r}; check the host") from None


def _public(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _read(path: Path) -> _Signer | None:
    """Return the key and the first certificate of a file, or None if it has none.  Raises TLSError, OSError."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise TLSError(f"{path} holds a private key that others can read; delete it, so that a new one is made")
        octets = path.read_bytes()
        return _Signer(x509.load_pem_x509_certificate(octets), load_pem_private_key(octets, None))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _write(path: Path, octets: bytes) -> None:
    """Write a file for its owner alone; another process sees the old one or the new one."""
    import tempfile

    descriptor, new = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with open(descriptor, "wb") as file:
            file.write(octets)
        os.replace(new, path)
    except BaseException:
        os.unlink(new)
        raise
