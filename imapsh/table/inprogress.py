"""Rows of INPROGRESS (RFC 9585): how far a long command has got."""

from imapsh.table.model import Name

_EXAMPLE = '* OK [INPROGRESS ("A001" 454 1000)] Processed 45% of the items'

NAMES = (
    Name("code", "INPROGRESS", "The command is still being done.", "RFC 9585 §4",
         "[({<quoted>|NIL} {<number>|NIL} {<nz-number>|NIL})]", ("INPROGRESS",), example=_EXAMPLE,
         read="inprogress.in_progress"),
    Name("capability", "INPROGRESS", "Long commands report their progress.", "RFC 9585 §3", group="Protocol"),
)  # fmt: skip
