"""Every capability of IANA's registry, and of vendors, has its rows: commands, responses, codes, items, keys.

`data/capabilities.tsv` lists what each adds, as of August 2026.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from imapsh import table
from imapsh.table import Context
from imapsh.table.model import ANY_STATE
from imapsh.typed.match import match


class Added(NamedTuple):
    """What a capability adds, as the registry's list has it."""

    capability: str
    reference: str
    commands: str
    responses: str
    codes: str
    fetch: str
    search: str
    other: str


with (Path(__file__).parent / "data/capabilities.tsv").open(encoding="utf-8") as file:
    ROWS = [Added(*row, *[""] * (8 - len(row))) for row in csv.reader(file, delimiter="\t")][1:]

#: What stands in the list and has no row of its own, with the reason.
WITHOUT = {
    ("fetch", "BINARY"): "the rows are BINARY[, BINARY.PEEK[ and BINARY.SIZE[",
    ("fetch", "BINARY.SIZE"): "the row is BINARY.SIZE[",
}

#: The kinds in which a name of a column may have its row.
COLUMNS = {
    "commands": ("command",),
    "responses": ("response",),
    "codes": ("code",),
    "fetch": ("fetch-item",),
    "search": ("search-key",),
}


def has_row(kind: str, name: str) -> bool:
    """Whether a name has a row."""
    return table.command(name) is not None if kind == "command" else table.find(kind, name) is not None


@pytest.mark.parametrize("added", ROWS, ids=lambda added: added.capability)
def test_a_capability_has_a_row(added: Added) -> None:
    if not added.capability.startswith("("):
        row = table.find("capability", added.capability)
        assert row is not None
        example = row.example or row.name
        assert example.startswith(row.name)


NAMES = [
    (column, name)
    for added in ROWS
    for column in COLUMNS
    for name in dict.fromkeys(getattr(added, column).replace(",", " ").split())
]


@pytest.mark.parametrize(("column", "name"), sorted(set(NAMES)))
def test_a_name_has_a_row(column: str, name: str) -> None:
    found = any(has_row(kind, name) for kind in COLUMNS[column])
    assert found is not ((column, name) in WITHOUT)


#: Arguments, options and parameters that the last column of the list names, and the kind they are rows of.
ARGUMENTS = [
    ("status-item", "APPENDLIMIT DELETED DELETED-STORAGE HIGHESTMODSEQ MAILBOXID SIZE OBJECTID"),
    ("select-param", "CONDSTORE QRESYNC ANNOTATE OBJECTID"),
    ("fetch-modifier", "CHANGEDSINCE VANISHED PARTIAL"),
    ("store-modifier", "UNCHANGEDSINCE"),
    ("create-param", "USE"),
    ("search-return", "MIN MAX ALL COUNT SAVE UPDATE CONTEXT PARTIAL RELEVANCY"),
    ("list-select", "SUBSCRIBED REMOTE RECURSIVEMATCH SPECIAL-USE"),
    ("list-return", "SUBSCRIBED CHILDREN STATUS SPECIAL-USE MYRIGHTS METADATA"),
    ("list-item", "CHILDINFO OLDNAME"),
    ("store-item", "FLAGS X-GM-LABELS +X-GM-LABELS -X-GM-LABELS"),
    ("sort-key", "ARRIVAL CC DATE FROM SIZE SUBJECT TO DISPLAYFROM DISPLAYTO RELEVANCY"),
    ("enable", "CONDSTORE QRESYNC UTF8=ACCEPT UIDONLY OBJECTID+ IMAP4rev2"),
    ("attribute", r"\HasChildren \HasNoChildren \Snoozed \Scheduled \Memos \Important"),
    ("flag", ("$notify $muted $followed $memo $hasmemo $hasattachment $hasnoattachment $autosent $unsubscribed "
              "$canunsubscribe $imported $istrusted $maskedemail $new $MailFlagBit0 $MailFlagBit1 $MailFlagBit2")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in ARGUMENTS for name in names.split()])
def test_an_argument_has_a_row(kind: str, name: str) -> None:
    assert has_row(kind, name)


def test_a_row_cites_its_own_rfc() -> None:
    """Not RFC 9051 for everything: a name that an extension added stands in the extension's RFC."""
    rfc = re.compile(r"RFC (\d+)")
    cited: dict[str, set[tuple[str, str]]] = {}
    for added in ROWS:
        for name in added.commands.split():
            row = table.command(name)
            own = rfc.match(added.reference)
            if row is not None and own is not None:
                cited.setdefault(name, set()).add((own[0], row.rfc.split(" §")[0]))
    core = {"RFC 9051", "RFC 3501"}
    wrong = {name: pairs for name, pairs in cited.items() if not any(own == row or row in core for own, row in pairs)}
    assert wrong == {}


EVERYTHING = frozenset(
    {row.example or row.name for row in table.names("capability").values()}
    | {added.capability for added in ROWS if not added.capability.startswith("(")}
) - {"IMAP4rev2", "LOGINDISABLED"}


@pytest.mark.parametrize("row", table.commands().values(), ids=lambda row: row.name)
def test_no_command_that_is_offered_is_called_wrong(row: table.Command) -> None:
    if "1" in row.editions:
        found = match(row.example, Context(row.states[-1], capabilities=EVERYTHING))
        assert [problem.message for problem in found.errors] == []


@pytest.mark.parametrize("state", ANY_STATE)
def test_the_states_of_commands_are_states(state: str) -> None:
    assert any(state in row.states for row in table.commands().values())
