"""Rows of quick resynchronization (RFC 7162 section 3.2)."""

from imapsh.table.model import Name

NAMES = (
    Name("response", "VANISHED", "UIDs of messages that are gone; with (EARLIER), that were gone before.",
         "RFC 7162 §3.2.10", needs=("QRESYNC", "UIDONLY"), example="* VANISHED 405,407,410,425",
         read="qresync.vanished"),
)  # fmt: skip
