r"""`\undo`: what it offers, compares, leaves out and does, on the demo and on servers that lie."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.errors import UsageError
from imapsh.server.demo import demo_store
from imapsh.server.memory import connect
from imapsh.session.mailbox import Mailbox
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.connection.steps import Ask
from imapsh.shell.settings.options import Options
from tests.shell.hosting import FakeApp

MAILBOXES = ("INBOX", "Archive", "Drafts")


def demo(*answers: str, **options: Any) -> FakeApp:
    """The demo with INBOX selected, whose person says yes to all but what `answers` has."""
    host = FakeApp(*answers, *["y"] * 200, connected=True, **options)
    return host.does("SELECT INBOX")


def asked(host: FakeApp) -> list[str]:
    return [step.question for step in host.done if isinstance(step, Ask)]


def contents(host: FakeApp, name: str = "INBOX") -> dict[bytes, list[frozenset[str]]]:
    """The messages of a mailbox of the demo, each with the flags of those that are the same."""
    found: dict[bytes, list[frozenset[str]]] = {}
    for message in host.fake.store.accounts["demo"].mailboxes[name].messages:
        found.setdefault(bytes(message.octets), []).append(frozenset(message.flags) - {"\\Recent"})
    return {octets: sorted(flags, key=sorted) for octets, flags in found.items()}


def everything(host: FakeApp) -> dict[str, object]:
    return {name: contents(host, name) for name in names(host)}


def undoes_all(host: FakeApp) -> FakeApp:
    while host.journal.latest() is not None:
        host.does("\\undo")
    return host


# -- what it offers


def test_it_says_in_one_sentence_what_it_would_do_and_a_no_does_nothing() -> None:
    host = demo("n")
    before = contents(host)
    host.does(r"STORE 1:3 +FLAGS ($x)")
    changed = contents(host)
    with pytest.raises(UsageError, match="nothing was taken back"):
        host.does("\\undo")
    assert contents(host) == changed
    host.does("\\undo")
    assert contents(host) == before
    assert asked(host) == [
        "\\undo of change 1, STORE 1:3 +FLAGS ($x), would take $x off 3 messages in INBOX; do it? [y/N] "
    ] * 2  # fmt: skip


@pytest.mark.parametrize(
    ("line", "question"),
    [
        (r"STORE 1:2 -FLAGS (\Seen)", r"put \\Seen back on 2 messages in INBOX"),
        (r"STORE 1:* FLAGS.SILENT (\Draft)", r"give 11 messages in INBOX their flags back"),
        ("COPY 1:2 Archive", "remove 2 copies from Archive for good"),
        ("MOVE 1 Archive", "move 1 message from Archive back to INBOX"),
        ("APPEND Archive {1+}\r\na", "remove 1 message from Archive for good"),
        ("CREATE new", "delete the mailbox new, which is empty"),
        ("RENAME Archive old", "rename the mailbox old to Archive"),
        ("SUBSCRIBE Archive", "take Archive off the subscriptions"),
        ("UNSUBSCRIBE Archive", "subscribe to Archive"),
    ],
)
def test_each_change_has_its_reverse_and_each_reverse_too(line: str, question: str) -> None:
    host = demo().does("SUBSCRIBE Archive") if line.startswith("UNSUB") else demo()
    host = without_journal(host)
    before = names(host), everything(host)
    host.does(line)
    after = names(host), everything(host)
    host.does("\\undo")
    assert re.search(f"would {question}; do it", asked(host)[-1]), asked(host)
    assert (names(host), everything(host)) == before
    assert host.session.mailbox is not None
    assert (host.session.mailbox.name, host.session.mailbox.read_only) == ("INBOX", False)
    *_, undo = host.journal
    if not undo.why:
        host.does(f"\\undo {undo.number}")
        assert (names(host), everything(host)) == after


def without_journal(host: FakeApp) -> FakeApp:
    """The host with its journal empty."""
    host.__dict__.pop("journal", None)
    return host


def names(host: FakeApp) -> list[str]:
    account = host.fake.store.accounts["demo"]
    return sorted(account.mailboxes)


def test_what_load_appended_is_removed(tmp_path: Path) -> None:
    host = demo()
    before = contents(host)
    (tmp_path / "a.eml").write_text("Subject: one\n\nx\n")
    (tmp_path / "b.eml").write_text("Subject: two\n\nx\n")
    host.does(f"\\load {tmp_path}/a.eml {tmp_path}/b.eml")
    assert sum(map(len, contents(host).values())) == sum(map(len, before.values())) + 2
    host.does("\\undo")
    assert "remove 2 messages from INBOX for good" in asked(host)[-1]
    assert contents(host) == before


def test_what_was_done_in_every_mailbox_is_taken_back_in_each() -> None:
    host = demo(yes=True)
    before = everything(host)
    host.does("\\mailboxes * STORE 1 +FLAGS ($x)")
    assert len({entry.place.mailbox for entry in host.journal}) > 3
    undoes_all(host)
    assert everything(host) == before


def test_undo_again_goes_further_back_and_its_number_brings_a_change_again() -> None:
    host = demo()
    host.does("STORE 1 +FLAGS (a)").does("STORE 1 +FLAGS (b)").does("\\undo").does("\\undo")
    assert [entry.undoes for entry in host.journal] == [0, 0, 2, 1]
    with pytest.raises(UsageError, match="no change that is not taken back already"):
        host.does("\\undo")
    host.does("\\undo 4")
    assert host.journal.latest() == list(host.journal)[-1]


@pytest.mark.parametrize("line", ["EXPUNGE", "CLOSE", "DELETE Archive"])
def test_what_has_no_way_back_says_so(line: str) -> None:
    host = demo().does(r"STORE 7 +FLAGS (\Deleted)").does(line)
    before = len(host.done)
    with pytest.raises(UsageError, match=rf"{line}, has no way back: {line.split()[0]} removes .* for good"):
        host.does("\\undo")
    assert len(host.done) == before


@pytest.mark.parametrize("argument", ["x", "0", "7", "-1", "12345678901234567890"])
def test_a_change_that_is_not_there_is_refused(argument: str) -> None:
    with pytest.raises(UsageError, match=r"journal lists them|\\undo takes the number"):
        demo().does("STORE 1 +FLAGS (a)").does(f"\\undo {argument}")
    with pytest.raises(UsageError, match="there is no change"):
        demo().does("\\undo")


def test_read_only_mode_refuses() -> None:
    host = demo().does("STORE 1 +FLAGS (a)").does("\\readonly on")
    with pytest.raises(UsageError, match="read-only mode is on"):
        host.does("\\undo")


def test_without_a_login_nothing_is_sent() -> None:
    host = demo().does("STORE 1 +FLAGS (a)").does("UNAUTHENTICATE")
    with pytest.raises(UsageError, match=r"no connection to that account is open: .* nothing was sent"):
        host.does("\\undo")


def test_a_script_is_not_asked() -> None:
    host = demo(journal=True)
    host.fake.interactive = host.fake.attended = False
    before = contents(host)
    assert host.to_the_end(host.perform("STORE 1:3 +FLAGS ($x)")) == "OK"
    assert host.to_the_end(host.perform("\\undo")) == "OK"
    assert contents(host) == before
    assert asked(host) == []


# -- in any order


_FLAGS = st.lists(st.sampled_from(("\\Seen", "\\Flagged", "$Work", "new")), unique=True).map(" ".join)
_STORES = st.one_of(
    st.builds(
        "STORE {}:{} {}FLAGS.SILENT ({})".format,
        st.integers(1, 9),
        st.integers(1, 9),
        st.sampled_from(("+", "-", "")),
        _FLAGS,
    ),
    st.builds("UID STORE {} {}FLAGS ({})".format, st.integers(1, 30), st.sampled_from(("+", "-", "")), _FLAGS),
)
_CHANGES = st.one_of(
    _STORES,
    st.builds("COPY {} {}".format, st.integers(1, 5), st.sampled_from(MAILBOXES)),
    st.builds("MOVE {} {}".format, st.integers(1, 5), st.sampled_from(MAILBOXES[1:])),
    st.builds("APPEND {} {{3+}}\r\nabc".format, st.sampled_from(MAILBOXES)),
    st.sampled_from(("SELECT INBOX", "SELECT Archive", "EXAMINE INBOX", "UNSELECT")),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(_CHANGES, max_size=8))
def test_any_sequence_of_changes_is_taken_back_to_the_beginning(lines: list[str]) -> None:
    host = demo(yes=True)
    before = everything(host)
    for line in lines:
        host.does(line)
    at = host.connection.box
    undoes_all(host)
    assert everything(host) == before
    assert host.connection.box == at


@settings(max_examples=20, deadline=None)
@given(st.lists(_STORES, min_size=1, max_size=5))
def test_what_was_taken_back_can_be_done_again(lines: list[str]) -> None:
    host = demo(yes=True)
    for line in lines:
        host.does(line)
    after, changes = everything(host), len(host.journal)
    undoes_all(host)
    for entry in reversed(list(host.journal)[changes:]):
        host.does(f"\\undo {entry.number}")
    assert everything(host) == after


# -- what somebody else did meanwhile


def test_what_is_no_longer_as_the_change_left_it_is_left_as_it_is() -> None:
    host = demo()
    host.does(r"STORE 1:3 +FLAGS (\Flagged $x)")
    host.fake.store.accounts["demo"].mailboxes["INBOX"].messages[1].flags.discard("$x")
    host.fake.store.accounts["demo"].mailboxes["INBOX"].messages[2].flags.add("$other")
    host.does("\\undo")
    assert "take \\Flagged off 3 messages and take $x off 2 messages" in asked(host)[-1]
    assert "$other" in host.fake.store.accounts["demo"].mailboxes["INBOX"].messages[2].flags


def test_with_mod_sequences_a_message_changed_by_somebody_else_is_left_out_and_told() -> None:
    host = demo().does("ENABLE CONDSTORE").does("STORE 1:3 +FLAGS ($x)")
    other = FakeApp(connected=True)
    other.__dict__["demo"] = host.fake.store
    other.fake.store = host.fake.store
    other.does("\\connect").does("SELECT INBOX").does(r"STORE 2 +FLAGS ($other)")
    assert host.to_the_end(host.perform("\\undo")) == "NO"
    assert "left as they are: 1 message (UID 3), changed since by somebody else (MODSEQ)" in host.text
    assert "take $x off 2 messages" in asked(host)[-1]
    inbox = host.fake.store.accounts["demo"].mailboxes["INBOX"].messages
    assert ["$x" in message.flags for message in inbox[:3]] == [False, True, False]


def test_a_later_change_of_ones_own_is_to_be_taken_back_first() -> None:
    host = demo().does("ENABLE CONDSTORE").does("STORE 1:3 +FLAGS (a b)").does("STORE 2 -FLAGS (a)")
    host.does("STORE 2 +FLAGS (c)").does("\\undo 1")
    assert "of which change 2 touched the same flags later: \\undo 2 first" in host.text
    assert "take a off 2 messages and take b off 3 messages" in asked(host)[-1]


def test_messages_that_are_gone_are_told() -> None:
    host = demo().does("STORE 1:3 +FLAGS (a)").does(r"STORE 2 +FLAGS (\Deleted)").does("EXPUNGE")
    assert host.to_the_end(host.perform("\\undo 1")) == "NO"
    assert "gone: 1 message (UID 3)" in host.text


def test_a_copy_whose_original_is_gone_is_kept() -> None:
    host = demo().does("COPY 1:2 Archive").does(r"STORE 1 +FLAGS (\Deleted)").does("EXPUNGE")
    before = contents(host, "Archive")
    host.does("\\undo 1")
    assert re.search(r"kept: 1 message \(UID \d+\), whose originals in INBOX are gone", host.text)
    assert sum(map(len, before.values())) - sum(map(len, contents(host, "Archive").values())) == 1


def test_a_mailbox_that_holds_mail_now_is_not_deleted() -> None:
    host = demo().does("CREATE new").does("COPY 1 new")
    with pytest.raises(UsageError, match="holds 1 message now"):
        host.does("\\undo 1")


def test_afterwards_the_mailbox_that_was_open_is_open_again() -> None:
    host = demo().does("STORE 1 +FLAGS (a)").does("EXAMINE Archive").does("\\undo")
    box = host.session.mailbox
    assert isinstance(box, Mailbox)
    assert (box.name, box.examined) == ("Archive", True)
    host.does("UNSELECT").does("\\undo 2")
    assert host.session.mailbox is None


# -- between two accounts


def two_accounts() -> FakeApp:
    """Connection 1 to the demo, and b to another server with the same mail and one message more; 1 is current."""
    host = demo()
    other = make_plan(Options(url="unix:/other", no_login=True))
    host.talks_over(connect(demo_store()), other, "b")
    for line in ("LOGIN demo demo", "APPEND INBOX {3+}\r\nabc", "EXAMINE Drafts", "\\use 1"):
        host.does(line)
    return without_journal(host)


def test_copies_in_another_account_are_removed_there_and_made_again() -> None:
    host = two_accounts().does("\\copy 1:2 b:Archive").does("\\undo")
    assert "remove 2 copies from b:Archive for good" in asked(host)[-1]
    assert host.current == "1"
    assert [host.connections[name].box for name in ("1", "b")] == ["INBOX", "Drafts"]
    host.does("\\undo 2")
    assert "copy 2 messages from 1:INBOX to b:Archive" in asked(host)[-1]
    assert [len(entry.copies) for entry in host.journal] == [2, 2, 2]


def test_what_was_moved_to_another_account_is_moved_back() -> None:
    host = two_accounts()
    before = contents(host)
    host.does("STORE 3 +FLAGS ($x)").does("\\move 3 b:Archive").does("\\undo")
    assert "move 1 message from b:Archive to 1:INBOX" in asked(host)[-1]
    host.does("\\undo")
    assert contents(host) == before
    assert host.connection.box == "INBOX"


def test_where_the_other_account_is_not_open_any_more_it_is_named() -> None:
    host = two_accounts().does("\\copy 1 b:Archive").does("\\disconnect b")
    with pytest.raises(UsageError, match=r"made as demo on /other, and no connection to that account"):
        host.does("\\undo")
