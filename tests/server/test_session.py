"""Greeting, login, ENABLE, ID, IDLE, LOGOUT, and what becomes of lines that are wrong."""

from __future__ import annotations

from base64 import b64encode

import pytest

from imapsh.server.core import BAD_COMMANDS, ServerSession
from imapsh.server.intake import LINE, LITERAL, LITERAL_BEFORE_LOGIN
from imapsh.server.store import Store

from .player import Player, check

GOOD = b64encode(b"\0u\0p").decode()


def test_greeting(store: Store) -> None:
    said = ServerSession(store).data_to_send()
    assert said == (
        b"* OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ ENABLE ID SASL-IR AUTH=PLAIN] imapsh demo server ready\r\n"
    )
    check(said)


def test_login_and_logout(player: Player) -> None:
    player.play("""
        C: a1 CAPABILITY
        S: * CAPABILITY IMAP4rev1 IMAP4rev2 ... AUTH=PLAIN
        S: a1 OK ...
        C: a2 login u wrong
        S: a2 NO [AUTHENTICATIONFAILED] ...
        C: a3 LOGIN {1}
        S: + ...
        C: u {1+}
        C: p
        S: a3 OK [CAPABILITY IMAP4rev1 IMAP4rev2 ...UIDPLUS...] u is logged in
        C: a4 CAPABILITY
        S: * CAPABILITY ...
        S: a4 OK ...
        C: a5 LOGIN u p
        S: a5 BAD ...not-authenticated...
        C: a6 LOGOUT
        S: * BYE ...
        S: a6 OK ...
    """)
    assert player.session().closed


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (GOOD, "a OK [CAPABILITY ...] u is logged in"),
        (b64encode(b"u\0u\0p").decode(), "a OK ..."),
        (b64encode(b"w\0u\0p").decode(), "a NO [AUTHORIZATIONFAILED] ..."),
        (b64encode(b"\0u\0q").decode(), "a NO [AUTHENTICATIONFAILED] ..."),
        ("*", "a BAD ...cancelled"),
        ("!!!", "a BAD ...base64..."),
        (b64encode(b"no nul").decode(), "a BAD ...PLAIN needs..."),
    ],
)
def test_authenticate_plain(store: Store, line: str, reply: str) -> None:
    Player(store).play(f"C: a AUTHENTICATE PLAIN\nS: + \nC: {line}\nS: {reply}")
    if line[0] not in "*!":
        Player(store).play(f"C: a AUTHENTICATE plain {line}\nS: {reply}")


def test_authenticate_of_another_kind(player: Player) -> None:
    player.play("C: a AUTHENTICATE CRAM-MD5\nS: a NO [CANNOT] ...")


def test_id_enable_and_namespace(player: Player) -> None:
    player.play("""
        C: a ID ("name" "me" "version" NIL)
        S: * ID ("name" "imapsh demo server" "version" "...")
        S: a OK ...
        C: b ID NIL
        S: * ID ...
        S: b OK ...
        C: c ENABLE IMAP4rev2
        S: c BAD ...
        C: d LOGIN u p
        S: d OK ...
        C: e ENABLE X-NOT-KNOWN
        S: * ENABLED
        S: e OK ...
        C: f ENABLE imap4rev2 utf8=accept X-Y
        S: * ENABLED IMAP4rev2 UTF8=ACCEPT
        S: f OK ...
        C: g NAMESPACE
        S: * NAMESPACE (("" "/")) NIL NIL
        S: g OK ...
    """)


def test_idle_tells_at_once(inbox: Player) -> None:
    inbox.play("""
        C: a IDLE
        S: + ...
        C2: 1 LOGIN u p
        S2: 1 OK ...
        C2: 2 APPEND INBOX (\\Flagged) {5+}
        C2: hello
        S2: 2 OK [APPENDUID 101 4] ...
        S: * 4 EXISTS
        S: * 4 RECENT
        C2: 3 SELECT INBOX
        S2: ....
        S2: 3 OK [READ-WRITE] ...
        C2: 4 STORE 2 -FLAGS.SILENT (\\Seen)
        S2: 4 OK ...
        S: * 2 FETCH (UID 2 FLAGS (kw \\Recent))
        C2: 5 STORE 1,4 +FLAGS.SILENT (\\Deleted)
        S2: 5 OK ...
        S: * 1 FETCH (UID 1 FLAGS (\\Deleted \\Recent))
        S: * 4 FETCH (UID 4 FLAGS (\\Deleted \\Flagged \\Recent))
        C2: 6 EXPUNGE
        S2: * 1 EXPUNGE
        S2: * 3 EXPUNGE
        S2: 6 OK ...
        S: * 1 EXPUNGE
        S: * 3 EXPUNGE
        C: DONE
        S: a OK ...
    """)


