"""The tests' own identity provider is as strict as the RFCs: what is asked wrongly is an error."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from .identity import CLIENT, DEVICE_GRANT, Form, Provider, Wrong

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "response_type": "code", "client_id": CLIENT, "redirect_uri": "http://127.0.0.1:49152", "scope": "mail",
    "state": "s" * 20, "code_challenge": CHALLENGE, "code_challenge_method": "S256",
}  # fmt: skip


@pytest.fixture
def provider() -> Provider:
    one = Provider(clock=lambda: 0.0)
    one.url = "http://idp.example"
    return one


def consent(provider: Provider, **changed: str) -> Form:
    """What the browser is sent back with."""
    asked = {name: value for name, value in {**ASKED, **changed}.items() if value}
    query = urlsplit(provider.consent(f"{provider.url}/authorize?{urlencode(asked)}")).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def refused(provider: Provider, **form: str) -> str:
    with pytest.raises(Wrong) as caught:
        provider.answer("/token", {"client_id": CLIENT, **form})
    return str(caught.value)


@pytest.mark.parametrize(
    "changed",
    [{"code_challenge": ""}, {"code_challenge_method": "plain"}, {"response_type": "token"}, {"state": "short"}],
    ids=str,
)
def test_a_browser_without_pkce_or_state_gets_no_code(provider: Provider, changed: Form) -> None:
    assert consent(provider, **changed)["error"] == "invalid_request"


@pytest.mark.parametrize("uri", ["https://evil.example/", "http://127.0.0.1.evil.example:1/", "http://127.0.0.1/"])
def test_a_browser_is_sent_to_this_machine_alone(provider: Provider, uri: str) -> None:
    with pytest.raises(Wrong):
        consent(provider, redirect_uri=uri)


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": "v"},
        {"code_verifier": ""},
        {"redirect_uri": "http://127.0.0.1:1"},
    ],
    ids=str,
)
def test_a_code_is_good_once_and_with_its_verifier(provider: Provider, changed: Form) -> None:
    def exchanged(**more: str) -> Form:
        return {"grant_type": "authorization_code", "code_verifier": VERIFIER,
                "redirect_uri": ASKED["redirect_uri"], "code": consent(provider)["code"], **more}  # fmt: skip

    assert refused(provider, **exchanged(**changed)) == "invalid_grant"
    form = exchanged()
    assert provider.answer("/token", {"client_id": CLIENT, **form})["token_type"] == "Bearer"
    assert refused(provider, **form) == "invalid_grant"


def test_a_device_that_asks_too_often_is_slowed_down(provider: Provider) -> None:
    now = [0.0]
    provider.clock = lambda: now[0]
    begun = provider.answer("/device", {"client_id": CLIENT})
    form = {"grant_type": DEVICE_GRANT, "device_code": begun["device_code"]}
    assert refused(provider, **form) == "authorization_pending"
    assert refused(provider, **form) == "slow_down"
    now[0] = 2.0  # the interval is 6 seconds now
    assert refused(provider, **form) == "slow_down"
    now[0] = 14.0
    assert refused(provider, **form) == "authorization_pending"
    now[0] = 601.0
    assert refused(provider, **form) == "expired_token"


def test_a_refresh_token_that_is_used_twice_ends_all(provider: Provider) -> None:
    form = {"grant_type": "authorization_code", "code_verifier": VERIFIER, "redirect_uri": ASKED["redirect_uri"]}
    first = provider.answer("/token", {"client_id": CLIENT, **form, "code": consent(provider)["code"]})
    again = {"client_id": CLIENT, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = provider.answer("/token", again)
    assert second["access_token"] != first["access_token"]
    assert refused(provider, **again) == "invalid_grant"
    assert refused(provider, **{**again, "refresh_token": second["refresh_token"]}) == "invalid_grant"


def test_only_the_client_gets_anything() -> None:
    provider = Provider("s3cret")
    for form in ({}, {"client_id": "other"}, {"client_id": CLIENT, "client_secret": "x"}):
        with pytest.raises(Wrong, match="invalid_client"):
            provider.answer("/device", form)


def test_a_form_is_a_form_and_has_each_field_once(provider: Provider) -> None:
    for kind, body in (("application/json", "{}"), ("application/x-www-form-urlencoded", "client_id=a&client_id=b")):
        answer = provider.serve("/token", kind, body)
        assert answer is not None
        assert b"400 X" in answer
        assert b"invalid_request" in answer
