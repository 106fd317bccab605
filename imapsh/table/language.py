"""Rows of LANGUAGE and COMPARATOR (RFC 5255): the language of the server's texts, and how it compares strings."""

from imapsh.table.model import AFTER_LOGIN, ANY_STATE, Command, Name

_LEVEL_2 = ("I18NLEVEL=2",)

COMMANDS = (
    Command("LANGUAGE", ANY_STATE, "[<language-range>...]", "Chooses the language of the server's texts, or lists all.",
            "RFC 5255 §3.2", "LANGUAGE de en", needs=("LANGUAGE",), responses=("LANGUAGE", "NAMESPACE"),
            asks="LANGUAGE"),
    Command("COMPARATOR", AFTER_LOGIN, "[<comparator-order>...]", "Tells or chooses how texts are compared.",
            "RFC 5255 §4.7", 'COMPARATOR "cz;*" i;basic', needs=_LEVEL_2, responses=("COMPARATOR",), asks="COMPARATOR"),
)  # fmt: skip

NAMES = (
    Name("slot", "language-range", "a language (such as de or en-GB), or default", "RFC 5255 §3.5", "<astring>"),
    Name("slot", "comparator-order", "a comparator (such as i;unicode-casemap), or default", "RFC 5255 §4.10",
         "<astring>"),
    Name("response", "LANGUAGE", "The language in use from here on, or all that there are.", "RFC 5255 §3.3",
         needs=("LANGUAGE",), example="* LANGUAGE (DE-IT)", read="language.languages"),
    Name("response", "COMPARATOR", "The comparator in use, and all that matched if several did.", "RFC 5255 §4.8",
         needs=_LEVEL_2, example="* COMPARATOR i;basic", read="language.comparators"),
    Name("code", "BADCOMPARATOR", "None of the comparators is there.", "RFC 5255 §4.9", needs=_LEVEL_2,
         example="[BADCOMPARATOR]", read="codes.nothing"),
    Name("capability", "LANGUAGE", "The LANGUAGE command: server texts in another language.", "RFC 5255 §3.1",
         group="Protocol"),
    Name("capability", "I18NLEVEL=", "SEARCH, SORT and THREAD compare by Unicode; 2: by a comparator of choice.",
         "RFC 5255 §4.2", example="I18NLEVEL=1", read="language.level", group="Protocol"),
)  # fmt: skip
