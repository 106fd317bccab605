"""Sequence sets (RFC 9051 section 9)."""

from __future__ import annotations

import copy
import pickle
from array import array
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.errors import UsageError
from imapsh.grammar.sequence import STAR, Rising, SequenceSet
from imapsh.grammar.values import Search

ends = st.just(STAR) | st.integers(1, (1 << 32) - 1)
sets = st.lists(st.tuples(ends, ends), min_size=1, max_size=6).map(lambda ranges: SequenceSet(tuple(ranges)))


@given(sets)
def test_text_and_back(numbers: SequenceSet) -> None:
    assert SequenceSet.parse(str(numbers)) == numbers
    assert SequenceSet.parse(str(numbers)).ranges == numbers.ranges


@given(st.sets(st.integers(1, 60)))
def test_the_shortest_set_holds_the_numbers_and_no_others(numbers: set[int]) -> None:
    made = SequenceSet.of(numbers)
    assert list(made.numbers(60)) == sorted(numbers)
    assert made.count() == len(numbers)
    assert all(made.contains(number, 60) == (number in numbers) for number in range(1, 61))


def test_the_examples_of_the_rfc() -> None:
    assert list(SequenceSet.parse("2,4:7,9,12:*").numbers(15)) == [2, 4, 5, 6, 7, 9, 12, 13, 14, 15]
    assert sorted(SequenceSet.parse("*:4,5:7").numbers(10)) == [4, 5, 5, 6, 6, 7, 7, 8, 9, 10]
    assert SequenceSet.parse("3291:*").contains(7, 7)


def test_the_saved_result() -> None:
    assert SequenceSet.parse("$") == SequenceSet((), True)
    assert str(SequenceSet((), True)) == "$"


WRONG = ["", "0", "1:", ":1", "1,,2", "1, 2", "01", "-1", "a", "1:2:3", "$,1", "4294967296", "9" * 5000]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_set(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        SequenceSet.parse(text)


# -- as a set


def walked(numbers: SequenceSet) -> list[int]:
    """Every number once, in the order written: what a set does, the long way round."""
    return list(dict.fromkeys(numbers.numbers(0)))


small = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=6).map(
    lambda ranges: SequenceSet(tuple(ranges))
)
places = st.none() | st.integers(-40, 40)


@given(small)
def test_d2_a_set_has_length_truth_members_and_order(numbers: SequenceSet) -> None:
    expected = walked(numbers)
    assert list(numbers) == expected
    assert len(numbers) == len(expected)
    assert bool(numbers) is bool(expected)
    assert [number for number in range(32) if number in numbers] == sorted(expected)
    assert [numbers[place] for place in range(len(expected))] == expected
    assert list(numbers.sorted()) == sorted(expected)


@given(small, places, places)
def test_d2_slices_are_sets(numbers: SequenceSet, start: int | None, stop: int | None) -> None:
    part = numbers[start:stop]
    assert isinstance(part, SequenceSet)
    assert list(part) == walked(numbers)[start:stop]


@given(small, small)
def test_d2_sets_of_the_same_numbers_are_equal(one: SequenceSet, other: SequenceSet) -> None:
    assert (one == other) is (set(walked(one)) == set(walked(other)))
    assert one != other or hash(one) == hash(other)
    assert one != str(one)


def test_d2_blocks_cover_the_whole() -> None:
    found = SequenceSet.of(range(1, 100_000, 3))
    blocks = [found[at : at + 1000] for at in range(0, len(found), 1000)]
    assert [number for block in blocks for number in block] == list(found)
    assert found[-1] == 99_997
    with pytest.raises(IndexError):
        found[len(found)]
    with pytest.raises(UsageError, match="step"):
        found[::2]


def test_d2_a_range_is_not_expanded() -> None:
    every = SequenceSet.parse("1:4294967295")
    assert len(every) == 4294967295
    assert 77 in every
    assert 0 not in every
    assert str(every[:100]) == "1:100"
    assert str(every[-2:]) == "4294967294:4294967295"
    assert SequenceSet.of(range(1, 1 << 32)) == every
    for expand in (list, set, sorted, iter):
        with pytest.raises(UsageError, match=r"slice the set into blocks"):
            expand(every)


@pytest.mark.parametrize("text", ["*", "3:*", "*:3", "1,5:*", "$"])
def test_d2_only_the_server_knows_some_sets(text: str) -> None:
    numbers = SequenceSet.parse(text)
    assert numbers
    for ask in (len, list, lambda found: 4 in found, lambda found: found[0], lambda found: found[:2]):
        with pytest.raises(UsageError, match="only the server knows"):
            ask(numbers)
    assert numbers == SequenceSet.parse(text)
    assert numbers != SequenceSet.parse("4")


def test_d2_what_is_certainly_in_a_set_is() -> None:
    assert 1 in SequenceSet.parse("1,5:*")
    assert SequenceSet.parse("4:*") == SequenceSet.parse("*:4")


def test_d2_copyuid_keeps_its_order() -> None:
    source, destination = SequenceSet.parse("7,3:5,1"), SequenceSet.parse("20:24")
    assert list(zip(source, destination, strict=True)) == [(7, 20), (3, 21), (4, 22), (5, 23), (1, 24)]
    assert str(source) == "7,3:5,1"
    assert str(source.sorted()) == "1,3:5,7"


