"""Chromium without a window, driven through a pair of pipes (the DevTools protocol): no script runs for a test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE
from tests.servers.base import absent

_OPTIONS = ["--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
            "--remote-debugging-pipe"]  # fmt: skip


class Tab:
    """A tab that shows a file.  `said` holds the parameters of all events, by their names."""

    def __init__(self, write: int, read: int) -> None:
        self._write = write
        self._read = os.fdopen(read, "rb")
        self._number = 0
        self._session = ""
        self._rest = b""
        self.said: list[tuple[str, dict[str, Any]]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Log", "Network", "Runtime", "DOM", "CSS"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method, and return its result."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._write, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._number:
                assert "result" in told, told
                return dict(told["result"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            octets = self._read.read1(1 << 20)
            assert octets, "Chromium has ended"
            self._rest += octets
        message, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        if "method" in told:
            self.said.append((told["method"], told.get("params", {})))
        return told

    def show(self, path: Path, width: int, scheme: str) -> None:
        """Load a page at a width, in light or in dark, and wait until it is there."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        seen = len(self.said)
        self.ask("Page.navigate", url=path.as_uri())
        while not any(name == "Page.loadEventFired" for name, _ in self.said[seen:]):
            self._next()

    @property
    def content_width(self) -> int:
        """The width of what is shown, in CSS pixels."""
        return int(self.ask("Page.getLayoutMetrics")["cssContentSize"]["width"])

    def ground(self) -> str:
        """The colour behind the page."""
        node = self.ask("DOM.getDocument")["root"]["nodeId"]
        body = self.ask("DOM.querySelector", nodeId=node, selector="body")["nodeId"]
        styles = self.ask("CSS.getComputedStyleForNode", nodeId=body)["computedStyle"]
        return next(str(one["value"]) for one in styles if one["name"] == "background-color")

    def html(self) -> str:
        """The document as the browser has understood it."""
        node = self.ask("DOM.getDocument")["root"]["nodeId"]
        return str(self.ask("DOM.getOuterHTML", nodeId=node)["outerHTML"])


@contextmanager
def tab(folder: Path) -> Iterator[Tab]:
    """Start Chromium with its profile in a folder; without it, fail in CI and skip elsewhere."""
    if shutil.which("chromium") is None:
        absent("chromium is not installed")
    theirs, ours_in = os.pipe()
    ours_out, theirs_out = os.pipe()
    options = [*_OPTIONS, f"--user-data-dir={folder}", *(["--no-sandbox"] if os.getuid() == 0 else [])]
    process = subprocess.Popen(
        ["bash", "-c", f'exec chromium "$@" 3<&{theirs} 4>&{theirs_out}', "chromium", *options],
        pass_fds=(theirs, theirs_out),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    os.close(theirs_out)
    try:
        shown = Tab(ours_in, ours_out)
        try:
            yield shown
        finally:
            shown._read.close()
    finally:
        os.close(ours_in)
        process.terminate()
        process.wait(PATIENCE)
