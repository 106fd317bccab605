"""METADATA: what is kept, what is left out, and what is refused."""

from __future__ import annotations

import pytest

from .player import Player


@pytest.fixture
def noted(player: Player) -> Player:
    player.store.metadata = {"/shared/comment": b"hello"}
    player.play("""
        C: 0 LOGIN u p
        S: 0 OK ...
        C: 1 SETMETADATA Box (/private/comment "mine" /shared/filters/a "A" /shared/filters/a/b "BB" /shared/empty "")
        S: 1 OK ...
    """)
    return player


def test_what_is_set_is_told(noted: Player) -> None:
    noted.play("""
        C: a GETMETADATA Box /private/comment
        S: * METADATA Box (/private/comment "mine")
        S: a OK ...
        C: b GETMETADATA Box (/PRIVATE/comment /shared/none "/shared/empty")
        S: * METADATA Box (/private/comment "mine" /shared/none NIL /shared/empty "")
        S: b OK ...
        C: c SETMETADATA Box (/private/comment NIL)
        S: c OK ...
        C: d GETMETADATA Box /private/comment
        S: * METADATA Box (/private/comment NIL)
        S: d OK ...
        C: e SETMETADATA Box (/private/comment {5+}
        C: one
        C: )
        S: e OK ...
        C: f GETMETADATA Box /private/comment
        S: * METADATA Box (/private/comment {5}
        S: one
        S: )
        S: f OK ...
    """)


def test_octets_of_any_kind(noted: Player) -> None:
    noted.session().receive_data(b"a SETMETADATA Box (/private/x ~{3+}\r\na\0b /private/y {2+}\r\n\xc3\xbc)\r\n")
    noted.play("""
        S: a OK ...
        C: b GETMETADATA Box (/private/x)
        S: * METADATA Box (/private/x ~{3}
        S: a\0b)
        S: b OK ...
    """)


def test_depth(noted: Player) -> None:
    noted.play("""
        C: a GETMETADATA (DEPTH 1) Box /shared/filters
        S: * METADATA Box (/shared/filters/a "A")
        S: a OK ...
        C: b GETMETADATA Box (DEPTH infinity) (/shared/filters)
        S: * METADATA Box (/shared/filters/a "A" /shared/filters/a/b "BB")
        S: b OK ...
        C: c GETMETADATA (DEPTH 0) Box /shared/filters
        S: * METADATA Box (/shared/filters NIL)
        S: c OK ...
        C: d GETMETADATA (DEPTH 2) Box /shared/filters
        S: d BAD ...
    """)


def test_maxsize(noted: Player) -> None:
    noted.play("""
        C: a GETMETADATA (MAXSIZE 1 DEPTH infinity) Box (/shared/filters /private/comment)
        S: * METADATA Box (/shared/filters/a "A")
        S: a OK [METADATA LONGENTRIES 4] ...
        C: b GETMETADATA (MAXSIZE 1) Box /private/comment
        S: b OK [METADATA LONGENTRIES 4] ...
    """)


def test_the_server_has_annotations_too(noted: Player) -> None:
    noted.play("""
        C: a GETMETADATA "" (/shared/comment /private/comment)
        S: * METADATA "" (/shared/comment "hello" /private/comment NIL)
        S: a OK ...
        C: b SETMETADATA "" (/private/comment "x")
        S: b OK ...
        C: c SETMETADATA "" (/private/comment "y" /shared/comment "z")
        S: c NO [NOPERM] ...
        C: d GETMETADATA "" (DEPTH infinity) (/private /shared)
        S: * METADATA "" (/private/comment "x" /shared/comment "hello")
        S: d OK ...
    """)


def test_what_is_refused(noted: Player) -> None:
    large = "x" * 4097
    noted.play(f"""
        C: a SETMETADATA Box (/private/comment "new" /private/large "{large}")
        S: a NO [METADATA MAXSIZE 4096] ...
        C: b GETMETADATA Box /private/comment
        S: * METADATA Box (/private/comment "mine")
        S: b OK ...
        C: c SETMETADATA Box (/private "x")
        S: c BAD ...
        C: d SETMETADATA Box (/shared/vendor/me "x")
        S: d BAD ...
        C: e SETMETADATA Box (/other/comment "x")
        S: e BAD ...
        C: f SETMETADATA Box (/private//comment "x")
        S: f BAD ...
        C: g GETMETADATA None /private/comment
        S: g NO [NONEXISTENT] ...
        C: h SETMETADATA Box (/private/specialuse "\\\\Sent")
        S: h NO [CANNOT] ...
        C: i SETMETADATA Box ()
        S: i BAD ...
        C: j GETMETADATA (X-OWN 1) Box /private/comment
        S: j BAD ...
    """)
    many = " ".join(
        f"/private/n{number} NIL /private/m{number} x{number}".replace(" x", ' "x') + '"' for number in range(64)
    )
    noted.play(f"""
        C: k SETMETADATA Box ({many})
        S: k NO [METADATA TOOMANY] ...
    """)


def test_list_tells_them(noted: Player) -> None:
    noted.store.accounts["u"].find("Box").use = "\\Sent"
    noted.play("""
        C: a SUBSCRIBE gone
        S: a OK ...
        C: b LIST (SUBSCRIBED) "" * RETURN (METADATA (/private/comment))
        S: * LIST (\\NonExistent \\Subscribed \\HasNoChildren) "/" gone
        S: b OK ...
        C: c LIST "" * RETURN (METADATA (/private/comment "/private/specialuse"))
        S: * LIST (\\HasNoChildren) "/" INBOX
        S: * METADATA INBOX (/private/comment NIL /private/specialuse NIL)
        S: * LIST (\\HasNoChildren \\Sent) "/" Box
        S: * METADATA Box (/private/comment "mine" /private/specialuse "\\\\Sent")
        S: c OK ...
    """)


def test_annotations_follow_their_mailbox(noted: Player) -> None:
    noted.play("""
        C: a RENAME Box Other
        S: a OK ...
        C: b GETMETADATA Other /private/comment
        S: * METADATA Other (/private/comment "mine")
        S: b OK ...
        C: c CREATE Other/Below
        S: c OK ...
        C: d DELETE Other
        S: d OK ...
        C: e GETMETADATA Other /private/comment
        S: * METADATA Other (/private/comment NIL)
        S: e OK ...
        C: f SETMETADATA INBOX (/private/comment "in")
        S: f OK ...
        C: g RENAME INBOX Out
        S: g OK ...
        C: h GETMETADATA Out /private/comment
        S: * METADATA Out (/private/comment "in")
        S: h OK ...
        C: i GETMETADATA INBOX /private/comment
        S: * METADATA INBOX (/private/comment "in")
        S: i OK ...
    """)
