"""Flags, dates and octets as they are appended."""

from __future__ import annotations

import pytest

from imapsh.shell.commands.transfer.messages import appending
from imapsh.shell.commands.transfer.messages.appending import Kept, Piece


@pytest.mark.parametrize(
    ("permanent", "sent", "left"),
    [
        (None, ("\\Seen", "$Work", "$work2"), ()),
        (("\\Seen", "\\*"), ("\\Seen", "$Work", "$work2"), ()),
        (("\\seen", "$WORK"), ("\\Seen", "$Work"), ("$work2",)),
        ((), (), ("\\Seen", "$Work", "$work2")),
        (("\\Flagged", "\\*"), ("$Work", "$work2"), ("\\Seen",)),
    ],
)
def test_flags_go_as_far_as_permanentflags_allow(
    permanent: tuple[str, ...] | None, sent: tuple[str, ...], left: tuple[str, ...]
) -> None:
    assert appending.kept(("\\Recent", "\\Seen", "$Work", "$work2"), permanent) == Kept(sent, left)


@pytest.mark.parametrize("flag", ["a b", "x)", 'q"', "l{5}", "\\", "c\r\nA1 DELETE INBOX", "ä", "%", "*"])
def test_what_cannot_be_a_flag_is_left_out(flag: str) -> None:
    assert appending.kept((flag,), None) == Kept((), (flag,))


@pytest.mark.parametrize(
    ("date", "sent"),
    [
        (" 1-Feb-2024 00:00:00 +0000", " 1-Feb-2024 00:00:00 +0000"),
        ("01-feb-2024 23:59:59 -0930", " 1-Feb-2024 23:59:59 -0930"),
        ('1-Feb-2024" {5}', ""),
        ("", ""),
        ("31-Feb-2024 00:00:00 +0000", ""),
    ],
)
def test_dates_are_read_before_they_are_sent(date: str, sent: str) -> None:
    assert appending.date_of(date) == sent


def test_several_messages_go_in_one_line() -> None:
    pieces = [Piece(("\\Seen",), " 1-Feb-2024 00:00:00 +0000", appending.literal(b"one")),
              Piece((), "", appending.literal(b"t\0wo"))]  # fmt: skip
    first, one, second, two = appending.line("Old mail", pieces, utf8=False)
    assert first == b'"Old mail" (\\Seen) " 1-Feb-2024 00:00:00 +0000" '
    assert second == b" () "
    assert [(literal.octets, literal.binary) for literal in (one, two) if not isinstance(literal, bytes)] == [
        (3, False), (4, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("capabilities", "limit"),
    [((), -1), (("APPENDLIMIT",), -1), (("APPENDLIMIT=5000",), 5000), (("APPENDLIMIT=x",), -1)],
)
def test_the_limit_is_what_the_server_says(capabilities: tuple[str, ...], limit: int) -> None:
    assert appending.limit(capabilities) == limit
