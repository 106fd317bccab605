"""`AUTHENTICATE NAME` at the prompt: the person is asked who and with what, and the mechanism says the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imapsh.session.opening import authenticate, way
from imapsh.shell.dial import opening
from imapsh.spec.model import NOT_AUTHENTICATED

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange
    from imapsh.shell.link import Link
    from imapsh.spec.match import Match


class Ask(Protocol):
    """Asks the person, unseen where `secret`; None is given for 'I will not say'."""

    async def __call__(self, question: str, *, secret: bool = True) -> str | None:
        """The answer."""


def mechanism(found: Match) -> str:
    """The mechanism that a typed line leaves to imapsh.

    "" where the dialogue is the person's: with a tag in front, with a response, and where imapsh does not know it.
    """
    from imapsh.sasl.table import MECHANISMS

    if found.command is None or found.command.name != "AUTHENTICATE" or found.tag is not None:
        return ""
    name = str(found.slots[0].value).upper() if found.complete and len(found.slots) == 1 else ""
    return name if name in MECHANISMS else ""


async def log_in(link: Link, name: str, ask: Ask) -> Exchange | None:
    """Ask for what the mechanism needs, and submit AUTHENTICATE; None where the person will not say.

    Raises LoginError where a secret would go in the clear, and UsageError for what the mechanism cannot take.
    """
    from imapsh.sasl.table import MECHANISMS

    plan, needs = link.plan, MECHANISMS[name].needs
    user: str | None = plan.address.user
    secret: str | None = ""
    kind = next((kind for kind in ("Password", "Token") if kind.lower() in needs), "")
    if kind:
        default = f" [{user}]" if user else ""
        answer = await ask(f"User at {plan.where}{default}: ", secret=False)
        user = None if answer is None else answer.strip() or user
    if not user and kind:
        return None
    wanted = opening(plan, None, link.stream)._replace(user=user or "", mechanism=name, password=lambda: secret or "")
    way(link.session, wanted)  # refuses before the secret is asked for
    if kind:
        secret = await ask(f"{kind} for {user} at {plan.where}: ")
    if (kind and not secret) or link.session.state != NOT_AUTHENTICATED:
        return None
    return authenticate(link.session, wanted)
