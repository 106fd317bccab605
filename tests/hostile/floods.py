"""A server on a socket that floods, and a client in a process of its own whose memory and time are taken."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.shell.running import Handler, environment, listening, url

#: Runs imapsh, or the program in argv[2], and tells the peak of its memory: VmHWM begins anew with each program.
_MEASURED = """
import runpy, sys
kind, *sys.argv[1:] = sys.argv[1:]
status = 0
try:
    if kind == "imapsh":
        from imapsh.shell.main import main
        status = main(sys.argv[1:])
    else:
        exec(compile(sys.argv.pop(1), "program", "exec"), {"__name__": "__main__"})
except SystemExit as end:
    status = end.code or 0
sys.stdout.flush()
with open("/proc/self/status") as known:
    peak = next(line.split()[1] for line in known if line.startswith("VmHWM"))
times = __import__("os").times()
print(f"\\n<{peak} KiB {times.user + times.system:.2f} s>", file=sys.stderr)
sys.exit(status)
"""
PEAK = 120  #: MiB that no client may take, whatever comes


class Ran(NamedTuple):
    """How a client ended, what it said (the beginning of it), and what it took."""

    status: int
    out: bytes
    octets: int
    err: str
    peak: int
    seconds: float


def ran(*words: str, program: str = "") -> Ran:
    """Run imapsh, or a program, to its end; of its output a megabyte is kept."""
    kind = ["program", program] if program else ["imapsh", "--no-config"]
    with subprocess.Popen(
        [sys.executable, "-c", _MEASURED, *kind, *words],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
        start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        out, octets = b"", 0
        while piece := process.stdout.read(1 << 16):
            octets += len(piece)
            out += piece if len(out) < 1 << 20 else b""
        err = process.stderr.read().decode()
    assert "Traceback" not in err, err
    text, _, took = err.rstrip("\n>").rpartition("\n<")
    peak, _, seconds, _ = took.split()
    return Ran(process.returncode, out, octets, text, int(peak) >> 10, float(seconds))


def flooding(chunks: Iterable[bytes], *, greeting: bytes = b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n") -> Handler:
    """A server that says all of `chunks` at the first line that is not CAPABILITY, and is gone if nobody listens."""

    def handler(sock: socket.socket) -> None:
        sock.sendall(greeting)
        due = iter(chunks)
        with sock.makefile("rb") as lines, contextlib.suppress(OSError):
            for line in lines:
                tag, _, rest = line.partition(b" ")
                if rest.upper().startswith(b"CAPABILITY"):
                    sock.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")
                    continue
                for chunk in due:
                    sock.sendall(chunk)
                if rest.upper().startswith(b"LOGOUT"):
                    sock.sendall(b"* BYE bye\r\n")
                sock.sendall(tag + b" OK done\r\n")

    return handler


def inflating(line: bytes, octets: int) -> Handler:
    """A server that takes COMPRESS, and then says a few octets that become so many of the same line."""
    coder = zlib.compressobj(6, wbits=-15)
    block = line * ((1 << 20) // len(line))
    bomb = b"".join(coder.compress(block) for _ in range(octets >> 20)) + coder.flush(zlib.Z_SYNC_FLUSH)

    def handler(sock: socket.socket) -> None:
        sock.sendall(b"* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hi\r\n")
        with sock.makefile("rb") as lines, contextlib.suppress(OSError):
            tag, _, rest = lines.readline().partition(b" ")
            if rest.upper().startswith(b"CAPABILITY"):
                sock.sendall(b"* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE\r\n" + tag + b" OK done\r\n")
                tag = lines.readline().split(b" ")[0]
            sock.sendall(tag + b" OK go\r\n" + bomb)
            while lines.read1(1 << 16):
                pass

    return handler


@contextlib.contextmanager
def at(handler: Handler) -> Iterator[str]:
    """The URL of a server."""
    with listening(handler) as port:
        yield url(port)
