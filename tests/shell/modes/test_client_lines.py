"""`--explain --client`: recorded commands are checked against the table, one JSON object for each."""

from __future__ import annotations

import json
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.errors import UsageError
from imapsh.shell.main import main
from imapsh.shell.modes.client_lines import Line, Reader
from imapsh.shell.settings.options import parse
from imapsh.wire.offline import RECORDED


def lines(octets: bytes, capabilities: str = "") -> list[Line]:
    file: BufferedReader[Any] = BufferedReader(BytesIO(octets))
    return list(Reader(file, RECORDED, None, frozenset(capabilities.split())).lines())


def one(text: str, capabilities: str = "") -> Line:
    (line,) = lines(text.encode() + b"\r\n", capabilities)
    return line


CLEAN = [
    b"a1 NOOP\r\n",
    b"a1 LOGIN ida secret\r\na2 SELECT INBOX\r\na3 UID FETCH 1:* (FLAGS UID)\r\na4 LOGOUT\r\n",
    b"a1 LOGIN {3}\r\nida {6}\r\nsecret\r\n",
    b"a1 LOGIN {3}\r\n+ go on\r\nida {6}\r\n+\r\nsecret\r\n",
    b"a1 LOGIN {3+}\r\nida {6+}\r\nsecret\r\n",
    b"a1 APPEND INBOX (\\Seen) {5}\r\n+ go\r\n+ a\r\n\r\n",
    b"a1 IDLE\r\n+ idling\r\nDONE\r\na2 NOOP\r\n",
    b"a1 AUTHENTICATE PLAIN\r\n+\r\nAGlkYQBzZWNyZXQ=\r\na2 NOOP\r\n",
    b"a1 AUTHENTICATE CRAM-MD5\r\n+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+\r\n*\r\na2 NOOP\r\n",
    b"a1 AUTHENTICATE SCRAM-SHA-1\r\nbiwsbj11c2Vy\r\n+ cj1meQ==\r\nYz1iaXdz\r\n+ dj1y\r\n\r\na2 NOOP\r\n",
    b"a1 LOGIN ida wrong\r\na2 LOGIN ida right\r\na3 SELECT None\r\na4 SELECT INBOX\r\na5 FETCH 1 FLAGS\r\n",
]


@pytest.mark.parametrize("octets", CLEAN)
def test_what_is_right_is_clean_and_nothing_is_left_out(octets: bytes) -> None:
    found = lines(octets)
    assert [(one.violations, one.findings, one.incomplete) for one in found] == [((), (), False)] * len(found)
    assert _covered(found) == len(octets)


def _covered(found: list[Line]) -> int:
    """Return where the lines end, each of which begins where the one before ends."""
    end = 0
    for one in found:
        assert one.offset == end
        end += one.length
    return end


