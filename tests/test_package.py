"""The package as a whole: what importing it costs, its metadata, and that what is public says what it is."""

from __future__ import annotations

import configparser
import importlib
import importlib.metadata
import inspect
import re
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import ModuleType

import pytest

import imapsh

HEAVY = {"asyncio", "prompt_toolkit", "pygments"}


def modules() -> list[str]:
    """Every module but `__main__`, which runs the program, found without importing any."""
    root = Path(imapsh.__path__[0])
    paths = (path.relative_to(root.parent).with_suffix("") for path in root.rglob("*.py"))
    names = (".".join(path.parts).removesuffix(".__init__") for path in paths)
    return sorted(name for name in names if not name.endswith(".__main__"))


def imported_by(statement: str) -> set[str]:
    """The top-level modules a fresh interpreter holds after `statement`."""
    code = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_import_is_cheap() -> None:
    assert imported_by("import imapsh") & HEAVY == set()


def test_every_folder_is_a_package() -> None:
    """One without `__init__.py` runs from the checkout and is left out of what is installed."""
    root = Path(imapsh.__path__[0])
    folders = {path.parent for path in root.rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_what_is_installed_beside_the_modules_is_there() -> None:
    root = Path(imapsh.__path__[0]).parent
    setup = configparser.ConfigParser()
    setup.read(root / "setup.cfg", encoding="utf-8")
    beside = dict(setup["options.data_files"])
    assert beside == {"share/man/man1": "docs/man/imapsh.1"}
    assert all((root / path).is_file() for path in beside.values())
    assert (root / "imapsh" / setup["options.package_data"]["imapsh"]).is_file()


def test_version_is_the_metadata_s() -> None:
    assert importlib.metadata.version("imapsh") == imapsh.__version__


@pytest.mark.parametrize("name", modules())
def test_public_names_are_documented(name: str) -> None:
    module = importlib.import_module(name)
    skip_compiled(module)
    assert module.__doc__, f"{name} has no docstring"
    undocumented = [public for public in public_names(module) if not documented(module, public)]
    assert undocumented == [], f"without a docstring in {name}"


def public_names(module: ModuleType) -> list[str]:
    """`__all__`, or where there is none the classes and functions that begin their life in the module."""
    here = [name for name, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__]
    return list(getattr(module, "__all__", [name for name in here if not name.startswith("_")]))


def documented(module: ModuleType, public: str) -> bool:
    """Whether a function or class has a docstring of its own; other values are documented where they stand."""
    value = getattr(module, public)
    skip_compiled(sys.modules.get(getattr(value, "__module__", None) or ""))
    if inspect.isclass(value):
        text = vars(value).get("__doc__") or ""
        return bool(text) and not text.startswith(f"{value.__name__}(")  # what NamedTuple writes by itself
    return not inspect.isroutine(value) or bool(value.__doc__)


def skip_compiled(module: ModuleType | None) -> None:
    """Skip the test of a compiled module, which has no docstrings."""
    if str(getattr(module, "__file__", "")).endswith(tuple(EXTENSION_SUFFIXES)):
        pytest.skip("a compiled module has no docstrings; the tests of the interpreted core look at its source")


def test_c9_every_extra_for_users_is_imported_by_the_code() -> None:
    root = Path(imapsh.__path__[0])
    setup = configparser.ConfigParser()
    setup.read(root.parent / "setup.cfg", encoding="utf-8")
    lines = (line.split() for path in root.rglob("*.py") for line in path.read_text(encoding="utf-8").splitlines())
    imported = {words[1].partition(".")[0] for words in lines if len(words) >= 2 and words[0] in ("import", "from")}
    development = {"docs", "fuzz", "test", "dev"}
    extras = {
        name: [word.replace("-", "_") for word in re.findall(r"^[\w-]+", value, re.MULTILINE)]
        for name, value in setup["options.extras_require"].items()
        if name not in development
    }
    assert extras == {
        "keyring": ["keyring"],
        "gssapi": ["gssapi"],
        "oauth": ["oauthlib"],
        "proxy": ["python_socks"],
        "tap": ["cryptography"],
    }
    assert {package for packages in extras.values() for package in packages} <= imported
