"""Characters that a paste brings in unseen are named where something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.shell.lines.pasted import explained
from tests.shell.acting import PASTE, PASTED, acting, play
from tests.shell.running import imapsh

LINES = [
    ("SELECT\u00a0INBOX", "SELECT<U+00A0>INBOX", "(character 7: <U+00A0> is no-break space)"),
    ("SELECT\u200b INBOX", "SELECT<U+200B>", "(character 7: <U+200B> is zero width space)"),
    ("SEL\u202eECT INBOX", "SEL<U+202E>ECT", "(character 4: <U+202E> is right-to-left override)"),
    ("SELECT\u2003INBOX", "SELECT<U+2003>INBOX", "(character 7: <U+2003> is em space)"),
    ("\ufeffNOOP", "<U+FEFF>NOOP", "(character 1: <U+FEFF> is zero width no-break space)"),
    ("LIST \u201c\u201d *", "", "(character 6: \u201c is a typographic quote; IMAP's is \")"),
    ("\u2018SELECT INBOX", "\u2018SELECT", "(character 1: \u2018 is a typographic quote; IMAP's is \")"),
]


@pytest.mark.parametrize(("line", "cited", "named"), LINES)
def test_b8_a_batch_names_what_is_not_seen(line: str, cited: str, named: str) -> None:
    done = imapsh("--demo", "-f", "-", stdin=f"{' ' if line[0] == chr(0xFEFF) else ''}{line}\n".encode())
    if line[0] == "\ufeff":
        assert "<U+FEFF>" in done.err
    else:
        assert named in done.err
        assert cited in done.err


@pytest.mark.parametrize(("line", "cited", "named"), LINES)
def test_b8_the_toolbar_names_it(line: str, cited: str, named: str, tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted_once()
            person.types(f"{PASTE}{line}{PASTED}")
            await person.screen.shows(cited, named)
            assert named in person.screen.lines[-2]

    play(scene)


def test_a_line_without_such_characters_is_explained_as_it_was() -> None:
    assert explained("unknown command Größe", "Größe \"a\" 'b'") == "unknown command Größe"
