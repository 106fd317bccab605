"""Mailboxes are listed and opened one after another; a fault of one is told, and what was open is open again."""

from __future__ import annotations

import pytest

from imapsh.errors import CommandNo, ConnectionLost, Interrupted, LoginError, StateError
from imapsh.shell.commands.account.walk import Box, Walked, listed, walk
from imapsh.shell.connection.dial import Plan, make_plan
from imapsh.shell.connection.steps import Steps
from imapsh.shell.settings.options import Options
from tests.shell.hosting import FakeApp, answering

LIST = (
    '* LIST () "/" INBOX\n* LIST (\\NoSelect) "/" Old\n* LIST () "/" Old/2019\n* LIST () "/" Old/2019\n'
    '* LIST (\\NonExistent) "/" Gone\nTAG OK done'
)
OPENED = "* 3 EXISTS\n* OK [UIDVALIDITY {}] valid\nTAG OK [READ-{}] opened"
ANSWERS = {
    "LIST": LIST,
    "STATUS INBOX": "* STATUS INBOX (MESSAGES 3)\nTAG OK done",
    "STATUS Old/2019": "TAG NO [NOPERM] not yours",
    "EXAMINE": OPENED.format(7, "ONLY"),
    "SELECT": OPENED.format(7, "WRITE"),
}


def plan(read_only: bool = False) -> Plan:
    return make_plan(Options(demo=True, read_only=read_only))._replace(demo=False, user="")


def app(answers: dict[str, str] | None = None, capabilities: str = "IMAP4rev1", read_only: bool = False) -> FakeApp:
    made, given = FakeApp(read_only=read_only), answers or {}
    made.talks_over(answering(given | ANSWERS | given, capabilities), plan(read_only=read_only)._replace(user=""))
    return made


def boxes(app: FakeApp, pattern: str = "*", *status: str) -> list[Box]:
    return app.to_the_end(listed(app.connection, "", pattern, status))


def walked(app: FakeApp, *names: str, fails: str = "", changes: bool = False) -> tuple[Walked, list[str]]:
    seen: list[str] = []

    def work(box: Box) -> Steps[None]:
        yield app.connection.quietly("NOOP")
        if box.name == fails:
            raise CommandNo("it failed")
        seen.append(app.connection.box)

    found = [Box(name, "/", ()) for name in names]
    return app.to_the_end(walk(app, found, work, changes=changes)), seen


# -- listing


def test_mailboxes_that_cannot_be_opened_are_left_out_and_each_counts_once() -> None:
    shell = app()
    assert [box.name for box in boxes(shell)] == ["INBOX", "Old/2019"]
    assert shell.sent == ['LIST "" "*"']


def test_inbox_comes_first_and_the_others_by_name() -> None:
    shell = app(
        {"LIST": "".join(f'* LIST () "/" {name}\n' for name in ("b", "Z", "a/b", "a", "Inbox")) + "TAG OK done"}
    )
    assert [box.name for box in boxes(shell)] == ["INBOX", "a", "a/b", "b", "Z"]


def test_all_spellings_of_inbox_are_one_mailbox() -> None:
    said = '* LIST () "/" INBOX\n* LIST () "/" inbox\n* LIST () "/" "Inbox"\nTAG OK done'
    assert len(boxes(app({"LIST": said}))) == 1


def test_each_is_asked_for_its_status_without_list_status() -> None:
    shell = app()
    inbox, old = boxes(shell, "%", "MESSAGES", "SIZE")
    assert (inbox.status, inbox.fault) == ({"MESSAGES": 3}, "")
    assert (old.status, old.fault) == ({}, "NO [NOPERM] not yours")
    assert shell.sent == ['LIST "" "%"', "STATUS INBOX (MESSAGES)", "STATUS Old/2019 (MESSAGES)"]


def test_list_status_asks_once() -> None:
    told = '* LIST () "/" INBOX\n* STATUS INBOX (MESSAGES 3 SIZE 90)\nTAG OK done'
    shell = app({"LIST": told}, "IMAP4rev1 LIST-STATUS STATUS=SIZE")
    assert boxes(shell, "INBOX*", "MESSAGES", "SIZE")[0].status == {"MESSAGES": 3, "SIZE": 90}
    assert shell.sent == ['LIST "" "INBOX*" RETURN (STATUS (MESSAGES SIZE))']


def test_a_list_that_is_refused_is_an_error() -> None:
    with pytest.raises(CommandNo, match=r"LIST: .* says NO not now"):
        boxes(app({"LIST": "TAG NO not now"}))


def test_there_are_none_before_the_login() -> None:
    shell = FakeApp(None)
    with pytest.raises(LoginError):
        shell.talks_over(answering({}, greeting="OK"), plan()._replace(user="demo"))
    with pytest.raises(StateError, match="before the login"):
        boxes(shell)


def test_a_name_is_sent_back_as_it_came() -> None:
    shell = app({"LIST": '* LIST () "/" "B&APw-ro & x"\nTAG OK done'})
    (box,) = boxes(shell)
    walk_result, seen = walked(shell, box.name)
    assert seen == ["Büro & x"]
    assert walk_result.faults == []
    assert shell.sent[1] == 'EXAMINE "B&APw-ro & x"'


# -- walking


def test_mailboxes_are_examined_and_the_one_that_was_open_is_open_again() -> None:
    shell = app().does("SELECT Work")
    shell.done.clear()
    result, seen = walked(shell, "INBOX", "Old")
    assert (result.done, seen) == (2, ["INBOX", "Old"])
    assert shell.sent == ["EXAMINE INBOX", "NOOP", "EXAMINE Old", "NOOP", "SELECT Work"]
    assert shell.connection.box == "Work"
    assert result.finish(shell) == "OK"
    assert shell.progress is None


