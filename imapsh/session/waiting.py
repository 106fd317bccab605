"""The thing that a silent session waits for in the middle of something, and why it may wait for ever."""

from __future__ import annotations

from collections.abc import Collection

from imapsh.errors import plural
from imapsh.grammar.responses import GARBAGE, TAGGED, Parser
from imapsh.session.exchange import Exchange
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Frame
from imapsh.wire.push import Unfinished

_MOST_LINES = 20  # lines at the end of a literal that are looked at

_OPEN = "the last line ends inside a {}; only the next line shows whether it continues"


class Waiting(NamedTuple):
    """The thing that a silent session waits for.

    `kind` is "literal", "line", "quoted string" or "parenthesis" of the server's (`imapsh.wire.push.Unfinished`); or
    "+", which a literal of ours waits for; or "reply", which a command waits for that was sent whole.

    `octets` is the size of the literal, and `received` how many octets of it or of the line came.  `looks` says what
    the end of a literal looks like: "a tagged reply" to `command`, "an untagged response", or "".  `command` names the
    command that waits for `+`, or has the tagged reply.
    """

    kind: str
    octets: int = 0
    received: int = 0
    looks: str = ""
    command: str = ""

    def __str__(self) -> str:
        """Return a sentence that says what the session waits for."""
        if self.kind == "+":
            return (
                f"the server has not sent + for the literal of {self.octets} {plural(self.octets, 'octet')} of "
                f"{self.command}"
            )
        if self.kind == "reply":
            return f"{self.command} has no reply yet"
        if self.kind == "line":
            return f"waiting for the end of a line, {self.received} {plural(self.received, 'octet')} received"
        if self.kind != "literal":
            return _OPEN.format(self.kind)
        text = f"waiting for {self.octets} {plural(self.octets, 'octet')}, {self.received} received"
        return f"{text}; the last look like {self.looks}: the announced size may be wrong" if self.looks else text


def of_server(part: Unfinished, parser: Parser, running: Collection[Exchange]) -> Waiting:
    """Return what the server has begun and not finished."""
    looks, command = _looks(part, parser, running) if part.kind == "literal" else ("", "")
    return Waiting(part.kind, part.announced, part.received, looks, command)


def _looks(part: Unfinished, parser: Parser, running: Collection[Exchange]) -> tuple[str, str]:
    """Return what whole lines at the end of a literal look like, if they follow the grammar."""
    from imapsh.wire.rereading import BELIEVABLE

    lines = part.tail.split(b"\n")[:-1]
    if not part.whole:
        del lines[:1]
    tags = {exchange.tag: exchange for exchange in running}
    # a separate parser, because nothing is to be learned here
    reads = Parser(parser.readers, utf8=parser.utf8, nesting=parser.nesting)
    looks = ""
    for line in reversed(lines[-_MOST_LINES:]):
        if not line.endswith(b"\r") or not BELIEVABLE.match(line + b"\n"):
            continue
        response = reads.parse(Frame((line + b"\n",)))
        if response.violations or response.kind is GARBAGE:
            continue
        if response.kind is TAGGED and response.tag in tags:
            exchange = tags[response.tag]
            return "a tagged reply", f"{exchange.tag} {exchange.name}"
        if response.kind is not TAGGED:
            looks = "an untagged response"
    return looks, ""
