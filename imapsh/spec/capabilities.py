"""Rows of the capabilities of the two revisions, and of the extensions that IMAP4rev2 took in (RFC 9051 appendix E)."""

from imapsh.spec.model import Name

NAMES = (
    Name("capability", "IMAP4rev1", "Internet Message Access Protocol, version 4rev1.", "RFC 3501 §6.1.1",
         editions="1"),
    Name("capability", "IMAP4rev2", "Internet Message Access Protocol, version 4rev2.", "RFC 9051 §6.1.1",
         editions="2"),
    Name("capability", "STARTTLS", "The connection can be turned into a TLS one.", "RFC 9051 §6.2.1"),
    Name("capability", "LOGINDISABLED", "LOGIN is refused, for now at least.", "RFC 9051 §6.2.3"),
    Name("capability", "AUTH=", "A SASL mechanism that AUTHENTICATE takes.", "RFC 9051 §6.2.2",
         example="AUTH=PLAIN"),
    Name("capability", "SASL-IR", "AUTHENTICATE may bring an initial response.", "RFC 4959 §3"),
    Name("capability", "ENABLE", "The ENABLE command.", "RFC 5161 §3.1"),
    Name("capability", "ID", "The ID command.", "RFC 2971 §3"),
    Name("capability", "IDLE", "The IDLE command.", "RFC 2177 §3"),
    Name("capability", "LITERAL+", "Literals of any size may be sent without waiting.", "RFC 7888 §4"),
    Name("capability", "LITERAL-", "Literals up to 4096 octets may be sent without waiting.", "RFC 7888 §5"),
    Name("capability", "NAMESPACE", "The NAMESPACE command.", "RFC 2342 §5"),
    Name("capability", "CHILDREN", "LIST says whether a mailbox has children.", "RFC 3348 §3"),
    Name("capability", "LIST-EXTENDED", "Options and several patterns in LIST.", "RFC 5258 §3"),
    Name("capability", "LIST-STATUS", "STATUS of mailboxes within LIST.", "RFC 5819 §2"),
    Name("capability", "SPECIAL-USE", "LIST names the mailboxes for drafts, sent mail, junk and so on.", "RFC 6154 §2"),
    Name("capability", "CREATE-SPECIAL-USE", "CREATE may give a mailbox a special use.", "RFC 6154 §3"),
    Name("capability", "STATUS=SIZE", "STATUS tells a mailbox's size.", "RFC 8438 §3"),
    Name("capability", "UNSELECT", "The UNSELECT command.", "RFC 3691 §2"),
    Name("capability", "UIDPLUS", "UID EXPUNGE, and the UIDs of appended and copied messages.", "RFC 4315 §2"),
    Name("capability", "MOVE", "The MOVE command.", "RFC 6851 §3"),
    Name("capability", "ESEARCH", "RETURN options in SEARCH.", "RFC 4731 §3"),
    Name("capability", "SEARCHRES", "A search result can be kept and used as $.", "RFC 5182 §2"),
    Name("capability", "BINARY", "Body parts decoded by the server, and literals with NUL.", "RFC 3516 §4"),
    Name("capability", "UTF8=", "UTF-8 in names and headers.", "RFC 6855 §3", example="UTF8=ACCEPT"),
)  # fmt: skip
