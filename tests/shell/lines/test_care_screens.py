"""Care as a person sees it: the question before mail is lost, and connections lost and opened again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.base import Server
from tests.shell.acting import ENTER, PASTE, PASTED, Actor, Peer, acting, play
from tests.shell.lines.test_login import url

INBOX = "demo@demo INBOX>"
QUESTION = "send it? [y/N]"


def test_a_confirmation(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_ask=False) as person:
            await person.enters("SELECT INBOX", INBOX)
            await person.enters(
                "EXPUNGE", f"EXPUNGE would remove 1 message, 698 octets, of 2026-06-12, with no way back; {QUESTION}"
            )
            assert "asked UID SEARCH for what EXPUNGE would do: OK" in person.screen.text
            assert "asked UID FETCH for what EXPUNGE would do: OK" in person.screen.text
            await person.enters("n", "imapsh: EXPUNGE was not sent")
            await person.prompted(INBOX)
            assert "> A5 EXPUNGE" not in person.screen.text
            await person.enters("EXPUNGE")
            await person.screen.until(lambda: person.screen.text.count(QUESTION) == 2)
            await person.enters("y", "EXPUNGE\n- * 7 EXPUNGE")
            await person.enters("EXPUNGE", "OK: ")  # nothing is left to lose
            await person.prompted(INBOX)
            assert person.screen.text.count(QUESTION) == 2

    play(scene)


def test_each_line_of_a_paste_is_asked_about_and_the_answer_is_the_persons_own(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted("demo@demo>")
            person.types(f"{PASTE}a1 DELETE Archive\ny\na2 DELETE Junk\n{PASTED}{ENTER}")
            await person.screen.shows(
                "DELETE would lose the mailbox and every message in it, with no way back; " + QUESTION
            )
            person.types(ENTER)
            await person.screen.shows("DELETE was not sent", "< A2 BAD")
            await person.screen.until(lambda: person.screen.text.count(QUESTION) == 2)
            await person.enters("yes", "a2 DELETE Junk", "< a2 OK")
            assert "> a1 DELETE Archive" not in person.screen.lines

    play(scene)


def test_what_is_pushed_is_seen_above_the_question_and_an_end_sends_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await opened(person, peer)
            await person.enters("EXPUNGE", "EXPUNGE would lose every message marked \\Deleted", QUESTION)
            peer.says(b"* 4 EXISTS\r\n")
            await person.screen.until(lambda: "~ * 4 EXISTS" in person.screen.text)
            assert person.screen.line("* 4 EXISTS") < person.screen.line(QUESTION)
            peer.hangs_up()
            await person.screen.shows("imapsh: the server closed the connection", "EXPUNGE was not sent")
            assert b"EXPUNGE" not in peer.heard

    play(scene)


# -- lost, and opened again


async def opened(person: Actor, peer: Peer, uidvalidity: int = 3, exists: int = 3, tag: str = "A1") -> None:
    """A mailbox is selected, by the person or by \\connect."""
    if tag == "A1" and peer.conversations < 2 and "A1" not in person.screen.text:
        await person.prompted_once()
        person.types("SELECT INBOX" + ENTER)
    await peer.hears(b"A1 SELECT INBOX\r\n")
    peer.says(f"* {exists} EXISTS\r\n* OK [UIDVALIDITY {uidvalidity}] .\r\n* OK [UIDNEXT {10 + exists}] .\r\n".encode())
    peer.says(b"A1 OK [READ-WRITE] ok\r\n")
    await person.screen.shows("INBOX>")


@pytest.mark.parametrize(
    ("line", "heard", "said", "name"),
    [
        ("FETCH 1 BODY[]", b"FETCH 1 BODY[]\r\n", b"* 1 FETCH (BODY[] {1000}\r\nhalf of a", "A2 FETCH"),
        ("APPEND INBOX {3000}\r\n" + "x" * 3000, b"{3000}\r\n", b"", "A2 APPEND"),
        ("APPEND INBOX {3000}\r\n" + "x" * 3000, b"{3000}\r\n", b"+ go on\r\n", "A2 APPEND"),
        ("IDLE", b"IDLE\r\n", b"+ idling\r\n", "A2 IDLE"),
    ],
)
def test_a_drop_in_the_midst_names_what_was_in_flight_and_nothing_is_sent_again(
    tmp_path: Path, line: str, heard: bytes, said: bytes, name: str
) -> None:
    async def scene() -> None:
        async with (
            Peer(b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello\r\n") as peer,
            acting(tmp_path, url=peer.url) as person,
        ):
            await opened(person, peer)
            person.types(PASTE + line.replace("\r\n", "\n") + PASTED + ENTER)
            await peer.hears(heard)
            peer.says(said)
            if b"IDLE" in heard:
                await person.screen.shows("+ idling")
            elif said.startswith(b"+"):
                await peer.hears(b"x" * 3000)
            peer.hangs_up()
            await person.screen.shows("imapsh: the server closed the connection", name, "not connected>")
            if b"FETCH" in heard:
                await person.screen.shows("half of a", "the input ends here, within the response")
            peer.heard = b""
            person.types("\\connect" + ENTER)
            await opened(person, peer, exists=5)
            await person.screen.shows(
                "UIDVALIDITY is unchanged: earlier UIDs are still valid, 2 messages more, UIDNEXT 13 "
            )
            assert peer.conversations == 2
            assert peer.heard == b""

    play(scene)


@pytest.mark.parametrize(
    ("uidvalidity", "exists", "words"),
    [
        (3, 3, "UIDVALIDITY is unchanged: earlier UIDs are still valid, the same number of messages"),
        (3, 2, "UIDVALIDITY is unchanged: earlier UIDs are still valid, 1 message fewer"),
        (4, 3, "imapsh: UIDVALIDITY changed from 3 to 4: earlier UIDs are void"),
    ],
)
def test_a_bye_and_the_mailbox_is_opened_again(tmp_path: Path, uidvalidity: int, exists: int, words: str) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await opened(person, peer)
            peer.says(b"* BYE idle for too long\r\n")
            peer.hangs_up()
            await person.screen.shows("the server said BYE: idle for too long", "not connected>")
            person.types("\\connect" + ENTER)
            await opened(person, peer, uidvalidity, exists)
            await person.screen.shows(words)

    play(scene)


def test_a_password_that_was_accepted_is_asked_for_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer(b"* OK [CAPABILITY IMAP4rev1] hello\r\n") as peer:
            place = peer.url.replace("//", "//edda@")
            async with acting(tmp_path, url=place, cleartext=True) as person:
                for answer, reply in (("hunter22", b"A1 NO wrong\r\n"), ("hunter23", b"A1 OK in\r\n")):
                    await person.screen.shows("Password for edda at ")
                    person.types(answer + ENTER)
                    await peer.hears(answer.encode())
                    peer.says(reply)
                    if b"NO" in reply:
                        await person.screen.shows("(not logged in)>")
                        person.screen.screen.reset()
                        person.types("\\connect" + ENTER)
                await person.prompted_once()
                peer.hangs_up()
                await person.screen.shows("not connected>")
                person.screen.screen.reset()
                person.types("\\connect" + ENTER)
                await peer.hears(b"hunter23")
                assert "Password for" not in person.screen.text
                peer.says(b"A1 NO it was changed\r\n")
                await person.screen.shows("it was changed", "(not logged in)>")
                person.types("\\connect" + ENTER)
                await person.screen.shows("Password for edda at ")
                person.types("hunter24" + ENTER)
                await peer.hears(b"hunter24")
                peer.says(b"A1 OK in\r\n")
                await person.prompted_once()
            assert "hunter2" not in person.screen.written

    play(scene)


def test_on_dovecot(dovecot: Server, tmp_path: Path) -> None:
    async def scene() -> None:
        place, cafile = url(dovecot, ""), str(dovecot.cafile)
        async with acting(tmp_path, url=place, no_login=True, no_ask=False, cafile=cafile) as person:
            await person.enters(f"a1 LOGIN demo {dovecot.password}", "< a1 OK")
            await person.enters("a2 CREATE care", "< a2 OK")
            for number in (3, 4):
                day = f'"0{number}-Feb-2019 10:00:00 +0000"'
                line = f"a{number} APPEND care (\\Deleted) {day} {{10+}}{ENTER}Subject: {number}"
                await person.enters(line, f"< a{number} OK")
            await person.enters("SELECT care", "care>")
            await person.enters(
                "CLOSE", f"CLOSE would remove 2 messages, 20 octets, oldest 2019-02-03, with no way back; {QUESTION}"
            )
            await person.enters("n", "CLOSE was not sent")
            await person.enters("a5 UID STORE 1:* -FLAGS (\\Deleted)", "< a5 OK")
            await person.enters("CLOSE", "selected -> authenticated")
            question = "DELETE would remove the mailbox care with 2 messages, 20 octets, with no way back; "
            await person.enters("DELETE care", question + QUESTION)
            await person.enters("y", "OK Delete completed")

    play(scene)
