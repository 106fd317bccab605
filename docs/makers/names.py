"""The reference pages of names: commands, items, keys, responses, codes, capabilities, flags, rules."""

from __future__ import annotations

import re
from typing import NamedTuple

from imapsh.shell.commands.help.entries import Entry
from imapsh.shell.commands.help.lookup import listed, see_also
from imapsh.shell.commands.help.page import relations
from imapsh.shell.commands.help.spelt import spelt
from imapsh.table import kinds


class Page(NamedTuple):
    """A page: its file's name, its title, what is said first, and the kinds on it."""

    name: str
    title: str
    about: str
    kinds: tuple[str, ...]


_SYNTAX = """\
The syntax is that of the hints: ``<name>`` is spelt out below it; ``[...]`` may be left out; ``{...}`` holds together;
``a|b`` is one or the other; ``x...`` is one or more with a space between; parentheses stand for themselves.
"""

PAGES = (
    Page("commands", "Commands", _SYNTAX, ("command", "create-param", "list-select", "list-return", "store-item",
         "search-return", "use", "mechanism", "algorithm", "syntax", "argument", "state")),
    Page("fetch-items", "Fetch items", "What FETCH can ask for, and what a FETCH response holds.",
         ("fetch-item", "fetch-macro", "section", "section-mime")),
    Page("search-keys", "Search keys", "What SEARCH looks for; several together must all hold.",
         ("search-key", "search-return")),
    Page("status-items", "Status items", "What STATUS can ask for, and what its response holds.", ("status-item",)),
    Page("responses", "Responses", "What a server says, beside the tagged reply to a command.",
         ("response", "list-item", "search-data")),
    Page("response-codes", "Response codes", "They stand in brackets in OK, NO, BAD, BYE and PREAUTH.", ("code",)),
    Page("capabilities", "Capabilities", "What a server says that it can do, and what each capability gives.",
         ("capability",)),
    Page("flags-and-attributes", "Flags and mailbox attributes",
         "Flags are of messages, attributes of mailboxes; both begin with a backslash where the protocol defines them.",
         ("flag", "attribute")),
    Page("shell-commands", "The shell's own commands",
         "They begin with a backslash, as no IMAP command can.  Any other line is an IMAP command.", ("own",)),
    Page("rules", "Rules", "What imapsh finds wrong with a server's octets (a violation of the grammar), and with what "
         "they say at that time (a finding of conduct); and what it finds wrong with a client.  Each is named by its "
         "rule.",
         ("rule", "conduct", "client-conduct")),
)  # fmt: skip


_OTHERS = "commands"  # the page of the kinds that have no other, as the options of an extension's command


def _kinds_on_no_page() -> list[str]:
    return sorted(set(kinds()) - {"slot"} - {kind for page in PAGES for kind in page.kinds})


def page(page: Page) -> str:
    """The text of a page."""
    made = [".. Made by docs/make.py from the tables.", "", *_titled(page.title, "="), "", page.about.strip(), ""]
    made += ["``\\help NAME`` in the shell and ``imapsh --explain-name NAME`` say the same.", ""]
    kinds = page.kinds if page.name != _OTHERS else (*page.kinds, *_kinds_on_no_page())
    for kind in kinds:
        (_, plural), found = listed(kind)
        if len(kinds) > 1:
            made += [*_titled(plural[0].upper() + plural[1:], "-"), ""]
        for entry in found:
            made += [*_entry(entry), ""]
    return "\n".join(made).rstrip("\n") + "\n"


def _titled(title: str, rule: str) -> list[str]:
    return [title, rule * len(title)]


def _entry(entry: Entry) -> list[str]:
    """A definition: how it is written, what it is, and a field for each thing to say."""
    summary = f"{_plain(entry.summary)}  {entry.rfc}".rstrip()
    lines = [f"``{entry.usage}``", f"    {summary}"]
    if entry.usage == entry.syntax.replace('"', "") and entry.name.startswith("<"):
        lines[0] = f"``{entry.name}``" + (f" = ``{entry.usage}``" if entry.name != entry.usage else "")
    fields = [*entry.facts, *relations(entry)]
    if entry.example:
        fields.insert(0, ("Example", f"``{entry.example}``"))
    if others := see_also(entry):
        fields.append(("See also", ", ".join(others)))
    said = [(label, text if text.startswith("``") else _plain(text)) for label, text in fields]
    if entry.kind not in ("own", "option"):
        said[:0] = [(f"``{name}``", _plain(meaning)) for name, meaning in spelt(entry.syntax).items()]
    lines += ["", *(f"    - {label}: {text}" for label, text in said)] if said else []
    if entry.details and entry.kind == "command":
        lines += ["", f"    {_plain(entry.details)}"]
    elif entry.details:
        lines += ["", "    ::", "", *(f"        {line}".rstrip() for line in entry.details.splitlines())]
    return lines


def _plain(text: str) -> str:
    """Text in which no character is markup."""
    return re.sub(r"([\\*`|_])", r"\\\1", text)
