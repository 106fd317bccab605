r"""The table of imapsh's own commands.

A row's `handler` is "module.function" in `imapsh.shell.commands`.
"""

from __future__ import annotations

from imapsh.shell.expectation import details
from imapsh.tuples import NamedTuple


class Command(NamedTuple):
    """One of imapsh's own commands.

    `choices` says by name what completes the argument: "path", "paths" (words of which the last may be one), "imap"
    (a whole IMAP command), "pattern imap" (the same behind a pattern of mailboxes), "imap-name", "transfer"
    (options, MAILBOX and NAME:MAILBOX), "pattern" (a mailbox), or one of
    `imapsh.shell.prompt.completing.own.CHOICES`.  `also` holds words that people type for the command, besides its
    name without the backslash.  `prompt` is true if it makes sense at the prompt alone.  With `verbatim`, what comes
    after it is taken as it is, so that `|` and `>` are no operators in it; with `exact`, blanks at its ends are kept,
    too.
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
    Command("\\tls", "[NAME]", "Shows the TLS of a connection and the certificates in it.", "login.tls.tls",
            "connections",
            details="It shows the version and cipher, what the certificate was verified against, its subject, names,\n"
                    "issuer, dates and key, its fingerprints, and the chain.  A connection with --insecure shows the\n"
                    "same, and so does one that is closed.  \\expect tls checks it."),
    Command("\\why", "[NAME]", "Explains why a login failed, or how it worked.", "login.why.why", "connections",
            details="It shows what was tried, what the server said, what that means and what to try: the mechanisms\n"
                    "that the server takes and which of them can be used here, the code in its answer, and what is\n"
                    "wrong with a token.  It sends nothing.  After \\connect failed, it explains that.  For a check\n"
                    "from outside there is imapsh --checkup URL."),
    # -- what is shown
    Command("\\last", "[FORMAT [COLUMN]]", "Shows the last exchange again, without asking the server.", "show.last",
            "formats",
            details="Of a command that was left with Ctrl-C it shows what has come so far.  With > FILE or |\n"
                    "COMMAND it waits for the reply first, so that a part is never taken for the whole: Ctrl-C\n"
                    "ends that, and the file is as it was."),
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
    Command("\\save", "[--parts] SET [WHERE]",
            "Saves messages, or their attachments: one file for each, an mbox file or a Maildir.", "mail.save",
            "paths",
            details="SET has message numbers, as in 1:*; UIDs are written UID 7:9.\n"
                    "WHERE is a folder (one .eml file for each message, named by its UID), NAME.mbox or mbox:FILE, or\n"
                    "a Maildir (maildir:FOLDER).  Without WHERE it is a folder named after the mailbox.  Messages\n"
                    "that are already there are not fetched again, so an interrupted save can be resumed.  \\Seen is\n"
                    "not set.\n"
                    "--parts saves attachments, decoded, into a folder: by default one named after the mailbox.\n"
                    "Options behind it choose among them:\n"
                    "    --type TYPES    these media types, as in --type image/*,application/pdf\n"
                    "    --named NAMES   files with such names, as in --named *.pdf\n"
                    "    --larger SIZE   more octets than SIZE, such as 500k or 1M\n"
                    "    --smaller SIZE  fewer octets than SIZE\n"
                    "    --all           the texts of the messages, too, as --type text/* takes them\n"
                    "        \\save --parts --type application/pdf --larger 1M 1:* invoices\n"
                    "Nothing is overwritten: a file whose name is taken gets a number.  parts.jsonl lists the files."),
    Command("\\load", "[-m MAILBOX] FILE...", "Appends messages from files, mbox files, Maildirs or folders of \\save.",
            "mail.load", "paths",
            details="Flags and dates come from what \\save, the mbox or the Maildir kept; otherwise the date is the\n"
                    "message's own.  Line ends become CRLF.  With MULTIAPPEND, one command takes many messages."),
    # -- all mailboxes
    Command("\\find", "KEYS...", "Searches every mailbox, and shows what was found in one table.",
            "account.mailboxes.find",
            details="KEYS are those of SEARCH.  If the first word is no search key, all words are looked for in the\n"
                    "whole message (TEXT), and each must be there; put a phrase in quotes:\n"
                    "    \\find FROM anna SINCE 1-Jan-2024\n"
                    "    \\find \"invoice 4711\"\n"
                    "The table has the number and the UIDs of each mailbox, and below it the newest messages.  It is\n"
                    "short for \\mailboxes * UID SEARCH KEYS, which takes another pattern in place of *."),
    Command("\\mailboxes", "[PATTERN] LINE", "Runs a line in each mailbox, and shows the results in one table.",
            "account.mailboxes.mailboxes", "pattern imap",
            details="PATTERN is that of LIST: * stands for anything, % for one level; without it, all mailboxes are\n"
                    "meant.  A mailbox is opened by EXAMINE if the line only reads, otherwise by SELECT.  What loses\n"
                    "mail is counted in all mailboxes and asked about once.  If one mailbox fails, this is told, and\n"
                    "the others are done.  Ctrl-C ends it and keeps what was found.  Afterwards the mailbox that was\n"
                    "open is open again.  A search finds UIDs; in each mailbox, ${uids} has those found there:\n"
                    "    \\mailboxes Archive/* UID SEARCH TEXT \"invoice 4711\"\n"
                    "    \\mailboxes UID STORE ${uids} +FLAGS (\\Flagged)\n"
                    "    \\mailboxes \\save UID ${uids}"),
    Command("\\copy", "[--tree] SET NAME:BOX",
            "Copies messages to a mailbox of another connection.", "transfer.copying.copy", "transfer",
            details="NAME is a connection, as \\sessions lists it, and BOX a mailbox there:\n"
                    "    \\copy 1:* second:Archive\n"
                    "    \\copy UID 7:90 \"second:Old mail\"\n"
                    "Flags and dates are kept.  Messages that are there already are skipped, so a copy that was\n"
                    "broken off goes on if it is done again.  A message that cannot be read, or is refused, is told\n"
                    "with its UID, and the others are copied.  Within one account the server makes the copies.\n"
                    "With --tree, SET is a pattern of LIST.  All mailboxes that fit it are copied to those of the\n"
                    "same special use or the same name, which are created if they are missing.  If BOX is given,\n"
                    "they go below that mailbox:\n"
                    "    \\copy --tree * second:\n"
                    "    \\copy --tree Archive/* second:Old"),
    Command("\\move", "[--tree] SET NAME:BOX",
            "Moves messages to a mailbox of another connection.", "transfer.copying.move", "transfer",
            details="It does what \\copy does.  Then it reads each copy back, compares its octets, and removes those\n"
                    "messages whose copies are the same, by UID EXPUNGE.  Without UIDPLUS it only marks them."),
    Command("\\compare", "[OPTIONS] A B", "Compares two mailboxes, or two accounts.",
            "transfer.comparing.comparing.compare", "transfer",
            details="A and B are MAILBOX, NAME:MAILBOX for a mailbox of another connection, or NAME: for all of its\n"
                    "account.  Nothing is changed.  Two messages are the same if they have the same\n"
                    "Message-ID, date, sender, recipient, subject and size.  Where that leaves a doubt, both are\n"
                    "read, and harmless differences, such as line ends, are told apart.  With --content all\n"
                    "messages are read, and with --all all that differ are named.  If A and B differ, the status\n"
                    "is NO, and a batch ends with exit status 1."),
    Command("\\duplicates", "[OPTIONS] [SET]", "Finds mail that is in the selected mailbox more than once.",
            "transfer.duplicates.duplicates.duplicates", "transfer",
            details="Duplicates are the same to the octet.  Messages that share a Message-ID but not their octets are\n"
                    "shown apart, and never marked.  Of several duplicates the one with the lowest UID is kept,\n"
                    "unless it is marked \\Deleted and another is not.  After a question, --mark gives the kept one\n"
                    "the flags of the others and marks those \\Deleted; nothing is expunged.  --all shows all rows.\n"
                    "SET is as in FETCH, or UID and a set of UIDs; without it, all messages of the mailbox are\n"
                    "meant."),
    Command("\\du", "[PATTERN]", "Shows how much mail each mailbox has, the largest first, and the quota.",
            "account.sizes.du", "pattern",
            details="For each mailbox that fits PATTERN (as in LIST), the table has the number of messages, how many\n"
                    "are unread, their size, and the dates of the oldest and the newest; below are the totals, and\n"
                    "the quota of INBOX if the server has QUOTA.  Sizes come from STATUS if the server has\n"
                    "STATUS=SIZE; otherwise those of all messages are asked for, which takes longer.  Without ESORT\n"
                    "the first and the last message are taken as the oldest and the newest."),
    Command("\\largest", "[N] [PATTERN]", "Shows the N largest messages of all mailboxes (20 by default).",
            "account.largest.largest",
            details="Each has its size, mailbox and UID, when it was received, from whom, and the subject.  With\n"
                    "PATTERN, as in \\largest 5 Archive/*, only the mailboxes that fit it are looked at.  In each\n"
                    "mailbox, ${uids} has its UIDs afterwards."),
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
    Command("\\undo", "[N[:M]]", "Takes the latest change of mail back, or the one with this number in \\journal.",
            "undoing.undo",
            details="It says what it would do, and asks.  Flags come back as they were, copies and appended messages\n"
                    "are removed, moved messages are moved back.  What somebody else has changed since is left as it\n"
                    "is.  EXPUNGE and DELETE have no way back.  \\undo again goes further back, and \\undo 3:7\n"
                    "takes all of these changes back, with one question.  To undo an undo, give its number.  In a\n"
                    "script it does not ask, and takes a STORE back only with --journal."),
    Command("\\journal", "", "Lists what was changed in this run, and what \\undo can take back.", "undoing.journal",
            details="The journal is in memory, and ends with imapsh."),
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
    Command("\\watch", "[-v] [on|off|SECONDS]", "Shows news between commands, by IDLE or by regular NOOPs.",
            "watching.watch", "watching",
            details="At the prompt, IDLE runs unseen while a mailbox is selected and no command runs, and starts\n"
                    "again after each command.  If the server has no IDLE, SECONDS is the time between NOOPs.  In a\n"
                    "script, it shows news for SECONDS, or until Ctrl-C.\n"
                    "With -v, imapsh also says from whom new messages are, and their subjects: the first five of\n"
                    "those that come together, and how many more there are."),
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
