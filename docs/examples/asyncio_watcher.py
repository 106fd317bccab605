"""Print new messages as they come, whatever happens to the connection: asyncio_watcher.py URL [COUNT].

The URL has a user and a mailbox in it.  It ends after COUNT messages, else at Ctrl-C.  The password is taken from
IMAPSH_PASSWORD, else asked for.
"""

from __future__ import annotations

import asyncio
import os
import sys
from getpass import getpass

import imapsh


async def main(url: str, count: float) -> None:
    password = os.environ.get("IMAPSH_PASSWORD") or getpass()
    async with imapsh.pool(url, 1, password=password, read_only=True) as pool:
        async for change in imapsh.watch(url, password=password):
            if change.kind == "lost":
                print(f"{change.error}; again in {change.pause:g} s", file=sys.stderr)
            elif change.kind == "new":
                async with pool.connection() as c:
                    await c.noop()  # so that it sees them too
                    async for message in c.messages(change.uids, uid=True):
                        print(message.uid, message.subject, flush=True)
                        count -= 1
            if count <= 0:
                break


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else float("inf")))
    except KeyboardInterrupt:
        pass
