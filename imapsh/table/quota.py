"""Rows of QUOTA (RFC 9208): limits on what may be stored."""

from imapsh.table.model import AFTER_LOGIN, Command, Name

_QUOTA = ("QUOTA",)
_RESOURCES = (
    ("STORAGE", "How much room the messages take, in units of 1024 octets.", "RFC 9208 §5.1", "10 512"),
    ("MESSAGE", "How many messages there are.", "RFC 9208 §5.2", "42 1000"),
    ("MAILBOX", "How many mailboxes there are.", "RFC 9208 §5.3", "7 100"),
    ("ANNOTATION-STORAGE", "How much room the annotations take, in units of 1024 octets.", "RFC 9208 §5.4", "0 5000"),
)

COMMANDS = (
    Command("GETQUOTA", AFTER_LOGIN, "<quota-root>", "Asks for the usage and limits of a quota root.",
            "RFC 9208 §4.1.1", 'GETQUOTA ""', needs=_QUOTA, responses=("QUOTA",), asks="QUOTA",
            due=("QUOTA",)),
    Command("GETQUOTAROOT", AFTER_LOGIN, "<mailbox>", "Asks for the quota roots of a mailbox, with their limits.",
            "RFC 9208 §4.1.2", "GETQUOTAROOT INBOX", needs=_QUOTA, responses=("QUOTAROOT", "QUOTA"), asks="QUOTA",
            due=("QUOTAROOT",)),
    Command("SETQUOTA", AFTER_LOGIN, "<quota-root> ([{<quota-resource> <number64>}...])",
            "Sets the limits of a quota root; resources that are not named have none then.",
            "RFC 9208 §4.1.3", 'SETQUOTA "" (STORAGE 512)', needs=("QUOTASET", "QUOTA"), changes=True,
            responses=("QUOTA",), asks="QUOTA"),
)  # fmt: skip

NAMES = (
    Name("slot", "quota-root", "a quota root", "RFC 9208 §3.2", "<astring>"),
    *(Name("quota-resource", name, summary, rfc, needs=_QUOTA, example=f'* QUOTA "" ({name} {numbers})')
      for name, summary, rfc, numbers in _RESOURCES),
    Name("quota-resource", "<atom>", "A resource that the server defines.", "RFC 9208 §3.1.1", "<atom>",
         example='* QUOTA "" (X-NUM-FOLDERS 3 10)'),
    Name("response", "QUOTA", "Usage and limit of each resource of a quota root.", "RFC 9208 §4.2.1", needs=_QUOTA,
         example='* QUOTA "" (STORAGE 10 512)', read="quota.quota"),
    Name("response", "QUOTAROOT", "The quota roots of a mailbox.", "RFC 9208 §4.2.2", needs=_QUOTA,
         example='* QUOTAROOT INBOX ""', read="quota.quota_root"),
    Name("code", "OVERQUOTA", "The quota is, or would be, exceeded.", "RFC 9208 §4.3.1", example="[OVERQUOTA]",
         read="codes.nothing"),
    Name("status-item", "DELETED", r"How many messages are marked \Deleted.", "RFC 9208 §4.1.4",
         needs=("QUOTA=RES-MESSAGE", "IMAP4rev2"), example="STATUS INBOX (DELETED)", read="mailboxes.status_number",
         sums="count"),
    Name("status-item", "DELETED-STORAGE", r"How many octets an EXPUNGE would free.", "RFC 9208 §4.1.4",
         needs=("QUOTA=RES-STORAGE",), example="STATUS INBOX (DELETED-STORAGE)", read="mailboxes.status_number64",
         sums="octets"),
    Name("capability", "QUOTA", "The limits of what a user may store.", "RFC 9208 §3", group="Limits"),
    Name("capability", "QUOTA=", "A resource that is limited.", "RFC 9208 §3.1.1", example="QUOTA=RES-STORAGE",
         read="quota.capability", group="Limits"),
    Name("capability", "QUOTASET", "The SETQUOTA command.", "RFC 9208 §4.1.3", group="Limits"),
    Name("capability", "X-QUOTA=", "A resource that is limited, of Cyrus's own.", "Cyrus",
         example="X-QUOTA=X-NUM-FOLDERS", group="Limits"),
)  # fmt: skip
