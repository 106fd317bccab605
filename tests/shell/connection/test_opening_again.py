r"""`\connect` after a loss: the mailbox that was selected is selected again, and its UIDVALIDITY compared (A7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.errors import ConnectionLost, ImapshError
from imapsh.shell.connection.dial import Plan, make_plan
from imapsh.shell.connection.steps import Steps
from tests.shell.acting import ENTER, Peer, acting, play
from tests.shell.hosting import FakeApp, answering
from tests.shell.running import imapsh, listening, says, url

SELECTED = "* 3 EXISTS\n* OK [UIDVALIDITY 3] .\n* OK [UIDNEXT 9] .\nTAG OK [READ-WRITE] done"
LOST = "* OK going"  # and no tagged reply, after which the stream ends


class Away(FakeApp):
    """A host whose server says `first` on the first connection and `then`, one after the other, on later ones."""

    def __init__(self, first: dict[str, str], *then: dict[str, str] | None, mailbox: str = "Url") -> None:
        super().__init__(mailbox=mailbox)
        self.scripts: list[dict[str, str] | None] = list(then)
        self.talks_over(answering(first), make_plan(self.options))

    def connect(self, plan: Plan, name: str) -> Steps[None]:
        if not self.fake.streams:
            script = self.scripts.pop(0) if self.scripts else USUAL
            greeting = "BYE" if script is None else "PREAUTH"
            self.fake.streams.append(answering(script or {}, greeting=greeting))
        return super().connect(plan, name)

    def does(self, line: str) -> Away:
        super().does(line)
        return self

    def loses(self) -> Away:
        with pytest.raises(ConnectionLost):
            self.does("NOOP")
        return self


USUAL = {"SELECT": SELECTED, "EXAMINE": SELECTED.replace("READ-WRITE", "READ-ONLY"), "NOOP": LOST}


@pytest.mark.parametrize(
    ("lines", "again"),
    [
        ((), ["SELECT Url"]),
        (("SELECT Other",), ["SELECT Other"]),
        (("EXAMINE Other",), ["EXAMINE Other"]),
        (("SELECT Other", "SELECT inbox"), ["SELECT INBOX"]),
        (("\\safe off", "CLOSE"), []),
        (("SELECT Other", "UNSELECT"), []),
        (("SELECT Missing",), []),
        (("SELECT Missing", "SELECT Other"), ["SELECT Other"]),
        (('SELECT "Entw&APw-rfe 2"',), ['SELECT "Entw&APw-rfe 2"']),
        (("SELECT Acl",), ["SELECT Acl"]),  # the server said READ-ONLY, and may say otherwise now
    ],
)
def test_a7_what_was_selected_is_selected_again(lines: tuple[str, ...], again: list[str]) -> None:
    first = {
        "SELECT Missing": "TAG NO no such mailbox",
        "SELECT Acl": SELECTED.replace("READ-WRITE", "READ-ONLY"),
        **USUAL,
    }
    host = Away(first)
    for line in lines:
        host.does(line)
    host.loses()
    count = len(host.sent)
    host.does("\\connect")
    assert host.sent[count:] == again
    assert (host.session.mailbox is not None) == bool(again)
    assert ("UIDVALIDITY is unchanged: earlier UIDs are still valid, the same number of messages" in host.text) == bool(
        again
    )


def test_a7_another_uidvalidity_is_told_for_the_mailbox_of_the_url_too() -> None:
    for lines in ((), ("SELECT Other",)):
        host = Away({"UID SEARCH": "* SEARCH 7 8\nTAG OK done", **USUAL}, {"SELECT": SELECTED.replace("Y 3", "Y 4")})
        for line in (*lines, "UID SEARCH ALL"):
            host.does(line)
        host.loses().does("\\connect")
        assert host.said[-1] == "UIDVALIDITY changed from 3 to 4: earlier UIDs are void"
        with pytest.raises(ImapshError, match="is empty"):
            host.does("UID FETCH ${uids} FLAGS")


@pytest.mark.parametrize("answer", ["* OK [UIDNEXT 3] .\nTAG OK done", "TAG NO gone"])
def test_a7_what_cannot_be_compared_is_said(answer: str) -> None:
    host = Away(USUAL, {"SELECT": answer}).loses().does("\\connect")
    told = "Url was selected and no longer is" if "NO" in answer else "UIDVALIDITY is unknown"
    assert host.said[-1].startswith(told)


def test_a7_it_is_not_forgotten_where_connecting_fails_at_first() -> None:
    host = Away(USUAL, None, {"SELECT": LOST}, USUAL).does("EXAMINE Other").loses()
    with pytest.raises(ImapshError, match="said BYE"):
        host.does("\\connect")
    host.does("\\connect")
    assert host.sent[-1] == "EXAMINE Other"


def test_a7_nor_where_the_connection_is_lost_while_it_is_selected() -> None:
    host = Away(USUAL, {"SELECT": LOST}, USUAL).does("SELECT Other").loses()
    with pytest.raises(ConnectionLost):
        host.does("\\connect")
    host.does("\\connect")
    assert host.sent[-1] == "SELECT Other"
    assert host.said[-1].startswith("UIDVALIDITY is unchanged")


def test_a7_after_logout_too_and_elsewhere_not() -> None:
    host = Away({"LOGOUT": "* BYE bye\nTAG OK out", **USUAL}, {"SELECT": SELECTED}, {"SELECT": SELECTED})
    host.does("SELECT Other").does("LOGOUT").does("\\connect")
    assert host.sent[-1] == "SELECT Other"
    count = len(host.sent)
    host.does("\\connect imap://127.0.0.2/There")
    assert "SELECT Other" not in host.sent[count:]
    assert host.session.mailbox is not None
    assert host.session.mailbox.name == "There"


def test_a7_each_connection_has_its_own_and_a_further_one_begins_with_that_of_the_url() -> None:
    host = Away(USUAL, USUAL, USUAL, USUAL).does("SELECT Other").does("\\connect -n b")
    assert host.connection.selected is not None
    assert host.connection.selected.name == "Url"
    host.does("EXAMINE Third").loses().does("\\connect")
    assert host.sent[-1] == "EXAMINE Third"
    host.does("\\use 1").loses().does("\\connect -n 1")
    assert host.sent[-1] == "SELECT Other"


def test_a7_in_a_script(tmp_path: Path) -> None:
    heard = says(
        b"* OK [UIDVALIDITY 3] .\r\nTAG OK ok\r\n", b"* OK [UIDVALIDITY 3] .\r\nTAG OK ok\r\n", b"TAG OK ok\r\n"
    )
    with listening(heard) as port:
        done = imapsh(url(port) + "/Url", "--no-ask", "-c", "SELECT Other", "-c", "\\connect", "-c", "NOOP")
    sent = [line.split(" ", 2)[2] for line in done.lines if line.startswith("> ")]
    assert sent == ["SELECT Url", "SELECT Other", "SELECT Other", "NOOP"]
    assert "UIDVALIDITY is unchanged" in done.err


def test_a7_at_the_prompt(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=f"{peer.url}", mailbox="Url") as person:
            await peer.hears(b"A1 SELECT Url\r\n")
            peer.says(b"* OK [UIDVALIDITY 3] .\r\nA1 OK [READ-WRITE] ok\r\n")
            await person.screen.shows("Url>")
            person.types("EXAMINE Other" + ENTER)
            await peer.hears(b"A2 EXAMINE Other\r\n")
            peer.says(b"* OK [UIDVALIDITY 5] .\r\nA2 OK [READ-ONLY] ok\r\n")
            await person.screen.shows("Other (read-only)>")
            peer.hangs_up()
            await person.screen.shows("not connected>")
            person.types("\\connect" + ENTER)
            await peer.hears(b"A1 EXAMINE Other\r\n")
            peer.says(b"* OK [UIDVALIDITY 6] .\r\nA1 OK [READ-ONLY] ok\r\n")
            await person.screen.shows("UIDVALIDITY changed from 5 to 6: earlier UIDs are void", "Other (read-only)>")
            assert b"Url" not in peer.heard

    play(scene)