def test_one_that_was_examined_is_examined_again() -> None:
    shell = app().does("EXAMINE Work")
    walked(shell, "INBOX", changes=True)
    assert shell.sent[1:] == ["SELECT INBOX", "NOOP", "EXAMINE Work"]


def test_in_read_only_mode_nothing_is_selected() -> None:
    shell = app(read_only=True)
    walked(shell, "INBOX", changes=True)
    assert shell.sent[0] == "EXAMINE INBOX"


@pytest.mark.parametrize(
    ("capabilities", "changes", "left"),
    [
        ("IMAP4rev1 UNSELECT", True, ["UNSELECT"]),
        ("IMAP4rev1", False, ["CLOSE"]),
        ("IMAP4rev1", True, ["EXAMINE INBOX", "CLOSE"]),  # CLOSE would expunge what is selected
    ],
)
def test_no_mailbox_is_left_open_if_none_was(capabilities: str, changes: bool, left: list[str]) -> None:
    shell = app(capabilities=capabilities)
    walked(shell, "INBOX", changes=changes)
    assert shell.sent[2:] == left


def test_a_fault_is_of_one_mailbox_and_the_rest_is_done() -> None:
    shell = app({"EXAMINE Locked": "TAG NO [INUSE] locked"})
    result, seen = walked(shell, "A", "Locked", "B", "Bad", "C", fails="Bad")
    assert seen == ["A", "B", "C"]
    assert [(box.name, why) for box, why in result.faults] == [
        ("Locked", "EXAMINE was refused: NO [INUSE] locked"),
        ("Bad", "it failed"),
    ]
    assert result.finish(shell) == "NO"
    assert shell.said == ["Locked: EXAMINE was refused: NO [INUSE] locked", "Bad: it failed"]


def test_a_name_that_was_not_typed_gets_no_advice() -> None:
    shell = app({"LIST": '* LIST () "/" Drafts\nTAG OK done', "EXAMINE Draft": "TAG NO [NONEXISTENT] gone"})
    assert "did you mean Drafts?" in shell.does('LIST "" *').does("EXAMINE Draft").said
    shell.said.clear()
    walked(shell, "Draft")
    assert shell.said == []


def test_many_faults_are_counted() -> None:
    shell = app({f"EXAMINE {number}": f"TAG NO no {number}" for number in reversed(range(30))})
    result, _ = walked(shell, *map(str, range(30)))
    assert result.finish(shell) == "NO"
    assert len(shell.said) == 11
    assert shell.said[-1] == "and 20 more of 30 mailboxes failed"


def test_a_fault_that_many_mailboxes_have_is_told_once_whatever_time_the_server_says_it_took() -> None:
    refused = {f"EXAMINE {number}": f"TAG NO no (0.00{number % 3} + 0.000 secs)." for number in reversed(range(30))}
    shell = app({**refused, "EXAMINE 7": "TAG NO locked"})
    result, _ = walked(shell, *map(str, range(30)))
    assert result.finish(shell) == "NO"
    assert shell.said == [
        "0, 1, 2 and 26 more mailboxes: EXAMINE was refused: NO no (0.000 + 0.000 secs).",
        "7: EXAMINE was refused: NO locked",
    ]


def test_names_are_safe_to_show_and_those_that_cannot_be_sent_are_faults() -> None:
    shell = app({"EXAMINE": "TAG NO no"})
    result, _ = walked(shell, "\x1b[2J", "\ud800")
    assert len(result.faults) == 2
    result.finish(shell)
    assert "\x1b" not in shell.text


def test_a_mailbox_that_changed_meanwhile_is_told() -> None:
    shell = app().does("SELECT Work")
    shell.session.mailbox.uidvalidity = 6  # type: ignore[union-attr]
    walked(shell, "INBOX")
    assert shell.said[-1] == "UIDVALIDITY of Work changed from 6 to 7: earlier UIDs are void"


def test_a_mailbox_that_is_gone_meanwhile_is_told() -> None:
    shell = app({"EXAMINE Gone": "TAG NO [NONEXISTENT] gone"}).does("SELECT Work")
    box = shell.session.mailbox
    assert box is not None
    box.name, box.examined = "Gone", True
    walked(shell, "INBOX")
    assert shell.said[-1] == "Gone was open and is no longer: NO [NONEXISTENT] gone"


def test_ctrl_c_ends_the_walk_and_keeps_what_was_found() -> None:
    shell = app().does("SELECT Work")

    def work(box: Box) -> Steps[None]:
        yield from ()
        if box.name == "B":
            raise Interrupted("interrupted")

    result = shell.to_the_end(walk(shell, [Box(name, "/", ()) for name in "ABC"], work))
    assert (result.done, result.faults) == (1, [])
    assert shell.connection.box == "Work"
    with pytest.raises(Interrupted):
        result.finish(shell)
    assert shell.said == ["stopped: 2 of 3 mailboxes were not finished"]


def test_the_end_of_the_connection_ends_the_walk_if_it_cannot_be_opened_again() -> None:
    shell = app({"EXAMINE B": "* BYE over\nTAG NO no"})
    shell.fake.streams.append(answering({}, greeting="BYE"))
    result, seen = walked(shell, "A", "B", "C", "D")
    assert seen == ["A"]
    with pytest.raises((ConnectionLost, CommandNo)):
        result.finish(shell)
    assert shell.said[-1] == "stopped: 3 of 4 mailboxes were not finished"
