"""The commands about mailboxes of an asyncio connection, on the demo server and on a server written by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from imapsh.client.connect import Connection
from imapsh.errors import CommandNo, UsageError
from imapsh.grammar.values import MailboxStatus, Namespace, Namespaces
from imapsh.table.model import AUTHENTICATED, Context
from imapsh.typed.match import match

from .test_connect_peer import pair
from .test_connection import play
from .test_extensions import on_demo

Asking = Callable[[Connection], Coroutine[Any, Any, Any]]

CAPABLE = b"* PREAUTH [CAPABILITY IMAP4rev1 LIST-EXTENDED LIST-STATUS SPECIAL-USE NAMESPACE] ready\r\n"
PLAIN = b"* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n"
XLIST = b"* PREAUTH [CAPABILITY IMAP4rev1 XLIST] ready\r\n"


def asked(ask: Asking, sent: bytes, answer: bytes = b"", greeting: bytes = CAPABLE) -> Any:
    """Return the result of a command that sends this and is answered by that."""
    found: list[Any] = []

    async def scene() -> None:
        async with pair(greeting) as (c, peer):
            running = asyncio.ensure_future(ask(c))
            await peer.hears(b"A1 " + sent + b"\r\n")
            await peer.says(answer + b"A1 OK done\r\n")
            found.append(await running)

    play(scene)
    return found[0]


@pytest.mark.parametrize(
    ("ask", "sent"),
    [
        (lambda c: c.list(), 'LIST "" "*"'),
        (lambda c: c.list("a/", ["x", "b c%"]), 'LIST a/ (x "b c%")'),
        (lambda c: c.list(subscribed=True), 'LIST (SUBSCRIBED) "" "*"'),
        (lambda c: c.list(subscribed=True, remote=True, recursive_match=True),
         'LIST (SUBSCRIBED REMOTE RECURSIVEMATCH) "" "*"'),
        (lambda c: c.list(special_use=True), 'LIST (SPECIAL-USE) "" "*"'),
        (lambda c: c.list(returns=["CHILDREN", "SUBSCRIBED"]), 'LIST "" "*" RETURN (CHILDREN SUBSCRIBED)'),
        (lambda c: c.list(returns="CHILDREN"), 'LIST "" "*" RETURN (CHILDREN)'),
        (lambda c: c.list(status=("MESSAGES", "UNSEEN")), 'LIST "" "*" RETURN (STATUS (MESSAGES UNSEEN))'),
        (lambda c: c.list(returns=["SPECIAL-USE"], status="(MESSAGES UNSEEN)"),
         'LIST "" "*" RETURN (SPECIAL-USE STATUS (MESSAGES UNSEEN))'),
        (lambda c: c.lsub("", "#news.*"), 'LSUB "" "#news.*"'),
        (lambda c: c.subscribe("Entwürfe"), "SUBSCRIBE Entw&APw-rfe"),
        (lambda c: c.unsubscribe("a b"), 'UNSUBSCRIBE "a b"'),
        (lambda c: c.create("Sent", use=r"\sent"), r"CREATE Sent (USE (\Sent))"),
        (lambda c: c.status("INBOX", ["MESSAGES"]), "STATUS INBOX (MESSAGES)"),
    ],
)  # fmt: skip
def test_the_line_is_in_the_grammar(ask: Asking, sent: str) -> None:
    asked(ask, sent.encode())
    found = match(sent, Context(AUTHENTICATED, tagged=False))
    assert found.complete
    assert not found.errors


def test_what_status_says_is_with_its_mailbox() -> None:
    listed = asked(
        lambda c: c.list(status=["MESSAGES"]),
        b'LIST "" "*" RETURN (STATUS (MESSAGES))',
        b'* LIST () "/" INBOX\r\n* STATUS INBOX (MESSAGES 17)\r\n* LIST (\\Noselect) "/" foo\r\n',
    )
    assert [(one.mailbox, one.extended.get("STATUS")) for one in listed] == [
        ("INBOX", MailboxStatus("INBOX", {"MESSAGES": 17})),
        ("foo", None),
    ]


def test_parents_say_why_they_are_listed() -> None:
    (one,) = asked(
        lambda c: c.list("", "%", subscribed=True, recursive_match=True),
        b'LIST (SUBSCRIBED RECURSIVEMATCH) "" "%"',
        b'* LIST () "/" foo ("CHILDINFO" ("SUBSCRIBED"))\r\n',
    )
    assert one.extended["CHILDINFO"] == ("SUBSCRIBED",)


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.list(recursive_match=True),
        lambda c: c.list(recursive_match=True, remote=True),
        lambda c: c.list(status="MESSAGES) x"),
        lambda c: c.list("", 5),
        lambda c: c.list("", [5]),
        lambda c: c.list(returns=[5]),
        lambda c: c.list(returns=5),
        lambda c: c.status("INBOX", "MESSAGES) (X"),
        lambda c: c.status("INBOX", 5),
        lambda c: c.special("Sent"),
        lambda c: c.special(r"\Snet"),
        lambda c: c.special(None),
        lambda c: c.create("x", use="Sent"),
    ],
)
def test_what_is_wrong_is_refused(ask: Asking) -> None:
    async def scene() -> None:
        async with pair(CAPABLE) as (c, peer):
            with pytest.raises(UsageError):
                await ask(c)
            assert peer.heard == b""

    play(scene)


SPECIAL = (
    b'* LIST (\\HasChildren) "/" INBOX\r\n* LIST (\\sent) "/" Gesendet\r\n* LIST (\\Sent) "/" Other\r\n'
    b'* LIST () "/" "INBOX/Deleted Items"\r\n* LIST (\\Noselect) "/" Spam\r\n* LIST () "/" Archive\r\n'
)


@pytest.mark.parametrize(
    ("use", "guess", "mailbox", "certain"),
    [
        (r"\Sent", False, "Gesendet", True),
        (r"\SENT", True, "Gesendet", True),
        (r"\Trash", False, None, False),
        (r"\Trash", True, "INBOX/Deleted Items", False),
        (r"\Junk", True, None, False),
        (r"\Memos", True, None, False),
    ],
)
def test_a_mailbox_by_its_use(use: str, guess: bool, mailbox: str | None, certain: bool) -> None:
    one = asked(lambda c: c.special(use, guess=guess), b'LIST "" "*" RETURN (SPECIAL-USE)', SPECIAL)
    assert (one.mailbox if one is not None else None) == mailbox
    if one is not None:
        assert (use.upper() in [attribute.upper() for attribute in one.attrs]) is certain


def test_a_server_without_special_use_may_say_it_in_a_list() -> None:
    assert asked(lambda c: c.special(r"\Sent"), b'LIST "" "*"', SPECIAL, PLAIN).mailbox == "Gesendet"


def test_the_uses_of_xlist() -> None:
    answer = b'* XLIST (\\Inbox) "/" INBOX\r\n* XLIST (\\Spam) "/" x\r\n* XLIST (\\AllMail) "/" y\r\n'
    assert asked(lambda c: c.special(r"\Junk"), b'XLIST "" "*"', answer, XLIST).mailbox == "x"
    assert asked(lambda c: c.special(r"\All"), b'XLIST "" "*"', answer, XLIST).mailbox == "y"


def test_namespaces() -> None:
    answer = b'* NAMESPACE (("" "/")) NIL (("#shared/" "/"))\r\n'
    told = asked(lambda c: c.namespace(), b"NAMESPACE", answer)
    assert told == Namespaces((Namespace("", "/"),), None, (Namespace("#shared/", "/"),))
    assert asked(lambda c: c.namespace(), b"NAMESPACE") == Namespaces(None, None, None)


def test_on_the_demo_server() -> None:
    async def scene(c: Connection) -> None:
        assert (await c.namespace()).personal is not None
        await c.create("Box")
        await c.subscribe("Box")
        assert "Box" in [one.mailbox for one in await c.list(subscribed=True)]
        assert "Box" in [one.mailbox for one in await c.list(returns=["SUBSCRIBED"]) if r"\Subscribed" in one.attrs]
        await c.unsubscribe("Box")
        assert "Box" not in [one.mailbox for one in await c.list(subscribed=True)]
        with pytest.raises(CommandNo):
            await c.create("Box")
        sent = await c.special(r"\Sent")
        assert sent is not None
        assert r"\Sent" in sent.attrs
        (inbox,) = await c.list("", "INBOX", status=("MESSAGES",))
        assert inbox.extended["STATUS"].items == (await c.status("INBOX", "MESSAGES")).items
        await c.select("Box")
        await c.check()
        await c.append("Box", b"From: x\n\nx\n", flags=[r"\Deleted"])
        await c.close_mailbox()
        assert c.state == "authenticated"
        assert (await c.status("Box", "MESSAGES")).items == {"MESSAGES": 0}

    on_demo(scene)
