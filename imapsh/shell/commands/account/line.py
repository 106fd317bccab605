r"""The line that `\mailboxes [PATTERN] LINE` runs in each mailbox: it is read, asked about, and sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imapsh.errors import CommandBad, CommandNo, StateError, UsageError
from imapsh.grammar.tokens import unquote
from imapsh.render.amounts import count as count_of
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange
from imapsh.session.opening import reply
from imapsh.shell.app import App
from imapsh.shell.commands import find
from imapsh.shell.commands.account.again import Again
from imapsh.shell.commands.account.walk import Box, listed, walk
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Steps
from imapsh.shell.lines import care, values
from imapsh.shell.lines.measure import Mail
from imapsh.shell.lines.nested import behind_pattern, line_start
from imapsh.shell.lines.perform import advise, change_of, meant
from imapsh.table.model import SELECTED
from imapsh.tuples import NamedTuple
from imapsh.typed.match import Match, match

#: imapsh's own commands that change which connection or mailbox a line goes to, or run in every mailbox themselves;
#: and `\undo`, which goes to the mailbox of the change.
_OURS = ("\\mailboxes", "\\find", "\\du", "\\largest", "\\connect", "\\use", "\\each", "\\disconnect", "\\quit",
         "\\undo")  # fmt: skip


class Order(NamedTuple):
    """What is to be done: the pattern, the line, and how the table reads it, None for a command of imapsh's own."""

    pattern: str
    line: str
    found: Match | None

    @property
    def changes(self) -> bool:
        """Return whether the line may change a mailbox."""
        return self.found is not None and self.found.command is not None and self.found.command.changes

    @property
    def searches(self) -> bool:
        """Return whether the line looks for messages in the mailbox that is open."""
        row = None if self.found is None else self.found.command
        return row is not None and row.searches and row.states == (SELECTED,)

    @property
    def takes_found(self) -> bool:
        """Return whether the line is about messages that were found before."""
        return any(place.name == "uids" for place in values.places(self.line))


def read(app: App, argument: str) -> Order:
    """Return what `[PATTERN] LINE` says.  Raises UsageError for a line that makes no sense in each mailbox."""
    start = behind_pattern(argument, app.aliases)
    pattern, line = argument[:start].rstrip(" "), argument[start:]
    if not line or (" " not in line and {"*", "%"}.intersection(line)):  # no command has these in its name
        raise UsageError("\\mailboxes needs the line to run in each mailbox, as in \\mailboxes * UID SEARCH UNSEEN")
    return order(app, pattern_of(pattern), line)


def pattern_of(text: str) -> str:
    """Return the pattern that is typed, in quotes or not; without one, it is all mailboxes."""
    return unquote(text) if text.startswith('"') else text or "*"


def order(app: App, pattern: str, line: str) -> Order:
    """Return what is to be done in the mailboxes that fit a pattern.  Raises UsageError."""
    line = meant(app, line)
    if line.startswith("\\"):
        inner = line[line_start(line) :]
        for name in (part.partition(" ")[0].lower() for part in (line, inner)):
            if name in _OURS:
                raise UsageError(f"{name} cannot run in each mailbox; nothing was sent")
            if name.startswith("\\"):
                find(name)
        if not inner.startswith("\\"):
            _read(app, inner)
        return Order(pattern, line, None)
    found = _read(app, line)
    if found.tag is not None:
        raise UsageError("a line that runs in each mailbox has no tag: leave it out; nothing was sent")
    row = found.command
    care.gently(app, found) if row is None or row.changes else None
    advise(app, found)
    return Order(pattern, line, found)


def _read(app: App, line: str) -> Match:
    """Return how the table reads a line with a mailbox open.  Raises UsageError for what cannot run in each."""
    found = values.read(line, lambda text: match(text, app.context()._replace(state=SELECTED)))
    row = found.command
    if row is not None and row.barrier:
        instead = ": EXPUNGE removes the messages" if row.name == "CLOSE" else ""
        raise UsageError(f"{row.name} cannot run in each mailbox{instead}; nothing was sent")
    return found


