"""List what is unread, with aioimaplib: aioimaplib_unread.py HOST PORT USER MAILBOX."""

import asyncio
import email
import email.policy
import os
import re
import sys

import aioimaplib


async def main(host, port, user, mailbox):
    c = aioimaplib.IMAP4_SSL(host, int(port))
    await c.wait_hello_from_server()
    if (await c.login(user, os.environ["IMAPSH_PASSWORD"])).result != "OK":
        sys.exit("the login was refused")
    await c.select(mailbox)
    found = (await c.uid_search("UNSEEN", charset=None)).lines[0].decode().split()
    if found:
        response = await c.uid("fetch", ",".join(found), "(BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])")
        if response.result != "OK":
            sys.exit(response.lines[-1].decode())
        for line, header in zip(response.lines, response.lines[1:], strict=False):
            uid = re.search(rb"FETCH \(.*UID (\d+)", line)
            if isinstance(header, bytearray) and uid:
                message = email.message_from_bytes(bytes(header), policy=email.policy.default)
                sender = message["From"].addresses[0].addr_spec if message["From"] else "nobody"
                print(f"{int(uid[1]):6} {sender:30} {message['Subject'] or ''}")
    await c.logout()


asyncio.run(main(*sys.argv[1:]))
