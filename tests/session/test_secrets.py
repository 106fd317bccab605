"""AUTHENTICATE, and that no secret is seen: not in what is told, nor in the trace, nor in any text."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imapsh.errors import StateError, UsageError
from imapsh.sasl.plain import Plain
from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Received, Sent
from imapsh.session.exchange import Exchange, Secret, TypedLiteral
from imapsh.session.secrets import Masked, Secrets

from .player import OPEN, Player, play

WITH_IR = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready"
ASKED = f"{OPEN}\n>>> AUTHENTICATE PLAIN\nC: A1 AUTHENTICATE PLAIN\nS: +"
IR = b64encode(b"\0joe\0sesame").decode()


def everything_told(played: Player) -> str:
    """All that could be shown of a session: events, frames, texts of errors, the trace."""
    found: list[str] = [repr(played.events), repr(played.exchanges), repr(played.session.running)]
    for event in played.events:
        if isinstance(event, Sent):
            found.append(event.frame.raw.decode("latin-1"))
        elif isinstance(event, Received | Completed):
            found += [event.response.frame.raw.decode("latin-1"), repr(event.response)]
        elif isinstance(event, Closed):
            found.append(str(event.error))
    for exchange in played.exchanges:
        found += [exchange.shown.raw.decode("latin-1"), repr(exchange), repr(exchange.fragments)]
    found += [played.trace.from_client.decode("latin-1"), played.trace.from_server.decode("latin-1")]
    return "\n".join(found)


# -- AUTHENTICATE


def test_plain_waits_for_its_continuation() -> None:
    played = play(OPEN)
    played.exchanges.append(played.session.authenticate(Plain("joe", "sesame")))
    played.pump()
    played.play(f"C: A1 AUTHENTICATE PLAIN\nS: +\nC: {IR}\nS: A1 OK in")
    assert "sesame" not in everything_told(played)
    assert IR not in everything_told(played)
    assert played.received[-1].asks == "authenticate"


def test_plain_goes_along_where_the_server_takes_it() -> None:
    played = play(WITH_IR)
    played.exchanges.append(played.session.authenticate(Plain("joe", "sesame")))
    played.pump()
    played.play(f"C: A1 AUTHENTICATE PLAIN {IR}\nS: A1 OK hello joe, your password is sesame, that is {IR}")
    assert "sesame" not in everything_told(played)
    assert "joe" in everything_told(played)
    assert IR not in everything_told(played)


def test_a_server_that_asks_without_end_is_told_to_stop() -> None:
    played = play(WITH_IR)
    played.session.authenticate(Plain("joe", "sesame"))
    played.pump()
    played.play(f"C: A1 AUTHENTICATE PLAIN {IR}\nS: +\nC: {IR}\nS: +\nC: *\nS: A1 BAD cancelled")


@pytest.mark.parametrize("challenge", ["+ go ahead", "+ ü", "+ Z28gb24="])
def test_words_instead_of_a_challenge(challenge: str) -> None:
    """PLAIN has no challenge; some servers talk there."""
    played = play(OPEN)
    played.session.authenticate(Plain("joe", "sesame"))
    played.pump()
    played.play(f"C: A1 AUTHENTICATE PLAIN\nS: {challenge}\nC: {IR}\nS: A1 OK in")


def test_typed_by_hand() -> None:
    played = play(f"{ASKED}\n!! answer {IR}\nC: {IR}\nS: A1 NO {IR}")
    assert "sesame" not in everything_told(played)
    assert IR not in everything_told(played)
    assert played.exchanges[0].answers == 1


def test_cancelled_by_hand() -> None:
    played = play(f"{ASKED}\n!! answer *\nC: *\nS: A1 BAD cancelled")
    assert [event.frame.raw for event in played.events if isinstance(event, Sent)][-1] == b"*\r\n"


def test_login_by_hand_masks_the_password_and_not_the_user() -> None:
    user, password = b64encode(b"alice").decode(), b64encode(b"wonderland").decode()
    played = play(
        f"""
        {OPEN}
        >>> AUTHENTICATE LOGIN
        C: A1 AUTHENTICATE LOGIN
        S: + VXNlcm5hbWU6
        !! answer {user}
        C: {user}
        S: + UGFzc3dvcmQ6
        !! answer {password}
        C: {password}
        S: A1 OK alice is in with wonderland
        """.strip().replace("        ", "")
    )
    assert "alice is in with **********" in everything_told(played)
    assert password not in everything_told(played)


def test_an_answer_to_nothing() -> None:
    with pytest.raises(StateError):
        play(OPEN).session.answer(b"abc")
    with pytest.raises(UsageError):
        play(ASKED).session.answer(b"abc\r\nA2 NOOP")


# -- what is typed

#: Not a status word: in a line that a server makes with it, it is one, and stays (`docs/design/decisions.rst`).
PASSWORDS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=6, max_size=24).filter(
    lambda password: password.upper() != "PREAUTH"
)


def spelled(password: str, way: str) -> str:
    """A login line with the password in it."""
    quoted = '"' + password.replace("\\", "\\\\").replace('"', '\\"') + '"'
    coded = b64encode(b"\0joe\0" + password.encode()).decode()
    return {
        "quoted": f"LOGIN joe {quoted}",
        "lower": f"login joe {quoted}",
        "tagged": f"a7 LOGIN joe {quoted}",
        "tagged lower": f"a7 lOgIn joe {quoted}",
        "quoted user": f'LOGIN "joe" {quoted}',
        "literal": f"LOGIN joe {{{len(password)}+}}\r\n{password}",
        "literals": f"LOGIN {{3+}}\r\njoe {{{len(password)}+}}\r\n{password}",
        "initial": f"AUTHENTICATE PLAIN {coded}",
        "initial lower": f"x authenticate plain {coded}",
        "misspelled": f"LOGNI joe {quoted}",
        "two spaces": f"LOGIN  joe  {quoted}",
        "too many": f"LOGIN joe {quoted} {quoted}",
    }[way]


WAYS = (
    "quoted", "lower", "tagged", "tagged lower", "quoted user", "literal", "literals", "initial", "initial lower",
    "misspelled", "two spaces", "too many",
)  # fmt: skip


def told_with(password: str, way: str, step: int) -> tuple[str, Exchange]:
    """All that is told of a login with this password to a server that echoes it in every way."""
    played = Player(step).play(OPEN)
    exchange = played.session.line(spelled(password, way))
    played.exchanges.append(exchange)
    played.pump()
    played.out = b""
    coded = b64encode(password.encode())
    message = b64encode(b"\0joe\0" + password.encode())
    line = spelled(password, way).replace("\r\n", " ").encode()
    echo = [
        b"* OK you said " + line,
        b"* BAD " + password.encode() + b" " + coded + b" " + message,
        b"+ " + message,
        b"garbage " + password.encode(),
        b"* XECHO " + password.encode(),
        b"* 1 FETCH (BODY[] {%d}\r\n%s)" % (len(password), password.encode()),
        exchange.tag.encode() + b" NO not " + line + coded,
    ]
    played._hear(b"\r\n".join([*echo, b""]))
    return everything_told(played) + repr(exchange.fragments), exchange


@given(PASSWORDS, st.sampled_from(WAYS), st.integers(0, 40))
def test_a_password_is_never_seen(password: str, way: str, step: int) -> None:
    assume(password not in told_with("~" * len(password), way, step)[0])  # a word that is told without it too
    told, exchange = told_with(password, way, step)
    assert password not in told
    assert password.replace("\\", "\\\\").replace('"', '\\"') not in told
    assert b64encode(b"\0joe\0" + password.encode()).decode() not in told
    assert b64encode(password.encode()).decode().rstrip("=")[:-1] not in told
    assert exchange.status in ("NO", "")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("password", ["[USEATTR]", "[READ-ONLY]", "[UNSEEN 12]", "[DOWNGRADED 1]", "[BADEVENT (a)]"])
def test_a_password_that_is_a_response_code_is_never_seen(password: str, way: str) -> None:
    """A server may echo it where a code would stand; nobody can tell the two apart, so it is masked."""
    assert password not in told_with(password, way, 0)[0]


def test_mail_is_not_touched_though_it_holds_the_password() -> None:
    """Masking would falsify what is downloaded; before the login nothing of value is there."""
    login = f"{OPEN}\n>>> LOGIN joe sesame\nC: A1 LOGIN joe sesame\nS: A1 OK in"
    played = play(f"{login}\nS: * 1 FETCH (BODY[] {{6}}\nS: sesame)")
    assert played.last.response.value.items["BODY[]"] == b"sesame"
    assert b"sesame" not in played.trace.from_server


def test_a_password_that_is_the_users_name_is_not_masked() -> None:
    played = play(f"{OPEN}\n>>> LOGIN demo demo\nC: A1 LOGIN demo demo\nS: A1 OK demo is logged in")
    assert played.completed[0].response.value.text == "demo is logged in"
    assert played.exchanges[0].shown.raw == b"A1 LOGIN demo ********\r\n"


def test_a_word_of_the_protocol_as_password_breaks_nothing() -> None:
    login = "LOGIN joe CAPABILITY"
    played = play(f"{OPEN}\n>>> {login}\nC: A1 {login}\nS: * CAPABILITY IMAP4rev1\nS: A1 OK in")
    assert played.session.capabilities == {"IMAP4REV1"}
    played = play(f"{OPEN}\n>>> tag1 LOGIN joe tag1\nC: tag1 LOGIN joe tag1\nS: tag1 OK in")
    assert played.exchanges[0].status == "OK"


def test_a_secret_in_a_program_s_command() -> None:
    played = play(OPEN)
    played.exchanges.append(played.session.command("LOGIN", [b"joe ", Secret(b'"open \\"sesame"')]))
    played.pump()
    played.out = b""
    played.play('S: A1 NO open "sesame is wrong')
    assert "sesame" not in everything_told(played)


def test_nothing_that_is_sent_shows_itself() -> None:
    assert "sesame" not in repr([Secret(b"sesame"), TypedLiteral(b"{6}\r\n", b"sesame", True, True)])
    assert "sesame" not in repr(Plain("joe", "sesame"))


# -- by value


@given(st.uuids().map(lambda value: value.hex[:9].encode()), st.binary(max_size=20), st.binary(max_size=20))
def test_base64_of_a_secret_wherever_it_stands(secret: bytes, before: bytes, behind: bytes) -> None:
    secrets = Secrets()
    secrets.add(secret)
    coded = b64encode(before + secret + behind)
    masked = secrets.mask(coded)
    assert len(masked) == len(coded)
    first, last = -(-len(before) * 8 // 6), (len(before) + len(secret)) * 8 // 6  # the digits that are all its own
    assert masked[first:last] == b"*" * (last - first)


@given(st.lists(st.binary(max_size=9), max_size=20))
def test_a_secret_cut_into_pieces(pieces: list[bytes]) -> None:
    secrets = Secrets()
    secrets.add(b"sesame")
    masked = Masked(secrets)
    stream = b"".join(pieces[:10]) + b"sesame" + b"".join(pieces[10:])
    found = b"".join(masked.feed(bytes([octet])) for octet in stream) + masked.rest()
    assert len(found) == len(stream)
    assert b"sesame" not in found


def test_what_was_clean_is_looked_at_again_for_a_further_secret() -> None:
    secrets = Secrets()
    secrets.add(b"harbour")
    said = b"a tide and a c2VhbGlvbg== come"
    assert secrets.mask_text(said) == secrets.mask_text(said) == said
    secrets.add(b"sealion")
    assert b"c2VhbGlvb" not in secrets.mask_text(said)
    for number in range(1000):  # as many as are remembered, and more
        assert secrets.mask_text(b"tide %d" % number) == b"tide %d" % number
    assert secrets.mask_text(b"sealion") == b"*******"


def test_short_secrets_are_left() -> None:
    secrets = Secrets()
    secrets.add(b"abc")
    assert secrets.mask(b"abc") == b"abc"


def test_the_trace_can_begin_and_end_in_mid_session() -> None:
    session = Session()
    session.receive(b"* OK hi\r\n")
    list(session.events())
    played = Player()
    session.set_trace(played.trace)
    session.receive(b"* OK [ALERT] one\r\n")
    list(session.events())
    session.set_trace(None)
    session.receive(b"* OK two\r\n")
    list(session.events())
    assert played.trace.from_server == b"* OK [ALERT] one\r\n"


def test_a_token_with_spaces_is_masked_whole() -> None:
    secrets = Secrets()
    secrets.add_sasl(b64encode(b"user=joe\1auth=Bearer one two three\1\1"))
    assert secrets.mask(b"the token one two three is bad") == b"the token ************* is bad"


@given(st.lists(st.text("abc", min_size=4, max_size=7), min_size=1, max_size=4), st.text("abc", max_size=30))
def test_a_text_may_be_cut_where_the_secrets_say(secrets: list[str], text: str) -> None:
    masks, octets = Secrets(), text.encode()
    for secret in secrets:
        masks.add(secret.encode())
    cut = masks.uncut(octets)
    for known in masks.known:
        for at in range(len(octets)):
            assert not (octets.startswith(known, at) and at < cut < at + len(known))
            assert not (at < cut and known.startswith(octets[at:]) and len(known) > len(octets) - at)
