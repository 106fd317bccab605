"""APPEND, STORE, COPY, MOVE, EXPUNGE, and what other sessions are told."""

from __future__ import annotations

import pytest

from .player import Player


def test_append(inbox: Player) -> None:
    inbox.play("""
        C: a APPEND Box (\\Seen $New) "17-Jul-1996 02:44:25 -0700" {4}
        S: + ...
        C: body
        S: a OK [APPENDUID 102 1] ...
        C: b APPEND INBOX ~{4+}
        C: four
        S: * 4 EXISTS
        S: * 4 RECENT
        S: b OK [APPENDUID 101 4] ...
        C: c APPEND nowhere {1+}
        C: x
        S: c NO [TRYCREATE] ...
        C: d APPEND "a//b" {1+}
        C: x
        S: d NO [CANNOT] ...
        C: e APPEND Box {0+}
        C:
        S: e NO ...
        C: f APPEND Box "x"
        S: f BAD ...
        C: g APPEND Box (\\Recent) {1+}
        C: x
        S: g BAD ...
        C: h APPEND Box "31-Feb-1996 02:44:25 -0700" {1+}
        C: x
        S: h BAD ...
        C: i SELECT Box
        S: ....
        S: i OK ...
        C: j FETCH 1 (UID FLAGS INTERNALDATE BODY.PEEK[])
        S: * 1 FETCH (UID 1 FLAGS ($New \\Seen \\Recent) INTERNALDATE "17-Jul-1996 02:44:25 -0700" BODY[] {4}
        S: body)
        S: j OK ...
    """)


def test_append_of_utf8(inbox: Player) -> None:
    inbox.play("""
        C: a APPEND Box UTF8 (~{2+}
        C: ü)
        S: a BAD ...UTF8=ACCEPT...
        C: b ENABLE UTF8=ACCEPT
        S: * ENABLED UTF8=ACCEPT
        S: b OK ...
        C: c APPEND Box (\\Seen) UTF8 (~{13+}
        C: Subject: ü
        C: )
        S: c OK [APPENDUID 102 1] ...
        C: d EXAMINE Box
        S: ....
        S: d OK ...
        C: e FETCH 1 ENVELOPE
        S: * 1 FETCH (ENVELOPE (NIL "ü" NIL NIL NIL NIL NIL NIL NIL NIL))
        S: e OK ...
    """)


def test_append_refuses_nul(inbox: Player) -> None:
    inbox.play("C: a APPEND Box ~{3+}\nC: a\0b\nS: a NO [UNKNOWN-CTE] ...")


@pytest.mark.parametrize(
    ("command", "flags"),
    [
        ("STORE 2 FLAGS (\\Answered)", "\\Answered \\Recent"),
        ("STORE 2 FLAGS ()", "\\Recent"),
        ("STORE 2 +FLAGS \\answered KW new", "\\Answered \\Seen kw new \\Recent"),
        ("STORE 2 -FLAGS (\\SEEN kw other)", "\\Recent"),
        ("STORE * +flags (\\Draft)", "\\Draft \\Recent"),
    ],
)
def test_store(inbox: Player, command: str, flags: str) -> None:
    number = 3 if "*" in command else 2
    inbox.play(f"C: a {command}\nS: ....\nS: * {number} FETCH (FLAGS ({flags}))\nS: a OK ...")


def test_store_tells_of_new_keywords_first(inbox: Player) -> None:
    inbox.play("""
        C: a UID STORE 3,7 +FLAGS (fresh)
        S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft kw fresh)
        S: * 3 FETCH (UID 3 FLAGS (fresh \\Recent))
        S: a OK ...
        C: b STORE 4 +FLAGS (x)
        S: b BAD ...message 4 does not exist...
        C: c STORE 1 +FLAGS (\\Recent)
        S: c BAD ...
        C: d STORE 1 +FLAGS.SILENT (\\Flagged)
        S: d OK ...
        C: e UID STORE 99 FLAGS ()
        S: e OK ...
        C: f STORE 1 FLOGS ()
        S: f BAD ...
    """)


