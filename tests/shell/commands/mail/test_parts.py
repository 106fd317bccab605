"""`\\save --parts`: attachments come out decoded, whatever the server and the messages are like."""

from __future__ import annotations

import base64
import contextlib
import email
import email.message
import email.policy
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imapsh.errors import ImapshError, StateError, UsageError
from imapsh.shell.connection.dial import SPOOL, make_plan
from imapsh.wire import sinks
from tests.servers.base import Server
from tests.shell.acting import CTRL_C, Peer, acting, play
from tests.shell.commands.mail.selecting import selects
from tests.shell.disks import full_disk
from tests.shell.hosting import FakeApp, answering
from tests.shell.running import imapsh


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pdf(name: str = "plan.pdf", size: int = 8, encoding: str = "base64") -> str:
    return f'("application" "pdf" ("name" "{name}") NIL NIL "{encoding}" {size} NIL ("attachment" NIL) NIL NIL)'


def mixed(*parts: str) -> str:
    return f'({"".join(parts)} "mixed" ("boundary" "b") NIL NIL NIL)'


TEXT = '("text" "plain" NIL NIL NIL "7bit" 5 1 NIL NIL NIL NIL)'


def server(structures: Sequence[str], **answers: str) -> FakeApp:
    """A mailbox of messages with the UIDs 1 and so on; `answers` are those to `UID FETCH ...`, "=" in them a line."""
    listed = "".join(f"* {n} FETCH (UID {n} BODYSTRUCTURE {one})\n" for n, one in enumerate(structures, 1))
    host = FakeApp()
    said = {f"UID FETCH {command}": text for command, text in answers.items()}
    known = {
        "SELECT": f"* {len(structures)} EXISTS\n* OK [UIDVALIDITY 7] valid\nTAG OK done",
        "FETCH 1:*": f"{listed}TAG OK done",
        **said,
    }
    host.talks_over(answering(known), make_plan(host.options))
    return host.does("SELECT INBOX")


def body(uid: int, octets: str, number: str = "2") -> str:
    announced = len(octets.replace("\n", "\r\n"))
    return f"* {uid} FETCH (UID {uid} BODY[{number}] {{{announced}}}\n{octets})\n"


def status(host: FakeApp, line: str = "\\save --parts 1:* kept") -> str:
    return host.to_the_end(host.perform(line))


def files(where: str = "kept") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(where).iterdir() if path.name != "parts.jsonl"}


@pytest.mark.parametrize("size", ["9223372036854775807", "18446744073709551616", "9" * 400, "NIL", "x"])
def test_a_size_that_cannot_be_hides_no_part(size: str) -> None:
    host = server(
        [mixed(TEXT, pdf().replace(" 8 ", f" {size} "))], **{"1 (UID BODY.PEEK[2])": body(1, "QUJD") + "TAG OK"}
    )
    if size == "x":  # such a structure cannot be read
        assert status(host) == "NO"
    else:
        assert (status(host), files()) == ("OK", {"plan.pdf": b"ABC"})


def test_thousands_of_parts_of_a_message_need_several_lines() -> None:
    host = server([mixed(*(pdf(f"f{number}") for number in range(2_000)))], **{"1": "TAG OK"})
    assert status(host) == "NO"
    lines = [line for line in host.sent if line.startswith("UID FETCH")]
    assert max(map(len, lines)) < 4_100
    assert sum(line.count("BODY.PEEK") for line in lines) == 2_000
    assert len(lines) < 20


# -- the usual


def test_the_demos_attachments() -> None:
    host = FakeApp(connected=True).does("SELECT INBOX").does("\\save --parts 1:*")
    assert host.said[-1] == "saved 6 files, 2.0 kB, in INBOX-parts"
    assert "  UID 7      2     62 octets  text/csv              budget.csv" in host.said
    assert set(files("INBOX-parts")) == {
        "budget.csv", "Küste bei Ebbe.png", "灯台のレンズ.eml", "message-15-part-2.txt", "Van on Thursday_.eml",
        "Re_ Van on Thursday_.eml",
    }  # fmt: skip
    assert files("INBOX-parts")["budget.csv"].startswith(b"item,planned")
    assert (
        host.does("\\save --parts 1:*")
        .said[-1]
        .endswith("saved 0 files, 0 octets, in INBOX-parts; 6 were there already")
    )
    assert host.does("\\save --parts --type image/* UID 1:* pics").said[-1] == "saved 2 files, 304 octets, in pics"
    assert host.does("\\save --parts --named *.CSV 1:* tables").said[-1] == "saved 1 file, 62 octets, in tables"
    assert host.does("\\save --parts --larger 1M 1:* none").said[-1] == "no parts to save in 11 messages"
    assert not Path("none").exists()


