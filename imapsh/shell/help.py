r"""What `\help` says."""

from __future__ import annotations

from imapsh.shell.commands.table import COMMANDS, Command
from imapsh.spec.model import Command as ImapCommand

_KEYS = """\
Any other line is an IMAP command; its tag is added.  {n} at the end of a line begins a literal of n octets,
{@path} stands for a file's octets.  Tab completes; Ctrl-R searches the history; Ctrl-C clears the line, gives
the prompt back while a command runs, and ends IDLE; Ctrl-D logs out."""


#: What the shell does with some of IMAP's commands when they are typed without their end.
_AT_THE_PROMPT = {
    "AUTHENTICATE": "Without a response the user and the password or token are asked for, and imapsh does the rest;\n"
                    "with a tag in front, as in  a1 AUTHENTICATE PLAIN, you answer the server by hand.",
    "LOGIN": "Without the password it is asked for, unseen.",
}  # fmt: skip


def overview() -> str:
    """All of imapsh's own commands, and the keys."""
    width = max(len(f"{row.name} {row.syntax}") for row in COMMANDS.values())
    lines = [f"{row.name + ' ' + row.syntax:<{width}}  {row.summary}" for row in COMMANDS.values()]
    return "\n".join([*lines, "", _KEYS])


def own(row: Command) -> str:
    """One of imapsh's own commands."""
    return "\n".join(filter(None, (f"{row.name} {row.syntax}".rstrip(), row.summary, row.details)))


def imap(row: ImapCommand) -> str:
    """One of IMAP's commands."""
    lines = [
        f"{row.name} {row.syntax}".rstrip(),
        f"{row.summary}  {row.rfc}",
        f"Example: {row.example}",
        f"State: {', '.join(row.states)}",
        f"Needs: {' or '.join(row.needs)}" if row.needs else "",
        f"Loses {row.destroys}." if row.destroys else "",
        _AT_THE_PROMPT.get(row.name, ""),
    ]
    return "\n".join(filter(None, lines))
