"""Two accounts of the demo's on servers of their own, `1` and `b`, in one shell; either server may be faulty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from imapsh.server.core import ServerSession
from imapsh.server.demo import demo_store
from imapsh.server.memory import join
from imapsh.server.store import Mailbox, Store
from imapsh.shell.connection.dial import make_plan
from tests.shell.hosting import FakeApp


class Faulty:
    """A server of the demo's: `replaced` are octets in what it says; after hearing `ends` it says nothing, and leaves.

    `lets` is how often it still answers that.  `heard` is all that it was sent.
    """

    def __init__(self, store: Store, replaced: dict[bytes, bytes], ends: bytes = b"", lets: int = 0) -> None:
        self._session = ServerSession(store)
        self._replaced = replaced
        self._ends = ends
        self._lets = lets
        self._left = False
        self._boxes = list(store.accounts["demo"].mailboxes.values())
        self.before: dict[int, int] = {}
        self.heard = b""

    @property
    def closed(self) -> bool:
        return self._left or self._session.closed

    def receive_data(self, data: bytes) -> None:
        self.heard += data
        self.before = {id(box): len(box.messages) for box in self._boxes}
        if self._ends and self.heard.count(self._ends) > self._lets:
            self._left = True
        self._session.receive_data(data)

    def data_to_send(self) -> bytes:
        octets = self._session.data_to_send()
        for before, instead in self._replaced.items():
            octets = octets.replace(before, instead)
        return b"" if self._left else octets

    def eof(self) -> None:
        self._session.eof()


class Two(FakeApp):
    """Connections `1` and `b`; `1` is the current one, and has INBOX selected.  `b` has an empty mailbox `Back`."""

    def __init__(self, *answers: str | None, **options: Any) -> None:
        super().__init__(*answers, connected=True, **options)
        self.other = demo_store()
        account = self.other.accounts["demo"]
        account.limits = {}
        account.create("Back")
        account.find("INBOX").uidnext += 100
        self.again()
        self.does("SELECT INBOX").said.clear()
        self.done.clear()

    def again(self, replaced: dict[bytes, bytes] | None = None, ends: bytes = b"", lets: int = 0) -> Faulty:
        """Connect `b`, once more if it was; what it says has faults."""
        server = self.server = Faulty(self.other, replaced or {}, ends, lets)
        plan = make_plan(self.options)
        self.talks_over(join(server), plan._replace(address=plan.address._replace(command=("other",))), "b")
        self.use("1")
        self.said.clear()
        return server

    def source(self, replaced: dict[bytes, bytes], ends: bytes = b"", lets: int = 0) -> Faulty:
        """Connect `1` once more, to a server with faults, and select INBOX."""
        server = Faulty(self.fake.store, replaced, ends, lets)
        self.talks_over(join(server), make_plan(self.options), "1")
        self.does("SELECT INBOX").said.clear()
        return server

    @property
    def inbox(self) -> Mailbox:
        return self.fake.store.accounts["demo"].find("INBOX")

    @property
    def back(self) -> Mailbox:
        return self.other.accounts["demo"].find("Back")

    def does(self, line: str) -> Two:
        super().does(line)
        return self

    def told(self, line: str) -> str:
        """Do a line, and return all that was said."""
        self.said.clear()
        self.does(line)
        return self.text


def mail(box: Mailbox) -> list[tuple[bytes, frozenset[str], str]]:
    """Octets, flags and date of every message of a mailbox."""
    return [(one.octets, frozenset(one.flags), one.internaldate.isoformat()) for one in box.messages]


def refusing(app: Two, refuse: Callable[[bytes], Exception | None]) -> None:
    """Have the mailbox `Back` refuse messages of which `refuse` returns why."""
    box = app.back
    add = box.add

    def adding(source: Any, *more: Any, **named: Any) -> Any:
        octets = source if isinstance(source, bytes) else source()
        if (error := refuse(octets)) is not None:
            del box.messages[app.server.before[id(box)] :]  # of a MULTIAPPEND none is kept
            raise error
        return add(source, *more, **named)

    box.add = adding  # type: ignore[method-assign]


def meanwhile(app: Two, happens: Callable[[], object]) -> None:
    """Let something happen once, while the first message is appended."""
    waiting = [happens]

    def refuse(octets: bytes) -> None:
        if waiting:
            waiting.pop()()

    refusing(app, refuse)
