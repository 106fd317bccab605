"""The advice on a typed line: what is wrong, what may come next, and the hint."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib import import_module

from imapsh import table
from imapsh.grammar.tokens import BAD, CRLF, LPAREN, RPAREN
from imapsh.hints import TYPE_CHECKING
from imapsh.table.model import AUTHENTICATED, NOT_AUTHENTICATED, OBSOLETE, UNKNOWN, Command, Context, Name
from imapsh.typed.found import BETTER_ONCE, ONCE, Expected, Head, Problem, find, near, quoted
from imapsh.typed.nodes import Group, Keyword, Node, Repeat, Sequence, folded, word_end
from imapsh.typed.slots import Slot, form
from imapsh.typed.syntax import Rule, Table

if TYPE_CHECKING:
    from imapsh.typed.run import Run

_HALF_LITERAL = form(r"~?(?:\{[^}]*)?\Z")
#: `{@` and the beginning of a path.  `_HALF_TYPED` also matches the beginning of `{n}`.
HALF_PATH = form(r"~?\{@[^}\r\n]*\Z")
_HALF_TYPED = form(r"~?\{(?:\d*\+?|@[^}\r\n]*)\Z")

#: The characters of which a token of the kind BAD or CRLF has one.
_ODD = form(r"[\x00-\x1f\x7f{]")

#: tag = 1*<any ASTRING-CHAR except "+">
_TAG = form(r"[!#$&',-\[\]^-z|}~]+")


@lru_cache(maxsize=16)
def _offered(capabilities: frozenset[str], rev2: bool) -> frozenset[str]:
    """Return the capabilities in upper case, and the families that they belong to, such as `THREAD=`."""
    names = {name.upper() for name in capabilities}
    families = {name[: name.index("=") + 1] for name in names if "=" in name}
    return frozenset(names | families | ({"IMAP4REV2"} if rev2 else set()))


def _is_among(name: str, offered: frozenset[str]) -> bool:
    """Return whether a capability is offered, or, if its name ends in `=`, any one of the family."""
    return name in offered or (name[-1] == "=" and any(other.startswith(name) for other in offered))


def unfit(row: Command | Name, context: Context) -> Problem | None:
    """Return why a server in this context is not expected to know the row, or None if it is."""
    if row.editions == "1" and context.rev2:
        return Problem(
            "edition",
            0,
            f"{row.name} belongs to IMAP4rev1 ({row.rfc}); this session uses IMAP4rev2, which does not have it",
        )
    if row.standing == UNKNOWN:
        return Problem("not-offered", 0, row.summary[:1].lower() + row.summary[1:].rstrip("."))
    if row.standing == OBSOLETE:
        return Problem("obsolete", 0, f"{row.name} is obsolete: {row.summary[:1].lower()}{row.summary[1:].rstrip('.')}")
    if not context.capabilities:
        return None
    offered = _offered(context.capabilities, context.rev2)
    if row.needs and not any(_is_among(name.upper(), offered) for name in row.needs):
        return Problem("not-offered", 0, _not_offered(row))
    if isinstance(row, Command) and (barred := [name for name in row.barred if name in offered]):
        return Problem("not-offered", 0, f"{row.name} is barred by the server's {barred[0]}")
    return None


def needed(row: Command | Name) -> str:
    """Return in words the capabilities of which the row needs one: `A or B`.  A family is written `A=...`."""
    return " or ".join(f"{name}..." if name[-1] == "=" else name for name in row.needs)


def _not_offered(row: Command | Name) -> str:
    """Return the message that the server offers nothing that the row needs."""
    if row.needs == (row.name,):
        return f"the server does not offer {row.name}"
    return f"{row.name} needs {needed(row)}, which the server does not offer"


@lru_cache(maxsize=16)
def uids_only(enabled: frozenset[str] | None) -> Name | None:
    """Return the row of what ENABLE has turned on that forbids message numbers, or None if nothing does."""
    rows = (table.find("enable", name) for name in enabled or ())
    return next((row for row in rows if row is not None and row.uids_only), None)


def changing(row: Command | Name, context: Context) -> Problem | None:
    """Return what a reading command changes, or what read-only mode sends instead, or None if neither applies."""
    if not row.harmless:
        return None
    if context.read_only:
        return Problem("read-only", 0, f"read-only mode sends {row.harmless} in place of {row.name}")
    if context.writable and isinstance(row, Name):
        return Problem("seen", 0, rf"{row.name} sets \Seen; {row.harmless} does not")
    return None


def forbidden(command: Command, state: str) -> str:
    """Return why the command is not allowed in this state, or "" if it is."""
    if state in command.states:
        return ""
    if state == NOT_AUTHENTICATED:
        way = "log in first"
    elif state == AUTHENTICATED and command.states != (NOT_AUTHENTICATED,):
        way = "SELECT a mailbox first"
    else:
        way = f"use it in the {_either(command.states)} state"
    return f"{command.name} is not allowed in the {state} state; {way}"


def _either(names: tuple[str, ...] | list[str]) -> str:
    """Return the names in words, as in `a, b or c`."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _misplaced(command: Command, context: Context) -> Problem | None:
    """Return why the state, read-only mode or something enabled forbids the command, or None if nothing does."""
    if reason := forbidden(command, context.state):
        return Problem("state", 0, reason)
    if context.read_only and command.changes:
        return Problem("read-only", 0, f"{command.name} changes mail or mailboxes, and read-only mode is on")
    bar = uids_only(context.enabled) if command.numbers else None
    if bar is not None and (by_uid := table.command(f"UID {command.name}")) is not None:
        message = f"{command.name} is not allowed after ENABLE {bar.name}; use {by_uid.name}"
        return Problem("uid-required", 0, message, rfc=bar.rfc)
    return None


