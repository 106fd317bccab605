"""Rows of quick resynchronization (RFC 7162 section 3.2)."""

from imapsh.table.model import Name

_NEEDS = ("QRESYNC",)

NAMES = (
    Name("slot", "uidvalidity", "the UIDVALIDITY known", "RFC 7162 §3.2.5", "<nz-number>"),
    Name("slot", "known-uids", "a set of known UIDs (such as 1:4,7)", "RFC 7162 §3.2.5.1", "<definite-uid-set>"),
    Name("slot", "known-sequence-set", "a set of known message numbers (such as 1:4,7)", "RFC 7162 §3.2.5.2",
         "<definite-sequence-set>"),
    Name("slot", "known-uid-set", "the UIDs of these messages (such as 1:4,7)", "RFC 7162 §3.2.5.2",
         "<definite-uid-set>"),
    Name("select-param", "QRESYNC", "The server tells what changed and vanished since this mod-sequence.",
         "RFC 7162 §3.2.5",
         "(<uidvalidity> <mod-sequence> [<known-uids>] [(<known-sequence-set> <known-uid-set>)])", _NEEDS,
         example="SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211,214:541))", enabled="QRESYNC"),
    Name("fetch-modifier", "VANISHED", "The server tells which of the UIDs are gone, too.", "RFC 7162 §3.2.6",
         needs=_NEEDS, example="UID FETCH 300:500 (FLAGS) (CHANGEDSINCE 12345 VANISHED)", only=("UID FETCH",),
         beside="CHANGEDSINCE", enabled="QRESYNC"),
    Name("response", "VANISHED", "UIDs of messages that are gone; with (EARLIER), that were gone before.",
         "RFC 7162 §3.2.10", needs=("QRESYNC", "UIDONLY"), example="* VANISHED 405,407,410,425",
         read="qresync.vanished"),
    Name("enable", "QRESYNC", "VANISHED in place of EXPUNGE, and quick resynchronization.", "RFC 7162 §3.2.3",
         needs=_NEEDS, example="ENABLE QRESYNC"),
    Name("capability", "QRESYNC", "Only what changed and vanished, when a mailbox is opened again.",
         "RFC 7162 §3.2.2", group="Sync"),
)  # fmt: skip
