"""Rows of METADATA (RFC 5464): annotations of mailboxes and of the server.  Also LIST-METADATA (RFC 9590)."""

from imapsh.table.model import AFTER_LOGIN, UNKNOWN, Command, Name

_NEEDS = ("METADATA", "METADATA-SERVER")
_EITHER = "[(<getmetadata-option>...)]"  # in the ABNF the options come first; in the RFC's examples, after the mailbox

COMMANDS = (
    Command("GETMETADATA", AFTER_LOGIN, f"{_EITHER} <mailbox> {_EITHER} <entries>",
            'Asks for annotations of a mailbox, or of the server where its name is "".', "RFC 5464 §4.2",
            'GETMETADATA "" /shared/comment', needs=_NEEDS, responses=("METADATA",), asks="METADATA"),
    Command("SETMETADATA", AFTER_LOGIN, "<mailbox> ({<metadata-entry> <metadata-value>}...)",
            'Sets annotations of a mailbox, or of the server where its name is ""; NIL removes one.',
            "RFC 5464 §4.3", 'SETMETADATA INBOX (/private/comment "My new comment")', needs=_NEEDS, changes=True),
)  # fmt: skip

#: The entries that are defined: name, what each holds, and RFC and section.
_ENTRIES = (
    ("/shared/comment", "A comment that all who are allowed to can see.", "RFC 5464 §6.3.1", "INBOX"),
    ("/private/comment", "A comment of one's own.", "RFC 5464 §6.3.2", "INBOX"),
    ("/shared/admin", "How to reach the administrator of the server, as a URI; it cannot be set.",
     "RFC 5464 §6.2.2", '""'),
    ("/private/specialuse", "The special uses of the mailbox, with a space between.", "RFC 6154 §4", "INBOX"),
    ("/shared/imapsieve/script", "The Sieve script that runs on events of the mailbox, or of all mailboxes.",
     "RFC 6785 §2.3.1", "INBOX"),
)  # fmt: skip

NAMES = (
    Name("slot", "metadata-entry-name", "an entry (such as /shared/comment)", "RFC 5464 §3.2", "<astring>",
         read="metadata.typed_entry"),
    Name("slot", "metadata-value", "a value (a quoted string, a literal or NIL)", "RFC 5464 §5", "<nstring8>"),
    Name("syntax", "entries", "An entry or several.", "RFC 5464 §5", "<metadata-entry>|(<metadata-entry>...)",
         example="(/shared/comment /private/comment)"),
    *(Name("metadata-entry", name, summary, rfc, example=f"GETMETADATA {mailbox} {name}")
      for name, summary, rfc, mailbox in _ENTRIES),
    Name("metadata-entry", "<metadata-entry-name>", "An entry of a vendor, or of an extension.", "RFC 5464 §3.2",
         "<metadata-entry-name>", example="GETMETADATA INBOX /shared/vendor/cmu/cyrus-imapd/color"),
    Name("getmetadata-option", "MAXSIZE", "Only values of at most so many octets.", "RFC 5464 §4.2.1", "<number>",
         _NEEDS, example="GETMETADATA (MAXSIZE 1024) INBOX /shared/comment"),
    Name("getmetadata-option", "DEPTH", "Entries below too: none, those right below, or all.", "RFC 5464 §4.2.2",
         "0|1|infinity", _NEEDS, example="GETMETADATA (DEPTH 1) INBOX /private/filters/values"),
    Name("getmetadata-option", "<tagged-label>", "No capability that imapsh knows defines this option.",
         "RFC 5464 §5", "<tagged-label> [<tagged-ext-val>]", standing=UNKNOWN,
         example="GETMETADATA (X-OWN 1) INBOX /shared/comment"),
    Name("list-return", "METADATA", "A METADATA response with these entries for each mailbox.", "RFC 9590 §3",
         "(<metadata-entry>...)", ("LIST-METADATA",), example='LIST "" % RETURN (METADATA (/shared/comment))'),
    Name("response", "METADATA", "Annotations with their values; or the names of those that have changed.",
         "RFC 5464 §4.4", needs=(*_NEEDS, "LIST-METADATA"), example='* METADATA "" (/shared/comment "My comment")',
         read="metadata.metadata"),
    Name("code", "METADATA", "A limit of annotations, or what was left out because of one that was asked for.",
         "RFC 5464 §5", "{LONGENTRIES <number>}|{MAXSIZE <number>}|TOOMANY|NOPRIVATE", _NEEDS,
         example="[METADATA LONGENTRIES 2199]", read="metadata.limit"),
    Name("enable", "METADATA", "Changes of annotations are told when others make them.", "RFC 5464 §4.1",
         needs=("METADATA",), example="ENABLE METADATA"),
    Name("enable", "METADATA-SERVER", "The same, of the server's annotations.", "RFC 5464 §4.1",
         needs=("METADATA-SERVER",), example="ENABLE METADATA-SERVER"),
    Name("capability", "METADATA", "Annotations of mailboxes and of the server.", "RFC 5464 §4", group="Mailboxes"),
    Name("capability", "METADATA-SERVER", "Annotations of the server only.", "RFC 5464 §4", group="Mailboxes"),
    Name("capability", "LIST-METADATA", "METADATA of mailboxes within LIST.", "RFC 9590 §3", group="Mailboxes"),
    Name("capability", "IMAPSIEVE=", "Sieve scripts run when messages are appended, copied or changed.",
         "RFC 6785 §2.1", example="IMAPSIEVE=sieve.example", group="Storing"),
)  # fmt: skip
