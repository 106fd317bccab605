"""TLS without I/O: the context that options make, and a filter that any stream may put in.

`ssl` is imported by the first context, not by this module.  The filter is an SSLObject between two memory buffers, so
TLS runs over sockets, pipes and memory alike, and asyncio can take over a connection that a thread has opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from imapsh.errors import TLSError
from imapsh.transport.base import CHUNK, StreamInfo
from imapsh.transport.options import TLSOptions as TLSOptions  # where programs look for it

if TYPE_CHECKING:
    import ssl


def make_context(options: TLSOptions, *, server_side: bool = False) -> ssl.SSLContext:
    """Return a context of TLS 1.2 or later that verifies the peer (a client's) or shows `options.cert` (a server's).

    Raises TLSError when a file is missing, unreadable, or not what it should be.
    """
    import ssl

    for path in filter(None, (options.cafile, options.cert, options.key)):
        _check_readable(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if options.insecure and not server_side:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif options.cafile:
        _load_authorities(context, options.cafile)
    elif not server_side:
        context.load_default_certs()
    if options.cert:
        _load_certificate(context, options.cert, options.key)
    elif options.key or server_side:
        raise TLSError("a private key needs its certificate; give it with --cert")
    return context


def _check_readable(path: str) -> None:
    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        raise TLSError(f"cannot read {path}: {error.strerror}; check the path and its permissions") from error


def _load_authorities(context: ssl.SSLContext, path: str) -> None:
    import ssl

    try:
        context.load_verify_locations(path)
    except (ssl.SSLError, OSError) as error:
        raise TLSError(
            f"{path} does not contain PEM certificates; give --cafile the authority's certificate"
        ) from error


def _load_certificate(context: ssl.SSLContext, cert: str, key: str | None) -> None:
    import ssl

    def no_passphrase() -> str:
        # OpenSSL would ask on the terminal, in the middle of ours.
        raise TLSError(f"the private key in {key or cert} is protected by a passphrase; give --key an unlocked copy")

    try:
        context.load_cert_chain(cert, key, no_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise TLSError(f"the private key in {key or cert} does not belong to the certificate in {cert}") from error
        files = f"{cert} and {key} are not" if key else f"{cert} is not"
        raise TLSError(f"{files} a certificate with its private key in PEM; check --cert and --key") from error


class TLSFilter:
    """One TLS connection, in which octets go in and come out, plain on one side and enciphered on the other.

    `where` names the peer in messages; `implicit` says that TLS was spoken from the first octet, not after STARTTLS.
    """

    def __init__(
        self, options: TLSOptions, server_name: str, where: str, *, server_side: bool = False, implicit: bool = False
    ) -> None:
        import ssl

        context = make_context(options, server_side=server_side)
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        try:
            self._object = context.wrap_bio(
                self._incoming, self._outgoing, server_side, None if server_side else server_name
            )
        except ValueError as error:  # an empty name, or one with a NUL or a leading dot
            raise TLSError(f"a certificate cannot be issued for the name {server_name!r}; check the host") from error
        self._server_name = server_name
        self._where = where
        self._implicit = implicit
        self.done = False
        """True if the handshake is finished."""

    def handshake(self) -> bool:
        """Go on with the handshake as far as the octets received allow.  Return True when it is finished.

        Raises TLSError.
        """
        import ssl

        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError as error:
            raise TLSError(self._sentence(error)) from error
        self.done = True
        return True

    def receive(self, data: bytes) -> None:
        """Take enciphered octets from the peer, b"" for its end."""
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def outgoing(self) -> bytes:
        """Return what must now be sent to the peer, enciphered; b"" for nothing."""
        return self._outgoing.read()

    def read(self, max_octets: int) -> bytes | None:
        """Return plain octets, b"" at the peer's end, or None when more must be received first.  Raises TLSError."""
        pieces: list[bytes] = []
        while max_octets > 0:
            piece = self._read_record(max_octets)
            if not piece:
                # An end after data is told again by the next call.
                return b"".join(pieces) if pieces else piece
            pieces.append(piece)
            max_octets -= len(piece)
        return b"".join(pieces)

    def encrypt(self, data: bytes) -> Iterator[bytes]:
        """Yield `data` enciphered, in pieces of about CHUNK octets to send.  Raises TLSError."""
        import ssl

        view = memoryview(data)
        while view:
            try:
                written = self._object.write(view[:CHUNK])
            except ssl.SSLError as error:
                raise TLSError(self._sentence(error)) from error
            view = view[written:]
            yield self._outgoing.read()

    def close(self) -> bytes:
        """Return the farewell to send (close_notify, RFC 8446 section 6.1)."""
        import ssl

        try:
            self._object.unwrap()
        except ssl.SSLError:
            pass  # the peer's farewell has not come, or the handshake was never finished
        return self._outgoing.read()

    def info(self, peer: str) -> StreamInfo:
        """Return what the handshake agreed on."""
        cipher = self._object.cipher()
        suite = cipher[0] if cipher else ""
        version = self._object.version() or ""
        return StreamInfo(peer, version, suite, _subject(self._certificate()), self._binding(version))

    def _binding(self, version: str) -> tuple[str, Any] | None:
        """Return the channel binding's type and value; tls-unique is not defined for TLS 1.3 (RFC 9266 section 1)."""
        if version != "TLSv1.3":
            finished = self._object.get_channel_binding("tls-unique")
            return ("tls-unique", finished) if finished else None
        return ("tls-server-end-point", self._object) if self._object.getpeercert(True) else None

    def _read_record(self, max_octets: int) -> bytes | None:
        import ssl

        try:
            return self._object.read(max_octets)
        except ssl.SSLWantReadError:
            return None
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            # Many servers end without a close_notify; IMAP has an end of its own (BYE), so nothing is lost by it.
            return b""
        except ssl.SSLError as error:
            raise TLSError(self._sentence(error)) from error

    def _certificate(self) -> dict[str, Any]:
        """Return the peer's certificate, verified or not.

        It must be readable even if it was refused, so that a mismatch can say what is in it.
        """
        chain = getattr(getattr(self._object, "_sslobj", None), "get_unverified_chain", None)
        certificates = chain() if chain else None
        return certificates[0].get_info() if certificates else {}

    def _sentence(self, error: ssl.SSLError) -> str:
        """Return what `error` means, as a sentence for a person."""
        import ssl

        where, name = self._where, self._server_name
        if isinstance(error, ssl.SSLCertVerificationError):
            why = _CERTIFICATE.get(error.verify_code, _UNTRUSTED)
            names = ", ".join(_names(self._certificate())) or "other names"
            return why.format(where=where, name=name, names=names, reason=error.verify_message)
        reason = error.reason or ""
        if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return _ENDED.format(where=where)
        if reason in _NOT_TLS:
            return (_PLAIN_PORT if self._implicit else _PLAIN_AFTER_STARTTLS).format(where=where)
        for part, sentence in _ALERTS.items():
            if part in reason:
                return sentence.format(where=where)
        return f"TLS with {where} failed ({reason.replace('_', ' ').lower() or 'no reason given'})"


