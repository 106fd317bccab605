"""The colours of a page: enough contrast in light and in dark, and one declaration for each style of a theme."""

from __future__ import annotations

import re

import pytest

from imapsh.render.htmlstyle import GROUNDS, INKS, name_of, sheet
from imapsh.render.styles import STYLES, THEMES

ENOUGH = 4.5  # WCAG 2.2, success criterion 1.4.3, for text of any size


def luminance(colour: str) -> float:
    """WCAG 2.2: relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_says() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_every_colour_can_be_read_on_every_ground(ink: str, ground: str, mode: int) -> None:
    assert contrast(INKS[ink][mode], GROUNDS[ground][mode]) >= ENOUGH


def test_every_style_that_a_theme_paints_has_a_rule() -> None:
    css = sheet(THEMES["default"])
    for style, (parameters, _) in STYLES.items():
        assert (f".{name_of(style)}{{" in css) == bool(parameters)
    assert f".{name_of('status-bad')}{{font-weight:700;color:var(--page);background:var(--red)" in css


def test_every_colour_that_is_used_is_defined() -> None:
    css = sheet(THEMES["default"])
    used = set(re.findall(r"var\(--([a-z]+)\)", css))
    assert used <= {*INKS, *GROUNDS, "rule"}
    for name in used:
        assert len(re.findall(rf"--{name}:#", css)) == 3  # light, dark, and print
