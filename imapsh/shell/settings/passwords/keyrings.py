"""Looks passwords up in the system's keyring, by the package `keyring`, which is an extra.

The service is `imapsh:HOST` and the user name USER; `keyring set imapsh:mail.example me` puts one in.
"""

from __future__ import annotations

from imapsh.errors import LoginError

_CONFIGURED = "its backend with keyring diagnose, and PYTHON_KEYRING_BACKEND"

HOW_TO_INSTALL = "pip install 'imapsh[keyring]'"


def find(host: str, user: str) -> str:
    """Return the password, or "" if there is none.  Raises LoginError if the keyring cannot be asked."""
    try:
        import keyring
    except Exception as error:  # noqa: BLE001 - backends are of many makers
        raise LoginError(_unusable(error)) from None
    try:
        return keyring.get_password(service(host), user) or ""
    except Exception as error:  # noqa: BLE001 - backends are of many makers
        raise LoginError(_refusal(error, user, host)) from None


def _unusable(error: Exception) -> str:
    """Say why the package cannot be imported; it loads the backend that its configuration names at once."""
    if isinstance(error, ImportError) and error.name in (None, "keyring"):
        return f"--keyring needs the package keyring, which is not installed: {HOW_TO_INSTALL}"
    return f"the keyring's backend cannot be used ({_named(error)}): check {_CONFIGURED}"


def _refusal(error: Exception, user: str, host: str) -> str:
    """Say why a keyring gave nothing.  Backends are of many makers and raise what they like."""
    from keyring.errors import KeyringError, NoKeyringError

    if isinstance(error, NoKeyringError):
        return "--keyring found no keyring on this system: keyring diagnose shows what it looks for"
    what = f"the keyring did not give the password for {user} at {host}"
    if isinstance(error, EOFError):
        return f"{what}: it asks for a password of its own, and there is no terminal to type it at"
    if isinstance(error, KeyringError):
        return f"{what} ({_named(error)}): is it locked?"
    return f"{what} ({_named(error)}): check {_CONFIGURED}"


def _named(error: Exception) -> str:
    """Return an error's name alone, because its text may hold a secret."""
    return type(error).__name__


def service(host: str) -> str:
    """Return the name that the passwords for a host are filed under."""
    return f"imapsh:{host}"
