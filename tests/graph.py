"""The import graph of imapsh, read from its sources: which module imports which, and how.

    python -m tests.graph     prints the counts that docs/design and the tests speak of

An import is counted however it is written: at the top of a module, in a function, for types only, or by a string that
`import_module` is given.  Strings are found so:

- A string that is the full name of a module is an import of it, wherever it stands.
- `import_module(f"{package}.{name}")` imports the modules of `package` that strings name, as "module" or as
  "module.attribute": strings of the same module, or if it has none that fit, strings anywhere on its floor.

A room is what stands directly in a folder: a module, or a folder with all that is in it.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PACKAGE = "imapsh"
SHELL = "imapsh.shell"

#: The kinds of imports: at the top of a module, in a function, for types only, by a string.
MODULE, FUNCTION, TYPE, STRING = ALL = ("module", "function", "type", "string")


class Import(NamedTuple):
    """One module imports another; `kind` is MODULE, FUNCTION, TYPE or STRING."""

    importer: str
    imported: str
    kind: str
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported} ({self.kind})"


class Source:
    """A module's name, its text and its tree."""

    def __init__(self, name: str, text: str, *, is_package: bool = False) -> None:
        self.name = name
        self.text = text
        self.tree = ast.parse(text, name)
        self.is_package = is_package


