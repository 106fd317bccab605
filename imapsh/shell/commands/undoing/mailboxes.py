r"""Takes back what was done to whole mailboxes: CREATE, RENAME, SUBSCRIBE and their reverses."""

from __future__ import annotations

from imapsh.errors import UsageError
from imapsh.grammar.writer import Writer
from imapsh.render.amounts import count
from imapsh.shell.app import App
from imapsh.shell.commands.account.walk import back, checked
from imapsh.shell.commands.undoing.reverse import Reverse, status
from imapsh.shell.connection.steps import Steps
from imapsh.shell.record import journal
from imapsh.shell.record.journal import Entry, Place


def delete(app: App, entry: Entry) -> Steps[Reverse]:
    """Return how a mailbox that was created is deleted, if it is empty."""
    name = entry.place.mailbox
    told = yield from status(app.connection, name, "MESSAGES")
    if told.get("MESSAGES") != 0:
        held = told.get("MESSAGES")
        what = count(held, "message") if isinstance(held, int) else "what the server does not say"
        raise UsageError(f"the mailbox {name} holds {what} now, and \\undo deletes only an empty one: nothing was sent")
    return Reverse(f"delete the mailbox {name}, which is empty", (), lambda: _deleted(app, entry))


def _deleted(app: App, entry: Entry) -> Steps[Entry]:
    connection = app.connection
    if connection.box == entry.place.mailbox:
        yield from back(app, connection, None)
    return (yield from _done(app, entry, "DELETE", (entry.place.mailbox,), journal.DELETED, entry.place))


def create(app: App, entry: Entry) -> Steps[Reverse]:
    """Return how a mailbox that was empty and deleted by an undo is created again."""
    yield from ()
    name = entry.place.mailbox
    return Reverse(f"create the mailbox {name}", (), lambda: _done(app, entry, "CREATE", (name,), journal.CREATED,
                                                                  entry.place))  # fmt: skip


def rename(app: App, entry: Entry) -> Steps[Reverse]:
    """Return how a mailbox gets its old name again."""
    yield from ()
    old, new = entry.place.mailbox, entry.name
    place = entry.place._replace(mailbox=new)
    return Reverse(f"rename the mailbox {new} to {old}", (),
                   lambda: _done(app, entry, "RENAME", (new, old), journal.RENAMED, place))  # fmt: skip


def unsubscribe(app: App, entry: Entry) -> Steps[Reverse]:
    """Return how a mailbox is taken off the subscriptions again."""
    return (yield from _subscription(app, entry, "UNSUBSCRIBE", journal.UNSUBSCRIBED, "take {} off the subscriptions"))


def subscribe(app: App, entry: Entry) -> Steps[Reverse]:
    """Return how a mailbox is put on the list of subscriptions again."""
    return (yield from _subscription(app, entry, "SUBSCRIBE", journal.SUBSCRIBED, "subscribe to {}"))


def _subscription(app: App, entry: Entry, command: str, kind: str, does: str) -> Steps[Reverse]:
    yield from ()
    name = entry.place.mailbox
    return Reverse(does.format(name), (), lambda: _done(app, entry, command, (name,), kind, entry.place))


def _done(app: App, entry: Entry, command: str, names: tuple[str, ...], kind: str, place: Place) -> Steps[Entry]:
    """Send a command about mailboxes, and add to the journal what it did.  Raises CommandNo."""
    connection = app.connection
    writer = Writer(utf8=connection.session.parser.utf8)
    for number, name in enumerate(names):
        writer.raw(" " * (number > 0)).mailbox(name)
    exchange = connection.quietly(command, writer.fragments())
    yield exchange
    checked(connection, exchange)
    name = names[1] if kind == journal.RENAMED else ""
    return app.journal.add(kind, f"\\undo {entry.number}", place, name=name, undoes=entry.number)
