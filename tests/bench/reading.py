"""One job done by one client, in a process of its own; prints how many things came: messages, ids, names or octets.

Run: python -m tests.bench.reading WAY JOB URL [CAFILE] [FILE], the password in IMAPSH_PASSWORD.

A way imports what it needs, and no more, because the whole process is measured.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import sys

TYPE_CHECKING = False  # typing itself is not worth an import
if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable
    from typing import Any

#: What is sent for each job, after the tag.  A job's number is the mailbox's name, where one is needed.
COMMANDS = {
    "fetch": b"FETCH 1:* ALL",
    "search": b"SEARCH ALL",
    "list": b'LIST "" *',
    "literal": b"FETCH 1 BODY.PEEK[]",
    "small": b"FETCH %d BODY.PEEK[HEADER]",
}
ALL = ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE")
LONGEST = 1 << 26  # octets of a line, for imaplib and what is like it: SEARCH of a million ids is one line


class Job:
    """What is to be done, and where: `url` is `imap://USER@HOST:PORT/MAILBOX`, or `imaps://` with a `cafile`."""

    def __init__(self, name: str, url: str, cafile: str = "", file: str = "", password: str = "") -> None:
        self.name, self.url, self.cafile, self.file = name, url, cafile, file
        self.password = password or os.environ["IMAPSH_PASSWORD"]
        scheme, _, rest = url.partition("://")
        place, _, self.mailbox = rest.partition("/")
        self.user, _, place = place.partition("@")
        self.host, _, port = place.partition(":")
        self.port, self.secure = int(port), scheme == "imaps"

    @property
    def numbers(self) -> range:
        """The messages that are asked for one after another."""
        return range(1, int(self.mailbox) + 1)

    @property
    def context(self) -> ssl.SSLContext:
        """The settings of TLS."""
        import ssl

        return ssl.create_default_context(cafile=self.cafile)


def drain(job: Job) -> int:
    """Read the octets of the replies, and look at nothing but their ends.

    Return how many they are, without the tagged lines, which differ from run to run.
    """
    with socket.create_connection((job.host, job.port)) as peer:
        if not job.secure:
            return _drained(job, peer)
        with job.context.wrap_socket(peer, server_hostname=job.host) as secure:
            return _drained(job, secure)


def _drained(job: Job, peer: socket.socket) -> int:
    view = memoryview(bytearray(1 << 18))

    def until(tag: bytes) -> int:
        tail, count, end = b"", 0, tag + b" OK"
        while True:
            got = peer.recv_into(view)
            if not got:
                raise SystemExit(f"the connection ended before {tag!r}")
            count += got
            tail = (tail + view[max(0, got - 4096) : got].tobytes())[-4096:]
            if tail.endswith(b"\r\n"):
                last = tail.rfind(b"\n", 0, -2) + 1
                if tail.startswith(end, last):
                    return count - (len(tail) - last)

    peer.sendall(b"a LOGIN %s %s\r\n" % (job.user.encode(), job.password.encode()))
    until(b"a")
    peer.sendall(b"b EXAMINE %s\r\n" % job.mailbox.encode())
    until(b"b")
    count = 0
    for number in job.numbers if job.name == "small" else (0,):
        command = COMMANDS[job.name]
        peer.sendall(b"c %s\r\n" % (command % number if number else command))
        count += until(b"c")
    return count


def _classes(job: Job, module: Any) -> int:
    """imaplib, or what has its classes."""
    module._MAXLINE = LONGEST
    options = {"ssl_context": job.context} if job.secure else {}
    peer = (module.IMAP4_SSL if job.secure else module.IMAP4)(job.host, job.port, **options)
    peer.login(job.user, job.password)
    peer.select(job.mailbox, readonly=True)
    if job.name == "small":
        return sum(bool(peer.fetch(str(n), "BODY.PEEK[HEADER]")[1][0][1]) for n in job.numbers)
    if job.name == "search":
        return len(peer.search(None, "ALL")[1][0].split())
    if job.name == "list":
        return len(peer.list()[1])
    if job.name == "literal":
        with open(job.file, "wb") as file:
            if hasattr(peer, "fetch_to"):
                peer.fetch_to("1", "BODY.PEEK[]", file)
            else:
                file.write(peer.fetch("1", "BODY.PEEK[]")[1][0][1])
            return file.tell()
    data = peer.fetch("1:*", "ALL")[1]
    return sum((one[0] if type(one) is tuple else one)[:1].isdigit() for one in data)  # others go on after a literal


def imaplib(job: Job) -> int:
    """The standard library's: octets, of which nothing is read."""
    import imaplib

    return _classes(job, imaplib)


def imap4(job: Job) -> int:
    """The same program with imapsh's classes."""
    from imapsh.client import imap4

    return _classes(job, imap4)


