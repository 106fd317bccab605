"""What the rules of a tap do with octets, however they are cut."""

from __future__ import annotations

import pytest

from imapsh.shell.connection.ruling import END, KEEP, MOST_HELD, NOTE, PASS, SAY, WAIT, Ruling, Step
from imapsh.shell.connection.taprules import parse_rule
from imapsh.wire.pieces import CLIENT, SERVER


def ruling(*rules: str) -> Ruling:
    return Ruling(tuple(map(parse_rule, rules)))


def done(steps: list[Step]) -> list[tuple[str, bytes]]:
    """Join what passes, and leave the notes out."""
    found: list[tuple[str, bytes]] = []
    for step in steps:
        if step.do == PASS and found and found[-1][0] == PASS:
            found[-1] = (PASS, found[-1][1] + step.octets)
        elif step.do != NOTE:
            found.append((step.do, step.octets))
    return found


def notes(steps: list[Step]) -> list[str]:
    return [step.text for step in steps if step.do == NOTE]


def cut(rules: Ruling, side: str, octets: bytes, size: int) -> list[Step]:
    """Let octets come in pieces of a size."""
    return [step for at in range(0, len(octets), size) for step in rules.steps(side, octets[at : at + size])]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"* CAPABILITY IMAP4rev1 IDLE ID\r\n", b"* CAPABILITY IMAP4rev1 ID\r\n"),
        (b"* OK [CAPABILITY IMAP4rev1 idle] hi IDLE\r\n", b"* OK [CAPABILITY IMAP4rev1] hi IDLE\r\n"),
        (b"* PREAUTH [CAPABILITY IDLE IMAP4rev1] hi\r\n", b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n"),
        (b"a OK [CAPABILITY IMAP4rev1 IDLE ID] in\r\n", b"a OK [CAPABILITY IMAP4rev1 ID] in\r\n"),
        (b"* CAPABILITY IMAP4rev1 IDLE2 XIDLE\r\n", b"* CAPABILITY IMAP4rev1 IDLE2 XIDLE\r\n"),
        (b"* OK use IDLE\r\n* 1 FETCH (X IDLE)\r\n", b"* OK use IDLE\r\n* 1 FETCH (X IDLE)\r\n"),
        (b"* X {24}\r\n* CAPABILITY A IDLE B\r\n\r\n)\r\n", b"* X {24}\r\n* CAPABILITY A IDLE B\r\n\r\n)\r\n"),
        (b"* X {0}\r\n {3}\r\na\r\n\r\n* CAPABILITY A IDLE\r\n", b"* X {0}\r\n {3}\r\na\r\n\r\n* CAPABILITY A\r\n"),
        (b"\x16\x03\x01\x00\n\x00* CAPABILITY A IDLE\n", b"\x16\x03\x01\x00\n\x00* CAPABILITY A IDLE\n"),
    ],
)
def test_a_capability_is_hidden_and_nothing_else_is_changed(before: bytes, after: bytes, size: int) -> None:
    steps = cut(ruling("hide IDLE"), SERVER, before, size)
    assert done(steps) == [(PASS, after)]
    told = ["hide IDLE: IDLE taken out of the server's capabilities"]
    assert [text.replace("idle", "IDLE") for text in notes(steps)] == (told if before != after else [])


