r"""Connections: `\connect`, `\use`, `\sessions`, `\each`, `\disconnect`, `\quit`."""

from __future__ import annotations

import re
from typing import Any

from imapsh.errors import UsageError
from imapsh.render.amounts import count
from imapsh.render.visible import visible
from imapsh.session.mailbox import Mailbox
from imapsh.shell import dial
from imapsh.shell.conversation import Conversation
from imapsh.shell.host import Host
from imapsh.shell.mailboxes import as_typed
from imapsh.shell.steps import Dial, HangUp, Line, Steps
from imapsh.spec.model import AUTHENTICATED

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")


def connect(host: Host[Any], argument: str) -> Steps[None]:
    """`\\connect [-n NAME] [URL]`; without a URL the mailbox is selected again that was selected last."""
    name, url = _target(host, argument)
    talk = host.talks.get(name)
    plan = dial.make_plan(host.options, url) if url else _plan(host, talk)
    before = talk.selected if talk is not None and not url else None
    if talk is not None and talk.live:
        talk.due = before
        yield HangUp(name)
    try:
        yield Dial(plan, name)
    finally:
        if name in host.talks:
            host.talks[name].due = before  # also where it failed, and is tried again
    if before is not None:
        yield from _select_again(host, before)


def _plan(host: Host[Any], talk: Conversation | None) -> dial.Plan:
    """The plan of the connection that is opened again, or of the one beside which another is opened.

    The address's mailbox is opened if no connection came so far that it was: later what was selected counts.
    """
    if talk is not None:
        plan: dial.Plan = talk.plan
        return plan._replace(selects=talk.plan.selects and not talk.entered)
    if host.talk is not None:
        plan = host.talk.plan
        return plan._replace(selects=True)
    raise UsageError("\\connect needs a URL: there was no connection before")


def _target(host: Host[Any], argument: str) -> tuple[str, str]:
    words = argument.split(None, 2)
    if words[:1] != ["-n"]:
        return host.current, argument
    if len(words) < 2 or not _NAME.fullmatch(words[1]):
        raise UsageError("\\connect -n needs a name of letters and digits: \\connect -n second [URL]")
    return words[1], words[2] if len(words) > 2 else ""


def _select_again(host: Host[Any], before: Mailbox) -> Steps[None]:
    talk = host.conversation
    name = as_typed(before.name, utf8=host.session.context().takes_utf8)
    command = f"{'EXAMINE' if before.examined else 'SELECT'} {name}"
    if talk.session.state != AUTHENTICATED or not name:
        host.note(f"{before.name} was selected, with UIDVALIDITY {before.uidvalidity or 'not known'}: "
                  f"{f'after a login {command}' if name else 'SELECT it'} opens it again")  # fmt: skip
        return
    yield Line(command)
    now = host.session.mailbox
    if now is None:
        host.fault(f"{before.name} was selected and is not any more: UIDs of before are void")
    elif None in (now.uidvalidity, before.uidvalidity):
        host.note("UIDVALIDITY is not known: whether UIDs of before are good cannot be told")
    elif now.uidvalidity != before.uidvalidity:
        host.fault(f"UIDVALIDITY was {before.uidvalidity} and is {now.uidvalidity}: UIDs of before are void")
    else:
        host.note(f"the same UIDVALIDITY: UIDs of before are good{_since(before, now)}")


def _since(before: Mailbox, now: Mailbox) -> str:
    """What became of the mailbox meanwhile, as far as numbers tell it."""
    parts = []
    if before.exists is not None and now.exists is not None:
        more = now.exists - before.exists
        what = count(abs(more), "message") if more else "as many messages"
        parts.append(f"{what}{' more' * (more > 0)}{' fewer' * (more < 0)}")
    if before.uidnext is not None and now.uidnext is not None and now.uidnext != before.uidnext:
        parts.append(f"UIDNEXT {before.uidnext} -> {now.uidnext}")
    return "".join(f", {part}" for part in parts)


def use(host: Host[Any], argument: str) -> None:
    """`\\use NAME`."""
    if not argument:
        raise UsageError("\\use needs the name of a connection: \\sessions lists them")
    host.use(argument)


def sessions(host: Host[Any], argument: str) -> None:
    """`\\sessions`: who, where and the state of each."""
    if not host.talks:
        host.say("there is no connection: \\connect opens one")
    for name, talk in host.talks.items():
        about = {"connection": name, "current": name == host.current, "where": talk.plan.where, "user": talk.user,
                 "state": talk.session.state if talk.live else "not connected"}  # fmt: skip
        if host.record("session", about):
            continue
        host.say(visible(f"{'*' if name == host.current else ' '} {name:<8}  {talk.summary}"))


def each(host: Host[Any], argument: str) -> Steps[None]:
    """`\\each LINE`: in the order they were opened; those that are not connected are left out, and named."""
    if not argument:
        raise UsageError("\\each needs the line to do in every connection, as in \\each NOOP")
    before = host.current
    try:
        for name in list(host.talks):
            if not host.talks[name].live:
                host.note(f"{name} is not connected")
                continue
            host.use(name)
            yield Line(argument)
    finally:
        host.current = before


def disconnect(host: Host[Any], argument: str) -> Steps[None]:
    """`\\disconnect [NAME]`."""
    name = argument or host.current
    host.named(name)
    yield HangUp(name)
    if len(host.talks) > 1:
        del host.talks[name]
        if name == host.current:
            host.use(next(iter(host.talks)))


def quit(host: Host[Any], argument: str) -> None:
    """`\\quit`."""
    if argument:
        raise UsageError("\\quit takes no argument")
    host.leave()
