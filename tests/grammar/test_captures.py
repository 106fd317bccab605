"""What five real servers sent, over nearly every command they offer: nothing is lost, nothing right is called wrong."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from .reading import DATA, joined, parse

CAPTURES = DATA / "captures"
FILES = sorted(CAPTURES.glob("*/*.bin"))
SERVERS = sorted({path.parent.name for path in FILES})


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_frames_joined_are_the_input(path: Path) -> None:
    octets = path.read_bytes()
    responses = parse(octets)
    assert joined([response.frame for response in responses]) == octets
    assert [response.name for response in responses if response.kind == "garbage"] == []


@pytest.mark.parametrize("server", SERVERS)
def test_names_only_violations_that_are_real(server: str) -> None:
    """Each was held against the RFC by hand; `violations.jsonl` says why it is one."""
    known = [json.loads(line) for line in (CAPTURES / "violations.jsonl").read_text().splitlines()]
    found = Counter(
        violation.rule
        for path in FILES
        if path.parent.name == server
        for response in parse(path.read_bytes())
        for violation in response.violations
    )
    assert found == {entry["rule"]: entry["count"] for entry in known if entry["server"] == server}
