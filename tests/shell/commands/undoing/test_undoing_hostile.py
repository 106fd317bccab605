r"""`\undo` on servers that refuse, lie or go away, and on others that bear the same name."""

from __future__ import annotations

from typing import Any

import pytest

from imapsh.errors import CommandNo, ConnectionLost, ImapshError, UsageError
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.record.journal import PARTLY, UNKNOWN
from imapsh.shell.settings.options import Options
from tests.shell.commands.undoing.test_undoing import asked, demo
from tests.shell.hosting import FakeApp, answering

SELECTED = "* 3 EXISTS\n* OK [UIDVALIDITY 7] valid\nTAG OK [READ-WRITE] selected"
FLAGS = "* 1 FETCH (UID 4 FLAGS ())\n* 2 FETCH (UID 6 FLAGS ())\n* 3 FETCH (UID 9 FLAGS ())\nTAG OK done"
NOW = FLAGS.replace("FLAGS ()", "FLAGS (a) RFC822.SIZE 5")
CAPABILITIES = "IMAP4rev1 UIDPLUS MOVE CONDSTORE UNSELECT"


def served(answers: dict[str, str], *lines: str, capabilities: str = CAPABILITIES, name: str = "1") -> FakeApp:
    """A host that has done some lines on a server, which then answers otherwise."""
    host = FakeApp(*["y"] * 20)
    known = {"SELECT": SELECTED, "UID FETCH": FLAGS, "UID COPY": "TAG OK [COPYUID 7 4,6 20:21] ok",
             "UID MOVE": "* OK [COPYUID 7 4,6 20:21] ok\nTAG OK"}  # fmt: skip
    host.talks_over(answering(known, capabilities), plan())
    for line in ("SELECT INBOX", *(lines or ("UID STORE 4,6,9 +FLAGS (a)",))):
        host.does(line)
    usual = {"SELECT": SELECTED, "EXAMINE": SELECTED, "UID FETCH": NOW}
    again = {**answers, **{begins: answer for begins, answer in usual.items() if begins not in answers}}
    host.talks_over(answering(again, capabilities), plan(), name)
    return host


def plan() -> Any:
    return make_plan(Options(url="unix:/server", no_login=True))


def test_another_connection_to_the_same_account_takes_a_change_back() -> None:
    host = served({}, name="other").does("\\undo")
    assert host.sent[-2:] == ["UID STORE 4,6,9 -FLAGS.SILENT (a)", "UNSELECT"]
    assert host.current == "other"


def test_a_connection_of_the_same_name_to_another_server_does_not() -> None:
    host = served({})
    other = make_plan(Options(url="unix:/another", no_login=True))
    host.talks_over(answering({"SELECT": SELECTED, "UID FETCH": NOW}, CAPABILITIES), other)
    with pytest.raises(UsageError, match=r"no connection to that account is open: \\connect -n 1"):
        host.does("\\undo")


def test_whoever_acts_for_another_user_is_in_another_account() -> None:
    host = demo().does("STORE 1 +FLAGS (a)")
    host.connection.acting = "bob"
    with pytest.raises(UsageError, match="made as demo on the demo server, and no connection to that account"):
        host.does("\\undo")


def test_commands_that_are_servers_are_told_apart_by_all_their_words() -> None:
    host = FakeApp()
    for name in ("a", "b"):
        plan = make_plan(Options(url=f"exec:ssh {name} imapd", no_login=True))
        host.talks_over(answering({}, CAPABILITIES), plan, name)
    assert not host.connections["a"].place("x").is_same_account(host.connections["b"].place("x"))


def test_another_uidvalidity_is_refused_with_the_reason() -> None:
    host = served({"SELECT": SELECTED.replace("7", "8")})
    with pytest.raises(UsageError, match="UIDVALIDITY of INBOX was 7 and is 8, so its UIDs mean other messages"):
        host.does("\\undo")
    assert not any("STORE" in line for line in host.sent[-2:])


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"SELECT": "* 3 EXISTS\nTAG OK [READ-WRITE] selected"}, "told no UIDVALIDITY"),
        ({"SELECT": SELECTED.replace("WRITE", "ONLY")}, "for reading only"),
        ({"SELECT": "TAG NO [NONEXISTENT] gone"}, "INBOX cannot be opened"),
        ({"UID FETCH": "TAG NO not now"}, "UID FETCH: .*not now"),
        ({"UID STORE": "TAG NO not now"}, "UID STORE: .*not now"),
        ({"UID STORE": "TAG BAD what"}, "UID STORE: .*what"),
    ],
)
def test_what_the_server_refuses_is_said(answers: dict[str, str], error: str) -> None:
    with pytest.raises(ImapshError, match=error):
        served(answers).does("\\undo")


