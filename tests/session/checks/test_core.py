"""All checks together: the catalogue, and what is said of a conversation that was joined in the middle."""

from __future__ import annotations

import re
from pathlib import Path

from imapsh import table
from imapsh.findings import CONDUCT, FAULT, NOTICE
from imapsh.grammar.responses import Parser
from imapsh.session.exchange import Exchange
from imapsh.session.knowledge import Knowledge
from imapsh.wire.frames import Frame

HERE = Path(__file__).parent


def test_each_rule_is_broken_in_a_test() -> None:
    texts = "".join(path.read_text() for path in [*HERE.glob("test_*.py"), *HERE.parent.glob("test_*.py")])
    assert [rule for rule in CONDUCT if f'"{rule}"' not in texts] == []


def test_each_rule_has_a_level_an_rfc_and_a_line() -> None:
    for name, rule in CONDUCT.items():
        assert rule.level in (FAULT, NOTICE), name
        assert re.fullmatch(r"RFC \d{4} §[\d.]+", rule.rfc), name
        assert not rule.line.endswith("."), name


def test_who_joins_in_the_middle_accuses_nobody_of_what_came_before() -> None:
    known = Knowledge(nesting=100)
    known.join()
    parser = Parser(table.readers)
    noop = Exchange("A9", "NOOP", [b"A9 NOOP"])
    known.sent(noop)
    for line in (
        "A8 OK [READ-WRITE] this may be a SELECT",
        "+ and this for an APPEND",
        "* 5 EXISTS",
        "* 3 EXISTS",
        "* 4 EXPUNGE",
        "* VANISHED 7",
        "* VANISHED (EARLIER) 8",
        "* 1 FETCH (UID 7 FLAGS (odd) RFC822.SIZE 3)",
        "* 1 FETCH (UID 6 FLAGS (odd) RFC822.SIZE 4)",
        "* ESEARCH (TAG A3) COUNT 2",
        "* ENABLED QRESYNC",
        "* SEARCH 900",
        "* OK [CLOSED] and now",
        '* LIST () "/" INBOX',
    ):
        response = parser.parse(Frame((line.encode() + b"\r\n",)))
        if response.kind == "continuation":
            assert known.continued(None).findings == (), line
        else:
            assert known.take(response)[0] == (), line
