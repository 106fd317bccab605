"""SORT, THREAD and SEARCH with RETURN, as methods of an asyncio connection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from imapsh.client import results
from imapsh.client.arguments import ascii_only, several
from imapsh.client.driving import value_of
from imapsh.client.keys import Criteria, is_ascii, write_criteria
from imapsh.errors import UsageError, shown
from imapsh.grammar.sort import Sort
from imapsh.grammar.thread import Thread
from imapsh.grammar.values import ESearch
from imapsh.grammar.writer import Writer

if TYPE_CHECKING:
    from imapsh.client.commands import Connection


async def sort(
    self: Connection, criteria: str, search: Criteria = "ALL", *, uid: bool = False, charset: str = "UTF-8"
) -> tuple[int, ...]:
    """Send SORT (RFC 5256 section 3).

    Return the numbers, or UIDs, of the messages that match `search`, in the server's order.

    `criteria` are those of SORT, such as `REVERSE DATE SUBJECT`.  Text beyond ASCII in `search` is sent in UTF-8;
    another `charset` raises UsageError then.
    """
    words = ascii_only(criteria).strip().strip("()")
    if not words:
        raise UsageError("sort() needs criteria, such as 'REVERSE DATE'")
    rest = _searched(self._writer().raw(f"({words}) "), search, charset).fragments()
    found = await self._runner.collect(_by("SORT", uid), rest, wants="SORT")
    return tuple(number for value in found if isinstance(value, Sort) for number in value.ids)


async def thread(
    self: Connection,
    algorithm: str = "REFERENCES",
    search: Criteria = "ALL",
    *,
    uid: bool = False,
    charset: str = "UTF-8",
) -> Thread:
    """Send THREAD (RFC 5256 section 3).  Return the conversations of the messages that match `search`.

    Text beyond ASCII in `search` is sent in UTF-8; another `charset` raises UsageError then.
    """
    rest = _searched(self._writer().raw(f"{ascii_only(algorithm)} "), search, charset).fragments()
    found = await self._runner.collect(_by("THREAD", uid), rest, wants="THREAD")
    values = [value for value in found if isinstance(value, Thread)]
    return Thread(tuple(one for value in values for one in value.threads))


async def esearch(
    self: Connection, search: Criteria = "ALL", returns: Iterable[str] = ("ALL",), *, uid: bool = False
) -> ESearch:
    """Send SEARCH RETURN (RFC 4731 section 3).

    Return what `returns` asks for, such as MIN, MAX, COUNT, ALL or PARTIAL 1:100.  The result has its items by name:
    MIN, MAX and COUNT are numbers, and ALL is a SequenceSet.  An item that found nothing is missing, because the server
    leaves it out.
    """
    options = " ".join(map(ascii_only, several(returns)))
    rest = write_criteria(self._writer().raw(f"RETURN ({options}) "), search).fragments()
    exchange = self.session.command(_by("SEARCH", uid), rest)
    found = await self._runner.gather(
        exchange, lambda event: event.response.name == "ESEARCH" and results.answers(event, exchange), value_of
    )
    items = {}
    for value in found:
        items.update(value.items)
    return ESearch(exchange.tag, uid, items)


def _searched(w: Writer, search: Criteria, charset: str) -> Writer:
    """Write the charset and the criteria of SORT or THREAD.

    Raises UsageError for text beyond ASCII in another charset than UTF-8, and for a CHARSET among the criteria.
    """
    charset = ascii_only(charset)
    if charset.upper() != "UTF-8" and not is_ascii(search):
        raise UsageError(f"text beyond ASCII is sent in UTF-8, not in {shown(charset)}: leave the charset out")
    if isinstance(search, str) and search.lstrip().upper().startswith("CHARSET "):
        raise UsageError("the charset is an argument of its own here: leave CHARSET out of the criteria")
    return write_criteria(w.charset(charset).raw(" "), search, charset=False)


def _by(name: str, uid: bool) -> str:
    return f"UID {name}" if uid else name
