"""Rows of CATENATE (RFC 4469): a message is put together from texts and from mail that the server already has."""

from imapsh.table.model import Name

_CATENATE = ("CATENATE",)

NAMES = (
    Name("append-extension", "CATENATE", "The message, put together from parts in this order.", "RFC 4469 §3",
         "(<cat-part>...)", _CATENATE,
         example=r'APPEND Drafts (\Draft) CATENATE (URL "/Drafts/;UID=20/;SECTION=HEADER" TEXT {@body.txt})'),
    Name("cat-part", "TEXT", "A text that is sent, as a literal.", "RFC 4469 §3", "<message>",
         example="APPEND Drafts CATENATE (TEXT {@message.eml})"),
    Name("cat-part", "URL", "A message or a part of one on this server; its \\Seen is not set.", "RFC 4469 §3",
         "<url>", example='APPEND Drafts CATENATE (URL "/INBOX;UIDVALIDITY=785799047/;UID=113330")'),
    Name("code", "BADURL", "The first URL that could not be taken.", "RFC 4469 §4.1", "<url>", _CATENATE,
         example="[BADURL /INBOX;UIDVALIDITY=785799047/;UID=113330]", read="catenate.bad_url"),
    Name("code", "TOOBIG", "The message is larger than the server takes.", "RFC 4469 §4.2", example="[TOOBIG]",
         read="codes.nothing"),
    Name("capability", "CATENATE", "APPEND of a message put together from parts on the server.", "RFC 4469 §2",
         group="Storing"),
)  # fmt: skip
