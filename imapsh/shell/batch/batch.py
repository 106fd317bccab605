r"""Runs commands without a terminal: `-c`, `-f`, or stdin.

It stops at the first NO or BAD unless told to go on.  stdout gets the conversation, everything else goes to stderr.  At
the end the session says LOGOUT by itself; that is in the trace, and shown only if it was a command.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

from imapsh.errors import ImapshError
from imapsh.hints import TYPE_CHECKING, BinaryIO
from imapsh.shell import commands
from imapsh.shell.app import FIRST, App, at_once
from imapsh.shell.batch.course import Course
from imapsh.shell.batch.driver import BatchDriver
from imapsh.shell.batch.script import Script, from_commands, from_file
from imapsh.shell.connection import dial
from imapsh.shell.lines import perform
from imapsh.shell.screen.output import make_output
from imapsh.shell.screen.terminal import Ended, end_by, ending

if TYPE_CHECKING:
    from imapsh.shell.connection.steps import Steps
    from imapsh.shell.settings.options import Options

_ASKS = "AUTHENTICATE"  # the command whose questions the lines after it answer


class Batch:
    """One run of a script.  `out` is stdout, and `terminal` is true if that is a terminal."""

    def __init__(self, plan: dial.Plan, options: Options, out: BinaryIO, *, terminal: bool) -> None:
        self.plan = plan
        self.options = options
        self.driver = BatchDriver(options, out, terminal=terminal, for_report=_reports_to_stdout(options))
        self.app = self.driver.app = App(options, make_output(options, terminal), self.driver, commands.take)
        self.app.place = lambda: f"{self.driver.script.name}:{self.driver.script.number}"

    def run(self, script: Script) -> int:
        """Run the script on a connection, and return the exit status.  Raises ImapshError, OSError for stdout."""
        app, self.driver.script = self.app, script
        script.before_reading = self.driver.sink.flush
        if self.options.report:
            from imapsh.shell.record import report

            app.tally.report = report.make(self.options.report, script.name, self.plan.where, self.plan.user)
        try:
            if self.plan.trace:
                app.tracing(FIRST).begin(self.plan.trace, self.plan)
            at_once(app.follow(app.connect(self.plan, FIRST)))
            status = self._commands(script)
            self._log_out()
            status = app.tally.end(found=app.lint.found(), status=status)
        except BaseException as error:
            if isinstance(error, ImapshError):
                at = f"{app.place()}: " if self.options.file and script.number else ""
                error.args = (at + app.masked(str(error)),)
            from imapsh.shell.settings.reasons import exit_status

            ends = app.tally.report is not None
            status = app.tally.end(_why(error), app.lint.found(), exit_status(error))
            if ends:
                error.exit_code = status  # type: ignore[attr-defined] # main reads it
            raise
        finally:
            self.close()
        return status

    def _commands(self, script: Script) -> int:
        course = Course(self.app, tells=self.driver.sink.exact)
        asked = False
        while not self.app.leaving and (text := script.command()) is not None and course.goes_on(text):
            if text.strip():
                asked = (asked or _ASKS in text.upper()) and self._asks(text, asked)  # most lines have none
                if not course.done(at_once(self.app.follow(self._line(text)))):
                    break
                self.driver.look_around()
        return course.end()

    def _asks(self, text: str, before: bool) -> bool:
        """Return whether the next lines may answer an AUTHENTICATE.  An unasked answer is secret, too."""
        if perform.is_ours(self.app, text):
            return False
        row = self.app.match(text).command
        if row is None and before:
            self.app.hide(text.strip())
            return True
        return row is not None and row.name == _ASKS

    def _line(self, text: str) -> Steps[str]:
        """Do a line of the script; `DONE` for a connection that was left idle ends that."""
        return self._done(text) if text.strip().upper() == "DONE" else self.app.perform(text)

    def _done(self, text: str) -> Steps[str]:
        """End the connection's IDLE if it was left running; otherwise do a line as any other."""
        live = self.app.live
        if live is not None and (idle := self.driver.done(live)) is not None:
            yield idle
            return idle.status
        return (yield from self.app.perform(text))

    def _log_out(self) -> None:
        for connection in self.app.connections.values():
            at_once(self.app.follow(self.app.log_out(connection)))

    def close(self) -> None:
        """Show and close all, whatever ended the run."""
        for connection in self.app.connections.values():
            at_once(self.driver.close(connection))
            connection.settle()
            connection.display.flush()
        self.driver.sink.flush()
        self.app.end_traces()


def run(plan: dial.Plan, options: Options) -> int:
    """Run the batch that the options ask for, and return the exit status.

    Raises ImapshError; OSError if stdout fails.
    """
    try:
        return _run(plan, options)
    except Ended as ended:
        end_by(ended.signum)
        raise


def _run(plan: dial.Plan, options: Options) -> int:
    limits = plan.limits
    script = from_commands(options.command, limits) if options.command else from_file(options.file or "-", limits)
    with contextlib.ExitStack() as files:
        files.callback(script.close)
        out: BinaryIO = sys.stdout.buffer
        if _reports_to_stdout(options):
            out = files.enter_context(open(os.devnull, "wb"))
        files.enter_context(ending())
        return Batch(plan, options, out, terminal=sys.stdout.isatty()).run(script)


def _reports_to_stdout(options: Options) -> bool:
    if not options.report:
        return False
    from imapsh.shell.record import report

    return report.target(options.report)[1] == report.STDOUT


def _why(error: BaseException) -> str:
    """Return a sentence about what ended a run."""
    if isinstance(error, ImapshError):
        from imapsh.shell.settings.reasons import in_options

        return in_options(error)
    if isinstance(error, Ended):
        return f"ended by {signal.Signals(error.signum).name}"
    return "interrupted" if isinstance(error, KeyboardInterrupt) else "internal error in imapsh"
