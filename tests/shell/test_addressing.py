"""Untagged responses go to whom they are about, whatever runs beside (A2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.session.events import Received
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.lines import measure
from tests.shell.acting import ENTER, TAB, Peer, acting, play
from tests.shell.hosting import FakeApp, answering
from tests.shell.running import imapsh, listening, says, url

PUSHED = "* STATUS Pushed (MESSAGES 900 UIDNEXT 9)"


def scripted(answers: dict[str, str]) -> FakeApp:
    host = FakeApp("n")
    usual = {"SELECT": "* 9 EXISTS\n* OK [UIDVALIDITY 7] valid\nTAG OK done"}
    host.talks_over(answering({**answers, **usual}, "IMAP4rev1 ESEARCH NOTIFY"), make_plan(host.options))
    return host.does("SELECT INBOX")


@pytest.mark.parametrize("name", ["Archive", '"Archive"', "inbox", "Entw&APw-rfe"])
def test_a2_what_we_ask_for_ourselves(name: str) -> None:
    """Before DELETE and RENAME of INBOX the person is told what is in the mailbox."""
    came = name.strip('"').replace("inbox", "INBOX")
    host = scripted({"STATUS": f"{PUSHED}\n* STATUS {came} (MESSAGES 3)\n{PUSHED}\nTAG OK done"})
    mail = host.to_the_end(measure.mailbox(host.connection, "a test", name.strip('"')))
    assert mail is not None
    assert mail.messages == 3
    pushed = [one for one in host.events if isinstance(one, Received) and b"Pushed" in one.response.frame.raw]
    assert [one.unsolicited for one in pushed] == [True, True]  # and what was pushed is shown


def test_a2_what_is_pushed_alone_is_no_answer_of_another() -> None:
    host = scripted({"STATUS": f"{PUSHED}\n{PUSHED}\nTAG OK done"})
    assert host.to_the_end(measure.mailbox(host.connection, "a test", "Archive")) is None


def test_a2_esearch_goes_by_its_tag() -> None:
    update = '* ESEARCH (TAG "B9") UID ADDTO (1 7) ALL 77:99'
    host = scripted({"UID SEARCH": f'{update}\n* ESEARCH (TAG "TAG") UID ALL 4:5\nTAG OK done'})
    assert str(host.to_the_end(measure.found(host.connection, "a test", "DELETED"))) == "4:5"
    host.does("UID SEARCH RETURN (ALL) DELETED").does("UID FETCH ${uids} FLAGS")
    assert host.sent[-1] == "UID FETCH 4:5 FLAGS"


def test_a2_an_expectation_is_about_what_was_asked_for() -> None:
    pushed = PUSHED.encode() + b"\r\n"
    search = b'* ESEARCH (TAG "zz") COUNT 900\r\n* ESEARCH (TAG "TAG") COUNT 3\r\nTAG OK done\r\n'
    handler = says(
        pushed + b"* STATUS inbox (MESSAGES 3)\r\n" + pushed + b"TAG OK done\r\n", b"TAG OK done\r\n", search
    )
    lines = [
        "STATUS INBOX (MESSAGES)",
        "\\expect untagged STATUS messages = 3",
        "\\expect no untagged STATUS messages = 900",
        "\\expect count STATUS = 1",
        "SELECT INBOX",
        "SEARCH RETURN (COUNT) ALL",
        "\\expect untagged ESEARCH count = 3",
        "\\expect no untagged ESEARCH count = 900",
    ]
    with listening(handler) as port:
        done = imapsh(url(port), "--no-ask", *(word for line in lines for word in ("-c", line)))
    assert done.status == 0, done.err


def test_a2_a_question_of_ours_takes_nothing_from_the_person(tmp_path: Path) -> None:
    """The names for completion are still being listed when the person asks for something else."""

    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, no_ask=False) as person:
            await person.screen.shows("PREAUTH")
            person.types("SELECT " + TAB)
            await peer.hears(b'LIST "" "*"\r\n')
            person.types("\x15STATUS Box (MESSAGES)" + ENTER)
            await peer.hears(b"STATUS Box (MESSAGES)\r\n")
            peer.says(b'* LIST () "/" Box\r\n* STATUS Box (MESSAGES 77)\r\n* LIST () "/" Bix\r\n')
            await person.screen.shows("* STATUS Box (MESSAGES 77)")
            peer.says(b"A1 OK listed\r\nA2 OK told\r\n")
            await person.screen.shows("A2 OK told")
            assert "* LIST" not in person.screen.text

    play(scene)
