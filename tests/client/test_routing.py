"""Whose a response is, and whether to read on, apart from any connection."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from imapsh.client.backlog import MOST_ITEMS, News
from imapsh.client.routing import Router, Update, Want, is_untagged
from imapsh.errors import StateError
from imapsh.session.events import Received
from imapsh.session.exchange import Exchange
from imapsh.session.knowledge import make_parser
from imapsh.wire.frames import Frame


def received(line: str, exchange: Exchange | None = None, *, unsolicited: bool = False, asks: str = "") -> Received:
    response = make_parser().parse(Frame((line.encode() + b"\r\n",)))
    return Received(response, exchange, unsolicited, asks)


def command(tag: str, name: str) -> Exchange:
    return Exchange(tag, name, [f"{tag} {name}".encode()])


class Routed:
    """A router for these commands, and what each was given."""

    def __init__(self, *exchanges: Exchange) -> None:
        self.running = {exchange.tag: exchange for exchange in exchanges}
        self.router = Router(self.running)
        self.given: dict[str, list[Received]] = {exchange.tag: [] for exchange in exchanges}

    def want(self, tag: str, takes: str, *, hears: bool = False, awaits: bool = True) -> None:
        put = self.given[tag].append
        want = Want(lambda event: is_untagged(event, takes), put, hears, lambda event: awaits)
        self.router.wants[self.running[tag]] = want

    def counts(self) -> list[int]:
        return [len(events) for events in self.given.values()]


LIST = '* LIST () "/" INBOX'


def test_a_response_goes_to_the_command_that_takes_it() -> None:
    routed = Routed(command("A1", "NOOP"), command("A2", "LIST"))
    routed.want("A1", "EXISTS")
    routed.want("A2", "LIST")
    routed.router.response(received(LIST))
    routed.router.response(received("* 3 EXISTS"))
    routed.router.response(received("* 3 RECENT"))
    assert routed.counts() == [1, 1]


@pytest.mark.parametrize(
    ("awaits", "counts"), [((True, True), [1, 0]), ((False, True), [0, 1]), ((False, False), [1, 0])]
)
def test_of_several_the_first_that_awaits_it_takes_it(awaits: tuple[bool, bool], counts: list[int]) -> None:
    routed = Routed(command("A1", "LIST"), command("A2", "LIST"))
    for tag, one in zip(("A1", "A2"), awaits, strict=True):
        routed.want(tag, "LIST", awaits=one)
    routed.router.response(received(LIST))
    assert routed.counts() == counts


def test_what_is_nobodys_is_heard_by_all_that_hear_and_what_answers_one_by_that_alone() -> None:
    routed = Routed(command("A1", "XONE"), command("A2", "XTWO"))
    for tag in ("A1", "A2"):
        routed.want(tag, "", hears=True)
    routed.router.response(received("* 3 EXISTS"))
    assert routed.counts() == [1, 1]
    routed.router.response(received(LIST, routed.running["A2"]))
    assert routed.counts() == [1, 2]
    routed.router.response(received(LIST, routed.running["A2"], unsolicited=True))
    assert routed.counts() == [2, 3]


def test_events_that_are_no_data_are_passed_over() -> None:
    routed = Routed(command("A1", "XONE"))
    routed.want("A1", "", hears=True)
    routed.router.response(received("* OK hi")._replace(greeting=True))
    routed.router.response(received("+ go on", asks="literal"))
    assert routed.counts() == [0]


def test_updates_are_what_no_command_takes() -> None:
    routed = Routed(command("A1", "LIST"), command("A2", "XONE"))
    routed.want("A1", "LIST")
    with routed.router.updates() as updates:
        routed.router.response(received(LIST))
        routed.router.response(received("* 3 EXISTS"))
        routed.want("A2", "", hears=True)
        routed.router.response(received("* 4 EXISTS"))
        routed.router.response(received("* 5 EXISTS", unsolicited=True))
        news = [updates.take() for _ in range(len(updates))]
    assert [(update.name, update.number) for update in news] == [("EXISTS", 3), ("EXISTS", 5)]
    assert all(isinstance(update, Update) for update in news)


def test_one_at_a_time_takes_the_updates() -> None:
    router = Router({})
    with router.updates(), pytest.raises(StateError, match="one at a time"), router.updates():
        pass
    with router.updates():
        pass
    assert not router.backlogs


def test_a_want_lasts_until_it_is_forgotten() -> None:
    routed = Routed(command("A1", "LIST"))
    routed.router.wants[routed.running["A1"]] = Want(lambda event: True, routed.given["A1"].append)
    routed.router.response(received(LIST))
    del routed.router.wants[routed.running["A1"]]
    routed.router.response(received(LIST))
    assert routed.counts() == [1]
    assert not routed.router.wants


# -- whether to read on


async def turns(task: asyncio.Task[None]) -> bool:
    """Whether it is done after all turns that the loop may need."""
    for _ in range(5):
        await asyncio.sleep(0)
    return task.done()


@pytest.mark.parametrize("way", ["taken", "waited for", "given up"])
def test_reading_waits_for_a_full_backlog(way: str) -> None:
    async def scene() -> None:
        router = Router({})
        with router.backlog() as backlog:
            await router.room()
            for number in range(MOST_ITEMS + 1):
                backlog.put(number, 1)
            reading = asyncio.create_task(router.room())
            assert not await turns(reading)
            if way == "taken":
                backlog.take()
            elif way == "waited for":
                router.unbound(reading, 0.0, None)
                assert await turns(reading)
                del router.waits[reading]
        assert await turns(reading)
        assert not router.backlogs

    asyncio.run(scene())


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("some", [False, True])
def test_reading_goes_on_when_items_that_came_together_are_taken(*, some: bool, alone: bool) -> None:
    async def scene() -> None:
        router = Router({})
        with router.backlog() as backlog:
            backlog.put_all(range(MOST_ITEMS), 1)
            for octets in (1, 1) if alone else ():
                backlog.put(0, octets)
            if not alone:
                backlog.put_all((0, 0), 2)
            reading = asyncio.create_task(router.room())
            assert not await turns(reading)
            for _ in range(1 if some else MOST_ITEMS + 2):
                _ = backlog.take_some() if some else backlog.take()
            assert await turns(reading)
            assert not router.has_room() or len(backlog) <= MOST_ITEMS

    asyncio.run(scene())


def test_what_a_full_backlog_holds_is_counted_without_what_is_in_files() -> None:
    piled: list[int] = []
    router = Router({}, piled.append)
    asked: list[list[int]] = []

    def in_files(items: Iterable[int]) -> int:
        asked.append(list(items))
        return 3

    with router.backlog(in_files) as backlog:
        backlog.put_all(range(MOST_ITEMS + 1), 10)
        assert not asked
        backlog.put(7, 10)
        backlog.put_all((8, 9), 20)
        assert piled == [7, 24]
        assert asked == [[7], [8, 9]]
    assert not router.backlogs


def test_a_backlog_knows_how_many_commands_have_no_reply() -> None:
    async def scene() -> None:
        backlog = Router({}).backlog()
        backlog.due = 2
        waits = backlog.wait()
        backlog.ended()
        assert backlog.due == 1
        await waits
        backlog.clear()
        waits = backlog.wait(asyncio.get_running_loop())
        backlog.ended()
        await waits
        assert (backlog.due, len(backlog)) == (0, 0)

    asyncio.run(scene())


def test_news_wakes_the_program_that_waits_and_the_next_one_at_once() -> None:
    async def scene() -> None:
        news = News()
        waits = news.wait()
        assert not waits.done()
        news.set()
        news.set()
        await waits
        await news.wait()
        news.clear()
        assert not news.wait().done()

    asyncio.run(scene())


def test_news_is_not_lost_with_a_program_that_gave_up() -> None:
    async def scene() -> None:
        news = News()
        news.wait().cancel()
        news.set()
        await news.wait()

    asyncio.run(scene())


def test_news_wakes_all_that_wait_and_keeps_none_that_gave_up() -> None:
    async def scene() -> None:
        news = News()
        for _ in range(10):
            news.wait().cancel()
        waiting = [news.wait(), news.wait()]
        assert news._futures == waiting
        news.set()
        assert all(one.done() for one in waiting)

    asyncio.run(scene())
