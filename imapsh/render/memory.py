"""Remembers a conversation for views of it: capabilities before their last change, messages' structures."""

from __future__ import annotations

from imapsh.grammar.responses import Response
from imapsh.grammar.values import BodyPart, Capabilities, Expunged, Fetch, StatusText, Vanished

_KEPT = 256  # structures
_OTHER_MAILBOX = frozenset({"SELECT", "EXAMINE", "CLOSE", "UNSELECT"})


class Memory:
    """Remembers what views refer to.

    `before` holds the capabilities until they changed last, None if they did not; `now` holds the present ones.
    """

    def __init__(self) -> None:
        self.before: tuple[str, ...] | None = None
        self.now: tuple[str, ...] = ()
        self._by_uid: dict[int, BodyPart] = {}
        self._by_number: dict[int, BodyPart] = {}

    def clear(self) -> None:
        """Forget all for a new connection: nothing that was said on the old one holds."""
        self.before, self.now = None, ()
        self._by_uid.clear()
        self._by_number.clear()

    def take(self, response: Response, uid: int | None = None) -> None:
        """Look at a response before it is shown.  It does no harm to look twice."""
        value = response.value
        kind = type(value)
        if kind is Fetch:
            if "BODYSTRUCTURE" in value.items or "BODY" in value.items:
                self._fetch(value, uid)
        elif kind is Expunged or (kind is Vanished and not value.earlier):
            self._by_number.clear()
        elif kind is Capabilities and response.name == "CAPABILITY":
            self._capabilities(value.names)
        elif kind is StatusText:
            code = value.code
            if code is not None and code.name == "CAPABILITY" and isinstance(code.arg, tuple):
                self._capabilities(code.arg)

    def sent(self, name: str) -> None:
        """Note that a command goes out.  Structures are forgotten if it opens or leaves a mailbox."""
        if name in _OTHER_MAILBOX:
            self._by_uid.clear()
            self._by_number.clear()

    def structure(self, number: int, uid: int | None) -> BodyPart | None:
        """Return the structure of a message if it was seen, else None."""
        found = self._by_uid.get(uid) if uid is not None else None
        return found or self._by_number.get(number)

    def _capabilities(self, names: tuple[str, ...]) -> None:
        if {name.upper() for name in names} == {name.upper() for name in self.now}:
            return
        if self.now:
            self.before = self.now
        self.now = names

    def _fetch(self, value: Fetch, uid: int | None) -> None:
        """Keep a message's structure.  BODYSTRUCTURE tells more than BODY, and is not forgotten for it."""
        found = value.items.get("BODYSTRUCTURE") or value.items.get("BODY")
        if not isinstance(found, BodyPart):
            return
        uid = value.items.get("UID") or uid
        for kept, key in ((self._by_number, value.seq), (self._by_uid, uid)):
            if isinstance(key, int) and (found.extended or key not in kept):
                kept.pop(key, None)
                kept[key] = found
                if len(kept) > _KEPT:
                    del kept[next(iter(kept))]
