"""All checks together: the catalogue, and what is said of a conversation that was joined in the middle."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imapsh import table
from imapsh.findings import CONDUCT, FAULT, NOTICE
from imapsh.grammar.responses import Parser
from imapsh.session.exchange import Exchange
from imapsh.session.knowledge import Knowledge
from imapsh.table.model import SELECTED as SELECTED_STATE
from imapsh.wire.frames import Frame

from .scenes import CONDSTORE, SELECTED, findings, opened

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


# -- what NOTIFY makes a server keep to itself (RFC 5465 section 3.1)

LOUD = "NOTIFY SET (SELECTED-DELAYED (MessageNew (UID) MessageExpunge FlagChange))"
QUIET = (
    "NOTIFY NONE", "NOTIFY SET (PERSONAL (MessageNew MessageExpunge))", "NOTIFY SET (SELECTED NONE)",
    "NOTIFY SET (SELECTED-DELAYED (FlagChange))", "NOTIFY SET (SUBTREE Lists NONE)",
)  # fmt: skip
KNOWN = ("FETCH 1:* UID", *(f"* {number} FETCH (UID {number * 10})" for number in range(1, 6)))
#: What a server that counts alone may say, and the rules that it breaks if it told all.
COUNTS = (
    (("FETCH * FLAGS", r"* 9 FETCH (FLAGS (\Seen))"), ["message-number"]),
    (("SEARCH ALL", "* SEARCH 1 9"), ["message-number"]),
    (("SEARCH RETURN (ALL) ALL", '* ESEARCH (TAG "TAG") ALL 1:9'), ["message-number"]),
    (("SORT RETURN (ALL) (DATE) UTF-8 ALL", '* ESEARCH (TAG "TAG") ALL 9,1'), ["message-number"]),
    (("FETCH 1 UID", "* 1 FETCH (UID 20)"), ["uid-changes"]),
    (("FETCH 2 UID", "* 2 FETCH (UID 99)"), ["uid-changes"]),
    (("FETCH 1 UID", "* 1 FETCH (UID 100)"), ["uid-changes", "uid-above-next"]),
    (("EXPUNGE", "* 9 EXPUNGE"), ["message-number"]),
    (("NOOP", "* 4 EXISTS"), ["exists-shrinks"]),
)


@pytest.mark.parametrize(("said", "rules"), COUNTS)
def test_numbers_are_held_against_what_was_told_if_all_was(said: tuple[str, ...], rules: list[str]) -> None:
    for scene in (SELECTED, CONDSTORE):
        assert findings(scene, KNOWN, said) == rules
        assert findings(scene, KNOWN, (LOUD,), said) == rules
        for quiet in QUIET:
            assert findings(scene, KNOWN, (quiet,), said) == []
            assert findings(scene, (quiet,), KNOWN, said) == []
            assert findings(scene, KNOWN, (quiet,), (LOUD,), said) == []  # what was learned meanwhile may be wrong


@pytest.mark.parametrize("quiet", QUIET)
def test_the_next_select_that_is_told_of_begins_anew(quiet: str) -> None:
    beyond = ("FETCH * FLAGS", r"* 9 FETCH (FLAGS (\Seen))")
    assert findings(SELECTED, (quiet,), opened(), beyond) == []
    assert findings(SELECTED, (quiet,), opened(), KNOWN, ("FETCH 1 UID", "* 1 FETCH (UID 100)")) == []
    assert findings(SELECTED, (quiet,), (LOUD,), opened(), beyond) == ["message-number"]


def test_an_overflow_is_as_quiet() -> None:
    overflow = ("NOOP", "* OK [NOTIFICATIONOVERFLOW] too many")
    assert findings(SELECTED, (LOUD,), overflow, ("FETCH * FLAGS", r"* 9 FETCH (FLAGS (\Seen))")) == []


def test_a_keyword_may_come_unheard() -> None:
    said = ("FETCH 1 (UID FLAGS)", "* 1 FETCH (UID 7 FLAGS (odd))")
    assert findings(SELECTED, said) == ["keyword-unannounced"]
    assert findings(SELECTED, ("NOTIFY NONE",), said) == []
    assert findings(SELECTED, ("NOTIFY SET (SELECTED (MessageNew MessageExpunge))",), said) == []
    assert findings(SELECTED, (LOUD,), said) == ["keyword-unannounced"]


def joined(*said: str) -> list[str]:
    """The rules that are broken for who joined in the middle, and saw a SELECT; A1, A2 and so on are NOOP."""
    known = Knowledge(nesting=100)
    known.join()
    parser = Parser(table.readers)
    names = {"A0": "SELECT"}
    found: list[str] = []
    for line in said:
        tag = line.partition(" ")[0]
        if line.count(" ") == 0:
            known.sent(Exchange(tag, names.get(tag, "NOOP"), [f"{tag} {names.get(tag, 'NOOP')} x".encode()]))
            continue
        response = parser.parse(Frame((line.encode() + b"\r\n",)))
        exchange = {**known.given_up, **known.running}.get(response.tag or "")
        findings = known.completed(exchange, response) if exchange is not None else known.take(response)[0]
        found += [finding.rule for finding in findings]
    return found


def test_who_joined_does_not_know_what_notify_asked_for() -> None:
    select = ("A0", "* 5 EXISTS", "* OK [UIDVALIDITY 7] v", "* OK [UIDNEXT 100] n", "A0 OK [READ-WRITE] done")
    for beyond in ("* 9 FETCH (FLAGS ())", "* 4 EXISTS", "* 1 FETCH (UID 100)"):
        assert joined(*select, "A1", beyond, "A1 OK done") == []
        assert joined("* CAPABILITY IMAP4rev1 NOTIFY", *select, "A1", beyond, "A1 OK done") == []
    assert joined("* CAPABILITY IMAP4rev1", *select, "A1", "* 4 EXISTS", "A1 OK done") == ["exists-shrinks"]


def test_the_data_of_a_select_that_waited_for_another_are_asked_for() -> None:
    known = Knowledge(nesting=100)
    parser = Parser(table.readers)
    known.greet(parser.parse(Frame((b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n",)), greeting=True))
    for tag, name in (("A1", "nothing"), ("A2", "INBOX")):
        known.sent(Exchange(tag, "SELECT", [f"{tag} SELECT {name}".encode()]))
    known.completed(known.running["A1"], parser.parse(Frame((b"A1 NO no\r\n",))))
    for line in (b"* FLAGS ()", b"* 0 EXISTS", b"* 0 RECENT"):
        assert known.take(parser.parse(Frame((line + b"\r\n",))))[0] == ()


def test_each_fetch_is_looked_at_only_while_a_command_asks_for_it() -> None:
    known, parser = Knowledge(nesting=100), Parser(table.readers)

    def runs(name: str) -> bool:
        known.sent(exchange := Exchange("A1", name, [b"A1 " + name.encode()]))
        strict = known.checks.strict
        known.completed(exchange, parser.parse(Frame((b"A1 OK done\r\n",))))
        return strict

    known.state = SELECTED_STATE
    assert [runs(name) for name in ("NOOP", "UID FETCH", "FETCH", "STORE", "UID STORE", "NOOP")] == [
        False, True, False, True, True, False,
    ]  # fmt: skip
    known.sent(enable := Exchange("A1", "ENABLE", [b"A1 ENABLE QRESYNC"]))
    known.take(parser.parse(Frame((b"* ENABLED QRESYNC\r\n",))))
    known.completed(enable, parser.parse(Frame((b"A1 OK done\r\n",))))
    assert known.checks.strict
    assert runs("NOOP")
