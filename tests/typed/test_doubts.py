"""Arguments that the grammar allows, and that are hardly what is meant."""

from __future__ import annotations

import pytest

from imapsh.table import Context
from imapsh.typed.match import match

SELECTED = Context("selected")


def advice(line: str, context: Context = SELECTED) -> list[tuple[str, int, str]]:
    found = match(line, context)
    assert found.complete
    assert all(problem.severity == "advice" for problem in found.errors)
    return [(problem.rule, problem.offset, problem.message) for problem in found.errors]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('"Dubai & Co"', "Dubai &- Co"), ("R&D", "R&-D"), ("a&", "a&-"), ("&AOk", "&-AOk"), ('"&AOk"', "&-AOk"),
        ('"&zz-"', "&-zz-"), ("{3}\r\nR&D", "R&-D"),
    ],
)  # fmt: skip
def test_c11_an_ampersand_begins_a_code(name: str, written: str) -> None:
    for line in ("CREATE {}", "SELECT {}", "RENAME a {}", 'LIST "" {}', "STATUS {} (MESSAGES)", "COPY 1 {}"):
        [(rule, offset, message)] = advice(line.format(name))
        assert (rule, offset) == ("mailbox", line.index("{"))
        assert message == (
            f"& begins coded characters in a mailbox name, and none follow: write {written} for & itself"
        )


@pytest.mark.parametrize("name", ["R&-D", "&AOQ-", '"Dubai &- Co"', "plain"])
def test_c11_a_name_that_is_coded_is_right(name: str) -> None:
    assert advice(f"CREATE {name}") == []


def test_c11_with_utf8_an_ampersand_is_itself() -> None:
    assert advice("CREATE R&D", Context("selected", utf8=True)) == []


@pytest.mark.parametrize(
    ("line", "flags"),
    [
        ("STORE 1 +FLAGS Seen", [r"Seen is a keyword of its own; the flag is \Seen"]),
        ("STORE 1 FLAGS.SILENT (seen $Junk)", [r"seen is a keyword of its own; the flag is \Seen"]),
        (
            "UID STORE 1 -FLAGS (DELETED draft)",
            [
                r"DELETED is a keyword of its own; the flag is \Deleted",
                r"draft is a keyword of its own; the flag is \Draft",
            ],
        ),
        ("SEARCH KEYWORD Answered", [r"Answered is a keyword of its own; the flag is \Answered"]),
        ("SEARCH UNKEYWORD flagged", [r"flagged is a keyword of its own; the flag is \Flagged"]),
        (r"STORE 1 +FLAGS (\Seen Seen2 $Seen)", []),
        ("SEARCH KEYWORD Work", []),
    ],
)
def test_c11_a_flag_without_its_backslash_is_a_keyword(line: str, flags: list[str]) -> None:
    assert [message for rule, _, message in advice(line) if rule == "flag"] == flags


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("SEARCH SINCE 31-Feb-2024", ["there is no 31-Feb-2024"]),
        ('SEARCH BEFORE "29-feb-2023"', ["there is no 29-feb-2023"]),
        ("SEARCH SENTON 31-Apr-2024 SINCE 0-Jan-2024", ["there is no 31-Apr-2024", "there is no 0-Jan-2024"]),
        ("SEARCH SINCE 29-Feb-2024 BEFORE 1-Mar-2024", []),
        ('APPEND a "31-Jun-2024 10:00:00 +0000" {1}\r\nx', ["there is no 31-Jun-2024"]),
        ('APPEND a "30-Jun-2024 24:00:00 +0000" {1}\r\nx', ["there is no 24:00:00 +0000"]),
        ('APPEND a " 3-Jun-2024 23:59:60 -1130" {1}\r\nx', []),
    ],
)
def test_c11_a_day_that_is_in_no_calendar(line: str, told: list[str]) -> None:
    found = advice(line)
    assert [message for _, _, message in found] == told
    assert {rule for rule, _, _ in found} <= {"date-time"}


def test_c11_an_id_beyond_its_bounds() -> None:
    [(rule, offset, message)] = advice(f'ID ("name" "{"x" * 1025}")')
    assert (rule, offset, message) == ("id-limits", 11, "this may have 1024 octets, not 1025")


def test_c3_an_octet_that_is_not_utf8_is_shown_as_one() -> None:
    for line in ("SELECT \udce9x", 'SELECT "\udce9x"', "NOOP \udce9", "FETCH 1 \udce9"):
        messages = [problem.message for problem in match(line, SELECTED).errors]
        assert messages
        assert all("udc" not in message and "?x" not in message for message in messages)