def objection(command: Command, context: Context) -> Problem | None:
    """Return the first that is to be said of a command in this context, whatever its arguments; None for nothing."""
    return _misplaced(command, context) or unfit(command, context) or changing(command, context)


def _out_of_place(row: Name, command: Command, run: Run) -> Problem | None:
    """Return why a row of a complete line is not allowed in it, or None if it is."""
    enabled, reason = run.context.enabled, ""
    if row.only and command.name not in row.only:
        reason = f"{row.name} may be used in {_either(row.only)} only"
    elif row.beside and all(piece.name != row.beside for piece in find(tuple(run.pieces), row.kind)):
        reason = f"{row.name} needs {row.beside} beside it"
    elif row.enabled and enabled is not None and row.enabled not in enabled:
        reason = f"{row.name} needs ENABLE {row.enabled} before"
    return Problem("place", 0, reason, rfc=row.rfc) if reason else None


# -- problems


def problems(text: str, head: Head, run: Run, complete: bool) -> tuple[Problem, ...]:
    """Return everything that is wrong with the line, by offset."""
    found = dict(run.noted)

    def note(problem: Problem | None, at: int) -> None:
        if problem is not None:
            found[at] = problem._replace(offset=at)

    for token in run.starts.values() if _ODD.search(text) else ():
        if token.kind in (BAD, CRLF) and token.end < len(text) and not _HALF_TYPED.match(text, token.start):
            note(Problem("atom", 0, f"{quoted(token.text)} is not allowed here"), token.start)
    if head.tag is not None and not _TAG.fullmatch(head.tag):
        note(Problem("tag", 0, f"{quoted(head.tag)} cannot be a tag"), text.index(head.tag))
    start = text[: head.end]
    if start.startswith(" ") or "  " in start:
        note(Problem("SP", 0, "use one space"), 0 if start.startswith(" ") else start.index("  ") + 1)
    if head.command is None:
        note(_unknown(text, head, run), head.start)
    else:
        note(_misplaced(head.command, run.context), head.start)
        for row, at in run.placed if complete else ():
            note(_out_of_place(row, head.command, run), at)
        if not complete and (wrong := _wrong(text, head, run)) is not None:
            found.setdefault(wrong.offset, wrong)
        for problem in (*_doubled(run), *_checked(head.command, run)) if complete else ():
            if problem.severity == "error" and problem.offset in found and found[problem.offset].severity != "error":
                del found[problem.offset]
            found.setdefault(problem.offset, problem)
    return tuple(found[at] for at in sorted(found))


