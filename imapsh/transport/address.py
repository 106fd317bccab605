"""The address of a server: reads what a person types into an Address.  RFC 5092 (IMAP URLs), RFC 3986."""

from __future__ import annotations

import os
import re

from imapsh.errors import UsageError
from imapsh.hints import TYPE_CHECKING
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.transport.proxy import Proxy

PORTS = {"imap": 143, "imaps": 993}
SHAPES = "imap://[user@]host[:port][/mailbox], imaps://..., unix:PATH, exec:COMMAND, or host[:port]"
TLS_FIRST = "imaps+"  #: before unix: and exec:, TLS from the first octet


class PasswordInAddressError(UsageError):
    """A password stands in an address, where it would be seen."""


# Hosts are read without expressions: each start reads one, and compiling them takes longer than all else here.
_LABEL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_LONGEST_NAME, _LONGEST_LABEL = 253, 63  # RFC 1035 section 2.3.4
_BAD_ESCAPE = lazy(r"%(?![0-9A-Fa-f]{2})")


class Address(NamedTuple):
    """The place where a server is, and who wants to get in.

    Text fields are "" when absent, `port` and `command` are 0 and ().  `auth` is the SASL mechanism that an IMAP URL
    asks for.  `authorize` is the user to act for, `proxyauth` is the same by PROXYAUTH.  `fallback` is true when no
    scheme was written: the caller may then try plain IMAP if the person allowed it.  `tls` asks for TLS from the first
    octet over a Unix socket or a command; `imaps` has it anyway.  `proxy` is the one to connect through, if any.
    """

    scheme: str
    host: str = ""
    port: int = 0
    user: str = ""
    auth: str = ""
    mailbox: str = ""
    path: str = ""
    command: tuple[str, ...] = ()
    fallback: bool = False
    tls: bool = False
    authorize: str = ""
    proxyauth: str = ""
    proxy: Proxy | None = None

    @property
    def where(self) -> str:
        """The place, for messages: `host:port`, `[::1]:143`, the socket's path, or the command's name."""
        if self.scheme == "unix":
            return self.path
        if self.scheme == "exec":
            return self.command[0]
        return f"{self._bracketed}:{self.port}"

    @property
    def label(self) -> str:
        """`who@where`, short, for a prompt; the port only when it is not the scheme's own."""
        place = self.where
        if self.port and self.port == PORTS.get(self.scheme):
            place = self._bracketed
        elif not self.port:
            place = place.rpartition("/")[2] or place
        return f"{self.user}@{place}" if self.user else place

    @property
    def is_local(self) -> bool:
        """Return whether the octets stay on this machine: loopback without a proxy, a Unix socket, or a command."""
        return self.scheme in ("unix", "exec") or (self.proxy is None and _is_loopback(self.host))

    @property
    def speaks_tls(self) -> bool:
        """Return whether TLS is spoken from the first octet."""
        return self.tls or self.scheme == "imaps"

    @property
    def server_name(self) -> str:
        """The name a certificate must bear: the host, or `localhost` for a Unix socket or a command."""
        return self.host.partition("%")[0].rstrip(".") or "localhost"

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def parse_address(text: str, *, default_scheme: str = "imaps") -> Address:
    """Read what a person typed.

    A bare `host`, `host:port` or `user@host` takes `default_scheme`.  User and mailbox are percent-decoded as UTF-8.

    Raises UsageError for anything malformed; a password in the text is refused and not repeated.
    """
    if _has_control(text):
        raise UsageError("an address cannot contain control characters")
    prefix, colon, rest = text.partition(":")
    kind = prefix.lower().removeprefix(TLS_FIRST)
    if colon and kind in _LOCAL:
        return _LOCAL[kind](rest)._replace(tls=kind != prefix.lower())
    scheme, separator, rest = text.partition("://")
    if not separator:
        return _network(default_scheme, text)._replace(fallback=True)
    if scheme.lower() not in PORTS:
        known = re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme)
        raise UsageError(f"unknown scheme{f' {scheme}://' if known else ''}; write {SHAPES}")
    return _network(scheme.lower(), rest)


def _unix(path: str) -> Address:
    if not path:
        raise UsageError("unix: needs the path of a socket, as in unix:/run/dovecot/imap")
    return Address("unix", path=os.path.expanduser(path))


def _exec(command: str) -> Address:
    import shlex

    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError("the command after exec: has an unclosed quote or ends in a backslash") from error
    if not words or not words[0]:
        raise UsageError("exec: needs a command, as in exec:'ssh host imapd'")
    return Address("exec", command=words)


_LOCAL = {"unix": _unix, "exec": _exec}


def _network(scheme: str, text: str) -> Address:
    """`[userinfo@]host[:port][/mailbox]`, RFC 5092 section 11 (iserver, enc-mailbox)."""
    authority, _, tail = text.partition("/")
    userinfo, at, place = authority.rpartition("@")
    user, wishes = _userinfo(userinfo) if at else ("", {})
    host, port = _host_port(place, scheme)
    auth, authorize, proxyauth = (wishes.get(field, "") for field in _PARAMETERS.values())
    return Address(scheme, host, port, user, auth, _mailbox(tail), authorize=authorize, proxyauth=proxyauth)


