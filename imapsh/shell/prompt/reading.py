"""Reads what is being typed once for all who want to know: lexer, toolbar, completer, keys and history."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples, fragment_list_len
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.lexers import Lexer

from imapsh.render.lexer import style_of
from imapsh.shell.lines import literals, nested
from imapsh.shell.record.opening import LOGINS
from imapsh.table.model import AUTHENTICATED, SELECTED, Context

if TYPE_CHECKING:
    from imapsh.shell.lines.redirect import Redirect
    from imapsh.typed.match import Match

LONG = 10_000
"""Characters of a text that are read and drawn at each key; of a longer one the rest is only counted."""

_KEPT = 8  # readings kept: the whole text, and the text before the cursor, of a few keystrokes
_DEEP = 9  # aliases that stand for aliases, followed no further
_UNDERLINED = {"error": " class:lint-error", "advice": " class:lint-advice"}


class Reading:
    r"""Reads texts, each once in the same context.

    `context` tells the state of the session now.  `aliases` and `variables` are the person's: name -> line, or value.
    `begun` is what `\raw` has sent of a command.
    """

    def __init__(
        self, context: Callable[[], Context], aliases: Callable[[], Mapping[str, str]] = dict,
        variables: Callable[[], Mapping[str, str]] = dict, begun: Callable[[], bytes] = bytes,
    ) -> None:  # fmt: skip
        self.context = context
        self.aliases = aliases
        self.variables = variables
        self._begun = begun
        self._kept: dict[tuple[str, Context], Match] = {}

    def match(self, command: str) -> Match:
        """Read one command, its line breaks as CRLF."""
        return self._match(command, self.context())

    def _match(self, command: str, context: Context) -> Match:
        key = (command, context)
        found = self._kept.get(key)
        if found is None:
            from imapsh.typed.match import match  # a start needs none of it

            before = next(reversed(self._kept.values()), None)
            if len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            found = self._kept[key] = match(*key, before=before)
        return found

    def cut(self, line: str) -> Redirect | None:
        """Cut a line that sends its output elsewhere; None for any other."""
        from imapsh.shell.lines.redirect import split

        return split(line, self.context(), self.variables())

    def typed(self, line: str, before: str = "") -> Match:
        """Read the part of a line that is for the server, with something as long in place of each `${NAME}`.

        `before` is what stands before the line; if that opens mailboxes for it, it is read as in a selected mailbox.
        """
        from imapsh.shell.lines import values  # a start needs none of it

        cut, context = self.cut(line), self.context()
        if context.state == AUTHENTICATED and before and nested.opens(before):
            context = context._replace(state=SELECTED)
        return values.read(cut.command if cut is not None else line, lambda text: self._match(text, context))

    def alias(self, line: str) -> str:
        """Return what the alias that a line begins with stands for, or "" if it begins with none."""
        from imapsh.shell.lines.nested import is_command

        name = line.partition(" ")[0]
        meant = self.aliases().get(name, "")
        return meant if meant and not is_command(name) else ""

    def last(self, text: str) -> Match:
        """Return the command that a text ends with, which is the one being typed."""
        return self.match(literals.cut(text)[-1].text)

    def without_secrets(self, text: str) -> str:
        """Return the text to keep: every command up to what is secret in it."""
        kept = []
        commands = literals.commands(text)
        for command, answers in zip(commands, self.answers(commands), strict=True):
            end = 0 if answers else self.secret_at(command)
            kept.append(command[:end].rstrip() if end < len(command) else command)
        return "\n".join(line for line in kept if line).replace("\r\n", "\n")

    def answers(self, commands: Sequence[str]) -> list[bool]:
        """Return for each line of a text whether it answers an AUTHENTICATE: it stands behind one, and is no command.

        All of such a line is secret.
        """
        if len(commands) < 2:
            return [False] * len(commands)
        found: list[bool] = []
        asked = False
        for command in commands:
            row = None if command.startswith(("\\", "#")) else self.match(command).command
            found.append(asked and row is None and bool(command.strip()) and not command.startswith(("\\", "#")))
            asked = row.name == "AUTHENTICATE" if row is not None else found[-1]
        return found

    def secret_at(self, command: str) -> int:
        """Return where something secret begins in a line, ours or the server's; its length if nothing is secret."""
        from imapsh.shell.lines import discreet  # a start needs none of it

        end = discreet.secret_at(command, self.match, self._begun())
        for begin in discreet.lines(command):
            line = command[begin:]
            if " " in line and self._logs_in(self.alias(line)):
                end = min(end, begin + line.index(" ") + 1)
        return end

    def _logs_in(self, line: str) -> bool:
        """Return whether an alias stands for a LOGIN or AUTHENTICATE, so that its arguments may be secret."""
        for _ in range(_DEEP):
            line = line[nested.line_start(line) :]
            if not (further := self.alias(line)):
                break
            line = further
        command = self.match(line).command if line else None
        return command is not None and command.name in LOGINS


def drawn(document: Document, number: int) -> int:
    """Return how many characters of a line are drawn as they are: those up to LONG of the text."""
    start = document.translate_row_col_to_index(number, 0)
    return min(max(LONG - start, 0), len(document.lines[number]))