_ONCE_AT_MOST = (*ONCE, *BETTER_ONCE)


def _doubled(run: Run) -> Iterable[Problem]:
    """Yield the parameters that come twice."""
    if not any(row.kind in _ONCE_AT_MOST for row, _ in run.placed):
        return  # most lines have none
    seen = set()
    for piece in find(tuple(run.pieces), *_ONCE_AT_MOST):
        row = table.names(piece.kind).get(folded(piece.name))
        name = folded(run.text[piece.start : word_end(run.text, piece.start)])
        if (piece.kind, name) in seen and row is not None:
            severity = "advice" if piece.kind in BETTER_ONCE else "error"
            yield Problem(piece.kind, piece.start, f"{name} comes twice", severity, row.rfc)
        seen.add((piece.kind, name))


def _checked(command: Command, run: Run) -> Iterable[Problem]:
    """Return what a family's own check finds in a line that fits the syntax."""
    if not command.check:
        return ()
    module, _, function = command.check.partition(".")
    found: Iterable[Problem] = getattr(import_module(f"imapsh.typed.checks.{module}"), function)(tuple(run.pieces))
    return found


def discreet(problem: Problem) -> Problem:
    """Return the problem without anything it quotes from the line."""
    if problem.rule == "command":
        return problem._replace(message="unknown command")
    return problem._replace(message=unquoted(problem.message))


def unquoted(message: str) -> str:
    """Return the message of a problem without anything it quotes from the line."""
    # the apostrophe of "an extension's name" opens no quotation
    cited = r"""(?:(?<![a-z])|(?!'s ))'(?:[^'\\]|\\.)+'|"(?:[^"\\]|\\.)+\""""
    return re.sub(cited, "this", message)


#: A function that says whether a name, in upper case, may be meant by what is typed of it.
Fits = Callable[[str, str], bool]


def begins(name: str, typed: str) -> bool:
    """Return whether the name begins with `typed`, in any case.  This is the strict reading."""
    return len(typed) <= len(name) and name.startswith(folded(typed))


def _commands(typed: str, fits: Fits = begins) -> list[Command]:
    return [row for name, row in table.commands().items() if fits(name, typed)]


def _second_word(text: str, head: Head, run: Run) -> int | None:
    """Return the offset of a second word that may become a command if the first may be its tag, else None."""
    at = head.end + 1
    first = head.tag is None and head.name.upper() != "UID"
    return at if first and run.context.tagged is None and text[head.end : at] == " " else None


def _unknown(text: str, head: Head, run: Run) -> Problem | None:
    if _commands(text[head.start :]):
        return None
    second = _second_word(text, head, run)
    if second is not None and text[second:] and _commands(text[second:]):
        return None
    name = near(head.name.upper(), table.commands())
    meant = f"; did you mean {name}?" if name else ""
    return Problem("command", 0, f"unknown command {head.name}{meant}")


def may_become(node: Node, typed: str) -> bool:
    """Return whether typing on can complete what is typed of a node up to the end of the text."""
    if isinstance(node, Keyword):
        return begins(node.upper, typed)
    if isinstance(node, Table):
        return any(begins(name, typed) for name in node.rows)
    if isinstance(node, Slot):
        half, strings = node.shape.half, node.shape.strings
        return bool((half and half.match(typed)) or (strings and typed and _HALF_LITERAL.match(typed)))
    return False


