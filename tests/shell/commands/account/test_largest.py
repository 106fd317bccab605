r"""`\largest`: the largest messages of all mailboxes, found without asking for the size of each."""

from __future__ import annotations

import json
import re

import pytest

from imapsh.errors import UsageError
from tests.shell.commands.account.accounts import OPENED, fetched, shell
from tests.shell.hosting import FakeApp


def sizes(**by_uid: int) -> str:
    lines = (f"* 1 FETCH (UID {uid[1:]} RFC822.SIZE {octets})\n" for uid, octets in by_uid.items())
    return "".join(lines) + "TAG OK done"


ANSWERS = {
    "UID FETCH 1:* (UID RFC822.SIZE)": sizes(u1=500, u2=90_000, u3=7_000),
    "UID SEARCH LARGER": "* SEARCH 2\nTAG OK done",
    "UID FETCH 2 (UID RFC822.SIZE)": sizes(u2=90_000),
    "UID FETCH": fetched(2, 4, "big") + fetched(3, 5, "less") + "TAG OK done",
}


@pytest.mark.parametrize("argument", ["1 Old*", "Old*", '"Old*"'])
def test_a_pattern_says_in_which_mailboxes(argument: str) -> None:
    app = shell({'LIST "" "Old*"': '* LIST () "/" Old\nTAG OK done', **ANSWERS}).does(f"\\largest {argument}")
    assert app.sent[0] == 'LIST "" "Old*"'
    assert "EXAMINE INBOX" not in app.sent


def test_the_largest_of_all() -> None:
    app = shell({"UID SEARCH LARGER 90000": "* SEARCH\nTAG OK done", **ANSWERS}).does("\\largest 2")
    assert app.said[0].splitlines() == [
        "   size  mailbox   UID  received                from  subject",
        "90.0 kB  INBOX       2  2024-05-04 10:00 +0000  Anna  big",
        "90.0 kB  Old/2019    2  2024-05-04 10:00 +0000  Anna  big",
    ]
    assert [line for line in app.sent if line.startswith("UID")] == [
        "UID FETCH 1:* (UID RFC822.SIZE)",
        "UID SEARCH LARGER 7000",
        "UID FETCH 2 (UID RFC822.SIZE)",
        "UID SEARCH LARGER 90000",
        "UID FETCH 2 (UID INTERNALDATE ENVELOPE)",
        "UID FETCH 2 (UID INTERNALDATE ENVELOPE)",
    ]


def test_a_large_mailbox_is_not_asked_for_all_its_sizes() -> None:
    answers = {"LIST": '* LIST () "/" INBOX\nTAG OK done', "EXAMINE": OPENED.format(90_000, "ONLY"),
               "UID SEARCH LARGER 10000000": "* SEARCH\nTAG OK done", **ANSWERS}  # fmt: skip
    app = shell(answers).does("\\largest 1")
    assert "UID SEARCH LARGER 1000000" in app.sent
    assert "UID FETCH 1:* (UID RFC822.SIZE)" not in app.sent


def test_json() -> None:
    app = shell(ANSWERS).does("\\format json").does("\\largest 1")
    (said,) = [json.loads(line) for line in app.said[1:]]
    assert said["name"] == "message"
    assert said["value"]["size"] == 90_000
    assert said["value"]["subject"] == "big"


def test_its_uids_are_there_afterwards() -> None:
    app = shell({"LIST": '* LIST () "/" INBOX\nTAG OK done', **ANSWERS}).does("\\largest 2").does("EXAMINE INBOX")
    app.done.clear()
    assert app.does("UID FETCH ${uids} FLAGS").sent == ["UID FETCH 2:3 FLAGS"]


def test_a_message_that_is_gone_before_its_subject_is_shown_all_the_same() -> None:
    app = shell({"UID FETCH 2 (UID INT": "TAG OK nothing", **ANSWERS}).does("\\largest 1")
    assert app.said[0].splitlines()[1].rstrip() == "90.0 kB  INBOX      2"


def test_a_message_counts_once_however_often_the_server_tells_its_size() -> None:
    told = "".join(f"* 1 FETCH (UID 2 RFC822.SIZE {octets})\n" for octets in (-4, 5, 5, 7)) + "TAG OK done"
    app = shell({**ANSWERS, "UID FETCH 1:* (UID RFC822.SIZE)": told}).does("\\largest")
    assert [line.split()[0] for line in app.said[0].splitlines()] == ["size", "7", "7", "7"]


def test_no_messages() -> None:
    assert shell({"EXAMINE": OPENED.format(0, "ONLY")}).does("\\largest").said == ["there are no messages"]


@pytest.mark.parametrize("argument", ["0", "-1", "1001", "99999999999999", "5x Archive", "0 Archive"])
def test_the_number_is_checked(argument: str) -> None:
    app = shell({})
    with pytest.raises(UsageError, match=re.escape("a number of messages from 1 to 1,000")):
        app.does(f"\\largest {argument}")
    assert app.sent == []


def test_a_fault_of_one_mailbox_leaves_the_others() -> None:
    app = shell({**ANSWERS, "EXAMINE INBOX": "TAG NO no"})
    assert app.to_the_end(app.perform("\\largest 1")) == "NO"
    assert "90.0 kB" in app.text
    assert "INBOX: EXAMINE was refused: NO no" in app.text


def test_on_the_demo_server() -> None:
    lines = FakeApp(connected=True).does("\\largest 3").text.splitlines()
    assert len(lines) == 4
    assert "Minutes of Tuesday" in lines[1]
