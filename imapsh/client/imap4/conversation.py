"""Commands, sent as imaplib sends them, and their completion.  All octets go through `send`, which may be replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from imapsh.client.imap4.arguments import in_form, quoted
from imapsh.client.imap4.names import CRLF, Commands
from imapsh.client.imap4.replies import Replies, Result
from imapsh.grammar.fragments import Literal, announce
from imapsh.session.secrets import MASK

Piece = bytes | Literal

_UNSENDABLE = re.compile(rb"[\r\n\0]")
_TAKE_MESSAGE = ("APPEND", "REPLACE")
_LITERAL_MINUS = 4096  # octets that need no permission (RFC 7888 section 5)


class Conversation(Replies):
    """What the commands are built on."""

    literal_plus = False
    """Whether literals go without waiting where the server has LITERAL+ or LITERAL- (RFC 7888)."""

    def send(self, data: bytes) -> None:
        """All of them."""
        raise NotImplementedError

    # -- commands

    def _new_tag(self) -> bytes:
        tag = self.tagpre + b"%d" % self.tagnum
        self.tagnum += 1
        self.tagged_commands[tag] = None
        return tag

    def _quote(self, arg: Any) -> Any:
        """A quoted string (RFC 9051 section 4.3), str or bytes as it came."""
        return in_form(quoted, arg)

    def _simple_command(self, name: str, *args: Any) -> Result:
        """A command, its arguments as they are given, and its completion."""
        return self._command_complete(name, self._command(name, *args))

    def _command(self, name: str, *args: Any) -> bytes:
        """Send a command, its literals too; returns its tag.  `self.literal` follows the arguments."""
        literal, self.literal = self.literal, None
        self._check_state(name)
        for kind in ("OK", "NO", "BAD"):
            self.untagged_responses.pop(kind, None)
        if "READ-ONLY" in self.untagged_responses and not self.is_readonly:
            raise self.readonly("mailbox status changed to READ-ONLY")
        steps = literal if callable(literal) else None
        pieces = self._pieces([arg for arg in args if arg is not None])
        if literal is not None and steps is None:
            pieces += [b" ", *self._last(name, literal)]
        self._hide(name, pieces)
        tag = self._new_tag()
        if self._send_pieces(name, [tag, b" ", name.encode(self._encoding), *pieces]) and steps is not None:
            self._answer(tag, steps)
        return tag

    def _check_state(self, name: str) -> None:
        if self.state not in Commands[name]:
            allowed = ", ".join(Commands[name])
            raise self.error(f"command {name} illegal in state {self.state}, only allowed in states {allowed}")

    def _pieces(self, args: Sequence[Any]) -> list[Piece]:
        """The arguments, a space before each.  A list stands for one argument that is written in pieces.

        Raises ValueError for what would end the line and begin another.
        """
        pieces: list[Piece] = []
        for arg in args:
            pieces.append(b" ")
            for piece in arg if isinstance(arg, list) else (arg,):
                if not isinstance(piece, Literal):
                    piece = piece if isinstance(piece, bytes) else str(piece).encode(self._encoding)
                    if _UNSENDABLE.search(piece):
                        raise ValueError("Control characters not allowed in commands: CR, LF and NUL need a literal")
                pieces.append(piece)
        return pieces

    def _last(self, name: str, literal: bytes | Literal) -> list[Piece]:
        """The literal behind the arguments; under UTF8=ACCEPT a message is wrapped (RFC 6855 section 4)."""
        wrapped = self.utf8_enabled and name in _TAKE_MESSAGE
        if not isinstance(literal, Literal):
            literal = Literal(literal, len(literal), binary=wrapped)
        return [b"UTF8 (", literal, b")"] if wrapped else [literal]

    def _hide(self, name: str, pieces: list[Piece]) -> None:
        """Learn what must not be shown."""
        for piece in pieces:
            if isinstance(piece, Literal) and (piece.secret or name == "LOGIN") and isinstance(piece.data, bytes):
                self._secrets.add(piece.data)
        if name == "LOGIN" and pieces and isinstance(pieces[-1], bytes):
            self._secrets.add(pieces[-1])
            self._secrets.add(re.sub(rb"\\(.)", rb"\1", pieces[-1].strip(b'"')))

    def _send_pieces(self, name: str, pieces: list[Piece]) -> bool:
        """Send a line and its literals; false where the server refused one."""
        tag, line = pieces[0], b""
        for piece in pieces:
            if isinstance(piece, bytes):
                line += piece
                continue
            plus = self._needs_no_permission(piece)
            self._send_line(line + announce(piece, plus), name)
            if not plus and not self._permitted(tag):
                return False
            self._send_literal(piece)
            line = b""
        self._send_line(line + CRLF, name)
        return True

    def _needs_no_permission(self, literal: Literal) -> bool:
        if not self.literal_plus:
            return False
        return "LITERAL+" in self.capabilities or ("LITERAL-" in self.capabilities and literal.octets <= _LITERAL_MINUS)

    def _permitted(self, tag: Any) -> bool:
        """Wait for `+`; false where the tagged reply comes instead."""
        while self._get_response():
            if self.tagged_commands[tag]:
                return False
        return True

    def _answer(self, tag: bytes, steps: Callable[[Any], bytes]) -> None:
        """Answer each challenge until the tagged reply."""
        while self._permitted(tag):
            answer = steps(self.continuation_response)
            self._secrets.add_sasl(answer)
            self._log_out(MASK)
            self._send(answer)
            self._send(CRLF)

    def _send_line(self, line: bytes, name: str) -> None:
        shown = line
        if name == "LOGIN":
            shown = b" ".join((*line.split(b" ", 3)[:3], MASK))
        self._log_out(shown.removesuffix(CRLF))
        self._send(line)

    def _send_literal(self, literal: Literal) -> None:
        if self.debug >= 4:
            self._mesg(f"write literal size {literal.octets}")
        for piece in literal.data() if callable(literal.data) else (literal.data,):
            self._send(piece)

    def _send(self, octets: bytes) -> None:
        try:
            self.send(octets)
        except OSError as fault:
            raise self.abort(f"socket error: {fault}") from fault

    # -- completion

    def _command_complete(self, name: str, tag: bytes) -> Result:
        """Wait for the tagged reply; returns (typ, data).  Raises `error` for BAD, `abort` for BYE unless LOGOUT."""
        logout = name == "LOGOUT"
        if not logout:
            self._check_bye()
        try:
            typ, data = self._get_tagged_response(tag, expect_bye=logout)
        except self.abort as fault:
            raise self.abort(f"command: {name} => {fault}") from fault
        except self.error as fault:
            raise self.error(f"command: {name} => {fault}") from fault
        if not logout:
            self._check_bye()
        if typ == "BAD":
            raise self.error(f"{name} command error: {typ} {[self._masked(datum) for datum in data]!r}")
        return typ, data

    def _get_tagged_response(self, tag: bytes, expect_bye: bool = False) -> Result:
        tagged, receive = self.tagged_commands, self._get_response
        while True:
            result: Result | None = tagged[tag]
            if result is not None:
                del tagged[tag]
                return result
            if "BYE" in self.untagged_responses:
                if expect_bye:
                    return "BYE", self.untagged_responses.pop("BYE")
                self._check_bye()
            try:
                receive()
            except self.abort:
                if self.debug >= 1:
                    self.print_log()
                raise

    def _check_bye(self) -> None:
        bye = self.untagged_responses.get("BYE")
        if bye:
            raise self.abort(self._masked(bye[-1]).decode(self._encoding, "replace"))

    def _untagged_response(self, typ: str, dat: list[Any], name: str) -> Result:
        """Take what was filed under `name`; `[None]` where there is nothing, `dat` where `typ` is NO."""
        if typ == "NO":
            return typ, dat
        if name not in self.untagged_responses:
            return typ, [None]
        data = self.untagged_responses.pop(name)
        if self.debug >= 5:
            self._mesg(f"untagged_responses[{name}] => {data}")
        return typ, data

    def _get_capabilities(self) -> None:
        _, data = self.capability()
        if data == [None]:
            raise self.error("no CAPABILITY response from server")
        self.capabilities = tuple(data[-1].decode(self._encoding, "replace").upper().split())

    def capability(self) -> Result:
        """Ask for the capabilities (RFC 9051 section 6.1.1)."""
        return self._untagged_response(*self._simple_command("CAPABILITY"), "CAPABILITY")
