"""Rows of MULTIAPPEND (RFC 3502): several messages in one APPEND, all of them or none."""

from imapsh.table.message import MESSAGE
from imapsh.table.model import Name

NAMES = (
    Name("syntax", "another-message", "One more message, with its own flags and date.", "RFC 3502 §6.3.11",
         MESSAGE, ("MULTIAPPEND",), example=r"(\Seen) {@second.eml}"),
    Name("capability", "MULTIAPPEND", "APPEND of several messages.", "RFC 3502 §6.3.11", group="Storing"),
)  # fmt: skip