def test_parts_of_several_mailboxes_go_into_one_folder() -> None:
    host = FakeApp(connected=True).does("SELECT INBOX").does("\\save --parts 1:* kept").does("SELECT Archive")
    host.does("\\save --parts --all 1:2 kept")
    boxes = {json.loads(line)["mailbox"] for line in Path("kept/parts.jsonl").read_text().splitlines()}
    assert boxes == {"INBOX", "Archive"}


def test_json_has_an_object_for_each_file(here: Path) -> None:
    done = imapsh("--demo", "--format", "json", "-c", "SELECT INBOX", "-c", "\\save --parts --type text/csv 1:* kept")
    assert done.status == 0
    *_, part, parts = (json.loads(line) for line in done.lines)
    assert part["value"] == {"uid": 7, "part": "2", "type": "text/csv", "size": 62, "file": "budget.csv"}
    assert parts == {
        "kind": "imapsh", "name": "parts",
        "value": {"files": 1, "octets": 62, "messages": 1, "there": 0, "alike": 0, "faults": 0, "folder": "kept"},
    }  # fmt: skip


def test_a_set_is_needed_and_a_mailbox() -> None:
    host = FakeApp(connected=True)
    with pytest.raises(StateError, match="needs a selected mailbox"):
        host.does("\\save --parts 1")
    host.does("SELECT INBOX")
    for line, words in (
        ("\\save --parts", "needs a set of messages"),
        ("\\save --parts --type image/*", "needs a set"),
        ("\\save --parts x", "is not a sequence set"),
        ("\\save --parts 1 a b", "one place"),
        ("\\save --parts 1:* /dev/null", "cannot save into /dev/null: File exists"),
    ):
        with pytest.raises(UsageError, match=words):
            host.does(line)


def test_values_may_be_the_set() -> None:
    host = FakeApp(connected=True).does("SELECT INBOX").does("UID SEARCH ALL")
    assert host.does("\\save --parts --type text/csv ${uids} kept").said[-1].startswith("saved 1 file")


def test_a_prompt_shows_the_first_files_alone() -> None:
    structures = [mixed(TEXT, pdf(f"{n}.pdf")) for n in range(1, 31)]
    host = server(structures, **{"1:30": "".join(body(n, "YWJj") for n in range(1, 31)) + "TAG OK done"})
    host.does("\\save --parts 1:* kept")
    assert sum("application/pdf" in line for line in host.said) == 20
    assert any("... more are in kept/parts.jsonl" in line for line in host.said)
    assert len(files()) == 30


def test_an_empty_mailbox_has_none() -> None:
    host = FakeApp(connected=True).does("CREATE Empty").does("SELECT Empty")
    assert status(host) == "OK"
    assert host.said[-1] == "no parts to save in 0 messages"


def test_a_batch_says_why_it_ends() -> None:
    host = server([mixed(TEXT, pdf())], **{"1 (UID": "TAG NO broken"})
    assert status(host) == "NO"
    assert host.complaint == "1 part could not be saved as a whole"


# -- servers and messages that are not as they should be


def test_what_one_message_lacks_is_one_fault() -> None:
    host = server(
        [mixed(TEXT, pdf(f"{n}.pdf")) for n in range(1, 5)],
        **{
            "1:4 (UID BODY.PEEK[2])": body(1, "YWJj") + "TAG NO [SERVERBUG] broken index",
            "2 (UID": "TAG NO [SERVERBUG] broken index",
            "3 (UID": body(3, "YWJk") + "TAG OK done",
            "4 (UID": "TAG OK done",
        },
    )
    assert status(host) == "NO"
    assert set(files()) == {"1.pdf", "3.pdf"}
    assert host.said[-3:] == [
        "saved 2 files, 6 octets, in kept",
        "UID 2 part 2 (2.pdf): the demo server says NO [SERVERBUG] broken index",
        "UID 4 part 2 (4.pdf) did not arrive: it was expunged meanwhile, or the server withheld it",
    ]
    assert host.does("\\save --parts 1:* kept").said[-3].endswith("2 were there already")


def test_many_faults_are_counted() -> None:
    host = server([mixed(TEXT, pdf())] * 9, **{"1:9": "TAG OK done"})
    host.does("\\save --parts 1:* kept")
    assert host.said[-1] == "and 6 more faults; 9 in all"
    assert files() == {}


