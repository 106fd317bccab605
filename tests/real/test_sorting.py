"""The demo server sorts and threads as other servers do: the same mail, the same commands, the same answers."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from random import Random

import pytest

from tests.servers.base import USERS, Server

SUBJECTS = ("tide", "Re: tide", "lamp", "[list] Re: lamp", "Fwd: lamp (fwd)", "[Fwd: tide]", "RE[2]: rope", "rope", "")
NAMES = ("Ann", "bob", "Carl", "dora")
KEYS = ("ARRIVAL", "CC", "DATE", "FROM", "SIZE", "SUBJECT", "TO", "REVERSE SUBJECT DATE", "REVERSE FROM REVERSE DATE")


def letters(seed: int) -> Iterator[bytes]:
    """Some letters, of which many answer another, by the right fields or only by the subject."""
    random = Random(seed)
    for number in range(40):
        day, hour, zone = random.randint(1, 28), random.randint(0, 23), random.choice(["+0000", "-0800", "+0530"])
        lines = [
            f"From: {random.choice(NAMES)} <{random.choice(NAMES)}@x.example>",
            f"To: {random.choice(NAMES)}@x.example",
            f"Subject: {random.choice(SUBJECTS)}",
            f"Date: {day} Jun 2026 {hour:02}:{number:02}:00 {zone}",
            f"Message-ID: <m{number}@x.example>",
        ]
        if random.random() < 0.3:
            lines.append(f"Cc: {random.choice(NAMES)}@x.example")
        if number and random.random() < 0.5:
            known = [f"<m{random.randrange(50)}@x.example>" for _ in range(random.randint(1, 3))]
            lines.append(f"{random.choice(['References', 'In-Reply-To'])}: {' '.join(known)}")
        yield ("\r\n".join([*lines, "", "x" * random.randint(1, 400), ""])).encode()


def answers(server: Server, user: str, password: str, seed: int) -> dict[str, bytes]:
    """What a server says of these letters."""
    told: dict[str, bytes] = {}
    with imaplib.IMAP4(server.host, server.port) as client:
        client.login(user, password)
        [line] = client.list('""', '""')[1]
        assert isinstance(line, bytes)
        delimiter = line.decode().split('"')[1]
        box = f"INBOX{delimiter}Sorted"
        client.create(box)
        for octets in letters(seed):
            client.append(box, "", f'"{octets.count(b"x") % 28 + 1:2}-Jun-2026 10:00:00 +0000"', octets)
        client.select(box)
        for key in KEYS:
            told[key] = client.sort(f"({key})", "UTF-8", "ALL")[1][0]
        for name in ("ORDEREDSUBJECT", "REFERENCES"):
            told[name] = client.thread(name, "UTF-8", "ALL")[1][0]
        client.close()
        client.delete(box)
    return told


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", ["dovecot", "cyrus"])
def test_the_demo_agrees(name: str, seed: int, demo: Server, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(name)
    theirs = answers(server, "other", USERS["other"], seed)
    ours = answers(demo, "demo", "demo", seed)
    assert {key: (value, theirs[key]) for key, value in ours.items() if value != theirs[key]} == {}
