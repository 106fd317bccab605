"""IMAP4's methods that send a command, and the parts of a command.  All octets go through `IMAP4.send`."""

from __future__ import annotations

from imapsh.client.imap4.arguments import formed, in_form, quoted
from imapsh.client.imap4.names import CRLF, Commands
from imapsh.grammar.fragments import Literal, announce
from imapsh.patterns import lazy
from imapsh.session.secrets import MASK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from imapsh.client.imap4.classes import IMAP4
    from imapsh.client.imap4.replies import Result

    Piece = bytes | Literal

_CR, _LF, _NUL = b"\r\n\0"  # numbers: `13 in line` is ten times as fast as `b"\r" in line`
_UNSENDABLE = lazy(rb"[\r\n\0]")
_ESCAPED = lazy(rb"\\(.)")
_TAKE_MESSAGE = ("APPEND", "REPLACE")
_JOINED = 1 << 14  # octets of a literal that goes in one piece with what follows it


def _simple_command(self: IMAP4, name: str, *args: Any) -> Result:
    """Send a command, its arguments as they are given, and wait for its completion."""
    return self._command_complete(name, self._command(name, *args))


def _formed(self: IMAP4, name: str, *args: Any) -> Result:
    """Send a command, its arguments quoted and put in parentheses if that is due, and wait for its completion."""
    return self._simple_command(name, *formed(name, args))


def _fetched(self: IMAP4, name: str, *args: Any, filed: str = "") -> Result:
    """Send a command like `_formed`; returns the responses that it is for."""
    typ, dat = self._simple_command(name, *formed(name, args))
    return self._untagged_response(typ, dat, filed or name)


def _command(self: IMAP4, name: str, *args: Any) -> bytes:
    """Send a command, its literals too; returns its tag.  `self.literal` follows the arguments."""
    literal, self.literal = self.literal, None
    if self.state not in Commands[name]:
        self._check_state(name)
    untagged = self._replies.untagged
    if untagged:
        for kind in ("OK", "NO", "BAD"):
            untagged.pop(kind, None)
        if "READ-ONLY" in untagged and not self.is_readonly:
            raise self.readonly("mailbox status changed to READ-ONLY")
    if None in args:
        args = tuple([arg for arg in args if arg is not None])
    line = _text_of(name, args, self._encoding)
    if line is None or not (literal is None or type(literal) is bytes):
        return self._command_in_pieces(name, args, line, literal)
    if literal is not None:
        return self._command_with_literal(name, line, literal)
    tag = self._new_tag()
    line = tag + b" " + line
    self._send_line(line + CRLF, line)
    return tag


def _command_with_literal(self: IMAP4, name: str, line: bytes, literal: bytes) -> bytes:
    """Send a command that ends in a literal, as APPEND does; returns its tag."""
    if self.literal_plus or self.utf8_enabled:
        return self._command_in_pieces(name, (), line, literal)
    tag: bytes = self._new_tag()
    line = b"%s %s {%d}" % (tag, line, len(literal))
    self._send_line(line + CRLF, line)
    if self._permitted(tag):
        self._send_line(self._send_literal(literal, len(literal)) + CRLF, b"")
    return tag


def _command_in_pieces(self: IMAP4, name: str, args: Sequence[Any], line: bytes | None, literal: Any) -> bytes:
    """Send a command that has literals, secrets, a dialogue, or arguments that are not text; returns its tag.

    `line` is the command and its arguments, if they are text.
    """
    answer = literal if callable(literal) else None
    pieces: list[Piece] = [line] if line is not None else [name.encode(self._encoding)]
    if line is None:
        pieces += _pieces_of(args, self._encoding)
    if literal is not None and answer is None:
        pieces += _last_argument(name, literal, self.utf8_enabled)
    if line is None or isinstance(literal, Literal):
        for secret in _secrets_of(name, pieces):
            self._transcript.secrets.add(secret)
    tag: bytes = self._new_tag()
    if self._send_pieces(name, tag, pieces) and answer is not None:
        self._answer(tag, answer)
    return tag


def _check_state(self: IMAP4, name: str) -> None:
    if self.state not in Commands[name]:
        allowed = ", ".join(Commands[name])
        raise self.error(f"command {name} illegal in state {self.state}, only allowed in states {allowed}")


def _new_tag(self: IMAP4) -> bytes:
    tags, replies = self._tags, self._replies
    tag = b"%b%d" % (replies.prefix, tags.number)
    tags.number += 1
    replies.tagged[tag] = None
    return tag


def _quote(self: IMAP4, arg: Any) -> Any:
    """Return a quoted string (RFC 9051 section 4.3), str or bytes as it came."""
    return in_form(quoted, arg)


def _send_pieces(self: IMAP4, name: str, tag: bytes, pieces: list[Piece]) -> bool:
    """Send a line and its literals; returns False if the server refused one."""
    line, held = tag + b" ", b""
    for piece in pieces:
        if isinstance(piece, bytes):
            line += piece
            continue
        plus = self.literal_plus and self._plus(piece.octets, piece.binary)
        announced = announce(piece, plus)
        self._send_line(held + line + announced, _shown_of(name, line + announced[:-2]))
        if not plus and not self._permitted(tag):
            return False
        held = self._send_literal(piece.data, piece.octets)
        line = b""
    self._send_line(held + line + CRLF, _shown_of(name, line))
    return True


