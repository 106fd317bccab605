"""The splitter against the standard library's parser, and against messages that are broken."""

from __future__ import annotations

import email
from email.message import Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.grammar.values import Address, BodyPart, Fetch
from imapsh.grammar.writer import response
from imapsh.server.demo import demo_store
from imapsh.server.headers import fields, parameters, parse_addresses
from imapsh.server.mime import MAX_DEPTH, Mime, Part, Section

from .player import check


def every_part(part: Part) -> list[Part]:
    """A part and all in it."""
    inside = [*part.children, *([part.message] if part.message else [])]
    return [part, *(deeper for child in inside for deeper in every_part(child))]


def test_the_library_sees_the_same_parts() -> None:
    for mailbox in demo_store().accounts["demo"].mailboxes.values():
        for message in mailbox.messages:
            parsed = email.message_from_bytes(message.octets)
            theirs = [
                (part.get_content_type(), part.get_payload(decode=True))
                for part in parsed.walk()
                if not part.is_multipart() and not _in_report(parsed, part)
            ]
            ours = [(part.type, part.decoded()) for part in message.mime.root.leaves() if part.type[:9] != "message/d"]
            assert [kind for kind, _ in ours] == [kind for kind, _ in theirs]
            for (_, mine), (_, other) in zip(ours, theirs, strict=True):
                assert mine is not None
                assert isinstance(other, bytes)
                assert mine.rstrip() == other.rstrip()


def _in_report(whole: Message, part: Message) -> bool:
    """The library takes message/delivery-status apart into messages; IMAP does not."""
    return any(part in inner.walk() for inner in whole.walk() if inner.get_content_type() == "message/delivery-status")


def test_ranges_lie_within_one_another() -> None:
    for message in demo_store().accounts["demo"].find("INBOX").messages:
        for part in every_part(message.mime.root):
            assert part.start <= part.body <= part.end <= len(message.octets)
            for child in part.children:
                assert part.body <= child.start <= child.end <= part.end


def structure(octets: bytes) -> BodyPart:
    """BODYSTRUCTURE of the lines, line ends made CRLF."""
    return Mime(octets.replace(b"\n", b"\r\n")).root.structure(True)


@pytest.mark.parametrize(
    ("octets", "outline"),
    [
        (b"", "text/plain"),
        (b"\n", "text/plain"),
        (b"no header at all", "text/plain"),
        (b"Content-Type: nonsense\n\nx", "text/plain"),
        (b"Content-Type: multipart/mixed\n\nno boundary", "text/plain"),
        (b"Content-Type: multipart/mixed; boundary=b\n\nno parts", "text/plain"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n", "multipart/mixed[text/plain]"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n\ny", "multipart/mixed[text/plain,text/plain]"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b--\n", "text/plain"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--bb\n\n--b \t\n\nx\n--b--", "multipart/mixed[text/plain]"),
        (
            b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nA: b\n\nx\n--b--",
            "multipart/digest[message/rfc822[text/plain]]",
        ),
        (b"Content-Type: message/rfc822\n\n", "message/rfc822[text/plain]"),
        (b'Content-Type: Text/HTML; Charset="x', "text/html"),
    ],
)
def test_broken_messages_have_a_structure_all_the_same(octets: bytes, outline: str) -> None:
    assert structure(octets).outline() == outline


