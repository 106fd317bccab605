"""Keeps tokens between runs: in the system's keyring where there is one, else in a file for its owner alone.

A token is given back only for the endpoint and the client that it was made for.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote

from imapsh.errors import LoginError
from imapsh.shell.settings.folders import state_place
from imapsh.shell.settings.passwords.oauth.grants import Tokens
from imapsh.shell.settings.passwords.oauth.providers import Provider
from imapsh.shell.settings.passwords.password import Kept
from imapsh.shell.settings.reasons import why

MOST = 1 << 18
"""Octets of a file of tokens."""

PATIENCE = 40.0
"""Seconds to wait for another imapsh that refreshes the same tokens: more than a request takes."""

_LOOK = 0.05  # seconds between two tries of the lock
_LONGEST = 150  # characters of a file's name


def service(provider: Provider) -> str:
    """Return the name that a provider's tokens are filed under in a keyring."""
    return f"imapsh-oauth:{provider.name}"


def path(provider: Provider, user: str) -> str:
    """Return the path of the file for the tokens of a user."""
    name = f"{quote(provider.name, safe='')}.{quote(user, safe='@+', errors='surrogateescape')}"
    if len(name) > _LONGEST:
        from hashlib import sha256

        name = sha256(name.encode("ascii")).hexdigest()
    return os.path.join(state_place(), "oauth", f"{name}.json")


def load(provider: Provider, user: str) -> Tokens | None:
    """Return the tokens of a user, or None if there are none that can be used.

    Raises LoginError if there is a file that others may read, or that is not what it should be.
    """
    said = _from_keyring(provider, user) or _from_file(path(provider, user))
    try:
        record: Any = json.loads(said) if said else None
        if not isinstance(record, dict) or record.get("for") != _made_for(provider):
            return None
        access, refresh, until = record["access_token"], record["refresh_token"], float(record["expires_at"])
        return Tokens(Kept(str(access)), Kept(str(refresh)), until)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None  # they are asked for again, and replaced


def save(provider: Provider, user: str, tokens: Tokens) -> None:
    """Keep tokens in place of those that are there.  Raises LoginError if they can be kept nowhere."""
    record = {
        "for": _made_for(provider),
        "access_token": tokens.access.reveal(),
        "refresh_token": tokens.refresh.reveal(),
        "expires_at": tokens.until,
    }
    text = json.dumps(record)
    if _to_keyring(provider, user, text):
        with suppress(OSError):
            os.unlink(path(provider, user))
        return
    try:
        _to_file(path(provider, user), text.encode("utf-8"))
    except OSError as error:
        raise LoginError(f"the tokens cannot be kept in {path(provider, user)}: {why(error)}") from None


def forget(provider: Provider, user: str) -> bool:
    """Remove what is kept of a user, wherever it is, and return whether there was anything.  Raises LoginError."""
    found = _off_keyring(provider, user)
    try:
        os.unlink(path(provider, user))
    except (FileNotFoundError, NotADirectoryError):
        return found
    except OSError as error:
        raise LoginError(f"{path(provider, user)} cannot be removed: {why(error)}") from None
    return True


def place(provider: Provider, user: str) -> str:
    """Return where tokens of a user are kept, "" for nowhere.  Raises LoginError as `load` does."""
    if _from_keyring(provider, user):
        return f"the keyring ({service(provider)})"
    return path(provider, user) if _from_file(path(provider, user)) else ""


@contextmanager
def locked(provider: Provider, user: str) -> Iterator[None]:
    """Let no other imapsh take new tokens for this user meanwhile: a refresh token may be good for one use only.

    One that holds the lock for longer than a request may take was stopped, and is not waited for any more.
    """
    try:
        import fcntl  # noqa: F401
    except ImportError:
        yield  # not on this platform
        return
    name = f"{path(provider, user)}.lock"
    try:
        os.makedirs(os.path.dirname(name), mode=0o700, exist_ok=True)
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        yield  # the file that could not be written is told when tokens are to be kept
        return
    try:
        due = time.monotonic() + PATIENCE
        while not _lock(descriptor) and time.monotonic() < due:
            time.sleep(_LOOK)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Return whether the lock could be taken; a file system without locks has none to wait for."""
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _made_for(provider: Provider) -> str:
    return f"{provider.client_id} {provider.token} {provider.scope}"


# -- the keyring.  Backends are of many makers and raise what they like; without one, the file is used.


def _from_keyring(provider: Provider, user: str) -> str:
    try:
        import keyring

        return keyring.get_password(service(provider), user) or ""
    except Exception:  # noqa: BLE001 - see above
        return ""


def _to_keyring(provider: Provider, user: str, text: str) -> bool:
    try:
        import keyring

        keyring.set_password(service(provider), user, text)
        return keyring.get_password(service(provider), user) == text  # a backend that keeps nothing raises nothing
    except Exception:  # noqa: BLE001 - see above
        return False


def _off_keyring(provider: Provider, user: str) -> bool:
    try:
        import keyring

        keyring.delete_password(service(provider), user)
        return True
    except Exception:  # noqa: BLE001 - see above
        return False


# -- the file


def _from_file(name: str) -> str:
    """Return what the file says, "" if there is none.  Raises LoginError."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(name, flags)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        reason = "it is a symbolic link" if os.path.islink(name) else why(error)
        raise LoginError(f"the tokens in {name} cannot be read: {reason}") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise LoginError(f"the tokens in {name} cannot be read: it is not a regular file")
        if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o077):
            raise LoginError(f"{name} contains tokens, and others may read or change it: remove it, and log in again")
        return file.read(MOST).decode("utf-8", "replace")


def _to_file(name: str, octets: bytes) -> None:
    """Write the file whole, by a new one that takes its place, so that a link there is replaced and not followed."""
    from tempfile import mkstemp

    folder = os.path.dirname(name)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    descriptor, made = mkstemp(dir=folder)  # for its owner alone
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(descriptor)
        os.replace(made, name)
    except BaseException:
        os.unlink(made)
        raise
