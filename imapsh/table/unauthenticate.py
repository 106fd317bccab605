"""Rows of UNAUTHENTICATE (RFC 8437): the connection goes back to the state before the login."""

from imapsh.table.model import AFTER_LOGIN, Command, Name

COMMANDS = (
    Command("UNAUTHENTICATE", AFTER_LOGIN, "", "Logs out, and keeps the connection and its TLS for another login.",
            "RFC 8437 §3", "UNAUTHENTICATE", needs=("UNAUTHENTICATE",), barrier=True, expunges=False),
)  # fmt: skip

NAMES = (
    Name("capability", "UNAUTHENTICATE", "The UNAUTHENTICATE command: back to before the login.", "RFC 8437 §3",
         group="Login"),
)  # fmt: skip
