"""Values, aliases, operators and comments at the prompt, as they are seen."""

from __future__ import annotations

import os
from pathlib import Path

import pexpect
import pytest

from tests.shell.acting import ENTER, PASTE, PASTED, Peer, acting, play
from tests.shell.prompt.test_repl_terminal import home, start  # noqa: F401 - a fixture

READY = "demo@demo>"


def test_what_is_typed_is_read_as_it_is_meant(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted(READY)
            await person.enters("\\set box INBOX")
            await person.enters("\\alias go SELECT ${1}")
            person.types("go IN")
            await person.screen.shows("stands for SELECT ${1}")
            person.types("\x15SELECT ${box}")
            await person.screen.shows("<mailbox>")
            person.types(ENTER)
            await person.screen.shows("SELECT INBOX", "11 EXISTS")
            person.types("SEARCH SUBJECT a > somewhere")
            await person.screen.shows("the output goes into somewhere")
            person.types("\x15FETCH ${uids} FLAGSX")
            await person.screen.shows(", not 'FLAGSX'")
            person.types("\x15# SELECT nothing {3}")
            person.types(ENTER)
            person.types("NOOP" + ENTER)
            await person.screen.shows("NOOP", "OK")
            assert "nothing" not in "\n".join(line for line in person.screen.lines if line.startswith(("> ", "imapsh")))

    play(scene)


def test_a_paste_of_several_lines_knows_no_operators(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted(READY)
            path = tmp_path / "out"
            person.types(f"{PASTE}NOOP > {path}\rNOOP{PASTED}" + ENTER)
            await person.screen.shows(f"> A2 NOOP > {path}"[:30], "BAD")
            assert not path.exists()
            await person.enters(f"NOOP > {path}", "wrote ")
            assert path.exists()

    play(scene)


def test_secrets_in_variables_are_never_seen_nor_kept(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer(b"* OK [CAPABILITY IMAP4rev1 LITERAL+] hello\r\n") as peer, \
                acting(tmp_path, url=peer.url, cleartext=True) as person:  # fmt: skip
            await person.prompted_once()
            await person.enters("\\set mine swordfish-7")
            await person.enters("\\set password marlin-seven")
            await person.enters("\\history", "\\set mine swordfish-7")
            person.types("LOGIN joe ${mine}" + ENTER)
            await peer.hears(b"LOGIN joe swordfish-7\r\n")
            peer.says(b"* CAPABILITY IMAP4rev1\r\nA1 NO [ALERT] swordfish-7 is wrong\r\n")
            await person.screen.shows("NO [ALERT] ***")
            person.screen.screen.reset()
            await person.enters("\\history", "LOGIN joe")
            await person.enters("\\set", "mine")
            await person.enters("\\last wire", "NO [ALERT]")
            assert "swordfish-7" not in person.screen.text
            assert "marlin" not in person.screen.written
        kept = (tmp_path / "history").read_bytes()
        assert b"swordfish-7" not in kept
        assert b"marlin" not in kept
        assert b"\\set mine" in kept

    play(scene)


def test_d18_a_pager_has_the_terminal_and_gives_it_back(home: dict[str, str]) -> None:  # noqa: F811
    shell = start({**home, "LESS": "", "PATH": os.environ["PATH"]}, "--demo")
    shell.expect("demo@demo")
    shell.sendline("SELECT Archive")
    shell.expect("OK opened|READ-WRITE")
    shell.expect("demo@demo")
    shell.sendline("FETCH 1:* (FLAGS ENVELOPE) | less")
    shell.expect("1 FETCH")
    shell.sendcontrol("c")  # less goes on
    shell.send("G")
    shell.expect("240 FETCH")
    shell.send("q")
    shell.expect("demo@demo")
    shell.sendline("FETCH 1:* FLAGS | head -n 2")
    shell.expect("1 FETCH")
    shell.expect("demo@demo")
    shell.sendline("\\history 2")
    shell.expect(r"FLAGS \| head -n 2")
    shell.sendcontrol("d")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 0


@pytest.mark.parametrize("item", ["BODY.PEEK[]", "FLAGS"])
def test_ctrl_c_in_a_command_whose_output_goes_to_a_file(tmp_path: Path, item: str) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await person.prompted_once()
            path = tmp_path / "out"
            person.types(f"FETCH 1 {item} > {path}" + ENTER)
            await peer.hears(b"\r\n")
            person.shell.driver.interrupt()
            await person.screen.shows("interrupted")
            await person.prompted_once()
            peer.says(b"* 1 FETCH (FLAGS (late))\r\nA1 OK done\r\n")
            await person.screen.shows("OK: ")
            assert "late" not in person.screen.text
            assert not [name for name in os.listdir(tmp_path) if "out" in name]
            await person.enters("\\last", "late")

    play(scene)
