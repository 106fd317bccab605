"""Passwords in the clear: the one rule for all ways in.

A password or a token goes to another machine only under TLS, unless the person insists (`cleartext`).  `opening` asks
here for the automatic login; `guard` is for typed lines, and is called for each line that a session sends.
"""

from __future__ import annotations

from collections.abc import Callable

from imapsh.errors import LoginError
from imapsh.hints import TYPE_CHECKING
from imapsh.session.exchange import secrets_typed

if TYPE_CHECKING:
    from imapsh.session.core import Session
    from imapsh.session.wanted import Opening
    from imapsh.typed.match import Match

UNCOMPARED = ", so it showed no certificate to compare with the pin"


def is_safe(session: Session, wanted: Opening) -> bool:
    """Return whether a password may be sent: nobody can listen, or the user accepted that somebody can.

    Without TLS nothing was compared with a pin, and to accept listeners is not to accept another server.
    """
    return session.secure or (not wanted.pinned and (wanted.local or wanted.cleartext))


def refusal(session: Session, wanted: Opening, what: str) -> LoginError:
    """Return the error that says why `what` was not sent, what to do instead, and how to insist."""
    offered = "STARTTLS" in session.capabilities
    better = (
        "send STARTTLS first" if offered else "use imaps://" if session.capabilities else "use imaps:// or STARTTLS"
    )
    insist = "leave out the pin" if wanted.pinned else wanted.insist
    return LoginError(
        f"{what} was not sent: the connection to {wanted.where} is not encrypted"
        f"{UNCOMPARED if wanted.pinned else ''}; {better}, or {insist} if you mean it"
    )


def guard(session: Session, wanted: Callable[[], Opening]) -> Callable[[Match], None]:
    """Return a check that refuses typed lines which would reveal a password; it calls `wanted` each time."""

    def check(found: Match) -> None:
        what = revealed(found)
        if what and not is_safe(session, opening := wanted()):
            for secret in secrets_typed(found):
                session.secrets.add_sasl(secret)  # it was typed: nothing that cites the line may show it
            raise refusal(session, opening, what)

    return check


def revealed(found: Match) -> str:
    """Return what a typed line, or the dialogue that it begins, would reveal to an eavesdropper; "" for nothing."""
    row = found.command
    if row is None or not row.syntax:
        return "a line that seems to contain a password" if found.secrets else ""
    if row.name == "LOGIN":
        user = _first(found)
        return f"the password for {user}" if user else "a LOGIN" if found.secrets else ""
    if row.name == "AUTHENTICATE":
        from imapsh.sasl.table import MECHANISMS, reveals

        name = _first(found).upper()
        if not (name or found.secrets) or not reveals(name):
            return ""
        return (
            f"AUTHENTICATE {name}" if name in MECHANISMS else "AUTHENTICATE with a mechanism that may show a password"
        )
    return ""


def _first(found: Match) -> str:
    """Return the first argument, a user or a mechanism; "" if it is missing or may itself be a secret."""
    piece = next(iter(found.slots), None)
    if piece is None or any(start < piece.end and piece.start < end for start, end in found.secrets):
        return ""
    value = piece.value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
