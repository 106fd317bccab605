"""Fetches what others wrote, in fixed versions, into `build/programs`, and puts our classes under it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
from collections.abc import Sequence
from pathlib import Path

from tests.servers.base import Missing

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "programs"
_HOOK = 'import sys\nfrom imapsh.client import imap4\nsys.modules["imaplib"] = imap4\n'


def source(package: str, version: str, folder: Path) -> Path:
    """Unpack the source of a package into `folder`, and return where it is.  Raises Missing."""
    archive = FOLDER / f"{package}-{version}.tar.gz"
    if not archive.exists():
        _pip(
            sys.executable, "download", "--quiet", "--no-deps", "--no-binary", ":all:", "-d", str(FOLDER),
            f"{package}=={version}",
        )  # fmt: skip
    with tarfile.open(archive) as archived:
        archived.extractall(folder, filter="data")
    return folder / f"{package}-{version}"


def environment(packages: Sequence[str]) -> Path:
    """Return the folder of the programs of these packages, in a virtual environment of their own.  Raises Missing."""
    folder = FOLDER / "venv"
    made_from = folder / "made-from"
    wanted = f"{sys.version}\n" + "\n".join(packages)
    if not made_from.exists() or made_from.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        _pip(str(folder / "bin" / "python"), "install", "--quiet", *packages)
        made_from.write_text(wanted)
    return folder / "bin"


def _pip(python: str, *arguments: str) -> None:
    command = [python, "-m", "pip", *arguments]
    done = subprocess.run(command, env=surroundings(), capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise Missing(f"pip does not give {arguments[-1]}: {done.stderr.strip().splitlines()[-1]}")


def hook(folder: Path) -> Path:
    """Make a folder that, in PYTHONPATH, puts our classes in the place of imaplib."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_HOOK)
    (folder / "imapsh").symlink_to(ROOT / "imapsh")
    return folder


def surroundings(*paths: Path, **more: str) -> dict[str, str]:
    """Return the environment of a program that imports from these folders first, without what our tests put there."""
    ours = ("PYTEST_", "COVERAGE", "SSL_CERT_FILE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PYTHONPATH": os.pathsep.join(map(str, paths)), **more}
