r"""Words that people type when they mean a command of imapsh's own: `quit`, `exit`, `help`, `?`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.shell.command_table import COMMANDS, MEANT

if TYPE_CHECKING:
    from imapsh.typed.match import Match


def meant(found: Match) -> str:
    r"""Return what to say of a line that is not an IMAP command but means one of imapsh's own, as `quit` does; else "".

    These are a few words (`MEANT`), and any name that stands alone without its backslash.
    """
    word, _, rest = found.text.strip().partition(" ")
    if found.command is not None or found.tag is not None:
        return ""
    row = MEANT.get(word.lower()) or (COMMANDS.get(f"\\{word.lower()}") if not rest else None)
    if row is None:
        return ""
    does = row.summary[0].lower() + row.summary[1:]
    return f"{word} is not an IMAP command.  {row.name} {does}  \\raw sends the word all the same."