def _wrong(text: str, head: Head, run: Run) -> Problem | None:
    """Return the problem at the place where the line stops fitting, or None if typing on can make it fit."""
    at = run.furthest
    if at >= len(text) or at < 0:
        return None
    if any(may_become(node, text[place:]) for place, node in run.tried):
        return None
    rest = text[at:]
    wanted = [node for node in run.wanted if node.show().strip()]
    if not rest.strip(" "):
        return Problem("SP", at, "a space at the end of the line")
    if rest[0] == ")" and text[at - 1] == " ":
        return Problem("SP", at - 1, "an extra space")
    if wanted and rest[0] == " ":
        return Problem("SP", at, "an extra space")
    if rest[0] == ")" and run.lacking and not wanted and _is_open(run, at):
        return Problem("syntax", at, f"expected {_nouns(run.lacking)} before ')'", rfc=run.blamed)
    begin = max((start for start in run.spans if start < at), default=-1)
    end, _, bounds = run.spans.get(begin, (-1, "", ""))
    if (
        end == at
        and bounds
        and text[at - 1] != '"'
        and rest[0] != " "
        and not (rest[0] in "()" and (wanted or run.blamed))
    ):
        if rest[0] in bounds.partition("(such as ")[2].rstrip(")"):
            return Problem("atom", at, f"{quoted(text[begin : word_end(text, begin)])} is not {bounds}")
        return Problem("atom", at, f"{quoted(rest[0])} is not allowed in {bounds}")
    if _only_unoffered(wanted, head.command, run):
        return Problem("syntax", at, "nothing more may follow")
    may_end = any(node.show() == "\n" for node in run.wanted)
    message = f"expected a space{' or the end of the line' if may_end else ''} before {quoted(rest[0])}"
    if wanted:
        message = _in_place_of(rest, wanted)
    elif rest[0] == " ":
        at, message = at + len(rest) - len(rest.lstrip(" ")), "nothing more may follow"
    return Problem("syntax", at, message, rfc=run.blamed)


def _is_open(run: Run, at: int) -> bool:
    """Return whether a parenthesis before `at` is not closed yet."""
    kinds = [token.kind for token in run.starts.values() if token.start < at]
    return kinds.count(LPAREN) > kinds.count(RPAREN)


def _only_unoffered(wanted: list[Node], command: Command | None, run: Run) -> bool:
    """Return whether only parameters may stand here, none of which the server is known to offer."""
    if command is None or run.blamed or {node.show() for node in wanted} != {"("}:
        return False
    rest = _without_unoffered(command.syntax, run.context)
    return rest != command.syntax and "(" not in rest


def _noun(node: Node) -> str:
    if isinstance(node, Slot):
        return node.shape.noun
    if isinstance(node, Table):
        return f"{'an' if node.kind[0] in 'aeiou' else 'a'} {node.kind}"
    return node.node.show() if isinstance(node, Group) else node.show()


def _nouns(nodes: list[Node]) -> str:
    return _either(list(dict.fromkeys(map(_noun, nodes))))


def _in_place_of(rest: str, wanted: list[Node]) -> str:
    """Return the message for a word where something else is expected."""
    word = rest[: word_end(rest, 0)] or rest[0]
    names = [name for node in wanted if isinstance(node, Table) for name in node.rows if name[0] not in "<("]
    name = near(word.upper(), names)
    return f"expected {_nouns(wanted)}, not {quoted(word)}" + (f"; did you mean {name}?" if name else "")


# -- what may come next


def expected(text: str, head: Head, run: Run, fits: Fits = begins) -> tuple[Expected, ...]:
    """Return everything that may stand at the end of the text, or in place of its half-typed last word.

    With a `fits` other than the strict one, slots are returned whatever is typed of them.
    """
    found: dict[tuple[str, int], Expected] = {}
    if head.command is None or head.end == len(text):
        places = [head.start]
        if head.command is None and (second := _second_word(text, head, run)) is not None:
            places.append(second)
        for at in places:
            for row in _commands(text[at:], fits):
                reason = _misplaced(row, run.context) or unfit(row, run.context)
                found[row.name, at] = Expected("command", row.name, row, at, reason.message if reason else "")
    else:
        for at, node in run.tried:
            for choice in _choices(node, at, text[at:], run.context, fits):
                found.setdefault((choice.text, at), choice)
    return tuple(found.values())


