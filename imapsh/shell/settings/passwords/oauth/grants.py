"""The grants by which a provider gives tokens: a code typed on another device, a browser, a refresh token.

RFC 8628 (device authorization grant), RFC 6749 section 4.1 with RFC 7636 (authorization code with PKCE, for which RFC
8252 has the rules of native programs), RFC 6749 section 6 (refresh).  The package oauthlib, an extra, makes the
requests and judges the answers; nothing else imports it.
"""

from __future__ import annotations

import json
import math
import re
import time
from typing import Any
from urllib.parse import urlencode

from imapsh.errors import LoginError
from imapsh.session.secrets import Secrets
from imapsh.shell.settings.passwords.oauth import providers
from imapsh.shell.settings.passwords.oauth.endpoint import post
from imapsh.shell.settings.passwords.oauth.providers import Provider
from imapsh.shell.settings.passwords.password import Kept
from imapsh.tuples import NamedTuple

INTERVAL = 5.0  #: seconds between two requests where none are given, and what slow_down adds (RFC 8628 section 3.5)
LONGEST = 1800.0  #: seconds that a person may take, whatever the provider allows
PENDING, SLOW_DOWN = "authorization_pending", "slow_down"

HOW_TO_INSTALL = 'pip install "imapsh[oauth]"'

_TOKEN = re.compile(r"[!-~]{1,65536}")
_CODE = re.compile(r"[!-~]([ -~]{0,62}[!-~])?")  # what a person types
_LONGEST_URL = 2048
_EXPLAINED = 300  # characters of an explanation
_LASTS = 10 * 365 * 86400  # seconds that nothing lasts longer than


class Refused(LoginError):
    """The provider answered with an error; `error` is its code (RFC 6749 section 5.2, RFC 8628 section 3.5)."""

    def __init__(self, message: str, error: str) -> None:
        super().__init__(message)
        self.error = error


class Tokens(NamedTuple):
    """What a provider gave.  `until` is in seconds since 1970, 0 if it is not known; `refresh` may be empty."""

    access: Kept
    refresh: Kept
    until: float


class Device(NamedTuple):
    """A device authorization that waits for the person (RFC 8628 section 3.2).

    `uri` is where the person types `code`; `complete`, where there is one, has the code in it.  `seconds` is how long
    it lasts, and `interval` the seconds between two requests.
    """

    secret: Kept
    code: str
    uri: str
    complete: str
    seconds: float
    interval: float


class Asked(NamedTuple):
    """An authorization request that a browser makes: its address, and what the answer is checked with."""

    url: str
    redirect: str
    state: str
    verifier: Kept


def available() -> None:
    """Raise LoginError if the package is not there."""
    try:
        import oauthlib.oauth2  # noqa: F401
    except ImportError:
        raise LoginError(f"--oauth needs the package oauthlib, which is not installed: {HOW_TO_INSTALL}") from None


# -- on another device


def begin_device(provider: Provider) -> Device:
    """Ask for a code that the person types elsewhere (RFC 8628 section 3.1).  Raises LoginError."""
    available()
    form = {"client_id": provider.client_id, "scope": provider.scope}
    said = post(provider.name, provider.device, urlencode({**_filled(form), **_secret(provider)}), proxy=provider.proxy)
    if "error" in said:
        raise _refused(provider, said)
    secret, code = said.get("device_code"), said.get("user_code")
    # Google wrote verification_url before there was an RFC, and some followed.
    uri, complete = said.get("verification_uri", said.get("verification_url")), said.get("verification_uri_complete")
    if not (isinstance(secret, str) and _TOKEN.fullmatch(secret) and isinstance(code, str) and _CODE.fullmatch(code)):
        raise LoginError(f"the provider {provider.name} gave no code that could be typed: check the device-endpoint")
    seconds = _seconds(said.get("expires_in")) or LONGEST
    interval = _seconds(said.get("interval"))
    return Device(
        Kept(secret),
        code,
        _address(provider, uri),
        _address(provider, complete) if complete else "",
        min(seconds, LONGEST),
        INTERVAL if interval is None else min(interval, LONGEST),
    )


def poll_device(provider: Provider, device: Device) -> Tokens:
    """Return the tokens, once the person has agreed (RFC 8628 section 3.4).

    Raises Refused, with the error PENDING or SLOW_DOWN if it is to be asked again, LoginError, and Unreachable.
    """
    from oauthlib.oauth2 import DeviceClient

    client = DeviceClient(provider.client_id)
    body = client.prepare_request_body(device.secret.reveal(), include_client_id=True, **_secret(provider))
    return _tokens(provider, body, device.secret)


def _address(provider: Provider, uri: object) -> str:
    """Return an address that a person may be sent to.  Raises LoginError."""
    try:
        if not isinstance(uri, str) or len(uri) > _LONGEST_URL:
            raise ValueError("is none")
        return providers.split(uri).geturl()
    except ValueError as error:
        raise LoginError(
            f"the provider {provider.name} wants you to open an address that {error}; nothing was opened"
        ) from None


# -- in a browser


def begin_browser(provider: Provider, redirect: str, user: str) -> Asked:
    """Make the request for the browser, with a state and an S256 challenge (RFC 7636 section 4.3).

    Raises LoginError if the package is missing.
    """
    available()
    import secrets

    from oauthlib.oauth2 import WebApplicationClient

    client = WebApplicationClient(provider.client_id)
    state, verifier = secrets.token_urlsafe(32), client.create_code_verifier(64)
    challenge = client.create_code_challenge(verifier, "S256")
    hint = user.encode("utf-8", "replace").decode("utf-8")
    # A provider that does not know login_hint ignores it (RFC 6749 section 3.1); it comes from OpenID Connect.
    url = client.prepare_request_uri(
        _secure(provider.authorization), redirect, provider.scope or None, state,
        code_challenge=challenge, code_challenge_method="S256", login_hint=hint,
    )  # fmt: skip
    return Asked(_own(url, provider.authorization), redirect, state, Kept(verifier))


