"""Whether a command may be sent while others have no reply yet (RFC 9051 section 5.5)."""

from __future__ import annotations

from collections.abc import Collection

from imapsh.session.exchange import Exchange


def may_start(exchange: Exchange, running: Collection[Exchange]) -> bool:
    """Whether no ambiguity can come of it.

    A barrier, or a command that the table does not hold, runs alone.  What uses message numbers waits for what may
    bring EXPUNGE: it would shift them.
    """
    row = exchange.row
    for other in running:
        if row is None or row.barrier or other.row is None or other.row.barrier:
            return False
        if row.numbers and other.row.expunges:
            return False
    return True
