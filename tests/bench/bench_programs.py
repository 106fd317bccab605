"""Five programs, each written with imapsh, IMAPClient and aioimaplib, on one Dovecot: lines of code, and seconds.

The programs are those of `docs/examples` and `docs/examples/others`.  Each runs in a process of its own, once, on the
same mail; the time is that of the whole process.  All three must do the same, which is checked.
Run: python -m tests.bench.bench_programs
"""

from __future__ import annotations

import asyncio
import compileall
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import tokenize
from collections.abc import Iterator
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from random import Random
from typing import NamedTuple

import imapsh
from imapsh.client.storing import NewMessage
from imapsh.transport.tls import TLSOptions
from tests.servers import certs, dovecot
from tests.servers.base import Server

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
PROGRAMS = ("unread", "attachments", "watcher", "sync", "bulk_append")
LIBRARIES = ("imapsh", "imapclient", "aioimaplib")
_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


WITH_ATTACHMENT = 5  # every fifth message has an attachment
Watching = subprocess.Popen[str]


class Sizes(NamedTuple):
    """How many messages are in the mailbox, are watched for, and are stored."""

    mailbox: int = 1000
    watched: int = 20
    stored: int = 500


class Run(NamedTuple):
    """A program's lines of code, its seconds, and what it did, in a form that can be compared."""

    lines: int
    seconds: float
    result: object


def path_of(program: str, library: str) -> Path:
    """Where the program is."""
    return EXAMPLES / (f"asyncio_{program}.py" if library == "imapsh" else f"others/{library}_{program}.py")


def lines_of(path: Path) -> int:
    """Count the lines with code, without docstrings, comments and blank lines."""
    found: set[int] = set()
    begins = True
    for token in tokenize.tokenize(BytesIO(path.read_bytes()).readline):
        if token.type == tokenize.ENCODING or token.type in _LAYOUT:
            begins = begins or token.type in (tokenize.NEWLINE, tokenize.INDENT)
        else:
            if not (begins and token.type == tokenize.STRING):
                found.update(range(token.start[0], token.end[0] + 1))
            begins = False
    return len(found)


