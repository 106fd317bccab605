"""Runs `imapsh --tap` as a process."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.graph import ROOT
from tests.patience import PATIENCE

_LISTENS = re.compile(r"listens on \S+:(\d+) for")


class Tap:
    """A tap that runs on `port`.  When it has ended, `shown` is its stdout, and `said` its stderr."""

    def __init__(self, process: subprocess.Popen[str], first: str) -> None:
        found = _LISTENS.search(first)
        assert found is not None, first + (process.stderr.read() if process.stderr is not None else "")
        self.port = int(found[1])
        self.process = process
        self.shown = ""
        self.said = first

    @property
    def responses(self) -> list[dict[str, Any]]:
        """What it showed with `--format json`."""
        return [json.loads(line) for line in self.shown.splitlines()]


@contextlib.contextmanager
def tapped(url: str, folder: Path, *options: str, listen: str = "0") -> Iterator[Tap]:
    """Run a tap for the server of `url`; its certificates and its output are kept in `folder`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "imapsh", "--no-config", "--tap", listen, url, *options]
    out = folder / "tap.out"
    with (
        out.open("wb") as stdout,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, text=True, env=environment
        ) as process,
    ):
        assert process.stderr is not None
        try:
            tap = Tap(process, process.stderr.readline())
            yield tap
        finally:
            process.send_signal(signal.SIGINT)
            said = process.stderr.read()
            process.wait(PATIENCE)
    tap.said += said
    tap.shown = out.read_text()
