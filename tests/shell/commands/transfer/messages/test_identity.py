"""Two messages are the same, alike, or not: by their octets, their flags and their dates."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.shell.commands.transfer.messages import identity
from imapsh.shell.commands.transfer.messages.identity import (
    ALIKE,
    OTHER,
    SAME,
    Likeness,
    Mark,
    content,
    dates,
    likeness,
    mark,
)
from imapsh.wire.frames import Spilled

MAIL = b"Message-ID: <1@a>\r\nSubject: Tea\r\nDate: today\r\n\r\nOne\r\n\r\ntwo\r\n"
NAMES = st.sampled_from((b"Subject", b"X-Spam", b"Received", b"Message-ID", b"Date", b"no field"))
MESSAGES = st.builds(
    lambda fields, body, end: end.join([*(name + b": " + value for name, value in fields), b"", body]),
    st.lists(st.tuples(NAMES, st.sampled_from((b"a", b"b", b"a\r\n b"))), max_size=4),
    st.sampled_from((b"one\r\ntwo", b"one\ntwo\n\n", b"one two", b"")),
    st.sampled_from((b"\r\n", b"\n", b"\r")),
)


def of(one: bytes, other: bytes) -> Likeness:
    return likeness(content(one), content(other))


@given(MESSAGES, MESSAGES)
def test_likeness_is_reflexive_and_symmetric(one: bytes, other: bytes) -> None:
    assert of(one, one) == Likeness(SAME)
    assert of(one, other) == of(other, one)
    assert (of(one, other).kind == SAME) == (one == other)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_octets_have_a_content(one: bytes, other: bytes) -> None:
    assert of(one, other) == of(other, one)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (MAIL, Likeness(SAME)),
        (MAIL.replace(b"\r\n", b"\n"), Likeness(ALIKE, ("line ends or folding",))),
        (MAIL + b"\r\n\r\n", Likeness(ALIKE, ("line ends or folding",))),
        (MAIL.replace(b": Tea", b":\r\n Tea"), Likeness(ALIKE, ("line ends or folding",))),
        (b"Received: by x\r\n\tfor y\r\nX-A: b\r\n" + MAIL,
         Likeness(ALIKE, ("headers added on the way (received, x-a)",))),
        (MAIL.replace(b"Message-ID: <1@a>\r\n", b""), Likeness(ALIKE, ("headers added on the way (message-id)",))),
        (b"Subject: Tea\r\nMessage-ID: <1@a>\r\nDate: today\r\n\r\nOne\r\n\r\ntwo\r\n",
         Likeness(ALIKE, ("order of header fields",))),
        (MAIL.replace(b"<1@a>", b"<2@a>"), Likeness(OTHER, ("header field message-id",))),
        (MAIL.replace(b"Tea", b"tea"), Likeness(OTHER, ("header field subject",))),
        (MAIL.replace(b"\r\n\r\ntwo", b"\r\ntwo"), Likeness(OTHER, ("body",))),
        (MAIL.replace(b"two", b"2").replace(b"Tea", b"T"), Likeness(OTHER, ("body", "header field subject"))),
        (b">From here\r\n" + MAIL, Likeness(OTHER, ("header field without a name",))),
    ],
)  # fmt: skip
def test_what_is_harmless(other: bytes, told: Likeness) -> None:
    assert of(MAIL, other) == told


def test_a_spooled_message_is_read_in_pieces() -> None:
    octets = MAIL + b"line\r\n" * 50_000 + b"\r\n" * 100_000 + b"end\r\n"
    file = BytesIO(octets)
    assert content(Spilled(len(octets), "", file)) == content(octets)
    assert of(octets, octets.replace(b"\r\n", b"\n")).kind == ALIKE


def test_a_header_without_end_is_body_from_the_limit_on() -> None:
    endless = b"Subject: Tea\r\n" * (identity.HEADER // 10)
    assert of(endless, endless + b"X-A: b\r\n").reasons == ("body",)


def test_a_message_that_begins_with_its_body() -> None:
    assert content(b"\r\nX-A: b").header == ()
    assert of(b"\r\nX-A: b", b"\r\nX-A: c").kind == OTHER


def test_keys_come_from_the_message_id_or_else_from_the_other_fields() -> None:
    named = mark(1, (), "", 5, b"Message-ID:\r\n <1@a>\r\nSubject: a\r\n\r\n")
    again = mark(2, (), "", 5, b"MESSAGE-id: <1@a>\r\nSubject: b\r\n\r\n")
    assert named.key == again.key != named.fields
    assert named.fields != again.fields
    plain = mark(3, (), "", 5, b"Subject: a\r\n\r\n")
    assert plain.key == plain.fields == named.fields
    bare = mark(4, (), "", 5, b"\r\n")
    assert (bare.key, bare.fields) == (b"?", b"?")
    assert [one.weak for one in (named, plain, bare, named._replace(size=-1))] == [False, False, True, True]


def test_a_subject_is_decoded_and_cut() -> None:
    assert mark(1, (), "", 1, b"Subject: =?utf-8?q?Z=C3=BCrich?=\r\n\r\n").subject == "Zürich"
    assert len(mark(1, (), "", 1, b"Subject: " + b"x" * 100_000 + b"\r\n\r\n").subject) == identity.SUBJECT


def test_flags_differ_without_case_and_without_recent() -> None:
    one, other = Mark(1, ("\\Seen", "\\Recent", "Work")), Mark(9, ("\\seen", "work", "$Junk", "\\Flagged"))
    assert identity.flags(one, other) == ((), ("$Junk", "\\Flagged"))
    assert identity.flags(other, one) == (("$Junk", "\\Flagged"), ())


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("01-Feb-2026 10:00:30 +0000", "01-Feb-2026 10:00:30 +0000", Likeness(SAME)),
        ("01-Feb-2026 10:00:30 +0100", " 1-Feb-2026 10:00:30 +0100", Likeness(SAME)),
        ("01-Feb-2026 10:00:30 +0000", " 1-Feb-2026 11:00:30 +0100", Likeness(ALIKE, ("date in another zone",))),
        ("01-Feb-2026 10:00:30 +0000", "01-Feb-2026 10:00:00 +0000", Likeness(ALIKE, ("date without seconds",))),
        ("01-Feb-2026 10:00:30 +0000", "01-Feb-2026 10:00:31 +0000", Likeness(OTHER, ("date",))),
        ("01-Feb-2026 10:00:30 +0000", "01-Feb-2026 10:00:30 +0100", Likeness(OTHER, ("date",))),
        ("01-Feb-2026 10:00:30 +0000", "", Likeness(OTHER, ("date",))),
    ],
)
def test_dates(one: str, other: str, told: Likeness) -> None:
    assert dates(Mark(1, date=one), Mark(2, date=other)) == dates(Mark(2, date=other), Mark(1, date=one)) == told
