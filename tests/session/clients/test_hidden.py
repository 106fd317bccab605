"""Until a login has ended, what a client sends and nobody understands is hidden: planted passwords are looked for."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from imapsh.errors import LimitError
from imapsh.session.overheard import Conversation
from imapsh.shell.main import main
from imapsh.wire.pieces import CLIENT, SERVER, Piece
from imapsh.wire.trace import Trace

PASSWORD = b"hunter22"
CODED = b64encode(b"\0ann\0" + PASSWORD)
HELLO = ("S", b"* OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN] hi\r\n")

#: What both sides say, with the password planted in it.
PLANTED: dict[str, list[tuple[str, bytes]]] = {
    "a command of another name": [
        ("C", b"a1 LGOIN ann hunter22\r\n"),
        ("S", b"a1 BAD unknown command LGOIN with ann hunter22\r\n"),
    ],
    "no command": [("C", b"hunter22\r\n"), ("S", b"hunter22 BAD no command\r\n")],
    "a tag": [("C", b"hunter22 is it\r\n"), ("S", b"hunter22 BAD is it no command\r\n")],
    "behind a command": [("C", b"a1 NOOP hunter22\r\n"), ("S", b"a1 BAD NOOP takes no hunter22\r\n")],
    "before an argument": [("C", b"a1 FETCH hunter22 FLAGS\r\n"), ("S", b"a1 BAD hunter22\r\n")],
    "in quotes behind a command": [("C", b'a1 CAPABILITY "hunter22"\r\n'), ("S", b"a1 BAD hunter22\r\n")],
    "too many arguments": [("C", b"a1 LOGIN ann b hunter22\r\n"), ("S", b"a1 BAD hunter22\r\n")],
    "one argument": [("C", b"a1 LOGIN hunter22\r\n"), ("S", b"a1 BAD hunter22\r\n")],
    "literals": [
        ("C", b"a1 LOGIN {3}\r\n"), ("S", b"+ go\r\n"), ("C", b"ann {8}\r\n"), ("S", b"+ go\r\n"),
        ("C", b"hunter22\r\n"), ("S", b"a1 NO hunter22\r\n"),
    ],
    "literals that did not wait": [("C", b"a1 LOGIN {3}\r\nann {8}\r\nhunter22\r\n"), ("S", b"a1 BAD hunter22\r\n")],
    "a literal that was refused": [
        ("C", b"a1 LOGIN {3}\r\n"), ("S", b"a1 BAD no\r\n"), ("C", b"ann {8}\r\n"), ("C", b"hunter22\r\n"),
        ("S", b"ann BAD hunter22\r\n"),
    ],
    "a second literal that was refused": [
        ("C", b"a1 LOGIN {3}\r\n"), ("S", b"+ go\r\n"), ("C", b"ann {8}\r\n"), ("S", b"a1 BAD no\r\n"),
        ("C", b"hunter22\r\n"), ("S", b"hunter22 BAD what\r\n"),
    ],
    "a literal that was refused midway": [
        ("C", b"a1 LOGIN {3+}\r\nann {20+}\r\nhunter22"), ("S", b"a1 BAD no\r\n"), ("C", b"\r\na2 NOOP\r\n"),
    ],
    "a literal of nobody": [("C", b"{8}\r\nhunter22\r\n"), ("S", b"* BAD hunter22\r\n")],
    "a mechanism of another name": [
        ("C", b"a1 AUTHENTICATE X-PLAIN\r\n"), ("S", b"a1 NO none\r\n"), ("C", b"hunter22\r\n"),
        ("S", b"hunter22 BAD what\r\n"),
    ],
    "in place of a mechanism": [("C", b"a1 AUTHENTICATE hunter22\r\n"), ("S", b"a1 NO no hunter22\r\n")],
    "an answer that is not base64": [
        ("C", b"a1 AUTHENTICATE PLAIN\r\n"), ("S", b"+ \r\n"), ("C", b"ann hunter22\r\n"),
        ("S", b"a1 BAD hunter22\r\n"),
    ],
    "an answer like a command": [
        ("C", b"a1 AUTHENTICATE PLAIN\r\n"), ("S", b"+ \r\n"), ("C", b"hunter22 NOOP\r\n"),
        ("S", b"a1 BAD hunter22\r\n"),
    ],
    "an answer in the same piece": [
        ("C", b"a1 AUTHENTICATE PLAIN\r\n" + CODED + b"\r\n"), ("S", b"+ \r\na1 OK hi ann hunter22\r\n"),
    ],
    "a bare answer in the same piece": [
        ("C", b"a1 AUTHENTICATE LOGIN\r\nann\r\nhunter22!\r\n"), ("S", b"+ \r\n+ \r\na1 NO hunter22!\r\n"),
    ],
    "an initial response that is not base64": [
        ("C", b"a1 AUTHENTICATE PLAIN ann:hunter22\r\n"), ("S", b"a1 BAD ann:hunter22\r\n"),
    ],
    "an initial response behind two": [
        ("C", b"a1 AUTHENTICATE PLAIN " + CODED + b" hunter22\r\n"), ("S", b"a1 BAD hunter22\r\n"),
    ],
    "garbage": [("C", b"\xff\x00hunter22\x01\r\n"), ("S", b"* BAD what is hunter22\r\n")],
    "an incomplete line": [("C", b"a1 LOGIN ann hunter22")],
    "an incomplete line of no command": [("C", b"a1 LOG ann hunter22")],
    "an incomplete literal": [("C", b"a1 LOGIN ann {99+}\r\nhunter22")],
    "no line ends": [("C", b"a1 LOGIN ann hunter22 " + b"x" * 70000)],
    "bare line ends": [("C", b"a1 LOGIN ann hunter22\na2 hunter22\n"), ("S", b"a2 BAD hunter22\r\n")],
    "an idle login": [("C", b"a1 IDLE\r\n"), ("C", b"hunter22\r\n"), ("S", b"a1 BAD log in\r\nhunter22 BAD what\r\n")],
}  # fmt: skip

FORMATS = ("pretty", "view", "json", "wire", "hex")


def shows(octets: bytes) -> bool:
    """Return whether octets show the password as it is, or in base64."""
    return any(one in octets for one in (PASSWORD, PASSWORD.upper(), CODED, PASSWORD.hex(" ").encode()))


@pytest.fixture
def explained(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., bytes]:
    def run(path: Path, *words: str) -> bytes:
        try:
            main(["--explain", str(path), *words])
        except LimitError as error:
            return str(error).encode()
        out, err = capfdbinary.readouterr()
        return out + err

    return run


OUTPUTS = (*(("--format", form) for form in FORMATS), ("--format", "json", "--json-raw"), ("--report", "tap:-"))


@pytest.mark.parametrize("case", PLANTED)
def test_a_password_is_in_no_output(case: str, tmp_path: Path, explained: Callable[..., bytes]) -> None:
    written = bytearray()
    trace = Trace(written.extend, lambda: 0.0)
    for side, octets in (HELLO, *PLANTED[case]):
        (trace.sent if side == "C" else trace.received)(octets)
    path = tmp_path / "log"
    path.write_bytes(written)
    for words in OUTPUTS:
        said = explained(path, *words)
        assert said
        assert not shows(said), words


def test_a_log_without_the_server_hides_what_is_no_command(tmp_path: Path, explained: Callable[..., bytes]) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"a1 NOOP\r\na2 LGOIN ann hunter22\r\n")
    said = explained(path)
    assert b"NOOP" in said
    assert not shows(said)


def test_what_is_understood_is_shown(tmp_path: Path, explained: Callable[..., bytes]) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"* OK hi\r\na1 NOOP\r\na1 OK done\r\na2 LOGIN ann hunter22\r\na2 OK hi\r\na3 XODD yes\r\n")
    said = explained(path)
    assert not shows(said)
    for word in (b"a1 NOOP", b"LOGIN ann", b"a3 XODD yes"):
        assert word in said


def test_what_is_remembered_of_hidden_lines_is_bounded() -> None:
    lines = b"".join(b"t%d odd %b\r\n" % (number, b" ".join(b"word%d" % n for n in range(number, number + 300)))
                     for number in range(30))  # fmt: skip
    conversation = Conversation()
    said = [Piece(SERVER, b"* OK hi\r\n", 0), Piece(CLIENT, lines, 0)]
    found = [one for piece in said for one in conversation.hear(piece)]
    assert all(set(one.response.frame.raw) == set(b"*\r\n") for one in found[1:])
    assert len(conversation.secrets.known) < 10_000
