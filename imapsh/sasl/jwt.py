"""Reads what a token says of itself, if it is a JSON Web Token (RFC 7519): when it ends, for whom and for what it is.

Its signature is not looked at, because only the server has the key: these are the words of whoever made the token.  The
token itself is not kept.
"""

from __future__ import annotations

from imapsh.hints import Any
from imapsh.tuples import NamedTuple

LONGEST = 1 << 16
"""Characters of a token that is read."""

_MOST = 50  # audiences or scopes that are kept
_TEXT = 500  # characters of a claim
_USERS = ("upn", "preferred_username", "email", "unique_name", "username", "sub")


class Claims(NamedTuple):
    """The claims of a token; "" or an empty tuple for what it does not say.

    `begins`, `ends` and `issued` are in seconds since 1970, None if they are not said.  `user` is who the token is for,
    as the first of several claims names them.
    """

    issuer: str = ""
    audiences: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    user: str = ""
    begins: float | None = None
    ends: float | None = None
    issued: float | None = None


def claims(token: str) -> Claims | None:
    """Return the claims of a token, or None if it is not a JSON Web Token.  Raises nothing."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3:
        return None
    head, said = _object(parts[0]), _object(parts[1])
    if head is None or said is None or "alg" not in head:
        return None
    return Claims(
        _text(said.get("iss")),
        _texts(said.get("aud")),
        _texts(said.get("scp") or said.get("scope"), split=True),
        next((text for name in _USERS if (text := _text(said.get(name)))), ""),
        _moment(said.get("nbf")),
        _moment(said.get("exp")),
        _moment(said.get("iat")),
    )


def _object(part: str) -> dict[str, Any] | None:
    """Return the JSON object in a part that is in base64url without padding (RFC 7515 section 2)."""
    import json
    from base64 import urlsafe_b64decode

    try:
        found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(value: object) -> str:
    return value[:_TEXT] if isinstance(value, str) else ""


def _texts(value: object, *, split: bool = False) -> tuple[str, ...]:
    """Return a claim that is a text or a list of them; scopes have spaces between them (RFC 8693 section 4.2)."""
    if isinstance(value, str):
        value = value.split() if split else [value]
    return tuple(filter(None, map(_text, value[:_MOST]))) if isinstance(value, list) else ()


def _moment(value: object) -> float | None:
    """Return a NumericDate (RFC 7519 section 2), or None for what cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        return None
    return float(value)
