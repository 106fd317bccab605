"""Runs the programs of others against a Dovecot, with imaplib and with our classes: python -m tests.programs

Prints a line for each; the exit status is 1 if one left something else than with imaplib.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.programs.fetched import environment
from tests.programs.running import PACKAGES, PROGRAMS, Outcome, outcome
from tests.servers import certs, dovecot


def main() -> int:
    """Run each twice, compare what it left, and return the exit status."""
    programs = environment(PACKAGES)
    same = True
    with tempfile.TemporaryDirectory(prefix="imapsh-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # for servers that change their user
        run = folder / "dovecot"
        run.mkdir()
        with dovecot.running(run, certs.make(folder / "certs")) as server:
            for program in PROGRAMS:
                theirs, ours = (
                    outcome(program, programs, server, folder / program / str(ours), ours=ours)
                    for ours in (False, True)
                )
                same = same and theirs == ours
                print(f"{program:13} {said(theirs, ours)}", flush=True)
    return 0 if same else 1


def said(theirs: Outcome, ours: Outcome) -> str:
    """Return what a program left with ours, or what differs from what it left with imaplib."""
    if theirs == ours:
        messages = sum(map(len, ours.mailboxes.values()))
        return (
            f"the same: status {ours.status}, {len(ours.output.splitlines())} lines of output, "
            f"{len(ours.delivered)} octets delivered, {messages} messages in {len(ours.mailboxes)} mailboxes"
        )
    return "\n".join(
        f"{field} differs:\n  imaplib {one!r:.2000}\n  ours    {other!r:.2000}"
        for field, one, other in zip(Outcome._fields, theirs, ours, strict=True)
        if one != other
    )


if __name__ == "__main__":
    sys.exit(main())
