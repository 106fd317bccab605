"""Output is gathered, cut behind lines, and waits for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from prompt_toolkit.output import DummyOutput

from imapsh.render.visible import Shown
from imapsh.shell.screen.printer import PIECE, Printer
from tests.patience import PATIENCE


class Written(DummyOutput):
    """What was written, write by write."""

    def __init__(self) -> None:
        self.writes: list[str] = []

    def write_raw(self, data: str) -> None:
        self.writes.append(data)


def play(scene: Callable[[Printer, Written], Awaitable[None]]) -> Written:
    output = Written()

    async def whole() -> None:
        async with asyncio.timeout(PATIENCE):
            printer = Printer(output)
            await scene(printer, output)
            await printer.close()

    asyncio.run(whole())
    return output


def test_what_is_due_is_written_at_once() -> None:
    async def scene(printer: Printer, output: Written) -> None:
        for number in range(1000):
            printer.put(Shown(f"line {number}\n"))
        assert output.writes == []
        await printer.drain()

    assert play(scene).writes == ["".join(f"line {number}\n" for number in range(1000))]


def test_pieces_are_bounded_and_end_with_a_line() -> None:
    line = "x" * 99 + "\n"

    async def scene(printer: Printer, output: Written) -> None:
        for _ in range(3000):
            printer.put(Shown(line))
        printer.put(Shown(line * 2000))
        printer.put(Shown("y" * (PIECE + 10) + "\n"))

    output = play(scene)
    assert "".join(output.writes) == line * 5000 + "y" * (PIECE + 10) + "\n"
    assert all(len(piece) <= PIECE for piece in output.writes)
    assert all(piece.endswith("\n") for piece in output.writes[:-2])


def test_who_brings_more_waits_for_room() -> None:
    async def scene(printer: Printer, output: Written) -> None:
        printer.put(Shown("x" * (5 * PIECE)))
        assert not output.writes
        await printer.room()
        assert len(output.writes) >= 3

    play(scene)


def test_what_is_dropped_is_not_written_and_frees_the_room() -> None:
    async def scene(printer: Printer, output: Written) -> None:
        owner = object()
        printer.put(Shown("keep\n"))
        printer.put(Shown("x\n" * 5 * PIECE), owner)
        printer.put(Shown("and this\n"))
        printer.drop(owner)
        await printer.room()

    assert "".join(play(scene).writes) == "keep\nand this\n"


def test_a_terminal_that_is_gone_blocks_nobody() -> None:
    class Gone(Written):
        def flush(self) -> None:
            raise OSError(5, "Input/output error")

    async def scene() -> None:
        async with asyncio.timeout(PATIENCE):
            printer = Printer(Gone())
            printer.put(Shown("x" * (5 * PIECE)))
            await printer.room()
            await printer.drain()
            await printer.close()

    asyncio.run(scene())


def test_nothing_is_written_while_the_terminal_is_somebody_elses() -> None:
    async def scene(printer: Printer, output: Written) -> None:
        with printer.held():
            printer.put(Shown("news\n"))
            for _ in range(10):
                await asyncio.sleep(0)
            assert output.writes == []
        await printer.drain()

    assert play(scene).writes == ["news\n"]
