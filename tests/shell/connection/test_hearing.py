"""What passes a tap is heard behind its passing, in its order, and all of it."""

from __future__ import annotations

import asyncio

from imapsh.session.overheard import Conversation, Overheard
from imapsh.shell.connection import hearing
from imapsh.shell.connection.hearing import Backlog, Hearing
from imapsh.wire.limits import Limits
from imapsh.wire.pieces import CLIENT, SERVER
from tests.shell.tapping import run

GREETING = b"* PREAUTH hi\r\n"


class Heard:
    """`lines` is what was heard, and `failed` what ended it."""

    def __init__(self, backlog: Backlog | None = None, limits: Limits | None = None) -> None:
        self.lines: list[bytes] = []
        self.failed: list[Exception] = []
        conversation = Conversation(limits or Limits(), whole=True)
        self.hearing = Hearing(conversation, backlog or Backlog(), self.take, self.failed.append)

    def take(self, found: Overheard) -> None:
        self.lines.append(found.response.frame.raw)


def test_it_is_heard_later_and_in_order() -> None:
    async def main() -> None:
        heard = Heard()
        heard.hearing.now(SERVER, GREETING)
        assert heard.lines == [GREETING]
        heard.hearing.later(CLIENT, b"a NOOP\r\nb NO")
        heard.hearing.later(SERVER, b"a OK\r\n")
        heard.hearing.later(CLIENT, b"OP\r\n")
        assert heard.lines == [GREETING]
        await heard.hearing.caught_up()
        assert heard.lines == [GREETING, b"a NOOP\r\n", b"a OK\r\n", b"b NOOP\r\n"]

    run(main)


def test_it_lets_others_work_between_lines() -> None:
    async def main() -> None:
        heard = Heard()
        heard.hearing.now(SERVER, GREETING)
        before = hearing._SLICE
        hearing._SLICE = -1.0
        try:
            heard.hearing.later(SERVER, b"* OK x\r\n" * 10)
            for lines in range(2, 6):
                await asyncio.sleep(0)
                assert len(heard.lines) == lines
        finally:
            hearing._SLICE = before
        heard.hearing.finish()
        assert len(heard.lines) == 11

    run(main)


def test_who_passes_waits_while_the_backlog_is_full() -> None:
    async def main() -> None:
        backlog = Backlog(most=20)
        one, other = Heard(backlog), Heard(backlog)
        one.hearing.later(SERVER, GREETING)
        await other.hearing.room()
        one.hearing.later(SERVER, b"* OK x\r\n" * 9)
        waiting = asyncio.create_task(other.hearing.room())
        assert backlog.octets == len(GREETING) + 72
        await one.hearing.caught_up()
        await waiting
        assert backlog.octets == 0

    run(main)


def test_at_the_end_all_that_came_is_heard() -> None:
    async def main() -> None:
        heard = Heard()
        heard.hearing.later(SERVER, GREETING + b"* 1 FETCH (FLAGS ()")
        heard.hearing.finish()
        assert heard.lines == [GREETING, b"* 1 FETCH (FLAGS ()"]

    run(main)


def test_what_cannot_be_followed_is_told_once_and_leaves_no_backlog() -> None:
    async def main() -> None:
        backlog = Backlog()
        heard = Heard(backlog, Limits(line=100))
        for octets in (GREETING, b"x" * 1000, b"x" * 1000):
            heard.hearing.later(SERVER, octets)
        await heard.hearing.caught_up()
        heard.hearing.later(SERVER, b"x")
        heard.hearing.now(SERVER, b"x")
        heard.hearing.finish()
        assert heard.hearing.deaf
        assert [type(one).__name__ for one in heard.failed] == ["LimitError"]
        assert backlog.octets == 0

    run(main)


def test_a_mistake_of_our_own_ends_the_hearing_alone() -> None:
    async def main() -> None:
        heard = Heard()

        def broken(found: Overheard) -> None:
            raise ZeroDivisionError

        heard.hearing._take = broken
        heard.hearing.now(SERVER, GREETING)
        assert [type(one) for one in heard.failed] == [ZeroDivisionError]
        assert heard.hearing.deaf

    run(main)
