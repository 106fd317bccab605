"""Real jobs for clients that others wrote: each reads and writes mail, and returns what it got.

A job finds the mailbox MAILBOX empty, may leave mail in it, and returns the same whenever it is done on the same mail.
"""

from __future__ import annotations

import asyncio
import hashlib
import imaplib
import importlib
import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.patience import PATIENCE
from tests.servers.base import USERS, absent
from tests.tap.recording import PLAIN, STARTTLS, TLS

HOST = "127.0.0.1"
USER = "demo"
PASSWORD = USERS[USER]
MAILBOX = "Tapped"
NEW = b"From: Ada <ada@example.test>\r\nSubject: through the tap\r\n\r\n" + b"a line of it, and {12}\r\n" * 400


class Where(NamedTuple):
    """Where a job finds the server, how the connection is encrypted, who vouches for it, and a folder to work in."""

    port: int
    security: str
    cafile: Path
    folder: Path

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.cafile))


def needs(program: str) -> str:
    """Return the program's path.  A missing one is a failure in CI, and a skip elsewhere."""
    found = shutil.which(program)
    if found is None:
        absent(f"{program} is not installed")
    return found


def module(name: str) -> Any:
    """Return a package of others.  A missing one is a failure in CI, and a skip elsewhere."""
    return importlib.import_module(name) if "CI" in os.environ else pytest.importorskip(name)


