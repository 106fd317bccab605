"""Says errors of the operating system in words."""

from __future__ import annotations


def why(error: OSError | ValueError) -> str:
    """Return why the system would not have a path or a command; a NUL in it is a ValueError."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
