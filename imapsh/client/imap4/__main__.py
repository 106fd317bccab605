"""An example session over nearly every method, on an account of yours: mailboxes imapsh-x* are made and removed there.

Run: python -m imapsh.client.imap4 [-d LEVEL] [-s COMMAND] [HOST]

-d LEVEL shows the conversation (4 shows each line); -s COMMAND speaks to a command on its stdin and stdout, instead of
to HOST (this machine) on port 143.  The password is asked for unless the server greets with PREAUTH.
"""

from __future__ import annotations

import getopt
import getpass
import sys
from typing import Any

from imapsh.client import imap4
from imapsh.client.imap4.transcript import printable

_ONE, _TWO = "imapsh-x1", "imapsh-x2"
_MESSAGE = b"From: %s@localhost\r\nSubject: IMAP4 test\r\n\r\ndata...\r\n"


def main(arguments: list[str]) -> int:
    """Run the session; return the exit status: 0, 1 if something failed, 2 for a wrong option."""
    try:
        options, hosts = getopt.getopt(arguments, "d:s:")
        levels = [int(value) for option, value in options if option == "-d"]
    except (getopt.GetoptError, ValueError) as error:
        print(f"{error}; usage: python -m imapsh.client.imap4 [-d LEVEL] [-s COMMAND] [HOST]", file=sys.stderr)
        return 2
    imap4.Debug = levels[-1] if levels else 0
    commands = [value for option, value in options if option == "-s"]
    try:
        connection = imap4.IMAP4_stream(commands[-1]) if commands else imap4.IMAP4(hosts[0] if hosts else "")
        with connection:
            _session(connection)
    except (OSError, imap4.IMAP4.error) as error:
        print(printable(f"Tests failed: {error}"), file=sys.stderr)
        if not levels:
            print("-d 4 shows the conversation", file=sys.stderr)
        return 1
    print("All tests OK.")
    return 0


def _session(connection: imap4.IMAP4) -> None:
    user = getpass.getuser()

    def run(name: str, *args: Any) -> list[Any]:
        typ, data = getattr(connection, name)(*args)
        print(f"{name} {typ} {data if len(data) < 6 else f'{len(data)} data'}")
        if typ == "NO":
            raise connection.error(f"{name}: {data[0].decode('utf-8', 'replace')}")
        return list(data)

    if connection.state != "AUTH":
        run("login", user, getpass.getpass(f"IMAP password for {user}: "))
    _on_mailboxes(run, _MESSAGE % user.encode())
    for response in ("UIDVALIDITY", "EXISTS", "FLAGS"):
        print(response, connection.response(response)[1])


def _on_mailboxes(run: Any, message: bytes) -> None:
    run("create", _ONE)
    run("rename", _ONE, _TWO)
    try:
        run("append", _TWO, None, None, message)
        run("list", '""', f"{_TWO}*")
        run("select", _TWO)
        run("search", None, "SUBJECT", "test")
        run("fetch", "1", "(FLAGS INTERNALDATE RFC822)")
        for uid in (run("uid", "SEARCH", "ALL")[-1] or b"").split():
            run("uid", "FETCH", uid.decode(), "(FLAGS RFC822.SIZE BODY.PEEK[HEADER])")
        run("STORE", "1", "FLAGS", r"(\Deleted)")
        run("noop")
        run("expunge")
        run("recent")
        run("close")
    finally:
        run("delete", _TWO)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
