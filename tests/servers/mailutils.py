"""GNU Mailutils' imap4d.  Its users must be in the system's passwd; libnss-wrapper shows it one of ours."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .base import (
    NOBODY,
    USERS,
    Missing,
    Server,
    free_ports,
    give_to_nobody,
    is_root,
    program,
    serving,
)
from .certs import Certs

CONFIG = """\
mode daemon;
foreground yes;
pidfile {run}/pid;
timeout 600;
logging {{ syslog no; print-severity yes; }};
auth {{ authorization clear; authorization system; authorization virtdomain; }};
auth {{ authentication clear; authentication generic; }};
virtdomain {{ passwd-dir "{run}/domains"; }};
gsasl {{ hostname localhost; realm example.test; service imap; }};
mailbox {{ mail-spool "maildir:{run}/spool"; mailbox-type maildir; }};
namespace personal {{ prefix "" {{ directory "{run}/home/$user/folders"; delimiter "/"; mailbox-type maildir; }}; }};
id-fields (name, version, vendor);
tls {{ ssl-certificate-file {certs.server_cert}; ssl-key-file {certs.server_key}; ssl-ca-file {certs.ca}; }};
tls-file-checks {{ key-file none; cert-file none; ca-file none; }};
tcp-wrappers {{ enable no; }};
server 127.0.0.1:{port} {{ tls-mode ondemand; }};
server 127.0.0.1:{tls_port} {{ tls-mode connection; }};
"""


@contextlib.contextmanager
def running(run: Path, certs: Certs) -> Iterator[Server]:
    """Start imap4d with its state in `run`, where every folder above must be open to all."""
    imap4d = program("imap4d")
    if not list(Path("/usr/lib").glob("*/libnss_wrapper.so")):
        raise Missing("libnss-wrapper is not installed")
    _make_users(run)
    port, tls_port = free_ports()
    config = run / "imap4d.rc"
    config.write_text(CONFIG.format(run=run, certs=certs, port=port, tls_port=tls_port))
    server = Server("mailutils", "127.0.0.1", port, tls_port, certs.ca)
    environment = {
        "LD_PRELOAD": "libnss_wrapper.so",
        "NSS_WRAPPER_PASSWD": str(run / "passwd"),
        "NSS_WRAPPER_GROUP": "/etc/group",
    }
    with serving(server, [imap4d, f"--config-file={config}"], run / "log", environment):
        yield server


def _make_users(run: Path) -> None:
    uid, gid = (NOBODY, NOBODY) if is_root() else (os.getuid(), os.getgid())
    passwd = Path("/etc/passwd").read_text()
    domain = ""
    for user, password in USERS.items():
        (run / "home" / user / "folders").mkdir(parents=True)
        for folder in ("cur", "new", "tmp"):
            (run / "spool" / user / folder).mkdir(parents=True)
        secret = subprocess.run(
            [program("openssl"), "passwd", "-6", "-stdin"], input=password, text=True, check=True, capture_output=True
        ).stdout.strip()
        account = f"{user}:{secret}:{uid}:{gid}:{user}:{run}/home/{user}:/bin/sh"
        passwd += account + "\n"
        domain += f"{account}:{run}/spool/{user}\n"
    (run / "passwd").write_text(passwd)
    (run / "domains").mkdir()
    (run / "domains/example.test").write_text(domain)
    give_to_nobody(run / "home", run / "spool")
