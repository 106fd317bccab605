"""THREAD and UID THREAD (RFC 5256 section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.grammar.thread import Thread
from imapsh.server.commands.search import found
from imapsh.server.conversations import ALGORITHMS
from imapsh.server.reply import Arguments, Reply, ok

if TYPE_CHECKING:
    from imapsh.server.client import Client


def thread(client: Client, arguments: Arguments) -> Reply:
    """Do THREAD."""
    return _thread(client, arguments, uid=False)


def uid_thread(client: Client, arguments: Arguments) -> Reply:
    """Do UID THREAD."""
    return _thread(client, arguments, uid=True)


def _thread(client: Client, arguments: Arguments, *, uid: bool) -> Reply:
    algorithm = ALGORITHMS[arguments.all("thread-alg")[0].name.upper()]
    messages = [(message.uid if uid else number, message) for number, message in found(client, arguments)]
    client.send("THREAD", Thread(algorithm(messages)))
    return ok("threaded")


HANDLERS = {"THREAD": thread, "UID THREAD": uid_thread}
CAPABILITIES = tuple(f"THREAD={name}" for name in ALGORITHMS)
