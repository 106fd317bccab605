r"""The table of imapsh's own commands.

A row's `handler` is "module.function" in `imapsh.shell.commands`.
"""

from __future__ import annotations

from typing import NamedTuple

from imapsh.shell.expectation import details


class Command(NamedTuple):
    """One of imapsh's own commands.

    `choices`: what completes the argument, by name: "path", "paths" (words of which the last may be one), "imap" (a
    whole IMAP command), "imap-name", or one of `imapsh.shell.prompt.completing.own.CHOICES`.
    `also`: words that people type for it, besides its name without the backslash.
    `prompt`: it makes sense at the prompt alone.  `verbatim`: what stands behind it is taken as it is, so that `|` and
    `>` are no operators in it; `exact`: blanks at its ends, too.
    """

    name: str
    syntax: str
    summary: str
    handler: str
    choices: str = ""
    details: str = ""
    prompt: bool = False
    verbatim: bool = False
    exact: bool = False
    also: tuple[str, ...] = ()


_TABLE = (
    Command("\\help", "[NAME]", "Lists these commands, or explains one, or any name of IMAP's.", "show.help_", "names",
            also=("?",)),
    # -- connections
    Command("\\connect", "[-n NAME] [URL]", "Connects again, or somewhere else, or once more beside.",
            "connection.connect", "places",
            details="URL is a profile of the configuration, or one of imap://[user@]host[:port][/mailbox],\n"
                    "imaps://..., unix:PATH, exec:COMMAND.\n"
                    "Without one: where it was, with the same mailbox selected again.  Nothing is ever resent.\n"
                    "With -n NAME the connection is a further one, or the one of that name anew."),
    Command("\\use", "NAME", "From now on lines go to the connection of this name.", "connection.use", "connections"),
    Command("\\sessions", "", "Lists the connections.", "connection.sessions"),
    Command("\\each", "LINE", "Does a line in every connection, one after the other.", "connection.each", "imap"),
    Command("\\disconnect", "[NAME]", "Logs out of a connection, and goes on without it.", "connection.disconnect",
            "connections"),
    # -- what is shown
    Command("\\last", "[FORMAT]", "Shows the last exchange again, without asking the server.", "show.last", "formats"),
    Command("\\format", "[FORMAT]", "Says or sets how replies are shown: pretty, view, wire, json or hex.", "show.form",
            "formats"),
    Command("\\keys", "[emacs|vi]", "Says or sets how lines are edited.", "show.keys", "keys", prompt=True),
    Command("\\trace", "[FILE|off]", "Says, begins or ends the trace of both directions; secrets are left out.",
            "show.trace", "path"),
    # -- messages
    Command("\\save", "[UID] SET [WHERE]", "Saves messages: a file each, or in an mbox file or a Maildir.", "mail.save",
            "paths",
            details="WHERE is a folder (one .eml file a message, named by its UID), NAME.mbox or mbox:FILE, or a\n"
                    "Maildir (maildir:FOLDER); without it a folder named after the mailbox.  What is there already is\n"
                    "not asked for again, so a save that was broken off goes on.  \\Seen is not set."),
    Command("\\load", "[-m MAILBOX] FILE...", "Appends messages from files, mbox files, Maildirs or folders of \\save.",
            "mail.load", "paths",
            details="Flags and dates are those that \\save, the mbox or the Maildir kept; else the date is the\n"
                    "message's own.  Line ends become CRLF.  Many go in one command where MULTIAPPEND is offered."),
    # -- care
    Command("\\safe", "[on|off]", "Says or sets whether what loses mail is asked about first.", "care.safe",
            "on or off",
            details="Asked about, with what they would do: EXPUNGE, CLOSE, DELETE, RENAME of INBOX, and STORE and\n"
                    "MOVE of many messages (--many).  Where nobody is there to be asked, as in a script, nothing is."),
    Command("\\readonly", "[on|off]", "Says or sets read-only mode.", "care.readonly", "on or off",
            details="SELECT is sent as EXAMINE, BODY[ as BODY.PEEK[; what changes mail or mailboxes is refused."),
    Command("\\cleartext", "[on|off]", "Says or sets whether passwords may go over a connection without TLS.",
            "care.cleartext", "on or off",
            details="Off, as without --cleartext, what would show a password or token to others on the way to another\n"
                    "machine is refused: LOGIN, AUTHENTICATE with PLAIN and the like.  STARTTLS is the better way."),
    # -- values that carry over
    Command("\\set", "[[-s] NAME [VALUE]]", "Lists what ${NAME} can be, shows one, or sets one.", "values.set_",
            "variables", verbatim=True,
            details="In any IMAP line ${NAME} is the value, as if it had been typed there:\n"
                    "    \\set box INBOX\n"
                    "    SELECT ${box}\n"
                    "Not in quotes and not in literals: what stands there is data.  With -s the value is asked for\n"
                    "unseen; it is shown nowhere.  A $ alone is IMAP's own, the saved result of SEARCH."),
    Command("\\unset", "NAME", "Forgets what \\set set.", "values.unset", "own variables"),
    Command("\\alias", "[NAME [LINE]]", "Lists the aliases, shows one, or makes one.", "values.alias", "aliases",
            verbatim=True,
            details="NAME at the beginning of a line then stands for LINE, with ${1} to ${9} for its arguments and\n"
                    "${*} for all of them; where there is none of these they go to the end:\n"
                    "    \\alias big SEARCH LARGER ${1}\n"
                    "    big 100000\n"
                    "It lasts until imapsh ends; [aliases] in the configuration file has those for good."),
    Command("\\unalias", "NAME", "Forgets an alias.", "values.unalias", "aliases"),
    Command("\\history", "[N|/TEXT]", "Shows the last N lines typed, 20 without N, or those with TEXT in them.",
            "values.history", prompt=True),
    # -- times
    Command("\\timing", "[on|off]", "Says or sets whether each command is followed by how long it took.",
            "timing.timing", "on or off"),
    Command("\\stats", "[NAME|reset]", "Shows what commands took: counts, percentiles, octets.", "timing.stats",
            "stats",
            details="Two lines for each command: until the first octet of the reply, and until its end.  NAME: of one\n"
                    "connection; without it of all together.  Percentiles are right to one part in a hundred."),
    Command("\\repeat", "[-q] N SECONDS LINE", "Does a line N times, with so many seconds between.", "timing.repeat",
            "imap",
            details="N is * for no end; Ctrl-C ends it, and in the end it says what the times were.  With -q replies\n"
                    "are not shown.\n"
                    "    \\repeat -q 100 0 NOOP"),
    # -- a script that is a test
    Command("\\expect", "EXPECTATION", "Says what the last exchange must be like.",
            "testing.expect", "subjects", details=details(), verbatim=True),
    Command("\\fail", "[TEXT]", "Fails, as an expectation does that is not met.", "testing.fail", verbatim=True),
    Command("\\name", "[TEXT]", "Names the tests that follow, in messages and reports.", "testing.name",
            verbatim=True),
    Command("\\skip", "[TEXT]", "The next expectation is not looked at, and is reported as skipped.", "testing.skip",
            verbatim=True),
    # -- news
    Command("\\watch", "[on|off|SECONDS]", "Hears of news between commands: IDLE, or NOOP now and then.",
            "watching.watch", "on or off",
            details="At the prompt: while nothing runs and a mailbox is selected IDLE runs, unseen, and is taken up\n"
                    "again behind each command; SECONDS are between NOOPs where the server has no IDLE.\n"
                    "In a script: shows news for so many seconds, or until Ctrl-C."),
    Command("\\notify", "[off|bell|desktop]", "Says or sets how new mail is told beside being shown.",
            "watching.notify", "notifications",
            details="bell rings the terminal's; desktop is notify-send where there is one, else an OSC 9 (rxvt: 777)\n"
                    "of the terminal's.  Told are the mailbox and how many messages, once for what comes together.",
            prompt=True),
    # -- octets
    Command("\\edit", "[COMMAND]", "Writes the literal of a command in your editor, and sends it.",
            "editing.edit", "imap",
            details="The literal goes to the end of the command, or where {} stands; for APPEND a message is begun:\n"
                    "    \\edit APPEND Drafts (\\Draft)\n"
                    "Without COMMAND: the last literal again.  VISUAL or EDITOR names the editor.  Nothing is sent\n"
                    "where nothing was written, and nothing secret is edited.",
            prompt=True, verbatim=True),
    Command("\\raw", "TEXT", "Sends exactly these octets, in no command.", "raw.send", verbatim=True,
            exact=True,
            details="Escapes: \\r \\n \\t \\0 \\e \\\\ and \\xNN for any octet.  Nothing is added, no CRLF either:\n"
                    "    \\raw A1 NOOP\\r\\n"),
    Command("\\resync", "", "Gives up what does not come: the rest of a literal or line, else the replies to commands.",
            "raw.resync",
            details="What came of a literal is read again as replies, from the first line on that is one.  If nothing\n"
                    "has come in part, the commands that have no reply are given up, and those behind them are sent.\n"
                    "A reply that comes after all is shown."),
    Command("\\quit", "", "Logs out everywhere and ends imapsh; so does Ctrl-D.", "connection.quit",
            also=("exit", "bye", ":q")),
)  # fmt: skip

COMMANDS: dict[str, Command] = {command.name: command for command in _TABLE}

#: Word that is typed without a backslash, whatever stands behind it -> the command that is meant.
MEANT: dict[str, Command] = {
    word: command for command in _TABLE if command.also for word in (command.name.removeprefix("\\"), *command.also)
}
