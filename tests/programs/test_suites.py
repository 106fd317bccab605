"""The suites of IMAPClient and imap_tools pass on our classes, test by test as they do on imaplib."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.programs.suites import SUITES, outcomes
from tests.servers.base import Missing, Server, absent
from tests.servers.certs import Certs

#: How many tests each has.
COUNTS = {"IMAPClient": 270, "imap_tools": 37}


@pytest.mark.slow
@pytest.mark.parametrize("name", SUITES)
def test_each_test_has_the_outcome_that_it_has_on_imaplib(
    name: str, dovecot: Server, certs: Certs, tmp_path: Path
) -> None:
    found = []
    for ours in (False, True):
        folder = tmp_path / str(ours)
        folder.mkdir()
        try:
            found.append(outcomes(SUITES[name], dovecot, certs, folder, ours=ours))
        except Missing as why:
            absent(str(why))
    assert found[1] == found[0]
    assert set(found[1].values()) == {"passed"}
    assert len(found[1]) == COUNTS[name]
