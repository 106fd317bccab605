"""Rows of RFC 6858: messages with UTF-8 in their header for clients that do not know of it."""

from imapsh.table.model import Name

NAMES = (
    Name("code", "DOWNGRADED", "Of these messages, by UID, the server has shown a version without UTF-8.",
         "RFC 6858 §3", "<uid-set>", example="[DOWNGRADED 70,105,108,109]", read="downgraded.downgraded"),
)  # fmt: skip
