"""`\\move` removes only what it has compared, and never the only copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from imapsh.errors import CommandNo, ImapshError, Interrupted, UsageError
from imapsh.grammar.values import Code
from imapsh.server.store import Refused
from imapsh.shell.commands.transfer.copying import carrying, moving
from imapsh.shell.commands.transfer.copying.stopping import Stopping
from imapsh.shell.commands.transfer.messages import reading
from imapsh.shell.commands.transfer.messages.identity import Mark
from imapsh.shell.connection.connection import Connection
from imapsh.shell.connection.steps import Steps
from tests.shell.commands.transfer.two import Two, mail, meanwhile, refusing


def test_what_was_copied_is_compared_and_removed() -> None:
    app = Two("y")
    before = mail(app.inbox)
    assert app.told("\\move 1:* b:Back") == "copied 11 messages, 9.9 kB, to b:Back; 11 removed here"
    assert mail(app.back) == before
    assert not app.inbox.messages
    assert app.sent[-2].startswith("UID STORE")
    assert app.sent[-1].startswith("UID EXPUNGE")


def test_it_asks_before_many_and_no_means_no() -> None:
    app = Two("n")
    with pytest.raises(UsageError, match="nothing was moved to Back"):
        app.told("\\move 1:* b:Back")
    assert len(app.inbox.messages) == 11
    assert not app.back.messages
    app.told("\\move 1:2 b:Back")  # few are moved without a question, as by MOVE
    assert len(app.inbox.messages) == 9


def test_others_that_are_marked_as_deleted_stay() -> None:
    app = Two()
    app.does("STORE 5 +FLAGS (\\Deleted)")
    marked = app.inbox.messages[4].uid
    app.told("\\move 1 b:Back")
    assert marked in [one.uid for one in app.inbox.messages]
    assert len(app.inbox.messages) == 10


def test_what_was_there_already_is_compared_before_it_is_removed() -> None:
    app = Two("y")
    app.told("\\copy 1:* b:Back")
    changed = app.back.messages[2]
    original = app.inbox.messages[2].octets
    changed.octets = original[:-3] + b"x\r\n"  # the same size
    app.again()
    app.told("\\move 1:* b:Back")
    assert [one.octets for one in app.inbox.messages] == [original]
    assert f"its copy, UID {changed.uid} of b:Back, has other octets" in app.text
    assert "10 removed here" in app.text


def test_what_was_refused_stays() -> None:
    app = Two("y")
    bad = app.inbox.messages[4]
    refusing(app, lambda octets: Refused("", "virus") if octets == bad.octets else None)
    assert app.to_the_end(app.perform("\\move 1:* b:Back")) == "NO"
    assert app.inbox.messages == [bad]


def test_without_uidplus_messages_are_only_marked() -> None:
    app = Two("y")
    app.source({b" UIDPLUS": b"", b" IMAP4rev2": b""})
    app.told("\\move 1:2 b:Back")
    assert len(app.inbox.messages) == 11
    assert sum("\\Deleted" in one.flags for one in app.inbox.messages[:2]) == 2
    assert "2 only marked \\Deleted, because the server has no UIDPLUS" in app.text


def test_a_target_that_does_not_say_the_new_uids_is_listed_again() -> None:
    app = Two("y")
    app.again({b"APPENDUID": b"XAPPENDED"})
    assert "11 removed here" in app.told("\\move 1:* b:Back")
    assert not app.inbox.messages


def test_a_connection_that_ends_before_the_reply_removes_nothing() -> None:
    app = Two("y")
    app.again({}, b"APPEND Back")
    with pytest.raises(ImapshError):
        app.told("\\move 1:* b:Back")
    assert len(app.inbox.messages) == 11
    app.again()
    app.answers = ["y"]
    assert "11 were there already; 11 removed here" in app.told("\\move 1:* b:Back")
    assert not app.inbox.messages
    assert len(app.back.messages) == 11


def test_a_target_that_is_made_anew_meanwhile_removes_nothing() -> None:
    app = Two("y")
    app.again({b"[APPENDUID ": b"[APPENDUID 9"})
    with pytest.raises(UsageError, match="another mailbox now"):
        app.told("\\move 1:* b:Back")
    assert len(app.inbox.messages) == 11


def test_a_source_that_does_not_remove_is_told() -> None:
    app = Two("y")

    def refuse(messages: object) -> None:
        raise Refused("", "not today")

    app.inbox.expunge = refuse  # type: ignore[method-assign, assignment]
    with pytest.raises(CommandNo, match="UID EXPUNGE"):
        app.told("\\move 1:2 b:Back")
    assert len(app.inbox.messages) == 11


def test_undo_knows_the_way_back() -> None:
    app = Two("y")
    app.told("\\copy 1:3 b:Back")
    app.told("\\move 1:* b:Back")
    copied, moved = app.journal
    assert (copied.kind, str(copied.copies), copied.place.mailbox, copied.to and copied.to.mailbox) == (
        "copied", "1:3", "INBOX", "Back",
    )  # fmt: skip
    assert (moved.kind, len(moved.uids), len(moved.copies)) == ("moved", 11, 11)
    assert moved.to is not None
    assert moved.to.connection == "b"


# -- two accounts that are one


def test_two_accounts_that_look_like_one_are_not_moved_between() -> None:
    app = Two()
    app.other.accounts["demo"].find("INBOX").uidnext -= 100
    with pytest.raises(UsageError, match="look like one account"):
        app.told("\\move 1 b:Back")


def test_the_same_mailbox_under_another_name_loses_nothing() -> None:
    app = Two()
    app.fake.store.accounts["demo"].create("Back")
    app.does("SELECT Back")
    app.other = app.fake.store
    app.again()
    app.back.add(b"Subject: one\r\n\r\n", app.inbox.messages[0].internaldate)
    app.inbox.messages.clear()  # an empty INBOX tells nothing
    app.does("SELECT Back")
    with pytest.raises(UsageError, match="is the same mailbox as 1:Back"):
        app.told("\\move 1 b:Back")
    assert len(app.back.messages) == 1


def test_read_only_mailboxes_are_not_moved_out_of() -> None:
    app = Two().does("EXAMINE INBOX")
    with pytest.raises(UsageError, match="opened by EXAMINE"):
        app.told("\\move 1 b:Back")


# -- what a target or a second session may do between the copy and the removal


def test_two_originals_never_share_a_copy() -> None:
    app = Two("y")
    app.does("COPY 1 INBOX")
    app.again(
        {b" MULTIAPPEND": b"", b"[APPENDUID %d 2]" % app.back.uidvalidity: b"[APPENDUID %d 1]" % app.back.uidvalidity}
    )
    assert app.to_the_end(app.perform("\\move 1,12 b:Back")) == "NO"
    [left] = [one for one in app.inbox.messages if one.octets == app.back.messages[0].octets]
    assert f"UID {left.uid} of INBOX: b:Back says that its copy is UID 1, which is that of UID 1" in app.text


def test_a_copy_that_is_marked_as_deleted_there_does_not_count() -> None:
    app = Two("y")
    app.told("\\copy 1 b:Back")
    app.back.messages[0].flags.add("\\Deleted")
    app.again()
    assert app.told("\\move 1 b:Back") == "copied 1 message, 655 octets, to b:Back; 1 removed here"
    assert ["\\Deleted" in one.flags for one in app.back.messages] == [True, False]


def test_a_copy_that_is_marked_as_deleted_meanwhile_leaves_the_original() -> None:
    app = Two("y")
    meanwhile(app, lambda: app.back.messages[0].flags.add("\\Deleted") if app.back.messages else None)
    app.told("\\copy 1 b:Back")
    meanwhile(app, lambda: app.back.messages[0].flags.add("\\Deleted"))
    app.told("\\move 1:2 b:Back")
    assert "its copy, UID 1 of b:Back, is marked \\Deleted" in app.text
    assert len(app.inbox.messages) == 10


def test_a_copy_that_is_gone_when_all_were_compared_leaves_the_original(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Two("y")
    read = reading.sums

    def compared(connection: Connection, marks: Iterable[Mark]) -> Steps[dict[int, bytes]]:
        found = yield from read(connection, marks)
        if connection.name == "b":
            app.back.expunge([app.back.messages[0]])
        return found

    monkeypatch.setattr(moving, "sums", compared)
    app.told("\\move 1:2 b:Back")
    assert "its copy, UID 1 of b:Back, is gone again" in app.text
    assert len(app.inbox.messages) == 10


def test_flags_that_the_original_got_meanwhile_go_with_it() -> None:
    app = Two("y")
    meanwhile(app, lambda: app.inbox.messages[0].flags.update(("\\Flagged", "$Late")))
    app.told("\\move 1 b:Back")
    assert len(app.inbox.messages) == 10
    assert {"\\Flagged", "$Late"} <= set(app.back.messages[0].flags)


def test_flags_of_a_copy_that_was_there_are_those_of_its_original() -> None:
    app = Two("y")
    app.told("\\copy 1:2 b:Back")
    app.inbox.messages[0].flags.add("$Mine")
    app.again({b"+FLAGS": b"+FLAGS"})
    app.told("\\move 1:2 b:Back")
    assert "$Mine" in app.back.messages[0].flags
    assert len(app.inbox.messages) == 9


def test_a_copy_that_does_not_get_the_flags_leaves_the_original() -> None:
    app = Two("y")
    app.told("\\copy 1:2 b:Back")
    app.inbox.messages[0].flags.add("$Mine")
    app.again({b"OK STORE": b"NO STORE", b"OK stored": b"NO stored"})
    app.told("\\move 1:2 b:Back")
    assert "does not get the flags $Mine" in app.text
    assert len(app.inbox.messages) == 10


def test_a_source_whose_uidvalidity_changes_while_it_is_copied_loses_nothing() -> None:
    app = Two("y")

    def renumbered() -> None:
        box = app.connection.session.mailbox
        assert box is not None
        box.code(Code("UIDVALIDITY", 99))

    meanwhile(app, renumbered)
    with pytest.raises(UsageError, match="no longer what was selected"):
        app.told("\\move 1:2 b:Back")
    assert len(app.inbox.messages) == 11


def test_a_source_whose_uids_mean_other_messages_by_now_loses_nothing() -> None:
    app = Two("y")
    mine = app.inbox.messages

    def shifted() -> None:
        mine[0].octets, mine[1].octets = mine[1].octets, mine[0].octets

    meanwhile(app, shifted)
    app.told("\\move 1 b:Back")
    assert f"UID {mine[0].uid} of INBOX: it is another message now than the one that was copied" in app.text
    assert len(app.inbox.messages) == 11


def test_an_original_that_is_removed_meanwhile_is_told() -> None:
    app = Two("y")
    uid = app.inbox.messages[0].uid
    meanwhile(app, lambda: app.inbox.expunge([app.inbox.messages[0]]))
    app.told("\\move 1:2 b:Back")
    assert f"UID {uid} of INBOX: it was removed here meanwhile, after it was copied" in app.text
    assert len(app.back.messages) == 2


@pytest.mark.parametrize("chosen", ["1", "2:3", "1:3"])
def test_duplicates_in_the_same_mailbox_under_another_name_stay(chosen: str) -> None:
    app = Two("y")
    app.fake.store.accounts["demo"].create("Back")
    app.other = app.fake.store
    app.again()
    for _ in range(3):
        app.back.add(b"Subject: one\r\n\r\n", app.inbox.messages[0].internaldate)
    app.inbox.messages.clear()  # an empty INBOX tells nothing
    app.does("SELECT Back")
    with pytest.raises(UsageError, match="is the same mailbox as 1:Back"):
        app.told(f"\\move {chosen} b:Back")
    assert len(app.back.messages) == 3


def test_ctrl_c_while_copies_are_compared_leaves_the_rest_for_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Two("y", "y")
    asked: list[Stopping] = []
    read = reading.sums

    class Told(Stopping):
        def __init__(self, note: Callable[[str], object]) -> None:
            super().__init__(note)
            asked.append(self)

    def compared(connection: Connection, marks: Iterable[Mark]) -> Steps[dict[int, bytes]]:
        asked[-1].asked = True
        return (yield from read(connection, marks))

    monkeypatch.setattr(carrying, "Stopping", Told)
    monkeypatch.setattr(moving, "sums", compared)
    monkeypatch.setattr(moving, "parts", lambda marks: reading.parts(marks, 4))
    with pytest.raises(Interrupted):
        app.told("\\move 1:* b:Back")
    assert "copied 11 messages, 9.9 kB, to b:Back; 4 removed here" in app.text
    assert "7 messages are left" in app.text
    assert len(app.inbox.messages) == 7
    monkeypatch.setattr(moving, "sums", read)
    app.told("\\move 1:* b:Back")
    assert (len(app.inbox.messages), len(app.back.messages)) == (0, 11)


def test_a_move_that_was_killed_before_it_expunged_goes_on() -> None:
    app = Two("y", "y")
    app.told("\\copy 1:* b:Back")
    before = mail(app.back)
    app.does("STORE 1:* +FLAGS.SILENT (\\Deleted)")
    app.again()
    assert "11 were there already; 11 removed here" in app.told("\\move 1:* b:Back")
    assert mail(app.back) == before
