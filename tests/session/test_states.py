"""The greeting, the states, and what is known of the selected mailbox."""

from __future__ import annotations

import pytest

from imapsh import table
from imapsh.errors import ConnectionLost, GreetingError, StateError
from imapsh.sasl.table import make
from imapsh.session import states
from imapsh.session.core import Session
from imapsh.session.events import Unsent
from imapsh.session.opening import check_greeting
from imapsh.table.model import AUTHENTICATED, LOGOUT, NOT_AUTHENTICATED, SELECTED

from .player import LOGGED_IN, MAILBOX, OPEN, play
from .player import SELECTED as IN_INBOX


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("* OK hi", NOT_AUTHENTICATED),
        ("* ok [ALERT] hi", NOT_AUTHENTICATED),
        ("* PREAUTH hi", AUTHENTICATED),
        ("* BYE no", LOGOUT),
        ("* NO hi", states.START),
        ("220 mail ESMTP", states.START),
        ("\\x00\\xff", states.START),
    ],
)
def test_greeting(line: str, state: str) -> None:
    played = play(f"S: {line}")
    assert played.session.state == state
    assert played.last.greeting
    assert played.session.greeting is played.last.response


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("220 mail.example ESMTP", "greets like SMTP"),
        ("220 FTP server ready", "greets like FTP"),
        ("+OK POP3 ready", "greets like POP3"),
        ("HTTP/1.1 400 Bad Request", "greets like HTTP"),
        ("SSH-2.0-OpenSSH_9", "greets like SSH"),
        ("\\x15\\x03\\x01\\x00\\x02\\x02\\x28", "imaps://"),
        ("hello", "is not an IMAP server"),
        ("* BYE too many connections", "BYE too many connections"),
    ],
)
def test_no_greeting(line: str, words: str) -> None:
    played = play(f"S: {line}")
    with pytest.raises(GreetingError, match="mail.test.*" + words) as caught:
        check_greeting(played.session.greeting, "mail.test")
    assert caught.value.exit_code == 4


def test_lines_behind_a_greeting_that_is_none_are_shown_and_do_not_count() -> None:
    played = play("S: 220-first\nS: 220 second\n!! eof")
    assert [event.greeting for event in played.received] == [True, False]
    assert played.session.greeting is played.received[0].response
    assert isinstance(played.closed.error, GreetingError)


def test_a_banner_before_the_greeting() -> None:
    played = play("S: Welcome to this machine\nS: * OK ready\n>>> NOOP\nC: A1 NOOP\nS: A1 OK done")
    assert played.session.state == NOT_AUTHENTICATED


def test_the_end_before_a_greeting() -> None:
    for script in ("!! eof", "S+: * O\n!! eof"):
        error = play(script).closed.error
        assert isinstance(error, GreetingError)
        assert "without a greeting" in str(error)


def test_greeting_and_more_in_one_read() -> None:
    played = play("S: * OK [CAPABILITY IMAP4rev1] hi\nS: * OK [ALERT] down at ten\nS: * CAPABILITY IMAP4rev1 IDLE")
    assert [event.greeting for event in played.received] == [True, False, False]
    assert played.session.capabilities == {"IMAP4REV1", "IDLE"}


def test_a_command_before_the_greeting_waits_for_it() -> None:
    play(">>> NOOP\n!! DONE\nS: * OK hi\nC: A1 NOOP\nS: A1 OK done")


def test_nothing_is_sent_to_who_does_not_greet() -> None:
    play(">>> LOGIN joe sesame\nS: 220 mail ESMTP\nS: 500 what")
    play(">>> LOGIN joe sesame\nS: * BYE no")


