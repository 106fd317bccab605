"""SCRAM (RFC 5802, RFC 7677): the RFCs' dialogues, scramp's server as a peer, and servers that lie."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode

import pytest
from scramp import ScramMechanism

from imapsh.errors import LoginError, UsageError
from imapsh.sasl.scram import MOST_ITERATIONS, Scram

SHA1 = (
    "SCRAM-SHA-1",
    "fyko+d2lbbFgONRv9qkxdawL",
    b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
)
SHA256 = (
    "SCRAM-SHA-256",
    "rOprNGfwEbeRWgbNEkqO",
    b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
)
NAMES = ("SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS")


@pytest.mark.parametrize(("name", "nonce", "first", "challenge", "final", "proof"), [SHA1, SHA256])
def test_the_dialogues_of_the_rfcs(
    name: str, nonce: str, first: bytes, challenge: bytes, final: bytes, proof: bytes
) -> None:
    mechanism = Scram("user", "pencil", name, nonce=nonce)
    assert mechanism.initial
    assert [mechanism.step(said) for said in (b"", challenge, proof)] == [first, final, b""]
    mechanism.finish()


@pytest.mark.parametrize("salt", [b"", b"x", b"short", b"eleven octe", b"twelve octet", b"more than twelve octets"])
def test_d17_a_salt_of_any_length_is_taken(salt: bytes) -> None:
    mechanism = Scram("user", "pencil", nonce="rOprNGfwEbeRWgbNEkqO")
    first = mechanism.step(b"").removeprefix(b"n,,")
    challenge = b"r=rOprNGfwEbeRWgbNEkqOmore,s=%b,i=4096" % b64encode(salt)
    final = mechanism.step(challenge)
    without, _, proof = final.partition(b",p=")
    salted = hashlib.pbkdf2_hmac("sha256", b"pencil", salt, 4096)
    key = hmac.digest(salted, b"Client Key", "sha256")
    said = b",".join((first, challenge, without))
    signature = hmac.digest(hashlib.sha256(key).digest(), said, "sha256")
    assert b64decode(proof) == bytes(a ^ b for a, b in zip(key, signature, strict=True))
    verifier = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), said, "sha256")
    assert mechanism.step(b"v=" + b64encode(verifier)) == b""
    mechanism.finish()


@pytest.mark.parametrize("name", NAMES)
def test_a_server_is_content(name: str) -> None:
    binding = ("tls-unique", b"finished") if name.endswith("-PLUS") else None
    mechanism = ScramMechanism(name)
    account = mechanism.make_auth_info("pencil")
    server = mechanism.make_server(lambda user: account, binding)
    client = Scram("a,b=c", "pencil", name, binding)
    server.set_client_first(client.step(b"").decode())
    server.set_client_final(client.step(server.get_server_first().encode()).decode())
    assert client.step(server.get_server_final().encode()) == b""
    client.finish()


def test_what_is_bound_is_told_in_the_header() -> None:
    binding = ("tls-unique", b"finished")
    assert Scram("u", "pw", "SCRAM-SHA-1-PLUS", binding).step(b"").startswith(b"p=tls-unique,,")
    assert Scram("u", "pw", "SCRAM-SHA-1", binding).step(b"").startswith(b"y,,")
    assert Scram("u", "pw", "SCRAM-SHA-1").step(b"").startswith(b"n,,")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("whom", ["bob", "b,o=b", "bøb"])
def test_whom_one_acts_for_is_in_the_header_and_under_the_proof(name: str, whom: str) -> None:
    """RFC 5802 sections 5.1 and 7: `a=` in the gs2-header, which `c=` repeats in base64 before the channel's octets."""
    plus = name.endswith("-PLUS")
    client = Scram("user", "pencil", name, ("tls-unique", b"finished") if plus else None, "nonce", whom)
    first = client.step(b"")
    head = b"%b,a=%b," % (b"p=tls-unique" if plus else b"n", whom.replace("=", "=3D").replace(",", "=2C").encode())
    assert first == head + b"n=user,r=nonce"
    final = client.step(b"r=noncemore,s=QSXCR+Q6sek8bf92QSXCR+Q6,i=4096")
    without, _, proof = final.partition(b",p=")
    assert without == b"c=%b,r=noncemore" % b64encode(head + b"finished" * plus)
    digest = "sha256" if "256" in name else "sha1"
    salted = hashlib.pbkdf2_hmac(digest, b"pencil", b64decode(b"QSXCR+Q6sek8bf92QSXCR+Q6"), 4096)
    said = b",".join((b"n=user,r=nonce", b"r=noncemore,s=QSXCR+Q6sek8bf92QSXCR+Q6,i=4096", without))
    key = hmac.digest(salted, b"Client Key", digest)
    signature = hmac.digest(hashlib.new(digest, key).digest(), said, digest)
    assert b64decode(proof) == bytes(a ^ b for a, b in zip(key, signature, strict=True))


def test_an_older_scramp_does_not_drop_whom_one_acts_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Older:
        def __init__(self, *given: object) -> None:
            pass

    monkeypatch.setattr("scramp.ScramClient", Older)
    with pytest.raises(UsageError, match="act for another user only with a newer scramp"):
        Scram("user", "pencil", authorize="bob")


def begun() -> Scram:
    mechanism = Scram("user", "pencil", SHA1[0], nonce=SHA1[1])
    mechanism.step(b"")
    return mechanism


@pytest.mark.parametrize(
    ("challenge", "words"),
    [
        (b"r=other,s=QSXCR+Q6sek8bf92,i=4096", "wrong"),
        (b"", "wrong"),
        (b"\xff\0", "wrong"),
        (SHA1[3].replace(b"4096", b"1"), "wrong"),
        (SHA1[3].replace(b"4096", str(MOST_ITERATIONS + 1).encode()), "iterations"),
        (SHA1[3].replace(b"4096", b"00" + b"9" * 5000), "iterations"),
        (SHA1[3].replace(b"4096", b"four"), "wrong"),
        (b"e=unknown-user", "wrong"),
    ],
)
def test_a_first_message_that_is_not_right(challenge: bytes, words: str) -> None:
    with pytest.raises(LoginError, match=words):
        begun().step(challenge)


@pytest.mark.parametrize(
    ("final", "words"),
    [
        (b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "wrong"),
        (b"v=", "wrong"),
        (b"", "wrong"),
        (b"e=invalid-proof", "invalid proof"),
        (b"e=\x1b[31m", "wrong"),
    ],
)
def test_a_server_that_cannot_prove_itself(final: bytes, words: str) -> None:
    mechanism = begun()
    mechanism.step(SHA1[3])
    with pytest.raises(LoginError, match=words) as raised:
        mechanism.step(final)
    assert "\x1b" not in str(raised.value)
    assert "pencil" not in str(raised.value)
    with pytest.raises(LoginError, match="impostor"):
        mechanism.finish()


def test_an_ok_without_any_proof() -> None:
    mechanism = begun()
    mechanism.step(SHA1[3])
    with pytest.raises(LoginError, match="impostor"):
        mechanism.finish()


def test_what_the_person_got_wrong() -> None:
    with pytest.raises(UsageError, match="needs TLS"):
        Scram("user", "pencil", "SCRAM-SHA-256-PLUS")
    with pytest.raises(UsageError, match="user name or password"):
        Scram("", "pencil")
    with pytest.raises(UsageError) as raised:
        Scram("user", "pen\u0007cil")
    assert "cil" not in str(raised.value)
