"""Decides whether a command may be sent while others have no reply yet (RFC 9051 section 5.5)."""

from __future__ import annotations

from collections.abc import Collection

from imapsh.session.attribution import alike_names, answered_by_tag, lists_status
from imapsh.session.exchange import Exchange


def may_start(exchange: Exchange, running: Collection[Exchange], most: int = 0) -> bool:
    """Return whether sending the command now cannot cause ambiguity.

    A barrier, or a command that the table does not hold, runs alone.  A command that uses message numbers waits for
    those that may bring EXPUNGE, which would shift the numbers.  Commands also wait for each other if nobody could tell
    their answers apart, and if `most` are running; 0 is no limit.
    """
    if 0 < most <= len(running):
        return False
    row = exchange.row
    for other in running:
        if row is None or row.barrier or other.row is None or other.row.barrier:
            return False
        if row.numbers and other.row.expunges:
            return False
        if _confusable(exchange, other):
            return False
    return True


def _confusable(one: Exchange, other: Exchange) -> bool:
    """Return whether both ask for untagged data that does not say to which command it belongs."""
    asked = one.row.asks if one.row is not None else ""
    if other.row is None or not asked:
        return False
    if asked != other.row.asks:
        return (asked == "STATUS" and lists_status(other)) or (other.row.asks == "STATUS" and lists_status(one))
    if asked == "STATUS":
        return alike_names(one.mailbox, other.mailbox)
    return not (answered_by_tag(one) or answered_by_tag(other))
