"""Literals, continuations, IDLE, pipelining and tags."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from imapsh.errors import ConnectionLost, StateError, UsageError
from imapsh.grammar.fragments import Literal
from imapsh.grammar.writer import Writer
from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Event, Received, Sent, Unsent
from imapsh.session.exchange import Exchange, Secret
from imapsh.session.knowledge import Knowledge
from imapsh.session.secrets import Secrets
from imapsh.session.sending import Sender
from imapsh.session.traffic import Traffic
from imapsh.session.transfer import Transfer
from imapsh.table.model import AUTHENTICATED, NOT_AUTHENTICATED
from tests.growth import traced

from .player import LOGGED_IN, SELECTED, Ticks, play

ALL = "S: * PREAUTH [CAPABILITY IMAP4rev1 {}] ready"


def sent_for(capabilities: str, octets: int, *, binary: bool = False) -> bytes:
    """What goes out at once of an APPEND of a message of so many octets, announced by the program."""
    session = Session()
    session.receive(f"* PREAUTH [CAPABILITY {capabilities}] hi\r\n".encode())
    list(session.events())
    session.command("APPEND", Writer().mailbox("Box").raw(" ").literal(b"x" * octets, binary=binary).fragments())
    return b"".join(iter(session.to_send, b""))


@pytest.mark.parametrize(
    ("capabilities", "octets", "binary", "announced"),
    [
        ("IMAP4rev1", 5, False, "{5}"),
        ("IMAP4rev1 LITERAL+", 5, False, "{5+}"),
        ("IMAP4rev1 LITERAL+", 100000, False, "{100000+}"),
        ("IMAP4rev1 LITERAL-", 4096, False, "{4096+}"),
        ("IMAP4rev1 LITERAL-", 4097, False, "{4097}"),
        ("IMAP4rev2", 4096, False, "{4096+}"),
        ("IMAP4rev2", 4097, False, "{4097}"),
        ("IMAP4rev1 IMAP4rev2", 5, False, "{5}"),
        ("IMAP4rev1 LITERAL+", 5, True, "~{5}"),
        ("IMAP4rev1 LITERAL+ BINARY", 5, True, "~{5+}"),
        ("IMAP4rev1 BINARY", 5, True, "~{5}"),
        ("IMAP4rev2", 5, True, "~{5+}"),
    ],
)
def test_how_a_literal_is_announced(capabilities: str, octets: int, binary: bool, announced: str) -> None:
    whole = f"A1 APPEND Box {announced}\r\n".encode()
    if "+" in announced:
        whole += b"x" * octets + b"\r\n"
    assert sent_for(capabilities, octets, binary=binary) == whole


def test_capabilities_of_the_moment_decide() -> None:
    played = play(ALL.format("LITERAL+") + "\n>>> NOOP\nC: A1 NOOP\nS: * CAPABILITY IMAP4rev1\nS: A1 OK done")
    played.session.command("APPEND", [b"Box ", Literal(b"abc", 3)])
    played.pump()
    assert played.out == b"A2 APPEND Box {3}\r\n"


def test_a_typed_literal_waits() -> None:
    played = play(
        LOGGED_IN
        + r"""
        >>> APPEND Box {5}\r\nabcde {3}\r\nxyz
        C: A1 APPEND Box {5}
        S: + go on
        C+: abcde
        C:  {3}
        S: + more
        C: xyz
        S: A1 OK done
        """.rstrip()
    )
    assert [event.asks for event in played.received[1:]] == ["literal", "literal"]
    assert played.exchanges[0].sent == len(b"A1 APPEND Box {5}\r\nabcde {3}\r\nxyz\r\n")
    assert played.exchanges[0].received == len(b"+ go on\r\n+ more\r\nA1 OK done\r\n")


def test_a_typed_announcement_is_sent_as_it_stands() -> None:
    play(ALL.format("LITERAL+") + "\n>>> APPEND Box {3}\\r\\nabc\nC: A1 APPEND Box {3}")
    play(LOGGED_IN + "\n>>> APPEND Box {3+}\\r\\nabc\nC: A1 APPEND Box {3+}\nC: abc")
    play(LOGGED_IN + "\n>>> APPEND Box ~{3+}\\r\\nabc\nC: A1 APPEND Box ~{3+}\nC: abc")


@pytest.mark.parametrize("status", ["NO", "BAD"])
def test_a_refused_literal_is_not_sent(status: str) -> None:
    played = play(
        LOGGED_IN
        + rf"""
        >>> APPEND Box {{5}}\r\nabcde
        C: A1 APPEND Box {{5}}
        >>> NOOP
        S: A1 {status} [TRYCREATE] no such mailbox
        C: A2 NOOP
        S: A2 OK done
        """.rstrip()
    )
    assert played.exchanges[0].status == status


def test_what_is_not_permitted_is_dropped_and_what_was_begun_is_finished() -> None:
    session = Session()
    session.receive(b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n")
    list(session.events())
    big = b"x" * 200_000
    session.command("APPEND", [b"Box ", Literal(big, len(big))])
    assert session.to_send() == b"A1 APPEND Box {200000}\r\n"
    session.receive(b"+ go on\r\n")
    list(session.events())
    first = session.to_send()
    assert 0 < len(first) < len(big)
    session.receive(b"A1 NO [OVERQUOTA] too big\r\n")
    list(session.events())
    assert first + b"".join(iter(session.to_send, b"")) == big + b"\r\n"
    session.command("NOOP")
    list(session.events())
    assert session.to_send() == b"A2 NOOP\r\n"


def _reads(*pieces: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: iter(pieces)


def appended(octets: int, *pieces: bytes) -> tuple[Session, bytes]:
    session = Session()
    session.receive(b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n")
    session.line("APPEND Box {@m.eml}", open_file=lambda path: (octets, _reads(*pieces)))
    list(session.events())
    assert session.to_send() == b"A1 APPEND Box {%d}\r\n" % octets
    session.receive(b"+ go on\r\n")
    list(session.events())
    return session, b"".join(iter(session.to_send, b""))


def test_a_file_is_a_literal_of_the_size_it_had() -> None:
    assert appended(6, b"abc", b"def")[1] == b"abcdef\r\n"
    assert appended(6, b"abc", b"defGROWN", b"MORE")[1] == b"abcdef\r\n"


@pytest.mark.parametrize("capability", ["LITERAL+", "LITERAL-", "IMAP4rev2", "LITERAL+ BINARY"])
@pytest.mark.parametrize("refusal", ["NO", "BAD"])
def test_a1_the_octets_of_a_file_wait_whatever_is_offered(capability: str, refusal: str) -> None:
    played = play(ALL.format(capability))
    for tag, tilde in (("A1", ""), ("A2", "~")):
        line = f"APEND Box ({tilde}{{@m.eml}}"
        played.session.line(line, open_file=lambda path: (17, _reads(b"x1 CREATE Pwned\r\n")))
        played.pump()
        assert played.out == f"{tag} APEND Box ({tilde}{{17}}\r\n".encode()
        played.out = b""
        played.play(f"S: {tag} {refusal} what?")
    played.play(">>> NOOP\nC: A3 NOOP\nS: A3 OK done")


@pytest.mark.parametrize(("capability", "announced"), [("LITERAL+", "{3+}"), ("BINARY", "{3}"), ("IMAP4rev2", "{3}")])
def test_a1_what_is_shown_of_a_literal_is_what_is_sent(capability: str, announced: str) -> None:
    played = play(ALL.format(capability))
    played.session.secrets.add(b"hunter22")
    played.session.command("NOOP")
    exchange = played.session.command("APPEND", [b"hunter22 ", Literal(b"abc", 3)])
    played.pump()
    (sent,) = [one for one in played.events if isinstance(one, Sent) and one.exchange is exchange]
    assert sent.frame is exchange.shown
    assert sent.frame.parts[0] == b"A2 APPEND ******** %s\r\n" % announced.encode()
    assert b"A2 APPEND ******** %s\r\n" % announced.encode() in played.trace.from_client
    assert f"{announced}\r\n".encode() in played.out


def test_a_file_that_fell_short_ends_the_connection() -> None:
    session, _ = appended(6, b"abc")
    (closed,) = [event for event in session.events() if isinstance(event, Closed)]
    assert isinstance(closed.error, ConnectionLost)
    assert "3 octets shorter" in str(closed.error)


def test_the_name_of_a_file_is_taken_as_it_is() -> None:
    names = []

    def open_file(path: str) -> tuple[int, Callable[[], Iterator[bytes]]]:
        names.append(path)
        return 1, _reads(b"x")

    session = Session()
    for name in ("a~", "~/b", "c{d", "@e"):
        session.line(f"APPEND Box {{@{name}}}", open_file=open_file)
    session.line("APPEND Box ~{@f}", open_file=open_file)
    assert names == ["a~", "~/b", "c{d", "@e", "f"]


# -- continuations


def test_a_continuation_that_nobody_asked_for() -> None:
    played = play(SELECTED + "\n>>> NOOP\nC: A2 NOOP\nS: + what?\nS: A2 OK done\nS: + again")
    assert [(event.asks, event.unsolicited) for event in played.received[-2:]] == [("", True), ("", True)]
    assert played.findings == ["continuation-unasked"] * 2


def test_a_continuation_to_a_command_that_is_not_known_is_no_fault() -> None:
    played = play(SELECTED + "\n>>> XFOO bar\nC: A2 XFOO bar\nS: + go on")
    assert not played.findings
    played.session.raw(b"\x00any\r\n")
    played.pump()
    assert played.out == b"\x00any\r\n"


# -- IDLE


def test_idle() -> None:
    played = play(
        SELECTED
        + """
        >>> IDLE
        C: A2 IDLE
        S: + idling
        S: * 6 EXISTS
        !! DONE
        C: DONE
        S: A2 OK done
        """.rstrip()
    )
    assert (played.last.unsolicited, played.last.change) == (True, "EXISTS 5 -> 6")
    assert played.received[-2].asks == "idle"
    assert not played.session.idling


def test_done_waits_for_the_continuation() -> None:
    play(SELECTED + "\n>>> IDLE\nC: A2 IDLE\n!! DONE\nS: * 6 EXISTS\nS: + idling\nC: DONE\nS: A2 OK done")


def test_done_waits_for_an_idle_that_waits_for_another_command() -> None:
    play(
        SELECTED
        + """
        >>> FETCH 1 FLAGS
        C: A2 FETCH 1 FLAGS
        >>> IDLE
        !! DONE
        S: A2 OK done
        C: A3 IDLE
        S: + idling
        C: DONE
        S: A3 OK done
        """.rstrip()
    )


def test_a_done_is_forgotten_with_its_idle() -> None:
    played = play(SELECTED + "\n>>> FETCH 1 FLAGS\nC: A2 FETCH 1 FLAGS\n>>> IDLE\n!! DONE")
    (idle,) = played.session.queue
    assert played.session.cancel(idle)
    assert not played.session.cancel(idle)
    played.play(">>> IDLE\nS: A2 OK done\nC: A4 IDLE\nS: + idling")
    assert played.session.idling


@pytest.mark.parametrize("status", ["NO", "BAD"])
def test_no_done_after_a_refusal(status: str) -> None:
    play(SELECTED + f"\n>>> IDLE\nC: A2 IDLE\n!! DONE\nS: A2 {status} not now\n!! DONE\n>>> NOOP\nC: A3 NOOP")


def test_a_command_ends_idle_and_waits_for_its_reply() -> None:
    play(
        SELECTED
        + """
        >>> IDLE
        C: A2 IDLE
        S: + idling
        >>> NOOP
        C: DONE
        >>> CHECK
        S: * 6 EXISTS
        S: A2 OK done
        C: A3 NOOP
        C: A4 CHECK
        """.rstrip()
    )


def test_idle_that_others_wait_behind_is_ended_at_once() -> None:
    play(
        SELECTED
        + """
        >>> SELECT Box
        C: A2 SELECT Box
        >>> IDLE
        >>> NOOP
        S: A2 OK done
        C: A3 IDLE
        S: + idling
        C: DONE
        S: A3 OK done
        C: A4 NOOP
        """.rstrip()
    )


def test_a_second_continuation_while_idling_is_unasked() -> None:
    assert play(SELECTED + "\n>>> IDLE\nC: A2 IDLE\nS: + idling\nS: + idling").findings == ["continuation-unasked"]


def test_a_plus_behind_done_brings_no_second_done() -> None:
    played = play(
        SELECTED
        + """
        >>> IDLE
        C: A2 IDLE
        S: + idling
        !! DONE
        C: DONE
        S: + idling
        >>> NOOP
        S: A2 OK done
        C: A3 NOOP
        """.rstrip()
    )
    assert played.findings == ["continuation-unasked"]


# -- secrets in a message


MESSAGE = b"Subject: x\r\n\r\nmy pencil is blue\r\n" * 10


def appending(session: Session, message: bytes) -> Exchange:
    session.receive(b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n")
    list(session.events())
    return session.command("APPEND", Writer().raw("Box ").literal(message).fragments())


def test_a_message_is_searched_for_secrets_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bytes] = []
    mask = Secrets.mask

    def counting(secrets: Secrets, octets: bytes) -> bytes:
        looked.append(octets)
        return mask(secrets, octets)

    monkeypatch.setattr(Secrets, "mask", counting)
    session = Session()
    session.secrets.add(b"pencil")
    shown = appending(session, MESSAGE).shown.parts
    assert looked.count(MESSAGE) == 1
    assert shown == (b"A1 APPEND Box {%d+}\r\n" % len(MESSAGE), MESSAGE.replace(b"pencil", b"******"), b"\r\n")


def test_a_secret_that_is_learned_while_a_message_waits_is_masked_in_it() -> None:
    session = Session()
    before = appending(session, b"x")
    session.line("SELECT Other")
    waiting = session.command("APPEND", Writer().raw("Box ").literal(MESSAGE).fragments())
    session.secrets.add(b"pencil")
    assert before.started is not None
    assert list(session.queue)[-1] is waiting
    while session.to_send():
        list(session.events())
    for reply in (b"A1 OK done\r\n", b"A2 OK done\r\n"):
        session.receive(reply)
        list(session.events())
        while session.to_send():
            list(session.events())
    assert waiting.started is not None
    assert waiting.shown.parts[1] == MESSAGE.replace(b"pencil", b"******")


# -- pipelining (RFC 9051 section 5.5)


@pytest.mark.parametrize(
    ("lines", "at_once"),
    [
        (["FETCH 1 FLAGS", r"STORE 1 +FLAGS (\Seen)", "SEARCH ALL", "NOOP"], 4),
        ([r"STORE 1 +FLAGS (\Seen)", "COPY 1 Box", "EXPUNGE"], 3),
        (["FETCH 1 FLAGS", "NOOP", r"STORE 1 +FLAGS (\Seen)"], 2),
        ([r"STORE 1 +FLAGS (\Seen)", "COPY 1 Box", "FETCH 1 FLAGS"], 2),
        (["COPY 1 Box", "COPY 1 Box"], 1),
        (["UID FETCH 7 FLAGS", "UID FETCH 8 FLAGS"], 2),
        (["UID FETCH 7 FLAGS", "FETCH 1 FLAGS"], 1),
        (["NOOP", "SELECT Box"], 1),
        (["SELECT Box", "NOOP"], 1),
        (["XUNKNOWN", "NOOP"], 1),
        (["NOOP", "XUNKNOWN"], 1),
        (["NOOP", "LOGOUT"], 1),
        (["SEARCH SEEN", "SEARCH UNSEEN"], 1),
        (["SEARCH SEEN", "UID SEARCH UNSEEN"], 1),
        (["SEARCH SEEN", "SEARCH RETURN (ALL) UNSEEN", "UID SEARCH RETURN (COUNT) ALL"], 3),
        (['LIST "" a', 'LIST "" b'], 1),
        (['LIST "" a', 'LSUB "" b', "CREATE c"], 3),
        (["STATUS a (MESSAGES)", "STATUS b (MESSAGES)", 'STATUS "c" (MESSAGES)'], 3),
        (["STATUS INBOX (MESSAGES)", "STATUS inbox (UNSEEN)"], 1),
        (["STATUS a (MESSAGES)", 'STATUS "a" (UNSEEN)'], 1),
        (["STATUS Entw&APw-rfe (MESSAGES)", 'STATUS "Entwürfe" (UNSEEN)'], 1),
        (["STATUS a (MESSAGES)", 'LIST "" % RETURN (STATUS (MESSAGES))'], 1),
        (['LIST "" % RETURN (STATUS (MESSAGES))', "STATUS a (MESSAGES)"], 1),
        (['LIST "" % RETURN (CHILDREN)', "STATUS a (MESSAGES)"], 2),
        (["UID MOVE 7 a", "UID MOVE 8 b"], 1),
        (["UID MOVE 7 a", "UID EXPUNGE 8"], 1),
    ],
)
def test_pipelining(lines: list[str], at_once: int) -> None:
    played = play(SELECTED)
    for line in lines:
        played.session.line(line)
    played.pump()
    assert played.out.split(b"\r\n")[:-1] == [f"A{n} {line}".encode() for n, line in enumerate(lines[:at_once], 2)]


def test_a2_a_literal_names_the_same_mailbox() -> None:
    played = play(SELECTED)
    for line in ("STATUS {1}\r\na (MESSAGES)", "STATUS a (UNSEEN)"):
        played.session.line(line)
    played.pump()
    assert played.out == b"A2 STATUS {1}\r\n"
    played.out = b""
    played.play(
        """
        S: + go on
        C: a (MESSAGES)
        S: * STATUS a (MESSAGES 1)
        S: A2 OK done
        C: A3 STATUS a (UNSEEN)
        """.rstrip()
    )


def test_nothing_is_sent_into_a_literal() -> None:
    play(
        LOGGED_IN
        + r"""
        >>> APPEND Box {3}\r\nabc
        C: A1 APPEND Box {3}
        >>> NOOP
        S: + go on
        C: abc
        C: A2 NOOP
        S: A2 OK done
        S: A1 OK done
        """.rstrip()
    )


def test_octets_are_counted_for_the_command_they_came_to() -> None:
    played = play(
        SELECTED
        + """
        >>> NOOP
        C: A2 NOOP
        >>> CHECK
        C: A3 CHECK
        S: * 6 EXISTS
        S: A2 OK done
        S: * 7 EXISTS
        S: A3 OK check is done
        S: * 8 EXISTS
        """.rstrip()
    )
    _, noop, check = played.exchanges
    assert noop.received == len("* 6 EXISTS\r\nA2 OK done\r\n")
    assert check.received == len("* 7 EXISTS\r\nA3 OK check is done\r\n")
    assert (noop.untagged, check.untagged) == (1, 1)
    assert (noop.changes, check.changes) == (["EXISTS 5 -> 6"], ["EXISTS 6 -> 7"])
    assert played.last.unsolicited


def test_a_command_not_yet_sent_can_be_taken_back() -> None:
    played = play(SELECTED + "\n>>> SELECT Box\nC: A2 SELECT Box\n>>> NOOP")
    select, noop = played.exchanges[-2:]
    assert not played.session.cancel(select)
    assert played.session.cancel(noop)
    played.play("S: A2 OK done")


# -- tags


def test_a_typed_tag_is_kept() -> None:
    played = play(LOGGED_IN + "\n>>> a001 NOOP\nC: a001 NOOP\nS: a001 OK done\n>>> . NOOP\nC: . NOOP\nS: . OK done")
    assert [exchange.tag for exchange in played.exchanges] == ["a001", "."]
    assert [exchange.name for exchange in played.exchanges] == ["NOOP", "NOOP"]


def test_a_tag_in_use_is_refused_and_nothing_changes() -> None:
    played = play(SELECTED + "\n>>> x SELECT Box\nC: x SELECT Box\n>>> y NOOP")
    for line in ("x NOOP", "y NOOP"):
        with pytest.raises(UsageError, match="is in use"):
            played.session.line(line)
    played.play("S: x OK done\nC: y NOOP\nS: y OK done\n>>> x NOOP\nC: x NOOP")


def test_automatic_tags_pass_by_those_in_flight() -> None:
    play(LOGGED_IN + "\n>>> A1 NOOP\nC: A1 NOOP\n>>> A3 NOOP\nC: A3 NOOP\n>>> NOOP\nC: A2 NOOP\n>>> NOOP\nC: A4 NOOP")


def test_a_tag_never_sent() -> None:
    played = play(LOGGED_IN + "\n>>> NOOP\nC: A1 NOOP\nS: A9 OK who?\nS: a1 OK who?\nS: A1 OK done\nS: A1 OK again")
    assert played.findings == ["tag-unknown"] * 3
    assert len(played.completed) == 1


# -- a user's mistake


@pytest.mark.parametrize(
    "line", ["NOOP\r\nA2 DELETE INBOX", "NOOP\n", "NOOP \0", "APPEND Box {5}\r\nabc", "APPEND Box {5}"]
)
def test_a_line_that_cannot_be_sent_changes_nothing(line: str) -> None:
    played = play(LOGGED_IN)
    with pytest.raises(UsageError):
        played.session.line(line)
    played.play("!! DONE\n>>> A1 NOOP\nC: A1 NOOP")


@pytest.mark.parametrize("wrong", [b"INBOX\r\nA2 DELETE x", b"a\nb", b"\0", Secret(b'"a\r\nb"')])
def test_nothing_is_smuggled_in_by_an_argument(wrong: bytes | Secret) -> None:
    played = play(LOGGED_IN)
    with pytest.raises(UsageError, match="CR, LF and NUL"):
        played.session.command("SELECT", [wrong])
    with pytest.raises(UsageError, match="CR, LF and NUL"):
        played.session.command("NOOP\r\nA2 DELETE x")
    played.pump()
    assert not played.out


def test_every_line_that_goes_out_is_told() -> None:
    played = play(LOGGED_IN + "\n>>> IDLE\nC: A1 IDLE\nS: + idling\n!! DONE\nC: DONE\nS: A1 OK done")
    assert [event.frame.raw for event in played.events if isinstance(event, Sent)] == [b"A1 IDLE\r\n", b"DONE\r\n"]


# -- raw octets


def test_replies_to_raw_commands_are_no_fault() -> None:
    player = play(SELECTED)
    for octets in (b"r1 APPEND x {10}\r\n", b"abc"):
        player.session.raw(octets)
        player.pump()
    player.out = b""
    player.play("S: + go\nS: * 6 EXISTS\nS: * 2 EXPUNGE")
    player.session.raw(b"defghij\r\n")
    player.pump()
    player.out = b""
    player.play("S: r1 OK done")
    assert player.findings == []
    assert not player.last.unsolicited
    player.play("S: r1 OK again\nS: + what")
    assert player.findings == ["tag-unknown", "continuation-unasked"]


def test_the_tags_of_raw_lines() -> None:
    player = play(SELECTED)
    for octets in (b"r1 NO", b"OP\r\nr2 X {3}\r\na b\r\nr3 NOOP\r\n"):
        player.session.raw(octets)
    player.pump()
    player.out = b""
    player.play("S: r3 OK\nS: r2 OK\nS: r1 OK\nS: a OK")
    assert player.findings == ["tag-unknown"]


# -- how far literals are


def test_a_literal_that_comes_and_one_that_goes() -> None:
    player = play(SELECTED)
    session = player.session
    session.line("FETCH 1 BODY[]")
    player.pump()
    session.receive(b"* 1 FETCH (BODY[] {300000}\r\n" + b"x" * 100_000)
    player.pump()
    assert session.transfer == Transfer(False, 300_000, 100_000)
    session.receive(b"x" * 200_000 + b")\r\n")
    player.pump()
    session.receive(b"A2 OK done\r\n")
    player.pump()
    session.command("APPEND", [b"Box ", Literal(b"a" * 200_000, 200_000), b" ", Literal(b"bc", 2)])
    list(iter(session.to_send, b""))
    session.receive(b"+ go\r\n")
    list(session.events())
    seen = [session.transfer for _ in iter(session.to_send, b"")]
    assert seen == [*(Transfer(True, 200_000, done) for done in (65536, 131072, 196608)), None]
    session.receive(b"+ go\r\n")
    list(session.events())
    assert session.transfer == Transfer(True, 2, 0)


# -- the sender alone: what it tells, and what it feeds the knowledge


def sender() -> tuple[Sender, Knowledge, list[Event]]:
    known, told = Knowledge(nesting=100), list[Event]()
    known.join()
    return Sender(known, Secrets(), told.append, clock=Ticks(), traffic=Traffic()), known, told


def noop(tag: str) -> Exchange:
    return Exchange(tag, "NOOP", [f"{tag} NOOP".encode()])


def test_alone_it_sends_what_may_go_and_keeps_the_rest() -> None:
    one, known, told = sender()
    alone, behind = Exchange("A1", "XNEW", [b"A1 XNEW"]), noop("A2")
    one.submit(alone)
    one.submit(behind)
    assert (list(known.running), list(one.queue)) == (["A1"], [behind])
    assert told == [Sent(alone.shown, alone)]
    del known.running["A1"]
    one.completed(alone)
    one.start_next()
    assert (list(known.running), list(one.queue)) == (["A2"], [])
    assert b"".join(out.octets for out in iter(one.outbox.take, None)) == b"A1 XNEW\r\nA2 NOOP\r\n"


def test_alone_it_waits_while_tls_is_put_in() -> None:
    one, known, told = sender()
    one.paused = True
    one.submit(noop("A1"))
    assert (told, len(one.queue)) == ([], 1)
    one.paused = False
    one.start_next()
    assert list(known.running) == ["A1"]


def test_alone_it_looks_at_the_state_when_a_command_has_its_turn() -> None:
    one, known, told = sender()
    known.ended()
    known.state = AUTHENTICATED
    exchange = Exchange("A1", "FETCH", [b"A1 FETCH 1 UID"])
    exchange.states = ("selected",)
    one.submit(exchange)
    assert exchange.error is not None
    assert told == [Unsent(exchange, exchange.error)]
    assert not known.running
    with pytest.raises(StateError, match="nothing was sent"):
        one.check("FETCH")


def test_alone_it_sends_no_second_starttls_under_tls() -> None:
    one, known, told = sender()
    known.ended()
    known.state, known.secure = NOT_AUTHENTICATED, True
    exchange = Exchange("A1", "STARTTLS", [b"A1 STARTTLS"])
    exchange.states = ("not-authenticated",)
    one.submit(exchange)
    assert exchange.error is not None
    assert told == [Unsent(exchange, exchange.error)]


def test_what_is_queued_at_the_end_is_given_back() -> None:
    one, _, _ = sender()
    one.paused = True
    exchange = noop("A1")
    one.submit(exchange)
    assert one.stop() == (exchange,)
    assert not one.queue


# -- A17: replies that never come


def test_a17_a_command_that_is_given_up_lets_those_behind_it_go() -> None:
    player = play(f"{SELECTED}\n>>> EXPUNGE\nC: A2 EXPUNGE")
    queued = player.session.line("FETCH 1 FLAGS")
    player.pump()
    assert player.out == b""
    [given] = player.session.give_up()
    player.pump()
    player.play("C: A3 FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS ())\nS: A3 OK done")
    assert (given.name, given.status, queued.status) == ("EXPUNGE", "", "OK")


def test_a17_a_late_reply_completes_its_command_and_is_no_fault_of_the_server() -> None:
    player = play(f"{SELECTED}\n>>> EXPUNGE\nC: A2 EXPUNGE")
    [given] = player.session.give_up()
    with pytest.raises(UsageError, match="A2 is in use"):
        player.session.line("A2 NOOP")
    player.play("S: * 1 EXPUNGE\nS: A2 OK done")
    assert player.findings == []
    assert given.status == "OK"
    assert player.completed[-1].exchange is given
    assert player.session.give_up() == ()
    player.play("S: A2 OK again")
    assert player.findings == ["tag-unknown"]


def test_a17_a_late_select_selects() -> None:
    player = play("S: * PREAUTH ready\n>>> SELECT INBOX\nC: A1 SELECT INBOX")
    player.session.give_up()
    player.play("S: * 5 EXISTS\nS: A1 OK [READ-WRITE] done")
    assert player.session.mailbox is not None
    assert player.session.mailbox.exists == 5


def test_a17_what_is_half_sent_or_lasts_is_not_given_up() -> None:
    player = play(f"{SELECTED}\n>>> APPEND x {{3}}\\r\\nabc\nC: A2 APPEND x {{3}}")
    assert player.session.give_up() == ()
    player.play("S: + go\nC: abc\n" + "S: A2 OK done\n>>> IDLE\nC: A3 IDLE\nS: + idling")
    assert player.session.give_up() == ()
    player.play("!! DONE\nC: DONE")
    assert [one.name for one in player.session.give_up()] == ["IDLE"]
    player.play(">>> IDLE\nC: A4 IDLE\nS: + idling\nS: A3 OK late")
    assert player.session.idling


def test_a17_some_are_left_alone() -> None:
    player = play(f"{SELECTED}\n>>> NOOP\nC: A2 NOOP\n>>> STATUS x (MESSAGES)\nC: A3 STATUS x (MESSAGES)")
    noop, status = list(player.session.running.values())
    assert player.session.give_up([noop]) == (status,)
    assert list(player.session.running.values()) == [noop]


def test_a17_what_was_sent_in_no_command_is_not_taken_for_what_the_command_brings() -> None:
    player = play(f"{SELECTED}\n>>> SEARCH ALL\nC: A2 SEARCH ALL")
    player.session.raw(b"x1 FETCH 1 FLAGS\r\nx2 CAPABILITY\r\n")
    player.pump()
    player.play(
        "C: x1 FETCH 1 FLAGS\nC: x2 CAPABILITY\nS: * 1 FETCH (FLAGS ())\nS: * CAPABILITY IMAP4rev1\nS: * SEARCH 1\n"
        "S: x1 OK\nS: x2 OK\nS: A2 OK done"
    )
    owners = {event.response.name: event.exchange for event in player.received[-5:]}
    assert (owners["FETCH"], owners["CAPABILITY"], owners["SEARCH"]) == (None, None, player.exchanges[-1])
    assert player.findings == []


#: Commands with what they bring, and the most functions of Python that a session calls for them.
PLAIN = {
    "NOOP": ([], "", 50),
    "FETCH": ([b"1 ", b"BODY.PEEK[HEADER]"], "* 1 FETCH (BODY[HEADER] {4}\r\nA: b)\r\n", 72),
    "UID FETCH": ([b"71 ", b"FLAGS"], "* 1 FETCH (UID 71 FLAGS (\\Seen))\r\n", 74),
    "STORE": ([b"1 ", b"+FLAGS (\\Seen)"], "* 1 FETCH (FLAGS (\\Seen))\r\n", 80),
    "SEARCH": ([b"UNSEEN"], "* SEARCH 1 2\r\n", 102),
    "STATUS": ([b"INBOX (MESSAGES)"], "* STATUS INBOX (MESSAGES 3)\r\n", 131),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_command_and_its_reply_are_a_short_way(name: str) -> None:
    """Each function is called once a command, so that what counts is how many there are."""
    arguments, brings, most = PLAIN[name]
    session = play(SELECTED).session
    session.strict = True
    session.set_trace(None)
    session.secrets.add(b"pencil-and-paper")
    calls = 0

    def run() -> None:
        exchange = session.command(name, arguments)
        assert [type(event) for event in session.happenings()] == [Sent]
        assert session.to_send()
        session.receive(f"{brings}{exchange.tag} OK done\r\n".encode())
        assert [type(event) for event in session.happenings()] == [Received] * bool(brings) + [Completed]
        assert exchange.response is not None

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    for _ in range(20):  # what is imported, made once, or remembered
        run()
    with traced(None, count):
        run()
    assert calls <= most