def test_d2_a_set_can_be_copied() -> None:
    numbers = SequenceSet.parse("7,3:5")
    assert copy.deepcopy(numbers) == pickle.loads(pickle.dumps(numbers)) == numbers
    assert repr(numbers) == "SequenceSet.parse('7,3:5')"
    assert repr(SequenceSet()) == "SequenceSet()"


NONE = [
    [0], [0, 2], [-1], [True], [1, True], [False], ["1"], [1.0], [None], [1 << 32], "12", b"12", bytearray(b"1"),
    range(3), range(1 << 32), range(-5, 5), range(1, (1 << 32) + 1), range(0, 100, 2), count(1), range(1, 1 << 32, 2),
]  # fmt: skip


@pytest.mark.parametrize("numbers", NONE, ids=repr)
def test_d1_what_is_no_number_is_refused(numbers: Any) -> None:
    with pytest.raises(UsageError, match=r"message number|text|more than"):
        SequenceSet.of(numbers)


def test_d1_numbers_of_many_kinds_are_taken() -> None:
    for numbers in (
        [3, 1, 2],
        (1, 2, 3),
        {1, 2, 3},
        range(1, 4),
        range(3, 0, -1),
        iter([1, 2, 3]),
        array("I", [1, 2, 3]),
    ):
        assert str(SequenceSet.of(numbers)) == "1:3"
    assert str(SequenceSet.of(range(2, 9, 3))) == "2,5,8"
    assert not SequenceSet.of(range(5, 5))


@pytest.mark.parametrize("ids", [(0,), (0, 4), (1 << 40, 4), (4, 4, 4)])
def test_d1_what_a_faulty_server_finds_is_no_star(ids: tuple[int, ...]) -> None:
    assert list(Search(ids).found) == [4] * (4 in ids)


@pytest.mark.parametrize(
    ("text", "slices"),
    [
        ("5:7,1:9", [5, 6, 7, 1, 2, 3, 4, 8, 9]),
        ("9,1,9,5:3,4", [9, 1, 3, 4, 5]),
        ("1:9,2:3", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("4:5,2:4,1:2", [4, 5, 2, 3, 1]),
    ],
)
def test_where_ranges_overlap_a_number_counts_where_it_stands_first(text: str, slices: list[int]) -> None:
    numbers = SequenceSet.parse(text)
    assert list(numbers) == slices
    assert numbers.disjoint() == list(numbers.sorted().ranges)


@pytest.mark.parametrize("text", ["1:4,7,9,2,*", "$", "1", "5:*,1,3,5,7,9,11,13,15,17,19", "1:4294967295,4294967294"])
@pytest.mark.parametrize("octets", [1, 5, 8, 1000])
def test_a13_a_set_is_cut_into_pieces_that_fit(text: str, octets: int) -> None:
    pieces = [str(piece) for piece in SequenceSet.parse(text).pieces(octets)]
    assert ",".join(pieces) == text
    assert all(len(piece) <= octets or "," not in piece for piece in pieces)
    for one, other in pairwise(pieces):  # none is shorter than it must be
        assert len(f"{one},{other.split(',')[0]}") > octets


def test_a13_an_empty_set_has_no_pieces() -> None:
    assert list(SequenceSet().pieces(10)) == []


# -- kept compactly


@given(st.sets(st.integers(1, 90) | st.integers((1 << 32) - 3, (1 << 32) - 1)))
def test_e3_a_compact_set_is_like_any_other(numbers: set[int]) -> None:
    compact, plain = SequenceSet.rising(sorted(numbers)), SequenceSet.in_order(sorted(numbers))
    assert tuple(compact.ranges) == tuple(plain.ranges)
    assert compact == plain
    assert hash(compact) == hash(plain)
    assert str(compact) == str(plain)
    assert repr(compact) == repr(plain)
    assert bool(compact) is bool(plain)
    assert list(compact) == list(plain) == sorted(numbers)
    assert len(compact) == len(plain)
    assert compact.sorted() == plain.sorted()
    assert compact[1:5] == plain[1:5]
    assert compact[:-2] == plain[:-2]
    assert list(map(str, compact.pieces(8))) == list(map(str, plain.pieces(8)))
    assert all((number in compact) is (number in plain) for number in range(95))
    assert compact.count() == plain.count()
    assert pickle.loads(pickle.dumps(compact)) == copy.deepcopy(compact) == plain


@given(
    st.lists(st.integers(0, 9) | st.integers((1 << 32) - 3, (1 << 32) - 1)) | st.sets(st.integers(1, 30)).map(sorted)
)
def test_e3_an_array_makes_the_same_ranges_as_single_numbers(numbers: list[int]) -> None:
    def ranges(given: Any) -> Any:
        try:
            made = SequenceSet.rising(given).ranges
        except UsageError as error:
            return str(error)
        assert isinstance(made, Rising)
        return list(made), made.lows is made.highs

    before = array("I", numbers)
    assert ranges(before) == ranges(numbers)
    assert before.tolist() == numbers


@pytest.mark.parametrize("numbers", [[0], [-1, 0], [1, 1 << 32], [True], [1.5], [None]])
def test_e3_a_compact_set_holds_message_numbers_alone(numbers: list[Any]) -> None:
    with pytest.raises(UsageError, match="is not a message number"):
        SequenceSet.rising(numbers)
