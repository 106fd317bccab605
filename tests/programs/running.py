"""Runs imapautofiler, getmail6 and imapdedup on the same mail, with imaplib and with our classes in its place."""

from __future__ import annotations

import hashlib
import imaplib
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from tests.programs.fetched import hook, surroundings
from tests.servers.base import Server

Result = TypeVar("Result")
PACKAGES = ("imapautofiler==1.14.0", "getmail6==6.20.2", "imapdedup==1.5")

_TOP = "Programs"
_INBOX = f"{_TOP}/in"
_OTHER, _READABLE = f"{_TOP}/&AOQ-lter", f"{_TOP}/älter"
_MAIL = """\
From: {sender}
To: olu@kelp.example
Subject: {subject}
Date: {date}
Message-ID: <{id}@kelp.example>

"""

_AUTOFILER = """\
server: {{hostname: {host}, port: {tls_port}, ca_file: {cafile}, username: {user}, password: {password}}}
trash-mailbox: {top}/trash
mailboxes:
  - name: {inbox}
    rules:
      - headers: [{{name: subject, substring: tides}}]
        action: {{name: move, dest-mailbox: {top}/tides}}
      - headers: [{{name: from, substring: nuru}}]
        action: {{name: flag}}
      - headers: [{{name: subject, substring: offer}}]
        action: {{name: trash}}
"""
_GETMAIL = """\
[retriever]
type = SimpleIMAPRetriever
server = {host}
port = {port}
username = {user}
password = {password}
mailboxes = ("{inbox}", "{readable}")
[destination]
type = MDA_external
path = /bin/sh
arguments = ("-c", "cat >> '{folder}/delivered'")
allow_root_commands = true
[options]
delete = true
verbose = 2
message_log = {folder}/log
delivered_to = false
received = false
"""


class Program(NamedTuple):
    """The words of a command line; files to write first; both are filled with the server's values."""

    words: tuple[str, ...]
    files: Mapping[str, str] = {}


_GETMAIL_TLS = _GETMAIL.replace("IMAPRetriever", "IMAPSSLRetriever").replace("{port}", "{tls_port}")
#: What the classes tell with `debug`, which is not imaplib's word for word.
_CONVERSATION = re.compile(r"^imapclient\.imaplib: .*\n(?:\t.*\n)*", re.MULTILINE)
_DEDUP = ("imapdedup", "-s", "{host}", "-p", "{port}", "-u", "{user}", "-w", "{password}", "-v", "-S")
PROGRAMS = {
    "imapautofiler": Program(("imapautofiler", "-v", "-c", "{folder}/rules.yml"), {"rules.yml": _AUTOFILER}),
    "getmail6": Program(("getmail", "--getmaildir", "{folder}", "--rcfile", "{folder}/rc"), {"rc": _GETMAIL}),
    "getmail6 TLS": Program(("getmail", "--getmaildir", "{folder}", "--rcfile", "{folder}/rc"), {"rc": _GETMAIL_TLS}),
    "imapdedup": Program((*_DEDUP, "{inbox}", "{other}")),
    "imapdedup -c": Program((*_DEDUP, "-c", "-d", "-y", "{top}/copies", "{inbox}")),
    "imapdedup -l": Program((*_DEDUP, "-l")),
}


class Outcome(NamedTuple):
    """What a program left: its exit status, its output, the mail that it delivered, and the mailboxes."""

    status: int
    output: str
    delivered: bytes
    mailboxes: dict[str, list[str]]


def outcome(name: str, programs: Path, server: Server, folder: Path, *, ours: bool) -> Outcome:
    """Fill the mailboxes, run a program in `folder`, and return what it left; the mailboxes are gone again."""
    program = PROGRAMS[name]
    folder.mkdir(parents=True)
    values = {
        **server._asdict(),
        "folder": folder,
        "top": _TOP,
        "inbox": _INBOX,
        "other": _OTHER,
        "readable": _READABLE,
    }
    for file, text in program.files.items():
        (folder / file).write_text(text.format(**values))
    paths = [hook(folder / "hook")] if ours else []
    environment = surroundings(*paths, HOME=str(folder), LC_ALL="C.UTF-8", TZ="UTC")
    assert _module_named_imaplib(programs, environment) == ("imapsh.client.imap4" if ours else "imaplib")
    words = [word.format(**values) for word in program.words]
    _on(server, _fill)
    try:
        done = subprocess.run(
            [str(programs / words[0]), *words[1:]],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=60,
        )  # fmt: skip
        mailboxes = _on(server, _snapshot)
    finally:
        _on(server, _empty)
    delivered = folder / "delivered"
    mail = delivered.read_bytes() if delivered.exists() else b""
    output = _CONVERSATION.sub("", done.stdout.replace(str(folder), "FOLDER"))
    output = re.sub(r"\b[A-P]{4}(?=\d+ )", "TAG", output)  # its letters are random
    return Outcome(done.returncode, output, mail, mailboxes)


def _module_named_imaplib(programs: Path, environment: dict[str, str]) -> str:
    command = [str(programs / "python"), "-c", "import imaplib; print(imaplib.__name__)"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def _on(server: Server, do: Callable[[imaplib.IMAP4], Result]) -> Result:
    with imaplib.IMAP4(server.host, server.port) as client:
        client.login(server.user, server.password)
        return do(client)


def _fill(client: imaplib.IMAP4) -> None:
    for mailbox in (_INBOX, _OTHER, f"{_TOP}/tides", f"{_TOP}/trash", f"{_TOP}/copies"):
        assert client.create(f'"{mailbox}"')[0] == "OK"
        client.subscribe(f'"{mailbox}"')
    for number in range(24):
        mail = _MAIL.format(
            sender=("Signe <signe@kelp.example>", "Nuru <nuru@fjord.test>", '"Ö, ü" <o@kelp.example>')[number % 3],
            subject=("tides", "an offer", "=?utf-8?q?f=C3=A4hre?=", "{12}")[number % 4],
            date=f"Sat, {1 + number % 5:02} Apr 2022 06:15:00 +0200",
            id=number % 10,  # so that there are duplicates
        )
        body = "high water at six\r\n" * (1 + 700 * (number % 5))
        flags = (r"\Seen", r"(\Flagged $Label1)", None)[number % 3]
        mailbox = _OTHER if number % 6 == 5 else _INBOX
        assert (
            client.append(f'"{mailbox}"', flags, None, mail.replace("\n", "\r\n").encode() + body.encode())[0] == "OK"
        )


def _names(client: imaplib.IMAP4) -> list[str]:
    _, data = client.list(f'"{_TOP}/"', "*")
    return sorted(line.decode().split(' "/" ', 1)[1].strip('"') for line in data if isinstance(line, bytes))


def _snapshot(client: imaplib.IMAP4) -> dict[str, list[str]]:
    """Return, for each mailbox, the flags, the size and the SHA-256 of each message."""
    found = {}
    for name in _names(client):
        client.select(f'"{name}"', readonly=True)
        _, data = client.fetch("1:*", "(FLAGS BODY.PEEK[])") if client.response("EXISTS")[1] != [b"0"] else ("", [])
        found[name] = [
            f"{sorted(imaplib.ParseFlags(datum[0]))} {hashlib.sha256(datum[1]).hexdigest()}"
            for datum in data
            if isinstance(datum, tuple)
        ]
    return found


def _empty(client: imaplib.IMAP4) -> None:
    for name in _names(client):
        client.unsubscribe(f'"{name}"')
        client.delete(f'"{name}"')
    client.delete(f'"{_TOP}"')
