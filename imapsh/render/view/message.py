"""A whole message taken apart by its own headers (RFC 2045, RFC 2046), with the encoding of each leaf undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.render.view.transfer import undo
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from email.message import Message

_MESSAGES = ("message/rfc822", "message/global")
_HEADERS = "message/delivery-status"  # it holds only header blocks (RFC 3464 section 2.1)
_BLANK = re.compile(rb"\r?\n\r?\n")


class MessagePart(NamedTuple):
    """A header, with an empty `title`, or a part: its number, its type, what was undone, its octets.

    `label` says what they are, as for `literal_lines`.
    """

    number: str
    title: str
    said: str
    data: bytes
    label: str = ""


def parts(data: bytes, number: str = "") -> Iterator[MessagePart]:
    """Yield the header, then every part that holds no others, in order; `number` is the message's own as a part."""
    end = _BLANK.search(data)
    yield MessagePart("", "", "", data[: end.end()] if end else data, "HEADER")
    if end is None or end.end() == len(data):
        return
    body = data[end.end() :]
    message = _parsed(data)
    if message is None or not (message.is_multipart() or message.get("Content-Type") or _encoding(message)):
        yield MessagePart("", "", "", body)
    elif not message.is_multipart():
        undone = undo(body, _encoding(message), _charset(message))
        yield MessagePart("", message.get_content_type() if undone.said else "", undone.said, undone.data)
    else:
        yield from _leaves(message, number)


def _parsed(data: bytes) -> Message | None:
    from email import message_from_bytes

    try:
        return message_from_bytes(data)
    except (ValueError, LookupError, TypeError, IndexError, RecursionError):
        return None


def _leaves(message: Message, number: str) -> Iterator[MessagePart]:
    waiting = [(number, message)]
    while waiting:
        here, part = waiting.pop()
        below = _below(part)
        nested = below[0] if below and part.get_content_type() in _MESSAGES else None
        if nested is not None:
            header = "".join(f"{name}: {text}\r\n" for name, text in nested.items())
            yield MessagePart(here, part.get_content_type(), "", header.encode("utf-8", "surrogateescape"), "HEADER")
        if nested is not None and nested.is_multipart():
            waiting.append((here, nested))
        elif below:
            waiting += reversed([(f"{here}.{place}".lstrip("."), one) for place, one in enumerate(below, 1)])
        else:
            yield _leaf(here, part)


def _below(part: Message) -> list[Message]:
    payload = part.get_payload()
    if not isinstance(payload, list) or part.get_content_type() == _HEADERS:
        return []
    return [one for one in payload if not isinstance(one, str)]


def _leaf(number: str, part: Message) -> MessagePart:
    payload = part.get_payload()
    text = str(payload or "")
    if isinstance(payload, list):
        text = "".join(map(str, payload)).replace("\r\n", "\n").replace("\n", "\r\n")
    undone = undo(text.encode("utf-8", "surrogateescape"), _encoding(part), _charset(part))
    name = part.get_filename()
    title = part.get_content_type() + (f' "{name}"' if name else "")
    return MessagePart(number, title, undone.said, undone.data, "HEADER" if part.get_content_type() == _HEADERS else "")


def _encoding(part: Message) -> str:
    return str(part.get("Content-Transfer-Encoding") or "")


def _charset(part: Message) -> str | None:
    return str(part.get_param("charset") or "") if part.get_content_maintype() == "text" else None