#: A line, and the rule, RFC and octet of its violation.
AMISS = [
    ("a1 FROB", "command", "RFC 9051 §9", 3),
    ("a1 FETCH 1", "syntax", "RFC 9051 §6.4.5", 10),
    ("a1 UID FETCH 0 FLAGS", "syntax", "RFC 9051 §6.4.9", 13),
    ("a1 FETCH 1 FLGS", "syntax", "RFC 9051 §6.4.5", 11),
    ("a1  NOOP", "SP", "RFC 9051 §9", 3),
    ("a(1 NOOP", "tag", "RFC 9051 §9", 0),
    ("a1 SELECT a b", "syntax", "RFC 9051 §6.3.2", 12),
    ("a1 LOGIN ida", "syntax", "RFC 9051 §6.2.3", 12),
    ('a1 LOGIN "i\\da" x', "quoted", "RFC 9051 §9", 11),
    ('a1 GETQUOTA "" x', "syntax", "RFC 9208 §4.1.1", 15),
    # what an extension adds to an older command breaks the extension's RFC
    ("a1 SELECT a (QRESYNC)", "syntax", "RFC 7162 §3.2.5", 20),
    ("a1 SELECT a (QRESYNC 1 1)", "syntax", "RFC 7162 §3.2.5", 21),
    ("a1 SELECT a (QRESYNC (0 1))", "syntax", "RFC 7162 §3.2.5", 22),
    ("a1 SELECT a (QRESYNC (1))", "syntax", "RFC 7162 §3.2.5", 23),
    ("a1 SELECT a (QRESYNC (1", "syntax", "RFC 7162 §3.2.5", 23),
    ("a1 SELECT a (QRESYNC (1 9223372036854775808))", "syntax", "RFC 7162 §3.2.5", 24),
    ("a1 SELECT a (5)", "syntax", "RFC 9051 §6.3.2", 13),
    ("a1 FETCH 1 FLAGS (CHANGEDSINCE 0)", "syntax", "RFC 7162 §3.1.4.1", 31),
    ("a1 FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)", "place", "RFC 7162 §3.2.6", 33),
    ("a1 SEARCH RETURN (PARTIAL 5) ALL", "syntax", "RFC 9394 §3.1", 26),
    ("a1 SEARCH RETURN (ALL PARTIAL 1:5) ALL", "search-return-opt", "RFC 9394 §3.1", 22),
    ("a1 SEARCH MODSEQ x", "syntax", "RFC 7162 §3.1.5", 17),
    ("a1 NOTIFY SET (selected (MessageNew))", "message-event", "RFC 5465 §5", 25),
    ("a1 CREATE a (USE x)", "syntax", "RFC 6154 §3", 17),
    ("a1 LANGUAGE ", "SP", "RFC 9051 §9", 11),
    ("a1 GETACL ", "SP", "RFC 9051 §9", 9),
    ("a1 GETMETADATA a (x /shared/x)", "metadata-entry-name", "RFC 5464 §3.2", 18),
    # what comes twice
    ("a1 SELECT a (QRESYNC (1 1) qresync (1 1))", "select-param", "RFC 7162 §3.2.5", 27),
    ("a1 STORE 1 (UNCHANGEDSINCE 1 UNCHANGEDSINCE 1) FLAGS ()", "store-modifier", "RFC 7162 §3.1.3", 29),
    ("a1 FETCH 1 FLAGS (CHANGEDSINCE 1 X-A 1 CHANGEDSINCE 1)", "fetch-modifier", "RFC 7162 §3.1.4.1", 39),
    ("a1 GETMETADATA (DEPTH 1 DEPTH 1) a /shared/x", "getmetadata-option", "RFC 5464 §4.2.2", 24),
    ("a1 CREATE a (X-A 1 X-A 2)", "create-param", "RFC 4466 §2.2", 19),
    ('a1 LIST (REMOTE RECURSIVEMATCH) "" *', "place", "RFC 9051 §6.3.9.1", 16),
    (r"a1 STORE 1 FLAGS (\Recent)", "syntax", "RFC 9051 §9", 18),
    ("a1 CANCELUPDATE B1", "syntax", "RFC 5267 §4.3.5", 16),
    ('a1 SELECT "Müll"', "QUOTED-CHAR", "RFC 3501 §9", 12),
    ('a1 SELECT "Müll" x', "QUOTED-CHAR", "RFC 3501 §9", 12),
]


@pytest.mark.parametrize(("text", "rule", "rfc", "offset"), AMISS)
def test_what_is_wrong_is_named(text: str, rule: str, rfc: str, offset: int) -> None:
    violation = one(text).violations[0]
    assert (violation.rule, violation.rfc, violation.offset) == (rule, rfc, offset)


@pytest.mark.parametrize("plus", [b"", b"+ go\r\n"])
def test_an_offset_counts_literals_and_the_lines_between(plus: bytes) -> None:
    octets = b"a1 NOOP\r\na2 LOGIN {3}\r\n" + plus + b"ida {4}\r\n" + plus + b"pass x\r\n"
    [violation] = lines(octets)[1].violations
    assert octets[violation.offset :] == b"x\r\n"


@pytest.mark.parametrize("piece", [b" UID 1", b" ANNOTATION (/a (b NIL))"])
def test_arguments_of_append_that_never_end(piece: bytes) -> None:
    found = lines(b"a1 APPEND a" + piece * 3000 + b"\r\n")
    assert [one.violations[0].rule for one in found] == ["nesting"]