@pytest.mark.parametrize(
    ("line", "status", "before", "after"),
    [
        ("LOGIN joe sesame", "OK", NOT_AUTHENTICATED, AUTHENTICATED),
        ("LOGIN joe sesame", "NO", NOT_AUTHENTICATED, NOT_AUTHENTICATED),
        ("LOGIN joe sesame", "BAD", NOT_AUTHENTICATED, NOT_AUTHENTICATED),
        ("AUTHENTICATE EXTERNAL =", "OK", NOT_AUTHENTICATED, AUTHENTICATED),
        ("SELECT Box", "OK", AUTHENTICATED, SELECTED),
        ("EXAMINE Box", "OK", AUTHENTICATED, SELECTED),
        ("SELECT Box", "NO", SELECTED, AUTHENTICATED),
        ("EXAMINE Box", "NO", SELECTED, AUTHENTICATED),
        ("SELECT Box", "BAD", SELECTED, SELECTED),
        ("CLOSE", "OK", SELECTED, AUTHENTICATED),
        ("CLOSE", "NO", SELECTED, SELECTED),
        ("UNSELECT", "OK", SELECTED, AUTHENTICATED),
        ("unselect", "BAD", SELECTED, SELECTED),
        ("NOOP", "OK", SELECTED, SELECTED),
        ("LOGOUT", "OK", SELECTED, LOGOUT),
        ("LOGOUT", "BAD", SELECTED, SELECTED),
    ],
)
def test_states(line: str, status: str, before: str, after: str) -> None:
    begin = {NOT_AUTHENTICATED: OPEN, AUTHENTICATED: LOGGED_IN, SELECTED: IN_INBOX}[before]
    played = play(f"{begin}\n>>> x {line}\nC: x {line}\nS: x {status} done")
    assert played.session.state == after
    assert (played.session.mailbox is not None) == (after == SELECTED)
    changes = played.exchanges[-1].changes
    assert changes == ([f"{before} -> {after}"] if before != after else [])


def test_what_select_tells() -> None:
    played = play(
        LOGGED_IN
        + r"""
        >>> SELECT INBOX
        C: A1 SELECT INBOX
        S: * FLAGS (\Answered \Seen kw)
        S: * OK [PERMANENTFLAGS (\Seen \*)] limited
        S: * 23 EXISTS
        S: * 2 RECENT
        S: * OK [UNSEEN 7] first
        S: * OK [UIDVALIDITY 3857529045] valid
        S: * OK [UIDNEXT 4392] predicted
        S: * OK [HIGHESTMODSEQ 715194045007] highest
        S: A1 OK [READ-ONLY] done
        """.rstrip()
    )
    box = played.session.mailbox
    assert box is not None
    assert (box.name, box.exists, box.recent, box.unseen, box.uidnext) == ("INBOX", 23, 2, 7, 4392)
    assert (box.uidvalidity, box.highestmodseq, box.read_only) == (3857529045, 715194045007, True)
    assert (box.flags, box.permanent_flags) == (("\\Answered", "\\Seen", "kw"), ("\\Seen", "\\*"))
    assert not any(event.unsolicited for event in played.received)
    assert not played.findings


def test_the_first_unseen_moves_up_and_is_not_known_once_it_is_gone() -> None:
    played = play(IN_INBOX + "\nS: * OK [UNSEEN 3] first\nS: * 5 EXPUNGE\nS: * 1 EXPUNGE")
    assert played.session.mailbox is not None
    assert played.session.mailbox.unseen == 2
    played = play(IN_INBOX + "\nS: * OK [UNSEEN 3] first\nS: * 1 EXPUNGE\nS: * 2 EXPUNGE\nS: * 1 EXPUNGE")
    assert played.session.mailbox is not None
    assert played.session.mailbox.unseen is None


def test_a_code_that_is_broken_leaves_what_was_known() -> None:
    played = play(IN_INBOX + "\nS: * OK [UIDNEXT 7] x\nS: * OK [UIDNEXT x] x\nS: * OK [UIDNEXT] x\nS: * OK [UNSEEN] x")
    assert played.session.mailbox is not None
    assert played.session.mailbox.uidnext == 7


