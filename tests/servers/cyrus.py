"""Cyrus 3.6, whose mailboxes are named `INBOX.x`."""

from __future__ import annotations

import contextlib
import getpass
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .base import (
    ADMIN,
    ADMIN_PASSWORD,
    CACHE,
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

IMAPD_CONF = """\
cyrus_user: {user}
servername: localhost
configdirectory: {run}/conf
defaultpartition: default
partition-default: {run}/mail
proc_path: {run}/proc
mboxname_lockpath: {run}/lock
idlesocket: {run}/socket/idle
admins: {admin}
altnamespace: no
unixhierarchysep: no
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {run}/sasldb2
sasl_mech_list: PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256
sasl_auto_transition: no
tls_server_cert: {certs.server_cert}
tls_server_key: {certs.server_key}
tls_client_ca_file: {certs.ca}
tls_client_certs: optional
tls_session_timeout: 0
autocreate_quota: 102400
autocreate_inbox_folders: Drafts | Sent
autocreate_subscribe_folders: Sent
xlist-drafts: Drafts
xlist-sent: Sent
specialusealways: 1
allowdeleted: yes
expunge_mode: immediate
delete_mode: immediate
imapidresponse: yes
imapidlepoll: 1
munge8bit: no
failedloginpause: 0
"""

CYRUS_CONF = """\
START {{
  recover cmd="{bin}/ctl_cyrusdb -C {run}/imapd.conf -r"
}}
SERVICES {{
  imap  cmd="{bin}/imapd -C {run}/imapd.conf -U 250" listen="127.0.0.1:{port}" prefork=1 maxchild=100
  imaps cmd="{bin}/imapd -C {run}/imapd.conf -s -U 250" listen="127.0.0.1:{tls_port}" prefork=0 maxchild=100
}}
EVENTS {{
  checkpoint cmd="{bin}/ctl_cyrusdb -C {run}/imapd.conf -c" period=30
}}
DAEMON {{
  idled cmd="{bin}/idled -C {run}/imapd.conf"
}}
"""

FOLDERS = (
    "conf/socket",
    "conf/db",
    "conf/log",
    "conf/msg",
    "conf/quota",
    "conf/user",
    "mail",
    "proc",
    "lock",
    "socket",
)


@contextlib.contextmanager
def running(run: Path, certs: Certs) -> Iterator[Server]:
    """Start Cyrus with its state in `run`, where every folder above must be open to all."""
    binaries = _root() / "usr/lib/cyrus/bin"
    port, tls_port = free_ports()
    user = "nobody" if is_root() else getpass.getuser()
    for folder in FOLDERS:
        (run / folder).mkdir(parents=True)
    for name, password in {**USERS, ADMIN: ADMIN_PASSWORD}.items():
        add_user = [program("saslpasswd2"), "-p", "-c", "-f", str(run / "sasldb2"), "-u", "localhost", name]
        subprocess.run(add_user, input=password, text=True, check=True, capture_output=True)
    (run / "imapd.conf").write_text(IMAPD_CONF.format(admin=ADMIN, run=run, certs=certs, user=user))
    (run / "cyrus.conf").write_text(CYRUS_CONF.format(run=run, bin=binaries, port=port, tls_port=tls_port))
    give_to_nobody(run)
    server = Server("cyrus", "127.0.0.1", port, tls_port, certs.ca, separator=".", prefix="INBOX.")
    libraries = ":".join(map(str, (_root() / "usr/lib").glob("*-linux-gnu")))
    environment = {"CYRUS_USER": user, "LD_LIBRARY_PATH": libraries}
    files = (("-C", "imapd.conf"), ("-M", "cyrus.conf"), ("-p", "master.pid"))
    master = [str(binaries / "master"), *(word for option, name in files for word in (option, str(run / name)))]
    with serving(server, master, run / "log", environment):
        yield server


def _root() -> Path:
    """The folder Cyrus is unpacked in, or that of the system where it is installed."""
    for root in (CACHE / "cyrus", Path("/")):
        if (root / "usr/lib/cyrus/bin/master").exists():
            return root
    raise Missing(f"Cyrus is neither installed nor unpacked in {CACHE}")
