"""A Dovecot on loopback, without TLS, whose mailbox `big` holds many messages of various shapes.

Run: python -m tests.bench.listing [MESSAGES], which prints its URL and the password, and runs until it is ended.
"""

from __future__ import annotations

import contextlib
import random
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from email.header import Header
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tests.servers import certs, dovecot

MESSAGES = 100_000
BLOCK = 1_000  # messages in an APPEND (RFC 3502)
_PEOPLE = (
    "Anna Keller", "Bob Smith", "Chen Wei", "Dana Fox", "Emil Novak", "Jan de Vries", "Ops Team", "Zoe Martin",
    "Renée Dubois", "Jürgen Groß", "O'Neill, Pat", "Sam (Sammy) Lee",
)  # fmt: skip
_FLAGS = (b"", b"\\Seen", b"\\Seen \\Answered", b"\\Seen $Forwarded", b"\\Flagged", b"\\Seen $Label1 NonJunk")
_BODY = "Some text of it, as people write.\r\n"

#: Without TLS there is no STARTTLS that a client would take.  The second port answers too, as the tests' servers do.
_CONFIG = """
mail_location = mdbox:~/mdbox
mail_fsync = never
ssl = no
service imap-login {
  inet_listener imaps {
    ssl = no
  }
}
"""


class Place(NamedTuple):
    """A mailbox with so many messages: its URL with the user, and the password."""

    url: str
    password: str
    messages: int


def _person(chosen: random.Random) -> str:
    number = chosen.randrange(300)
    name = _PEOPLE[number % len(_PEOPLE)]
    shown = Header(name, "utf-8").encode() if not name.isascii() else f'"{name} {number}"'
    return f"{shown} <user{number}@dept{number % 7}.example.org>"


def _subject(number: int, chosen: random.Random) -> str:
    """Return one of the kinds of subjects that mailboxes hold; one in 100 has octets beyond ASCII as they are."""
    if number % 100 == 0:
        return f"Grüße aus Köln, {number}"  # which comes as a literal, and so do quotation marks
    if number % 15 == 0:
        return Header(f"Übersicht für Woche {number % 52}: Änderungen und Fragen", "utf-8").encode()
    if number % 150 == 1:
        return f'The "quoted" word and a back\\slash {number}'
    if number % 100 == 2:
        return ""
    return "Re: " * chosen.randrange(2) + f"minutes of meeting {number}, revised agenda for week {number % 52}"


def letter(number: int) -> bytes:
    """Return the message of this number, the same each time."""
    chosen = random.Random(number)
    day, month = 1 + number % 28, ("Jan", "Feb", "Mar", "Apr")[number % 4]
    copies = [_person(chosen) for _ in range(chosen.choice((0, 0, 0, 1, 3)))]
    lines = [
        f"From: {_person(chosen)}",
        *([f"Reply-To: {_person(chosen)}"] if number % 12 == 0 else []),
        "To: " + ",\r\n ".join(_person(chosen) for _ in range(chosen.choice((1, 1, 1, 2, 3, 8)))),
        *(["Cc: " + ",\r\n ".join(copies)] if copies else []),
        f"Subject: {_subject(number, chosen)}",
        f"Date: {day} {month} 2024 {number % 24:02}:{number % 60:02}:{number // 60 % 60:02} +0100",
        f"Message-ID: <{number}.{chosen.randrange(10**9)}@mail.example.org>",
        *([f"In-Reply-To: <{number - 1}.{chosen.randrange(10**9)}@mail.example.org>"] if number % 3 else []),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"Hello,\r\n\r\nthis is message {number}.",
        _BODY * chosen.randrange(3, 20),
    ]
    return "\r\n".join(lines).encode()


def _appended(numbers: range) -> Iterator[bytes]:
    """Yield a MULTIAPPEND of these messages (RFC 3502), in pieces."""
    yield b"c APPEND big"
    for number in numbers:
        octets, flags = letter(number), _FLAGS[number % len(_FLAGS)]
        date = b"%2d-Feb-2024 09:%02d:%02d +0100" % (1 + number % 28, number % 60, number // 60 % 60)
        yield b' (%s) "%s" {%d+}\r\n%s' % (flags, date, len(octets), octets)
    yield b"\r\n"


def _replied(lines: BinaryIO, tag: bytes) -> None:
    """Read to the reply with this tag.  Raises SystemExit if it is not OK, or does not come."""
    for line in lines:
        if line.startswith(tag + b" OK"):
            return
        if line.startswith(tag):
            raise SystemExit(f"the mailbox could not be filled: {line!r}")
    raise SystemExit("the mailbox could not be filled: the server closed the connection")


@contextlib.contextmanager
def filled(folder: Path, messages: int = MESSAGES) -> Iterator[Place]:
    """Start Dovecot with its state in `folder`, whose folders above must be open to all, and fill the mailbox."""
    run = folder / "listing"  # where the tests' own Dovecot is not
    run.mkdir(mode=0o755)
    with dovecot.running(run, certs.make(folder / "certs"), more=_CONFIG) as server:
        with socket.create_connection((server.host, server.port), 60) as peer, peer.makefile("rb") as lines:
            peer.sendall(f"a LOGIN {server.user} {server.password}\r\nb CREATE big\r\n".encode())
            _replied(lines, b"b")
            for first in range(1, messages + 1, BLOCK):
                peer.sendall(b"".join(_appended(range(first, min(first + BLOCK, messages + 1)))))
                _replied(lines, b"c")
        url = f"imap://{server.user}@{server.host}:{server.port}/big"
        yield Place(url, server.password, messages)


@contextlib.contextmanager
def opened() -> Iterator[Path]:
    """Make a temporary folder that all may enter: Dovecot reads mail as nobody if root starts it."""
    with tempfile.TemporaryDirectory(prefix="imapsh-bench-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


if __name__ == "__main__":
    with opened() as place, filled(place, int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES) as there:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        print(*there, flush=True)
        signal.pause()