def test_parts_without_the_line_end_before_the_delimiter() -> None:
    mime = Mime(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\r\n\r\ntwo\r\n\r\n--b--")
    assert mime.section(Section((1,))) == b"one"
    assert mime.section(Section((2,))) == b"two\r\n"


def test_an_inner_part_ends_where_the_outer_does() -> None:
    mime = Mime(
        b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n"
        b"--i\r\n\r\nunclosed\r\n--o\r\n\r\nsecond\r\n--o--\r\n"
    )
    assert mime.section(Section((1, 1))) == b"unclosed"
    assert mime.section(Section((2,))) == b"second"


def test_depth_is_bounded() -> None:
    octets = b"Content-Type: message/rfc822\r\n\r\n" * (MAX_DEPTH * 40)
    outline = Mime(octets).root.structure(True).outline()
    assert outline.count("message/rfc822") == MAX_DEPTH
    assert "application/octet-stream" in outline
    check(response("FETCH", Fetch(1, {"BODYSTRUCTURE": Mime(octets).root.structure(True)})))


def test_sizes_and_lines() -> None:
    part = structure(b"Content-Type: text/plain\n\none\ntwo\nthree")
    assert (part.size, part.lines) == (15, 2)


def test_extension_data() -> None:
    part = structure(
        b'Content-Type: image/png; name=x\nContent-Disposition: Attachment; filename="a\\"b.png"\nContent-MD5: abc=\n'
        b"Content-Language: de, en\nContent-Location: there\nContent-ID: <i>\nContent-Description: d\n\n"
    )
    assert part.disposition == ("attachment", {"filename": 'a"b.png'})
    assert (part.md5, part.language, part.location, part.id, part.description) == (
        "abc=",
        ("de", "en"),
        "there",
        "<i>",
        "d",
    )
    assert part.params == {"name": "x"}


def address(mailbox: str | None, host: str | None, name: str | None = None, adl: str | None = None) -> Address:
    """An address, its parts in the order of how often they are there."""
    return Address(name, adl, mailbox, host)


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        ("", []),
        ("a@b", [address("a", "b")]),
        ("A B <a@b>", [address("a", "b", "A B")]),
        ('"B, A \\"x\\"" <a@b>, c@d', [address("a", "b", 'B, A "x"'), address("c", "d")]),
        ("a@b (a (nested) comment)", [address("a", "b")]),
        ("<@x,@y:a@b>", [address("a", "b", None, "@x,@y")]),
        ("J. R. Dobbs <jr@b.example>", [address("jr", "b.example", "J. R. Dobbs")]),
        ('"a b"@c', [address("a b", "c")]),
        ("G: a@b, C <c@d>;", [address("G", None), address("a", "b"), address("c", "d", "C"), address(None, None)]),
        ("undisclosed-recipients:;", [address("undisclosed-recipients", None), address(None, None)]),
        ("G: a@b", [address("G", None), address("a", "b"), address(None, None)]),
        ("a@[127.0.0.1]", [address("a", "[127.0.0.1]")]),
        ("just a name", [address("justaname", "")]),
        (",,;", [address(None, None)][:0]),
        ("<>", []),
        ("=?utf-8?q?J?= <j@x>", [address("j", "x", "=?utf-8?q?J?=")]),
    ],
)
def test_addresses(value: str, addresses: list[Address]) -> None:
    assert parse_addresses(value) == addresses


def test_fields_keep_their_octets() -> None:
    header = b"A: 1\r\nnot a field\r\nB : two\r\n three\r\n\tfour\r\n: x\r\n\r\n"
    found = fields(header)
    assert [(field.name, field.value) for field in found] == [("A", "1"), ("B", "two three\tfour"), ("", "x")]
    assert [field.octets for field in found] == [b"A: 1\r\n", b"B : two\r\n three\r\n\tfour\r\n", b": x\r\n"]


def test_parameters() -> None:
    kind, params = parameters("text/plain; a=\"x;y\" ; B=c; b=d; (comment) e*0*=utf-8''z")
    assert (kind, params) == ("text/plain", {"a": "x;y", "b": "c", "e*0*": "utf-8''z"})


LINES = (
    b"--b\r\n", b"--b--\r\n", b"\r\n", b"\n", b"x", b"YQ=", b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: message/rfc822\r\n", b'From: a:;,<@("\r\n', b"Content-Transfer-Encoding: base64\r\n",
)  # fmt: skip


@settings(deadline=None)
@given(st.binary(max_size=300) | st.lists(st.sampled_from(LINES), max_size=30).map(b"".join))
def test_no_octets_make_it_raise(octets: bytes) -> None:
    mime = Mime(octets)
    mime.root.structure(True)
    mime.root.envelope()
    for part in every_part(mime.root):
        part.decoded()
        assert part.header_octets + part.body_octets in octets
