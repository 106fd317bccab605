"""What the answers to a login mean: every code, and each fault of a token."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imapsh.sasl.jwt import Claims
from imapsh.shell.commands.login import meanings
from imapsh.shell.commands.login.meanings import CODES, ago, meaning, token_fault
from imapsh.shell.expectation import parse
from imapsh.shell.record.opening import Answer, Attempt
from imapsh.table.codes import NAMES

NOW = 1_800_000_000.0
GRAPH = "00000003-0000-0000-c000-000000000000"
#: Codes of servers and extensions that are no row of the table.
FOREIGN = {"WEBALERT", "THROTTLED", "REFERRAL"}


def refused(code: str = "", status: str = "NO", user: str = "ida@example") -> Attempt:
    return Attempt("AUTHENTICATE", "PLAIN", user, "", Answer(status, code, "", "text"))


def with_token(status: str = "", scope: str = "", **claims: object) -> Attempt:
    refusal = {name: text for name, text in (("status", status), ("scope", scope)) if text}
    made = Claims(**claims) if claims else None  # type: ignore[arg-type]
    return Attempt("AUTHENTICATE", "XOAUTH2", "ida", "", Answer("NO"), 0, "", refusal, True, made)


def test_every_code_is_one_of_the_table_or_known_to_be_foreign() -> None:
    assert {name.name for name in NAMES} >= set(CODES) - FOREIGN
    assert all(found.text and found.way and not found.way.endswith(".") for found in CODES.values())


@pytest.mark.parametrize("code", CODES)
def test_each_code(code: str) -> None:
    assert meaning(refused(code)) == CODES[code]


@pytest.mark.parametrize(
    ("attempt", "text"),
    [
        (refused(), "gives no code"),
        (refused("XNEW"), "gives no code"),
        (refused(status="BAD"), "did not understand"),
        (refused(status=""), "ended the connection in place of an answer"),
        (with_token(), "does not accept the token"),
        (refused()._replace(command="PROXYAUTH"), "may not act as the other user"),
        (refused(status="BAD")._replace(command="PROXYAUTH"), "does not know PROXYAUTH"),
    ],
)
def test_without_a_code_that_is_known(attempt: Attempt, text: str) -> None:
    assert text in meaning(attempt).text


def test_an_answer_that_nobody_waited_for() -> None:
    assert "did not answer it in time" in meaning(refused(status=""), late=True).text
    assert meaning(refused("EXPIRED"), late=True) == CODES["EXPIRED"]


def test_a_name_without_a_domain_may_be_why() -> None:
    assert "the whole address" in meaning(refused("AUTHENTICATIONFAILED", user="ida")).way
    assert "the whole address" not in meaning(refused("AUTHENTICATIONFAILED")).way
    assert meaning(with_token()._replace(answer=Answer("NO", "UNAVAILABLE"))) == CODES["UNAVAILABLE"]


@pytest.mark.parametrize(
    ("attempt", "kind", "text"),
    [
        (with_token("invalid_token", ends=NOW - 7200), "expired", "expired at 2027-01-15 06:00:00 UTC, 2 hours ago"),
        (with_token("400", ends=NOW), "expired", "0 seconds ago"),
        (with_token(begins=NOW + 90), "early", "valid only from 2027-01-15 08:01:30 UTC, in 1 minute"),
        (with_token(audiences=("https://graph.microsoft.com/",)), "audience", "for Microsoft Graph, and not for IMAP"),
        (with_token(audiences=(GRAPH,), ends=NOW + 9), "audience", "for Microsoft Graph"),
        (with_token("invalid_token", "imap", scopes=("mail.read",)), "scope",
         "has the scope mail.read, and the server wants imap"),
        (with_token("insufficient_scope", "imap", scopes=("imap",), ends=NOW + 9), "scope", "its scope is too small"),
        (with_token("invalid_token"), "refused", "expired, revoked or malformed"),
        (with_token("401", "imap"), "refused", "expired or revoked; it wants the scope imap"),
        (with_token("something"), "unknown", "the server says of it: something"),
        (with_token(), "unknown", "does not say what is wrong with it"),
    ],
)  # fmt: skip
def test_each_fault_of_a_token(attempt: Attempt, kind: str, text: str) -> None:
    found = token_fault(attempt, NOW)
    assert found.kind == kind
    assert text in found.text
    assert found.way


def test_every_kind_has_a_way_out() -> None:
    kinds = (meanings.EXPIRED, meanings.EARLY, meanings.SCOPE, meanings.AUDIENCE, meanings.REFUSED)
    ways = {token_fault(with_token(status), NOW).way for status in meanings.STATUS}
    assert len(ways) == 2
    assert {kind for kind, _ in meanings.STATUS.values()} <= set(kinds)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59.9, "59 seconds"),
        (60, "1 minute"),
        (7200, "2 hours"),
        (1e9, "11,574 days"),
    ],
)
def test_spans(seconds: float, words: str) -> None:
    assert ago(seconds) == words


def test_every_code_and_every_fault_is_on_the_page() -> None:
    page = (Path(__file__).parents[4] / "docs/login.rst").read_text("utf-8")
    table = page.partition("The codes\n---")[2].partition("\nTokens\n")[0]
    assert set(CODES) - set(re.findall(r"[A-Z]{5,}", table)) == set()
    kinds = {value for name, value in vars(meanings).items() if name.isupper() and isinstance(value, str)}
    assert all(f"``{kind}``" in page for kind in kinds)


def test_every_line_for_expect_on_the_page_is_one() -> None:
    page = (Path(__file__).parents[4] / "docs/login.rst").read_text("utf-8")
    lines = re.findall(r"^    \\expect (tls .*)$", page, re.MULTILINE)
    assert len(lines) == 5
    assert {parse(line).subject for line in lines} == {"tls"}
