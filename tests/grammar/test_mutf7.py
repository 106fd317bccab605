"""Modified UTF-7 (RFC 3501 section 5.1.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar import mutf7

NAMES = [
    ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
    ("R&D", "R&-D"),
    ("&é", "&-&AOk-"),
    ("é&é", "&AOk-&-&AOk-"),
    ("\U0001f600", "&2D3eAA-"),
    ("a\tb", "a&AAk-b"),
    ("", ""),
]


@pytest.mark.parametrize(("name", "coded"), NAMES)
def test_known_names(name: str, coded: str) -> None:
    assert mutf7.encode(name) == coded
    assert mutf7.decode(coded) == name


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_decoding_undoes_encoding(name: str) -> None:
    coded = mutf7.encode(name)
    assert all(" " <= character <= "~" for character in coded)
    assert mutf7.decode(coded) == name


_printable = st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")


@given(st.text(_printable) | st.text("&-,/+AZaz09 =é"))
def test_a_lenient_reading_never_raises_and_a_good_one_is_the_only_spelling(coded: str) -> None:
    name, faults = mutf7.decode_leniently(coded)
    if not faults:
        assert mutf7.encode(name) == coded


@pytest.mark.parametrize("coded", ["&", "&AOk", "&AGE-", "&2D0-", "&!!-", "&AOk-&AOk-", "é", "&AO-", "&AOk=-", "R&D"])
def test_what_is_no_modified_utf7(coded: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        mutf7.decode(coded)


def test_a_lone_surrogate_has_no_code() -> None:
    with pytest.raises(UnicodeEncodeError):
        mutf7.encode("a\ud800")
