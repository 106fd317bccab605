"""The claims of a token, and texts that are no JSON Web Token."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.sasl.jwt import LONGEST, Claims, claims
from imapsh.sasl.oauthbearer import OAuthBearer
from imapsh.sasl.plain import Plain
from imapsh.sasl.xoauth2 import XOAuth2


def part(value: object) -> str:
    octets = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(octets).decode().rstrip("=")


def token(head: object = None, **said: Any) -> str:
    return f"{part(head or {'alg': 'RS256', 'typ': 'JWT'})}.{part(said)}.c2lnbmF0dXJl"


def test_claims() -> None:
    made = token(
        iss="https://id.example", aud="imap", scp="imap.read imap.write", upn="ida@example", nbf=1, iat=2, exp=3.5
    )
    assert claims(made) == Claims(
        "https://id.example", ("imap",), ("imap.read", "imap.write"), "ida@example", 1, 3.5, 2
    )  # fmt: skip


def test_lists_and_other_names() -> None:
    found = claims(token(aud=["a", 5, "b"], scope=["x", "y"], sub="someone"))
    assert found == Claims("", ("a", "b"), ("x", "y"), "someone")


def test_claims_that_are_not_what_they_should_be() -> None:
    made = token(iss=5, aud={"a": 1}, scope=True, exp="tomorrow", nbf=True, iat=1e300, sub=["x"])
    assert claims(made) == Claims()
    assert claims(token(exp=-5, aud=["x"] * 1000, iss="y" * 10_000)) == Claims("y" * 500, ("x",) * 50)


@pytest.mark.parametrize(
    "text",
    [
        "ya29.opaque",
        "a.b.c",
        "",
        "..",
        f"{part({'typ': 'JWT'})}.{part({})}.x",
        f"{part({'alg': 'none'})}.{part([1])}.x",
        f"{part({'alg': 'none'})}.{part(b'[' * 9000)}.x",
        f"{part({'alg': 'none'})}.{part(bytes([255]))}.x",
        f"{part({'alg': 'none'})}.%%%.x",
        token(iss="x" * LONGEST),
    ],
)
def test_what_is_no_token_of_that_kind(text: str) -> None:
    assert claims(text) is None


@given(st.text())
def test_any_text(text: str) -> None:
    assert claims(f"{part({'alg': 'x'})}.{text}.y") is None or "." not in text


def test_mechanisms_know_their_tokens_claims_and_the_refusal() -> None:
    for made in (XOAuth2("ida", token(exp=5)), OAuthBearer("ida", token(exp=5))):
        assert made.claims == Claims(ends=5)
        made.step(b"")
        made.step(b'{"status":"invalid_token","scope":"imap \\u001b[2J","other":1,"schemes":["x"]}')
        assert made.refusal == {"status": "invalid_token", "scope": "imap [2J"}
    assert XOAuth2("ida", "opaque").claims is None
    assert Plain("ida", "secret").claims is None


def test_a_token_in_the_servers_word_is_masked() -> None:
    made = XOAuth2("ida", "opaque-token")
    made.veil = lambda text: text.replace("opaque-token", "***")
    made.step(b"")
    made.step(b'{"status":"opaque-token is bad"}')
    assert made.refusal == {"status": "*** is bad"}