def boxes(app: App, wanted: Order) -> Steps[list[Box]]:
    """Return the mailboxes to go to, INBOX first and then by name.

    If the line is about messages that were found, they are those in which there are some.  Raises UsageError if there
    is none.
    """
    found = yield from fitting(app, wanted.pattern)
    if not wanted.takes_found:
        return found
    from imapsh.grammar.names import raw_of

    elsewhere = app.connection.results.elsewhere
    some = [box for box in found if raw_of(box.name) in elsewhere and elsewhere[raw_of(box.name)][1]]
    if not some:
        raise UsageError("${uids} is empty in each of these mailboxes: \\find finds messages; nothing was sent")
    return some


def fitting(app: App, pattern: str, status: Sequence[str] = ()) -> Steps[list[Box]]:
    """Return the mailboxes that fit a pattern, INBOX first and then by name.  Raises UsageError if there is none."""
    found = yield from listed(app.connection, "", pattern, status, Again(app))
    if not found:
        raise UsageError(f"no mailbox that can be opened fits {pattern}")
    return found


# -- before what loses mail


def confirm(app: App, mailboxes: Sequence[Box], wanted: Order) -> Steps[None]:
    """Count what the line would do in all mailboxes together, and ask once.  Raises UsageError if it is not wanted."""
    found = wanted.found
    if found is None or found.command is None or not care.guards(app, found):
        return
    where = f"in {len(mailboxes):,} mailboxes" if len(mailboxes) != 1 else f"in {mailboxes[0].name}"
    if found.command.guard not in ("deleted", "set", "flags"):
        yield from care.ask(
            found, f"{(found.command.destroys and 'lose ' + found.command.destroys) or 'be sent'} {where}"
        )
        return
    losses: list[care.Loss] = []

    def count(box: Box) -> Steps[None]:
        text = yield from filled(app, wanted.line)
        if (lost := (yield from care.loss(app.connection, app.match(text), ""))) is not None:
            losses.append(lost)

    walked = yield from walk(app, mailboxes, count, changes=True, label="counting")
    if walked.ended is not None:
        raise walked.ended
    total = _total(losses)
    left = f"what is in {count_of(len(walked.faults), 'mailbox', 'mailboxes')} that could not be counted"
    if total is not None and (total.due or any(lost.due for lost in losses)):
        places = sum(1 for lost in losses if lost.mail is None or lost.mail.messages)
        more = f", and {left}" if walked.faults else ""
        yield from care.ask(found, f"{total}, in {places:,} of {len(mailboxes):,} mailboxes{more}")
    elif walked.faults:
        yield from care.ask(found, f"be done to {left}")


def _total(losses: Sequence[care.Loss]) -> care.Loss | None:
    """Return what is lost in all mailboxes; without a number if one of them has none."""
    if not losses:
        return None
    first = max(losses, key=lambda lost: len(lost.before))
    mails = [lost.mail for lost in losses if lost.mail is not None]
    if len(mails) < len(losses):
        return next(lost for lost in losses if lost.mail is None)
    octets = [mail.octets for mail in mails if mail.octets is not None]
    mail = Mail(
        sum(mail.messages for mail in mails),
        sum(octets) if len(octets) == len(mails) else None,
        min((mail.oldest for mail in mails if mail.oldest), default=""),
    )
    return first._replace(mail=mail, limit=max(lost.limit for lost in losses))


# -- in one mailbox


def filled(app: App, line: str) -> Steps[str]:
    """Return the line with its values as they are in the mailbox that is open."""
    return (yield from values.filled(app, line)) if "${" in line else line


def sent(app: App, text: str, take: Callable[[Received], None]) -> Steps[Exchange]:
    """Send a typed line to its end, with its answers given to `take` and not shown.

    Raises CommandNo or CommandBad if it was refused.
    """
    connection = app.connection
    if connection.session.mailbox is None:
        raise StateError("the mailbox is not open any more")
    found = app.match(text)
    open_file = None
    if "{@" in found.text:
        from imapsh.shell.lines import files

        open_file = yield from files.opened(app, found)
    change = yield from change_of(app, found)
    exchange = connection.session.line(found.text, open_file=open_file, matched=found)
    connection.own[exchange] = Own("", take)
    if change is not None:
        change.follow(exchange)
    yield exchange
    if exchange.status != "OK":
        refused = CommandBad if exchange.status == "BAD" else CommandNo
        raise refused(reply(exchange), exchange.response)
    return exchange
