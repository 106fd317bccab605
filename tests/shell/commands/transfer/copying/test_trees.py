"""`\\copy --tree`: whole mailboxes, to their counterparts or below a mailbox of the other account."""

from __future__ import annotations

import pytest

from imapsh.errors import ImapshError, UsageError
from imapsh.server.store import Account, Refused
from tests.shell.commands.transfer.two import Two, mail


def here(app: Two) -> Account:
    return app.fake.store.accounts["demo"]


def there(app: Two) -> Account:
    return app.other.accounts["demo"]


def bare(*answers: str) -> Two:
    """An app whose second account has only INBOX."""
    app = Two(*answers)
    account = there(app)
    for name in list(account.mailboxes):
        if name != "INBOX":
            del account.mailboxes[name]
    account.subscribed.clear()
    account.find("INBOX").messages.clear()
    app.again()
    app.done.clear()
    return app


def same(app: Two, names: dict[str, str]) -> bool:
    return all(mail(here(app).find(one)) == mail(there(app).find(other)) for one, other in names.items())


def test_every_mailbox_has_its_mail_in_the_other_account() -> None:
    app = bare()
    names = [name for name, box in here(app).mailboxes.items() if box.selectable]
    assert app.to_the_end(app.perform("\\copy --tree * b:")) == "OK"
    assert same(app, {name: name for name in names})
    assert f"{len(names)} mailboxes done, {len(names) - 1} created" in app.text
    assert app.connection.box == "INBOX"


def test_a_mailbox_is_made_with_its_special_use_where_the_target_can_do_that() -> None:
    app = bare()
    app.again({b" MULTIAPPEND": b" MULTIAPPEND CREATE-SPECIAL-USE"})
    app.told("\\copy --tree Sent b:")
    made = [line for line in app.sent if line.startswith("CREATE")]
    assert made == ["CREATE Sent (USE (\\Sent))", "CREATE Sent"]  # the demo refuses the first
    assert same(app, {"Sent": "Sent"})


def test_a_second_time_copies_nothing() -> None:
    app = bare()
    app.told("\\copy --tree * b:")
    total = sum(len(box.messages) for box in there(app).mailboxes.values())
    assert "copied 0 messages" in app.told("\\copy --tree * b:")
    assert sum(len(box.messages) for box in there(app).mailboxes.values()) == total


def test_subscriptions_go_along() -> None:
    app = bare()
    app.told("\\copy --tree * b:")
    subscribed = here(app).subscribed & set(here(app).mailboxes)
    assert there(app).subscribed | {"INBOX"} == subscribed | {"INBOX"}


def test_a_pattern_chooses_mailboxes() -> None:
    app = bare()
    app.told("\\copy --tree Projects/* b:")
    assert "Sent" not in there(app).mailboxes
    assert same(app, {"Projects/Lamp room/Roof & stair": "Projects/Lamp room/Roof & stair"})


def test_a_mailbox_of_a_special_use_goes_to_that_of_the_other_account() -> None:
    app = bare()
    there(app).create("Gesendet", "\\Sent")
    app.told("\\copy --tree Sent b:")
    assert same(app, {"Sent": "Gesendet"})
    assert "Sent" not in there(app).mailboxes


def test_below_a_prefix_all_names_stay() -> None:
    app = bare()
    there(app).create("Gesendet", "\\Sent")
    app.told("\\copy --tree * b:Old")
    assert same(app, {"INBOX": "Old/INBOX", "Sent": "Old/Sent", "Projects/Lamp room": "Old/Projects/Lamp room"})
    assert not there(app).find("INBOX").messages


def test_a_mailbox_that_cannot_be_made_is_told_and_the_others_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    app = bare()
    create = Account.create

    def refusing(account: Account, name: str, *more: str) -> object:
        if name == "Sent":
            raise Refused("CANNOT", "no such names here")
        return create(account, name, *more)

    monkeypatch.setattr(Account, "create", refusing)
    assert app.to_the_end(app.perform("\\copy --tree * b:")) == "NO"
    assert "b:Sent cannot be created: NO [CANNOT] no such names here" in app.text
    assert "1 with a fault" in app.text
    assert same(app, {"Trash": "Trash", "INBOX": "INBOX"})


def test_a_target_that_ends_ends_the_walk() -> None:
    app = bare()
    app.again({}, b"APPEND", lets=2)
    with pytest.raises(ImapshError):
        app.told("\\copy --tree * b:")
    assert "were not finished" in app.text
    assert "nobody knows" in app.text
    app.again()
    app.told("\\copy --tree * b:")
    assert same(app, {name: name for name, box in here(app).mailboxes.items() if box.selectable})


def test_a_tree_is_moved_after_a_question() -> None:
    app = bare("n")
    with pytest.raises(UsageError, match="nothing was moved"):
        app.told("\\move --tree * b:")
    app.answers = ["y"]
    before = {name: mail(box) for name, box in here(app).mailboxes.items() if box.selectable}
    app.told("\\move --tree * b:")
    assert {name: mail(there(app).find(name)) for name in before} == before
    assert not any(box.messages for name, box in here(app).mailboxes.items() if box.selectable)


def test_within_an_account_a_tree_needs_a_prefix() -> None:
    app = Two()
    with pytest.raises(UsageError, match="same account: give a prefix"):
        app.told("\\copy --tree * 1:")
    app.told("\\copy --tree Sent 1:Old")
    assert mail(here(app).find("Old/Sent")) == mail(here(app).find("Sent"))
    assert app.connection.box == "INBOX"


def test_a_pattern_that_fits_nothing() -> None:
    app = Two()
    with pytest.raises(UsageError, match="no mailbox of 1 fits Nowhere"):
        app.told("\\copy --tree Nowhere b:")


def test_what_went_below_a_prefix_of_the_same_account_stays_there_the_next_time() -> None:
    app = Two()
    app.told("\\copy --tree * 1:Old")
    names = sorted(here(app).mailboxes)
    assert "copied 0 messages" in app.told("\\copy --tree * 1:Old")
    assert sorted(here(app).mailboxes) == names
    assert "Old, and what is below it, is left out" in app.text


def test_two_mailboxes_never_become_one_below_a_prefix() -> None:
    app = bare()
    for name in ("a.b", "a_b"):
        here(app).create(name)
        here(app).find(name).add(f"Subject: {name}\r\n\r\n".encode(), app.inbox.messages[0].internaldate)
    app.again({b' "/" ': b' "." ', b'"/"': b'"."'})
    app.told("\\copy --tree a* b:Old")
    assert "a_b: its name there, Old.a_b, belongs to a.b: nothing was copied" in app.text
    assert len(there(app).find("Old.a_b").messages) == 1
