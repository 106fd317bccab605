"""Print each new message as it comes, until Ctrl-C: asyncio_watch.py URL, the URL with a user and a mailbox in it.

The password is taken from IMAPSH_PASSWORD, else asked for.
"""

from __future__ import annotations

import asyncio
import os
import sys
from getpass import getpass

import imapsh
from imapsh.grammar.values import Count


async def main(url: str) -> None:
    password = os.environ.get("IMAPSH_PASSWORD") or getpass()
    async with imapsh.connect(url, password=password) as c:
        assert c.mailbox is not None, "the URL names no mailbox"
        known = c.mailbox.exists or 0
        async with c.idle() as updates:
            async for update in updates:
                if update.name == "EXPUNGE":
                    known -= 1
                elif update.name == "EXISTS" and isinstance(update.value, Count) and update.value.number > known:
                    async for message in c.fetch(f"{known + 1}:*", "ENVELOPE"):
                        print(message.items["ENVELOPE"].subject, flush=True)
                    known = update.value.number


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1]))
    except KeyboardInterrupt:
        pass
