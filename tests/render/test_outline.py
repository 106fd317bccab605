"""The outline of a response: lines, literals and violations in their order."""

from __future__ import annotations

from imapsh.findings import Finding
from imapsh.render.outline import Block, Marked, Row, outline, said, told
from imapsh.render.styles import plain
from tests.render.reading import one as response


def order(octets: bytes, columns: int = 100) -> list[str]:
    found = []
    for one in outline(response(octets), columns, 0):
        if isinstance(one, Row):
            found.append(plain(one.fragments))
        elif isinstance(one, Block):
            found.append(f"block {one.piece.label}")
        else:
            found.append(f"! {one.violation.rule}")
    return found


def test_a_violation_is_behind_its_line_and_before_a_later_literal() -> None:
    assert order(b"* 1 FETCH (FLAGS \\Seen BODY[1] {100}\r\n" + b"x" * 100 + b" UID 0)\r\n") == [
        "* 1 FETCH (FLAGS \\Seen",
        "! flag-list",
        "BODY[1] {100}",
        "block BODY[1]",
        "UID 0)",
        "! msg-att-static",
    ]


def test_each_line_has_the_violations_that_follow_it() -> None:
    rows = list(outline(response(b"* 1 FETCH (FLAGS \\Seen UID 0)\r\n"), 100, 0))
    assert isinstance(rows[0], Row)
    assert [one.violation for one in rows if isinstance(one, Marked)] == list(rows[0].violations)
    assert len(rows[0].violations) == 2


def test_what_is_said_has_the_rule_and_its_rfc() -> None:
    found = next(one for one in outline(response(b"* 1 FETCH (FLAGS \\Seen)\r\n"), 100, 0) if isinstance(one, Marked))
    assert plain(said(found.violation)) == "expected a list in parentheses [flag-list, RFC 9051 §9]"
    assert plain(told(Finding("bye-silent", "it went"))) == "? it went [bye-silent, notice, RFC 9051 §3.4]"
    assert plain(told(Finding("tag-unknown", "who"))) == "! who [tag-unknown, RFC 9051 §2.2.2]"
