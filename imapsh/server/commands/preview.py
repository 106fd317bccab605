"""PREVIEW (RFC 8970): the beginning of the first text that a person would read."""

from __future__ import annotations

from html.parser import HTMLParser

from imapsh.server.commands.fetch import Item
from imapsh.server.mime import Part
from imapsh.server.search import part_text
from imapsh.server.store import Message

_MOST = 200  #: characters (section 3.3)
_UNSEEN = frozenset({"head", "script", "style", "title"})  #: elements whose text a browser does not show


class _Words(HTMLParser):
    """A parser that collects the text between the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in _UNSEEN
        self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _UNSEEN and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def preview(message: Message, item: Item) -> str:
    """Return the preview on one line; "" if the message has no text (section 3.2).

    LAZY changes nothing: none takes long.
    """
    texts = (_readable(part) for part in message.mime.root.leaves())
    return next((text for text in texts if text), "")


def _readable(part: Part) -> str:
    text = part_text(part).replace("\0", "")
    if part.type == "text/html":
        reader = _Words()
        reader.feed(text)
        reader.close()
        text = "".join(reader.words)
    elif part.type != "text/plain":
        return ""
    return " ".join(text.split())[:_MOST].rstrip()


CAPABILITIES = ("PREVIEW",)
ITEMS = {"PREVIEW": preview}
