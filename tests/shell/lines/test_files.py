"""`{@path}`: which files go out, and how; whatever is wrong with one is said before anything is sent."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from imapsh.errors import ConnectionLost, Interrupted, UsageError
from imapsh.shell.connection.steps import Room, Step
from imapsh.shell.lines import files
from tests.shell.hosting import FakeApp
from tests.shell.running import Handler, imapsh, listening, url

EVIL = b"Subject: x\r\n\r\nx1 CREATE Pwned\r\nx2 NOOP\r\n"


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "evil.eml"
    path.write_bytes(EVIL)
    return path


def literal_plus(heard: list[bytes], refusal: bytes | None = None) -> Handler:
    """A server with LITERAL+ that keeps every line it hears as a command.

    It says `refusal` to a line with a literal, as Dovecot does to one that it cannot read; None takes the literal.
    """

    def handler(sock: socket.socket) -> None:
        sock.sendall(b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hello\r\n")
        with sock.makefile("rb") as lines:
            for line in lines:
                heard.append(line)
                tag = line.split(b" ", 1)[0]
                if not line.endswith(b"}\r\n"):
                    sock.sendall(tag + b" OK done\r\n")
                elif refusal is None:
                    sock.sendall(b"+ go on\r\n")
                    heard.append(lines.read(len(EVIL)))
                    lines.readline()
                    sock.sendall(tag + b" OK done\r\n")
                else:
                    sock.sendall(tag + b" " + refusal + b"\r\n")

    return handler


@pytest.mark.parametrize("line", ["APEND INBOX {@%s}", "APPEND INBOX (\\Seen {@%s}", "\\each XFOO {@%s} y"])
@pytest.mark.parametrize("refusal", [b"BAD what?", b"NO [TRYCREATE] no"])
def test_a1_a_refused_line_sends_nothing_of_the_file(mail: Path, line: str, refusal: bytes) -> None:
    heard: list[bytes] = []
    with listening(literal_plus(heard, refusal)) as port:
        done = imapsh(url(port), "--no-ask", "--format", "pretty", "--keep-going", "-c", line % mail, "-c", "NOOP")
    assert heard[0].endswith(b"{%d}\r\n" % len(EVIL))
    assert [one.split()[1] for one in heard] == [line.replace("\\each ", "").split()[0].encode(), b"NOOP", b"LOGOUT"]
    assert done.status == (3 if refusal.startswith(b"BAD") else 1)
    assert f"{{{len(EVIL)}}}" in done.out.decode()
    assert "Pwned" not in done.out.decode()


def test_a1_what_is_taken_is_shown_as_it_was_sent(mail: Path, tmp_path: Path) -> None:
    heard: list[bytes] = []
    trace = tmp_path / "trace"
    commands = ("-c", f"APPEND INBOX {{@{mail}}}", "-c", "\\last wire")
    with listening(literal_plus(heard)) as port:
        done = imapsh(url(port), "--no-ask", "--format", "pretty", "--trace", str(trace), *commands)
    assert done.status == 0
    assert heard[:2] == [b"A1 APPEND INBOX {%d}\r\n" % len(EVIL), EVIL]
    assert f"{{{len(EVIL)}}}" in done.out.decode()
    assert "+}" not in done.out.decode() + trace.read_text()


def connected() -> FakeApp:
    return FakeApp(connected=True).does("LOGIN demo demo").does("SELECT INBOX")


def refused(line: str, words: str) -> None:
    host = connected()
    count = len(host.sent)
    with pytest.raises(UsageError, match=words):
        host.does(line)
    assert len(host.sent) == count
    assert host.does("NOOP").sent[-1] == "NOOP"


def test_a1_what_is_no_file_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    refused(f"APPEND INBOX {{@{tmp_path}/none}}", "cannot read .*none: No such file or directory; nothing was sent")
    refused(f"APPEND INBOX {{@{tmp_path}}}", "cannot read .*: Is a directory; nothing was sent")
    refused(f"APPEND INBOX {{@{tmp_path}/fifo}}", "fifo is not a regular file.*; nothing was sent")
    refused("APPEND INBOX {@/dev/zero}", "/dev/zero is not a regular file.*; nothing was sent")


def test_a1_a_nul_needs_a_literal8(tmp_path: Path) -> None:
    path = tmp_path / "nul"
    path.write_bytes(b"Subject: x\r\n\r\n" + b"x" * files._LOOKED_AT + b"\0y\r\n")
    refused(f"APPEND INBOX {{@{path}}}", r"nul contains a NUL at octet 4,194,318, .*: ~\{@.*nul\} sends it")
    path.write_bytes(b"Subject: x\r\n\r\n\0y\r\n")
    host = connected().does(f"APPEND INBOX ~{{@{path}}}")
    assert host.sent[-1].startswith(f"APPEND INBOX ~{{{path.stat().st_size}}}")


def test_a1_an_empty_file_is_an_empty_literal(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert connected().does(f"SEARCH SUBJECT {{@{tmp_path}/empty}}").sent[-1] == "SEARCH SUBJECT {0}"


def test_a1_a_large_file_can_be_interrupted_while_it_is_looked_through(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        for _ in range(3):
            file.write(b"x" * files._LOOKED_AT)

    class Interrupting(FakeApp):
        async def _do(self, step: Step) -> Any:
            self.interruptions += isinstance(step, Room)
            return await super()._do(step)

    host = Interrupting(connected=True).does("LOGIN demo demo")
    count = len(host.sent)
    with pytest.raises(Interrupted):
        host.does(f"APPEND INBOX {{@{path}}}")
    assert len(host.sent) == count


@pytest.mark.parametrize("change", ["grows", "shrinks"])
def test_a1_a_file_that_changes_meanwhile_never_becomes_another_message(tmp_path: Path, change: str) -> None:
    path = tmp_path / "mail"
    path.write_bytes(b"Subject: x\r\n\r\nbody\r\n")

    class Changing(FakeApp):
        when = -1

        async def _do(self, step: Step) -> Any:
            if len(self.done) + 1 == self.when:  # this step is not among them yet
                path.write_bytes(path.read_bytes() + b"more\r\n" if change == "grows" else b"Subj")
            return await super()._do(step)

    host = Changing(connected=True)
    host.does("LOGIN demo demo").does("SELECT INBOX")
    host.when = len(host.done) + 1
    line = f"APPEND INBOX {{@{path}}}"
    if change == "grows":
        host.does(line).does("FETCH * RFC822.SIZE")
        assert host.connection.results.status == "OK"
    else:
        with pytest.raises(ConnectionLost, match="16 octets shorter than announced"):
            host.does(line)


def test_several_files_in_one_command(tmp_path: Path) -> None:
    """Each goes where it stands, between what was typed (RFC 3502, RFC 4469, RFC 8508)."""
    for name in ("one", "two", "three"):
        (tmp_path / name).write_bytes(f"{name}\r\n".encode())
    one, two, three = (f"{{@{tmp_path / name}}}" for name in ("one", "two", "three"))
    host = connected()
    host.answers = ["y", "y"]
    account = host.fake.store.accounts["demo"]
    first, second = (message.uid for message in account.find("INBOX").messages[:2])
    host.does(f"APPEND Drafts (\\Draft) {one} (\\Seen) {two} {three}")
    host.does(f'APPEND Drafts CATENATE (TEXT {one} URL "/INBOX/;UID={first}/;SECTION=TEXT/;PARTIAL=0.1" TEXT {two})')
    host.does(f"REPLACE 1 Drafts (\\Draft) {three}").does(
        f"UID REPLACE {second} Drafts CATENATE (TEXT {three} TEXT ~{{1}}\r\nx)"
    )
    drafts = account.find("Drafts")
    octets = [message.octets for message in drafts.messages[-6:]]
    assert octets[:3] == [b"one\r\n", b"two\r\n", b"three\r\n"]
    assert octets[3].startswith(b"one\r\n")
    assert octets[3].endswith(b"two\r\n")
    assert len(octets[3]) == 11
    assert octets[4:] == [b"three\r\n", b"three\r\nx"]
    assert host.sent[-1] == f"UID REPLACE {second} Drafts CATENATE (TEXT {{7}}\r\n TEXT ~{{1}}\r\n)"


def test_e7_a_file_of_which_the_system_does_not_say_the_length_is_not_sent_as_an_empty_one() -> None:
    with pytest.raises(UsageError, match=r"the system does not say how long /proc/version is, .*; nothing was sent"):
        FakeApp(connected=True).does("APPEND INBOX {@/proc/version}")
