"""Real proxies: microsocks (SOCKS5), Dante (SOCKS4 and SOCKS5) and Tinyproxy (HTTP CONNECT), on loopback."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .base import attempts, free_ports, process, program

USER, PASSWORD = "me", "hunter22"

TINYPROXY = """\
Port {port}
Listen 127.0.0.1
Timeout 60
MaxClients 20
Allow 127.0.0.1
{auth}
"""

DANTE = """\
logoutput: stderr
internal: 127.0.0.1 port = {port}
external: 127.0.0.1
socksmethod: none
clientmethod: none
client pass {{ from: 127.0.0.0/8 to: 0.0.0.0/0 }}
socks block {{ from: 127.0.0.0/8 to: 127.0.0.2/32 }}
socks pass {{ from: 127.0.0.0/8 to: 0.0.0.0/0 }}
"""


@contextlib.contextmanager
def microsocks(run: Path, *, login: bool = False) -> Iterator[int]:
    """Start microsocks, for USER alone if there is a login; its port."""
    (port,) = free_ports(1)
    who = ["-u", USER, "-P", PASSWORD] if login else []
    with started([program("microsocks"), "-i", "127.0.0.1", "-p", str(port), *who], run, port):
        yield port


@contextlib.contextmanager
def tinyproxy(run: Path, *, login: bool = False) -> Iterator[int]:
    """Start Tinyproxy, for USER alone if there is a login; its port."""
    (port,) = free_ports(1)
    conf = run / f"tinyproxy-{port}.conf"
    conf.write_text(TINYPROXY.format(port=port, auth=f"BasicAuth {USER} {PASSWORD}" if login else ""))
    with started([program("tinyproxy"), "-d", "-c", str(conf)], run, port):
        yield port


@contextlib.contextmanager
def dante(run: Path) -> Iterator[int]:
    """Start Dante, which does not allow connections to 127.0.0.2; its port."""
    (port,) = free_ports(1)
    conf = run / f"dante-{port}.conf"
    conf.write_text(DANTE.format(port=port))
    with started([program("danted"), "-f", str(conf)], run, port):
        yield port


@contextlib.contextmanager
def started(command: list[str], run: Path, port: int) -> Iterator[None]:
    log = run / f"{Path(command[0]).name}.log"
    with process(command, log) as daemon:
        ready(daemon, port, log)
        yield


def ready(daemon: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once the port answers; raise with the end of the log if the daemon ends first, or never answers."""
    for _ in attempts(daemon):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
    raise RuntimeError(f"the proxy did not start: {log.read_text(errors='replace')[-500:]}")
