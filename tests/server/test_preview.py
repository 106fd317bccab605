"""PREVIEW: what a person would read first, on one line."""

from __future__ import annotations

import pytest

from .player import Player

HTML = (
    "Content-Type: text/html; charset=utf-8\r\n\r\n<html><head><title>No</title><style>p {}</style></head>"
    "<body><p>Gr&uuml;&szlig;e</p><p>aus K&ouml;ln</p><script>no()</script></body></html>\r\n"
)
IMAGE = "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"


def test_it_is_the_beginning_of_the_text(inbox: Player) -> None:
    third = "third " * 33 + "th"
    inbox.play(f"""
        C: a FETCH 1 PREVIEW
        S: * 1 FETCH (PREVIEW "first body")
        S: a OK ...
        C: b UID FETCH 3 (PREVIEW (LAZY) FLAGS)
        S: * 3 FETCH (UID 3 PREVIEW "{third}" FLAGS (\\Recent))
        S: b OK ...
        C: c FETCH 1 PREVIEW (FUZZY)
        S: c BAD ...
        C: d FETCH 1 PREVIEW ()
        S: d BAD ...
        C: e FETCH 1 SNIPPET
        S: e BAD ...
    """)


@pytest.mark.parametrize(("octets", "shown"), [(HTML, "{17}\nS: Grüße aus Köln"), (IMAGE, '""'), ("", '""')])
def test_of_html_it_is_the_text_and_of_an_image_nothing(inbox: Player, octets: str, shown: str) -> None:
    inbox.store.accounts["u"].find("Box").add(octets.encode(), inbox.store.clock())
    inbox.play(f"""
        C: a SELECT Box
        S: ....
        S: a OK ...
        C: b FETCH 1 (PREVIEW)
        S: * 1 FETCH (PREVIEW {shown})
        S: b OK ...
    """)
