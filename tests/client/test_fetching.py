"""FETCH and STORE of an asyncio connection: nothing that was asked for is dropped (D3, D13)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from imapsh.client.connect import Connection
from imapsh.client.items import body
from imapsh.client.messages import Message
from imapsh.errors import UsageError
from imapsh.grammar.sequence import SequenceSet

from .test_connect_peer import pair, selected
from .test_connection import Peer, play

Asking = Callable[[Connection], Any]


def fetched(
    ask: Asking,
    sent: bytes,
    answer: bytes,
    exists: int = 9,
    then: Callable[[Peer], Coroutine[Any, Any, None]] | None = None,
) -> list[Message]:
    """Return the messages of a FETCH that sends this and is answered by that."""
    found: list[Message] = []

    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, exists)

            async def run() -> None:
                async for message in ask(c):
                    found.append(message)  # noqa: PERF401 - what came before an error counts

            running = asyncio.ensure_future(run())
            await peer.hears(b"A2 " + sent + b"\r\n")
            await peer.says(answer + b"A2 OK done\r\n")
            await running

    play(scene)
    return found


CHANGED = b"* 2 FETCH (UID 12 FLAGS (\\Seen) MODSEQ (26))\r\n* 5 FETCH (UID 15 FLAGS () MODSEQ (27))\r\n"


@pytest.mark.parametrize(
    ("items", "sent"),
    [
        ("(UID FLAGS) (CHANGEDSINCE 25)", b"(UID FLAGS) (CHANGEDSINCE 25)"),
        ("UID FLAGS (CHANGEDSINCE 25)", b"(UID FLAGS) (CHANGEDSINCE 25)"),
        ("FLAGS (changedsince 25)", b"FLAGS (changedsince 25)"),
        ("  (FLAGS)  (CHANGEDSINCE 25) ", b"(FLAGS) (CHANGEDSINCE 25)"),
        ("(UID FLAGS) (CHANGEDSINCE 25 PARTIAL 1:100)", b"(UID FLAGS) (CHANGEDSINCE 25 PARTIAL 1:100)"),
    ],
)
def test_d3_a_modifier_among_the_items_works(items: str, sent: bytes) -> None:
    found = fetched(lambda c: c.fetch("1:*", items), b"FETCH 1:* " + sent, CHANGED)
    assert [(message.seq, message.items["FLAGS"]) for message in found] == [(2, ("\\Seen",)), (5, ())]
    assert [message.items["MODSEQ"] for message in found] == [26, 27]


def test_d3_a_modifier_beside_sections() -> None:
    found = fetched(
        lambda c: c.fetch("1:*", "BODY.PEEK[HEADER.FIELDS (TO)] (PARTIAL 1:2)", changed_since=25, uid=True),
        b"UID FETCH 1:* BODY.PEEK[HEADER.FIELDS (TO)] (CHANGEDSINCE 25 PARTIAL 1:2)",
        b"* 2 FETCH (UID 12 BODY[HEADER.FIELDS (TO)] {4}\r\n\r\n\r\n)\r\n",
    )
    assert [message.uid for message in found] == [12]


@pytest.mark.parametrize(
    "items",
    [
        "(UID FLAGS", "UID FLAGS)", "(UID) FLAGS", "(UID FLAGS) x", "()", "( )", "(FLAGS) (VANISHED CHANGEDSINCE 5)",
        "", " ", 5, None, b"UID", ["UID", 5], "UID ü", ["ü"],
    ],
)  # fmt: skip
def test_d3_what_cannot_work_is_refused(items: Any) -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 1)
            with pytest.raises(UsageError):
                await anext(c.fetch("1:*", items))
            with pytest.raises(UsageError, match="already"):
                await anext(c.fetch("1:*", "FLAGS (CHANGEDSINCE 3)", changed_since=2))
            assert peer.heard == b""

    play(scene)


@pytest.mark.parametrize("typed", [False, True])
def test_d3_modified_is_told(typed: bool) -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 9)
            change, since = ("+FLAGS.SILENT", 5) if typed else ("(UNCHANGEDSINCE 5) +FLAGS.SILENT", None)
            running = asyncio.ensure_future(c.store("1:9", change, [r"\Seen"], unchanged_since=since))
            await peer.hears(b"A2 STORE 1:9 (UNCHANGEDSINCE 5) +FLAGS.SILENT (\\Seen)\r\n")
            await peer.says(b"* 2 FETCH (MODSEQ (26))\r\nA2 OK [MODIFIED 3,7] Conditional STORE failed\r\n")
            stored = await running
            assert [(one.seq, one.items["MODSEQ"]) for one in stored] == [(2, 26)]
            assert stored.modified == SequenceSet.parse("3,7")

    play(scene)


@pytest.mark.parametrize("change", ["FLAG", "+FLAGS (\\Seen)", "", "+-FLAGS", 5, None, "(UNCHANGEDSINCE 5) FLAGS"])
def test_d3_what_is_no_change_is_refused(change: Any) -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 9)
            with pytest.raises(UsageError):
                await c.store(1, change, [r"\Seen"], unchanged_since=5)
            assert peer.heard == b""

    play(scene)


def test_labels_are_stored_as_names() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 9)
            running = asyncio.ensure_future(c.store(1, "+X-GM-LABELS", ["to do", "Büro"]))
            await peer.hears(b'A2 STORE 1 +X-GM-LABELS ("to do" B&APw-ro)\r\n')
            await peer.says(b'* 1 FETCH (X-GM-LABELS ("to do" B&APw-ro))\r\nA2 OK done\r\n')
            assert [one.seq for one in await running] == [1]

    play(scene)


# -- D13: items that come in several responses


BOTH = [(1, ("\\Seen",), b"one"), (2, (), b"two")]
APART = {
    "flags behind": b"* 1 FETCH (BODY[] {3}\r\none)\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"
    b"* 2 FETCH (BODY[] {3}\r\ntwo)\r\n* 2 FETCH (FLAGS ())\r\n",
    "flags before": b"* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (BODY[] {3}\r\none)\r\n"
    b"* 2 FETCH (FLAGS ())\r\n* 2 FETCH (BODY[] {3}\r\ntwo)\r\n",
    "all flags first": b"* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (FLAGS ())\r\n"
    b"* 1 FETCH (BODY[] {3}\r\none)\r\n* 2 FETCH (BODY[] {3}\r\ntwo)\r\n",
    "one of them whole": b"* 1 FETCH (FLAGS (\\Seen) BODY[] {3}\r\none)\r\n* 2 FETCH (FLAGS ())\r\n"
    b"* 2 FETCH (BODY[] {3}\r\ntwo)\r\n",
    "told again": b"* 1 FETCH (FLAGS (\\Seen) BODY[] {3}\r\none)\r\n* 1 FETCH (FLAGS (\\Seen \\Flagged))\r\n"
    b"* 2 FETCH (FLAGS () BODY[] {3}\r\ntwo)\r\n* 2 FETCH (FLAGS (\\Seen))\r\n",
}


@pytest.mark.parametrize("how", APART)
@pytest.mark.parametrize("items", ["(FLAGS BODY.PEEK[])", "BODY.PEEK[] FLAGS", ["FLAGS", body()]])
def test_d13_flags_of_their_own_are_merged(how: str, items: Any) -> None:
    sent = b"(BODY.PEEK[] FLAGS)" if items == "BODY.PEEK[] FLAGS" else b"(FLAGS BODY.PEEK[])"
    found = fetched(lambda c: c.fetch("1:2", items), b"FETCH 1:2 " + sent, APART[how], exists=2)
    assert [(one.seq, one.items["FLAGS"], one.items["BODY[]"]) for one in found] == BOTH


def test_d13_all_texts_first() -> None:
    found = fetched(
        lambda c: c.fetch("1:2", "FLAGS BODY.PEEK[]"),
        b"FETCH 1:2 (FLAGS BODY.PEEK[])",
        b"* 1 FETCH (BODY[] {3}\r\none)\r\n* 2 FETCH (BODY[] {3}\r\ntwo)\r\n"
        b"* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (FLAGS ())\r\n",
        exists=2,
    )
    together: dict[int, dict[str, object]] = {}
    for one in found:
        together.setdefault(one.seq, {}).update(one.items)
    assert together == {1: {"BODY[]": b"one", "FLAGS": ("\\Seen",)}, 2: {"BODY[]": b"two", "FLAGS": ()}}


def test_d13_other_items_are_merged_too() -> None:
    found = fetched(
        lambda c: c.fetch("1:2", "ENVELOPE RFC822.SIZE BODY.PEEK[1] BODY.PEEK[2]"),
        b"FETCH 1:2 (ENVELOPE RFC822.SIZE BODY.PEEK[1] BODY.PEEK[2])",
        b"* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))\r\n* 1 FETCH (RFC822.SIZE 5)\r\n"
        b'* 1 FETCH (BODY[1] "x")\r\n* 1 FETCH (BODY[2] "y")\r\n* 2 FETCH (RFC822.SIZE 7 BODY[1] NIL)\r\n',
        exists=2,
    )
    assert [list(one.items) for one in found] == [
        ["ENVELOPE", "RFC822.SIZE", "BODY[1]", "BODY[2]"],
        ["RFC822.SIZE", "BODY[1]"],
    ]


def test_d13_each_message_comes_before_the_next_is_there() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 2)
            messages = c.fetch("1:2", "FLAGS BODY.PEEK[]")
            first = asyncio.ensure_future(anext(messages))
            await peer.hears(b"A2 FETCH 1:2 (FLAGS BODY.PEEK[])\r\n")
            await peer.says(b"* 1 FETCH (BODY[] {3}\r\none)\r\n* 1 FETCH (FLAGS (\\Seen))\r\n")
            assert (await first).items["FLAGS"] == ("\\Seen",)
            await peer.says(b"* 2 FETCH (FLAGS () BODY[] {3}\r\ntwo)\r\n")
            assert (await anext(messages)).seq == 2
            await peer.says(b"A2 OK done\r\n")
            assert [one async for one in messages] == []

    play(scene)


def test_d13_numbers_that_move_are_not_mixed_up() -> None:
    found = fetched(
        lambda c: c.fetch("11:19", "FLAGS BODY.PEEK[]", uid=True),
        b"UID FETCH 11:19 (FLAGS BODY.PEEK[])",
        b"* 3 FETCH (UID 13 FLAGS (\\Seen))\r\n* 1 EXPUNGE\r\n* 3 FETCH (UID 14 FLAGS () BODY[] {3}\r\ntwo)\r\n"
        b"* 2 FETCH (UID 13 BODY[] {3}\r\none)\r\n",
    )
    assert [(one.uid, one.items["FLAGS"], one.items["BODY[]"]) for one in found] == [
        (14, (), b"two"),
        (13, ("\\Seen",), b"one"),
    ]


def test_d13_flags_that_a_store_awaits_are_the_stores() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 2)
            messages = c.fetch("1:2", "FLAGS BODY.PEEK[]")
            first = asyncio.ensure_future(anext(messages))
            storing = asyncio.ensure_future(c.store("1", "+FLAGS", [r"\Seen"]))
            await peer.hears(b"A3 STORE 1 +FLAGS (\\Seen)\r\n")
            await peer.says(b"* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (FLAGS () BODY[] {3}\r\none)\r\nA3 OK done\r\n")
            assert [one.items["FLAGS"] for one in await storing] == [("\\Seen",)]
            assert (await first).items["BODY[]"] == b"one"
            await peer.says(b"A2 OK done\r\n")
            assert [one async for one in messages] == []

    play(scene)


@pytest.mark.parametrize(
    ("items", "data"), [("FLAGS", b"FLAGS ()"), ("BODY.PEEK[]", b"BODY[] {2}\r\nab"), ("RFC822.SIZE", b"RFC822.SIZE 3")]
)
@pytest.mark.parametrize("how", ["cancelled", "left"])
@pytest.mark.parametrize("who", [0, 1])
@pytest.mark.parametrize("after", [0, 1, 3])
def test_what_comes_for_a_task_that_is_gone_is_for_nobody_else(
    after: int, who: int, how: str, items: str, data: bytes
) -> None:
    """Several tasks fetch the same messages, and one of them stops after so many."""
    tasks = 3
    found: list[list[int]] = [[] for _ in range(tasks)]

    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 3)

            reached: defaultdict[tuple[int, int], asyncio.Event] = defaultdict(asyncio.Event)

            async def run(task: int) -> None:
                reached[task, 0].set()
                async for message in c.fetch("1:3", items):
                    found[task].append(message.seq)
                    reached[task, len(found[task])].set()
                    if how == "left" and task == who and len(found[task]) == after:
                        break

            running = [asyncio.ensure_future(run(task)) for task in range(tasks)]
            for task in range(tasks):
                await peer.hears(b"A%d FETCH 1:3 %s\r\n" % (2 + task, items.encode()))
            for task in range(tasks):
                for number in range(1, 5):
                    if how == "cancelled" and task == who and number == after + 1:
                        await reached[task, after].wait()
                        running[task].cancel()
                        await asyncio.sleep(0)
                    if number <= 3:
                        await peer.says(b"* %d FETCH (%s)\r\n" % (number, data))
                await peer.says(b"A%d OK\r\n" % (2 + task))
            await asyncio.gather(*running, return_exceptions=True)
            assert [task for task in range(tasks) if found[task] != [1, 2, 3]] in ([], [who])
            assert not c._runner.router.wants

    play(scene)


def test_what_comes_for_a_store_that_is_gone_is_for_nobody_else() -> None:
    async def scene() -> None:
        async with pair() as (c, peer):
            await selected(c, peer, 3)
            first = asyncio.ensure_future(c.store("1:2", "+FLAGS", ("\\Seen",)))
            await peer.hears(b"A2 STORE 1:2 +FLAGS (\\Seen)\r\n")
            first.cancel()
            second = asyncio.ensure_future(c.store("2:3", "+FLAGS", ("\\Deleted",)))
            await peer.hears(b"A3 STORE 2:3 +FLAGS (\\Deleted)\r\n")
            for tag, numbers, flags in (b"A2", (1, 2), b"\\Seen"), (b"A3", (2, 3), b"\\Deleted"):
                for number in numbers:
                    await peer.says(b"* %d FETCH (FLAGS (%s))\r\n" % (number, flags))
                await peer.says(tag + b" OK\r\n")
            assert [(one.seq, one.items["FLAGS"]) for one in await second] == [(2, ("\\Deleted",)), (3, ("\\Deleted",))]

    play(scene)
