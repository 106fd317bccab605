"""Does `imapsh --explain-name NAME`."""

from __future__ import annotations

import os
import sys

from imapsh.render.styles import paint
from imapsh.shell.commands.help.page import explain
from imapsh.shell.screen import stdio
from imapsh.shell.screen.output import theme_for
from imapsh.shell.settings.options import Options

_PIPED = 80  #: columns where there is no terminal


def run(options: Options) -> int:
    """Explain the name on stdout, and return the exit status.  Raises UsageError for a name that is not known."""
    terminal = sys.stdout.isatty()
    width = os.get_terminal_size(sys.stdout.fileno()).columns if terminal else 0
    stdio.out(paint(explain(options.explain_name, width or _PIPED), theme_for(options, terminal)))
    return 0
