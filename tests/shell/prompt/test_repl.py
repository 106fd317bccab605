"""What a person sees at the prompt, read off a screen."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.shell.acting import CTRL_C, CTRL_D, ENTER, PASTE, PASTED, TAB, UP, Peer, acting, play

READY = "demo@demo>"
INBOX = "demo@demo INBOX>"


def test_the_demo_logs_in_and_prompt_and_toolbar_follow_the_state(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted(READY)
            assert "< A1 OK" in person.screen.text
            await person.screen.until(lambda: person.screen.lines[-1].startswith("authenticated"))
            await person.enters("SELECT INBOX", "> A2 SELECT INBOX", "- * 11 EXISTS", "< A2 OK [READ-WRITE]")
            await person.prompted(INBOX)
            parts = ("selected", "INBOX", "EXISTS 11", "UIDNEXT 22", "UIDVALIDITY 1781000001", "local")
            await person.screen.until(lambda: all(part in person.screen.lines[-1] for part in parts))
            await person.enters("EXAMINE Archive", "demo@demo Archive (read-only)>")
        assert "logged out" in person.screen.text

    play(scene)


def test_the_toolbar_says_how_to_log_in(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_login=True) as person:
            await person.prompted("demo (not logged in)>")
            await person.screen.until(
                lambda: person.screen.lines[-2].startswith("LOGIN USER logs in; \\connect starts over")
            )
            person.types("NOOP")
            await person.screen.until(lambda: "logs in" not in person.screen.lines[-2])

    play(scene)


def test_a_narrow_toolbar_loses_uidvalidity_first(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, read_only=True, columns=60) as person:
            await person.enters("EXAMINE INBOX", INBOX[:-1])
            await person.screen.until(lambda: "EXISTS 11" in person.screen.lines[-1])
            assert "local  read-only mode" in person.screen.lines[-1]
            await person.enters("CREATE a", "imapsh: ")

    play(scene)


def test_a_closing_line_says_how_it_went(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.enters("SELECT INBOX", INBOX)
            await person.enters("NOOP", "> A3 NOOP", "ms, 9 octets out, 20 in")

    play(scene)


def test_the_toolbar_hints_and_finds_fault_while_one_types(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.enters("SELECT INBOX", INBOX)
            person.types("STORE 1 ")
            await person.screen.shows("<store-item>")
            person.types(")")
            await person.screen.shows("an extra space")
            person.types("\x15FETHC 1 ")
            await person.screen.shows("did you mean FETCH?")

    play(scene)


def test_what_is_pushed_appears_above_the_half_typed_line(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            person.types("SELECT INBOX" + ENTER)
            await peer.hears(b"SELECT INBOX\r\n")
            peer.says(b"* 3 EXISTS\r\nA1 OK [READ-WRITE] ok\r\n")
            await person.screen.shows("INBOX>")
            person.types("FETCH 3 (FLA")
            await person.screen.shows("FETCH 3 (FLA")
            peer.says(b"* 4 EXISTS\r\n")
            await person.screen.shows("~ * 4 EXISTS", "EXISTS 4")
            pushed, typed = person.screen.line("~ * 4 EXISTS"), person.screen.line("FETCH 3 (FLA")
            assert pushed + 1 == typed
            assert person.screen.text.count("FETCH 3 (FLA") == 1
            person.types("GS)" + ENTER)
            await peer.hears(b"A2 FETCH 3 (FLAGS)\r\n")
            peer.says(b"A2 OK\r\n")

    play(scene)


def test_a_violation_is_under_its_octet(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            person.types("NOOP" + ENTER)
            await peer.hears(b"NOOP\r\n")
            peer.says(b"* FLAGS (\\Answered \\Seen $Work )\r\nA1 OK done\r\n")
            await person.screen.shows("^")
            line = person.screen.line("* FLAGS")
            assert person.screen.lines[line + 1].index("^") == person.screen.lines[line].index(" )")
            assert "RFC 9051" in person.screen.text

    play(scene)


def test_control_octets_of_the_server_never_reach_the_terminal(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            person.types("NOOP" + ENTER)
            await peer.hears(b"NOOP\r\n")
            peer.says(b'* OK \x1b]0;owned\x07 \x9b31m\r\nA1 NO \x1b[2J\r\n* LIST () "/" "a\x1b[2J"\r\n')
            await person.screen.shows("^[]0;owned^G", "^[[2J")
            for octets in ("\x1b]0;owned", "\x9b31m", "\x1b[2J"):
                assert octets not in person.screen.written

    play(scene)


# -- secrets


def test_a_password_typed_inline_is_never_seen_nor_kept(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_login=True, trace=str(tmp_path / "trace")) as person:
            await person.prompted("demo (not logged in)>")
            person.types("LOGIN demo pa55word")
            await person.screen.shows("LOGIN demo ********")
            await person.enters("", "NO [AUTHENTICATIONFAILED]")
            person.types(UP)
            await person.screen.until(lambda: person.shell.prompt.default_buffer.text == "LOGIN demo")
        assert "pa55word" not in person.screen.written
        assert "pa55word" not in (tmp_path / "history").read_text()
        assert "pa55word" not in (tmp_path / "trace").read_text()
        assert "LOGIN demo" in (tmp_path / "trace").read_text()

    play(scene)


def test_login_without_a_password_asks_for_it_unseen(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_login=True) as person:
            await person.enters("x1 LOGIN other", "Password for other at the demo server:")
            person.types("oth")
            await person.screen.shows("***")
            await person.enters("er", "x1 OK", "other@demo>")
        assert "> x1 LOGIN other" in person.screen.text
        assert "other ot" not in person.screen.written

    play(scene)


def test_ctrl_c_at_the_password_sends_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_login=True) as person:
            await person.enters("LOGIN demo", "Password for demo")
            person.types(CTRL_C)
            await person.prompted("demo (not logged in)>")
            assert "A1" not in person.screen.text

    play(scene)


def test_the_answers_of_a_hand_typed_authenticate_go_raw_and_unseen(tmp_path: Path) -> None:
    async def scene() -> None:
        trace = tmp_path / "trace"
        async with acting(tmp_path, demo=True, no_login=True, trace=str(trace)) as person:
            await person.enters("a1 AUTHENTICATE PLAIN", "a1 AUTHENTICATE, base64 (* cancels):")
            await person.enters("AGRlbW8AZGVtbw==", "a1 OK")
            await person.prompted("demo>")
        for place in (person.screen.written, (tmp_path / "history").read_text(), trace.read_text()):
            assert "AGRlbW8AZGVtbw" not in place

    play(scene)


def test_ctrl_c_at_such_an_answer_cancels_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_login=True) as person:
            await person.enters("a1 AUTHENTICATE PLAIN", "base64 (* cancels):")
            person.types(CTRL_C)
            await person.screen.shows("> *\n", "a1 BAD")
            await person.prompted("demo (not logged in)>")

    play(scene)


# -- literals and pastes


def test_a_literal_is_typed_octet_by_octet(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer(b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n") as peer, acting(tmp_path, url=peer.url) as person:
            person.types("APPEND Drafts {14}" + ENTER)
            await person.screen.shows("    14 octets>")
            person.types("Grüße: x" + ENTER)  # 10 octets, and CR LF
            await person.screen.shows("     2 octets>")
            person.types("y" + ENTER)  # one octet is left, and CR LF would be two
            person.types("z" + ENTER)
            await peer.hears(b"A1 APPEND Drafts {14}\r\n")
            assert peer.heard == b""
            peer.says(b"+ go on\r\n")
            await peer.hears("Grüße: x\r\nyz\r\n".encode())
            peer.says(b"A1 OK appended\r\n")
            await person.screen.shows("< A1 OK appended")

    play(scene)


def test_a_paste_is_split_outside_literals_and_sent_in_order(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            text = "a1 NOOP\rAPPEND Drafts {6+}\rab\rcd\r. noop\r"
            person.types(PASTE + text + PASTED + ENTER)
            await peer.hears(b"a1 NOOP\r\n")
            assert peer.heard == b""  # the next goes out when this one is complete
            peer.says(b"a1 OK done\r\n")
            await peer.hears(b"A1 APPEND Drafts {6+}\r\nab\r\ncd\r\n")
            peer.says(b"A1 OK done\r\n")
            await peer.hears(b". noop\r\n")
            peer.says(b". OK done\r\n")
            await person.screen.shows("< . OK done")

    play(scene)


def test_a_file_is_sent_as_a_literal_and_a_missing_one_is_a_sentence(tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "mail").write_bytes(b"Subject: y\r\n\r\n")
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            await person.enters("APPEND Drafts {@/nowhere/at/all}", "imapsh: cannot read /nowhere/at/all")
            person.types(f"APPEND Drafts {{@{tmp_path / 'mail'}}}" + ENTER)
            await peer.hears(b"A1 APPEND Drafts {14}\r\n")
            peer.says(b"+ go on\r\n")
            await peer.hears(b"Subject: y\r\n\r\n\r\n")
            peer.says(b"A1 OK done\r\n")

    play(scene)


# -- Ctrl-C and Ctrl-D


def test_ctrl_c_clears_the_line(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted(READY)
            person.types("SELECT nonsense")
            await person.screen.shows("SELECT nonsense")
            person.types(CTRL_C)
            await person.prompted(READY)
            await person.enters("NOOP", "> A2 NOOP")

    play(scene)


def test_ctrl_c_in_a_long_fetch_gives_the_prompt_back_and_last_keeps_it_all(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            person.types("FETCH 1:* FLAGS" + ENTER)
            await peer.hears(b"FETCH 1:* FLAGS\r\n")
            peer.says(b"* 1 FETCH (FLAGS ())\r\n")
            await person.screen.shows("* 1 FETCH (FLAGS ())")
            signal.raise_signal(signal.SIGINT)
            await person.screen.shows("A1 FETCH is still running; \\last will show its reply")
            await person.prompted("127.0.0.1:" + str(peer.port) + ">")
            await person.screen.until(lambda: "A1 FETCH is still running" in person.screen.lines[-2])
            peer.says(b"* 2 FETCH (FLAGS ())\r\n* 9 EXISTS\r\n")
            await person.screen.shows("~ * 9 EXISTS")
            person.types("NOOP" + ENTER)
            await person.screen.shows("A2 NOOP waits: ")
            peer.says(b"A1 OK fetched\r\nA2 OK noop\r\n")
            await person.screen.shows("A1 FETCH is done: OK", "< A2 OK noop")
            assert "* 2 FETCH" not in person.screen.text
            await person.enters("\\last", "* 2 FETCH (FLAGS ())", "< A1 OK fetched")

    play(scene)


def test_ctrl_c_twice_offers_to_disconnect(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            person.types("CHECK" + ENTER)
            await peer.hears(b"CHECK\r\n")
            signal.raise_signal(signal.SIGINT)
            await person.screen.shows("A1 CHECK is still running")
            await person.screen.until(lambda: person.shell.prompt.app.is_running)
            person.types(CTRL_C)
            await person.screen.shows("A1 CHECK is still running: disconnect? [y/N]")
            person.types("y" + ENTER)
            await person.prompted("not connected>")

    play(scene)


def test_ctrl_d_logs_out_and_so_do_quit_and_logout(tmp_path: Path) -> None:
    async def scene() -> None:
        for way in (CTRL_D, "\\quit" + ENTER, "LOGOUT" + ENTER):
            async with acting(tmp_path, demo=True) as person:
                await person.prompted(READY)
                person.types(way)
                await person.screen.shows("LOGOUT", "* BYE", "logged out; the connection is closed")

    play(scene)


# -- IDLE


def test_news_in_idle_appear_and_each_way_out_of_it_works(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            for number, way in enumerate((ENTER, "done" + ENTER, CTRL_C, "NOOP" + ENTER), 1):
                tag = f"A{number}".encode()
                person.types("IDLE" + ENTER)
                await peer.hears(tag + b" IDLE\r\n")
                peer.says(b"+ idling\r\n")
                await person.screen.shows(f"> A{number} IDLE", "(idle)>", "Enter or Ctrl-C sends DONE")
                await person.screen.until(lambda: person.shell.prompt.app.is_running)
                peer.says(b"* %d EXISTS\r\n" % number)
                await person.screen.shows(f"~ * {number} EXISTS")
                person.types(way)
                await peer.hears(b"DONE\r\n")
                peer.says(tag + b" OK idled\r\n")
                await person.screen.shows(f"< A{number} OK idled")
            await peer.hears(b"A5 NOOP\r\n")
            peer.says(b"A5 OK\r\n")

    play(scene)


# -- when it ends badly


def test_a_lost_connection_is_a_sentence_and_the_way_back_selects_again(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            person.types("SELECT INBOX" + ENTER)
            await peer.hears(b"SELECT INBOX\r\n")
            peer.says(b"* OK [UIDVALIDITY 3] .\r\nA1 OK [READ-WRITE] ok\r\n")
            await person.screen.shows("INBOX>")
            person.types("NOOP" + ENTER)
            await peer.hears(b"NOOP\r\n")
            peer.hangs_up()
            await person.screen.shows("imapsh: the server closed the connection", "A2 NOOP", "not connected>")
            person.types("NOOP")
            await person.screen.until(lambda: "not connected: \\connect opens" in person.screen.lines[-2])
            await person.enters("", "imapsh: not connected: \\connect opens a connection")
            person.types("\\connect" + ENTER)
            await peer.hears(b"A1 SELECT INBOX\r\n")
            peer.says(b"* OK [UIDVALIDITY 4] .\r\nA1 OK [READ-WRITE] ok\r\n")
            await person.screen.shows("UIDVALIDITY changed from 3 to 4")
            assert b"NOOP" not in peer.heard  # nothing is sent again
            assert peer.conversations == 2

    play(scene)


def test_a_bye_says_why_and_what_had_no_reply(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            person.types("NOOP" + ENTER)
            await peer.hears(b"NOOP\r\n")
            peer.says(b"* BYE tea time\r\n")
            peer.hangs_up()
            await person.screen.shows("the server said BYE: tea time (no reply to A1 NOOP; not sent again)")
            await person.prompted("not connected>")

    play(scene)


def test_no_connection_is_a_sentence_and_then_the_prompt(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer() as peer:
            port = peer.port
        async with acting(tmp_path, url=f"imap://127.0.0.1:{port}") as person:
            await person.screen.shows("imapsh: ", str(port))
            await person.prompted("not connected>")
            await person.enters("\\conect", "did you mean \\connect?")

    play(scene)


def test_another_protocol_is_named(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Peer(b"220 mail.example ESMTP\r\n") as peer, acting(tmp_path, url=peer.url) as person:
            await person.screen.shows("it greets like SMTP")
            await person.prompted("not connected>")

    play(scene)


def test_read_only_mode_refuses_what_changes_mail(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, read_only=True) as person:
            await person.enters("DELETE Junk", "imapsh: DELETE changes mail or mailboxes, and read-only mode is on")
            assert "A2" not in person.screen.text

    play(scene)


# -- imapsh's own commands


def test_own_commands(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, rows=100) as person:
            await person.prompted(READY)
            await person.enters("\\help", "\\raw TEXT", "\\quit")
            assert "\\connect [-n NAME] [URL]" in person.screen.written
            assert "\\trace [FILE|off]" in person.screen.written
            await person.enters("\\help fetch", "Example   FETCH", "RFC 9051")
            await person.enters("\\help raw", "Sends exactly these octets")
            await person.enters("\\last hex", "client, ")
            await person.enters("\\format json", "format: json")
            await person.enters("NOOP", '"name":"OK"')
            await person.enters("\\format nice", "unknown format 'nice'")
            await person.enters("\\format pretty", "format: pretty")
            await person.enters("\\raw x9 NOOP\\r\\n", "x9 OK")
            await person.enters("\\raw \\q", "imapsh: ")
            await person.enters(f"\\trace {tmp_path / 't'}", "tracing to")
            await person.enters("CHECK", "CHECK")
            await person.enters("\\trace off", "is closed")
            assert b"CHECK" in (tmp_path / "t").read_bytes()
            await person.enters("\\keys vi", "keys: vi (one of emacs, vi)", "vi insert")
            await person.enters("\\keys emacs", "keys: emacs")

    play(scene)


# -- completion


def test_mailbox_names_are_asked_for_when_first_needed_and_that_is_shown(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True, no_ask=False) as person:
            await person.prompted(READY)
            person.types("SELECT Arch")
            await person.screen.shows("asked LIST for completion: OK", "Archive/2024")
            person.types(TAB + TAB)
            await person.screen.until(lambda: person.shell.prompt.default_buffer.text == "SELECT Archive/2024")
            await person.enters("", "demo@demo Archive/2024>")
            await person.enters("CREATE Archive/1999", "< A4 OK")
            person.types("SELECT Archive/19")
            await person.screen.shows("SELECT Archive/19", "Archive/1999")

    play(scene)


def test_no_ask_asks_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted(READY)
            person.types("SELECT Arch" + TAB)
            await person.screen.shows("SELECT Arch")
            await person.enters("", "NONEXISTENT")
            assert "asked LIST" not in person.screen.text

    play(scene)


def test_last_to_a_file_waits_for_the_rest_of_an_interrupted_command(tmp_path: Path) -> None:
    async def scene() -> None:
        file = tmp_path / "listing"
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            person.types('LIST "" *' + ENTER)
            await peer.hears(b'LIST "" *\r\n')
            peer.says(b"* LIST () / a\r\n")
            await person.screen.shows("* LIST () / a")
            signal.raise_signal(signal.SIGINT)
            await person.screen.shows("A1 LIST is still running")
            await person.screen.until(lambda: person.shell.prompt.app.is_running)
            person.types(f"\\last wire > {file}" + ENTER)
            await person.screen.until(lambda: person.shell.app.progress is not None)
            assert not file.exists()
            peer.says(b"* LIST () / b\r\nA1 OK listed\r\n")
            await person.screen.shows("wrote", f"octets to {file}")
            assert file.read_bytes().endswith(b"* LIST () / a\r\n* LIST () / b\r\nA1 OK listed\r\n")

    play(scene)


def test_last_to_a_file_is_left_with_ctrl_c_and_writes_no_part(tmp_path: Path) -> None:
    async def scene() -> None:
        file = tmp_path / "listing"
        file.write_bytes(b"before")
        async with Peer() as peer, acting(tmp_path, url=peer.url) as person:
            person.types('LIST "" *' + ENTER)
            await peer.hears(b'LIST "" *\r\n')
            peer.says(b"* LIST () / a\r\n")
            await person.screen.shows("* LIST () / a")
            signal.raise_signal(signal.SIGINT)
            await person.screen.shows("A1 LIST is still running")
            for line in (f"\\last wire > {file}", f"\\last wire >> {file}", "\\last wire | cat"):
                await person.screen.until(lambda: person.shell.prompt.app.is_running)
                person.types(line + ENTER)
                await person.screen.until(lambda: person.shell.app.progress is not None)
                signal.raise_signal(signal.SIGINT)
                await person.screen.until(lambda: person.shell.app.progress is None)
            await person.screen.until(lambda: person.shell.prompt.app.is_running)
            assert file.read_bytes() == b"before"
            peer.hangs_up()
            await person.prompted("not connected>")
            await person.enters(
                f"\\last wire > {file}", "A1 LIST has no reply, so only a part is there: \\last shows it"
            )
            assert file.read_bytes() == b"before"
            await person.enters("\\last wire", "* LIST () / a")

    play(scene)
