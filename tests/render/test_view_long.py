"""Long lists in the view: cut, the rest counted; nothing of it in JSON and wire."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from imapsh.render.view.shortened import FEW, MANY, TEXT
from imapsh.shell.screen.output import Output
from tests.render.reading import one
from tests.render.test_view import shown

COUNT = 3000
Word = Callable[[int], str]


def _many(word: Word, between: str = " ") -> str:
    return between.join(map(word, range(1, COUNT + 1)))


LONG = {
    "CAPABILITY": ("* CAPABILITY IMAP4rev1 " + _many(lambda n: f"X{n}"), 1),
    "a code": ("* OK [CAPABILITY IMAP4rev1 " + _many(lambda n: f"X{n}") + "] hello", 1),
    "ENABLED": ("* ENABLED " + _many(lambda n: f"X{n}"), 0),
    "FLAGS": ("* FLAGS (" + _many(lambda n: f"X{n}") + ")", 0),
    "PERMANENTFLAGS": ("* OK [PERMANENTFLAGS (" + _many(lambda n: f"X{n}") + ")] kept", 0),
    "BADCHARSET": ("* NO [BADCHARSET (" + _many(lambda n: f"X{n}") + ")] no", 0),
    "COPYUID": (f"* OK [COPYUID 1 {_many(lambda n: str(2 * n), ',')} {_many(lambda n: str(2 * n), ',')}] done", COUNT),
    "LIST": ("* LIST (" + _many(lambda n: f"\\X{n}") + ') "/" a', 0),
    "ID": ("* ID (" + _many(lambda n: f'"k{n}" "v"') + ")", 0),
    "NAMESPACE": ("* NAMESPACE (" + _many(lambda n: f'("x{n}" "/")', "") + ") NIL NIL", 0),
    "STATUS": ("* STATUS a (" + _many(lambda n: f"X{n} 1") + ")", 0),
    "QUOTA": ('* QUOTA "" (' + _many(lambda n: f"X{n} 1 2") + ")", 0),
    "ACL": ("* ACL a " + _many(lambda n: f"u{n} lr"), 0),
    "METADATA": ("* METADATA a " + _many(lambda n: f"/private/x{n}"), 0),
    "a FETCH's flags": ("* 1 FETCH (FLAGS (" + _many(lambda n: f"X{n}") + "))", 0),
    "a FETCH's items": ("* 1 FETCH (" + _many(lambda n: f"X{n} 1") + ")", 0),
    "parts": ("* 1 FETCH (BODYSTRUCTURE (" + COUNT * '("a" "b" NIL NIL NIL "7bit" 3)' + ' "mixed"))', 0),
    "recipients": (
        "* 1 FETCH (ENVELOPE (NIL NIL (" + _many(lambda n: f'(NIL NIL "a{n}" "b")', "") + ")" + 7 * " NIL" + "))", 0,
    ),
}  # fmt: skip
OWN = {
    "SEARCH": "* SEARCH " + _many(lambda n: str(2 * n)),
    "SORT": "* SORT " + _many(lambda n: str(2 * n)),
    "ESEARCH": '* ESEARCH (TAG "a") ALL ' + _many(lambda n: str(2 * n), ","),
    "VANISHED": "* VANISHED " + _many(lambda n: str(2 * n), ","),
    "THREAD": "* THREAD " + _many(lambda n: f"({n})", ""),
}


@pytest.mark.parametrize("width", [80, None])
@pytest.mark.parametrize("name", LONG)
def test_e5_a_long_list_is_cut_and_the_rest_counted(name: str, width: int | None) -> None:
    line, more = LONG[name]
    text = shown(f"{line}\r\n", width)
    assert f"and {COUNT + more - FEW * (2 if name == 'COPYUID' else 1):,} more: \\last wire shows all" in text
    assert len(text) < 20_000


@pytest.mark.parametrize("name", OWN)
def test_e5_numbers_are_cut_and_the_rest_counted(name: str) -> None:
    text = shown(f"{OWN[name]}\r\n", 80)
    assert "more " in text
    assert len(text.splitlines()) < 40 + 500 * (name == "THREAD")
    assert f"{COUNT:,}" in text or name == "VANISHED"


@pytest.mark.parametrize("line", [*(line for line, _ in LONG.values()), *OWN.values()], ids=[*LONG, *OWN])
def test_e5_all_of_it_is_in_json_and_wire_and_in_a_file(line: str) -> None:
    response = one(f"{line}\r\n".encode())
    (made,) = Output("json").blocks(response)
    (again,) = Output("json").blocks(one(f"{line}\r\n".encode()))
    assert made == again
    last = line.rstrip(')"] NILmixed').split(" ")[-1].split(",")[-1].split("(")[-1]
    assert last in json.dumps(json.loads(made)) or str(COUNT) in made or made.count('"7bit"') == COUNT
    assert "".join(Output("wire").blocks(response)).startswith(line)
    whole = Output("view", elide=0)
    assert len("".join(whole.blocks(response)) + whole.flush()) > 9_000


def test_e5_a_list_of_some_length_is_whole() -> None:
    line = "* CAPABILITY IMAP4rev1 " + " ".join(f"X{number}" for number in range(1, MANY))
    text = shown(f"{line}\r\n", 80)
    assert f"X{MANY - 1} " in text
    assert "more" not in text


def test_e5_a_long_text_is_cut() -> None:
    text = shown("* OK " + "word " * 20_000 + "\r\n", 80)
    assert f"{5 * 20_000 - TEXT:,}" in " ".join(text.split())
    assert len(text) < 2 * TEXT
