"""MESSAGELIMIT: a partial result is said loudly, in each format that explains."""

from __future__ import annotations

import pytest

from imapsh.render.pretty import pretty
from imapsh.render.styles import THEMES
from imapsh.render.view import Views
from imapsh.render.view.look import Look
from tests.render.reading import one

PARTIAL = "PARTIAL RESULT: the server stopped after 1,000 messages; repeat it for UIDs below 23221"
REFUSED = "a command may be about 1,000 messages; the lowest UID that was done is 23221"


@pytest.mark.parametrize(("reply", "said"), [
    ("a OK [MESSAGELIMIT 1000 23221] done", PARTIAL),
    ("* NO [MESSAGELIMIT 1000 23221] done", PARTIAL),
    ("a NO [MESSAGELIMIT 1000 23221] no", REFUSED),
])  # fmt: skip
def test_an_ok_with_it_is_a_partial_result(reply: str, said: str) -> None:
    response = one(reply.encode() + b"\r\n")
    assert str(Views(Look()).show(response)).endswith(f" -- {said}\n")
    assert f"-- {said}" in pretty(response)


def test_it_is_painted_as_a_fault_is() -> None:
    theme = THEMES["default"]
    shown = pretty(one(b"a OK [MESSAGELIMIT 1000 23221] done\r\n"), theme)
    assert theme.paint("error", PARTIAL) in shown
