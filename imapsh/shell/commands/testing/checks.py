r"""The checks of `\expect`: each looks at the last exchange, or at the session as it is now.

A check takes what is expected (`imapsh.shell.expectation`) and the app.  It returns whether the expectation holds, and
what was seen, as the end of a sentence.  It raises StateError if it needs a connection, and UsageError if it needs an
exchange and there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from imapsh.errors import UsageError
from imapsh.findings import FAULT, NOTICE
from imapsh.grammar.responses import STATUS, TAGGED, UNTAGGED, Response
from imapsh.session.events import Completed, Event, Received
from imapsh.shell.commands.testing import tlschecks
from imapsh.shell.expectation import SUBJECTS, Expectation, is_code

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange
    from imapsh.shell.app import App

_MOST = 3  # values that a message names
_TAGGED = "ESEARCH"  # the response that the server may send by itself beside the answer of a command that may have it
_LONG = 80  # characters of each


#: True if the expectation holds, and what was seen, as the end of a sentence.
Seen = tuple[bool, str]


def check(expected: Expectation, app: App) -> Seen:
    """Return whether the expectation holds now, and what was seen.  Raises what the check does."""
    holds, seen = _CHECKS[SUBJECTS[expected.subject].check](expected, app)
    return holds != expected.negated, seen


def _events(app: App, *, whole: bool = True) -> Iterator[Event]:
    last = app.last
    if last is None or not len(last):
        raise UsageError("there is no exchange yet to check")
    if whole and last.left_out:
        raise UsageError(
            f"{last.left_out:,} octets of the last exchange were not kept, so nothing is known of them: "
            "--limit kept=N keeps more"
        )
    return last.events()


def _reply(app: App) -> tuple[Response | None, Exchange | None]:
    r"""Return the last tagged reply, and its exchange if it has one (a reply to `\raw` has none)."""
    found: tuple[Response | None, Exchange | None] = (None, None)
    for event in _events(app, whole=False):
        if isinstance(event, Completed):
            found = (event.response, event.exchange)
        elif isinstance(event, Received) and event.response.kind == TAGGED:
            found = (event.response, None)
    return found


def _untagged(app: App, name: str) -> Iterator[Response]:
    """Yield the untagged responses of this name.

    If the command asks for a STATUS or ESEARCH, only its answers of that name are given.
    """
    wanted = name.upper()
    exchange = _reply(app)[1]
    row = exchange.row if exchange is not None else None
    answers = row is not None and (wanted == row.asks or wanted == _TAGGED in row.responses)
    for event in _events(app):
        if not isinstance(event, Received) or event.response.kind not in (UNTAGGED, STATUS):
            continue
        if event.response.name == wanted and not (answers and event.unsolicited):
            yield event.response


def field_of(response: Response, field: str) -> str | None:
    """Return the text of a field of a response, or of the whole for ""; None if the response has no such field."""
    from imapsh.render.jsonform import to_json

    value = to_json(response)["value"]
    if not field:
        if isinstance(value, dict) and len(value) == 1 and set(value) <= {"count", "seq"}:
            return _text(next(iter(value.values())))
        return _behind_name(response)
    if is_code(field):
        return _text(value.get("arg", "")) if value.get("code", "").upper() == field[1:-1].strip().upper() else None
    return _inside(value, field.lower())


def _inside(value: Any, path: str) -> str | None:
    if not path:
        return _text(value)
    if isinstance(value, dict):
        for key, inner in value.items():
            name = key.lower()
            if (path == name or path.startswith(f"{name}.")) and (
                found := _inside(inner, path[len(name) + 1 :])
            ) is not None:
                return found
    return None


def _text(value: Any) -> str:
    if value is None:
        return "NIL"
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return " ".join(map(_text, value))
    if isinstance(value, list | dict | bool):
        from imapsh.render.jsonform import dumps

        return dumps(value)  # type: ignore[arg-type]
    return str(value)


def _behind_name(response: Response) -> str:
    line = response.frame.raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
    at = line.upper().find(response.name)
    return line[at + len(response.name) :].strip() if at >= 0 else line


# -- the check for each subject


def reply(expected: Expectation, app: App) -> Seen:
    r"""Check the last reply: `\expect OK`, `NO`, `BAD`, or `[CODE]`."""
    reply, exchange = _reply(app)
    if reply is None:
        return False, "there is no reply yet"
    seen = field_of(reply, expected.field)
    holds = expected.subject in (reply.name, "[CODE]") and seen is not None and expected.compares(seen)
    whose = f"the reply to {exchange.name}" if exchange is not None and exchange.name else "the reply"
    return holds, f"{whose} was {_said(reply)}"


def _said(reply: Response) -> str:
    return f"{reply.name} {_short(_behind_name(reply))}".rstrip()


def reply_said(app: App) -> str:
    """Return the last command and its reply, with secrets masked."""
    from imapsh.shell.screen.output import command_text

    reply, exchange = _reply(app)
    said = _said(reply) if reply is not None else "no reply"
    return f"{_short(command_text(exchange))}: {said}" if exchange is not None else said


def untagged(expected: Expectation, app: App) -> Seen:
    r"""Check for one untagged response of the last exchange whose field compares: `\expect untagged NAME`."""
    values: list[str] = []
    came = having = 0
    what = f"{expected.name.upper()} {expected.field}".rstrip()
    for response in _untagged(app, expected.name):
        came += 1
        seen = field_of(response, expected.field)
        if seen is None:
            continue
        having += 1
        if expected.compares(seen):
            return True, f"{what} was {_short(seen)}".rstrip()
        if len(values) < _MOST:
            values.append(_short(seen))
    if not came:
        return False, f"there was no untagged {expected.name.upper()}"
    if not having:
        return False, f"none of {came} untagged {expected.name.upper()} has {expected.field}"
    more = f" and {having - len(values)} more" if having > len(values) else ""
    return False, f"{what} was {', '.join(values)}{more}"


def count(expected: Expectation, app: App) -> Seen:
    r"""Check the number of untagged responses that came: `\expect count NAME`."""
    count = sum(1 for _ in _untagged(app, expected.name))
    return expected.compares(str(count)), f"the number of untagged {expected.name.upper()} was {count}"


def state(expected: Expectation, app: App) -> Seen:
    """Check the session's state; "not connected" is one of them."""
    state = app.here.session.state if app.here is not None else "not connected"
    return expected._replace(value=expected.value.lower()).compares(state), f"the state is {state}"