def letter(number: int) -> bytes:
    """Return a message; every fifth has an attachment of 100,000 octets."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Zoë {number} <zoe{number}@example.com>", "joe@example.com"
    mail["Subject"] = f"Grüße Nr. {number}"
    mail["Date"] = "Mon, 5 Feb 2024 09:00:05 +0000"
    mail.set_content("Schöne Grüße\n" * 20)
    if number % WITH_ATTACHMENT == 0:
        data = Random(number).randbytes(100_000)
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=f"größe-{number}.bin")
    return mail.as_bytes().replace(b"\n", b"\r\n")


async def fill(server: Server, mailbox: str, count: int) -> None:
    """Make a mailbox with so many messages, half of them seen."""
    async with imapsh.connect(url(server), password=server.password, tls=tls(server)) as c:
        await c.create(mailbox)
        for start in range(0, count, 100):
            block = range(start, min(start + 100, count))
            await c.append_all(
                mailbox, [NewMessage(letter(number), (r"\Seen",) if number % 2 else ()) for number in block]
            )


def url(server: Server, mailbox: str = "") -> str:
    """Return the URL of a mailbox."""
    return f"imaps://{server.user}@{server.host}:{server.tls_port}" + (f"/{mailbox}" if mailbox else "")


def tls(server: Server) -> TLSOptions:
    """Return the options with which the server is trusted."""
    return TLSOptions(cafile=str(server.cafile))


def words(program: str, library: str, server: Server, mailbox: str, more: tuple[str, ...]) -> list[str]:
    """Return the command line of a program."""
    place = [server.host, str(server.tls_port), server.user, mailbox]
    if library == "imapsh":
        place = [url(server), mailbox] if program == "bulk_append" else [url(server, mailbox)]
    return [sys.executable, str(path_of(program, library)), *place, *more]


def ran(command: list[str], server: Server) -> tuple[float, str]:
    """Run a program; return its seconds and its output.  Raises CalledProcessError if it fails."""
    start = time.perf_counter()
    done = subprocess.run(command, env=environment(server), check=True, stdout=subprocess.PIPE, text=True)
    return time.perf_counter() - start, done.stdout


def environment(server: Server) -> dict[str, str]:
    """Return what the programs are given: the password, and the certificate that TLS trusts."""
    given = {"IMAPSH_PASSWORD": server.password, "SSL_CERT_FILE": str(server.cafile), "PYTHONUTF8": "1"}
    return {**os.environ, **given, "PYTHONPATH": str(EXAMPLES.parents[1])}


def measured(program: str, library: str, server: Server, folder: Path, count: int = 20) -> Run:
    """Run a program on the server, with files in `folder`."""
    lines = lines_of(path_of(program, library))
    if program == "watcher":
        return Run(lines, *watched(library, server, count))
    if program == "bulk_append":
        mailbox = f"stored-{library}"
        asyncio.run(fill(server, mailbox, 0))
        source = folder / "mail"
        return Run(lines, *ran(words(program, library, server, mailbox, (str(source),)), server))
    if program == "attachments":
        target = folder / library
        target.mkdir()
        seconds, _ = ran(words(program, library, server, "mail", (str(target),)), server)
        return Run(lines, seconds, sorted(path.read_bytes() for path in target.iterdir()))
    if program == "sync":
        state = str(folder / f"{library}.json")
        seconds, said = ran(words(program, library, server, "mail", (state,)), server)
        again, said_again = ran(words(program, library, server, "mail", (state,)), server)
        return Run(lines, seconds + again, said + said_again)
    seconds, said = ran(words(program, library, server, "mail", ()), server)
    return Run(lines, seconds, said)


def watched(library: str, server: Server, count: int) -> tuple[float, object]:
    """Let a program watch a mailbox; return the seconds from an append until it is told, of `count` in turn."""
    mailbox = f"watched-{library}"
    asyncio.run(fill(server, mailbox, 1))
    command = words("watcher", library, server, mailbox, ())
    with subprocess.Popen(command, env=environment(server), stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        told = threading.Event()
        lines: list[str] = []

        def read(stream: Iterator[str]) -> None:
            for line in stream:
                lines.append(line)
                told.set()

        reading = threading.Thread(target=read, args=(watching.stdout,))
        reading.start()
        try:
            seconds = asyncio.run(_appended(server, mailbox, told, watching, count))
        finally:
            watching.terminate()
            reading.join()
    return seconds, [re.sub(r"^\d+ ", "", line) for line in lines][-count:]


async def _appended(server: Server, mailbox: str, told: threading.Event, watching: Watching, count: int) -> float:
    """Append until the program tells of it, which may be late; then the others, each when the last was told."""
    async with imapsh.connect(url(server), password=server.password, tls=tls(server)) as c:
        while not told.is_set():
            assert watching.poll() is None, "the watcher has ended"
            await c.append(mailbox, letter(1))
            await asyncio.to_thread(told.wait, 1)
        start = time.perf_counter()
        for _ in range(count):
            told.clear()
            await c.append(mailbox, letter(1))
            if not await asyncio.to_thread(told.wait, 30):
                raise AssertionError(f"{mailbox}: a message is not told")
        return time.perf_counter() - start


def table(server: Server, folder: Path, sizes: Sizes) -> Iterator[str]:
    """Yield the lines of the table.  Raises AssertionError if two programs do not do the same."""
    asyncio.run(fill(server, "mail", sizes.mailbox))
    source = folder / "mail"
    source.mkdir()
    for number in range(sizes.stored):
        (source / f"{number:04}.eml").write_bytes(letter(number + 1))
    rule = "=" * 14 + "".join(f"  {'=' * 10} {'=' * 9}" for _ in LIBRARIES)
    yield rule
    yield f"{'program':14}" + "".join(f"  {library:>10} {'seconds':>9}" for library in LIBRARIES)
    yield rule
    for program in PROGRAMS:
        runs = [measured(program, library, server, folder, sizes.watched) for library in LIBRARIES]
        assert all(run.result == runs[0].result for run in runs), (program, [run.result for run in runs])
        yield f"{program:14}" + "".join(f"  {f'{run.lines} lines':>10} {run.seconds:9.2f}" for run in runs)
    yield rule


def main() -> None:
    """Start Dovecot, and print the table."""
    compileall.compile_dir(EXAMPLES.parents[1] / "imapsh", quiet=2)  # what is installed has its byte code
    with tempfile.TemporaryDirectory(prefix="imapsh-", ignore_cleanup_errors=True) as name:
        root = Path(name)
        root.chmod(0o755)
        (root / "dovecot").mkdir()
        (root / "files").mkdir()
        with dovecot.running(root / "dovecot", certs.make(root / "certs")) as server:
            for line in table(server, root / "files", Sizes()):
                print(line, flush=True)


if __name__ == "__main__":
    main()
