"""Messages of two mailboxes are paired by what their listings say."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from imapsh.shell.commands.transfer.messages.identity import Mark
from imapsh.shell.commands.transfer.messages.pairing import Doubt, Pairing, paired

NOON, LATER = "01-Feb-2026 12:00:00 +0000", "01-Feb-2026 13:00:00 +0000"
#: (key, fields) as `identity.mark` makes them: with a Message-ID, without, with nothing
KEYS = st.sampled_from(((b"i1", b"fa"), (b"i1", b"fb"), (b"i2", b"fa"), (b"fa", b"fa"), (b"fb", b"fb"), (b"?", b"?")))
MAILBOXES = st.lists(st.tuples(KEYS, st.sampled_from((-1, 5, 6)), st.sampled_from((NOON, LATER, ""))), max_size=8).map(
    lambda rows: [Mark(uid, (), date, size, *keys) for uid, (keys, size, date) in enumerate(rows, 1)]
)


@given(MAILBOXES)
def test_a_mailbox_is_paired_with_itself(marks: list[Mark]) -> None:
    found = paired(marks, marks)
    assert (found.ours, found.theirs) == ([], [])
    assert found.pairs == [(mark, mark) for mark in marks if not mark.weak]
    assert all(doubt.ours == doubt.theirs and all(mark.weak for mark in doubt.ours) for doubt in found.doubts)


@given(MAILBOXES, MAILBOXES)
def test_sides_can_be_exchanged(ours: list[Mark], theirs: list[Mark]) -> None:
    one, other = paired(ours, theirs), paired(theirs, ours)
    assert sorted(one.pairs) == sorted((left, right) for right, left in other.pairs)
    assert (one.ours, one.theirs) == (other.theirs, other.ours)
    mirrored = [Doubt(doubt.theirs, doubt.ours, doubt.named) for doubt in other.doubts]
    assert sorted(one.doubts) == sorted(mirrored)


@given(MAILBOXES, MAILBOXES)
def test_each_message_is_in_one_place(ours: list[Mark], theirs: list[Mark]) -> None:
    found = paired(ours, theirs)
    left = [one for one, _ in found.pairs] + [mark for doubt in found.doubts for mark in doubt.ours] + found.ours
    right = [one for _, one in found.pairs] + [mark for doubt in found.doubts for mark in doubt.theirs] + found.theirs
    assert (Counter(left), Counter(right)) == (Counter(ours), Counter(theirs))


def a(uid: int, size: int = 5, key: bytes = b"i1", fields: bytes = b"fa", date: str = NOON) -> Mark:
    return Mark(uid, (), date, size, key, fields)


def test_duplicates_are_paired_by_date_and_one_too_few_is_missing() -> None:
    found = paired([a(1), a(2, date=LATER), a(3)], [a(7, date=LATER), a(8)])
    assert found == Pairing([(a(1), a(8)), (a(2, date=LATER), a(7, date=LATER))], [], [a(3)], [])


def test_another_size_or_subject_is_in_doubt() -> None:
    assert paired([a(1)], [a(2, 6)]).doubts == [Doubt([a(1)], [a(2, 6)], True)]
    assert paired([a(1)], [a(2, fields=b"fb")]).doubts == [Doubt([a(1)], [a(2, fields=b"fb")], True)]


def test_a_message_id_on_one_side_alone_is_in_doubt() -> None:
    assert paired([a(1)], [a(2, key=b"fa")]).doubts == [Doubt([a(1)], [a(2, key=b"fa")], False)]
    assert paired([a(1)], [a(2, key=b"i2")]) == Pairing([], [], [a(1)], [a(2, key=b"i2")])


def test_only_octets_tell_messages_that_nothing_identifies() -> None:
    bare = [Mark(uid, (), NOON, 5) for uid in (1, 2)]
    assert paired(bare[:1], bare[1:]) == Pairing([], [Doubt(bare[:1], bare[1:], False)], [], [])
