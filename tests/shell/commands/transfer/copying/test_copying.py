"""`\\copy` between two accounts: what is copied, what is refused, and what is done again after it was broken off."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from imapsh.errors import CommandNo, ImapshError, StateError, UsageError
from imapsh.server.store import Refused
from tests.shell.commands.transfer.two import Two, mail, meanwhile, refusing


def test_octets_flags_and_dates_are_the_same() -> None:
    app = Two()
    assert app.told("\\copy 1:* b:Back") == "copied 11 messages, 9.9 kB, to b:Back"
    assert mail(app.back) == mail(app.inbox)
    assert app.current == "1"
    assert app.connection.box == "INBOX"
    assert app.named("b").session.mailbox is None


def test_one_command_takes_several_messages_where_the_target_has_multiappend() -> None:
    app = Two()
    app.told("\\copy 1:3 b:Back")
    assert sum(line.startswith("APPEND") for line in app.sent) == 1
    app.again({b" MULTIAPPEND": b""})
    app.done.clear()
    app.told("\\copy 4:6 b:Back")
    assert sum(line.startswith("APPEND") for line in app.sent) == 3
    assert len(app.back.messages) == 6


def test_the_mailbox_that_was_open_on_the_target_is_open_again() -> None:
    app = Two().does("\\use b").does("EXAMINE INBOX").does("\\use 1")
    app.told("\\copy 1 b:Back")
    open_now = app.named("b").session.mailbox
    assert open_now is not None
    assert (open_now.name, open_now.examined) == ("INBOX", True)


def test_what_is_there_already_is_skipped() -> None:
    app = Two()
    app.told("\\copy UID 1:6 b:Back")
    assert "copied 8 messages" in app.told("\\copy 1:* b:Back")
    assert "3 were there already" in app.text
    assert sorted(mail(app.back)) == sorted(mail(app.inbox))


def test_duplicates_of_the_source_are_copied_as_often_as_they_are_there() -> None:
    app = Two()
    app.does("COPY 1:2 INBOX")
    app.told("\\copy 1:* b:Back")
    assert Counter(mail(app.back)) == Counter(mail(app.inbox))
    assert "copied 0 messages" in app.told("\\copy 1:* b:Back")


def test_sizes_that_a_server_counts_wrongly_make_no_duplicates() -> None:
    app = Two()
    app.told("\\copy 1:* b:Back")
    app.again({b"RFC822.SIZE 8": b"RFC822.SIZE 9"})
    assert "11 were there already" in app.told("\\copy 1:* b:Back")


def test_a_message_without_a_header_is_told_by_its_octets() -> None:
    app = Two()
    when = app.inbox.messages[0].internaldate
    for octets in (b"\r\none\r\n", b"\r\ntwo\r\n", b"\r\ntwo\r\n"):
        app.inbox.add(octets, when)
    app.back.add(b"\r\ntwo\r\n", when)
    app.does("NOOP")
    assert "copied 2 messages" in app.told("\\copy 12:14 b:Back")
    assert sorted(one.octets for one in app.back.messages) == [b"\r\none\r\n", b"\r\ntwo\r\n", b"\r\ntwo\r\n"]


@pytest.mark.parametrize("multiappend", [True, False])
def test_a_connection_that_ends_before_the_reply_leaves_an_unknown_outcome(multiappend: bool) -> None:
    app = Two()
    app.again({} if multiappend else {b" MULTIAPPEND": b""}, b"APPEND Back", lets=0 if multiappend else 4)
    with pytest.raises(ImapshError):
        app.told("\\copy 1:* b:Back")
    assert "nobody knows if they are there" in app.text
    stored = len(app.back.messages)
    assert stored == (11 if multiappend else 5)  # the reply did not come, the messages did
    app.again()
    assert f"{stored} were there already" in app.told("\\copy 1:* b:Back")
    assert sorted(mail(app.back)) == sorted(mail(app.inbox))


def test_a_source_that_ends_leaves_what_was_copied_and_the_rest_is_told() -> None:
    app = Two()
    app.again({b" MULTIAPPEND": b""})
    app.source({}, b"BODY.PEEK[])", lets=0)
    with pytest.raises(ImapshError):
        app.told("\\copy 1:* b:Back")
    assert "11 messages are left: the same \\copy goes on from there" in app.text
    app.source({})
    app.told("\\copy 1:* b:Back")
    assert mail(app.back) == mail(app.inbox)


# -- what is refused


def test_a_refused_message_is_told_and_the_others_are_done() -> None:
    app = Two()
    bad = app.inbox.messages[4]
    refusing(app, lambda octets: Refused("", "virus") if octets == bad.octets else None)
    assert app.to_the_end(app.perform("\\copy 1:* b:Back")) == "NO"
    assert f"UID {bad.uid} of INBOX: NO virus" in app.text
    assert "copied 10 messages" in app.text
    assert "1 failed" in app.text
    assert len(app.back.messages) == 10


def test_a_target_that_is_full_is_not_tried_for_ever() -> None:
    app = Two()
    app.again({b" MULTIAPPEND": b""})
    refusing(app, lambda octets: Refused("OVERQUOTA", "no room"))
    assert app.to_the_end(app.perform("\\copy 1:* b:Back")) == "NO"
    assert "b:Back takes no more: NO [OVERQUOTA] no room" in app.text
    assert sum(line.startswith("APPEND") for line in app.sent) == 5
    assert "6 messages are left" in app.text


def test_a_message_that_is_too_large_leaves_room_for_others() -> None:
    app = Two()
    refusing(app, lambda octets: Refused("OVERQUOTA", "no room") if len(octets) > 1000 else None)
    app.told("\\copy 1:* b:Back")
    assert len(app.back.messages) == sum(len(one.octets) <= 1000 for one in app.inbox.messages)
    assert "takes no more" not in app.text


def test_a_target_that_takes_nothing_ends_it_at_once() -> None:
    app = Two()
    refusing(app, lambda octets: Refused("NOPERM", "not yours"))
    with pytest.raises(CommandNo, match=r"b:Back takes no message: NO \[NOPERM\] not yours"):
        app.told("\\copy 1:* b:Back")
    assert sum(line.startswith("APPEND") for line in app.sent) == 2


def test_append_limit_is_kept() -> None:
    app = Two()
    app.again({b" APPENDLIMIT=": b" APPENDLIMIT=1000 XLIMIT="})
    app.told("\\copy 1:* b:Back")
    large = [one.uid for one in app.inbox.messages if len(one.octets) > 1000]
    assert all(f"UID {uid} of INBOX: it has " in app.text for uid in large)
    assert "b:Back takes 1,000 (APPENDLIMIT)" in app.text
    assert len(app.back.messages) == 11 - len(large)


def test_an_empty_message_is_not_sent() -> None:
    app = Two()
    app.inbox.add(b"", app.inbox.messages[0].internaldate)
    app.does("NOOP")
    app.told("\\copy 10:12 b:Back")
    assert "it is empty, and APPEND cannot send an empty message" in app.text
    assert len(app.back.messages) == 2


def test_keywords_go_as_far_as_the_target_keeps_them() -> None:
    app = Two()
    app.again({b" \\*)]": b")]"})
    app.told("\\copy 1:* b:Back")
    assert "$Work of 2 messages was left out: b:Back does not keep it" in app.text
    assert all(not flag.startswith("$Work") for one in app.back.messages for flag in one.flags)


def test_a_message_that_cannot_be_read_is_told() -> None:
    app = Two()
    victim = app.inbox.messages[3]
    app.source({b"UID %d BODY[]" % victim.uid: b"UID 999 BODY[]"})
    app.told("\\copy 1:* b:Back")
    assert f"UID {victim.uid} of INBOX: the server did not send it" in app.text
    assert len(app.back.messages) == 10


def test_a_date_that_cannot_be_read_is_told() -> None:
    app = Two()
    app.source({b" 3-Jun-2026 08:52:00 +0000": b"33-Jun-2026 08:52:00 +0000"})
    app.told("\\copy 1 b:Back")
    assert "the date of 1 message could not be read" in app.text


def test_a_large_message_goes_through_a_file() -> None:
    app = Two()
    large = b"Subject: large\r\n\r\n" + b"0123456789abcdef\r\n" * 100_000
    app.inbox.add(large, app.inbox.messages[0].internaldate)
    app.does("NOOP")
    app.told("\\copy 12 b:Back")
    assert app.back.messages[-1].octets == large


def test_a_temporary_folder_without_room_fails_that_message_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*more: object, **named: object) -> object:
        raise OSError(28, "No space left on device")

    app = Two()
    app.inbox.add(b"Subject: large\r\n\r\n" + b"0123456789abcdef\r\n" * 100_000, app.inbox.messages[0].internaldate)
    app.does("NOOP")
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    assert app.to_the_end(app.perform("\\copy 10:12 b:Back")) == "NO"
    assert "it was not kept, because the temporary folder cannot be written" in app.text
    assert len(app.back.messages) == 2


# -- what cannot be done


@pytest.mark.parametrize(
    ("line", "error", "why"),
    [
        ("\\copy", UsageError, "needs a set of messages and a mailbox"),
        ("\\copy 1:*", UsageError, "needs a set of messages and a mailbox"),
        ("\\copy 1:* Back", UsageError, "cannot tell where to"),
        ("\\copy 1:* b:", UsageError, "needs a mailbox behind b:"),
        ("\\copy 1;2 b:Back", UsageError, "not a sequence set"),
        ("\\copy 1 nobody:Back", UsageError, "there is no connection 'nobody'"),
        ("\\copy 1 b:Missing", CommandNo, "b:Missing cannot be opened"),
        ("\\copy 1 b:Old mail", UsageError, "needs a set"),
        ('\\copy 1 "b:Back', UsageError, "quotation mark"),
    ],
)
def test_what_is_not_understood_sends_no_message(line: str, error: type[ImapshError], why: str) -> None:
    app = Two()
    with pytest.raises(error, match=why):
        app.told(line)
    assert not app.back.messages
    assert app.connection.box == "INBOX"


def test_a_mailbox_must_be_selected() -> None:
    app = Two().does("UNSELECT")
    with pytest.raises(StateError, match="needs a selected mailbox"):
        app.told("\\copy 1:* b:Back")


def test_read_only_mode_of_the_target() -> None:
    app = Two().does("\\use b").does("\\readonly on").does("\\use 1")
    with pytest.raises(UsageError, match="read-only mode is on"):
        app.told("\\copy 1:* b:Back")


def test_a_connection_that_is_closed() -> None:
    app = Two().does("\\use b").does("LOGOUT").does("\\use 1")
    with pytest.raises(StateError, match="b is not connected"):
        app.told("\\copy 1:* b:Back")


def test_a_long_set_goes_in_pieces() -> None:
    app = Two()
    numbers = ",".join(str(number) for number in range(1, 5000, 2))
    assert "sent in 2 pieces" in app.told(f"\\copy UID {numbers} b:Back")
    assert all(len(line) < 8000 for line in app.sent)
    assert len(app.back.messages) == sum(one.uid % 2 for one in app.inbox.messages)


# -- a target that does not do what it says


def test_a_target_that_says_ok_and_keeps_nothing_is_told() -> None:
    app = Two()
    add = app.back.add

    def forgetful(*more: Any, **named: Any) -> Any:
        made = add(*more, **named)
        app.back.messages.remove(made)
        return made

    app.back.add = forgetful  # type: ignore[method-assign]
    assert app.to_the_end(app.perform("\\copy 1:3 b:Back")) == "NO"
    assert "b:Back has 3 messages fewer than it should" in app.text


def test_two_copies_at_once_are_told() -> None:
    app = Two()
    source = app.inbox.messages[0]
    add = app.back.add
    meanwhile(app, lambda: add(source.octets, source.internaldate))
    assert "b:Back got 1 more message meanwhile, from elsewhere" in app.told("\\copy 1 b:Back")


def test_a_target_that_refuses_some_of_several_and_keeps_the_others_gets_none_twice() -> None:
    app = Two()
    bad = app.inbox.messages[4].octets
    add = app.back.add

    def adding(source: Any, *more: Any, **named: Any) -> Any:
        octets = source if isinstance(source, bytes) else source()
        if octets == bad:
            raise Refused("OVERQUOTA", "no room")
        return add(source, *more, **named)

    app.back.add = adding  # type: ignore[method-assign]
    app.to_the_end(app.perform("\\copy 1:* b:Back"))
    expected = [one for one in app.inbox.messages if one.octets != bad]
    assert Counter(one.octets for one in app.back.messages) == Counter(one.octets for one in expected)
    assert "copied 10 messages" in app.text


def test_a_source_that_sends_fewer_octets_than_it_has_stated_is_told() -> None:
    app = Two()
    app.source({b"RFC822.SIZE 655": b"RFC822.SIZE 6550"})
    assert "1 message had fewer octets than the source has stated (RFC822.SIZE)" in app.told("\\copy 1:2 b:Back")