@pytest.mark.parametrize(
    ("typed", "sent", "name"),
    [
        ("SELECT inbox", "SELECT inbox", "INBOX"),
        ("EXAMINE Archive/2024", "EXAMINE Archive/2024", "Archive/2024"),
        ('SELECT "with space"', 'SELECT "with space"', "with space"),
        (r'SELECT "a\"b\\c"', r'SELECT "a\"b\\c"', 'a"b\\c'),
        ("SELECT Entw&APw-rfe", "SELECT Entw&APw-rfe", "Entwürfe"),
        ("SELECT {5+}\\r\\na b c", "SELECT {5+}\nC: a b c", "a b c"),
        ('SELECT "Entwürfe"', 'SELECT "Entwürfe"', "Entwürfe"),
        ("SELECT Entwürfe", "SELECT Entwürfe", "Entwürfe"),
        ("SELECT Box (CONDSTORE)", "SELECT Box (CONDSTORE)", "Box"),
        ("SELECT {8+}\\r\\nZürich7", "SELECT {8+}\nC: Zürich7", "Zürich7"),
    ],
)
def test_the_mailbox_has_the_name_that_was_typed(typed: str, sent: str, name: str) -> None:
    played = play(f"{LOGGED_IN}\n>>> {typed}\nC: A1 {sent}\nS: A1 OK done")
    assert played.session.mailbox is not None
    assert played.session.mailbox.name == name


def test_closed_parts_the_old_mailbox_from_the_new() -> None:
    played = play(
        IN_INBOX
        + """
        >>> SELECT Box
        C: A2 SELECT Box
        S: * 6 EXISTS
        S: * OK [CLOSED] INBOX is closed
        S: * 1 EXISTS
        """.rstrip()
        + f"\n{MAILBOX}\nS: A2 OK [READ-WRITE] done"
    )
    box = played.session.mailbox
    assert box is not None
    assert (box.name, box.exists) == ("Box", 1)
    assert not played.findings


def test_a_select_that_is_bad_leaves_the_old_mailbox_as_it_was() -> None:
    played = play(IN_INBOX + "\n>>> SELECT (\nC: A2 SELECT (\nS: A2 BAD what\nS: * 6 EXISTS")
    assert played.session.mailbox is not None
    assert (played.session.mailbox.name, played.session.mailbox.exists) == ("INBOX", 6)


def test_expunge_moves_the_numbers() -> None:
    played = play(
        IN_INBOX
        + """
        >>> FETCH 1:5 UID
        C: A2 FETCH 1:5 UID
        S: * 1 FETCH (UID 10)
        S: * 2 FETCH (UID 20)
        S: * 4 FETCH (UID 40)
        S: * 5 FETCH (UID 50)
        S: A2 OK done
        >>> NOOP
        C: A3 NOOP
        S: * 2 EXPUNGE
        S: * 3 EXPUNGE
        S: * 3 FETCH (FLAGS ())
        S: * 2 FETCH (FLAGS ())
        S: A3 OK done
        """.rstrip()
    )
    box = played.session.mailbox
    assert box is not None
    assert [box.uid_of(number) for number in range(5)] == [None, 10, None, 50, None]
    assert box.exists == 3
    assert [event.uid for event in played.received[-4:]] == [20, 40, 50, None]
    assert played.exchanges[-1].changes == ["EXISTS 5 -> 3"]
    assert not played.findings


def test_a_hostile_count_costs_no_memory() -> None:
    played = play(IN_INBOX + "\nS: * 4294967295 EXISTS\nS: * 4294967295 FETCH (UID 7)\nS: * 3 FETCH (UID 99999999999)")
    box = played.session.mailbox
    assert box is not None
    assert len(box.uids) == 0


# -- a session that is strict with a program (D4)


def strict(greeting: bytes = b"* OK hi\r\n", *, secure: bool = False) -> Session:
    session = Session(strict=True, secure=secure)
    session.receive(greeting)
    list(session.events())
    return session


