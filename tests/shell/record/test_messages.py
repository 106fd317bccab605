"""What FETCH responses teach of a mailbox's messages."""

from __future__ import annotations

import pytest

from imapsh.grammar.alike import shape_of
from imapsh.grammar.responses import UNTAGGED, Response
from imapsh.grammar.values import Fetch, MailboxList, UidFetch
from imapsh.session.events import Received, ReceivedRun
from imapsh.session.exchange import Exchange
from imapsh.session.numbering import Shift
from imapsh.shell.record import messages as seen
from imapsh.shell.record.known import Known
from imapsh.shell.record.messages import Messages
from imapsh.wire.frames import Frame
from tests.shell.knowing import ENVELOPE, STRUCTURE, expunged, fetched, opened


def subjects(messages: Messages) -> dict[int, str]:
    return {number: message.subject for number, message in messages.newest()}


def header(subject: str) -> bytes:
    return f"Subject: {subject}\r\n\r\nSubject: of the body\r\n".encode()


def test_an_envelope_tells_subject_sender_and_date() -> None:
    messages = Messages()
    messages.learn(Fetch(7, {"ENVELOPE": ENVELOPE}), 70)
    message = messages.of(7)
    assert message is not None
    assert (message.subject, message.sender, message.day, message.uid) == (
        "réport of June", "Terry Gray", "17-Jul-1996", 70)  # fmt: skip


def test_a_header_in_any_form_does_and_one_of_a_part_does_not() -> None:
    for name in ("BODY[]", "BODY[]<0>", "BODY[HEADER]", "BODY[HEADER.FIELDS (SUBJECT)]", "RFC822", "RFC822.HEADER"):
        messages = Messages()
        messages.learn(Fetch(1, {name: header("x")}), None)
        assert subjects(messages) == {1: "x"}, name
    for name in ("BODY[2.HEADER]", "BODY[]<5>", "BODY[TEXT]", "BODY[2.MIME]", "BINARY[1]"):
        messages = Messages()
        messages.learn(Fetch(1, {name: header("x")}), None)
        assert subjects(messages) == {}, name


def test_fields_and_keywords_are_learned() -> None:
    messages = Messages()
    messages.learn(Fetch(1, {"BODY[2.HEADER]": b"X-Part: y\r\nSubject: z\r\n\r\n"}), None)
    messages.learn(Fetch(1, {"FLAGS": ("\\Seen", "Todo", "$Junk")}), None)
    messages.learn(Fetch(2, {"FLAGS": ("\\Seen", "Todo", "$Junk")}), None)
    assert list(messages.fields) == ["X-Part", "Subject"]
    assert list(messages.keywords) == ["Todo", "$Junk"]


def test_the_fuller_structure_stays() -> None:
    messages = Messages()
    messages.learn(Fetch(1, {"BODYSTRUCTURE": STRUCTURE}), None)
    messages.learn(Fetch(1, {"BODY": STRUCTURE._replace(extended=False, parts=())}), None)
    message = messages.of(1)
    assert message is not None
    assert message.structure is STRUCTURE


def test_numbers_move_up_behind_an_expunged_message() -> None:
    box = opened()
    found = Known(lambda: box)
    for number in (2, 4, 5):
        found.learn(fetched(number, number * 10, HEADER=header(str(number))))
    found.learn(expunged(4))
    found.learn(expunged(1))
    assert subjects(found.messages) == {3: "5", 1: "2"}
    assert [message.uid for _, message in found.messages.newest()] == [50, 20]
    found.learn(expunged(99))


def test_where_nothing_completes_they_are_not_kept() -> None:
    box = opened()
    found = Known(lambda: box, completes=False)
    found.learn(fetched(2, 20, HEADER=header("2")))
    found.learn(expunged(1))
    assert subjects(found.messages) == {}
    listed = Response(UNTAGGED, "LIST", MailboxList((), "/", "Drafts"), Frame((b"",)))
    found.learn(Received(listed))
    assert found.names.has("Drafts")


