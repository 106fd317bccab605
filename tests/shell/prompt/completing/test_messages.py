"""Message numbers and sets, with what is known of the messages."""

from __future__ import annotations

from imapsh.shell.record.known import Known
from imapsh.shell.record.mailboxes import MailboxNames
from imapsh.table.model import SELECTED, Context
from tests.shell.knowing import after, fetched, opened


def test_message_numbers_come_with_subject_sender_and_day() -> None:
    assert after("FETCH ") == {
        "FETCH 1:*": "all 11 messages",
        "FETCH *": "the last message",
        "FETCH 5": "Invoice 44  billing@example.com",
        "FETCH 4": "réport of June  Terry Gray  17-Jul-1996",
    }
    assert after("UID COPY 10") == {"UID COPY 104": "réport of June  Terry Gray  17-Jul-1996"}


def test_a_set_goes_on_behind_comma_and_colon() -> None:
    assert list(after("FETCH 1,")) == ["FETCH 1,*", "FETCH 1,5", "FETCH 1,4"]
    assert list(after("FETCH 3:")) == ["FETCH 3:*", "FETCH 3:5", "FETCH 3:4"]
    assert list(after("FETCH 3:4")) == ["FETCH 3:4"]
    assert "SEARCH 4" in after("SEARCH 4")
    assert "SEARCH 4" not in after("SEARCH ")  # the keys come first there


def test_a_message_is_found_by_subject_and_sender() -> None:
    assert list(after("FETCH réport")) == ["FETCH 4"]
    assert list(after("STORE billing")) == ["STORE 5"]
    assert list(after("UID FETCH invoice")) == ["UID FETCH 110"]
    assert list(after("FETCH nobody")) == []


def test_the_saved_result_where_there_is_one() -> None:
    assert "FETCH $" in after("FETCH ", Context(SELECTED, frozenset({"IMAP4rev1", "SEARCHRES"})))
    assert "FETCH $" in after("FETCH $", Context(SELECTED, rev2=True))
    assert "FETCH $" not in after("FETCH ")


def test_names_of_other_messages_go_with_their_mailbox() -> None:
    boxes = [opened()]
    found = Known(lambda: boxes[0])
    found.names = MailboxNames()
    found.learn(fetched(4, HEADER=b"Subject: old\r\n\r\n"))
    assert "FETCH 4" in after("FETCH ", found=found)
    boxes[0] = opened()
    assert "FETCH 4" not in after("FETCH ", found=found)
