"""The providers that `--oauth` names: their endpoints, and the client that the user registered there.

Google and Microsoft are known but for the client id, which is the user's own; a table `[providers.NAME]` of the
configuration gives it, and everything that another provider needs.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from imapsh.errors import UsageError
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.transport.address import Address
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.settings.options import Options
    from imapsh.shell.settings.passwords.password import Kept

FLOWS = ("device", "browser")


class Provider(NamedTuple):
    """An authorization server, and the client that the user registered there.

    `device` is the device authorization endpoint (RFC 8628 section 3.1), "" if there is none.  `authorization` and
    `token` are the endpoints of RFC 6749 section 3.  `flow` is one of FLOWS, or "" for the one that fits.  `host` is
    that of the redirect URI: Microsoft lets its portal register `localhost` alone.  `proxy` is the value of `--proxy`.
    """

    name: str
    client_id: str = ""
    client_secret: Kept | None = None
    scope: str = ""
    authorization: str = ""
    device: str = ""
    token: str = ""
    flow: str = ""
    host: str = "127.0.0.1"
    proxy: str = ""


_MICROSOFT = "https://login.microsoftonline.com/common/oauth2/v2.0"

#: The providers that need a client id only.  Google's device grant does not give out the scope of mail.
KNOWN = {
    "google": Provider(
        "google",
        scope="https://mail.google.com/",
        authorization="https://accounts.google.com/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",
    ),
    "microsoft": Provider(
        "microsoft",
        scope="https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
        authorization=f"{_MICROSOFT}/authorize",
        device=f"{_MICROSOFT}/devicecode",
        token=f"{_MICROSOFT}/token",
        host="localhost",
    ),
}

#: key of a table of the configuration -> the field
KEYS = {
    "client-id": "client_id",
    "client-secret": "client_secret",
    "scope": "scope",
    "authorization-endpoint": "authorization",
    "device-endpoint": "device",
    "token-endpoint": "token",
    "flow": "flow",
}

ENDPOINTS = ("authorization", "device", "token")


def of(options: Options) -> Provider:
    """Return the provider that the options name, with what the configuration says of it; `check` may refuse it."""
    said: Mapping[str, Mapping[str, Any]] = options.settings.providers if options.settings is not None else {}
    provider = KNOWN.get(options.oauth, Provider(options.oauth))
    return provider._replace(**said.get(options.oauth, {}), proxy=options.proxy)


def check(provider: Provider) -> None:
    """Raise UsageError if anything is missing without which no token can be had."""
    name = provider.name
    if not provider.client_id:
        known = "" if name in KNOWN else f"{name} is not a known provider ({', '.join(KNOWN)}): "
        raise UsageError(
            f"{known}--oauth {name} needs a client id of your own: write client-id under [providers.{name}] in the "
            "configuration (docs/oauth.rst says where to get one)"
        )
    if not provider.token:
        raise UsageError(f"providers.{name} has no token-endpoint")
    if not (provider.device or provider.authorization):
        raise UsageError(f"providers.{name} needs a device-endpoint, an authorization-endpoint, or both")
    if provider.flow and not flow_endpoint(provider, provider.flow):
        needed = "device" if provider.flow == "device" else "authorization"
        raise UsageError(f"--oauth {name} cannot use the flow {provider.flow}: there is no {needed}-endpoint")


def flow_endpoint(provider: Provider, flow: str) -> str:
    """Return the endpoint that a flow begins at, "" if the provider has none."""
    return provider.device if flow == "device" else provider.authorization


def flow(provider: Provider, *, browser: bool) -> str:
    """Return the flow to use where a browser can be opened, or cannot."""
    if provider.flow:
        return provider.flow
    if not provider.device or (browser and provider.authorization):
        return "browser"
    return "device"


def has_browser(environment: Mapping[str, str]) -> bool:
    """Return whether a browser can be opened that the person sees."""
    if environment.get("BROWSER"):
        return True
    if sys.platform in ("win32", "darwin"):
        return not environment.get("SSH_CONNECTION")
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def split(url: str) -> SplitResult:
    """Return the parts of an address for a secret: https, or http to this machine itself.

    Raises ValueError, which says what is wrong with it.
    """
    if not (url.isascii() and url.isprintable() and " " not in url):
        raise ValueError("has characters that no address has")
    parts = urlsplit(url)
    host = parts.hostname or ""
    _ = parts.port  # raises ValueError for one that is no number
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not have a user or a password")
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and Address("imap", host).is_local)):
        raise ValueError("must begin with https://")
    return parts
