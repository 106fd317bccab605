"""Says what keys do at the prompt beyond the usual, in emacs' and in vi's mode."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any

from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import emacs_mode, has_completions, has_focus, vi_insert_mode, vi_navigation_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.search import SearchDirection, start_search

from imapsh.shell.lines import literals
from imapsh.shell.prompt.completer import ShellCompleter

#: Asks for the text in the person's own editor.
OpenEditor = Callable[[Buffer], Coroutine[Any, Any, None]]


class _Menu:
    """The menu below the line, in which Down and Up choose; the first Enter after that takes what is chosen."""

    def __init__(self) -> None:
        self._chosen: CompletionState | None = None

    def down(self, event: KeyPressEvent) -> None:
        """Choose the next."""
        event.current_buffer.complete_next()
        self._chosen = event.current_buffer.complete_state

    def up(self, event: KeyPressEvent) -> None:
        """Choose the one before."""
        event.current_buffer.complete_previous()
        self._chosen = event.current_buffer.complete_state

    def closes(self, buffer: Buffer) -> bool:
        """Close the menu if something was chosen in it, which is in the line already.  Return whether it was."""
        state = buffer.complete_state
        if state is None or state is not self._chosen or state.current_completion is None:
            return False
        buffer.complete_state = self._chosen = None
        return True


def bindings(raw: Callable[[], bool], completer: ShellCompleter, open_editor: OpenEditor) -> KeyBindings:
    """Return the key bindings.

    `raw` tells whether lines go out as they are just now, so that no literal begins.
    """
    keys = KeyBindings()
    typing = has_focus(DEFAULT_BUFFER)
    menu = _Menu()
    keys.add("down", filter=typing & has_completions)(menu.down)
    keys.add("up", filter=typing & has_completions)(menu.up)

    @keys.add("enter", filter=typing)
    def _(event: KeyPressEvent) -> None:
        """Accept what was chosen in the menu, or else the line; or go on with a literal, or behind a backslash."""
        buffer = event.current_buffer
        if menu.closes(buffer):
            return
        text = buffer.text
        left = None if raw() or text.startswith(("\\", "#")) else literals.wanted(text)
        if left is None or (left <= 0 and not literals.announced(text)):
            if not raw() and buffer.document.is_cursor_at_the_end and literals.continued(text):
                buffer.insert_text("\n")
            else:
                buffer.validate_and_handle()
        elif left == 1:
            event.app.output.bell()  # CR LF would be one octet too many
        else:
            buffer.cursor_position = max(buffer.cursor_position, len(text) if literals.announced(text) else 0)
            buffer.insert_text("\n")

    # Not in vi's mode, where Escape alone must not wait for another key.
    @keys.add("escape", "enter", filter=typing & emacs_mode)
    def _(event: KeyPressEvent) -> None:
        """A line break that is only seen."""
        buffer = event.current_buffer
        if raw() or literals.wanted(buffer.document.text_before_cursor) or buffer.text.startswith("\\"):
            return
        before = buffer.document.char_before_cursor
        buffer.insert_text("\\\n" if before in (" ", "(", "[", "") else " \\\n")

    @keys.add("c-x", "c-e", filter=typing & emacs_mode)
    @keys.add("v", filter=typing & vi_navigation_mode)
    def _(event: KeyPressEvent) -> None:
        """Open the text in an editor."""
        event.app.create_background_task(open_editor(event.current_buffer))

    # vi's mode has it for redo while one moves about; while one types it searches, as in emacs' mode.
    @keys.add("c-r", filter=typing & vi_insert_mode)
    def _(event: KeyPressEvent) -> None:
        """Search the history backwards."""
        start_search(direction=SearchDirection.BACKWARD)

    keys.add("tab", filter=typing)(partial(_tab, completer))
    return keys


def _tab(completer: ShellCompleter, event: KeyPressEvent) -> None:
    """Put the first completion in, then the next."""
    buffer = event.current_buffer
    if buffer.complete_state is not None and buffer.complete_state.completions:
        _complete_next(buffer)
    elif completer.takes_long(buffer.document):
        event.app.create_background_task(_offer_later(buffer, completer))
    else:
        # Not by start_completion, which does nothing while the menu for what was typed is still being made.
        _offer(buffer, completer.get_completions(buffer.document, _ASKED))


_ASKED = CompleteEvent(completion_requested=True)


def _complete_next(buffer: Buffer) -> None:
    """Put in the next completion, and pass over one that is typed already."""
    before = buffer.text
    buffer.complete_next()
    if buffer.text == before:
        buffer.complete_next()


def _offer(buffer: Buffer, completions: Iterable[Completion]) -> None:
    """Put in the first completion that changes the line."""
    typed = buffer.document.text_before_cursor
    found = [one for one in completions if one.text != typed[len(typed) + one.start_position :]]
    if found:
        buffer.complete_state = CompletionState(buffer.document, found)
        buffer.go_to_completion(0)


async def _offer_later(buffer: Buffer, completer: Completer) -> None:
    """Do as `_offer` once the completions are found, unless the person has typed on."""
    document = buffer.document
    found = [one async for one in completer.get_completions_async(document, _ASKED)]
    if buffer.document == document:
        _offer(buffer, found)
