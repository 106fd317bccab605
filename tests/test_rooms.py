"""The order of the house, held against every import there is: at the top, in functions, for types, and by string.

import-linter checks the floors too, but sees no import by string; `tests.graph` says how those are found, and
`python -m tests.graph` prints how many there are.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterable, Mapping

import pytest

from . import graph
from .graph import FUNCTION, MODULE, PACKAGE, ROOT, SHELL, STRING, TYPE, Import, Source

#: The rooms of the shell: each imports only what stands left of it, and what `|` joins do not know one another.
#: Rooms that are not built yet are passed over.
ROOMS = (
    "settings < matching < expectation < command_table < screen < record < connection < app < lines < commands < "
    "prompt | batch | modes < main"
)

#: The rooms of the commands about two places, in the same way.
TRANSFER = "messages | mailboxes < copying | comparing | duplicates"

#: Imports between the rooms of the shell that go against the order, and why they still stand.  A pair that is gone
#: must go here.
AGAINST: dict[tuple[str, str], str] = {}

#: Circles of modules that still stand, and why.  One may lose members, and gain none; one that is gone goes here too.
CIRCLES = {
    "client.acl client.commands client.facts client.fetching client.mailboxes client.metadata client.notify "
    "client.ordering client.quota client.storing":
        "methods of Connection by theme, which name it for types",
    "client.imap4 client.imap4.asking client.imap4.classes client.imap4.idle client.imap4.mailboxes "
    "client.imap4.messages client.imap4.opening client.imap4.receiving client.imap4.sending":
        "the parts name the class IMAP4 for types",
    "shell.connection.connection shell.connection.watch": "a connection holds its watch, which names it for types",
    "shell.settings.config shell.settings.configfile shell.settings.options shell.settings.passwords.password "
    "shell.settings.passwords.tokens shell.settings.passwords.oauth.providers":
        "options name where passwords come from, and that reads options",
    "typed.advice typed.nodes typed.run typed.slots typed.syntax": "a run and its nodes name one another for types",
}  # fmt: skip

#: The same of the shell's rooms.
CIRCLES_OF_ROOMS: dict[str, str] = {}  # fmt: skip


def ranks(order: Iterable[Iterable[str]]) -> dict[str, int]:
    """The place of each room, the lowest first."""
    return {room: place for place, together in enumerate(order) for room in together}


def floors() -> dict[str, int]:
    """The floors of setup.cfg with their places, the lowest first."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    layers = setup["importlinter:contract:floors"]["layers"].split("\n")
    return ranks([layer.replace("(", "").replace(")", "").split(" | ") for layer in reversed(layers) if layer])


def rooms(order: str = ROOMS) -> dict[str, int]:
    return ranks(together.split(" | ") for together in order.split(" < "))


def against(house: str, places: Mapping[str, int]) -> dict[tuple[str, str], list[Import]]:
    """The imports that go up or to a neighbour, among the rooms that have a place."""
    return {
        (start, end): found
        for (start, end), found in graph.between(house).items()
        if start in places and end in places and places[start] <= places[end]
    }


def test_every_floor_has_its_place_and_none_imports_upwards() -> None:
    places = floors()
    assert graph.rooms(PACKAGE) <= set(places)
    assert against(PACKAGE, places) == {}


def test_no_room_of_the_shell_imports_against_the_order() -> None:
    found = against(SHELL, rooms())
    unlisted = [str(one) for pair in found.keys() - AGAINST.keys() for one in found[pair]]
    assert unlisted == []
    assert AGAINST.keys() - found.keys() == set(), "gone: take it off the list"


def test_once_the_shell_is_an_object_every_room_has_its_place() -> None:
    found, places = graph.rooms(SHELL), set(rooms())
    assert "app" not in found or found == places


def test_the_commands_about_two_places_do_not_know_each_other() -> None:
    house = f"{SHELL}.commands.transfer"
    assert graph.rooms(house) == set(rooms(TRANSFER))
    assert against(house, rooms(TRANSFER)) == {}


def test_the_circles_of_modules_are_the_listed_ones() -> None:
    check_circles(graph.between_modules(), CIRCLES)


def test_the_circles_of_rooms_are_the_listed_ones() -> None:
    check_circles(graph.between(SHELL), CIRCLES_OF_ROOMS)


def check_circles(pairs: Iterable[tuple[str, str]], listed: Mapping[str, str]) -> None:
    found = [{name.removeprefix(f"{PACKAGE}.") for name in circle} for circle in graph.circles(pairs)]
    known = [set(members.split()) for members in listed]
    assert [circle for circle in found if not any(circle <= members for members in known)] == [], "not listed"
    gone = [members for members in known if not any(circle <= members for circle in found)]
    assert gone == [], "gone: take it off the list"


# -- the graph itself


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import imapsh.errors", ("imapsh.errors", MODULE)),
        ("from imapsh import errors", ("imapsh.errors", MODULE)),
        ("from imapsh.errors import UsageError", ("imapsh.errors", MODULE)),
        ("from ..errors import UsageError", ("imapsh.errors", MODULE)),
        ("from . import events", ("imapsh.session.events", MODULE)),
        ("try:\n    import imapsh.errors\nexcept ImportError: ...", ("imapsh.errors", MODULE)),
        ("def f():\n    from imapsh import errors", ("imapsh.errors", FUNCTION)),
        ("class C:\n    async def f(self):\n        import imapsh.errors", ("imapsh.errors", FUNCTION)),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import imapsh.errors", ("imapsh.errors", TYPE)),
        ("import typing\nif typing.TYPE_CHECKING:\n    import imapsh.errors", ("imapsh.errors", TYPE)),
        ("WHERE = {'name': 'imapsh.errors'}", ("imapsh.errors", STRING)),
        ("import_module('imapsh.errors')", ("imapsh.errors", STRING)),
        ("import_module('.events', __package__)", ("imapsh.session.events", STRING)),
        ("X = ['errors.NAME']\nimportlib.import_module(f'imapsh.{x}')", ("imapsh.errors", STRING)),
    ],
)
def test_an_import_is_found_however_it_is_written(text: str, found: tuple[str, str]) -> None:
    assert [(one.imported, one.kind) for one in graph.imports_of(Source("imapsh.session.new", text))] == [found]


@pytest.mark.parametrize(
    "text", ["import ssl", "'''imapsh.errors'''", "WORD = 'errors'", "from imapsh.nowhere import x"]
)
def test_what_is_none(text: str) -> None:
    assert graph.imports_of(Source("imapsh.session.new", text)) == []


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("imapsh", "imapsh.client.connect"),
        ("imapsh.table", "imapsh.table.search"),
        ("imapsh.table.loading", "imapsh.grammar.fetch"),
        ("imapsh.render.view", "imapsh.render.view.tree"),
        ("imapsh.sasl.table", "imapsh.sasl.scram"),
        ("imapsh.shell.commands", "imapsh.shell.commands.watching"),
    ],
)
def test_the_tables_that_name_modules_are_read(importer: str, imported: str) -> None:
    """These are imported by string alone."""
    assert [one.kind for one in graph.imports() if (one.importer, one.imported) == (importer, imported)][-1] == STRING


def test_circles() -> None:
    assert graph.circles([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("e", "f"), ("f", "e")]) == [
        ("a", "b", "c"),
        ("e", "f"),
    ]


def test_what_counts_as_a_line_of_code() -> None:
    source = Source(
        "imapsh.new", '"""Doc.\n\nMore.\n"""\n\n# why\nx = """a\nb"""  # so\n\n\ndef f():\n    """Doc."""\n'
    )
    assert graph.code_lines(source) == 3
