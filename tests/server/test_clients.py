"""Clients that others wrote, against the server on a socket: imaplib, IMAPClient, curl and mbsync."""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import importlib
import os
import queue
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme

from imapsh.server.demo import demo_store
from imapsh.server.listen import serve_forever
from imapsh.server.store import Store
from imapsh.transport.address import Address
from imapsh.transport.tls import TLSOptions
from tests.patience import PATIENCE
from tests.servers.base import absent


class Running(NamedTuple):
    """A server in a thread of its own: its port, its store, and the certificate to trust."""

    port: int
    store: Store
    cafile: Path


def make_certificate(directory: Path) -> TLSOptions:
    """A fresh authority (`ca.pem`) and a certificate for localhost in `directory`."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    file = directory / "server.pem"
    authority.issue_cert("localhost", "127.0.0.1", "::1").private_key_and_cert_chain_pem.write_to_path(str(file))
    return TLSOptions(cert=str(file), key=str(file))


def _run(address: Address, store: Store, tls: TLSOptions | None) -> tuple[int, Callable[[], None]]:
    """Serve in a thread; the port, and what stops it."""
    ports: queue.Queue[int] = queue.Queue()
    loop = asyncio.new_event_loop()
    task = loop.create_task(serve_forever(address, store, lambda found: ports.put(found.port), tls))

    def main() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        loop.close()

    thread = threading.Thread(target=main)
    thread.start()

    def end() -> None:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(PATIENCE)

    return ports.get(timeout=PATIENCE), end


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """The demo on a free port of 127.0.0.1, with STARTTLS."""
    store = demo_store()
    port, end = _run(Address("imap", "127.0.0.1", 0), store, make_certificate(tmp_path))
    yield Running(port, store, tmp_path / "ca.pem")
    end()


def needs(program: str) -> str:
    """The program's path.  Where it is missing: a failure in CI, a skip elsewhere."""
    found = shutil.which(program)
    if found is None:
        absent(f"{program} is not installed")
    return found


def test_imaplib(server: Running) -> None:
    with imaplib.IMAP4("127.0.0.1", server.port, PATIENCE) as client:
        client.starttls(ssl.create_default_context(cafile=str(server.cafile)))
        assert client.login("demo", "demo")[0] == "OK"
        assert client.select("INBOX") == ("OK", [b"11"])
        assert client.search(None, "SUBJECT", '"Welcome"') == ("OK", [b"1"])
        status, data = client.fetch("1", "(UID BODY.PEEK[TEXT]<0.20>)")
        assert status == "OK"
        assert data[0] == (b"1 (UID 1 BODY[TEXT]<0> {20}", b"Welcome aboard!\r\n\r\nT")
        assert client.append("Drafts", r"(\Draft)", None, b"Subject: new\r\n\r\nx\r\n")[0] == "OK"
        assert client.store("1", "+FLAGS", r"(\Deleted)")[0] == "OK"
        assert client.expunge() == ("OK", [b"1", b"6"])
        assert client.create("A/B")[0] == "OK"
        assert b'(\\HasNoChildren) "/" A/B' in client.list("A/", "*")[1]
        assert client.status("Drafts", "(MESSAGES)") == ("OK", [b"Drafts (MESSAGES 3)"])
        assert client.copy("1", '"Reisen/Z&APw-rich&IBM-Gen&AOg-ve"')[0] == "OK"
        assert client.uid("SEARCH", "ALL")[1] == [b"3 6 7 9 12 15 18 19 21"]
        assert client.namespace() == ("OK", [b'(("" "/")) NIL NIL'])


def test_imaplib_authenticates(server: Running) -> None:
    with imaplib.IMAP4("127.0.0.1", server.port, PATIENCE) as client:
        assert client.authenticate("PLAIN", lambda _: b"\0demo\0demo")[0] == "OK"
        assert client.enable("UTF8=ACCEPT")[0] == "OK"
        client.select("Drafts")
        assert client.append("Drafts", "", None, "Subject: ü\r\n\r\nx\r\n".encode())[0] == "OK"
        assert client.status('"灯台"', "(MESSAGES)") == ("OK", ['"灯台" (MESSAGES 3)'.encode()])


