"""Certificates for the servers under test: good ones, and each way of being wrong."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import trustme


class Certs(NamedTuple):
    """PEM files.  A `*_pem` holds a private key and its chain, as `ssl.SSLContext.load_cert_chain` takes them.

    The server's names are localhost, 127.0.0.1 and ::1; `wrong_host_pem` is by the same CA for another name,
    `other_ca` has vouched for nothing here, and `client_pem` is the user demo's.
    """

    ca: Path
    server_cert: Path
    server_key: Path
    server_pem: Path
    wrong_host_pem: Path
    client_pem: Path
    other_ca: Path


def make(folder: Path) -> Certs:
    """Write them all into `folder`, which is created if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    certs = Certs(*(folder / f"{field.replace('_', '-')}.pem" for field in Certs._fields))
    ca = trustme.CA(organization_name="imapsh tests")
    ca.cert_pem.write_to_path(str(certs.ca))
    server = ca.issue_cert("localhost", "127.0.0.1", "::1", common_name="localhost")
    server.private_key_pem.write_to_path(str(certs.server_key))
    certs.server_cert.write_bytes(b"".join(pem.bytes() for pem in server.cert_chain_pems))
    server.private_key_and_cert_chain_pem.write_to_path(str(certs.server_pem))
    wrong = ca.issue_cert("wrong.example.test")
    wrong.private_key_and_cert_chain_pem.write_to_path(str(certs.wrong_host_pem))
    client = ca.issue_cert("demo@example.test", common_name="demo")
    client.private_key_and_cert_chain_pem.write_to_path(str(certs.client_pem))
    trustme.CA(organization_name="somebody else").cert_pem.write_to_path(str(certs.other_ca))
    for path in certs:
        path.chmod(0o644)
    return certs