def test_copy_and_move(inbox: Player) -> None:
    inbox.play("""
        C: a COPY 1,3 Box
        S: a OK [COPYUID 102 1,3 1:2] ...
        C: b UID COPY 2:99 Box
        S: b OK [COPYUID 102 2:3 3:4] ...
        C: c COPY 1 nowhere
        S: c NO [TRYCREATE] ...
        C: d UID COPY 77 Box
        S: d OK there was nothing to copy
        C: e MOVE 1:2 Box
        S: * OK [COPYUID 102 1:2 5:6] ...
        S: * 1 EXPUNGE
        S: * 1 EXPUNGE
        S: e OK ...
        C: f UID MOVE 3 INBOX
        S: * OK [COPYUID 101 3 4] ...
        S: * 1 EXPUNGE
        S: * 1 EXISTS
        S: * 1 RECENT
        S: f OK ...
        C: g MOVE 9 Box
        S: g BAD ...
        C: g2 UID MOVE 99 Box
        S: g2 OK there was nothing to move
        C: h EXAMINE Box
        S: ....
        S: h OK ...
        C: i MOVE 1 INBOX
        S: i NO ...
        C: j FETCH 3 FLAGS
        S: * 3 FETCH (FLAGS (\\Seen kw \\Recent))
        S: j OK ...
    """)


def test_expunge(inbox: Player) -> None:
    inbox.play("""
        C: a STORE 1,3 +FLAGS.SILENT (\\Deleted)
        S: a OK ...
        C: b UID EXPUNGE 2:3
        S: * 3 EXPUNGE
        S: b OK ...
        C: c EXPUNGE
        S: * 1 EXPUNGE
        S: c OK ...
        C: d EXPUNGE
        S: d OK ...
        C: e FETCH 1:* UID
        S: * 1 FETCH (UID 2)
        S: e OK ...
    """)


def test_expunge_is_not_told_during_fetch_store_or_search(inbox: Player) -> None:
    """RFC 9051 section 7.5.1: numbers stand still until a command that may shift them."""
    inbox.play("""
        C2: 1 LOGIN u p
        S2: 1 OK ...
        C2: 2 SELECT INBOX
        S2: ....
        S2: 2 OK ...
        C2: 3 STORE 1 +FLAGS.SILENT (\\Deleted)
        S2: 3 OK ...
        C2: 4 EXPUNGE
        S2: * 1 EXPUNGE
        S2: 4 OK ...
        C: a FETCH 3 UID
        S: * 3 FETCH (UID 3)
        S: * 1 FETCH (UID 1 FLAGS (\\Deleted \\Recent))
        S: a OK ...
        C: b SEARCH ALL
        S: * SEARCH 2 3
        S: b OK ...
        C: c STORE 2 FLAGS.SILENT ()
        S: c OK ...
        C: d COPY 1:2 Box
        S: * 1 EXPUNGE
        S: d OK [COPYUID 102 2 1] ...
        C: e UID FETCH 1:3 UID
        S: * 1 FETCH (UID 2)
        S: * 2 FETCH (UID 3)
        S: e OK ...
        C2: 5 NOOP
        S2: * 1 FETCH (UID 2 FLAGS ())
        S2: 5 OK ...
    """)


def test_arrivals_are_told_before_the_tagged_reply(inbox: Player) -> None:
    inbox.play("""
        C2: 1 LOGIN u p
        S2: 1 OK ...
        C2: 2 APPEND INBOX (\\Seen fresh) {1+}
        C2: x
        S2: 2 OK ...
        C: a FETCH 1:* UID
        S: * 1 FETCH (UID 1)
        S: * 2 FETCH (UID 2)
        S: * 3 FETCH (UID 3)
        S: * FLAGS (... fresh)
        S: * 4 EXISTS
        S: * 4 RECENT
        S: a OK ...
    """)


def test_a_mailbox_deleted_under_a_session(inbox: Player) -> None:
    inbox.play("""
        C: a COPY 1:2 Box
        S: a OK ...
        C: b SELECT Box
        S: ....
        S: b OK ...
        C2: 1 LOGIN u p
        S2: 1 OK ...
        C2: 2 DELETE Box
        S2: 2 OK ...
        C: c FETCH 1 RFC822.SIZE
        S: * 1 FETCH (RFC822.SIZE ...)
        S: c OK ...
        C: d NOOP
        S: * 1 EXPUNGE
        S: * 1 EXPUNGE
        S: d OK ...
        C: e CLOSE
        S: e OK ...
    """)
