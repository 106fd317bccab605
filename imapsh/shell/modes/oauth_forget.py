"""Does `--oauth-forget`: removes the tokens that `--oauth` keeps for a user."""

from __future__ import annotations

from imapsh.errors import UsageError
from imapsh.render.styles import paint
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.screen import stdio
from imapsh.shell.settings.options import Options


def run(options: Options) -> int:
    """Say what was removed, and return the exit status.  Raises UsageError, and LoginError if it cannot be removed."""
    from imapsh.shell.settings.passwords.oauth import current

    plan = make_plan(options)
    provider = plan.ways.oauth
    if provider is None:
        raise UsageError("--oauth-forget needs --oauth PROVIDER, or a profile that has it, and a URL with the user")
    kept = current.forget(provider, plan.user)
    what = "the tokens were removed" if kept else "no tokens are kept"
    text = f"{what} for {plan.user} at {provider.name}"
    if kept:
        text += "; they stay valid there until you revoke them in the settings of your account"
    stdio.out(paint([("", f"{text}\n")], None))
    return 0
