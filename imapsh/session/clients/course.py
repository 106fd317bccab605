"""Follows the states in which a connection may be, where what became of a command may be unknown."""

from __future__ import annotations

from imapsh.session.states import LEAVES, REPLIES
from imapsh.table.model import ANY_STATE, LOGOUT, MAILBOX_SELECTED, NOT_AUTHENTICATED, Command

#: Commands about the state that no server answers with NO.
_NEVER_NO = frozenset({"CLOSE", "UNSELECT", "LOGOUT"})

States = frozenset[str]

_ANY: States = frozenset(ANY_STATE)


def after(states: States, row: Command | None) -> States:
    """Return the states to which a command may lead, whatever the server answers.

    In a state that forbids it, a command changes nothing.  A command that is not in the table may do anything.
    """
    if row is None:
        return _ANY if states != {LOGOUT} else states
    led = {REPLIES[row.name, status] for status in ("OK", "NO") if (row.name, status) in REPLIES}
    allowed = states.intersection(row.states)
    if not led or not allowed:
        return states
    may_fail = row.name not in _NEVER_NO and (row.name, "NO") not in REPLIES
    return frozenset(led | (states - allowed) | (allowed if may_fail else set()))


class Course:
    """The course of a connection.

    `states` are those in which it may be, apart from the commands that run.  `opened` is true if a mailbox has been
    selected since the login.
    """

    def __init__(self) -> None:
        self.states: States = _ANY
        self.opened = False

    def begin(self, state: str) -> None:
        """Take in the state after the greeting."""
        self.states = frozenset({state})

    def join(self) -> None:
        """Take in that nobody knows the state."""
        self.states = _ANY

    def passed(self, row: Command | None) -> None:
        """Take in a command whose reply nobody will see."""
        self.states = after(self.states, row)
        self.opened = self.opened or self.states == frozenset(MAILBOX_SELECTED)

    def replied(self, row: Command | None, status: str) -> None:
        """Take in the tagged reply to a command."""
        if row is None:
            self.states = after(self.states, row) if status == "OK" else self.states
            return
        if (state := REPLIES.get((row.name, status))) is not None:
            self.states = frozenset({state})
        elif status == "OK" and NOT_AUTHENTICATED not in row.states:
            self.states = self.states.intersection(row.states) or self.states
        if (row.name, status) == (LEAVES, "OK"):
            self.opened = False
        self.opened = self.opened or self.states == frozenset(MAILBOX_SELECTED)
