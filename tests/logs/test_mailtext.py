"""What a message says is replaced; how it is built is kept."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest

from imapsh.logs.mailtext import MailText
from imapsh.logs.standins import StandIns


def made(*blocks: bytes, header: bool | None = None) -> bytes:
    stand_ins = StandIns(lambda _: False, lambda _: False, b"k")
    return b"".join(MailText(stand_ins, header=header).rewritten(blocks))


@pytest.mark.parametrize(
    ("octets", "same"),
    [
        (b"Subject: Re: Fwd: Jane\r\n", b"Subject: Re: Fwd: "),
        (b"Date: Mon, 7 Feb 1994 21:52:25 -0800 (PST)\r\n", b"Date: Mon, 7 Feb 1994 21:52:25 -0800 (PST)\r\n"),
        (b"Content-Type: text/html; charset=\"utf-8\"\r\n", b"Content-Type: text/html; charset=\"utf-8\"\r\n"),
        (b"Content-Type: text/plain;\r\n name=a.txt\r\n", b"Content-Type: text/plain;\r\n name="),
        (b"content-disposition: attachment; filename*=utf-8''%C3%BC\r\n",
         b"content-disposition: attachment; filename*=utf-8''%"),
    ],
)  # fmt: skip
def test_fields_keep_what_is_of_mime(octets: bytes, same: bytes) -> None:
    said = made(octets, header=True)
    assert said.startswith(same)
    assert len(said) == len(octets)


def test_names_of_files_are_not_kept_even_if_they_are_words_of_mime() -> None:
    assert b"text" not in made(b"Content-Type: text/plain; name=text.pdf\r\n")[20:]
    assert b"Jane" not in made(b"Jane: x\r\n", header=True)
    assert b"Feb" not in made(b"Subject: 7 Feb 1994\r\n")


def test_the_border_of_parts_is_the_same_in_the_header_and_the_body() -> None:
    said = made(b'Content-Type: multipart/mixed; boundary="jane_1"\r\n\r\n--jane_1\r\n\r\nx\r\n--jane_1--\r\n')
    border = said.split(b'"')[1]
    assert border != b"jane_1"
    assert said.endswith(b"--" + border + b"\r\n\r\nx\r\n--" + border + b"--\r\n")


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"Dear Jane,\r\n12 a=b\n", b"Xxxx Xxxx,\r\n00 x=x\n"),
        (b"a=C3=BCb=\r\n", b"x=C3=A1x=\r\n"),
        (b"=4A=61ne\r\n", b"=58=78xx\r\n"),
        (b"J\0a\0n\0e\0:\0 \0\r\0\n\0", b"x\0x\0x\0x\0x\0x\0\r\0\n\0"),
        (b"\x1b$BF|K\\\x1b(B\r\n", b"xxxxxxxxxx\r\n"),
        (b"!" * 45 + b"\n", b"x" * 45 + b"\n"),
        (b"\xfcber\r\n", b"\xffxxx\r\n"),
    ],
)
def test_text_is_blotted(octets: bytes, said: bytes) -> None:
    assert made(octets, header=False) == said


def test_base64_says_nothing_and_stays_base64() -> None:
    text = "Dear Jürgen,\r\nmeet me\r\n".encode()
    said = made(b64encode(text) + b"\r\n", header=False)
    assert b64decode(said) == "Xxxx Xáxxxx,\r\nxxxx xx\r\n".encode()
    binary = bytes(range(250))
    assert b64decode(made(b64encode(binary) + b"\r\n", header=False)) == b"x" * 250
    lines = b"\r\n".join(b64encode(text * 9)[at : at + 76] for at in range(0, 280, 76)) + b"\r\n"
    assert [len(one) for one in made(lines, header=False).split()] == [len(one) for one in lines.split()]


def test_a_short_line_is_base64_if_the_header_says_so() -> None:
    assert b64decode(made(b"Content-Transfer-Encoding: base64\r\n\r\nSmFu\r\n").split()[-1]) == b"Xxx"


def test_it_goes_on_in_the_next_block() -> None:
    lines = [
        b"Subject: Jane\r\n",
        b" Jane\r\n",
        b"\r\n",
        b"Jane\r\n",
        b"--x\r\n",
        b"Subject: Jane\r\n",
        b"\r\n",
        b"Jane\r\n",
    ]
    assert made(*lines) == made(b"".join(lines))
