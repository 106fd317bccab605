"""Rows of MESSAGELIMIT (RFC 9738): how many messages one command may be about."""

from imapsh.table.model import Name

_NEEDS = ("MESSAGELIMIT=", "SAVELIMIT=")

NAMES = (
    Name("code", "MESSAGELIMIT", "One command may be about so many messages; the lowest UID that was done.",
         "RFC 9738 §3.1", "<nz-number> [<nz-number>]", _NEEDS, example="[MESSAGELIMIT 1000 23221]",
         read="messagelimit.message_limit", standing="experimental"),
    Name("search-key", "UIDAFTER", "With a higher UID.", "RFC 9738 §3.2", "<nz-number>", ("MESSAGELIMIT=",),
         example="UIDAFTER 25000", standing="experimental"),
    Name("search-key", "UIDBEFORE", "With a lower UID.", "RFC 9738 §3.2", "<nz-number>", ("MESSAGELIMIT=",),
         example="UIDBEFORE 25000", standing="experimental"),
    Name("capability", "MESSAGELIMIT=", "How many messages one command may be about.", "RFC 9738 §3",
         example="MESSAGELIMIT=1000", read="messagelimit.capability", group="Limits", standing="experimental"),
    Name("capability", "SAVELIMIT=", "How many messages one COPY or APPEND may store.", "RFC 9738 §3",
         example="SAVELIMIT=1000", read="messagelimit.capability", group="Limits", standing="experimental"),
)  # fmt: skip