def test_a_no_in_the_middle_leaves_an_entry_that_says_so() -> None:
    host = served({"UID STORE": "TAG NO not now"})
    with pytest.raises(CommandNo):
        host.does("\\undo")
    *_, entry = host.journal
    assert (entry.outcome, entry.undoes) == (PARTLY, 1)


def test_a_connection_that_ends_in_the_middle_leaves_the_outcome_unknown() -> None:
    for lines in ((), ("UID COPY 4,6 Old",), ("UID MOVE 4,6 Old",)):
        there = "* 1 FETCH (UID 20 RFC822.SIZE 5)\n* 2 FETCH (UID 21 RFC822.SIZE 5)\n"
        answers = {"UID STORE": "* BYE gone", "UID MOVE": "* BYE gone", "UID FETCH": there + NOW,
                   "STATUS": "* STATUS INBOX (UIDVALIDITY 7)\nTAG OK"}  # fmt: skip
        host = served(answers, *lines)
        with pytest.raises(ConnectionLost):
            host.does("\\undo")
        *_, entry = host.journal
        assert (entry.outcome, entry.undoes) == (UNKNOWN, 1)


def test_messages_changed_in_the_last_moment_are_left_out() -> None:
    told = "* 1 FETCH (UID 4 MODSEQ (20))\n* 2 FETCH (UID 6 MODSEQ (20))\n* 3 FETCH (UID 9 MODSEQ (20))\nTAG OK"
    now = NOW.replace("FLAGS", "MODSEQ (20) FLAGS")
    host = FakeApp("y")
    host.talks_over(
        answering(
            {"SELECT": SELECTED, "UID FETCH 4,6,9 (UID FLAGS)": FLAGS, "UID FETCH": now,
             "UID STORE 4,6,9 +FLAGS": told, "UID STORE": "TAG OK [MODIFIED 6] some"},
            CAPABILITIES,
        ), plan(),
    )  # fmt: skip
    host.does("SELECT INBOX").does("UID STORE 4,6,9 +FLAGS (a)")
    assert host.to_the_end(host.perform("\\undo")) == "NO"
    assert "UID STORE 4,6,9 (UNCHANGEDSINCE 20) -FLAGS.SILENT (a)" in host.sent
    assert "left as they are: 1 message (UID 6), changed by somebody else meanwhile (MODIFIED)" in host.text
    *_, entry = host.journal
    assert str(entry.uids) == "4,9"


def test_copies_of_another_size_than_their_originals_are_kept() -> None:
    sizes = "* 1 FETCH (UID 4 RFC822.SIZE 5)\n* 2 FETCH (UID 6 RFC822.SIZE 5)\nTAG OK"
    copies = "* 1 FETCH (UID 20 RFC822.SIZE 5)\n* 2 FETCH (UID 21 RFC822.SIZE 6)\nTAG OK"
    host = served({"UID FETCH 4,6": sizes, "UID FETCH 20": copies}, "UID COPY 4,6 Old").does("\\undo")
    assert "kept: 1 message (UID 21), not of the size of what was copied" in host.text
    assert [line for line in host.sent if line.startswith(("UID STORE", "UID EXPUNGE"))] == [
        "UID STORE 20 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 20"
    ]  # fmt: skip


def test_without_uidplus_copies_are_only_marked_and_the_question_says_so() -> None:
    sizes = "* 1 FETCH (UID 4 RFC822.SIZE 5)\n* 2 FETCH (UID 6 RFC822.SIZE 5)\n* 2 FETCH (UID 20 RFC822.SIZE 5)\nTAG OK"
    host = served({"UID FETCH": sizes}, "UID COPY 4,6 Old", capabilities="IMAP4rev1").does("\\undo")
    assert "mark 1 copy in Old as \\Deleted, because without UIDPLUS" in asked(host)[-1]
    assert not any(line.startswith("UID EXPUNGE") for line in host.sent)


