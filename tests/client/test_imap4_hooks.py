"""What programs override of imaplib's class, or make without it being connected, as published programs do."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from imapsh.client import imap4

from .imap4_peers import scripted

OK = b"<tag> OK done\r\n"


def client(cls: type[Any], *replies: bytes) -> Any:
    """An object of a subclass of what `scripted` makes."""

    class Module:
        """`imap4` with another class."""

        IMAP4 = cls
        _MAXLINE = imap4._MAXLINE

    made = scripted(Module, *replies)  # type: ignore[arg-type]
    made.state = "SELECTED"
    return made


def test_every_untagged_reply_passes_append_untagged() -> None:
    class Counting(imap4.IMAP4):
        """Counts rows."""

        rows = 0

        def _append_untagged(self, typ: str, dat: Any) -> None:
            self.rows += typ in ("LIST", "UIDNEXT")
            super()._append_untagged(typ, dat)

    made = client(Counting, b'* LIST () "/" a\r\n* LIST () "/" {1}\r\nb\r\n* OK [UIDNEXT 7] x\r\n' + OK)
    assert made.list()[1] == [b'() "/" a', (b'() "/" {1}', b"b"), b""]
    assert made.rows == 4  # a literal and what is behind it are two


def test_every_reply_s_first_line_passes_get_line() -> None:
    class Tapped(imap4.IMAP4):
        """Keeps the last line."""

        last = b""

        def _get_line(self) -> bytes:
            self.last = super()._get_line()
            return self.last

    made = client(Tapped, b"* 1 FETCH (X {2}\r\nab)\r\n<tag> OK all of it\r\n")
    assert made.fetch("1", "X") == ("OK", [(b"1 (X {2}", b"ab"), b")"])
    assert made.last == made.tagpre + b"1 OK all of it"


def test_messages_go_to_the_mesg_of_an_object() -> None:
    """As IMAPClient has imaplib's messages logged."""
    made, told = client(imap4.IMAP4, b"* 1 exists\r\n* NO wait\r\n" + OK), []
    made.debug = 5
    made._mesg = lambda text, secs=None: told.append(text)
    made.noop()
    tag = made.tagpre.decode()
    assert told[1:] == [  # what was filed before stands in the first
        f"> b'{tag}1 NOOP'",
        "< b'* 1 exists'",
        "survived b'* 1 exists\\r\\n'",
        "untagged_responses[EXISTS] += [b'1']",
        "< b'* NO wait'",
        "untagged_responses[NO] += [b'wait']",
        "NO response: b'wait'",
        f"< b'{tag}1 OK done'",
    ]


def test_lines_of_the_program_s_are_in_the_log() -> None:
    made, told = client(imap4.IMAP4, OK), []
    made.noop()
    made._log("a line of mine")
    made._mesg = lambda text, secs=None: told.append(text)
    made.print_log()
    assert told[-2:] == [f"< b'{made.tagpre.decode()}1 OK done'", "a line of mine"]


def test_commands_pass_the_overridable_steps() -> None:
    class Steps(imap4.IMAP4):
        """Says what was called."""

        def _simple_command(self, name: str, *args: Any) -> Any:
            calls.append(name)
            return super()._simple_command(name, *args)

        def _command(self, name: str, *args: Any) -> bytes:
            calls.append("command")
            return super()._command(name, *args)

        def _command_complete(self, name: str, tag: bytes) -> Any:
            calls.append("complete")
            return super()._command_complete(name, tag)

        def _get_response(self, start_timeout: float | None = None) -> Any:
            calls.append("response")
            return super()._get_response(start_timeout)

        def _untagged_response(self, typ: str, dat: Any, name: str) -> Any:
            calls.append(f"take {name}")
            return super()._untagged_response(typ, dat, name)

    calls: list[str] = []
    made = client(Steps, b"* SEARCH 4\r\n" + OK)
    calls.clear()
    assert made.search(None, "ALL") == ("OK", [b"4"])
    assert calls == ["SEARCH", "command", "complete", "response", "response", "take SEARCH"]


def test_a_double_without_init_composes_commands() -> None:
    class Double(imap4.IMAP4):
        """Sets imaplib's attributes itself."""

        def __init__(self) -> None:
            self.state = "AUTH"
            self.literal = None
            self.untagged_responses = {"OK": [b"old"]}
            self.tagged_commands = {}
            self.continuation_response = ""
            self.tagpre, self.tagnum = b"T", 3
            self._encoding = "ascii"
            self.debug = 0
            self.is_readonly = False
            self.sent = b""

        def send(self, data: bytes) -> None:
            self.sent += data

    double = Double()
    assert double._command("CREATE", "box") == b"T3"
    assert (double.sent, double.tagnum) == (b"T3 CREATE box\r\n", 4)
    assert (double.tagged_commands, double.untagged_responses) == ({b"T3": None}, {})


def test_attributes_of_the_parts_may_be_set() -> None:
    made = client(imap4.IMAP4, b"* 3 EXISTS\r\nx8 OK done\r\n")
    made.tagpre, made.tagnum, made.untagged_responses = b"x", 8, {"RECENT": [b"1"]}
    assert made.noop() == ("OK", [b"done"])
    assert made.untagged_responses == {"RECENT": [b"1"], "EXISTS": [b"3"]}
    assert (made.tagpre, made.tagnum, made.tagged_commands) == (b"x", 9, {})
    assert made.tagre.match(b"x8 OK done")["tag"] == b"x8"


def test_an_object_that_is_dropped_goes_at_once() -> None:
    """Its socket is closed with it, as imaplib's; a circle would keep it until the collector comes."""
    made = client(imap4.IMAP4, b"* 1 FETCH (X {2}\r\nab)\r\n" + OK)
    made.fetch("1", "X")
    gone = weakref.ref(made)
    gc.disable()
    try:
        del made
        assert gone() is None
    finally:
        gc.enable()


# -- what is shared with the session


@pytest.mark.parametrize(
    ("capabilities", "enabled", "octets", "announced"),
    [
        ("LITERAL+", "", 5000, b"{5000+}"),
        ("LITERAL-", "", 4096, b"{4096+}"),
        ("LITERAL-", "", 4097, b"{4097}"),
        ("ID", "", 1, b"{1}"),
        ("ENABLE", "IMAP4rev2", 4096, b"{4096+}"),
        ("ENABLE", "IMAP4rev2", 4097, b"{4097}"),
        ("ENABLE LITERAL+", "UTF8=ACCEPT", 1, b"UTF8 (~{1}"),
        ("ENABLE LITERAL+ BINARY", "UTF8=ACCEPT", 1, b"UTF8 (~{1+}"),
    ],
)
def test_literals_go_without_waiting_by_the_session_s_rule(
    capabilities: str, enabled: str, octets: int, announced: bytes
) -> None:
    made = client(imap4.IMAP4, *([OK] if enabled else []), b"" if b"+" in announced else b"+ go\r\n", OK)
    made.state, made.literal_plus = "AUTH", True
    made.capabilities = tuple(capabilities.split())
    if enabled:
        made.enable(enabled)
    made.append("box", None, None, b"x" * octets)
    assert b" APPEND box " + announced + b"\r\n" in made.sent
