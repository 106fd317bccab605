r"""The configuration in effect: the command line over a profile, over what the file says for all.

This module is imported only if there is a file.  A bare word on the command line, or behind `\connect`, that is the
name of a profile is that profile; any other is a host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from imapsh.errors import UsageError
from imapsh.shell.settings.configfile import Content, read
from imapsh.shell.settings.options import EITHER, SOURCES, Options, said

if TYPE_CHECKING:
    from imapsh.render.styles import Theme
    from imapsh.shell.settings.passwords.password import Kept

#: The fields that say who logs in where, and how.  In these a profile called by name at the prompt goes before the
#: command line.
_IDENTITY = ("url", "demo", "user", "authorize", "proxyauth", "no_login", "mechanism", "mailbox", *SOURCES)

_ACTING = ("authorize", "proxyauth")  # for whom
_USER = re.compile(r"((?:\w+://)?)([^/;:]*)((?:;[^/]*)?)@([^/@]*(?:/.*)?)", re.DOTALL)  # before an @ in a URL
_BARE = re.compile(r"[\w-]+")


class Settings:
    """Joins a file's content with the command line `given`, by field."""

    def __init__(self, content: Content, given: Mapping[str, Any]) -> None:
        self._content = content
        self._given = given

    @property
    def aliases(self) -> Mapping[str, str]:
        """The aliases: name -> command line."""
        return self._content.aliases

    @property
    def profiles(self) -> Iterable[str]:
        """The names of the profiles."""
        return self._content.profiles

    @property
    def providers(self) -> Mapping[str, Mapping[str, str | Kept]]:
        """What the file says of identity providers: name -> field -> value."""
        return self._content.providers

    @property
    def theme(self) -> Theme | None:
        """The theme with colours of the file's own, or None if it has none."""
        return self._content.theme

    def options(self) -> Options:
        """Return the options in effect at the start.

        Raises UsageError if a profile seems to be meant that is not there.
        """
        apart = any(self._given.get(field) for field in ("demo", "explain", "explain_name", "serve_demo"))
        word = self._given.get("url") or ("" if apart else self._content.defaults.get("url", ""))
        return self._made(self._profile(word), self._given, apart=apart)

    def connecting(self, url: str) -> Options:
        r"""Return the options for `\connect URL`.  Raises UsageError."""
        profile = self._profile(url)
        dropped = ("url", "demo", "mailbox") if profile is None else _IDENTITY
        kept = {field: value for field, value in self._given.items() if field not in dropped}
        return self._made(profile, {**kept, "url": url})

    def _profile(self, word: str) -> Mapping[str, Any] | None:
        profiles = self._content.profiles
        if word in profiles:
            return profiles[word]
        if _BARE.fullmatch(word) and word.lower() != "localhost":
            from difflib import get_close_matches

            for near in get_close_matches(word, profiles, 1):
                raise UsageError(
                    f"there is no profile {word}; did you mean {near}? (for a host of that name use imaps://{word})"
                )
        return None

    def _made(self, profile: Mapping[str, Any] | None, given: Mapping[str, Any], *, apart: bool = False) -> Options:
        base = self._content.defaults
        if apart:
            base = {field: value for field, value in base.items() if field not in _IDENTITY}
        if profile is not None:
            base = overlay(base, profile)
            given = {field: value for field, value in given.items() if field != "url"}
        return Options(**overlay(base, given), settings=self)


def load(path: str, given: Mapping[str, Any]) -> Options:
    """Return the options in effect with the configuration in `path`.  Raises UsageError."""
    return Settings(read(path), given).options()


def overlay(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return both joined; `above` wins.

    It also wins over fields that do not go together with its own, and over the user in a URL, and whom the URL acts
    for.  A URL that names a user acts for nobody whom `below` names.
    """
    kept = dict(below)
    for fields in EITHER:
        if any(said(above.get(field)) for field in fields):
            for field in fields:
                kept.pop(field, None)
    if found := _USER.fullmatch(kept.get("url", "")):
        scheme, user, wishes, place = found.groups()
        user = "" if "user" in above else user
        if any(field in above for field in _ACTING):
            wishes = "".join(f";{wish}" for wish in wishes.split(";")[1:] if wish.upper().startswith("AUTH="))
        kept["url"] = f"{scheme}{user}{wishes}@{place}" if user or wishes else scheme + place
    if (found := _USER.fullmatch(above.get("url", ""))) and found[2]:
        for field in ("user", *_ACTING):
            kept.pop(field, None)
    limits = (*kept.get("limit", ()), *above.get("limit", ()))
    return {**kept, **above, **({"limit": limits} if limits else {})}