#: The parameters that may follow the user, and their fields; all but AUTH are our own.
_PARAMETERS = {"AUTH": "auth", "AUTHORIZE": "authorize", "PROXYAUTH": "proxyauth"}


def _userinfo(text: str) -> tuple[str, dict[str, str]]:
    """`user`, `user;AUTH=MECH` or `;AUTH=MECH`; `*` is any mechanism, so no wish (RFC 5092 section 3.2).

    `;AUTHORIZE=USER` or `;PROXYAUTH=USER` may follow the user as well.
    """
    if ":" in text:
        raise PasswordInAddressError("a password does not belong in an address: give it separately")
    name, *parameters = text.split(";")
    if not name and not parameters:
        raise UsageError("the user before the @ is missing")
    wishes: dict[str, str] = {}
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        field = _PARAMETERS.get(key.upper())
        if field is None or not value or field in wishes:
            raise UsageError(
                "only ;AUTH=MECHANISM and one of ;AUTHORIZE=USER and ;PROXYAUTH=USER may follow the user in an address"
            )
        wishes[field] = _decode(value, "mechanism" if field == "auth" else "user to act for")
    if len({"authorize", "proxyauth"} & set(wishes)) > 1:
        raise UsageError("an address names one user to act for: ;AUTHORIZE=USER or ;PROXYAUTH=USER")
    mechanism = wishes.get("auth", "").upper()
    return _decode(name, "user"), {**wishes, "auth": "" if mechanism == "*" else mechanism}


def _host_port(text: str, scheme: str) -> tuple[str, int]:
    # The text in place of a port is never repeated: it may be a password that held a slash.
    name, colon, digits = text.partition(":")
    if literal := text.startswith("["):
        name, closed, rest = text[1:].partition("]")
        colon, digits = rest[:1], rest[1:]
        if not closed or colon not in ("", ":"):
            name = "["
    if "[" in name or "]" in name:
        raise UsageError("write an IPv6 address in brackets, as in [::1]:143")
    host = _ipv6(name) if literal else _host(name)
    if not colon:
        return host, PORTS[scheme]
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 6 and 0 < int(digits) < 65536):
        raise UsageError("the port after the host is not a number from 1 to 65535")
    return host, int(digits)


def _host(name: str) -> str:
    if not name:
        raise UsageError(f"the host is missing; write {SHAPES}")
    ascii_name = name
    if not name.isascii():
        try:
            ascii_name = name.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise UsageError("the host is not a valid domain name (RFC 5890)") from error
    labels = ascii_name.removesuffix(".").split(".")
    fits = all(0 < len(label) <= _LONGEST_LABEL and not label.strip(_LABEL) for label in labels)
    if not fits or len(ascii_name) > _LONGEST_NAME:
        raise UsageError(f"not a valid host name; write {SHAPES}")
    return name


def _ipv6(text: str) -> str:
    """Read an IP-literal and keep its zone (RFC 6874 writes `%25eth0`, people write `%eth0`)."""
    import socket

    address, percent, zone = text.replace("%25", "%").partition("%")
    try:
        socket.inet_pton(socket.AF_INET6, address)
    except (OSError, ValueError) as error:  # ValueError for a NUL, and for octets that are not UTF-8
        raise UsageError("the address in brackets is not an IPv6 address") from error
    return address + percent + zone


def _mailbox(text: str) -> str:
    if any(mark in text for mark in ";?#"):
        raise UsageError("the mailbox is the last part of an address: in its name write %3B, %3F, %23 for ; ? #")
    return _decode(text, "mailbox")


def _decode(text: str, what: str) -> str:
    if "%" not in text:
        return text
    from urllib.parse import unquote_to_bytes

    if _BAD_ESCAPE.search(text):
        raise UsageError(f"a percent sign in the {what} must be written %25, or start an escape with two hex digits")
    try:
        decoded = unquote_to_bytes(text.encode("utf-8", "surrogateescape")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"the percent escapes in the {what} are not UTF-8") from error
    if _has_control(decoded):
        raise UsageError(f"the {what} in an address cannot contain control characters")
    return decoded


def _is_loopback(host: str) -> bool:
    """Return whether it is a literal loopback address or RFC 6761's localhost; other names are not looked up."""
    import socket

    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    if ":" in host:
        octets = socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
        return octets == b"\0" * 15 + b"\1" or octets[:13] == b"\0" * 10 + b"\xff\xff\x7f"
    try:
        return socket.inet_pton(socket.AF_INET, host)[0] == 127
    except (OSError, ValueError):
        return False


def _has_control(text: str) -> bool:
    return any(char < " " or char == "\x7f" for char in text)
