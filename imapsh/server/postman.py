"""Delivers a new message to the demo now and then while a client idles, so that the user sees the server push.

Only `imapsh --demo` uses it: a server that others test against says nothing by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import cycle

from imapsh.server.compose import message, text
from imapsh.server.demo_mail import EDDA, JOAO, ME, MIRA
from imapsh.server.store import Store

EVERY = 12.0  #: seconds of IDLE from one message to the next
MOST = 100  #: messages that are delivered in a run

_LETTERS = (
    (MIRA, "The slater is here", "He wants to know where the ladder is."),
    (EDDA, "Low water at four", "Then the pier can be looked at from below."),
    (JOAO, "Re: Van key", "Found: it was under the fourth stone."),
    (MIRA, "A ship", "A three-master, east of the bell. Come and look!"),
    (EDDA, "Fog", "The bell, please."),
)


class Postman:
    """A postman with letters for the user `user` of `store`, delivered one after the other."""

    def __init__(self, store: Store, user: str) -> None:
        self._store = store
        self._user = user
        self._letters = cycle(_LETTERS)
        self.delivered = 0

    def deliver(self) -> None:
        """Put the next letter into INBOX, if there are not too many yet."""
        if self.delivered >= MOST:
            return
        self.delivered += 1
        sender, subject, body = next(self._letters)
        when = self._store.clock()
        octets = message(sender, ME, subject, when, f"pushed.{self.delivered}", text(body))
        self._store.accounts[self._user].find("INBOX").add(octets, when)

    async def work(self, idling: Callable[[], bool], pause: Callable[[float], Awaitable[object]] | None = None) -> None:
        """Deliver a letter after each pause if a client idles then, until cancelled.

        `pause` waits a number of seconds.
        """
        while True:
            await (pause or asyncio.sleep)(EVERY)
            if idling():
                self.deliver()