def handshake_failed(error: Exception, where: str, seconds: float | None) -> TLSError:
    """Return the error if the connection failed, or went silent, before the handshake was finished."""
    if isinstance(error, TimeoutError):
        allowed = f" within {seconds:g} s" if seconds else ""
        return TLSError(f"{where} did not finish the TLS handshake{allowed}; check that it speaks TLS on that port")
    return TLSError(_ENDED.format(where=where))


def injected(where: str, octets: int) -> TLSError:
    """Return the error for plain octets behind the OK to STARTTLS.

    An attacker puts them there (RFC 9051 section 11.1).
    """
    return TLSError(
        f"{where} sent {octets} octets after its STARTTLS OK in plaintext (possible injection): connection closed"
    )


_ENDED = "{where} closed the connection during the TLS handshake; check that it speaks TLS on that port (imaps 993)"
_PLAIN_PORT = "{where} does not speak TLS from the start; try imap:// and STARTTLS"
_PLAIN_AFTER_STARTTLS = "{where} said OK to STARTTLS but did not start TLS; use its imaps:// port if it has one"
_NOT_TLS = frozenset(
    ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "PACKET_LENGTH_TOO_LONG",
     "RECORD_LAYER_FAILURE", "BAD_RECORD_TYPE", "UNEXPECTED_MESSAGE", "RECORD_TOO_SMALL")
)  # fmt: skip

_UNTRUSTED = (
    "the certificate of {where} is not trusted ({reason}); give its authority's certificate with --cafile, "
    "or skip the check with --insecure"
)
_OTHER_NAME = (
    "the certificate of {where} is for {names}, not for {name}; connect by one of those names, "
    "or skip the check with --insecure"
)
# By OpenSSL's X509_V_ERR_* number.
_CERTIFICATE = {
    9: "the certificate of {where} is not valid yet; check this machine's clock, or skip the check with --insecure",
    10: "the certificate of {where} has expired; its owner must renew it, or skip the check with --insecure",
    23: "the certificate of {where} was revoked by its authority; ask its owner for a new one",
    62: _OTHER_NAME,
    64: _OTHER_NAME,
}
# By a part of OpenSSL's reason; the first that fits.
_ALERTS = {
    "CERTIFICATE_REQUIRED": "{where} requires a client certificate; give it with --cert and --key",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "{where} sent no certificate when asked for one",
    "ALERT_UNKNOWN_CA": "{where} does not trust the authority of your certificate; check --cert",
    "ALERT_BAD_CERTIFICATE": "{where} refused your certificate; check --cert and --key",
    "ALERT_CERTIFICATE": "{where} refused your certificate; check --cert and --key",
    "UNSUPPORTED_PROTOCOL": "{where} only supports TLS older than 1.2, which is not safe; its owner must update it",
    "ALERT_PROTOCOL_VERSION": "{where} does not support TLS 1.2 or later, which imapsh needs; its owner must update it",
    "HANDSHAKE_FAILURE": "{where} and this machine have no TLS cipher in common; its owner must update it",
    "UNRECOGNIZED_NAME": "{where} does not answer to that name; connect by another of its names",
    "BAD_RECORD_MAC": "the octets from {where} failed the TLS integrity check; connect again",
}


def _subject(certificate: dict[str, Any]) -> str:
    """Return `CN=..., O=...`, or the first name when the subject is empty."""
    short = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU", "countryName": "C"}
    parts = [f"{short.get(key, key)}={value}" for rdn in certificate.get("subject", ()) for key, value in rdn]
    return ", ".join(parts or _names(certificate)[:1])


def _names(certificate: dict[str, Any]) -> list[str]:
    return [value for kind, value in certificate.get("subjectAltName", ()) if kind in ("DNS", "IP Address")]