def surroundings(where: Where) -> dict[str, str]:
    return {**os.environ, "HOME": str(where.folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def run(command: list[str], where: Where) -> bytes:
    """Run a program that must succeed, and return its output."""
    done = subprocess.run(
        command, env=surroundings(where), capture_output=True, timeout=60, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def digests(folder: Path) -> list[str]:
    """Return a digest of each message in a maildir."""
    mail = (path.read_bytes() for path in folder.glob("*/*") if path.is_file())
    return sorted(hashlib.sha256(without_mark(octets)).hexdigest() for octets in mail)


def without_mark(octets: bytes) -> bytes:
    """Return a message without the random mark that mbsync adds."""
    return re.sub(rb"(?m)^X-TUID: .*\n", b"", octets)


def names(listed: Iterable[Any]) -> list[bytes]:
    """Return the names in LIST responses.  The attributes change with time."""
    return sorted(line.partition(b' "/" ')[2] for line in listed)


def curl(where: Where) -> object:
    url = f"{'imaps' if where.security == TLS else 'imap'}://{HOST}:{where.port}"
    common = ["-sS", "--max-time", "20", "-u", f"{USER}:{PASSWORD}"]
    if where.security != PLAIN:
        common += ["--ssl-reqd", "--cacert", str(where.cafile)]
    mail = where.folder / "new.eml"
    mail.write_bytes(NEW)
    program = needs("curl")

    def get(*arguments: str) -> bytes:
        return run([program, *common, *arguments], where)

    get("-T", str(mail), f"{url}/{MAILBOX}")
    # These two follow each other on one connection.
    got = get(f"{url}/{MAILBOX};MAILINDEX=1", "--next", *common, f"{url}/{MAILBOX}?ALL")
    assert NEW in got
    return got, names(get(url + "/").splitlines()), get(f"{url}/INBOX", "-X", "FETCH 1:* (UID RFC822.SIZE)")


def mbsync(where: Where) -> object:
    kind = {PLAIN: "None", STARTTLS: "STARTTLS", TLS: "IMAPS"}[where.security]
    mail = where.folder / "mail"
    for folder in ("new", "cur", "tmp"):
        (mail / MAILBOX / folder).mkdir(parents=True)
    (mail / MAILBOX / "new" / "1.made.here").write_bytes(NEW.replace(b"\r\n", b"\n"))
    config = where.folder / "mbsyncrc"
    config.write_text(
        f"IMAPStore far\nHost localhost\nPort {where.port}\nUser {USER}\nPass {PASSWORD}\nSSLType {kind}\n"
        f"SystemCertificates no\nCertificateFile {where.cafile}\n\n"
        f"MaildirStore near\nPath {mail}/\nInbox {mail}/Inbox\nSubFolders Verbatim\n\n"
        f"Channel all\nFar :far:\nNear :near:\nPatterns INBOX {MAILBOX}\nCreate Both\nExpunge Both\nSyncState *\n"
    )
    command = [needs("mbsync"), "-c", str(config), "all"]
    run(command, where)
    run(command, where)
    return digests(mail / "Inbox"), digests(mail / MAILBOX)


_MUTT = """\
set folder = "{scheme}://{host}:{port}/"
set spoolfile = "+INBOX"
set imap_user = {user}
set imap_pass = {password}
set ssl_starttls = {starttls}
set ssl_force_tls = {force}
set ssl_ca_certificates_file = {cafile}
set imap_idle = yes
set imap_check_subscribed = no
set copy = no
set delete = yes
set confirmappend = no
set confirmcreate = no
set wait_key = no
set mail_check = 1
set timeout = 1
set sort = mailbox-order
set pipe_decode = no
"""


def mutt(where: Where) -> object:
    pexpect = module("pexpect")
    rc, got = where.folder / "muttrc", where.folder / "got"
    rc.write_text(
        _MUTT.format(
            scheme="imaps" if where.security == TLS else "imap", host=HOST, port=where.port, user=USER,
            password=PASSWORD, cafile=where.cafile, starttls="yes" if where.security == STARTTLS else "no",
            force="no" if where.security == PLAIN else "yes",
        )
    )  # fmt: skip
    arguments = ["-n", "-F", str(rc)]
    environment = {**surroundings(where), "TERM": "xterm"}
    with pexpect.spawn(
        needs("mutt"), arguments, env=environment, timeout=PATIENCE, dimensions=(30, 120), encoding="utf-8"
    ) as screen:
        for keys, seen in (
            ("", "Plain message"),
            ("1\r", ""),
            ("\r", "this is a plain message"),
            ("i", "q:Quit"),  # mutt loses what is typed while it runs a command, so each key waits for the one before
            (f"|cat > {got}\r", "q:Quit"),
            (f"C\x15={MAILBOX}\r", "message 1 to"),
            (f"c\x15={MAILBOX}\r", "Msgs:1"),
            ("q", pexpect.EOF),
        ):
            screen.send(keys)
            if seen:
                screen.expect(seen)
        screen.wait()
    return got.read_bytes()


def imapclient(where: Where) -> object:
    package = module("imapclient")
    tls = where.security == TLS
    context = where.context() if tls else None

    def connected() -> Any:
        client = package.IMAPClient(HOST, where.port, ssl=tls, ssl_context=context, timeout=PATIENCE)
        if where.security == STARTTLS:
            client.starttls(where.context())
        client.login(USER, PASSWORD)
        return client

    client, other = connected(), connected()
    folders = client.list_folders()
    client.select_folder(MAILBOX)
    client.idle()
    other.append(MAILBOX, NEW, ("\\Flagged",))
    pushed = []
    while (1, b"EXISTS") not in pushed:
        pushed += client.idle_check(PATIENCE)
    client.idle_done()
    found = client.search(["SUBJECT", "through the tap"])
    (data,) = client.fetch(found, ["ENVELOPE", "BODYSTRUCTURE", "BODY[]", "RFC822.SIZE"]).values()
    assert data[b"BODY[]"] == NEW
    client.copy(found, MAILBOX)
    client.delete_messages(found)
    client.expunge()
    client.select_folder("INBOX", readonly=True)
    mail = client.fetch(client.search(), ["BODY.PEEK[]", "RFC822.SIZE"])
    other.logout()
    client.logout()
    return (
        sorted(name for *_, name in folders),
        data[b"ENVELOPE"].subject,
        [(one[b"RFC822.SIZE"], one[b"BODY[]"]) for one in mail.values()],
    )


async def _lost(protocol: Any) -> None:
    """Close a connection of aioimaplib, and wait until its socket is closed, which under TLS takes a while."""
    sock = protocol.transport.get_extra_info("socket")
    if sock is None or sock.fileno() < 0:
        return  # the server has closed it, after LOGOUT
    lost = asyncio.Event()
    told = protocol.connection_lost

    def connection_lost(error: Exception | None) -> None:
        told(error)
        lost.set()

    protocol.connection_lost = connection_lost
    protocol.transport.close()
    await asyncio.wait_for(lost.wait(), PATIENCE)


def aioimaplib(where: Where) -> object:
    package = module("aioimaplib")

    async def main() -> object:
        if where.security == TLS:
            client = package.IMAP4_SSL(HOST, where.port, timeout=PATIENCE, ssl_context=where.context())
        else:
            client = package.IMAP4(HOST, where.port, timeout=PATIENCE)
        await client.wait_hello_from_server()
        await client.login(USER, PASSWORD)
        listed = await client.list('""', "*")
        await client.append(NEW, MAILBOX, "\\Seen")
        await client.select(MAILBOX)
        got = await client.fetch("1", "(RFC822.SIZE BODY.PEEK[])")
        assert NEW in got.lines
        idle = await client.idle_start(timeout=PATIENCE)
        client.idle_done()
        await asyncio.wait_for(idle, PATIENCE)
        await client.copy("1", MAILBOX)
        await client.close()
        status = await client.select("INBOX")
        mail = await client.fetch("1:*", "(BODY.PEEK[])")
        await client.logout()
        await _lost(client.protocol)
        return names(listed.lines[:-1]), got.lines[:-1], status.result, [bytes(line) for line in mail.lines[:-1]]

    return asyncio.run(main())


def imaplib_(where: Where) -> object:
    if where.security == TLS:
        client: imaplib.IMAP4 = imaplib.IMAP4_SSL(HOST, where.port, ssl_context=where.context(), timeout=PATIENCE)
    else:
        client = imaplib.IMAP4(HOST, where.port, PATIENCE)
    with client:
        if where.security == STARTTLS:
            client.starttls(where.context())
        client.authenticate("PLAIN", lambda _: b"\0%s\0%s" % (USER.encode(), PASSWORD.encode()))
        found: list[object] = [names(client.list()[1]), client.append(MAILBOX, r"(\Draft)", None, NEW)[0]]
        found.append(client.select(MAILBOX))
        _, data = client.fetch("1", "(FLAGS BODY[])")
        assert isinstance(data[0], tuple)
        assert data[0][1] == NEW
        found += [data, client.store("1", "+FLAGS", r"(\Deleted)"), client.expunge()]
        client.append(MAILBOX, "", None, NEW)
        found += [client.copy("1", MAILBOX)[0], client.select("INBOX", readonly=True)]
        found.append(client.fetch("1:*", "(RFC822.SIZE BODY.PEEK[])"))
        found.append(client.logout()[0])
    return found


#: The jobs, by the client's name.
JOBS: dict[str, Callable[[Where], object]] = {
    "curl": curl,
    "mbsync": mbsync,
    "mutt": mutt,
    "IMAPClient": imapclient,
    "aioimaplib": aioimaplib,
    "imaplib": imaplib_,
}

#: What a client cannot do.
CANNOT = {("aioimaplib", STARTTLS): "aioimaplib has no STARTTLS"}