@pytest.mark.parametrize("name", [row.name for row in table.commands().values() if NOT_AUTHENTICATED not in row.states])
def test_d4_a_program_is_refused_what_the_table_does_not_allow(name: str) -> None:
    session = strict()
    with pytest.raises(StateError, match=f"{name} is not allowed in the not-authenticated state; log in first"):
        session.command(name)
    assert session.to_send() == b""
    assert session.new_tag() == "A1"
    session.line(name)
    assert session.to_send() == f"A2 {name}\r\n".encode()


@pytest.mark.parametrize("name", [row.name for row in table.commands().values() if SELECTED not in row.states])
def test_d4_what_is_for_before_the_login(name: str) -> None:
    session = strict(b"* PREAUTH hi\r\n")
    with pytest.raises(StateError, match=f"{name} is not allowed in the authenticated state"):
        session.command(name)
    with pytest.raises(StateError):
        session.authenticate(make("PLAIN", "ida", "pw"))
    assert session.to_send() == b""


def test_d4_tls_is_put_in_once() -> None:
    with pytest.raises(StateError, match="TLS is already on"):
        strict(secure=True).command("STARTTLS")


def test_d4_a_session_is_lenient_unless_it_is_told_otherwise() -> None:
    player = play("S: * OK hi")
    player.session.command("FETCH", [b"1 FLAGS"])
    player.pump()
    player.play("C: A1 FETCH 1 FLAGS\nS: A1 BAD not now")


def test_d4_what_waited_and_may_not_be_sent_any_more_is_told() -> None:
    session = strict(b"* PREAUTH hi\r\n")
    selects, fetches = session.command("SELECT", [b"a"]), session.command("FETCH", [b"1 FLAGS"])
    noop = session.command("NOOP")
    assert session.to_send() == b"A1 SELECT a\r\n"
    session.receive(b"A1 NO no such mailbox\r\n")
    (unsent,) = [event for event in session.events() if isinstance(event, Unsent)]
    assert unsent.exchange is fetches
    assert unsent.error is fetches.error
    assert "SELECT a mailbox first; nothing was sent" in str(unsent.error)
    assert session.to_send() == b"A3 NOOP\r\n"
    assert (selects.error, noop.error) == (None, None)


def test_logout() -> None:
    played = play(IN_INBOX + "\n>>> LOGOUT\nC: A2 LOGOUT\nS: * BYE see you\nS: A2 OK bye")
    assert played.closed.error is None
    assert not played.findings
    with pytest.raises(StateError):
        played.session.line("NOOP")


def test_a_reply_after_a_bye_does_not_lead_back() -> None:
    played = play(IN_INBOX + "\n>>> SELECT Box\nC: A2 SELECT Box\nS: * BYE over\nS: A2 NO no")
    assert played.session.state == LOGOUT
    assert not played.session.is_open


def test_logout_to_which_there_is_only_bye() -> None:
    played = play(IN_INBOX + "\n>>> LOGOUT\nC: A2 LOGOUT\nS: * BYE see you\n!! eof")
    assert played.closed.error is None
    assert [exchange.tag for exchange in played.closed.in_flight] == ["A2"]


def test_the_end_while_several_commands_run() -> None:
    played = play(IN_INBOX + "\n>>> NOOP\nC: A2 NOOP\n>>> NOOP\nC: A3 NOOP\n!! eof")
    assert str(played.closed.error).endswith("while A2 NOOP, A3 NOOP were running")


def test_the_end_in_mid_command() -> None:
    played = play(IN_INBOX + "\n>>> NOOP\nC: A2 NOOP\nS+: A2 OK don\n!! eof")
    assert isinstance(played.closed.error, ConnectionLost)
    assert "A2 NOOP was running" in str(played.closed.error)
    assert played.exchanges[-1].response is None
    assert played.last.response.frame.raw == b"A2 OK don"
    assert played.last.response.frame.incomplete
    assert played.findings == ["bye-silent"]
