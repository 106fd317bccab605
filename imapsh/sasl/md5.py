"""MD5, which a machine may not allow (FIPS 140): then no mechanism that needs it is available."""

from __future__ import annotations

import hashlib
import hmac

from imapsh.errors import UsageError


def available() -> bool:
    """Return whether this machine allows MD5 and HMAC-MD5."""
    try:
        hashlib.md5(b"")
        hmac.HMAC(b"", b"", "md5")
    except (ValueError, AttributeError):  # it is forbidden, or Python was made without it
        return False
    return True


def require(name: str) -> None:
    """Raise UsageError if the mechanism `name` cannot be used, because MD5 is not allowed."""
    if not available():
        raise UsageError(f"{name} is not available: it needs MD5, which this machine does not allow (FIPS)")
