"""What admins do today: short imaplib scripts for the tasks of `docs/admin.rst`, each with one login.

    python -m tests.bench.admin_scripts TASK HOST PORT USER PASSWORD [ARGUMENT]

Each prints how many messages it found.
"""

from __future__ import annotations

import email
import imaplib
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

imaplib._MAXLINE = 10_000_000  # type: ignore[attr-defined]  # a line with the UIDs of a mailbox is longer than it allows


def mailboxes(client: imaplib.IMAP4) -> Iterator[str]:
    """Open each mailbox, read only, and give its name."""
    for line in client.list()[1]:
        assert isinstance(line, bytes)
        name = line.decode().split(' "/" ', 1)[1]
        kind, count = client.select(name, readonly=True)
        if kind == "OK" and count[0] != b"0":
            yield name


def find(client: imaplib.IMAP4, argument: str) -> int:
    """Messages whose subject has the argument in it, of all mailboxes; the newest ten of each are looked at."""
    return _found(client, "SUBJECT", argument)


def find_text(client: imaplib.IMAP4, argument: str) -> int:
    """Messages that have the argument anywhere."""
    return _found(client, "TEXT", argument)


def _found(client: imaplib.IMAP4, key: str, argument: str) -> int:
    count = 0
    for _ in mailboxes(client):
        uids = client.uid("SEARCH", key, f'"{argument}"')[1][0].split()
        count += len(uids)
        if uids:
            client.uid("FETCH", b",".join(uids[-10:]).decode(), "(ENVELOPE INTERNALDATE)")
    return count


def sizes(client: imaplib.IMAP4, argument: str) -> int:
    """Messages and octets of each mailbox."""
    count = 0
    for _ in mailboxes(client):
        found = [line for line in client.fetch("1:*", "(RFC822.SIZE FLAGS INTERNALDATE)")[1] if line]
        sum(int(line.split(b"RFC822.SIZE ")[1].split()[0].rstrip(b")")) for line in found if isinstance(line, bytes))
        count += len(found)
    return count


def largest(client: imaplib.IMAP4, argument: str) -> int:
    """The twenty largest messages of all mailboxes."""
    found: list[tuple[int, str, str]] = []
    for name in mailboxes(client):
        for line in client.fetch("1:*", "(UID RFC822.SIZE)")[1]:
            if isinstance(line, bytes):
                uid, size = re.findall(rb"(?:UID|SIZE) (\d+)", line)
                found.append((int(size), name, uid.decode()))
    for _, name, uid in sorted(found, reverse=True)[:20]:
        client.select(name, readonly=True)
        client.uid("FETCH", uid, "(ENVELOPE)")
    return min(len(found), 20)


def attachments(client: imaplib.IMAP4, argument: str) -> int:
    """The attachments of INBOX, into the folder of the argument."""
    client.select("INBOX", readonly=True)
    count = 0
    for item in client.fetch("1:*", "(BODY.PEEK[])")[1]:
        if isinstance(item, tuple):
            for part in email.message_from_bytes(item[1]).walk():
                if part.get_filename():
                    count += 1
                    Path(argument, f"{count}.bin").write_bytes(part.get_payload(decode=True))  # type: ignore[arg-type]
    return count


def duplicates(client: imaplib.IMAP4, argument: str) -> int:
    """The messages of a mailbox whose octets came before."""
    from hashlib import sha256

    client.select(argument, readonly=True)
    items = client.fetch("1:*", "(BODY.PEEK[])")[1]
    digests = [sha256(item[1]).digest() for item in items if isinstance(item, tuple)]
    return len(digests) - len(set(digests))


def copy(client: imaplib.IMAP4, argument: str) -> int:
    """All messages of INBOX to a mailbox of another server, which the argument names: HOST PORT MAILBOX."""
    host, port, mailbox = argument.split()
    count = 0
    client.select("INBOX", readonly=True)
    with imaplib.IMAP4(host, int(port)) as other:
        other.login(*sys.argv[4:6])
        other.create(mailbox)
        for uid in client.uid("SEARCH", "ALL")[1][0].split():
            head, octets = client.uid("FETCH", uid.decode(), "(FLAGS INTERNALDATE BODY.PEEK[])")[1][0]
            flags = b" ".join(flag for flag in imaplib.ParseFlags(head) if flag != b"\\Recent").decode()
            date = re.search(rb'INTERNALDATE ("[^"]*")', head)
            assert date is not None
            assert other.append(mailbox, flags, date[1].decode(), octets)[0] == "OK"
            count += 1
    return count


TASKS: dict[str, Callable[[imaplib.IMAP4, str], int]] = {
    "find": find, "find_text": find_text, "sizes": sizes, "largest": largest, "attachments": attachments,
    "duplicates": duplicates, "copy": copy,
}  # fmt: skip


def main(task: str, host: str, port: str, user: str, password: str, argument: str = "") -> None:
    """Do a task, and print how many messages it was about."""
    with imaplib.IMAP4(host, int(port)) as client:
        client.login(user, password)
        print(TASKS[task](client, argument))


if __name__ == "__main__":
    main(*sys.argv[1:])
