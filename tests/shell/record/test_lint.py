"""What was found against the conduct of servers: counts, lines, JSON, reports."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from imapsh.findings import Finding
from imapsh.shell.record.lint import Found, Lint
from imapsh.shell.record.report import JUnit, Tap
from tests.shell.record.kept import Kept
from tests.shell.running import imapsh, listening, says, url

ODD = Finding("select-codes", "SELECT was answered OK without UIDNEXT")
WRONG = Finding("tag-unknown", "no running command has the tag \x1b[31m")


def filled() -> Lint:
    lint = Lint()
    lint.add("1", (ODD, WRONG))
    lint.add("2", (WRONG._replace(message="again"),))
    return lint


def test_faults_come_first_and_each_rule_is_counted() -> None:
    lint = filled()
    assert list(lint.found()) == [Found(WRONG, 2), Found(ODD, 1)]
    assert [found.times for found in lint.found("2")] == [1]
    assert list(lint.table()) == [
        "2  fault   tag-unknown   RFC 9051 §2.2.2  no running command has the tag ^[[31m",
        "1  notice  select-codes  RFC 9051 §6.3.2  SELECT was answered OK without UIDNEXT",
    ]
    lint.clear()
    assert list(lint.found()) == []
    assert list(lint.table()) == []


def test_memory_is_bounded_by_the_rules() -> None:
    lint = Lint()
    for number in range(10_000):
        lint.add("1", (ODD._replace(message=str(number)),))
    assert [found.record() for found in lint.found()] == [
        {"rule": "select-codes", "level": "notice", "rfc": "RFC 9051 §6.3.2", "count": 10_000, "first": "0"}
    ]


def test_reports_hold_it() -> None:
    found = tuple(filled().found())
    told = [str(one) for one in found]
    assert told[1] == "notice select-codes, 1 time: SELECT was answered OK without UIDNEXT [RFC 9051 §6.3.2]"
    tap, junit = Kept(), Kept()
    Tap(tap, "script").end("", found)
    assert tap.getvalue().splitlines() == ["TAP version 13", *(f"# {one}" for one in told), "1..0"]
    JUnit(junit, "script").end("", found)
    properties = ElementTree.fromstring(junit.getvalue()).findall("properties/property")
    assert [(one.get("name"), one.get("value")) for one in properties] == [
        ("lint tag-unknown", told[0]), ("lint select-codes", told[1]),
    ]  # fmt: skip


def run(*words: str) -> Any:
    with listening(says(b"* CAPABILITY IMAP4rev1\r\nz9 OK who\r\nTAG OK done\r\n")) as port:
        return imapsh(url(port), *words)


def test_a_script_lists_and_reports_it() -> None:
    done = run("-c", "CAPABILITY", "-c", "\\lint")
    assert "1  fault  tag-unknown  RFC 9051 §2.2.2  no running command has the tag z9" in done.out.decode() + done.err
    done = run("--report", "tap:-", "-c", "CAPABILITY")
    assert "# fault tag-unknown, 1 time: " in done.out.decode()
