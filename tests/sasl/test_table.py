"""The table: all are there, the strongest is chosen, nothing is sent in the clear unasked."""

from __future__ import annotations

import pytest

from imapsh.errors import LoginError, UsageError
from imapsh.sasl.mechanism import Mechanism
from imapsh.sasl.table import MECHANISMS, choose, known, make, offered, possible

EVERY = tuple(MECHANISMS)
ALWAYS = [name for name in EVERY if name != "GSSAPI"]


@pytest.mark.parametrize("name", ALWAYS)
def test_each_can_be_made(name: str) -> None:
    mechanism = make(name, "joe", "sesame", host="example.com", port=143, binding=("tls-unique", b"x"))
    assert isinstance(mechanism, Mechanism)
    assert mechanism.name == name
    assert "sesame" not in repr(mechanism)
    assert mechanism.step(b'nonce="n",algorithm=md5-sess')
    sends = "password" in MECHANISMS[name].needs or "token" in MECHANISMS[name].needs
    assert mechanism.secrets == ((b"sesame",) if sends else ())


@pytest.mark.parametrize("name", ALWAYS)
def test_what_sends_the_secret_is_marked(name: str) -> None:
    mechanism = make(name, "joe", "sesame", binding=("tls-unique", b"x"))
    said = mechanism.step(b'nonce="n",algorithm=md5-sess')
    if name == "LOGIN":
        said += mechanism.step(b"Password:")
    assert (b"sesame" in said) is MECHANISMS[name].clear


def test_the_strongest_is_chosen() -> None:
    order = ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5", "CRAM-MD5",
             "PLAIN", "LOGIN")  # fmt: skip
    assert tuple(possible(EVERY, ("password", "binding"), safe=True)) == order
    assert choose(EVERY, ("password",), safe=True) == "SCRAM-SHA-256"
    assert choose(("PLAIN", "LOGIN", "X-OTHER"), ("password",), safe=True) == "PLAIN"
    assert choose(EVERY, ("token",), safe=True) == "OAUTHBEARER"
    assert choose(EVERY, ("certificate",), safe=False) == "EXTERNAL"
    assert choose(EVERY, ("ticket", "password"), safe=False) == "GSSAPI"


def test_nothing_goes_in_the_clear() -> None:
    assert "PLAIN" not in possible(EVERY, ("password",), safe=False)
    assert possible(EVERY, ("token",), safe=False) == []
    with pytest.raises(LoginError, match="not encrypted"):
        choose(("PLAIN", "LOGIN"), ("password",), safe=False)


def test_nothing_fits() -> None:
    with pytest.raises(LoginError, match=r"ANONYMOUS, X-A.*password"):
        choose(("ANONYMOUS", "X-A"), ("password",), safe=True)
    with pytest.raises(LoginError, match="none"):
        choose((), (), safe=True)


def test_names() -> None:
    assert offered({"imap4rev1": 1, "AUTH=Plain": 1, "AUTH=X": 1}) == ("PLAIN", "X")
    assert (known("plain"), known("auto")) == ("PLAIN", "AUTO")
    with pytest.raises(UsageError, match="PLAIN"):
        known("X-OTHER")


def test_acting_for_another() -> None:
    assert make("PLAIN", "joe", "pw", authorize="boss").step(b"") == b"boss\0joe\0pw"
    assert make("SCRAM-SHA-1", "joe", "pw", authorize="boss").step(b"").startswith(b"n,a=boss,n=joe,r=")
    assert make("OAUTHBEARER", "joe", "token5", authorize="bo,ss").step(b"").startswith(b"n,a=bo=2Css,\1")
    assert make("EXTERNAL", "joe", authorize="boss").step(b"") == b"boss"
    for name in ("CRAM-MD5", "LOGIN", "XOAUTH2", "ANONYMOUS"):
        with pytest.raises(UsageError, match="authorization identity, so it cannot act for boss: use PLAIN"):
            make(name, "joe", "pw", authorize="boss")


@pytest.mark.parametrize("have", [("password",), ("password", "binding"), ("token",), ("certificate",), ("ticket",)])
def test_only_what_can_act_is_chosen_to_act(have: tuple[str, ...]) -> None:
    names = possible(EVERY, have, safe=True, acts=True)
    assert names == [name for name in possible(EVERY, have, safe=True) if MECHANISMS[name].acts]
    assert not {"CRAM-MD5", "LOGIN", "XOAUTH2"} & set(names)


def test_why_nothing_can_act() -> None:
    with pytest.raises(LoginError, match=r"offered \(CRAM-MD5, X-A\) can say for whom .* PROXYAUTH.*USER\*MASTER"):
        choose(("CRAM-MD5", "X-A"), ("password",), safe=True, acts=True)
    with pytest.raises(LoginError, match=r"^none of the mechanisms offered \(EXTERNAL\) can be used with password$"):
        choose(("CRAM-MD5", "EXTERNAL"), ("password",), safe=True, acts=True)
    with pytest.raises(LoginError, match=r"those offered \(PLAIN\) sends a secret in the clear"):
        choose(("CRAM-MD5", "PLAIN"), ("password",), safe=False, acts=True)


def test_the_gs2_flag() -> None:
    """`y` warns the server that somebody has taken -PLUS off its list; `n` where it is there, or nobody knows."""
    binding = ("tls-unique", b"x")
    flags = [
        make("SCRAM-SHA-1", "u", "pw", binding=binding, offers=offers).step(b"")[:2]
        for offers in (("SCRAM-SHA-1",), ("SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"), ())
    ]
    assert flags == [b"y,", b"n,", b"n,"]
