"""List what is unread: asyncio_unread.py URL, the URL with a user and a mailbox in it.

The password is taken from IMAPSH_PASSWORD, else asked for.
"""

from __future__ import annotations

import asyncio
import os
import sys
from getpass import getpass

import imapsh
from imapsh import keys


async def main(url: str) -> None:
    password = os.environ.get("IMAPSH_PASSWORD") or getpass()
    async with imapsh.connect(url, password=password) as c:
        found = await c.search(keys.UNSEEN, uid=True)
        async for message in c.fetch(found, "ENVELOPE", uid=True):
            envelope = message.items["ENVELOPE"]
            sender = envelope.from_[0].email if envelope.from_ else "nobody"
            print(f"{message.uid:6} {sender:30} {envelope.subject_text or ''}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
