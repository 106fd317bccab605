"""Rows of APPENDLIMIT (RFC 7889): how large a message may be."""

from imapsh.table.model import Name

NAMES = (
    Name("status-item", "APPENDLIMIT", "The largest message that APPEND takes here, in octets; NIL for no limit.",
         "RFC 7889 §3.1", needs=("APPENDLIMIT", "APPENDLIMIT="), example="STATUS INBOX (APPENDLIMIT)",
         read="appendlimit.limit"),
    Name("capability", "APPENDLIMIT", "STATUS tells the largest message that a mailbox takes.", "RFC 7889 §2",
         group="Limits"),
    Name("capability", "APPENDLIMIT=", "The largest message that any mailbox takes, in octets.", "RFC 7889 §2",
         example="APPENDLIMIT=257890", read="appendlimit.capability", group="Limits"),
)  # fmt: skip
