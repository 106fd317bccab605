"""Messages in doubt are decided by their octets, and what differs is told apart from what is harmless."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.sequence import SequenceSet
from imapsh.shell.commands.transfer.comparing.verdicts import Pair, Unread, Verdicts
from imapsh.shell.commands.transfer.messages.identity import SAME, Likeness, Mark, content
from imapsh.shell.commands.transfer.messages.listing import Read
from imapsh.shell.commands.transfer.messages.pairing import Doubt, paired

NOON = "01-Feb-2026 12:00:00 +0000"
#: of these 1 and 2 are alike, 3 has another body, and None cannot be read
OCTETS = {1: b"A: b\r\n\r\none\r\n", 2: b"Received: x\nA: b\n\none\n", 3: b"A: b\r\n\r\ntwo\r\n"}
NUMBERS = st.lists(st.sampled_from((1, 2, 3, None)), min_size=1, max_size=5)


def decided(ours: list[int | None], theirs: list[int | None], *, named: bool = True) -> Verdicts:
    """Decide messages in doubt, given as numbers of OCTETS."""
    verdicts = Verdicts()
    sides = [(marks(numbers), read(numbers)) for numbers in (ours, theirs)]
    verdicts.decide(Doubt(sides[0][0], sides[1][0], named), sides[0][1], sides[1][1])
    verdicts.sort()
    return verdicts


def marks(numbers: list[int | None]) -> list[Mark]:
    return [
        Mark(uid, (), NOON, len(OCTETS[number]) if number else 7, b"i1", b"f") for uid, number in enumerate(numbers, 1)
    ]


def read(numbers: list[int | None]) -> Read:
    kept = {uid: content(OCTETS[number]) for uid, number in enumerate(numbers, 1) if number}
    return Read(kept, {uid: "gone" for uid, number in enumerate(numbers, 1) if not number})


def shape(verdicts: Verdicts) -> tuple[int, ...]:
    return (
        verdicts.same, len(verdicts.alike), len(verdicts.changed), len(verdicts.missing), len(verdicts.extra),
        sum(not one.theirs for one in verdicts.unread), sum(one.theirs for one in verdicts.unread),
    )  # fmt: skip


@given(NUMBERS, st.booleans())
def test_a_mailbox_is_decided_to_be_itself(numbers: list[int | None], named: bool) -> None:
    lost = numbers.count(None)
    assert shape(decided(numbers, numbers, named=named)) == (len(numbers) - lost, 0, 0, 0, 0, lost, lost)


@given(NUMBERS, NUMBERS, st.booleans())
def test_sides_can_be_exchanged(ours: list[int | None], theirs: list[int | None], named: bool) -> None:
    same, alike, changed, missing, extra, here, there = shape(decided(ours, theirs, named=named))
    assert shape(decided(theirs, ours, named=named)) == (same, alike, changed, extra, missing, there, here)


@given(NUMBERS, NUMBERS)
def test_without_a_name_each_message_that_was_read_is_in_one_place(
    ours: list[int | None], theirs: list[int | None]
) -> None:
    same, alike, changed, missing, extra, here, there = shape(decided(ours, theirs, named=False))
    both = same + alike
    assert changed == 0
    assert (both + missing + here, both + extra + there) == (len(ours), len(theirs))
    assert same == sum((Counter(filter(None, ours)) & Counter(filter(None, theirs))).values())


def test_the_best_match_wins() -> None:
    found = decided([1, 3], [2, 1])
    assert (found.same, found.read) == (1, 2)
    assert [(pair.ours.uid, pair.theirs.uid, pair.changes) for pair in found.changed] == [
        (2, 1, ("body",))
    ]  # fmt: skip


def test_one_that_was_not_read_may_be_the_one_that_is_left() -> None:
    found = decided([None], [1])
    assert found.unread == [Unread(marks([None])[0], False, "gone")]
    assert (found.missing, found.extra, found.changed) == ([], [], [])
    assert decided([None], [1, 3]).extra == [marks([1, 3])[1]]


def test_what_counts_and_what_is_harmless() -> None:
    verdicts = Verdicts()
    one = Mark(1, ("\\Seen", "\\Recent"), NOON, 5)
    verdicts.add(one, one._replace(uid=9, flags=("\\seen",)))
    verdicts.add(one, one._replace(uid=9, date="01-Feb-2026 13:00:00 +0100"))
    verdicts.add(one, one._replace(uid=9, size=6), Likeness(SAME))
    verdicts.add(one, one._replace(uid=9, flags=("Work",), date=""))
    assert (verdicts.same, verdicts.read) == (1, 1)
    assert [pair.harmless for pair in verdicts.alike] == [("date in another zone",), ("RFC822.SIZE stated wrongly",)]
    assert verdicts.changed == [
        Pair(one, one._replace(uid=9, flags=("Work",), date=""),
             ("flags: \\Seen only here, Work only there", f"date: {NOON} here, none there"))
    ]  # fmt: skip
    assert verdicts.reasons == Counter(("date in another zone", "RFC822.SIZE stated wrongly"))


def test_harmless_differences_are_no_differences_and_what_was_not_compared_is_one() -> None:
    verdicts = Verdicts()
    one = Mark(1, (), NOON, 5)
    verdicts.add(one, one._replace(size=6), Likeness(SAME))
    seen = [verdicts.differs]
    verdicts.undecided = 1
    seen.append(verdicts.differs)
    verdicts.undecided, verdicts.untold = 0, (SequenceSet(), SequenceSet.of((3,)))
    assert [*seen, verdicts.differs] == [False, True, True]


def test_a_duplicate_is_missed_once() -> None:
    pairing = paired(marks([1, 1]), marks([1]))
    assert (len(pairing.pairs), len(pairing.ours), pairing.doubts) == (1, 1, [])
