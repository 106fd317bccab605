"""Passwords and SASL responses are masked, rather too much than too little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.table import Context
from imapsh.typed import secrets
from imapsh.typed.match import match

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
        ('"LOGIN" fred SECRET', '"LOGIN" fred *'),
        ('a1 "LOGIN" fred SECRET', 'a1 "LOGIN" fred *'),
        ('"LOGIN" "fred" "SECRET SECRET"', '"LOGIN" "fred" *'),
        ('"LOGIN fred" SECRET', '"LOGIN fred" *'),
        ('"LOGIN fred SECRET', '"LOGIN fred *'),
        ('"a1 LOGIN fred SECRET"', '"a1 LOGIN fred *'),
        ("NOOP LOGIN fred SECRET", "NOOP LOGIN fred *"),
        ('CAPABILITY "LOGIN" fred SECRET', 'CAPABILITY "LOGIN" fred *'),
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


PLAIN, TOKEN = "AGlkYQBzZWNyZXQ=", "dXNlcj1pZGEBYXV0aD1CZWFyZXIgdG9rZW4BAQ=="  # ida's: \0ida\0secret; auth=Bearer token


@pytest.mark.parametrize("context", CONTEXTS[:2])
@pytest.mark.parametrize(
    ("line", "masked"),
    [
        (r"\connect imap://ida:secret@host", r"\connect imap://ida:*@host"),
        (r"\connect -n two imaps://ida:secret@host:993/INBOX", r"\connect -n two imaps://ida:*@host:993/INBOX"),
        (r"\connect imap://ida:s@c:r/et@host", r"\connect imap://ida:*@host"),
        (r"\connect imap://ida:my secret@host", r"\connect imap://ida:*@host"),
        (r"\connect imap://ida;AUTH=PLAIN:secret@host", r"\connect imap://ida;AUTH=PLAIN:*@host"),
        (r"\connect imap://ida%3Asecret@host", r"\connect imap://ida%3A*@host"),
        (r"\connect imap://ida:se%63ret@[::1]:143/x", r"\connect imap://ida:*@[::1]:143/x"),
        (r"\connect ida:secret@host", r"\connect ida:*@host"),
        (r"\connect ida:secr", r"\connect ida:*"),
        (r"\connect imap://ida:secr", r"\connect imap://ida:*"),
        (r"\conect ida:secret@host", r"\conect ida:*@host"),
        ("connect imap://ida:secret@host", "connect imap://ida:*@host"),
        ("a1 connect ida:secret@host", "a1 connect ida:*@host"),
        ("imapsh imap://ida:secret@host", "imapsh imap://ida:*@host"),
        ("imap://ida:secret@host", "imap://ida:*@host"),
        ("CREATE imap://ida:secret@host", "CREATE imap://ida:*@host"),
        ('SEARCH TEXT "http://ida:secret@host/"', 'SEARCH TEXT "http://ida:*@host/"'),
        (r"\help imap://a:b@c imap://d:e@f", r"\help imap://a:*@f"),
        (r"\connect imap://ida@host:143/INBOX", None),
        (r"\connect host:143", None),
        (r"\connect imap://host:143", None),
        (r"\connect ida@[::1]:143", None),
        (r"\connect exec:ssh -p 22 ida@host imapd", None),
        (r"\connect unix:/run/imap", None),
        (r"\save 1:3 mbox:ida@host", None),
        ('SEARCH TEXT "http://host:80/" FROM ida@host', None),
        ("SEARCH FROM a:b@c", None),
        ("APPEND x {20}\r\nimap://ida:secret@ho", None),
    ],
)
def test_a6_the_password_of_an_address_is_masked(line: str, masked: str | None, context: Context) -> None:
    assert shown(line, context) == (masked or line)


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        (PLAIN, "*"), (PLAIN.rstrip("="), "*"), (PLAIN[:8], "*"), (TOKEN, "*"), (f"a1 {PLAIN}", "a1 *"),
        (f"NOOP {PLAIN}", "NOOP *"), (f'SELECT "{TOKEN}"', 'SELECT "*"'), (f"AUTHENTICATE {PLAIN}", "AUTHENTICATE *"),
        ("c2VjcmV0LXdvcmQ=", "*"), (r"\login fred SECRET", r"\login fred *"),
        ("SELECTED", None), ("FETCHALL", None), ("UNAUTHENTICATE", None), ("AUTHENTICATE ANONYMOUS", None),
        ("AAAAAAAA", None), ("a1 c2VjcmV0LXdvcmQ= x", None), (f"APPEND x {{16}}\r\n{PLAIN}", None),
    ],
)  # fmt: skip
def test_e13_credentials_are_masked_wherever_they_stand(line: str, masked: str | None) -> None:
    assert shown(line, CONTEXTS[0]) == (masked or line)


@pytest.mark.parametrize("line", ["x" * 200_000 + "://" * 50_000, "a:" * 200_000 + "@", "AG" * 200_000, "[" * 100_000])
@pytest.mark.slow
def test_a_long_line_is_looked_through_once(line: str) -> None:
    assert all(start < end for start, end in match(line).secrets)


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
        ("LOGIN fred SEC(RET", "this is not allowed in a password without quotes"),
        ("LOGIN fred S%CRET", "this is not allowed in a password without quotes"),
        ("LOGIN fred ß", "this is not allowed in a password without quotes"),
        ("LOGIN fred SECRET SECRET2", "nothing more may follow"),
        ('LOGIN "a"SECRET', "expected a space before this"),
        ("AUTHENTICATE PLAIN %SECRET", "expected a response in base64, or = for an empty one, not this"),
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


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ('URLFETCH "imap://a@b/c/;UID=1;URLAUTH=anonymous:INTERNAL:91354a47" x', None),
        ("URLFETCH (imap://a@b/c/;uid=1;urlauth=user+a:x:91354a47 BODY)", None),
        ("a1 urlfetch imap://a@b/c/;uid=1;urlauth=user+a:x:91354a47", None),
        ("URLFTCH imap://a@b/c/;uid=1;urlauth=user+a:x:91354a47", None),
        ('APPEND x CATENATE (URL "/c/;uid=1;urlauth=user+a:x:91354a47")', None),
        ("URLFETCH {46}\r\nimap://a@b/c/;uid=1;urlauth=user+a:internal:91 x", "URLFETCH * x"),
        ("GENURLAUTH imap://a@b/c/;uid=1;urlauth=user+a INTERNAL", "="),
        ("URLFETCH imap://a@b/c/;uid=1;urlauth=user+a:internal", "="),
    ],
)
def test_the_token_of_an_authorized_url(line: str, masked: str | None) -> None:
    wanted = line.replace("91354a47", "*") if masked is None else line if masked == "=" else masked
    assert shown(line, Context("selected")) == wanted


_PLAIN = "dGVzdAB0ZXN0AHRlc3Q="  # PLAIN's credentials
_TOKEN = "imap://joe@h/INBOX/;uid=20;urlauth=submit+fred:internal:91354a473744909de610943775f92038"
_PARTS = ["SEARCH", "FROM", _PLAIN, f'"{_PLAIN}"', f'""{_PLAIN}', f"x{_PLAIN}", f"({_PLAIN}", _PLAIN[:14], _TOKEN,
          "http://u:p@h", "UNANSWERED", '"', "{3}\r\n", "{60}\n", "\t", ";", " ", " ", "("]  # fmt: skip


@given(st.lists(st.sampled_from(_PARTS), max_size=8), st.sampled_from(["SEARCH FROM ", "FETCH ", "SELECT "]))
def test_a_line_that_looks_plain_holds_no_secret(parts: list[str], command: str) -> None:
    found = match(command + "".join(parts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "is_plain", lambda text: False)
        assert match(found.text).secrets == found.secrets
