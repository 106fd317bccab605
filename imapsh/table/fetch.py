"""Rows of FETCH: its items, sections of a message, and the response."""

from imapsh.table.model import MAILBOX_SELECTED, Command, Name

_ITEM = "RFC 9051 §6.4.5"
_OLD = "RFC 3501 §6.4.5"
_BINARY = ("BINARY", "IMAP4rev2")
_SECTION = '[<section-spec>]"]"'
_PART = '[<section-part>]"]"'

COMMANDS = (
    Command("FETCH", MAILBOX_SELECTED, "<sequence-set> <fetch-items> [(<fetch-modifier>...)]",
            "Reads data of messages.", _ITEM, "FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])", expunges=False,
            numbers=True, responses=("FETCH",)),
    Command("UID FETCH", MAILBOX_SELECTED, "<uid-set> <fetch-items> [(<fetch-modifier>...)]",
            "Reads data of messages, by UID.", "RFC 9051 §6.4.9", "UID FETCH 4827313:4828442 FLAGS",
            responses=("FETCH", "VANISHED")),
)  # fmt: skip

NAMES = (
    Name("syntax", "fetch-items", "A macro, one item, or several in parentheses.", _ITEM,
         "<fetch-macro>|<fetch-item>|(<fetch-item>...)", example="(FLAGS UID BODY.PEEK[HEADER])"),
    Name("syntax", "section-spec", "A part of the message.", "RFC 9051 §6.4.5.1",
         '<section-part>["."{<section>|<section-mime>}]|<section>', example="1.2.HEADER.FIELDS (DATE FROM)"),
    Name("fetch-macro", "ALL", "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)", _ITEM, example="FETCH 2:4 ALL"),
    Name("fetch-macro", "FAST", "(FLAGS INTERNALDATE RFC822.SIZE)", _ITEM, example="FETCH 2:4 FAST"),
    Name("fetch-macro", "FULL", "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)", _ITEM, example="FETCH 2:4 FULL"),
    Name("fetch-item", "BINARY[", r"A part, decoded from its transfer encoding; sets \Seen.", _ITEM,
         _PART + "[<partial>]", _BINARY, example="BINARY[1]<0.1024>",
         read="fetch.binary_data", harmless="BINARY.PEEK["),
    Name("fetch-item", "BINARY.PEEK[", r"A part, decoded; \Seen is not set.", _ITEM, _PART + "[<partial>]", _BINARY,
         example="BINARY.PEEK[1.2]"),
    Name("fetch-item", "BINARY.SIZE[", "The size of a part when decoded, in octets.", _ITEM, _PART, _BINARY,
         example="BINARY.SIZE[1]", read="fetch.binary_size"),
    Name("fetch-item", "BODY", "The MIME structure, without extension data.", _ITEM, example="BODY",
         read="body.body"),
    Name("fetch-item", "BODY[", r"A section's text; sets \Seen.", _ITEM, _SECTION + "[<partial>]",
         example="BODY[1.MIME]<0.1024>", read="fetch.section_data", harmless="BODY.PEEK["),
    Name("fetch-item", "BODY.PEEK[", r"A section's text; \Seen is not set.", _ITEM, _SECTION + "[<partial>]",
         example="BODY.PEEK[HEADER.FIELDS (DATE FROM)]"),
    Name("fetch-item", "BODYSTRUCTURE", "The MIME structure.", _ITEM, example="BODYSTRUCTURE",
         read="body.bodystructure"),
    Name("fetch-item", "ENVELOPE", "The chief header fields, taken apart.", _ITEM, example="ENVELOPE",
         read="envelope.envelope"),
    Name("fetch-item", "FLAGS", "The flags.", _ITEM, example="FLAGS", read="fetch.flags"),
    Name("fetch-item", "INTERNALDATE", "When the message arrived.", _ITEM, example="INTERNALDATE",
         read="fetch.internaldate"),
    Name("fetch-item", "RFC822", "The whole message; BODY[] under an older name.", _OLD, editions="1",
         example="RFC822", read="fetch.nstring_data", harmless="BODY.PEEK[]"),
    Name("fetch-item", "RFC822.HEADER", "The header; BODY.PEEK[HEADER] under an older name.", _OLD, editions="1",
         example="RFC822.HEADER", read="fetch.nstring_data"),
    Name("fetch-item", "RFC822.SIZE", "The message's size, in octets.", _ITEM, example="RFC822.SIZE",
         read="fetch.size"),
    Name("fetch-item", "RFC822.TEXT", "The text; BODY[TEXT] under an older name.", _OLD, editions="1",
         example="RFC822.TEXT", read="fetch.nstring_data", harmless="BODY.PEEK[TEXT]"),
    Name("fetch-item", "UID", "The unique identifier.", _ITEM, example="UID", read="fetch.uid"),
    Name("section", "HEADER", "The header.", "RFC 9051 §6.4.5.1", example="BODY[HEADER]"),
    Name("section", "HEADER.FIELDS", "These fields of the header.", "RFC 9051 §6.4.5.1", "(<header-fld-name>...)",
         example="BODY[HEADER.FIELDS (DATE FROM)]"),
    Name("section", "HEADER.FIELDS.NOT", "The header without these fields.", "RFC 9051 §6.4.5.1",
         "(<header-fld-name>...)", example="BODY[HEADER.FIELDS.NOT (RECEIVED)]"),
    Name("section", "TEXT", "The text, without the header.", "RFC 9051 §6.4.5.1", example="BODY[TEXT]"),
    Name("section-mime", "MIME", "The part's MIME header.", "RFC 9051 §6.4.5.1", example="BODY[1.MIME]"),
    Name("response", "FETCH", "Data of a message.", "RFC 9051 §7.5.2",
         example=r"* 23 FETCH (FLAGS (\Seen) RFC822.SIZE 44827)", read="fetch.fetch"),
)  # fmt: skip
