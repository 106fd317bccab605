"""Runs a command as the peer, behind a socket pair, and says what a child may know."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from imapsh.hints import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    import subprocess

    from imapsh.transport.address import Address

SECRET_VARIABLES = ("IMAPSH_PASSWORD",)

_PIPE = 1 << 16  # octets that a pipe holds
_GRACE = 0.5  # seconds a command has to end by itself once its stdin has ended
_PATIENCE = 2.0  # and once it was told to terminate


#: The children that have the terminal now: a pager, an editor, a program that gives a password.
_front: list[subprocess.Popen[bytes]] = []


@contextmanager
def in_front(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """While inside, the child has the terminal, and `signal_front` reaches it."""
    _front.append(child)
    try:
        yield
    finally:
        _front.remove(child)


def signal_front(signum: int) -> None:
    """Send a signal that ends us to the children that have the terminal, which would stay there without us."""
    for child in tuple(_front):
        child.send_signal(signum)


def child_environment() -> dict[str, str]:
    """Return this process's environment without its secrets, which every child is started with."""
    return {name: value for name, value in os.environ.items() if name not in SECRET_VARIABLES}


def spawn(address: Address) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Start the command of an `exec:` address; its stdin and stdout are behind the returned socket.

    Its stdout is a pipe: on a socket Dovecot's imap, run by root, takes us for inetd.  A thread moves the octets.
    Its stderr is ours.  It gets a session of its own, so that Ctrl-C in the shell does not end the server.
    Raises OSError when the command cannot be run.
    """
    import socket
    import subprocess
    import threading

    ours, theirs = socket.socketpair()
    stdout, end = os.pipe()
    try:
        child = subprocess.Popen(
            address.command, stdin=theirs.fileno(), stdout=end, env=child_environment(), start_new_session=True
        )
    except BaseException:
        ours.close()
        theirs.close()
        os.close(stdout)
        raise
    finally:
        os.close(end)
    threading.Thread(target=_relay, args=(stdout, theirs), daemon=True).start()
    return ours, child


def _relay(stdout: int, sock: socket.socket) -> None:
    """Move what the command says to its socket, until it ends or nobody listens."""
    try:
        while data := os.read(stdout, _PIPE):
            sock.sendall(data)
    except OSError:
        pass  # our end was closed
    finally:
        os.close(stdout)
        sock.close()


def reap(child: subprocess.Popen[bytes]) -> int:
    """Wait for a child whose stdin has ended, with growing insistence; returns its exit status."""
    import subprocess

    for seconds, signum in ((_GRACE, signal.SIGTERM), (_PATIENCE, signal.SIGKILL)):
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            _signal_group(child.pid, signum)
    return child.wait()


def _signal_group(pid: int, signum: int) -> None:
    try:
        os.killpg(pid, signum)
    except ProcessLookupError:
        pass  # it ended in this moment