def test_all_that_begin_so_are_hidden() -> None:
    steps = list(ruling("hide AUTH=*").steps(SERVER, b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE AUTH=LOGIN\r\n"))
    assert done(steps) == [(PASS, b"* CAPABILITY IMAP4rev1 IDLE\r\n")]
    assert notes(steps) == ["hide AUTH=*: AUTH=PLAIN AUTH=LOGIN taken out of the server's capabilities"]


def test_the_only_capability_stays_so_that_the_line_is_valid() -> None:
    steps = list(ruling("hide *").steps(SERVER, b"* OK [CAPABILITY IMAP4rev1] hi\r\n"))
    assert done(steps) == [(PASS, b"* OK [CAPABILITY IMAP4rev1] hi\r\n")]
    assert notes(steps) == ["hide *: nothing else is in the server's list, which stays as it is"]


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_command_is_answered_and_the_server_does_not_get_it(size: int) -> None:
    rules = ruling('answer NOOP "* 5 EXISTS" "NO go away"')
    steps = cut(rules, CLIENT, b"a LIST x y\r\nb noop\r\nc LIST x y\r\n", size)
    assert done(steps) == [
        (PASS, b"a LIST x y\r\n"),
        (KEEP, b"b noop\r\n"),
        (SAY, b"* 5 EXISTS\r\nb NO go away\r\n"),
        (PASS, b"c LIST x y\r\n"),
    ]
    assert notes(steps) == ["answer NOOP: the server does not get this command, the tap answers it"]


def test_an_answer_waits_for_the_end_of_a_response() -> None:
    rules = ruling("answer NOOP OK")
    before = list(rules.steps(SERVER, b"* 1 FETCH (BODY[] {4}\r\nab"))
    assert done(before) == [(PASS, b"* 1 FETCH (BODY[] {4}\r\nab")]
    assert done(list(rules.steps(CLIENT, b"a NOOP\r\n"))) == [(KEEP, b"a NOOP\r\n")]
    after = list(rules.steps(SERVER, b"cd)\r\n* 2 EXISTS\r\n"))
    assert done(after) == [(PASS, b"cd)\r\n"), (SAY, b"a OK\r\n"), (PASS, b"* 2 EXISTS\r\n")]


def test_a_literal_that_waits_is_refused_and_one_that_does_not_is_swallowed() -> None:
    rules = ruling('answer APPEND "NO full"')
    assert done(list(rules.steps(CLIENT, b"a APPEND x {3}\r\nb NOOP\r\n"))) == [
        (KEEP, b"a APPEND x {3}\r\n"),
        (SAY, b"a NO full\r\n"),
        (PASS, b"b NOOP\r\n"),
    ]
    steps = list(rules.steps(CLIENT, b"c APPEND x {3+}\r\nabc {2+}\r\nde\r\nd NOOP\r\n"))
    assert done([step for step in steps if step.do != KEEP]) == [(SAY, b"c NO full\r\n"), (PASS, b"d NOOP\r\n")]
    assert b"".join(step.octets for step in steps if step.do == KEEP) == b"c APPEND x {3+}\r\nabc {2+}\r\nde\r\n"


def test_octets_of_a_literal_are_no_command() -> None:
    octets = b"a APPEND x {8+}\r\nb NOOP\r\n\r\n"
    assert done(list(ruling("answer NOOP OK").steps(CLIENT, octets))) == [(PASS, octets)]


@pytest.mark.parametrize(
    ("rule", "side", "octets", "wanted"),
    [
        ("delay 2", SERVER, b"* x", [(WAIT, b""), (PASS, b"* x")]),
        ("delay 2", CLIENT, b"* x", [(PASS, b"* x")]),
        ("delay 2 client", CLIENT, b"a", [(WAIT, b""), (PASS, b"a")]),
        ("delay 2 FETCH", CLIENT, b"a UID FETCH 1 x\r\n", [(WAIT, b""), (PASS, b"a UID FETCH 1 x\r\n")]),
        ("delay 2 FETCH", CLIENT, b"a NOOP FETCH\r\n", [(PASS, b"a NOOP FETCH\r\n")]),
        (
            "delay 2 * EXISTS",
            SERVER,
            b"* 1 RECENT\r\n* 2 EXISTS\r\n",
            [(PASS, b"* 1 RECENT\r\n"), (WAIT, b""), (PASS, b"* 2 EXISTS\r\n")],
        ),
        ("cut 3", SERVER, b"abcde", [(PASS, b"abc"), (END, b"")]),
        ("cut 0 client", CLIENT, b"abcde", [(END, b"")]),
        ("cut 9", SERVER, b"abcde", [(PASS, b"abcde")]),
    ],
)
def test_delay_and_cut(rule: str, side: str, octets: bytes, wanted: list[tuple[str, bytes]]) -> None:
    steps = list(ruling(rule).steps(side, octets))
    assert done(steps) == wanted
    assert len(notes(steps)) == (len(wanted) > 1 or wanted[0][0] == END)
    assert all(step.seconds == 2 for step in steps if step.do == WAIT)


def test_a_cut_counts_over_all_pieces() -> None:
    steps = cut(ruling("cut 5"), SERVER, b"abcdefgh", 2)
    assert done(steps)[0] == (PASS, b"abcde")
    assert notes(steps)[0] == "cut: the connection ends after 5 octets of the server; 1 octet that came do not pass"


def test_octets_are_split() -> None:
    steps = list(ruling("split 2").steps(SERVER, b"abcde"))
    assert [step.octets for step in steps if step.do == PASS] == [b"ab", b"cd", b"e"]
    assert notes(steps) == ["split: 5 octets of the server pass in 3 pieces"]


def test_rules_that_read_lines_end_with_compress_and_say_so() -> None:
    rules = ruling("hide IDLE", "answer NOOP OK", "split 100")
    assert done(list(rules.steps(CLIENT, b"a COMPRESS DEFLATE\r\n"))) == [(PASS, b"a COMPRESS DEFLATE\r\n")]
    steps = list(rules.steps(SERVER, b"a OK begin\r\n* CAPABILITY A IDLE\r\n"))
    assert done(steps) == [(PASS, b"a OK begin\r\n* CAPABILITY A IDLE\r\n")]
    assert notes(steps) == [
        "COMPRESS begins: the rule 'hide IDLE', the rule 'answer NOOP OK' cannot work any more on this connection"
    ]
    assert done(list(rules.steps(CLIENT, b"b NOOP\r\n"))) == [(PASS, b"b NOOP\r\n")]


@pytest.mark.parametrize("octets", [b"* " + b"x" * MOST_HELD, b"no line, \x00"])
def test_what_never_ends_is_not_held(octets: bytes) -> None:
    rules = ruling("hide IDLE")
    assert done(list(rules.steps(SERVER, octets))) == [(PASS, octets)]
    assert rules.end(SERVER) == b""


def test_what_is_held_at_the_end_is_not_lost_and_before_tls_it_is_nobodys() -> None:
    rules = ruling("hide IDLE")
    assert done(list(rules.steps(SERVER, b"* OK h"))) == []
    assert rules.end(SERVER) == b"* OK h"
    assert done(list(rules.steps(SERVER, b"* BYE "))) == []
    rules.secured()
    assert rules.end(SERVER) == b""
