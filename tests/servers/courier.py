"""Courier 5.0, whose mailboxes are named `INBOX.x`; root only.

Its authentication daemon reads /etc/courier and listens in /run/courier, whatever it is told.  So each of its processes
gets folders of ours mounted there, in a mount namespace of its own; the machine's stay as they are.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .base import CACHE, NOBODY, USERS, Missing, Server, free_ports, give_to_nobody, is_root, process, program
from .base import wait_until_ready as wait
from .certs import Certs

IN_PRIVATE = 'mount --bind "$0/etc" /etc/courier && mount --bind "$0/run" /run/courier && exec "$@"'

CAPABILITY = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA AUTH=PLAIN IDLE"

ENVIRONMENT = {
    "IMAP_CAPABILITY": CAPABILITY,
    "IMAP_CAPABILITY_TLS": CAPABILITY,
    "IMAP_KEYWORDS": "1",
    "IMAP_ACL": "1",
    "IMAP_PROXY": "0",
    "IMAP_IDLE_TIMEOUT": "10",
    "IMAP_DISABLETHREADSORT": "0",
    "IMAP_CHECK_ALL_FOLDERS": "0",
    "IMAP_OBSOLETE_CLIENT": "0",
    "IMAP_USELOCKS": "1",
    "IMAP_ENHANCEDIDLE": "1",
    "IMAP_TRASHFOLDERNAME": "Trash",
    "IMAP_EMPTYTRASH": "",
    "IMAP_TLS_REQUIRED": "0",
    "MAILDIRPATH": "Maildir",
    "AUTHSERVICE": "imap",
    "TLS_VERIFYPEER": "NONE",
    "authmodulelist": "authuserdb",
    "daemons": "2",
}


@contextlib.contextmanager
def running(run: Path, certs: Certs) -> Iterator[Server]:
    """Start Courier with its state in `run`, where every folder above must be open to all."""
    if not is_root():
        raise Missing("Courier needs root: the paths of its authentication daemon are compiled in")
    root = CACHE / "courier"
    if not root.exists():
        raise Missing(f"Courier is not unpacked in {CACHE}")
    couriertls, tcpd = program("couriertls"), program("couriertcpd")
    authdaemond = program("authdaemond", "/usr/lib/courier/courier-authlib")
    _make_users(run)
    port, tls_port = free_ports()
    server = Server("courier", "127.0.0.1", port, tls_port, certs.ca, separator=".", prefix="INBOX.")
    environment = {
        **ENVIRONMENT,
        "COURIERTLS": couriertls,
        "TLS_CERTFILE": str(certs.server_pem),
        "TLS_TRUSTCERTS": str(certs.ca),
    }
    private = [program("unshare"), "-m", "sh", "-c", IN_PRIVATE, str(run)]
    listen = [*private, tcpd, "-address=127.0.0.1", "-maxprocs=40", "-maxperip=40", "-nodnslookup", "-noidentlookup"]
    imapd = [str(root / "usr/lib/courier/courier/imaplogin"), str(root / "usr/bin/imapd"), "Maildir"]
    plain = [*listen, str(port), *imapd]
    over_tls = [*listen, str(tls_port), couriertls, "-server", "-tcpd", *imapd]
    log = run / "log"
    with (
        process([*private, authdaemond], log, environment),
        process(over_tls, log, {**environment, "IMAP_TLS": "1"}),
        process(plain, log, {**environment, "IMAP_STARTTLS": "YES"}) as daemon,
    ):
        wait(daemon, server, log)
        yield server


def _make_users(run: Path) -> None:
    userdb = run / "etc/userdb"
    userdb.parent.mkdir()
    (run / "run/authdaemon").mkdir(parents=True)
    (run / "etc/authdaemonrc").write_text('authmodulelist="authuserdb"\ndaemons=2\n')
    for user, password in USERS.items():
        home = run / "home" / user
        home.mkdir(parents=True)
        subprocess.run([program("maildirmake.courier"), home / "Maildir"], check=True)
        secret = _output([program("userdbpw"), "-md5"], f"{password}\n{password}\n")
        fields = f"uid={NOBODY}|gid={NOBODY}|home={home}|mail={home}/Maildir|imappw={secret}"
        with userdb.open("a") as file:
            file.write(f"{user}\t{fields}\n")
    userdb.chmod(0o600)
    subprocess.run([program("makeuserdb"), "-f", userdb], check=True)
    give_to_nobody(run / "home")


def _output(command: list[str], given: str) -> str:
    return subprocess.run(command, input=given, text=True, check=True, capture_output=True).stdout.strip()
