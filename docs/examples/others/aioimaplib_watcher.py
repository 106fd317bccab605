"""Print new messages as they come, with aioimaplib: aioimaplib_watcher.py HOST PORT USER MAILBOX [COUNT]."""

import asyncio
import email
import email.policy
import os
import re
import sys

import aioimaplib


class Refused(Exception):
    pass


class Watcher:
    def __init__(self, host, port, user, mailbox, count):
        self.place, self.user, self.mailbox, self.count = (host, int(port)), user, mailbox, count
        self.last, self.validity, self.pause = 0, None, 1

    async def show(self, c):
        """Print what is new, until nothing came while it was asked for: IDLE does not tell of that again."""
        news = [b"EXISTS"]
        while any(b"EXISTS" in line for line in news):
            await self.show_once(c)
            news = (await c.noop()).lines

    async def show_once(self, c):
        response = await c.uid("fetch", f"{self.last + 1}:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        for line, header in zip(response.lines, response.lines[1:], strict=False):
            uid = re.search(rb"FETCH \(.*UID (\d+)", line)
            if isinstance(header, bytearray) and uid and int(uid[1]) > self.last:
                message = email.message_from_bytes(bytes(header), policy=email.policy.default)
                self.last = int(uid[1])
                print(self.last, message["Subject"] or "", flush=True)
                self.count -= 1

    async def once(self):
        c = aioimaplib.IMAP4_SSL(*self.place, timeout=60)
        await c.wait_hello_from_server()
        if (await c.login(self.user, os.environ["IMAPSH_PASSWORD"])).result != "OK":
            raise Refused("the login was refused")
        lines = (await c.select(self.mailbox)).lines
        told = {
            name: int(found[1])
            for line in lines
            for name in ("UIDVALIDITY", "UIDNEXT")
            if (found := re.search(rf"\[{name} (\d+)\]".encode(), line))
        }
        if told["UIDVALIDITY"] != self.validity:
            self.validity, self.last = told["UIDVALIDITY"], told["UIDNEXT"] - 1
        self.pause = 1
        while True:
            await self.show(c)
            if self.count <= 0:
                await c.logout()
                return
            idle = await c.idle_start(timeout=540)
            await c.wait_server_push()
            c.idle_done()
            await asyncio.wait_for(idle, 60)

    async def run(self):
        while self.count > 0:
            try:
                await self.once()
            except (OSError, TimeoutError, aioimaplib.AioImapException) as error:
                print(f"{error!r}; again in {self.pause} s", file=sys.stderr)
                await asyncio.sleep(self.pause)
                self.pause = min(2 * self.pause, 300)


asyncio.run(Watcher(*sys.argv[1:5], float(sys.argv[5]) if len(sys.argv) > 5 else float("inf")).run())
