"""The compiled core: what it is made of, how it is asked for, and that no input takes more of the stack than there is.

`tests/run compiled` runs the whole suite on it.
"""

from __future__ import annotations

import copy
import os
import pickle
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import pytest

import imapsh
from imapsh.compiling import ASKED, MODULES
from imapsh.grammar.cursor import DEEPEST
from imapsh.session.core import Session
from imapsh.session.events import Received
from imapsh.wire.frames import Frame
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader
from tests.grammar.reading import one
from tests.grammar.test_hostile import BOMBED
from tests.graph import ROOT

#: The octets of the smallest stack that Python gives a thread on any system (musl's).
STACK = 1 << 20


def test_all_modules_are_compiled_or_none() -> None:
    files = [import_module(path.removesuffix(".py").replace("/", ".")).__file__ for path in MODULES]
    assert {str(file).endswith(tuple(EXTENSION_SUFFIXES)) for file in files} == {imapsh.compiled}


# -- the build backend


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of all that a build reads."""
    made = tmp_path / "tree"
    shutil.copytree(ROOT / "imapsh", made / "imapsh", ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("LICENSE", "README.rst", "pyproject.toml", "setup.cfg", "docs/man/imapsh.1"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, made / name)
    return made


def hook(tree: Path, name: str, *arguments: str, asked: str | None = None) -> str:
    """What a hook of the backend returns, called as pip calls it: in the tree, by a process of its own."""
    code = f"import sys; from imapsh import compiling as b; r = b.{name}(*sys.argv[1:]); print(r, file=sys.stderr)"
    environment = {key: value for key, value in os.environ.items() if key not in (ASKED, "PYTHONPATH")}
    if asked is not None:
        environment[ASKED] = asked
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tree, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[-1]


def test_a_wheel_is_pure_unless_asked_and_an_sdist_holds_all_that_a_wheel_needs(tree: Path, tmp_path: Path) -> None:
    name = hook(tree, "build_sdist", str(tmp_path))
    with tarfile.open(tmp_path / name) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    unpacked = tmp_path / "unpacked" / name.removesuffix(".tar.gz")
    name = hook(unpacked, "build_wheel", str(tmp_path))
    assert name == f"imapsh-{imapsh.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(tmp_path / name) as wheel:
        names = set(wheel.namelist())
    sources = {str(path.relative_to(ROOT)) for path in (ROOT / "imapsh").rglob("*.py")}
    assert {each for each in names if each.startswith("imapsh/")} == {*sources, "imapsh/py.typed"}


@pytest.mark.parametrize(("asked", "needed"), [(None, False), ("", False), ("0", False), ("1", True)])
@pytest.mark.parametrize("kind", ["wheel", "editable"])
def test_only_a_build_that_compiles_needs_mypy(tree: Path, kind: str, asked: str | None, needed: bool) -> None:
    assert ("mypy" in hook(tree, f"get_requires_for_build_{kind}", asked=asked)) == needed


# -- what compiled classes would not do by themselves


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_responses_and_frames_are_copied_and_pickled(again: Callable[[Any], Any]) -> None:
    response = one(b"* 1 FETCH (FLAGS (\\Seen) UID 0 BODY[] {2}\r\nhi)\r\n")
    made, frame = again(response), again(response.frame)
    assert frame == response.frame
    assert (frame.violations, frame.incomplete) == (response.frame.violations, response.frame.incomplete)
    assert response.violations
    for name in ("kind", "name", "tag", "value", "frame", "violations", "offset", "length"):
        assert getattr(made, name) == getattr(response, name)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_buffer_is_taken(kind: Callable[[bytes], Any]) -> None:
    pusher = Pusher(FrameReader())
    for octets in (b"* OK", b" hi\r", b"\n"):
        pusher.feed(kind(octets))
    assert [frame.raw for frame in pusher if isinstance(frame, Frame)] == [b"* OK hi\r\n"]
    session = Session()
    session.receive(kind(b"* OK hi\r\n"))
    (greeting,) = session.events()
    assert isinstance(greeting, Received)
    assert type(greeting.response.frame.raw) is bytes


# -- the stack


@pytest.mark.parametrize("nesting", [0, 100_000])
def test_no_nesting_takes_more_than_a_small_stack(nesting: int) -> None:
    """In C nothing counts calls, and too many of them would end the process."""
    said = set()

    def read() -> None:
        for begin in BOMBED:
            for levels in (DEEPEST - 10, DEEPEST, 50_000):
                one(begin + b"(" * levels + b")" * levels + b"\r\n", nesting=nesting)
            said.add(one(begin + b"(" * 50_000 + b"\r\n", nesting=nesting).violations[0].rule)

    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert "parenthesis" in said
