"""Keep the flags of a mailbox in a file, and ask only for what has changed: asyncio_sync.py URL FILE.

The URL has a user and a mailbox in it; the server must have CONDSTORE (RFC 7162).  The password is taken from
IMAPSH_PASSWORD, else asked for.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from getpass import getpass
from pathlib import Path

import imapsh


async def main(url: str, path: Path) -> None:
    password = os.environ.get("IMAPSH_PASSWORD") or getpass()
    uidvalidity, modseq, flags = json.loads(path.read_text()) if path.exists() else (0, 0, {})
    async with imapsh.connect(url, password=password) as c:
        assert c.mailbox is not None, "the URL names no mailbox"
        box = await c.select(c.mailbox.name, read_only=True, condstore=True)
        if box.uidvalidity != uidvalidity:
            modseq, flags = 0, {}
        there = await c.search("ALL", uid=True)
        gone = [uid for uid in flags if int(uid) not in there]
        for uid in gone:
            del flags[uid]
        changed = 0
        async for message in c.fetch("1:*", "UID FLAGS", changed_since=modseq or None):
            flags[str(message.uid)] = message.items["FLAGS"]
            changed += 1
        path.write_text(json.dumps((box.uidvalidity, box.highestmodseq, flags)))
    print(f"{changed} new or changed, {len(gone)} gone, {len(flags)} in all")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
