"""A typed line matched to the table: its parts, what may come next, what is wrong and what is secret.

The lexer, completer, lint, hint, help and masking all read one `Match`.  The demo server reads its commands with it
too.  The line is read once, from left to right, in time proportional to its length.  If it stops fitting, the nodes
that were tried furthest to the right say what was expected there.
"""

from __future__ import annotations

from collections.abc import Sequence as Series
from functools import cached_property

from imapsh import table
from imapsh.grammar.tokens import Token, tokenize
from imapsh.hints import Any
from imapsh.table.model import Context
from imapsh.typed import advice, plain, secrets
from imapsh.typed.found import Expected, Head, Piece, Problem, Span, find
from imapsh.typed.nodes import folded
from imapsh.typed.run import END_HERE, Run
from imapsh.typed.syntax import parse

_new: Any = tuple.__new__


def _words(text: str) -> list[tuple[str, int]]:
    """Return the first four words and their offsets."""
    words: list[tuple[str, int]] = []
    position = 0
    for word in text.split(" ", 16):
        if word and len(words) < 4:
            words.append((word, position))
        position += len(word) + 1
    return words


def _named(words: list[tuple[str, int]], tag: str | None) -> Head | None:
    """Return the head with the command that these words begin with, in one word or two; None if there is none."""
    if not words:
        return None
    (first, start), both = words[0], ""
    if len(words) > 1:
        second, at = words[1]
        both = f"{first} {second}"
    whole, alone = both.upper(), first.upper()
    if not both.isascii():
        whole, alone = folded(both), folded(first)
    row = table.first_command((whole, alone))
    if row is None:
        return None
    if row.name == whole:
        return _new(Head, (tag, both, start, at + len(second), row))  # type: ignore[no-any-return]
    return _new(Head, (tag, first, start, start + len(first), row))  # type: ignore[no-any-return]


def _unknown(words: list[tuple[str, int]], tag: str | None, text: str) -> Head:
    """Return the head with what is in the command's place.  A word after UID belongs to the name."""
    if not words:
        return Head(tag, "", len(text), len(text), None)
    name, start = words[0]
    if name.upper() == "UID" and len(words) > 1:
        name = text[start : words[1][1] + len(words[1][0])]
    return Head(tag, name, start, start + len(name), None)


def _head(text: str, tagged: bool | None) -> Head:
    """Return the tag and the command of a line.

    If `tagged` is None, the first word is a tag only if it is not a command and the next word is one.  In `a UID` the
    first word is a tag as well, whatever follows.
    """
    words = _words(text)
    untagged = None if tagged else _named(words, None)
    if untagged is not None:
        return untagged
    if tagged is not False and words:
        tag = words[0][0]
        after = _named(words[1:], tag)
        is_uid = words[0][0].upper() != "UID" and len(words) > 1 and words[1][0].upper() == "UID"
        if after is not None and (tagged or words[0][0].upper() != "UID"):
            return after
        if tagged or is_uid:
            return _unknown(words[1:], tag, text)
    return _unknown(words, None, text)


