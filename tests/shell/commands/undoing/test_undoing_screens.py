r"""`\undo` as a person sees it: the question, what was done, and what is not seen of it."""

from __future__ import annotations

from pathlib import Path

from tests.shell.acting import acting, play

INBOX = "demo@demo INBOX>"


def test_a_change_is_taken_back_and_listed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_ask=False) as person:
            await person.enters("SELECT INBOX", INBOX)
            await person.enters("UID STORE 1:* +FLAGS.SILENT (\\Seen)", "OK stored")
            assert "FETCH" not in person.screen.text  # the flags were asked for unseen
            await person.enters("\\undo", "would take \\Seen off 4 messages in INBOX; do it? [y/N]")
            await person.enters("n", "imapsh: nothing was taken back")
            await person.enters("\\undo")
            await person.screen.until(lambda: person.screen.text.count("do it? [y/N]") == 2)
            await person.enters("y", "did this: take \\Seen off 4 messages in INBOX; \\undo 2 takes that back")
            await person.enters("\\journal", "taken back by change 2")
            await person.prompted(INBOX)

    play(scene)


def test_the_typed_line_is_the_last_exchange(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_ask=False) as person:
            await person.enters("SELECT INBOX", INBOX)
            await person.enters("STORE 1 +FLAGS.SILENT (\\Flagged)", "OK stored")
            await person.enters("\\last wire", "STORE 1 +FLAGS.SILENT (\\Flagged)")
            assert "UID FLAGS" not in person.screen.text

    play(scene)
