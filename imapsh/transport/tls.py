"""TLS without I/O: the context that options make, and a filter that any stream may put in.

`ssl` is imported by the first context, not by this module.  The filter is an SSLObject between two memory buffers, so
TLS runs over sockets, pipes and memory alike, and asyncio can take over a connection that a thread has opened.
"""

from __future__ import annotations

from time import monotonic

from imapsh import paths
from imapsh.errors import TLSError, UsageError
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.transport import pins
from imapsh.transport.base import CHUNK, StreamInfo
from imapsh.transport.options import TLSOptions as TLSOptions  # where programs look for it
from imapsh.transport.tlsfailures import HEARD, sentence, subject

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from imapsh.transport.handshake import Handshake

_LONGEST = 1 << 24  # octets of a file of certificates
_PASSPHRASE = 1024  # octets that Python takes
_SLICE = 1 << 16  # enciphered octets that OpenSSL is given at once: it copies them twice, so they should be near


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
    if (options.insecure or options.pins_only) and not server_side:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif options.cafile:
        _load_authorities(context, options.cafile)
    elif not server_side:
        context.load_default_certs()
    if options.cert:
        _load_certificate(context, options.cert, options.key, options.key_password)
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


def _load_certificate(
    context: ssl.SSLContext, cert: str, key: str | None, passphrase: Callable[[], str] | None
) -> None:  # fmt: skip
    import ssl

    asked = False

    def unlock() -> bytes:
        nonlocal asked
        asked = True
        if passphrase is None:  # OpenSSL would ask on the terminal, in the middle of ours
            raise TLSError(
                f"the private key in {key or cert} is protected by a passphrase; give that with "
                "TLSOptions.key_password, or give TLSOptions.key an unlocked copy"
            )
        given: object = passphrase()
        if not isinstance(given, str):
            raise UsageError(f"TLSOptions.key_password returned a {type(given).__name__}, not text")
        secret = given.encode("utf-8", "surrogateescape")
        if len(secret) > _PASSPHRASE:
            raise TLSError(f"a passphrase has {_PASSPHRASE:,} octets at most, and this one has more")
        return secret

    try:
        context.load_cert_chain(cert, key, unlock)
    except ssl.SSLError as error:
        if asked and error.reason != "KEY_VALUES_MISMATCH":
            raise TLSError(
                f"the passphrase does not unlock the private key in {key or cert}; check TLSOptions.key_password"
            ) from None
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
        self._pins = () if server_side else tuple(map(pins.parse, options.pins))
        if options.pins_only and not options.pins:
            raise UsageError("TLSOptions.pins_only needs TLSOptions.pins: without one nothing would be checked")
        context = make_context(options, server_side=server_side)
        self._clear = memoryview(bytearray(CHUNK))  # where plain octets are put, again and again
        self._sealed = memoryview(b"")  # enciphered octets that came and were not given to OpenSSL yet
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
        self._begun = monotonic()
        self._seconds = 0.0
        self._pinned = ""
        self._broken: TLSError | None = None  # what is told once the octets before it were read
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
            failed = TLSError(self._sentence(error))
            failed.handshake = self.handshaken()
            raise failed from error
        self._check_pins()
        self.done = True
        self._seconds = monotonic() - self._begun
        self._heard.clear()
        return True

    def _check_pins(self) -> None:
        """Raise TLSError if the peer's certificate fits none of the pins; it has proved by now that it has the key."""
        if not self._pins:
            return
        octets = self._object.getpeercert(True) or b""
        pin = pins.matching(self._pins, octets)
        if pin is None:
            failed = TLSError(
                f"the certificate of {self._where} is not the one that is pinned: {pins.described(octets)}; if its "
                "owner has replaced it, ask them for the new fingerprint and give that with TLSOptions.pins"
            )
            failed.handshake = self.handshaken()
            raise failed
        self._pinned = pin.kind

    def receive(self, data: bytes | memoryview) -> None:
        """Take enciphered octets from the peer, b"" for its end.

        After the handshake a view may be looked at until `read` returns None, or the end.
        """
        while self._feed():
            pass
        if not data:
            self._incoming.write_eof()
        elif self.done:
            self._sealed = memoryview(data)
        else:
            if len(self._heard) < HEARD:
                self._heard += data
            self._incoming.write(data)

    def _feed(self) -> bool:
        """Give OpenSSL some more of what came; return whether there was any."""
        piece, self._sealed = self._sealed[:_SLICE], self._sealed[_SLICE:]
        return bool(piece) and bool(self._incoming.write(piece))

    def outgoing(self) -> bytes:
        """Return what must now be sent to the peer, enciphered; b"" for nothing."""
        return self._outgoing.read()

    def read(self, max_octets: int) -> bytes | None:
        """Return plain octets, b"" at the peer's end, or None when more must be received first.

        Raises TLSError, once the octets before the fault were read: they may say why the peer leaves.
        """
        import ssl

        if self._broken is not None:
            raise self._broken
        room, read = self._clear[:max_octets], self._object.read
        came = 0
        try:
            while came < len(room):
                try:
                    octets = read(len(room) - came, room[came:])  # of one record at the most
                except ssl.SSLWantReadError:
                    if not self._feed():
                        return bytes(room[:came]) or None
                    continue
                if not octets:
                    break
                came += octets  # type: ignore[operator]  # a number, as there is a buffer
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            # Many servers end without a close_notify; IMAP has an end of its own (BYE), so nothing is lost by it.
            pass  # and an end after data is told again by the next call
        except ssl.SSLError as error:
            self._broken = TLSError(self._sentence(error))
            if not came:
                raise self._broken from error
        return bytes(room[:came])

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
        return StreamInfo(peer, version, suite, bearer, self._binding(version), self.handshaken)

    def handshaken(self) -> Handshake:
        """Return what is known of the handshake, also of one that failed."""
        from imapsh.transport.handshake import handshake

        binding = self._binding(self._object.version() or "") if self.done else None
        return handshake(
            self._object,
            self._options,
            self._server_name,
            done=self.done,
            binding=binding[0] if binding else "",
            seconds=self._seconds or monotonic() - self._begun,
            pinned=self._pinned,
        )

    def _binding(self, version: str) -> tuple[str, Any] | None:
        """Return the channel binding's type and value; tls-unique is not defined for TLS 1.3 (RFC 9266 section 1)."""
        if version != "TLSv1.3":
            finished = self._object.get_channel_binding("tls-unique")
            return ("tls-unique", finished) if finished else None
        return ("tls-server-end-point", self._object) if self._object.getpeercert(True) else None

    def _certificate(self) -> Any:
        """Return the peer's certificate, verified or not, as an `_ssl.Certificate`; None if there is none.

        It must be readable even if it was refused, so that a message can say what is in it.
        """
        chain = getattr(getattr(self._object, "_sslobj", None), "get_unverified_chain", None)
        certificates = chain() if chain else None
        return certificates[0] if certificates else None

    def _sentence(self, error: ssl.SSLError) -> str:
        """Return what `error` means, as a sentence for a person."""
        said = sentence(
            error,
            self._where,
            self._server_name,
            self._options,
            implicit=self._implicit,
            certificate=self._certificate(),
            heard=bytes(self._heard),
        )
        return said + self._pin_fits(error)

    def _pin_fits(self, error: ssl.SSLError) -> str:
        """Return a hint for a certificate that is pinned, and that nobody trusted vouches for."""
        import ssl

        if not isinstance(error, ssl.SSLCertVerificationError) or not self._pins:
            return ""
        chain = self.handshaken().chain
        if not chain or pins.matching(self._pins, chain[0]) is None:
            return ""
        return "; it is the one that is pinned, and TLSOptions.pins_only trusts it for that alone"
