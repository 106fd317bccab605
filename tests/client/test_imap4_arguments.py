"""The form in which each method sends its arguments: quoted, in parentheses, or as they are given."""

from __future__ import annotations

from itertools import product

import pytest

from imapsh.client import imap4
from imapsh.client.imap4 import messages
from imapsh.client.imap4.arguments import astring, list_mailbox

from .test_imap4 import OK, selected, sent

#: A method, its arguments, and the line they make.
LINES: list[tuple[str, tuple[object, ...], bytes]] = [
    ("select", ("two words",), b'SELECT "two words"'),
    ("select", ("two words", True), b'EXAMINE "two words"'),
    ("create", ("two words",), b'CREATE "two words"'),
    ("delete", ("100%",), b'DELETE "100%"'),
    ("rename", ("a b", "c(d)"), b'RENAME "a b" "c(d)"'),
    ("subscribe", ("a*",), b'SUBSCRIBE "a*"'),
    ("unsubscribe", ("a{1}",), b'UNSUBSCRIBE "a{1}"'),
    ("list", (), b'LIST "" *'),
    ("list", ("a%", "b%/*"), b'LIST "a%" b%/*'),
    ("list", ("", "b c/*"), b'LIST "" "b c/*"'),
    ("lsub", ("", "(x)"), b'LSUB "" "(x)"'),
    ("status", ("a b", "MESSAGES UNSEEN"), b'STATUS "a b" (MESSAGES UNSEEN)'),
    ("status", ("[Gmail]/Sent", "(UNSEEN)"), b"STATUS [Gmail]/Sent (UNSEEN)"),
    ("copy", ("1:*,4", "a b"), b'COPY 1:*,4 "a b"'),
    ("move", ("1:*", "a b"), b'MOVE 1:* "a b"'),
    ("getacl", ("a b",), b'GETACL "a b"'),
    ("setacl", ("a b", "some one", ""), b'SETACL "a b" "some one" ""'),
    ("deleteacl", ("a b", "some one"), b'DELETEACL "a b" "some one"'),
    ("myrights", ("a b",), b'MYRIGHTS "a b"'),
    ("getquota", ("",), b'GETQUOTA ""'),
    ("getquotaroot", ("a b",), b'GETQUOTAROOT "a b"'),
    ("setquota", ("", "STORAGE 5"), b'SETQUOTA "" (STORAGE 5)'),
    ("getannotation", ("a b", '"/e"', "(value)"), b'GETANNOTATION "a b" "/e" (value)'),
    ("setannotation", ("a b", '"/e"', '("value" "x")'), b'SETANNOTATION "a b" "/e" ("value" "x")'),
    ("getmetadata", ("", "/shared/comment"), b'GETMETADATA "" (/shared/comment)'),
    ("setmetadata", ("a b", {"/a": "x"}), b'SETMETADATA "a b" (/a "x")'),
    ("fetch", ("1:*", "FLAGS"), b"FETCH 1:* (FLAGS)"),
    ("fetch", ("1", "FLAGS UID"), b"FETCH 1 (FLAGS UID)"),
    ("fetch", ("1", "BODY[HEADER.FIELDS (TO)]"), b"FETCH 1 (BODY[HEADER.FIELDS (TO)])"),
    ("fetch", ("1", "fast"), b"FETCH 1 fast"),
    ("store", ("1", "+FLAGS", r"\Seen $x"), rb"STORE 1 +FLAGS (\Seen $x)"),
    ("store", ("1", "+FLAGS", rb"(\Seen)"), rb"STORE 1 +FLAGS (\Seen)"),
    ("search", ("UTF-8", "SUBJECT", '"a b"', "OR (SEEN) DRAFT"), b'SEARCH CHARSET UTF-8 SUBJECT "a b" OR (SEEN) DRAFT'),
    ("search", ("a b", "ALL"), b'SEARCH CHARSET "a b" ALL'),
    ("esearch", ("a b", "ALL"), b'SEARCH RETURN (ALL) CHARSET "a b" ALL'),
    ("sort", ("REVERSE DATE", "a b", "FROM x"), b'SORT (REVERSE DATE) "a b" FROM x'),
    ("thread", ("REFERENCES", "a b", "FROM x"), b'THREAD REFERENCES "a b" FROM x'),
    ("partial", ("1", "RFC822", "1", "9"), b"PARTIAL 1 RFC822 1 9"),
    ("uid", ("copy", "1:*", "a b"), b'UID COPY 1:* "a b"'),
    ("uid", ("MOVE", "1", "a b"), b'UID MOVE 1 "a b"'),
    ("uid", ("FETCH", "1:*", "FLAGS"), b"UID FETCH 1:* (FLAGS)"),
    ("uid", ("FETCH", "1:*", "FLAGS", "(CHANGEDSINCE 5)"), b"UID FETCH 1:* FLAGS (CHANGEDSINCE 5)"),
    ("uid", ("STORE", "1", "FLAGS", r"\Seen"), rb"UID STORE 1 FLAGS (\Seen)"),
    (
        "uid",
        ("STORE", "1", "(UNCHANGEDSINCE 5)", "FLAGS", r"(\Seen)"),
        rb"UID STORE 1 (UNCHANGEDSINCE 5) FLAGS (\Seen)",
    ),
    ("uid", ("SORT", "DATE", "UTF-8", "FROM x", "SEEN"), b"UID SORT (DATE) UTF-8 FROM x SEEN"),
    ("uid", ("THREAD", "REFERENCES", "a b", "ALL"), b'UID THREAD REFERENCES "a b" ALL'),
    ("uid", ("SEARCH", "SUBJECT", '"a b"', "TO x"), b'UID SEARCH SUBJECT "a b" TO x'),
    ("xatom", ("XANY", "a b", "(c", "%"), b"XANY a b (c %"),
    ("_simple_command", ("CREATE", "a b"), b"CREATE a b"),
]


