"""Words are replaced where they are encoded, and stay encoded in as many octets."""

from __future__ import annotations

from email.header import decode_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar import mutf7
from imapsh.logs.coded import filled, replaced
from imapsh.logs.standins import StandIns


def made(octets: bytes) -> bytes:
    return replaced(octets, StandIns(lambda _: False, lambda _: False, b"k"))


@pytest.mark.parametrize(
    "word",
    [
        b"=?utf-8?B?SsO8cmdlbg==?=", b"=?UTF-8*de?b?SsO8cmdlbg?=", b"=?iso-8859-1?Q?J=FCrgen_M?=",
        b"=?koi8-r?B?8NLBxMXE?=", b"=?utf-8?q?=D0=9f_x?=", b"=?windows-1252?Q?J=FCrgen=2E?=", b"=?us-ascii?Q?Jane?=",
    ],
)  # fmt: skip
def test_encoded_words_keep_their_character_set_and_validity(word: bytes) -> None:
    said = made(b"a " + word + b" b")
    assert len(said) == len(word) + 4
    assert said[2 : 2 + word.rindex(b"?", 0, -2)] == word[: word.rindex(b"?", 0, -2)]
    ((before, charset),) = decode_header(word.replace(b"*de", b"").decode())
    ((after, again),) = decode_header(said[2:-2].replace(b"*de", b"").decode())
    assert (charset, len(before)) == (again, len(after))
    assert isinstance(after, bytes)
    assert after.decode(charset or "ascii") != before


@pytest.mark.parametrize(
    "word",
    [
        b"=?x-nobody?B?SsO8cmdlbg==?=", b"=?x-nobody?Q?J=FCrgen?=", b"=?utf-8?B?J?=", b"=?utf-8?B?!!!?=",
        b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", b"=?utf-8?Q?=FC?=", b"=?utf-8?B??=", b"=?utf-8?Q??=", b"=?a?B?=?B?x?=",
    ],
)  # fmt: skip
def test_what_cannot_be_decoded_keeps_its_length_and_frame(word: bytes) -> None:
    said = made(word)
    assert len(said) == len(word)
    assert (said[:2], said[-2:]) == (word[:2], word[-2:])


@given(st.text(max_size=20))
def test_modified_utf7_stays_valid(name: str) -> None:
    octets = mutf7.encode(name).encode()
    said = made(octets).decode()
    assert len(said) == len(octets)
    assert mutf7.encode(mutf7.decode_leniently(said)[0]) == said


@given(st.binary(max_size=80))
def test_any_octets_keep_their_length(octets: bytes) -> None:
    assert len(made(octets)) == len(octets)


def test_percent_keeps_its_form() -> None:
    assert made(b"%C3%BC %c3%bc") == made(b"%C3%BC").upper() + b" " + made(b"%C3%BC").lower()


@pytest.mark.parametrize("coded", [b"", b"QQ==", b"QUI=", b"QUJD", b"QUJDRA==\r\nQQ", b"Q"])
def test_filled_base64_has_the_same_other_characters(coded: bytes) -> None:
    assert len(filled(coded)) == len(coded)
    assert filled(coded).strip(b"xeHh4Ag") == coded.strip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@pytest.mark.parametrize("name", ["s&ved-messages", "&AOR-", "&AB-", "&A-", "&AOQA-", "&ved-x", "&AOQAQh-"])
def test_faulty_modified_utf7_stays_faulty_whatever_the_stand_ins_are(name: str) -> None:
    """`ved` could get letters that happen to be right."""
    _, wrong = mutf7.decode_leniently(name)
    assert wrong
    for number in range(100):
        said = replaced(name.encode(), StandIns(lambda _: False, lambda _: False, b"%d" % number))
        assert len(said) == len(name)
        assert mutf7.decode_leniently(said.decode())[1]
