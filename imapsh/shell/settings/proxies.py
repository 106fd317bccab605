"""Chooses the proxy to a server: the one of `--proxy`, else that of ALL_PROXY unless NO_PROXY says otherwise.

A proxy's password is never on the command line.  ALL_PROXY may have it; else the keyring or netrc, which know a proxy
by its host, or the person.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from imapsh.errors import UsageError
from imapsh.hints import TYPE_CHECKING
from imapsh.transport.address import Address

if TYPE_CHECKING:
    from imapsh.shell.settings.passwords.password import Kept
    from imapsh.transport.proxy import Proxy

NONE = "none"  #: in place of a proxy: none, whatever ALL_PROXY says
_SEPARATORS = str.maketrans(",", " ")

#: The passwords of proxies that were looked up or typed, by place and user.
_known: dict[tuple[str, str], Kept] = {}


def proxied(address: Address, option: str) -> Address:
    """Return the address with the proxy it is to be reached through, if any.

    What `--proxy` names is used for every host; ALL_PROXY is not for this machine itself.  A Unix socket and a command
    have no proxy.  Raises UsageError.
    """
    if address.scheme in ("unix", "exec") or option == NONE:
        return address
    if option:
        from imapsh.transport.proxyurl import parse_proxy

        proxy = parse_proxy(option, "--proxy")
        if proxy.password:
            raise UsageError(
                "--proxy: a password must not stand there: imapsh asks for it, or finds it by --keyring, by --netrc or "
                "in ALL_PROXY"
            )
        return address._replace(proxy=proxy)
    url = _of_environment(os.environ)
    if not url or address.is_local or excepted(address, os.environ):
        return address
    from imapsh.transport.proxyurl import parse_proxy

    try:
        proxy = parse_proxy(url, "ALL_PROXY")
    except UsageError as error:
        raise UsageError(f"{error} (--proxy none goes without)") from None
    if proxy.password:
        from imapsh.shell.settings.passwords.password import hand_out

        hand_out(proxy.password)
    return address._replace(proxy=proxy)


def learn(proxy: Proxy, password: Kept) -> None:
    """Remember the password of a proxy while imapsh runs."""
    from imapsh.shell.settings.passwords.password import hand_out

    hand_out(password.reveal())
    _known[proxy.where, proxy.user] = password


def forget(proxy: Proxy) -> None:
    """Forget the password of a proxy that may have refused it."""
    _known.pop((proxy.where, proxy.user), None)


def known(proxy: Proxy) -> Proxy:
    """Return a proxy with the password that is remembered for it, if it has none and there is one."""
    password = _known.get((proxy.where, proxy.user))
    return proxy if proxy.password or password is None else proxy._replace(password=password.reveal())


def _of_environment(environment: Mapping[str, str]) -> str:
    return environment.get("all_proxy") or environment.get("ALL_PROXY") or ""


def excepted(address: Address, environment: Mapping[str, str]) -> bool:
    """Return whether NO_PROXY names the host: `*`, a domain with what is below it, an address or a network.

    An entry may end with a port.
    """
    entries = (environment.get("no_proxy") or environment.get("NO_PROXY") or "").translate(_SEPARATORS).split()
    host = address.host.lower().rstrip(".")
    return any(_fits(entry.lower(), host, address.port) for entry in entries)


def _fits(entry: str, host: str, port: int) -> bool:
    whole = entry
    name, colon, digits = entry.rpartition(":")
    if colon and digits.isdecimal() and ("]" in name or ":" not in name):
        if int(digits[:6]) != port:
            return False
        entry = name
    entry = entry.strip("[]").lstrip("*").strip(".")
    if not entry:
        return "*" in whole  # alone; other signs alone name nothing
    return host == entry or host.endswith(f".{entry}") or _within(host, entry)


def _within(host: str, network: str) -> bool:
    if not (host[-1:].isdigit() or ":" in host):
        return False
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False
