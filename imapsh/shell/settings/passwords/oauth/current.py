"""Finds the token to send now: the one that is kept, or a fresh one for its refresh token; none again once refused."""

from __future__ import annotations

import time
from collections.abc import Callable

from imapsh.errors import LoginError
from imapsh.shell.settings.passwords.oauth import grants, kept
from imapsh.shell.settings.passwords.oauth.grants import Refused, Tokens
from imapsh.shell.settings.passwords.oauth.providers import Provider

_MARGIN = 30  # seconds before its end at which a token is no longer sent

Tell = Callable[[str], object]
_Key = tuple[str, ...]

#: The last tokens of each user, and the access token that a server refused last.
_last: dict[_Key, Tokens] = {}
_refused: dict[_Key, str] = {}


def found(provider: Provider, user: str, tell: Tell) -> str:
    """Return the token to send now, or "" if the person must agree first; `tell` is told what cannot be kept.

    Raises LoginError, which says nothing of any token.
    """
    key = _key(provider, user)
    tokens = _last.get(key) or kept.load(provider, user)
    if tokens is None:
        return ""
    if _good(key, tokens):
        _last[key] = tokens
        return tokens.access.reveal()
    with kept.locked(provider, user):
        newer = kept.load(provider, user) or tokens  # another imapsh may have been faster
        if not _good(key, newer):
            refreshed = _refreshed(provider, newer)
            if refreshed is None:
                forget(provider, user)
                return ""
            newer = refreshed
            _keep(provider, user, newer, tell)
        _last[key] = newer
    return newer.access.reveal()


def agreed(provider: Provider, user: str, tokens: Tokens, tell: Tell) -> str:
    """Keep what the person agreed to, and return the token."""
    _last[_key(provider, user)] = tokens
    _keep(provider, user, tokens, tell)
    return tokens.access.reveal()


def refused(provider: Provider, user: str) -> None:
    """Note that a server refused the last token, which is not sent again."""
    key = _key(provider, user)
    if (tokens := _last.get(key)) is not None:
        _refused[key] = tokens.access.reveal()


def forget(provider: Provider, user: str) -> bool:
    """Forget the tokens of a user, here and where they are kept, and return whether any were kept.

    Raises LoginError if they cannot be removed.
    """
    _last.pop(_key(provider, user), None)
    return kept.forget(provider, user)


def _key(provider: Provider, user: str) -> _Key:
    return provider.name, provider.client_id, provider.token, provider.scope, user


def _good(key: _Key, tokens: Tokens) -> bool:
    """Return whether a token can be sent.  One whose end is not known is good until it is refused."""
    alive = not tokens.until or tokens.until - _MARGIN > time.time()
    return alive and tokens.access.reveal() != _refused.get(key)


def _refreshed(provider: Provider, tokens: Tokens) -> Tokens | None:
    """Return fresh tokens, or None if the person must agree again.  Raises LoginError."""
    if not tokens.refresh.reveal():
        return None
    try:
        return grants.refresh(provider, tokens)
    except Refused as error:
        if error.error != "invalid_grant":
            raise
        return None


def _keep(provider: Provider, user: str, tokens: Tokens, tell: Tell) -> None:
    try:
        kept.save(provider, user, tokens)
    except LoginError as error:
        tell(f"{error}; they are known until imapsh ends")
