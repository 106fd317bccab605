"""Rows of UIDBATCHES (RFC 10022): ranges of UIDs that each hold the same number of messages."""

from imapsh.table.model import MAILBOX_SELECTED, Command, Name

_NEEDS = ("UIDBATCHES",)

COMMANDS = (
    Command("UIDBATCHES", MAILBOX_SELECTED, "<batch-size> [<batch-range>]",
            "Cuts the mailbox into batches of so many messages, and tells their UIDs.", "RFC 10022 §3.1",
            "UIDBATCHES 2000 1:5", needs=_NEEDS, responses=("UIDBATCHES",), asks="UIDBATCHES"),
)  # fmt: skip

NAMES = (
    Name("slot", "batch-size", "how many messages a batch has (from 500)", "RFC 10022 §3.1.3.2", "<nz-number>"),
    Name("slot", "batch-range", "which batches, counted from the newest (such as 1:5)", "RFC 10022 §3.1.5",
         "<nz-range>"),
    Name("response", "UIDBATCHES", "The UIDs of each batch, the newest first.", "RFC 10022 §3.1.2", needs=_NEEDS,
         example='* UIDBATCHES (TAG "A143") 215295:99696,99695:20351,20350:7830,7829:1', read="uidbatches.uid_batches"),
    Name("code", "TOOFEW", "The batches are too small.", "RFC 10022 §3.1.3.2", needs=_NEEDS, example="[TOOFEW]",
         read="codes.nothing"),
    Name("code", "TOOMANY", "There are too many messages to tell of at once.", "RFC 10022 §3.1.7", needs=_NEEDS,
         example="[TOOMANY]", read="codes.nothing"),
    Name("capability", "UIDBATCHES", "The UIDBATCHES command: UIDs that cut a mailbox into batches.", "RFC 10022 §3",
         group="Fetching"),
)  # fmt: skip
