"""The pages of the API reference: what Sphinx is to describe, from the table of public names."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import NamedTuple

from imapsh.public import public

_ABOUT = """\
These are the public names of imapsh, all of them.  ``imapsh.public`` lists them; other names can change in any version.
The pages are made from the docstrings with Sphinx::

    python3 -m pip install '.[docs]'
    python3 -m sphinx docs/api build/api

"""


class Page(NamedTuple):
    """The title of a page, and the paragraph above its names."""

    title: str
    text: str


PAGES = {
    "asyncio": Page(
        "The asyncio client",
        "``imapsh.connect`` returns a connection.  Its methods are the commands of IMAP, with typed arguments and "
        "results.",
    ),
    "values": Page(
        "Values",
        "What a server sends, as values.  Names of mailboxes are text, and sizes are in octets.",
    ),
    "errors": Page(
        "Errors and findings",
        "Each error is one of these.  Violations and findings are not raised, but kept beside what the server sent.",
    ),
    "imap4": Page(
        "The classes of imaplib",
        "``imapsh.client.imap4`` has the names of the standard library's ``imaplib``.  The page ``docs/imaplib.rst`` "
        "says what differs.",
    ),
    "sasl": Page("SASL", "Each mechanism answers a server's challenges by octets.  None reads or writes by itself."),
    "session": Page(
        "The session",
        "The conversation without input and output: octets go in, events and octets come out.  The drivers move them.",
    ),
    "parser": Page("The parser", "From octets to values and back, without a connection."),
    "transport": Page("Transports", "Streams of octets over TCP, TLS, unix sockets, processes and memory."),
}


def page(name: str) -> str:
    """Return the text of a page."""
    title, text = PAGES[name]
    lines = [title, "=" * len(title), "", text, ""]
    for module, names in public()[name].items():
        lines += [module, "-" * len(module), "", f".. automodule:: {module}", "   :no-members:", "   :no-index:", ""]
        for each in names:
            lines += [f".. {_directive(module, each)}:: {module}.{each}", ""]
    return "\n".join(lines).rstrip() + "\n"


def index() -> str:
    """Return the text of the page that leads to the others."""
    lines = ["API reference", "=============", "", _ABOUT, ".. toctree::", ""]
    return "\n".join([*lines, *(f"   {name}" for name in PAGES)]) + "\n"


def _directive(module: str, name: str) -> str:
    value = getattr(import_module(module), name)
    if not inspect.isclass(value):
        return "autofunction" if inspect.isroutine(value) else "autodata"
    return "autoexception" if issubclass(value, BaseException) else "autoclass"