def mailbox(expected: Expectation, app: App) -> Seen:
    """Check the name of the selected mailbox."""
    box = app.session.mailbox
    if box is None:
        return False, "no mailbox is selected"
    return expected.compares(box.name), f"the mailbox is {_short(box.name)}"


def capability(expected: Expectation, app: App) -> Seen:
    """Check that the server says that it has a capability."""
    offered = app.session.context().capabilities
    has = expected.name.upper() in offered
    return has, f"{expected.name.upper()} is {'' if has else 'not '}among the capabilities"


def text(expected: Expectation, app: App) -> Seen:
    """Check the text of the last reply."""
    reply, _ = _reply(app)
    text = getattr(reply.value, "text", "") if reply is not None else ""
    return expected.compares(text), f"the reply's text was {_short(text)!r}"


def octets(expected: Expectation, app: App) -> Seen:
    """Check how many octets the last exchange brought."""
    count = sum(event.response.length for event in _events(app) if isinstance(event, Received | Completed))
    return expected.compares(str(count)), f"the server sent {count:,} octets"


def elapsed(expected: Expectation, app: App) -> Seen:
    """Check how many seconds the last command took."""
    _, exchange = _reply(app)
    if exchange is None:
        return False, "there is no reply with a known time"
    return expected.compares(f"{exchange.elapsed:.6f}"), f"{exchange.name} took {exchange.elapsed:.3f} s"


def violations(expected: Expectation, app: App) -> Seen:
    """Check the breaches of the grammar in the last exchange, of one rule or of any."""
    found = [
        (violation.rule, event.response.name)
        for event in _events(app)
        if isinstance(event, Received | Completed)
        for violation in event.response.violations
    ]
    return _named(expected, found, "violations of the grammar")


def findings(expected: Expectation, app: App) -> Seen:
    """Check the breaches of conduct in the last exchange, of one rule, of one level or of any."""
    level = expected.name.lower() if expected.name.lower() in (FAULT, NOTICE) else ""
    found = [
        (finding.rule, event.response.name)
        for event in _events(app)
        if isinstance(event, Received | Completed)
        for finding in event.findings
        if level in ("", finding.level)
    ]
    return _named(expected._replace(name="") if level else expected, found, f"{level or 'finding'}s of conduct")


def _named(expected: Expectation, found: list[tuple[str, str]], what: str) -> Seen:
    rules = [f"{rule} in {name}" for rule, name in found]
    count = sum(1 for rule, _ in found if expected.name.lower() in ("", rule.lower()))
    seen = f"there were {len(found) or 'no'} {what}{': ' if found else ''}{', '.join(rules[:_MOST])}"
    return (expected.compares(str(count)) if expected.operator else count > 0), seen


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[: _LONG - 3]}..."


_CHECKS: dict[str, Callable[[Expectation, App], Seen]] = {
    "reply": reply,
    "text": text,
    "untagged": untagged,
    "count": count,
    "state": state,
    "mailbox": mailbox,
    "capability": capability,
    "octets": octets,
    "elapsed": elapsed,
    "violations": violations,
    "findings": findings,
    "tls": tlschecks.tls,
}
