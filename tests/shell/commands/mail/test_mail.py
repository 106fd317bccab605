"""`\\save` and `\\load`: messages, flags and dates go out and come back as they were."""

from __future__ import annotations

import asyncio
import fcntl
import json
import mailbox
import os
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from imapsh.errors import CommandNo, StateError, UsageError
from imapsh.grammar.values import Fetch
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange
from imapsh.shell.commands.mail import loading, saving
from imapsh.shell.commands.mail.loading import messages
from imapsh.shell.commands.mail.saving import Index, Item
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.screen.progress import Progress
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


def inbox(**options: Any) -> FakeApp:
    return FakeApp(connected=True, **options).does("SELECT INBOX")


def seen(host: FakeApp, name: str) -> list[tuple[Any, ...]]:
    """Octets, flags and date of every message of a mailbox."""
    host.does(f"SELECT {name}")
    host.events.clear()
    host.does("FETCH 1:* (FLAGS INTERNALDATE BODY.PEEK[])")
    values = [event.response.value for event in host.events if isinstance(event, Received)]
    return [
        (v.items["BODY[]"], set(v.items["FLAGS"]) - {"\\Recent"}, v.items["INTERNALDATE"])
        for v in values
        if isinstance(v, Fetch)
    ]  # fmt: skip


@pytest.mark.parametrize(("where", "keywords"), [("kept", True), ("kept.mbox", False), ("maildir:kept", False)])
def test_there_and_back(where: str, keywords: bool) -> None:
    host = inbox().does(f"\\save 1:* {where}").does("CREATE Back")
    assert "saved 11 messages, 9.9 kB, in kept" in host.text
    host.does(f"\\load -m Back {where.removeprefix('maildir:')}")
    assert "loaded 11 of 11 messages into Back, UID 1:11" in host.text
    before, after = seen(host, "INBOX"), seen(host, "Back")
    assert len(after) == 11
    for (octets, flags, date), back in zip(before, after, strict=True):
        assert back == (octets, flags if keywords else {flag for flag in flags if flag[0] == "\\"}, date)


def test_files_are_their_owners_alone_and_seen_is_not_set(here: Path) -> None:
    host = inbox().does("STORE 1 -FLAGS (\\Seen)").does("\\save 1")
    assert (here / "INBOX" / "1.eml").stat().st_mode & 0o777 == 0o600
    assert (here / "INBOX").stat().st_mode & 0o777 == 0o700
    assert "\\Seen" not in seen(host, "INBOX")[0][1]


def test_an_empty_mailbox_has_nothing_to_save(here: Path) -> None:
    host = inbox().does("CREATE Empty").does("SELECT Empty").does("\\save 1:*")
    assert host.said[-1].startswith("saved 0 messages")
    assert "NO" not in host.text
    assert "BAD" not in host.text


def test_a_save_that_was_broken_off_goes_on(here: Path) -> None:
    host = inbox().does("\\save 1:4 kept").does("\\save UID 1:* kept")
    assert "saved 7 messages" in host.text
    assert "4 were there already" in host.text
    lines = (here / "kept" / "index.jsonl").read_text().splitlines()
    assert json.loads(lines[0]) == {"mailbox": "INBOX", "uidvalidity": 1781000001}
    (here / "kept" / "3.eml").unlink()
    assert "saved 1 message, 882 octets" in host.does("\\save 1:* kept").text


@pytest.mark.parametrize("where", ["kept", "kept.mbox", "maildir:kept"])
@pytest.mark.parametrize("left", [1, 20, 60, -1])
def test_e21_a_last_line_that_was_cut_off_is_dropped(here: Path, where: str, left: int) -> None:
    host = inbox().does(f"\\save 1:3 {where}")
    [index] = here.rglob("*index.jsonl")
    lines = index.read_bytes().splitlines(keepends=True)
    index.write_bytes(b"".join(lines[:3]) + lines[3][:left])
    assert host.does(f"\\save 1:4 {where}").said[-1].endswith("2 were there already")
    assert len(index.read_bytes().splitlines()) == 5
    for line in index.read_bytes().splitlines():
        json.loads(line)


