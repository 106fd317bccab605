"""THREAD (RFC 5256 sections 4 and 5): the value, its reading and writing.

The protocol does not limit how deeply threads nest, and servers send them in one line.  The reader keeps its own list
of the levels that are open, so that no depth can exhaust Python's stack.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from imapsh.findings import define
from imapsh.grammar.capability import argument
from imapsh.grammar.cursor import Cursor
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.grammar.writer import Writer

DEEPEST = 150  #: the most levels of a thread that are read, so that users of a thread may recurse into it, as JSON does

define(
    "RFC 5256 §5",
    {
        "thread-alg": "THREAD= and the name of an algorithm",
        "thread-data": "THREAD, and if there are any threads a space and each in parentheses, without spaces between",
        "thread-list": "(members), or (branches)",
        "thread-members": "numbers, one space between, then the branches if there are any, after a space",
        "thread-nested": "branches, without spaces between",
    },
)

_TOKEN = lazy(r"( ?)(\d+(?![^ ()])|[()])")
#: threads without branches, which nearly all are
_UNSPLIT = lazy(r"(?:\([1-9]\d{0,8}(?: [1-9]\d{0,8})*+\))++")
_WORD = lazy(r" (?= )| *[^ ()]*")  # one of several spaces, or all up to the next space or parenthesis


class Thread(NamedTuple):
    """The response THREAD: each thread as it is in the response, with a number for a member and a tuple for a branch.

    `(1, 30, (2, 31), (4,))` is message 1, its child 30, and the two children of that, 2 and 4; 31 is the child of 2.
    A thread that begins with a branch, such as `((3,), (5,))`, has no root among the messages found.  The numbers are
    UIDs after UID THREAD.
    """

    threads: tuple[Any, ...] = ()

    @property
    def in_order(self) -> tuple[int, ...]:
        """Return the messages found, in the order of the server."""
        return tuple(number for number, _ in self.members())

    def members(self) -> Iterator[tuple[int, int]]:
        """Yield each message's number and its generation.

        The generation is the number of messages it descends from, which is 0 for a root.  The children of a root that
        is not there have the generation 1.
        """
        waiting: list[tuple[Any, int]] = [(thread, 0) for thread in reversed(self.threads)]
        while waiting:
            branch, generation = waiting.pop()
            generation += not isinstance(branch[0], int)  # the message that they answer is missing
            inner = []
            for member in branch:
                if isinstance(member, int):
                    yield member, generation
                    generation += 1
                else:
                    inner.append((member, generation))
            waiting.extend(reversed(inner))

    def write(self, w: Writer) -> None:
        """[SP 1*thread-list].  It is written without recursion."""
        waiting: list[Any] = [*reversed(self.threads), *([" "] if self.threads else [])]
        text: list[str] = []
        while waiting:
            piece = waiting.pop()
            if isinstance(piece, tuple):
                waiting.extend(reversed(("(", *_spaced(piece), ")")))
            else:
                text.append(str(piece))
        w.raw("".join(text))


def _spaced(members: tuple[Any, ...]) -> Iterator[Any]:
    """Yield the members of a thread-list with the spaces between: one after each number that is not the last member."""
    for index, member in enumerate(members):
        if index and isinstance(members[index - 1], int):
            yield " "
        yield member


def thread(c: Cursor) -> Thread:
    """thread-data = "THREAD" [SP 1*thread-list]."""
    if c.at_end():
        return Thread()
    c.space("thread-data")
    levels: list[list[Any]] = [[]]  # the open levels, the innermost last; the first holds the threads
    while not c.at_end():
        whole = c.take(_UNSPLIT) if len(levels) == 1 else None
        if whole is not None:
            levels[0].extend(tuple(map(int, one.split(" "))) for one in whole[0][1:-1].split(")("))
            continue
        found = c.take(_TOKEN)
        if found is None:
            _no_token(c, levels)
        elif found[2] == "(":
            _open(c, levels, found[1])
        elif found[2] == ")":
            _close(c, levels, found[1])
        else:
            _number(c, levels, found[1], found[2])
    if len(levels) > 1:
        c.fail("thread-list", "expected ')'")
    while len(levels) > 1:
        _close(c, levels, "", whole=False)
    return Thread(_present(levels[0]))


def _no_token(c: Cursor, levels: list[list[Any]]) -> None:
    """Note and step over what is neither a number nor a parenthesis."""
    at_end = c.text[c.pos : c.end].isspace()
    place = c.pos + (c.peek() == " " and not at_end)
    wanted = "a space with nothing after it" if at_end else "expected a number or a parenthesis"
    c.fail("thread-members" if len(levels) > 1 else "thread-data", wanted, place)
    c.take(_WORD)


def _open(c: Cursor, levels: list[list[Any]], gap: str) -> None:
    """Read the beginning of a thread or a branch.

    A branch follows a number after a space, and another branch without one.
    """
    level, start = levels[-1], c.pos - 1
    after_number = bool(level) and isinstance(level[-1], int)
    if after_number and not gap:
        c.fail("thread-members", "expected a space before the branches", start)
    elif gap and not after_number:
        c.fail("thread-nested" if len(levels) > 1 else "thread-data", "a space that should not be there", start - 1)
    deepest = min(c.nesting, DEEPEST)
    if len(levels) > deepest:
        c.fail("thread-list", f"more than {deepest} levels of parentheses: the nesting limit", start)
        c.pos = start
        c.skip()
        levels[-1].append(())
    else:
        levels.append([])


def _close(c: Cursor, levels: list[list[Any]], gap: str, *, whole: bool = True) -> None:
    """Read the end of a thread or a branch, which must have members.

    The grammar asks for two branches or more (`thread-nested`).  A single one is accepted too, because servers write
    it, and it can only mean that the members go on.
    """
    start = c.pos - 1
    if len(levels) == 1:
        c.fail("thread-data", "a parenthesis that nothing opened", start)
        return
    if gap:
        c.fail("thread-members", "a space with nothing after it", start - 1)
    members = levels.pop()
    if whole and not members:
        c.fail("thread-list", "a thread without members", start)
    levels[-1].append(_present(members))


def _present(members: list[Any]) -> tuple[Any, ...]:
    """Return the members that could be read.

    One that could not is (), so that the level around it is not taken to be empty too.
    """
    return tuple(one for one in members if one != ())


def _number(c: Cursor, levels: list[list[Any]], gap: str, digits: str) -> None:
    """nz-number.  The first member follows the parenthesis, and each other one a space."""
    level, start = levels[-1], c.pos - len(digits)
    value = int(digits[:20])
    if len(levels) == 1:
        c.fail("thread-data", "expected a thread in parentheses", start)
        levels[0].append((value,))
        return
    if level and not isinstance(level[-1], int):
        c.fail("thread-members", "a number after the branches", start)
    elif level and not gap:
        c.fail("thread-members", "expected a space", start)
    elif gap and not level:
        c.fail("thread-members", "a space after the parenthesis", start - 1)
    if digits[0] == "0":
        c.fail("thread-members", "a 0 in front of the number" if value else "0 instead of a number from 1", start)
    if value >> 32:
        c.fail("nz-number", "a number beyond 32 bits", start)
    level.append(value)


def capability(c: Cursor) -> None:
    """capability =/ "THREAD=" thread-alg."""
    argument(c, "thread-alg")
