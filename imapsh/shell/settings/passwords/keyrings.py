"""Looks passwords up in the system's keyring, by the package `keyring`, which is an extra.

The service is `imapsh:HOST` and the user name USER; `keyring set imapsh:mail.example me` puts one in.
"""

from __future__ import annotations

from imapsh.errors import LoginError

HOW_TO_INSTALL = "pip install 'imapsh[keyring]'"


def find(host: str, user: str) -> str:
    """Return the password, or "" if there is none.  Raises LoginError if the keyring cannot be asked."""
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError:
        raise LoginError(f"--keyring needs the package keyring, which is not installed: {HOW_TO_INSTALL}") from None
    try:
        return keyring.get_password(service(host), user) or ""
    except NoKeyringError:
        raise LoginError(
            "--keyring found no keyring on this system: keyring diagnose shows what it looks for"
        ) from None
    except KeyringError as error:
        reason = type(error).__name__
        raise LoginError(
            f"the keyring did not give the password for {user} at {host} ({reason}): is it locked?"
        ) from None


def service(host: str) -> str:
    """Return the name that the passwords for a host are filed under."""
    return f"imapsh:{host}"
