"""What the commands of a connection found and told: whatever a server says, and told from what was not asked for."""

from __future__ import annotations

import pytest

from imapsh.session.core import Session
from imapsh.session.events import Completed, Received
from imapsh.shell.record.results import Found, Results


class Told:
    """A session that hears these lines after a command, with a selected mailbox of ten messages."""

    def __init__(self) -> None:
        self.session = Session()
        self.results = Results(self.session)
        self.hears("* PREAUTH hello")
        self.does("SELECT INBOX", "* 10 EXISTS", "* OK [UIDVALIDITY 7] valid", "TAG OK done")

    def does(self, line: str, *answers: str, saves: bool = False) -> Told:
        exchange = self.session.line(line)
        self.results.saving = exchange if saves else None
        while self.session.to_send():
            pass
        return self.hears(*(answer.replace("TAG", exchange.tag) for answer in answers))

    def hears(self, *lines: str) -> Told:
        self.session.receive("".join(f"{line}\r\n" for line in lines).encode())
        for event in self.session.events():
            if isinstance(event, Received | Completed):
                self.results.learn(event)
        return self

    @property
    def numbers(self) -> list[int]:
        found = self.results.found
        assert found is not None
        return [number for number, mark in enumerate(found.marks, 1) if mark]


def test_several_search_responses_are_one_result() -> None:
    assert Told().does("SEARCH ALL", "* SEARCH 2 3", "* SEARCH 9", "TAG OK done").numbers == [2, 3, 9]


def test_no_response_is_an_empty_result() -> None:
    told = Told().does("SEARCH ALL", "TAG OK done")
    assert told.numbers == []
    assert told.results.saved is told.results.found


def test_expunge_shifts_what_was_found_even_in_the_same_command() -> None:
    told = Told().does("SEARCH ALL", "* SEARCH 2 5 9", "TAG OK done").hears("* 1 EXPUNGE", "* 4 EXPUNGE", "* 7 EXPUNGE")
    assert told.numbers == [1]
    told = Told().does("FETCH 5:6 FLAGS", "* 5 FETCH (FLAGS ())", "* 1 EXPUNGE", "* 5 FETCH (FLAGS ())", "TAG OK done")
    assert told.numbers == [4, 5]
    assert told.results.exists == "9"


def test_what_was_not_asked_for_is_not_found() -> None:
    told = Told().does("FETCH 1 FLAGS", "* 1 FETCH (FLAGS ())", "TAG OK done")
    told.hears("* 4 FETCH (FLAGS (\\Seen))").does("STORE 7 FLAGS ()", "* 7 FETCH (FLAGS ())", "TAG OK done")
    assert told.numbers == [1]


def test_esearch_goes_by_its_tag() -> None:
    told = Told().does(
        "SEARCH RETURN (ALL) 1", '* ESEARCH (TAG "zz") ALL 1:9', '* ESEARCH (TAG "TAG") ALL 2', "TAG OK x"
    )
    assert told.numbers == [2]
    told.does("UID SEARCH RETURN (ALL) 1", '* ESEARCH (TAG "TAG") UID ALL 40:41', "TAG OK done")
    assert told.results.found is not None
    assert told.results.found.uids == {40, 41}


def test_a_part_of_the_result_is_what_is_found() -> None:
    told = Told().does(
        "UID SEARCH RETURN (PARTIAL 1:3) 1", '* ESEARCH (TAG "TAG") UID PARTIAL (1:3 7,9)', "TAG OK done"
    )
    assert told.results.found is not None
    assert told.results.found.uids == {7, 9}
    told.does("UID SEARCH RETURN (PARTIAL 9:10) 1", '* ESEARCH (TAG "TAG") UID PARTIAL (9:10 NIL)', "TAG OK done")
    assert told.results.found.uids == set()
    told.does("UID SEARCH RETURN (ALL PARTIAL 1:1) 1", '* ESEARCH (TAG "TAG") UID PARTIAL (1:1 7) ALL 7,9', "TAG OK x")
    assert told.results.found.uids == {7, 9}


def test_a_server_that_tells_of_too_many_fills_no_memory() -> None:
    told = Told().does("SEARCH RETURN (ALL) 1", '* ESEARCH (TAG "TAG") ALL 1:4294967295', "TAG OK done")
    assert told.numbers == []
    told.does("SEARCH 1", "* SEARCH 4294967295", "TAG OK done")
    assert told.numbers == []


