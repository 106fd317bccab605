"""What the documents say of the code, held against the code."""

from __future__ import annotations

import ast
import importlib
import io
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import docutils.core
import pytest

from imapsh import findings
from imapsh.session import states
from imapsh.shell.settings.options import OPTIONS
from imapsh.shell.settings.passwords.password import ORDER
from tests.graph import ROOT, sources
from tests.servers.base import absent
from tests.test_rooms import ROOMS

PAGES = [*sorted((ROOT / "docs").rglob("*.rst")), ROOT / "README.rst"]
DESIGN = sorted((ROOT / "docs/design").glob("*.rst"))
#: Pages, and modules with their docstrings and comments.
TEXTS = [*PAGES, *sorted(path for folder in ("imapsh", "tests") for path in (ROOT / folder).rglob("*.py"))]


def test_the_states_page_is_the_table() -> None:
    page = (ROOT / "docs/design/states.rst").read_text(encoding="utf-8")
    rows = re.findall(r"^(\w+) +(OK|NO) +([\w-]+)$", page, re.MULTILINE)
    assert {(name, reply): state for name, reply, state in rows} == states.REPLIES


def test_the_floors_page_has_the_contract_of_setup_cfg() -> None:
    page = (ROOT / "docs/design/floors.rst").read_text(encoding="utf-8")
    order = re.search(r"^    (shell > .*)$", page, re.MULTILINE)
    contract = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    assert order is not None
    for floor in re.findall(r"\w+", order[1]):
        assert re.search(rf"\b{floor}\b", contract), floor


def test_the_floors_page_has_the_rooms_of_the_shell() -> None:
    page = (ROOT / "docs/design/floors.rst").read_text(encoding="utf-8")
    assert ROOMS in " ".join(page.split())
    listed = re.findall(r"^``(\w+)(?:/|\.py)``  ", page[page.index("The rooms of the shell") :], re.MULTILINE)
    assert listed == re.findall(r"\w+", ROOMS)


def test_a_name_in_a_text_is_of_something_that_is_there() -> None:
    """A dotted name that begins with imapsh, in a page, a docstring or a comment."""
    named = re.compile(r"`(imapsh(?:\.[A-Za-z_]\w*)+)")
    found = [(path, name) for path in TEXTS for name in named.findall(path.read_text(encoding="utf-8"))]
    assert [f"{path.relative_to(ROOT)}: {name}" for path, name in found if not is_there(name)] == []


def test_a_path_in_a_text_is_of_a_file_that_is_there() -> None:
    """A folder, a file, or a name in a module; from the root, from imapsh or from where the text is."""
    folders = {name.split(".")[1] for name in sources() if "." in name} | {"imapsh", "tests", "docs"}
    modules = {path.name for path in TEXTS}
    gone = []
    for path in TEXTS:
        for name in re.findall(r"`([a-z_][\w/]*[/.][\w.]*)`", path.read_text(encoding="utf-8")):
            first, slash, _ = name.partition("/")
            if name.endswith((".py", ".rst")) or (slash and first in folders):
                places = [name in modules, *((base / name).exists() for base in (ROOT, ROOT / "imapsh", path.parent))]
                if not any(places) and not is_there(f"imapsh.{name.replace('/', '.')}"):
                    gone.append(f"{path.relative_to(ROOT)}: {name}")
    assert gone == []


def test_where_to_change_what_names_what_is_there() -> None:
    """A name in a row of the table is in a file that the row names."""
    page = (ROOT / "docs/design/floors.rst").read_text(encoding="utf-8")
    table = page[page.index("Where is ...") :].split("\n=====")[2]
    rows: list[str] = []
    for line in table.splitlines()[1:]:
        place = line[40:]
        if re.match(r"\S", line) and not line.startswith(("be ", "fails ")):
            rows.append("")
        rows[-1] += f" {place}"
    wrong = []
    for row in rows:
        named = re.findall(r"``([^`]+)``", row)
        files = [ROOT / base / name for base in ("imapsh", "") for name in named if re.fullmatch(r"[\w/]+\.py", name)]
        text = "".join(path.read_text(encoding="utf-8") for path in files if path.is_file())
        names = [part for name in named if re.fullmatch(r"\w+(\.(?!py$)\w+)?", name) for part in name.split(".")]
        wrong += [f"{name}: {row}" for name in names if text and name not in text]
    assert len(rows) > 20
    assert wrong == []


def is_there(name: str) -> bool:
    """Whether a dotted name is that of a module or of an attribute."""
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def test_an_attribute_in_a_text_is_one_of_the_class() -> None:
    """`Class.attribute`; in the design pages the class must be one of imapsh, too, or stand here with its library."""
    known, elsewhere = attributes(), {"Char": "prompt_toolkit"}
    gone = []
    for path in TEXTS:
        for owner, name in re.findall(r"`([A-Z]\w*[a-z]\w*)\.(\w+)", path.read_text(encoding="utf-8")):
            ours = owner in known or (path in DESIGN and owner not in elsewhere)
            if ours and name not in known.get(owner, ()):
                gone.append(f"{path.relative_to(ROOT)}: {owner}.{name}")
    assert gone == []


def attributes() -> dict[str, set[str]]:
    """What the classes of imapsh have in their bodies and set in their methods, by the name of the class."""
    trees = [source.tree for source in sources().values()]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found: dict[str, set[str]] = {node.name: set() for node in classes}
    for node in classes:
        found[node.name].update(filter(None, map(_defined, ast.walk(node))))
    for _ in range(3):  # what is inherited, from three classes up at the most
        for node in classes:
            for base in node.bases:
                found[node.name] |= found.get(ast.unparse(base).rpartition(".")[2], set())
    return found