@pytest.mark.parametrize(
    ("part", "said", "kept"),
    [
        (body(1, "YWJj*"), "its base64 is broken; 1 octet of it left out, the rest is in plan.pdf", b"abc"),
        (body(1, "YWJjZ"), "its base64 is broken; 1 octet of it left out, the rest is in plan.pdf", b"abc"),
        ("* 1 FETCH (UID 1 BODY[2] NIL)\n", "the server has no such part, though its BODYSTRUCTURE does", None),
        ('* 1 FETCH (UID 1 BODY[2] "YWJj")\n', "", b"abc"),
        ("* 1 FETCH (BODY[2] {4}\nYWJj UID 1)\n", "", b"abc"),
        (body(2, "YWJj"), "did not arrive", None),
        (body(1, "YWJj", "3"), "did not arrive", None),
        (body(1, "YWJj") + body(1, "eHh4"), "", b"abc"),
    ],
)
def test_what_comes_of_a_part(part: str, said: str, kept: bytes | None) -> None:
    host = server([mixed(TEXT, pdf())], **{"1 (UID": f"{part}TAG OK done"})
    assert status(host) == ("NO" if said else "OK")
    assert said in host.said[-1]
    assert files() == ({} if kept is None else {"plan.pdf": kept})


@pytest.mark.parametrize("broken", ["((broken", '("a" "b" NIL', "NIL", '"x"', "()"])
def test_a_structure_that_cannot_be_read_is_one_messages_fault(broken: str) -> None:
    host = server([broken, mixed(TEXT, pdf())], **{"2 (UID": body(2, "YWJj") + "TAG OK done"})
    assert status(host) == "NO"
    assert "UID 1: the server gave no BODYSTRUCTURE that can be read, so its parts are not known" in host.said[-1]
    assert files() == {"plan.pdf": b"abc"}


def test_a_listing_that_is_refused_is_told() -> None:
    host = FakeApp()
    answers = {"FETCH": "TAG NO not now", "SELECT": "* 1 EXISTS\nTAG OK done"}
    host.talks_over(answering(answers), make_plan(host.options))
    assert status(host.does("SELECT INBOX"), "\\save --parts 1 kept") == "NO"
    assert host.said[-2:] == ["no parts to save in 0 messages", "the demo server answers FETCH with NO not now"]


def test_names_lead_nowhere() -> None:
    odd = ["../../etc/passwd", "CON", ".ssh", "a\\\\b.txt", "=?utf-8?Q?=2E=2E=2Fx=0A=1B?=", "parts.jsonl"]
    host = server(
        [mixed(TEXT, pdf(name)) for name in odd],
        **{"1:6": "".join(body(n, base64.b64encode(b"%d" % n).decode()) for n in range(1, 7)) + "TAG OK done"},
    )
    host.does("\\save --parts 1:* kept")
    assert set(files()) == {"passwd", "_CON", "ssh", "b.txt", "x__", "parts-2.jsonl"}
    assert sorted(os.listdir()) == ["kept"]


# -- large ones


LARGE = base64.encodebytes(b"0123456789abcdef" * 150_000).decode()


def large(*answers: str, ending: str = "TAG OK done") -> FakeApp:
    assert len(LARGE) > 2 * SPOOL
    return server([mixed(TEXT, pdf(size=len(LARGE))), mixed(TEXT, pdf("b.pdf"))],
                  **{"1 (UID": "".join(answers) + ending, "2 (UID": body(2, "YWJj") + "TAG OK done"})  # fmt: skip


@pytest.fixture
def no_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*words: Any, **named: Any) -> None:
        raise AssertionError("a literal went to a temporary file")

    monkeypatch.setattr(sinks.SpoolSink, "write", refused)


@pytest.mark.usefixtures("no_temporary_files")
def test_a_large_part_goes_straight_into_its_file() -> None:
    host = large(body(1, LARGE))
    assert status(host) == "OK"
    assert files() == {"plan.pdf": b"0123456789abcdef" * 150_000, "b.pdf": b"abc"}
    assert host.said[-1] == "saved 2 files, 2.4 MB, in kept"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ((body(5, LARGE),), "UID 1 part 2 (plan.pdf) did not arrive"),
        ((body(5, LARGE), body(1, LARGE)), ""),
        ((body(1, LARGE), body(1, LARGE)), ""),
        ((body(1, LARGE, "3"), body(1, LARGE)), ""),
        ((body(1, LARGE)[:-2] + body(1, LARGE)[len("* 1 FETCH (UID 1") :],), ""),
    ],
)
def test_large_parts_that_nobody_asked_for(answers: tuple[str, ...], said: str) -> None:
    host = large(*answers)
    assert status(host) == ("NO" if said else "OK")
    assert said in host.said[-1]
    assert set(files()) == ({"b.pdf"} if said else {"plan.pdf", "b.pdf"})


