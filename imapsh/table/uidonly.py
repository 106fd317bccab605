"""Rows of UIDONLY (RFC 9586): neither side sends message numbers."""

from imapsh.table.model import Name

_NEEDS = ("UIDONLY",)

NAMES = (
    Name("response", "UIDFETCH", "Data of a message, which its UID names.", "RFC 9586 §3.3", needs=_NEEDS,
         example=r"* 25996 UIDFETCH (FLAGS (\Seen))", read="uidonly.uidfetch", standing="experimental"),
    Name("code", "UIDREQUIRED", "Message numbers are not allowed any more.", "RFC 9586 §3", needs=_NEEDS,
         example="[UIDREQUIRED]", read="codes.nothing", standing="experimental"),
    Name("enable", "UIDONLY", "UIDs in place of message numbers, which are not allowed then.", "RFC 9586 §3.1",
         needs=_NEEDS, example="ENABLE UIDONLY", standing="experimental", uids_only=True),
    Name("capability", "UIDONLY", "UIDs only, and no message numbers.", "RFC 9586 §3", group="Sync",
         standing="experimental"),
)  # fmt: skip
