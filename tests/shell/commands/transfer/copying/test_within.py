"""`\\copy` and `\\move` within one account: the server copies itself."""

from __future__ import annotations

from typing import Any

import pytest

from imapsh.errors import CommandNo, UsageError
from imapsh.server.memory import connect
from imapsh.shell.commands.transfer.mailboxes import accounts
from imapsh.shell.connection.dial import make_plan
from tests.shell.commands.transfer.two import Two, mail


def back(app: Two) -> Two:
    app.fake.store.accounts["demo"].create("Back")
    app.done.clear()
    return app


def kept(app: Two) -> list[tuple[bytes, frozenset[str], str]]:
    return mail(app.fake.store.accounts["demo"].find("Back"))


def test_the_current_connection_may_be_the_target() -> None:
    app = back(Two())
    assert "copied 11 messages, 9.9 kB, to 1:Back" in app.told("\\copy 1:* 1:Back")
    assert kept(app) == mail(app.inbox)
    assert any(line.startswith("UID COPY") for line in app.sent)
    assert app.connection.box == "INBOX"


def test_what_is_there_is_skipped() -> None:
    app = back(Two())
    app.told("\\copy 1:4 1:Back")
    assert "copied 7 messages" in app.told("\\copy 1:* 1:Back")
    assert kept(app) == mail(app.inbox)


def test_uid_move_where_the_server_has_it() -> None:
    app = back(Two("y"))
    before = mail(app.inbox)
    assert "11 removed here" in app.told("\\move 1:* 1:Back")
    assert kept(app) == before
    assert not app.inbox.messages
    assert not any(line.startswith("UID EXPUNGE") for line in app.sent)


def test_copy_and_expunge_where_the_server_has_no_move() -> None:
    app = back(Two("y"))
    app.source({b" MOVE": b"", b" IMAP4rev2": b""})
    app.told("\\move 1:2 1:Back")
    assert len(kept(app)) == 2
    assert len(app.inbox.messages) == 9


def test_another_connection_to_the_same_account_is_told() -> None:
    app = back(Two())
    app.talks_over(connect(app.fake.store), make_plan(app.options), "twin")
    app.use("1")
    assert "twin is the same account: the server copies within it" in app.told("\\copy 1:3 twin:Back")
    assert len(kept(app)) == 3


def test_a_server_of_the_same_name_that_is_another_is_noticed() -> None:
    app = back(Two())
    app.talks_over(connect(app.other), make_plan(app.options), "twin")
    app.use("1")
    app.back.uidvalidity += 1000
    with pytest.raises(UsageError, match="is not the same mailbox on both"):
        app.told("\\copy 1:3 twin:Back")
    assert not kept(app)
    assert app.connection.box == "INBOX"


def test_the_mailbox_itself_is_refused() -> None:
    app = Two()
    with pytest.raises(UsageError, match="is the mailbox itself"):
        app.told("\\copy 1 1:inbox")
    assert app.connection.box == "INBOX"


def test_a_mailbox_that_is_not_there_leaves_the_other_open() -> None:
    app = Two()
    with pytest.raises(CommandNo):
        app.told("\\copy 1 1:Missing")
    open_now = app.connection.session.mailbox
    assert open_now is not None
    assert (open_now.name, open_now.examined) == ("INBOX", False)


def test_a_copy_that_is_refused_is_told() -> None:
    app = back(Two())
    app.source({b"OK [COPYUID": b"NO [COPYUID"})
    assert app.to_the_end(app.perform("\\copy 1 1:Back")) == "NO"
    assert "UID COPY was refused" in app.text


def test_one_login_that_acts_for_two_people_has_two_accounts() -> None:
    app = Two()
    one, other = app.connections["1"], app.connections["b"]
    other.plan, other.user = one.plan, one.user
    assert accounts.same(one, other)
    other.acting = "bob"
    assert not accounts.same(one, other)


@pytest.mark.parametrize("code", [b"XCOPYUID", b"COPYUID"])
def test_an_ok_without_a_copy_removes_nothing(code: bytes) -> None:
    app = back(Two("y"))
    app.source({b" MOVE": b"", b" IMAP4rev2": b"", b"COPYUID": code})
    there = app.fake.store.accounts["demo"].find("Back")
    add = there.add

    def forgetful(*more: Any, **named: Any) -> Any:
        made = add(*more, **named)
        there.messages.remove(made)
        return made

    there.add = forgetful  # type: ignore[method-assign]
    assert app.to_the_end(app.perform("\\move 1:2 1:Back")) == "NO"
    assert "its copy was not found in Back" in app.text
    assert len(app.inbox.messages) == 11


def test_what_a_move_did_before_it_was_refused_is_told() -> None:
    app = back(Two("y"))
    app.source({b"OK moved": b"NO not all"})
    assert "copied 2 messages" in app.told("\\move 1:2 1:Back")
    assert "2 removed here" in app.text


def test_a_move_leaves_what_is_there_already_and_says_so() -> None:
    app = back(Two("y"))
    app.told("\\copy 1:2 1:Back")
    assert "2 messages of INBOX will stay there: Back has the same" in app.told("\\move 1:3 1:Back")
    assert len(app.inbox.messages) == 10
