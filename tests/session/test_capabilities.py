"""Capabilities from the greeting to the login, STARTTLS, ENABLE."""

from __future__ import annotations

import pytest

from imapsh.errors import TLSError
from imapsh.session.capabilities import rev2_holds, upper
from imapsh.table.model import LOGOUT, NOT_AUTHENTICATED

from .player import LOGGED_IN, MAILBOX, OPEN, play

GREETING = "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LITERAL+] hi"


def test_from_greeting_code_and_command() -> None:
    played = play(GREETING)
    assert played.session.capability_names == ("IMAP4rev1", "STARTTLS", "LITERAL+")
    played.play("S: * OK [CAPABILITY IMAP4rev1 STARTTLS IDLE] news")
    assert played.session.capabilities == {"IMAP4REV1", "STARTTLS", "IDLE"}
    assert played.last.change == "capabilities +IDLE -LITERAL+"
    played.play(">>> CAPABILITY\nC: A1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 ID\nS: A1 OK done")
    assert played.session.capabilities == {"IMAP4REV1", "ID"}
    assert not played.last.unsolicited


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ("S: A1 OK in", set()),
        ("S: A1 OK [CAPABILITY IMAP4rev1 IDLE] in", {"IMAP4REV1", "IDLE"}),
        ("S: * CAPABILITY IMAP4rev1 IDLE\nS: A1 OK in", {"IMAP4REV1", "IDLE"}),
        ("S: * OK [CAPABILITY IMAP4rev1 IDLE] in\nS: A1 OK in", {"IMAP4REV1", "IDLE"}),
        ("S: A1 NO wrong", {"IMAP4REV1", "STARTTLS", "LITERAL+"}),
        ("S: A1 BAD what", {"IMAP4REV1", "STARTTLS", "LITERAL+"}),
    ],
)
@pytest.mark.parametrize("line", ["LOGIN joe sesame", "AUTHENTICATE PLAIN AGpvZQBzZXNhbWU="])
def test_login_drops_what_was_known_but_not_what_came_with_it(line: str, lines: str, kept: set[str]) -> None:
    assert play(f"{GREETING}\n>>> {line}\nC: A1 {line}\n{lines}").session.capabilities == kept


def test_starttls_drops_all_its_own_code_too() -> None:
    played = play(f"{GREETING}\n>>> STARTTLS\nC: A1 STARTTLS\nS: A1 OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] begin")
    (upgrade,) = played.upgrades
    assert upgrade.to == "tls"
    assert upgrade.exchange is played.exchanges[0]
    played.session.line("CAPABILITY")
    played.pump()
    assert not played.out, "nothing is sent before TLS is in"
    played.play("!! tls\nC: A2 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: A2 OK done")
    assert played.session.capabilities == {"IMAP4REV1"}
    assert played.session.secure


def test_what_is_read_before_tls_does_not_change_the_reading_after_it() -> None:
    played = play("S: * OK [CAPABILITY IMAP4rev2 STARTTLS] hi\n>>> STARTTLS\nC: A1 STARTTLS\nS: A1 OK begin\n!! tls")
    assert not played.session.parser.utf8
    assert not played.session.rev2


@pytest.mark.parametrize(
    ("behind", "said"),
    [
        ("S: * OK [ALERT] trust me", b"* OK [ALERT] trust me\r\n"),
        ("S+: x", b"x"),
        ("S: A2 OK x\nS: * CAPABILITY IMAP4rev1", b"A2 OK x\r\n* CAPABILITY IMAP4rev1\r\n"),
    ],
)
def test_c12_octets_behind_starttls_close_the_connection_and_are_called_injected(behind: str, said: bytes) -> None:
    played = play(f"{GREETING}\n>>> STARTTLS\nC: A1 STARTTLS\nS: A1 OK begin\n{behind}")
    assert isinstance(played.closed.error, TLSError)
    assert played.closed.error.exit_code == 5
    assert not played.upgrades
    assert played.session.state == LOGOUT
    assert not played.session.capabilities
    shown = played.last.response
    assert shown.frame.raw == said
    assert not shown.frame.incomplete
    assert [(one.rule, one.offset, one.rfc) for one in shown.violations] == [("starttls", 0, "RFC 9051 §6.2.1")]


def test_c12_octets_behind_the_end_are_not_called_incomplete() -> None:
    shown = play(f"{GREETING}\n>>> LOGOUT\nC: A1 LOGOUT\nS: * BYE x\nS: A1 OK x\nS: * 3 EXISTS").last.response
    assert shown.frame.raw == b"* 3 EXISTS\r\n"
    assert not shown.frame.incomplete
    assert not shown.violations


@pytest.mark.parametrize("status", ["NO", "BAD"])
def test_a_starttls_that_fails(status: str) -> None:
    played = play(f"{GREETING}\n>>> STARTTLS\nC: A1 STARTTLS\nS: A1 {status} no\n>>> NOOP\nC: A2 NOOP\nS: A2 OK done")
    assert not played.upgrades
    assert played.session.state == NOT_AUTHENTICATED
    assert played.session.capabilities


def test_a_handshake_that_fails_closes() -> None:
    played = play(f"{GREETING}\n>>> STARTTLS\nC: A1 STARTTLS\nS: A1 OK begin")
    error = TLSError("no")
    played.session.lost(error)
    played.pump()
    assert played.closed.error is error


ZURICH = MAILBOX + '\nS: * 3 EXISTS\nS: * LIST () "/" "Zürich & Genf"\nS: A2 OK done'


def test_enable() -> None:
    played = play(LOGGED_IN + "\n>>> ENABLE IMAP4rev2\nC: A1 ENABLE IMAP4rev2\nS: * ENABLED IMAP4rev2\nS: A1 OK done")
    assert played.session.enabled == {"IMAP4REV2"}
    assert played.session.rev2
    assert played.session.context().takes_utf8
    assert played.exchanges[0].changes == ["enabled IMAP4rev2"]
    played.play('>>> SELECT "Zürich & Genf"\nC: A2 SELECT "Zürich & Genf"\n' + ZURICH)
    assert played.session.mailbox is not None
    assert played.session.mailbox.name == "Zürich & Genf"
    assert not played.findings


def test_rev2_alone_needs_no_enable() -> None:
    assert play("S: * OK [CAPABILITY IMAP4rev2] hi").session.rev2
    assert not play("S: * OK [CAPABILITY IMAP4rev2 IMAP4rev1] hi").session.rev2
    assert not play(OPEN).session.rev2


def test_names_are_compared_in_upper_case() -> None:
    assert upper(["IMAP4rev1", "Idle", "AUTH=plain"]) == ("IMAP4REV1", "IDLE", "AUTH=PLAIN")


@pytest.mark.parametrize(
    ("capabilities", "enabled", "holds"),
    [
        ((), (), False),
        (("IMAP4REV1",), (), False),
        (("IMAP4REV1", "IMAP4REV2"), (), False),
        (("IMAP4REV1", "IMAP4REV2"), ("IMAP4REV2",), True),
        (("IMAP4REV2",), (), True),
    ],
)
def test_rev2_holds(capabilities: tuple[str, ...], enabled: tuple[str, ...], holds: bool) -> None:
    assert rev2_holds(capabilities, enabled) is holds
