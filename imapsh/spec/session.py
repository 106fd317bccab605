"""Rows of the session itself: greeting, login, TLS, ENABLE, ID, IDLE, and the status responses."""

from imapsh.spec.model import AFTER_LOGIN, ANY_STATE, BEFORE_LOGIN, Command, Name

COMMANDS = (
    Command("CAPABILITY", ANY_STATE, "", "Lists what the server can do.", "RFC 9051 §6.1.1", "CAPABILITY",
            responses=("CAPABILITY",)),
    Command("NOOP", ANY_STATE, "", "Does nothing, and lets the server report what changed.", "RFC 9051 §6.1.2", "NOOP",
            responses=("EXISTS", "EXPUNGE", "FETCH")),
    Command("LOGOUT", ANY_STATE, "", "Ends the session.", "RFC 9051 §6.1.3", "LOGOUT",
            barrier=True, responses=("BYE",)),
    Command("STARTTLS", BEFORE_LOGIN, "", "Turns the connection into a TLS one.", "RFC 9051 §6.2.1", "STARTTLS",
            needs=("STARTTLS",), barrier=True, expunges=False),
    Command("AUTHENTICATE", BEFORE_LOGIN, "<mechanism> [<initial-response>]", "Logs in by a SASL mechanism.",
            "RFC 9051 §6.2.2", "AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q=",
            barrier=True, expunges=False, responses=("CAPABILITY",)),
    Command("LOGIN", BEFORE_LOGIN, "<userid> <password>", "Logs in with a name and a password.",
            "RFC 9051 §6.2.3", "LOGIN SMITH SESAME", barred=("LOGINDISABLED",), barrier=True, expunges=False,
            responses=("CAPABILITY",)),
    Command("ENABLE", AFTER_LOGIN, "<capability>...", "Turns on extensions that change what the server sends.",
            "RFC 9051 §6.3.1", "ENABLE IMAP4rev2", needs=("ENABLE", "IMAP4rev2"), barrier=True,
            responses=("ENABLED",)),
    Command("IDLE", AFTER_LOGIN, "", "Waits for news of the mailbox until DONE is sent.", "RFC 9051 §6.3.13", "IDLE",
            needs=("IDLE", "IMAP4rev2"), barrier=True, responses=("EXISTS", "EXPUNGE", "FETCH")),
    Command("ID", ANY_STATE, "<id-params>", "Tells the server who the client is, and asks the same.",
            "RFC 2971 §3.1", 'ID ("name" "imapsh")', needs=("ID",), responses=("ID",)),
)  # fmt: skip

NAMES = (
    Name("syntax", "id-params", "Fields and their values, or NIL.", "RFC 2971 §4",
         "NIL|([{<id-field> <id-value>}...])", example='("name" "imapsh" "version" NIL)'),
    Name("response", "OK", "Success, or information.", "RFC 9051 §7.1.1", example="* OK [ALERT] Down at 22:00"),
    Name("response", "NO", "A failure, or a warning.", "RFC 9051 §7.1.2", example="* NO Disk is 98% full"),
    Name("response", "BAD", "The server did not understand.", "RFC 9051 §7.1.3", example="* BAD Command line too long"),
    Name("response", "PREAUTH", "A greeting: already logged in.", "RFC 9051 §7.1.4",
         example="* PREAUTH IMAP4rev2 server logged in as Smith"),
    Name("response", "BYE", "The server is about to close the connection.", "RFC 9051 §7.1.5",
         example="* BYE Autologout; idle for too long"),
    Name("response", "CAPABILITY", "What the server can do.", "RFC 9051 §7.2.2", read="capability.capability",
         example="* CAPABILITY STARTTLS AUTH=GSSAPI IMAP4rev2"),
    Name("response", "ENABLED", "What ENABLE has turned on.", "RFC 9051 §7.2.1", read="capability.enabled",
         example="* ENABLED CONDSTORE"),
    Name("response", "ID", "What the server says it is.", "RFC 2971 §3.2", read="capability.identification",
         needs=("ID",), example='* ID ("name" "Cyrus" "version" "1.5")'),
)  # fmt: skip