def test_idle_wakes_its_driver(store: Store) -> None:
    woken: list[int] = []
    session = ServerSession(store, on_output=lambda: woken.append(1))
    session.receive_data(b"a LOGIN u p\r\nb SELECT INBOX\r\nc NOOP\r\n")
    mailbox = store.accounts["u"].find("INBOX")
    mailbox.set_flags(mailbox.messages[0], {"\\Seen"})
    assert not woken
    session.receive_data(b"d IDLE\r\n")
    mailbox.set_flags(mailbox.messages[0], set())
    assert woken == [1]


def test_idle_takes_nothing_but_done(inbox: Player) -> None:
    inbox.play("""
        C: a IDLE
        S: + ...
        C: b NOOP {9}
        S: a BAD ...
        C: c NOOP
        S: c OK ...
    """)


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("a FOO", "a BAD ...FOO..."),
        ("a", "a BAD ..."),
        ("", "* BAD ..."),
        ("( NOOP", "* BAD ..."),
        ("+x NOOP", "* BAD ..."),
        ("a LOGIN u", "a BAD ..."),
        ("a LOGIN u p q", "a BAD ..."),
        ("a LOGIN  u p", "a BAD ...(at character 9)"),
        ('a LOGIN "u p', "a BAD ..."),
        ("a SELECT INBOX", "a BAD ...not-authenticated..."),
        ("a STARTTLS", "a BAD ..."),
        ("a LOGIN {99999999999999999999} p", "a BAD ..."),
        ("a LOGIN {3} p", "a BAD ..."),
        ("a LOGIN ü p", "a BAD ..."),
    ],
)
def test_bad_lines(player: Player, line: str, reply: str) -> None:
    player.play(f"C: {line}\nS: {reply}\nC: z NOOP\nS: z OK ...")


def test_octets_that_are_no_text(player: Player) -> None:
    session = player.session()
    session.receive_data(b"\x00\xff\x1b[31m\r\na \x00\x80\r\nb NOOP\nc NOOP\r\n")
    said = session.data_to_send()
    assert said.startswith(b"* BAD ")
    assert b"\r\na BAD " in said
    assert said.endswith(b"b OK nothing done\r\nc OK nothing done\r\n")
    check(said)


def test_many_bad_commands_end_it(player: Player) -> None:
    session = player.session()
    session.receive_data(b"a FOO\r\n" * (BAD_COMMANDS + 5))
    said = session.data_to_send()
    assert said.count(b"a BAD") == BAD_COMMANDS
    assert said.splitlines()[-1].startswith(b"* BYE ")
    assert session.closed


def test_limits(player: Player) -> None:
    player.play(f"""
        C: a LOGIN {{{LITERAL_BEFORE_LOGIN + 1}}}
        S: a NO [TOOBIG] ...
        C: b LOGIN u p
        S: b OK ...
        C: c APPEND INBOX {{{LITERAL + 1}}}
        S: c NO [TOOBIG] ...
        C: d NOOP
        S: d OK ...
    """)
    session = player.session()
    session.receive_data(b"x" * (LINE + 1))
    assert session.data_to_send() == b"* BYE a line may have %d octets\r\n" % LINE
    assert session.closed


def test_a_big_literal_that_does_not_wait_is_taken_and_dropped(player: Player) -> None:
    size = LITERAL_BEFORE_LOGIN + 1
    player.session().receive_data(b"a LOGIN {%d+}\r\n%b p\r\nb NOOP\r\n" % (size, b"x" * size))
    player.play("S: a NO [TOOBIG] ...\nS: b OK ...")


def test_literals_without_end(player: Player) -> None:
    session = player.session()
    session.receive_data(b"a LOGIN {0+}\r\n" + b" {0+}\r\n" * 600)
    assert session.data_to_send().startswith(b"* BYE ")
    assert session.closed


def test_starttls(store: Store) -> None:
    session = ServerSession(store, tls=True, login_disabled=True)
    assert b"STARTTLS LOGINDISABLED]" in session.data_to_send()
    session.receive_data(b"a LOGIN u p\r\nb STARTTLS\r\nc LOGIN u p\r\n")
    assert session.data_to_send() == (
        b"a NO [PRIVACYREQUIRED] a password is safe only after STARTTLS\r\nb OK begin the TLS handshake\r\n"
    )
    assert session.wants_tls
    session.tls_started()
    session.receive_data(b"d CAPABILITY\r\ne STARTTLS\r\nf LOGIN u p\r\n")
    said = session.data_to_send().splitlines()
    assert b"STARTTLS" not in said[0]
    assert said[0].endswith(b"AUTH=PLAIN")
    assert [line[:5] for line in said[1:]] == [b"d OK ", b"e BAD", b"f OK "]


def test_what_is_incomplete_is_told_apart_from_what_is_unknown(player: Player) -> None:
    player.play("""
        C: a LOGIN u p
        S: a OK ...
        C: c STATUS INBOX (MESSAGES
        S: c BAD STATUS is incomplete
        C: d UID
        S: d BAD unknown command
    """)
