from __future__ import annotations

import re

import pytest
from prompt_toolkit.styles import Style
from pygments.token import string_to_tokentype

from imapsh.errors import UsageError
from imapsh.render.styles import STYLES, THEMES, Theme, paint, plain, prompt_styles, sgr
from imapsh.shell.settings.options import OPTIONS

DEFAULT = THEMES["default"]
SGR = re.compile(r"\x1b\[[\d;]*m")


def test_fragments_painted_and_plain() -> None:
    fragments = [("tag", "a1"), ("", " "), ("status-ok", "OK"), ("text", " done")]
    assert paint(fragments, DEFAULT) == "\x1b[1ma1\x1b[0m \x1b[1;32mOK\x1b[0m done"
    assert paint(fragments, None) == plain(fragments) == "a1 OK done"


def test_no_style_reaches_over_a_line_end() -> None:
    assert paint([("flag", "a\n"), ("flag", "b")], DEFAULT) == "\x1b[35ma\x1b[0m\n\x1b[35mb\x1b[0m"


@pytest.mark.parametrize("theme", [None, *THEMES.values()])
@pytest.mark.parametrize("style", ["", "flag", "note"])
def test_e11_no_fragment_carries_a_control_or_a_line_of_its_own(theme: Theme | None, style: str) -> None:
    painted = paint([(style, "a\x1b[2J\n< A1 OK\x9b2J\u202e\n"), (style, "\x1b]0;x\a\udc9b")], theme)
    assert SGR.sub("", painted) == "a^[[2J^J< A1 OK<U+009B>2J<U+202E>\n^[]0;x^G\\x9b"


@pytest.mark.parametrize(
    ("theme", "colour"), [("default", "ansigreen"), ("dark", "ansibrightgreen"), ("light", "ansigreen"), ("mono", "")]
)
def test_prompt_toolkit_takes_every_style(theme: str, colour: str) -> None:
    styles = prompt_styles(THEMES[theme])
    assert set(styles) == set(STYLES)
    assert Style.from_dict(styles).get_attrs_for_style_str("class:status-ok").color == colour


def test_mono_has_no_colour() -> None:
    assert {part for sgr in THEMES["mono"].sgr.values() for part in sgr.split(";")} <= {"", "1", "2", "3", "4", "7"}
    assert THEMES["mono"].sgr["status-bad"] == "1;7"


def test_pygments_knows_every_token() -> None:
    assert all(str(string_to_tokentype(token)) == f"Token.{token}" for _, token in STYLES.values())


def test_light_has_nothing_that_vanishes_on_white_and_dark_nothing_dark() -> None:
    used = {name: {part for sgr in theme.sgr.values() for part in sgr.split(";")} for name, theme in THEMES.items()}
    assert not used["light"] & {"2", "33", "37", "92", "93", "94", "95", "96", "97"}
    assert not used["dark"] & {"30", "31", "34", "35", "36"}


def test_the_option_names_every_theme() -> None:
    (option,) = (option for option in OPTIONS if option.name == "--theme")
    assert option.choices == tuple(THEMES)


def test_a_style_in_words() -> None:
    assert (sgr("bold red"), sgr("brightblue"), sgr("underline")) == ("1;31", "94", "4")
    for words in ("", "crimson", "bold ansired"):
        with pytest.raises(UsageError, match="bold red"):
            sgr(words)


def test_a_theme_changed_keeps_the_rest() -> None:
    own = THEMES["light"].changed("own", {"flag": "1;31"})
    assert paint([("flag", "x")], own) == "\x1b[1;31mx\x1b[0m"
    assert own.sgr["number"] == THEMES["light"].sgr["number"] == "34"
    assert Style.from_dict(prompt_styles(own)).get_attrs_for_style_str("class:flag").color == "ansired"


def test_what_is_no_output_goes_by_the_theme_too() -> None:
    rules = {name: theme.rule("bold ansibrightblue noreverse") for name, theme in THEMES.items()}
    assert rules == {
        "default": "bold ansibrightblue noreverse",
        "dark": "bold ansibrightblue noreverse",
        "light": "bold ansiblue noreverse",
        "mono": "bold noreverse",
    }
