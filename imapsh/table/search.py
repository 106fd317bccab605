"""Rows of SEARCH: its keys, its RETURN options, and the two responses."""

from imapsh.table.model import MAILBOX_SELECTED, Command, Name

_SYNTAX = "[RETURN ([<search-return>...])] [CHARSET <charset>] <search-key>..."
_KEY = "RFC 9051 §6.4.4"
_OLD = "RFC 3501 §6.4.4"
_SAVE = ("SEARCHRES", "IMAP4rev2")
_ESEARCH = ("ESEARCH", "ESORT", "IMAP4rev2")

COMMANDS = (
    Command("SEARCH", MAILBOX_SELECTED, _SYNTAX, "Finds messages; tells their numbers.", _KEY,
            'SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"', expunges=False, numbers=True,
            responses=("SEARCH", "ESEARCH"), asks="SEARCH", due=("SEARCH", "ESEARCH"), check="search.options"),
    Command("UID SEARCH", MAILBOX_SELECTED, _SYNTAX, "Finds messages; tells their UIDs.", "RFC 9051 §6.4.9",
            "UID SEARCH RETURN (MIN MAX) 1:5000", numbers=True, responses=("SEARCH", "ESEARCH"),
            asks="SEARCH", due=("SEARCH", "ESEARCH"), check="search.options"),
)  # fmt: skip

#: The keys without an argument, then those with one, then those that only IMAP4rev1 has.
_PLAIN = (
    ("ALL", "Every message."),
    ("ANSWERED", r"With \Answered."),
    ("DELETED", r"With \Deleted."),
    ("DRAFT", r"With \Draft."),
    ("FLAGGED", r"With \Flagged."),
    ("SEEN", r"With \Seen."),
    ("UNANSWERED", r"Without \Answered."),
    ("UNDELETED", r"Without \Deleted."),
    ("UNDRAFT", r"Without \Draft."),
    ("UNFLAGGED", r"Without \Flagged."),
    ("UNSEEN", r"Without \Seen."),
)
_WITH = (
    ("BCC", "<astring>", "This text in the BCC field.", "BCC smith"),
    ("BEFORE", "<date>", "Arrived before this day.", "BEFORE 1-Feb-1994"),
    ("BODY", "<astring>", "This text in the body.", "BODY meeting"),
    ("CC", "<astring>", "This text in the CC field.", "CC smith"),
    ("FROM", "<astring>", "This text in the FROM field.", "FROM smith"),
    ("HEADER", "<header-fld-name> <astring>", "This field with this text in it.", "HEADER Message-ID a@example.com"),
    ("KEYWORD", "<keyword>", "With this keyword.", "KEYWORD $Junk"),
    ("LARGER", "<number64>", "Larger than so many octets.", "LARGER 100000"),
    ("NOT", "<search-key>", "Without what follows.", "NOT SEEN"),
    ("ON", "<date>", "Arrived on this day.", "ON 1-Feb-1994"),
    ("OR", "<search-key> <search-key>", "One or the other.", "OR FROM smith FROM jones"),
    ("SENTBEFORE", "<date>", "Dated before this day.", "SENTBEFORE 1-Feb-1994"),
    ("SENTON", "<date>", "Dated this day.", "SENTON 1-Feb-1994"),
    ("SENTSINCE", "<date>", "Dated this day or later.", "SENTSINCE 1-Feb-1994"),
    ("SINCE", "<date>", "Arrived this day or later.", "SINCE 1-Feb-1994"),
    ("SMALLER", "<number64>", "Smaller than so many octets.", "SMALLER 4096"),
    ("SUBJECT", "<astring>", "This text in the subject.", "SUBJECT meeting"),
    ("TEXT", "<astring>", "This text in header or body.", 'TEXT "string not in mailbox"'),
    ("TO", "<astring>", "This text in the TO field.", "TO smith"),
    ("UID", "<uid-set>", "With these UIDs.", "UID 305:310"),
    ("UNKEYWORD", "<keyword>", "Without this keyword.", "UNKEYWORD $Junk"),
)
_REV1 = (
    ("NEW", r"With \Recent and without \Seen."),
    ("OLD", r"Without \Recent."),
    ("RECENT", r"With \Recent."),
)

NAMES = (
    *(Name("search-key", name, summary, _KEY, example=name) for name, summary in _PLAIN),
    *(Name("search-key", name, summary, _KEY, syntax, example=example) for name, syntax, summary, example in _WITH),
    *(Name("search-key", name, summary, _OLD, editions="1", example=name) for name, summary in _REV1),
    Name("search-key", "<sequence-set>", "With these message numbers; $ is the saved result.", _KEY,
         "<sequence-set>", example="1:5000"),
    Name("search-key", "(", "All of these together.", _KEY, "<search-key>...)", example="(SEEN FLAGGED)"),
    Name("search-return", "ALL", "All numbers, as a set.", _KEY, needs=_ESEARCH, example="SEARCH RETURN (ALL) SEEN",
         read="codes.sequence_set"),
    Name("search-return", "COUNT", "How many there are.", _KEY, needs=_ESEARCH, example="SEARCH RETURN (COUNT) SEEN",
         read="search.found_count"),
    Name("search-return", "MAX", "The highest number.", _KEY, needs=_ESEARCH, example="SEARCH RETURN (MAX) SEEN",
         read="search.found_number"),
    Name("search-return", "MIN", "The lowest number.", _KEY, needs=_ESEARCH, example="SEARCH RETURN (MIN) SEEN",
         read="search.found_number"),
    Name("search-return", "SAVE", "Keep the result as $.", "RFC 9051 §6.4.4.1", needs=_SAVE,
         example="SEARCH RETURN (SAVE) SEEN"),
    Name("response", "SEARCH", "The numbers found.", "RFC 3501 §7.2.5", editions="1", example="* SEARCH 2 3 6",
         read="search.search"),
    Name("response", "ESEARCH", "What was found, as the RETURN options ask.", "RFC 9051 §7.3.4",
         example='* ESEARCH (TAG "A282") MIN 2 COUNT 3', read="search.esearch"),
    Name("code", "NOTSAVED", "The search result was not saved, and $ is empty.", "RFC 9051 §7.1", needs=_SAVE,
         example="[NOTSAVED]", read="codes.nothing"),
    Name("capability", "ESEARCH", "RETURN options in SEARCH.", "RFC 4731 §3", group="Searching"),
    Name("capability", "SEARCHRES", "A search result can be kept and used as $.", "RFC 5182 §2", group="Searching"),
)  # fmt: skip
