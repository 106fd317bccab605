"""Makes every name an entry of one shape, from the table, the catalogue of rules, and the shell's own tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TypeVar

from imapsh import table
from imapsh.findings import CLIENTS, CONDUCT, RULES
from imapsh.shell.command_table import COMMANDS
from imapsh.shell.commands.help.kinds import KINDS
from imapsh.shell.settings.options import OPTIONS, Option
from imapsh.table.model import ANY_STATE, Command, Name
from imapsh.tuples import NamedTuple
from imapsh.typed.advice import needed
from imapsh.typed.slots import SLOTS

Thing = TypeVar("Thing", str, "Entry")

#: The things that the shell does with some of IMAP's commands when they are typed without their end.
_AT_THE_PROMPT = {
    "AUTHENTICATE": "Without a response, imapsh asks for the user and the password or token, and does the rest; "
                    "with a tag in front, as in a1 AUTHENTICATE PLAIN, you answer the server by hand.",
    "LOGIN": "Without the password, imapsh asks for it without echo.",
}  # fmt: skip

_EDITIONS = {"1": "IMAP4rev1 only", "2": "IMAP4rev2 only"}


#: When the shell asks first, by a command's guard.
_ASKS = {
    "deleted": "first, at a terminal, if something would be removed",
    "mailbox": "first, at a terminal, and says what is in it",
    "inbox": "first, at a terminal, if it renames INBOX",
    "set": "first, at a terminal, if there are many messages",
    "flags": "first, at a terminal, if there are many messages",
}


class Entry(NamedTuple):
    """The explanation of a name.

    `syntax` is what follows the name, and `facts` are labels and texts.  `needs` are capabilities of which one offers
    it, and `responses` the responses that it brings.
    """

    kind: str
    name: str
    summary: str
    syntax: str = ""
    rfc: str = ""
    example: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    details: str = ""
    needs: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """The way it is written: the name and what follows, in the notation of hints."""
        syntax = self.syntax.replace('"', "")
        if self.name.startswith("<") or self.kind == "syntax":
            return syntax or self.name
        if self.kind == "code":
            return f"[{self.name} {syntax}]" if syntax else f"[{self.name}]"
        return f"{self.name}{'' if self.name[-1] in '[(' or not syntax else ' '}{syntax}"

    @property
    def shown(self) -> str:
        """The name for a list of names: `BODY[...]`, `AUTH=...`."""
        return shown(self.name)


def shown(name: str) -> str:
    """Return a row's name for a list of names: `BODY[...]`, `AUTH=...`."""
    closing = {"[": "...]", "(": "...)", "=": "..."}
    return name + closing.get(name[-1], "")


@cache
def entries() -> tuple[Entry, ...]:
    """Return all entries, by kind in the order of KINDS, and within a kind as their table has them."""
    order = list(KINDS)
    found = [*_own(), *_options(), *_commands(), *_names(), *_arguments(), *_rules()]
    return tuple(sorted(found, key=lambda entry: order.index(entry.kind) if entry.kind in order else len(order)))


def _own() -> Iterator[Entry]:
    for row in COMMANDS.values():
        yield Entry("own", row.name, row.summary, row.syntax, details=row.details)


def _options() -> Iterator[Entry]:
    for option in OPTIONS:
        yield Entry("option", option.name, option.help, option.metavar, facts=_option_facts(option))


def _option_facts(option: Option) -> tuple[tuple[str, str], ...]:
    return _filled(
        ("Short", option.short),
        ("One of", ", ".join(option.choices)),
        ("Times", "can be given more than once" if option.many else ""),
    )


def _commands() -> Iterator[Entry]:
    for row in table.commands().values():
        yield Entry(
            "command", row.name, row.summary, row.syntax, row.rfc, _example(row), _command_facts(row),
            _AT_THE_PROMPT.get(row.name, ""), row.needs, row.responses,
        )  # fmt: skip


def _command_facts(row: Command) -> tuple[tuple[str, str], ...]:
    return _filled(
        ("State", "any" if set(row.states) == set(ANY_STATE) else " or ".join(row.states)),
        ("Needs", needed(row)),
        ("Edition", _EDITIONS.get(row.editions, "")),
        ("Barred", f"refused under {' and '.join(row.barred)}" if row.barred else ""),
        ("Loses", row.destroys),
        ("Asks", _ASKS.get(row.guard, "first, at a terminal" if row.destroys else "")),
        ("Read-only", f"sent as {row.harmless} in read-only mode" if row.harmless else ""),
        ("Changes", "mail or mailboxes; refused in read-only mode" if row.changes else ""),
        ("Alone", "no other command is in progress at the same time" if row.barrier else ""),
        ("Standing", table.standing(row)),
    )


def _names() -> Iterator[Entry]:
    for kind in table.kinds():
        for row in table.names(kind).values():
            facts = _filled(
                ("Needs", needed(row)),
                ("Edition", _EDITIONS.get(row.editions, "")),
                ("About", row.group),
                ("Read-only", f"sent as {row.harmless} in read-only mode" if row.harmless else ""),
                ("Standing", table.standing(row)),
            )
            if kind == "slot":
                yield Entry("argument", f"<{row.name}>", sentence(row.summary), rfc=row.rfc)
                continue
            name = f"<{row.name}>" if kind == "syntax" else row.name
            yield Entry(kind, name, row.summary, row.syntax, row.rfc, _example(row), facts, needs=row.needs)


def _example(row: Command | Name) -> str:
    """Return the example if it says more than the name, else ""."""
    return "" if row.example in (row.name, f"[{row.name}]") else row.example


def _arguments() -> Iterator[Entry]:
    for name, shape in SLOTS.items():
        rfc = RULES[name].rfc if name in RULES else ""
        facts = _filled(("Secret", "never shown, kept or traced" if shape.secret else ""))
        yield Entry("argument", f"<{name}>", sentence(shape.noun), rfc=rfc, facts=facts)


def _rules() -> Iterator[Entry]:
    for kind in table.kinds():
        list(table.readers(kind).values())  # their modules bring the rules
    for name, rule in RULES.items():
        if name in CONDUCT or name in CLIENTS:
            kind = "conduct" if name in CONDUCT else "client-conduct"
            yield Entry(kind, name, sentence(rule.line), rfc=rule.rfc, facts=(("Level", rule.level),))
        else:
            yield Entry("rule", name, sentence(rule.line), rfc=rule.rfc)


def _filled(*facts: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((label, text) for label, text in facts if text)


def sentence(text: str) -> str:
    """Return the text with a capital and a full stop; a beginning that is a name or a sign stays as it is."""
    first = text.split(" ", 1)[0]
    begin = text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text
    return begin if begin.endswith(".") else begin + "."


# -- what belongs to what


def brought_by(response: str) -> list[str]:
    """Return the commands that bring a response."""
    return [entry.name for entry in entries() if response in entry.responses]


def given_by(capability: str) -> list[Entry]:
    """Return the entries that a capability, or one of a family (`AUTH=`), offers."""
    return [entry for entry in entries() if any(_is(capability, need) for need in entry.needs)]


def _is(capability: str, need: str) -> bool:
    return need.startswith(capability) if capability.endswith("=") else need == capability


def unique(things: Iterable[Thing]) -> list[Thing]:
    """Return each thing once, in order."""
    return list(dict.fromkeys(things))
