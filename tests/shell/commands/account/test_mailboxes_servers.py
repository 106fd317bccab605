r"""`\find`, `\du` and `\largest` on real servers say what the standard library's imaplib says."""

from __future__ import annotations

import imaplib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.servers.base import UNTOUCHED, Server
from tests.shell.running import Done, imapsh

_LISTED = re.compile(rb'\((.*?)\) (?:"."|NIL) (.*)')


def runs(server: Server, *lines: str) -> Done:
    words = [word for line in lines for word in ("-c", line)]
    url = f"imaps://{server.user}@{server.host}:{server.tls_port}"
    return imapsh("--cafile", str(server.cafile), "--format", "json", *words, url,
                  env={"IMAPSH_PASSWORD": server.password})  # fmt: skip


def told(done: Done, name: str) -> list[dict[str, Any]]:
    objects = (json.loads(line) for line in done.lines)
    return [one["value"] for one in objects if one["kind"] == "imapsh" and one["name"] == name]


@contextmanager
def opened(server: Server) -> Iterator[imaplib.IMAP4]:
    client = imaplib.IMAP4(server.host, server.port)
    client.login(server.user, server.password)
    yield client
    client.logout()


def each(server: Server, ask: Callable[[imaplib.IMAP4], int]) -> list[int]:
    """What a script finds in each mailbox, in rising order."""
    found = []
    with opened(server) as client:
        for line in client.list()[1]:
            assert isinstance(line, bytes)
            listed = _LISTED.fullmatch(line)
            assert listed is not None
            if b"oselect" not in listed[1] and client.select(listed[2].decode(), readonly=True)[0] == "OK":
                found.append(ask(client))
    return sorted(found)


def searched(client: imaplib.IMAP4, *keys: str) -> int:
    return len(client.uid("SEARCH", *keys)[1][0].split())


def sizes(client: imaplib.IMAP4) -> list[int]:
    if not searched(client, "ALL"):
        return []
    _, lines = client.fetch("1:*", "(RFC822.SIZE)")
    return [int(size) for line in lines for size in re.findall(rb"RFC822.SIZE (\d+)", bytes(line or b""))]  # type: ignore[arg-type]


def test_find_says_what_a_script_finds(real_server: Server) -> None:
    server = real_server.for_user(UNTOUCHED)
    done = runs(server, "\\find ALL", '\\find SUBJECT "plain"')
    assert done.status == 0, done
    rows = told(done, "mailbox")
    everything, some = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    assert sorted(row["found"] for row in everything) == each(server, lambda client: searched(client, "ALL"))
    assert sorted(row["found"] for row in some) == each(server, lambda client: searched(client, "SUBJECT", '"plain"'))
    assert any(head["subject"] == "Plain message" for row in some for head in row["newest"])


def test_du_says_what_a_script_adds_up(real_server: Server) -> None:
    server = real_server.for_user(UNTOUCHED)
    done = runs(server, "\\du")
    assert done.status == 0, done
    rows, (total,) = told(done, "mailbox"), told(done, "total")
    assert sorted(row["messages"] for row in rows) == each(server, lambda client: searched(client, "ALL"))
    assert total["size"] == sum(each(server, lambda client: sum(sizes(client))))
    assert total["oldest"]


def test_largest_are_the_largest(real_server: Server) -> None:
    server = real_server.for_user(UNTOUCHED)
    done = runs(server, "\\largest 3")
    assert done.status == 0, done
    every: list[int] = []

    def ask(client: imaplib.IMAP4) -> int:
        every.extend(sizes(client))
        return 0

    each(server, ask)
    assert [one["size"] for one in told(done, "message")] == sorted(every, reverse=True)[:3]
