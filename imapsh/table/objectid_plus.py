"""Rows of OBJECTID+, the draft that is to follow OBJECTID: identifiers in pairs, accounts, mailboxes by identifier."""

from imapsh.table.model import Name

_DRAFT = "draft-ietf-mailmaint-imap-objectid-bis-06"
_NEEDS = ("OBJECTID+",)
_PAIRS = "(MAILBOXID F2212ea87 ACCOUNTID u1a48e8e3)"

_KEYS = (
    ("MAILBOXID", "The mailbox, whatever it is called.", f"SELECT foo (OBJECTID {_PAIRS})"),
    ("ACCOUNTID", "The account that the mailbox belongs to.", f"SELECT foo (OBJECTID {_PAIRS})"),
    ("EMAILID", "The content of the message.", "* 1 FETCH (OBJECTID (EMAILID M6d99ac3275bb4e))"),
    ("THREADID", "The thread that the message belongs to.", "* 1 FETCH (OBJECTID (THREADID T64b478a75b7ea9))"),
)

NAMES = (
    Name("syntax", "objectid-kvpair", "The kind of an identifier, and the identifier.", _DRAFT,
         "<objectid-key> <objectid>", example="MAILBOXID F2212ea87"),
    *(Name("objectid-key", name, summary, _DRAFT, needs=_NEEDS, example=example) for name, summary, example in _KEYS),
    Name("objectid-key", "<atom>", "A kind of identifiers that an extension defines.", _DRAFT, "<atom>",
         example="SELECT foo (OBJECTID (X-OWN a))"),
    Name("select-param", "OBJECTID", "Identifiers in pairs from now on; with some, the mailbox that has these, and the "
         "name only if there is none.", _DRAFT, "[(<objectid-kvpair>...)]", _NEEDS,
         example=f"SELECT foo (OBJECTID {_PAIRS})"),
    Name("fetch-item", "OBJECTID", "The identifiers of the message.", _DRAFT, needs=_NEEDS, example="OBJECTID",
         read="objectid_plus.of_message"),
    Name("status-item", "OBJECTID", "The identifiers of the mailbox.", _DRAFT, needs=_NEEDS,
         example="STATUS foo (OBJECTID)", read="objectid_plus.status"),
    Name("code", "OBJECTID", "The identifiers of the mailbox that was opened, made or renamed.", _DRAFT,
         "([<objectid-kvpair>...])", _NEEDS, example=f"[OBJECTID {_PAIRS}]", read="objectid_plus.code"),
    Name("enable", "OBJECTID+", "Identifiers in pairs.", _DRAFT, needs=_NEEDS, example="ENABLE OBJECTID+"),
    Name("capability", "OBJECTID+", "Identifiers in pairs, those of accounts too, and mailboxes opened by identifier.",
         _DRAFT, group="Fetching"),
)  # fmt: skip