def imapclient(job: Job) -> int:
    """IMAPClient: every value is read."""
    import imaplib

    import imapclient

    imaplib._MAXLINE = LONGEST  # type: ignore[attr-defined]
    options = {"ssl_context": job.context} if job.secure else {}
    peer = imapclient.IMAPClient(job.host, job.port, use_uid=False, ssl=job.secure, **options)
    peer.login(job.user, job.password)
    found = peer.select_folder(job.mailbox, readonly=True)
    if job.name == "small":
        return sum(bool(peer.fetch(n, "BODY.PEEK[HEADER]")[n][b"BODY[HEADER]"]) for n in job.numbers)
    if job.name == "search":
        return len(peer.search("ALL"))
    if job.name == "list":
        return len(peer.list_folders())
    if job.name == "literal":
        with open(job.file, "wb") as file:
            file.write(peer.fetch(1, "BODY.PEEK[]")[1][b"BODY[]"])
            return file.tell()
    numbers = range(1, found[b"EXISTS"] + 1)  # it takes numbers alone, so a line names a thousand
    return sum(len(peer.fetch(numbers[at : at + 1000], ALL)) for at in range(0, len(numbers), 1000))


async def counted(messages: AsyncIterator[Any]) -> int:
    """Count messages, and look at none of their values."""
    count = 0
    async for _ in messages:
        count += 1
    return count


async def read(messages: AsyncIterator[Any]) -> int:
    """Count messages, and read every value: flags, date, size, the fields of the envelope, those of all addresses."""
    count = flags = fields = addresses = 0
    async for message in messages:
        items = message.items
        flags += len(items["FLAGS"])
        size, date, envelope = items["RFC822.SIZE"], items["INTERNALDATE"], items["ENVELOPE"]
        subject, date_text, answered, ident = (
            envelope.subject, envelope.date, envelope.in_reply_to, envelope.message_id,
        )  # fmt: skip
        lists = envelope.from_, envelope.sender, envelope.reply_to, envelope.to, envelope.cc, envelope.bcc
        for people in lists:
            if people is not None:
                for name, route, mailbox, host in people:
                    addresses += (name is route) + (mailbox is not None) + (host is not None)
        fields += (subject is not None) + (date_text is not None) + (answered is not None) + (ident is not None)
        count += size > 0 and len(date) == 26
    if not (flags and fields and addresses):
        raise SystemExit("values are missing")
    return count


async def _asyncio(job: Job, fetched: Callable[[AsyncIterator[Any]], Any]) -> int:
    import imapsh

    options: dict[str, Any] = {}
    if job.name == "literal":
        options["spool"] = lambda line, octets: open(job.file, "wb")  # noqa: SIM115  # closed by `_saved`
    if job.secure:
        from imapsh.transport.tls import TLSOptions

        options["tls"] = TLSOptions(cafile=job.cafile)
    place = job.url.rpartition("/")[0]
    async with imapsh.connect(place, password=job.password, **options) as peer:
        await peer.select(job.mailbox, read_only=True)
        if job.name == "small":
            count = 0
            for number in job.numbers:
                async for message in peer.fetch(number, "BODY.PEEK[HEADER]"):
                    count += bool(message.items["BODY[HEADER]"])
            return count
        if job.name == "search":
            return len(await peer.search("ALL"))
        if job.name == "list":
            return len(await peer.list())
        if job.name == "literal":
            return await _saved(peer)
        return int(await fetched(peer.fetch("1:*", "ALL")))


async def _saved(peer: Any) -> int:
    async for message in peer.fetch(1, "BODY.PEEK[]"):
        with message.items["BODY[]"].where as file:
            return int(file.tell())
    raise SystemExit("no message came")


def untouched(job: Job) -> int:
    """imapsh.connect; the values of messages are not looked at."""
    import asyncio

    return asyncio.run(_asyncio(job, counted))


def values(job: Job) -> int:
    """imapsh.connect; every value of every message is read."""
    import asyncio

    return asyncio.run(_asyncio(job, read))


WAYS: dict[str, Callable[[Job], int]] = {
    "drain": drain,
    "imaplib": imaplib,
    "imap4": imap4,
    "IMAPClient": imapclient,
    "asyncio": untouched,
    "values": values,
}


def present(way: str) -> bool:
    """Return whether what a way needs is installed."""
    return way != "IMAPClient" or importlib.util.find_spec("imapclient") is not None


def words(way: str, job: str, url: str, *more: str) -> list[str]:
    """Return the words that run it."""
    return [sys.executable, "-m", "tests.bench.reading", way, job, url, *more]


if __name__ == "__main__":
    print(WAYS[sys.argv[1]](Job(*sys.argv[2:])))
