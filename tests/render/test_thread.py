"""The view of THREAD is a tree, with the subjects that were seen."""

from __future__ import annotations

from tests.render.reading import read
from tests.render.test_view import view, views
from tests.render.test_view_messages import ROWS


def test_threads_are_trees_with_the_subjects_that_are_known() -> None:
    lines = view(f"{ROWS}\n* THREAD (1)(2 3 (4 23)(44 7 96))((3)(5))", 40)
    assert lines[-12:] == [
        "- 3 threads of 10 messages",
        "    1   Hello",
        "    2   灯台のレンズ and much more of it",
        "    └─ 3",
        "       ├─ 4",
        "       │  └─ 23",
        "       └─ 44",
        "          └─ 7",
        "             └─ 96",
        "    (not among those found)",
        "    ├─ 3",
        "    └─ 5",
    ]


def test_no_threads() -> None:
    assert view("* THREAD") == ["- no threads"]


def test_subjects_go_by_uid_after_a_uid_command() -> None:
    them = views()
    for response in read(f"{ROWS}\r\n* THREAD (200 100)\r\n".replace("\n", "\r\n").replace("\r\r", "\r").encode()):
        text = them.show(response, command="UID THREAD")
    assert text.splitlines() == [
        "- 1 thread of 2 UIDs",
        "    200  灯台のレンズ and much more of it",
        "    `- 100  Hello",
    ]


def test_a_long_conversation_is_not_set_in_for_ever_and_many_are_cut() -> None:
    chain = " ".join(map(str, range(1, 100)))
    lines = view(f"* THREAD ({chain})", 60)
    assert lines[-1] == " " * 40 + "└─ 99"
    lines = view("* THREAD " + "".join(f"({number})" for number in range(1, 1001)), 60)
    assert len(lines) == 502
    assert lines[-1] == r"    ... 500 more messages: \last wire shows all"
