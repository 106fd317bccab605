"""PLAIN (RFC 4616)."""

from __future__ import annotations

import pytest

from imapsh.errors import ImapshError, UsageError
from imapsh.sasl.plain import Plain
from imapsh.sasl.table import make


def test_messages() -> None:
    # the two of RFC 4616 section 4
    assert Plain("tim", "tanstaaftanstaaf").step(b"") == b"\0tim\0tanstaaftanstaaf"
    assert Plain("Kurt", "xipj3plmq", "Ursel").step(b"") == b"Ursel\0Kurt\0xipj3plmq"
    assert Plain("jürgen", "pässword").step(b"") == "\0jürgen\0pässword".encode()


def test_it_speaks_first_and_knows_what_is_secret() -> None:
    mechanism = Plain("tim", "tanstaaf")
    assert (mechanism.name, mechanism.initial, mechanism.secrets) == ("PLAIN", True, (b"tanstaaf",))
    assert Plain("demo", "demo").secrets == ()


@pytest.mark.parametrize("words", [("a\0b", "c", ""), ("a", "b\0c", ""), ("a", "b", "c\0d")])
def test_nul(words: tuple[str, str, str]) -> None:
    with pytest.raises(UsageError, match="NUL"):
        Plain(*words)


@pytest.mark.parametrize("name", ["CRAM-MD5", "OAUTHBEARER", "XOAUTH2", "SCRAM-SHA-256", "PLAIN", "EXTERNAL"])
@pytest.mark.parametrize("user", ["ida\1auth=Bearer other\1", "ida\r\nA2 LOGOUT", "ida\x7f"])
def test_a_name_cannot_bring_in_fields_of_its_own(name: str, user: str) -> None:
    with pytest.raises(UsageError, match="control characters"):
        make(name, user, "secret")


def test_it_does_not_answer_for_ever() -> None:
    mechanism = Plain("tim", "tanstaaf")
    mechanism.step(b"")
    mechanism.step(b"")
    with pytest.raises(ImapshError, match="more than PLAIN can answer"):
        mechanism.step(b"")


def test_a_password_that_cannot_be_sent_is_in_no_part_of_the_error() -> None:
    """Python's own error holds the text that it could not encode, and would be the __context__."""
    with pytest.raises(UsageError, match="lone surrogate") as caught:
        Plain("tim", "tanstaaf\ud800")
    assert caught.value.__context__ is None
