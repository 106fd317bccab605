"""Runs imapsh for a monitoring system (`--report nagios:-`), which wants a line and an exit status always."""

from __future__ import annotations

from collections.abc import Callable

from imapsh.errors import ImapshError, Interrupted
from imapsh.shell.record import report
from imapsh.shell.screen.terminal import Ended
from imapsh.shell.settings.reasons import exit_status, in_options


def run(work: Callable[[], int]) -> int:
    """Do all the work, and return its exit status.

    Raises what it raises.  If that came before the report was begun, as for a wrong command line, the line is written
    here, and `exit_code` of the error is the exit status.
    """
    try:
        return work()
    except Ended:
        raise
    except BaseException as error:
        if "exit_code" not in vars(error):
            line = report.make(f"nagios:{report.STDOUT}", "")
            error.exit_code = line.end(_said(error), (), exit_status(error))  # type: ignore[attr-defined]
        raise


def _said(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt | Interrupted):
        return "interrupted"
    if isinstance(error, ImapshError):
        return in_options(error)
    return f"cannot write: {error.strerror or error}" if isinstance(error, OSError) else "internal error in imapsh"