def test_imapclient(server: Running) -> None:
    imapclient = importlib.import_module("imapclient") if "CI" in os.environ else pytest.importorskip("imapclient")
    watcher = imapclient.IMAPClient("127.0.0.1", server.port, ssl=False, timeout=PATIENCE)
    watcher.login("demo", "demo")
    chosen = watcher.select_folder("INBOX")
    assert (chosen[b"EXISTS"], chosen[b"UIDNEXT"], chosen[b"READ-WRITE"]) == (11, 22, True)
    names = [name for _, _, name in watcher.list_folders()]
    assert "灯台" in names
    assert "Reisen/Zürich–Genève" in names
    fetched = watcher.fetch([7], ["ENVELOPE", "BODYSTRUCTURE", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "BODY[2]"])[7]
    assert fetched[b"ENVELOPE"].subject.startswith(b"=?UTF-8?Q?Minutes_of_Tuesday")
    assert fetched[b"BODYSTRUCTURE"].is_multipart
    assert watcher.search(["UNSEEN"]) == [12, 15, 19, 21]
    assert watcher.search(["SUBJECT", "Fährplan"], charset="UTF-8") == [6]
    watcher.add_flags([1], ["\\Flagged"])
    assert b"\\Flagged" in watcher.get_flags([1])[1]
    watcher.idle()
    other = imapclient.IMAPClient("127.0.0.1", server.port, ssl=False, timeout=PATIENCE)
    other.login("demo", "demo")
    other.append("INBOX", b"Subject: pushed\r\n\r\nx\r\n")
    assert (12, b"EXISTS") in watcher.idle_check(timeout=PATIENCE)
    watcher.idle_done()
    watcher.move([1], "Trash")
    watcher.unselect_folder()
    for client in (watcher, other):
        client.logout()


def test_curl(server: Running, tmp_path: Path) -> None:
    curl = [needs("curl"), "-sS", "--max-time", "20", "-u", "demo:demo"]
    url = f"imap://127.0.0.1:{server.port}"

    def run(*arguments: str) -> bytes:
        return subprocess.run([*curl, *arguments], check=True, capture_output=True).stdout

    assert b'"/" &cG9T8A-' in run(url + "/")
    assert b"* SEARCH 4\r\n" in run(f"{url}/INBOX?SUBJECT%20Minutes%20UID%207")
    inbox = server.store.accounts["demo"].find("INBOX")
    assert run(f"{url}/INBOX;UID=7") == inbox.messages[3].octets
    assert run(f"{url}/INBOX;UID=7;SECTION=1.1").startswith(b"Hi all,")
    assert b"\\HasNoChildren" in run(url, "-X", 'LIST "" INBOX')
    file = tmp_path / "new.eml"
    file.write_bytes(b"Subject: by curl\r\n\r\nhello\r\n")
    run("-T", str(file), f"{url}/INBOX")
    assert inbox.messages[-1].octets == file.read_bytes()
    assert run("--ssl-reqd", "--cacert", str(server.cafile), f"{url}/INBOX;UID=1") == inbox.messages[0].octets


def test_mbsync(server: Running, tmp_path: Path) -> None:
    program = needs("mbsync")
    config = tmp_path / "mbsyncrc"
    mail = tmp_path / "mail"
    mail.mkdir()
    config.write_text(
        f"IMAPStore far\nHost 127.0.0.1\nPort {server.port}\nUser demo\nPass demo\nSSLType None\nAuthMechs *\n\n"
        f"MaildirStore near\nPath {mail}/\nInbox {mail}/Inbox\nSubFolders Verbatim\n\n"
        "Channel all\nFar :far:\nNear :near:\nPatterns *\nCreate Near\nExpunge Both\nSyncState *\n"
    )

    def sync() -> None:
        done = subprocess.run([program, "-c", str(config), "all"], capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr

    sync()
    account = server.store.accounts["demo"]
    here = [path for path in mail.rglob("cur/*") if path.is_file()] + [p for p in mail.rglob("new/*") if p.is_file()]
    assert len(here) == sum(len(mailbox.messages) for mailbox in account.mailboxes.values())
    new = mail / "Inbox" / "new" / "1.made.here"
    new.write_bytes(b"Subject: from the maildir\n\nx\n")
    inbox = account.find("INBOX")
    inbox.expunge(inbox.messages[:1])
    sync()
    assert b"Subject: from the maildir" in inbox.messages[-1].octets
    assert len([path for path in (mail / "Inbox").glob("*/*") if path.is_file()]) == len(inbox.messages)


def test_a_unix_socket(tmp_path: Path) -> None:
    import socket

    path = tmp_path / "s"
    _, end = _run(Address("unix", path=str(path)), demo_store(), None)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.settimeout(PATIENCE)
        assert client.recv(4096).startswith(b"* OK [CAPABILITY")
    end()
    assert not path.exists()


def test_connections_in_memory_under_asyncio() -> None:
    from imapsh.server.listen import connect

    async def main() -> bytes:
        stream, task = await connect(demo_store())
        said = await stream.read(4096)
        await stream.write(b"a LOGOUT\r\n")
        while data := await stream.read(4096):
            said += data
        await stream.close()
        await task
        return said

    said = asyncio.run(main())
    assert said.startswith(b"* OK")
    assert said.endswith(b"a OK logged out\r\n")


def test_a_silent_client_is_told_goodbye(monkeypatch: pytest.MonkeyPatch) -> None:
    from imapsh.server import listen

    monkeypatch.setattr(listen, "IDLE_TIMEOUT", 0.01)

    async def main() -> bytes:
        stream, task = await listen.connect(demo_store())
        said = b""
        while data := await stream.read(4096):
            said += data
        await stream.close()
        await task
        return said

    assert asyncio.run(main()).splitlines()[-1].startswith(b"* BYE ")
