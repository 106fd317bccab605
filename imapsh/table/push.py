"""Rows of XAPPLEPUSHSERVICE: Apple's devices ask to be woken when mail comes.

Only the patches of servers are published, and they agree on this syntax.  The token identifies the device to anybody
who has it, so it is a secret.
"""

from imapsh.table.model import AFTER_LOGIN, Command, Name

_PUSH = ("XAPPLEPUSHSERVICE",)

COMMANDS = (
    Command("XAPPLEPUSHSERVICE", AFTER_LOGIN,
            "aps-version <number> aps-account-id <astring> aps-device-token <device-token> aps-subtopic <astring> "
            "[mailboxes (<mailbox>...)]",
            "Has new mail of mailboxes pushed to a device.", "Apple",
            "XAPPLEPUSHSERVICE aps-version 2 aps-account-id 0715A26B aps-device-token 2918390218 "
            "aps-subtopic com.apple.mobilemail mailboxes (INBOX Notes)",
            needs=_PUSH, responses=("XAPPLEPUSHSERVICE",), asks="XAPPLEPUSHSERVICE"),
)  # fmt: skip

NAMES = (
    Name("slot", "device-token", "a device's token", "Apple", "<password>"),
    Name("response", "XAPPLEPUSHSERVICE", "The version and the topic of the pushes, or a mailbox that is watched.",
         "Apple", needs=_PUSH, example='* XAPPLEPUSHSERVICE aps-version "2" aps-topic "com.apple.mail.e0205478"',
         read="push.push_service"),
    Name("capability", "XAPPLEPUSHSERVICE", "Pushes to Apple's devices.", "Apple", group="Protocol"),
)  # fmt: skip
