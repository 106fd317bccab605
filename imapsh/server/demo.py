"""The demo's store: the user `demo` (password `demo`) with mail worth looking at, and `other` to talk to.

It is the same on every run: it is always Monday, 15 June 2026, 9 o'clock in the morning, UTC.  A message is made when
it is first looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from imapsh.server import demo_mail
from imapsh.server.compose import message, text
from imapsh.server.demo_mail import EDDA, JOAO, KENJI, LIST, ME, MIRA
from imapsh.server.store import Account, Mailbox, Store

USER = PASSWORD = "demo"
OTHER = "other"
NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)

#: name, special use, subscribed, how many messages, days between them
MAILBOXES = (
    ("Archive", "\\Archive", True, 240, 3),
    ("Archive/2024", "", False, 40, 9),
    ("Archive/2025", "", False, 60, 6),
    ("Drafts", "\\Drafts", True, 2, 1),
    ("Junk", "\\Junk", True, 7, 2),
    ("Lists/lighthouse", "", True, 150, 1),
    ("Projects/Lamp room", "", True, 18, 4),
    ("Projects/Lamp room/Roof & stair", "", False, 5, 11),
    ("Sent", "\\Sent", True, 12, 5),
    ("Trash", "\\Trash", True, 3, 2),
    ("Reisen/Zürich–Genève", "", True, 6, 20),
    ("灯台", "", True, 3, 30),
)

#: The limits of the user `demo`: 100 MiB, and a number of messages.
LIMITS = (("STORAGE", 102_400), ("MESSAGE", 5_000))

#: mailbox, another user with rights to it, and these rights
SHARED = (("Lists/lighthouse", "anyone", "lr"), ("Projects/Lamp room", "other", "lrswi"))

#: mailbox, the name of an annotation, and its value
NOTES = (
    ("INBOX", "/private/comment", "Answer the harbour master first."),
    ("Projects/Lamp room", "/shared/comment", "All about the lamp room:\r\nthe roof, the lens, the stair."),
)
ABOUT = (("/shared/comment", "A server in memory: nothing lasts."), ("/shared/admin", "mailto:keeper@isle.example"))

_TOPICS = (
    "Tide table", "The roof", "Lens, crate and customs", "School class on Friday", "Van key", "Opening hours",
    "Paint for the north door", "Invoice 4471", "Seals on the pier", "Storm warning", "Choir in the lamp room",
    "=?UTF-8?Q?Caf=C3=A9_on_the_pier?=", "Lost: one blue mitten", "Fog bell", "Oil for the clockwork",
)  # fmt: skip
_OPENINGS = ("Good morning,", "Hello,", "Dear all,", "Quick one:", "As promised:")
_LINES = (
    "The tide is an hour later than the table says.",
    "The slater can come on Thursday, if the wind lets him.",
    "Please send the invoice again; the one we have is wet.",
    "Twenty-three children, two teachers, one guinea pig.",
    "I left the key under the third stone.",
    "The crate is through customs.",
    "Nobody has seen the mitten, but there is a scarf.",
    "The bell rings by itself again. Not the wind.",
    "Could somebody water the tomatoes in the lamp room?",
)
_PEOPLE = (EDDA, JOAO, MIRA, KENJI, "Anna Holm <anna@isle.example>", "keeper@isle.example")
_NAMES = {EDDA: "Edda", JOAO: "João", MIRA: "Mira", KENJI: "健二", ME: "D."}
_FLAG_SETS = (("\\Seen",), ("\\Seen",), ("\\Seen",), ("\\Seen", "\\Answered"), (), ("\\Seen", "\\Flagged"), ("$Work",))


def demo_store(clock: Callable[[], datetime] = lambda: NOW) -> Store:
    """Return a new store; it shares nothing with another one."""
    store = Store(clock)
    demo = store.add_account(USER, PASSWORD, 1781000000)
    _fill_inbox(demo)
    for index, (name, use, subscribed, count, days) in enumerate(MAILBOXES):
        mailbox = demo.create(name, use)
        mailbox.uidnext += 17 * index  # some existed and are gone
        _fill(mailbox, Random(index), count, days)
        if subscribed:
            demo.subscribed.add(name)
    demo.subscribed |= {"INBOX", "Lists/no longer here"}
    demo.limits = dict(LIMITS)
    for name, identifier, rights in SHARED:
        demo.find(name).acl[identifier] = rights
    for name, entry, comment in NOTES:
        demo.find(name).metadata[entry] = comment.encode()
    store.metadata = {entry: text.encode() for entry, text in ABOUT}
    other = store.add_account(OTHER, OTHER, 1782000000)
    other.find("INBOX").add(partial(demo_mail.welcome, NOW), NOW)
    return store


def _fill_inbox(account: Account) -> None:
    inbox = account.find("INBOX")
    account.subscribed.add("INBOX")
    for number, item in enumerate(demo_mail.INBOX):
        inbox.uidnext += number % 3
        when = NOW.replace(day=item.day, hour=item.hour, minute=item.minute)
        read = inbox.add(partial(item.make, when), when, item.flags)
        read.recent = "\\Seen" not in item.flags


def _fill(mailbox: Mailbox, random: Random, count: int, days: int) -> None:
    draft = mailbox.use == "\\Drafts"
    mine = draft or mailbox.use == "\\Sent"
    for number in range(count):
        when = NOW - timedelta(days=days * (count - number)) + timedelta(minutes=random.randrange(-90, 540))
        flags = ("\\Seen", "\\Draft") if draft else random.choice(_FLAG_SETS)
        sender = ME if mine else random.choice(_PEOPLE)
        to = random.choice(_PEOPLE) if mine else LIST if mailbox.name.startswith("Lists") else ME
        ident = f"{mailbox.uidvalidity}.{number}"
        make = partial(_letter, sender, to, random.choice(_TOPICS), when, ident, random.randrange(1 << 30))
        mailbox.add(make, when, flags).recent = False


def _letter(sender: str, to: str, subject: str, when: datetime, ident: str, seed: int) -> bytes:
    random = Random(seed)
    lines = random.sample(_LINES, random.randint(1, 4))
    body = f"{random.choice(_OPENINGS)}\n\n" + "\n".join(lines) + f"\n\n{_NAMES.get(sender, 'k.')}"
    if random.random() < 0.3:
        subject = f"Re: {subject}"
    return message(sender, to, subject, when, ident, text(body))
