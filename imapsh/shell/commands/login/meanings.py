"""The meanings of a server's answers to a login, and what to do about each: codes, and faults of a token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.sasl.jwt import Claims
    from imapsh.shell.record.opening import Attempt


class Meaning(NamedTuple):
    """A meaning, and what to try; each is a sentence without its full stop."""

    text: str
    way: str


#: Code -> what it means after a login (RFC 5530 section 3, and codes of single servers), and what to try.
CODES: Mapping[str, Meaning] = {
    "AUTHENTICATIONFAILED": Meaning(
        "the server knows no such user, or the password is wrong; it does not say which of the two",
        "check the user's name and the password; an account with a second factor may need a password of its own for "
        "programs; the server's log says more",
    ),
    "AUTHORIZATIONFAILED": Meaning(
        "the login itself is good, but its user may not act as the other user that was asked for",
        "check the name of the user to act for, and that the server allows it (a master user, or a proxy right)",
    ),
    "EXPIRED": Meaning(
        "the password was right once, and is no longer accepted", "set a new password, then log in with that"
    ),
    "UNAVAILABLE": Meaning(
        "a part of the server that the login needs is down, such as its directory or database; the password was not "
        "looked at",
        "try again later, and look at the server: its log says which part it is",
    ),
    "CONTACTADMIN": Meaning(
        "the server wants a person to look at this account", "ask the administrator; the server's log says why"
    ),
    "PRIVACYREQUIRED": Meaning(
        "the server takes no login without encryption", "use imaps://, or imap:// with STARTTLS"
    ),
    "NOPERM": Meaning("the account may not use IMAP here", "allow the account to use IMAP, at the server"),
    "LIMIT": Meaning(
        "a limit of the server is reached, such as the connections or the logins of one user",
        "close other connections of this user, or wait; the server's configuration has the limit",
    ),
    "INUSE": Meaning(
        "something that the login needs is in use, such as a mailbox that only one may have open",
        "close the other connection, or wait until it ends",
    ),
    "CORRUPTION": Meaning(
        "the server's own data of this account is damaged", "repair the account at the server, before anybody uses it"
    ),
    "SERVERBUG": Meaning("the server met a fault of its own", "look at the server's log, and try again later"),
    "CLIENTBUG": Meaning(
        "the server takes this login for a fault of the client", "try another mechanism (--mechanism)"
    ),
    "CANNOT": Meaning("the server can never do this", "try another mechanism (--mechanism)"),
    "NONEXISTENT": Meaning("the server has no such user or mailbox", "check the user's name"),
    "ALERT": Meaning("the text is for the person, and says it all", "do what the text says"),
    "REFERRAL": Meaning(
        "the user's mail is on another server (RFC 2221)", "connect to the server that the URL in the answer names"
    ),
    "WEBALERT": Meaning(
        "the provider wants the person to confirm this login in a browser",
        "open the address in the answer in a browser, and log in there once",
    ),
    "THROTTLED": Meaning("there were too many logins in a short time", "wait some minutes, and then log in once"),
}

_NO_CODE = Meaning(
    "the server refused the login and gives no code",
    "read its text; mostly the user's name or the password is wrong, and the server's log says more",
)
_BAD = Meaning("the server did not understand the login, or does not allow it now", "try another --mechanism")
_NO_COMMAND = Meaning(
    "the server does not know PROXYAUTH, which only servers of Sun and Oracle have", "try --authorize in its place"
)
_LATE = Meaning(
    "the server took the login and did not answer it in time",
    "look at the server's log: what it asks for passwords, such as a directory, may hang; --timeout waits longer",
)
_ENDED = Meaning(
    "the server ended the connection in place of an answer",
    "look at the server's log: it may be overloaded, or may have banned this address",
)


def meaning(attempt: Attempt, *, late: bool = False) -> Meaning:
    """Return what the answer to a login that failed means, and what to try.

    `late` is true if we stopped waiting for an answer.
    """
    answer = attempt.answer
    if late and not answer.status:
        return _LATE
    if attempt.has_token and answer.status == "NO" and answer.code in ("", "AUTHENTICATIONFAILED"):
        return Meaning("the server does not accept the token", "see what is said of the token")
    known = CODES.get(answer.code)
    found = known or {"BAD": _BAD, "": _ENDED}.get(answer.status, _NO_CODE)
    if attempt.command == "PROXYAUTH" and known is None:
        return _NO_COMMAND if answer.status == "BAD" else CODES["AUTHORIZATIONFAILED"]
    if answer.code == "AUTHENTICATIONFAILED" and attempt.user and "@" not in attempt.user:
        return found._replace(way=f"{found.way}; some servers want the whole address as the user's name")
    return found


# -- tokens

EXPIRED, EARLY, SCOPE, AUDIENCE, REFUSED, UNKNOWN = "expired", "early", "scope", "audience", "refused", "unknown"

#: Status in the server's JSON (RFC 6750 section 3.1, and HTTP's numbers, which XOAUTH2 has) -> meaning.
STATUS: Mapping[str, tuple[str, str]] = {
    "invalid_token": (REFUSED, "the token is expired, revoked or malformed, or for somebody else"),
    "insufficient_scope": (SCOPE, "the token does not allow IMAP: its scope is too small"),
    "invalid_request": (REFUSED, "the server did not understand the token's message"),
    "400": (REFUSED, "the token is malformed, expired, or for another user or service"),
    "401": (REFUSED, "the token is expired or revoked"),
    "403": (SCOPE, "the token does not allow IMAP: its scope is too small"),
}

#: What a token is for, and certainly not for IMAP -> what it is, and how to get the right one.
_AUDIENCES = {
    "https://graph.microsoft.com": "Microsoft Graph",
    "00000003-0000-0000-c000-000000000000": "Microsoft Graph",
    "https://management.azure.com": "Azure's management",
}
_WAYS = {
    EXPIRED: "get a fresh token; if a command gives it (--token-command), that must refresh it",
    EARLY: "check the clocks of this machine and of the identity provider",
    SCOPE: "ask the identity provider for a token with the scope that IMAP needs",
    AUDIENCE: "ask for a token for IMAP, as with the scope https://outlook.office.com/IMAP.AccessAsUser.All",
    REFUSED: "get a fresh token by a new login, and check that it is for this user and this server",
}


class TokenFault(NamedTuple):
    """A kind of fault of a token, what is known of it as a sentence, and what to try."""

    kind: str
    text: str
    way: str


def token_fault(attempt: Attempt, now: float) -> TokenFault:
    """Return what is wrong with a token that was refused: what it says of itself goes first, then the server's word."""
    claims, status = attempt.claims, attempt.refusal.get("status", "")
    if claims is not None and (found := _of_claims(claims, attempt.refusal, now)):
        return TokenFault(*found, _WAYS[found[0]])
    kind, text = STATUS.get(status, (UNKNOWN, f"the server says of it: {status}" if status else ""))
    if not text:
        text = "the server does not say what is wrong with it"
    if scope := attempt.refusal.get("scope"):
        text += f"; it wants the scope {scope}"
    return TokenFault(kind, text, _WAYS.get(kind, _WAYS[REFUSED]))


