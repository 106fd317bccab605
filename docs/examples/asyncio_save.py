"""Save every message of a mailbox to a folder, two connections at a time: asyncio_save.py FOLDER URL...

Each URL has a user and a mailbox in it.  The password is taken from IMAPSH_PASSWORD, else asked for.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from getpass import getpass
from pathlib import Path
from typing import IO, cast

import imapsh
from imapsh.wire.frames import Spilled


async def save(folder: Path, url: str, password: str, gate: asyncio.Semaphore) -> None:
    async with gate, imapsh.connect(url, password=password, spool=1 << 20) as c:
        async for message in c.fetch("1:*", "UID BODY.PEEK[]"):
            body = message.items["BODY[]"]
            with (folder / f"{message.uid}.eml").open("wb") as file:
                if isinstance(body, Spilled):  # more than a MiB: it is in a temporary file, not in memory
                    with cast(IO[bytes], body.where) as large:
                        shutil.copyfileobj(large, file)
                else:
                    file.write(body or b"")


async def main(folder: Path, urls: list[str]) -> None:
    password = os.environ.get("IMAPSH_PASSWORD") or getpass()
    gate = asyncio.Semaphore(2)
    async with asyncio.TaskGroup() as group:
        for number, url in enumerate(urls):
            place = folder / str(number)
            place.mkdir(parents=True)
            group.create_task(save(place, url, password, gate))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
