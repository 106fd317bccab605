"""The compiled core: the modules that mypyc makes faster, and the build backend that compiles them if it is asked to.

`pip install .` compiles nothing.  With `IMAPSH_COMPILE=1` in the environment it compiles MODULES into extension modules
and installs these beside the sources that they were made from.  Python takes an extension module before a source of the
same name, so nothing in the sources asks which of the two runs.

This module is the build backend that `pyproject.toml` names (PEP 517).  Its hooks are those of setuptools.  They are
made when one is asked for, because setuptools and mypy are there only while a wheel is built.
"""

from __future__ import annotations

from importlib.machinery import ExtensionFileLoader
from importlib.util import find_spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The sources of the modules that are compiled: those that every octet of a server passes.
#:
#: Others stay interpreted.  A class that inherits from `str`, `int` or NamedTuple gains nothing or cannot be compiled
#: (`grammar.values`, `grammar.names`, `findings`).  mypyc turns a generator expression into a list, which would make
#: `grammar.sequence` hold millions of numbers.  Those of an extension or of the sending side are rarely used, and each
#: compiled module costs a start some time.
MODULES = (
    "imapsh/wire/frames.py",
    "imapsh/wire/reader.py",
    "imapsh/wire/push.py",
    "imapsh/wire/deflate.py",
    "imapsh/grammar/cursor.py",
    "imapsh/grammar/tolerant.py",
    "imapsh/grammar/responses.py",
    "imapsh/grammar/common.py",
    "imapsh/grammar/codes.py",
    "imapsh/grammar/fetch.py",
    "imapsh/grammar/kept.py",
    "imapsh/grammar/envelope.py",
    "imapsh/grammar/bodyforms.py",
    "imapsh/grammar/body.py",
    "imapsh/grammar/alike.py",
    "imapsh/grammar/mailboxes.py",
    "imapsh/grammar/mutf7.py",
)

#: The environment variable that asks for the compiled core, if it is neither empty nor 0.
ASKED = "IMAPSH_COMPILE"

_TOOLS = ["mypy>=2.4"]  # mypyc is a part of it

_HOOKS = frozenset({
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
})  # fmt: skip


_spec = find_spec(MODULES[0].removesuffix(".py").replace("/", "."))

compiled: bool = _spec is not None and isinstance(_spec.loader, ExtensionFileLoader)
"""True if the core of this imapsh is compiled, and false if it is interpreted."""


def __getattr__(name: str) -> Any:
    if name in _HOOKS:
        return getattr(_backend(), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _asked() -> bool:
    import os

    return os.environ.get(ASKED, "") not in ("", "0")


def _backend() -> Any:
    """Return the backend of setuptools, which is given the modules to compile if that was asked for."""
    import sys

    from setuptools import build_meta, setup

    class Backend(build_meta._BuildMetaBackend):  # type: ignore[misc] # documented for backends like this one
        def get_requires_for_build_wheel(self, config_settings: Any = None) -> list[str]:
            requires: list[str] = super().get_requires_for_build_wheel(config_settings)
            return [*requires, *_TOOLS] if _asked() else requires

        def run_setup(self, setup_script: str = "setup.py") -> None:
            builds = {"bdist_wheel", "editable_wheel"}.intersection(sys.argv)
            setup(ext_modules=_extensions() if builds and _asked() else [])

    return Backend()


def _extensions() -> list[Any]:
    """Return the extension modules, whose C mypyc writes.  Raises SystemExit with its messages if it cannot."""
    from mypyc.build import mypycify

    # The types are checked by `tests/run`.  Here only those of MODULES are looked at, without the stubs that it needs.
    options = ["--config-file=", "--follow-imports=silent", "--ignore-missing-imports"]
    extensions: list[Any] = mypycify([*options, *MODULES], opt_level="3", debug_level="0", group_name="imapsh")
    return extensions
