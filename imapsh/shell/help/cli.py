"""`imapsh --explain-name NAME`."""

from __future__ import annotations

import os
import sys

from imapsh.render.styles import paint
from imapsh.shell import stdio
from imapsh.shell.help.page import explain
from imapsh.shell.options import Options
from imapsh.shell.output import theme_for

_PIPED = 80  #: columns where there is no terminal


def run(options: Options) -> int:
    """Explain the name on stdout; the exit status.  Raises UsageError for a name that is not known."""
    terminal = sys.stdout.isatty()
    width = os.get_terminal_size(sys.stdout.fileno()).columns if terminal else 0
    stdio.out(paint(explain(options.explain_name, width or _PIPED), theme_for(options, terminal)))
    return 0
