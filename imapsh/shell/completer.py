"""What may come next: commands by state and capability, what the table expects, mailbox names, our own commands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import AnyFormattedText

from imapsh.grammar.mutf7 import decode_leniently
from imapsh.grammar.tokens import unquote
from imapsh.render.visible import visible
from imapsh.shell import literals
from imapsh.shell.commands import COMMANDS
from imapsh.shell.mailboxes import MailboxNames, as_typed
from imapsh.shell.reading import Reading
from imapsh.spec.match import Match
from imapsh.spec.model import Expected

if TYPE_CHECKING:
    from imapsh.shell.host import Host

_MAILBOXES = ("mailbox", "list-mailbox")
_MANY = 2_000  # names beyond which they are searched in a thread


class ShellCompleter(Completer):
    """`need_names` is called when mailbox names are wanted and not known; it asks for them without waiting."""

    def __init__(
        self, host: Host[Any], reading: Reading, names: Callable[[], MailboxNames], need_names: Callable[[], None]
    ) -> None:
        self._host = host
        self._reading = reading
        self._names = names
        self._need_names = need_names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """All of them, at once."""
        text = document.text_before_cursor
        if text.startswith("\\"):
            yield from self._own(text, complete_event)
            return
        found = self._typed(text)
        if found is None:
            return
        typed, _ = found.prefix
        if _wants_mailbox(found):
            if self._names().stale:
                self._need_names()
            yield from self._mailboxes(typed, self._names().find(_plain(typed)))
        yield from _expected(found)

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """The same; very many mailbox names are searched off the loop."""
        found = None if document.text.startswith("\\") else self._typed(document.text_before_cursor)
        if found is not None and _wants_mailbox(found) and len(self._names()) > _MANY and not self._names().stale:
            typed, _ = found.prefix
            for completion in self._mailboxes(typed, await asyncio.to_thread(self._names().find, _plain(typed))):
                yield completion
            for completion in _expected(found):
                yield completion
            return
        for completion in self.get_completions(document, complete_event):
            yield completion

    def _typed(self, text: str) -> Match | None:
        """The command being typed; None where a literal's octets are."""
        if literals.wanted(text):
            return None
        return self._reading.last(text)

    def _mailboxes(self, typed: str, names: list[str]) -> Iterator[Completion]:
        context = self._reading.context()
        for name in names:
            argument = as_typed(name, utf8=context.takes_utf8, quoted=typed.startswith('"'))
            if argument:
                shown = visible(name)
                meta = visible(argument) if decode_leniently(argument)[0].strip('"') != argument.strip('"') else ""
                yield Completion(argument, -len(typed), display=shown, display_meta=meta, style="class:mailbox")

    def _own(self, text: str, event: CompleteEvent) -> Iterator[Completion]:
        """Names of imapsh's own commands, and what their arguments may be."""
        name, space, argument = text.partition(" ")
        if not space:
            for command in COMMANDS.values():
                if command.name.startswith(name.lower()):
                    yield Completion(command.name, -len(name), display_meta=command.summary)
            return
        row = COMMANDS.get(name.lower())
        if row is None or row.choices is None:
            return
        if row.choices == "imap":
            yield from self.get_completions(Document(argument), event)
            return
        if row.choices == "path":
            from prompt_toolkit.completion import PathCompleter

            yield from PathCompleter(expanduser=True).get_completions(Document(argument), event)
            return
        for choice in row.choices(self._host):
            if choice.lower().startswith(argument.lower()):
                yield Completion(choice, -len(argument))


def _wants_mailbox(found: Match) -> bool:
    return any(choice.kind in _MAILBOXES and choice.text.startswith("<") for choice in found.expected)


def _plain(typed: str) -> str:
    """What is typed of a mailbox name, as people read it."""
    return decode_leniently(unquote(typed) if typed.startswith('"') else typed)[0]


def _expected(found: Match) -> Iterator[Completion]:
    """What the table expects; what cannot be used now comes last, dimmed, with the reason."""
    typed, start = found.prefix
    choices = [choice for choice in found.expected if not choice.text.startswith("<") and choice.offset == start]
    elsewhere = [choice for choice in found.expected if choice.kind == "command" and choice.offset != start]
    for choice in sorted([*choices, *elsewhere], key=lambda choice: bool(choice.reason)):
        if choice.text.upper() == found.text[choice.offset :].upper() or (
            not typed and choice.kind != "command" and len(choice.text) < 2
        ):
            continue
        before = found.text[choice.offset :]
        text = choice.text.lower() if before.islower() and choice.text.isupper() else choice.text
        yield Completion(
            text, -len(before), display=choice.text, display_meta=_meta(choice),
            style="class:dimmed" if choice.reason else "",
        )  # fmt: skip


def _meta(choice: Expected) -> AnyFormattedText:
    if choice.reason:
        return [("class:dimmed", choice.reason)]
    return choice.row.summary if choice.row is not None else ""
