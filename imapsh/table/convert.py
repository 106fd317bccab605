"""Rows of CONVERT (RFC 5259): parts of messages in another format."""

from imapsh.table.model import AFTER_LOGIN, MAILBOX_SELECTED, Command, Name

_CONVERT = ("CONVERT",)
_PART = '[<section-part>]"]"'
_ITEMS = (
    ("AVAILABLECONVERSIONS[", "What the part can be converted to.", "8.4", _PART, "AVAILABLECONVERSIONS[2]"),
    ("BINARY[", "The part, converted.", "6", _PART + "[<partial>]", "BINARY[4]<2001.1000>"),
    ("BINARY.SIZE[", "The size of the part when converted, in octets.", "8.3", _PART, "BINARY.SIZE[4]"),
    ("BODY[", "A header whose encoded words are converted to a charset.", "6",
     '{<section-part>"."{HEADER|MIME}|HEADER}"]"', "BODY[HEADER]"),
    ("BODYPARTSTRUCTURE[", "The MIME structure of the part when converted.", "8.2", _PART, "BODYPARTSTRUCTURE[2]"),
    ("UID", "The unique identifier.", "8.1", "", "UID"),
)  # fmt: skip
_ERRORS = (
    ("BADPARAMETERS", "Parameters of a conversion are not understood, or it is not possible."),
    ("MISSINGPARAMETERS", "Parameters of a conversion are missing."),
)

COMMANDS = (
    Command("CONVERT", MAILBOX_SELECTED, "<sequence-set> <convert-params> <convert-items>",
            r"Reads parts of messages in another format; never sets \Seen.", "RFC 5259 §6",
            'CONVERT 2 ("text/plain" ("charset" "us-ascii")) BINARY[3]', needs=_CONVERT, expunges=False, numbers=True,
            responses=("CONVERTED",)),
    Command("UID CONVERT", MAILBOX_SELECTED, "<uid-set> <convert-params> <convert-items>",
            r"Reads parts of messages in another format, by UID; never sets \Seen.", "RFC 5259 §6",
            'UID CONVERT 304 ("image/jpeg") (BINARY.SIZE[2] BODYPARTSTRUCTURE[2])', needs=_CONVERT,
            responses=("CONVERTED",)),
    Command("CONVERSIONS", AFTER_LOGIN, "<mime-type> <mime-type>",
            "Tells which formats can be converted to which; * stands for any.", "RFC 5259 §5.1",
            'CONVERSIONS "image/gif" "*"', needs=_CONVERT, responses=("CONVERSION",), asks="CONVERSION"),
)  # fmt: skip

NAMES = (
    Name("slot", "mime-type", "a MIME type (such as image/gif, or * in quotes)", "RFC 5259 §10", "<astring>"),
    Name("slot", "to-mime-type", "a MIME type in quotes", "RFC 5259 §10", "<quoted>"),
    Name("slot", "transcoding-param", "a parameter or its value", "RFC 5259 §10", "<astring>"),
    Name("syntax", "convert-params", "The format wanted, NIL for the server's choice, and parameters.", "RFC 5259 §10",
         "({NIL|<to-mime-type>} [({<transcoding-param> <transcoding-param>}...)])",
         example='("text/plain" ("charset" "us-ascii"))'),
    Name("syntax", "convert-items", "One item, or several in parentheses.", "RFC 5259 §10",
         "<convert-att>|(<convert-att>...)", example="(BINARY[1] BINARY.SIZE[1])"),
    *(Name("convert-att", name, summary, f"RFC 5259 §{section}", syntax, example=f"CONVERT 2 (NIL) {shown}")
      for name, summary, section, syntax, shown in _ITEMS),
    Name("response", "CONVERTED", "Parts of a message in another format.", "RFC 5259 §8.1", needs=_CONVERT,
         example='* 2 CONVERTED (TAG "c000") (BINARY.SIZE[4] 3135)', read="convert.converted"),
    Name("response", "CONVERSION", "A conversion that the server can do, and its parameters.", "RFC 5259 §5.2",
         needs=_CONVERT, example='* CONVERSION "image/gif" "image/jpeg" ("pix-y" "pix-x")', read="convert.conversion"),
    *(Name("code", name, summary, "RFC 5259 §9", needs=_CONVERT, example=f"[{name}]", read="codes.text")
      for name, summary in _ERRORS),
    Name("code", "TEMPFAIL", "The conversion failed for now, and may succeed later.", "RFC 5259 §9", needs=_CONVERT,
         example="[TEMPFAIL]", read="codes.nothing"),
    Name("code", "MAXCONVERTMESSAGES", "How many messages one CONVERT may be about.", "RFC 5259 §9", "<nz-number>",
         _CONVERT, example="[MAXCONVERTMESSAGES 1]", read="codes.nz_number"),
    Name("code", "MAXCONVERTPARTS", "How many parts of a message one CONVERT may be about.", "RFC 5259 §9",
         "<nz-number>", _CONVERT, example="[MAXCONVERTPARTS 1]", read="codes.nz_number"),
    Name("capability", "CONVERT", "Body parts in another format.", "RFC 5259 §3.1", group="Fetching"),
)  # fmt: skip