@pytest.mark.parametrize(
    ("listed", "line"),
    [
        (b"&BBAEMQQyACYEMwQ0BDU-", b"SELECT &BBAEMQQyACYEMwQ0BDU-"),
        (b'"Entw\xc3\xbcrfe"', b'SELECT "Entw\xc3\xbcrfe"'),
        (b'"Entw\xfcrfe"', b'SELECT "Entw\xfcrfe"'),
        (b"&2D0-", b"SELECT &2D0-"),
        (b'"x & y"', b'SELECT "x & y"'),
        (b'"Entw&APw-rfe"', b"SELECT Entw&APw-rfe"),
    ],
)
def test_a9_a_parsed_name_is_sent_back_as_it_came(listed: bytes, line: bytes) -> None:
    client = selected(OK)
    (found,) = imap4.parsed("LIST", [b'() "/" ' + listed])
    client.select(found.mailbox)
    assert line in sent(client)


@pytest.mark.parametrize(("name", "arguments", "line"), LINES)
def test_line(name: str, arguments: tuple[object, ...], line: bytes) -> None:
    client = selected(OK)
    getattr(client, name)(*arguments)
    imap4.Commands.pop("XANY", None)  # xatom adds it
    assert sent(client) == b"t1 " + line + b"\r\n"


@pytest.mark.parametrize(
    ("name", "arguments", "line"),
    [
        ("login", ("me", "pw"), b'LOGIN me "pw"'),
        ("login", ("some one", '"pw"'), b'LOGIN "some one" "\\"pw\\""'),
        ("login", ("", b"p\\w"), b'LOGIN "" "p\\\\w"'),
        ("proxyauth", ("some one",), b'PROXYAUTH "some one"'),
    ],
)
def test_who(name: str, arguments: tuple[object, ...], line: bytes) -> None:
    client = selected(OK)
    client.state = "AUTH" if name == "proxyauth" else "NONAUTH"
    getattr(client, name)(*arguments)
    assert sent(client) == b"t1 " + line + b"\r\n"


@pytest.mark.parametrize(
    ("name", "arguments", "line"),
    [
        ("append", ("a b", r"\Seen", None, b"x"), rb'APPEND "a b" (\Seen) {1}'),
        ("append", (None, "", None, b"x"), b"APPEND INBOX {1}"),
        ("replace", ("4", "a b", r"(\Seen)", None, b"x"), rb'REPLACE 4 "a b" (\Seen) {1}'),
    ],
)
def test_message(name: str, arguments: tuple[object, ...], line: bytes) -> None:
    client = selected(b"+ go\r\n", OK)
    getattr(client, name)(*arguments)
    assert sent(client) == b"t1 " + line + b"\r\nx\r\n"


@pytest.mark.parametrize(
    ("given", "wire"),
    [
        ("INBOX", "INBOX"),
        ("a]b[c/d.e&AOk-", "a]b[c/d.e&AOk-"),
        ("NIL", "NIL"),
        ("", '""'),
        ('""', '""'),
        ('"a b"', '"a b"'),
        (r'"a\"b\\"', r'"a\"b\\"'),
        ('"', r'"\""'),
        ('"a"b"', r'"\"a\"b\""'),
        ('"a\\"', r'"\"a\\\""'),
        ("(a)", '"(a)"'),
        ("a\\b", r'"a\\b"'),
        ("a\tb", '"a\tb"'),
        ("a\x7f", '"a\x7f"'),
        ("bøx", '"bøx"'),
        ("日本", '"日本"'),
        ("a%", '"a%"'),
        ("*", '"*"'),
    ],
)
def test_astring(given: str, wire: str) -> None:
    assert astring(given) == wire
    assert list_mailbox(given) == (given if given in ("a%", "*") else wire)


def test_bytes_are_treated_alike_and_literals_are_left() -> None:
    client = selected(OK, b"+ go\r\n", OK)
    client.delete(b"a \xff")
    client.delete(imap4.LiteralArgument(b"a b", 3))
    assert sent(client) == b't1 DELETE "a \xff"\r\nt2 DELETE {3}\r\na b\r\n'
    assert (client._quote('a"'), client._quote(b'a"')) == (r'"a\""', rb'"a\""')


@pytest.mark.parametrize("octet", ["\r", "\n", "\0"])
def test_quotes_make_no_line_end_sendable(octet: str) -> None:
    client = selected(OK)
    before = client.sent
    for mailbox in (f"a {octet}b", f'"a{octet}b"'):
        with pytest.raises(ValueError, match="CR, LF and NUL"):
            client.select(mailbox)
    assert client.sent == before


def test_password_stays_hidden_behind_a_user_in_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    client = selected(OK, debug=4)
    client.state = "NONAUTH"
    client.login("some one", "the secret")
    client.print_log()
    assert "secret" not in capsys.readouterr().err


@pytest.mark.parametrize("octets", range(7))
def test_the_line_ends_of_a_message_are_those_that_the_expression_makes(octets: int) -> None:
    for letters in product((b"\r", b"\n", b"x"), repeat=octets):
        message = b"".join(letters)
        made = imap4.MapCRLF.sub(b"\r\n", message)
        assert messages._lines(message) == made
        assert messages._lines(bytearray(message)) == made  # type: ignore[arg-type]