def _of_claims(claims: Claims, refusal: Mapping[str, str], now: float) -> tuple[str, str] | None:
    """Return the fault that a token shows itself, by its times, its audience and its scopes."""
    if claims.ends is not None and claims.ends <= now:
        return EXPIRED, f"the token expired at {moment(claims.ends)}, {ago(now - claims.ends)} ago"
    if claims.begins is not None and claims.begins > now:
        return EARLY, f"the token is valid only from {moment(claims.begins)}, in {ago(claims.begins - now)}"
    other = next((_AUDIENCES[one.rstrip("/")] for one in claims.audiences if one.rstrip("/") in _AUDIENCES), "")
    if other:
        return AUDIENCE, f"the token is for {other}, and not for IMAP"
    wanted = refusal.get("scope", "").split()
    if wanted and claims.scopes and not set(wanted) & set(claims.scopes):
        return SCOPE, f"the token has the scope {' '.join(claims.scopes)}, and the server wants {' '.join(wanted)}"
    return None


def moment(seconds: float) -> str:
    """Return a moment in words."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def ago(seconds: float) -> str:
    """Return a span of time in words, in its largest unit."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            number = int(seconds // length)
            return f"{number:,} {unit}{'s' * (number != 1)}"
    return f"{int(seconds)} second{'s' * (int(seconds) != 1)}"
