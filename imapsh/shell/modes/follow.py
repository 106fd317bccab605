"""Who said what when: a trace followed with both its sides, for faults of conduct."""

from __future__ import annotations

from imapsh import spec
from imapsh.findings import Finding
from imapsh.grammar.responses import CLIENT, CONTINUATION, STATUS, TAGGED, UNTAGGED, Response
from imapsh.grammar.values import Capabilities
from imapsh.session import conduct, states
from imapsh.session.exchange import Exchange
from imapsh.session.mailbox import Mailbox
from imapsh.spec.model import AUTHENTICATED, SELECTED
from imapsh.wire.frames import Frame

_OPENING = ("SELECT", "EXAMINE")


class Follower:
    """Call `sent` and `received` in the order of the trace.

    A trace that does not begin with a greeting begins in mid-session: then a mailbox is taken to be selected of which
    nothing is known.
    """

    def __init__(self) -> None:
        self.state = SELECTED
        self._mailbox: Mailbox | None = Mailbox("")
        self._opening: Mailbox | None = None
        self._running: dict[str, Exchange] = {}
        self._enabled: set[str] = set()
        self._notified = False
        self._begun = False
        self._literal = False  # the client announced one

    def sent(self, frame: Frame) -> Response:
        """A line of the client, or a part of one, as a response of kind client."""
        self._begun = True
        name = ""
        if not self._literal:
            exchange = _command(frame.raw.decode("latin-1"))
            if exchange is not None:
                name = exchange.name
                self._running[exchange.tag] = exchange
                if name in _OPENING:
                    self._opening = Mailbox("", name == "EXAMINE")
        self._literal = frame.raw.endswith(b"}\r\n")
        return Response(CLIENT, name, None, frame)

    def received(self, response: Response) -> tuple[Finding, ...]:
        """A response, and what is wrong about its time."""
        if not self._begun:
            self._begun = True
            if response.kind == STATUS and response.name in states.GREETINGS:
                self.state, self._mailbox = states.GREETINGS[response.name], None
                return ()
        if response.kind == TAGGED:
            return self._completed(response)
        if response.kind == CONTINUATION:
            asked = self._literal or any(name in ("IDLE", "AUTHENTICATE") for name in self._names())
            return () if asked else (Finding("continuation-unasked", "'+' though nothing waits for it"),)
        if response.kind != UNTAGGED:
            return ()
        box = self._opening or self._mailbox
        if response.name == "ENABLED" and isinstance(response.value, Capabilities):
            self._enabled.update(name.upper() for name in response.value.names)
        any_time = self._notified or "UIDONLY" in self._enabled
        findings = conduct.untagged(response, self.state, box, self._running.values(), any_time)
        if box is not None:
            box.untagged(response.name, response.value)
        return findings

    def _names(self) -> list[str]:
        return [exchange.name for exchange in self._running.values()]

    def _completed(self, response: Response) -> tuple[Finding, ...]:
        exchange = self._running.pop(response.tag or "", None)
        if exchange is None:
            return (Finding("tag-unknown", f"no command with the tag {response.tag} is running"),)
        self._literal = False
        self._notified = self._notified or (exchange.name, response.name) == ("NOTIFY", "OK")
        state = states.REPLIES.get((exchange.name, response.name))
        if exchange.name in _OPENING:
            self._mailbox, self._opening = self._opening if response.name == "OK" else None, None
        if state is not None:
            self.state = state
            if state == AUTHENTICATED:
                self._mailbox = None
        return ()


def _command(line: str) -> Exchange | None:
    """The command that a client's line begins, None where it begins none."""
    tag, _, rest = line.rstrip("\r\n").partition(" ")
    words = rest.upper().split(" ", 2)
    name = " ".join(words[:2]) if words[0] == "UID" else words[0]
    return Exchange(tag, name, ()) if spec.command(name) is not None else None
