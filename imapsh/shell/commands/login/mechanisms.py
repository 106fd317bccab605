"""The mechanisms that a server takes, which of them imapsh could use here, and why not the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from imapsh.errors import LoginError
from imapsh.table.model import NOT_AUTHENTICATED
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.session.core import Session
    from imapsh.session.wanted import Opening

LOGIN = "LOGIN command"
_ACTS_FOR_NOBODY = "it cannot name another user to act for"
_WANTED = {
    "password": "no user is given",
    "token": "no token: give --oauth or --token-command",
    "certificate": "no client certificate: give --cert and --key",
    "binding": "this connection has no tls-unique, which TLS 1.3 does not have",
}


class Way(NamedTuple):
    """A mechanism, or the command LOGIN.

    `why` says why it cannot be used, "" if it can.  `taken` is true if it was taken, or would be.
    """

    name: str
    why: str = ""
    taken: bool = False

    @property
    def usable(self) -> bool:
        """Return whether it can be used here."""
        return not self.why


class Ways(NamedTuple):
    """The ways to log in that a server offers, the strongest first; and why none can be taken, or ""."""

    ways: tuple[Way, ...]
    refused: str = ""


def ways(session: Session, wanted: Opening, capabilities: Iterable[str], taken: str = "") -> Ways:
    """Return what a server offers by `capabilities`, and what the opening that is `wanted` takes of it.

    `taken` is the way that was taken already, or "" to have it found.
    """
    from imapsh.sasl.table import MECHANISMS, offered

    capabilities = tuple(capabilities)
    offers, refused = offered(capabilities), ""
    if not taken and wanted.logs_in and session.state == NOT_AUTHENTICATED:
        from imapsh.session.opening import way

        try:
            taken = way(session, wanted) or LOGIN
        except LoginError as error:
            refused = str(error)
    names = sorted(dict.fromkeys(offers), key=lambda name: -MECHANISMS[name].strength if name in MECHANISMS else 1)
    found = [Way(name, _why_not(name, session, wanted), name == taken) for name in names]
    disabled = "LOGINDISABLED" in {name.upper() for name in capabilities}
    why = "the server disables it here (LOGINDISABLED)" if disabled else _without(session, wanted, clear=True)
    why = _ACTS_FOR_NOBODY if wanted.authorize else why
    return Ways((*found, Way(LOGIN, why, taken == LOGIN)), refused)


def _why_not(name: str, session: Session, wanted: Opening) -> str:
    from imapsh.sasl.table import MECHANISMS

    row = MECHANISMS.get(name)
    if row is None:
        return "imapsh does not know it"
    if not row.needs:
        return "" if wanted.mechanism == name else "it proves nothing: it is taken by name only"
    if wanted.authorize and "authorize" not in row.takes:
        return _ACTS_FOR_NOBODY
    if row.md5:
        from imapsh.sasl.md5 import available

        if not available():
            return "this machine does not allow MD5"
    return next(_missing(row.needs, session, wanted), "") or _without(session, wanted, clear=row.clear, needs=row.needs)


def _missing(needs: Iterable[str], session: Session, wanted: Opening) -> Iterator[str]:
    """Yield why each thing is missing that a mechanism needs."""
    for need in needs:
        if need == "ticket":
            yield from _no_ticket()
        elif (
            (need == "token" and not wanted.token)
            or (need == "certificate" and not (wanted.certificate and session.secure))
            or (need == "binding" and not _binds(wanted))
        ):
            yield _WANTED[need]
        elif need == "password" and wanted.token:
            yield "there is a token, and no password"


def _binds(wanted: Opening) -> bool:
    binding = wanted.binding() if wanted.binding is not None else None
    return binding is not None and binding[0] == "tls-unique"


def _no_ticket() -> Iterator[str]:
    from importlib.util import find_spec

    from imapsh.sasl.gssapi import have_ticket

    if find_spec("gssapi") is None:
        yield "Kerberos needs the package gssapi: pip install 'imapsh[gssapi]'"
    elif not have_ticket():
        yield "there is no Kerberos ticket: kinit gets one"


def _without(session: Session, wanted: Opening, *, clear: bool, needs: Iterable[str] = ("password",)) -> str:
    """Return why a password or token cannot be sent, or ""."""
    from imapsh.session.clear import is_safe

    if not wanted.user and {"password", "token"} & set(needs):
        return _WANTED["password"]
    if clear and not is_safe(session, wanted):
        return "it needs TLS: it would send the secret as it is"
    return "there is a token, and no password" if wanted.token and "password" in needs else ""