class TypedLexer(Lexer):
    """Colours by role, underlines what lint finds, and shows a star for every character of a secret."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def invalidation_hash(self) -> Hashable:
        """Return the context, because colours change with the session's state too."""
        return self.reading.context()

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """Return a function that gives the fragments of each line; what is beyond LONG is counted and not drawn."""
        text = document.text
        lines = self.lines(text[:LONG])
        if len(text) <= LONG:
            return lambda number: lines[number] if number < len(lines) else []
        last, whole = len(lines) - 1, document.lines

        def line(number: int) -> StyleAndTextTuples:
            if number < last:
                return lines[number]
            if number >= len(whole):
                return []
            begun = lines[last] if number == last else []
            rest = len(whole[number]) - drawn(document, number)
            return [*begun, ("class:dimmed", f"... {rest:,} characters more")] if rest else begun

        return line

    def lines(self, text: str) -> list[StyleAndTextTuples]:
        """Return the fragments of a text, line by line."""
        if not text:
            return [[]]
        lines: list[StyleAndTextTuples] = []
        cut = literals.cut(text)
        for command, answers in zip(cut, self.reading.answers([one.text for one in cut]), strict=True):
            if answers:
                fragments = _hidden(command.text)
            elif command.text.startswith("#"):
                fragments = [("class:dimmed", command.text)]
            else:
                fragments = self._own(command.text) if command.text.startswith("\\") else self._typed(command.text)
            if len(cut) == 1 and "\n" not in text and "\r" not in text:
                return [[*fragments]]
            lines.append([])
            for style, piece in _broken(fragments, command, text):
                if "\n" not in piece and "\r" not in piece:
                    lines[-1].append((style, piece))
                    continue
                first, *rest = piece.replace("\r", "").split("\n")
                lines[-1].append((style, first))
                lines.extend([(style, line)] for line in rest)
        return lines

    def _typed(self, command: str, before: str = "") -> list[tuple[str, str]]:
        if self.reading.alias(command):
            name, _, _ = command.partition(" ")
            end = self.reading.secret_at(command)
            return [("class:own-command", name), ("", command[len(name) : end]), *_hidden(command[end:])]
        found = self.reading.typed(command, before)
        fragments = _coloured(found, command)
        if (size := len(found.text)) < len(command):
            end = max(self.reading.secret_at(command), size)
            fragments += [("class:own-command", command[size:end]), *_hidden(command[end:])]
        return fragments

    def _own(self, command: str) -> list[tuple[str, str]]:
        """Return the fragments of one of imapsh's own commands, and of the line that it does."""
        name, _, _ = command.partition(" ")
        start = nested.line_start(command)
        if start:
            inner = command[start:]
            done = self._own(inner) if inner.startswith("\\") else self._typed(inner, command[:start])
            return [("class:own-command", name), ("", command[len(name) : start]), *done]
        end = self.reading.secret_at(command)
        return [("class:own-command", name[:end]), ("", command[len(name) : end]), *_hidden(command[end:])]


class Counted(Processor):
    """Puts the cursor behind the count if it is in what is counted and not drawn."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """See Processor."""
        fragments, document = transformation_input.fragments, transformation_input.document
        if len(document.text) <= LONG:
            return Transformation(fragments)
        kept, end = drawn(document, transformation_input.lineno), fragment_list_len(fragments)
        return Transformation(
            fragments, lambda at: at if at < kept else end, lambda column: min(column, kept)
        )  # fmt: skip


def _broken(fragments: list[tuple[str, str]], command: literals.Command, text: str) -> list[tuple[str, str]]:
    """Return the fragments with the line breaks that are only seen."""
    breaks = list(command.breaks())
    if not breaks:
        return fragments
    found: list[tuple[str, str]] = []
    at = 0
    for style, piece in fragments:
        begin, end = at, at + len(piece)
        while breaks and breaks[0][0] < end:
            offset, start, stop = breaks.pop(0)
            found += [(style, piece[begin - at : offset - at]), ("class:line-break", text[start:stop])]
            begin = offset
        found.append((style, piece[begin - at :]))
        at = end
    return found + [("class:line-break", text[start:stop]) for _, start, stop in breaks]


@cache
def _class(role: str) -> str:
    """Return the class of a role."""
    style = style_of(role)
    return f"class:{style}" if style else ""


def _coloured(found: Match, command: str) -> list[tuple[str, str]]:
    """Return the fragments of a command as it was read; a value may stand in for something in its text."""
    texts: Iterable[str] = map(itemgetter(1), found.tokens)
    if not command.startswith(found.text):
        texts = (command[token.start : token.end] for token in found.tokens)
    fragments = list(zip(map(_class, found.roles), texts, strict=True))
    if found.secrets:
        fragments = [
            (style, _starred(text) if role == "secret" else text)
            for role, (style, text) in zip(found.roles, fragments, strict=True)
        ]
    for problem in reversed(found.errors):  # of several in a word the first
        if problem.offset < len(found.text):
            index = bisect_right(found.tokens, problem.offset, key=itemgetter(2)) - 1
            fragments[index] = (_class(found.roles[index]) + _UNDERLINED[problem.severity], fragments[index][1])
    return fragments


def _hidden(secret: str) -> list[tuple[str, str]]:
    return [("class:secret", _starred(secret))] if secret else []


def _starred(text: str) -> str:
    return "\r\n".join("*" * len(line) for line in text.split("\r\n"))
