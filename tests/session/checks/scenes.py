"""Scenes of conduct: what is said, and the rules that it breaks."""

from __future__ import annotations

from tests.session.player import LOGGED_IN, MAILBOX, SELECTED, Player, play

#: A mailbox whose keywords, UIDs and mod-sequences are known, on a server that sends [CLOSED].
CONDSTORE = f"""
S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC UIDONLY] ready
>>> SELECT INBOX
C: A1 SELECT INBOX
{MAILBOX}
S: * 0 RECENT
S: * OK [HIGHESTMODSEQ 50] highest
S: * 5 EXISTS
S: A1 OK [READ-WRITE] done
""".strip()
QRESYNC = f"""
S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC UIDONLY] ready
>>> ENABLE QRESYNC
C: A1 ENABLE QRESYNC
S: * ENABLED QRESYNC
S: A1 OK done
>>> SELECT INBOX
C: A2 SELECT INBOX
{MAILBOX}
S: * 0 RECENT
S: * OK [HIGHESTMODSEQ 50] highest
S: * 5 EXISTS
S: A2 OK [READ-WRITE] done
""".strip()

__all__ = ["CONDSTORE", "LOGGED_IN", "MAILBOX", "QRESYNC", "SELECTED", "after", "findings", "opened", "steps"]


def steps(scene: str, *commands: tuple[str, ...]) -> str:
    """The scene, and behind it each command with what comes for it; TAG is its tag, and OK ends it if nothing does.

    An empty command stands for what comes while none runs.
    """
    number = scene.count("\nC: A")
    lines = [scene]
    for line, *said in commands:
        if line:
            number += 1
            lines += [f">>> {line}", f"C: A{number} {line}"]
        lines += [f"S: {one.replace('TAG', f'A{number}')}" for one in said]
        if line and not any(one.startswith("TAG ") for one in said):
            lines.append(f"S: A{number} OK done")
    return "\n".join(lines)


def findings(scene: str, *commands: tuple[str, ...]) -> list[str]:
    """The rules that these break."""
    return after(scene, *commands).findings


def after(scene: str, *commands: tuple[str, ...]) -> Player:
    """A player that has played these."""
    return play(steps(scene, *commands))


def opened(*said: str, line: str = "SELECT Box", without: str = "") -> tuple[str, ...]:
    """A SELECT with all that it has to bring, but for the line that begins with `without`."""
    whole = [one.removeprefix("S: ") for one in MAILBOX.splitlines()]
    whole += ["* 0 RECENT", "* 5 EXISTS", *said]
    kept = [one for one in whole if not without or not one.startswith(without)]
    code = "READ-ONLY" if line.startswith("EXAMINE") else "READ-WRITE"
    return (line, *kept, *(() if any(one.startswith("TAG ") for one in said) else (f"TAG OK [{code}] done",)))
