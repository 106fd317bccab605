r"""What a typed command changes goes into the journal: flags before a STORE, copies, and what has no way back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from imapsh.errors import ImapshError
from imapsh.session.events import Sent
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.record.journal import DONE, PARTLY, UNKNOWN, Entry
from imapsh.shell.settings.options import Options
from tests.shell.hosting import FakeApp, answering

SELECTED = "* 3 EXISTS\n* OK [UIDVALIDITY 7] valid\nTAG OK [READ-WRITE] selected"
FLAGS = (
    "* 1 FETCH (UID 4 FLAGS (\\Seen))\n* 2 FETCH (UID 6 FLAGS (\\Recent))\n* 3 FETCH (UID 9 FLAGS (\\Seen))\n"
    "TAG OK done"
)


def served(answers: dict[str, str], capabilities: str = "IMAP4rev1 UIDPLUS MOVE", **options: Any) -> FakeApp:
    host = FakeApp(yes=True, **options)
    plan = make_plan(Options(url="unix:/server", no_login=True, yes=True, no_ask=bool(options.get("no_ask"))))
    host.talks_over(answering({"SELECT": SELECTED, "FETCH": FLAGS, "UID FETCH": FLAGS, **answers}, capabilities), plan)
    return host.does("SELECT INBOX")


def last(host: FakeApp) -> Entry:
    *_, entry = host.journal
    return entry


def groups(entry: Entry) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
    return [(group.before, group.after, str(group.uids)) for group in entry.flags]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (r"STORE 1:3 +FLAGS (\Seen)", [((), (r"\Seen",), "6")]),
        (r"UID STORE 1:* -FLAGS.SILENT \seen", [((r"\seen",), (), "4,9")]),
        (r"a7 STORE 1:3 FLAGS.SILENT ($x)", [((r"\Seen",), ("$x",), "4,9"), ((), ("$x",), "6")]),
        ("STORE 1:3 FLAGS ()", [((r"\Seen",), (), "4,9")]),
    ],
)
def test_the_flags_before_a_store_are_asked_for_and_kept(line: str, kept: object) -> None:
    host = served({})
    host.does(line)
    assert groups(last(host)) == kept
    assert (last(host).line, last(host).place.mailbox, last(host).place.uidvalidity) == (line, "INBOX", 7)
    shown = [event.frame.text() for event in host.events if isinstance(event, Sent)]
    assert shown[-1].split(" ", 1)[1].rstrip() == line.removeprefix("a7 ")  # it goes as it was typed
    assert not any("FETCH" in one for one in shown)


def test_a_store_that_changes_nothing_is_no_change() -> None:
    host = served({"UID FETCH": "* 1 FETCH (UID 4 FLAGS (\\Seen))\nTAG OK done"})
    host.does(r"UID STORE 4 +FLAGS (\Seen)").does(r"UID STORE 4 -FLAGS (\Flagged)")
    assert not len(host.journal)


@pytest.mark.parametrize(
    ("line", "modified", "kept"),
    [(r"STORE 1:3 (UNCHANGEDSINCE 5) FLAGS ()", "1", "9"), (r"UID STORE 4,9 (UNCHANGEDSINCE 5) FLAGS ()", "9", "4")],
)
def test_messages_that_the_server_left_out_are_left_out(line: str, modified: str, kept: str) -> None:
    host = served({line.split(" (")[0]: f"TAG OK [MODIFIED {modified}] some"}, "IMAP4rev1 CONDSTORE")
    host.does(line)
    assert str(last(host).uids) == kept


@pytest.mark.parametrize("code", ["MODIFIED *", "MODIFIED 1:*", "MODIFIED", "MODIFIED 0"])
def test_a_set_that_names_no_messages_leaves_none_out(code: str) -> None:
    host = served({"STORE": f"TAG OK [{code}] some"}, "IMAP4rev1 CONDSTORE")
    host.does("STORE 1:3 (UNCHANGEDSINCE 5) FLAGS ()")
    assert str(last(host).uids) == "4,9"


def test_the_mod_sequence_after_the_change_is_kept_if_the_server_tells_it() -> None:
    told = "* 2 FETCH (UID 6 MODSEQ (20) FLAGS (\\Seen))\n* 3 FETCH (MODSEQ (90))\nTAG OK done"
    host = served({"STORE": told}, "IMAP4rev1 CONDSTORE")
    host.does(r"STORE 1:3 +FLAGS (\Seen)")
    assert (str(last(host).uids), last(host).modseq) == ("6", 20)


def test_a_mod_sequence_from_before_the_change_is_not_taken_for_one_after_it() -> None:
    host = served({"UID FETCH 6 (MODSEQ)": "* 2 FETCH (UID 6 MODSEQ (20))\nTAG OK done"}, "IMAP4rev1 CONDSTORE")
    host.does("UID FETCH 6 (MODSEQ)").does(r"UID STORE 6 +FLAGS.SILENT (\Seen)")
    assert last(host).modseq is None


def test_uids_are_known_after_uidonly_too() -> None:
    host = served({"UID FETCH": "* 6 UIDFETCH (FLAGS ())\nTAG OK done"}, "IMAP4rev1 UIDONLY")
    host.does(r"UID STORE 6 +FLAGS (\Seen)")
    assert str(last(host).uids) == "6"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"no_ask": True}, "--no-ask"),
        ({"limit": ("undo=2",)}, "up to 3 messages"),
        ({"limit": ("journal=20",)}, "--limit journal=20"),
    ],
)
def test_flags_that_are_not_asked_for_leave_no_way_back(options: dict[str, object], why: str) -> None:
    host = FakeApp(yes=True)
    plan = make_plan(Options(url="unix:/server", no_login=True, yes=True, **options))  # type: ignore[arg-type]
    host.talks_over(answering({"SELECT": SELECTED, "FETCH": FLAGS}), plan)
    host.does("SELECT INBOX").does(r"STORE 1:3 +FLAGS (\Seen)")
    assert why in last(host).why
    assert not last(host).uids


def test_a_script_asks_for_flags_only_if_it_says_so() -> None:
    for journal, asks in ((None, False), (True, True)):
        host = served({}, journal=journal)
        host.fake.interactive = False
        before = len(host.done)
        host.does(r"STORE 1:3 +FLAGS (\Seen)").does("COPY 1 Old")
        assert len(host.done) - before == (3 if asks else 2)
        store, copy = host.journal
        assert bool(store.why) is not asks
        assert copy.kind == "copied"


def test_no_journal_keeps_and_asks_nothing() -> None:
    host = served({}, journal=False)
    before = len(host.done)
    host.does(r"STORE 1:3 +FLAGS (\Seen)").does("COPY 1 Old")
    assert len(host.done) - before == 2
    assert not len(host.journal)


def test_a_server_that_refuses_the_question_leaves_no_way_back() -> None:
    host = served({"FETCH": "TAG NO not now"})
    host.does(r"STORE 1:3 +FLAGS (\Seen)")
    assert last(host).why == "the server did not tell the flags before it"


def test_a_store_does_not_wait_for_what_was_left_running() -> None:
    host = served({})
    host.connection.quietly("NOOP")
    before = len(host.done)
    host.does(r"STORE 1:3 +FLAGS (\Seen)")
    assert len(host.done) == before + 1
    assert re.fullmatch(r".* not asked for, because \w+ NOOP is still running", last(host).why)


@pytest.mark.parametrize(("status", "outcome"), [("OK", DONE), ("NO", PARTLY)])
def test_a_store_that_got_no_may_have_changed_some(status: str, outcome: str) -> None:
    host = served({"STORE": f"TAG {status} hm"})
    host.does(r"STORE 1:3 FLAGS ()")
    assert last(host).outcome == outcome


def test_a_store_that_got_bad_has_changed_nothing() -> None:
    assert not len(served({"STORE": "TAG BAD what"}).does("STORE 1:3 FLAGS ()").journal)


def test_a_connection_that_ends_leaves_the_outcome_unknown() -> None:
    for line in (r"STORE 1:3 FLAGS ()", "COPY 1 Old", "MOVE 1 Old", "EXPUNGE", "CREATE x", "APPEND x {1+}\r\na"):
        host = served({line.split()[0]: "* BYE gone"}, "IMAP4rev1 MOVE LITERAL+")
        with pytest.raises(ImapshError):
            host.does(line)
        assert last(host).outcome == UNKNOWN, line
        assert bool(last(host).why) is not line.startswith("STORE")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("COPY 1,3 Old", "TAG OK [COPYUID 8 4,9 20:21] done"),
        ("UID COPY 4,9 Old", "TAG OK [COPYUID 8 4,9 20:21] done"),
        ("MOVE 1,3 Old", "* OK [COPYUID 8 4,9 20:21] moved\n* 3 EXPUNGE\n* 1 EXPUNGE\nTAG OK done"),
        ("UID MOVE 4,9 Old", "* OK [COPYUID 8 4 20] moved\n* OK [COPYUID 8 9 21] moved\nTAG OK done"),
        ("UID MOVE 4,9 Old", "* OK [COPYUID 8 4,9 20:21] moved\nTAG NO and not one more"),
    ],
)
def test_copies_are_known_by_copyuid(line: str, answer: str) -> None:
    host = served({line.removesuffix(" Old"): answer})
    host.does(line)
    entry = last(host)
    assert entry.to is not None
    assert (str(entry.uids), entry.to.mailbox, entry.to.uidvalidity, str(entry.copies)) == ("4,9", "Old", 8, "20:21")
    assert not entry.why


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("", "did not say"),
        ("[COPYUID 8 4,9 20]", "one copy for each"),
        ("[COPYUID 8 4,4 20:21]", "one copy for each"),
        ("[COPYUID 8 4:4294967295 4:4294967295]", "than there can be"),
        ("[COPYUID 8 4:* 20:21]", "does not name messages"),
    ],
)
def test_a_copyuid_that_lies_leaves_no_way_back(code: str, why: str) -> None:
    host = served({"COPY": f"TAG OK {code} done"})
    host.does("COPY 1,3 Old")
    assert why in last(host).why
    assert not last(host).copies


@pytest.mark.parametrize(
    ("line", "code", "why"),
    [
        ("UID COPY 4 INBOX", "7 4 4", "were there before"),
        ("UID COPY 4,9 inbox", "7 4,9 9,4", "were there before"),
        ("UID COPY 4 Old", "8 9 4", "other messages than those"),
        ("UID COPY 4,9 Old", "8 4:9 20:25", "other messages than those"),
        ("COPY 1 Old", "8 4,9 20:21", "other messages than those"),
        ("UID COPY 4:6,9 Old", "8 4,6,9 20:22", ""),
        ("UID COPY 1:* Old", "8 4,6,9,11 20:23", ""),
        ("COPY 1:3 INBOX", "7 4,6,9 10:12", ""),
    ],
)
def test_a_copyuid_can_only_name_what_was_copied_and_new_messages(line: str, code: str, why: str) -> None:
    host = served({line.rpartition(" ")[0]: f"TAG OK [COPYUID {code}] done"}).does(line)
    assert why in last(host).why if why else not last(host).why
    assert bool(last(host).copies) is not bool(why)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("7 10:11", "one UID for each of 1 message"),
        ("7 1:4294967295", "one UID for each of 1 message"),
        ("7 4", "messages that were there before"),
        ("7 10:*", "did not say"),
        ("7 10", ""),
    ],
)
def test_an_appenduid_can_only_name_new_messages_one_for_each(code: str, why: str) -> None:
    selected = SELECTED.replace("TAG", "* OK [UIDNEXT 10] next\nTAG")
    host = served({"SELECT": selected, "APPEND": f"TAG OK [APPENDUID {code}] done"}, "IMAP4rev1 LITERAL+")
    host.does("APPEND inbox {1+}\r\na")
    assert why in last(host).why if why else not last(host).why
    assert bool(last(host).uids) is not bool(why)


def test_a_copy_of_uids_that_are_not_there_stands_in_the_way_of_no_undo() -> None:
    host = served({}).does("STORE 1 -FLAGS (\\Seen)").does("UID COPY 77 Old").does("UID MOVE 78 Old")
    assert [bool(entry.why) for entry in host.journal] == [False, True, True]
    latest = host.journal.latest()
    assert latest is not None
    assert latest.line == "STORE 1 -FLAGS (\\Seen)"
    host.does("COPY 1 Old")
    assert host.journal.latest() is last(host)


def test_a_copy_that_got_no_has_copied_nothing() -> None:
    assert not len(served({"COPY": "TAG NO [TRYCREATE] no"}).does("COPY 1 Old").journal)


def test_appended_messages_are_known_by_appenduid() -> None:
    host = served({"APPEND": "TAG OK [APPENDUID 8 31:32] done"}, "IMAP4rev1 UIDPLUS MULTIAPPEND LITERAL+")
    host.does("APPEND Old {1+}\r\na {1+}\r\nb")
    assert (str(last(host).uids), last(host).place.mailbox, last(host).place.uidvalidity) == ("31:32", "Old", 8)
    assert last(host).line == "APPEND Old {1+}"
    assert "APPENDUID" in last(served({}, "LITERAL+").does("APPEND Old {1+}\r\na")).why


@pytest.mark.parametrize(
    ("line", "answer", "uids"),
    [
        ("EXPUNGE", "* 3 EXPUNGE\n* 1 EXPUNGE\nTAG OK done", "4,9"),
        ("EXPUNGE", "* VANISHED 4,9\nTAG OK done", "4,9"),
        ("EXPUNGE", "* 2 EXISTS\nTAG OK done", ""),
        ("EXPUNGE", "* VANISHED 4:*\n* 3 EXPUNGE\nTAG OK done", "9"),
        ("CLOSE", "TAG OK done", "4"),
    ],
)
def test_what_is_expunged_has_no_way_back(line: str, answer: str, uids: str) -> None:
    host = served({"UID SEARCH DELETED": "* SEARCH 4\nTAG OK done", line: answer})
    host.does("FETCH 1:3 (UID FLAGS)").does(line)
    assert (last(host).kind, str(last(host).uids)) == ("expunged", uids)
    assert last(host).why == f"{line} removes messages for good"


@pytest.mark.parametrize("line", ["EXPUNGE", "CLOSE"])
def test_where_nothing_is_expunged_nothing_is_kept(line: str) -> None:
    host = served({"UID SEARCH DELETED": "* SEARCH\nTAG OK done"})
    assert not len(host.does(line).journal)


def test_mailboxes_are_kept() -> None:
    host = served({})
    for line in ("CREATE a", "RENAME a &APw-", "RENAME inbox b", "DELETE {1}\r\na", "SUBSCRIBE a", "UNSUBSCRIBE a"):
        host.does(line)
    assert [(entry.kind, entry.place.mailbox, entry.name, bool(entry.why)) for entry in host.journal] == [
        ("created", "a", "", False), ("renamed", "a", "ü", False), ("renamed", "INBOX", "b", True),
        ("deleted", "a", "", True), ("subscribed", "a", "", False), ("unsubscribed", "a", "", False),
    ]  # fmt: skip


def test_a_line_that_was_sent_in_parts_is_one_change() -> None:
    host = FakeApp(connected=True, yes=True).does("SELECT INBOX")
    uids = ",".join(map(str, range(1, 5000, 2)))
    host.does(f"\\set many {uids}").does("UID STORE ${many} +FLAGS (x)").does("UID COPY ${many} Archive")
    store, copy = host.journal
    there = {int(uid) for uid in host.session.mailbox.uids}  # type: ignore[union-attr]
    assert "sent as 2 commands" in host.text
    assert set(store.uids) == set(copy.uids) == {uid for uid in there if uid % 2}
    assert len(copy.copies) == len(copy.uids)


def test_a_mailbox_that_is_open_for_reading_only_changes_not() -> None:
    host = served({"EXAMINE": SELECTED.replace("WRITE", "ONLY"), "STORE": "TAG NO read-only"})
    before = len(host.done)
    host.does("EXAMINE INBOX").does(r"STORE 1 FLAGS ()").does("EXPUNGE")
    assert len(host.done) - before == 3
    assert not len(host.journal)


def test_the_journal_has_no_secrets() -> None:
    host = served({})
    host.hide("hunter22")
    host.does("CREATE hunter22")
    assert "hunter22" not in last(host).line
