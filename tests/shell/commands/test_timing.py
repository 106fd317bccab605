r"""Times: the closing line, `\timing`, `\repeat`; at the prompt and in batch."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from zlib import MAX_WBITS, Z_SYNC_FLUSH, compressobj, decompressobj

import pytest

from imapsh.errors import UsageError
from imapsh.session.core import Session
from imapsh.session.events import Completed
from imapsh.shell.connection.steps import Line, Pause
from imapsh.shell.prompt.reading import Reading
from imapsh.shell.screen.timing import summary
from imapsh.table.model import Context
from tests.patience import PATIENCE
from tests.shell.acting import ENTER, Peer, acting, play
from tests.shell.hosting import FakeApp
from tests.shell.running import imapsh, listening, running, says, url

MS = r"[\d.]+ ms"


class Clock:
    """A second goes by at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def at_work() -> Session:
    session = Session(clock=Clock())
    session.receive(b"* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hi\r\n")
    list(session.events())
    return session


# -- the closing line


def test_the_first_octet_is_the_first_that_came_not_the_first_line_that_was_whole() -> None:
    session = at_work()
    exchange = session.line("FETCH 1 BODY[]")
    session.to_send()
    before = exchange.to_first
    assert before is None
    session.receive(b"* 1 FETCH (BODY[] {5}\r\nab")
    assert exchange.to_first == 1.0
    session.receive(b"cde)\r\n* 2 EXISTS\r\nA1 OK done\r\n")
    list(session.events())
    assert (exchange.to_first, exchange.elapsed) == (1.0, 2.0)
    assert summary(exchange) == "2.0 s, first after 1.0 s, 19 octets out, 55 in"


def test_what_was_compressed_is_told() -> None:
    session = at_work()
    session.line("COMPRESS DEFLATE")
    session.to_send()
    session.receive(b"A1 OK compressing\r\n")
    (completed,) = [event for event in session.events() if isinstance(event, Completed)]
    assert "deflated" not in summary(completed.exchange)
    coder, decoder = compressobj(wbits=-MAX_WBITS), decompressobj(wbits=-MAX_WBITS)
    exchange = session.line("NOOP")
    crossed = session.to_send()
    assert decoder.decompress(crossed) == b"A2 NOOP\r\n"
    clear = b"* OK " + b"the same again " * 100 + b"\r\nA2 OK done\r\n"
    reply = coder.compress(clear) + coder.flush(Z_SYNC_FLUSH)
    session.receive(reply)
    list(session.events())
    assert exchange.deflated == len(crossed) + len(reply)
    share = 100 * exchange.deflated / (9 + len(clear))
    assert f", 9 octets out, {len(clear):,} in, deflated to {share:.0f} %" in summary(exchange)


def test_it_is_said_at_the_prompt_until_it_is_turned_off(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.enters("SELECT INBOX", "OK: ", "authenticated -> selected")
            await person.enters("\\timing off", "timing: off")
            await person.enters("NOOP", "< A3 OK")
            await person.enters("\\timing", "timing: off")
            below = person.screen.lines[person.screen.line("< A3 OK") :]
            assert not any("octets out" in line for line in below)

    play(scene)


@pytest.mark.parametrize(
    ("words", "said"), [((), False), (("--timing",), True), (("--timing", "--format", "json"), False)]
)
def test_in_a_batch_without_a_terminal_it_is_said_where_asked_for(words: tuple[str, ...], said: bool) -> None:
    done = imapsh("--demo", *words, "-c", "NOOP")
    assert (b"octets out" in done.out) is said
    assert done.status == 0
    assert b"octets out" in imapsh("--demo", "-c", "\\timing on", "-c", "NOOP").out


# -- \repeat


def test_a_line_is_done_again_and_again_and_the_times_are_told() -> None:
    host = FakeApp(connected=True).does("\\repeat 3 0.25 NOOP")
    assert [step for step in host.done if isinstance(step, Line | Pause)] == [
        Line("NOOP"), Pause(0.25), Line("NOOP"), Pause(0.25), Line("NOOP")
    ]  # fmt: skip
    assert re.fullmatch(f"3 times: min {MS}, median {MS}, p90 {MS}, max {MS}", host.said[-1])
    assert host.counters == []


def test_the_worst_status_is_its_own_and_errors_are_counted() -> None:
    host = FakeApp(connected=True)
    assert host.to_the_end(host.perform("\\repeat 2 0 SELECT nowhere")) == "NO"
    assert host.said[-1].endswith("; 2 NO")


def test_own_lines_and_several_commands_can_be_repeated() -> None:
    host = FakeApp(connected=True).does("\\repeat 2 0 \\each NOOP").does("\\repeat 2 0 \\sessions")
    assert host.said[-1] == "2 times"
    assert host.said.count("2 times") == 1


def test_quiet_shows_the_summary_alone_and_loses_nothing_before_or_behind() -> None:
    done = imapsh("--demo", "-c", "SELECT INBOX", "-c", "\\repeat -q 20 0 FETCH 1 FLAGS", "-c", "FETCH 2 FLAGS")
    text = done.out.decode()
    assert "* 1 FETCH" not in text
    assert re.search(r"< A2 OK .*\n20 times: min .*\n> A23 FETCH 2 FLAGS\n- \* 2 FETCH", text)


@pytest.mark.parametrize(
    "argument", ["", "3", "3 1", "0 1 NOOP", "-1 0 NOOP", "x 0 NOOP", "3 x NOOP", "3 -1 NOOP", "3 nan NOOP", "-q"]
)
def test_mistakes(argument: str) -> None:
    with pytest.raises(UsageError, match=r"\\repeat needs|invalid number of times|invalid pause"):
        FakeApp(connected=True).does(f"\\repeat {argument}")


def test_ctrl_c_ends_it_at_the_prompt_and_the_times_are_told(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.enters("\\repeat * 30 NOOP", "< A2 OK")
            await person.screen.until(lambda: not person.shell.prompt.app.is_running)
            signal.raise_signal(signal.SIGINT)
            await person.screen.shows("1 time: min", "interrupted")
            await person.enters("\\repeat * 0 NOOP", "< A40 OK")
            signal.raise_signal(signal.SIGINT)
            await person.screen.shows(" times: min")
            await person.prompted_once()
            await person.enters("\\repeat * 0 \\timing", "timing: on\ntiming: on\ntiming: on")
            signal.raise_signal(signal.SIGINT)
            await person.prompted_once()

    play(scene)


def test_a_server_that_goes_ends_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            person.types("\\repeat * 0 NOOP" + ENTER)
            await peer.hears(b"A1 NOOP\r\n")
            peer.says(b"A1 OK\r\n")
            await peer.hears(b"A2 NOOP\r\n")
            peer.hangs_up()
            await person.screen.shows("A2 NOOP was running", "1 time: min", "not connected>")

    play(scene)


def test_ctrl_c_ends_it_in_a_batch_too() -> None:
    with listening(says()) as port:
        child = running(url(port), "-c", "\\repeat * 60 NOOP")
        assert child.stdout is not None
        while b"OK done" not in child.stdout.readline():
            pass
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 130
    assert b"1 time: min" in out
    assert err == b""


@pytest.mark.parametrize("words", ["3 0", "-q * 0.5", " -q  10   .5 ", "3 x"])
def test_a_password_in_the_line_is_kept_nowhere(words: str) -> None:
    kept = Reading(Context).without_secrets(f"\\repeat {words} LOGIN edda hunter22")
    assert "hunter22" not in kept
    assert "LOGIN edda" in kept
