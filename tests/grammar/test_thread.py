"""THREAD: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.thread import Thread
from imapsh.render.jsonform import plain

from .reading import amiss, faultless, one, rewritten
from .strategies import nz_number

#: The examples of RFC 5256 sections 3 and 4.
ORDERED = (
    "* THREAD (166)(167)(168)(169)(172)(170)(171)(173)(174 (175)(176)(178)(181)(180))(179)(177 (183)(182)(188)(184)"
    "(185)(186)(187)(189))(190)(191)(192)(193)(194 195)(196 (197)(198))(199)(200 202)(201)(203)(204)(205)(206 207)(208)"
)
REFERENCES = (
    "* THREAD (166)(167)(168)(169)(172)((170)(179))(171)(173)((174)(175)(176)(178)(181)(180))((177)(183)(182)"
    "(188 (184)(189))(185 186)(187))(190)(191)(192)(193)((194)(195 196))(197 198)(199)(200 202)(201)(203)(204)"
    "(205 206 207)(208)"
)
READ = [
    ("* THREAD (2)(3 6 (4 23)(44 7 96))", ((2,), (3, 6, (4, 23), (44, 7, 96)))),
    ("* THREAD ((3)(5))", (((3,), (5,)),)),
    ("* THREAD", ()),
    ("* thread (1 ((2)(3))(4))", ((1, ((2,), (3,)), (4,)),)),
]


@pytest.mark.parametrize(("line", "threads"), READ)
def test_what_is_read(line: str, threads: Any) -> None:
    response = faultless(line)
    assert response.value == Thread(threads)


@pytest.mark.parametrize("line", [ORDERED, REFERENCES])
def test_the_rfcs_examples_are_clean(line: str) -> None:
    assert amiss(line) == []


def test_the_json_is_the_structure_itself() -> None:
    value = one(b"* THREAD (8)(1 30 (2 31)(4))((3)(5))\r\n").value
    assert plain(value) == {"threads": [[8], [1, 30, [2, 31], [4]], [[3], [5]]]}


def test_one_branch_alone_is_taken() -> None:
    response = one(b"* THREAD (8)(1 30 (2 31))\r\n")
    assert response.violations == ()
    assert plain(response.value) == {"threads": [[8], [1, 30, [2, 31]]]}


def test_the_generations() -> None:
    value = one(b"* THREAD (2)(3 6 (4 23)(44 7 96))((3)(5))\r\n").value
    assert list(value.members()) == [(2, 0), (3, 0), (6, 1), (4, 2), (23, 3), (44, 2), (7, 3), (96, 4), (3, 1), (5, 1)]
    assert value.in_order == (2, 3, 6, 4, 23, 44, 7, 96, 3, 5)


#: A line, the rule and octet of what is wrong in it, and the threads that are read all the same.
AMISS = [
    ("* THREAD ", "thread-data", 8, ()),
    ("* THREAD  (1)", "thread-data", 9, ((1,),)),
    ("* THREAD 1", "thread-data", 9, ((1,),)),
    ("* THREAD (1) (2)", "thread-data", 12, ((1,), (2,))),
    ("* THREAD (1)2", "thread-data", 12, ((1,), (2,))),
    ("* THREAD (1))", "thread-data", 12, ((1,),)),
    ("* THREAD NIL", "thread-data", 9, ()),
    ("* THREAD (NIL)", "thread-members", 10, ()),
    ("* THREAD ()", "thread-list", 10, ()),
    ("* THREAD (1", "thread-list", 11, ((1,),)),
    ("* THREAD (1 (2)(3)", "thread-list", 18, ((1, (2,), (3,)),)),
    ("* THREAD (0)", "thread-members", 10, ((0,),)),
    ("* THREAD (01)", "thread-members", 10, ((1,),)),
    ("* THREAD (-1)", "thread-members", 10, ()),
    ("* THREAD (4294967296)", "nz-number", 10, ((4294967296,),)),
    ("* THREAD (1:3)", "thread-members", 10, ()),
    ("* THREAD (1,3)", "thread-members", 10, ()),
    ("* THREAD (*)", "thread-members", 10, ()),
    ("* THREAD (1  2)", "thread-members", 12, ((1, 2),)),
    ("* THREAD ( 1)", "thread-members", 10, ((1,),)),
    ("* THREAD (1 )", "thread-members", 11, ((1,),)),
    ("* THREAD (1(2)(3))", "thread-members", 11, ((1, (2,), (3,)),)),
    ("* THREAD (1 (2) (3))", "thread-nested", 15, ((1, (2,), (3,)),)),
    ("* THREAD (1 (2)(3) 4)", "thread-members", 19, ((1, (2,), (3,), 4),)),
    ("* THREAD (1 (2)())", "thread-list", 16, ((1, (2,)),)),
    ("* THREAD (1)(MODSEQ 12)", "thread-members", 13, ((1,), (12,))),
    ("* 3 THREAD (1)", "response-data", 4, ((1,),)),
]


@pytest.mark.parametrize(("line", "rule", "offset", "threads"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int, threads: Any) -> None:
    assert amiss(line)[:1] == [(rule, offset)]
    assert one(line.encode() + b"\r\n").value == Thread(threads)


@pytest.mark.parametrize("nesting", [100, 0])
def test_too_many_levels_are_an_error_of_their_own(nesting: int) -> None:
    bomb = b"* THREAD (7)" + b"(1 (2)" * 100_000 + b")" * 100_000 + b"(8)\r\n"
    response = one(bomb, nesting=nesting)
    assert "the nesting limit" in response.violations[0].message
    threads = response.value.threads
    assert (threads[0], threads[1][0], threads[2]) == ((7,), 1, (8,))
    assert json.dumps(plain(response.value))


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("* THREAD (())", 1),
        ("* THREAD (1)((()))(2)", 1),
        ("* THREAD (1 (())())", 2),
        ("* THREAD " + "(" * 1000 + "1" + ")" * 1000, 1),
    ],
)
def test_a_level_around_a_faulty_one_is_not_faulty_too(line: str, faults: int) -> None:
    assert len(amiss(line)) == faults


#: A thread-list: members, and none or several branches after them.
threads = st.recursive(
    st.lists(nz_number, min_size=1, max_size=4).map(tuple),
    lambda inner: st.builds(
        lambda members, branches: (*members, *branches),
        st.lists(nz_number, max_size=3),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=12,
)


@given(st.builds(Thread, st.lists(threads, max_size=4).map(tuple)))
def test_it_is_read_as_it_was_written(value: Thread) -> None:
    assert rewritten("THREAD", value) == value