def _choices(node: Node, at: int, typed: str, context: Context, fits: Fits) -> list[Expected]:
    """Return what may stand for a node at `at` if `typed` has been typed so far."""
    if isinstance(node, Keyword):
        meant = fits(node.upper, typed) if node.is_word else node.text.startswith(typed) and typed != node.text
        return [Expected("keyword", node.text, None, at)] if meant and node.text.strip() else []
    if isinstance(node, Table):
        return _rows(node.kind, at, typed, context, fits)
    if not isinstance(node, Slot):
        return []
    rows = _rows(node.kind, at, typed, context, fits)
    if node.kind == "mechanism" and context.capabilities:
        mechanisms = sorted(name[5:] for name in context.capabilities if name.upper().startswith("AUTH="))
        offered = [name for name in mechanisms if fits(name.upper(), typed)]
        rows = [Expected("mechanism", name, table.find("mechanism", name), at) for name in offered]
    if not typed or fits is not begins or may_become(node, typed) or _fills(node, typed):
        rows.insert(0, Expected(node.kind, node.show(), None, at))
    return rows


def _fills(node: Slot, typed: str) -> bool:
    shape = node.shape
    if shape.strings and typed[0] == '"':
        return True
    return any(bare is not None and bare.fullmatch(typed) for bare in (shape.bare, shape.loose))


def _rows(kind: str, at: int, typed: str, context: Context, fits: Fits) -> list[Expected]:
    rows = []
    for name, row in table.names(kind).items():
        if fits(name, typed) and not name.startswith("<"):
            reason = unfit(row, context)
            rows.append(Expected(kind, row.name, row, at, reason.message if reason else ""))
    return rows


# -- the hint


def hint(text: str, head: Head, run: Run) -> str:
    """Return the rest of the syntax, from the word being typed."""
    if head.command is None:
        return ""
    if head.end == len(text):
        return _without_unoffered(head.command.syntax, run.context).strip().replace('"', "")
    left = list(run.left)
    while len(left) > 1 and left[-2][2] >= run.watch:  # such frames are inside the item that is being typed
        left.pop()
    shown = _current(*left[-1][:2]) if left else ""
    for sequence, index, _ in reversed(left[:-1]):
        if isinstance(again := sequence.items[index].node, Repeat):
            shown += f" [{again.show()}]"
        if index + 1 < len(sequence.items):
            shown += (" " if sequence.items[index + 1].spaced else "") + sequence.show(index + 1)
    shown = _without_unoffered(_with_arguments(shown, text, run), run.context).lstrip(" ").replace('"', "")
    return shown[1:].lstrip(" ") if shown.startswith(run.closing) else shown


_PARAMETERS = form(r" ?\[\(<([a-z-]+)>\.\.\.\)\]")


def _without_unoffered(shown: str, context: Context) -> str:
    """Return the hint without lists of parameters, if the server is not known to offer any of them."""
    return _PARAMETERS.sub(lambda found: found[0] if _offers_any(found[1], context) else "", shown)


def _offers_any(kind: str, context: Context) -> bool:
    rows = table.names(kind).values()
    if not any(row.standing == UNKNOWN for row in rows):
        return True
    return bool(context.capabilities) and any(row.needs and unfit(row, context) is None for row in rows)


def _with_arguments(shown: str, text: str, run: Run) -> str:
    """Return the hint with the arguments of the name that is being typed, once that name is complete."""
    for at, node in run.tried:
        row = node.rows.get(folded(text[at:])) if isinstance(node, Table) and at == run.watch else None
        before, slot, behind = shown.partition(f"<{row.kind}>") if row is not None else ("", "", "")
        is_nested = before.count("[") != before.count("]") and before != "["
        if row is None or not slot or not row.syntax or is_nested:
            continue
        again = f" [{slot}...]" if behind.startswith("...") else ""
        space = "" if row.name[-1] in "[(" else " "
        behind = behind.removeprefix("...").removeprefix("]" if before == "[" else "")
        behind = behind.removeprefix("}" if before.count("{") > before.count("}") else "")
        return row.name + space + row.syntax + again + behind
    return shown


def _current(sequence: Sequence, index: int) -> str:
    """Return the rest of a sequence, with its first item spelt out if it is a named rule."""
    _, optional, node = sequence.items[index]
    shown = sequence.show(index)
    return shown.replace(node.show(), node.row.syntax, 1) if isinstance(node, Rule) and not optional else shown
