"""Reads what a person writes for a proxy into a Proxy."""

from __future__ import annotations

from contextlib import suppress

from imapsh.errors import UsageError
from imapsh.transport.address import parse_address
from imapsh.transport.proxy import Proxy

#: scheme -> the port that is meant without one, 0 if it must be written
SCHEMES = {"socks5h": 1080, "socks5": 1080, "socks4a": 1080, "socks4": 1080, "http": 0}
SHAPE = "socks5h://[user@]host[:port], socks5://, socks4a://, socks4:// or http://host:port"

_ALIASES = {"socks": "socks5h"}  # as some desktops write it
_LONGEST = 255  # octets of a user or a password (RFC 1929 section 2)


def parse_proxy(text: str, source: str = "") -> Proxy:
    """Read what a person wrote; `host:port` alone is an HTTP proxy, as other programs take it.

    Raises UsageError, which repeats nothing of the text, because it may hold a password.
    """
    named = f"{source}: " if source else ""
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "http", text
    scheme = _ALIASES.get(scheme.lower(), scheme.lower())
    if scheme == "https":
        raise UsageError(f"{named}imapsh does not speak TLS to a proxy: write {SHAPE}")
    if scheme not in SCHEMES:
        raise UsageError(f"{named}unknown kind of proxy; write {SHAPE}")
    userinfo, at, place = rest.removesuffix("/").rpartition("@")
    user, _, password = userinfo.partition(":")
    if at and not user:
        raise UsageError(f"{named}the user before the @ is missing")
    return Proxy(scheme, *_place(place, scheme, named), _decoded(user, named), _decoded(password, named), source)


def _place(text: str, scheme: str, named: str) -> tuple[str, int]:
    behind = text.rpartition("]")[2]
    if ":" not in behind:
        if not SCHEMES[scheme]:
            raise UsageError(f"{named}the port of an {scheme} proxy is missing; write {SHAPE}")
        text = f"{text}:{SCHEMES[scheme]}"
    try:
        address = parse_address(f"imap://{text}")
    except UsageError:
        raise UsageError(f"{named}the host or the port of the proxy is wrong; write {SHAPE}") from None
    if address.mailbox or address.user or "/" in text:
        raise UsageError(f"{named}nothing may follow the port of a proxy; write {SHAPE}")
    return address.host, address.port


def _decoded(text: str, named: str) -> str:
    from urllib.parse import unquote

    decoded = ""
    with suppress(UnicodeDecodeError):  # which holds the password: it must not be in another error's __context__
        decoded = unquote(text, errors="strict")
    if text and not decoded:
        raise UsageError(f"{named}the percent escapes before the @ are not UTF-8")
    if not decoded.isprintable() or len(decoded.encode("utf-8", "surrogateescape")) > _LONGEST:
        raise UsageError(
            f"{named}the user and the password of a proxy are printable, and have at most {_LONGEST} octets"
        )
    return decoded
