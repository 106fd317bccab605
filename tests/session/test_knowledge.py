"""What a session knows: of the server, of the selected mailbox, and what it says has changed."""

from __future__ import annotations

import pytest

from imapsh.findings import Finding
from imapsh.grammar.responses import Response
from imapsh.session.exchange import Exchange
from imapsh.session.knowledge import Knowledge
from imapsh.session.mailbox import decoded, line_of, named
from imapsh.session.states import START
from imapsh.table.model import AUTHENTICATED, LOGOUT, NOT_AUTHENTICATED, SELECTED, Context
from imapsh.typed.match import match
from imapsh.wire.frames import Frame

from .player import LOGGED_IN, OPEN, Player, play
from .player import SELECTED as OPENED


def change(player: Player) -> str:
    """What the last response changed, as a phrase."""
    return player.last.change


def test_before_the_greeting_nothing_is_known() -> None:
    session = Player().session
    context = session.context()
    assert (context.state, context.capabilities, context.rev2) == (NOT_AUTHENTICATED, frozenset(), False)
    assert (context.exists, context.writable, session.mailbox) == (None, False, None)


def test_capabilities_are_kept_in_upper_case_and_as_they_were_written() -> None:
    session = play("S: * OK [CAPABILITY imap4rev1 Idle] hi").session
    assert session.capabilities == {"IMAP4REV1", "IDLE"}
    assert session.capability_names == ("imap4rev1", "Idle")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("IMAP4rev1", "IMAP4rev1", ""),
        ("IMAP4rev1 IDLE", "IDLE imap4rev1", ""),
        ("IMAP4rev1", "IMAP4rev1 Idle", "capabilities +Idle"),
        ("IMAP4rev1 IDLE", "IMAP4rev1 QUOTA", "capabilities +QUOTA -IDLE"),
        ("IMAP4rev1", "IMAP4rev1 A B C D E F G", "capabilities: 7 new, 0 gone"),
    ],
)
def test_a_change_of_capabilities_is_told_and_a_long_one_in_numbers(before: str, after: str, said: str) -> None:
    player = play(f"S: * PREAUTH [CAPABILITY {before}] hi\n>>> NOOP\nC: A1 NOOP\nS: * CAPABILITY {after}")
    assert change(player) == said


def test_what_enable_brought_adds_up() -> None:
    player = play(
        """
        S: * PREAUTH [CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE CONDSTORE UTF8=ACCEPT] hi
        >>> ENABLE CONDSTORE
        C: A1 ENABLE CONDSTORE
        S: * ENABLED CondStore
        S: A1 OK done
        >>> ENABLE IMAP4rev2
        C: A2 ENABLE IMAP4rev2
        S: * ENABLED IMAP4rev2
        """
    )
    assert player.session.enabled == {"CONDSTORE", "IMAP4REV2"}
    assert change(player) == "enabled IMAP4rev2"
    assert player.session.rev2


@pytest.mark.parametrize(
    ("command", "code", "read_only"),
    [
        ("SELECT", "[READ-WRITE]", False),
        ("SELECT", "[READ-ONLY]", True),
        ("SELECT", "", False),
        ("EXAMINE", "[READ-ONLY]", True),
        ("EXAMINE", "", True),
    ],
)
def test_the_context_says_whether_the_mailbox_may_be_changed(command: str, code: str, read_only: bool) -> None:
    script = f"{LOGGED_IN}\n>>> {command} Box\nC: A1 {command} Box\nS: * 3 EXISTS\nS: A1 OK {code} done"
    session = play(script).session
    assert session.mailbox is not None
    assert session.mailbox.read_only is read_only
    assert (session.context().state, session.context().exists) == (SELECTED, 3)
    assert session.context().writable is not read_only


def test_what_comes_before_the_reply_is_about_the_mailbox_that_is_being_opened() -> None:
    player = play(OPENED + "\n>>> SELECT Other\nC: A2 SELECT Other\nS: * 2 EXISTS\nS: * OK [UIDNEXT 7] next")
    assert player.session.mailbox is not None
    assert (player.session.mailbox.name, player.session.mailbox.exists) == ("INBOX", 5)
    player.play("S: A2 OK done")
    box = player.session.mailbox
    assert (box.name, box.exists, box.uidnext) == ("Other", 2, 7)


def test_what_comes_before_closed_is_about_the_old_one() -> None:
    """RFC 9051 section 7.1."""
    player = play(OPENED + "\n>>> SELECT Other\nC: A2 SELECT Other\nS: * 9 EXISTS\nS: * OK [CLOSED] old one gone")
    assert (player.session.mailbox, player.session.state) == (None, AUTHENTICATED)
    box = player.play("S: * OK [UIDNEXT 7] next\nS: A2 OK done").session.mailbox
    assert box is not None
    assert (box.name, box.exists, box.uidnext) == ("Other", None, 7)


@pytest.mark.parametrize("status", ["NO", "BAD"])
def test_a_select_that_fails(status: str) -> None:
    """NO leaves no mailbox selected (RFC 9051 section 6.3.2); BAD was no SELECT."""
    session = play(f"{OPENED}\n>>> SELECT Other\nC: A2 SELECT Other\nS: A2 {status} such").session
    assert (session.mailbox is None) is (status == "NO")
    assert session.state == (AUTHENTICATED if status == "NO" else SELECTED)


