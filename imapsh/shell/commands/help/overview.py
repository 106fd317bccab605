r"""The text that `\help` shows without a name."""

from __future__ import annotations

from imapsh.render.styles import Fragment
from imapsh.shell.command_table import COMMANDS
from imapsh.shell.commands.help.page import paragraph, row, within

_KEYS = """\
Any other line is an IMAP command; imapsh adds its tag.  {n} at the end of a line begins a literal of n octets, \
{@path} stands for the octets of a file, ${NAME} for a variable (\\set).  COMMAND | less, COMMAND > file and COMMAND \
>> file send the output elsewhere.  A line that begins with # is a comment.  Tab completes; Ctrl-R searches the \
history; a backslash at the end, or Alt-Enter, continues on the next line; Ctrl-X Ctrl-E opens an editor; Ctrl-C \
clears the line, gives the prompt back while a command runs, and ends IDLE; Ctrl-D logs out."""

_NAMES = """\
\\help NAME explains any of these, and any IMAP name: a command, item, key, response, code, capability, flag and \
so on.  \\help capabilities lists all of a kind; so do commands, fetch-items, search-keys, response-codes, rules ..."""


def overview(width: int = 80) -> list[Fragment]:
    """Return all of imapsh's own commands, the keys, and how to ask for more; lines end with LF."""
    width = within(width)
    usages = {f"{command.name} {command.syntax}".rstrip(): command.summary for command in COMMANDS.values()}
    column = min(30, max(map(len, usages)) + 2)
    made = [fragment for usage, summary in usages.items() for fragment in row(usage, "command", summary, width, column)]
    for words in (_KEYS, _NAMES):
        made += [("", "\n"), *paragraph(words, width, "text")]
    return made
