"""Conversations written as text, and what the client in them is accused of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imapsh.grammar.responses import CLIENT as OURS
from imapsh.session.overheard import Conversation, Overheard
from imapsh.wire.pieces import CLIENT, SERVER, Piece

#: The greetings of servers that offer little, much, and TLS.
OLD = "S: * OK [CAPABILITY IMAP4rev1] hi\n"
NEW = "S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR UTF8=ACCEPT AUTH=PLAIN COMPRESS=DEFLATE] hi\n"
TLS = "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hi\n"

#: What comes after a login: nothing is known of what the server offers, something is, and a mailbox is selected.
IN = "S: * PREAUTH hi\n"
KNOWN = "S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE IDLE ID UIDPLUS] hi\n"
REV2 = "S: * PREAUTH [CAPABILITY IMAP4rev1 IMAP4rev2 UTF8=ACCEPT COMPRESS=DEFLATE ID] hi\n"
QRESYNC = "S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE QRESYNC] hi\n"
BOX = "C: s SELECT INBOX\nS: * FLAGS ()\nS: * 3 EXISTS\nS: s OK [READ-WRITE] done\n"


def pieces(text: str) -> Iterator[Piece]:
    """Yield a piece for each line `C: ...` or `S: ...`; `...` continues the piece before.

    A number before the colon is the time, as in `C60: ...`.
    """
    said: list[tuple[str, float | None, str]] = []
    for line in text.splitlines():
        head, _, rest = line.partition(" ")
        if head == "...":
            said[-1] = (*said[-1][:2], said[-1][2] + f"{rest}\r\n")
        else:
            time = head[1:].rstrip(":")
            said.append((head[0], float(time) if time else None, f"{rest}\r\n"))
    place = 0
    for direction, when, octets in said:
        made = octets.encode("utf-8", "surrogateescape")
        yield Piece({"C": CLIENT, "S": SERVER}[direction], made, place, when)
        place += len(made)


def heard(said: str | Iterable[Piece]) -> list[Overheard]:
    """Return what is overheard of a conversation."""
    conversation = Conversation()
    found: list[Overheard] = []
    for piece in pieces(said) if isinstance(said, str) else said:
        found += conversation.hear(piece)
    return [*found, *conversation.end()]


def accused(said: str | Iterable[Piece]) -> list[str]:
    """Return the rules that the client breaks, those of the grammar too."""
    lines = [one for one in heard(said) if one.response.kind == OURS]
    return [
        *(violation.rule for one in lines for violation in one.response.violations),
        *(finding.rule for one in lines for finding in one.findings),
    ]
