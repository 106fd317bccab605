"""Every argument of every method of a Connection: a wrong type is refused before an octet is sent (D6)."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest

from imapsh.client.connect import Connection
from imapsh.client.storing import NewMessage
from imapsh.client.syncing import QResync
from imapsh.errors import UsageError

from .test_connect_peer import pair, selected
from .test_connection import play

WRONG: tuple[Any, ...] = (5.5, object(), [object()], {1.5: object()})

#: method -> arguments that are right
RIGHT: dict[str, dict[str, Any]] = {
    "login": {"user": "joe", "password": "secret"},
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
