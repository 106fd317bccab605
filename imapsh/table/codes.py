"""Rows of the response codes, which are in brackets in OK, NO, BAD, BYE and PREAUTH (RFC 9051 section 7.1)."""

from imapsh.table.model import Name

_RFC = "RFC 9051 §7.1"

#: Codes without an argument.
_PLAIN = (
    ("ALERT", "The text must be shown to the person."),
    ("ALREADYEXISTS", "What was to be created already exists."),
    ("AUTHENTICATIONFAILED", "The login failed; the server does not say why."),
    ("AUTHORIZATIONFAILED", "The login is good, but not for acting as the user asked for."),
    ("CANNOT", "The server can never do this."),
    ("CLIENTBUG", "The server thinks that the client has a bug."),
    ("CLOSED", "The mailbox selected until now is closed; what follows is about the next."),
    ("CONTACTADMIN", "The user should talk to the administrator."),
    ("CORRUPTION", "The server's data is damaged."),
    ("EXPIRED", "The password is no longer valid."),
    ("EXPUNGEISSUED", "Somebody else has expunged messages from the mailbox."),
    ("HASCHILDREN", "The mailbox has mailboxes below it and is not deleted."),
    ("INUSE", "Somebody else is using what the command needs."),
    ("LIMIT", "A limit of the server is reached."),
    ("NONEXISTENT", "What the command names does not exist."),
    ("NOPERM", "The user has no right to do this."),
    ("PARSE", "A message's header could not be read."),
    ("PRIVACYREQUIRED", "The command needs an encrypted connection."),
    ("READ-ONLY", "The mailbox is selected for reading only."),
    ("READ-WRITE", "The mailbox is selected for reading and writing."),
    ("SERVERBUG", "The server found a bug in itself."),
    ("TRYCREATE", "The mailbox is missing; CREATE it and try again."),
    ("UIDNOTSTICKY", "UIDs do not outlast the session."),
    ("UNAVAILABLE", "A part of the server is down for now."),
    ("UNKNOWN-CTE", "The server cannot decode the part's transfer encoding."),
)

NAMES = (
    *(Name("code", name, summary, _RFC, example=f"[{name}]", read="codes.nothing") for name, summary in _PLAIN),
    Name("code", "APPENDUID", "UIDVALIDITY and the UID that the appended message got.", _RFC, "<nz-number> <uid-set>",
         ("UIDPLUS", "IMAP4rev2"), example="[APPENDUID 38505 3955]", read="codes.append_uid"),
    Name("code", "BADCHARSET", "The charset is unknown; these are supported.", _RFC, "[(<charset>...)]",
         example="[BADCHARSET (UTF-8)]", read="codes.charsets"),
    Name("code", "CAPABILITY", "What the server can do.", _RFC, "<capability>...",
         example="[CAPABILITY IMAP4rev2 STARTTLS AUTH=GSSAPI]", read="codes.capability"),
    Name("code", "COPYUID", "UIDVALIDITY, the UIDs copied, and those of the copies.", _RFC,
         "<nz-number> <uid-set> <uid-set>", ("UIDPLUS", "IMAP4rev2"), example="[COPYUID 38505 304,319:320 3956:3958]",
         read="codes.copy_uid"),
    Name("code", "NEWNAME", "The mailbox has a new name (obsolete).", "RFC 2060 §7.1", "<astring> <astring>",
         editions="1", example="[NEWNAME old new]", read="codes.text"),
    Name("code", "PERMANENTFLAGS", "The flags that can be changed for good.", _RFC, "<flag-list>",
         example=r"[PERMANENTFLAGS (\Deleted \Seen \*)]", read="mailboxes.permanent_flags"),
    Name("code", "USEATTR", "The mailbox cannot have this special use.", "RFC 6154 §3", example="[USEATTR]",
         needs=("CREATE-SPECIAL-USE",), read="codes.nothing"),
    Name("code", "UIDNEXT", "The UID that the next message will get.", _RFC, "<nz-number>",
         example="[UIDNEXT 4392]", read="codes.nz_number"),
    Name("code", "UIDVALIDITY", "The value that dates the mailbox's UIDs.", _RFC, "<nz-number>",
         example="[UIDVALIDITY 3857529045]", read="codes.nz_number"),
    Name("code", "UNSEEN", "The number of the first unseen message.", "RFC 3501 §7.1", "<nz-number>", editions="1",
         example="[UNSEEN 12]", read="codes.nz_number"),
)  # fmt: skip
