"""Transfer encodings and character sets: what mailers send, cut anywhere, and what is not of the encoding."""

from __future__ import annotations

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.decoding import Decoder, decode_charset, decode_transfer, known_charset


@pytest.mark.parametrize(
    ("octets", "encoding", "decoded"),
    [
        (b"aGVs\r\nbG8=\r\n", "base64", b"hello"),
        (b"aGVsbG8", "BASE64", b"hello"),
        (b"aGVs*bG!8=", " base64 ; x=y", b"hello"),
        (b"YQ==Yg==Yw==", "base64", b"abc"),
        (b"YQ==\r\n\r\n-- \r\nfooter", "base64", b"a" + base64.b64decode("footer==")),
        (b"A", "base64", b""),
        (b"====", "base64", b""),
        (b"caf=C3=A9=\r\n au lait  \r\nx", "quoted-printable", "café au lait\r\nx".encode()),
        (b"soft= \t\r\nbreak=\nhere", "Quoted-Printable", b"softbreakhere"),
        (b"=c3=a9 =XY = =4", "quoted-printable", b"\xc3\xa9 =XY = =4"),
        (b"end=", "quoted-printable", b"end"),
        (b"end \t", "quoted-printable", b"end"),
        (b"end\r", "quoted-printable", b"end\r"),
        (b"end=\r", "quoted-printable", b"end"),
        (b"=41=42", "7bit", b"=41=42"),
        (b"YQ==", None, b"YQ=="),
        (b"YQ==", "x-uuencode", b"YQ=="),
        (b"\r\nbegin 644 a.txt\r\n%:&5L;&\\\r\n#86)C\r\n`\r\nend\r\nmore\r\n", "x-uuencode", b"helloabc"),
        (b"begin 644 a\n%:&5L;&\\", "X-UUE", b"hello"),
    ],
)
def test_d8_transfer_encodings(octets: bytes, encoding: str | None, decoded: bytes) -> None:
    assert decode_transfer(octets, encoding) == decoded
    decoder = Decoder(encoding)
    one_by_one = b"".join(decoder.feed(bytes([octet])) for octet in octets)
    assert one_by_one + decoder.finish() == decoded


@given(st.binary(), st.integers(1, 7))
def test_what_was_encoded_comes_back_wherever_it_is_cut(octets: bytes, step: int) -> None:
    forms = (
        ("base64", base64.encodebytes(octets)),
        ("quoted-printable", _quoted(octets)),
        ("x-uuencode", _uuencoded(octets)),
    )
    for encoding, encoded in forms:
        decoder = Decoder(encoding)
        pieces = [decoder.feed(encoded[at : at + step]) for at in range(0, len(encoded), step)]
        assert b"".join(pieces) + decoder.finish() == octets
        assert decoder.left_out == 0


def _uuencoded(octets: bytes) -> bytes:
    lines = [binascii.b2a_uu(octets[at : at + 45], backtick=True) for at in range(0, len(octets), 45)]
    return b"".join([b"begin 644 a\n", *lines, b"`\nend\n"])


@pytest.mark.parametrize(
    ("octets", "encoding", "left_out"),
    [
        (b"aGVs\r\nbG8=\r\n", "base64", 0),
        (b"aGVsbG8", "base64", 0),
        (b"aGVs*bG!8=", "base64", 2),
        (b"aGVsbG8ab", "base64", 1),
        (b"YQ=Yg==", "base64", 0),
        (b"Y=Yg==", "base64", 1),
        (b"YQ==\r\n-- \r\nsent", "base64", 2),
        (b"begin 644 a\n%\xff\xff\xff\n`\nend\n", "x-uuencode", 4),
        (b"begin 644 a\n" + b"x" * 2000, "x-uuencode", 2000),
        (b"=XY", "quoted-printable", 0),
        (b"\xff", "8bit", 0),
    ],
)
def test_what_is_not_of_the_encoding_is_counted(octets: bytes, encoding: str, left_out: int) -> None:
    for step in (1, 3, len(octets)):
        decoder = Decoder(encoding)
        for at in range(0, len(octets), step):
            decoder.feed(octets[at : at + step])
        decoder.finish()
        assert decoder.left_out == left_out


def _quoted(octets: bytes) -> bytes:
    """Line ends are encoded too, because these are binary octets (RFC 2045 section 6.7)."""
    coded = [bytes([octet]) if 33 <= octet <= 126 and octet != 61 else b"=%02X" % octet for octet in octets]
    return b"=\r\n".join(b"".join(coded[at : at + 20]) for at in range(0, len(coded), 20))


@given(st.binary(), st.sampled_from(["base64", "quoted-printable", "x-uuencode"]), st.integers(1, 5))
def test_garbage_never_raises_and_cuts_change_nothing(octets: bytes, encoding: str, step: int) -> None:
    whole = decode_transfer(octets, encoding)
    decoder = Decoder(encoding)
    pieces = [decoder.feed(octets[at : at + step]) for at in range(0, len(octets), step)]
    assert b"".join(pieces) + decoder.finish() == whole


def test_a_decoder_keeps_little_of_what_it_was_given() -> None:
    for encoding in ("base64", "quoted-printable", "x-uuencode"):
        decoder = Decoder(encoding)
        for octets in (b" " * 100_000, b"=" * 100_000, b"\t\r" * 50_000, b"a" * 99_999):
            decoder.feed(octets)
            assert len(decoder._rest) <= 1002


@pytest.mark.parametrize(
    ("octets", "charset", "text"),
    [
        ("é".encode(), "utf-8", "é"),
        (b"\xe9", "iso-8859-1", "é"),
        (b"\x93quoted\x94", "ISO-8859-1", "“quoted”"),
        (b"\xe9", "'iso-8859-1'", "é"),
        ("é".encode(), "us-ascii", "é"),
        (b"\xe9", None, "é"),
        (b"\xe9", "utf-8", "\ufffd"),
        ("é".encode(), "x-unknown", "é"),
        ("é".encode(), "no such set", "é"),
        (b"x", "a\0b", "x"),
        ("漢".encode("gb18030"), "gb2312", "漢"),
        ("똠".encode("cp949"), "ks_c_5601-1987", "똠"),
        ("①".encode("cp932"), "Shift_JIS", "①"),
        ("は".encode("iso2022_jp"), "iso-2022-jp", "は"),
        ("é".encode(), "utf-8*en", "é"),
        (b"xn--a", "punycode", "xn--a"),
        (b"\\x41", "unicode_escape", "\\x41"),
        (b"uryyb", "rot13", "uryyb"),
        (b"x", "undefined", "x"),
        (b"eJw=", "zip", "eJw="),
    ],
)
def test_d8_charsets(octets: bytes, charset: str | None, text: str) -> None:
    assert decode_charset(octets, charset) == text


@given(st.binary(), st.text())
def test_any_charset_gives_text(octets: bytes, charset: str) -> None:
    assert isinstance(decode_charset(octets, charset), str)


def test_known_charsets() -> None:
    assert known_charset("UTF-8") == "utf-8"
    assert known_charset("idna") is None
    assert known_charset("base64") is None
    assert known_charset("") is None
