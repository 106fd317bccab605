"""Store all files FOLDER/*.eml in a mailbox, a hundred in one command: asyncio_bulk_append.py URL MAILBOX FOLDER.

The URL has a user in it.  The password is taken from IMAPSH_PASSWORD, else asked for.
"""

from __future__ import annotations

import asyncio
import os
import sys
from getpass import getpass
from pathlib import Path

import imapsh
from imapsh.client.storing import NewMessage


async def main(url: str, mailbox: str, folder: Path) -> None:
    password = os.environ.get("IMAPSH_PASSWORD") or getpass()
    paths = sorted(folder.glob("*.eml"))
    async with imapsh.connect(url, password=password) as c:
        block = 100 if "MULTIAPPEND" in c.capabilities else 1
        for start in range(0, len(paths), block):
            messages = [NewMessage(path.read_bytes(), (r"\Seen",)) for path in paths[start : start + block]]
            await c.append_all(mailbox, messages)
    print(len(paths), "stored")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
