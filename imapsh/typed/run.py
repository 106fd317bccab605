"""One reading of one line, in which the nodes note what they find, and what it keeps for the next reading.

While a line is typed, most of it was read at the key before.  A Repeat, which is what makes a line long, remembers its
items as a `Passage`.  The next reading takes over those that it would read in the same way: their characters are the
same, and so is everything else that reading them depends on.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence as Series
from functools import cached_property
from itertools import takewhile
from operator import itemgetter

from imapsh import table
from imapsh.grammar.tokens import BAD, CRLF, DATA, LBRACKET, LITERAL, LPAREN, RBRACKET, RPAREN, SPACE, Token, tokenize
from imapsh.hints import Any
from imapsh.table.model import Command, Context, Name
from imapsh.typed import advice
from imapsh.typed.found import Piece, Problem
from imapsh.typed.nodes import Frame, Keyword, Node, Repeat, Sequence

#: The nodes that stand for a space and for the end of the line in what was expected.
SPACE_HERE = Keyword(" ")
END_HERE = Keyword("\n")

_AT = itemgetter(0)  # of a fault and of a span
_START = itemgetter(2)  # of a token
_ANNOUNCED = ("{", "\r", "\n")  # in a text without them the first characters of the rest change no token before it

#: The offset and end of a text, its role, and what a slot there is called.
Span = tuple[int, int, str, str]
#: The offset of a node that does not fit, the node (None where too much nests), the RFC of the row that is being read,
#: and the node that has to follow if this one is a space.
Fault = tuple[int, Node | None, str, Node | None]


class Passage:
    """What a Repeat read: its items' ends and pieces, and what was noted by the end of each.

    An item's reach is the offset after the last place that was looked at for it or for one before it.  Its mark counts
    what was noted since the first began: pieces, faults, spans, problems and rows.
    """

    __slots__ = ("began", "ends", "marks", "pieces", "reach")

    def __init__(self, began: tuple[int, ...]) -> None:
        self.began = began  # how much had been noted before
        self.ends: list[int] = []
        self.reach: list[int] = []
        self.marks: list[tuple[int, ...]] = []
        self.pieces: list[Piece] = []


class Run:
    """One reading of one line.  Offsets count characters.

    `before` is a run whose text may begin in the same way, read in the same context.
    """

    def __init__(self, text: str, context: Context, payloads: Series[bytes] = (), before: Run | None = None) -> None:
        tokens, alike = _tokens(text, before)
        self.text = text
        self.context = context
        self.tokens = tokens
        self.starts: dict[int, Token] = dict(zip(map(_START, tokens), tokens, strict=True))
        self.payloads = payloads
        self.watch = _last_word(tokens, text)
        self.closing = text[-1:] if text[-1:] in (")", "]") else "-"
        self.pieces: list[Piece] = []
        self.frames: list[Frame] = []
        self.depth = 0
        self.unfinished = False
        self.rfc = ""  # the RFC of the row whose arguments are being read
        self.tried: list[tuple[int, Node]] = []  # the nodes that were tried at `watch` or after it
        self.left: tuple[tuple[Sequence, int, int], ...] = ()  # the frames as they were at `watch`
        self.uids_only = advice.uids_only(context.enabled)
        self.placed: list[tuple[Name, int]] = []  # rows that have to be looked at when the line is complete
        self._spans: list[Span] = []
        self._problems: list[Problem] = []
        self._faults: list[Fault] = []
        self._noted: tuple[list[Any], ...] = (self._faults, self._spans, self._problems, self.placed)
        self._passages: dict[tuple[object, ...], Passage] = {}
        self._before = before
        self._alike = min(alike, self.watch)

    def tries(self, at: int, node: Node) -> None:
        """Note that a node is about to be read at `at`, which is `watch` or after it."""
        if at == self.watch and (not self.left or node.show() == self.closing):
            self.left = self.where()
        self.tried.append((at, node))

    def where(self) -> tuple[tuple[Sequence, int, int], ...]:
        """Return the sequences that are being read, each with the index of its item and the item's offset."""
        return tuple((frame.sequence, frame.index, frame.at) for frame in self.frames)

    def fails(self, at: int, node: Node) -> int:
        """Note that `node` does not fit at `at`, and return -1."""
        self._faults.append((at, node, self.rfc, None))
        return -1

    def space(self, at: int, due: Node | None = None) -> int:
        """Return the offset after the space at `at`, or -1 if there is none.

        Several spaces are noted as a problem.  `due` is the node that has to follow the space, if one has to.
        """
        if self.text[at : at + 1] != " ":
            self._faults.append((at, SPACE_HERE, self.rfc, due))
            return -1
        token = self.starts.get(at)
        if token is None or len(token.text) == 1:
            return at + 1
        self.notes("SP", at + 1, "use one space")
        return token.end

    def takes(self, at: int, end: int, role: str, bounds: str = "") -> None:
        """Note the role of the text from `at` to `end`, and what a slot there is called."""
        self._spans.append((at, end, role, bounds))

    def notes(self, rule: str, at: int, message: str, severity: str = "error", rfc: str = "") -> None:
        """Note that something is wrong at `at`.  Reading goes on."""
        self._problems.append(Problem(rule, at, message, severity, rfc or self.rfc))

    def suits(self, row: Command | Name, at: int) -> None:
        """Note as advice that the row at `at` does not suit the server or the revision, or changes something.

        `advice.unfit` and `advice.changing` decide that.
        """
        reason = advice.unfit(row, self.context) or advice.changing(row, self.context)
        if reason:
            self._problems.append(Problem(reason.rule, at, reason.message, "advice", row.rfc))

    def too_deep(self, at: int) -> int:
        """Note that search keys or rules nest too deeply, and return -1.  The reading ends there."""
        self.notes("nesting", at, "nested too deeply")
        self._faults.append((len(self.text) + 1, None, self.rfc, None))
        return -1

    # -- what was read before

    def begins(self, repeat: Repeat, at: int) -> tuple[Passage, int]:
        """Return the passage that a Repeat reads from `at` on, and the end of what it need not read, or -1."""
        key = (repeat, at, self.depth, len(self.frames), self.rfc)
        passage = self._passages[key] = Passage((len(self.pieces), *map(len, self._noted)))
        before = self._before
        if before is None or (known := before._passages.get(key)) is None:
            return passage, -1
        count = bisect_right(known.reach, self._alike)
        if not count:
            return passage, -1
        passage.ends, passage.reach, passage.marks = (
            known.ends[: count - 1], known.reach[: count - 1], known.marks[: count - 1]
        )  # fmt: skip
        pieces, *sizes = known.marks[count - 1]
        self.pieces += known.pieces[:pieces]
        for own, theirs, began, size in zip(self._noted, before._noted, known.began[1:], sizes, strict=True):
            own += theirs[began : began + size]
        return passage, known.ends[count - 1]

    def passes(self, passage: Passage, end: int) -> None:
        """Note that the Repeat of a passage has read an item, which ends at `end`."""
        began, seen = passage.began, passage.marks[-1][1] if passage.marks else 0
        first, faults, spans, problems, rows = began
        passage.marks.append(
            (
                len(self.pieces) - first, len(self._faults) - faults, len(self._spans) - spans,
                len(self._problems) - problems, len(self.placed) - rows,
            )
        )  # fmt: skip
        reach = max(map(_AT, self._faults[faults + seen :]), default=-1) + 1
        passage.reach.append(max(end, reach, passage.reach[-1] if passage.reach else 0))
        passage.ends.append(end)

    def ends(self, passage: Passage) -> None:
        """Note that the Repeat of a passage has read all its items."""
        passage.pieces = self.pieces[passage.began[0] :]

    def done(self) -> None:
        """Note that the line has been read."""
        self._before = None

    # -- what was found

    @cached_property
    def literals(self) -> dict[int, int]:
        """Return the numbers of the literals by their offsets."""
        return {start: index for index, start in enumerate(one.start for one in self.tokens if one.kind is LITERAL)}

    @cached_property
    def spans(self) -> dict[int, tuple[int, str, str]]:
        """Return what was read, by its start: its end, its role, and what a slot there is called."""
        return {at: (end, role, bounds) for at, end, role, bounds in self._spans}

    @cached_property
    def noted(self) -> dict[int, Problem]:
        """Return what is wrong, by offset.

        The first counts, but an error replaces advice, which may come from another way to read the place.
        """
        found: dict[int, Problem] = {}
        for problem in self._problems:
            held = found.setdefault(problem.offset, problem)
            if problem.severity == "error" and held.severity != "error":
                found[problem.offset] = problem
        return found

    @cached_property
    def furthest(self) -> int:
        """Return the offset furthest to the right at which a node did not fit, or -1 if all fitted."""
        return max(map(_AT, self._faults), default=-1)

    @cached_property
    def _last(self) -> list[Fault]:
        return [fault for fault in self._faults if fault[0] == self.furthest]

    @property
    def wanted(self) -> list[Node]:
        """Return the nodes that did not fit at `furthest`."""
        return [node for _, node, _, _ in self._last if node is not None]

    @property
    def lacking(self) -> list[Node]:
        """Return the nodes that have to follow a space at `furthest`."""
        return [due for _, _, _, due in self._last if due is not None]

    @property
    def blamed(self) -> str:
        """Return the RFC of the row that was being read when `furthest` was last tried, before too much nested.

        It is that of the outermost row that could go on there.
        """
        faults = self._last
        if self.furthest > len(self.text):
            faults = list(takewhile(itemgetter(1), self._faults))
            furthest = max(map(_AT, faults), default=-1)
            faults = [fault for fault in faults if fault[0] == furthest]
        return faults[-1][2] if faults else ""


