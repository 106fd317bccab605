"""Offers completions while one types: `imapsh.shell.prompt.completing` finds them, this puts them before the person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from imapsh.patterns import lazy
from imapsh.shell.lines import literals, nested
from imapsh.shell.prompt import completing
from imapsh.shell.prompt.reading import LONG, Reading
from imapsh.shell.record.known import Known
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.lines.redirect import Redirect
    from imapsh.shell.prompt.completing.offer import Offer
    from imapsh.shell.prompt.completing.paths import Half
    from imapsh.shell.prompt.completing.usage import Usage
    from imapsh.typed.match import Match

_MANY = 2_000  # mailbox names beyond which they are searched in a thread
_REST = lazy(r'[^\s()\[\]"]*')  # of a word, behind the cursor
_REST_OF_QUOTED = lazy(r'[^"\r\n]*"?')


class _Typing(NamedTuple):
    """The line being typed, up to the cursor; it begins at `base` in the command.

    `found` is None for one of imapsh's own.  `path` is the half-typed path at its end and the offset of that.  `cut` is
    what is typed behind an operator.
    """

    command: literals.Command
    base: int
    document: Document
    found: Match | None
    path: Half | None
    cut: Redirect | None = None

    @property
    def line(self) -> str:
        return self.command.text[self.base :]


class ShellCompleter(Completer):
    """Completes the lines of the shell.

    `known` tells what the present connection has taught.  `need_names` is called when mailbox names are wanted and not
    known; it asks for them without waiting.  `earlier` gives the history's lines, which are learned from once.
    """

    def __init__(
        self, app: App, reading: Reading, known: Callable[[], Known], need_names: Callable[[], None],
        earlier: Callable[[], Iterable[str]] = tuple,
    ) -> None:  # fmt: skip
        self._app = app
        self._earlier: Callable[[], Iterable[str]] | None = earlier
        self._reading = reading
        self._known = known
        self._need_names = need_names

    @cached_property
    def usage(self) -> Usage:
        """The names that were used lately and often."""
        return completing.usage.Usage()

    def used(self, text: str) -> None:
        """Learn from a line that the person has entered, secrets left out: its names come first from now on."""
        for command in literals.commands(text):
            line = command[nested.line_start(command) :]
            if line.startswith("\\"):
                self.usage.count("own", line.partition(" ")[0])
            else:
                self.usage.learn(self._reading.match(line))

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Return all completions at once."""
        typing = self._typing(document)
        return _completions(typing, self._offers(typing)) if typing is not None else ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """Yield all completions; what takes long is done off the loop."""
        typing = self._typing(document)
        if typing is None:
            return
        if self._earlier is not None:
            earlier, self._earlier = self._earlier, None
            await asyncio.to_thread(self.usage.learn_history, earlier())
        offers = await asyncio.to_thread(self._offers, typing) if self._takes_long(typing) else self._offers(typing)
        for completion in _completions(typing, offers):
            yield completion

    def takes_long(self, document: Document) -> bool:
        """Return whether `get_completions` could hold up the loop."""
        typing = self._typing(document)
        return typing is not None and self._takes_long(typing)

    def _takes_long(self, typing: _Typing) -> bool:
        if typing.path is not None or (typing.cut is not None and typing.cut.operator != "|"):
            return True
        if typing.found is None or len(self._known().names) <= _MANY:
            return False
        return completing.gather.wants_mailbox(typing.found)

    def _typing(self, document: Document) -> _Typing | None:
        """Return what is being typed, or None in a literal's octets or far behind the beginning of a long text."""
        text = document.text_before_cursor
        if len(text) > LONG or literals.wanted(text):
            return None
        command = literals.cut(text)[-1]
        base = nested.line_start(command.text)
        line = command.text[base:]
        if line.startswith("#"):
            return None
        if cut := self._reading.cut(f"{line}."):
            return _Typing(command, base, document, None, None, cut._replace(rest=cut.rest[:-1]))
        before = command.text[:base]
        if search := nested.search_of(line):
            marks = tuple((typed, own + nested.LONGER) for typed, own in command.marks)
            command, line, before = command._replace(text=before + search, marks=marks), search, "\\mailboxes "
        if line.startswith("\\"):
            return _Typing(command, base, document, None, completing.own.path(line))
        found = self._reading.typed(line, before)
        if completing.gather.wants_mailbox(found) and self._known().names.stale:
            self._need_names()
        return _Typing(command, base, document, found, completing.gather.path(found))

    def _offers(self, typing: _Typing) -> list[Offer]:
        if typing.cut is not None:
            targets = completing.carried.target(typing.cut, len(typing.line))
            return completing.gather.choose(targets, typing.line, self.usage)
        if typing.path is not None:
            close = "}" if typing.found is not None and not _tail(typing).startswith("}") else ""
            return completing.gather.choose(completing.paths.offers(typing.path, close), typing.line, self.usage)
        if typing.found is None:
            return completing.gather.choose(completing.own.offers(typing.line, self._app), typing.line, self.usage)
        carried = completing.carried
        if carried.begins_value(typing.line):
            return completing.gather.choose(carried.values(typing.line, self._app), typing.line, self.usage)
        aliases = completing.gather.choose(carried.aliases(typing.line, self._app), typing.line, self.usage)
        return [*completing.gather.offers(typing.found, self._known(), self.usage), *aliases]


def _tail(typing: _Typing) -> str:
    """Return the part of the word being typed that stands behind the cursor."""
    behind = typing.document.current_line_after_cursor
    _, start = typing.found.prefix if typing.found is not None else ("", 0)
    quoted = typing.found is not None and typing.line[start : start + 1] == '"'
    found = (_REST_OF_QUOTED if quoted else _REST).match(behind)
    return found[0] if found is not None else ""


def _completions(typing: _Typing, offers: Iterable[Offer]) -> Iterator[Completion]:
    """Yield offers as prompt_toolkit wants them.

    If the cursor is in a word, only those that end as the word does are left, so that the rest of it stays.
    """
    tail = "" if typing.path is not None else _tail(typing)
    cursor = typing.document.cursor_position
    for offer in offers:
        text = offer.text
        if tail and not text.lower().endswith(tail.lower()):
            continue
        if tail and typing.line[offer.start :].casefold() + tail.casefold() == text.casefold():
            continue
        start = typing.command.place(typing.base + offer.start)
        yield Completion(
            text[: len(text) - len(tail)], start - cursor, display=offer.label or text,
            display_meta=[("class:dimmed", offer.note)] if offer.dimmed else offer.note,
            style="class:dimmed" if offer.dimmed else offer.style,
        )  # fmt: skip
