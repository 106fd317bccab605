"""Rows of the generic parameters (RFC 4466): where extensions may add one, and what an unknown one looks like.

A server may know parameters that the table does not, so an unknown parameter is not an error.  Its row takes any name,
and says that no known capability defines it.
"""

from imapsh.table.model import UNKNOWN, Name

#: The kind, its noun, the section of RFC 4466, and a command with an unknown parameter of this kind.
_PLACES = (
    ("select-param", "parameter of SELECT", "RFC 4466 §2.1", "SELECT INBOX ({})"),
    ("create-param", "parameter of CREATE", "RFC 4466 §2.2", "CREATE foo ({})"),
    ("rename-param", "parameter of RENAME", "RFC 4466 §2.3", "RENAME foo bar ({})"),
    ("fetch-modifier", "modifier of FETCH", "RFC 4466 §2.4", "FETCH 1 FLAGS ({})"),
    ("store-modifier", "modifier of STORE", "RFC 4466 §2.5", r"STORE 1 ({}) +FLAGS (\Seen)"),
)

NAMES = (
    *(Name(kind, "<tagged-label>", f"No capability that imapsh knows defines this {noun}.", rfc,
           "<tagged-label> [<tagged-ext-val>]",
           example=example.format("X-OWN 1"), standing=UNKNOWN) for kind, noun, rfc, example in _PLACES),
    Name("append-extension", "<tagged-ext-label>", "No capability that imapsh knows defines this argument of APPEND.",
         "RFC 4466 §2.7", "<tagged-ext-label> <tagged-ext-val> [{<message>|<append-extension>}]",
         example="APPEND foo X-OWN (a b) {@message.eml}", standing=UNKNOWN),
    Name("slot", "tagged-ext-simple", "numbers", "RFC 4466 §3", "<uid-set>"),
    Name("syntax", "tagged-ext-val", "A value of a parameter: numbers, or a list.", "RFC 4466 §3",
         "<tagged-ext-simple>|([<tagged-ext-comp>...])", example="(1:3 (a b))"),
    Name("syntax", "tagged-ext-comp", "A part of such a list.", "RFC 4466 §3", "<astring>|([<tagged-ext-comp>...])",
         example="(a b)"),
)  # fmt: skip