def test_a_change_of_state_is_noted_with_its_command() -> None:
    player = play(
        f"{OPEN}\n>>> LOGIN ann x\nC: A1 LOGIN ann x\nS: A1 OK in\n>>> SELECT Box\nC: A2 SELECT Box\nS: A2 OK done"
    )
    assert [exchange.changes for exchange in player.exchanges] == [
        [f"{NOT_AUTHENTICATED} -> {AUTHENTICATED}"],
        [f"{AUTHENTICATED} -> {SELECTED}"],
    ]


# -- alone: fed by hand, without a session


def response(known: Knowledge, line: str) -> Response:
    return known.parser.parse(Frame((line.encode() + b"\r\n",)), greeting=known.state == START)


def greeted(line: str = "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi") -> Knowledge:
    known = Knowledge(nesting=100)
    known.greet(response(known, line))
    return known


def sent(known: Knowledge, line: str) -> Exchange:
    """Feed it a command; a name of two words is written with an underscore."""
    tag, name, *_ = line.split()
    exchange = Exchange(tag, name.replace("_", " ").upper(), [line.replace("_", " ").encode()])
    known.sent(exchange)
    return exchange


def replied(known: Knowledge, exchange: Exchange, status: str = "OK") -> None:
    known.completed(exchange, response(known, f"{exchange.tag} {status} done"))


def boxes(known: Knowledge) -> tuple[str | None, str | None]:
    """The names of the selected mailbox, and of the one that is being opened."""
    box, opening = (one.name if one is not None else None for one in (known.mailbox, known.opening))
    return box, opening


def idling(known: Knowledge) -> bool:
    return known.idling


def rules(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in findings]


def test_alone_it_follows_a_mailbox() -> None:
    known = greeted()
    select = sent(known, "A1 SELECT Box")
    assert boxes(known) == (None, "Box")
    known.take(response(known, "* 3 EXISTS"))
    replied(known, select)
    assert (known.state, boxes(known), known.running) == (SELECTED, ("Box", None), {})
    assert known.mailbox is not None
    assert known.mailbox.exists == 3
    findings, change, uid, gone = known.take(response(known, "* 2 FETCH (UID 9)"))
    assert (findings, change, uid, gone.total) == ((), "", 9, 0)
    assert known.mailbox.uid_of(2) == 9


def test_alone_it_finds_what_comes_at_the_wrong_time() -> None:
    known = greeted()
    assert rules(known.take(response(known, "* 3 EXISTS"))[0]) == ["data-state"]
    assert rules(known.take(response(known, "zz OK who"))[0]) == ["tag-unknown"]
    known.raw.sent(b"zz HOW\r\n")
    assert known.tags() == {"zz"}
    assert rules(known.take(response(known, "* 3 EXISTS"))[0]) == []
    assert rules(known.take(response(known, "zz OK so"))[0]) == []
    assert rules(known.take(response(known, "zz OK so"))[0]) == ["tag-unknown"]


@pytest.mark.parametrize(
    ("commands", "asks"),
    [
        ([], [""]),
        (["A1 NOOP"], [""]),
        (["A1 IDLE"], ["idle", ""]),
        (["A1 AUTHENTICATE LOGIN"], ["authenticate", "authenticate"]),
    ],
)
def test_alone_it_says_whose_a_plus_is(commands: list[str], asks: list[str]) -> None:
    known = greeted()
    exchanges = [sent(known, line) for line in commands]
    for due in asks:
        found = known.continued(None)
        assert (found.asks, found.unsolicited) == (due, not due)
        assert rules(found.findings) == ([] if due else ["continuation-unasked"])
        assert found.exchange is (exchanges[0] if exchanges else None)


def test_a_plus_is_for_the_literal_first() -> None:
    known = greeted()
    sent(known, "A1 AUTHENTICATE LOGIN")
    append = sent(known, "A2 APPEND Box {3}")
    assert known.continued(append)[:2] == (append, "literal")


@pytest.mark.parametrize("line", ["A1 XNEW", "raw"])
def test_of_what_an_unknown_command_asks_for_nobody_knows(line: str) -> None:
    known = greeted()
    if line == "raw":
        known.raw.sent(b"A1 ANY\r\n")
    else:
        sent(known, line)
    found = known.continued(None)
    assert (found.asks, found.unsolicited, found.findings) == ("", False, ())


def test_idle_is_idle_from_its_plus_to_done() -> None:
    known = greeted()
    idle = sent(known, "A1 IDLE")
    assert not idling(known)
    known.continued(None)
    assert idling(known)
    known.done()
    assert not idling(known)
    assert rules(known.continued(None).findings) == ["continuation-unasked"]
    assert not idling(known)
    replied(known, idle)
    sent(known, "A2 IDLE")
    assert known.continued(None).asks == "idle"


