"""A conversation that somebody else heard: commands and responses found again, secrets masked, and nothing accused."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from imapsh.findings import FAULT
from imapsh.session.overheard import Conversation, Overheard
from imapsh.wire.frames import Spilled
from imapsh.wire.pieces import CLIENT, ELIDED, EXACT, RENDERED, SERVER, Piece

GREETING = (SERVER, b"* OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR] hi\r\n")
PREAUTH = (SERVER, b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n")


def heard(*said: tuple[str, bytes] | tuple[str, bytes, str], both: bool = False) -> list[Overheard]:
    conversation = Conversation(both=both)
    found: list[Overheard] = []
    place = 0
    for direction, octets, *exactness in said:
        found += conversation.hear(Piece(direction, octets, place, exactness=exactness[0] if exactness else EXACT))
        place += len(octets)
    return [*found, *conversation.end()]


def texts(found: Iterable[Overheard]) -> list[bytes]:
    return [one.response.frame.raw for one in found]


def rules(found: Iterable[Overheard]) -> list[str]:
    """What is wrong, without the notices."""
    return [
        *(violation.rule for one in found for violation in one.response.violations),
        *(finding.rule for one in found for finding in one.findings if finding.level == FAULT),
    ]


def test_both_sides_come_in_their_order_with_their_places() -> None:
    found = heard(GREETING, (CLIENT, b"A1 NOOP\r\n"), (SERVER, b"A1 OK done\r\n"))
    assert [(one.response.kind, one.response.name, one.response.offset) for one in found] == [
        ("status", "OK", 0),
        ("client", "NOOP", 49),
        ("tagged", "OK", 58),
    ]
    assert rules(found) == []


def test_one_side_alone_is_accused_of_no_conduct() -> None:
    assert rules(heard(GREETING, (SERVER, b"* 5 EXISTS\r\nA1 OK done\r\n+ go\r\n"))) == []
    assert rules(heard((CLIENT, b"A1 NOOP\r\nA2 IDLE\r\nDONE\r\nA3 LOGOUT\r\n"))) == []


def test_the_continuation_comes_behind_the_line_that_waited() -> None:
    found = heard(
        PREAUTH, (CLIENT, b"A1 APPEND x {2}\r\n"), (SERVER, b"+ go\r\n"), (CLIENT, b"ab\r\n"), (SERVER, b"A1 OK ok\r\n")
    )
    assert texts(found)[1:] == [b"A1 APPEND x {2}\r\nab\r\n", b"+ go\r\n", b"A1 OK ok\r\n"]
    assert rules(found) == []


def test_a_literal_that_is_refused_does_not_come() -> None:
    found = heard(PREAUTH, (CLIENT, b"A1 APPEND x {2}\r\n"), (SERVER, b"A1 NO full\r\n"), (CLIENT, b"A2 NOOP\r\n"))
    assert texts(found)[1:] == [b"A1 APPEND x {2}\r\n", b"A1 NO full\r\n", b"A2 NOOP\r\n"]


def test_a_literal_that_the_log_left_out_is_no_violation() -> None:
    found = heard(
        PREAUTH,
        (SERVER, b"* 1 FETCH (BODY[] {9000}\r\n", ELIDED),
        (SERVER, b" FLAGS ())\r\n* 2 EXISTS\r\n"),
        (CLIENT, b"A1 APPEND x {5}\r\n", ELIDED),
        (CLIENT, b"\r\nA2 NOOP\r\n"),
    )
    assert rules(found) == []
    assert found[1].response.frame.parts[1] == Spilled(9000)
    assert [one.response.offset for one in found] == [0, 46, 84, 96, 115]


def test_the_continuation_of_a_literal_that_the_log_left_out_is_awaited() -> None:
    found = heard(
        PREAUTH,
        (CLIENT, b"A1 APPEND x {5}\r\n", ELIDED),
        (SERVER, b"+ go\r\n"),
        (CLIENT, b"\r\n"),
        (SERVER, b"A1 OK ok\r\n"),
    )
    assert [one.response.frame.parts[0] for one in found][1:] == [b"A1 APPEND x {5}\r\n", b"+ go\r\n", b"A1 OK ok\r\n"]
    assert rules(found) == []


def test_a_literal_that_the_log_left_out_may_be_refused() -> None:
    pieces = (CLIENT, b"A1 APPEND x {5}\r\n", ELIDED), (SERVER, b"A1 NO full\r\n"), (CLIENT, b"A2 NOOP\r\n")
    found = heard(PREAUTH, *pieces)
    assert texts(found)[1:] == [b"A1 APPEND x {5}\r\n", b"A1 NO full\r\n", b"A2 NOOP\r\n"]
    assert rules(found) == []


def test_an_answer_of_which_a_log_tells_only_that_it_came_is_one() -> None:
    found = heard(
        GREETING, (CLIENT, b"A1 AUTHENTICATE PLAIN\r\n"), (SERVER, b"+ \r\n"), (CLIENT, b"(20 octets)\r\n", RENDERED),
        (SERVER, b"A1 OK octets\r\n"),
    )  # fmt: skip
    assert texts(found)[3:] == [b"***********\r\n", b"A1 OK octets\r\n"]
    assert rules(found) == []


def test_what_a_program_pictured_breaks_no_grammar() -> None:
    found = heard(PREAUTH, (SERVER, b"* 1 FETCH [UID, 5]\r\n", RENDERED), (SERVER, b"* SEARCH 4 \r\n"))
    assert [bool(one.response.violations) for one in found] == [False, False, True]


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (b"A1 LOGIN ann hunter22\r\n", b"A1 LOGIN ann ********\r\n"),
        (b'A1 LOGIN "ann" "hunter22"\r\n', b'A1 LOGIN "ann" **********\r\n'),
        (b"A1 LOGIN {3+}\r\nann {8+}\r\nhunter22\r\n", b"A1 LOGIN {3+}\r\nann {8+}\r\n********\r\n"),
        (b"A1 AUTHENTICATE PLAIN AGFubgBodW50ZXIyMg==\r\n", b"A1 AUTHENTICATE PLAIN ********************\r\n"),
        (b"what is this hunter22\r\n", b"*********************\r\n"),
    ],
)
def test_a_secret_is_masked_and_so_is_its_echo(octets: bytes, shown: bytes) -> None:
    found = heard(GREETING, (CLIENT, octets), (SERVER, b"A1 NO hunter22 is wrong\r\n"))
    assert texts(found)[1] == shown
    if b"what" not in octets:
        assert texts(found)[2] == b"A1 NO ******** is wrong\r\n"
        assert rules(found) == []


def test_answers_to_authenticate_are_masked() -> None:
    found = heard(
        GREETING, (CLIENT, b"A1 AUTHENTICATE LOGIN\r\n"), (SERVER, b"+ VXNlcg==\r\n"), (CLIENT, b"YW5u\r\n"),
        (SERVER, b"+ UGFzcw==\r\n"), (CLIENT, b"aHVudGVyMjI=\r\n"), (SERVER, b"A1 OK hunter22\r\n"),
    )  # fmt: skip
    assert texts(found)[3:] == [b"****\r\n", b"+ UGFzcw==\r\n", b"************\r\n", b"A1 OK ********\r\n"]
    assert rules(found) == []


def test_grammar_of_the_client_is_judged() -> None:
    assert rules(heard(PREAUTH, (CLIENT, b"A1 STATUS x (MESSAGES\r\n"))) == ["syntax"]


def test_what_is_deflated_is_seen_inflated() -> None:
    from imapsh.wire.deflate import Deflate

    said = (GREETING[0], b"* PREAUTH [CAPABILITY COMPRESS=DEFLATE] hi\r\n"), (CLIENT, b"A1 COMPRESS DEFLATE\r\n")
    ok = (SERVER, b"A1 OK now\r\n")
    there, back = Deflate(), Deflate()
    found = heard(
        *said, ok, (CLIENT, there.deflate(b"A2 NOOP\r\n")), (SERVER, back.deflate(b"* 1 EXISTS\r\nA2 OK done\r\n"))
    )
    assert texts(found)[3:] == [b"A2 NOOP\r\n", b"* 1 EXISTS\r\n", b"A2 OK done\r\n"]
    there, back = Deflate(), Deflate()
    at_once = (SERVER, ok[1] + back.deflate(b"* 1 EXISTS\r\n"))
    found = heard(*said, at_once, (CLIENT, there.deflate(b"A2 NOOP\r\n")), (SERVER, back.deflate(b"A2 OK done\r\n")))
    assert texts(found)[3:] == [b"* 1 EXISTS\r\n", b"A2 NOOP\r\n", b"A2 OK done\r\n"]
    clear = heard(*said, ok, (CLIENT, b"A2 NOOP\r\n"), (SERVER, b"A2 OK done\r\n"))
    assert texts(clear)[3:] == [b"A2 NOOP\r\n", b"A2 OK done\r\n"]


def test_tls_behind_starttls_is_not_read() -> None:
    found = heard(
        GREETING, (CLIENT, b"A1 STARTTLS\r\n"), (SERVER, b"A1 OK go\r\n"), (CLIENT, b"\x16\x03\x01\n\nA\r\n"),
        (SERVER, b"\x16\x03\x03\r\n* 1 EXISTS\r\n"), (CLIENT, b"more"),
    )  # fmt: skip
    assert len(found) == 3


def test_in_a_whole_connection_nobody_is_logged_in_before_a_login() -> None:
    conversation = Conversation(whole=True)
    said = (
        (CLIENT, b"early\r\n"), (SERVER, b"* OK hi\r\n"), (CLIENT, b"A1 SELECT x\r\nhidden\r\n"),
        (SERVER, b"A1 OK\r\n* 3 EXISTS\r\n"), (CLIENT, b"A2 LOGIN a b\r\n"), (SERVER, b"A2 OK\r\n"),
        (CLIENT, b"A3 shown\r\n"),
    )  # fmt: skip
    found = [one for direction, octets in said for one in conversation.hear(Piece(direction, octets, 0))]
    assert [text for text in texts(found) if text.startswith((b"*", b"A3"))] == [
        b"*****\r\n", b"* OK hi\r\n", b"******\r\n", b"* 3 EXISTS\r\n", b"A3 shown\r\n",
    ]  # fmt: skip


def test_a_name_that_the_log_masked_breaks_no_grammar() -> None:
    assert rules(heard(PREAUTH, (CLIENT, b"A1 SELECT *****\r\n"), (SERVER, b"A1 NO ***** is not there\r\n"))) == []
    assert rules(heard(PREAUTH, (CLIENT, b"A1 SELECT *\r\n"))) == ["atom"]
