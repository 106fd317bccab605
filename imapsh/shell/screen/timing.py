"""Says in words how long a command took, and when something came."""

from __future__ import annotations

import functools
from datetime import UTC, datetime

from imapsh.errors import plural
from imapsh.render.amounts import duration
from imapsh.session.exchange import Exchange
from imapsh.wire.pieces import is_date

_MOST = 4  # changes that a summary names


def summary(exchange: Exchange) -> str:
    """Return `12 ms, first after 3.1 ms, 34 octets out, 5,678 in, deflated to 21 %; EXISTS 23 -> 24` or the like.

    The time to the first octet of the reply is left out if it is as good as the whole.
    """
    whole = duration(exchange.elapsed)
    parts = [whole]
    if exchange.to_first is not None and (first := duration(exchange.to_first)) != whole:
        parts.append(f"first after {first}")
    received = max(0, exchange.received)
    parts += [f"{exchange.sent:,} octets out", f"{received:,} in"]
    if exchange.deflated and exchange.sent + received:
        parts.append(f"deflated to {100 * exchange.deflated / (exchange.sent + received):.0f} %")
    changes = list(dict.fromkeys(filter(None, exchange.changes)))
    rest = len(changes) - _MOST
    more = [f"and {rest} {plural(rest, 'change')} more"] * (rest > 0)
    return "; ".join([", ".join(parts), *changes[:_MOST], *more])


def moment(time: float) -> str:
    """Return a time of a log as `14:01:54.105`, or as `+0.105` if the log has no dates.  The zone is UTC."""
    if not is_date(time):
        return f"+{time:.3f}"
    second, millionths = divmod(round(time * 1_000_000), 1_000_000)
    return f"{_clock(second)}.{millionths // 1000:03}"


@functools.lru_cache(maxsize=16)
def _clock(second: int) -> str:
    """Return a second in UTC as `14:01:54`; many lines share one."""
    return datetime.fromtimestamp(second, UTC).strftime("%H:%M:%S")


def moment_in_json(time: float) -> str | float:
    """Return a time of a log in the form of RFC 3339, or as a number of seconds if the log has no dates."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if is_date(time) else time