@pytest.mark.parametrize(
    ("answers", "saves", "saved"),
    [
        (("* SEARCH 4", "TAG OK done"), False, [4]),
        (("TAG NO no", ), False, [1]),
        (("TAG NO no", ), True, []),
        (("TAG BAD what", ), True, [1]),
        (('* ESEARCH (TAG "TAG") COUNT 5', "TAG OK done"), False, [1]),
        (('* ESEARCH (TAG "TAG") COUNT 0', "TAG OK done"), False, []),
        (('* ESEARCH (TAG "TAG") MIN 2 MAX 8', "TAG OK done"), True, [2, 8]),
    ],
)  # fmt: skip
def test_what_is_saved(answers: tuple[str, ...], saves: bool, saved: list[int]) -> None:
    told = Told().does("SEARCH 1", "* SEARCH 1", "TAG OK done").does("SEARCH X", *answers, saves=saves)
    assert told.results.saved is not None
    assert [number for number, mark in enumerate(told.results.saved.marks, 1) if mark] == saved


def test_what_was_told_last() -> None:
    told = Told()
    assert (told.results.uidvalidity, told.results.uidnext, told.results.uid) == (7, None, None)
    told.does("STATUS x (UIDNEXT)", "* STATUS x (UIDNEXT 44 MESSAGES 0)", "TAG OK done")
    assert (told.results.uidnext, told.results.exists) == (44, "0")
    told.does("APPEND x {1+}\r\nx", "TAG OK [APPENDUID 7 43] done")
    assert str(told.results.uid) == "43"
    told.does("UID MOVE 1:2 x", "* OK [COPYUID 7 1:2 50:51] moved", "TAG OK done")
    assert str(told.results.uid) == "50:51"
    assert (told.results.tag, told.results.status) == ("A4", "OK")


def test_messages_hold_in_the_mailbox_as_it_was_selected() -> None:
    told = Told()
    box = told.session.mailbox
    assert box is not None
    found = Found(box, [3])
    assert found.holds_in(box)
    box.uidvalidity = 8
    assert not found.holds_in(box)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("x", "x"),
        ('"x"', "x"),
        ("inbox", "INBOX"),
        ('"Entw&APw-rfe"', "Entw&APw-rfe"),
        ("{1+}\r\nx", '"x"'),
        ("x", "X"),  # case may be the server's affair
        ("x", "x/"),
    ],
)
def test_a2_a_status_is_of_the_mailbox_that_was_asked_for(asked: str, answered: str) -> None:
    told = Told().does(f"STATUS {asked} (UIDNEXT)", f"* STATUS {answered} (UIDNEXT 44)", "TAG OK done")
    assert told.results.uidnext == 44
    pushed = "* STATUS Pushed (UIDNEXT 9 UIDVALIDITY 9 MESSAGES 9)"
    lines = (pushed, f"* STATUS {answered} (UIDNEXT 45)", pushed)
    told.does(f"STATUS {asked} (UIDNEXT)", *lines, "TAG OK done")
    assert (told.results.uidnext, told.results.uidvalidity, told.results.exists) == (45, 7, "10")


@pytest.mark.parametrize("line", ["NOOP", 'LIST "" * RETURN (STATUS (MESSAGES UIDNEXT))', "UID SEARCH ALL", "SELECT a"])
def test_a2_a_status_that_is_pushed_is_nobodys_answer(line: str) -> None:
    told = Told().does(line, "* STATUS Pushed (UIDNEXT 9 UIDVALIDITY 9 MESSAGES 9)", "TAG OK done")
    assert (told.results.uidnext, told.results.uidvalidity, told.results.exists) == (None, 7, "10")


def test_a2_expunge_is_not_counted_in_another_mailbox() -> None:
    told = Told().does("STATUS x (MESSAGES)", "* STATUS x (MESSAGES 3)", "TAG OK done").hears("* 1 EXPUNGE")
    assert told.results.exists == "3"
    told.hears("* 9 EXISTS", "* 1 EXPUNGE")
    assert told.results.exists == "8"


