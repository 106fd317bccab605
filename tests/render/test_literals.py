from __future__ import annotations

import pytest

from imapsh.render.literals import is_binary, literal_lines
from imapsh.render.styles import plain
from imapsh.wire.frames import Spilled


def texts(data: bytes, label: str = "", elide: int = 0) -> list[str]:
    return [plain(line) for line in literal_lines(data, label, elide)]


def styles(data: bytes, label: str = "") -> list[list[str]]:
    return [[style for style, _ in line] for line in literal_lines(data, label)]


@pytest.mark.parametrize(
    ("data", "binary"),
    [
        (b"", False),
        (b"text\r\n", False),
        (b"\x89PNG\r\n\x1a\n\x00", True),
        ("Grüße".encode("latin-1"), False),
        (b"\x01\x02\x03abc", True),
        (b"escape \x1b[1m is text", False),
    ],
)
def test_binary_is_told_from_text(data: bytes, binary: bool) -> None:
    assert is_binary(data) is binary


@pytest.mark.parametrize("label", ["BODY[HEADER]", "BODY[1.MIME]", "BODY[HEADER.FIELDS (TO)]<0>", "RFC822.HEADER"])
def test_header_blocks_have_coloured_names(label: str) -> None:
    assert styles(b"To: x\r\n y\r\n", label) == [["header-name", "text"], ["text"]]


@pytest.mark.parametrize("label", ["BODY[]", "RFC822", "BODY[]<0>"])
def test_a_message_is_header_then_body(label: str) -> None:
    assert styles(b"To: x\r\n\r\nTo: no header\r\n", label) == [["header-name", "text"], ["text"], ["data"]]


def test_html_is_shown_as_source() -> None:
    lines = literal_lines(b"<!DOCTYPE html>\r\n<p>a &amp; b</p>\r\n", "BODY[2]")
    assert [plain(line) for line in lines] == ["<!DOCTYPE html>", "<p>a &amp; b</p>"]
    assert [style for style, _ in lines[1]] == ["html-tag", "text", "html-tag"]


def test_elided_binary_says_how_much_is_missing() -> None:
    assert texts(bytes(100), elide=2)[2] == "... 68 more octets: \\last wire shows all"


def test_a_single_endless_line_is_bounded() -> None:
    lines = texts(b"x" * 10_000_000, elide=3)
    assert sum(map(len, lines)) < 4000
    assert lines[-1] == "... 10,000,000 octets in all: \\last wire shows all"


def test_just_as_many_lines_as_allowed_are_not_elided() -> None:
    assert texts(b"a\r\nb\r\n", elide=2) == ["a", "b"]


def test_a_spilled_literal() -> None:
    assert plain(literal_lines(Spilled(12, "ab", "mail.eml"))[0]) == "(12 octets, SHA-256 ab, in mail.eml)"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "decoded"),
    [
        ("Subject: =?utf-8?q?T=C3=B8r?=", "Tør"),
        ("Subject: Tor", ""),
        ("Content-Disposition: attachment; filename*=UTF-8''T%C3%B8r.pdf", "filename=Tør.pdf"),
        (
            "Content-Disposition: attachment;\r\n filename*0*=UTF-8''T%C3%B8r;\r\n filename*1=\" nu.pdf\"",
            "filename=Tør nu.pdf",
        ),
        ("Content-Type: text/plain; name*=iso-8859-1'da'T%F8r", "name=Tør"),
        ("Content-Disposition: attachment; filename=a*b.txt", ""),
        ("X-Other: a; filename*=UTF-8''T%C3%B8r", ""),
    ],
)
def test_b9_what_is_decoded_stands_after_two_dashes(field: str, decoded: str) -> None:
    shown = texts(f"{field}\r\n\r\n".encode(), "BODY[HEADER]")
    lines = field.split("\r\n")
    assert shown[: len(lines)] == [*lines[:-1], lines[-1] + (f"  -- {decoded}" if decoded else "")]
