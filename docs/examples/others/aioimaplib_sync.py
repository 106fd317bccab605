"""Keep the flags of a mailbox in a file, with aioimaplib: aioimaplib_sync.py HOST PORT USER MAILBOX FILE."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import aioimaplib


async def main(host, port, user, mailbox, name):
    path = Path(name)
    uidvalidity, modseq, flags = json.loads(path.read_text()) if path.exists() else (0, 0, {})
    c = aioimaplib.IMAP4_SSL(host, int(port))
    await c.wait_hello_from_server()
    if (await c.login(user, os.environ["IMAPSH_PASSWORD"])).result != "OK":
        sys.exit("the login was refused")
    await c.enable("CONDSTORE")
    lines = (await c.select(mailbox)).lines
    told = {
        name: int(found[1])
        for line in lines
        for name in ("UIDVALIDITY", "HIGHESTMODSEQ")
        if (found := re.search(rf"\[{name} (\d+)\]".encode(), line))
    }
    if told["UIDVALIDITY"] != uidvalidity:
        modseq, flags = 0, {}
    there = set((await c.uid_search("ALL", charset=None)).lines[0].decode().split())
    gone = [uid for uid in flags if uid not in there]
    for uid in gone:
        del flags[uid]
    since = f" (CHANGEDSINCE {modseq})" if modseq else ""
    response = await c.uid("fetch", "1:*", f"(FLAGS){since}")
    if response.result != "OK":
        sys.exit(response.lines[-1].decode())
    changed = 0
    for line in response.lines:
        uid, listed = re.search(rb"FETCH \(.*UID (\d+)", line), re.search(rb"FLAGS \(([^)]*)\)", line)
        if uid and listed:
            flags[uid[1].decode()] = listed[1].decode().split()
            changed += 1
    path.write_text(json.dumps((told["UIDVALIDITY"], told["HIGHESTMODSEQ"], flags)))
    await c.logout()
    print(f"{changed} new or changed, {len(gone)} gone, {len(flags)} in all")


asyncio.run(main(*sys.argv[1:]))
