"""What real clients said to Dovecot 2.3 in short sessions, and what they are accused of: that, and nothing else.

Each file is a trace of one connection; the client is that of its name, in the version that `docs/clients.rst` names.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from imapsh.grammar.responses import CLIENT
from imapsh.session.overhearing import overhear
from imapsh.shell.modes.explain import pieces_of

DATA = Path(__file__).with_name("data")
DOCS = Path(__file__).parents[3] / "docs" / "clients.rst"

_LOGIN = {"clear-password": 1, "login-first": 1}

ACCUSED = {
    "aioimaplib": {**_LOGIN, "obsolete": 1},
    "curl": {},
    "curl-login": {"clear-password": 1},
    "imapclient": {**_LOGIN, "obsolete": 1},
    "imaplib": {**_LOGIN, "obsolete": 3},
    "mbsync": _LOGIN,
    "mutt": {"clear-password": 1, "obsolete": 9},
    "neomutt": {"clear-password": 1, "obsolete": 11},
}


def test_each_trace_has_its_row() -> None:
    assert {path.stem for path in DATA.iterdir()} == set(ACCUSED)


@pytest.mark.parametrize("name", ACCUSED)
def test_what_a_real_client_is_accused_of(name: str) -> None:
    said = [found for _, found in overhear(pieces_of((DATA / f"{name}.trace").read_bytes()), both=True)]
    ours = [found for found in said if found.response.kind == CLIENT]
    assert len(ours) > 4
    assert [found.response.violations for found in ours if found.response.violations] == []
    assert Counter(finding.rule for found in ours for finding in found.findings) == ACCUSED[name]


def test_the_page_tells_what_each_client_does() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for name, rules in ACCUSED.items():
        [row] = [row for row in page.split("   * - ") if row.startswith(f"``{name}``")]
        for rule in rules:
            assert f"``{rule}``" in row, name
