"""What keys do at the prompt beyond the usual."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.buffer import CompletionState
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from imapsh.shell import literals


def bindings(raw: Callable[[], bool]) -> KeyBindings:
    """`raw` tells whether lines go out as they are just now, so that no literal begins."""
    keys = KeyBindings()

    @keys.add("enter", filter=has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        """Accept the line, or go on with the literal that it begins."""
        buffer = event.current_buffer
        text = buffer.text
        left = None if raw() or text.startswith("\\") else literals.wanted(text)
        if left is None or (left <= 0 and not literals.announced(text)):
            buffer.validate_and_handle()
        elif left == 1:
            event.app.output.bell()  # CR LF would be one octet too many
        else:
            buffer.cursor_position = max(buffer.cursor_position, len(text) if literals.announced(text) else 0)
            buffer.insert_text("\n")

    @keys.add("tab", filter=has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        """Put the first completion in, then the next."""
        buffer = event.current_buffer
        if buffer.complete_state is not None and buffer.complete_state.completions:
            buffer.complete_next()
            return
        # Not by start_completion, which does nothing while the menu for what was typed is still being made.
        found = list(buffer.completer.get_completions(buffer.document, CompleteEvent(completion_requested=True)))
        if found:
            buffer.complete_state = CompletionState(buffer.document, found)
            buffer.go_to_completion(0)

    return keys
