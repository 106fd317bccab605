"""imaplib's methods, one for each command.

Each sends its command and returns (type, [data, ...]).  Each raises `error` for BAD and in a state where the command is
not allowed, `abort` for a connection that has failed, ValueError for an argument that would end the line.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from datetime import datetime
from time import struct_time
from typing import TYPE_CHECKING, Any

from imapsh.client.imap4.arguments import FORMS, astring, formed, in_form
from imapsh.client.imap4.conversation import Conversation
from imapsh.client.imap4.names import CRLF, Commands, MapCRLF, Time2Internaldate
from imapsh.client.imap4.replies import Result
from imapsh.client.imap4.sockets import SocketFile
from imapsh.grammar.fragments import Literal

if TYPE_CHECKING:
    import ssl

Moment = float | datetime | str | struct_time | tuple[int, ...]
Text = str | bytes | Literal  # a literal is sent as such
Challenge = Callable[[bytes], bytes | str | None]

_SEARCHING = ("SEARCH", "SORT", "THREAD")
_OPEN = ("SORT", "THREAD")  # any number of search criteria follow


class Methods(Conversation):
    """The commands that imaplib has."""

    host: str | None
    user: str
    _tls_established = False

    def _fetched(self, name: str, *args: Any, filed: str = "") -> Result:
        """A command, and the responses that it is for."""
        typ, dat = self._formed(name, *args)
        return self._untagged_response(typ, dat, filed or name)

    def _formed(self, name: str, *args: Any) -> Result:
        """A command, its arguments quoted and put in parentheses where that is due."""
        return self._simple_command(name, *formed(name, args))

    # -- what came

    def recent(self) -> Result:
        """The RECENT responses there are, else those that a NOOP brings; [None] for none."""
        typ, dat = self._untagged_response("OK", [None], "RECENT")
        if dat[-1]:
            return typ, dat
        return self._untagged_response(*self.noop(), "RECENT")

    def response(self, code: str) -> Result:
        """Take the responses, or arguments of a response code, filed under this name; [None] for none."""
        return self._untagged_response(code, [None], code.upper())

    # -- logging in and out

    def authenticate(self, mechanism: str, authobject: Challenge) -> Result:
        """AUTHENTICATE (RFC 9051 section 6.2.2): `authobject` is given each challenge, decoded, and returns the
        response, or None to cancel.  Raises `error` where the login is refused.
        """

        def step(challenge: bytes | None) -> bytes:
            response = authobject(a2b_base64(challenge) if challenge else b"")
            if response is None:
                return b"*"
            octets = response.encode("utf-8") if isinstance(response, str) else response
            return b2a_base64(octets, newline=False)

        self.literal = step
        typ, dat = self._simple_command("AUTHENTICATE", mechanism.upper())
        if typ != "OK":
            raise self.error(self._masked(dat[-1]).decode("utf-8", "replace"))
        self.state = "AUTH"
        return typ, dat

    def login(self, user: Text, password: str | bytes) -> Result:
        """LOGIN (RFC 9051 section 6.2.3); the password is quoted.  Raises `error` where it is refused."""
        typ, dat = self._formed("LOGIN", user, self._quote(password))
        if typ != "OK":
            raise self.error(self._masked(dat[-1]))
        self.state = "AUTH"
        return typ, dat

    def login_cram_md5(self, user: str, password: str | bytes) -> Result:
        """AUTHENTICATE CRAM-MD5 (RFC 2195), which does not send the password.  Raises `error` where it is refused."""
        self.user, self.password = user, password
        return self.authenticate("CRAM-MD5", self._CRAM_MD5_AUTH)

    def _CRAM_MD5_AUTH(self, challenge: bytes) -> bytes:  # noqa: N802 - imaplib's name
        from imapsh.sasl.cram_md5 import CramMD5

        password = self.password
        return CramMD5(
            self.user, password if isinstance(password, str) else password.decode("utf-8", "surrogateescape")
        ).step(challenge)

    def proxyauth(self, user: str) -> Result:
        """PROXYAUTH: an administrator becomes `user`."""
        return self._formed("PROXYAUTH", user)

    def logout(self) -> Result:
        """LOGOUT, and close (RFC 9051 section 6.1.3).  Returns the server's BYE."""
        self.state = "LOGOUT"
        typ, dat = self._simple_command("LOGOUT")
        self.shutdown()
        return typ, dat

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Result:
        """STARTTLS (RFC 9051 section 6.2.1), then ask for the capabilities again.  Without a context the server's
        certificate is NOT verified.  Raises `abort` where the server does not offer it or plain octets follow its OK,
        `error` where it refuses, ssl.SSLError where the handshake fails.
        """
        if self._tls_established:
            raise self.abort("TLS session already established")
        if "STARTTLS" not in self.capabilities:
            raise self.abort("TLS not supported by server")
        context = ssl_context or self._default_context()
        typ, dat = self._simple_command("STARTTLS")
        if typ != "OK":
            raise self.error("Couldn't establish TLS session")
        injected = self._unread()
        if injected:
            raise self.abort(f"{len(injected)} octets stood between the OK to STARTTLS and TLS, which may be an attack")
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self.file = SocketFile(self.sock)
        self._tls_established = True
        self._get_capabilities()
        return self._untagged_response(typ, dat, "STARTTLS")

    def _default_context(self, certfile: str | None = None, keyfile: str | None = None) -> ssl.SSLContext:
        """What imaplib takes where it is given none: it verifies nothing."""
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if certfile or keyfile:
            context.load_cert_chain(certfile or "", keyfile)
        return context

    def _unread(self) -> bytes:
        """What was received and not read, where that can be known."""
        return self._file.buffered() if isinstance(self._file, SocketFile) else b""

    file: Any
    _file: Any

    def _reading(self) -> Any:
        """The file that is read."""
        raise NotImplementedError

    # -- asking and enabling

    def noop(self) -> Result:
        """NOOP (RFC 9051 section 6.1.2)."""
        if self.debug >= 3:
            self._dump_ur(self.untagged_responses)
        return self._simple_command("NOOP")

    def enable(self, capability: str) -> Result:
        """ENABLE (RFC 9051 section 6.3.1); after UTF8=ACCEPT arguments are UTF-8.

        Raises `error` where the server does not offer it.
        """
        if "ENABLE" not in self.capabilities:
            raise self.error("Server does not support ENABLE")
        typ, data = self._simple_command("ENABLE", capability)
        if typ == "OK" and "UTF8=ACCEPT" in capability.upper():
            self._mode_utf8()
        return typ, data

    def namespace(self) -> Result:
        """NAMESPACE (RFC 9051 section 6.3.10)."""
        return self._fetched("NAMESPACE")

    def xatom(self, name: str, *args: Any) -> Result:
        """Any command, taken to be allowed in the present state.  What it brings is found with `response`."""
        name = name.upper()
        Commands.setdefault(name, (self.state,))
        return self._simple_command(name, *args)

    # -- mailboxes

    def select(self, mailbox: Text = "INBOX", readonly: bool = False) -> Result:
        """SELECT, or EXAMINE where `readonly` (RFC 9051 sections 6.3.2, 6.3.3).  Returns the number of messages.

        All responses filed before are dropped.  Raises `readonly` for a mailbox that is READ-ONLY unasked.
        """
        self.untagged_responses = {}
        self.is_readonly = readonly
        typ, dat = self._formed("EXAMINE" if readonly else "SELECT", mailbox)
        if typ != "OK":
            self.state = "AUTH"  # what was selected is so no more
            return typ, dat
        self.state = "SELECTED"
        if "READ-ONLY" in self.untagged_responses and not readonly:
            if self.debug >= 1:
                self._dump_ur(self.untagged_responses)
            raise self.readonly(f"{mailbox!s} is not writable")
        return typ, self.untagged_responses.get("EXISTS", [None])

    def close(self) -> Result:
        """CLOSE (RFC 9051 section 6.4.1): deleted messages are removed."""
        try:
            return self._simple_command("CLOSE")
        finally:
            self.state = "AUTH"

    def unselect(self) -> Result:
        """UNSELECT (RFC 9051 section 6.4.2): CLOSE without removing messages."""
        try:
            return self._simple_command("UNSELECT")
        finally:
            self.state = "AUTH"

    def create(self, mailbox: Text) -> Result:
        """CREATE (RFC 9051 section 6.3.4)."""
        return self._formed("CREATE", mailbox)

    def delete(self, mailbox: Text) -> Result:
        """DELETE (RFC 9051 section 6.3.5)."""
        return self._formed("DELETE", mailbox)

    def rename(self, oldmailbox: Text, newmailbox: Text) -> Result:
        """RENAME (RFC 9051 section 6.3.6)."""
        return self._formed("RENAME", oldmailbox, newmailbox)

    def subscribe(self, mailbox: Text) -> Result:
        """SUBSCRIBE (RFC 9051 section 6.3.7)."""
        return self._formed("SUBSCRIBE", mailbox)

    def unsubscribe(self, mailbox: Text) -> Result:
        """UNSUBSCRIBE (RFC 9051 section 6.3.8)."""
        return self._formed("UNSUBSCRIBE", mailbox)

    def list(self, directory: Text = "", pattern: Text = "*") -> Result:
        """LIST (RFC 9051 section 6.3.9)."""
        return self._fetched("LIST", directory, pattern)

    def lsub(self, directory: Text = "", pattern: Text = "*") -> Result:
        """LSUB (RFC 3501 section 6.3.9)."""
        return self._fetched("LSUB", directory, pattern)

    def status(self, mailbox: Text, names: str) -> Result:
        """STATUS (RFC 9051 section 6.3.11); `names` get their parentheses."""
        return self._fetched("STATUS", mailbox, names)

    def append(self, mailbox: Text | None, flags: str | None, date_time: Moment | None, message: bytes) -> Result:
        """APPEND (RFC 9051 section 6.3.12), to INBOX where `mailbox` is None; line ends become CRLF."""
        self.literal = MapCRLF.sub(CRLF, message)
        return self._formed("APPEND", mailbox or "INBOX", *self._about(flags, date_time))

    def _about(self, flags: str | None, date_time: Moment | None) -> tuple[str | None, str | None]:
        """The flags and date of a message to append."""
        return flags or None, Time2Internaldate(date_time) if date_time else None

    # -- rights, quotas, annotations

    def getacl(self, mailbox: Text) -> Result:
        """GETACL (RFC 4314 section 3.3)."""
        return self._fetched("GETACL", mailbox, filed="ACL")

    def setacl(self, mailbox: Text, who: Text, what: str) -> Result:
        """SETACL (RFC 4314 section 3.1)."""
        return self._formed("SETACL", mailbox, who, what)

    def deleteacl(self, mailbox: Text, who: Text) -> Result:
        """DELETEACL (RFC 4314 section 3.2)."""
        return self._formed("DELETEACL", mailbox, who)

    def myrights(self, mailbox: Text) -> Result:
        """MYRIGHTS (RFC 4314 section 3.5)."""
        return self._fetched("MYRIGHTS", mailbox)

    def getquota(self, root: Text) -> Result:
        """GETQUOTA (RFC 9208 section 4.1.2)."""
        return self._fetched("GETQUOTA", root, filed="QUOTA")

    def getquotaroot(self, mailbox: Text) -> Result:
        """GETQUOTAROOT (RFC 9208 section 4.1.3): [[QUOTAROOT responses], [QUOTA responses]]."""
        typ, dat = self._formed("GETQUOTAROOT", mailbox)
        typ, quota = self._untagged_response(typ, dat, "QUOTA")
        typ, root = self._untagged_response(typ, dat, "QUOTAROOT")
        return typ, [root, quota]

    def setquota(self, root: Text, limits: str) -> Result:
        """SETQUOTA (RFC 9208 section 4.1.4); `limits` get their parentheses."""
        return self._fetched("SETQUOTA", root, limits, filed="QUOTA")

    def getannotation(self, mailbox: Text, entry: str, attribute: str) -> Result:
        """GETANNOTATION, of a draft that RFC 5464 replaced."""
        return self._fetched("GETANNOTATION", mailbox, entry, attribute, filed="ANNOTATION")

    def setannotation(self, *args: Text) -> Result:
        """SETANNOTATION mailbox, and entry and attribute any number of times."""
        return self._fetched("SETANNOTATION", *args, filed="ANNOTATION")

    # -- messages

    def check(self) -> Result:
        """CHECK (RFC 3501 section 6.4.1)."""
        return self._simple_command("CHECK")

    def expunge(self) -> Result:
        """EXPUNGE (RFC 9051 section 6.4.3): the numbers of the messages removed."""
        return self._fetched("EXPUNGE")

    def fetch(self, message_set: str, message_parts: str) -> Result:
        """FETCH (RFC 9051 section 6.4.5); the parts get their parentheses."""
        return self._fetched("FETCH", message_set, message_parts)

    def partial(self, message_num: str, message_part: str, start: str, length: str) -> Result:
        """PARTIAL (RFC 1730 section 6.4.6), obsolete."""
        return self._fetched("PARTIAL", message_num, message_part, start, length, filed="FETCH")

    def store(self, message_set: str, command: str, flags: str) -> Result:
        """STORE (RFC 9051 section 6.4.6): `command` is FLAGS, +FLAGS or -FLAGS, with .SILENT or not."""
        return self._fetched("STORE", message_set, command, flags, filed="FETCH")

    def copy(self, message_set: str, new_mailbox: Text) -> Result:
        """COPY (RFC 9051 section 6.4.7)."""
        return self._formed("COPY", message_set, new_mailbox)

    def search(self, charset: str | None, *criteria: Text) -> Result:
        """SEARCH (RFC 9051 section 6.4.4).  Raises `error` for a charset under UTF8=ACCEPT (RFC 6855 section 3)."""
        if charset and self.utf8_enabled:
            raise self.error("Non-None charset not valid in UTF8 mode")
        return self._fetched("SEARCH", *self._charset(charset), *criteria)

    def _charset(self, charset: str | None) -> tuple[str, ...]:
        return ("CHARSET", in_form(astring, charset)) if charset else ()

    def sort(self, sort_criteria: str, charset: str, *search_criteria: Text) -> Result:
        """SORT (RFC 5256)."""
        return self._fetched("SORT", sort_criteria, charset, *search_criteria)

    def thread(self, threading_algorithm: str, charset: str, *search_criteria: Text) -> Result:
        """THREAD (RFC 5256)."""
        return self._fetched("THREAD", threading_algorithm, charset, *search_criteria)

    def uid(self, command: str, *args: Any) -> Result:
        """UID with another command (RFC 9051 section 6.4.9).  Raises `error` for a command that is not known."""
        command = command.upper()
        if command not in Commands:
            raise self.error(f"Unknown IMAP4 UID command: {command}")
        self._check_state(command)
        if len(args) == len(FORMS.get(command, ())) or command in _OPEN:  # else it is not the command that we know
            args = tuple(formed(command, args))
        return self._fetched("UID", command, *args, filed=command if command in _SEARCHING else "FETCH")
