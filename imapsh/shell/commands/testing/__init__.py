r"""Commands for a script that is a test: `\expect`, `\fail`, `\name`, `\skip`."""

from __future__ import annotations

from imapsh.render.visible import visible
from imapsh.shell.app import App
from imapsh.shell.commands.testing.checks import check
from imapsh.shell.connection.steps import Steps
from imapsh.shell.expectation import parse
from imapsh.shell.record.result import Result


def expect(app: App, argument: str) -> Steps[None]:
    """`\\expect EXPECTATION`: check an expectation, or skip it after `\\skip`, and count it as a test."""
    if "${" in argument:
        from imapsh.shell.lines import values

        argument = yield from values.filled(app, argument)
    expected = parse(argument)
    text = app.masked(expected.text)
    if app.tally.skip is not None:
        _tell(app, app.tally.add(True, text, app.place()))
        return
    holds, seen = check(expected, app)
    message = "" if holds else app.masked(f"expected {expected.text}, but {seen}")
    _tell(app, app.tally.add(holds, text, app.place(), message))


def fail(app: App, argument: str) -> None:
    """`\\fail [TEXT]`: count a test that failed."""
    text = app.masked(argument) or "\\fail was reached"
    _tell(app, app.tally.add(False, text, app.place(), text))


def name(app: App, argument: str) -> None:
    """`\\name [TEXT]`: name the tests from here on."""
    app.tally.name = argument


def skip(app: App, argument: str) -> None:
    """`\\skip [TEXT]`: skip the next test; TEXT says why."""
    app.tally.skip = argument


def _tell(app: App, result: Result) -> None:
    """Report a test that failed; report one that did not fail only at the prompt."""
    if not result.ok:
        app.fault(": ".join(filter(None, (result.place, "not ok", result.message))))
    elif app.interactive:
        skipped = f"skipped: {result.skipped}" if result.skipped is not None else result.name
        app.say(visible(f"  ok, {skipped}"), style="status-ok")
