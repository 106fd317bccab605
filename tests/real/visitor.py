"""A client on a real server that keeps what it is told."""

from __future__ import annotations

import re
from typing import Any

from imapsh.client.blocking import BlockingClient
from imapsh.grammar.values import StatusText
from imapsh.grammar.writer import Writer
from imapsh.session.core import Session
from imapsh.session.events import Completed, Event, Received
from imapsh.session.exchange import Exchange
from imapsh.session.opening import Opening, steps
from imapsh.transport.address import parse_address
from imapsh.transport.blocking import connect
from imapsh.transport.tls import TLSOptions
from tests.servers.base import Server

#: What is wrong and known: server, rule, what the line looks like.  Each was held against the RFC.
KNOWN = (
    # UTF-8 in text, which RFC 3501 does not allow and RFC 9051 does
    ("dovecot", "text", rb"Mailbox doesn't exist: .*[\x80-\xff]"),
    # raw UTF-8 in the names of the STATUS responses that NOTIFY asks for, where modified UTF-7 is due
    ("dovecot", "mailbox-name", rb"\* STATUS \{\d+\}\r\n.*[\x80-\xff]"),
    # a quota root without limits comes without the list in parentheses
    ("courier", "quota-response", rb'\* QUOTA "[^"]*"\r\n'),
    # FUZZY without an index is answered OK, and nothing else
    ("cyrus", "search-missing", rb"OK Completed \(0 msgs"),
    # a bare LF behind the reply to AUTHENTICATE
    ("mailutils", "line", rb"AUTHENTICATE .*[^\r]\n\Z"),
    # it says "1 EXPUNGED", which is no EXPUNGE, and then the smaller EXISTS
    ("mailutils", "exists-shrinks", rb"EXISTS"),
    # EXPUNGE after another connection changed the mailbox brings "0 EXISTS" and "2 RECENT"
    ("mailutils", "recent-count", rb"OK EXPUNGE"),
    # it never tells UIDNEXT (RFC 3501 section 6.3.1), which a client can do without
    ("courier", "select-codes", rb"OK \[READ-(ONLY|WRITE)\]"),
    # it leaves ENABLED out where ENABLE brings nothing new (RFC 9051 section 6.3.1)
    ("cyrus", "enabled-missing", rb"OK Completed"),
    ("dovecot", "enabled-missing", rb"OK Enabled"),
    # a SEARCH of FUZZY keys brings no response where there is no index (RFC 3501 section 6.4.4)
    ("cyrus", "search-missing", rb"OK Completed \(0 msgs"),
    # a name with spaces without quotation marks
    ("mailutils", "mailbox", rb'STATUS [^"{]+ \S+ \(MESSAGES'),
)


class Visitor:
    """Logged in when made.  `way`: plain, starttls, tls or exec."""

    def __init__(self, server: Server, way: str) -> None:
        self.server = server
        self.way = way
        self.events: list[Event] = []
        tls = TLSOptions(cafile=str(server.cafile))
        stream = connect(parse_address(self._url()), tls=tls, idle_timeout=30)
        session = Session(secure=way == "tls")
        self.client = BlockingClient(stream, session, self.events.append, tls=tls, server_name=server.host)
        self.session = session
        self.client.greet()
        user = "" if way == "exec" else server.user
        local = way in ("plain", "exec")
        self.client.follow(steps(session, Opening(server.name, local, user, lambda: server.password)))

    def _url(self) -> str:
        server = self.server
        if self.way == "exec":
            return f"exec:{server.exec_command}"
        return (
            f"imaps://{server.host}:{server.tls_port}" if self.way == "tls" else f"imap://{server.host}:{server.port}"
        )

    def has(self, capability: str) -> bool:
        """Whether the server lists it, or the whole of IMAP4rev2, which has it."""
        return bool({capability, "IMAP4REV2"} & self.session.capabilities)

    def do(self, line: str, status: str = "OK") -> Exchange:
        """Run a line; fails unless its reply is `status`."""
        return self._check(self.session.line(line), status)

    def send(self, name: str, writer: Writer, status: str = "OK") -> Exchange:
        """Run a command with arguments written by a program."""
        return self._check(self.session.command(name, writer.fragments()), status)

    def _check(self, exchange: Exchange, status: str) -> Exchange:
        self.client.run(exchange)
        assert exchange.status == status, exchange.response
        return exchange

    def got(self, exchange: Exchange, name: str) -> list[Any]:
        """The values of the untagged responses of this name that came while it ran."""
        return [
            event.response.value
            for event in self.events
            if isinstance(event, Received) and event.exchange is exchange and event.response.name == name
        ]

    def code(self, exchange: Exchange) -> Any:
        """The code of its tagged reply, or of an untagged OK before it where that has one."""
        assert exchange.response is not None
        values = [exchange.response.value, *reversed(self.got(exchange, "OK"))]
        return next((value.code for value in values if isinstance(value, StatusText) and value.code), None)

    def wrong(self, *, grammar: bool = True) -> list[tuple[str, str, bytes]]:
        """Findings, and violations if `grammar` is true, but for the known ones: server, rule, octets."""
        found = []
        for event in self.events:
            if isinstance(event, Received | Completed):
                rules = [*(f.rule for f in event.findings)]
                if grammar:
                    rules += [v.rule for v in event.response.violations]
                raw = event.response.frame.raw
                for rule in rules:
                    known = (row[:2] == (self.server.name, rule) and re.search(row[2], raw) for row in KNOWN)
                    if not any(known):
                        found.append((self.server.name, rule, raw[:300]))
        return found
