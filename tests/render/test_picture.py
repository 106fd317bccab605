from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from imapsh.render.picture import Run, runs, svg
from imapsh.render.pretty import pretty
from imapsh.render.styles import THEMES
from tests.render.reading import read

SVG = "{http://www.w3.org/2000/svg}"


def test_runs_are_cut_where_the_rendition_changes() -> None:
    assert list(runs("a\x1b[1;32mOK\x1b[0m b\x1b[2K")) == [
        Run(frozenset(), "a"),
        Run(frozenset({"1", "32"}), "OK"),
        Run(frozenset(), " b"),
    ]


def test_a_session_as_a_picture() -> None:
    session = "".join(pretty(response, THEMES["default"]) for response in read(b"* OK <hi> & ho\r\na1 NO no\r\n"))
    root = ElementTree.fromstring(svg(session, "imapsh & <friends>"))
    texts = [(element.text, element.get("fill")) for element in root.iter(SVG + "text")]
    assert texts[0][0] == "imapsh & <friends>"
    assert ("OK", "#a3d77f") in texts
    assert ("NO", "#ff6b6b") in texts
    assert ("<hi> & ho", None) in texts


def test_every_run_has_its_place() -> None:
    root = ElementTree.fromstring(svg("ab\x1b[1mcd\x1b[0m  日x\x1b[7my"))
    places = {element.text: float(element.get("x", "0")) for element in root.iter(SVG + "text")}
    assert round((places["cd"] - places["ab"]) / 8.4) == 2
    assert round((places["日x"] - places["ab"]) / 8.4) == 6
    assert round((places["y"] - places["ab"]) / 8.4) == 9


@given(st.text(st.characters()))
def test_any_text_is_well_formed(text: str) -> None:
    ElementTree.fromstring(svg(text, text))
