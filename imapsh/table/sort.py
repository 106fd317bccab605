"""Rows of SORT (RFC 5256), of its keys for display names (RFC 5957) and of its RETURN options (RFC 5267 section 3)."""

from imapsh.table.model import MAILBOX_SELECTED, Command, Name

_SORT = ("SORT",)
_DISPLAY = ("SORT=DISPLAY",)
_ESORT = ("ESORT", "CONTEXT=SORT")
_RFC = "RFC 5256 §3"
_SYNTAX = "[<sort-option>] (<sort-criterion>...) <charset> <search-key>..."
_RESPONSES = ("SORT", "ESEARCH")

_KEYS = (
    ("ARRIVAL", "By when it arrived, date and time."),
    ("CC", "By the first address in the CC field: what comes before its @."),
    ("DATE", "By the date in its header, or when it arrived if there is none."),
    ("FROM", "By the first address in the FROM field: what comes before its @."),
    ("SIZE", "By its size, in octets."),
    ("SUBJECT", "By its subject, without Re:, Fwd: and the like."),
    ("TO", "By the first address in the TO field: what comes before its @."),
)

COMMANDS = (
    Command("SORT", MAILBOX_SELECTED, _SYNTAX, "Finds messages; tells their numbers in the order asked for.", _RFC,
            "SORT (SUBJECT REVERSE DATE) UTF-8 ALL", needs=_SORT, expunges=False, numbers=True,
            responses=_RESPONSES, asks="SORT", check="search.options"),
    Command("UID SORT", MAILBOX_SELECTED, _SYNTAX, "Finds messages; tells their UIDs in the order asked for.", _RFC,
            "UID SORT (REVERSE DATE) UTF-8 UNDELETED", needs=_SORT, numbers=True, responses=_RESPONSES, asks="SORT",
            check="search.options"),
)  # fmt: skip

NAMES = (
    Name("syntax", "sort-criterion", "What to sort by; REVERSE, in descending order.", "RFC 5256 §5",
         "[REVERSE] <sort-key>", example="REVERSE DATE"),
    *(Name("sort-key", name, summary, _RFC, example=f"SORT ({name}) UTF-8 ALL") for name, summary in _KEYS),
    Name("sort-key", "DISPLAYFROM", "By the name of the first sender as people see it.", "RFC 5957 §4",
         needs=_DISPLAY, example="SORT (DISPLAYFROM) UTF-8 ALL"),
    Name("sort-key", "DISPLAYTO", "By the name of the first recipient as people see it.", "RFC 5957 §4",
         needs=_DISPLAY, example="SORT (DISPLAYTO) UTF-8 ALL"),
    Name("sort-key", "MODSEQ", "By the mod-sequence.", "Cyrus", needs=("SORT=MODSEQ",),
         example="SORT (REVERSE MODSEQ) UTF-8 ALL"),
    Name("sort-key", "UID", "By the UID.", "Cyrus", needs=("SORT=UID",), example="SORT (REVERSE UID) UTF-8 ALL"),
    Name("sort-option", "RETURN", "What the reply is to tell, which is an ESEARCH then.", "RFC 5267 §3",
         "([<search-return>...])", needs=_ESORT, example="SORT RETURN (MIN COUNT) (DATE) UTF-8 UNSEEN"),
    Name("response", "SORT", "The numbers found, in the order asked for.", "RFC 5256 §4", needs=_SORT,
         example="* SORT 5 3 4 1 2", read="sort.sort"),
    Name("capability", "SORT", "The SORT command.", _RFC, group="Searching"),
    Name("capability", "SORT=DISPLAY", "SORT by the names that people see.", "RFC 5957 §5", group="Searching"),
    Name("capability", "ESORT", "RETURN options in SORT.", "RFC 5267 §3.1", group="Searching"),
    Name("capability", "SORT=MODSEQ", "SORT by mod-sequence.", "Cyrus", group="Searching"),
    Name("capability", "SORT=UID", "SORT by UID.", "Cyrus", group="Searching"),
)  # fmt: skip
