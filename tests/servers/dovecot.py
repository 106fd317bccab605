"""Dovecot 2.3 or later within 2.x's first configuration format, as root or as an ordinary user."""

from __future__ import annotations

import base64
import contextlib
import getpass
import grp
import hmac
import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .base import (
    ADMIN,
    ADMIN_PASSWORD,
    NOBODY,
    USERS,
    Server,
    free_ports,
    give_to_nobody,
    is_root,
    program,
    serving,
)
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
auth_mechanisms = {passwords} {tokens} {nothing}
auth_anonymous_username = other
auth_realms = example.test
auth_failure_delay = 0
auth_master_user_separator = *
passdb {{
  driver = passwd-file
  mechanisms = {passwords}
  master = yes
  args = username_format=%n {run}/masters
}}
passdb {{
  driver = oauth2
  mechanisms = {tokens}
  args = {run}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = {nothing}
  args = nopassword=y
}}
passdb {{
  driver = passwd-file
  mechanisms = {passwords}
  args = username_format=%n {run}/passwd
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
  mail_plugins = $mail_plugins zlib imap_zlib
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

PASSWORDS = "plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256"
TOKENS = "xoauth2 oauthbearer"
NOTHING = "external anonymous"

# A token is good where this key has signed it; nobody else is asked.
OAUTH2 = """\
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={run}/oauth2-keys/
username_attribute = email
scope = mail
"""
OAUTH2_KEY = b"a secret of the tests' own, 0123456789abcdef"

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
def running(run: Path, certs: Certs, mechanisms: str = "", more: str = "") -> Iterator[Server]:
    """Start Dovecot with its state in `run`, where every folder above must be open to all.

    `mechanisms` are offered besides, and `more` stands at the end of the configuration.
    """
    dovecot = program("dovecot")
    port, tls_port = free_ports()
    uid, gid = (NOBODY, NOBODY) if is_root() else (os.getuid(), os.getgid())
    places = {"run": run, "certs": certs, "uid": uid, "gid": gid, "port": port, "tls_port": tls_port}
    config = CONFIG.format(**places, passwords=PASSWORDS, tokens=TOKENS, nothing=f"{NOTHING} {mechanisms}")
    config += more
    if not is_root():
        config += ORDINARY_USER.format(user=getpass.getuser(), group=grp.getgrgid(gid).gr_name)
    conf, home, log = run / "dovecot.conf", run / "home", run / "log"
    conf.write_text(config)
    (run / "passwd").write_text("".join(f"{user}:{{PLAIN}}{password}::::::\n" for user, password in USERS.items()))
    (run / "masters").write_text(f"{ADMIN}:{{PLAIN}}{ADMIN_PASSWORD}::::::\n")
    _write_oauth2(run)
    (run / "base").mkdir()
    home.mkdir()
    give_to_nobody(home)
    server = Server("dovecot", "127.0.0.1", port, tls_port, certs.ca, exec_command=_exec_command(conf, home / "demo"))
    with serving(server, [dovecot, "-F", "-c", conf], run / "output", log=log):
        yield server


def _write_oauth2(run: Path) -> None:
    (run / "oauth2.conf").write_text(OAUTH2.format(run=run))
    key = run / "oauth2-keys/default/HS256/default"
    key.parent.mkdir(parents=True)
    key.write_bytes(base64.b64encode(OAUTH2_KEY))


def token(email: str, scope: str = "mail", serial: int = 0) -> str:
    """A JSON Web Token that Dovecot takes (RFC 7519): issued long ago, good for long; another serial is another."""
    claims = {"sub": email, "email": email, "scope": scope, "iat": 1_600_000_000 + serial, "exp": 4_000_000_000}
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    signed = b".".join(_unpadded(json.dumps(part).encode()) for part in parts)
    return (signed + b"." + _unpadded(hmac.digest(OAUTH2_KEY, signed, "sha256"))).decode()


def _unpadded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _exec_command(conf: Path, home: Path) -> str:
    """Dovecot's imap process alone on stdin and stdout: no daemon, no login."""
    doveconf = [program("doveconf"), "-c", str(conf), "-h", "libexec_dir"]
    libexec = subprocess.run(doveconf, check=True, capture_output=True, text=True).stdout.strip()
    command = [f"{libexec}/imap", "-c", str(conf), "-o", "stats_writer_socket_path="]
    return shlex.join(["env", f"HOME={home}", "USER=demo", *command])
