"""The class IMAP4, whose attributes and methods are those of the standard library's imaplib.

State is held in separate parts, which IMAP4 makes and keeps:

- `_replies` (`replies.Replies`) files what came from the server.
- `_reader` (`reading.ReplyReader`) reads a reply to its end if it has more than one line.
- `_transcript` (`transcript.Transcript`) keeps the last lines and the messages of `debug`, and masks secrets.
- `_tags` (`imapsh.session.tags.Tags`) makes tags.

No part knows IMAP4.  Whatever a program may override (`readline`, `read`, `send`, `_get_response`, `_append_untagged`,
`_mesg`, ...) is called by a method of IMAP4, or handed to the part that needs it.

The class itself holds the beginning, the end, and what moves octets.  Its other methods are functions, in a module for
each topic, and the class lists them: `sending`, `receiving`, and the commands in `opening`, `asking`, `mailboxes` and
`messages`.
"""

from __future__ import annotations

import errno
import random
import socket
import sys
from functools import cached_property
from operator import attrgetter

from imapsh.client import imap4
from imapsh.client.imap4 import asking, mailboxes, messages, names, opening, receiving, sending
from imapsh.client.imap4.names import IMAP4_PORT, AllowedVersions, Commands, Int2AP
from imapsh.client.imap4.reading import ReplyReader
from imapsh.client.imap4.replies import Replies
from imapsh.client.imap4.sockets import SocketFile
from imapsh.client.imap4.transcript import Transcript
from imapsh.session.capabilities import upper
from imapsh.session.tags import Tags
from imapsh.transport.tuning import tune
from imapsh.wire.limits import MEMORY

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from types import TracebackType
    from typing import Any, Self

    from imapsh.grammar.fragments import Literal

    Text = str | bytes | Literal  # a literal is sent as such
    Data = list[Any]  # in the class, `list` is a command


_SETTINGS = vars(imap4)  # what programs set there; the module's own look-up is slow, because it imports names late


def _of(part: str, name: str) -> Any:
    """Return a property for an attribute of a part that has another name in imaplib."""

    def put(imap: IMAP4, value: Any) -> None:
        setattr(getattr(imap, part), name, value)

    return property(attrgetter(f"{part}.{name}"), put)


