"""The passphrase of the client's private key: from a command, or from the person, before anything is dialled.

OpenSSL would ask on the terminal, in the middle of a prompt, or of a script that nobody watches.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping

from imapsh.errors import LoginError, TLSError
from imapsh.hints import TYPE_CHECKING
from imapsh.shell.connection.steps import Ask, Away, Steps
from imapsh.shell.settings.passwords.password import Kept, hand_out

if TYPE_CHECKING:
    from imapsh.shell.connection.dial import Plan

_OPTION = "--key-password-command"
_LONGEST = 1 << 20  # octets of a file of keys that are looked at
_MARK = b"ENCRYPTED"  # in `BEGIN ENCRYPTED PRIVATE KEY` (RFC 7468 section 11), and in `Proc-Type: 4,ENCRYPTED`

Unlocked = MutableMapping[str, Kept]
"""Passphrases that fitted, by the path of the key: it need not be asked for again."""


def is_locked(plan: Plan) -> bool:
    """Return whether the plan's key is protected by a passphrase that the plan has not got."""
    return plan.tls.key_password is None and _locked(plan.tls.key or plan.tls.cert or "")


def _locked(path: str) -> bool:
    full = os.path.expanduser(path)
    if not (path and os.path.isfile(full)):
        return False  # what is wrong with it is told when it is used
    try:
        with open(full, "rb") as file:
            return _MARK in file.read(_LONGEST)
    except OSError:
        return False


def unlocked(plan: Plan, kept: Unlocked) -> Steps[Plan]:
    """Return the plan with the passphrase of its key, if that needs one.

    Raises TLSError if there is none to be had, or it does not fit; nothing is dialled then.
    """
    if not is_locked(plan):
        return plan
    from imapsh.transport.tls import make_context

    path = plan.tls.key or plan.tls.cert or ""
    secret = kept.pop(path, None) or hand_out((yield from _passphrase(plan, path)))
    tls = plan.tls._replace(key_password=secret.reveal)
    make_context(tls)
    kept[path] = secret
    return plan._replace(tls=tls)


def _passphrase(plan: Plan, path: str) -> Steps[str]:
    if command := plan.key_password_command:
        from imapsh.shell.settings.passwords.programs import from_command

        try:
            return str((yield Away(lambda: from_command(command, _OPTION))))
        except LoginError as error:
            raise TLSError(str(error)) from None
    answer: str | None = yield Ask(f"Passphrase for {path}: ", secret=True)
    if not answer:
        raise TLSError(
            f"the private key in {path} is protected by a passphrase, and none was given: run imapsh at a terminal and "
            f"type it, or give {_OPTION}"
        )
    return answer.rstrip("\r\n")
