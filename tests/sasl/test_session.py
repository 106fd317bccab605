"""A session and its mechanism: what is sent, what is shown, and what becomes of a server that proves nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

import pytest

from imapsh.errors import LimitError, LoginError
from imapsh.sasl.cram_md5 import CramMD5
from imapsh.sasl.digest_md5 import DigestMD5
from imapsh.sasl.external import External
from imapsh.sasl.login import Login
from imapsh.sasl.mechanism import Mechanism
from imapsh.sasl.plain import Plain
from imapsh.sasl.scram import Scram
from imapsh.sasl.xoauth2 import XOAuth2
from imapsh.wire.limits import Limits
from tests.session.player import OPEN, Player, play
from tests.session.test_secrets import WITH_IR, everything_told

from .test_scram import SHA256


def begin(mechanism: Mechanism, greeting: str = OPEN) -> Player:
    played = play(greeting)
    played.exchanges.append(played.session.authenticate(mechanism))
    played.pump()
    return played


def coded(octets: bytes) -> str:
    return b64encode(octets).decode()


def scram(end: str, greeting: str = WITH_IR) -> Player:
    """RFC 7677's dialogue up to the client's proof, then `end`."""
    name, nonce, first, challenge, final, _ = SHA256
    played = begin(Scram("user", "pencil", name, nonce=nonce), greeting)
    return played.play(f"C: A1 AUTHENTICATE {name} {coded(first)}\nS: + {coded(challenge)}\nC: {coded(final)}\n{end}")


PROOF = f"S: + {coded(SHA256[5])}\nC: "


def test_the_proof_is_answered_with_nothing() -> None:
    played = scram(f"{PROOF}\nS: A1 OK in")
    assert played.session.state == "authenticated"
    assert "pencil" not in everything_told(played)
    assert coded(SHA256[4]) not in everything_told(played)


def test_without_an_initial_response() -> None:
    name, nonce, first, challenge, final, _ = SHA256
    played = begin(Scram("user", "pencil", name, nonce=nonce))
    lines = f"C: A1 AUTHENTICATE {name}\nS: +\nC: {coded(first)}\nS: + {coded(challenge)}\nC: {coded(final)}"
    played.play(f"{lines}\n{PROOF}\nS: A1 OK in")
    assert played.session.state == "authenticated"


def test_a_wrong_proof_is_cancelled() -> None:
    played = scram(f"S: + {coded(b'v=AAAA')}\nC: *\nS: A1 BAD cancelled")
    assert played.exchanges[0].status == "BAD"
    mechanism = played.exchanges[0].mechanism
    assert mechanism is not None
    assert "wrong" in mechanism.said


def test_an_ok_without_a_proof_is_not_believed() -> None:
    played = scram("S: A1 OK trust me")
    assert isinstance(played.closed.error, LoginError)
    assert "impostor" in str(played.closed.error)
    assert played.closed.in_flight == tuple(played.exchanges)
    assert played.exchanges[0].status == ""
    assert played.session.state == "logout"
    assert played.last.response.tag == "A1"


def test_an_ok_after_the_cancel_is_not_believed_either() -> None:
    played = scram(f"S: + {coded(b'v=AAAA')}\nC: *\nS: A1 OK trust me")
    assert isinstance(played.closed.error, LoginError)


def test_a_challenge_that_is_no_base64() -> None:
    played = begin(Scram("user", "pencil"))
    played.play(f"C: A1 AUTHENTICATE SCRAM-SHA-256\nS: +\n{_first(played)}\nS: + r=?\nC: *\nS: A1 BAD cancelled")
    assert played.session.state == "not-authenticated"


def _first(played: Player) -> str:
    """The line that goes out next is not known: it holds a nonce."""
    mechanism = played.exchanges[0].mechanism
    assert isinstance(mechanism, Scram)
    return f"C: {coded(b'n,,n=user,r=' + str(mechanism._client.c_nonce).encode())}"


def test_names_are_no_secrets() -> None:
    played = begin(Login("alice", "wonderland"))
    played.play(
        f"C: A1 AUTHENTICATE LOGIN\nS: + {coded(b'Username:')}\nC: {coded(b'alice')}\nS: + {coded(b'Password:')}\n"
        f"C: {coded(b'wonderland')}\nS: A1 OK alice is in with wonderland"
    )
    assert "alice is in with **********" in everything_told(played)
    assert coded(b"wonderland") not in everything_told(played)


def test_who_one_is_is_no_secret() -> None:
    played = begin(External("alice"), WITH_IR)
    played.play(f"C: A1 AUTHENTICATE EXTERNAL {coded(b'alice')}\nS: A1 OK hello alice")
    assert "hello alice" in everything_told(played)


def test_an_empty_initial_response_is_an_equals_sign() -> None:
    begin(External(), WITH_IR).play("C: A1 AUTHENTICATE EXTERNAL =\nS: A1 OK in")  # RFC 4959 section 3


def test_a_token_that_is_refused_is_explained_and_not_shown() -> None:
    played = begin(XOAuth2("alice", "the-token"), WITH_IR)
    first = coded(b"user=alice\1auth=Bearer the-token\1\1")
    said = coded(b'{"status":"401","scope":"mail"}')
    played.play(f"C: A1 AUTHENTICATE XOAUTH2 {first}\nS: + {said}\nC: \nS: A1 NO the-token is {first}")
    assert played.exchanges[0].mechanism is not None
    assert played.exchanges[0].mechanism.said == "status 401, scope mail"
    assert "the-token" not in everything_told(played)
    assert first not in everything_told(played)


@pytest.mark.parametrize("octets", [60_000, 6_000_000])
@pytest.mark.parametrize("make", [lambda: DigestMD5("u", "pw"), lambda: CramMD5("u", "pw"), lambda: Login("u", "pw")])
def test_e18_a_challenge_is_bounded_before_it_is_read(make: Callable[[], Mechanism], octets: int) -> None:
    realm = coded(b'realm="' + b"x" * octets + b'",nonce="n",qop="auth",algorithm=md5-sess')
    mechanism = make()
    played = begin(mechanism)
    played.play(f"C: A1 AUTHENTICATE {mechanism.name}\nS: + {realm}")
    error = played.closed.error
    assert isinstance(error, LimitError)
    assert (error.limit, error.allowed, error.seen) == ("challenge", 1 << 16, len(realm))


def test_e18_the_limit_of_a_challenge_can_be_set() -> None:
    mechanism = Login("u", "pw")
    played = play(OPEN, limits=Limits(challenge=10))
    played.exchanges.append(played.session.authenticate(mechanism))
    played.pump()
    played.play("C: A1 AUTHENTICATE LOGIN\nS: + VXNlcg==\nC: dQ==\nS: + UGFzc3dvcmQ6")
    assert isinstance(played.closed.error, LimitError)


def test_e18_a_server_that_goes_on_after_the_end_is_left() -> None:
    played = begin(Login("u", "pw"))
    played.play("C: A1 AUTHENTICATE LOGIN\nS: +\nC: dQ==\nS: +\nC: cHc=\nS: +\nC: *\nS: +")
    error = played.closed.error
    assert isinstance(error, LoginError)
    assert "goes on with LOGIN after it was cancelled" in str(error)


@pytest.mark.parametrize(
    "mechanism", [Plain("ann", "s3cret", "bob"), Plain("ann", "s3cret"), External("ann"), Login("ann", "s3cret")]
)
def test_a_server_that_says_ok_and_never_asked_who(mechanism: Mechanism) -> None:
    """Then it was not told for whom to act, either."""
    played = begin(mechanism).play(f"C: A1 AUTHENTICATE {mechanism.name}\nS: A1 OK in")
    assert isinstance(played.closed.error, LoginError)
    assert "said OK before it was told who logs in" in str(played.closed.error)
