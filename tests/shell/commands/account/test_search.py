r"""A search of every mailbox: which, how many, which UIDs, and the newest; and what may be done with it afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imapsh.errors import UsageError
from imapsh.grammar.sequence import SequenceSet
from tests.shell.acting import acting, play
from tests.shell.commands.account.accounts import OPENED, fetched, shell
from tests.shell.hosting import FakeApp
from tests.shell.running import Handler, imapsh, listening, says, url

FOUND = {
    "UID SEARCH": "* SEARCH 9 4\nTAG OK done",
    "UID FETCH": fetched(4, 2, "older") + fetched(9, 5, "=?utf-8?q?J=C3=BCngste?=") + "TAG OK done",
}


def values(app: FakeApp) -> list[dict[str, Any]]:
    return [json.loads(line)["value"] for line in app.said if line.startswith("{")]


def test_what_was_found_is_one_table_with_the_newest_below() -> None:
    app = shell({**FOUND, "EXAMINE Old": OPENED.format(0, "ONLY")}).does("\\find FROM anna")
    assert app.said[0].splitlines() == [
        "mailbox  found  UIDs",
        "INBOX        2  4,9",
        "Work         2  4,9",
        "(total)      4  in 2 of 3 mailboxes; ${uids} in each",
        "",
        "received                mailbox  UID  from  subject",
        "2024-05-05 10:00 +0000  INBOX      9  Anna  Jüngste",
        "2024-05-05 10:00 +0000  Work       9  Anna  Jüngste",
        "2024-05-02 10:00 +0000  INBOX      4  Anna  older",
        "2024-05-02 10:00 +0000  Work       4  Anna  older",
    ]
    assert app.sent.count("UID SEARCH FROM anna") == 2  # one mailbox is empty
    assert app.sent.count("UID FETCH 4,9 (UID INTERNALDATE ENVELOPE)") == 2


def test_search_means_uids_and_ranges_are_asked_for_where_they_can_be() -> None:
    app = shell({"UID SEARCH": '* ESEARCH (TAG "TAG") UID ALL 4:5000\nTAG OK done'}, capabilities="IMAP4rev1 ESEARCH")
    app.does("\\mailboxes INBOX SEARCH ALL")
    assert "UID SEARCH RETURN (ALL) ALL" in app.sent
    assert "UID FETCH 4991:5000 (UID INTERNALDATE ENVELOPE)" in app.sent
    assert "4:5000" in app.text


@pytest.mark.parametrize(
    ("said", "row"),
    [
        ('* ESEARCH (TAG "TAG") UID COUNT 7', "7  (not told)"),
        ('* ESEARCH (TAG "TAG") UID MIN 3 MAX 9', "2  3,9"),
        ('* ESEARCH (TAG "TAG") UID COUNT 7 MAX 9', "7  9"),
        ("* SEARCH 0 99999999999", None),
        ('* ESEARCH (TAG "TAG") UID ALL 1:*', None),
        ('* ESEARCH (TAG "TAG") UID COUNT -4', None),
    ],
)
def test_odd_answers(said: str, row: str | None) -> None:
    app = shell({"UID SEARCH": f"{said}\nTAG OK done"}).does("\\mailboxes INBOX UID SEARCH RETURN (COUNT) ALL")
    lines = [line.split(None, 1)[1].lstrip() for line in app.text.splitlines() if line.startswith("INBOX")]
    assert lines == ([] if row is None else [row])


def test_a_very_long_set_is_cut_on_a_terminal_alone() -> None:
    uids = ",".join(map(str, range(1, 2000, 2)))
    app = shell({"UID SEARCH": f'* ESEARCH (TAG "TAG") UID ALL {uids}\nTAG OK done'}).does("\\mailboxes SEARCH ALL")
    assert uids in app.text
    app.screen.width = 80
    app.said.clear()
    app.does("\\mailboxes SEARCH ALL")
    assert "and 912 ranges more" in " ".join(app.text.split())
    assert uids not in "".join(app.text.split())


def test_sort_is_a_search_as_well() -> None:
    app = shell({"UID SORT": "* SORT 9 4 12\nTAG OK done"}).does("\\mailboxes INBOX SORT (ARRIVAL) UTF-8 ALL")
    assert "INBOX         3  9,4,12" in app.text


def test_json_has_every_mailbox() -> None:
    app = shell({**FOUND, "EXAMINE Old": OPENED.format(0, "ONLY"), "EXAMINE Work": "TAG NO no"})
    app.does("\\format json").does("\\find ALL")
    newest = {"uid": 4, "received": " 2-May-2024 10:00:00 +0000", "from": "Anna", "subject": "older"}
    inbox, old, work = values(app)
    assert (inbox["found"], inbox["uids"], inbox["newest"][1]) == (2, "4,9", newest)
    assert old == {"mailbox": "Old/2019", "status": "OK", "found": 0, "uids": "", "newest": []}
    assert work == {"mailbox": "Work", "status": "NO", "error": "EXAMINE was refused: NO no"}


def test_nothing_was_found() -> None:
    app = shell({"UID SEARCH": "* SEARCH\nTAG OK done"}).does("\\find FROM nobody")
    assert app.said == ["nothing was found in 3 mailboxes"]
    assert not any("FETCH" in line for line in app.sent)


def test_a_mailbox_that_fails_is_told_and_the_rest_is_found() -> None:
    app = shell({**FOUND, "EXAMINE Old": "TAG NO [NONEXISTENT] gone"})
    assert app.to_the_end(app.perform("\\find ALL")) == "NO"
    assert "in 2 of 3 mailboxes" in app.text
    assert app.said[-1] == "Old/2019: EXAMINE was refused: NO [NONEXISTENT] gone"


def test_nothing_was_found_says_in_how_many_it_was_looked_for() -> None:
    app = shell({"UID SEARCH": "* SEARCH\nTAG OK done", "EXAMINE Old": "TAG NO gone"})
    assert app.to_the_end(app.perform("\\find FROM nobody")) == "NO"
    assert app.said[0] == "nothing was found in 2 of 3 mailboxes"


@pytest.mark.parametrize("keys", ["SINCE 2025-12-01", "FROM anna SUBJET x"])
def test_keys_that_are_wrong_are_not_sent(keys: str) -> None:
    app = shell(FOUND)
    with pytest.raises(UsageError, match=r"expected a .*, not '(2025-12-01|SUBJET)'.*; nothing was sent"):
        app.to_the_end(app.perform(f"\\find {keys}"))
    assert not any("SEARCH" in line for line in app.sent)


def test_a_search_that_is_wrong_fails_everywhere_and_finds_nothing() -> None:
    app = shell({"UID SEARCH": "TAG BAD what"})
    assert app.to_the_end(app.perform("\\find FROM x")) == "NO"
    assert app.complaint == "3 of 3 mailboxes failed"
    assert app.said == [f"{name}: BAD what" for name in ("INBOX", "Old/2019", "Work")]


def test_subjects_are_safe_to_show() -> None:
    app = shell({**FOUND, "UID FETCH": fetched(9, 5, "=?utf-8?q?=1B=5B2J?=") + "TAG OK done"}).does("\\find ALL")
    assert "\x1b" not in app.text


def test_news_of_other_messages_and_of_flags_is_not_among_the_newest() -> None:
    news = fetched(77, 9, "not asked for") + fetched(9, 5, "right") + "* 9 FETCH (UID 9 FLAGS (\\Seen))\n"
    app = shell({**FOUND, "UID FETCH": news + "* 4 FETCH (UID 4 FLAGS ())\n" + fetched(4, 2, "older") + "TAG OK done"})
    app.does("\\mailboxes INBOX UID SEARCH ALL")
    text = app.text.partition("received")[2]
    assert [line.split()[-1] for line in text.splitlines()[1:4]] == ["right", "right", "right"]
    assert [line.split()[-1] for line in text.splitlines()[4:]] == ["older", "older", "older"]


def test_a_message_without_a_subject_is_shown_with_its_date() -> None:
    said = fetched(9, 5, "") + "* 9 FETCH (UID 9 FLAGS (\\Seen))\nTAG OK done"
    app = shell({**FOUND, "UID FETCH": said}).does("\\mailboxes INBOX UID SEARCH ALL")
    assert "2024-05-05 10:00" in app.text


# -- afterwards


def test_what_was_found_is_in_uids_of_each_mailbox() -> None:
    app = shell({**FOUND, "EXAMINE Old": OPENED.format(0, "ONLY")}).does("\\find ALL").does("EXAMINE Work")
    app.done.clear()
    app.does("UID FETCH ${uids} FLAGS")
    assert app.sent == ["UID FETCH 4,9 FLAGS"]
    app.does("EXAMINE Old/2019")
    with pytest.raises(UsageError, match="empty"):
        app.does("UID FETCH ${uids} FLAGS")


def test_it_holds_in_the_mailbox_that_was_open_all_along() -> None:
    app = shell(FOUND).does("SELECT INBOX").does("\\find ALL")
    app.done.clear()
    assert app.does("UID FETCH ${uids} FLAGS").sent == ["UID FETCH 4,9 FLAGS"]


def test_another_search_in_a_mailbox_takes_its_place() -> None:
    answers = dict(FOUND)
    app = shell({"UID SEARCH UNSEEN": "* SEARCH 7\nTAG OK done", **answers}).does("\\find ALL")
    app.does("SELECT Work").does("UID SEARCH UNSEEN").does("SELECT INBOX").does("SELECT Work")
    with pytest.raises(UsageError, match="empty"):
        app.does("UID FETCH ${uids} FLAGS")


def test_uids_of_another_uidvalidity_are_void() -> None:
    app = shell({**FOUND, "SELECT Work": OPENED.format(3, "WRITE").replace("VALIDITY 7", "VALIDITY 8")})
    app.does("\\find ALL").does("SELECT Work")
    with pytest.raises(UsageError, match="empty"):
        app.does("UID FETCH ${uids} FLAGS")


def test_a_line_about_what_was_found_goes_where_something_was_found() -> None:
    app = shell({**FOUND, "EXAMINE Old": OPENED.format(0, "ONLY"), "UID STORE": "TAG OK stored"})
    app.does("\\safe off").does("\\find ALL")
    app.done.clear()
    app.does("\\mailboxes UID STORE ${uids} +FLAGS (\\Flagged)")
    assert app.sent == ['LIST "" "*"', "SELECT INBOX", "UID FETCH 4,9 (UID FLAGS)", "UID STORE 4,9 +FLAGS (\\Flagged)",
                        "SELECT Work", "UID FETCH 4,9 (UID FLAGS)", "UID STORE 4,9 +FLAGS (\\Flagged)",
                        "UNSELECT"]  # fmt: skip
    assert app.connection.results.elsewhere["Work"] == (7, SequenceSet.parse("4,9"))


# -- what is looked for


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("UNSEEN", "UNSEEN"),
        ("from anna", "from anna"),
        ("OR FROM a TO b", "OR FROM a TO b"),
        ("(FROM a)", "(FROM a)"),
        ("1:3", "1:3"),
        ("RETURN (COUNT) ALL", "RETURN (COUNT) ALL"),
        ("invoice", 'TEXT "invoice"'),
        ("invoice 4711", 'TEXT "invoice" TEXT "4711"'),
        ('"invoice 4711"', 'TEXT "invoice 4711"'),
        ('say "a \\"b\\""', 'TEXT "say" TEXT "a \\"b\\""'),
    ],
)
def test_keys_or_words(typed: str, sent: str) -> None:
    app = shell({"UID SEARCH": "* SEARCH\nTAG OK done"}).does(f"\\find {typed}")
    assert f"UID SEARCH {sent}" in app.sent
    assert any("looking for the words" in line for line in app.said) == (typed != sent)


def test_words_that_are_not_ascii_go_as_literals_of_utf_8() -> None:
    app = FakeApp(connected=True).does("\\find Zürich")
    assert app.said == [
        "looking for the words in the whole message:  UID SEARCH CHARSET UTF-8 TEXT {7} Zürich",
        "nothing was found in 16 mailboxes",
    ]


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "needs what to look for"), ("FORM anna", "FORM is not a search key; did you mean FROM"), ("UNSEN", "UNSEEN")],
)
def test_what_is_nearly_a_key_is_asked_back(typed: str, words: str) -> None:
    app = shell({})
    with pytest.raises(UsageError, match=words):
        app.does(f"\\find {typed}")
    assert app.sent == []


# -- a server that hangs, or goes


LISTED = b'* LIST () "/" A\r\n* LIST () "/" B\r\n* LIST () "/" C\r\nTAG OK done\r\n'
OPEN = b"* 3 EXISTS\r\nTAG OK open\r\n"
ONE = b"* SEARCH 5\r\nTAG OK done\r\n"
HEAD = fetched(5, 2, "kept").replace("\n", "\r\n").encode() + b"TAG OK done\r\n"


def each_in_turn(*handlers: Handler) -> Handler:
    """Each connection is handled by the next; the last handles all further ones."""
    left = list(handlers)
    return lambda sock: (left.pop(0) if len(left) > 1 else left[0])(sock)


@pytest.mark.parametrize("silence", [b"", None], ids=["hangs", "gone"])
def test_the_others_are_searched_on_a_new_connection_if_a_mailbox_hangs(silence: bytes | None) -> None:
    first, second = says(LISTED, OPEN, ONE, HEAD, silence, b"", b"", b""), says(OPEN, ONE, HEAD)
    with listening(each_in_turn(first, second)) as port:
        done = imapsh("--timeout", "1", "-c", "\\find ALL", url(port))
    assert done.status == 1
    assert "A            1  5" in done.out.decode()
    assert "C            1  5" in done.out.decode()
    assert "connecting again for the other mailboxes" in done.err
    assert "1 of 3 mailboxes failed" in done.err


@pytest.mark.parametrize("silence", [b"", None], ids=["hangs", "gone"])
def test_what_was_found_before_a_server_hangs_or_goes_is_shown(silence: bytes | None) -> None:
    first = says(LISTED, OPEN, ONE, HEAD, silence, b"", b"", b"")
    with listening(each_in_turn(first, says(greeting=b"* BYE down\r\n"))) as port:
        done = imapsh("--timeout", "1", "-c", "\\find ALL", url(port))
    assert done.status == 7
    assert "A            1  5" in done.out.decode()
    assert "kept" in done.out.decode()
    assert "stopped: 2 of 3 mailboxes were not finished" in done.err


def test_a_script_ends_with_1_if_a_mailbox_failed() -> None:
    with listening(says(LISTED, OPEN, ONE, HEAD, b"TAG NO [NOPERM] not yours\r\n", OPEN, ONE, HEAD)) as port:
        done = imapsh("-c", "\\find ALL", url(port))
    assert done.status == 1
    assert "in 2 of 3 mailboxes" in done.out.decode()
    assert "B: EXAMINE was refused: NO [NOPERM] not yours" in done.err
    assert "1 of 3 mailboxes failed" in done.err


def test_ctrl_c_shows_what_was_found(tmp_path: Path) -> None:
    async def scene() -> None:
        with listening(says(LISTED, OPEN, ONE, HEAD, b"", b"", b"")) as port:
            async with acting(tmp_path, url=url(port, user="ida"), stall=0.2) as person:
                await person.prompted(f"ida@127.0.0.1:{port}>")
                person.types("\\find ALL\r")
                await person.screen.shows("EXAMINE has no reply yet")
                person.shell.driver.interrupt()
                await person.screen.shows("stopped: 2 of 3 mailboxes were not finished", "kept", "waits until that is")

    play(scene)
