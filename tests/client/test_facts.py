"""What the two sides say of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from imapsh.client.connect import Connection
from imapsh.errors import UsageError

from .test_connect_peer import pair
from .test_connection import play
from .test_extensions import on_demo
from .test_mailboxes import asked


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        (None, b"ID NIL"),
        ({}, b"ID NIL"),
        ({"name": "x y", "os": None}, b'ID ("name" "x y" "os" NIL)'),
    ],
)
def test_id(fields: Any, sent: bytes) -> None:
    answer = b'* ID ("name" "Cyrus" "version" NIL)\r\n'
    assert asked(lambda c: c.id(fields), sent, answer) == {"name": "Cyrus", "version": None}
    assert asked(lambda c: c.id(fields), sent, b"* ID NIL\r\n") == {}
    assert asked(lambda c: c.id(fields), sent) == {}


@pytest.mark.parametrize(
    "fields",
    [{"x" * 31: "y"}, {"x": "y" * 1025}, {str(n): "" for n in range(31)}, {5: "x"}, {"x": 5}, [("a", "b")], "name"],
)
def test_what_id_may_not_say(fields: Any) -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            with pytest.raises(UsageError):
                await c.id(fields)
            assert peer.heard == b""

    play(scene)


def test_a_login_again_after_unauthenticate() -> None:
    async def scene(c: Connection) -> None:
        if "UNAUTHENTICATE" in c.capabilities:
            await c.unauthenticate()
            assert c.state == "not-authenticated"
            await c.login("demo", "demo")
        with pytest.raises(UsageError):
            await c.enable()
        assert c.state == "authenticated"

    on_demo(scene)