def test_a2_two_at_once_keep_their_own() -> None:
    told = Told()
    first, second = told.session.line("STATUS a (UIDNEXT)"), told.session.line("STATUS b (UIDNEXT)")
    while told.session.to_send():
        pass
    told.hears("* STATUS b (UIDNEXT 2)", "* STATUS a (UIDNEXT 1)", f"{second.tag} OK done")
    told.hears(f"{first.tag} OK done")
    assert told.results.uidnext == 1


def test_a3_what_vanished_is_found_no_more() -> None:
    told = Told().does("UID SEARCH ALL", "* SEARCH 20 30 40", "TAG OK done").hears("* VANISHED 10,30:39")
    assert told.results.found is not None
    assert told.results.found.uids == {20, 40}
    told.hears("* VANISHED (EARLIER) 20")
    assert told.results.found.uids == {20, 40}


def test_a3_vanished_shifts_what_was_found_by_number() -> None:
    told = Told().does("UID FETCH 1:* UID", *(f"* {n} FETCH (UID {n})" for n in range(1, 11)), "TAG OK done")
    told.does("SEARCH ALL", "* SEARCH 2 5 9", "TAG OK done").hears("* VANISHED 1,5:6")
    assert told.numbers == [1, 6]
    assert told.results.exists == "7"


def test_a3_messages_whose_number_nobody_knows_are_not_guessed() -> None:
    told = Told().does("SEARCH ALL", "* SEARCH 2 5 9", "TAG OK done").hears("* VANISHED 77")
    assert told.results.found is not None
    assert told.results.found.lost
    assert told.results.exists == "9"
    told.does("UID SEARCH ALL", "* SEARCH 20 30", "TAG OK done").hears("* VANISHED 77")
    assert not told.results.found.lost


def test_a_sort_keeps_the_order_of_the_server() -> None:
    told = Told().does("UID SORT (DATE) UTF-8 ALL", "* SORT 9 40 41 7", "TAG OK done")
    assert told.results.found is not None
    assert str(told.results.found.as_set()) == "9,40:41,7"
    assert told.results.saved is None
    told.hears("* VANISHED 40")
    assert str(told.results.found.as_set()) == "9,41,7"
    told.does("UID SORT RETURN () (DATE) UTF-8 ALL", '* ESEARCH (TAG "TAG") UID ALL 5,3:4', "TAG OK done")
    assert str(told.results.found.as_set()) == "5,3:4"
    told.does("UID SEARCH ALL", "* SEARCH 9 3 5 4", "TAG OK done")
    assert str(told.results.found.as_set()) == "3:5,9"
    assert told.does("SORT (DATE) UTF-8 ALL", "* SORT 3 1 0", "TAG OK done").numbers == [1, 3]


def test_threads_keep_the_order_of_the_server() -> None:
    told = Told().does("UID THREAD REFERENCES UTF-8 ALL", "* THREAD (9 (4)(5 6))(1)", "TAG OK done")
    assert told.results.found is not None
    assert str(told.results.found.as_set()) == "9,4:6,1"
    assert told.does("THREAD REFERENCES UTF-8 ALL", "* THREAD (9 4)", "TAG OK done").numbers == [4, 9]


def test_what_uidfetch_brings_is_found() -> None:
    told = Told().does("UID FETCH 20:30 FLAGS", "* 20 UIDFETCH (FLAGS ())", "* 30 UIDFETCH (FLAGS ())", "TAG OK done")
    assert told.results.found is not None
    assert str(told.results.found.as_set()) == "20,30"


def test_what_is_found_in_other_mailboxes_or_changes_later_is_not_found_here() -> None:
    told = Told().does("UID SEARCH RETURN (ALL UPDATE) ALL", '* ESEARCH (TAG "TAG") UID ALL 5', "TAG OK done")
    told.does("NOOP", '* ESEARCH (TAG "A2") UID ADDTO (0 6)', "TAG OK done")
    other = '* ESEARCH (TAG "TAG" MAILBOX x UIDVALIDITY 1) UID ALL 9'
    told.does("ESEARCH IN (personal) ALL", other.replace('(TAG "TAG"', '(TAG "A4"'), "TAG OK done")
    assert told.results.found is not None
    assert list(told.results.found.uids) == [5]
