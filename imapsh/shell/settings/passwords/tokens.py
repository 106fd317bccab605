"""Gets OAuth 2.0 tokens from a command: keeps one while its time is known and not over; sends none again once refused.

The command prints the token alone, or JSON as OAuth helpers do: `access_token` with `expires_in` (seconds, RFC 6749
section 5.1), or with the moment as `expiry`, `expires_at`, `expires_on`, `expiresOn` (seconds since 1970, ISO 8601).
"""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from typing import Any

from imapsh.errors import LoginError
from imapsh.shell.settings.passwords.programs import Command, output_of
from imapsh.tuples import NamedTuple

OPTION = "--token-command"

_TOKENS = ("access_token", "accessToken", "token")
_MOMENTS = ("expiry", "expires_at", "expires_on", "expiresOn")
_TOKEN = re.compile(r"[!-~]+")  # a word; RFC 6750 section 2.1 is stricter, and some servers are not
_LONGEST = 500  # characters of an explanation
_MARGIN = 30  # seconds before its end at which a token is no longer sent


class _Token(NamedTuple):
    text: str
    until: float  # seconds since 1970; 0 where it is not known


#: The last token of each command, and the last that a server refused.
_last: dict[Command, _Token] = {}
_refused: dict[Command, str] = {}


def current(command: Command) -> str:
    """Return the token to send now.  Raises LoginError, which says nothing of what the command printed."""
    kept = _last.get(command)
    if kept is not None and kept.text != _refused.get(command) and kept.until - _MARGIN > time.time():
        return kept.text
    token = _last[command] = _run(command)
    if token.text == _refused.get(command):
        raise LoginError(
            f"{OPTION} still prints the token that the server refused: run it by hand, or log in again there"
        )
    return token.text


def another(command: Command) -> str:
    """Return what the command prints now, after the last token was refused, or "" if it is the same.

    Raises LoginError.
    """
    _refused[command] = _last[command].text
    token = _last[command] = _run(command)
    return "" if token.text == _refused[command] else token.text


def _run(command: Command) -> _Token:
    try:
        text = output_of(command, OPTION).decode("utf-8").strip()
    except UnicodeDecodeError:
        raise LoginError(f"{OPTION} printed text that is not UTF-8") from None
    if text.startswith(("{", "[")):
        return _from_json(text)
    if not text:
        raise LoginError(f"{OPTION} printed no token")
    token = text.split("\n", 1)[0].strip()
    if token.startswith("<"):
        raise LoginError(f"{OPTION} printed HTML and no token: run it by hand to see why")
    if not _TOKEN.fullmatch(token):
        raise LoginError(f"{OPTION} printed a first line that cannot be a token: run it by hand to see why")
    return _Token(token, 0)


def _from_json(text: str) -> _Token:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise LoginError(f"{OPTION} printed invalid JSON") from None
    if not isinstance(said, dict):
        raise LoginError(f"{OPTION} printed JSON without an access_token")
    token = next((said[name] for name in _TOKENS if isinstance(said.get(name), str) and said[name]), "")
    if not token:
        if why := _error(said):
            raise LoginError(f"{OPTION} printed an error and no token: {why}")
        raise LoginError(f"{OPTION} printed JSON without an access_token")
    if not _TOKEN.fullmatch(token):
        raise LoginError(f"{OPTION} printed an access_token that cannot be a token")
    lasts = _seconds(said.get("expires_in"))
    if lasts is not None:
        return _Token(token, time.time() + lasts)
    return _Token(token, next((until for name in _MOMENTS if (until := _moment(said.get(name)))), 0.0))


def _error(said: dict[str, Any]) -> str:
    """Return why there is no token, in one line (RFC 6749 section 5.2); some put it into an object of its own."""
    error = said.get("error")
    inner = error if isinstance(error, dict) else {}
    words = (
        error if isinstance(error, str) else inner.get("status"),
        said.get("error_description") or inner.get("message"),
    )
    text = ": ".join(word for word in words if isinstance(word, str) and word)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST]


def _seconds(value: Any) -> float | None:
    """Return a number, even one in quotes."""
    try:
        return float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except ValueError:
        return None


def _moment(value: Any) -> float:
    """Return seconds since 1970, or 0 for text that is no moment.

    A time without a zone is local time, as `az` writes it.
    """
    seconds = _seconds(value)
    if seconds is not None:
        return seconds
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(0, UTC)
        return moment.timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0
