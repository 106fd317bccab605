"""Handles `AUTHENTICATE NAME` at the prompt: asks the person who and with what; the mechanism says the rest.

A note says before what it asks for, because people who come from another client have a response in base64 ready.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.errors import UsageError
from imapsh.session.opening import authenticate, way
from imapsh.shell.connection.dial import opening, password_source
from imapsh.shell.connection.opening import asked, looked_up
from imapsh.shell.connection.steps import Ask, Steps, Typed
from imapsh.table.model import NOT_AUTHENTICATED
from imapsh.typed.secrets import credentials

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.typed.match import Match


def mechanism(found: Match) -> str:
    """Return the mechanism that a typed line leaves to imapsh.

    Return "" if the dialogue is the person's: with a tag in front, with a response, and if imapsh does not know it.
    """
    if found.command is None or found.command.name != "AUTHENTICATE" or found.tag is not None:
        return ""
    from imapsh.sasl.table import MECHANISMS

    name = str(found.slots[0].value).upper() if found.complete and len(found.slots) == 1 else ""
    return name if name in MECHANISMS else ""


def password(app: App, user: str) -> Steps[str | None]:
    """Return the password of a typed `LOGIN user`; None if the person will not say.

    A script takes it from where the options say.  Raises LoginError if nothing gives it.
    """
    source = password_source(app.connection.plan, user)
    if not app.interactive:  # LOGIN takes a password, and what --oauth gives is none
        found = "" if source.ways.oauth is not None else (yield from looked_up(source, app.must))
        return found or (yield from asked(source))
    answer: str | None = yield Ask(source.question, secret=True)
    return answer


def log_in(app: App, name: str) -> Steps[str]:
    """Ask for what the mechanism needs, and submit AUTHENTICATE.

    Return the reply's status, "" if the person will not say.  A token of the plan's user comes from --token-command, if
    there is one.

    Raises LoginError if a secret would go in the clear, and UsageError for what the mechanism cannot take.
    """
    from imapsh.sasl.table import MECHANISMS

    connection = app.connection
    plan, needs = connection.plan, MECHANISMS[name].needs
    user = plan.address.user
    secret: str | None = ""
    kind = next((kind for kind in ("Password", "Token") if kind.lower() in needs), "")
    if kind:
        user = yield from _user(app, name, kind, user)
    if not user and kind:
        return ""
    wanted = opening(plan, connection.stream)._replace(user=user, mechanism=name, password=lambda: secret or "")
    way(connection.session, wanted)  # refuses before the secret is asked for
    if kind == "Token" and user == plan.address.user and plan.ways.token:
        secret = yield from looked_up(password_source(plan, plan.address.user), app.must)
    elif kind:
        secret = yield Ask(f"{kind} for {user} at {plan.where}: ", secret=True)
    if (kind and not secret) or connection.session.closed or connection.session.state != NOT_AUTHENTICATED:
        return ""
    exchange = authenticate(connection.session, wanted)
    yield Typed(exchange)
    if exchange.status not in ("", "OK") and exchange.mechanism is not None and exchange.mechanism.said:
        app.note(exchange.mechanism.said)
    return exchange.status


def _user(app: App, name: str, kind: str, known: str) -> Steps[str]:
    """Return the user to log in; "" if the person will not say.  Raises UsageError for a response in base64."""
    app.note(
        f"imapsh asks for the user name and the {kind.lower()}, and makes the base64 itself; "
        f"to type the base64 yourself, begin with a tag: a1 AUTHENTICATE {name}"
    )
    answer = yield Ask(f"User at {app.connection.plan.where}{f' [{known}]' if known else ''}: ")
    if answer is None:
        return ""
    if credentials(answer.strip()):
        app.session.secrets.add_sasl(answer.strip().encode())
        raise UsageError(
            f"that was a base64 response, but imapsh asked for the user name; nothing was sent: "
            f"a1 AUTHENTICATE {name} takes it"
        )
    return answer.strip() or known
