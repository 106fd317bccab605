"""Rows of conditional STORE (RFC 7162 section 3.1): mod-sequences, by which changes are told apart."""

from imapsh.table.model import Name

_NEEDS = ("CONDSTORE", "QRESYNC")

NAMES = (
    Name("slot", "mod-sequence", "a mod-sequence from 1", "RFC 7162 §7", "<nz-number64>"),
    Name("slot", "mod-sequence-valzer", "a mod-sequence, or 0", "RFC 7162 §7", "<number64>"),
    Name("slot", "entry-name", 'a flag as "/flags/name"', "RFC 7162 §3.1.5", "<string>"),
    Name("select-param", "CONDSTORE", "The server tells mod-sequences from now on.", "RFC 7162 §3.1.8", needs=_NEEDS,
         example="SELECT INBOX (CONDSTORE)"),
    Name("fetch-modifier", "CHANGEDSINCE", "Only messages that have changed since this mod-sequence.",
         "RFC 7162 §3.1.4.1", "<mod-sequence>", _NEEDS, example="UID FETCH 1:* (FLAGS) (CHANGEDSINCE 12345)"),
    Name("store-modifier", "UNCHANGEDSINCE", "Only messages that have not changed since this mod-sequence.",
         "RFC 7162 §3.1.3", "<mod-sequence-valzer>", _NEEDS,
         example=r"STORE 7,5,9 (UNCHANGEDSINCE 320162338) +FLAGS.SILENT (\Deleted)"),
    Name("search-key", "MODSEQ", "Changed since this mod-sequence, or at it; of the flag that is named, if any.",
         "RFC 7162 §3.1.5", "[<entry-name> <entry-type-req>] <mod-sequence-valzer>", _NEEDS,
         example=r'MODSEQ "/flags/\\draft" all 620162338'),
    Name("entry-type-req", "priv", "Only what is private to the user.", "RFC 7162 §3.1.5", needs=_NEEDS,
         example=r'SEARCH MODSEQ "/flags/$memo" priv 620162338'),
    Name("entry-type-req", "shared", "Only what all users share.", "RFC 7162 §3.1.5", needs=_NEEDS,
         example=r'SEARCH MODSEQ "/flags/$memo" shared 620162338'),
    Name("entry-type-req", "all", "Both, whichever has changed last.", "RFC 7162 §3.1.5", needs=_NEEDS,
         example=r'SEARCH MODSEQ "/flags/$memo" all 620162338'),
    Name("search-data", "MODSEQ", "The highest mod-sequence of the messages found.", "RFC 7162 §3.1.10", needs=_NEEDS,
         example='* ESEARCH (TAG "a") ALL 1:3,5 MODSEQ 1236', read="condstore.found"),
    Name("status-item", "HIGHESTMODSEQ", "The mailbox's highest mod-sequence; 0 if it keeps none.", "RFC 7162 §3.1.7",
         needs=_NEEDS, example="STATUS blurdybloop (UIDNEXT MESSAGES HIGHESTMODSEQ)", read="condstore.status"),
    Name("fetch-item", "MODSEQ", "The message's mod-sequence.", "RFC 7162 §3.1.4.2", needs=_NEEDS,
         example="MODSEQ", read="condstore.of_message"),
    Name("code", "HIGHESTMODSEQ", "The mailbox's highest mod-sequence.", "RFC 7162 §3.1.2.1", "<mod-sequence>", _NEEDS,
         example="[HIGHESTMODSEQ 715194045007]", read="condstore.highest"),
    Name("code", "NOMODSEQ", "The mailbox keeps no mod-sequences.", "RFC 7162 §3.1.2.2", needs=_NEEDS,
         example="[NOMODSEQ]", read="codes.nothing"),
    Name("code", "MODIFIED", "These messages had changed, and STORE left them as they are.", "RFC 7162 §3.1.3",
         "<sequence-set>", _NEEDS, example="[MODIFIED 7,9]", read="condstore.modified"),
    Name("enable", "CONDSTORE", "Mod-sequences in what the server tells.", "RFC 7162 §3.1", needs=_NEEDS,
         example="ENABLE CONDSTORE"),
    Name("capability", "CONDSTORE", "Mod-sequences: fetch only what changed since, and store only if nothing did.",
         "RFC 7162 §3.1.1", group="Sync"),
    Name("capability", "XYMHIGHESTMODSEQ", "The highest mod-sequence, without CONDSTORE.", "Yahoo", group="Sync"),
)  # fmt: skip
