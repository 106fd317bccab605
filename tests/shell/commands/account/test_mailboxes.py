r"""`\mailboxes` runs a line in each mailbox, and shows one table."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from imapsh.errors import ConnectionLost, UsageError
from imapsh.shell.lines.discreet import in_clear
from imapsh.shell.lines.nested import line_start
from tests.graph import ROOT
from tests.shell.commands.account.accounts import shell
from tests.shell.hosting import FakeApp, answering

FLAGGED = "* 1 FETCH (FLAGS (\\Flagged))\nTAG OK stored"


def test_one_table_in_place_of_many_exchanges() -> None:
    app = shell({"NOOP": "TAG OK nothing done"}).does("\\mailboxes NOOP")
    assert app.sent == ['LIST "" "*"', "EXAMINE INBOX", "NOOP", "EXAMINE Old/2019", "NOOP", "EXAMINE Work", "NOOP",
                        "UNSELECT"]  # fmt: skip
    assert app.text.splitlines() == [
        "mailbox   status  result",
        "INBOX     OK      nothing done",
        "Old/2019  OK      nothing done",
        "Work      OK      nothing done",
        "(total)           done in 3 of 3 mailboxes",
    ]
    assert not any("NOOP" in str(event) for event in app.events)


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("NOOP", "*"),
        ("* NOOP", "*"),
        ("Old/% NOOP", "Old/%"),
        ('"Search" NOOP', "Search"),
        ('"a b" NOOP', "a b"),
        ("Büro* NOOP", "B&APw-ro*"),
    ],
)
def test_the_pattern_may_be_left_out(line: str, pattern: str) -> None:
    app = shell({}).does(f"\\mailboxes {line}")
    assert app.sent[0] == f'LIST "" "{pattern}"' if pattern != "Search" else 'LIST "" Search'


def test_a_line_that_changes_selects_and_is_seen_by_its_answers() -> None:
    app = shell({"STORE": FLAGGED}).does("\\mailboxes W* STORE 1 +FLAGS (\\Flagged)")
    assert "SELECT Work" in app.sent
    assert "Work      OK      1 FETCH (FLAGS (\\Flagged))" in app.text


def test_values_are_those_of_each_mailbox_and_aliases_hold() -> None:
    app = shell({"STATUS INBOX": "* STATUS INBOX (MESSAGES 3)\nTAG OK done"})
    app.does("\\alias size STATUS ${mailbox} (${1})").does("\\mailboxes size MESSAGES")
    assert [line for line in app.sent if "STATUS" in line] == [
        "STATUS INBOX (MESSAGES)", "STATUS Old/2019 (MESSAGES)", "STATUS Work (MESSAGES)"
    ]  # fmt: skip
    assert "INBOX     OK      STATUS INBOX (MESSAGES 3)" in app.text


def test_an_alias_needs_no_pattern_before_it() -> None:
    app = shell({}).does("\\alias nop NOOP").does("\\mailboxes nop")
    assert app.sent.count("NOOP") == 3


def test_many_answers_are_counted() -> None:
    app = shell({"FETCH": "* 1 FETCH (UID 1)\n* 2 FETCH (UID 2)\n* 3 FETCH (UID 3)\n* 4 FETCH (UID 4)\nTAG OK done"})
    assert "INBOX     OK      4 FETCH" in app.does("\\mailboxes FETCH 1:* (UID)").text


def test_a_fault_of_one_mailbox_is_in_the_table_and_the_status_says_so() -> None:
    app = shell({"EXAMINE Old": "TAG NO [NOPERM] \x1b[2Jnot yours"})
    assert app.to_the_end(app.perform("\\mailboxes NOOP")) == "NO"
    assert app.complaint == "1 of 3 mailboxes failed"
    assert "Old/2019  failed  EXAMINE was refused: NO [NOPERM] ^[[2Jnot yours" in app.text
    assert app.text.endswith("done in 2 of 3 mailboxes, 1 failed")


def test_json_is_an_object_for_each_mailbox() -> None:
    app = shell({"EXAMINE Old": "TAG NO no", "NOOP": "TAG OK nothing"}).does("\\format json").does("\\mailboxes NOOP")
    assert [json.loads(line)["value"] for line in app.said[1:]] == [
        {"mailbox": "INBOX", "status": "OK", "result": "nothing"},
        {"mailbox": "Work", "status": "OK", "result": "nothing"},
        {"mailbox": "Old/2019", "status": "NO", "error": "EXAMINE was refused: NO no"},
    ]


def test_the_table_goes_where_output_is_sent(tmp_path: object) -> None:
    app = shell({}).does(f"\\mailboxes NOOP > {tmp_path}/table")
    assert (tmp_path / "table").read_text().startswith("mailbox   status")  # type: ignore[operator]
    assert "mailbox   status" not in app.text


def test_commands_of_imapsh_run_with_the_mailbox_open() -> None:
    app = shell({}).does("\\mailboxes Work \\set box ${mailbox}")
    assert app.variables.own["box"]
    assert "Work      done" in app.text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "needs the line"),
        ("*", "needs the line"),
        ("Old/%", "needs the line"),
        ("* \\repeat 2 0 LOGOUT", "LOGOUT cannot run in each mailbox"),
        ("* \\close", "unknown command \\close; did you mean"),
        ("* \\repeat 2 0 \\nothing", "unknown command \\nothing"),
        ("* \\mailboxes NOOP", "\\mailboxes cannot run in each mailbox"),
        ("* \\undo", "\\undo cannot run in each mailbox"),
        ("* LOGOUT", "LOGOUT cannot run in each mailbox"),
        ("* SELECT INBOX", "SELECT cannot run"),
        ("* CLOSE", "EXPUNGE removes the messages"),
        ("* \\quit", "quit cannot run in each mailbox"),
        ("* \\mailboxes NOOP", "cannot run in each mailbox"),
        ("* \\each \\find x", "cannot run in each mailbox"),
        ("* a1 NOOP", "has no tag"),
        ("* UID FETCH ${uids} FLAGS", "${uids} is empty in each"),
    ],
)
def test_what_makes_no_sense_is_refused(line: str, words: str) -> None:
    app = shell({})
    with pytest.raises(UsageError, match=re.escape(words)):
        app.does(f"\\mailboxes {line}")
    assert not any(one.startswith(("NOOP", "LOGOUT", "CLOSE", "SELECT", "EXAMINE")) for one in app.sent)


def test_a_value_that_nobody_knows_is_a_fault_of_each() -> None:
    app = shell({}).does("\\mailboxes NOOP ${nothing}")
    assert app.complaint == "3 of 3 mailboxes failed"
    assert "NOOP" not in "".join(app.sent)


def test_a_pattern_that_fits_nothing_is_said() -> None:
    with pytest.raises(UsageError, match="no mailbox that can be opened fits Nothing"):
        shell({"LIST": "TAG OK done"}).does("\\mailboxes Nothing NOOP")


def test_read_only_mode_refuses_what_changes_before_anything_is_sent() -> None:
    app = shell({}, read_only=True)
    with pytest.raises(UsageError, match="read-only mode"):
        app.does("\\mailboxes STORE 1 +FLAGS (\\Seen)")
    assert app.sent == []


# -- one question


DELETED = "* SEARCH 4 6\nTAG OK done"
SIZES = (
    '* 1 FETCH (UID 4 RFC822.SIZE 1000 INTERNALDATE " 1-May-2024 10:00:00 +0000")\n'
    '* 2 FETCH (UID 6 RFC822.SIZE 500 INTERNALDATE " 3-May-2024 10:00:00 +0000")\nTAG OK done'
)
LOSES = {"UID SEARCH": DELETED, "UID FETCH": SIZES, "EXPUNGE": "* 1 EXPUNGE\nTAG OK done"}


def asked(app: FakeApp) -> list[str]:
    return [step.question for step in app.done if type(step).__name__ == "Ask"]  # type: ignore[union-attr]


def test_the_question_is_asked_once_with_the_total() -> None:
    app = shell(LOSES, "y").does("\\mailboxes EXPUNGE")
    (question,) = asked(app)
    assert question.startswith(
        "EXPUNGE would remove 6 messages, 4.5 kB, oldest 2024-05-01, in 3 of 3 mailboxes, with no"
    )
    assert app.sent.count("EXPUNGE") == 3


def test_no_means_that_nothing_is_sent() -> None:
    app = shell(LOSES, "n")
    with pytest.raises(UsageError, match="EXPUNGE was not sent"):
        app.does("\\mailboxes EXPUNGE")
    assert "EXPUNGE" not in app.sent


def test_nothing_is_asked_where_nothing_is_lost() -> None:
    app = shell({**LOSES, "UID SEARCH": "* SEARCH\nTAG OK done"}).does("\\mailboxes EXPUNGE")
    assert asked(app) == []


@pytest.mark.parametrize(("found", "asked_about"), [
    (DELETED, "remove 4 messages, 3.0 kB, oldest 2024-05-01, in 2 of 3 mailboxes, and what is in 1 mailbox"),
    ("* SEARCH\nTAG OK done", "be done to what is in 1 mailbox"),
])  # fmt: skip
def test_mailboxes_that_cannot_be_counted_are_in_the_question(found: str, asked_about: str) -> None:
    app = shell({**LOSES, "UID SEARCH": found, "SELECT Work": "TAG NO [INUSE] not now"}, "n")
    with pytest.raises(UsageError, match="EXPUNGE was not sent"):
        app.does("\\mailboxes EXPUNGE")
    (question,) = asked(app)
    assert question.startswith(f"EXPUNGE would {asked_about} that could not be counted")


def test_flags_of_many_messages_are_asked_about_together() -> None:
    app = shell({"STORE": FLAGGED}, "y", many=8).does("\\mailboxes STORE 1:3 +FLAGS (\\Flagged)")
    assert asked(app) == ["STORE would change the flags of 9 messages, in 3 of 3 mailboxes; send it? [y/N] "]


def test_what_loses_the_mailbox_itself_is_asked_about_once() -> None:
    app = shell({}, "y").does("\\mailboxes DELETE ${mailbox}")
    lost = "the mailbox and every message in it in 3 mailboxes"
    assert asked(app) == [f"DELETE would lose {lost}, with no way back; send it? [y/N] "]


# -- what goes wrong in between


def test_the_end_of_the_connection_shows_what_was_done() -> None:
    app = shell({"EXAMINE Work": "* BYE over"})
    app.fake.streams.append(answering({}, greeting="BYE"))
    with pytest.raises(ConnectionLost):
        app.does("\\mailboxes NOOP")
    assert "INBOX     OK" in app.text
    assert "Old/2019  OK" in app.text


def test_very_many_mailboxes_are_listed_once() -> None:
    listing = "".join(f'* LIST () "/" m{number}\n' for number in range(2000))
    app = shell({"LIST": f"{listing}TAG OK done"}).does("\\mailboxes NOOP")
    assert sum(line.startswith("LIST") for line in app.sent) == 1
    assert app.text.endswith("done in 2,000 of 2,000 mailboxes")


def test_the_page_can_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All its lines, in order, on the demo server."""
    page = (ROOT / "docs/mailboxes.rst").read_text(encoding="utf-8")
    typed = re.findall(r"^    ((?:\\|UID |EXAMINE ).*)$", page, re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    app = FakeApp(connected=True, color="never")
    for line in typed:
        assert app.to_the_end(app.perform(line)) in ("OK", "")
        assert app.complaint == ""
    assert len(typed) > 12
    assert (tmp_path / "Sent").is_dir()
    table = page[page.index("    mailbox  found") : page.index("If the first word is no")]
    app = FakeApp(connected=True, color="never").does(typed[0])
    assert [line.strip() for line in table.strip().splitlines()] == [line.strip() for line in app.said[0].splitlines()]


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("\\mailboxes UID SEARCH ALL", 11),
        ("\\mailboxes * UID SEARCH ALL", 13),
        ('\\mailboxes "a b" NOOP', 17),
        ("\\mailboxes Archive/* \\each NOOP", 27),
        ("\\mailboxes INB", 11),
    ],
)
def test_the_line_inside_is_completed_and_hinted(line: str, start: int) -> None:
    assert line_start(line) == start


@pytest.mark.parametrize("before", ["\\mailboxes", "\\mailboxes *", '\\mailboxes "a b"', "\\mailboxes * \\each"])
def test_a_password_in_the_line_inside_is_seen(before: str) -> None:
    assert in_clear(f"{before} LOGIN ida hunter22") == f"{before} LOGIN ida ********"
