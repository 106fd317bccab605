"""Rows of WITHIN (RFC 5032): how long ago a message arrived."""

from imapsh.table.model import Name

_WITHIN = ("WITHIN",)

NAMES = (
    Name("search-key", "OLDER", "Arrived so many seconds ago, or earlier.", "RFC 5032 §2", "<nz-number>", _WITHIN,
         example="OLDER 259200"),
    Name("search-key", "YOUNGER", "Arrived within so many seconds.", "RFC 5032 §2", "<nz-number>", _WITHIN,
         example="YOUNGER 259200"),
    Name("capability", "WITHIN", "The search keys OLDER and YOUNGER.", "RFC 5032 §2", group="Searching"),
)  # fmt: skip
