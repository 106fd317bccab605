"""The prompt: a PromptSession put together from its parts, and the one that asks unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import AnyFormattedText, StyleAndTextTuples, fragment_list_width
from prompt_toolkit.history import DummyHistory
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.shortcuts import PromptSession
from prompt_toolkit.styles import Style

from imapsh.errors import UsageError
from imapsh.render.styles import THEMES, Theme, prompt_styles
from imapsh.shell.prompt import drawn, toolbar
from imapsh.shell.prompt.brackets import MatchingBrackets
from imapsh.shell.prompt.completer import ShellCompleter
from imapsh.shell.prompt.history import MaskedHistory
from imapsh.shell.prompt.keys import bindings
from imapsh.shell.prompt.reading import Counted, Reading, TypedLexer
from imapsh.shell.prompt.suggest import FromHistory
from imapsh.shell.prompt.toolbar import Status

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

_MENU, _TOOLBAR = 6, 2  # rows

TYPED = frozenset({
    "command", "date", "error", "flag", "keyword", "literal", "mailbox", "number", "paren", "secret", "set", "string",
    "tag",
})  # fmt: skip
"""The styles of what is typed.  prompt_toolkit reads each rule twice when it begins, so it gets no others."""

_STYLES = {
    "prompt": "bold",
    "prompt-name": "bold ansiyellow",
    "prompt-who": "ansicyan",
    "prompt-mailbox": "bold ansibrightblue",
    "prompt-state": "dim",
    "prompt-off": "ansired",
    "own-command": "bold ansimagenta",
    "lint-error": "underline ansired",
    "lint-advice": "underline",
    "line-break": "dim",
    "dimmed": "dim",
    "matching-bracket": "bold reverse",
    "bottom-toolbar": "noreverse",
    "bottom-toolbar.state": "bold",
    "bottom-toolbar.hint": "ansicyan",
    "bottom-toolbar.error": "ansired",
    "bottom-toolbar.advice": "ansiyellow",
    "bottom-toolbar.busy": "bold ansiyellow",
}


def style(theme: Theme | None) -> Style:
    """Return prompt_toolkit's style for a theme; None means without colour."""
    chosen = theme or THEMES["mono"]
    typed = {name: rule for name, rule in prompt_styles(chosen).items() if name in TYPED}
    return Style.from_dict({**typed, **{name: chosen.rule(rule) for name, rule in _STYLES.items()}})


def _depth(theme: Theme | None) -> ColorDepth | None:
    """Return the colours to use: what the terminal can, or for no theme, none.

    The library has colours of its own, as in its menu, and without a theme these are not wanted either.
    """
    return ColorDepth.DEPTH_1_BIT if theme is None else None


class _Prompt(PromptSession[str]):
    """A prompt that leaves a small terminal to the line being typed: first the menu's space goes, then the toolbar."""

    @property
    def _rows(self) -> int:
        return self.app.output.get_size().rows

    @property
    def reserve_space_for_menu(self) -> int:
        """The rows that are kept free for the menu."""
        return _MENU if self._rows > _MENU + _TOOLBAR + 1 else 0

    @reserve_space_for_menu.setter
    def reserve_space_for_menu(self, rows: int) -> None:
        """Ignore what the library sets: it does not know how large the terminal is."""

    def _get_line_prefix(
        self, line_number: int, wrap_count: int, get_prompt_text_2: Callable[[], StyleAndTextTuples]
    ) -> StyleAndTextTuples:
        """Return what comes before a row of the text.

        A long line has a row every few words, and at each key the library asks for all of them several times.  It would
        make the prompt each time to measure it, although nothing comes before a row that only goes on.
        """
        return super()._get_line_prefix(line_number, wrap_count, get_prompt_text_2) if not wrap_count else []

    @property
    def bottom_toolbar(self) -> AnyFormattedText:
        """The toolbar, or None if there is no room for it."""
        return self._toolbar if self._rows > 2 * (_TOOLBAR + 1) else None

    @bottom_toolbar.setter
    def bottom_toolbar(self, toolbar: AnyFormattedText) -> None:
        self._toolbar = toolbar


def make(
    status: Callable[[], Status],
    reading: Reading,
    completer: ShellCompleter,
    history: MaskedHistory,
    theme: Theme | None,
    raw: Callable[[], bool],
    note: Callable[[str], None],
    *,
    vi: bool = False,
    input: Input | None = None,
    output: Output | None = None,
) -> PromptSession[str]:
    """Return the prompt for commands.

    `raw` tells whether lines go out as they are; `note` says something above it.
    """
    drawn.guard()
    session: PromptSession[str]

    def bar() -> StyleAndTextTuples:
        mode = _vi_mode(session)
        width = session.app.output.get_size().columns - fragment_list_width(mode)
        return [*toolbar.toolbar(status(), reading, session.default_buffer.document, width), *mode]

    async def open_editor(buffer: Buffer) -> None:
        await _open_editor(buffer, history, note)

    def go_on(width: int, line: int, wrapped: int) -> StyleAndTextTuples:
        return toolbar.continuation(session.default_buffer.text, line) if not wrapped else []

    session = _Prompt(
        lambda: toolbar.prompt(status()),
        lexer=TypedLexer(reading),
        completer=completer,
        history=history,
        auto_suggest=FromHistory(history),
        style=style(theme),
        color_depth=_depth(theme),
        include_default_pygments_style=False,
        bottom_toolbar=bar,
        prompt_continuation=go_on,
        key_bindings=bindings(raw, completer, open_editor),
        input_processors=[Counted(), MatchingBrackets()],
        editing_mode=EditingMode.VI if vi else EditingMode.EMACS,
        complete_while_typing=True,
        enable_suspend=True,
        input=input,
        output=output,
    )
    return session


def set_keys(session: PromptSession[str], mode: str) -> None:
    """Edit lines as "emacs" or as "vi" does, from now on."""
    session.editing_mode = EditingMode.VI if mode == "vi" else EditingMode.EMACS


def _vi_mode(session: PromptSession[str]) -> StyleAndTextTuples:
    if session.editing_mode is not EditingMode.VI:
        return []
    return [
        ("", "  vi "),
        ("class:bottom-toolbar.state", str(session.app.vi_state.input_mode.value).removeprefix("vi-")),
    ]


async def _open_editor(buffer: Buffer, history: MaskedHistory, note: Callable[[str], None]) -> None:
    """Have the buffer's text edited.  A text with a secret in it goes to no file."""
    text = buffer.text
    if history.hides(text):
        note("a line with a secret in it is not opened in an editor")
        return
    from imapsh.shell.commands import editor

    try:
        edited = await run_in_terminal(lambda: editor.edit(text), in_executor=True)
    except UsageError as error:
        note(str(error))
    else:
        buffer.document = Document(edited, len(edited))


def make_secret(theme: Theme | None, *, input: Input | None = None, output: Output | None = None) -> PromptSession[str]:
    """Return the prompt for text that must not be seen nor kept."""
    drawn.guard()
    return PromptSession(
        is_password=True, history=DummyHistory(), style=style(theme), include_default_pygments_style=False,
        enable_suspend=True, input=input, output=output,
    )  # fmt: skip
