r"""A script that is a test: `\expect`, `\fail`, `\name`, `\skip`."""

from __future__ import annotations

from typing import Any

from imapsh.render.visible import visible
from imapsh.shell.expecting.expect import parse
from imapsh.shell.expecting.tally import Result
from imapsh.shell.host import Host
from imapsh.shell.steps import Steps


def expect(host: Host[Any], argument: str) -> Steps[None]:
    """`\\expect EXPECTATION`."""
    if "${" in argument:
        from imapsh.shell.carrying import values

        argument = yield from values.filled(host, argument)
    expected = parse(argument)
    text = host.masked(expected.text)
    if host.tally.skip is not None:
        _tell(host, host.tally.add(True, text, host.place))
        return
    holds, seen = expected.check(host)
    message = "" if holds else host.masked(f"expected {expected.text}, and {seen}")
    _tell(host, host.tally.add(holds, text, host.place, message))


def fail(host: Host[Any], argument: str) -> None:
    """`\\fail [TEXT]`."""
    text = host.masked(argument) or "this line is not to be reached"
    _tell(host, host.tally.add(False, text, host.place, text))


def name(host: Host[Any], argument: str) -> None:
    """`\\name [TEXT]`."""
    host.tally.name = argument


def skip(host: Host[Any], argument: str) -> None:
    """`\\skip [TEXT]`."""
    host.tally.skip = argument


def _tell(host: Host[Any], result: Result) -> None:
    """What failed is said; that a test was passed only at the prompt."""
    if not result.ok:
        host.fault(": ".join(filter(None, (result.place, "not ok", result.message))))
    elif host.interactive:
        skipped = f"skipped: {result.skipped}" if result.skipped is not None else result.name
        host.say(visible(f"  ok, {skipped}"), style="status-ok")
