"""Which messages are the same to the octet, and which of them stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imapsh.shell.commands.transfer.duplicates.doubles import double, judged, suspects
from imapsh.shell.commands.transfer.messages.identity import ALIKE, OTHER, Mark, content

OCTETS = {1: b"A: b\r\n\r\none", 2: b"X-A: b\r\nA: b\r\n\r\none", 3: b"A: b\r\n\r\ntwo"}


def a(uid: int, *flags: str, key: bytes = b"i1", size: int = 5) -> Mark:
    return Mark(uid, flags, "", size, key, b"fa")


def test_suspects_share_a_message_id_or_else_key_and_size() -> None:
    marks = [
        a(1),
        a(2, size=6),
        a(3, key=b"i2"),
        a(4, key=b"f1"),
        a(5, key=b"f1", size=6),
        a(6, key=b"?"),
        a(7, key=b"?"),
    ]
    assert [[mark.uid for mark in group] for group in suspects(marks)] == [[1, 2], [6, 7]]


def test_the_lowest_uid_stays_with_the_flags_of_all() -> None:
    found = double([a(9, "\\Flagged", "work"), a(4, "\\Seen", "Work"), a(7, "\\Answered", "\\Recent", "$Junk")])
    assert (found.kept.uid, [mark.uid for mark in found.others]) == (4, [7, 9])
    assert found.flags == ("$Junk", "\\Answered", "\\Flagged")


def test_one_that_is_not_deleted_stays_and_flags_of_deleted_ones_do_not_come_back() -> None:
    found = double([a(1, "\\Deleted", "\\Flagged"), a(2), a(3, "\\deleted")])
    assert (found.kept.uid, [mark.uid for mark in found.others], found.flags) == (2, [1, 3], ())


def test_a_flag_that_cannot_be_sent_is_left_out() -> None:
    assert double([a(1), a(2, "ü", "a b", "x)", "\\Seen")]).flags == ("\\Seen",)


def test_same_octets_and_other_octets_are_told_apart() -> None:
    numbers = {1: 1, 2: 1, 3: 2, 4: 3, 5: 3}
    contents = {uid: content(OCTETS[number]) for uid, number in numbers.items()}
    doubles, namesakes = judged([a(uid) for uid in (*numbers, 6)], contents)
    assert [(one.kept.uid, [mark.uid for mark in one.others]) for one in doubles] == [(1, [2]), (4, [5])]
    assert namesakes is not None
    assert [mark.uid for mark in namesakes.marks] == [1, 3, 4]
    assert [each.kind for each in namesakes.likeness] == [ALIKE, OTHER]
    assert not namesakes.harmless


def test_without_a_message_id_other_octets_are_other_mail() -> None:
    contents = {uid: content(OCTETS[uid]) for uid in OCTETS}
    assert judged([a(uid, key=b"f1") for uid in OCTETS], contents) == ([], None)


@given(st.lists(st.sampled_from(sorted(OCTETS)), max_size=8))
def test_each_message_stays_or_goes_once(numbers: list[int]) -> None:
    marks = [a(uid) for uid, _ in enumerate(numbers, 1)]
    contents = {uid: content(OCTETS[number]) for uid, number in enumerate(numbers, 1)}
    doubles, namesakes = judged(marks, contents)
    gone = [mark.uid for one in doubles for mark in one.others]
    assert len(marks) - len(gone) == len(set(numbers))
    assert len(gone) == len(set(gone))
    assert not set(gone) & {one.kept.uid for one in doubles}
    assert (len(namesakes.marks) if namesakes else min(len(set(numbers)), 1)) == len(set(numbers))