def test_they_go_with_uidvalidity_and_with_the_mailbox() -> None:
    box = opened(uidvalidity=None)
    found = Known(lambda: box)
    found.learn(fetched(1, HEADER=header("x")))
    box.uidvalidity = 7
    assert subjects(found.messages) == {1: "x"}
    box.uidvalidity = 8
    assert subjects(found.messages) == {}
    found.learn(fetched(1, HEADER=header("y")))
    box = opened(uidvalidity=8)
    assert subjects(found.messages) == {}


def test_what_is_kept_is_bounded() -> None:
    messages = Messages()
    for number in range(1, seen.MOST + 2):
        messages.learn(Fetch(number, {"BODY[HEADER]": header(str(number))}), None)
    assert len(subjects(messages)) < seen.MOST
    assert messages.of(1) is None
    assert messages.of(seen.MOST + 1) is not None
    messages.learn(Fetch(1 << 30, {"BODY[HEADER]": header("far")}), None)
    assert messages.of(1 << 30) is None
    for number in range(1000):
        messages.learn(Fetch(1, {"FLAGS": (f"k{number}",), "BODY[HEADER]": f"X-{number}: 1\r\n\r\n".encode()}), None)
    assert len(messages.keywords) <= 500
    assert len(messages.fields) <= 500


def test_a3_numbers_move_up_behind_those_that_vanished() -> None:
    messages = Messages()
    for number in range(1, 6):
        messages.learn(Fetch(number, {"BODY[HEADER]": header(f"s{number}")}), number)
    messages.vanished(Shift(((1, 1), (3, 4))))
    assert subjects(messages) == {1: "s2", 2: "s5"}
    messages.vanished(Shift(((1, 1),), sure=False))
    assert subjects(messages) == {}


def test_messages_without_numbers_are_kept_by_their_uids() -> None:
    messages = Messages()
    messages.learn(UidFetch(70, {"ENVELOPE": ENVELOPE}), 70)
    messages.learn(UidFetch(90, {"BODY[]": header("x"), "FLAGS": ("$Work",)}), 90)
    messages.learn(UidFetch(95, {"FLAGS": ("$Home",)}), 95)
    assert [(number, message.uid, message.subject) for number, message in messages.newest()] == [
        (0, 90, "x"),
        (0, 70, "réport of June"),
    ]
    assert list(messages.keywords) == ["$Work", "$Home"]
    messages.vanished(Shift(), [(60, 80)])
    assert [message.uid for _, message in messages.newest()] == [90]


def run(items: str, numbers: range) -> ReceivedRun:
    """A run of these items, the number of the message in place of `#`."""
    names = tuple(name for name in ("UID", "FLAGS", "ENVELOPE") if name in items)
    shape = shape_of(names)
    assert shape is not None
    lines = "".join(f"* {number} FETCH ({items.replace('#', str(number))})\r\n" for number in numbers)
    found = shape.run(lines.encode(), 0, 0)
    assert found is not None
    assert len(found.numbers) == len(numbers)
    uids: list[int | None] = [*map(int, found.column("UID"))] if "UID" in names else [None] * len(numbers)
    return ReceivedRun(found, Exchange("A1", "FETCH", []), uids)


SUBJECT = 'ENVELOPE (NIL "Hello #" NIL NIL NIL NIL NIL NIL NIL NIL)'


@pytest.mark.parametrize("asked", [False, True])
def test_uids_that_come_later_do_not_drive_out_subjects(asked: bool) -> None:
    messages = Messages()
    messages.learn_run(run(SUBJECT, range(1, 6)))
    if asked:
        assert messages.of(1) is not None
    for first in range(1, seen.MOST * 2, 200):
        messages.learn_run(run("UID 7# FLAGS (k)", range(first, first + 200)))
    told = [(number, message.subject, message.uid) for number, message in messages.newest()]
    assert told == [(number, f"Hello {number}", 70 + number) for number in range(5, 0, -1)]


def test_a_second_envelope_and_a_date_add_to_what_is_known() -> None:
    messages = Messages()
    messages.learn_run(run(SUBJECT, range(1, 3)))
    messages.learn_run(run(SUBJECT.replace("Hello", "Again"), range(2, 4)))
    assert [message.subject for _, message in messages.newest()] == ["Again 3", "Again 2", "Hello 1"]
