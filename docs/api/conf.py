"""The settings of Sphinx for the API reference."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout's imapsh, not one that is installed

import imapsh

project = "imapsh"
author = "the imapsh founders"
release = version = imapsh.__version__
extensions = ["sphinx.ext.autodoc"]
default_role = "py:obj"  # `name` in a docstring is a name of imapsh, if there is one
html_theme = "alabaster"
html_show_copyright = False
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_preserve_defaults = True
suppress_warnings = ["ref.python"]  # in signatures a name may be of two classes, as Address is


def setup(app: Any) -> None:
    """Have docstrings read as they are written: plain text, `names`, and indented blocks as they are."""
    app.connect("autodoc-process-docstring", lambda app, kind, name, value, options, lines: as_written(lines))


def as_written(lines: list[str]) -> None:
    """Turn a docstring into reStructuredText: an indented block is literal, and `*` and `|` are themselves."""
    made: list[str] = []
    literal = False
    if lines[0].startswith("Alias for field number"):  # what Python says of each field of a NamedTuple
        lines.clear()
    for line in lines:
        indented = line.startswith("    ")
        if indented and not literal and not (made and made[-1].strip()):
            made += ["::", ""]
        literal = indented or (literal and not line.strip())
        made.append(line if literal else escaped(line))
    lines[:] = made


def escaped(line: str) -> str:
    """Return the line with a backslash before each `*` and `|` that is outside backticks."""
    parts = re.split(r"(`[^`]*`)", line)
    return "".join(part if part.startswith("`") else re.sub(r"([*|])", r"\\\1", part) for part in parts)