def test_a_conversation_may_be_joined_in_the_middle() -> None:
    known = Knowledge(nesting=100)
    known.join()
    assert rules(known.take(response(known, "* 1 FETCH (FLAGS ())"))[0]) == []
    assert rules(known.take(response(known, "* 1 EXPUNGE"))[0]) == []  # a command may run, or NOTIFY be in force
    assert rules(known.take(response(known, "x9 OK done"))[0]) == []  # this one, for example
    replied(known, sent(known, "A1 NOOP"))
    assert rules(known.take(response(known, "x9 OK done"))[0]) == ["tag-unknown"]


def test_tls_makes_it_forget() -> None:
    known = greeted("* OK [CAPABILITY IMAP4rev2 STARTTLS] hi")
    assert (known.rev2, known.parser.utf8, known.secure) == (True, True, False)
    known.secured()
    assert (known.capabilities, known.rev2, known.parser.utf8, known.secure) == (frozenset(), False, False, True)


@pytest.mark.parametrize(("lines", "ending"), [([], True), (["A1 LOGOUT"], False)])
def test_a_bye_that_nobody_asked_for_ends_it(lines: list[str], ending: bool) -> None:
    known = greeted()
    for line in lines:
        sent(known, line)
    known.take(response(known, "* BYE so long"))
    assert known.bye is not None
    assert (known.ending, known.state) == (ending, LOGOUT if ending else AUTHENTICATED)
    known.ended()
    assert (known.state, known.running) == (LOGOUT, {})


def test_unauthenticate_leads_back_to_before_the_login() -> None:
    """RFC 8437 section 4.1: what was enabled, NOTIFY and the language are forgotten; so are the capabilities."""
    player = play("""
        S: * PREAUTH [CAPABILITY IMAP4rev1 UNAUTHENTICATE ENABLE UTF8=ACCEPT NOTIFY] hi
        >>> ENABLE UTF8=ACCEPT
        C: A1 ENABLE UTF8=ACCEPT
        S: * ENABLED UTF8=ACCEPT
        S: A1 OK done
        >>> NOTIFY NONE
        C: A2 NOTIFY NONE
        S: A2 OK done
        >>> SELECT INBOX
        C: A3 SELECT INBOX
        S: * FLAGS ()
        S: * OK [PERMANENTFLAGS ()] none
        S: * OK [UIDVALIDITY 7] valid
        S: * OK [UIDNEXT 9] next
        S: * 0 RECENT
        S: * 3 EXISTS
        S: A3 OK done
        >>> UNAUTHENTICATE
        C: A4 UNAUTHENTICATE
        S: A4 OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] who is next?
    """)
    session = player.session
    assert (session.state, session.enabled, session.mailbox) == (NOT_AUTHENTICATED, frozenset(), None)
    assert (session.known.notified, session.parser.utf8) == (None, False)
    assert session.capabilities == {"IMAP4REV1", "AUTH=PLAIN"}
    assert player.exchanges[-1].changes[-1] == "selected -> not-authenticated"
    player.play("S: * 3 EXISTS")
    assert player.findings == ["data-state"]


_LISTS = (
    '* LIST () "/" a/b', '* LIST () "." a.b', '* LSUB () "." a.c', '* LIST () NIL a', '* LIST () "/" inbox/x',
    '* LIST () "." INBOX.y', '* XLIST () "/" z', '* LIST () "/" ""',
)  # fmt: skip


@pytest.mark.parametrize("greeting", ["* PREAUTH hi", "* OK hi", "* BYE no"])
@pytest.mark.parametrize("begins", ["", "A1 SELECT Box", 'A1 LIST "" *', "joined"])
def test_e6_a_listed_mailbox_has_the_effect_of_any_other_data(greeting: str, begins: str) -> None:
    direct, longer = greeted(greeting), greeted(greeting)
    for known in (direct, longer):
        if begins == "joined":
            known.join()
        elif begins:
            exchange = sent(known, begins)
            if exchange.name == "SELECT":
                replied(known, exchange)
    for line in _LISTS:
        box = longer.opening or longer.mailbox
        assert direct.take(response(direct, line)) == longer._data(response(longer, line), box)
    counts = [[run.came for run in known.checks._runs.values()] for known in (direct, longer)]
    assert counts[0] == counts[1]


@pytest.mark.parametrize("command", ["STATUS", "SELECT", "EXAMINE"])
@pytest.mark.parametrize(
    "name",
    ["INBOX", "inbox", "Drafts", "a/b.c-d_e", "NIL", "2024", '"Drafts"', "&AOQ-", "[x]", '"a.b/c_d-9"', '""', "x y"],
)
@pytest.mark.parametrize("rest", ["", " (MESSAGES UIDNEXT)", " (CONDSTORE)"])
@pytest.mark.parametrize("utf8", [False, True])
def test_a_plain_name_is_the_one_that_the_table_finds(command: str, name: str, rest: str, utf8: bool) -> None:
    line = Frame((f"A1 {command} {name}{rest}\r\n".encode(),))
    found = match(line_of(line)[0], Context(tagged=True, utf8=True))
    value = next((piece.value for piece in found.slots if piece.kind == "mailbox"), None)
    assert named(line, utf8=utf8) == (None if value is None else decoded(value, utf8))
