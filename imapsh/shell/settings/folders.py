"""Knows where this platform keeps a user's configuration, and what a program remembers.

It also makes files that nobody else may read.  It imports nothing heavy.
"""

from __future__ import annotations

import os
import sys

from imapsh.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def config_file() -> str:
    """Return the configuration's usual place, even if there is none."""
    return os.path.join(_folder("XDG_CONFIG_HOME", ".config", "APPDATA", "Roaming"), "config.toml")


def state_folder() -> Path:
    """Return the folder of what is remembered: the history, and reports of what broke."""
    from pathlib import Path

    return Path(state_place())


def state_place() -> str:
    """Return the same without `pathlib`, which takes as long to import as ten of our modules."""
    return _folder("XDG_STATE_HOME", os.path.join(".local", "state"), "LOCALAPPDATA", "Local")


def private(path: str, flags: int) -> int:
    """Open a file as an `opener` for `open`: one that is made so is for its owner alone."""
    return os.open(path, flags, 0o600)


def _folder(xdg: str, usual: str, windows: str, roaming: str) -> str:
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        return os.path.join(os.environ.get(windows) or os.path.join(home, "AppData", roaming), "imapsh")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Application Support", "imapsh")
    named = os.environ.get(xdg, "")
    return os.path.join(named if os.path.isabs(named) else os.path.join(home, usual), "imapsh")
