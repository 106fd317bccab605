"""The mail of a person with 25 mailboxes, as an admin meets it: the same each time, and put into a server fast.

It holds what an admin looks for: a few large messages, attachments, messages that came twice, and such that have a
Message-ID in common with others; in mailboxes with spaces, umlauts and a hierarchy.
"""

from __future__ import annotations

import base64
import random
import socket
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from .base import Server

#: Mailbox, as it is named on the wire with `/` between the levels -> how many of a thousand messages it has.
MAILBOXES = {
    "INBOX": 160, "Sent": 140, "Drafts": 5, "Trash": 60, "Junk": 70, "Invoices": 60, "Travel": 20, "Family": 15,
    "Lists": 0, "Lists/imap-protocol": 90, "Lists/announce": 25,
    "Clients": 5, "Clients/ACME": 40, "Clients/M&APw-ller und S&APY-hne": 35, "Clients/Old &- gone": 10,
    "Projects": 5, "Projects/Alpha": 35, "Projects/Beta": 25, "Projects/Beta/Minutes": 10,
    "Archive": 5, "Archive/2021": 30, "Archive/2022": 35, "Archive/2023": 40, "Archive/2024": 45, "Archive/2025": 35,
}  # fmt: skip

_BEGUN = datetime(2021, 1, 4, 8, tzinfo=UTC)
_WORDS = ("tide", "harbour", "ledger", "offer", "contract", "report", "minutes", "holiday", "server", "garden",
          "letter", "meeting", "lunch", "ticket", "budget", "key")  # fmt: skip
_PEOPLE = ("Ada Quay <ada@example.test>", "Ben Moor <ben@example.test>",
           "=?utf-8?q?Zo=C3=AB_Strand?= <zoe@example.test>", "shop@example.test",
           "The list <list@example.test>")  # fmt: skip
_FLAGS = ("\\Seen", "\\Seen", "\\Seen", "\\Seen \\Answered", "\\Seen \\Flagged", "", "\\Seen $Forwarded")
_TOGETHER = 200


class Letter(NamedTuple):
    """A message of an account: its mailbox as on the wire, its flags, its date, and its octets."""

    mailbox: str
    flags: str
    date: datetime
    octets: bytes


def letters(messages: int, seed: int = 14) -> Iterator[Letter]:
    """Yield the mail of an account of this many messages, mailbox by mailbox, the oldest first."""
    chance = random.Random(seed)
    of_all = sum(MAILBOXES.values())
    number = 0
    for mailbox, share in MAILBOXES.items():
        last: Letter | None = None
        count = messages * share // of_all
        for at in range(count):
            number += 1
            date = _BEGUN + timedelta(minutes=(at + 1) * 2_600_000 // (count + 1), seconds=number % 60)
            flags = chance.choice(_FLAGS)
            if last is not None and number % 53 == 0:  # came twice
                last = last._replace(flags=flags)
            elif last is not None and number % 71 == 0:  # came again, with a line of the mailing list below
                last = last._replace(octets=last.octets + b"-- \r\nThis line was added on the way.\r\n")
            else:
                last = Letter(mailbox, flags, date, _message(number, date, chance))
            yield last


def _message(number: int, date: datetime, chance: random.Random) -> bytes:
    words = chance.choices(_WORDS, k=60)
    subject = f"Invoice {4000 + number}" if number % 40 == 0 else f"{words[0].capitalize()} and {words[1]} {number}"
    text = "\r\n".join(" ".join(words[start : start + 12]) for start in range(0, 60, 12))
    head = (
        f"Date: {date:%a, %d %b %Y %H:%M:%S +0000}\r\nFrom: {chance.choice(_PEOPLE)}\r\n"
        f"To: Ida Shore <ida@example.test>\r\nSubject: {subject}\r\n"
        f"Message-ID: <{number}.{chance.getrandbits(40):x}@example.test>\r\nMIME-Version: 1.0\r\n"
    )
    if number % 20:
        return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()
    octets = chance.randbytes(chance.choice((3_000, 8_000, 20_000)) if number % 1000 else 3_000_000)
    coded = base64.encodebytes(octets).replace(b"\n", b"\r\n").decode()
    return (
        f'{head}Content-Type: multipart/mixed; boundary="=_{number}"\r\n\r\n'
        f"--=_{number}\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
        f'--=_{number}\r\nContent-Type: application/pdf; name="invoice {number}.pdf"\r\n'
        f'Content-Disposition: attachment; filename="invoice {number}.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        f"{coded}--=_{number}--\r\n"
    ).encode()


class _Line:
    """A plain connection that says commands and waits until each is OK."""

    def __init__(self, server: Server) -> None:
        self._socket = socket.create_connection((server.host, server.port), 60)
        self._answers = self._socket.makefile("rb")
        self._answers.readline()
        self.say(f'LOGIN "{server.user}" "{server.password}"'.encode())

    def say(self, octets: bytes, *, may_fail: bool = False) -> None:
        self._socket.sendall(b"a " + octets + b"\r\n")
        for line in self._answers:
            if line.startswith(b"a "):
                assert may_fail or line.startswith(b"a OK"), line
                return

    def close(self) -> None:
        self.say(b"LOGOUT")
        self._answers.close()
        self._socket.close()


def fill(server: Server, mail: Iterable[Letter], mailboxes: Iterable[str] = tuple(MAILBOXES)) -> None:
    """Make the mailboxes on a server with MULTIAPPEND and LITERAL+, and append the mail, many messages a command."""
    line = _Line(server)
    for name in mailboxes:
        line.say(b'CREATE "%s"' % placed(server, name).encode(), may_fail=True)  # the server has some of its own
        line.say(b'SUBSCRIBE "%s"' % placed(server, name).encode())
    pending = iter(mail)
    due: list[Letter] = []
    while due or (due := list(islice(pending, _TOGETHER))):
        together = [one for one in due if one.mailbox == due[0].mailbox]
        line.say(b'APPEND "%s"' % placed(server, due[0].mailbox).encode() + b"".join(map(_appended, together)))
        due = due[len(together) :]
    line.close()


def placed(server: Server, name: str) -> str:
    """Return the name of a mailbox as this server has it."""
    return name if name == "INBOX" else server.prefix + name.replace("/", server.separator)


def _appended(one: Letter) -> bytes:
    head = f' ({one.flags}) "{one.date:%d-%b-%Y %H:%M:%S +0000}" {{{len(one.octets)}+}}\r\n'
    return head.encode() + one.octets
