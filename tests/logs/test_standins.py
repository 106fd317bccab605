"""Stand-ins have the length and shape of what they stand for, and are the same for the same word."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from imapsh.logs.standins import StandIns, blotted


def stand_ins(key: bytes = b"k") -> StandIns:
    return StandIns({"inbox"}.__contains__, {"ab", "ok"}.__contains__, key)


@given(st.text(max_size=60))
def test_characters_keep_their_kind_and_length(text: str) -> None:
    made = stand_ins().text(text)
    assert len(made) == len(text)
    for old, new in zip(text, made, strict=True):
        if old.isascii():
            assert (old.isdigit(), old.islower(), old.isupper()) == (new.isdigit(), new.islower(), new.isupper())
            assert old.isalnum() or old == new
        assert len(old.encode("utf-8", "surrogatepass")) == len(new.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=60))
def test_what_is_not_utf8_stays_so_at_the_same_octets(octets: bytes) -> None:
    for made in (stand_ins().octets(octets), blotted(octets)):
        assert len(made) == len(octets)
        wrong = [
            [one for one in range(len(said)) if said[one] > 127 and not _valid(said, one)] for said in (octets, made)
        ]
        assert wrong[0] == wrong[1]


def _valid(octets: bytes, at: int) -> bool:
    text = octets.decode("utf-8", "surrogateescape")
    place = 0
    for character in text:
        length = len(character.encode("utf-8", "surrogateescape"))
        if place <= at < place + length:
            return not "\udc80" <= character <= "\udcff"
        place += length
    raise AssertionError(at)


def test_the_same_word_in_another_case_is_the_same_stand_in() -> None:
    one = stand_ins()
    words = [one.word(word) for word in ("jürgen", "Jürgen", "JÜRGEN", "jürgen")]
    assert [word.lower() for word in words] == [words[0]] * 4
    assert (words[1][0].isupper(), words[2].isupper()) == (True, True)
    assert unicodedata.category(words[1][1]) == "Ll"


def test_two_words_have_two_stand_ins_and_none_is_a_word_that_means_something() -> None:
    one = stand_ins()
    words = [a + b for a in "abcdefghij" for b in "klmnopqrst"]
    made = [one.word(word) for word in words]
    assert len(set(made)) == len(words)
    assert not {"ab", "ok", "inbox"} & set(made)
    assert not any(map(str.__eq__, words, made))
    assert one.word("INBOX") == "INBOX"


def test_a_number_keeps_its_first_zero() -> None:
    made = stand_ins().text("0 007 10 4:6")
    assert made[0] == "0"
    assert made[2] == "0"
    assert "0" not in made[6] + made[9] + made[11]


def test_without_a_key_it_is_random() -> None:
    assert len({StandIns(lambda _: False, lambda _: False).word("ottokar") for _ in range(5)}) == 5


def test_mail_is_blotted() -> None:
    assert blotted("Jörg, 12 €: 秘密\r\n".encode()).decode() == "Xáxx, 00 ḃ: 一一\r\n"
