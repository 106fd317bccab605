"""Mechanisms without a password: tokens, certificates, tickets, nobody."""

from __future__ import annotations

import pytest

from imapsh.errors import LoginError, UsageError
from imapsh.sasl.anonymous import Anonymous
from imapsh.sasl.external import External
from imapsh.sasl.mechanism import Mechanism
from imapsh.sasl.oauthbearer import OAuthBearer
from imapsh.sasl.xoauth2 import XOAuth2

TOKEN = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="
REFUSAL = b"""{"status":"invalid_token","scope":"example_scope",
"openid-configuration":"https://example.com/.well-known/openid-config"}"""


def test_oauthbearer() -> None:
    # RFC 7628 section 4.1
    mechanism = OAuthBearer("user@example.com", TOKEN, host="server.example.com", port=143)
    expected = f"n,a=user@example.com,\1host=server.example.com\1port=143\1auth=Bearer {TOKEN}\1\1"
    assert mechanism.initial
    assert mechanism.step(b"") == expected.encode()


def test_a_refusal_is_read() -> None:
    # RFC 7628 section 4.3
    mechanism = OAuthBearer("user@example.com", TOKEN)
    mechanism.step(b"")
    assert mechanism.step(REFUSAL) == b"\1"
    assert mechanism.said == (
        "status invalid_token, scope example_scope, openid-configuration https://example.com/.well-known/openid-config"
    )
    with pytest.raises(LoginError):
        mechanism.step(REFUSAL)


def test_xoauth2() -> None:
    mechanism = XOAuth2("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")
    expected = b"user=someuser@example.com\1auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\1\1"
    assert mechanism.step(b"") == expected
    assert mechanism.step(b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}') == b""
    assert mechanism.said == "status 400, schemes Bearer, scope https://mail.google.com/"


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (b"not \x1b[31m JSON\r\n", "not [31m JSON"),
        (b"\xff", "\ufffd"),
        (b"[1]", "[1]"),
        (b'{"status": ["x"], "scope": 5}', "scope 5"),
        (b"[" * 100_000, "[" * 500),
    ],
)
def test_a_refusal_that_is_odd(refusal: bytes, said: str) -> None:
    mechanism = XOAuth2("u", "token")
    mechanism.step(b"")
    mechanism.step(refusal)
    assert mechanism.said == said


@pytest.mark.parametrize("refusal", [b"", b"{}", b'{"status":""}'])
def test_a_refusal_that_says_nothing(refusal: bytes) -> None:
    mechanism = XOAuth2("u", "token")
    mechanism.step(b"")
    with pytest.raises(LoginError, match="more than the token"):
        mechanism.step(refusal)


@pytest.mark.parametrize("token", ["", "two words", "a\1b", "tökén"])
def test_what_is_no_token(token: str) -> None:
    for kind in (XOAuth2, OAuthBearer):
        with pytest.raises(UsageError) as raised:
            kind("u", token)
        assert not token or token not in str(raised.value)


def test_names_in_the_gs2_header_are_escaped() -> None:
    assert OAuthBearer("a=b,c", "token").step(b"").startswith(b"n,a=a=3Db=2Cc,\1")


def test_anonymous() -> None:
    # RFC 2245 section 3
    assert Anonymous("sirhc").step(b"") == b"sirhc"
    assert Anonymous().step(b"") == b""
    with pytest.raises(UsageError, match="255"):
        Anonymous("x" * 256)


def test_external() -> None:
    # RFC 4422 appendix A
    assert External().step(b"") == b""
    assert External("fred@example.com").step(b"") == b"fred@example.com"
    assert External("fred", authorize="joe").step(b"") == b"joe"


@pytest.mark.parametrize("mechanism", [XOAuth2("joe", "token5"), OAuthBearer("joe", "token5")])
def test_no_token_is_shown(mechanism: Mechanism) -> None:
    assert "token5" not in repr(mechanism)
    assert mechanism.secrets == (b"token5",)
    assert mechanism.public == (b"joe",)
