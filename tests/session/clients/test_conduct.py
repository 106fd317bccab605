"""Each rule of clients' conduct is broken once, and nearly broken by clients that are right."""

from __future__ import annotations

import re

import pytest

from imapsh.findings import CLIENTS, CONDUCT, FAULT, NOTICE
from imapsh.wire.pieces import LINES

from .scenes import BOX, IN, KNOWN, NEW, OLD, QRESYNC, REV2, TLS, accused, pieces

LONG = "1," * 4200

BROKEN: dict[str, list[str]] = {
    "state": [
        OLD + "C: a SELECT INBOX",
        IN + "C: a FETCH 1 FLAGS",
        IN + "C: a LOGIN ann pass",
        IN + BOX + "C: a CLOSE\nS: a OK done\nC: b STORE 1 FLAGS ()",
        IN + BOX + "C: a SELECT x\nS: a NO none\nC: b FETCH 1 FLAGS",
        IN + "C: a LOGOUT\n... b NOOP",
        IN + "C: a LOGOUT\nS: * BYE bye\nS: a OK done\nC: b NOOP",
        OLD + "C: a STATUS x (MESSAGES)\n... b CREATE x",
    ],
    "number-pipelined": [
        IN + BOX + "C: a NOOP\n... b STORE 1 FLAGS ()",
        IN + BOX + "C: a COPY 1 x\n... b COPY 2 x",
        IN + BOX + "C: a FETCH 1 UID\n... b NOOP\n... c STORE 1 FLAGS ()",
        IN + BOX + "C: a UID FETCH 1 FLAGS\n... b UID SEARCH 1:2",
        IN + "C: a SELECT x\n... b FETCH 1:* FLAGS",
    ],
    "continuation-pipelined": [
        OLD + "C: a AUTHENTICATE PLAIN\n... b NOOP",
        IN + "C: a IDLE\n... b NOOP",
    ],
    "starttls-pipelined": [TLS + "C: a STARTTLS\n... b CAPABILITY"],
    "compress-pipelined": [REV2 + "C: a COMPRESS DEFLATE\n... b NOOP"],
    "enable-selected": [
        REV2 + BOX + "C: a ENABLE IMAP4rev2",
        REV2 + BOX + "C: a CLOSE\nS: a OK done\nC: b ENABLE IMAP4rev2",
        REV2 + "C: a SELECT x\n... b ENABLE IMAP4rev2",
        "C: a FETCH 9 FLAGS\nS: * 9 FETCH (FLAGS ())\nS: a OK done\nC: b ENABLE IMAP4rev2",
    ],
    "done-alone": [
        IN + "C: DONE",
        IN + "C: a IDLE\nS: + go\nC: DONE\nS: a OK done\nC: DONE",
    ],
    "done-early": [IN + "C: a IDLE\n... DONE\nS: + go\nS: a OK done\nC: b NOOP"],
    "idle-long": [IN + "C100: a IDLE\nS: + go\nC2000: DONE"],
    "answer-early": [NEW + "C: a AUTHENTICATE PLAIN\n... AGFubgBwYXNz\nS: + \nS: a OK done"],
    "tag-running": [IN + "C: a NOOP\n... a LIST \"\" *"],
    "tag-reused": [IN + "C: a NOOP\nS: a OK done\nC: a NOOP"],
    "line-length": [IN + BOX + f"C: a UID FETCH {LONG}1 FLAGS"],
    "literal-waits": [
        IN + "C: a CREATE {1}\n... x",
        IN + "C: a CREATE {1}\nC: x",
        IN + "C: a RENAME {1}\nS: + go\nC: x {1}\nC: y",
        IN + "C: a CREATE {0}\n... ",
    ],
    "literal-large": [
        "S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL-] hi\n" + f"C: a APPEND x {{5000+}}\n... {'x' * 5000}",
        REV2 + f"C: a APPEND x {{5000+}}\n... {'x' * 5000}",
    ],
    "not-offered": [
        KNOWN + "C: a NAMESPACE",
        KNOWN + "C: a CREATE {1+}\n... x",
        KNOWN + "C: a APPEND x ~{1}\nS: + go\nC: x",
        KNOWN + BOX + "C: a FETCH $ FLAGS",
        KNOWN + BOX + "C: a MOVE 1 x",
        OLD + "C: a STARTTLS",
    ],
    "edition": [
        "S: * PREAUTH [CAPABILITY IMAP4rev2] hi\n" + BOX + "C: a CHECK",
        REV2 + 'C: a ENABLE IMAP4rev2\nS: * ENABLED IMAP4rev2\nS: a OK done\nC: b LSUB "" *',
    ],
    "obsolete": [
        IN + 'C: a LSUB "" *',
        IN + BOX + "C: a CHECK",
        IN + BOX + "C: a FETCH 1 (UID RFC822.TEXT)",
        IN + BOX + "C: a SEARCH OR NEW SEEN",
        IN + "C: a STATUS x (RECENT)",
    ],
    "initial-response": ["S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\n" + "C: a AUTHENTICATE PLAIN AGFubgBwYXNz"],
    "login-disabled": [TLS + "C: a LOGIN ann pass"],
    "login-first": [NEW + "C: a LOGIN ann pass"],
    "login-utf8": [OLD + "C: a LOGIN {3}\nS: + go\nC: änn pass".replace("änn", "än")],
    "clear-password": [
        TLS.replace(" LOGINDISABLED", "") + "C: a LOGIN ann pass",
        TLS + "C: a AUTHENTICATE PLAIN",
    ],
    "seq-number": [
        IN + BOX + "C: a FETCH 4 FLAGS",
        IN + BOX + "C: a STORE 1:4 FLAGS ()",
        IN + BOX + "C: a NOOP\nS: * 3 EXPUNGE\nS: a OK done\nC: b FETCH 3 FLAGS",
    ],
    "status-selected": [IN + BOX + "C: a STATUS inbox (MESSAGES)"],
    "create-inbox": [IN + "C: a CREATE Inbox"],
    "delete-inbox": [IN + 'C: a DELETE "INBOX"'],
    "list-reference": [IN + "C: a LIST x/ *"],
    "list-select": [REV2 + 'C: a LIST (SUBSCRIBED SUBSCRIBED) "" *'],
    "list-return": [REV2 + 'C: a LIST "" * RETURN (CHILDREN CHILDREN)'],
    "search-charset": [
        REV2 + "C: e ENABLE UTF8=ACCEPT\nS: * ENABLED UTF8=ACCEPT\nS: e OK done\n" + BOX
        + "C: a SEARCH CHARSET UTF-8 TEXT x",
    ],
    "id-limits": [KNOWN + 'C: a ID ("name" "x" "name" "y")', KNOWN + f'C: a ID ("{"n" * 31}" "x")'],
}  # fmt: skip


