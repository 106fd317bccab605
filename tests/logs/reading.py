"""Reads logs that are written in a test, and joins what one side sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from imapsh.findings import FAULT
from imapsh.grammar.responses import CLIENT as OURS
from imapsh.logs.formats import NAMED, reader_of
from imapsh.logs.recognising import recognised
from imapsh.logs.source import Log
from imapsh.session.overheard import Conversation, Overheard
from imapsh.wire.pieces import Piece

#: Logs that programs wrote, shortened.  Each is named after its format, and after a variant of it if there are two.
DATA = sorted(Path(__file__).with_name("data").iterdir())


def log_of(octets: bytes, path: str = "") -> Log:
    """Return a log whose file holds `octets`."""
    return Log(BytesIO(octets), path)


def read(octets: bytes, name: str = "", *, path: str = "", sister: Log | None = None) -> list[Piece]:
    """Return the pieces of a log; its format is recognised if `name` is empty."""
    log = log_of(octets, path)
    log.sister = sister
    form = NAMED[name] if name else recognised(log)
    assert form is not None
    return list(reader_of(form)(log))


def side(pieces: Iterable[Piece], direction: str, connection: str = "") -> bytes:
    """Return what one side of a connection sent, joined."""
    return b"".join(one.octets for one in pieces if (one.direction, one.connection) == (direction, connection))


def faults(pieces: Iterable[Piece]) -> list[str]:
    """Return the rules that the two sides break, by `Conversation`, over all connections; no notices of clients."""
    conversations: defaultdict[str, Conversation] = defaultdict(lambda: Conversation(both=True))
    found: list[Overheard] = []
    for piece in pieces:
        found += conversations[piece.connection].hear(piece)
    for one in conversations.values():
        found += one.end()
    return [
        *(violation.rule for one in found for violation in one.response.violations),
        *(
            finding.rule
            for one in found
            for finding in one.findings
            if one.response.kind != OURS or finding.level == FAULT
        ),
    ]
