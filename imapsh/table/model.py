"""The shapes of the table's rows.  A row is data, which `imapsh.typed.match`, the session, help and docs read."""

from __future__ import annotations

from imapsh.tuples import NamedTuple

#: States of a connection (RFC 9051 section 3).
NOT_AUTHENTICATED = "not-authenticated"
AUTHENTICATED = "authenticated"
SELECTED = "selected"
LOGOUT = "logout"

#: The standing of a row that takes any name.  Its summary says that it is not known what defines the name.
UNKNOWN = "unknown"

#: The standing of a row that a later RFC drops.  Its summary says so.
OBSOLETE = "obsolete"

#: The states in which a command is allowed.
ANY_STATE = (NOT_AUTHENTICATED, AUTHENTICATED, SELECTED)
BEFORE_LOGIN = (NOT_AUTHENTICATED,)
AFTER_LOGIN = (AUTHENTICATED, SELECTED)
MAILBOX_SELECTED = (SELECTED,)


class Command(NamedTuple):
    r"""The row of a command.  `UID FETCH` and its like have rows of their own, named with the space.

    `syntax` is in the notation of `imapsh.typed.syntax`.  `needs` are capabilities; any one of them offers the command.
    If it is empty, every server has the command.  `editions` names the revisions that have it: "1" for IMAP4rev1 and
    "2" for IMAP4rev2.

    `guard` says what the shell counts before it asks if the command is to be sent: "deleted", the messages marked
    \Deleted (of its set, if it has one); "mailbox", what the mailbox holds; "inbox", the same if that is INBOX; "set",
    the messages of its set if they are many; "flags", the same, and what is done to their flags; "one", the message
    that its number names.  If there is only `destroys`, the shell asks as well, but counts nothing.

    `asks` is the untagged response that the command asks for, if that does not say which command it answers.  Commands
    that ask for the same response wait for each other (`imapsh.session.pipeline`).  `check` names the function of
    `imapsh.typed.checks` that finds what is wrong with a line that fits the syntax.
    """

    name: str
    states: tuple[str, ...]
    syntax: str
    summary: str
    rfc: str
    example: str
    needs: tuple[str, ...] = ()
    editions: str = "12"
    barrier: bool = False  # it neither follows an unanswered command nor is followed by a command while it runs
    expunges: bool = True  # the server may send EXPUNGE while it runs (RFC 9051 sections 5.5 and 7.5.1)
    numbers: bool = False  # its arguments may hold message numbers, which an EXPUNGE would shift
    changes: bool = False  # it changes mail or mailboxes; read-only mode refuses it
    barred: tuple[str, ...] = ()  # capabilities under which the server refuses it
    destroys: str = ""  # what is lost for good, as a phrase
    responses: tuple[str, ...] = ()  # the untagged responses it brings
    guard: str = ""
    harmless: str = ""  # the command that does the same without a change; read-only mode sends it instead
    asks: str = ""
    due: tuple[str, ...] = ()  # untagged responses, one of which must come before its OK
    standing: str = ""  # see `standing`
    check: str = ""

    @property
    def searches(self) -> bool:
        """Return whether the command takes search keys."""
        return "<search-key>" in self.syntax


class Name(NamedTuple):
    """The row of any other name of the protocol: a response, code, item, key, option, flag, attribute or capability.

    `syntax` is what follows the name and a space.  If all of it may be left out, so may the space.  After a name that
    ends in `[` or `(`, the syntax follows without a space.  A name in angle brackets is not written on the wire; only
    its syntax is.  A name that ends in `=` begins a family.

    `read` names the function of `imapsh.grammar` that reads what a server sends under this name.  A row of the kind
    "slot" gives another noun, its summary, to the slot that its syntax names.  Its `read` names the function that tells
    what is wrong with a typed argument (`imapsh.typed.slots.Check`).

    `group` says what a capability is about.  `harmless` is the name that does the same without a change to the message;
    read-only mode sends it instead.  `standing` is explained at the function of this name.  `secret` says that what a
    server sends under this name may hold tokens, which the shell shows as stars.  `sums` says what an item of STATUS
    adds up to over several mailboxes: "count", "octets", or "" for nothing.

    Some parts of a command are allowed only in some places.  `only` names the commands that take the part, if not all
    commands that take its kind do.  `beside` is another part of its kind that must stand with it.  `enabled` is what
    ENABLE must have turned on before.  If `uids_only` is set, commands may not hold message numbers once ENABLE has
    turned it on.
    """

    kind: str
    name: str
    summary: str
    rfc: str
    syntax: str = ""
    needs: tuple[str, ...] = ()
    editions: str = "12"
    example: str = ""
    read: str = ""
    group: str = ""
    harmless: str = ""
    standing: str = ""
    only: tuple[str, ...] = ()
    beside: str = ""
    enabled: str = ""
    uids_only: bool = False
    sums: str = ""
    secret: bool = False


def standing(row: Command | Name) -> str:
    """Return in words, for `\\help`, what standing a row's source has; "" for an RFC in force.

    A draft may change, and a vendor has no RFC; both can be seen in `rfc`.  Anything else, such as "historic" or
    "experimental", is in the row's column `standing`.
    """
    if row.standing:
        return "" if row.standing == UNKNOWN else row.standing
    if row.rfc.startswith("draft-"):
        return "a draft, which may change"
    return "" if row.rfc.startswith(("RFC ", "no RFC")) else f"of {row.rfc}, without an RFC"


class Context(NamedTuple):
    """The context that decides how a line is read: the connection's state, and what has been agreed on it.

    `capabilities` is empty if they are not known.  `rev2` and `utf8` allow UTF-8 in quoted strings.  `read_only` is
    the shell's read-only mode.  `tagged` is True if a tag comes first, False if none does, and None if the words
    decide it.  `exists` is the number of messages in the selected mailbox, or None if that is not known.  `writable` is
    true if the mailbox is open for writing.  `enabled` is what ENABLE has turned on, in upper case, or None if that is
    not known.
    """

    state: str = AUTHENTICATED
    capabilities: frozenset[str] = frozenset()
    rev2: bool = False
    utf8: bool = False
    read_only: bool = False
    tagged: bool | None = None
    exists: int | None = None
    writable: bool = False
    enabled: frozenset[str] | None = None

    @property
    def takes_utf8(self) -> bool:
        """Return whether quoted strings may be UTF-8 (RFC 9051 section 9, QUOTED-CHAR; RFC 6855 section 3)."""
        return self.utf8 or self.rev2
