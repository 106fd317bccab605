"""Offers the parts of a message whose structure was seen, and names of header fields."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from imapsh.grammar.encodedwords import encoded_words
from imapsh.grammar.parts import numbered
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import BodyPart
from imapsh.render.visible import visible
from imapsh.shell.prompt.completing.offer import Offer, Place
from imapsh.typed.found import NUMBER_SLOTS, SET_SLOTS

#: Field names that are asked for, and what they hold.
_FIELDS = (
    ("From", "who wrote it"),
    ("To", "whom it is for"),
    ("Cc", "who gets a copy"),
    ("Bcc", "who gets a copy unseen"),
    ("Subject", "what it is about"),
    ("Date", "when it was written"),
    ("Message-ID", "its identifier"),
    ("In-Reply-To", "what it answers"),
    ("References", "the thread before it"),
    ("Reply-To", "where answers go"),
    ("Sender", "who sent it for the author"),
    ("Return-Path", "where bounces go"),
    ("Received", "the way it came"),
    ("Delivered-To", "the mailbox it reached"),
    ("List-Id", "the mailing list"),
    ("List-Unsubscribe", "how to leave the list"),
    ("Content-Type", "the type of its body"),
    ("Content-Transfer-Encoding", "how the body is encoded"),
    ("MIME-Version", "that it is MIME"),
    ("Authentication-Results", "SPF, DKIM and DMARC as checked on arrival"),
    ("DKIM-Signature", "the signature of the sender's domain"),
    ("User-Agent", "the program that wrote it"),
    ("X-Mailer", "the program that wrote it"),
    ("X-Spam-Status", "what the spam filter thought"),
    ("X-Priority", "how urgent it is said to be"),
)
_MOST = 200  # parts of one message that are offered


def fields(place: Place) -> Iterator[Offer]:
    """Yield the usual names, then others that were seen in this mailbox."""
    quoted = place.typed.startswith('"')
    usual = {name.lower() for name, _ in _FIELDS}
    seen = [(name, "seen in this mailbox") for name in place.known.messages.fields if name.lower() not in usual]
    for name, note in (*_FIELDS, *seen):
        yield place.offer(f'"{name}"' if quoted else name, note, names=(name, f'"{name}'))


def parts(place: Place) -> Iterator[Offer]:
    """Yield part numbers of a message that the command names and whose structure is known.

    The structure is that of the newest such message.
    """
    structure = _structure(place)
    if structure is None:
        return
    for number, part, _ in islice(numbered(structure), _MOST):
        if number.startswith(place.typed) and not number.endswith("TEXT"):
            yield place.offer(number, _describe(part))


def _structure(place: Place) -> BodyPart | None:
    messages = place.known.messages
    piece = next((piece for piece in place.found.slots if piece.kind in SET_SLOTS), None)
    if piece is None or not isinstance(piece.value, SequenceSet):
        return None
    mailbox = place.known.mailbox
    last = (mailbox.exists or 0) if mailbox is not None else 0
    for number, seen in messages.newest():
        wanted = number if piece.kind in NUMBER_SLOTS else seen.uid
        if seen.structure is not None and wanted and piece.value.contains(wanted, last):
            return seen.structure
    return None


def _describe(part: BodyPart) -> str:
    described = [f"{part.type or '?'}/{part.subtype or '?'}"]
    _, params = part.disposition or (None, None)
    name = (params or {}).get("filename") or (part.params or {}).get("name") or part.description
    if name:
        described.append(encoded_words(name) or name)
    if part.size is not None:
        described.append(f"{part.size:,} octets")
    return visible("  ".join(described))
