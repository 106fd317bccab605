"""IMAP4's methods from the greeting to the end: logging in, TLS, compression, logging out.

Like all commands of imaplib, each sends its command and returns (type, [data, ...]).  Each raises `error` for BAD and
when the command is not allowed in the present state, `abort` when the connection has failed, and ValueError for an
argument that would end the line.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64

from imapsh.client.imap4.sockets import DeflatedSocket, SocketFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from imapsh.client.imap4.classes import IMAP4, Text
    from imapsh.client.imap4.replies import Result

    Challenge = Callable[[bytes], bytes | str | None]


def authenticate(self: IMAP4, mechanism: str, authobject: Challenge) -> Result:
    """Send AUTHENTICATE (RFC 9051 section 6.2.2).

    `authobject` is given each challenge, decoded, and returns the response, or None to cancel.  Raises `error` if the
    login is refused, and what `authobject` raises, after the command was cancelled.
    """
    self.literal = Authenticator(authobject).process
    typ, dat = self._simple_command("AUTHENTICATE", mechanism.upper())
    if typ != "OK":
        raise self.error(self._transcript.masked(dat[-1]).decode("utf-8", "replace"))
    self.state = "AUTH"
    return typ, dat


class Authenticator:
    """A dialogue of AUTHENTICATE: `mech` is given each challenge, decoded, and returns the response or None."""

    def __init__(self, mechinst: Challenge) -> None:
        self.mech = mechinst

    def process(self, data: bytes | None) -> bytes:
        """Return the line that answers a challenge: base64, or `*` to cancel."""
        response = self.mech(self.decode(data))
        return b"*" if response is None else self.encode(response)

    def encode(self, inp: bytes | str) -> bytes:
        """Return base64 without line ends; text is UTF-8."""
        return b2a_base64(inp.encode("utf-8") if isinstance(inp, str) else inp, newline=False)

    def decode(self, inp: bytes | None) -> bytes:
        """Return the octets of base64; b"" for nothing."""
        return a2b_base64(inp) if inp else b""


def login(self: IMAP4, user: Text, password: str | bytes) -> Result:
    """Send LOGIN (RFC 9051 section 6.2.3); the password is quoted.  Raises `error` if the login is refused."""
    typ, dat = self._formed("LOGIN", user, self._quote(password))
    if typ != "OK":
        raise self.error(self._transcript.masked(dat[-1]))
    self.state = "AUTH"
    return typ, dat


def login_cram_md5(self: IMAP4, user: str, password: str | bytes) -> Result:
    """Send AUTHENTICATE CRAM-MD5 (RFC 2195), which hides the password.

    Raises `error` if the login is refused, and, before anything is sent, if this Python's OpenSSL allows no MD5.
    """
    self.user, self.password = user, password
    self._CRAM_MD5_AUTH(b"challenge")
    return self.authenticate("CRAM-MD5", self._CRAM_MD5_AUTH)


def cram_md5_response(self: IMAP4, challenge: bytes) -> bytes:
    """Return the response to a challenge of CRAM-MD5 for `user` and `password`.  Raises `error` if there is none."""
    from imapsh.errors import LoginError
    from imapsh.sasl.cram_md5 import CramMD5

    password = self.password
    if not isinstance(password, str):
        password = password.decode("utf-8", "surrogateescape")
    try:
        return CramMD5(self.user, password).step(challenge)
    except LoginError as fault:
        raise self.error(str(fault)) from fault
    except ValueError as fault:
        raise self.error("CRAM-MD5 authentication is not supported: MD5 is not allowed here") from fault


def proxyauth(self: IMAP4, user: str) -> Result:
    """Send PROXYAUTH: an administrator becomes `user`."""
    return self._formed("PROXYAUTH", user)


def unauthenticate(self: IMAP4) -> Result:
    """Send UNAUTHENTICATE (RFC 8437): back to the state in which nobody is logged in."""
    typ, dat = self._simple_command("UNAUTHENTICATE")
    if typ == "OK":
        self.state = "NONAUTH"
        self._mode_ascii()
    return typ, dat


def logout(self: IMAP4) -> Result:
    """Send LOGOUT, and close (RFC 9051 section 6.1.3).  Returns the server's BYE."""
    self.state = "LOGOUT"
    typ, dat = self._simple_command("LOGOUT")
    self.shutdown()
    return typ, dat


def starttls(self: IMAP4, ssl_context: ssl.SSLContext | None = None) -> Result:
    """Send STARTTLS (RFC 9051 section 6.2.1), then ask for the capabilities again.  Without a context the server's
    certificate is NOT verified.  Raises `abort` if the server does not offer it or plain octets follow its OK,
    `error` if it refuses, ssl.SSLError if the handshake fails.
    """
    if self._tls_established:
        raise self.abort("TLS session already established")
    if "STARTTLS" not in self.capabilities:
        raise self.abort("TLS not supported by server")
    context = ssl_context or unverified_context()
    typ, dat = self._simple_command("STARTTLS")
    if typ != "OK":
        raise self.error("Couldn't establish TLS session")
    injected = self._unread()
    if injected:
        from imapsh.errors import plural

        octets = f"{len(injected)} {plural(len(injected), 'octet')}"
        raise self.abort(f"{octets} of plaintext followed the STARTTLS OK (possible injection)")
    self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
    self.file = SocketFile(self.sock)
    self._tls_established = True
    self._get_capabilities()
    return self._untagged_response(typ, dat, "STARTTLS")


def guess(greeting: bytes) -> str:
    """Return what to add about a first line that is not a greeting of IMAP: the protocol that it seems to be of."""
    from imapsh.grammar.responses import looks_like

    protocol = looks_like(greeting.decode("latin-1"))
    return f"; the server greets like {protocol}: check the port" if protocol else ""


def unverified_context(certfile: str | None = None, keyfile: str | None = None) -> ssl.SSLContext:
    """Return the context that imaplib takes when it is given none: it verifies nothing."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certfile or keyfile:
        context.load_cert_chain(certfile or "", keyfile)
    return context


def compress(self: IMAP4, mechanism: str = "DEFLATE") -> Result:
    """Send COMPRESS (RFC 4978): after OK both directions are compressed.

    Octets that become very many end the connection with `abort` (`imapsh.wire.limits.Limits.inflated`).

    Raises `error`, before anything is sent, if the connection has no socket that these classes read.
    """
    if not self.sock or not isinstance(self._reading(), SocketFile):
        raise self.error("COMPRESS needs a socket that IMAP4 reads itself")
    typ, dat = self._simple_command("COMPRESS", mechanism)
    if typ == "OK":
        from imapsh.wire.deflate import Deflate

        self.sock = DeflatedSocket(self.sock, Deflate(), self._unread(), self.abort)
        self.file = SocketFile(self.sock)
    return typ, dat