def test_a_literal_does_not_stand_where_only_quotes_may() -> None:
    [violation] = lines(b"a1 CANCELUPDATE {2+}\r\nB1\r\n")[0].violations
    assert (violation.rule, violation.offset) == ("syntax", 16)


FINDINGS = [
    (b"a1 LOGOUT\r\na2 NOOP\r\n", "", ["state"]),
    (b"a1 SELECT INBOX\r\na2 CLOSE\r\na3 FETCH 1 FLAGS\r\n", "", ["state"]),
    (b"a1 LOGIN a b\r\na1 NOOP\r\n", "", ["tag-reused"]),
    (b'a1 GETQUOTA ""\r\n', "IMAP4rev1 QUOTA", []),
    (b'a1 GETQUOTA ""\r\n', "IMAP4rev1", ["not-offered"]),
    (b"a1 LOGIN {3+}\r\nida x\r\n", "IMAP4rev1", ["not-offered"]),
    (b"a1 LOGIN {3+}\r\nida x\r\n", "IMAP4rev1 LITERAL-", []),
    (b"a1 SELECT INBOX (X-OWN 3)\r\n", "", ["not-offered"]),
    (b'a1 LIST (REMOTE REMOTE) "" *\r\n', "", ["list-select"]),
    (b"a1 UID FETCH " + b"1," * 5000 + b"1 FLAGS\r\n", "", ["line-length"]),
]


@pytest.mark.parametrize(("octets", "capabilities", "rules"), FINDINGS)
def test_findings(octets: bytes, capabilities: str, rules: list[str]) -> None:
    found = lines(octets, capabilities)
    assert [finding.rule for one in found for finding in one.findings] == rules
    assert [one.violations for one in found] == [()] * len(found)


def test_what_follows_idle_and_authenticate() -> None:
    assert [one.name for one in lines(b"a IDLE\r\nDONE\r\nb AUTHENTICATE PLAIN\r\nAGE=\r\nc NOOP\r\n")] == [
        "IDLE", "DONE", "AUTHENTICATE", "", "NOOP",
    ]  # fmt: skip
    assert lines(b"a IDLE\r\nb NOOP\r\n")[1].violations[0].rule == "idle"
    assert lines(b"a AUTHENTICATE PLAIN\r\nnot base64\r\n")[1].violations[0].offset == 25


def test_no_object_holds_a_secret() -> None:
    for line in lines(b"a LOGIN ida hunter2 more\r\nb LOGIN hunter2\r\nc LOGN ida hunter2\r\n"):
        assert "hunter2" not in json.dumps(line.as_json())


@given(
    st.lists(st.sampled_from([b"a1 NOOP\r\n", b"x", b"{3}\r\n", b"{3+}\r\n", b"+ \r\n", b'"', b"\r\n", b"\xff", b" ("]))
)
def test_any_octets_are_covered(pieces: list[bytes]) -> None:
    octets = b"".join(pieces)
    assert _covered(lines(octets)) == len(octets)


def test_the_command_line(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "client.txt"
    path.write_bytes(b"a1 NOOP\r\na2 FROB\r\n")
    assert main(["--explain", "--client", str(path)]) == 0
    first, second = map(json.loads, capfdbinary.readouterr().out.splitlines())
    assert first == {
        "offset": 0, "length": 9, "kind": "client", "tag": "a1", "name": "NOOP", "violations": [], "findings": [],
    }  # fmt: skip
    assert second["violations"][0]["rule"] == "command"
    assert main(["--explain", str(path), "--client", "--strict"]) == 1
    path.write_bytes(b"a1 LOGIN {9}\r\nida")
    assert main(["--explain", "--client", str(path)]) == 1
    assert b'"incomplete":true' in capfdbinary.readouterr().out


@pytest.mark.parametrize("words", ["--client", "--explain x --capabilities IDLE", "--explain --client"])
def test_options_that_need_another(words: str) -> None:
    with pytest.raises(UsageError, match=r"goes with|needs its FILE"):
        parse(words.split())
