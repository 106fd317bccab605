"""Mechanisms that prove a password: LOGIN, CRAM-MD5 (RFC 2195), DIGEST-MD5 (RFC 2831)."""

from __future__ import annotations

import re

import pytest

from imapsh.errors import LoginError
from imapsh.sasl.cram_md5 import CramMD5
from imapsh.sasl.digest_md5 import DigestMD5
from imapsh.sasl.login import Login

CHALLENGE = b'realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8'


def chris(**more: str) -> DigestMD5:
    return DigestMD5("chris", "secret", host="elwood.innosoft.com", nonce="OA6MHXh6VqTrRk", **more)


def test_login_says_the_name_and_then_the_password() -> None:
    mechanism = Login("joe", "sesame")
    assert not mechanism.initial
    assert [mechanism.step(prompt) for prompt in (b"User Name\0", b"Password\0")] == [b"joe", b"sesame"]
    with pytest.raises(LoginError, match="more than LOGIN"):
        mechanism.step(b"and now?")


def test_cram_md5() -> None:
    # RFC 2195 section 2
    mechanism = CramMD5("tim", "tanstaaftanstaaf")
    challenge = b"<1896.697170952@postoffice.reston.mci.net>"
    assert mechanism.step(challenge) == b"tim b913a602c7eda7a495b4e6e7334d3890"


def test_cram_md5_without_a_challenge() -> None:
    with pytest.raises(LoginError, match="no challenge"):
        CramMD5("tim", "pw").step(b"")


def test_digest_md5() -> None:
    # RFC 2831 section 4
    mechanism = chris()
    said = mechanism.step(CHALLENGE)
    assert set(said.split(b",")) == {
        b"charset=utf-8",
        b'username="chris"',
        b'realm="elwood.innosoft.com"',
        b'nonce="OA6MG9tEQGm2hh"',
        b"nc=00000001",
        b'cnonce="OA6MHXh6VqTrRk"',
        b'digest-uri="imap/elwood.innosoft.com"',
        b"response=d388dad90d4bbd760a152321f2143af7",
        b"qop=auth",
    }
    with pytest.raises(LoginError):
        mechanism.finish()
    assert mechanism.step(b"rspauth=ea40f60335c427b5527b84dbabcdfffd") == b""
    mechanism.finish()


@pytest.mark.parametrize("final", [b"", b"rspauth=", b"rspauth=ea40f60335c427b5527b84dbabcdfffe", b"\xff" * 30])
def test_digest_md5_wants_its_proof(final: bytes) -> None:
    mechanism = chris()
    mechanism.step(CHALLENGE)
    with pytest.raises(LoginError, match="prove"):
        mechanism.step(final)
    with pytest.raises(LoginError, match="impostor"):
        mechanism.finish()


@pytest.mark.parametrize(
    ("challenge", "words"),
    [
        (b"", "nonce"),
        (b'nonce="a",nonce="b",algorithm=md5-sess', "nonce"),
        (b'nonce="a",algorithm=md5', "algorithm"),
        (b'nonce="a",qop="auth-conf",algorithm=md5-sess', "layer"),
    ],
)
def test_digest_md5_challenges_that_cannot_be_met(challenge: bytes, words: str) -> None:
    with pytest.raises(LoginError, match=words):
        chris().step(challenge)


def test_digest_md5_quotes_and_chooses_its_realm() -> None:
    mechanism = DigestMD5('c"x@b.example', "secret", nonce="n")
    said = mechanism.step(
        rb'realm="a.example", realm="b.example", nonce="q\"\\",algorithm=md5-sess,qop="auth,auth-int"'
    )
    assert rb'nonce="q\"\\"' in said
    assert rb'username="c\"x@b.example"' in said
    assert b'realm="b.example"' in said
    assert b"charset" not in said


def test_digest_md5_acts_for_another() -> None:
    plain, other = chris().step(CHALLENGE), chris(authorize="boss").step(CHALLENGE)
    assert b'authzid="boss"' in other
    response = re.compile(rb"response=\w+")
    assert response.findall(plain) != response.findall(other)


def test_digest_md5_takes_a_new_nonce_each_time() -> None:
    first, second = (DigestMD5("a", "b").step(CHALLENGE) for _ in range(2))
    assert first != second
