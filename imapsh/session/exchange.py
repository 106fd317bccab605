"""One command and what became of it, and how typed text or arguments become one.

Theory of operation.  An Exchange is made of fragments and is filled in by its holder, in this order:

    made        `tag`, `name`, `row`, `fragments`, `shown`; nothing was sent, and it may be thrown away
    submitted   (`Sender.submit`) its secrets are known from now on, and `shown` is masked
    started     (`Sender.start_next`) `settle` decides how literals are announced; `started` is the time; the fragments
                go to the outbox, `sent` counts the octets
      or unsent `error` says why; it has no reply
    running     `first` is the time of the first octet after it; `untagged` and `received` count what came for it, and
                `changes` says what changed meanwhile
    completed   `response` is the tagged reply, `ended` its time
      or lost   the connection ended: `response` stays None

A fragment is octets that go out as they are, or a literal, whose octets may have to wait.  A program's literal
(`grammar.fragments.Literal`) is announced as the capabilities of the moment allow; one that a person typed
(`TypedLiteral`) goes out as it was typed.  Secret octets are marked when the fragment is made (`Secret`, or `secret` of
a literal), so nobody has to find them again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import groupby

from imapsh import table
from imapsh.errors import StateError, UsageError, plural
from imapsh.grammar.fragments import Fragment, Literal, announce
from imapsh.grammar.responses import Response
from imapsh.grammar.tokens import BAD, CRLF, DATA, FILE, LITERAL, Token, announcement
from imapsh.hints import TYPE_CHECKING
from imapsh.patterns import lazy
from imapsh.session.secrets import MASK
from imapsh.table.model import Command
from imapsh.tuples import NamedTuple
from imapsh.wire.frames import Frame, Part, Spilled

if TYPE_CHECKING:
    from typing import TypeGuard

    from imapsh.sasl.mechanism import Mechanism
    from imapsh.typed.match import Match

_WORD = lazy(rb'"((?:[^"\\]|\\.)*)"?|[^ ]+')
_ESCAPED = lazy(rb"\\(.)", re.DOTALL)
_NUMBERS = lazy(r"(.+?) (\S+) -> (\S+)")

#: Opens a local file named in a `{@path}`: its size, and a function that yields its octets.
OpenFile = Callable[[str], tuple[int, Callable[[], Iterator[bytes]]]]


class TypedLiteral(NamedTuple):
    """A literal whose announcement a person wrote: it is sent as it is."""

    announcement: bytes
    data: bytes
    synchronizing: bool
    secret: bool = False

    def __repr__(self) -> str:
        """Return a text without the octets, which may be a password."""
        return f"TypedLiteral({self.announcement!r})"


class Secret(NamedTuple):
    """Octets to send that are never shown."""

    octets: bytes

    def __repr__(self) -> str:
        """Return a text without the octets, which may be a password."""
        return "Secret()"


_APART = frozenset("{\r\n\0")  # a line without them has no literals, and can be sent as it is

#: The things that an exchange sends: octets, a literal announced as the capabilities allow, or one announced as typed.
Sendable = Fragment | Secret | TypedLiteral


MOST_CHANGES = 100  #: changes of a command that are told


class Exchange:
    """A command from its submission to its tagged reply.

    `shown` is the client's line as a frame with every secret masked; from the start of sending (`settle`) it has each
    literal announced as it goes out.  Times are seconds of the session's clock, and None until they are known.  `sent`
    and `received` count octets; `deflated` counts both together as they crossed under COMPRESS.  `changes` holds
    phrases that say what changed in the session meanwhile.  `mailbox` is the mailbox whose numbers a STATUS asks for.

    `plain` says that it has neither literals nor secrets.  `states` holds the states in which the command may be sent,
    () for any.  `error` says why it was not sent after all, otherwise None.  `cut` is true for an IDLE that the server
    ended itself, before DONE.
    """

    __slots__ = (
        "answers", "changes", "cut", "deflated", "ended", "error", "first", "fragments", "mailbox", "mechanism", "name",
        "plain", "received", "response", "row", "sent", "shown", "started", "states", "tag", "untagged",
    )  # fmt: skip

    def __init__(self, tag: str, name: str, fragments: Iterable[Sendable]) -> None:
        self.tag = tag
        self.name = name
        self.row: Command | None = table.command(name) if name else None
        self.fragments = pieces = list(fragments)
        line = pieces[0] if len(pieces) == 1 else None
        if isinstance(line, bytes):  # as most
            self.plain, self.shown = True, Frame((line + b"\r\n",))
        else:
            self.plain, self.shown = all_octets(pieces), shown(pieces)
        self.mechanism: Mechanism | None = None
        self.mailbox: str | None = None
        self.states: tuple[str, ...] = ()
        self.error: StateError | None = None
        self.started: float | None = None
        self.first: float | None = None
        self.ended: float | None = None
        self.sent = 0
        self.received = 0
        self.deflated = 0
        self.untagged = 0
        self.response: Response | None = None
        self.changes: list[str] = []
        self.answers = 0
        self.cut = False

    def settle(self, plus: Callable[[int, bool], bool]) -> bool:
        """Decide how each literal is announced, so that what is shown is what is sent.  Return whether there is one.

        `plus` is given a literal's octets and whether it is a literal8, and returns whether `{n+}` is allowed now.
        """
        if self.plain or not any(isinstance(one, Literal) for one in self.fragments):
            return False
        self.fragments = [
            one._replace(waits=one.waits or not plus(one.octets, one.binary)) if isinstance(one, Literal) else one
            for one in self.fragments
        ]
        self.shown = shown(self.fragments)
        return True

    @property
    def status(self) -> str:
        """The status of the reply: OK, NO or BAD; "" while the command runs or if the connection ended first."""
        return self.response.name if self.response is not None else ""

    @property
    def elapsed(self) -> float:
        """The seconds from the first octet sent to the tagged reply, or 0 if there was none."""
        return (self.ended or 0.0) - (self.started or 0.0) if self.ended is not None else 0.0

    @property
    def to_first(self) -> float | None:
        """The seconds from the first octet sent to the first that came after it; None before both."""
        return None if self.first is None or self.started is None else self.first - self.started

    def note(self, change: str) -> None:
        """Add to `changes`, up to MOST_CHANGES; a number that changes again counts as one change."""
        found = _NUMBERS.fullmatch(change)
        if found is not None:
            for place, old in enumerate(self.changes):
                before = _NUMBERS.fullmatch(old)
                if before is not None and before[1] == found[1]:
                    self.changes[place] = f"{found[1]} {before[2]} -> {found[3]}"
                    return
        if len(self.changes) < MOST_CHANGES and change not in self.changes:
            self.changes.append(change)

    def __repr__(self) -> str:
        return f"<Exchange {self.tag} {self.name} {self.status or 'running'}>"


def shown(fragments: Sequence[Sendable]) -> Frame:
    """Return the fragments as one frame to show, without secrets and without the octets of files."""
    parts: list[Part] = []
    line = b""
    for fragment in fragments:
        if isinstance(fragment, bytes):
            line += fragment
        elif isinstance(fragment, Secret):
            line += MASK
        elif fragment.secret:
            line += b"{" + MASK + b"}"
        else:
            typed = isinstance(fragment, TypedLiteral)
            parts.append(line + (fragment.announcement if typed else announce(fragment, not fragment.waits)))  # type: ignore[union-attr,arg-type]
            data = fragment.data
            parts.append(data if isinstance(data, bytes) else Spilled(fragment.octets))  # type: ignore[union-attr]
            line = b""
    return Frame((*parts, line + b"\r\n"))


def all_octets(fragments: Collection[Sendable]) -> TypeGuard[Collection[bytes]]:
    """Return whether a command has neither literals nor secrets."""
    for fragment in fragments:  # noqa: SIM110
        if not isinstance(fragment, bytes):
            return False
    return True


def secrets_in(fragments: Collection[Sendable]) -> set[bytes]:
    """Return what a command marks as secret: each word and the whole, except what the command also says in clear."""
    clear: set[bytes] = set()
    found: set[bytes] = set()
    if all_octets(fragments):  # as most commands are
        return found
    for fragment in fragments:
        if isinstance(fragment, bytes):
            clear |= _words(fragment)
        elif isinstance(fragment, Secret):
            found |= {fragment.octets, *_words(fragment.octets)}
        elif fragment.secret and isinstance(fragment.data, bytes):
            found.add(fragment.data)
    return found - clear


def secrets_typed(match: Match) -> set[bytes]:
    """Return the secrets in a typed line, even one that cannot be sent.  Nothing is sent, and no file is read."""
    try:
        return secrets_in(typed(match, "", None))
    except UsageError:
        return {match.text[start:end].encode("utf-8", "surrogateescape") for start, end in match.secrets}


def _words(octets: bytes) -> set[bytes]:
    """Return the words of a line, without their quotation marks."""
    return {word[0] if word[1] is None else _ESCAPED.sub(rb"\1", word[1]) for word in _WORD.finditer(octets)}


def typed(match: Match, tag: str, open_file: OpenFile | None) -> list[Sendable]:
    """Return a typed line as fragments, its secrets marked; a tag is put in front if it has none.

    The octets of a file always wait for `+`.  With `{n+}` they would be on their way when the server finds the line
    wrong, and a server that answers BAD to it reads the file's lines as commands (RFC 7888 section 4).

    Raises UsageError for a line break outside a literal, a literal that is not all there, and a file that cannot be
    read.
    """
    text = match.text
    if not match.secrets and _APART.isdisjoint(text):  # as most lines
        return [(text if match.tag is not None else f"{tag} {text}").encode("utf-8", "surrogateescape")]
    return _joined(_pieces(match, tag, open_file))


def _pieces(match: Match, tag: str, open_file: OpenFile | None) -> Iterator[Sendable]:
    if match.tag is None:
        yield tag.encode("ascii") + b" "
    tokens = match.tokens
    for index, token in enumerate(tokens):
        if token.kind in (CRLF, BAD) and token.text in "\r\n\0":
            raise UsageError("a line break or NUL is outside a literal: send it in a literal")
        if token.kind != DATA:
            yield from _fragments(tokens, index, match, open_file)


def _joined(pieces: Iterable[Sendable]) -> list[Sendable]:
    """Return the pieces, those of text and those of secrets joined where they are neighbours.

    A run is joined at once, because a line may have a million tokens.
    """
    found: list[Sendable] = []
    for _, neighbours in groupby(pieces, type):
        run = list(neighbours)
        if isinstance(run[0], bytes):
            found.append(b"".join(one for one in run if isinstance(one, bytes)))
        elif isinstance(run[0], Secret):
            found.append(Secret(b"".join(one.octets for one in run if isinstance(one, Secret))))
        else:
            found += run
    return found


def _fragments(tokens: tuple[Token, ...], index: int, match: Match, open_file: OpenFile | None) -> Iterator[Sendable]:
    token = tokens[index]
    spans = [(start, stop) for start, stop in match.secrets if start < token.end and token.start < stop]
    if token.kind == FILE:
        if open_file is None:
            raise UsageError(f"{token.text}: this command cannot read files")
        octets, read = open_file(token.text[token.text.index("@") + 1 : -1])
        yield Literal(read, octets, token.text.startswith("~"), bool(spans), waits=True)
    elif token.kind == LITERAL and index + 1 == len(tokens):
        raise UsageError(f"{token.text} announces a literal, but nothing follows")
    elif token.kind == LITERAL and tokens[index + 1].kind == DATA:
        yield _typed_literal(token.text, tokens[index + 1].text, bool(spans))
    else:
        yield from _text(token, spans)


def _typed_literal(head: str, data: str, secret: bool) -> TypedLiteral:
    said = announcement(head)
    octets = (data[2:] if data.startswith("\r\n") else data[1:]).encode("utf-8", "surrogateescape")
    if len(octets) != said.octets:
        raise UsageError(
            f"the literal announces {said.octets} {plural(said.octets, 'octet')}, but {len(octets)} "
            f"{plural(len(octets), 'was', 'were')} given"
        )
    return TypedLiteral(head.encode("ascii") + b"\r\n", octets, said.synchronizing, secret)


def _text(token: Token, spans: list[tuple[int, int]]) -> Iterator[Sendable]:
    """Yield the token's octets, those inside `spans` as Secret."""
    at = token.start
    for start, stop in spans:
        low, high = max(start, at), min(stop, token.end)
        if low > at:
            yield token.text[at - token.start : low - token.start].encode("utf-8", "surrogateescape")
        yield Secret(token.text[low - token.start : high - token.start].encode("utf-8", "surrogateescape"))
        at = high
    if at < token.end:
        yield token.text[at - token.start :].encode("utf-8", "surrogateescape")
