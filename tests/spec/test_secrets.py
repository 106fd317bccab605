"""Passwords and SASL responses are masked, rather too much than too little."""

from __future__ import annotations

import pytest

from imapsh.spec import Context
from imapsh.spec.match import match

CONTEXTS = (Context("not-authenticated"), Context("selected"), Context("not-authenticated", tagged=True))


def shown(line: str, context: Context) -> str:
    text = line
    for start, end in match(line, context).secrets:
        text = text[:start] + "*" + text[end:]
    return text


@pytest.mark.parametrize("context", CONTEXTS[:2])
@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("LOGIN fred SECRET", "LOGIN fred *"),
        ("login fred SECRET", "login fred *"),
        ('LOGIN "fred" "SEC RET"', 'LOGIN "fred" *'),
        ('LOGIN "fred" "SEC RE', 'LOGIN "fred" *'),
        ("LOGIN fred SECRET trailing", "LOGIN fred *"),
        ("LOGIN fred  SECRET", "LOGIN fred  *"),
        ("LOGIN  fred SECRET", "LOGIN  fred *"),
        (" LOGIN fred SECRET", " LOGIN fred *"),
        ("a1 LOGIN fred SECRET", "a1 LOGIN fred *"),
        ("a1  LOGIN fred SECRET", "a1  LOGIN fred *"),
        ("* LOGIN fred SECRET", "* LOGIN fred *"),
        ("a b LOGIN fred SECRET", "a b LOGIN fred *"),
        ("LOGIN {4}\r\nfred {6}\r\nSECRET", "LOGIN {4}\r\nfred *"),
        ("LOGIN {4}\r\nf ed SECRET", "LOGIN {4}\r\nf ed *"),
        ("LOGIN fred {6}", "LOGIN fred *"),
        ("LOGIN fred {@SECRET}", "LOGIN fred *"),
        ('LOGIN "fred SECRET', 'LOGIN "fred *'),
        ('LOGIN "fred"SECRET', 'LOGIN "fred"*'),
        ('LOGIN fred"SECRET"', "LOGIN fred*"),
        ("LOGIN fred(SECRET", "LOGIN fred*"),
        ("LOGIN fred\tSECRET", "LOGIN fred\t*"),
        ("LOGIN\tfred\tSECRET", "LOGIN\tfred\t*"),
        ("LOGIN fre%d SECRET", "LOGIN fre%d *"),
        ("LOGIN früd SECRET", "LOGIN früd *"),
        ("LOGIM fred SECRET", "LOGIM fred *"),
        ("LOG fred SECRET", "LOG fred *"),
        ("a1 LOGN fred SECRET", "a1 LOGN fred *"),
        ("LOGIN fred", "LOGIN fred"),
        ("LOGIN", "LOGIN"),
        ("AUTHENTICATE PLAIN U0VDUkVU", "AUTHENTICATE PLAIN *"),
        ("a1 authenticate plain U0VDUkV", "a1 authenticate plain *"),
        ("AUTHENTICATE PLAIN SECRET and more", "AUTHENTICATE PLAIN *"),
        ("AUTH PLAIN U0VDUkVU", "AUTH PLAIN *"),
        ("AUTHENTICATE PLAIN =", "AUTHENTICATE PLAIN *"),
        ("AUTHENTICATE PLAIN", "AUTHENTICATE PLAIN"),
        ("SELECT LOGIN a b", "SELECT LOGIN a b"),
        ("STATUS LOGIN (MESSAGES)", "STATUS LOGIN (MESSAGES)"),
        ("LIST a LOGIN c", "LIST a LOGIN c"),
    ],
)
def test_what_is_masked(line: str, masked: str, context: Context) -> None:
    assert shown(line, context) == masked


def test_every_token_of_a_secret_has_its_role() -> None:
    found = match('a1 LOGIN fred "SEC RET" {3}', CONTEXTS[0])
    roles = {token.text: role for token, role in zip(found.tokens, found.roles, strict=True)}
    assert roles['"SEC RET"'] == "secret"
    assert roles["{3}"] == "secret"


@pytest.mark.parametrize("size", range(len("LOGIN fred SECRET")))
def test_a_server_sees_the_same(size: int) -> None:
    line = "a1 LOGIN fred SECRET"
    typed = line[: len(line) - size]
    assert "S" not in shown(typed, CONTEXTS[2])[len("a1 LOGIN fred") :]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("LOGIN fred SEC(RET", "this may not stand in a password without quotes"),
        ("LOGIN fred S%CRET", "this may not stand in a password without quotes"),
        ("LOGIN fred ß", "this may not stand in a password without quotes"),
        ("LOGIN fred SECRET SECRET2", "nothing more may follow"),
        ('LOGIN "a"SECRET', "a space or the end of the line was expected before this"),
        ("AUTHENTICATE PLAIN %SECRET", "a response in base64, or = for an empty one was expected, not this"),
    ],
)
def test_no_error_message_holds_the_secret(line: str, message: str) -> None:
    (problem,) = match(line, CONTEXTS[0]).errors
    assert problem.message == message


def test_no_repr_holds_the_secret() -> None:
    found = match("LOGIN fred SECRET", CONTEXTS[0])
    assert found.slots[1].value == "SECRET"
    assert "SECRET" not in repr(found)
    assert "SECRET" not in repr(found.pieces)
