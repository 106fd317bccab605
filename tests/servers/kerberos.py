"""A key distribution centre of Kerberos for one test run, and Dovecot that takes its tickets."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from . import dovecot
from .base import Missing, Server, attempts, free_ports, process, program
from .certs import Certs

REALM = "EXAMPLE.TEST"

KRB5_CONF = """\
[libdefaults]
 default_realm = {realm}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
[realms]
 {realm} = {{
  kdc = 127.0.0.1:{port}
 }}
[domain_realm]
 localhost = {realm}
"""

KDC_CONF = """\
[kdcdefaults]
 kdc_listen = 127.0.0.1:{port}
 kdc_tcp_listen = 127.0.0.1:{port}
[realms]
 {realm} = {{
  database_name = {run}/principal
  key_stash_file = {run}/stash
  max_life = 1h
  supported_enctypes = aes256-cts:normal
 }}
"""

SETUP = ("addprinc -pw {password} {user}", "addprinc -randkey imap/localhost", "ktadd -k {run}/keytab imap/localhost")

# As root the login process may read the keytab only where it is open to its user.
DOVECOT = """\
auth_krb5_keytab = {run}/keytab
auth_gssapi_hostname = localhost
import_environment = $import_environment KRB5_CONFIG={run}/krb5.conf
"""


@contextlib.contextmanager
def running(run: Path, certs: Certs) -> Iterator[tuple[Server, Mapping[str, str]]]:
    """Both, and the environment in which the server's user holds a ticket."""
    if not list(Path("/usr/lib/dovecot/modules/auth").glob("*gssapi*")):
        raise Missing("dovecot-gssapi is not installed")
    (port,) = free_ports(1)
    (run / "krb5.conf").write_text(KRB5_CONF.format(realm=REALM, port=port))
    (run / "kdc.conf").write_text(KDC_CONF.format(realm=REALM, port=port, run=run))
    environment = {
        "KRB5_CONFIG": str(run / "krb5.conf"),
        "KRB5_KDC_PROFILE": str(run / "kdc.conf"),
        "KRB5CCNAME": f"FILE:{run}/tickets",
    }
    user, password = "demo", "demo-pw"
    _call(environment, program("kdb5_util"), "create", "-s", "-P", "a master password", "-r", REALM)
    for query in SETUP:
        _call(environment, program("kadmin.local"), "-q", query.format(user=user, password=password, run=run))
    (run / "keytab").chmod(0o644)
    folder = run / "dovecot"
    folder.mkdir()
    with (
        process([program("krb5kdc"), "-n"], run / "kdc.log", environment) as daemon,
        dovecot.running(folder, certs, "gssapi", DOVECOT.format(run=run)) as server,
    ):
        for _ in attempts(daemon):
            if _call(environment, program("kinit"), user, words=password):
                break
        yield server, environment


def _call(environment: Mapping[str, str], *command: str, words: str = "") -> bool:
    done = subprocess.run(
        command, input=words, text=True, capture_output=True, env={**os.environ, **environment}, check=False, timeout=60
    )
    return done.returncode == 0
