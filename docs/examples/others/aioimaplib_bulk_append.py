"""Store all files FOLDER/*.eml in a mailbox, with aioimaplib.

aioimaplib_bulk_append.py HOST PORT USER MAILBOX FOLDER
"""

import asyncio
import os
import sys
from pathlib import Path

import aioimaplib


async def main(host, port, user, mailbox, folder):
    paths = sorted(Path(folder).glob("*.eml"))
    c = aioimaplib.IMAP4_SSL(host, int(port))
    await c.wait_hello_from_server()
    if (await c.login(user, os.environ["IMAPSH_PASSWORD"])).result != "OK":
        sys.exit("the login was refused")
    for path in paths:
        response = await c.append(path.read_bytes(), mailbox, r"\Seen")
        if response.result != "OK":
            sys.exit(f"{path}: {response.lines}")
    await c.logout()
    print(len(paths), "stored")


asyncio.run(main(*sys.argv[1:]))
