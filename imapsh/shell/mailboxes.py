"""The mailbox names known for completion, found fast among very many."""

from __future__ import annotations

from bisect import bisect_left, insort

from imapsh.errors import UsageError
from imapsh.grammar import mutf7
from imapsh.grammar.responses import Response
from imapsh.grammar.values import MailboxList
from imapsh.grammar.writer import Writer

MOST = 200  #: names offered at once


class MailboxNames:
    """`stale`: they are to be asked for with LIST when they are next needed."""

    def __init__(self) -> None:
        self.stale = True
        self._names: dict[str, str] = {}  # folded -> as the server writes it, decoded
        self._sorted: list[str] = []  # the keys in order

    def __len__(self) -> int:
        return len(self._names)

    def clear(self) -> None:
        """Another account may see other names."""
        self._names, self._sorted, self.stale = {}, [], True

    def learn(self, response: Response) -> None:
        """Take in a LIST response."""
        if response.name != "LIST":
            return
        value = response.value
        if not isinstance(value, MailboxList) or not value.mailbox:
            return
        gone = any(attribute.lower() == "\\nonexistent" for attribute in value.attrs)
        key = value.mailbox.casefold()
        if gone and self._names.pop(key, None) is not None:
            self._sorted.remove(key)
        elif not gone:
            if key not in self._names:
                insort(self._sorted, key)
            self._names[key] = value.mailbox

    def find(self, typed: str) -> list[str]:
        """Names that begin with what is typed, then names that hold it, in any case; not more than MOST."""
        wanted = typed.casefold()
        index = bisect_left(self._sorted, wanted)
        found = []
        for key in self._sorted[index : index + MOST]:
            if not key.startswith(wanted):
                break
            found.append(key)
        if wanted and len(found) < MOST:
            inside = (key for key in self._sorted if wanted in key and not key.startswith(wanted))
            found += [key for key, _ in zip(inside, range(MOST - len(found)), strict=False)]
        return [self._names[key] for key in found]


def as_typed(name: str, *, utf8: bool, quoted: bool = False) -> str:
    """A mailbox name as an argument: an atom where it can be, else quoted; modified UTF-7 unless `utf8`; "" for none
    that can be typed."""
    writer = Writer(utf8=utf8)
    try:
        octets = writer.string(name if utf8 else mutf7.encode(name)) if quoted else writer.mailbox(name)
        fragments = octets.fragments()
    except (UsageError, UnicodeEncodeError):
        return ""
    if len(fragments) != 1 or not isinstance(fragments[0], bytes):
        return ""  # a literal
    return fragments[0].decode("utf-8", "surrogateescape")