class IMAP4:
    """A connection to `host` (this machine) and `port`, `timeout` seconds being allowed for each step.

    Every command is a method under its lower- and its upper-case name.  Most return (type, [data, ...]): type is "OK"
    or "NO", data the text of the reply or the responses that the command is for; each is bytes, or, if it has a
    literal, a tuple of bytes, (what is before it, the literal).

    Raises ValueError for a timeout of 0, OSError if no connection is made, `IMAP4.abort` if it is impossible to go on
    after the server's reply (connect again), `IMAP4.error` for a mistake, BAD, or a login refused; `IMAP4.readonly` if
    a mailbox became read-only.
    """

    class error(Exception):  # noqa: N801 - imaplib's names
        """Raised if a command was wrong, or was refused and nothing else can be done."""

    class abort(error):  # noqa: N801
        """Raised if the connection cannot be used any more."""

    class readonly(abort):  # noqa: N801
        """Raised if the mailbox has become READ-ONLY."""

    class lost(abort, ConnectionResetError):  # noqa: N801
        """Raised if the connection was reset: `abort`, as in Python 3.14, and the OSError that it was before."""

    literal_plus = False
    """True if literals go without waiting when the server has LITERAL+ or LITERAL- (RFC 7888)."""

    literal_limit = MEMORY
    """The most octets of literals that one response may have in memory; 0 is no limit.

    A literal beyond it raises `abort` before any of it is read.  What `fetch_to` puts into files is not counted.
    """

    capabilities: tuple[str, ...] = ()
    host: str | None
    port: int | None
    sock: Any
    user: str
    password: str | bytes
    utf8_enabled = False
    _enabled: tuple[str, ...] = ()
    _encoding = "ascii"
    _file: Any = None
    _tls_established = False

    # -- the parts, made when they are first needed, so that an object made without __init__ has them too

    @cached_property
    def _transcript(self) -> Transcript:
        return Transcript()

    @cached_property
    def _replies(self) -> Replies:
        return Replies(self._transcript, self.abort)

    @cached_property
    def _reader(self) -> ReplyReader:
        return ReplyReader(self._transcript, self.abort)

    @cached_property
    def _tags(self) -> Tags:
        return Tags("", 0)

    debug: int = _of("_transcript", "level")
    untagged_responses: dict[str, Data] = _of("_replies", "untagged")
    tagged_commands: dict[bytes, Any] = _of("_replies", "tagged")
    continuation_response: Any = _of("_replies", "continuation")
    survived = _of("_replies", "survived")
    """Replies, octet by octet, that imaplib would have given up on; the last thousand."""
    tagre = _of("_replies", "tagre")
    tagnum: int = _of("_tags", "number")

    # -- what programs find in imaplib's objects, and nothing here uses

    Literal = names.Literal
    Untagged_status = names.Untagged_status
    mo: re.Match[bytes] | None = None
    _cmd_log_len = 10

    @property
    def _cmd_log(self) -> dict[int, tuple[str, float]]:
        return dict(enumerate(self._transcript.last()))

    @property
    def _cmd_log_idx(self) -> int:
        return len(self._cmd_log) % self._cmd_log_len

    def _match(self, cre: re.Pattern[bytes], s: bytes) -> bool:
        """Keep the match of a pattern in `mo`; return whether there is one."""
        self.mo = cre.match(s)
        return self.mo is not None

    # -- tags

    @property
    def tagpre(self) -> bytes:
        """The prefix of tags."""
        return self._replies.prefix

    @tagpre.setter
    def tagpre(self, prefix: bytes) -> None:
        self._set_tags(prefix)

    def _set_tags(self, prefix: bytes) -> None:
        self._tags.prefix = prefix.decode("latin-1")
        self._replies.expect(prefix)

    # -- the beginning and the end

    def __init__(self, host: str = "", port: int = IMAP4_PORT, timeout: float | None = None) -> None:
        self._prepare(imap4.Debug)
        self.open(host, port, timeout)
        try:
            self._connect()
        except Exception:
            try:
                self.shutdown()
            except OSError:
                pass
            raise

    def _prepare(self, debug: int) -> None:
        self.debug = debug
        self.state = "LOGOUT"
        self.literal: Any = None  # the literal that follows the next command
        self.is_readonly = False
        self._mode_ascii()

    def _connect(self) -> None:
        """Read the greeting (RFC 9051 section 7.1), then ask for the capabilities."""
        self._set_tags(Int2AP(random.randint(4096, 65535)))
        if self.debug >= 1:
            self._mesg(f"imaplib version {imap4.__version__}")
            self._mesg(f"new IMAP4 connection, tag={self.tagpre!r}")
        self.welcome = self._get_response()
        if "PREAUTH" in self.untagged_responses:
            self.state = "AUTH"
        elif "OK" in self.untagged_responses:
            self.state = "NONAUTH"
        elif self.welcome is None:  # its `+` was taken for a continuation request
            greeting = self._replies.request
            kind = "a POP3" if greeting.startswith(b"+OK") else "not an IMAP"
            raise self.error(f"this is {kind} server, it greets with {greeting!r}")
        elif self.survived:
            raise self.abort(f"unexpected response: {self.welcome!r}{opening.guess(self.welcome)}")
        else:
            raise self.error(self.welcome)
        self._get_capabilities()
        if self.debug >= 3:
            self._mesg(f"CAPABILITIES: {self.capabilities!r}")
        for version in AllowedVersions:
            if version in self.capabilities:
                self.PROTOCOL_VERSION = version
                return
        raise self.error("server not IMAP4 compliant")

    def _get_capabilities(self) -> None:
        _, data = self.capability()
        if data == [None]:
            raise self.error("no CAPABILITY response from server")
        self.capabilities = upper(data[-1].decode(self._encoding, "replace").split())

    def _mode_ascii(self) -> None:
        self.utf8_enabled = False
        self._encoding = "ascii"

    def _mode_utf8(self) -> None:
        self.utf8_enabled = True
        self._encoding = "utf-8"

    def __getattr__(self, attr: str) -> Any:
        if attr in Commands or (attr.isupper() and not attr.startswith("_") and hasattr(type(self), attr.lower())):
            return getattr(self, attr.lower())
        raise AttributeError(f"Unknown IMAP4 command: '{attr}'")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.state == "LOGOUT":
            return
        try:
            self.logout()
        except OSError:
            pass

    # -- what moves the octets

    @property
    def file(self) -> Any:
        """The binary file that `read` and `readline` read.  A subclass may set its own, and use that; with ours, Python
        3.14 and later issue a RuntimeWarning if the file is read without those methods.
        """
        if self._file is None or isinstance(self._file, SocketFile):
            import warnings

            warnings.warn("IMAP4.file may be read only through read() and readline()", RuntimeWarning, 2)
        return self._reading()

    @file.setter
    def file(self, file: Any) -> None:
        self._file = file

    def _create_socket(self, timeout: float | None) -> socket.socket:
        if timeout is not None and not timeout:
            raise ValueError("Non-blocking socket (timeout=0) is not supported")
        sys.audit("imaplib.open", self, self.host, self.port)
        address = (self.host or None, self.port)
        sock = socket.create_connection(address) if timeout is None else socket.create_connection(address, timeout)
        tune(sock)
        return sock

    def open(self, host: str = "", port: int = IMAP4_PORT, timeout: float | None = None) -> None:
        """Connect, and make what `read`, `readline`, `send` and `shutdown` work on.  Raises OSError."""
        self.host = host
        self.port = port
        self.sock = self._create_socket(timeout)
        self.file = SocketFile(self.sock)

    def read(self, size: int) -> bytes:
        """Return `size` octets from the server, or fewer at its end."""
        data: bytes = (self._file or self._reading()).read(size) or b""
        if len(data) < size:
            self._short(data)
        return data

    def readline(self) -> bytes:
        """Return the next line, with its CRLF; b"" at the end.  Raises `error` for one over `_MAXLINE` octets."""
        most = _SETTINGS["_MAXLINE"]
        line: bytes = (self._file or self._reading()).readline(most + 1)
        if line[-1:] != b"\n":
            self._short(line)
        if len(line) > most:
            raise self.error(f"got more than {most} bytes")
        return line

    def _reading(self) -> Any:
        if self._file is None:
            self._file = SocketFile(self.sock)
        return self._file

    def _short(self, data: bytes) -> None:
        if isinstance(self._file, SocketFile):
            self._file.short(data)

    def _unread(self) -> bytes:
        """Return what was received and not read, if that can be known."""
        return self._file.buffered() if isinstance(self._file, SocketFile) else b""

    def send(self, data: bytes) -> None:
        """Send octets to the server."""
        sys.audit("imaplib.send", self, data)
        self.sock.sendall(data)

    def shutdown(self) -> None:
        """Close what `open` opened."""
        if self._file is not None:
            self._file.close()
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError as fault:
            # The server may have closed first; Windows says so with error 10022.
            if fault.errno != errno.ENOTCONN and getattr(fault, "winerror", 0) != 10022:
                raise
        finally:
            self.sock.close()

    def _hang_up(self) -> None:
        """Close the connection: its octets cannot be told apart any more."""
        self.state = "LOGOUT"
        try:
            self.shutdown()
        except OSError:
            pass

    def socket(self) -> socket.socket:
        """Return the socket."""
        sock: socket.socket = self.sock
        return sock

    # -- what is shown of the conversation

    def _mesg(self, s: object, secs: float | None = None) -> None:
        """Write a line of debugging output to stderr, secrets masked."""
        self._transcript.write(s, secs)

    def _log(self, line: object) -> None:
        """Add a line to those of `print_log`."""
        self._transcript.keep(line)

    def _tell(self) -> None:
        """Write the messages that parts have left."""
        untold, self._transcript.untold = self._transcript.untold, []
        for message in untold:
            self._mesg(message)

    def _dump_ur(self, untagged_resp_dict: dict[str, Data]) -> None:
        if untagged_resp_dict:
            lines = (f"{name}: {data!r}" for name, data in untagged_resp_dict.items())
            self._mesg("untagged responses dump:" + "\n\t\t".join(lines))

    def print_log(self) -> None:
        """Write the last ten lines, in and out, to stderr."""
        last = self._transcript.last()
        self._mesg(f"last {len(last)} IMAP4 interactions:")
        for line, moment in last:
            self._mesg(line, moment)

    # -- a command is sent, and its replies are waited for

    _simple_command = sending._simple_command
    _formed = sending._formed
    _fetched = sending._fetched
    _command = sending._command
    _command_in_pieces = sending._command_in_pieces
    _command_with_literal = sending._command_with_literal
    _check_state = sending._check_state
    _new_tag = sending._new_tag
    _quote = sending._quote
    _send_pieces = sending._send_pieces
    _plus = sending._plus
    _permitted = sending._permitted
    _answer = sending._answer
    _send_line = sending._send_line
    _send_literal = sending._send_literal
    _send = sending._send

    _get_response = receiving._get_response
    _lost = receiving._lost
    _get_line = receiving._get_line
    _get_line_within = receiving._get_line_within
    _append_untagged = receiving._append_untagged
    _command_complete = receiving._command_complete
    _get_tagged_response = receiving._get_tagged_response
    _check_bye = receiving._check_bye
    _untagged_response = receiving._untagged_response

    # -- the commands

    authenticate = opening.authenticate
    login = opening.login
    login_cram_md5 = opening.login_cram_md5
    _CRAM_MD5_AUTH = opening.cram_md5_response
    proxyauth = opening.proxyauth
    unauthenticate = opening.unauthenticate
    logout = opening.logout
    starttls = opening.starttls
    compress = opening.compress

    capability = asking.capability
    enable = asking.enable
    namespace = asking.namespace
    id = asking.identify
    noop = asking.noop
    idle = asking.idle
    notify = asking.notify
    xatom = asking.xatom
    recent = asking.recent
    response = asking.response
    parsed = asking.parsed

    select = mailboxes.select
    close = mailboxes.close
    unselect = mailboxes.unselect
    create = mailboxes.create
    delete = mailboxes.delete
    rename = mailboxes.rename
    subscribe = mailboxes.subscribe
    unsubscribe = mailboxes.unsubscribe
    list = mailboxes.list
    lsub = mailboxes.lsub
    status = mailboxes.status
    getacl = mailboxes.getacl
    setacl = mailboxes.setacl
    deleteacl = mailboxes.deleteacl
    myrights = mailboxes.myrights
    getquota = mailboxes.getquota
    getquotaroot = mailboxes.getquotaroot
    setquota = mailboxes.setquota
    getannotation = mailboxes.getannotation
    setannotation = mailboxes.setannotation
    getmetadata = mailboxes.getmetadata
    setmetadata = mailboxes.setmetadata

    append = messages.append
    replace = messages.replace
    check = messages.check
    expunge = messages.expunge
    fetch = messages.fetch
    fetch_to = messages.fetch_to
    partial = messages.partial
    store = messages.store
    copy = messages.copy
    move = messages.move
    search = messages.search
    esearch = messages.esearch
    sort = messages.sort
    thread = messages.thread
    uid = messages.uid
