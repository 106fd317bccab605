"""What a provider gives, and what of it is not taken."""

from __future__ import annotations

import json
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from imapsh.errors import LoginError
from imapsh.shell.settings.passwords.oauth import grants
from imapsh.shell.settings.passwords.oauth.grants import Tokens
from imapsh.shell.settings.passwords.oauth.providers import Provider as Wanted
from imapsh.shell.settings.passwords.password import Kept
from tests.servers.base import package
from tests.servers.identity import CLIENT, Fault, Provider, reply, running

OLD = Tokens(Kept("access"), Kept("refresh"), 0.0)
DEVICE: dict[str, Any] = {
    "device_code": "secret", "user_code": "ABCD", "verification_uri": "https://idp.example/go", "expires_in": 60,
}  # fmt: skip


@pytest.fixture
def provider() -> Iterator[Provider]:
    package("oauthlib")
    with running(Provider()) as one:
        yield one


def wanted(provider: Provider) -> Wanted:
    return Wanted(
        "company", CLIENT, None, "mail", f"{provider.url}/authorize", f"{provider.url}/device", f"{provider.url}/token"
    )


def given(provider: Provider, path: str, said: dict[str, Any], status: int = 200) -> Wanted:
    provider.faults[path] = [Fault(reply(status, json.dumps(said).encode()))]
    return wanted(provider)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"verification_uri": "javascript:alert(1)"}, "must begin with https://"),
        ({"verification_uri": "http://idp.example/go"}, "must begin with https://"),
        ({"verification_uri": "https://idp.example/\x1b]0;x\x07"}, "has characters that no address has"),
        ({"verification_uri": "https://idp.example/ rm"}, "has characters that no address has"),
        ({"verification_uri": "https://xn.example/\u202e"}, "has characters that no address has"),
        ({"verification_uri": "https://google.com@evil.example/"}, "must not have a user or a password"),
        ({"verification_uri": "https://"}, "must begin with https://"),
        ({"verification_uri": "https://h:99999999/"}, "Port out of range"),
        ({"verification_uri": ["https://idp.example"]}, "is none"),
        ({"verification_uri": "https://idp.example/" + "x" * 3000}, "is none"),
        ({"verification_uri": None}, "is none"),
        ({"verification_uri_complete": "file:///etc/passwd"}, "must begin with https://"),
        ({"user_code": "AB\nCD"}, "no code that could be typed"),
        ({"user_code": "\x1b[2J"}, "no code that could be typed"),
        ({"user_code": ""}, "no code that could be typed"),
        ({"user_code": "X" * 65}, "no code that could be typed"),
        ({"user_code": 1234}, "no code that could be typed"),
        ({"device_code": None}, "no code that could be typed"),
        ({"device_code": "a b"}, "no code that could be typed"),
        ({"error": "unauthorized_client"}, "does not let this client id log in like that"),
        ({"error": ["x"]}, "refused: no reason"),
    ],
)
def test_a_device_answer_that_lies(provider: Provider, more: dict[str, Any], said: str) -> None:
    with pytest.raises(LoginError) as caught:
        grants.begin_device(given(provider, "/device", {**DEVICE, **more}))
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("more", "seconds", "interval"),
    [
        ({}, 60, 5),
        ({"interval": 0}, 60, 0),
        ({"interval": "7"}, 60, 7),
        ({"interval": -1}, 60, 5),
        ({"interval": "soon"}, 60, 5),
        ({"interval": True}, 60, 5),
        ({"interval": 1e300}, 60, 1800),
        ({"interval": float("nan")}, 60, 5),
        ({"expires_in": 10**400}, 1800, 5),
        ({"expires_in": 86400}, 1800, 5),
        ({"expires_in": None}, 1800, 5),
    ],
)
def test_times_have_limits(provider: Provider, more: dict[str, Any], seconds: float, interval: float) -> None:
    device = grants.begin_device(given(provider, "/device", {**DEVICE, **more}))
    assert (device.seconds, device.interval) == (seconds, interval)


