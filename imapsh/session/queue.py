"""The commands that wait to be sent, in order.

All that is asked about them takes the same time however many they are: a program may queue thousands.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, ValuesView

from imapsh.hints import TYPE_CHECKING
from imapsh.session import states

if TYPE_CHECKING:
    from imapsh.session.exchange import Exchange


class Queue:
    """Commands of which not one octet has gone out, in order; no two have the same tag.

    `by_tag` holds them by tag.  `commands` are the commands alone, and follow what changes.  `changers` counts those
    that may change the state.
    """

    def __init__(self) -> None:
        self.by_tag: OrderedDict[str, Exchange] = OrderedDict()  # a dict is slow to find its first after many are gone
        self.commands: ValuesView[Exchange] = self.by_tag.values()
        self.changers = 0

    def __len__(self) -> int:
        """Return the number of commands."""
        return len(self.by_tag)

    def __iter__(self) -> Iterator[Exchange]:
        """Iterate over the commands, in order."""
        return iter(self.commands)

    def __contains__(self, tag: str) -> bool:
        """Return whether a command has this tag."""
        return tag in self.by_tag

    @property
    def first(self) -> Exchange:
        """The command whose turn is next; there must be one."""
        return next(iter(self.commands))

    def add(self, exchange: Exchange) -> None:
        """Put a command at the end."""
        self.by_tag[exchange.tag] = exchange
        self.changers += exchange.name in states.CHANGERS

    def remove(self, exchange: Exchange) -> bool:
        """Take a command out and return True; False if it is not in the queue."""
        if self.by_tag.get(exchange.tag) is not exchange:
            return False
        del self.by_tag[exchange.tag]
        self.changers -= exchange.name in states.CHANGERS
        return True

    def clear(self) -> tuple[Exchange, ...]:
        """Take all commands out and return them."""
        left = tuple(self.commands)
        self.by_tag.clear()
        self.changers = 0
        return left
