r"""`\du`: how much mail each mailbox has, sorted and totalled, with the quota."""

from __future__ import annotations

import json

import pytest

from imapsh.errors import UsageError
from tests.shell.commands.account.accounts import OPENED, shell
from tests.shell.hosting import FakeApp

STATUS = "IMAP4rev1 UNSELECT LIST-STATUS STATUS=SIZE"
LISTED = (
    '* LIST () "/" INBOX\n* STATUS INBOX (MESSAGES 3 UNSEEN 1 SIZE 2000)\n'
    '* LIST () "/" Old\n* STATUS Old (MESSAGES 5 UNSEEN 0 SIZE 1500000)\n'
    '* LIST () "/" Empty\n* STATUS Empty (MESSAGES 0 UNSEEN 0 SIZE 0)\nTAG OK done'
)
DATES = (
    '* 1 FETCH (INTERNALDATE " 3-May-2024 10:00:00 +0000")\n* 3 FETCH (INTERNALDATE " 1-May-2020 10:00:00 +0000")\n'
    "TAG OK done"
)


def test_the_largest_come_first_with_totals_and_dates() -> None:
    app = shell({"LIST": LISTED, "FETCH": DATES}, capabilities=STATUS).does("\\du")
    assert app.sent == ['LIST "" "*" RETURN (STATUS (MESSAGES UNSEEN SIZE))', "EXAMINE INBOX",
                        "FETCH 1,* (INTERNALDATE)", "EXAMINE Old", "FETCH 1,* (INTERNALDATE)", "UNSELECT"]  # fmt: skip
    assert [line.rstrip() for line in app.said[0].splitlines()] == [
        "mailbox  messages  unread    size  oldest      newest",
        "Old             3       0  1.5 MB  2020-05-01  2024-05-03",
        "INBOX           3       1   2,000  2020-05-01  2024-05-03",
        "Empty           0       0       0",
        "(total)         6       1  1.5 MB  2020-05-01  2024-05-03",
    ]


def test_the_server_finds_the_oldest_and_the_newest_where_it_sorts() -> None:
    answers = {"LIST": LISTED, "SORT": '* ESEARCH (TAG "TAG") MIN 3 MAX 1\nTAG OK done', "FETCH": DATES}
    app = shell(answers, capabilities=f"{STATUS} SORT ESORT").does("\\du INBOX")
    assert "SORT RETURN (MIN MAX) (ARRIVAL) UTF-8 ALL" in app.sent
    assert "FETCH 3,1 (INTERNALDATE)" in app.sent


def test_sizes_are_asked_for_in_pieces_without_status_size() -> None:
    sizes = (
        '* 1 FETCH (RFC822.SIZE 100 INTERNALDATE " 3-May-2024 10:00:00 +0000")\n'
        '* 2 FETCH (RFC822.SIZE 250 INTERNALDATE " 1-May-2020 10:00:00 +0000")\nTAG OK done'
    )
    answers = {"LIST": '* LIST () "/" INBOX\nTAG OK done', "STATUS": "* STATUS INBOX (MESSAGES 9)\nTAG OK done",
               "EXAMINE": OPENED.format(12_000, "ONLY"), "FETCH": sizes}  # fmt: skip
    app = shell(answers).does("\\du")
    assert app.sent[1:-1] == [
        "STATUS INBOX (MESSAGES UNSEEN)",
        "EXAMINE INBOX",
        "FETCH 1:5000 (RFC822.SIZE INTERNALDATE)",
        "FETCH 5001:10000 (RFC822.SIZE INTERNALDATE)",
        "FETCH 10001:12000 (RFC822.SIZE INTERNALDATE)",
    ]
    row = app.said[0].splitlines()[1].split("  ")
    assert [cell.strip() for cell in row if cell.strip()] == [
        "INBOX", "12,000", "?", "1,050", "2020-05-01", "2024-05-03"
    ]  # fmt: skip


def test_the_quota_is_below_with_its_percentage() -> None:
    quota = '* QUOTAROOT INBOX ""\n* QUOTA "" (STORAGE 250 1000)\nTAG OK done'
    app = shell({"LIST": LISTED, "GETQUOTAROOT": quota}, capabilities=f"{STATUS} QUOTA").does("\\du")
    assert "quota (no name)  STORAGE  [#####...............]  25 %  256.0 kB of 1.0 MB" in app.text


def test_a_quota_that_is_refused_is_left_out() -> None:
    app = shell({"LIST": LISTED, "GETQUOTAROOT": "TAG NO no"}, capabilities=f"{STATUS} QUOTA")
    assert app.to_the_end(app.perform("\\du")) == "OK"
    assert "quota" not in app.text


