"""Print who wrote what, oldest first: asyncio_subjects.py URL, the URL with a user and a mailbox in it.

The password is taken from IMAPSH_PASSWORD, else asked for.
"""

from __future__ import annotations

import asyncio
import os
import sys
from getpass import getpass

import imapsh
from imapsh.grammar.values import Envelope


async def main(url: str) -> None:
    password = os.environ.get("IMAPSH_PASSWORD") or getpass()
    async with imapsh.connect(url, password=password) as c:
        async for message in c.fetch("1:*", "UID FLAGS ENVELOPE"):
            envelope: Envelope = message.items["ENVELOPE"]
            sender = envelope.from_[0] if envelope.from_ else None
            who = f"{sender.mailbox}@{sender.host}" if sender else "nobody"
            new = " " if "\\Seen" in message.items["FLAGS"] else "*"
            print(f"{message.uid:6} {new} {who:30} {envelope.subject}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
