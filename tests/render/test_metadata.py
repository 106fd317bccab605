"""The views of METADATA, the response and the code."""

from __future__ import annotations

from .test_view import shown, view


def test_a_line_for_each_entry() -> None:
    assert view("""
* METADATA "INBOX" (/private/comment "My own comment" /shared/comment NIL /shared/x "")
* METADATA "" (/shared/comment "My comment")
""") == [
        "- metadata of INBOX",
        "    /private/comment  My own comment",
        "    /shared/comment   (not set)",
        "    /shared/x         (empty)",
        "- metadata of the server",
        "    /shared/comment  My comment",
    ]


def test_values_of_more_lines_stand_below() -> None:
    assert shown(b"* METADATA INBOX (/shared/a {8}\r\none\r\ntwo /b ~{3}\r\na\0b)\r\n").splitlines() == [
        "- metadata of INBOX",
        "    /shared/a  8 octets",
        "      | one",
        "      | two",
        "    /b         3 octets",
        "      | 00000000  61 00 62                                          |a.b|",
    ]


def test_what_has_changed() -> None:
    assert view("""
* METADATA "INBOX" /shared/comment /private/comment
* METADATA "" /shared/comment
""") == [
        "- changed metadata of INBOX  /shared/comment  /private/comment",
        "- changed metadata of the server  /shared/comment",
    ]


def test_what_the_code_says() -> None:
    assert view("""
a OK [METADATA LONGENTRIES 2199] done
a NO [METADATA MAXSIZE 1024] no
a NO [METADATA TOOMANY] no
a NO [METADATA NOPRIVATE] no
""") == [
        "< a OK [METADATA LONGENTRIES 2199] done -- the longest value that was left out has 2,199 octets",
        "< a NO [METADATA MAXSIZE 1024] no -- a value may have 1,024 octets at most",
        "< a NO [METADATA TOOMANY] no -- there is no room for another entry",
        "< a NO [METADATA NOPRIVATE] no -- this server keeps no private entries here",
    ]
