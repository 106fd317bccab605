"""Events in every format, and the last exchange shown again."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from imapsh.render.styles import THEMES
from imapsh.session.core import Session
from imapsh.session.events import Completed, Event, Received, Sent
from imapsh.shell.record.last import Last
from imapsh.shell.screen.output import Output, command_text, release, room, theme_for
from imapsh.shell.screen.timing import summary
from imapsh.shell.settings.options import FORMATS, Options
from imapsh.wire.sinks import SpoolSink, opener

BIG = bytes(range(256)) * 16
SERVER = (
    b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n",
    b"* 3 EXISTS\r\n* ENABLED UTF8=ACCEPT\r\n* 1 FETCH (FLAGS (\\Seen) BODY[] {4096}\r\n" + BIG + b")\r\n"
    b"* LIST () \"/\" \"Z\xc3\xbcrich\"\r\n* SEARCH 1 \r\nzz OK who\r\n+ go\r\nA1 OK [READ-WRITE] done\r\n",
)  # fmt: skip


def conversation(threshold: int = 1 << 20) -> tuple[Session, list[Event]]:
    session = Session(opener=opener(threshold, SpoolSink))
    events: list[Event] = []

    def move() -> Iterator[Event]:
        yield from session.events()
        while session.to_send():
            yield from session.events()

    session.receive(SERVER[0])
    events += move()
    session.line("SELECT INBOX")
    events += move()
    session.receive(SERVER[1])
    events += move()
    return session, events


def let_go(events: list[Event]) -> None:
    for event in events:
        if isinstance(event, Received):
            release(event.response.frame)


def test_the_wire_for_a_pipe_is_what_the_server_sent() -> None:
    for threshold in (1 << 20, 1000):
        _, events = conversation(threshold)
        output = Output("wire")
        assert b"".join(octets for event in events for octets in output.octets(event)) == b"".join(SERVER)
        let_go(events)


def test_json_has_an_object_for_each_response() -> None:
    _, events = conversation()
    output = Output("json", json_raw=True)
    objects = [json.loads(line) for event in events for line in output.event(event).splitlines()]
    assert sum(one["length"] for one in objects) == sum(map(len, SERVER))
    (tagged,) = [one for one in objects if one.get("command")]
    assert (tagged["tag"], tagged["command"]) == ("A1", "SELECT INBOX")
    assert tagged["elapsed"] >= 0
    rules = [finding["rule"] for one in objects for finding in one.get("findings", [])]
    assert {"tag-unknown", "continuation-unasked"} <= set(rules)
    assert all(one["raw"] for one in objects)


def test_a_large_literal_is_its_size_and_sum_in_json() -> None:
    _, events = conversation(1000)
    (fetch,) = [json.loads(text) for event in events if "FETCH" in (text := Output("json").event(event))]
    assert fetch["value"]["BODY[]"]["octets"] == len(BIG)
    let_go(events)


def test_pretty_tells_time_and_changes_where_wanted() -> None:
    _, events = conversation()
    with_summary = Output("pretty", summary=True)
    (completed,) = [event for event in events if isinstance(event, Completed)]
    assert summary(completed.exchange) in with_summary.event(completed)
    assert summary(completed.exchange) not in Output("pretty").event(completed)
    assert Output("pretty", THEMES["default"]).event(completed).count("\x1b[") > 2


def test_hex_says_whose_octets_they_are() -> None:
    _, events = conversation()
    texts = [Output("hex").event(event) for event in events if isinstance(event, Sent | Received)]
    assert sum("-- client" in text for text in texts) == 1
    assert all("|" in text for text in texts)


def test_colour() -> None:
    assert theme_for(Options(color="always"), False) is not None
    assert theme_for(Options(color="never"), True) is None
    assert theme_for(Options(color="auto"), False) is None


@pytest.mark.parametrize(("value", "no"), [("1", True), ("", False)])
def test_no_color(monkeypatch: pytest.MonkeyPatch, value: str, no: bool) -> None:
    monkeypatch.setenv("NO_COLOR", value)
    assert (theme_for(Options(color="auto"), True) is None) is no


def test_a_dumb_terminal_and_plain_have_none_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert theme_for(Options(), True) is THEMES["default"]
    assert theme_for(Options(theme="light"), True) is THEMES["light"]
    assert theme_for(Options(plain=True), True) is None
    monkeypatch.setenv("TERM", "dumb")
    assert theme_for(Options(), True) is None
    assert theme_for(Options(color="always", plain=True), True) is THEMES["default"]


@pytest.mark.parametrize("memory", [1 << 20, 0])
@pytest.mark.parametrize("threshold", [1 << 20, 1000])
def test_the_last_exchange_is_kept_whole_in_memory_and_beyond(memory: int, threshold: int) -> None:
    session, events = conversation(threshold)
    last = Last(session.parser, memory=memory)
    for event in events:
        last.add(event)
    for form in FORMATS:
        output = Output(form, THEMES["default"], summary=True)
        assert list(last.render(output)) == [text for event in events if (text := output.event(event))]
    assert b"".join(last.octets(Output("wire"))) == b"".join(SERVER)
    assert [event[1:] for event in last.events()] == [event[1:] for event in events]
    last.begin()
    assert list(last.events()) == []
    last.add(events[0])
    assert len(list(last.events())) == 1


def test_a_command_s_text_has_no_tag_and_no_secret() -> None:
    session = Session()
    exchange = session.line("x7 LOGIN me hunter22")
    assert command_text(exchange) == "LOGIN me ********"


@pytest.mark.parametrize(
    ("line", "text"),
    [("CREATE Entwürfe", "CREATE Entwürfe"), ("CREATE Entw\udcfcrfe", "CREATE Entw\\xfcrfe"), ("NOOP €", "NOOP €")],
)
def test_c3_a_command_s_text_is_what_was_typed_and_an_odd_octet_is_named(line: str, text: str) -> None:
    assert command_text(Session().line(line)) == text


@pytest.mark.parametrize("format", ["pretty", "view"])
def test_beside_a_name_lines_are_no_wider_than_the_terminal(format: str) -> None:
    output, narrower = Output(format, width=50, summary=True), Output(format, width=42, summary=True)
    events = [event for event in conversation()[1] if not isinstance(event, Completed)]
    lines = "".join(output.event(event, "second") for event in events).splitlines()
    alone = "".join(narrower.event(event) for event in events).splitlines()
    assert lines == [f"second| {line}" for line in alone]
    assert (output.width, room(50, "second"), room(None, "second"), room(50, "")) == (50, 42, None, 50)


def test_what_is_said_behind_a_command_is_folded() -> None:
    events = [event for event in conversation()[1] if isinstance(event, Completed)]
    lines = "".join(map(Output(width=30, summary=True).closing, events)).splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= 30


@pytest.mark.parametrize("label", ["", "two"])
@pytest.mark.parametrize("form", ["pretty", "wire", "json", "hex"])
def test_a16_a_literal_in_a_file_is_shown_in_pieces(form: str, label: str) -> None:
    """The same as in one piece, and all of it in wire, hex and raw JSON."""
    _, events = conversation(1000)
    _, whole = conversation(1 << 20)
    output = Output(form, json_raw=True, summary=True)
    for event, same in zip(events, whole, strict=True):
        text = "".join(output.texts(event, label))
        assert text == output.event(event, label)
        assert "_io." not in text
        if form in ("wire", "hex") and not isinstance(event, Completed):  # its time is another
            assert text == output.event(same, label)
        elif form == "json" and isinstance(event, Received):
            assert json.loads(text)["raw"] == json.loads(output.event(same, label))["raw"]
    let_go(events)


def test_a16_a_prompt_cuts_it_and_names_the_way_to_all() -> None:
    _, events = conversation(1000)
    [event] = [one for one in events if isinstance(one, Received) and one.response.name == "FETCH"]
    for form, line in (("wire", "4,096 octets in all: \\last wire"), ("hex", "4,096 octets in all: \\last hex")):
        output = Output(form)
        output.cut = 5
        assert line in "".join(output.texts(event))
        assert "".join(output.texts(event)) == output.event(event)
    output = Output("json", json_raw=True)
    output.cut = 5
    assert "raw" not in json.loads("".join(output.texts(event)))
    let_go(events)
