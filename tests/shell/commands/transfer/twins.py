"""A shell with two accounts of the demo, "1" and "2", which begin with the same mail."""

from __future__ import annotations

from imapsh.render.visible import Shown
from imapsh.server.demo import demo_store
from imapsh.server.memory import connect
from imapsh.server.store import Account, Mailbox
from imapsh.shell.app import App
from imapsh.shell.connection.dial import make_plan
from tests.shell.hosting import FakeApp, answering


class Twins(FakeApp):
    """`account(name)` is the account of a connection, whose mail a test may change behind the shell's back."""

    def __init__(self, **options: object) -> None:
        super().__init__(connected=True, **options)
        other = demo_store()
        self.talks_over(connect(other), make_plan(self.options), "2")
        self.connection.user = "other"
        self.stores = {"1": self.fake.store, "2": other}
        self.use("1")

    def account(self, name: str) -> Account:
        return self.stores[name].login("demo", "demo")

    def box(self, name: str, mailbox: str = "INBOX") -> Mailbox:
        return self.account(name).find(mailbox)

    def status(self, line: str) -> str:
        """Do a line, and return its status."""
        self.fake.sink.shown.clear()
        self.said.clear()
        self.done.clear()
        return self.to_the_end(self.perform(line))

    def put(self, text: Shown) -> None:
        """Show text, which is then not among what is `said` beside the conversation."""
        App.put(self, text)

    @property
    def shown(self) -> list[str]:
        """The lines that were shown, those beside the conversation last."""
        return "".join(self.fake.sink.shown).splitlines() + self.said


def scripted(answers: dict[str, str], other: dict[str, str] | None = None, capabilities: str = "IMAP4rev1") -> Twins:
    """Twins accounts on servers that know what to say to which command (`hosting.answering`)."""
    app = Twins()
    for name, given in (("2", answers if other is None else other), ("1", answers)):
        app.talks_over(answering(given, capabilities), make_plan(app.options), name)
        app.connection.user = name
    return app
