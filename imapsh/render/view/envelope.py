"""ENVELOPE as a header card."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.grammar.values import Address, Envelope
from imapsh.render.styles import Fragment
from imapsh.render.view import readable
from imapsh.render.view.columns import fill, flow, words_of
from imapsh.render.view.look import Line, Look

_LABEL = len("In-Reply-To: ")


def card(value: Envelope, look: Look, indent: int = 2) -> Iterator[Line]:
    """Yield a line for each field, with labels aligned; missing fields are left out.

    Sender and Reply-To are left out too if they are the same as From, because a server fills them in (RFC 9051 section
    7.5.2).
    """
    fields: list[tuple[str, list[Fragment]]] = []
    if value.date is not None:
        fields.append(("Date", _date(value.date)))
    fields.append(("From", _people(value.from_)))
    fields += [
        (label, _people(people))
        for label, people in (("Sender", value.sender), ("Reply-To", value.reply_to))
        if people != value.from_
    ]
    fields += [("To", _people(value.to)), ("Cc", _people(value.cc)), ("Bcc", _people(value.bcc))]
    if value.subject is not None:
        fields.append(("Subject", [*words_of(readable.decoded(value.subject), "subject")] or [("nil", "(empty)")]))
    for label, text in (("In-Reply-To", value.in_reply_to), ("Message-ID", value.message_id)):
        if text is not None:
            fields.append((label, [*words_of(readable.one_line(text), "string")]))
    shown = [(label, words) for label, words in fields if words]
    for label, words in shown:
        head: Line = [("", " " * indent), ("header-name", fill(f"{label}:", _LABEL))]
        yield from flow(head, words, look.columns, indent + _LABEL)
    if not shown:
        yield [("", " " * indent), ("nil", "(an empty envelope)")]


def _date(text: str) -> list[Fragment]:
    words = [*words_of(readable.one_line(text), "date")] or [("nil", "(empty)")]
    reading = readable.beside(text)
    return [*words, *words_of(f"-- {reading}" if reading else "-- unreadable date", "note")]


def _people(people: tuple[Address, ...] | None) -> list[Fragment]:
    return [("text", text) for text in readable.addresses(people or ())]
