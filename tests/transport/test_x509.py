"""Certificates, read without a library and compared with the package cryptography; and octets that are none."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509 as theirs
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from imapsh.transport.x509 import LONGEST, NAMES, read
from tests.transport.conftest import Papers
from tests.transport.papers import made


@pytest.mark.parametrize(
    ("key", "kind", "bits"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "EC P-256", 256),
        (ec.generate_private_key(ec.SECP521R1()), "EC P-521", 521),
        (rsa.generate_private_key(65537, 2048), "RSA", 2048),
        (ed25519.Ed25519PrivateKey.generate(), "Ed25519", 256),
    ],
    ids=["P-256", "P-521", "RSA", "Ed25519"],
)
def test_each_kind_of_key(tmp_path: Path, key: Any, kind: str, bits: int) -> None:
    octets = made(tmp_path, "mail.example", "*.example", key=key).der
    ours, other = read(octets), theirs.load_der_x509_certificate(octets)
    assert (ours.key, ours.bits, ours.fault) == (kind, bits, "")
    assert (ours.begins, ours.ends) == (other.not_valid_before_utc.timestamp(), other.not_valid_after_utc.timestamp())
    assert (ours.subject, ours.issuer, ours.serial) == ("CN=mail.example", "CN=mail.example", "1234")
    assert ours.names == ("mail.example", "*.example")
    assert ours.fingerprint == sha256(octets).hexdigest()
    info = other.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert ours.key_fingerprint == sha256(info).hexdigest()


def test_addresses_and_an_authority(papers: Papers) -> None:
    leaf = theirs.load_pem_x509_certificate(Path(papers.cert).read_bytes()).public_bytes(Encoding.DER)
    found = read(leaf)
    assert found.names == ("localhost", "127.0.0.1", "::1")
    assert (found.authority, found.signature) == (False, "SHA-256 with ECDSA")
    above = theirs.load_pem_x509_certificate(Path(papers.ca).read_bytes()).public_bytes(Encoding.DER)
    assert read(above).authority
    assert read(above).names == ()
    assert found.issuer == read(above).subject


def test_many_names_are_counted(tmp_path: Path) -> None:
    found = read(made(tmp_path, *(f"n{number}.example" for number in range(NAMES + 5))).der)
    assert (len(found.names), found.more_names, found.fault) == (NAMES, 5, "")


def test_one_that_is_too_long_has_a_fingerprint() -> None:
    octets = b"\x30" * (LONGEST + 1)
    found = read(octets)
    assert found.fault == "it has 1,048,577 octets, and 1,048,576 are read"
    assert found.fingerprint == sha256(octets).hexdigest()


def test_cut_anywhere_it_says_so_and_raises_nothing(tmp_path: Path) -> None:
    octets = made(tmp_path, "mail.example").der
    for end in range(len(octets)):
        assert read(octets[:end]).fault


def test_what_was_read_before_a_fault_is_kept(tmp_path: Path) -> None:
    octets = made(tmp_path, "mail.example").der
    found = read(octets.replace(bytes.fromhex("0603551d11"), bytes.fromhex("0604551d11")))
    assert found.fault
    assert found.subject == "CN=mail.example"
    assert found.ends is not None


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return made(tmp_path_factory.mktemp("one"), "mail.example").der


@given(wrong=st.dictionaries(st.integers(0, 1000), st.integers(0, 255), max_size=4))
def test_any_octet_may_be_wrong(one: bytes, wrong: dict[int, int]) -> None:
    octets = bytearray(one)
    for at, octet in wrong.items():
        octets[at % len(octets)] = octet
    assert read(bytes(octets)).fingerprint == sha256(octets).hexdigest()


@given(st.binary(max_size=200))
def test_any_octets(octets: bytes) -> None:
    assert read(octets).octets == octets