def test_json_has_mailboxes_totals_and_quota() -> None:
    quota = '* QUOTAROOT INBOX ""\n* QUOTA "" (STORAGE 250 1000)\nTAG OK done'
    app = shell({"LIST": LISTED, "FETCH": DATES, "GETQUOTAROOT": quota}, capabilities=f"{STATUS} QUOTA")
    app.does("\\format json").does("\\du")
    lines = [json.loads(line) for line in app.said[1:]]
    assert [line["name"] for line in lines] == ["mailbox", "mailbox", "mailbox", "total", "quota"]
    assert lines[0]["value"]["mailbox"] == "Old"
    assert lines[3]["value"]["size"] == 1_502_000
    assert lines[4]["value"]["resources"] == {"STORAGE": {"usage": 250, "limit": 1000}}


@pytest.mark.parametrize("told", ["MESSAGES 99999999999999999999999 SIZE 9", "SIZE -4", "MESSAGES x", ""])
def test_numbers_that_make_no_sense(told: str) -> None:
    listed = f'* LIST () "/" INBOX\n* STATUS INBOX ({told})\nTAG OK done'
    app = shell({"LIST": listed, "FETCH": DATES}, capabilities=STATUS)
    assert app.to_the_end(app.perform("\\du")) == "OK"
    assert "(total)" in app.text


def test_a_mailbox_that_is_gone_in_between_keeps_what_the_listing_said() -> None:
    app = shell({"LIST": LISTED, "EXAMINE Old": "TAG NO [NONEXISTENT] gone", "FETCH": DATES}, capabilities=STATUS)
    assert app.to_the_end(app.perform("\\du")) == "NO"
    assert "Old             5       0  1.5 MB" in app.text
    assert app.said[-1] == "Old: EXAMINE was refused: NO [NONEXISTENT] gone"


@pytest.mark.parametrize("said", ["TAG NO too many", "TAG OK done", "* 1 FETCH (RFC822.SIZE -4)\nTAG OK done"])
def test_sizes_that_nobody_told_are_not_shown_as_zero(said: str) -> None:
    listed = '* LIST () "/" INBOX\n* LIST () "/" Empty\nTAG OK done'
    status = {
        f"STATUS {name}": f"* STATUS {name} (MESSAGES {n})\nTAG OK done" for name, n in {"INBOX": 3, "Empty": 0}.items()
    }
    app = shell({"LIST": listed, "FETCH": said, **status}).does("\\du")
    assert [line.split() for line in app.said[0].splitlines()[1:]] == [
        ["INBOX", "3", "?", "?"], ["Empty", "0", "?", "0"], ["(total)", "3", "?", "0"]
    ]  # fmt: skip


def test_a_size_that_is_told_twice_counts_once() -> None:
    told = "* 1 FETCH (RFC822.SIZE 100)\n* 1 FETCH (RFC822.SIZE 100)\n* 1 FETCH (FLAGS ())\nTAG OK done"
    app = shell({"LIST": '* LIST () "/" INBOX\nTAG OK done', "FETCH": told}).does("\\du")
    assert app.said[0].splitlines()[1].split()[3] == "100"


@pytest.mark.parametrize("sized", [True, False])
def test_after_enable_uidonly_uids_are_asked_for(sized: bool) -> None:
    listed = LISTED if sized else LISTED.replace(" SIZE 2000", "").replace(" SIZE 1500000", "").replace(" SIZE 0", "")
    said = '* 7 UIDFETCH (RFC822.SIZE 1000 INTERNALDATE " 3-May-2024 10:00:00 +0000")\n'
    answers = {"LIST": listed, "ENABLE": "* ENABLED UIDONLY\nTAG OK", "FETCH": "TAG BAD no numbers",
               "UID FETCH": said + said.replace("7", "9").replace("2024", "2020") + "TAG OK done"}  # fmt: skip
    app = shell(answers, capabilities=f"{STATUS} ENABLE UIDONLY").does("ENABLE UIDONLY")
    assert app.to_the_end(app.perform("\\du")) == "OK"
    row = app.said[-1].splitlines()[-1].split()
    assert row[3:] == ["1.5", "MB", "2020-05-03", "2024-05-03"] if sized else row[3:5] == ["4,000", "2020-05-03"]


def test_the_pattern_may_be_in_quotes() -> None:
    app = shell({"LIST": LISTED}, capabilities=STATUS).does('\\du "a b*"')
    assert app.sent[0].startswith('LIST "" "a b*" ')
    with pytest.raises(UsageError, match="fits Nothing"):
        shell({"LIST": "TAG OK done"}).does("\\du Nothing")


def test_on_the_demo_server() -> None:
    app = FakeApp(connected=True).does("\\du")
    assert "(total)" in app.text
    assert "MESSAGE  [##" in app.text
