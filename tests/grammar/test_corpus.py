"""What servers send, line by line: `quirks.jsonl` is collected from public reports, `more.jsonl` written to the ABNF,
and `examiner.jsonl` written without a look at the parser, to judge it.

Each line says whether its octets follow the grammar, at which octet a left-to-right reading stops where not, and what
is to be read from it in either case.
"""

from __future__ import annotations

from typing import Any

import pytest

from imapsh.findings import RULES
from imapsh.render.jsonform import to_json

from .reading import joined, lines, parse

CORPUS = [line for name in ("quirks", "more", "examiner") for line in lines(f"{name}.jsonl")]
LEAST = frozenset({"flags", "attrs", "capabilities"})
#: Where text or a code is at fault only the line is compared.
TEXTUAL = frozenset({"text", "resp-text", "resp-text-code", "greeting", "response"})


def _by_name(line: dict[str, Any]) -> str:
    name: str = line["id"]
    return name


each_line = pytest.mark.parametrize("line", CORPUS, ids=_by_name)


@each_line
def test_covers_the_input_without_a_gap(line: dict[str, Any]) -> None:
    raw = line["raw"].encode("latin-1")
    responses = parse(raw)
    assert joined([response.frame for response in responses]) == raw
    offset = 0
    for response in responses:
        assert response.offset == offset
        offset += response.length
        assert all(0 <= violation.offset <= response.length for violation in response.violations)
        assert all(violation.rule in RULES for violation in response.violations)


@each_line
def test_finds_the_responses_and_their_values(line: dict[str, Any]) -> None:
    found = [to_json(response) for response in parse(line["raw"].encode("latin-1"))]
    found = [response for response in found if response["kind"] != "garbage"]
    expected = [response for response in line["responses"] if response["kind"] != "garbage"]
    assert [(r["kind"], r["name"]) for r in found] == [(r["kind"], r["name"]) for r in expected]
    for response, wanted in zip(found, expected, strict=True):
        if "value" in wanted:
            assert_holds(response["value"], wanted["value"])


@each_line
def test_names_what_is_illegal_and_only_that(line: dict[str, Any]) -> None:
    offsets = [r.offset + v.offset for r in parse(line["raw"].encode("latin-1")) for v in r.violations]
    assert bool(offsets) != line["legal"]
    if not line["legal"] and line["violation"]["rule"] not in TEXTUAL:
        assert abs(min(offsets) - line["violation"]["offset"]) <= 1


def _ends_with_its_line(line: dict[str, Any]) -> bool:
    """Not those cut short, those whose literal swallows what follows (a count is obeyed), and those that ENABLE."""
    raw, violation = line["raw"], line["violation"] or {}
    return raw.endswith("\r\n") and violation.get("rule") != "literal" and not raw.startswith("* ENABLED")


@pytest.mark.parametrize("line", [*filter(_ends_with_its_line, CORPUS)], ids=_by_name)
def test_leaves_the_next_line_alone(line: dict[str, Any]) -> None:
    *_, last = parse(line["raw"].encode("latin-1") + b"* 777 EXISTS\r\n")
    assert (last.name, last.value.number, last.violations) == ("EXISTS", 777, ())


def assert_holds(found: Any, wanted: Any, key: str = "") -> None:
    """Every key wanted is there, in any case; flags and the like are least sets, and [] means none."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        lower = {name.lower(): value for name, value in found.items()}
        for name, value in wanted.items():
            assert name.lower() in lower, name
            assert_holds(lower[name.lower()], value, name.lower())
    elif isinstance(wanted, list) and key in LEAST:
        assert set(wanted) <= set(found) if wanted else not found, key
    elif isinstance(wanted, list) and isinstance(found, list):
        assert len(wanted) == len(found), key
        for one, other in zip(found, wanted, strict=True):
            assert_holds(one, other, key)
    else:
        assert found == wanted, key