def test_each_rule_is_broken_here() -> None:
    assert set(BROKEN) == set(CLIENTS)


@pytest.mark.parametrize(("rule", "said"), [(rule, said) for rule, every in BROKEN.items() for said in every])
def test_a_client_that_breaks_a_rule_is_caught(rule: str, said: str) -> None:
    assert rule in accused(said)


def test_each_rule_has_a_level_an_rfc_and_a_line_of_its_own() -> None:
    for name, rule in CLIENTS.items():
        assert rule.level in (FAULT, NOTICE), name
        assert re.fullmatch(r"RFC \d{4} §[\d.E]+", rule.rfc), name
        assert not rule.line.endswith("."), name
    assert set(CLIENTS).isdisjoint(CONDUCT)


RIGHT = [
    # -- states: what runs may lead to them
    OLD + "C: a LOGIN ann pass\n... b SELECT x",
    OLD + "C: a LOGIN ann pass\n... b SELECT x\n... c UID FETCH 1 FLAGS",
    IN + "C: a SELECT x\n... b UID FETCH 1:* FLAGS\n... c CLOSE\n... d SELECT y\n... e UID FETCH 1 FLAGS",
    OLD + "C: a XLOGIN ann\nS: a OK hi\nC: b SELECT x",
    IN + BOX + "C: a SELECT x\nS: a BAD what\nC: b FETCH 1 FLAGS",
    IN + BOX + "S: * OK [CLOSED] gone\nC: a FETCH 1 FLAGS",
    OLD + "S: * BYE later\nC: a NOOP",
    IN + BOX + "C: a UNAUTHENTICATE\nS: a OK done\nC: b LOGIN ann pass\nS: b OK hi\nC: c ENABLE X",
    # -- what may be pipelined (RFC 9051 section 5.5)
    IN + BOX + "C: a FETCH 1 FLAGS\n... b STORE 1 FLAGS ()\n... c SEARCH 1\n... d NOOP",
    IN + BOX + "C: a STORE 1 FLAGS ()\n... b COPY 2 x\n... c EXPUNGE",
    IN + BOX + "C: a UID SEARCH SEEN\n... b UID SEARCH UID 5",
    IN + BOX + "C: a NOOP\nS: a OK done\nC: b FETCH 1 FLAGS",
    IN + BOX + "C: a NOOP\n... b NOOP\nS: b OK done\nC: c FETCH 1 FLAGS",  # the log may have lost the reply
    REV2 + BOX + "C: a SEARCH RETURN (SAVE) SEEN\n... b FETCH $ FLAGS",
    REV2 + BOX + "C: a UID SEARCH RETURN (SAVE) SEEN\n... b FETCH $ FLAGS",
    REV2 + "C: a ENABLE IMAP4rev2\n... b SELECT x",
    REV2 + 'C: a ENABLE IMAP4rev2\n... b SELECT "Müll"',
    QRESYNC + "C: a ENABLE QRESYNC\n... b SELECT x (QRESYNC (1 2))",
    TLS + "C: a STARTTLS\nS: a NO not now\nC: b CAPABILITY",
    REV2 + "C: a COMPRESS DEFLATE\nS: a NO no\nC: b NOOP",
    # -- IDLE and AUTHENTICATE
    IN + "C: a IDLE\nS: + go\nS: * 1 EXISTS\nC: DONE\n... b NOOP",
    IN + "C: a IDLE\nS: a NO no\nC: DONE",
    IN + "C: a IDLE\nS: + go\nS: a OK enough\nC: DONE",
    "C: DONE\nS: a OK done\nC: b NOOP",
    "S: * 5 EXISTS\nC: DONE\nS: a OK done\nC: b NOOP",
    IN + "C100: a IDLE\nS: + go\nC1841: DONE",
    NEW + "C: a AUTHENTICATE PLAIN\nS: + \nC: AGFubgBwYXNz\nS: a OK done\nC: b NOOP",
    NEW + "C: a AUTHENTICATE PLAIN AGFubgBwYXNz\n... b LIST \"\" *",
    NEW + "C: a AUTHENTICATE PLAIN\nS: + \nC: *\nS: a BAD gave up\nC: b LOGIN ann pass",
    # -- tags and literals
    OLD + "C: a LOGIN {3}\nS: + go\nC: ann {4}\nS: + go\nC: pass\nS: a OK hi\nC: b NOOP",
    IN + "C: a CREATE {1}\nS: a NO no\nC: b NOOP",
    IN + "C: a CREATE {1}\nS: * 5 EXISTS\nS: + go\nC: x",
    NEW + "C: a AUTHENTICATE PLAIN AGFubgBwYXNz\nS: a OK hi\nC: b CREATE {1+}\n... x",
    IN + "C: a CREATE {1+}\n... x",
    REV2 + "C: a CREATE {1+}\n... x",
    REV2 + "C: a APPEND x ~{1+}\n... x",
    IN + f"C: a APPEND x {{9000}}\nS: + go\nC: {'x' * 9000}",
    # -- capabilities that are not known, or may have changed
    IN + "C: a NAMESPACE",
    OLD + "C: a LOGIN ann pass\n... b NAMESPACE",
    OLD + "C: a LOGIN ann pass\nS: a OK hi\nC: b NAMESPACE\n... c CREATE {1+}\n... x",
    KNOWN + BOX + "C: a UID EXPUNGE 1",
    # -- the login
    OLD + "C: a LOGIN ann pass",
    NEW + "C: a AUTHENTICATE PLAIN AGFubgBwYXNz\nS: a NO no\nC: b LOGIN ann pass",
    # -- arguments
    IN + BOX + "C: a FETCH 3 FLAGS",
    IN + BOX + "C: a FETCH 1:* FLAGS",
    IN + BOX + "C: a UID FETCH 900 FLAGS",
    IN + BOX + "S: * 4 EXISTS\nC: a FETCH 4 FLAGS",
    IN + BOX + "C: a SELECT x\n... b STATUS INBOX (MESSAGES)",
    IN + BOX + "C: a STATUS x (MESSAGES)",
    IN + "C: a STATUS INBOX (MESSAGES)",
    IN + "C: a CREATE INBOX/x",
    IN + 'C: a LIST "" INBOX\n... b LIST "" ""',
    IN + BOX + "C: a SEARCH CHARSET UTF-8 TEXT x",
    IN + BOX + "C: a FETCH 1 (RFC822.SIZE BODY.PEEK[])",
    # -- a log that begins in mid-session, and one without the server's side
    "C: a NOOP\nS: a OK done\nC: b ENABLE IMAP4rev2",
    'C: a SELECT "Müll"\nS: a OK done',
    "S: * 5 EXISTS\nC: a LOGIN ann pass",
    "C: a NOOP\n... b FETCH 1 FLAGS\n... c STORE 1 FLAGS ()\n... d IDLE\n... DONE\n... e CREATE {1}\n... x",
    "C: a LOGIN ann pass\n... b SELECT x\n... c FETCH 1 FLAGS\n... d CLOSE\n... e LOGOUT",
    "S: * OK Still here\nC: a FETCH 1 UID\nS: a OK done",
    "S: b OK done\nC: a NOOP\nS: a OK done\nC: c FETCH 1 FLAGS",
]  # fmt: skip


