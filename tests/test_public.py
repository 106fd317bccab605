"""The public names: each is there and says what it is, and they lead to no name that is not public."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import imapsh
from imapsh import errors
from imapsh.public import public
from tests.graph import ROOT
from tests.test_package import documented, modules

PUBLIC = public()
NAMES = [(module, name) for page in PUBLIC.values() for module, names in page.items() for name in names]


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_a_public_name_says_what_it_is(module: str, name: str) -> None:
    value = getattr(import_module(module), name)
    if inspect.isroutine(value) or (inspect.isclass(value) and value.__module__.startswith("imapsh")):
        assert documented(import_module(module), name)
        assert [each for each, what in members(value) if not what.__doc__] == []
    else:
        file = Path(import_module(module).__file__ or "")
        source = file.with_name(f"{file.name.partition('.')[0]}.py")  # a compiled module is beside its source
        assert has_words(source.read_text(encoding="utf-8"), name)


def has_words(source: str, name: str) -> bool:
    """Whether a module gives a name its value with a docstring below it, or a comment `#:` above it or beside it."""
    tree, lines = ast.parse(source), source.splitlines()
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.Module | ast.If)]
    bodies += [node.orelse for node in ast.walk(tree) if isinstance(node, ast.If)]
    for node, after in [pair for body in bodies for pair in zip(body, [*body[1:], None], strict=False)]:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if name in [target.id for target in targets if isinstance(target, ast.Name)]:
            below = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            return below or lines[node.lineno - 2].startswith("#:") or "  #: " in lines[node.lineno - 1]
    return False


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """The public functions and properties that a class itself defines."""
    for name, what in vars(value).items() if inspect.isclass(value) else ():
        what = what.__func__ if isinstance(what, classmethod | staticmethod) else what
        if not name.startswith("_") and (inspect.isfunction(what) or isinstance(what, property)):
            yield name, what


def test_each_is_listed_once() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_what_the_package_offers_is_public() -> None:
    offered = set(dir(imapsh)) & set(imapsh._LAZY)
    assert offered - {name for _, name in NAMES} == set()
    assert offered == set(imapsh._LAZY)


def test_every_error_is_public() -> None:
    raised = {name for name, value in vars(errors).items() if inspect.isclass(value)}
    assert raised == set(PUBLIC["errors"]["imapsh.errors"])


def test_a_signature_names_public_classes_only() -> None:
    """A class of imapsh that a public signature takes or returns is public itself."""
    classes = {
        name for module in modules() for name, value in vars(import_module(module)).items()
        if not module.startswith("imapsh.shell") and inspect.isclass(value) and value.__module__ == module
    }  # fmt: skip
    public = {name for _, name in NAMES}
    missing = {
        f"{word} in {module}.{owner}"
        for module, owner in NAMES
        for hint in hints(getattr(import_module(module), owner))
        for word in re.findall(r"[A-Z]\w+", hint)
        if word in classes and word not in public
    }
    assert missing == set()


def hints(value: Any) -> Iterator[str]:
    """The annotations of a function, of a class's fields and of its public methods, with names of types spelled out."""
    functions = [what.fget if isinstance(what, property) else what for _, what in members(value)]
    for function in [*functions, value]:
        module = sys.modules[getattr(function, "__module__", __name__)]
        for hint in getattr(function, "__annotations__", {}).values():
            text = hint if isinstance(hint, str) else repr(hint)
            yield "".join(alias(word, module) for word in re.split(r"\b", text))


def alias(word: str, module: Any) -> str:
    """A name of a type written out, if it is one that the module gives; a class stays its name."""
    value = getattr(module, word, None) if word[:1].isupper() else None
    return word if value is None or inspect.isclass(value) else re.sub(r"[\w.]+\.", "", repr(value))


def test_what_a_docstring_says_is_raised_is_an_error() -> None:
    builtin = {"ValueError", "OSError", "TypeError", "KeyError", "IndexError", "AttributeError", "TimeoutError"}
    known = builtin | set(vars(errors)) | {"Mismatch", "ReadOnly", "IMAP4"}
    unknown = {
        f"{module}.{name}: {raised}"
        for module, name in NAMES
        for what in [
            getattr(import_module(module), name),
            *dict(members(getattr(import_module(module), name))).values(),
        ]
        for sentence in re.findall(r"Raises ([^.]+)", inspect.getdoc(what) or "")
        for raised in re.findall(r"\b[A-Z]\w*(?:Error|Lost|Timeout|Bye|No|Bad)\b", sentence)
        if raised not in known
    }
    assert unknown == set()


@pytest.mark.slow
@pytest.mark.skipif(imapsh.compiled, reason="a compiled module has no docstrings")
def test_the_reference_is_made_without_a_warning(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "text", ROOT / "docs/api", tmp_path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (made.returncode, made.stderr) == (0, "")
    for page, listed in PUBLIC.items():
        text = (tmp_path / f"{page}.txt").read_text(encoding="utf-8")
        assert [name for module, names in listed.items() for name in names if f"{module}.{name}" not in text] == []
        assert "Alias for field" not in text
