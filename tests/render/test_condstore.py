"""MODIFIED in words."""

from __future__ import annotations

import pytest

from imapsh.render.view import Views
from imapsh.render.view.look import Look
from tests.render.reading import one


@pytest.mark.parametrize(("command", "noun"), [("STORE", "message"), ("UID STORE", "UID"), ("", "message")])
def test_modified_says_which_messages_stay(command: str, noun: str) -> None:
    them = Views(Look())
    shown = them.show(one(b"d OK [MODIFIED 7,9] Conditional STORE failed\r\n"), command=command)
    told = f"{noun} 7,9 had changed before, and is left as it was"
    assert str(shown) == f"< d OK [MODIFIED 7,9] Conditional STORE failed -- {told}\n"


def test_without_its_argument_the_summary_is_shown() -> None:
    shown = Views(Look()).show(one(b"d OK [MODIFIED] failed\r\n"))
    assert "-- These messages had changed, and STORE left them as they are." in shown
