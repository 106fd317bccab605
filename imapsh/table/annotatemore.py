"""Rows of ANNOTATEMORE (draft-daboo-imap-annotatemore), which METADATA has replaced: annotations with attributes."""

from imapsh.table.model import AFTER_LOGIN, Command, Name

_DRAFT = "draft-daboo-imap-annotatemore"
_NEEDS = ("ANNOTATEMORE",)
_OLD = "historic"

COMMANDS = (
    Command("GETANNOTATION", AFTER_LOGIN, "<list-mailbox> <annotation-entries> <annotation-attribs>",
            'Asks for annotations of mailboxes, or of the server where the name is "".', _DRAFT,
            'GETANNOTATION INBOX "/comment" "value.priv"', needs=_NEEDS, responses=("ANNOTATION",), asks="ANNOTATION",
            standing=_OLD),
    Command("SETANNOTATION", AFTER_LOGIN, "<list-mailbox> {<annotation-entry-att>|(<annotation-entry-att>...)}",
            'Sets annotations of mailboxes, or of the server where the name is ""; NIL removes one.', _DRAFT,
            'SETANNOTATION INBOX "/comment" ("value.priv" "My comment")', needs=_NEEDS, changes=True,
            responses=("ANNOTATION",), standing=_OLD),
)  # fmt: skip

NAMES = (
    Name("slot", "old-annotation-entry", 'an entry in quotes (such as "/comment")', _DRAFT, "<string>", standing=_OLD,
         read="annotatemore.typed_name"),
    Name("slot", "old-annotation-entry-match", 'an entry or a pattern in quotes (such as "/comment")', _DRAFT,
         "<string>", standing=_OLD),
    Name("slot", "old-annotation-attrib", 'an attribute in quotes (such as "value.priv")', _DRAFT, "<string>",
         standing=_OLD, read="annotatemore.typed_name"),
    Name("slot", "old-annotation-attrib-match", 'an attribute or a pattern in quotes (such as "value.*")', _DRAFT,
         "<string>", standing=_OLD),
    Name("slot", "old-annotation-value", "a value in quotes, or NIL", _DRAFT, "<id-value>", standing=_OLD),
    Name("syntax", "annotation-entries", "An entry or several.", _DRAFT,
         "<old-annotation-entry-match>|(<old-annotation-entry-match>...)", example='("/comment" "/motd")',
         standing=_OLD),
    Name("syntax", "annotation-attribs", "An attribute or several.", _DRAFT,
         "<old-annotation-attrib-match>|(<old-annotation-attrib-match>...)", example='("value.priv" "size.priv")',
         standing=_OLD),
    Name("syntax", "annotation-entry-att", "An entry, and its attributes with their values.", _DRAFT,
         "<old-annotation-entry> ({<old-annotation-attrib> <old-annotation-value>}...)",
         example='"/comment" ("value.priv" NIL)',
         standing=_OLD),
    Name("response", "ANNOTATION", "Annotations with their attributes; or the names of those that have changed.",
         _DRAFT, needs=_NEEDS, example='* ANNOTATION "INBOX" "/comment" ("value.priv" "My comment")',
         read="annotatemore.annotation", standing=_OLD),
    Name("code", "ANNOTATEMORE", "A value is too large, or there are too many.", _DRAFT, "TOOBIG|TOOMANY", _NEEDS,
         example="[ANNOTATEMORE TOOMANY]", read="annotatemore.limit", standing=_OLD),
    Name("capability", "ANNOTATEMORE", "Annotations, before METADATA.", _DRAFT, group="Mailboxes", standing=_OLD),
)  # fmt: skip