@pytest.mark.parametrize("said", RIGHT)
def test_a_client_that_is_right_is_not_accused(said: str) -> None:
    assert accused(said) == []


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        (IN + "C: a IDLE\nS: + go\nC: b NOOP", ["idle"]),
        (NEW + "C: a AUTHENTICATE PLAIN\nS: + \nC: b NOOP", ["base64"]),
        (IN + "C: a+ NOOP", ["tag"]),
        (IN + "C: a  NOOP", ["SP"]),
        ("S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n" + 'C: a SELECT "Müll"', ["QUOTED-CHAR"]),
        (IN + BOX + "C: a UID FETCH 0 FLAGS", ["syntax"]),
    ],
)
def test_what_the_grammar_forbids_is_a_violation(said: str, rules: list[str]) -> None:
    assert accused(said) == rules


@pytest.mark.parametrize(
    "said",
    [
        IN + "C: a CREATE {1}\nC: x",
        IN + "C: a IDLE\nS: + go\nC: b NOOP",
        IN + "C: a IDLE\nC: b NOOP",
        IN + "C: a IDLE\nC: DONE",
        NEW + "C: a AUTHENTICATE PLAIN\nC: AGFubgBwYXNz",
        NEW + "C: a AUTHENTICATE PLAIN\nS: + \nC: (hidden)",
    ],
)
def test_nobody_is_accused_of_what_a_log_of_lines_may_have_left_out(said: str) -> None:
    assert accused(said) != []
    assert accused([piece._replace(exactness=LINES) for piece in pieces(said)]) == []
