r"""imapsh's own commands, in one table: `\help`, the completion and the dispatch all read it.

Each begins with a backslash, as no IMAP line can.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Literal, NamedTuple, Protocol

from imapsh import spec
from imapsh.errors import UsageError
from imapsh.shell.files import unescape
from imapsh.shell.output import FORMATS
from imapsh.spec.model import Command as ImapCommand


class Shell(Protocol):
    """What the commands do their work with."""

    def say(self, text: str, style: str = "") -> None:
        """Show lines of text."""

    async def connect(self, url: str) -> None:
        """Connect anew, to `url` or where one was."""

    async def show_last(self, form: str) -> None:
        """Show the last exchange again, in a format or in the present one."""

    @property
    def format(self) -> str:
        """The format of what is shown."""

    def set_format(self, form: str) -> None:
        """Show in another format from now on."""

    def send_raw(self, octets: bytes) -> None:
        """Send octets as they are."""

    def set_trace(self, path: str) -> str:
        """Trace into a file, or no more for ""; what was done, as a sentence."""

    @property
    def trace_path(self) -> str:
        """Where the trace goes, "" for nowhere."""

    async def quit(self) -> None:
        """Log out and end the program."""


Handler = Callable[[Shell, str], Awaitable[None]]


class Command(NamedTuple):
    """One of imapsh's own commands; `choices` for completion: a function, or "path"."""

    name: str
    syntax: str
    summary: str
    handler: Handler
    choices: Callable[[], Iterable[str]] | Literal["path"] | None = None
    details: str = ""


async def run(shell: Shell, line: str) -> None:
    """Do what a line says that begins with a backslash.  Raises UsageError for an unknown command or a bad argument."""
    name, _, argument = line.strip().partition(" ")
    await find(name).handler(shell, argument.strip())


def find(name: str) -> Command:
    """The command of this name, with its backslash or without.  Raises UsageError, and names the nearest."""
    wanted = "\\" + name.lstrip("\\").lower()
    row = COMMANDS.get(wanted)
    if row is None:
        from difflib import get_close_matches

        near = get_close_matches(wanted, COMMANDS, 1, 0.5)
        meant = f"did you mean {near[0]}? " if near else ""
        raise UsageError(f"{wanted} is no command of imapsh: {meant}\\help lists them all")
    return row


# -- the handlers


async def _help(shell: Shell, argument: str) -> None:
    if not argument:
        shell.say(_overview())
        return
    imap = spec.command(" ".join(argument.split()))
    shell.say(_imap_help(imap) if imap is not None and argument[0] != "\\" else _own_help(find(argument)))


async def _connect(shell: Shell, argument: str) -> None:
    await shell.connect(argument)


async def _last(shell: Shell, argument: str) -> None:
    await shell.show_last(_format(argument) if argument else "")


async def _set_format(shell: Shell, argument: str) -> None:
    if argument:
        shell.set_format(_format(argument))
    shell.say(f"format: {shell.format} (one of {', '.join(FORMATS)})")


async def _raw(shell: Shell, argument: str) -> None:
    if not argument:
        raise UsageError("\\raw needs the text to send, as in \\raw A1 NOOP\\r\\n")
    shell.send_raw(unescape(argument))


async def _trace(shell: Shell, argument: str) -> None:
    if argument:
        shell.say(shell.set_trace("" if argument == "off" else argument))
    else:
        shell.say(f"the trace goes to {shell.trace_path}" if shell.trace_path else "there is no trace: \\trace FILE")


async def _quit(shell: Shell, argument: str) -> None:
    if argument:
        raise UsageError("\\quit takes no argument")
    await shell.quit()


def _format(name: str) -> str:
    if name.lower() not in FORMATS:
        raise UsageError(f"{name!r} is no format: one of {', '.join(FORMATS)}")
    return name.lower()


_TABLE = (
    Command("\\help", "[NAME]", "Lists these commands, or explains one, or one of IMAP's.", _help,
            lambda: [*COMMANDS, *spec.commands()]),
    Command("\\connect", "[URL]", "Connects again, or somewhere else.", _connect,
            details="URL is one of imap://[user@]host[:port][/mailbox], imaps://..., unix:PATH, exec:COMMAND.\n"
                    "Without one: where it was, with the same mailbox selected again.  Nothing is ever resent."),
    Command("\\last", "[FORMAT]", "Shows the last exchange again, without asking the server.", _last,
            lambda: FORMATS),
    Command("\\format", "[FORMAT]", "Says or sets how replies are shown: pretty, wire, json or hex.", _set_format,
            lambda: FORMATS),
    Command("\\raw", "TEXT", "Sends exactly these octets, in no command.", _raw,
            details="Escapes: \\r \\n \\t \\0 \\e \\\\ and \\xNN for any octet.  Nothing is added, no CRLF either:\n"
                    "    \\raw A1 NOOP\\r\\n"),
    Command("\\trace", "[FILE|off]", "Says, begins or ends the trace of both directions; secrets are left out.",
            _trace, "path"),
    Command("\\quit", "", "Logs out and ends imapsh; so does Ctrl-D.", _quit),
)  # fmt: skip

COMMANDS: dict[str, Command] = {command.name: command for command in _TABLE}

_KEYS = """\
Any other line is an IMAP command; its tag is added.  {n} at the end of a line begins a literal of n octets,
{@path} stands for a file's octets.  Tab completes; Ctrl-R searches the history; Ctrl-C clears the line, gives
the prompt back while a command runs, and ends IDLE; Ctrl-D logs out."""


#: What the shell does with some of IMAP's commands when they are typed without their end.
_AT_THE_PROMPT = {
    "AUTHENTICATE": "Without a response the user and the password or token are asked for, and imapsh does the rest;\n"
                    "with a tag in front, as in  a1 AUTHENTICATE PLAIN, you answer the server by hand.",
    "LOGIN": "Without the password it is asked for, unseen.",
}  # fmt: skip


def _overview() -> str:
    width = max(len(f"{row.name} {row.syntax}") for row in _TABLE)
    lines = [f"{row.name + ' ' + row.syntax:<{width}}  {row.summary}" for row in _TABLE]
    return "\n".join([*lines, "", _KEYS])


def _own_help(row: Command) -> str:
    return "\n".join(filter(None, (f"{row.name} {row.syntax}".rstrip(), row.summary, row.details)))


def _imap_help(row: ImapCommand) -> str:
    lines = [
        f"{row.name} {row.syntax}".rstrip(),
        f"{row.summary}  {row.rfc}",
        f"Example: {row.example}",
        f"State: {', '.join(row.states)}",
        f"Needs: {' or '.join(row.needs)}" if row.needs else "",
        f"Loses {row.destroys}." if row.destroys else "",
        _AT_THE_PROMPT.get(row.name, ""),
    ]
    return "\n".join(filter(None, lines))