def test_e21_a_list_of_which_nothing_is_whole_begins_anew(here: Path) -> None:
    host = inbox().does("\\save 1:3 kept")
    index = here / "kept" / "index.jsonl"
    index.write_bytes(index.read_bytes()[:10])
    assert host.does("\\save 1:4 kept").said[-1].startswith("saved 4 messages")
    assert host.does("CREATE Back").does("\\load -m Back kept").said[-1].startswith("loaded 4 of 4 messages")


def test_e21_load_reads_a_list_whose_last_line_was_cut_off(here: Path) -> None:
    host = inbox().does("\\save 1:3 kept")
    index = here / "kept" / "index.jsonl"
    index.write_bytes(index.read_bytes()[:-9])
    assert host.does("CREATE Back").does("\\load -m Back kept").said[-1].startswith("loaded 2 of 2 messages")


def test_another_mailbox_goes_elsewhere() -> None:
    host = inbox().does("\\save 1 kept").does("SELECT Archive")
    with pytest.raises(UsageError, match="kept holds messages of INBOX of UIDVALIDITY 1781000001: save Archive else"):
        host.does("\\save 1 kept")


def test_lines_that_look_like_the_next_message_of_an_mbox(here: Path) -> None:
    octets = b"From: a@b.c\r\nSubject: x\r\n\r\nFrom here\r\n>From there\r\n\r\nFrom the end"
    (here / "m.eml").write_bytes(octets)
    host = FakeApp(connected=True).does("CREATE One").does("\\load -m One m.eml").does("SELECT One")
    host.does("\\save 1 one.mbox").does("\\save 1 one.mbox")
    box = mailbox.mbox(here / "one.mbox")
    assert len(box) == 1
    box.close()
    [message] = messages(["one.mbox"])
    assert b"".join(message.literal().data()) == octets + b"\r\n"


def test_lf_becomes_crlf_also_where_pieces_meet(here: Path) -> None:
    (here / "m.eml").write_bytes(b"A: b\r\n\n" + b"x" * ((1 << 16) - 8) + b"\r\nend\n")
    [message] = messages(["m.eml"])
    literal = message.literal()
    octets = b"".join(literal.data())
    assert literal.octets == len(octets)
    assert octets == b"A: b\r\n\r\n" + b"x" * ((1 << 16) - 8) + b"\r\nend\r\n"


def test_only_a_line_end_that_lacks_its_cr_is_made_anew() -> None:
    for letters in product((b"\r", b"\n", b"\r\n", b"x"), repeat=4):
        whole = b"".join(letters)
        assert b"".join(loading._crlf(letters)) == re.sub(rb"(?<!\r)\n", b"\r\n", whole)
        assert b"".join(loading._crlf([whole])) == re.sub(rb"(?<!\r)\n", b"\r\n", whole)


def test_the_date_is_the_messages_own_where_nothing_else_is_known(here: Path) -> None:
    (here / "a.eml").write_bytes(b"Subject: x\nDate: Thu,\n 4 Jun 2026 08:52:00 -0700\n\nDate: no\n")
    (here / "b.eml").write_bytes(b"Subject: x\nDate: never\n\n")
    (here / "c.eml").write_bytes(b"Subject: x\n\nDate: Thu, 4 Jun 2026 08:52:00 -0700\n")
    assert [message.date for message in messages(["a.eml", "b.eml", "c.eml"])] == [" 4-Jun-2026 08:52:00 -0700", "", ""]


