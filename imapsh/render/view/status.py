"""Status responses with their codes, FLAGS, and numbers of messages."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from imapsh import table
from imapsh.grammar.responses import TAGGED
from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import AppendUid, Code, CopyUid, Count, Flags, StatusText
from imapsh.render.amounts import count
from imapsh.render.lexer import STATUS_STYLES
from imapsh.render.styles import Fragment
from imapsh.render.view.columns import flow, words_of
from imapsh.render.view.found import view_of, words
from imapsh.render.view.look import Line, Look
from imapsh.render.visible import visible

_FEW = 72  #: characters that a code may have to be shown whole in its brackets
_MORE = " ..."


def text(value: StatusText, look: Look) -> Iterator[Line]:
    """Yield the status, the code, the text, and after `--` the meaning of the code.

    A code whose argument has a view of its own is explained by it: its first line is put there, the others below.  If
    it has words instead, these are put there.
    """
    response = look.response
    assert response is not None
    head: Line = [(STATUS_STYLES.get(response.name, "response"), response.name)]
    if response.kind == TAGGED and response.tag is not None:
        head = [("tag", visible(response.tag)), ("", " "), *head]
    said: list[Fragment] = []
    code = value.code
    if code is not None:
        said += words_of(f"[{_code(code)}]", "code")
    said += [*words_of(visible(value.text), "text")]
    lines = _explained(code, look) if code is not None else iter(())
    if meaning := next(lines, None):
        said += [("note", "--"), *meaning]
    yield from flow([*head, ("", " ")], said, look.columns, 4)
    yield from lines
    if code is not None and _is_list(code):
        from imapsh.render.view.capability import changes

        yield from changes(code.arg, look)


def _explained(code: Code, look: Look) -> Iterator[Line]:
    """Yield the view of the code's argument, if it has one, else its meaning."""
    name = view_of(type(code.arg))
    if name is None:
        yield [*words_of(words(code.arg) or _meaning(code), "note")]
        return
    module, _, function = name.partition(".")
    yield from getattr(import_module(f"{__package__}.{module}"), function)(code.arg, look)


def _code(code: Code) -> str:
    whole = visible(f"{code.name} {code.text.strip()}".rstrip())
    return whole if len(whole) <= _FEW else visible(code.name) + _MORE


def _meaning(code: Code) -> str:
    """Return the argument in words if it has some, else what the table says of the code."""
    arg = code.arg
    if isinstance(arg, AppendUid):
        return f"UID {_uids(arg.uids)} (UIDVALIDITY {arg.uidvalidity})"
    if isinstance(arg, CopyUid):
        return f"UID {_uids(arg.source)} is UID {_uids(arg.destination)} there (UIDVALIDITY {arg.uidvalidity})"
    if _is_list(code):
        return ""
    rest = f" {visible(code.text.strip())}" if _code(code).endswith(_MORE) else ""
    return _summary(code) + rest


def _is_list(code: Code) -> bool:
    """Return whether the names are shown below."""
    return code.name == "CAPABILITY" and isinstance(code.arg, tuple)


def _uids(uids: SequenceSet) -> str:
    return str(uids) or "(none)"


def _summary(code: Code) -> str:
    row = table.find("code", code.name)
    return row.summary if row is not None else "a code that the table does not know"


def flags(value: Flags, look: Look) -> Iterator[Line]:
    """Yield the flags that the mailbox knows."""
    return flow([("response", "flags"), ("", " ")], flag_words(value.flags), look.columns, 6)


def flag_words(flags: tuple[str, ...]) -> list[Fragment]:
    """Return each flag, for `flow`; one word in brackets if there are none."""
    return [("flag", visible(flag)) for flag in flags] or [("nil", "(none)")]


def count_of(value: Count, look: Look) -> Iterator[Line]:
    """Yield the number of EXISTS or RECENT."""
    response = look.response
    assert response is not None
    words = {"EXISTS": count(value.number, "message"), "RECENT": f"{value.number:,} recent"}
    text = words.get(response.name, f"{value.number:,} {visible(response.name)}")
    yield from flow([], [("number", text)], look.columns, 4)
