"""The man page, from the tables of options and commands, and the notes of the command line's page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap

from makers.command_line import NOTES

from imapsh import __version__
from imapsh.shell.command_table import COMMANDS
from imapsh.shell.settings.usage import ABOUT, EXITS, URLS, groups

_ABOUT = (
    "imapsh shows the server's replies as they come, coloured, decoded and explained, and names "
    "violations of the grammar. Without -c and -f there is a prompt; if stdin is not a terminal, commands are read "
    "from it. At the prompt a line is an IMAP command; imapsh adds its tag. A line that begins with a backslash is a "
    "command of the shell itself."
)
_ENVIRONMENT = (
    ("IMAPSH_PASSWORD", "The password of the automatic login; it is hidden from child processes."),
    ("NO_COLOR", "If it is set, there are no colours unless --color always is given."),
)
_EXAMPLES = (
    ("imapsh --demo", "A prompt on the built-in demo server."),
    ("imapsh imaps://ida@mail.example.org", "A prompt on a server, logged in as ida."),
    ("imapsh ida@mail.example.org -c 'STATUS INBOX (MESSAGES UNSEEN)' --format json", "One command, for a program."),
    ("imapsh --explain-name BODY.PEEK[]", "What a name means."),
    ("imapsh --explain recorded.bin", "Explains recorded server octets, with their violations."),
)


def page(version: str = __version__) -> str:
    """The page's source, for man(7)."""
    return "\n".join(_lines(version)) + "\n"


def _lines(version: str) -> Iterator[str]:
    yield '.\\" Made by docs/make.py from the tables.'
    yield f'.TH IMAPSH 1 "" "imapsh {version}" "User Commands"'
    yield from (".SH NAME", "imapsh \\- an interactive shell for IMAP")
    yield from (".SH SYNOPSIS", ".B imapsh", "[\\fIOPTIONS\\fR] [\\fIURL\\fR]")
    yield from (".SH DESCRIPTION", text(ABOUT), ".PP", text(_ABOUT))
    yield from (".SH URL", *_terms(URLS))
    yield ".SH OPTIONS"
    for group, rows in groups():
        yield f".SS {quoted(group)}"
        yield from _terms((option.synopsis, option.help) for option in rows)
    yield from (".SH COMMANDS OF THE SHELL", "Each begins with a backslash, as no IMAP command can.")
    yield from _terms((f"{row.name} {row.syntax}".rstrip(), row.summary) for row in COMMANDS.values())
    yield from _notes(NOTES)
    yield from (".SH ENVIRONMENT", *_terms(_ENVIRONMENT))
    yield from (".SH EXIT STATUS", *_terms((str(status), what) for status, what in EXITS))
    yield from (".SH EXAMPLES", *_terms(_EXAMPLES))
    yield from (".SH SEE ALSO", "RFC 9051 (IMAP4rev2), RFC 3501 (IMAP4rev1).")
    yield text("The pages under docs/ explain every name, and lead through a first session.")


def _terms(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, what in rows:
        yield from (".TP", f".B {quoted(term)}", text(what))


_ITEM = r"- |\d+\. "


def _notes(notes: str) -> Iterator[str]:
    """Sections of paragraphs, lists and literal blocks, from reStructuredText."""
    for title, body in re.findall(r"([^\n]+)\n-+\n\n(.*?)(?=\n\n[^\n]+\n-+\n|\Z)", notes.strip(), re.DOTALL):
        yield f".SH {quoted(title.upper())}"
        for index, paragraph in enumerate(re.split(rf"\n\n|\n(?={_ITEM})", body.strip("\n"))):
            if found := re.match(_ITEM, paragraph):
                mark = found[0].strip()
                yield from (f".IP {mark} 4" if mark != "-" else ".IP \\(bu 2", text(paragraph[found.end() :]))
            elif paragraph.startswith("    "):
                yield from (".PP", ".nf", *(escaped(line) for line in paragraph.splitlines()), ".fi")
            else:
                yield from ([".PP"] if index else [])
                yield text(re.sub(r"::$", ":", paragraph))


def text(words: str) -> str:
    """Text of a paragraph: ``code`` is bold, and nothing in it is a request."""
    parts = re.split(r"``(.+?)``", " ".join(words.split()))
    made = "".join(f"\\fB{escaped(part)}\\fR" if index % 2 else escaped(part) for index, part in enumerate(parts))
    lines = wrap(made, 78, break_on_hyphens=False, break_long_words=False)
    return "\n".join(f"\\&{line}" if line.startswith(".") else line for line in lines)


def quoted(words: str) -> str:
    """One argument of a request."""
    return '"' + escaped(words).replace('"', '""') + '"'


def escaped(words: str) -> str:
    """Characters that roff would take for something else."""
    return words.replace("\\", "\\e").replace("-", "\\-").replace("§", "\\(sc").replace("'", "\\(aq")