def _defined(node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        return node.attr
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else ""


def test_readme_links_are_there() -> None:
    readme = (ROOT / "README.rst").read_text(encoding="utf-8")
    for path in re.findall(r"``(docs/[\w/.-]+)``|image:: (\S+)", readme):
        assert (ROOT / (path[0] or path[1])).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_is_restructuredtext_without_a_fault(page: Path) -> None:
    if "api" in page.parts:
        return  # Sphinx reads these: see `tests/test_public.py`
    told = io.StringIO()
    docutils.core.publish_string(
        page.read_text(encoding="utf-8"), source_path=str(page), writer="null",
        settings_overrides={"report_level": 2, "warning_stream": told},
    )  # fmt: skip
    assert told.getvalue() == ""


def test_the_index_leads_to_every_page() -> None:
    docs = ROOT / "docs"
    index = (docs / "index.rst").read_text(encoding="utf-8")
    named = set(re.findall(r"``([\w/.-]+\.rst)``", index))
    assert named == {str(page.relative_to(docs)) for page in docs.rglob("*.rst")} - {"index.rst"}


def test_the_glossary_is_in_order_and_short() -> None:
    page = (ROOT / "docs/glossary.rst").read_text(encoding="utf-8")
    terms = re.findall(r"^(\S.*)\n    (.+)$", page, re.MULTILINE)
    words = [term for term, _ in terms]
    assert words == sorted(words, key=str.lower)
    assert {"tag", "untagged", "literal", "sequence set", "UID", "UIDVALIDITY"} <= set(words)


def test_the_man_page_has_what_a_man_page_has() -> None:
    page = (ROOT / "docs/man/imapsh.1").read_text(encoding="utf-8")
    lines = page.splitlines()
    assert lines[1].startswith(".TH IMAPSH 1 ")
    sections = [line[4:].strip('"') for line in lines if line.startswith(".SH ")]
    assert sections[:3] == ["NAME", "SYNOPSIS", "DESCRIPTION"]
    assert {"URL", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO"} <= set(sections)
    requests = {line.split(" ")[0] for line in lines if line.startswith(".")}
    assert requests <= {'.\\"', ".TH", ".SH", ".SS", ".TP", ".PP", ".IP", ".B", ".nf", ".fi"}
    assert [line for line in lines if re.match(r"\.IP \d", line)] == [f".IP {n}. 4" for n in range(1, len(ORDER) + 1)]
    for option in OPTIONS:
        assert f'.B "{option.synopsis}"'.replace("-", "\\-") in lines, option.name
    assert not any(line.startswith("'") for line in lines)


def test_man_takes_the_man_page() -> None:
    if shutil.which("man") is None or shutil.which("groff") is None:
        absent("man is not installed")
    done = subprocess.run(
        ["man", "--warnings", "-l", str(ROOT / "docs/man/imapsh.1")], capture_output=True, text=True, timeout=60,
        check=True, env={**os.environ, "MANWIDTH": "80", "MANPAGER": "cat", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.stderr == ""
    assert "an interactive shell for IMAP" in done.stdout
    assert r"\xNN" in done.stdout  # a backslash is one


def test_the_page_of_values_can_be_typed(tmp_path: Path) -> None:
    """All its lines, in order, on the demo server."""
    page = (ROOT / "docs/values.rst").read_text(encoding="utf-8")
    typed = re.findall(r"^    (\S.*)$", page, re.MULTILINE)
    ran = subprocess.run(
        [sys.executable, "-m", "imapsh", "--demo", "-f", "-"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        input="\n".join(typed), text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert len(typed) > 15
    assert (tmp_path / "first.eml").read_bytes().startswith(b"From: ")
    assert {"flags.txt", "last.json"} <= {path.name for path in tmp_path.iterdir()}
    assert "next = " not in ran.stdout
    assert re.search(r"^next +=", ran.stdout, re.MULTILINE)


def test_every_rule_says_where_it_stands() -> None:
    for name, rule in findings.RULES.items():
        assert re.fullmatch(r"RFC \d{4,5} §[\dA-Z.]+|draft-[a-z0-9-]+|[A-Z][a-z]+", rule.rfc), name
        assert rule.line, name


def test_every_rule_named_in_the_code_is_in_the_catalogue() -> None:
    for module in pkgutil.walk_packages([str(ROOT / "imapsh/grammar")], "imapsh.grammar."):
        importlib.import_module(module.name)  # the rules of a family join when it is imported
    named = re.compile(r"""(?:fail|give_up|Violation|Finding)\(\s*"([\w-]+)\"""")
    for source in (ROOT / "imapsh").rglob("*.py"):
        for rule in named.findall(source.read_text(encoding="utf-8")):
            assert rule in findings.RULES, f"{source.name}: {rule}"


def test_the_tutorial_can_be_typed() -> None:
    """Its IMAP lines, in order, on the demo server, but for those that want a file or more lines."""
    page = (ROOT / "docs/tutorial.rst").read_text(encoding="utf-8")
    lines = re.findall(r"^    ([A-Z]{3,}(?: .*)?)$", page, re.MULTILINE)
    typed = [line for line in lines if not re.search(r"\{@?[\w.]+\}$|^IDLE$", line)]
    wrong = typed.index("FETCH 1 (FLAGS BODY[HEADER.FIELD (To)]")
    assert len(typed) > 10
    ran = subprocess.run(
        [sys.executable, "-m", "imapsh", "--demo", "--keep-going", "-f", "-"],
        input="\n".join(typed), text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    replies = re.findall(r"^< A\d+ (OK|NO|BAD)", ran.stdout, re.MULTILINE)[1:]  # the first is the login's
    assert replies == ["BAD" if index == wrong else "OK" for index in range(len(typed))]
    assert ran.returncode == 3
