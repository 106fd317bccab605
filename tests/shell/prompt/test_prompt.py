"""The prompt in a small or narrow terminal, and its menu."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import StyleAndTextTuples

from imapsh.render.lexer import style_of
from imapsh.render.styles import THEMES
from imapsh.shell.prompt.prompt import TYPED, style
from imapsh.shell.prompt.reading import LONG, Reading
from imapsh.table.model import Context
from imapsh.typed import roles
from imapsh.typed.match import Match
from imapsh.typed.slots import SLOTS
from tests.shell.acting import ENTER, PASTE, PASTED, Peer, acting, play

DOWN, UP = "\x1b[B", "\x1b[A"


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12])
def test_b6_a_line_can_be_typed_whatever_the_rows(rows: int, tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, rows=rows, demo=True) as person:
            await person.prompted_once()
            person.types("SELECT INB")
            await person.screen.shows("SELECT INB")
            assert "too small" not in person.screen.written
            assert ("authenticated  local" in person.screen.text) is (rows > 6)
            person.types("OX" + ENTER)
            await person.screen.shows("demo@demo INBOX>")

    play(scene)


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 120])
def test_b7_a_field_of_the_toolbar_is_there_whole_or_not_at_all(columns: int, tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, columns, demo=True) as person:
            await person.prompted_once()
            person.types("SELECT INBOX" + ENTER)
            await person.screen.until(lambda: "selected" in person.screen.lines[-1])
            status = person.shell.status()
            session = status.session
            assert session is not None
            assert session.mailbox is not None
            fields = ["selected", "INBOX", "EXISTS 11", "local", f"first unseen {session.mailbox.unseen}"]
            fields += [f"UIDNEXT {session.mailbox.uidnext}", f"UIDVALIDITY {session.mailbox.uidvalidity}"]
            fields += [f"HIGHESTMODSEQ {session.mailbox.highestmodseq}"]
            shown = person.screen.lines[-1].split("  ")
            assert [one for one in shown if one not in fields] == []
            assert (len(shown) == len(fields)) is (columns == 120)
            person.types("FETCH 1 ")
            await person.screen.until(lambda: person.screen.lines[-2].endswith("...") or columns > 60)

    play(scene)


@pytest.mark.parametrize(("keys", "chosen"), [(DOWN, 0), (DOWN + DOWN, 1), (UP, -1)])
def test_b10_the_first_enter_takes_what_is_chosen_in_the_menu(keys: str, chosen: int, tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted_once()
            buffer = person.shell.prompt.default_buffer
            person.types("S")
            await person.screen.until(lambda: buffer.complete_state and buffer.complete_state.completions)
            state = buffer.complete_state
            assert state is not None
            words = [one.text for one in state.completions]
            person.types(keys + ENTER)
            await person.screen.until(lambda: buffer.text == words[chosen] and buffer.complete_state is None)
            assert "> A2" not in person.screen.written
            person.types("x" + ENTER)
            await person.screen.shows(f"> A2 {words[chosen]}x")

    play(scene)


def test_b11_what_waits_for_a_command_of_ours_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, no_ask=False) as person:
            await person.prompted_once()
            person.types("SELECT ")
            await peer.hears(b'LIST "" "*"\r\n')
            person.types("x" + ENTER)
            await person.screen.shows("A2 SELECT is not sent yet: A1 LIST, for completion, has no reply yet")
            peer.says(b"A1 OK done\r\n")
            await peer.hears(b"A2 SELECT x\r\n")
            peer.says(b"A2 OK in\r\n")
            await person.screen.shows("< A2 OK in")

    play(scene)


@pytest.mark.parametrize("piece", ["x", "SUBJECT a ", "(", "\x1b", "灯", "{1"])
def test_e17_a_paste_of_a_megabyte_is_read_up_to_a_length_until_it_is_sent(
    piece: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    whole = Reading._match

    def match(self: Reading, command: str, context: Context) -> Match:
        read.append(len(command))
        return whole(self, command, context)

    monkeypatch.setattr(Reading, "_match", match)

    async def scene() -> None:
        async with acting(tmp_path, columns=80, rows=24, demo=True) as person:
            await person.prompted_once()
            text = "SELECT " + piece * (1_000_000 // len(piece))
            await asyncio.to_thread(person.types, PASTE + text + PASTED)  # more than a pipe holds
            await person.screen.shows("characters: too many to be read while you type")
            person.types("(z")
            await person.screen.shows(f"{len(text) + 2:,} characters: too many")
            buffer = person.shell.prompt.default_buffer
            assert buffer.text == text + "(z"
            assert read
            assert max(read) <= LONG
            person.types("\x01\x0b")  # to the beginning, and cut to the end
            await person.screen.until(lambda: not buffer.text)

    play(scene)


@pytest.mark.parametrize("text", ["NOOP " + "x" * 1_000_000, "APPEND x {1000000}\n" + "x" * 1_000_000])
def test_e17_a_paste_of_a_megabyte_is_sent_octet_for_octet(text: str, tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await person.prompted_once()
            await person.screen.shows("hello")
            await asyncio.to_thread(person.types, PASTE + text + PASTED + ENTER)
            first, _, rest = text.partition("\n")
            await peer.hears(first.encode() + b"\r\n")
            if rest:
                peer.says(b"+ go\r\n")
                await peer.hears(rest.encode() + b"\r\n")
            peer.says(b"A1 OK done\r\n")
            await person.screen.shows("A1 OK done")

    play(scene)


def test_a_row_that_goes_on_has_before_it_what_the_library_puts_there(tmp_path: Path) -> None:
    """The prompt is not made for each row of a long line, as the library does to measure it."""

    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted_once()
            prompt = person.shell.prompt
            made = []

            def text() -> StyleAndTextTuples:
                made.append(True)
                return [("class:prompt", "> ")]

            for line, wrapped in ((0, 0), (1, 0), (0, 1), (1, 1), (1, 5)):
                count = len(made)
                own = prompt._get_line_prefix(line, wrapped, text)
                assert (len(made) == count) is (wrapped > 0)
                assert own == PromptSession._get_line_prefix(prompt, line, wrapped, text)

    play(scene)


def test_every_role_of_a_typed_line_has_its_style() -> None:
    every = {"command", "item", "keyword", "secret", "tag", *roles._BY_TOKEN.values()}
    every |= {slot.role for slot in SLOTS.values()}
    theme = THEMES["default"]
    assert {name for name in map(style_of, every) if theme.sgr.get(name)} == TYPED
    made = style(theme)
    for name in TYPED:
        assert made.get_attrs_for_style_str(f"class:{name}") != made.get_attrs_for_style_str("class:none")
