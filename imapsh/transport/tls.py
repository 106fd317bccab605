"""TLS without I/O: the context that options make, and a filter that any stream may put in.

`ssl` is imported by the first context, not by this module.  The filter is an SSLObject between two memory buffers, so
TLS runs over sockets, pipes and memory alike, and asyncio can take over a connection that a thread has opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from imapsh import paths
from imapsh.errors import TLSError
from imapsh.transport.base import CHUNK, StreamInfo
from imapsh.transport.options import TLSOptions as TLSOptions  # where programs look for it
from imapsh.transport.tlsfailures import HEARD, sentence, subject

if TYPE_CHECKING:
    import ssl

_LONGEST = 1 << 24  # octets of a file of certificates


def make_context(options: TLSOptions, *, server_side: bool = False) -> ssl.SSLContext:
    """Return a context of TLS 1.2 or later that verifies the peer (a client's) or shows `options.cert` (a server's).

    Raises TLSError when a file is missing, unreadable, or not what it should be.
    """
    import ssl

    options = options._replace(
        cafile=_readable(options.cafile), cert=_readable(options.cert), key=_readable(options.key)
    )
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
        raise TLSError("a private key needs its certificate; give it with TLSOptions.cert")
    return context


def _readable(path: str | None) -> str | None:
    """Return a path for OpenSSL to read, which asks for nothing that waits or never ends.  Raises TLSError."""
    try:
        return paths.readable(path, _LONGEST) if path else None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise TLSError(f"cannot read {path}: {why}; check the path and its permissions") from error


def _load_authorities(context: ssl.SSLContext, path: str) -> None:
    import ssl

    try:
        context.load_verify_locations(path)
    except (ssl.SSLError, OSError) as error:
        raise TLSError(
            f"{path} does not contain PEM certificates; give TLSOptions.cafile the authority's certificate"
        ) from error


def _load_certificate(context: ssl.SSLContext, cert: str, key: str | None) -> None:
    import ssl

    def no_passphrase() -> str:
        # OpenSSL would ask on the terminal, in the middle of ours.
        raise TLSError(
            f"the private key in {key or cert} is protected by a passphrase; give TLSOptions.key an unlocked copy"
        )

    try:
        context.load_cert_chain(cert, key, no_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise TLSError(f"the private key in {key or cert} does not belong to the certificate in {cert}") from error
        files = f"{cert} and {key} are not" if key else f"{cert} is not"
        raise TLSError(f"{files} a certificate with its private key in PEM; check TLSOptions.cert") from error


class TLSFilter:
    """One TLS connection, in which octets go in and come out, plain on one side and enciphered on the other.

    `options.name` is expected in the peer's certificate, or else `server_name`.  `where` names the peer in messages;
    `implicit` says that TLS was spoken from the first octet, not after STARTTLS.
    """

    def __init__(
        self, options: TLSOptions, server_name: str, where: str, *, server_side: bool = False, implicit: bool = False
    ) -> None:
        import ssl

        server_name = options.name or server_name
        context = make_context(options, server_side=server_side)
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        try:
            self._object = context.wrap_bio(
                self._incoming, self._outgoing, server_side, None if server_side else server_name
            )
        except ValueError as error:  # an empty name, or one with a NUL or a leading dot
            raise TLSError(f"a certificate cannot be issued for the name {server_name!r}; check the host") from error
        self._options = options
        self._server_name = server_name
        self._where = where
        self._implicit = implicit
        self._heard = bytearray()  # the peer's part of the handshake
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
        self._heard.clear()
        return True

    def receive(self, data: bytes) -> None:
        """Take enciphered octets from the peer, b"" for its end."""
        if data:
            if not self.done and len(self._heard) < HEARD:
                self._heard += data
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
        certificate = self._certificate()
        bearer = subject(certificate.get_info()) if certificate is not None else ""
        return StreamInfo(peer, version, suite, bearer, self._binding(version))

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

    def _certificate(self) -> Any:
        """Return the peer's certificate, verified or not, as an `_ssl.Certificate`; None if there is none.

        It must be readable even if it was refused, so that a message can say what is in it.
        """
        chain = getattr(getattr(self._object, "_sslobj", None), "get_unverified_chain", None)
        certificates = chain() if chain else None
        return certificates[0] if certificates else None

    def _sentence(self, error: ssl.SSLError) -> str:
        """Return what `error` means, as a sentence for a person."""
        return sentence(
            error,
            self._where,
            self._server_name,
            self._options,
            implicit=self._implicit,
            certificate=self._certificate(),
            heard=bytes(self._heard),
        )
