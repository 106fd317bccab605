"""Remembers a conversation for views: the capabilities before their last change, and the structures of messages."""

from __future__ import annotations

from imapsh.grammar.responses import Response
from imapsh.grammar.values import BodyPart, Capabilities, Envelope, Expunged, Fetch, StatusText, UidFetch, Vanished
from imapsh.hints import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from imapsh.grammar.alike import Owed, Run

_KEPT = 256  # structures
_SUBJECTS = 4096
Value = TypeVar("Value")
_OTHER_MAILBOX = frozenset({"SELECT", "EXAMINE", "CLOSE", "UNSELECT"})


class Kept(Generic[Value]):
    """Values that were seen of messages, by UID and by number.

    If there are more than `most`, the oldest is forgotten.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_uid: dict[int, Value] = {}
        self._by_number: dict[int, Value] = {}

    def clear(self) -> None:
        """Forget all."""
        self._by_uid.clear()
        self._by_number.clear()

    def renumbered(self) -> None:
        """Forget what belongs to message numbers, because the numbers have changed."""
        self._by_number.clear()

    def put(self, number: int | None, uid: int | None, value: Value, *, instead: bool = True) -> None:
        """Keep a value of a message; if `instead` is false, a value that is there stays."""
        for kept, key in ((self._by_number, number), (self._by_uid, uid)):
            if isinstance(key, int) and (instead or key not in kept):
                kept.pop(key, None)
                kept[key] = value
                if len(kept) > self._most:
                    del kept[next(iter(kept))]

    def get(self, number: int | None, uid: int | None) -> Value | None:
        """Return the value of a message, or None."""
        found = self._by_uid.get(uid) if uid is not None else None
        return self._by_number.get(number) if found is None and number is not None else found


class Memory:
    """The memory of what views refer to.

    `before` holds the capabilities before their last change, None if they did not change; `now` holds the present ones.
    """

    def __init__(self) -> None:
        self.before: tuple[str, ...] | None = None
        self.now: tuple[str, ...] = ()
        self._structures: Kept[BodyPart] = Kept(_KEPT)
        self._subjects: Kept[str] = Kept(_SUBJECTS)
        self._most = _SUBJECTS
        self._owed: Owed | None = None  # once a run came

    def clear(self) -> None:
        """Forget all for a new connection: nothing that was said on the old one holds."""
        self.before, self.now = None, ()
        self._forget()

    def _forget(self) -> None:
        self._structures.clear()
        self._subjects.clear()
        self._owed = None

    def take(self, response: Response, uid: int | None = None) -> None:
        """Look at a response before it is shown.  It does no harm to look twice."""
        value = response.value
        kind = type(value)
        if kind is Fetch or kind is UidFetch:
            items = value.items
            if "BODYSTRUCTURE" in items or "BODY" in items or "ENVELOPE" in items:
                self._fetch(value, uid)
        elif kind is Expunged or (kind is Vanished and not value.earlier):
            self._settle()
            self._structures.renumbered()
            self._subjects.renumbered()
        elif kind is Capabilities and response.name == "CAPABILITY":
            self._capabilities(value.names)
        elif kind is StatusText:
            code = value.code
            if code is not None and code.name == "CAPABILITY" and isinstance(code.arg, tuple):
                self._capabilities(code.arg)

    def take_run(self, run: Run, uids: list[int | None]) -> None:
        """Do the same for FETCH responses that are alike, and whose messages have these UIDs as far as they are known.

        They are looked at when somebody asks for a subject.
        """
        if "ENVELOPE" not in run.shape.names:
            return
        if self._owed is None:
            from imapsh.grammar.alike import Owed

            self._owed = Owed(self._most)
        self._owed.add(run, uids)

    def _settle(self) -> None:
        from imapsh.render.fields import subject

        for shape, found, uid in self._owed.take() if self._owed else ():
            if shape is None:
                self._subjects.put(found[0], uid, found[1])
                continue
            said = subject(found[shape.group("ENVELOPE")].decode("latin-1"))
            if said is not None:
                self._subjects.put(int(found[1]), uid, said)

    def sent(self, name: str) -> None:
        """Note that a command goes out.  Messages are forgotten if it opens or leaves a mailbox."""
        if name in _OTHER_MAILBOX:
            self._forget()

    def structure(self, number: int, uid: int | None) -> BodyPart | None:
        """Return the structure of a message if it was seen, else None."""
        return self._structures.get(number or None, uid)

    def subject(self, number: int | None, uid: int | None) -> str | None:
        """Return the subject of a message, as it is in its envelope, if that was seen; else None."""
        if self._owed:
            self._settle()
        return self._subjects.get(number, uid)

    def _capabilities(self, names: tuple[str, ...]) -> None:
        if {name.upper() for name in names} == {name.upper() for name in self.now}:
            return
        if self.now:
            self.before = self.now
        self.now = names

    def _fetch(self, value: Fetch | UidFetch, uid: int | None) -> None:
        """Keep a message's structure and subject.  BODYSTRUCTURE says more than BODY, so BODY does not replace it."""
        uid = value.uid or uid
        envelope = value.items.get("ENVELOPE")
        if isinstance(envelope, Envelope) and envelope.subject is not None:
            if self._owed:
                self._owed.add_one((value.seq or None, envelope.subject), uid)
            else:
                self._subjects.put(value.seq or None, uid, envelope.subject)
        found = value.items.get("BODYSTRUCTURE") or value.items.get("BODY")
        if isinstance(found, BodyPart):
            self._structures.put(value.seq or None, uid, found, instead=found.extended)
