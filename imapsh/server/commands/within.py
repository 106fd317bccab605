"""WITHIN (RFC 5032): how long ago a message arrived, by the server's clock, to a second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from imapsh.server.search import Test
from imapsh.server.selected import Selected

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def _target(selected: Selected, seconds: int) -> datetime:
    """Return the time `seconds` seconds ago."""
    try:
        return selected.clock() - timedelta(seconds=seconds)
    except OverflowError:
        return _LONG_AGO


def _older(selected: Selected, seconds: int) -> Test:
    target = _target(selected, seconds)
    return lambda number, message: message.internaldate <= target


def _younger(selected: Selected, seconds: int) -> Test:
    target = _target(selected, seconds)
    return lambda number, message: message.internaldate >= target


CAPABILITIES = ("WITHIN",)
KEYS = {"OLDER": _older, "YOUNGER": _younger}
