"""Rows of PROXYAUTH: an administrator goes on as another user.  Sun Messaging Server and its heirs have it; no RFC."""

from imapsh.table.model import AFTER_LOGIN, Command

COMMANDS = (
    Command("PROXYAUTH", AFTER_LOGIN, "<userid>", "Goes on as another user, for administrators.", "Sun",
            "PROXYAUTH ida", barrier=True, expunges=False, responses=("CAPABILITY",)),
)  # fmt: skip
