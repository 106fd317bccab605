"""Views of whatever can be parsed: no exception, no control, nothing wider than the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.grammar.responses import CONTINUATION, STATUS, TAGGED, UNTAGGED, Response
from imapsh.grammar.values import StatusText
from imapsh.render.styles import THEMES
from imapsh.render.view import Views
from imapsh.render.view.look import Look
from imapsh.render.visible import is_safe, width
from imapsh.wire.frames import Frame
from tests.grammar.reading import DATA, lines, parse
from tests.grammar.strategies import RESPONSES

CORPUS = [line for name in ("quirks", "more", "examiner") for line in lines(f"{name}.jsonl")]
CAPTURES = sorted((DATA / "captures").glob("*/*.bin"))
WIDTHS = (None, 20, 80)
KINDS = {"+": CONTINUATION, "OK": STATUS, "BYE": STATUS}


def check(views: Views, responses: list[Response]) -> str:
    text = "".join([views.show(response, uid=7) for response in responses]) + views.end()
    assert all(character == "\n" or is_safe(ord(character)) for character in text)
    assert not responses or text.endswith("\n")
    return text


def response_of(name: str, value: Any, tagged: bool) -> Response:
    kind = TAGGED if tagged and isinstance(value, StatusText) else KINDS.get(name, UNTAGGED)
    return Response(kind, name, value, Frame((b"* x\r\n",)), "a1" if kind == TAGGED else None)


one_response = st.sampled_from(sorted(RESPONSES)).flatmap(
    lambda name: st.builds(response_of, st.just(name), RESPONSES[name], st.booleans())
)


@given(st.lists(one_response, max_size=8), st.sampled_from(WIDTHS))
@settings(deadline=None)
def test_any_values(responses: list[Response], columns: int | None) -> None:
    check(Views(Look(width=columns)), responses)
    for response in responses:
        Views(Look(width=columns, elide=1), THEMES["default"]).show(response)


def test_a_number_that_no_integer_is_made_of() -> None:
    responses = parse(b'* OK hi\r\n* 1 FETCH (BODY[]<%s> "x")\r\n' % (b"9" * 5000))
    assert "BODY[]<999" in check(Views(Look(width=80)), responses)


@given(st.lists(one_response, max_size=20), st.sampled_from((20, 40, 80)))
@settings(deadline=None)
def test_nothing_is_wider_than_the_terminal(responses: list[Response], columns: int) -> None:
    viewed = [response for response in responses if response.kind != CONTINUATION]
    for line in check(Views(Look(width=columns)), viewed).splitlines():
        if not line.lstrip(" -").startswith("|"):  # content is left to the terminal to break
            assert width(line) <= max(30, columns)


@pytest.mark.parametrize("line", CORPUS, ids=lambda line: line["id"])
def test_what_servers_send_wrong(line: dict[str, Any]) -> None:
    responses = parse(line["raw"].encode("latin-1"))
    for columns in WIDTHS:
        flat = " ".join(check(Views(Look(width=columns)), responses).split())
        rules = [violation.rule for response in responses for violation in response.violations]
        assert [rule for rule in rules if rule not in flat] == [], columns


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_servers_send(path: Path, columns: int | None) -> None:
    check(Views(Look(width=columns)), parse(path.read_bytes()))