def test_a_device_shows_no_secret(provider: Provider) -> None:
    device = grants.begin_device(given(provider, "/device", DEVICE))
    assert "'secret'" not in repr(device)
    assert device.complete == ""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"refresh_token": "hunter22"}, "without an access_token"),
        ({"access_token": ["hunter22"]}, "an access_token that cannot be a token"),
        ({"access_token": "hunter22 x"}, "an access_token that cannot be a token"),
        ({"access_token": "hunter22\r\nX: y"}, "an access_token that cannot be a token"),
        ({"access_token": ""}, "an access_token that cannot be a token"),
        ({"access_token": "x", "token_type": "mac"}, "a token of another type than Bearer"),
        ({"access_token": "x", "refresh_token": "hunter22\n"}, "a refresh_token that cannot be a token"),
        ({"access_token": "x", "refresh_token": {"a": 1}}, "a refresh_token that cannot be a token"),
        ({"error": "server_error", "error_description": "x" * 5000}, "refused: server_error (" + "x" * 300 + ")"),
        ({"error": "temporarily\x1b[2J"}, "refused: temporarily [2J"),
        ({"error": ""}, "refused: no reason"),
    ],
)
def test_an_answer_without_a_token(provider: Provider, answer: dict[str, Any], said: str) -> None:
    with pytest.raises(LoginError) as caught:
        grants.refresh(given(provider, "/token", answer), OLD)
    assert said in str(caught.value)
    assert "hunter22" not in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("secret", ["refresh/t0ken+x", "cl1ent-secret"])
@pytest.mark.parametrize(
    "spelled", [str, str.upper, lambda text: quote(text, safe=""), lambda text: b64encode(text.encode()).decode()]
)
@pytest.mark.parametrize("field", ["error", "error_description"])
def test_an_error_repeats_no_secret_in_any_spelling(
    provider: Provider, secret: str, spelled: Callable[[str], str], field: str
) -> None:
    told = spelled(secret)
    wanted_one = given(provider, "/token", {"error": "invalid_client", field: f"no {told}!"})
    old = OLD._replace(refresh=Kept("refresh/t0ken+x"))
    with pytest.raises(grants.Refused) as caught:
        grants.refresh(wanted_one._replace(client_secret=Kept("cl1ent-secret")), old)
    assert told not in f"{caught.value}{caught.value.error}{caught.value.args}"
    assert "no ***" in str(caught.value)


@pytest.mark.parametrize(
    ("more", "lasts"),
    [({"expires_in": 100}, 100), ({"expires_in": "100"}, 100), ({"expires_in": 1e300}, 315_360_000), ({}, None)],
)
def test_how_long_a_token_lasts(provider: Provider, more: dict[str, Any], lasts: float | None) -> None:
    before = time.time()
    answer = {"access_token": "x", "token_type": "bearer", "scope": "less than was asked for", **more}
    tokens = grants.refresh(given(provider, "/token", answer), OLD)
    assert tokens.refresh.reveal() == "refresh"
    assert tokens.access.reveal() == "x"
    assert "'x'" not in repr(tokens)
    if lasts is None:
        assert tokens.until == 0
    else:
        assert before + lasts <= tokens.until <= time.time() + lasts


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("code=x&state=other", "was not for the question that was asked"),
        ("state={}", "has no code"),
        ("error=access_denied&state={}", "you did not agree"),
        ("error=%1B%5B2J&error_description=%0Ahunter&state={}", r"refused: \[2J \(hunter\)"),
    ],
)
def test_an_answer_of_the_browser_that_is_none(provider: Provider, query: str, said: str) -> None:
    asked = grants.begin_browser(wanted(provider), "http://127.0.0.1:1", "me")
    with pytest.raises(LoginError, match=said):
        grants.end_browser(wanted(provider), asked, query.format(asked.state))
    assert provider.asked == []


def test_two_requests_have_nothing_in_common(provider: Provider) -> None:
    one, other = (grants.begin_browser(wanted(provider), "http://127.0.0.1:1", "me") for _ in range(2))
    assert one.state != other.state
    assert one.verifier.reveal() != other.verifier.reveal()
    assert one.verifier.reveal() not in one.url
    assert "code_challenge_method=S256" in one.url


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "oauthlib", None)
    monkeypatch.setitem(sys.modules, "oauthlib.oauth2", None)
    with pytest.raises(LoginError, match=r'pip install "imapsh\[oauth\]"'):
        grants.begin_device(Wanted("company", CLIENT))
