"""Faults that are alike, counted together after the first hundred."""

from __future__ import annotations

import json

import pytest

from imapsh.findings import RULES
from imapsh.session.core import Session
from imapsh.session.events import Completed, Received
from imapsh.shell.screen.alike import KINDS, MOST
from imapsh.shell.screen.output import Output

GREETING = b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n"
FLOODS = {
    "requests": (b"+\r\n", "continue-req"),
    "requests with a text": (b"+ x\r\n", "continuation-unasked"),
    "empty lines": (b"\r\n", "response"),
    "line feeds": (b"\n", "line"),
    "garbage": (b"what?\r\n", "response"),
}


def shown(data: bytes, output: Output, command: str = "NOOP", *, ends: bool = True) -> str:
    """What is shown of what a server says while a command runs."""
    session = Session()
    session.receive(GREETING)
    session.line(command)
    list(session.events())
    session.to_send()
    session.receive(data + b"A1 OK done\r\n" * ends)
    text = "".join(piece for event in session.events() for piece in output.texts(event))
    return text + output.flush()


@pytest.mark.parametrize("flood", FLOODS)
@pytest.mark.parametrize("format", ["pretty", "view", "json"])
@pytest.mark.parametrize("ends", [True, False])
def test_e4_alike_faults_are_counted_after_the_first_hundred(flood: str, format: str, ends: bool) -> None:
    line, rule = FLOODS[flood]
    text = shown(line * 2500, Output(format), ends=ends)
    assert text.count(f"[{rule}, ") == MOST + 1 if format != "json" else text.count("\n") == MOST + 1 + ends
    if format == "json":
        more = [json.loads(one) for one in text.splitlines()][MOST]
        assert (more["kind"], more["count"], more["first"]["rule"]) == ("more", 2500 - MOST, rule)
        assert more["first"]["rfc"] == RULES[rule].rfc
    else:
        assert f"and {2500 - MOST:,} more: " in text
    assert ("OK" in text.splitlines()[-1]) == ends


@pytest.mark.parametrize("format", ["wire", "hex"])
def test_e4_octets_are_shown_whole(format: str) -> None:
    text = shown(b"+ x\r\n" * 2500, Output(format))
    assert text.count("+ x") == 2500


def test_e4_json_with_octets_is_whole() -> None:
    text = shown(b"+ x\r\n" * 2500, Output("json", json_raw=True))
    assert text.count('"raw":"KyB4DQo="') == 2500


@pytest.mark.parametrize("format", ["pretty", "view"])
def test_e4_data_is_shown_without_its_fault(format: str) -> None:
    text = shown(b"* 3 EXISTS \r\n" * 1000, Output(format), "NOOP")
    assert text.count("EXISTS" if format == "pretty" else "3 messages") >= 1000
    assert text.count("^") == MOST
    assert "and 900 more: " in text


def test_e4_json_says_of_data_all_that_is_wrong() -> None:
    text = shown(b"* 3 EXISTS \r\n" * 1000, Output("json"))
    assert sum(bool(json.loads(line)["violations"]) for line in text.splitlines()) == 1000


def test_e4_other_faults_are_still_shown_and_the_next_command_begins_anew() -> None:
    session = Session()
    session.receive(GREETING)
    output = Output("pretty")
    for tag in (b"A1", b"A2"):
        session.line("NOOP")
        list(session.events())
        session.to_send()
        session.receive(b"\r\n+ x\r\n" * 300 + b"220 mail ESMTP\r\n" + tag + b" OK done\r\n")
        texts = [(type(event), output.event(event)) for event in session.events()]
        assert sum(bool(text) for kind, text in texts if kind is Received) == 2 * MOST
        assert texts[-1][1].count("and 200 more") == 1
        assert texts[-1][1].count("and 201 more") == 1
        assert texts[-1][0] is Completed


def test_e4_a_response_with_many_faults_shows_the_first() -> None:
    text = shown(b"* FLAGS (" + b"] " * 5000 + b")\r\n", Output("pretty"))
    assert text.count("^") == MOST
    assert "and 900 more: " in text


def test_e4_no_end_of_kinds_takes_no_end_of_memory() -> None:
    output = Output("pretty")
    session = Session()
    session.receive(GREETING)
    list(session.events())
    rules = [rule for rule in RULES if RULES[rule]]
    event = next(iter(_faulty(session)))
    for number in range(3 * KINDS):
        pair = tuple(event.findings[0]._replace(rule=rules[at % len(rules)]) for at in (number, number // 7))
        output.event(event._replace(findings=pair))
    assert len(output._alike[""]._seen) <= KINDS + 1


def _faulty(session: Session) -> list[Received]:
    session.receive(b"+ x\r\n")
    return [event for event in session.events() if isinstance(event, Received)]


def test_e4_requests_count_for_the_limit_on_responses() -> None:
    from imapsh.errors import LimitError
    from imapsh.session.events import Closed
    from imapsh.wire.limits import DEFAULT

    session = Session(limits=DEFAULT.change("responses=500"))
    session.receive(GREETING)
    session.line("NOOP")
    list(session.events())
    session.to_send()
    session.receive(b"+\r\n" * 1000)
    *_, end = session.events()
    assert isinstance(end, Closed)
    assert isinstance(end.error, LimitError)
    assert end.error.limit == "responses"
