"""Holds a client to the rules of its conduct (`imapsh.findings.CLIENTS`), line by line.

A rule is a function of a line (`Said`) and of what is known at its time (`Scene`).  It yields what is broken, and
nothing if that cannot be known.  The advice of `imapsh.typed` on a line is among the findings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from imapsh.findings import CLIENTS, FAULT, NOTICE, Finding
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.tokens import announcement
from imapsh.patterns import lazy
from imapsh.session.attribution import alike_names
from imapsh.session.clients.course import States, after
from imapsh.session.clients.lines import Ruled, has_initial
from imapsh.session.exchange import Exchange
from imapsh.session.mailbox import decoded
from imapsh.session.states import OPENS
from imapsh.table import find as row_of
from imapsh.table.model import ANY_STATE, LOGOUT, NOT_AUTHENTICATED, OBSOLETE, Command, Name
from imapsh.tuples import NamedTuple
from imapsh.typed.advice import forbidden, unfit
from imapsh.typed.found import NUMBER_SLOTS, SET_SLOTS, Piece, find
from imapsh.typed.match import Match
from imapsh.wire.frames import Frame

LONGEST = 8192  #: octets that a client's line should have at most (RFC 7162 section 4)
LONGEST_IDLE = 29 * 60  #: seconds after which a client ends IDLE (RFC 9051 section 6.3.13)

SLACK = 30  #: seconds by which a timer of 29 minutes may be late
_SMALL = 4096  # octets of a non-synchronizing literal that LITERAL- allows (RFC 7888 section 5)
_MOST_TAGS = 1 << 14  # that are remembered; a tag that is forgotten counts as new

_REV2 = "IMAP4REV2"
_ANNOUNCED = lazy(rb"~?\{\d+\+?\}\r?\n\Z")
_CHARSETS = frozenset({"SEARCH", "UID SEARCH"})

#: Mechanisms that send a password or token as it is (RFC 4616, RFC 6750).
_CLEAR = frozenset({"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"})


class Said(NamedTuple):
    """A command line of a client, and what the table says of it.  `advice` is the advice of `imapsh.typed` on it.

    If `exact` is false, the frame is not what was on the wire.
    """

    frame: Frame
    found: Match
    advice: Collection[Ruled] = ()
    exact: bool = True


class Scene(NamedTuple):
    """The moment when a line is sent: all that its rules need to know.

    `states` are those in which the connection may be.  `capabilities` are empty if they are not known, or may have
    changed.  `enabled` holds what ENABLE has certainly turned on.  `running` holds the commands that certainly run, the
    line's own not among them.  `asking` is the name of the one among them that waits for a `+`, or "".  `mailbox` is
    the mailbox that is certainly selected, or None.  `opened` is true if one was selected since the login.  `plain`
    is true if the connection certainly has no TLS.  `refused` is true if AUTHENTICATE may have failed before.  `utf8`
    is true if names are not in modified UTF-7.
    """

    states: States = frozenset(ANY_STATE)
    capabilities: frozenset[str] = frozenset()
    enabled: frozenset[str] = frozenset()
    running: tuple[Exchange, ...] = ()
    asking: str = ""
    mailbox: str | None = None
    opened: bool = False
    plain: bool = False
    refused: bool = True
    utf8: bool = False

    def offers(self, *names: str) -> bool:
        """Return whether one of the capabilities is offered, or may be because none are known."""
        return not self.capabilities or not self.capabilities.isdisjoint(names)


def judged(said: Said, scene: Scene) -> Iterator[Finding]:
    """Yield what is wrong with the conduct of a line."""
    for one in said.advice:
        if one.rule in CLIENTS:
            yield Finding(one.rule, one.message, one.rfc)
        else:
            yield Finding(one.rule, one.message, one.rfc, NOTICE)
    row = said.found.command
    if row is None:
        return
    for rule in _RULES:
        yield from rule(said, row, scene)


class Tags:
    """The tags that a client has used."""

    def __init__(self) -> None:
        self._used: dict[str, None] = {}

    def take(self, tag: str, running: bool) -> Iterator[Finding]:
        """Take in the tag of a command; yield what is wrong if it was used before.

        `running` is true if a command with this tag certainly runs.
        """
        if running:
            yield Finding("tag-running", f"the command with the tag {tag} still runs")
        elif tag in self._used:
            yield Finding("tag-reused", f"the tag {tag} was used before")
        self._used[tag] = None
        if len(self._used) > _MOST_TAGS:
            del self._used[next(iter(self._used))]


# -- the time of a command


def _state(said: Said, row: Command, scene: Scene) -> Iterator[Finding]:
    states = scene.states
    for other in scene.running:
        states = after(states, other.row)
    if not states.intersection(row.states):
        yield Finding("state", forbidden(row, min(states, default=LOGOUT)), row.rfc)


def _enable(said: Said, row: Command, scene: Scene) -> Iterator[Finding]:
    opening = [one.name for one in scene.running if one.name in OPENS]
    if row.name == "ENABLE" and (scene.opened or opening):
        when = f"while {opening[0]} runs" if opening else "after a mailbox was selected"
        yield Finding("enable-selected", f"ENABLE {when}")


def _numbers(said: Said, row: Command, scene: Scene) -> Iterator[Finding]:
    others = [one.name for one in scene.running if one.row is not None and one.row.expunges and one.name != "IDLE"]
    if others and any(not _sets(piece).saved for piece in _of(said, *NUMBER_SLOTS)):
        yield Finding("number-pipelined", f"{row.name} with message numbers while {', '.join(others)} runs, "
                      "which may bring EXPUNGE")  # fmt: skip


def _after_barrier(said: Said, row: Command, scene: Scene) -> Iterator[Finding]:
    for other in scene.running:
        if other.name in ("STARTTLS", "COMPRESS"):
            yield Finding(f"{other.name.lower()}-pipelined", f"{row.name} while {other.name} has no reply")
    if scene.asking:
        yield Finding("continuation-pipelined", f"{row.name} while {scene.asking} waits for '+'")


# -- lines and literals


def _length(said: Said, row: Command, scene: Scene) -> Iterator[Finding]:
    longest = max(len(part) for part in said.frame.parts[::2] if isinstance(part, bytes))
    if longest > LONGEST:
        message = f"a line of {longest:,} octets; servers may refuse more than {LONGEST:,}"
        yield Finding("line-length", message)


def _literals(said: Said, row: Command, scene: Scene) -> Iterator[Finding]:
    """Yield a finding for each literal that needs what is not offered (RFC 7888 sections 4 and 5, RFC 3516)."""
    if not scene.capabilities or not said.exact:
        return
    for piece in said.frame.parts[::2]:
        assert isinstance(piece, bytes)
        if (found := _ANNOUNCED.search(piece)) is None or piece is said.frame.parts[-1]:
            continue
        literal = announcement(found[0].rstrip(b"\r\n").decode("ascii"))
        if not literal.synchronizing and not scene.offers("LITERAL+"):
            if not scene.offers("LITERAL-", _REV2):
                message = "{n+} needs LITERAL+, which the server does not offer"
                yield Finding("not-offered", message, "RFC 7888 §4", FAULT)
            elif literal.octets > _SMALL:
                yield Finding("literal-large", f"{{n+}} of {literal.octets:,} octets; without LITERAL+ only {_SMALL:,}")
        if found[0].startswith(b"~") and not scene.offers("BINARY", "UTF8=ACCEPT", "UTF8=ONLY", _REV2):
            yield Finding("not-offered", "~{n} needs BINARY, which the server does not offer", "RFC 3516 §4.4")


# -- what the server offers


def _offered(said: Said, row: Command, scene: Scene) -> Iterator[Finding]:
    capabilities = scene.capabilities
    if not capabilities:
        return
    lacking = unfit(row, said.found.context)
    if lacking is not None and row.needs and all(one.message != lacking.message for one in said.advice):
        yield Finding(lacking.rule, lacking.message, row.rfc)  # a forbidden state goes before it in the advice
    if row.name == "LOGIN" and "LOGINDISABLED" in capabilities:
        yield Finding("login-disabled", "LOGIN, but the server says LOGINDISABLED")
    if row.name == "AUTHENTICATE" and has_initial(said.found) and not scene.offers("SASL-IR", _REV2):
        yield Finding("initial-response", "an initial response, but the server does not offer SASL-IR")
    if any(_sets(piece).saved for piece in _of(said, *SET_SLOTS)) and not scene.offers("SEARCHRES", _REV2):
        yield Finding("not-offered", "$ needs SEARCHRES, which the server does not offer", "RFC 5182 §2")


def _obsolete(said: Said, row: Command, scene: Scene) -> Iterator[Finding]:
    context = said.found.context
    if context.rev2:
        return
    named = (row_of(piece.kind, piece.name) for piece in _all(said))
    rows: list[Command | Name] = [row, *(one for one in named if one is not None)]
    for one in dict.fromkeys(rows):
        if one.editions == "1" and one.standing != OBSOLETE and unfit(one, context) is None:
            yield Finding("obsolete", f"{one.name} is not in IMAP4rev2: {one.summary[:1].lower()}{one.summary[1:-1]}")


# -- the login


def _login(said: Said, row: Command, scene: Scene) -> Iterator[Finding]:
    if NOT_AUTHENTICATED not in scene.states or row.name not in ("LOGIN", "AUTHENTICATE"):
        return
    mechanism = next((str(piece.value).upper() for piece in _of(said, "mechanism")), "LOGIN")
    if scene.plain and (row.name == "LOGIN" or mechanism in _CLEAR):
        yield Finding("clear-password", f"{row.name} without TLS" + (", which the server offers by STARTTLS"
                      if "STARTTLS" in scene.capabilities else ""))  # fmt: skip
    if row.name == "AUTHENTICATE":
        return
    if not scene.refused and any(name.startswith("AUTH=") for name in scene.capabilities):
        yield Finding("login-first", "LOGIN without an AUTHENTICATE before, which the server offers")
    if not _text(said).isascii():
        yield Finding("login-utf8", "LOGIN with octets that are not ASCII")


def _text(said: Said) -> bytes:
    return b"".join(part for part in said.frame.parts if isinstance(part, bytes))


# -- arguments


def _mailboxes(said: Said, row: Command, scene: Scene) -> Iterator[Finding]:
    if row.name not in ("STATUS", "CREATE", "DELETE", "LIST", "LSUB"):
        return
    piece = next(iter(_of(said, "mailbox")), None)
    if piece is None or piece.value is None:
        return
    name = decoded(piece.value, scene.utf8)
    if row.name == "STATUS":
        if scene.mailbox is not None and name == scene.mailbox:
            yield Finding("status-selected", "STATUS of the mailbox that is selected; its numbers come by themselves")
    elif row.name in ("LIST", "LSUB"):
        if name:
            yield Finding("list-reference", f"{row.name} with a reference, which each server reads in its own way")
    elif alike_names(name, "INBOX") and name.upper() == "INBOX":
        yield Finding(f"{row.name.lower()}-inbox", f"{row.name} INBOX, which always is an error")


def _charset(said: Said, row: Command, scene: Scene) -> Iterator[Finding]:
    if row.name in _CHARSETS and "UTF8=ACCEPT" in scene.enabled and _of(said, "charset"):
        yield Finding("search-charset", f"{row.name} with a charset after ENABLE UTF8=ACCEPT")


_Rule = Callable[[Said, Command, Scene], Iterator[Finding]]

_RULES: tuple[_Rule, ...] = (
    _state, _enable, _numbers, _after_barrier, _length, _literals, _offered, _obsolete, _login, _mailboxes, _charset,
)  # fmt: skip


def _of(said: Said, *kinds: str) -> list[Piece]:
    return find(said.found.pieces, *kinds)


def _all(said: Said) -> Iterator[Piece]:
    waiting = list(reversed(said.found.pieces))
    while waiting:
        piece = waiting.pop()
        yield piece
        waiting.extend(reversed(piece.children))


_NO_SET = SequenceSet(saved=True)


def _sets(piece: Piece) -> SequenceSet:
    return piece.value if isinstance(piece.value, SequenceSet) else _NO_SET
