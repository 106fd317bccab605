"""A shell on a terminal in memory: keys go in by a pipe, what is seen is read off a screen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pyte
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from imapsh.shell.connection.background import BackgroundDial
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.prompt.shell import Shell
from imapsh.shell.settings.options import Options
from tests.patience import PATIENCE

ENTER, CTRL_C, CTRL_D, UP, TAB = "\r", "\x03", "\x04", "\x1b[A", "\t"
PASTE, PASTED = "\x1b[200~", "\x1b[201~"


class Screen:
    """What a terminal of this size would show; also every octet that went to it."""

    encoding = "utf-8"

    def __init__(self, columns: int = 160, rows: int = 60) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.screen.set_mode(pyte.modes.LNM)
        self.pieces: list[str] = []
        self.patience: float = PATIENCE
        self.blind = False  # the octets are kept and no screen is made of them
        self._lines: dict[int, str] = {}  # as they were when `lines` was asked for last
        self._stream = pyte.Stream(self.screen)
        self.answer: Callable[[str], None] = lambda text: None
        self._news = asyncio.Event()
        size = Size(rows, columns)
        self.output = Vt100_Output(self, lambda: size, term="xterm")  # type: ignore[arg-type]

    def write(self, text: str) -> None:
        self.pieces.append(text)
        if not self.blind:
            self._stream.feed(text)
        if "\x1b[6n" in text:  # where is the cursor?
            self.answer(f"\x1b[{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R")
        self._news.set()

    def wake(self, done: object = None) -> None:
        """Let conditions be looked at again."""
        self._news.set()

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError("a terminal in memory has no descriptor")

    @property
    def written(self) -> str:
        """All that went to the terminal, escape sequences included."""
        return "".join(self.pieces)

    @property
    def lines(self) -> list[str]:
        """The same as `screen.display`, which looks at every character; most lines are as they were before."""
        rows = {row: self._characters(row) for row in self.screen.dirty}
        if not all(map(str.isascii, rows.values())):  # some may be wide
            display = self.screen.display
            rows = {row: display[row] for row in rows}
        self.screen.dirty.clear()
        self._lines.update((row, text.rstrip()) for row, text in rows.items())
        return [self._lines[row] for row in range(self.screen.lines)]

    def _characters(self, row: int) -> str:
        line = self.screen.buffer[row]
        return "".join([line[column].data for column in range(self.screen.columns)])

    @property
    def text(self) -> str:
        return "\n".join(self.lines).rstrip()

    async def until(self, condition: Callable[[], object]) -> None:
        try:
            async with asyncio.timeout(self.patience):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"it was never seen; the screen:\n{self.text}") from None

    async def shows(self, *texts: str) -> None:
        def seen() -> bool:
            text = self.text
            return all(one in text for one in texts)

        await self.until(seen)

    def line(self, text: str) -> int:
        """The number of the last line that holds a text."""
        return max(number for number, line in enumerate(self.lines) if text in line)


class Actor:
    """A person at the shell."""

    def __init__(self, shell: Shell, screen: Screen, keys: PipeInput) -> None:
        self.shell = shell
        self.screen = screen
        self._keys = keys

    def types(self, text: str) -> None:
        self._keys.send_text(text)

    async def enters(self, line: str, *seen: str) -> None:
        self.types(line + ENTER)
        await self.screen.shows(*seen)

    async def prompted(self, prompt: str) -> None:
        """The prompt stands last, nothing typed behind it."""
        await self.screen.until(lambda: self._last_prompt() == prompt)

    async def prompted_once(self) -> None:
        """Some prompt stands."""
        await self.screen.until(lambda: self.shell.prompt.app.is_running)

    def _last_prompt(self) -> str:
        body = [line for line in self.screen.lines[:-2] if line]
        return body[-1] if body and self.shell.prompt.app.is_running else ""


@contextlib.asynccontextmanager
async def acting(folder: Path, columns: int = 160, rows: int = 60, **options: object) -> AsyncIterator[Actor]:
    """A shell begun with these options, and --no-ask unless they say otherwise.  In the end it is left with Ctrl-D."""
    chosen = Options(**{"no_ask": True, **options})  # type: ignore[arg-type]
    with create_pipe_input() as keys, create_app_session(input=keys):
        screen = Screen(columns, rows)
        screen.answer = keys.send_text
        shell = Shell(chosen, folder=folder, input=keys, output=screen.output)
        running = asyncio.create_task(shell.run(BackgroundDial(make_plan(chosen))))
        running.add_done_callback(screen.wake)
        actor = Actor(shell, screen, keys)
        try:
            yield actor
            if not running.done():
                await screen.until(lambda: running.done() or shell.prompt.app.is_running)
                keys.send_text("\x15" + CTRL_D)
            async with asyncio.timeout(PATIENCE):
                assert await running == 0
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def play(scene: Callable[[], Awaitable[None]], seconds: float = 3 * PATIENCE) -> None:
    asyncio.run(_limited(scene, seconds))


async def _limited(scene: Callable[[], Awaitable[None]], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await scene()


class Peer:
    """A server written by hand, on loopback: one conversation after the other."""

    def __init__(self, greeting: bytes = b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE LITERAL+] hello\r\n") -> None:
        self.greeting = greeting
        self.heard = b""
        self.conversations = 0
        self.port = 0
        self._news = asyncio.Event()
        self._writer: asyncio.StreamWriter
        self._server: asyncio.Server

    async def __aenter__(self) -> Peer:
        self._server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        if self.conversations:
            self._writer.close()
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"imap://127.0.0.1:{self.port}"

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.conversations += 1
        writer.write(self.greeting)
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1 << 16):
                self.heard += data
                self._news.set()
                if b"LOGOUT\r\n" in data:
                    tag = data.rpartition(b" LOGOUT")[0].split()[-1]
                    writer.write(b"* BYE bye\r\n" + tag + b" OK out\r\n")
                    break
        writer.close()

    async def hears(self, octets: bytes) -> None:
        """Wait for these octets, and forget what came up to them."""
        async with asyncio.timeout(PATIENCE):
            while octets not in self.heard:
                self._news.clear()
                await self._news.wait()
        self.heard = self.heard.partition(octets)[2]

    def says(self, octets: bytes) -> None:
        self._writer.write(octets)

    async def says_much(self, octets: bytes) -> None:
        self._writer.write(octets)
        await self._writer.drain()

    def hangs_up(self) -> None:
        self._writer.close()
