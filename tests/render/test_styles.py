from __future__ import annotations

import pytest
from prompt_toolkit.styles import Style
from pygments.token import string_to_tokentype

from imapsh.render.styles import STYLES, THEMES, paint, plain, prompt_styles

DEFAULT = THEMES["default"]


def test_fragments_painted_and_plain() -> None:
    fragments = [("tag", "a1"), ("", " "), ("status-ok", "OK"), ("text", " done")]
    assert paint(fragments, DEFAULT) == "\x1b[1ma1\x1b[0m \x1b[1;32mOK\x1b[0m done"
    assert paint(fragments, None) == plain(fragments) == "a1 OK done"


def test_no_style_reaches_over_a_line_end() -> None:
    assert paint([("flag", "a\nb")], DEFAULT) == "\x1b[35ma\x1b[0m\n\x1b[35mb\x1b[0m"


@pytest.mark.parametrize(("theme", "colour"), [("default", "ansigreen"), ("mono", "")])
def test_prompt_toolkit_takes_every_style(theme: str, colour: str) -> None:
    styles = prompt_styles(THEMES[theme])
    assert set(styles) == set(STYLES)
    assert Style.from_dict(styles).get_attrs_for_style_str("class:status-ok").color == colour


def test_mono_has_no_colour() -> None:
    assert {part for sgr in THEMES["mono"].sgr.values() for part in sgr.split(";")} <= {"", "1", "2", "3", "4", "7"}
    assert THEMES["mono"].sgr["status-bad"] == "1;7"


def test_pygments_knows_every_token() -> None:
    assert all(str(string_to_tokentype(token)) == f"Token.{token}" for _, token in STYLES.values())
