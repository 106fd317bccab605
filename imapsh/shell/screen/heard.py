"""Shows what was overheard between a client and a server (`imapsh.session.overheard`), from a log or in a tap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.grammar.responses import CLIENT
from imapsh.session.discreet import discreet
from imapsh.shell.screen.output import Output, exact, stamped_texts
from imapsh.shell.screen.timing import moment, moment_in_json

if TYPE_CHECKING:
    from imapsh.render.visible import Shown
    from imapsh.session.overheard import Overheard


def texts(output: Output, found: Overheard, connection: str) -> Iterator[Shown]:
    """Yield the text of a response or of a client's line, its time and its connection before it."""
    more = {} if found.time is None else {"time": moment_in_json(found.time)}
    shown = output.blocks(discreet(found.response), found.findings, label=connection, more=more)
    if output.format == "json":
        return shown
    words = ("" if found.time is None else moment(found.time), connection)
    return stamped_texts(shown, " ".join(filter(None, words)), output.theme)


def octets(found: Overheard) -> Iterator[bytes]:
    """Yield the octets as they are, for a pipe or a file; none of a client's line."""
    if found.response.kind != CLIENT:
        yield from exact(found.response.frame)
