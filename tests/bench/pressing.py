"""Presses keys in a running prompt, and says what each costs.  It imports prompt_toolkit alone, so peers can run it."""

from __future__ import annotations

import asyncio
import gc
import io
import time
from collections.abc import Callable
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

KEYS = 60
_REST = 0.03  # seconds in which all that a key sets off is done

#: What makes a session of an input and an output, and what its `prompt` is called with.
Maker = Callable[[Any, Any], tuple[PromptSession[str], dict[str, Any]]]


class _Nowhere(io.StringIO):
    """A terminal's output that nobody sees."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)


def bare(input: Any, output: Any) -> tuple[PromptSession[str], dict[str, Any]]:
    """prompt_toolkit without anything of one's own."""
    return PromptSession(input=input, output=output), {"message": "ready> "}


async def _pressed(maker: Maker, line: str, keys: int) -> list[float]:
    output = Vt100_Output(_Nowhere(), lambda: Size(rows=40, columns=100), term="xterm-256color")
    with create_pipe_input() as input:
        session, words = maker(input, output)
        prompt = asyncio.ensure_future(session.prompt_async(**words, default=line))
        await asyncio.sleep(10 * _REST)
        gc.collect()
        gc.freeze()
        times = []
        for number in range(keys):
            start = time.process_time()
            input.send_text("abcdefghijklmnopqrstuvwxyz"[number % 26])
            await asyncio.sleep(_REST)
            times.append(time.process_time() - start)
        prompt.cancel()
        await asyncio.gather(prompt, return_exceptions=True)
    return times


def pressed(maker: Maker, line: str, keys: int = KEYS) -> float:
    """Milliseconds of CPU that 95 of 100 keys behind a line keep below, with all that prompt_toolkit does."""
    times = sorted(asyncio.run(_pressed(maker, line, keys)))
    return times[len(times) * 95 // 100] * 1e3
