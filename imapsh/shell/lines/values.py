r"""Puts in the values that a line refers to: `${NAME}`, the person's own by `\set`, and what the shell knows by itself.

`${` is never legal IMAP, because `{` ends an atom and no literal begins inside one (RFC 9051 section 9).  A value is
put in as it stands, as if it had been typed.  In quotes and in literals nothing is put in: what stands there is data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from imapsh.errors import UsageError
from imapsh.grammar.tokens import BAD, FLAG, LITERAL, WORD, tokenize
from imapsh.hints import TYPE_CHECKING
from imapsh.patterns import lazy
from imapsh.shell.lines.sets import fitted
from imapsh.shell.record.variables import BUILT_IN, NUMBERS, SECRETIVE, UIDS, Origin
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.session.mailbox import Mailbox
    from imapsh.shell.app import App
    from imapsh.shell.connection.steps import Steps
    from imapsh.typed.match import Match

_PLACE = lazy(r"\$\{([A-Za-z][\w.-]*|\d{1,9}|\*)\}")
_SETTING = lazy(r"(?i)(\\set +)(\S+)( +)(?=\S)")

MASKED = "********"


class Place(NamedTuple):
    """A `${name}` in a text, from `start` to `end`."""

    start: int
    end: int
    name: str


def places(text: str) -> Iterator[Place]:
    """Yield each `${name}` outside quotes and literals; of an alias also `${1}` and `${*}`."""
    if "${" not in text:
        return
    tokens = tokenize(text)
    for before, token in pairwise(tokens):
        if token.kind in (BAD, LITERAL) and before.kind in (WORD, FLAG) and before.text.endswith("$"):
            found = _PLACE.match(text, token.start - 1)
            if found is not None:
                yield Place(found.start(), found.end(), found[1])


def put_in(text: str, spots: list[Place], values: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return the text with a value in each place, and where the values stand in it."""
    pieces: list[str] = []
    spans = []
    at = size = 0
    for (start, end, _), value in zip(spots, values, strict=True):
        pieces += [text[at:start], value]
        size += start - at
        spans.append((size, size + len(value)))
        size += len(value)
        at = end
    return "".join([*pieces, text[at:]]), spans


#: The forms that a value may turn out to have, by its length: a set, an atom, a flag, a list, what FETCH asks for.
_STAND_INS: tuple[Callable[[int], str], ...] = (
    lambda size: ("1," * size)[: size - 1] + "1",
    lambda size: "x" * size,
    lambda size: "\\" + "x" * (size - 1),
    lambda size: "(" + "x" * (size - 2) + ")",
    lambda size: f"BODY[{'1' * (size - 6)}]" if size > 6 else ("BODY", "FLAGS", "(BODY)")[size - 4],
)

_TRIED = 3  # places where each is tried; at all others a set stands in


def read(text: str, match: Callable[[str], Match]) -> Match:
    """Read a line with `match`, with something that may be there in each place, which is as long as `${NAME}`."""
    spots = [place for place in places(text) if place.name[0].isalpha()]
    line = put_in(text, spots, [_STAND_INS[0](end - start) for start, end, _ in spots])[0]
    for start, end, _ in spots[:_TRIED]:
        if not _is_wrong(match(line), spots[-1].end):
            break
        lines = [f"{line[:start]}{made(end - start)}{line[end:]}" for made in _STAND_INS]
        line = next((one for one in lines if not _is_wrong(match(one), end)), line)
    return match(line)


def _is_wrong(found: Match, end: int) -> bool:
    """Return whether there is an error up to `end`."""
    return any(problem.severity == "error" and problem.offset <= end for problem in found.errors)


def discreet(line: str) -> int:
    r"""Return where VALUE begins in a `\set NAME VALUE` if NAME means a secret; -1 in any other line."""
    found = _SETTING.match(line)
    return found.end() if found is not None and SECRETIVE.search(found[2]) else -1


# -- what the shell knows by itself


class BuiltIn(NamedTuple):
    """A value that the shell knows by itself.

    `value(app)` is the text, "" if it is not known yet.  `way` says what makes it known.  `kind` is UIDS or NUMBERS, or
    "" for neither.  `field` is the result that it is, for which `Results.mailbox_of` tells the mailbox.
    """

    value: Callable[[App], str]
    way: str
    kind: str = ""
    field: str = ""


def _last(field: str) -> Callable[[App], str]:
    return lambda app: str(getattr(app.connection.results, field) or "")


