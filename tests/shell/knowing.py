"""What a connection has taught, made by hand, and what is offered with it."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple
from unittest import mock

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from imapsh.grammar.responses import Response
from imapsh.grammar.values import Address, BodyPart, Envelope, Expunged, Fetch, MailboxList, Namespace, Namespaces
from imapsh.session.events import Received
from imapsh.session.mailbox import Mailbox
from imapsh.shell.prompt.completer import ShellCompleter
from imapsh.shell.prompt.completing import dates
from imapsh.shell.prompt.reading import Reading
from imapsh.shell.record.known import Known
from imapsh.table.model import SELECTED, Context
from imapsh.wire.frames import Frame
from tests.shell.hosting import FakeApp

IN_A_MAILBOX = Context(SELECTED)
HOST = FakeApp()

NAMES = ("INBOX", "Archive", "Archive/2024", "Reisen/Zürich", "Lamp room", "Ünder", 'odd"quote', "bell\x07")
FORWARDED = BodyPart("multipart", "alternative", parts=(BodyPart("text", "plain"), BodyPart("text", "html")))
STRUCTURE = BodyPart(
    "multipart",
    "mixed",
    parts=(
        BodyPart("text", "plain", size=20),
        BodyPart("message", "rfc822", size=333, body=FORWARDED),
        BodyPart("application", "pdf", {"name": "=?utf-8?q?r=C3=A9port.pdf?="}, size=999),
    ),
    extended=True,
)
ENVELOPE = Envelope(
    "Wed, 17 Jul 1996 02:23:25 -0700", "=?utf-8?q?r=C3=A9port?= of June", (Address("Terry Gray", None, "gray", "a.b"),)
)
HEADER = b"Subject: Invoice\r\n 44\r\nX-Foo: bar\r\nFrom: billing@example.com\r\n\r\n"


def received(name: str, value: Any, uid: int | None = None) -> Received:
    return Received(Response("untagged", name, value, Frame((b"",))), uid=uid)


def listed(name: str, *attributes: str) -> Received:
    return received("LIST", MailboxList(attributes, "/", name))


def fetched(number: int, uid: int | None = None, **items: Any) -> Received:
    """`BODYSTRUCTURE=...`; `HEADER` and the like are sections of BODY."""
    named = {f"BODY[{name}]" if name in ("HEADER", "TEXT") else name: value for name, value in items.items()}
    return received("FETCH", Fetch(number, named), uid)


def expunged(number: int) -> Received:
    return received("EXPUNGE", Expunged(number))


def opened(**fields: Any) -> Mailbox:
    """INBOX, selected."""
    box = Mailbox("INBOX")
    known = {"exists": 11, "uidvalidity": 1, "flags": ("\\Seen", "\\Answered", "\\Deleted", "$Label1"),
             "permanent_flags": ("\\Seen", "\\Deleted", "$Label1", "\\*")}  # fmt: skip
    for field, value in {**known, **fields}.items():
        setattr(box, field, value)
    return box


def known(*names: str, box: Mailbox | None = None) -> Known:
    """These names, which need not be asked for."""
    found = Known(lambda: box)
    found.names.stale = False
    for name in names or NAMES:
        found.learn(listed(name))
    return found


def world() -> Known:
    """INBOX is selected; of messages 4 (UID 104) and 5 (UID 110) something was fetched."""
    found = known(box=opened())
    found.learn(received("NAMESPACE", Namespaces((Namespace("", "/"),), (Namespace("Other/", "/"),), None)))
    found.learn(fetched(4, UID=104, FLAGS=("\\Seen", "Todo"), ENVELOPE=ENVELOPE, BODYSTRUCTURE=STRUCTURE))
    found.learn(fetched(5, UID=110, HEADER=HEADER))
    return found


class Shown(NamedTuple):
    """One line of the menu: what the text becomes, where the cursor is then, what is shown, the note, how it looks."""

    text: str
    cursor: int
    label: str
    note: str
    style: str


def completer(found: Known, context: Context) -> ShellCompleter:
    return ShellCompleter(HOST, Reading(lambda: context), lambda: found, lambda: None)


def menu(
    text: str, context: Context = IN_A_MAILBOX, found: Known | None = None, offering: ShellCompleter | None = None
) -> list[Shown]:
    """What is offered; `|` in the text is the cursor, else it stands at the end."""
    typed, _, behind = text.partition("|")
    offering = offering or completer(found or world(), context)
    shown = []
    for completion in offering.get_completions(Document(typed + behind, len(typed)), CompleteEvent()):
        before = typed[: len(typed) + completion.start_position] + completion.text
        note = completion.display_meta_text
        shown.append(Shown(before + behind, len(before), completion.display_text, note, completion.style))
    return shown


def after(text: str, context: Context = IN_A_MAILBOX, found: Known | None = None) -> dict[str, str]:
    """What the line may become -> the note beside it; the same whether at once or off the loop."""
    found, now = found or world(), dates.now()

    async def gather() -> list[str]:
        offering = completer(found, context)
        document = Document(text)
        made = [completion async for completion in offering.get_completions_async(document, CompleteEvent())]
        return [text[: len(text) + completion.start_position] + completion.text for completion in made]

    with mock.patch.object(dates, "now", return_value=now):  # or a second may end between the two
        shown = {line.text: line.note for line in menu(text, context, found)}
        if "|" not in text:
            assert asyncio.run(gather()) == list(shown)
    return shown