def test_without_move_messages_are_copied_back_and_just_these_removed() -> None:
    answers = {"STATUS": "* STATUS INBOX (UIDVALIDITY 7)\nTAG OK",
               "UID FETCH": "* 1 FETCH (UID 20 RFC822.SIZE 5)\nTAG OK",
               "UID COPY": "TAG OK [COPYUID 7 20 50] ok"}  # fmt: skip
    host = served(answers, "UID MOVE 4,6 Old", capabilities="IMAP4rev1 UIDPLUS").does("\\undo")
    at = host.sent.index("UID COPY 20 INBOX")
    assert host.sent[at + 1 : at + 3] == ["UID STORE 20 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 20"]
    *_, entry = host.journal
    assert (str(entry.uids), str(entry.copies), entry.undoes) == ("20", "50", 1)


@pytest.mark.parametrize("said", ["TAG OK done", "TAG OK [COPYUID 7 21 50] ok"])
def test_an_ok_that_names_no_copy_removes_nothing(said: str) -> None:
    answers = {"STATUS": "* STATUS INBOX (UIDVALIDITY 7)\nTAG OK",
               "UID FETCH": "* 1 FETCH (UID 20 RFC822.SIZE 5)\nTAG OK", "UID COPY": said}  # fmt: skip
    host = served(answers, "UID MOVE 4,6 Old", capabilities="IMAP4rev1 UIDPLUS")
    with pytest.raises(CommandNo, match="does not say that it copied each message to INBOX, so they stay"):
        host.does("\\undo")
    assert not any(line.startswith(("UID STORE", "UID EXPUNGE")) for line in host.sent)


def test_a_mailbox_that_was_made_anew_gets_no_messages_back() -> None:
    host = served({"STATUS": "* STATUS INBOX (UIDVALIDITY 8)\nTAG OK"}, "UID MOVE 4,6 Old")
    with pytest.raises(UsageError, match="UIDVALIDITY of INBOX was 7 and is 8, so it is another mailbox now"):
        host.does("\\undo")


def test_nothing_left_to_take_back_is_said_once_and_passed_over() -> None:
    host = served({"UID FETCH": FLAGS}).does("\\undo")
    assert "nothing of change 1" in host.text
    with pytest.raises(UsageError, match="there is no change that"):
        host.does("\\undo")


def test_responses_about_other_messages_change_nothing() -> None:
    host = served({"UID FETCH": NOW.replace("UID 9", "UID 77")}).does("\\undo")
    assert "gone: 1 message (UID 9)" in host.text
    assert "UID STORE 4,6 -FLAGS.SILENT (a)" in host.sent


def test_messages_whose_flags_are_not_told_are_left_as_they_are() -> None:
    told = "* 1 FETCH (UID 4 FLAGS (a \x1b))\n* 2 FETCH (UID 6 FLAGS (a))\n* 3 FETCH (UID 9)\nTAG OK"
    host = served({"UID FETCH": told}).does("\\undo")
    assert "left as they are: 2 messages (UID 4,9), whose flags the server does not tell" in host.text
    assert "UID STORE 6 -FLAGS.SILENT (a)" in host.sent


def test_what_is_no_flag_is_not_sent() -> None:
    host = served({})
    entry = list(host.journal)[-1]
    changed = [entry.flags[0]._replace(before=("a]\r\nb",))]
    host.journal.add("flags", "STORE", entry.place, uids=entry.uids, flags=changed)
    before = len(host.done)
    with pytest.raises(UsageError, match="is not a flag"):
        host.does("\\undo")
    assert not any("STORE" in line for line in host.sent[before:])


# -- mail of which a copy is the last


UNTOLD = (
    "* 1 FETCH (UID 4 FLAGS ())\n* 2 FETCH (UID 6 FLAGS ())\n* 3 FETCH (UID 20 FLAGS ())\n* 4 FETCH (UID 21)\nTAG OK"
)
SIZED = UNTOLD.replace("FLAGS ()", "RFC822.SIZE 5").replace("UID 21", "UID 21 RFC822.SIZE 5")


