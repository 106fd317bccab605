r"""Commands on times: `\timing`, `\stats`, `\repeat`."""

from __future__ import annotations

from imapsh.errors import UsageError
from imapsh.render.amounts import count, duration
from imapsh.render.styles import NOTHING
from imapsh.shell.app import App
from imapsh.shell.commands.care import switched
from imapsh.shell.connection.steps import ROOM, Line, Pause, Steps, worse
from imapsh.shell.lines.perform import is_ours
from imapsh.shell.record.stats import Row, Stats


def timing(app: App, argument: str) -> None:
    """`\\timing [on|off]`."""
    if argument:
        app.screen.summary = switched("\\timing", argument)
    app.say(f"timing: {'on' if app.screen.summary else 'off'}")


def stats(app: App, argument: str) -> None:
    r"""`\stats [NAME|reset]`: show the times of one connection, or of all together."""
    if argument == "reset":
        app.stats.clear()
        app.say("the counts start at zero")
        return
    if argument and argument not in app.connections:
        raise UsageError(f"there is no connection {argument!r}: use \\stats NAME or \\stats reset")
    if not any(True for _ in app.stats.rows(argument)):
        app.say("no command has had a reply yet")
        return
    records = [app.say_json("stats", record) for record in app.stats.records(argument)]
    if not any(records):
        app.say(*app.stats.table(argument).split("\n"))


def repeat(app: App, argument: str) -> Steps[str]:
    r"""`\repeat [-q] N SECONDS LINE`: do a line N times, `*` for endless, and return the worst status."""
    quiet, times, seconds, line = _plan(argument)
    counted = Stats()
    worst, done, before = "", 0, app.interruptions
    app.counters.append(counted)
    app.put(NOTHING)  # what is due is shown before it falls silent, and what is due then before it speaks again
    app.output.quiet = quiet
    try:
        while times is None or done < times:
            if done and seconds:
                yield Pause(seconds)
            status: str = yield Line(line)
            yield ROOM
            if app.interruptions != before or not (status or is_ours(app, line)):
                break
            done += 1
            worst = worse(worst, status)
    finally:
        app.counters.remove(counted)
        app.say(_outcome(counted, done))
        app.output.quiet = False
    return worst


def _plan(argument: str) -> tuple[bool, int | None, float, str]:
    words = argument.split(None, 1)
    quiet = words[:1] == ["-q"]
    parts = (words[1] if quiet and len(words) > 1 else argument).split(None, 2)
    if len(parts) < 3:
        raise UsageError(
            "\\repeat needs a number of times, the seconds between, and a line, as in \\repeat 10 0.5 NOOP"
        )
    times, pause, line = parts
    if times != "*" and not (times.isascii() and times.isdigit() and len(times) < 20 and int(times)):
        raise UsageError(f"invalid number of times {times!r}; give 1 or more, or * to repeat until Ctrl-C")
    try:
        seconds = float(pause)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e6:
        raise UsageError(f"invalid pause {pause!r}; give the seconds between two runs, or 0")
    return quiet, None if times == "*" else int(times), seconds, line


def _outcome(counted: Stats, done: int) -> str:
    """Return a summary such as `20 times: min 0.3 ms, median 0.4 ms, p90 0.6 ms, max 1.2 ms; 1 NO`."""
    parts = [count(done, "time")]
    rows = list(counted.rows())
    for name, row in rows:
        parts.append(f"{name} {_times(row)}" if len(rows) > 1 else _times(row))
    return ": ".join(parts) if len(rows) < 2 else "\n".join(parts)


def _times(row: Row) -> str:
    end = row.end
    values = (("min", end.least), ("median", end.quantile(0.5)), ("p90", end.quantile(0.9)), ("max", end.largest))
    text = ", ".join(f"{name} {duration(value)}" for name, value in values)
    bad = [f"{row.statuses[status]:,} {status}" for status in ("NO", "BAD") if row.statuses[status]]
    return "; ".join([text, *bad])
