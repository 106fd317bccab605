r"""The table of imapsh's own commands.

A row's `handler` is "module.function" in `imapsh.shell.commands`.
"""

from __future__ import annotations

from imapsh.shell.expectation import details
from imapsh.tuples import NamedTuple


class Command(NamedTuple):
    """One of imapsh's own commands.

    `choices` says by name what completes the argument: "path", "paths" (words of which the last may be one), "imap" (a
    whole IMAP command), "imap-name", or one of `imapsh.shell.prompt.completing.own.CHOICES`.  `also` holds words that
    people type for the command, besides its name without the backslash.  `prompt` is true if it makes sense at the
    prompt alone.  With `verbatim`, what comes after it is taken as it is, so that `|` and `>` are no operators in it;
    with `exact`, blanks at its ends are kept, too.
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
    Command("\\help", "[NAME]", "Lists the commands of imapsh, or explains one of them or any IMAP name.",
            "show.help_", "names", also=("?",)),
    # -- connections
    Command("\\connect", "[-n NAME] [URL]", "Connects again, to another server, or once more beside the first.",
            "connection.connect", "places",
            details="URL is a profile of the configuration, or one of imap://[user@]host[:port][/mailbox],\n"
                    "imaps://..., unix:PATH, exec:COMMAND, imaps+unix:PATH, imaps+exec:COMMAND.  Without URL, imapsh\n"
                    "connects to the same server and selects the same mailbox.  It resends nothing.  With -n NAME it\n"
                    "opens a further connection, or replaces the connection of that name."),
    Command("\\use", "NAME", "Sends the following lines to the connection of this name.",
            "connection.use", "connections"),
    Command("\\sessions", "", "Lists the connections.", "connection.sessions"),
    Command("\\each", "LINE", "Runs a line in every connection, one after the other.", "connection.each", "imap"),
    Command("\\disconnect", "[NAME]", "Logs out of a connection and removes it.", "connection.disconnect",
            "connections"),
    Command("\\tap", "[LISTEN [URL]|off]", "Stands between clients and a server, and shows both sides.",
            "tap.tap", prompt=True,
            details="LISTEN is PORT, HOST:PORT, imaps://PORT for TLS, or unix:PATH, of this machine.  Without URL,\n"
                    "the server is that of the current connection.  Each client has a name: the port and a number.\n"
                    "\\tap alone lists the taps, and \\tap off ends them.  In a script, use imapsh --tap."),
    # -- what is shown
    Command("\\last", "[FORMAT [COLUMN]]", "Shows the last exchange again, without asking the server.", "show.last",
            "formats"),
    Command("\\format", "[FORMAT [COLUMN]]", "Shows or sets the format of replies: pretty, view, wire, json or hex.",
            "show.form", "formats",
            details="With a column, view shows the mailboxes of a LIST as one table, sorted by that\n"
                    "column and totalled, as in \\format view size and then\n"
                    "LIST \"\" * RETURN (STATUS (MESSAGES SIZE)).  COLUMN is name or an item of\n"
                    "STATUS.  \\format view goes back to the tree."),
    Command("\\keys", "[emacs|vi]", "Shows or sets the key bindings for editing lines.",
            "show.keys", "keys", prompt=True),
    Command("\\trace", "[FILE|off]", "Shows, begins or ends the trace of both directions; secrets are left out.",
            "show.trace", "path"),
    Command("\\export", "FILE", "Writes what was said as a page for a browser; secrets are left out.", "export.export",
            "path",
            details="The page has the session so far.  If that was long, its beginning is missing, and the page\n"
                    "says how much (--limit recent=N); \\trace FILE keeps everything.  An old file is replaced when\n"
                    "the page is whole."),
    # -- messages
    Command("\\save", "[UID] SET [WHERE]", "Saves messages: one file for each, an mbox file or a Maildir.", "mail.save",
            "paths",
            details="WHERE is a folder (one .eml file for each message, named by its UID), NAME.mbox or mbox:FILE, or\n"
                    "a Maildir (maildir:FOLDER).  Without WHERE it is a folder named after the mailbox.  Messages\n"
                    "that are already there are not fetched again, so an interrupted save can be resumed.  \\Seen is\n"
                    "not set."),
    Command("\\load", "[-m MAILBOX] FILE...", "Appends messages from files, mbox files, Maildirs or folders of \\save.",
            "mail.load", "paths",
            details="Flags and dates come from what \\save, the mbox or the Maildir kept; otherwise the date is the\n"
                    "message's own.  Line ends become CRLF.  With MULTIAPPEND, one command takes many messages."),
    # -- care
    Command("\\safe", "[on|off]", "Shows or sets whether imapsh asks before a command that loses mail.", "care.safe",
            "on or off",
            details="imapsh says what the command would do, and asks, before EXPUNGE, CLOSE, DELETE and RENAME of\n"
                    "INBOX, and before STORE and MOVE of many messages (--many).  Without a terminal it does not ask."),
    Command("\\readonly", "[on|off]", "Shows or sets read-only mode.", "care.readonly", "on or off",
            details="SELECT is sent as EXAMINE, and BODY[ as BODY.PEEK[.  Commands that change mail or mailboxes are\n"
                    "refused."),
    Command("\\cleartext", "[on|off]", "Shows or sets whether passwords may be sent without TLS.",
            "care.cleartext", "on or off",
            details="When it is off (the default), imapsh refuses to send a password or token to another machine\n"
                    "without TLS: LOGIN, AUTHENTICATE with PLAIN and the like.  STARTTLS is the better way."),
    # -- values that carry over
    Command("\\set", "[[-s] NAME [VALUE]]", "Lists the variables, shows one, or sets one.", "values.set_",
            "variables", verbatim=True,
            details="In an IMAP line, ${NAME} is replaced by its value, as if the value had been typed there:\n"
                    "    \\set box INBOX\n"
                    "    SELECT ${box}\n"
                    "It is not replaced in quotes or literals, which are data.  With -s, imapsh asks for the value\n"
                    "without echo and never shows it.  A $ alone belongs to IMAP: it is the saved result of SEARCH."),
    Command("\\unset", "NAME", "Removes a variable that \\set made.", "values.unset", "own variables"),
    Command("\\alias", "[NAME [LINE]]", "Lists the aliases, shows one, or makes one.", "values.alias", "aliases",
            verbatim=True,
            details="NAME at the beginning of a line then stands for LINE.  In LINE, ${1} to ${9} are its arguments\n"
                    "and ${*} is all of them; if LINE has none of these, the arguments go to its end:\n"
                    "    \\alias big SEARCH LARGER ${1}\n"
                    "    big 100000\n"
                    "The alias lasts until imapsh ends; for permanent ones, use [aliases] in the configuration file."),
    Command("\\unalias", "NAME", "Removes an alias.", "values.unalias", "aliases"),
    Command("\\history", "[N|/TEXT]", "Shows the last N lines that you typed (20 by default), or those with TEXT.",
            "values.history", prompt=True),
    # -- times
    Command("\\timing", "[on|off]", "Shows or sets whether imapsh says how long each command took.",
            "timing.timing", "on or off"),
    Command("\\stats", "[NAME|reset]", "Shows how long commands took: counts, percentiles, octets.", "timing.stats",
            "stats",
            details="Each command has two lines: the time to the first octet of the reply, and the time to its end.\n"
                    "NAME selects one connection; without it, all are counted together.  Percentiles are accurate to\n"
                    "1 %."),
    Command("\\repeat", "[-q] N SECONDS LINE", "Runs a line N times, with a pause of SECONDS between.", "timing.repeat",
            "imap",
            details="With * for N it runs until Ctrl-C.  At the end it shows the times.  With -q, replies are not\n"
                    "shown.\n"
                    "    \\repeat -q 100 0 NOOP"),
    Command("\\lint", "[NAME|reset]", "Lists what was found against the conduct of the server, with counts.",
            "lint.lint", "stats",
            details="A fault breaks what an RFC says a server MUST do.  A notice is only odd, or against a SHOULD.\n"
                    "NAME selects one connection; without it, all are counted together.  Each reply names what was\n"
                    "found in it, too; \\help and the rule's name say more."),
    # -- a script that is a test
    Command("\\expect", "EXPECTATION", "Checks the last exchange against an expectation.",
            "testing.expect", "subjects", details=details(), verbatim=True),
    Command("\\fail", "[TEXT]", "Fails like an expectation that is not met.", "testing.fail", verbatim=True),
    Command("\\name", "[TEXT]", "Names the tests that follow, in messages and reports.", "testing.name",
            verbatim=True),
    Command("\\skip", "[TEXT]", "Skips the next expectation, and reports it as skipped.", "testing.skip",
            verbatim=True),
    # -- news
    Command("\\watch", "[on|off|SECONDS]", "Shows news between commands, by IDLE or by regular NOOPs.",
            "watching.watch", "on or off",
            details="At the prompt, IDLE runs unseen while a mailbox is selected and no command runs, and starts\n"
                    "again after each command.  If the server has no IDLE, SECONDS is the time between NOOPs.  In a\n"
                    "script, it shows news for SECONDS, or until Ctrl-C."),
    Command("\\notify", "[off|bell|desktop]", "Shows or sets how imapsh announces new mail besides showing it.",
            "watching.notify", "notifications",
            details="bell rings the terminal's bell.  desktop runs notify-send if it is installed, or else sends OSC\n"
                    "9 (rxvt: OSC 777).  It names the mailbox and the number of messages, once for mail that comes\n"
                    "together.",
            prompt=True),
    # -- octets
    Command("\\edit", "[COMMAND]", "Lets you write the literal of a command in your editor, and sends it.",
            "editing.edit", "imap",
            details="The literal goes to the end of the command, or replaces {}.  For APPEND, the editor starts with\n"
                    "a header:\n"
                    "    \\edit APPEND Drafts (\\Draft)\n"
                    "Without COMMAND, it edits the last literal again.  VISUAL or EDITOR names the editor.  Nothing\n"
                    "is sent if nothing was written.  A command with a secret cannot be edited.",
            prompt=True, verbatim=True),
    Command("\\raw", "TEXT", "Sends exactly these octets, without making a command of them.", "raw.send", verbatim=True,
            exact=True,
            details="Escapes: \\r \\n \\t \\0 \\e \\\\ and \\xNN for any octet.  Nothing is added, not even CRLF:\n"
                    "    \\raw A1 NOOP\\r\\n"),
    Command("\\resync", "", "Gives up what does not come: the rest of a literal or line, or the replies to commands.",
            "raw.resync",
            details="The part of a literal that came is read again as replies, from the first line that looks like\n"
                    "one.  If no part of a reply has come, the commands without a reply are given up, and those that\n"
                    "wait are sent.  A reply that still comes is shown."),
    Command("\\quit", "", "Logs out everywhere and ends imapsh; so does Ctrl-D.", "connection.quit",
            also=("exit", "bye", ":q")),
)  # fmt: skip

COMMANDS: dict[str, Command] = {command.name: command for command in _TABLE}

#: Word that is typed without a backslash, whatever comes after it -> the command that is meant.
MEANT: dict[str, Command] = {
    word: command for command in _TABLE if command.also for word in (command.name.removeprefix("\\"), *command.also)
}
