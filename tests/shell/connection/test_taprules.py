"""The grammar of a tap's rules."""

from __future__ import annotations

import pytest

from imapsh.shell.connection.taprules import ANSWER, CUT, DELAY, HIDE, SPLIT, Rule, RuleError, parse_rule
from imapsh.wire.pieces import CLIENT, SERVER


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("hide idle", Rule(HIDE, "", SERVER, name="IDLE")),
        ("HIDE AUTH=PLAIN", Rule(HIDE, "", SERVER, name="AUTH=PLAIN")),
        ("hide AUTH=*", Rule(HIDE, "", SERVER, name="AUTH=*")),
        ("delay 2", Rule(DELAY, "", SERVER, 2.0)),
        ("delay 0.25 client", Rule(DELAY, "", CLIENT, 0.25)),
        ("  delay 1 server ", Rule(DELAY, "", SERVER, 1.0)),
        ("delay 1 fetch", Rule(DELAY, "", CLIENT, 1.0, "FETCH")),
        ("delay 1 * exists", Rule(DELAY, "", SERVER, 1.0, "EXISTS")),
        ("cut 0", Rule(CUT, "", SERVER, 0)),
        ("cut 100 client", Rule(CUT, "", CLIENT, 100)),
        ("split 1", Rule(SPLIT, "", SERVER, 1)),
        ('answer noop "NO go away"', Rule(ANSWER, "", CLIENT, name="NOOP", lines=(b"NO go away",))),
        ("answer NOOP OK", Rule(ANSWER, "", CLIENT, name="NOOP", lines=(b"OK",))),
        (
            r'answer LIST "* LIST () \"/\" \"a b\"" "OK done"',
            Rule(ANSWER, "", CLIENT, name="LIST", lines=(b'* LIST () "/" "a b"', b"OK done")),
        ),
    ],
)
def test_a_rule_is_read(text: str, rule: Rule) -> None:
    assert parse_rule(text) == rule._replace(text=text)


@pytest.mark.parametrize(
    ("text", "at", "why"),
    [
        ("", 0, "a rule begins with hide, delay, cut, split or answer"),
        ("jump", 0, "a rule begins with"),
        ("hide", 5, "expected the name of a capability here"),
        ("hide A B", 7, "nothing more was expected: hide CAPABILITY"),
        ("hide (", 5, "expected the name of a capability here"),
        ("delay x FETCH", 6, "expected a number of seconds here"),
        ("delay 1 *", 10, "expected the name of a response here"),
        ("delay 1 {", 8, "expected client, server, a command, or * and a response here"),
        ("cut", 4, "expected a number of octets here"),
        ("cut 10 sever", 7, "expected client or server here"),
        ("split 0", 6, "a piece has at least one octet"),
        ("answer", 7, "expected the name of a command here"),
        ("answer NOOP", 12, 'expected a text in ASCII, such as "NO not now", here'),
        ('answer NOOP "NO go', 12, "the quote does not end"),
        ("answer NOOP hello", 12, "this line of the answer must begin with OK, NO or BAD"),
        ('answer NOOP "OK a" "OK b"', 13, "must begin with * or +, as the last alone is tagged"),
        ("answer NOOP NÖ", 12, "expected a text in ASCII"),
        ('answer NOOP "NO a\r\nx OK"', 13, "expected a text in ASCII"),
    ],
)
def test_a_wrong_rule_says_where(text: str, at: int, why: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(text)
    assert why in str(caught.value)
    assert f"(character {at + 1} of " in str(caught.value)
    assert (caught.value.text, caught.value.at) == (text, at)
