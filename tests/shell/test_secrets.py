"""A password goes in every way there is, and is looked for in every place that keeps or shows anything."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from pathlib import Path

import pytest

from .acting import ENTER, PASTE, PASTED, Actor, acting, play

SECRET = "s3same-0pen"
PLAIN = b64encode(b"\0me\0" + SECRET.encode()).decode()


async def inline(person: Actor) -> None:
    await person.enters(f"LOGIN me {SECRET}", "NO [AUTHENTICATIONFAILED]")


async def quoted_and_tagged(person: Actor) -> None:
    await person.enters(f'x1 login me "{SECRET}"', "x1 NO")


async def literal(person: Actor) -> None:
    person.types(f"LOGIN me {{{len(SECRET)}}}" + ENTER)
    await person.screen.shows("octets>")
    await person.enters(SECRET, "NO [AUTHENTICATIONFAILED]")


async def non_synchronizing_literal(person: Actor) -> None:
    person.types(f"LOGIN {{2+}}{ENTER}me {{{len(SECRET)}+}}{ENTER}{SECRET}{ENTER}")
    await person.screen.shows("NO [AUTHENTICATIONFAILED]")


async def pasted(person: Actor) -> None:
    person.types(f"{PASTE}a1 NOOP\na2 LOGIN me {SECRET}\na3 NOOP{PASTED}{ENTER}")
    await person.screen.shows("a2 NO", "a3 OK")


async def initial_response(person: Actor) -> None:
    await person.enters(f"AUTHENTICATE PLAIN {PLAIN}", "NO [AUTHENTICATIONFAILED]")


async def by_hand(person: Actor) -> None:
    await person.enters("a1 AUTHENTICATE PLAIN", "base64 (* cancels):")
    await person.enters(PLAIN, "a1 NO")


async def asked_for(person: Actor) -> None:
    await person.enters("LOGIN me", "Password for me")
    await person.enters(SECRET, "NO [AUTHENTICATIONFAILED]")


async def in_every_connection(person: Actor) -> None:
    await person.enters(f"\\each LOGIN me {SECRET}", "NO [AUTHENTICATIONFAILED]")


async def again_and_again(person: Actor) -> None:
    await person.enters(f"\\repeat 2 0 LOGIN me {SECRET}", "2 times", "NO [AUTHENTICATIONFAILED]")


async def by_an_alias(person: Actor) -> None:
    await person.enters(f"\\alias enter LOGIN me {SECRET}")
    await person.enters("enter", "NO [AUTHENTICATIONFAILED]")
    await person.enters("\\alias", "enter")


async def behind_an_alias(person: Actor) -> None:
    await person.enters("\\alias enter LOGIN ${1} ${2}")
    await person.enters(f"enter me {SECRET}", "NO [AUTHENTICATIONFAILED]")


async def by_a_variable(person: Actor) -> None:
    await person.enters("\\set -s word", "word:")
    await person.enters(SECRET)
    await person.enters("LOGIN me ${word}", "NO [AUTHENTICATIONFAILED]")
    await person.enters("\\set", "word")


async def in_raw_octets(person: Actor) -> None:
    await person.enters(f"\\raw A9 LOGIN me {SECRET}\\r\\n", "NO [AUTHENTICATIONFAILED]")


async def in_pieces_of_raw_octets(person: Actor) -> None:
    await person.enters(f"\\raw A9 LOGIN me {{{len(SECRET)}}}\\r\\n", "+ ")
    await person.enters(f"\\raw {SECRET}\\r\\n", "NO [AUTHENTICATIONFAILED]")


async def with_too_much_behind_it(person: Actor) -> None:
    await person.enters(f"LOGIN me {SECRET} and more", "BAD")


async def before_what_looks_like_an_operator(person: Actor) -> None:
    await person.enters(f"LOGIN me {SECRET} > out", "BAD")


async def of_a_mechanism(person: Actor) -> None:
    await person.enters("AUTHENTICATE PLAIN", "User at")
    await person.enters("me", "assword")
    await person.enters(SECRET, "NO [AUTHENTICATIONFAILED]")


@pytest.mark.parametrize("format", ["pretty", "json", "hex"])
@pytest.mark.parametrize(
    "way",
    [
        inline, quoted_and_tagged, literal, non_synchronizing_literal, pasted, initial_response, by_hand, asked_for,
        in_every_connection, again_and_again, by_an_alias, behind_an_alias, by_a_variable, in_raw_octets,
        in_pieces_of_raw_octets, with_too_much_behind_it,
        before_what_looks_like_an_operator, of_a_mechanism,
    ],
)  # fmt: skip
def test_it_is_nowhere(way: object, format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(way)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def broken() -> None:
        raise ValueError(SECRET)

    async def scene() -> None:
        async with acting(tmp_path, columns=250, demo=True, no_login=True, trace=str(tmp_path / "trace")) as person:
            await person.prompted("demo (not logged in)>")
            await way(person)
            await person.enters(f"\\last {format}")
            asyncio.get_running_loop().call_soon(broken)
            await person.screen.shows("imapsh itself made a mistake (ValueError")
        for name in ("history", "trace", "imapsh/crash.txt"):
            kept = (tmp_path / name).read_text()
            assert kept
            assert not found(kept), name
        if way is not in_pieces_of_raw_octets:  # what is typed there is seen while it is typed
            assert not found(person.screen.written)

    play(scene)


def test_once_known_it_is_kept_nowhere_even_where_none_is_due(tmp_path: Path) -> None:
    """It is seen while it is typed, for nothing says then that it is one; what is kept leaves it out."""

    async def scene() -> None:
        async with acting(tmp_path, columns=250, demo=True, no_login=True, trace=str(tmp_path / "trace")) as person:
            await inline(person)
            await person.enters(f"NOOP {SECRET}", "BAD", "> A2 NOOP ***********")
        assert "NOOP *" in (tmp_path / "history").read_text()
        assert not found((tmp_path / "history").read_text() + (tmp_path / "trace").read_text())

    play(scene)


def found(text: str) -> bool:
    """Whether it is there, as it is, in base64, or in a hex dump."""
    hexed = SECRET.encode().hex(" ")
    return any(one in text for one in (SECRET, SECRET[2:], PLAIN[:20], PLAIN[8:], hexed[: 3 * 6]))
