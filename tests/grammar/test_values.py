"""What values say in decoded form, beside what was on the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from imapsh.grammar.values import Address, BodyPart, DateTime, Envelope

TEXT = BodyPart("text", "plain", {"charset": "utf-8"}, encoding="QUOTED-PRINTABLE", size=12)
PDF = BodyPart("application", "pdf", {"name": "=?utf-8?Q?=C3=A9.pdf?="}, encoding="base64")
INLINE = BodyPart("image", "png", id="<logo@x>", disposition=("INLINE", {"filename": "logo.png"}))
FORWARDED = BodyPart("message", "rfc822", envelope=Envelope(), body=BodyPart("multipart", "mixed", parts=(TEXT, PDF)))
MIXED = BodyPart("multipart", "mixed", parts=(TEXT, FORWARDED, INLINE))


def test_d8_walk_gives_section_numbers() -> None:
    assert [(found.number, found.part.content_type) for found in MIXED.walk()] == [
        ("TEXT", "multipart/mixed"),
        ("1", "text/plain"),
        ("2", "message/rfc822"),
        ("2.TEXT", "multipart/mixed"),
        ("2.1", "text/plain"),
        ("2.2", "application/pdf"),
        ("3", "image/png"),
    ]


def test_d8_file_name_of_a_part() -> None:
    assert (TEXT.filename, PDF.filename, INLINE.filename) == (None, "é.pdf", "logo.png")
    both = PDF._replace(disposition=("attachment", {"filename*": "utf-8''%C3%A0.pdf"}))
    assert both.filename == "à.pdf"
    assert PDF._replace(disposition=("attachment", None)).filename == "é.pdf"
    assert PDF._replace(params={"name": "../x"}).safe_filename == "x"
    assert TEXT.safe_filename == ""


@pytest.mark.parametrize(
    ("part", "is_one"),
    [
        (TEXT, False),
        (MIXED, False),
        (BodyPart("multipart", "mixed"), False),
        (PDF, True),
        (INLINE, False),
        (INLINE._replace(disposition=("Attachment", None)), True),
        (INLINE._replace(id=None), True),
        (FORWARDED, True),
        (TEXT._replace(disposition=("attachment", None)), True),
        (TEXT._replace(params={"name": "notes.txt"}), True),
        (TEXT._replace(disposition=(None, None)), False),
        (BodyPart(None, None), True),
    ],
)
def test_d8_attachments(part: BodyPart, is_one: bool) -> None:
    assert part.is_attachment is is_one


def test_d8_decoding_of_a_part() -> None:
    assert TEXT.decode(b"caf=C3=A9=\r\n!") == "café!".encode()
    assert TEXT.decode_text(b"caf=C3=A9=\r\n!") == "café!"
    assert PDF.decode(b"JVBERi0=") == b"%PDF-"
    assert BodyPart(None, None).decode_text(b"\xff") == "ÿ"


def test_d8_moments() -> None:
    assert DateTime(" 5-Feb-2024 09:00:05 +0100").datetime == datetime(
        2024, 2, 5, 9, 0, 5, tzinfo=timezone(timedelta(hours=1))
    )
    assert DateTime("31-Feb-2024 09:00:05 +0100").datetime is None
    assert Envelope(date="Mon, 5 Feb 2024 09:00:05 +0000").datetime == datetime(2024, 2, 5, 9, 0, 5, tzinfo=UTC)
    assert Envelope(date="5 Feb 24 09:00:05 GMT (really)").datetime == datetime(2024, 2, 5, 9, 0, 5, tzinfo=UTC)
    for wrong in (None, "", "yesterday", "Mon, 99 Feb 2024 09:00:05 +0000", "5 Feb 2024 09:00 +999999999999", "," * 99):
        assert Envelope(date=wrong).datetime is None


def test_d8_addresses_and_types() -> None:
    assert Address("=?utf-8?q?J=C3=B6?=", None, "joe", "example.com").email == "joe@example.com"
    assert Address(None, None, "group", None).email == ""
    assert (BodyPart(None, None).content_type, BodyPart("text", None).content_type) == (
        "application/octet-stream",
        "text/plain",
    )