def removed(host: FakeApp) -> list[str]:
    begins = ("UID STORE", "UID EXPUNGE", "DELETE")
    return [line for line in host.sent if line.startswith(begins)]


def test_copies_are_kept_if_the_sizes_are_not_told() -> None:
    host = served({"UID FETCH": UNTOLD}, "UID COPY 4,6 Old").does("\\undo")
    assert "kept: 2 messages (UID 20:21), not of the size of what was copied" in host.text
    assert not removed(host)


def test_news_of_flags_does_not_hide_a_size() -> None:
    news = SIZED.replace("TAG", "* 1 FETCH (UID 4 FLAGS (x))\nTAG")
    host = served({"UID FETCH": news}, "UID COPY 4,6 Old").does("\\undo")
    assert removed(host)[-1] == "UID EXPUNGE 20:21"


def test_copies_whose_originals_are_marked_to_go_are_kept() -> None:
    flags = "* 1 FETCH (UID 4 FLAGS (\\deleted))\n* 2 FETCH (UID 6 FLAGS (\\Seen))\nTAG OK"
    host = served({"UID FETCH 4,6 (UID FLAGS)": flags, "UID FETCH": SIZED}, "UID COPY 4,6 Old").does("\\undo")
    assert "kept: 1 message (UID 20), whose originals in INBOX are marked as \\Deleted" in host.text
    assert removed(host)[-1] == "UID EXPUNGE 21"


def test_a_copy_of_what_was_marked_already_is_removed() -> None:
    host = FakeApp(*["y"] * 5, connected=True).does("SELECT INBOX").does("STORE 1 +FLAGS (\\Deleted)")
    host.does("COPY 1 Archive").does("\\undo")
    assert "remove 1 copy from Archive for good" in asked(host)[-1]
    assert "kept" not in host.text


@pytest.mark.parametrize(
    ("answers", "kind", "outcome", "said"),
    [
        ({"UID EXPUNGE": "TAG NO never"}, "flags", PARTLY, "and were not removed"),
        ({"UID STORE": "TAG NO never"}, "flags", PARTLY, "and were not removed"),
        ({"UID EXPUNGE": "* BYE over"}, "flags", UNKNOWN, "unless the server has removed them"),
    ],
)
def test_copies_that_stay_marked_are_told_with_the_way_back(
    answers: dict[str, str], kind: str, outcome: str, said: str
) -> None:
    host = served({"UID FETCH": SIZED, **answers}, "UID COPY 4,6 Old")
    with pytest.raises(ImapshError):
        host.does("\\undo")
    assert "2 messages (UID 20:21) of Old may be marked as \\Deleted" in host.text
    assert f"{said}: \\undo 2 takes the marks off" in host.text
    *_, entry = host.journal
    assert (entry.kind, entry.outcome, entry.undoes, entry.why) == (kind, outcome, 1, "")


@pytest.mark.parametrize(("before", "changed"), [
    ("UID COPY 4 Old", {"UID FETCH 4 (UID RFC822.SIZE)": "TAG OK none is there"}),
    ("CREATE Old", {"STATUS": "* STATUS Old (MESSAGES 1)\nTAG OK"}),
])  # fmt: skip
def test_what_somebody_else_changes_while_the_question_is_open_is_seen(before: str, changed: dict[str, str]) -> None:
    answers = {"UID COPY": "TAG OK [COPYUID 7 4 20] ok", "STATUS": "* STATUS Old (MESSAGES 0)\nTAG OK",
               "SELECT": SELECTED, "EXAMINE": SELECTED, "UID FETCH": SIZED}  # fmt: skip
    answers = {"UID FETCH 4 (UID RFC822.SIZE)": SIZED, **answers}
    host = FakeApp()
    host.talks_over(answering(answers, CAPABILITIES), plan())

    class Slow(list[str | None]):
        def pop(self, *_: Any) -> str:
            answers.update(changed)
            return "y"

    host.answers = Slow()
    host.does("SELECT INBOX").does(before)
    with pytest.raises(UsageError, match=r"meanwhile: nothing was taken back|holds 1 message now"):
        host.does("\\undo")
    assert not removed(host)