def test_c1_a_byte_order_mark_before_a_message_is_skipped(here: Path) -> None:
    (here / "m.eml").write_bytes(b"\xef\xbb\xbfDate: Thu, 4 Jun 2026 08:52:00 -0700\n\nHello\n")
    [message] = messages(["m.eml"])
    assert message.date == " 4-Jun-2026 08:52:00 -0700"
    assert b"".join(message.literal().data()).startswith(b"Date:")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("\\save", "needs a set"),
        ("\\save 1:x", "is not a sequence set"),
        ("\\save 1 a b", "one place"),
        ("\\save 'a", "quotation mark"),
        ("\\load", "needs files"),
        ("\\load -m X", "needs a mailbox, and files"),
        ("\\load nothing.eml", "there is no file nothing.eml"),
        ("\\load *.nothing", r"there is no file \*.nothing"),
        ("\\load nul.eml", "contains a NUL"),
        ("\\save 1 file/below", "cannot save into file/below"),
        ("\\save 1 a\0b", "cannot save into a.b: .*embedded null"),
        ("\\load a\0b", "there is no file|embedded null"),
        ("APPEND INBOX {@a\0b}", "cannot read a.b: embedded null"),
        ("NOOP > a\0b", "cannot write a.b: embedded null"),
        ("NOOP | cat a\0b", "cannot run cat a.b: embedded null"),
        ("\\load half", "there are no messages in these files"),
        ("\\load /dev/zero", "cannot read /dev/zero: it is a device"),
        ("\\load fifo", "cannot read fifo: it is a pipe"),
        ("\\save 1 /dev/zero", "cannot save into /dev/zero"),
    ],
)
def test_mistakes_are_sentences(here: Path, line: str, words: str) -> None:
    (here / "nul.eml").write_bytes(b"A: b\n\n\0")
    (here / "file").write_bytes(b"")
    os.mkfifo(here / "fifo")
    (here / "half/cur").mkdir(parents=True)  # a Maildir without its other folders
    with pytest.raises(UsageError, match=words):
        inbox().does(line)


def test_a_mailboxs_name_leads_nowhere_else(here: Path) -> None:
    """Without a place it goes into a folder named after the mailbox, whose name a server may have chosen."""
    assert [saving.target("", name)[1].parent.name for name in ("..", ".ssh", "~", "a/b", "mbox:x", "x.mbox", "/")] == [
        "mailbox", "ssh", "_", "a_b", "mbox_x", "x.mbox", "_"
    ]  # fmt: skip
    (here / "notes").write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"cannot save into notes: File exists"):
        saving.target("", "notes")
    assert (here / "notes").read_bytes() == b"mine"


def test_a_mailbox_is_needed() -> None:
    host = FakeApp(connected=True)
    with pytest.raises(StateError, match="SELECT or EXAMINE"):
        host.does("\\save 1")
    with pytest.raises(UsageError, match="needs a mailbox"):
        host.does("\\load *")


def test_the_servers_no_is_told_with_the_file(here: Path) -> None:
    (here / "m.eml").write_bytes(b"A: b\n\n")
    host = FakeApp(connected=True)
    with pytest.raises(CommandNo, match=r"m.eml: the demo server says NO \[TRYCREATE\]"):
        host.does("\\load -m Nowhere m.eml")
    assert "loaded 0 of 1 message into Nowhere; the next is m.eml" in host.text


@pytest.mark.parametrize("code", ["7 1:4294967295", "7 4:5", "7 4:*", "7 *"])
def test_an_appenduid_that_lies_is_not_believed(here: Path, code: str) -> None:
    (here / "m.eml").write_bytes(b"A: b\n\n")
    host = FakeApp()
    host.talks_over(
        answering({"APPEND": f"TAG OK [APPENDUID {code}] done"}, "IMAP4rev1 LITERAL+"), make_plan(host.options)
    )
    assert host.does("\\load -m Old m.eml").said[-1] == "loaded 1 of 1 message into Old"
    *_, entry = host.journal
    assert (entry.why, str(entry.uids)) == ("the server did not say which UIDs the messages have (APPENDUID)", "")


def test_read_only_mode_loads_nothing(here: Path) -> None:
    (here / "m.eml").write_bytes(b"A: b\n\n")
    with pytest.raises(UsageError, match="read-only"):
        FakeApp(connected=True, read_only=True).does("\\load -m INBOX m.eml")


def test_messages_that_went_meanwhile_are_said() -> None:
    host = inbox()
    steps: list[Exchange] = []
    before = host._do

    def gone(step: Any) -> Any:
        if isinstance(step, Exchange) and step.name == "UID FETCH":
            steps.append(step)
            host.connection.own[step] = host.connection.own[step]._replace(take=lambda event: None)
        return before(step)

    host._do = gone  # type: ignore[method-assign]
    with pytest.raises(UsageError, match="2 messages did not arrive"):
        host.does("\\save 1:2 kept")
    assert len(steps) == 1


