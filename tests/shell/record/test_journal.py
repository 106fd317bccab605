r"""The journal of changes: what an entry holds, how compact it is, what is dropped, what `\undo` is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.sequence import SequenceSet
from imapsh.shell.record.journal import (
    COPIED,
    EXPUNGED,
    FLAGS,
    Flagged,
    Journal,
    Place,
    flagged,
    reversed_flags,
    set_of,
)

HERE = Place("1", "mail.example.org:993", "ida", "INBOX", 7)
KEYWORDS = ("\\Seen", "\\Flagged", "$Later", "\\Deleted")
SETS_OF_FLAGS = st.lists(st.sampled_from(KEYWORDS), unique=True).map(tuple)


def filled(*undoes: int, most: int = 0) -> Journal:
    """A journal with an entry for each number: 0 for a change, else the number of the entry that it took back."""
    journal = Journal(most, clock=lambda: 1000.5)
    for number in undoes:
        journal.add(FLAGS, "STORE", HERE, undoes=number)
    return journal


def latest(journal: Journal) -> int:
    entry = journal.latest()
    return entry.number if entry is not None else 0


def test_an_entry_has_its_number_and_its_time() -> None:
    journal = Journal(clock=lambda: 1000.5)
    entry = journal.add(COPIED, "COPY 1 B", HERE, uids=SequenceSet.parse("4"), to=HERE._replace(mailbox="B"))
    assert (entry.number, entry.when, entry.kind, entry.line) == (1, 1000.5, COPIED, "COPY 1 B")
    assert list(journal) == [entry]
    assert journal.entry(1) == entry
    assert journal.entry(2) is None


def test_messages_of_the_same_flags_take_one_set() -> None:
    listed = ((uid, ("\\Seen",)) for uid in range(1, 100_001))
    changed = flagged("+", ["\\Deleted"], listed)
    assert changed == (Flagged((), ("\\Deleted",), SequenceSet.parse("1:100000")),)
    entry = Journal().add(FLAGS, "STORE 1:* +FLAGS (\\Deleted)", HERE, uids=changed[0].uids, flags=changed)
    assert entry.octets < 1000


def test_messages_that_alternate_take_a_few_octets_each() -> None:
    listed = ((uid, ("\\Seen",) * (uid % 2)) for uid in range(1, 100_001))
    changed = flagged("", ["\\Flagged"], listed)
    assert [len(group.uids) for group in changed] == [50_000, 50_000]
    assert Journal().add(FLAGS, "STORE", HERE, flags=changed).octets < 100_000 * 8 + 1000


@pytest.mark.parametrize(
    ("sign", "before", "changed"),
    [
        ("+", (), [((), ("\\Seen", "$x"))]),
        ("+", ("\\seen", "\\Flagged"), [(("\\Seen",), ("\\Seen", "$x"))]),
        ("+", ("\\SEEN", "$X"), []),
        ("-", ("\\Flagged", "$X"), [(("$x",), ())]),
        ("-", ("\\Flagged",), []),
        ("", ("\\Recent", "$x", "\\Seen"), []),
        ("", ("\\Flagged",), [(("\\Flagged",), ("\\Seen", "$x"))]),
    ],
)
def test_only_what_a_store_changes_is_kept(sign: str, before: tuple[str, ...], changed: list[object]) -> None:
    found = flagged(sign, ["\\Seen", "$x"], [(5, before)])
    assert [(group.before, group.after) for group in found] == changed


@given(st.sampled_from(("+", "-", "")), SETS_OF_FLAGS, st.dictionaries(st.integers(1, 50), SETS_OF_FLAGS))
def test_the_reverse_of_a_change_gives_back_every_message_its_flags(
    sign: str, stored: tuple[str, ...], mail: dict[int, tuple[str, ...]]
) -> None:
    groups = flagged(sign, stored, mail.items())
    after = {
        uid: {"+": set(had) | set(stored), "-": set(had) - set(stored), "": set(stored)}[sign]
        for uid, had in mail.items()
    }
    for group in reversed_flags(groups):
        for uid in group.uids:
            assert set(group.before) <= after[uid]
            after[uid] = after[uid] - set(group.before) | set(group.after)
    assert after == {uid: set(had) for uid, had in mail.items()}


def test_the_oldest_entries_are_dropped_at_the_limit() -> None:
    journal = filled(*[0] * 10, most=1600)
    assert [entry.number for entry in journal] == [8, 9, 10]
    assert journal.dropped == 7
    assert journal.octets == sum(entry.octets for entry in journal) <= 1600


def test_an_entry_beyond_the_limit_is_kept_without_its_messages() -> None:
    journal = Journal(1000)
    entry = journal.add(EXPUNGED, "EXPUNGE", HERE, uids=set_of(range(1, 10_000, 2)))
    assert not entry.uids
    assert "--limit journal=1000" in entry.why
    assert journal.octets <= 1000


def test_a_journal_that_is_off_keeps_nothing() -> None:
    journal = Journal(on=False)
    assert journal.join(journal.add(FLAGS, "STORE", HERE), journal.add(FLAGS, "STORE", HERE)).number == 0
    assert len(journal) == 0


def test_a_limit_of_0_is_none() -> None:
    assert len(filled(*[0] * 1000)) == 1000


@pytest.mark.parametrize(
    ("undoes", "number"),
    [
        ([], 0),
        ([0, 0], 2),
        ([0, 0, 2], 1),
        ([0, 0, 2, 1], 0),
        ([0, 0, 2, 3], 4),  # what was done again is a change again
        ([0, 0, 2, 3, 4], 1),
        ([0, 0, 2, 0], 4),
    ],
)
def test_undo_goes_further_back_each_time(undoes: list[int], number: int) -> None:
    assert latest(filled(*undoes)) == number


def test_what_was_taken_back_is_told_with_what_took_it_back() -> None:
    assert filled(0, 0, 2).undone() == {2: 3}
    assert filled(0, 0, 2, 3).undone() == {3: 4}


def test_a_place_is_the_same_account_whatever_its_connection_is_called() -> None:
    assert HERE.is_same_account(HERE._replace(connection="b", mailbox="Archive"))
    assert not HERE.is_same_account(HERE._replace(server="other:993"))
    assert not HERE.is_same_account(HERE._replace(user="bob"))
