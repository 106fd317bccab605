r"""The live part of `imapsh --checkup URL`: goes the way to a server once, and tells of each step of it.

The name is looked up, and each address is tried: a connection that is closed again with nothing sent.  Then one
connection is made as every other of imapsh's is, with one login at the most.  A certificate that is refused is shown as
the refused handshake had it, so no second one is needed, and nothing is ever sent to a server that was not verified.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imapsh.errors import ConnectionTimeout, ImapshError, Interrupted
from imapsh.grammar.values import Id
from imapsh.render.amounts import count, duration
from imapsh.session.exchange import Exchange
from imapsh.shell.app import FIRST
from imapsh.shell.commands.login import story as stories
from imapsh.shell.commands.login.story import Story
from imapsh.shell.connection.own import Own
from imapsh.shell.connection.steps import Away, Greet, Reach, Steps, Within
from imapsh.shell.screen.sheet import Row, shortened
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.session.events import Received
    from imapsh.shell.app import App
    from imapsh.shell.connection.connection import Connection
    from imapsh.shell.connection.dial import Plan
    from imapsh.transport.probing import Probe

ROUNDS = 3  #: NOOPs whose time is taken
ADDRESSES = 20  #: addresses of a host that are tried
_OTHER = {993: 143, 143: 993}


class Checked(NamedTuple):
    """What came of a check: the page, the same for JSON, and the exit status."""

    sections: Mapping[str, Sequence[Row]]
    facts: Mapping[str, Any]
    status: int


class Route(NamedTuple):
    """The way to a host: its addresses and whether they accept a connection.

    `seconds` is how long the name took, and `error` says why it has no address.  `other` is an attempt at the other
    usual port, if none of the addresses accepts.
    """

    seconds: float = 0.0
    probes: tuple[Probe, ...] = ()
    more: int = 0
    other: Probe | None = None
    error: ImapshError | None = None


class Talk(NamedTuple):
    """What a connection was asked: its ID, and the seconds of each round trip."""

    id: Mapping[str, str] | None = None
    rounds: tuple[float, ...] = ()


def check(app: App, plan: Plan) -> Steps[Checked]:
    """Go the way that the plan describes, and tell of it.  Raises Interrupted while the addresses are tried."""
    plan = plan._replace(
        check=True, retry="", read_only=True, idle_timeout=plan.idle_timeout or plan.connect_timeout
    )  # fmt: skip
    way = None
    if plan.address.scheme in ("imap", "imaps") and plan.address.proxy is None and not plan.demo:
        way = yield Away(lambda: _way(plan))
    times: dict[str, float] = {}
    error: ImapshError | None = None
    try:
        yield from _timed(app, app.connect(plan, FIRST), times)
    except ImapshError as failed:
        error = failed
    connection = app.connections.get(FIRST)
    if connection is not None and isinstance(error, Interrupted):
        connection.record.opening.ended(connection.session.running.values())
    talk = Talk()
    if connection is not None and connection.live and connection.session.greeting is not None:
        talk = yield from _talk(connection)
        yield from app.log_out(connection)
    story = Story(connection.plan if connection is not None else plan, connection, error, app.masked)
    now = time.time()
    status = error.exit_code if error is not None else 0
    return Checked(_sections(story, way, talk, times, now), _facts(story, way, talk, times, now), status)


def _done(step: Any) -> Steps[Any]:
    return (yield step)


def _in_time(app: App, exchange: Exchange) -> Steps[None]:
    """Wait for a reply, but not for a server that keeps saying other things.  Raises ConnectionTimeout."""
    connection = app.connections[FIRST]
    seconds, before = connection.plan.idle_timeout, connection.session.received_octets
    replied = yield Within(connection, exchange, seconds)
    if not replied and not connection.session.closed:
        silent = connection.session.received_octets == before
        said = "nothing came from {}" if silent else "{} said this and that, and gave no reply"
        error = ConnectionTimeout(f"{said.format(connection.plan.where)} within {seconds:g} s")
        connection.record.opening.ended(connection.session.running.values())
        connection.session.lost(error)
        raise error


def _timed(app: App, walked: Steps[None], times: dict[str, float]) -> Steps[None]:
    """Go on with steps, and note how long those took that make the connection."""
    answer: Any = None
    error: ImapshError | None = None
    while True:
        try:
            step = walked.send(answer) if error is None else walked.throw(error)
        except StopIteration:
            return
        begun, answer, error = time.monotonic(), None, None
        try:
            answer = yield from _in_time(app, step) if isinstance(step, Exchange) else _done(step)
        except ImapshError as failed:
            error = failed
        name = "connect" if isinstance(step, Reach) else "greeting" if isinstance(step, Greet) else ""
        if name:
            times[name] = time.monotonic() - begun


# -- the way to the host


def _way(plan: Plan) -> Route:
    from imapsh.transport.failures import cannot_connect
    from imapsh.transport.probing import probe
    from imapsh.transport.resolving import resolve

    address, begun = plan.address, time.monotonic()
    try:
        places = resolve(address.host, address.port, plan.connect_timeout)
    except (OSError, UnicodeError) as error:
        return Route(time.monotonic() - begun, error=cannot_connect(error, address, plan.connect_timeout))
    seconds = time.monotonic() - begun
    probes = probe(places[:ADDRESSES], plan.connect_timeout)
    other = None
    if address.port in _OTHER and all(one.error is not None for one in probes):
        port = _OTHER[address.port]
        there = [(*place[:4], (place[4][0], port, *place[4][2:])) for place in places[:ADDRESSES]]
        other = next((one for one in probe(there, plan.connect_timeout) if one.error is None), None)
    return Route(seconds, tuple(probes), max(len(places) - ADDRESSES, 0), other)


def _said(plan: Plan, one: Probe) -> str:
    """Return what became of an attempt at one address."""
    from imapsh.transport.failures import cannot_connect

    if one.error is None:
        return f"reached in {duration(one.seconds)}"
    return str(cannot_connect(one.error, plan.address._replace(host=one.host), plan.connect_timeout))


def _way_rows(plan: Plan, way: Route | None) -> Iterator[Row]:
    address = plan.address
    yield Row("server", plan.where if plan.demo else f"{plan.where}, by {address.scheme}")
    if address.proxy is not None:
        named = f", from {address.proxy.source}" if address.proxy.source else ""
        yield Row("proxy", f"{address.proxy.label}{named}; the server's own address is not tried")
    if way is None:
        return
    if way.error is not None:
        yield Row("name", f"{way.error}; {duration(way.seconds)}", False)
        return
    number = len(way.probes) + way.more
    yield Row("name", f"{address.host}, {count(number, 'address', 'addresses')}, {duration(way.seconds)}")
    for one in way.probes:
        good = one.error is None
        yield Row("address", f"{one.host}, port {one.port}: {_said(plan, one)}", None if good else False)
    if way.more:
        yield Row("address", f"and {way.more:,} more, which were not tried")
    if way.other is not None:
        scheme = "imaps" if way.other.port == 993 else "imap"
        yield Row("but", f"port {way.other.port} accepts connections: try {scheme}://{address.host}")


# -- the conversation


def _talk(connection: Connection) -> Steps[Talk]:
    """Ask who the server is, if it has ID (RFC 2971), and take the time of a few round trips."""
    said: Mapping[str, str] | None = None
    rounds: list[float] = []
    patience = connection.plan.connect_timeout
    try:
        if "ID" in connection.session.capabilities:
            found: list[Received] = []
            exchange = connection.quietly("ID", [b"NIL"], Own(take=found.append))
            yield Within(connection, exchange, patience)
            values = [event.response.value for event in found if isinstance(event.response.value, Id)]
            said = {name: text for name, text in (values[0].fields or {}).items() if text} if values else None
        for _ in range(ROUNDS):
            exchange = connection.quietly("NOOP")
            if (yield Within(connection, exchange, patience)) and exchange.response is not None:
                rounds.append(exchange.elapsed)
    except ImapshError:
        pass  # the connection has ended, and the page says so
    return Talk(said, tuple(rounds))


def _sections(
    story: Story, way: Route | None, talk: Talk, times: Mapping[str, float], now: float
) -> dict[str, list[Row]]:
    return {
        "Server": list(_way_rows(story.plan, way)),
        "TLS": list(stories.tls_rows(story, now)),
        "Greeting and capabilities": [*_greeting(story, talk, times), *stories.capabilities(story)],
        "Mechanisms that the server takes": list(stories.mechanism_rows(stories.ways(story))),
        "Login": list(stories.login(story, now)) if story.connection is not None else [],
        "Round trips": list(_rounds(talk)),
        "Result": [*stories.result(story, now), *_further(story)],
    }


def _greeting(story: Story, talk: Talk, times: Mapping[str, float]) -> Iterator[Row]:
    for row in stories.greeting(story):
        yield row._replace(text=f"{row.text} ({duration(times['greeting'])})") if "greeting" in times else row
    if talk.id is not None:
        said = story.mask(", ".join(f"{name} {text}" for name, text in talk.id.items()))
        yield Row("ID", shortened(said) or "it says nothing of itself")


def _rounds(talk: Talk) -> Iterator[Row]:
    if talk.rounds:
        best, middle = min(talk.rounds), sorted(talk.rounds)[len(talk.rounds) // 2]
        yield Row("NOOP", f"{duration(middle)} in the middle of {len(talk.rounds)}, {duration(best)} at best")


def _further(story: Story) -> Iterator[Row]:
    """Yield how to see the rest of a server whose certificate was refused."""
    import ssl

    if story.error is not None and isinstance(story.error.__cause__, ssl.SSLCertVerificationError):
        yield Row("further", "--insecure --no-login shows the rest, and sends no password")


# -- as JSON


def _facts(
    story: Story, way: Route | None, talk: Talk, times: Mapping[str, float], now: float
) -> dict[str, Any]:  # fmt: skip
    found = stories.facts(story, now)
    return {
        "server": found.pop("server"),
        "name": None if way is None else {
            "host": story.plan.address.host,
            "seconds": round(way.seconds, 6),
            "error": str(way.error) if way.error is not None else None,
        },
        "proxy": story.plan.address.proxy.label if story.plan.address.proxy is not None else None,
        "addresses": [_address(story.plan, one) for one in (way.probes if way is not None else ())],
        "seconds": {name: round(seconds, 6) for name, seconds in times.items()},
        **found,
        "id": None if talk.id is None else {name: story.mask(text) for name, text in talk.id.items()},
        "round_trips": [round(seconds, 6) for seconds in talk.rounds],
    }  # fmt: skip


def _address(plan: Plan, one: Probe) -> dict[str, Any]:
    return {
        "address": one.host,
        "port": one.port,
        "reached": one.error is None,
        "seconds": round(one.seconds, 6),
        "error": None if one.error is None else _said(plan, one),
    }
