r"""Words that people type for a command of imapsh's own: `quit`, `exit`, `help`, `?`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.shell.command_table import COMMANDS, MEANT

if TYPE_CHECKING:
    from imapsh.typed.match import Match


def meant(found: Match) -> str:
    r"""What to say of a line that is no command of IMAP's and means one of imapsh's own, as `quit` does; else "".

    It is so of a few words (`MEANT`), and of any name without its backslash that stands alone.
    """
    word, _, rest = found.text.strip().partition(" ")
    if found.command is not None or found.tag is not None:
        return ""
    row = MEANT.get(word.lower()) or (COMMANDS.get(f"\\{word.lower()}") if not rest else None)
    if row is None:
        return ""
    does = row.summary[0].lower() + row.summary[1:]
    return f"{word} is not an IMAP command.  {row.name} {does}  \\raw sends the word all the same."
