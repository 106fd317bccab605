"""Draws a coloured session as a picture: what went to the terminal, as SVG text.

The picture is a dark window with a title, in a monospaced face; every run has its own position, so that a face of
another width cannot shift what follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from imapsh.render.visible import visible, width
from imapsh.tuples import NamedTuple

_CHARACTER, _LINE = 8.4, 19  #: pixels of a character's width and a line's height, at 14 pixels
_PADDING, _BAR = 16, 36
_GROUND, _TEXT, _TITLE = "#1b1f27", "#d8dee9", "#8a93a5"
_FACES = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"
_LIGHTS = ("#ff5f57", "#febc2e", "#28c840")

#: SGR colour parameter -> colour on the picture's background
_COLOURS = {
    "30": "#4c566a", "31": "#ff6b6b", "32": "#a3d77f", "33": "#ebcb8b",
    "34": "#7aa2f7", "35": "#d7a0f0", "36": "#6fd3e3", "37": "#d8dee9",
    "90": "#7b8496", "91": "#ff8f8f", "92": "#b8e994", "93": "#ffe08a",
    "94": "#8ab4ff", "95": "#e6b8ff", "96": "#93e6f2", "97": "#ffffff",
}  # fmt: skip
_SGR = re.compile(r"\x1b\[([\d;]*)m")
_OTHER = re.compile(r"\x1b\[[\d;?]*[A-Za-z]|[\x00-\x09\x0b-\x1f\x7f]")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class Run(NamedTuple):
    """Text in one rendition; `sgr` holds the parameters in force."""

    sgr: frozenset[str]
    text: str


def runs(line: str) -> Iterator[Run]:
    """Yield a line with SGR sequences, cut where the rendition changes.  Other sequences and controls are dropped."""
    sgr: frozenset[str] = frozenset()
    pieces = _SGR.split(line)
    for index, piece in enumerate(pieces):
        if index % 2:
            for parameter in piece.split(";"):
                sgr = _after(sgr, parameter)
        elif text := _OTHER.sub("", piece):
            yield Run(sgr, text)


def _after(sgr: frozenset[str], parameter: str) -> frozenset[str]:
    """Return the rendition after one more parameter.

    A colour replaces another, 39 ends it, 22 ends 1 and 2.
    """
    if parameter in ("", "0"):
        return frozenset()
    if parameter == "39" or parameter in _COLOURS:
        sgr -= _COLOURS.keys()
    if parameter == "22":
        sgr -= {"1", "2"}
    return sgr if parameter in ("22", "39", "49") else sgr | {parameter}


def svg(ansi: str, title: str = "imapsh") -> str:
    """Return the lines of `ansi`, text with SGR sequences such as `pretty` makes, as an SVG document."""
    lines = [list(runs(line)) for line in ansi.rstrip("\n").split("\n")]
    columns = max(40, *(sum(width(run.text) for run in line) for line in lines), len(title))
    across = round(columns * _CHARACTER) + 2 * _PADDING
    down = len(lines) * _LINE + _BAR + _PADDING
    middle = f'x="{across / 2:g}" y="23" text-anchor="middle"'
    lights = "".join(
        f'<circle cx="{20 + 18 * index}" cy="18" r="6" fill="{fill}"/>' for index, fill in enumerate(_LIGHTS)
    )
    made = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" viewBox="0 0 {across} {down}">',
        f"<title>{_escape(title)}</title>",
        f'<rect width="{across}" height="{down}" rx="8" fill="{_GROUND}"/>{lights}',
        f'<g font-family="{_FACES}" font-size="14" xml:space="preserve" fill="{_TEXT}">',
        f'<text {middle} fill="{_TITLE}">{_escape(title)}</text>',
        *(_text(line, _BAR + _LINE * (index + 1) - 5) for index, line in enumerate(lines) if line),
        "</g></svg>",
    ]
    return "\n".join(made) + "\n"


def _text(line: list[Run], y: int) -> str:
    made: list[str] = []
    column = 0
    for run in line:
        wide = width(run.text)
        x = _PADDING + column * _CHARACTER
        if "7" in run.sgr:
            fill = _colour(run.sgr) or _TEXT
            made.append(
                f'<rect x="{x:.1f}" y="{y - 14}" width="{wide * _CHARACTER:.1f}" height="{_LINE}" fill="{fill}"/>'
            )
        text = run.text.strip(" ")
        if text:
            x += (len(run.text) - len(run.text.lstrip(" "))) * _CHARACTER
            made.append(f'<text x="{x:.1f}" y="{y}"{_attributes(run.sgr)}>{_escape(text)}</text>')
        column += wide
    return "".join(made)


def _colour(sgr: frozenset[str]) -> str | None:
    return next((_COLOURS[parameter] for parameter in sorted(sgr) if parameter in _COLOURS), None)


def _attributes(sgr: frozenset[str]) -> str:
    fill = _GROUND if "7" in sgr else _colour(sgr)
    made = f' fill="{fill}"' if fill else ""
    made += ' font-weight="bold"' if "1" in sgr else ""
    made += ' opacity="0.55"' if "2" in sgr else ""
    made += ' font-style="italic"' if "3" in sgr else ""
    return made + (' text-decoration="underline"' if "4" in sgr else "")


def _escape(text: str) -> str:
    return "".join(_ESCAPED.get(character, character) for character in visible(text))


if __name__ == "__main__":  # coloured text on stdin, its picture on stdout: docs/session.svg is made like this
    import sys

    sys.stdout.write(svg(sys.stdin.read(), *sys.argv[1:]))
