"""Dovecot 2.3 or later within 2.x's first configuration format, as root or as an ordinary user."""

from __future__ import annotations

import contextlib
import getpass
import grp
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .base import NOBODY, USERS, Server, free_ports, give_to_nobody, is_root, process, program, wait_until_ready
from .certs import Certs

CONFIG = """\
base_dir = {run}/base
state_dir = {run}/base
log_path = {run}/log
protocols = imap
listen = 127.0.0.1
shutdown_clients = yes

ssl = yes
ssl_cert = <{certs.server_cert}
ssl_key = <{certs.server_key}
ssl_ca = <{certs.ca}
ssl_verify_client_cert = yes
ssl_require_crl = no
auth_ssl_username_from_cert = yes

disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 external
auth_failure_delay = 0
passdb {{
  driver = static
  mechanisms = external
  args = nopassword=y
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
  args = {run}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={run}/home/%n allow_all_users=yes
}}

first_valid_uid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_location = sdbox:~/mail
mail_attribute_dict = file:%h/attributes
mailbox_list_index = yes
protocol imap {{
  imap_metadata = yes
  imap_id_send = *
  mail_max_userip_connections = 100
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    auto = create
    special_use = \\Drafts
  }}
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}

service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
  process_min_avail = 1
  service_count = 0
}}
# Without this each failed login delays the next from the same address by 2, 4, 8, 15 s.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""

# Dovecot's own processes run as the caller where they cannot change to another user.
ORDINARY_USER = """\
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@contextlib.contextmanager
def running(run: Path, certs: Certs) -> Iterator[Server]:
    """Start Dovecot with its state in `run`, where every folder above must be open to all."""
    dovecot = program("dovecot")
    port, tls_port = free_ports()
    uid, gid = (NOBODY, NOBODY) if is_root() else (os.getuid(), os.getgid())
    config = CONFIG.format(run=run, certs=certs, uid=uid, gid=gid, port=port, tls_port=tls_port)
    if not is_root():
        config += ORDINARY_USER.format(user=getpass.getuser(), group=grp.getgrgid(gid).gr_name)
    conf, home, log = run / "dovecot.conf", run / "home", run / "log"
    conf.write_text(config)
    (run / "passwd").write_text("".join(f"{user}:{{PLAIN}}{password}::::::\n" for user, password in USERS.items()))
    (run / "base").mkdir()
    home.mkdir()
    give_to_nobody(home)
    server = Server("dovecot", "127.0.0.1", port, tls_port, certs.ca, exec_command=_exec_command(conf, home / "demo"))
    with process([dovecot, "-F", "-c", conf], run / "output") as daemon:
        wait_until_ready(daemon, server, log)
        yield server


def _exec_command(conf: Path, home: Path) -> str:
    """Dovecot's imap process alone on stdin and stdout: no daemon, no login."""
    doveconf = [program("doveconf"), "-c", str(conf), "-h", "libexec_dir"]
    libexec = subprocess.run(doveconf, check=True, capture_output=True, text=True).stdout.strip()
    command = [f"{libexec}/imap", "-c", str(conf), "-o", "stats_writer_socket_path="]
    return shlex.join(["env", f"HOME={home}", "USER=demo", *command])
