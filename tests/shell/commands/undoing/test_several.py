r"""`\undo 3:7`: several changes are taken back after one question, the latest first."""

from __future__ import annotations

from typing import Any

import pytest

from imapsh.errors import UsageError
from imapsh.shell.connection.steps import Ask
from tests.shell.hosting import FakeApp


def demo(*answers: str, **options: Any) -> FakeApp:
    """The demo with INBOX selected, whose person says yes to all but what `answers` has."""
    return FakeApp(*answers, *["y"] * 200, connected=True, **options).does("SELECT INBOX")


def flags(host: FakeApp) -> dict[str, list[list[str]]]:
    boxes = host.fake.store.accounts["demo"].mailboxes
    return {name: [sorted(message.flags - {"\\Recent"}) for message in box.messages] for name, box in boxes.items()}


def asked(host: FakeApp) -> list[str]:
    return [step.question for step in host.done if isinstance(step, Ask)]


def test_a_line_that_ran_in_several_mailboxes_is_taken_back_with_one_question() -> None:
    host = demo()
    before = flags(host)
    host.does("\\mailboxes * UID STORE 1:* +FLAGS ($x)")
    changes = len(host.journal)
    assert changes > 2
    assert flags(host) != before
    questions = len(asked(host))
    host.does(f"\\undo 1:{changes}")
    assert flags(host) == before
    question = asked(host)[questions:]
    assert len(question) == 1
    assert question[0].startswith(
        f"\\undo 1:{changes} would take back {changes} changes, UID STORE 1:* +FLAGS ($x), of "
    )
    assert (
        f" messages in {changes} mailboxes, as far as nobody else has changed them since; do it? [y/N] " in question[0]
    )
    assert host.connection.box == "INBOX"


def test_undo_alone_names_the_other_changes_of_the_line() -> None:
    host = demo().does("\\mailboxes * UID STORE 1:* +FLAGS ($x)")
    changes = len(host.journal)
    host.does("\\undo")
    assert f"this line made changes 1 to {changes}: \\undo 1:{changes} takes all of them back" in host.said
    host = demo().does("STORE 1 +FLAGS ($x)").does("STORE 2 +FLAGS ($x)").does("\\undo")
    assert not any("this line made" in line for line in host.said)


def test_a_no_takes_nothing_back() -> None:
    host = demo("n").does("STORE 1 +FLAGS ($x)").does("STORE 2 +FLAGS ($y)")
    changed = flags(host)
    with pytest.raises(UsageError, match="nothing was taken back"):
        host.does("\\undo 2:1")
    assert flags(host) == changed
    assert "2 changes, STORE 2 +FLAGS ($y) and 1 more, of 2 messages in 1 mailbox" in asked(host)[-1]


def test_copies_that_are_removed_for_good_are_counted() -> None:
    host = demo().does("COPY 1:3 Archive").does("COPY 1:2 Drafts").does("\\undo 1:2")
    assert asked(host)[-1] == (
        "\\undo 1:2 would take back 2 changes, COPY 1:2 Drafts and 1 more, of 5 messages in 2 mailboxes, as far as "
        "nobody else has changed them since; that removes 5 copies for good; do it? [y/N] "
    )


def test_what_is_taken_back_already_is_left_out() -> None:
    host = demo()
    before = flags(host)
    host.does("STORE 1 +FLAGS ($x)").does("STORE 2 +FLAGS ($y)").does("\\undo 1").does("\\undo 1:3")
    assert flags(host) == before
    with pytest.raises(UsageError, match="no change from 1 to 4 can be taken back"):
        host.does("\\undo 1:4")


def test_one_that_fails_is_told_and_the_others_are_taken_back() -> None:
    host = demo()
    before = flags(host)
    host.does("STORE 1 +FLAGS ($x)").does("CREATE new").does("COPY 1 new").does("DELETE new").does(
        "STORE 2 +FLAGS ($y)"
    )
    assert host.to_the_end(host.perform("\\undo 1:5")) == "NO"
    assert any(line.startswith("change 3 was not taken back: new cannot be opened") for line in host.said)
    assert flags(host) == before


@pytest.mark.parametrize("argument", ["1:", ":2", ":", "a:b", "1:2:3", "1:9"])
def test_numbers_that_are_none(argument: str) -> None:
    host = demo().does("STORE 1 +FLAGS ($x)").does("STORE 2 +FLAGS ($y)")
    with pytest.raises(UsageError, match=r"takes the number of a change|there is no change"):
        host.does(f"\\undo {argument}")
