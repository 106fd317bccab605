"""Every argument of every method of a Connection: a wrong type is refused before an octet is sent (D6)."""

from __future__ import annotations

import asyncio
import enum
import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import pytest

from imapsh import keys
from imapsh.client.connect import Connection
from imapsh.client.storing import NewMessage
from imapsh.client.syncing import QResync
from imapsh.errors import UsageError

from .test_connect_peer import pair, selected
from .test_connection import play


class Broken:
    """An object that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


WRONG: tuple[Any, ...] = (5.5, object(), [object()], {1.5: object()}, 10**5000, Broken(), [Broken()])

#: method -> arguments that are right
RIGHT: dict[str, dict[str, Any]] = {
    "login": {"user": "joe", "password": "secret", "proxyauth": "ann"},
    "command": {"line": "NOOP"},
    "id": {"fields": {"name": "x"}},
    "enable": {},
    "select": {"mailbox": "INBOX", "qresync": QResync(1, 1)},
    "create": {"mailbox": "x", "use": r"\Sent"},
    "delete": {"mailbox": "x"},
    "rename": {"mailbox": "x", "to": "y"},
    "subscribe": {"mailbox": "x"},
    "unsubscribe": {"mailbox": "x"},
    "list": {"reference": "", "pattern": "*", "returns": ["CHILDREN"], "status": ["MESSAGES"]},
    "lsub": {"reference": "", "pattern": "*"},
    "status": {"mailbox": "x", "items": "MESSAGES"},
    "special": {"use": r"\Sent"},
    "append": {"mailbox": "x", "message": b"x", "flags": [], "date": None},
    "append_all": {"mailbox": "x", "messages": [b"x"]},
    "replace": {"number": 1, "mailbox": "x", "message": NewMessage(b"x")},
    "search": {"criteria": "ALL"},
    "fetch": {"messages": 1, "items": "FLAGS", "changed_since": 1},
    "message": {"number": 1},
    "store": {"messages": 1, "change": "FLAGS", "flags": [], "unchanged_since": 1},
    "copy": {"messages": 1, "mailbox": "x"},
    "move": {"messages": 1, "mailbox": "x"},
    "expunge": {"uids": 1},
    "sort": {"criteria": "DATE", "search": "ALL", "charset": "UTF-8"},
    "thread": {"algorithm": "REFERENCES", "search": "ALL", "charset": "UTF-8"},
    "esearch": {"search": "ALL", "returns": ["MIN"]},
    "quota": {"mailbox": "x"},
    "quota_root": {"root": "x"},
    "quota_roots": {"mailbox": "x"},
    "set_quota": {"root": "x", "limits": {"STORAGE": 1}},
    "acl": {"mailbox": "x"},
    "set_acl": {"mailbox": "x", "identifier": "y", "rights": "l"},
    "delete_acl": {"mailbox": "x", "identifier": "y"},
    "list_rights": {"mailbox": "x", "identifier": "y"},
    "my_rights": {"mailbox": "x"},
    "metadata": {"mailbox": "x", "entries": "/shared/comment", "depth": "0", "max_size": 1},
    "set_metadata": {"mailbox": "x", "entries": {"/shared/comment": "x"}},
    "notify": {},
}


class Case(NamedTuple):
    """A parameter of a method."""

    method: str
    parameter: str


def cases() -> list[Case]:
    """Return the parameters that have a wrong type."""
    return [Case(method, parameter) for method, right in RIGHT.items() for parameter in right]


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.method}-{case.parameter}")
def test_d6_a_wrong_type_is_refused(case: Case) -> None:
    async def scene() -> None:
        greeting = b"* OK [CAPABILITY IMAP4rev1] hello\r\n" if case.method == "login" else None
        async with pair(*([greeting] if greeting else [])) as (c, peer):
            if greeting is None:
                await selected(c, peer, 1)
                c.session.known.enabled = frozenset({"QRESYNC"})
            sent = c.session.sent_octets
            for wrong in WRONG:
                made = getattr(c, case.method)(**{**RIGHT[case.method], case.parameter: wrong})
                with pytest.raises(UsageError):
                    await (anext(made) if isinstance(made, AsyncIterator) else made)
            assert c.session.sent_octets == sent
            assert not c.session.running
            assert not c.session.queue
            assert c.is_open

    play(scene)


def test_d6_no_method_is_forgotten() -> None:
    """Methods that have arguments are in the table, and each argument that is not only true or false."""
    only_true_or_false = {"bool"}
    for name, method in inspect.getmembers(Connection, inspect.isfunction):
        if name.startswith("_") or name in ("messages", "idle"):
            continue
        parameters = [
            parameter.name
            for parameter in list(inspect.signature(method).parameters.values())[1:]
            if parameter.annotation not in only_true_or_false and parameter.kind is not parameter.VAR_POSITIONAL
        ]
        untried = set(parameters) - RIGHT.get(name, {}).keys()
        assert untried <= {"token", "mechanism", "authorize", "open_file"}, name


#: calls with arguments of the right type that cannot mean anything
SENSELESS: dict[str, Callable[[Connection], Any]] = {
    "a number beyond what IMAP has": lambda c: c.metadata("x", "/shared/comment", max_size=1 << 63),
    "a depth that is a number": lambda c: c.metadata("x", "/shared/comment", depth=1),  # type: ignore[arg-type]
    "a limit that is true": lambda c: c.set_quota("x", {"STORAGE": True}),
    "no items": lambda c: c.status("x", ()),
    "half a list of items": lambda c: c.status("x", "(MESSAGES"),
    "octets as numbers": lambda c: c.store(memoryview(b"1"), "+FLAGS", ["x"]),
    "NUL in a name": lambda c: c.set_acl("x", "jo\0e", "l"),
    "NUL in the name of an entry": lambda c: c.metadata("x", "/shared/\0"),
    "a charset that the text is not in": lambda c: c.sort("DATE", "SUBJECT é", charset="ISO-8859-1"),
    "a charset that the key is not in": lambda c: c.thread("REFERENCES", keys.SUBJECT("é"), charset="US-ASCII"),
    "two charsets": lambda c: c.sort("DATE", "CHARSET UTF-8 ALL"),
    "a literal behind a search": lambda c: c.search("SUBJECT {5+}"),
    "a literal behind a key": lambda c: c.search(keys.raw("X-NEW {5}")),
    "a literal behind SORT": lambda c: c.sort("DATE", "SUBJECT {5+}"),
    "a literal behind THREAD": lambda c: c.thread("REFERENCES", "SUBJECT ~{12}"),
    "a literal behind SEARCH RETURN": lambda c: c.esearch("SUBJECT {0}"),
    "a literal behind FETCH": lambda c: anext(c.fetch(1, "{5+}")),
}


@pytest.mark.parametrize("name", SENSELESS)
def test_d6_what_cannot_mean_anything_is_refused(name: str) -> None:
    """An announced literal would take the next command for its octets, and the server would wait for them."""

    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            sent = c.session.sent_octets
            with pytest.raises(UsageError) as raised:
                await SENSELESS[name](c)
            assert c.session.sent_octets == sent
            assert not c.session.queue
            assert len(str(raised.value)) < 200

    play(scene)


def test_d6_a_long_argument_is_shown_in_short() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            for wrong in ("x" * 100_000, "1," * 50_000):
                with pytest.raises(UsageError) as raised:
                    await c.store(wrong, "FLAGS", [])
                assert len(str(raised.value)) < 200

    play(scene)


class Algorithm(str, enum.Enum):  # noqa: UP042 - a StrEnum formats itself as its text
    """Texts as programs name them; `format` writes the name of such a member, not its text."""

    ORDERED = "ORDEREDSUBJECT"


def test_d6_a_member_of_an_enumeration_is_its_text() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            running = asyncio.create_task(c.thread(Algorithm.ORDERED))
            await peer.hears(b"A2 THREAD ORDEREDSUBJECT UTF-8 ALL\r\n")
            await peer.says(b"A2 OK done\r\n")
            await running

    play(scene)