class Match:
    """A line as the table reads it.

    `complete` says that the line fits as it stands; it may still have problems.  What is costly is worked out when it
    is asked for, and that is all but the head for a line that is `plain` (`imapsh.typed.plain`), which comes without a
    `run`: it has no problems and no secrets.
    """

    def __init__(self, text: str, context: Context, head: Head, run: Run | None, complete: bool) -> None:
        self.text = text
        self.context = context
        self.tag = head.tag
        self.command = head.command
        self.complete = complete
        self._head = head
        self.plain = run is None
        if run is not None:
            self._run = run
            return
        self.name = head.name
        self.errors = self.secrets = ()
        if head.command is None or not head.command.harmless:
            self.harmless = ()

    @cached_property
    def _run(self) -> Run:
        run = Run(self.text, self.context)
        _read(run, self._head)
        return run

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Return the tokens of the line."""
        run = vars(self).get("_run")
        return tuple(tokenize(self.text) if run is None else run.tokens)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Return the arguments as a tree; `slots` are its leaves."""
        return tuple(self._run.pieces)

    @cached_property
    def name(self) -> str:
        """Return the command's name as typed.

        If it is not a command and holds a secret, stars are returned, because names are shown and counted.
        """
        head = self._head
        if head.command is None and self._is_secret(head.start, head.end):
            return "********"
        return head.name

    @cached_property
    def slots(self) -> tuple[Piece, ...]:
        """Return the leaves of `pieces`, in order."""
        leaves: list[Piece] = []
        waiting = list(reversed(self.pieces))
        while waiting:
            piece = waiting.pop()
            if piece.children:
                waiting.extend(reversed(piece.children))
            elif piece.kind != "syntax":
                leaves.append(piece)
        return tuple(leaves)

    @cached_property
    def errors(self) -> tuple[Problem, ...]:
        """Return everything that is wrong or doubtful, by offset.  No message holds a character of a secret."""
        head = self._head
        found = advice.problems(self.text, head, self._run, self.complete)
        ends = {head.start: head.end}  # a message quotes the whole name or tag
        if head.tag is not None:
            at = self.text.index(head.tag)
            ends[at] = at + len(head.tag)
        return tuple(
            advice.discreet(problem) if self._is_secret(problem.offset, ends.get(problem.offset, 0)) else problem
            for problem in found
        )

    def _is_secret(self, at: int, end: int = 0) -> bool:
        """Return whether something secret is at `at`, or between there and `end`."""
        return any(start < max(end, at + 1) and at < stop for start, stop in self.secrets)

    @property
    def blamed(self) -> str:
        """Return the RFC of the row that the line breaks at the place where it stops fitting.

        It is "" if the line breaks the command's own row.
        """
        return self._run.blamed

    @cached_property
    def expected(self) -> tuple[Expected, ...]:
        """Return everything that may stand at the end of the text, or in place of its half-typed last word."""
        return advice.expected(self.text, self._head, self._run)

    def choices(self, fits: advice.Fits) -> tuple[Expected, ...]:
        """Return what the half-typed last word may mean: the names that `fits` takes, and every slot."""
        return advice.expected(self.text, self._head, self._run, fits)

    @cached_property
    def prefix(self) -> tuple[str, int]:
        """Return the half-typed last word and its offset."""
        words = (choice.offset for choice in self.expected if choice.text[0] not in "().]")
        start = max(words, default=self._run.watch)
        return self.text[start:], start

    @cached_property
    def hint(self) -> str:
        """Return the rest of the syntax, from the word being typed."""
        return advice.hint(self.text, self._head, self._run)

    @cached_property
    def secrets(self) -> tuple[tuple[int, int], ...]:
        """Return the spans (start, end) that must not be shown, kept or logged."""
        return secrets.spans(self.text, self.tokens, self._head.command, self._head.end)

    @cached_property
    def harmless(self) -> tuple[Span, ...]:
        """Return the parts of the line that change something although they only read, by offset.

        Each span has the text that read-only mode sends in its place.
        """
        command, found = self._head.command, []
        if command is not None and command.harmless:
            found.append(Span(self._head.start, self._head.end, command.harmless))
        for piece in find(self.pieces, "fetch-item"):
            row = table.find(piece.kind, piece.name)
            if row is not None and row.harmless:
                found.append(Span(piece.start, piece.start + len(row.name), row.harmless))
        return tuple(found)

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """Return the role of each token.

        It is tag, command, keyword, mailbox, flag, number, set, string, literal, secret, item, date, paren, space,
        error or text.
        """
        from imapsh.typed import roles

        wrong = [problem.offset for problem in self.errors if problem.severity == "error"]
        return roles.of(self.tokens, self._head, self._run.spans, wrong, self.secrets)


_FRESH = Context()


def match(text: str, context: Context = _FRESH, payloads: Series[bytes] = (), before: Match | None = None) -> Match:
    """Return the match of a whole or half-typed line without its last CRLF.  Never raises.

    A literal's octets are in the text, after `{n}` and CRLF.  A server has them apart: it joins the parts of the text
    and gives the octets in `payloads`, in order.  `before` is the match of a text that begins in the same way, as at
    the key before; with it the same is returned sooner.
    """
    head = _head(text, context.tagged)
    row = head.command
    if (
        row is not None
        and before is None
        and not payloads
        and text[: head.end].upper() == row.name  # what has a row is ASCII
        and plain.is_plain(text, head.end, row, context)
    ):
        return Match(text, context, head, None, True)
    earlier = before._run if before is not None and before.context == context and not payloads else None
    run = Run(text, context, payloads, earlier)
    end = _read(run, head)
    return Match(text, context, head, run, row is not None and end == len(text) and not run.unfinished)


def _read(run: Run, head: Head) -> int:
    """Read what follows the name of the command; return the offset after what fits, or -1 if the command does not."""
    text, row, taken, end = run.text, head.command, 0, head.end
    if row is not None:
        run.suits(row, head.start)
        node = parse(row.syntax)
        start = run.space(end) if row.syntax and end < len(text) else end
        optional = not row.syntax
        taken = start if optional or start < 0 else node.match(run, start)
        if taken >= 0:
            end = taken if taken > start or optional else end  # without an argument, the space is not the row's
            run.fails(taken, END_HERE)
    run.done()
    return end if taken >= 0 else -1