def _tokens(text: str, before: Run | None) -> tuple[list[Token], int]:
    """Return the tokens of a text, and the offset up to which it is read as the text of `before` is.

    That is where a space stands in both, so that what is read before it does not depend on what comes after it.
    """
    if before is None or any(mark in text or mark in before.text for mark in _ANNOUNCED):
        return tokenize(text), 0
    same = _common(text, before.text)
    count = max(bisect_left(before.tokens, same, key=_START) - 1, 0)  # the last of those may go on
    kept = before.tokens[:count]
    start = kept[-1].end if kept else 0
    tokens = kept + [Token(kind, shown, start + at) for kind, shown, at in tokenize(text[start:])]
    return tokens, next((token.start for token in reversed(kept) if token.kind is SPACE), 0)


def _common(one: str, other: str) -> int:
    """Return the number of characters with which both texts begin."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _last_word(tokens: list[Token], text: str) -> int:
    """Return the offset of the half-typed last word, or of a closing bracket; if there is neither, that of the end.

    A path after `{@` may hold blanks.
    """
    path = advice.HALF_PATH.search(text) if "{@" in text else None
    if path is not None and any(token.kind is BAD and token.start == path.start() for token in tokens):
        return path.start()
    if tokens and tokens[-1].kind in (RPAREN, RBRACKET):
        return tokens[-1].start
    start = len(text)
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.kind in (SPACE, LPAREN, CRLF, DATA):
            break
        if token.kind is RBRACKET and text[token.end : token.end + 1] == "<":
            break  # <partial> follows a section
        if token.kind is LBRACKET and index and table.find("fetch-item", tokens[index - 1].text + "["):
            break
        start = token.start
    return start
