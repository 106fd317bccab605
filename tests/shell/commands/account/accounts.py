"""Scripted servers with a few mailboxes, and shells that talk to them."""

from __future__ import annotations

from typing import Any

from imapsh.shell.connection.dial import make_plan
from imapsh.shell.settings.options import Options
from tests.shell.hosting import FakeApp, answering

OPENED = "* {} EXISTS\n* OK [UIDVALIDITY 7] valid\nTAG OK [READ-{}] opened"
LIST = '* LIST () "/" Work\n* LIST () "/" INBOX\n* LIST () "/" Old/2019\nTAG OK done'
ENVELOPE = '("{date}" "{subject}" (("Anna" NIL "anna" "x.org")) NIL NIL NIL NIL NIL NIL NIL)'


def fetched(uid: int, day: int, subject: str) -> str:
    """A FETCH response of a message that was received on this day of May 2024."""
    envelope = ENVELOPE.format(date="x", subject=subject)
    date = f"{day:2}-May-2024 10:00:00 +0000"
    return f'* {uid} FETCH (UID {uid} INTERNALDATE "{date}" ENVELOPE {envelope})\n'


ANSWERS = {
    "LIST": LIST,
    "EXAMINE": OPENED.format(3, "ONLY"),
    "SELECT": OPENED.format(3, "WRITE"),
}


def shell(
    answers: dict[str, str], *said: str | None, capabilities: str = "IMAP4rev1 UNSELECT", **options: Any
) -> FakeApp:
    """A shell at a prompt, logged in; `answers` go before the usual ones, and `said` is what the person says."""
    made = FakeApp(*said, **{"color": "never", **options})
    plan = make_plan(Options(demo=True, **options))._replace(demo=False, user="")
    made.talks_over(answering({**answers, **{name: text for name, text in ANSWERS.items() if name not in answers}},
                              capabilities), plan)  # fmt: skip
    return made
