"""The text of `--help`, and the parts of it that the reference page and the man page have too."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.shell.settings.options import OPTIONS, Option

USAGE = "imapsh [OPTIONS] [URL|PROFILE]"
ABOUT = "An interactive shell for IMAP.  Type IMAP commands, and see what the server says."
URLS = (
    ("imaps://[user@]host[:port][/mailbox]", "TLS from the first octet; a bare host means the same"),
    ("imaps://admin;AUTHORIZE=user@host", "log in as admin and act for user; ;PROXYAUTH=user does it by PROXYAUTH"),
    (
        "imap://[user@]host[:port][/mailbox]",
        "plain; STARTTLS is used before the login if the server offers it, on this machine too",
    ),
    ("unix:PATH", "a server on a Unix socket"),
    ("exec:COMMAND", "a command that is a server on its stdin and stdout"),
    ("imaps+exec:COMMAND, imaps+unix:PATH", "the same, with TLS from the first octet"),
    ("PROFILE", "a name under [profiles] in the configuration file"),
)
EXITS = (
    (0, "all commands were OK"),
    (1, "a command got NO, an expectation was not met, or what --explain reads is cut, or faulty with --strict"),
    (2, "the command line, configuration, script or file was wrong, or imapsh or you refused to send a command"),
    (3, "a command got BAD"),
    (4, "no connection, or the greeting was BYE or not IMAP"),
    (5, "TLS failed: handshake, certificate or STARTTLS"),
    (6, "the automatic login was refused, or a password was not sent because the connection is not encrypted"),
    (7, "the connection was lost, timed out or tripped a limit, or the server said BYE unasked"),
    (70, "an internal error in imapsh; a report was written"),
    (130, "interrupted with Ctrl-C"),
)


def groups() -> Iterator[tuple[str, list[Option]]]:
    """Yield the groups in order, with their rows."""
    for group in dict.fromkeys(option.group for option in OPTIONS):
        yield group, [option for option in OPTIONS if option.group == group]


def help_text(columns: int | None = None) -> str:
    """Return the text that `--help` prints, at the terminal's width if none is given: 60 to 100 columns."""
    from shutil import get_terminal_size
    from textwrap import fill

    if columns is None:
        columns = min(max(get_terminal_size((100, 24)).columns, 60), 100)

    def row(head: str, text: str) -> str:
        room = columns - len(head)
        return head + fill(text, room, break_on_hyphens=False).replace("\n", "\n" + " " * len(head))

    lines = [f"Usage: {USAGE}", "", *fill(ABOUT, columns).split("\n"), "", "URL:"]
    lines += [row(f"  {form:<38}  ", what) for form, what in URLS]
    for group, rows in groups():
        lines += ["", f"{group}:", *(row(f"  {option.synopsis:<26}  ", option.help) for option in rows)]
    lines += ["", "Exit status:", *(row(f"  {status:>3}  ", what) for status, what in EXITS)]
    return "\n".join(lines) + "\n"