def end_browser(provider: Provider, asked: Asked, query: str) -> Tokens:
    """Return the tokens for what the browser brought back.  Raises LoginError if the state is not ours, and Refused."""
    from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

    client = WebApplicationClient(provider.client_id)
    try:  # it takes https alone, and this machine's own port has none
        code = client.parse_request_uri_response(f"https://localhost/?{query}", asked.state)["code"]
    except OAuth2Error as error:
        raise _refused(provider, {"error": error.error, "error_description": error.description}) from None
    body = client.prepare_request_body(code, asked.redirect, code_verifier=asked.verifier.reveal(), **_secret(provider))
    return _tokens(provider, body, Kept(code), asked.verifier)


def _secure(url: str) -> str:
    """Return an endpoint for oauthlib, which takes https alone; `_own` undoes it for one on this machine."""
    return url if url.startswith("https:") else "https" + url.removeprefix("http")


def _own(url: str, endpoint: str) -> str:
    return url if endpoint.startswith("https:") else "http" + url.removeprefix("https")


# -- again, without the person


def refresh(provider: Provider, tokens: Tokens) -> Tokens:
    """Return new tokens (RFC 6749 section 6); the refresh token stays the same if none comes with them.

    Raises Refused, with the error invalid_grant if the person must agree again, LoginError, and Unreachable.
    """
    available()
    from oauthlib.oauth2 import WebApplicationClient

    client = WebApplicationClient(provider.client_id)
    body = client.prepare_refresh_body(
        refresh_token=tokens.refresh.reveal(), client_id=provider.client_id, **_secret(provider)
    )
    fresh = _tokens(provider, body, tokens.refresh)
    return fresh if fresh.refresh.reveal() else fresh._replace(refresh=tokens.refresh)


# -- what they share


def _tokens(provider: Provider, body: str, *secrets: Kept) -> Tokens:
    """Post a request for tokens, and return them.  Raises LoginError; nothing of `secrets` is in what it says."""
    from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

    said = post(provider.name, provider.token, body, proxy=provider.proxy)
    if "error" in said:
        raise _refused(provider, said, *secrets)
    try:
        given = WebApplicationClient(provider.client_id).parse_request_body_response(json.dumps(_known(said)))
    except (OAuth2Error, ValueError, TypeError, OverflowError):
        raise LoginError(f"the provider {provider.name} answered without an access_token") from None
    access, fresh = given.get("access_token"), given.get("refresh_token") or ""
    if not (isinstance(access, str) and _TOKEN.fullmatch(access)):
        raise LoginError(f"the provider {provider.name} gave an access_token that cannot be a token")
    if str(given.get("token_type", "bearer")).lower() != "bearer":
        raise LoginError(f"the provider {provider.name} gave a token of another type than Bearer")
    if not (isinstance(fresh, str) and (not fresh or _TOKEN.fullmatch(fresh))):
        raise LoginError(f"the provider {provider.name} gave a refresh_token that cannot be a token")
    lasts = _seconds(said.get("expires_in"))
    return Tokens(Kept(access), Kept(fresh), 0.0 if lasts is None else time.time() + lasts)


def _known(said: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that oauthlib is to judge; the time is ours to read, since it comes in many forms."""
    return {name: said[name] for name in ("access_token", "refresh_token", "token_type") if name in said}


def _secret(provider: Provider) -> dict[str, str]:
    return {"client_secret": provider.client_secret.reveal()} if provider.client_secret is not None else {}


def _filled(form: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in form.items() if value}


_SENTENCES = {
    "access_denied": "{who} says that you did not agree",
    "expired_token": "the code of {who} is no longer valid: connect again for another one",
    "invalid_client": "{who} does not know the client id, or wants its secret",
    "unauthorized_client": "{who} does not let this client id log in like that",
    "unsupported_grant_type": "{who} does not let anybody log in like that: set flow",
    "invalid_scope": "{who} does not know the scope that was asked for",
    "invalid_grant": "{who} no longer takes what it gave: log in again",
    "mismatching_state": "an answer of {who} was not for the question that was asked: nothing was taken from it",
    "missing_code": "an answer of {who} has no code",
}


def _refused(provider: Provider, said: dict[str, Any], *secrets: Kept) -> Refused:
    """Return the error that a provider answered, in words, with what it adds (RFC 6749 section 5.2)."""
    known = Secrets()
    for secret in (*secrets, *([provider.client_secret] if provider.client_secret is not None else [])):
        known.add(secret.reveal().encode("utf-8", "surrogateescape"))
    code = said["error"] if isinstance(said["error"], str) else ""
    who = f"the provider {provider.name}"
    text = _SENTENCES.get(code, "{who} refused: {code}").format(who=who, code=_told(code, known) or "no reason")
    more = said.get("error_description")
    detail = _told(more, known) if isinstance(more, str) else ""
    return Refused(f"{text} ({detail})" if detail else text, _told(code, known))


def _told(text: str, known: Secrets) -> str:
    """Return what a provider says, in one line that repeats no secret, however it is spelled; it is cut last."""
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return re.sub(r"\*{3,}", "***", known.veil(text))[:_EXPLAINED].rstrip(".")


def _seconds(value: object) -> float | None:
    """Return a time, even one in quotes; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return min(seconds, _LASTS) if math.isfinite(seconds) and seconds >= 0 else None
