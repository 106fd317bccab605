"""The demo's postman: a message now and then, while a client idles."""

from __future__ import annotations

import asyncio

import pytest

from imapsh.server import postman as module
from imapsh.server.listen import connect
from imapsh.server.postman import MOST, Postman
from imapsh.server.store import Store

from .player import check


def test_letters_come_one_after_the_other_and_not_for_ever(store: Store) -> None:
    postman = Postman(store, "u")
    inbox = store.accounts["u"].find("INBOX")
    before = len(inbox.messages)
    for _ in range(MOST + 5):
        postman.deliver()
    assert len(inbox.messages) == before + MOST
    assert len({message.octets for message in inbox.messages}) == before + MOST


def test_only_while_a_client_idles_is_one_delivered(store: Store) -> None:
    async def story() -> None:
        postman = Postman(store, "u")
        idling = iter([False, True, False, True])
        pauses = 0

        async def pause(seconds: float) -> None:
            nonlocal pauses
            pauses += 1
            if pauses > 4:
                raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await postman.work(lambda: next(idling), pause)
        assert postman.delivered == 2

    asyncio.run(story())


def test_an_idling_client_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", 0.0)

    async def story() -> bytes:
        stream, serving = await connect(store, Postman(store, "u"))
        said = b""
        await stream.write(b"a LOGIN u p\r\nb SELECT INBOX\r\nc IDLE\r\n")
        while b"* 4 EXISTS" not in said:
            said += await stream.read(4096)
        await stream.write(b"DONE\r\nd LOGOUT\r\n")
        while piece := await stream.read(4096):
            said += piece
        await stream.close()
        await serving
        return said

    said = asyncio.run(story())
    check(said)
    assert said.index(b"+ idling") < said.index(b"* 4 EXISTS") < said.index(b"c OK")


def test_without_a_postman_nothing_comes(store: Store) -> None:
    async def story() -> None:
        stream, serving = await connect(store)
        await stream.write(b"a LOGIN u p\r\nb SELECT INBOX\r\nc IDLE\r\n")
        said = b""
        while b"+ idling" not in said:
            said += await stream.read(4096)
        await stream.write(b"DONE\r\nd LOGOUT\r\n")
        while await stream.read(4096):
            pass
        await stream.close()
        await serving

    asyncio.run(story())
    assert len(store.accounts["u"].find("INBOX").messages) == 3
