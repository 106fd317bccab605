"""`\\copy` from Dovecot to Cyrus, broken off twice: every message is there once, with its flags and date."""

from __future__ import annotations

import pytest

from tests.bench import copying
from tests.servers.base import Server
from tests.shell.running import imapsh

MESSAGES = 300


@pytest.fixture(scope="module")
def filled(dovecot: Server, cyrus: Server) -> tuple[Server, Server]:
    source = dovecot.for_user("other")
    copying.fill(source, MESSAGES)
    with copying.login(source) as client:
        for name in ("Trees", "Trees/Old oaks", "Trees/B&APw-sche"):
            client.create(f'"{name}"')
            octets = b"Subject: " + name.encode() + b"\r\n\r\n."
            client.append(f'"{name}"', "\\Flagged", '"01-Feb-2024 10:00:00 +0100"', octets)
    target = cyrus.for_user("other")
    with copying.login(target) as client:
        client.create("INBOX.broken")
    return source, target


def test_a_copy_that_is_broken_off_twice(filled: tuple[Server, Server]) -> None:
    source, target = filled
    before = copying.mail(source, "INBOX")
    octets = copying.octets_of(source)
    with copying.Cut(target) as cut:
        cut.at(octets // 3, cut.cut)
        first = copying.copying(source, cut.port, "INBOX.broken", source.cafile)
        assert "goes on from there" in copying.said(first)
        assert first.returncode == 7
        second = copying.copying(source, cut.port, "INBOX.broken", source.cafile)
        cut.at(octets // 3, second.kill)
        copying.said(second)
        assert second.returncode < 0
        there = copying.mail(target, "INBOX.broken")
        assert 0 < there.total() < before.total()
        cut.at(0, lambda: None)
        third = copying.copying(source, cut.port, "INBOX.broken", source.cafile)
        assert "were there already" in copying.said(third)
        assert third.returncode == 0
    assert copying.mail(target, "INBOX.broken") == before


@pytest.mark.parametrize("name", ["cyrus", "courier"])
def test_an_account_goes_over_and_is_the_same_there(
    name: str, filled: tuple[Server, Server], request: pytest.FixtureRequest
) -> None:
    source, _ = filled
    server: Server = request.getfixturevalue(name)
    target = server.for_user("other")
    place, tree = f"imap://{target.user}@{target.host}:{target.port}", "\\copy --tree Trees* new:"
    lines = [f"\\connect -n new {place}", "\\use 1", tree, tree, f"\\compare Trees new:{target.prefix}Trees"]
    url = f"imap://{source.user}@{source.host}:{source.port}"
    done = imapsh(url, *(word for line in lines for word in ("-c", line)),
                  env={"IMAPSH_PASSWORD": source.password, "SSL_CERT_FILE": str(source.cafile)})  # fmt: skip
    assert done.status == 0, done.err
    assert "copied 3 messages" in done.err
    assert "3 mailboxes done, 3 created" in done.err
    assert "copied 0 messages, 0 octets, to new:; 3 were there already" in done.err
    with copying.login(target) as client:
        names = [f"{target.prefix}Trees{target.separator}{rest}" for rest in ("Old oaks", "B&APw-sche")]
        assert all(client.status(f'"{each}"', "(MESSAGES)")[1][0].endswith(b"(MESSAGES 1)") for each in names)