def _found(app: App) -> str:
    """Return a text that says if messages were found.

    Their UIDs are worked out only where they are used, because it takes the server to tell them.
    """
    return "(known)" if app.connection.results.found else ""


def _mailbox(app: App) -> str:
    from imapsh.shell.record.mailboxes import as_typed

    box: Mailbox | None = app.session.mailbox
    return as_typed(box.name, utf8=app.session.context().takes_utf8) if box is not None else ""


VALUES: dict[str, BuiltIn] = {
    "uids": BuiltIn(_found, "SEARCH or FETCH", UIDS, "found"),
    "last.uid": BuiltIn(_last("uid"),
                        "APPEND, COPY or MOVE under UIDPLUS", UIDS, "uid"),
    "last.uidnext": BuiltIn(_last("uidnext"), "SELECT or STATUS", UIDS, "uidnext"),
    "last.uidvalidity": BuiltIn(_last("uidvalidity"), "SELECT or STATUS"),
    "last.exists": BuiltIn(_last("exists"), "SELECT or STATUS",
                             NUMBERS, "exists"),
    "last.tag": BuiltIn(_last("tag"), "a command"),
    "last.status": BuiltIn(_last("status"), "a command"),
    "mailbox": BuiltIn(_mailbox, "SELECT"),
    "user": BuiltIn(lambda app: app.connection.user, "a login"),
    "host": BuiltIn(lambda app: app.connection.plan.address.host, "a host"),
}  # fmt: skip


# -- put into a line


def filled(app: App, text: str) -> Steps[str]:
    """Return the line as it is to be sent, with its values.

    Raises UsageError for a value that is not known, and for UIDs where message numbers are due, or the other way round
    (`sets`); nothing is to be sent then.
    """
    line, origins = yield from expanded(app, text)
    return fitted(app, line, origins)


def expanded(app: App, text: str) -> Steps[tuple[str, list[Origin]]]:
    """Return the text with its values, and where those stand that are UIDs or message numbers.

    Raises UsageError for one that is not known.
    """
    spots = [place for place in places(text) if place.name[0].isalpha()]
    if not spots:
        return text, []
    from imapsh.typed.match import match

    hidden = match(text).secrets
    values: list[str] = []
    for place in spots:
        if place.name not in BUILT_IN and place.name not in app.variables.own:
            secret = any(start < place.end and place.start < end for start, end in hidden)
            raise UsageError(_unknown(app, "" if secret else place.name))
        values.append((yield from value(app, place.name)))
    line, spans = put_in(text, spots, values)
    _hide(app, line, [(span, place.name) for span, place in zip(spans, spots, strict=True)])
    return line, [one for span, place in zip(spans, spots, strict=True) for one in _origins(app, place.name, span)]


def _origins(app: App, name: str, span: tuple[int, int]) -> Iterator[Origin]:
    """Yield the parts of the value at `span` that are UIDs or message numbers."""
    if name in app.variables.own:
        yield from (one.moved(span[0])._replace(name=name) for one in app.variables.origins.get(name, ()))
    elif VALUES[name].kind:
        yield Origin(*span, VALUES[name].kind, name, app.connection.results.mailbox_of(VALUES[name].field))


def value(app: App, name: str) -> Steps[str]:
    """Return the value of a name that is known.  Raises UsageError if the shell does not know it yet."""
    if name in app.variables.own:
        return app.variables.own[name]
    if name == "uids":
        from imapsh.shell.lines.found import uids

        return (yield from uids(app, app.connection.results.found, "${uids}"))
    text = VALUES[name].value(app)
    if not text:
        raise UsageError(f"${{{name}}} is not known yet: {VALUES[name].way} sets it; nothing was sent")
    return text


def _unknown(app: App, name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, [*app.variables.own, *BUILT_IN], 1)
    meant = f"; did you mean ${{{near[0]}}}?" if near else ""
    which = f"${{{name}}} is not set" if name else "a ${...} inside a secret is not set"
    return f"{which}{meant} (\\set lists all; ${{...}} in quotes is data); nothing was sent"


def _hide(app: App, line: str, used: list[tuple[tuple[int, int], str]]) -> None:
    """Hide, from now on and everywhere, values that stand where a secret does."""
    from imapsh.typed.match import match

    hidden = match(line).secrets
    for (start, end), name in used:
        if name in app.variables.own and any(low < end and start < high for low, high in hidden):
            app.variables.secret.add(name)
            app.hide(app.variables.own[name])
