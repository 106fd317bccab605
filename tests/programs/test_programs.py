"""Programs written for imaplib leave the same with our classes in its place: output, delivered mail, mailboxes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.programs import __main__ as script
from tests.programs.fetched import environment
from tests.programs.running import PACKAGES, PROGRAMS, Outcome, outcome
from tests.servers.base import Missing, Server, absent

#: How many of the 24 messages are left in the mailboxes.
LEFT = {
    "imapautofiler": 24,
    "getmail6": 0,
    "getmail6 TLS": 0,
    "imapdedup": 20,
    "imapdedup -c": 24,
    "imapdedup -l": 24,
}


@pytest.fixture(scope="module")
def programs() -> Path:
    """Where they are."""
    try:
        return environment(PACKAGES)
    except Missing as why:
        absent(str(why))


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_each_program_leaves_the_same_as_with_imaplib(
    name: str, programs: Path, dovecot: Server, tmp_path: Path
) -> None:
    theirs, ours = (outcome(name, programs, dovecot, tmp_path / str(ours), ours=ours) for ours in (False, True))
    assert ours == theirs
    assert (ours.status, len(ours.mailboxes)) == (0, 5)
    assert ours.output
    assert sum(map(len, ours.mailboxes.values())) == LEFT[name]
    assert bool(ours.delivered) == name.startswith("getmail")


def test_the_script_tells_what_differs() -> None:
    theirs = Outcome(0, "one\n", b"", {"INBOX": ["a"]})
    assert script.said(theirs, theirs) == (
        "the same: status 0, 1 lines of output, 0 octets delivered, 1 messages in 1 mailboxes"
    )
    assert script.said(theirs, theirs._replace(status=1)) == "status differs:\n  imaplib 0\n  ours    1"
