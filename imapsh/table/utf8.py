"""Rows of UTF8=ACCEPT and UTF8=ONLY (RFC 9755): UTF-8 in quoted strings, names and headers."""

from imapsh.table.model import OBSOLETE, Name

_UTF8 = ("UTF8=ACCEPT", "UTF8=ONLY")

NAMES = (
    Name("enable", "UTF8=ACCEPT", "UTF-8 in quoted strings, so in mailbox names too.", "RFC 9755 §3", needs=_UTF8,
         example="ENABLE UTF8=ACCEPT"),
    Name("append-extension", "UTF8", "A message with UTF-8 in its header; RFC 9755 appends it as any other.",
         "RFC 6855 §4", "(<message>)", _UTF8, example="APPEND Drafts UTF8 (~{@message.eml})", standing=OBSOLETE),
    Name("capability", "UTF8=", "UTF-8 in names and headers.", "RFC 9755 §3", example="UTF8=ACCEPT", group="Protocol"),
)  # fmt: skip
