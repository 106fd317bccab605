"""Typing as a person sees it: menus, line breaks, brackets, the editor, both ways of editing."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from tests.shell.acting import CTRL_C, ENTER, TAB, UP, Peer, Screen, acting, play

INBOX = "demo@demo INBOX>"
CLEAR, LEFT, RIGHT, ESCAPE, CTRL_R, SHIFT_TAB = "\x15", "\x1b[D", "\x1b[C", "\x1b", "\x12", "\x1b[Z"
ALT_ENTER = "\x1b\r"
OPEN_EDITOR = "\x18\x05"

#: What is typed, and what the menu then shows beside each other.
MENUS = (
    ("MO", "MOVE", "Moves messages to a mailbox."),
    ("SELECT Rei", "Reisen/Zürich–Genève", "Reisen/Z&APw-rich&IBM-Gen&AOg-ve"),
    ("FETCH 1", "10", "Ebb  Edda Lindqvist  14-Jun-2026"),
    ("UID FETCH 1", "13", "Tidewater Quarterly, issue 12"),
    ("FETCH 2:", "*", "the last message"),
    ("FETCH 10 BODY[", "2", "image/png  ebb.png  234 octets"),
    ("FETCH 9 BODY[HEADER.FIELDS (Su", "Subject", "what it is about"),
    ("FETCH 9 (FLAGS ENV", "ENVELOPE", "The chief header fields"),
    ("STORE 9 +FLAGS (del", r"\Deleted", "EXPUNGE will remove it."),
    ("STORE 9 +FLAGS ($W", "$Work", "a keyword of this mailbox"),
    ("SEARCH UNKEYWORD $Ju", "$Junk", "It is certainly junk."),
    ("SEARCH SINCE ", "yesterday", ""),
    ("SEARCH SUBJ", "SUBJECT", "<astring>  This text in the subject."),
    ("STATUS Archive (", "MESSAGES", "How many messages it holds."),
    ("ENABLE ", "IMAP4rev2", "The replies and names of IMAP4rev2."),
    ("APPEND Drafts {@/usr/bin/en", "env", ""),
    (r"\form", r"\format", "Shows or sets the format of replies"),
)


def test_a_menu_for_each_kind(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_ask=False) as person:
            await person.enters("SELECT INBOX", INBOX)
            await person.enters("FETCH 1:* (UID FLAGS ENVELOPE BODYSTRUCTURE)", "OK fetched")
            await person.prompted(INBOX)
            for typed, label, note in MENUS:
                person.types(CLEAR + typed)
                await person.screen.until(partial(offers, person.screen, typed, label, note))
            person.types(CLEAR)

    play(scene)


def offers(screen: Screen, typed: str, label: str, note: str) -> bool:
    """Whether a line of the menu around what is typed has the label and, beside it, the note."""
    at = max((number for number, line in enumerate(screen.lines) if f"> {typed.rstrip()}" in line), default=0)
    around = screen.lines[max(0, at - 8) : at] + screen.lines[at + 1 : at + 9]
    return any(label in line and note in line for line in around)


def test_mechanisms_and_commands_of_another_state(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_login=True) as person:
            person.types("AUTHENTICATE ")
            await person.screen.shows("PLAIN", "A name and a password; sent as they are.")
            person.types(CLEAR + "SEL")
            await person.screen.shows("SELECT is not allowed in the not-authenticated state; log in first")

    play(scene)


def test_a_line_for_each_mailbox_and_keys_to_find_are_read_as_if_one_were_selected(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted_once()
            person.types("\\mailboxes FETCH ")
            await person.screen.shows("FETCH <sequence-set> <fetch-items>")
            person.types(CLEAR + "\\find SINCE 2025-12-01")
            await person.screen.shows("expected a date (such as 1-Feb-1994), not '2025-12-01'")
            person.types(CLEAR + "\\find invoice")
            await person.screen.shows("\\find KEYS...  Searches every mailbox")

    play(scene)


def test_tab_goes_on_and_shift_tab_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.enters("SELECT INBOX", INBOX)
            buffer = person.shell.prompt.default_buffer
            person.types("FETCH 1 BODY" + TAB)
            await person.screen.until(lambda: buffer.text == "FETCH 1 BODY[")
            person.types(TAB)
            await person.screen.until(lambda: buffer.text == "FETCH 1 BODY.PEEK[")
            person.types(SHIFT_TAB)
            await person.screen.until(lambda: buffer.text == "FETCH 1 BODY[")

    play(scene)


def test_many_mailboxes_are_asked_for_once_and_found_off_the_loop(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url, no_ask=False) as person:
            await person.prompted_once()
            person.types("SELECT box/02")
            await peer.hears(b'LIST "" "*"\r\n')
            peer.says(b"".join(b'* LIST () "/" box/%05d\r\n' % number for number in range(3_000)) + b"A1 OK done\r\n")
            await person.screen.shows("asked LIST for completion")
            person.types("999" + TAB)
            await person.screen.until(lambda: person.shell.prompt.default_buffer.text == "SELECT box/02999")
            assert peer.heard == b""

    play(scene)


def test_a_line_break_that_is_only_seen(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await person.prompted_once()
            person.types("NOOP (FLAGS" + ALT_ENTER + "  UID \\" + ENTER + "ENVELOPE")
            await person.screen.shows("NOOP (FLAGS \\", "...>   UID \\", "...> ENVELOPE")
            person.types(")" + ENTER)
            await peer.hears(b"A1 NOOP (FLAGS UID ENVELOPE)\r\n")
            peer.says(b"A1 OK done\r\n")
            await person.screen.shows("A1 OK done")
            person.types(UP)
            await person.screen.until(lambda: person.shell.prompt.default_buffer.text == "NOOP (FLAGS UID ENVELOPE)")

    play(scene)


def test_the_bracket_that_belongs_to_the_one_at_the_cursor(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.enters("SELECT INBOX", INBOX)
            person.types('SEARCH (SUBJECT ")" SEEN)')
            screen = person.screen

            def reversed_columns() -> str:
                row = screen.line("SEARCH (SUBJECT")
                cells = screen.screen.buffer[row]
                return "".join(cells[column].data for column in range(160) if cells[column].reverse)

            await screen.until(lambda: 'SEARCH (SUBJECT ")" SEEN)' in screen.text and reversed_columns() == "()")
            person.types(LEFT * 6)
            await screen.until(lambda: reversed_columns() == "")
            person.types(CTRL_C)

    play(scene)


def test_the_finding_under_the_cursor_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.enters("SELECT INBOX", INBOX)
            person.types('SEARCH  SUBJECT "ü"')
            await person.screen.shows("use one space")
            person.types(LEFT * 2)
            await person.screen.shows("'ü' is allowed in quotes only after ENABLE")
            person.types(CTRL_C)

    play(scene)


@pytest.mark.parametrize("keys", ["emacs", "vi"])
def test_history_suggestion_and_search_in_both_ways_of_editing(tmp_path: Path, keys: str) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, keys=keys) as person:
            buffer = person.shell.prompt.default_buffer
            await person.enters("SELECT INBOX", INBOX)
            await person.enters("NOOP", "> A3 NOOP")
            await person.prompted(INBOX)
            person.types("NO")
            await person.screen.until(lambda: person.screen.text.count(f"{INBOX} NOOP") == 2)  # one is a suggestion
            person.types(RIGHT)
            await person.screen.until(lambda: buffer.text == "NOOP")
            person.types(CTRL_C)
            await person.prompted(INBOX)
            person.types(CTRL_R + "LECT")
            await person.screen.shows("reverse-i-search")
            person.types(ENTER)
            await person.screen.until(lambda: buffer.text == "SELECT INBOX")
            person.types(CTRL_C)
            await person.prompted(INBOX)

    play(scene)


def test_vi_moves_and_says_its_mode_and_can_be_left(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, keys="vi") as person:
            await person.enters("SELECT INBOX", INBOX)
            person.types("NOOX" + ESCAPE)
            await person.screen.shows("vi navigation")
            person.types("rPi")
            await person.screen.shows("vi insert")
            await person.screen.until(lambda: person.shell.prompt.default_buffer.text == "NOOP")
            person.shell.app.set_keys("emacs")
            person.types("\x01" + "x1 ")
            await person.screen.until(lambda: person.shell.prompt.default_buffer.text == "x1 NOOP")
            await person.enters("", "x1 OK")

    play(scene)


@pytest.mark.parametrize(("keys", "way"), [("emacs", OPEN_EDITOR), ("vi", ESCAPE + "v")])
def test_the_line_in_an_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: str, way: str) -> None:
    script = tmp_path / "editor.py"
    script.write_text("import sys; open(sys.argv[1], 'a').write(' \\\\\\n  ENVELOPE)\\n')")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")

    async def scene() -> None:
        async with acting(tmp_path, demo=True, keys=keys) as person:
            await person.enters("SELECT INBOX", INBOX)
            person.types("FETCH 1 (UID")
            await person.screen.shows("FETCH 1 (UID")
            person.types(way)
            await person.screen.shows("...>   ENVELOPE)")
            person.types("A" * (keys == "vi") + ENTER)
            await person.screen.shows("> A3 FETCH 1 (UID ENVELOPE)", "< A3 OK")

    play(scene)


def test_a_line_with_a_secret_goes_to_no_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", f"touch {tmp_path / 'opened'}")

    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_login=True) as person:
            await person.prompted("demo (not logged in)>")
            person.types("LOGIN demo pa55word" + OPEN_EDITOR)
            await person.screen.shows("a line with a secret in it is not opened in an editor")
            person.types(CTRL_C)
        assert "pa55word" not in person.screen.written
        assert not (tmp_path / "opened").exists()

    play(scene)


def test_a_mailbox_that_is_missing_has_a_neighbour(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.enters('LIST "" *', "OK")
            await person.enters("SELECT Archvie", "NO [NONEXISTENT]", "did you mean Archive?")
            await person.enters("SELECT INBOX", INBOX)
            await person.enters("COPY 1 Sendt", "NO [TRYCREATE]", "did you mean Sent?")
            await person.enters("SELECT Nowhere-near", "'Nowhere-near'")
            await person.prompted("demo@demo>")
            assert person.screen.text.count("did you mean") == 2

    play(scene)


def test_a_name_that_is_not_ascii_is_encoded_by_tab(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted("demo@demo>")
            person.types('CREATE "Entwürfe"')
            await person.screen.shows("write Entw&APw-rfe: 'ü' is allowed in quotes only after ENABLE")
            person.types(TAB)
            await person.enters("", '> A2 CREATE "Entw&APw-rfe"', "< A2 OK [MAILBOXID", "made")

    play(scene)


def test_a_mailbox_that_may_not_be_made_lacks_a_prefix(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await person.prompted_once()
            person.types('LIST "" *' + ENTER)
            await peer.hears(b"A1 LIST")
            peer.says(b'* LIST () "." INBOX\r\n* LIST () "." INBOX.Sent\r\nA1 OK\r\n')
            person.types("CREATE Junk" + ENTER)
            await peer.hears(b"CREATE Junk")
            peer.says(b"A2 NO Permission denied\r\n")
            await person.screen.shows("did you mean INBOX.Junk?")
            await person.prompted_once()
            person.types("CREATE INBOX.Junk" + ENTER)
            await peer.hears(b"CREATE INBOX.Junk")
            peer.says(b"A3 NO Permission denied\r\n")
            await person.screen.shows("A3 NO Permission denied")
            await person.prompted_once()
            assert person.screen.text.count("did you mean") == 1

    play(scene)


def test_a_refusal_without_a_code_may_mean_that_it_is_missing(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await person.prompted_once()
            person.types('LIST "" *' + ENTER)
            await peer.hears(b"A1 LIST")
            peer.says(b'* LIST () "/" Archive\r\nA1 OK\r\n')
            for number, (line, reply, count) in enumerate(
                (
                    ("SELECT Archvi", "NO Mailbox doesn't exist", 1),
                    ("CREATE Archivs", "NO not allowed", 1),
                    ("SELECT Archivs", "NO [NOPERM] not yours", 1),
                    ("EXAMINE Archivs", "NO no such thing", 2),
                ),
                2,
            ):
                person.types(line + ENTER)
                await peer.hears(line.encode() + b"\r\n")
                peer.says(f"A{number} {reply}\r\n".encode())
                await person.screen.shows(f"A{number} {reply}")
                await person.screen.until(
                    lambda count=count: person.screen.text.count("did you mean Archive?") == count  # type: ignore[misc]
                )
                await person.prompted_once()

    play(scene)


def test_b12_the_toolbar_names_the_command_that_a_word_means(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            person.types("quit")
            await person.screen.shows("quit is not an IMAP command.  \\quit logs out everywhere and ends imapsh")
            await person.enters("", "imapsh: quit is not an IMAP command.")
            await person.enters("?", "imapsh: ? is not an IMAP command.  \\help lists the commands of imapsh")

    play(scene)
