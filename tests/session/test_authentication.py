"""How AUTHENTICATE begins and goes on, apart from any session; whole dialogues are in `tests/sasl`."""

from __future__ import annotations

from base64 import b64encode

import pytest

from imapsh.sasl.login import Login
from imapsh.sasl.plain import Plain
from imapsh.sasl.scram import Scram
from imapsh.session import authentication
from imapsh.session.exchange import Secret
from imapsh.session.secrets import Secrets


@pytest.mark.parametrize(
    ("capabilities", "at_once"), [((), False), (("SASL-IR",), True), (("IMAP4REV2",), True), (("IDLE",), False)]
)
def test_the_first_response_goes_along_where_it_may(capabilities: tuple[str, ...], at_once: bool) -> None:
    secrets = Secrets()
    exchange = authentication.begin(Plain("ann", "s3cret"), "A1", capabilities, secrets)
    first = Secret(b64encode(b"\0ann\0s3cret"))
    assert exchange.fragments == [b"A1 AUTHENTICATE PLAIN", *([b" ", first] if at_once else [])]
    assert (exchange.tag, exchange.name) == ("A1", "AUTHENTICATE")
    assert secrets.mask(b"so s3cret") == b"so ******"


def test_an_answer_is_coded_and_known_as_a_secret() -> None:
    secrets, mechanism = Secrets(), Login("ann", "s3cret")
    authentication.begin(mechanism, "A1", (), secrets)
    answers = [authentication.answer(mechanism, b64encode(text).decode(), secrets) for text in (b"User", b"Password")]
    assert answers == [b64encode(b"ann"), b64encode(b"s3cret")]
    assert secrets.mask(answers[1]) == b"*" * len(answers[1])


def test_a_mechanism_that_gives_up_cancels_and_says_why() -> None:
    secrets, mechanism = Secrets(), Scram("ann", "s3cret", "SCRAM-SHA-256")
    authentication.begin(mechanism, "A1", ("SASL-IR",), secrets)
    assert authentication.answer(mechanism, "no base64!", secrets) == authentication.CANCEL
    assert mechanism.said
    assert "s3cret" not in mechanism.said
