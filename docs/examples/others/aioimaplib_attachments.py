"""Save all attachments of a mailbox over four connections, with aioimaplib.

aioimaplib_attachments.py HOST PORT USER MAILBOX FOLDER
"""

import asyncio
import email
import email.policy
import os
import re
import sys
from pathlib import Path

import aioimaplib


async def connect(host, port, user, mailbox):
    c = aioimaplib.IMAP4_SSL(host, int(port))
    await c.wait_hello_from_server()
    if (await c.login(user, os.environ["IMAPSH_PASSWORD"])).result != "OK":
        sys.exit("the login was refused")
    await c.select(mailbox)
    return c


async def save(c, uid, folder):
    response = await c.uid("fetch", uid, "(BODY.PEEK[])")
    octets = next((bytes(line) for line in response.lines if isinstance(line, bytearray)), None)
    if response.result != "OK" or octets is None:
        sys.exit(f"UID {uid}: {response.lines}")
    message = email.message_from_bytes(octets, policy=email.policy.default)
    for number, part in enumerate(message.iter_attachments(), 1):
        name = re.sub(r'[\x00-\x1f/\\:*?"<>|]', "_", part.get_filename() or "part").lstrip(".")
        content = part.get_content()
        if not isinstance(content, bytes):
            content = part.get_payload(decode=True) or bytes(content)
        (folder / f"{uid}-{number}-{name}").write_bytes(content)


async def work(place, waiting, folder):
    c = await connect(*place)
    while waiting:
        await save(c, waiting.pop(), folder)
    await c.logout()


async def main(host, port, user, mailbox, folder):
    place = (host, port, user, mailbox)
    c = await connect(*place)
    waiting = (await c.uid_search("ALL", charset=None)).lines[0].decode().split()
    await c.logout()
    await asyncio.gather(*(work(place, waiting, Path(folder)) for _ in range(4)))


asyncio.run(main(*sys.argv[1:]))