def _plus(self: IMAP4, octets: int, binary: bool) -> bool:
    """Return whether a literal may be sent without waiting, if `literal_plus` asks for that."""
    from imapsh.session.capabilities import rev2_holds
    from imapsh.session.literals import plus_allowed

    offered = self.capabilities
    return plus_allowed(offered, rev2_holds(offered, self._enabled))(octets, binary)


def _permitted(self: IMAP4, tag: bytes) -> bool:
    """Wait for `+`; returns False if the tagged reply comes instead."""
    while self._get_response():
        if self._replies.tagged[tag]:
            return False
    return True


def _answer(self: IMAP4, tag: bytes, step: Callable[[Any], bytes]) -> None:
    """Answer each challenge until the tagged reply.

    If `step` raises an error, the command is cancelled first, as RFC 9051 section 6.2.2 has it, so that the connection
    can be used on.  It is closed if the server does not take that.
    """
    while self._permitted(tag):
        try:
            answer = step(self._replies.continuation)
        except Exception:
            if not _cancelled(self, tag):
                self._hang_up()
            raise
        self._transcript.secrets.add_sasl(answer)
        self._send_line(answer, MASK)
        self._send(CRLF)


def _cancelled(self: IMAP4, tag: bytes) -> bool:
    """Cancel a dialogue by `*`.  Returns whether the server has ended the command."""
    try:
        self._send_line(b"*" + CRLF, b"*")
        return not self._permitted(tag)
    except (self.error, OSError):
        return False


def _send_line(self: IMAP4, line: bytes, shown: bytes) -> None:
    """Send a line, or part of one; `shown` goes into the transcript in its place."""
    transcript = self._transcript
    transcript.went(shown)
    if transcript.untold:
        self._tell()
    try:
        self.send(line)
    except OSError as fault:
        raise self.abort(f"socket error: {fault}") from fault


def _send_literal(self: IMAP4, data: Any, octets: int) -> bytes:
    """Send the octets of a literal.  Returns a short one instead, to be sent in one piece with what follows it."""
    if self._transcript.level >= 4:
        self._mesg(f"write literal size {octets}")
    if isinstance(data, bytes) and len(data) <= _JOINED:
        return data
    for piece in data() if callable(data) else (data,):
        self._send(piece)
    return b""


def _send(self: IMAP4, octets: bytes) -> None:
    try:
        self.send(octets)
    except OSError as fault:
        raise self.abort(f"socket error: {fault}") from fault


# -- the parts of a command


def _text_of(name: str, args: Sequence[Any], encoding: str) -> bytes | None:
    """Return a command and its arguments as octets if they are text, as nearly always; None if not, or for LOGIN.

    Raises ValueError for an argument that would end the line and begin another.
    """
    if name == "LOGIN":
        return None
    try:
        line = " ".join([name, *args]).encode(encoding)
    except TypeError:
        return None
    if _CR in line or _LF in line or _NUL in line:
        raise _unsendable()
    return line


def _pieces_of(args: Sequence[Any], encoding: str) -> list[Piece]:
    """Return the arguments with a space before each.  A list is one argument, which is written in pieces.

    Raises ValueError for an argument that would end the line and begin another.
    """
    found: list[Piece] = []
    for arg in args:
        found.append(b" ")
        for piece in arg if isinstance(arg, list) else (arg,):
            if not isinstance(piece, Literal):
                piece = piece if isinstance(piece, bytes) else str(piece).encode(encoding)
                if _UNSENDABLE.search(piece):
                    raise _unsendable()
            found.append(piece)
    return found


def _unsendable() -> ValueError:
    return ValueError("Control characters not allowed in commands: CR, LF and NUL need a literal")


def _last_argument(name: str, literal: bytes | Literal, utf8: bool) -> list[Piece]:
    """Return the literal that follows the arguments; under UTF8=ACCEPT a message is wrapped (RFC 6855 section 4)."""
    wrapped = utf8 and name in _TAKE_MESSAGE
    if not isinstance(literal, Literal):
        literal = Literal(literal, len(literal), wrapped)
    return [b" UTF8 (", literal, b")"] if wrapped else [b" ", literal]


def _secrets_of(name: str, args: Sequence[Piece]) -> list[bytes]:
    """Return what must not be shown: secret literals, and the password of LOGIN in each way that it may be written."""
    login = name == "LOGIN"
    found = [
        piece.data
        for piece in args
        if isinstance(piece, Literal) and (login or piece.secret) and isinstance(piece.data, bytes)
    ]
    if login and args and isinstance(args[-1], bytes):
        found += [args[-1], _ESCAPED.sub(rb"\1", args[-1].strip(b'"'))]
    return found


def _shown_of(name: str, line: bytes) -> bytes:
    """Return a line as it may be shown: of LOGIN only the tag and the user's name."""
    return b" ".join((*line.split(b" ", 3)[:3], MASK)) if name == "LOGIN" else line
