"""Save all attachments of a mailbox, over four connections: asyncio_attachments.py URL FOLDER.

The URL has a user and a mailbox in it.  The password is taken from IMAPSH_PASSWORD, else asked for.
"""

from __future__ import annotations

import asyncio
import os
import sys
from getpass import getpass
from pathlib import Path

import imapsh
from imapsh.client.pool import Pool


async def save(pool: Pool, uid: int, folder: Path) -> None:
    async with pool.connection() as c:
        message = await c.message(uid, uid=True)
        for part in message.attachments:
            with (folder / f"{uid}-{part.number}-{part.safe_filename}").open("wb") as file:
                async for octets in part.chunks():
                    file.write(octets)


async def main(url: str, folder: Path) -> None:
    password = os.environ.get("IMAPSH_PASSWORD") or getpass()
    async with imapsh.pool(url, 4, password=password, read_only=True) as pool:
        async with pool.connection() as c:
            found = await c.search("ALL", uid=True)
        async with asyncio.TaskGroup() as group:
            for uid in found:
                group.create_task(save(pool, uid, folder))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