def test_many_at_once_on_dovecot(dovecot: Server, here: Path) -> None:
    for number in range(120):
        (here / f"{number:03}.eml").write_bytes(b"Subject: %d\n\nbody\n" % number)
    url = f"imap://{dovecot.user}@{dovecot.host}:{dovecot.port}"
    script = b"CREATE Loaded\n\\load -m Loaded *.eml\nSELECT Loaded\n\\save 1:* kept\nCLOSE\nDELETE Loaded\n"
    done = imapsh(url, "--cafile", str(dovecot.cafile), "--trace", "t", stdin=script,
                  env={"IMAPSH_PASSWORD": dovecot.password})  # fmt: skip
    assert done.status == 0, done.err
    assert "loaded 120 of 120 messages into Loaded, UID 1:120" in done.err
    assert "saved 120 messages" in done.err
    assert (here / "t").read_bytes().count(b" APPEND ") == 2
    assert (here / "kept" / "120.eml").read_bytes() == b"Subject: 119\r\n\r\nbody\r\n"


# -- on a terminal


def test_progress_shows_and_ctrl_c_ends_it_cleanly(here: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(here, url=peer.url) as person:
            await selects(person, peer)
            person.types("\\save 1:2 kept\r")
            await peer.hears(b"A2 FETCH 1:2 (UID FLAGS INTERNALDATE RFC822.SIZE)\r\n")
            peer.says(b"".join(b"* %d FETCH (UID %d FLAGS () RFC822.SIZE 4000)\r\n" % (n, n) for n in (1, 2)))
            peer.says(b"A2 OK done\r\n")
            await peer.hears(b"A3 UID FETCH 1:2 (UID BODY.PEEK[])\r\n")
            peer.says(b"* 1 FETCH (UID 1 BODY[] {4000}\r\n" + b"x" * 4000 + b")\r\n* 2 FETCH (UID 2 BODY[] {4000}\r\n")
            await person.screen.shows("saving: 4.1 of 8.0 kB, 50 %")
            person.types(CTRL_C) if person.shell.prompt.app.is_running else person.shell.driver.interrupt()
            await person.screen.shows("saved 1 message, 4.0 kB, in kept", "interrupted")
            assert "saving:" not in person.screen.text
            peer.says(b"x" * 4000 + b")\r\nA3 OK done\r\n")
            await person.enters("NOOP", "> A4 NOOP")
            peer.says(b"A4 OK\r\n")
            await person.screen.shows("< A4 OK")
        assert sorted(os.listdir(here / "kept")) == ["1.eml", "index.jsonl"]

    play(scene)


def test_ctrl_c_that_comes_with_a_reply_is_heard(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with acting(here, demo=True) as person:
            await person.enters("SELECT Archive", "demo@demo Archive>")
            add, added = Index.add, 0

            def interrupted(index: Index, item: Item, name: str) -> None:
                nonlocal added
                add(index, item, name)
                added += 1
                if added == 100:  # the last of a command: its reply is there already
                    person.shell.driver.interrupt()

            monkeypatch.setattr(Index, "add", interrupted)
            await person.enters("\\save 1:* kept", "saved 100 messages", "interrupted")
            await person.enters("\\save 1:* kept", "saved 140 messages", "100 were there already")

    play(scene)


def test_progress_is_told_however_short_its_steps_are(here: Path) -> None:
    async def scene() -> None:
        async with acting(here, demo=True) as person:
            await person.prompted("demo@demo>")
            person.shell.app.progress = Progress("saving", 8_000, lambda: 1_000, start=0)
            while "saving: 1.0 of 8.0 kB" not in person.screen.text:
                with person.shell.driver.metered():
                    await asyncio.sleep(0)
            person.shell.app.progress = None
            person.shell.driver.unmetered()
            assert "saving" not in person.screen.text

    play(scene)


def test_a_maildir_is_read_in_the_order_of_its_names(here: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (here / "box" / folder).mkdir(parents=True)
    names = ["9.M2P1Q9.host:2,S", "9.M2P1Q10.host:2,", "9.M11P1Q11.host:2,F", "10.M1P1Q1.host:2,"]
    for name in names:
        (here / "box" / "cur" / name).write_bytes(b"A: b\n\n")
    assert [Path(message.name).name for message in messages(["box"])] == names


def test_c5_octets_written_are_counted_and_a_wrong_size_is_said(here: Path) -> None:
    host = FakeApp()
    listed = "\n".join(f"* {n} FETCH (UID {n} FLAGS () RFC822.SIZE 100)" for n in range(1, 6))
    bodies = "\n".join(f"* {n} FETCH (UID {n} BODY[] {{{99 + n}}}\n{'x' * (99 + n)})" for n in range(1, 6))
    answers = {
        "SELECT": "* 5 EXISTS\n* OK [UIDVALIDITY 7] valid\nTAG OK done",
        "UID FETCH 1:5 (UID BODY": f"{bodies}\nTAG OK done",
        "FETCH 1:5 (UID": f"{listed}\nTAG OK done",
    }
    host.talks_over(answering(answers), make_plan(host.options))
    host.does("SELECT INBOX").does("\\save 1:5 kept")
    assert host.said[-2] == "saved 5 messages, 510 octets, in kept"
    assert host.said[-1] == (
        "RFC822.SIZE is wrong for 4 messages, saved as received: UID 2 has 101 octets, not 100; UID 3 has 102 octets, "
        "not 100; UID 4 has 103 octets, not 100 and 1 more"
    )
    sizes = [json.loads(line)["size"] for line in (here / "kept/index.jsonl").read_text().splitlines()[1:]]
    assert sizes == [100, 101, 102, 103, 104]


@pytest.mark.parametrize("where", ["kept", "kept.mbox"])
def test_a12_a_full_disk_ends_a_save_and_nothing_else(here: Path, where: str) -> None:
    host = inbox().does(f"\\save 1:2 {where}")
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    with full_disk(300), pytest.raises(UsageError, match=f"cannot (save into|write) {where[-9:-5]}.*: File too large"):
        host.does(f"\\save 1:* {where}")
    assert all(path.read_bytes() == octets for path, octets in before.items())
    host.does(f"\\save 1:* {where}")  # and then it goes on
    assert host.said[-1].endswith("2 were there already")


def test_a12_a_full_disk_ends_a_trace_and_not_the_session(here: Path) -> None:
    host = inbox()
    tracing = host.tracing("1")
    tracing.begin("trace")
    host.session.set_trace(tracing)
    with full_disk():
        host.does("FETCH 1:* BODY.PEEK[]").does("NOOP")
    assert host.connection.results.status == "OK"
    assert host.said == ["the trace ends here, because trace cannot be written: File too large"]
    assert tracing.path == ""
    with pytest.raises(UsageError, match="cannot write the trace /dev/full: No space left on device"):
        tracing.begin("/dev/full")


@pytest.mark.parametrize(
    "index", ["5\n", "[1\n", '{"mailbox":"x"}\n7\n', '{"mailbox":"x"}\n{"file":5}\n', "[" * 100_000 + "\n"]
)
def test_e8_an_index_that_is_not_one_is_a_sentence(tmp_path: Path, index: str) -> None:
    (tmp_path / "index.jsonl").write_text(index)
    host = FakeApp(connected=True).does("LOGIN demo demo").does("SELECT INBOX")
    with pytest.raises(UsageError, match="is not an index that"):
        host.does(f"\\load {tmp_path}")
    with pytest.raises(UsageError, match=r"is not a list of saved messages|holds messages of"):
        host.does(f"\\save 1 {tmp_path}")


# -- what others wrote, and what is not ours


def test_e7_a_save_goes_into_regular_files_alone(here: Path) -> None:
    os.mkfifo(here / "pipe")
    (here / "link").symlink_to("pipe")
    (here / "folder.mbox").mkdir()
    host = inbox()
    for where in ("mbox:pipe", "mbox:link", "mbox:/dev/zero", "mbox:/dev/null", "folder.mbox"):
        with pytest.raises(UsageError, match=r"cannot save into .*: it is not a regular file"):
            host.does(f"\\save 1 {where}")
    for where in ("pipe", "link", "/dev/zero"):
        with pytest.raises(UsageError, match=r"cannot save into .*: File exists"):
            host.does(f"\\save 1 {where}")
    (here / "kept").mkdir()
    os.mkfifo(here / "kept" / "index.jsonl")
    with pytest.raises(UsageError, match=r"cannot write kept/index.jsonl: it is a pipe, not a regular file"):
        host.does("\\save 1 kept")


def test_e7_what_stands_where_a_message_is_written_is_not_written_through(here: Path) -> None:
    (here / "kept").mkdir()
    (here / "mine").write_bytes(b"mine")
    (here / "kept" / ".1.eml.part").symlink_to(here / "mine")
    os.mkfifo(here / "kept" / ".3.eml.part")
    assert inbox().does("\\save 1:2 kept").said[-1].startswith("saved 2 messages")
    assert (here / "mine").read_bytes() == b"mine"
    assert not list((here / "kept").glob(".*"))


def test_c5_a_file_that_is_no_message_of_the_save_is_never_replaced(here: Path) -> None:
    (here / "kept").mkdir()
    (here / "kept" / "3.eml").write_bytes(b"mine")
    host = inbox()
    with pytest.raises(UsageError, match=r"cannot save into kept: kept/3.eml is another file, which stays as it is"):
        host.does("\\save 1:3 kept")
    assert (here / "kept" / "3.eml").read_bytes() == b"mine"
    assert host.said[-1].startswith("saved 1 message, ")
    assert not list((here / "kept").glob(".*"))


def test_e21_a_message_that_could_not_be_listed_any_more_is_saved_again(here: Path) -> None:
    host = inbox().does("\\save 1:3 kept")
    index = here / "kept" / "index.jsonl"
    index.write_bytes(b"".join(index.read_bytes().splitlines(keepends=True)[:3]))
    assert host.does("\\save 1:3 kept").said[-1].startswith("saved 1 message, ")


def test_e21_a_list_may_name_a_file_that_is_not_utf8(here: Path) -> None:
    host = inbox()
    name = os.fsdecode(b"\xe9.mbox")
    host.does(f"\\save 1 {name}").does(f"\\save 1:2 {name}")
    assert host.said[-1].endswith("1 was there already")


@pytest.mark.parametrize("where", ["kept", "kept.mbox", "maildir:kept"])
def test_e21_two_programs_do_not_save_into_one_place_at_once(here: Path, where: str) -> None:
    host = inbox().does(f"\\save 1 {where}")
    [index] = here.rglob("*index.jsonl")
    with index.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match=r"another imapsh is saving into .*: wait for its end, or save elsewhere"):
            host.does(f"\\save 1:2 {where}")
    assert host.does(f"\\save 1:2 {where}").said[-1].startswith("saved 1 message, ")


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ('{"uid": 1, "file": "1.eml", "flags": ["\\\\Seen) {3+}"]}', r"1.eml: .* are not flags"),
        ('{"uid": 1, "file": "1.eml", "flags": [5]}', r"1.eml: \[5\] are not flags"),
        ('{"uid": 1, "file": "1.eml", "flags": "x"}', r"1.eml: 'x' are not flags"),
        ('{"uid": 1, "file": "1.eml", "internaldate": "x\\" {5}"}', "1.eml: .* is not a date-time"),
        ('{"uid": 1, "file": "1.eml", "internaldate": [1]}', r"1.eml: \[1\] is not a date-time"),
        ('{"uid": 1, "file": "2.eml"}', "cannot read kept/2.eml, which kept/index.jsonl lists: No such file"),
        ('{"uid": 1, "file": "../.."}', "cannot read kept/.., which kept/index.jsonl lists: Is a directory"),
        ('{"uid": 1, "file": 5}', "kept/index.jsonl is not an index that"),
        ("[1]", "kept/index.jsonl is not an index that"),
        ("[" * 100_000, "kept/index.jsonl is not an index that"),
        ("1" * 6_000, "kept/index.jsonl is not an index that"),
    ],
)
def test_e8_a_list_that_others_wrote_is_checked(here: Path, item: str, told: str) -> None:
    (here / "kept").mkdir()
    (here / "kept" / "1.eml").write_bytes(b"Subject: x\n\nx\n")
    (here / "kept" / "index.jsonl").write_text('{"mailbox": "INBOX", "uidvalidity": 1}\n' + item + "\n")
    with pytest.raises(UsageError, match=told):
        inbox().does("\\load kept")


@pytest.mark.parametrize(
    "date", ["1 Jan 99999999999999999999 00:00:00 +0000", "31 Feb 2026 00:00:00 +0000", "(" * 60_000, "1 Jan 0 0:0:0"]
)
def test_e8_a_date_that_no_clock_shows_is_none(here: Path, date: str) -> None:
    (here / "one.eml").write_text(f"Date: {date}\n\nx\n")
    assert inbox().does("\\load one.eml").said[-1].startswith("loaded 1 of 1 message")