PIECES = [
    body(1, "YWJj"), body(2, "eHh4"), body(1, "YW", "3"), body(1, LARGE), body(2, LARGE), "* 1 FETCH (UID 1",
    "* 1 EXPUNGE\n", "* 3 EXISTS\n", "* 1 FETCH (UID 1 BODY[2] NIL)\n", "* 1 FETCH (BODY[2] {3}\nabc)\n", "* garbage\n",
    "* 1 FETCH (UID 1 BODY[2]<0> {3}\nabc)\n", "* 2 FETCH (UID 1 FLAGS ())\n", "TAG NO no\n", "* BYE\n", "{5}\n",
]  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=5), st.lists(st.sampled_from(PIECES), max_size=3))
def test_whatever_a_server_says_files_are_whole(first: list[str], second: list[str]) -> None:
    shutil.rmtree("kept", ignore_errors=True)
    host = server([mixed(TEXT, pdf(size=len(LARGE))), mixed(TEXT, pdf("b.pdf"))],
                  **{"1 (UID": "".join(first) + "TAG OK done", "2 (UID": "".join(second) + "TAG OK done"})  # fmt: skip
    with contextlib.suppress(ImapshError):
        host.does("\\save --parts 1:* kept")
    with contextlib.suppress(FileNotFoundError):
        lines = [json.loads(line) for line in Path("kept/parts.jsonl").read_text().splitlines()]
        assert {line["file"]: line["size"] for line in lines} == {name: len(found) for name, found in files().items()}


def test_a_full_disk_ends_it_in_a_sentence() -> None:
    host = large(body(1, LARGE))
    with full_disk(1 << 20), pytest.raises(UsageError, match="cannot save into kept: File too large"):
        host.does("\\save --parts 1:* kept")
    assert files() == {}
    assert host.said[-1] == "saved 0 files, 0 octets, in kept"
    assert host.does("\\save --parts 1:* kept").said[-1] == "saved 2 files, 2.4 MB, in kept"


def test_ctrl_c_ends_it_and_leaves_nothing_half(here: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(here, url=peer.url) as person:
            await selects(person, peer)
            person.types("\\save --parts 1:2 kept\r")
            await peer.hears(b"A2 FETCH 1:2 (UID BODYSTRUCTURE)\r\n")
            for n, size in ((1, 100_000), (2, 4_000_000)):
                structure = mixed(TEXT, pdf(f"{n}.pdf", size, "8bit")).encode()
                peer.says(b"* %d FETCH (UID %d BODYSTRUCTURE %b)\r\n" % (n, n, structure))
            peer.says(b"A2 OK done\r\n")
            await peer.hears(b"A3 UID FETCH 2 (UID BODY.PEEK[2])\r\n")
            peer.says(b"* 2 FETCH (UID 2 BODY[2] {4000000}\r\n" + b"x" * 2_000_000)
            await person.screen.shows("saving: 2.0 of 4.1 MB, 48 %")
            assert (here / "kept" / ".parts.part").exists()
            person.types(CTRL_C) if person.shell.prompt.app.is_running else person.shell.driver.interrupt()
            await person.screen.shows("saved 0 files, 0 octets, in kept", "interrupted")
            peer.says(b"x" * 2_000_000 + b")\r\nA3 OK done\r\n")
            await person.enters("NOOP", "> A4 NOOP")
            peer.says(b"A4 OK\r\n")
            await person.screen.shows("< A4 OK")
        assert os.listdir(here / "kept") == ["parts.jsonl"]

    play(scene)


# -- a real server


def message() -> email.message.EmailMessage:
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["Subject"] = "parts"
    made.set_content("see below\n")
    made.add_attachment(bytes(range(256)) * 8000, maintype="application", subtype="zip", filename="naïve plan.zip")
    made.add_attachment("café\n", subtype="plain", filename="../notes.txt", cte="quoted-printable")
    inner = email.message.EmailMessage(policy=email.policy.SMTP)
    inner["Subject"] = "inside"
    inner.set_content("inner\n")
    made.add_attachment(inner)
    return made


def test_on_dovecot(dovecot: Server, here: Path) -> None:
    (here / "m.eml").write_bytes(message().as_bytes())
    broken = message().as_bytes().replace(b"AAECAwQF", b"AAEC?wQF", 1)
    (here / "n.eml").write_bytes(broken)
    url = f"imap://{dovecot.user}@{dovecot.host}:{dovecot.port}"
    script = b"CREATE P\n\\load -m P m.eml n.eml\nSELECT P\n\\save --parts 1:* kept\nUID SEARCH SEEN\nCLOSE\nDELETE P\n"
    done = imapsh(url, "--cafile", str(dovecot.cafile), "--keep-going", "--format", "wire", stdin=script,
                  env={"IMAPSH_PASSWORD": dovecot.password})  # fmt: skip
    assert done.status == 1, done.err
    assert "its base64 is broken; 1 octet of it left out, the rest is in naïve plan-2.zip" in done.err
    found = files()
    assert found["naïve plan.zip"] == bytes(range(256)) * 8000
    assert len(found["naïve plan-2.zip"]) == 256 * 8000 - 1
    assert found["notes.txt"] == "café\r\n".encode()
    assert email.message_from_bytes(found["inside.eml"])["Subject"] == "inside"
    assert len(found) == 4
    assert b"* SEARCH\r\n" in done.out  # \\Seen is not set