@cache
def sources() -> Mapping[str, Source]:
    """The modules of imapsh by name; a package's name stands for its `__init__`."""
    found = {}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = Source(name, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py")
    return found


@cache
def imports() -> tuple[Import, ...]:
    """Every import of one module of imapsh by another, in the order of the sources."""
    return tuple(one for source in sources().values() for one in imports_of(source))


def imports_of(source: Source) -> list[Import]:
    """The imports that one module makes of others."""
    found = (*_statements(source), *_by_string(source))
    return list(dict.fromkeys(one for one in found if one.importer != one.imported))


def _statements(source: Source) -> Iterator[Import]:
    for node, kind in _walk(source.tree, MODULE):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _base(source, node)
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if (module := _module(name)) is not None:
                yield Import(source.name, module, kind, node.lineno)


def _walk(node: ast.AST, kind: str) -> Iterator[tuple[ast.AST, str]]:
    """All nodes below one, with the kind of import that an import there is."""
    for child in ast.iter_child_nodes(node):
        inner = kind
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inner = FUNCTION
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            inner = TYPE
        yield child, inner
        yield from _walk(child, inner)


def _base(source: Source, node: ast.ImportFrom) -> str:
    """The module that `from ... import` names."""
    if not node.level:
        return node.module or ""
    parts = source.name.split(".")
    parts = parts[: len(parts) - node.level + source.is_package]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _module(name: str) -> str | None:
    """The module that a dotted name is, or is an attribute of; None outside imapsh."""
    parent = name.rpartition(".")[0]
    return next((one for one in (name, parent) if one in sources()), None)


def _by_string(source: Source) -> Iterator[Import]:
    for text, line in _strings(source):
        if "." in text and text in sources():
            yield Import(source.name, text, STRING, line)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "import_module":
            for module in _given(source, node.args[0]):
                yield Import(source.name, module, STRING, node.lineno)


@cache
def _strings(source: Source) -> list[tuple[str, int]]:
    """The strings of a module with their lines; not its docstrings."""
    docs = {id(doc) for doc in _docstrings(source.tree)}
    constants = (node for node in ast.walk(source.tree) if isinstance(node, ast.Constant) and id(node) not in docs)
    return [(node.value, node.lineno) for node in constants if isinstance(node.value, str)]


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Strings that stand as a statement."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _given(source: Source, argument: ast.expr) -> set[str]:
    """The modules that an argument of `import_module` may be; one given whole is a string like others."""
    if isinstance(argument, ast.Constant) and str(argument.value).startswith("."):
        package = source.name if source.is_package else source.name.rpartition(".")[0]
        return {name for name in [package + str(argument.value)] if name in sources()}
    if not isinstance(argument, ast.JoinedStr):
        return set()
    package = "".join(_text(source, value) for value in argument.values).rstrip(".")
    floor = [one for one in sources().values() if one.name.split(".")[1:2] == source.name.split(".")[1:2]]
    return _named([source], package) or _named(floor, package)


def _text(source: Source, value: ast.expr) -> str:
    """What is known of a part of an f-string."""
    if isinstance(value, ast.Constant):
        return str(value.value)
    is_name = isinstance(value, ast.FormattedValue) and ast.unparse(value.value) == "__name__"
    return source.name if is_name else ""


def _named(among: Iterable[Source], package: str) -> set[str]:
    """The modules of a package that strings name."""
    texts = {text for source in among for text, _ in _strings(source)}
    modules = {f"{package}.{text.partition('.')[0]}" for text in texts}
    return {module for module in modules if module in sources() and module != package}


# -- what is made of it


def room(module: str, house: str) -> str:
    """The room of `house` (a package) that a module stands in, "" for outside of it and for its own `__init__`."""
    return module.removeprefix(f"{house}.").partition(".")[0] if module.startswith(f"{house}.") else ""


def between(house: str, kinds: Iterable[str] = ALL) -> dict[tuple[str, str], list[Import]]:
    """The imports from one room of `house` into another."""
    found = defaultdict(list)
    for one in imports():
        pair = room(one.importer, house), room(one.imported, house)
        if one.kind in kinds and "" not in pair and pair[0] != pair[1]:
            found[pair].append(one)
    return dict(found)


def circles(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The strongly connected parts with more than one member, sorted: in each, every member leads to every other."""
    leads = defaultdict(set)
    for start, end in pairs:
        leads[start].add(end)
    reach = {start: _reach(leads, start) for start in list(leads)}
    parts = {tuple(sorted(end for end in ends if start in reach.get(end, ()))) for start, ends in reach.items()}
    return sorted(part for part in parts if len(part) > 1)


def _reach(leads: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    due = [start]
    while due:
        fresh = leads.get(due.pop(), set()) - seen
        seen |= fresh
        due += fresh
    return seen


def between_modules(kinds: Iterable[str] = ALL, house: str = PACKAGE) -> set[tuple[str, str]]:
    """Importer and imported, of imports within `house`."""
    found = {(one.importer, one.imported) for one in imports() if one.kind in kinds}
    return {pair for pair in found if all(f"{name}.".startswith(f"{house}.") for name in pair)}


def rooms(house: str) -> set[str]:
    return {room(name, house) for name in sources()} - {""}


def code_lines(source: Source) -> int:
    """Lines with code: no blank ones, none with only a comment, no docstrings."""
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    docs = {line for one in _docstrings(source.tree) for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type not in skipped:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - docs)


def function_imports(source: Source) -> int:
    """Import statements inside functions, of imapsh or of anything else."""
    nodes = _walk(source.tree, MODULE)
    return sum(isinstance(node, ast.Import | ast.ImportFrom) and kind == FUNCTION for node, kind in nodes)


def counts(house: str) -> dict[str, int]:
    """What there is to count in a package, each number by its name."""
    inside = [source for source in sources().values() if f"{source.name}.".startswith(f"{house}.")]
    no_types = (MODULE, FUNCTION, STRING)
    return {
        "modules": len(inside),
        "lines of code": sum(map(code_lines, inside)),
        "rooms": len(rooms(house)),
        "imports between rooms": len(between(house)),
        "imports between rooms, not for types": len(between(house, no_types)),
        "imports between rooms, at the top": len(between(house, [MODULE])),
        "circles of rooms": len(circles(between(house))),
        "circles of rooms, not for types": len(circles(between(house, no_types))),
        "imports between modules": len(between_modules(ALL, house)),
        "circles of modules": len(circles(between_modules(ALL, house))),
        "circles of modules, not for types": len(circles(between_modules(no_types, house))),
        "import statements in functions": sum(map(function_imports, inside)),
    }


def main() -> None:
    """Print the counts of the shell and of all of imapsh, and the circles of modules."""
    shell, everything = counts(SHELL), counts(PACKAGE)
    print(f"{'':36}{'shell':>8}{'imapsh':>8}")
    for name, count in shell.items():
        print(f"{name:36}{count:8,}{everything[name]:8,}")
    print("\ncircles of modules:")
    for circle in circles(between_modules()):
        print(" ", " ".join(name.removeprefix(f"{PACKAGE}.") for name in circle))


if __name__ == "__main__":
    main()
