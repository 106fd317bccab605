"""The selected mailbox, as far as the server has told (RFC 9051 sections 2.3, 6.3.2, 7.3, 7.4)."""

from __future__ import annotations

from typing import Any

from imapsh.grammar.values import Code, Count, Expunged, Fetch, Flags


class Mailbox:
    """Numbers are None until the server says them.

    `unseen` is the number of the first unseen message (rev1's UNSEEN code).  `uid_of` maps message numbers to UIDs as
    far as FETCH has shown them, shifted by EXPUNGE in the order of the wire.
    """

    __slots__ = (
        "exists", "flags", "highestmodseq", "name", "permanent_flags", "read_only", "recent", "uidnext", "uids",
        "uidvalidity", "unseen",
    )  # fmt: skip

    def __init__(self, name: str, read_only: bool = False) -> None:
        self.name = name
        self.read_only = read_only
        self.exists: int | None = None
        self.recent: int | None = None
        self.unseen: int | None = None
        self.uidnext: int | None = None
        self.uidvalidity: int | None = None
        self.highestmodseq: int | None = None
        self.flags: tuple[str, ...] = ()
        self.permanent_flags: tuple[str, ...] | None = None
        self.uids: list[int | None] = []

    def uid_of(self, number: int) -> int | None:
        """The UID of a message number, or None where it is not known."""
        return self.uids[number - 1] if 0 < number <= len(self.uids) else None

    def untagged(self, name: str, value: Any) -> str:
        """Take in mailbox or message data; what it changed, as a phrase, or ""."""
        if name == "EXISTS" and isinstance(value, Count):
            return self._set("exists", value.number)
        if name == "RECENT" and isinstance(value, Count):
            return self._set("recent", value.number)
        if name == "FLAGS" and isinstance(value, Flags):
            return self._set("flags", value.flags)
        if name == "EXPUNGE" and isinstance(value, Expunged):
            return self._expunge(value.seq)
        if name == "FETCH" and isinstance(value, Fetch):
            self._learn(value)
        return ""

    def code(self, code: Code) -> str:
        """Take in a response code; what it changed."""
        field = _CODES.get(code.name)
        if field is not None and (code.arg is None or isinstance(code.arg, int | tuple)):
            return self._set(field, code.arg)
        if code.name in ("READ-ONLY", "READ-WRITE"):
            return self._set("read_only", code.name == "READ-ONLY")
        return ""

    def _set(self, field: str, value: Any) -> str:
        old = getattr(self, field)
        setattr(self, field, value)
        if old == value or old is None or (field in ("flags", "permanent_flags") and not old):
            return ""
        if field == "read_only":
            return "now read-only" if value else "now read-write"
        if isinstance(value, tuple):
            return f"{_NAMES.get(field, field.upper())} changed"
        return f"{_NAMES.get(field, field.upper())} {old} -> {value}"

    def _expunge(self, number: int) -> str:
        if 0 < number <= len(self.uids):
            del self.uids[number - 1]
        if self.exists:
            return self._set("exists", self.exists - 1)
        return ""

    def _learn(self, value: Fetch) -> None:
        uid = value.items.get("UID")
        if not isinstance(uid, int) or not 0 < value.seq <= max(self.exists or 0, len(self.uids)):
            return
        if len(self.uids) < value.seq:
            self.uids.extend([None] * (value.seq - len(self.uids)))
        self.uids[value.seq - 1] = uid


_CODES = {
    "UIDNEXT": "uidnext",
    "UIDVALIDITY": "uidvalidity",
    "UNSEEN": "unseen",
    "PERMANENTFLAGS": "permanent_flags",
    "HIGHESTMODSEQ": "highestmodseq",
}
_NAMES = {"permanent_flags": "permanent flags", "flags": "flags"}
