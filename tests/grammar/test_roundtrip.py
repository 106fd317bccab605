"""parse -> write -> parse, and write -> parse, are identity."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.grammar.responses import Response
from imapsh.grammar.values import StatusText
from imapsh.grammar.writer import response as written
from imapsh.wire.offline import read_recorded

from .reading import DATA, lines, one, parser
from .strategies import RESPONSES

STREAMS = [
    *(line["raw"].encode("latin-1") for name in ("quirks.jsonl", "more.jsonl") for line in lines(name)),
    *(line.split("\t")[1].encode() + b"\r\n" for line in (DATA / "examples.txt").read_text().splitlines()),
    *(Path(path).read_bytes() for path in sorted((DATA / "captures").glob("*/*.bin"))),
]


def meaning(response: Response) -> tuple[object, ...]:
    """What identity is asked of: a code's `text` is how it stood on the wire, not what it means."""
    value = response.value
    if isinstance(value, StatusText) and value.code is not None:
        value = (value.code.name, value.code.arg, value.text)
    return response.kind, response.name, response.tag, value


def test_each_legal_response_is_read_the_same_after_it_is_written() -> None:
    compared = 0
    for stream in STREAMS:
        reading = parser()
        for frame in read_recorded(stream):
            response = reading.parse(frame)
            if response.violations or frame.incomplete:
                continue
            octets = written(response.name, response.value, tag=response.tag, utf8=reading.utf8)
            again = one(octets, utf8=reading.utf8)
            assert again.violations == (), octets
            assert meaning(again) == meaning(response), octets
            compared += 1
    assert compared > 3000


@pytest.mark.parametrize("name", RESPONSES)
@pytest.mark.parametrize("utf8", [False, True])
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_written_is_legal_and_read_as_it_was(name: str, utf8: bool, data: st.DataObject) -> None:
    value = data.draw(RESPONSES[name])
    response = one(written(name, value, utf8=utf8), utf8=utf8)
    assert response.violations == ()
    assert response.name == name
    if isinstance(value, StatusText) and value.code is not None:
        assert response.value.code[:2] == value.code[:2]
        assert response.value.text == value.text
    else:
        assert response.value == value
