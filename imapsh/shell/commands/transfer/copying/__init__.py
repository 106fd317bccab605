r"""`\copy` and `\move`: messages, or whole mailboxes, are copied, and the originals of a move are removed."""

from __future__ import annotations

from imapsh.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from imapsh.shell.app import App
    from imapsh.shell.connection.steps import Steps


def copy(app: App, argument: str) -> Steps[str]:
    r"""`\copy [UID] SET NAME:MAILBOX`, `\copy --tree PATTERN NAME:[PREFIX]`."""
    from imapsh.shell.commands.transfer.copying.trees import carry

    return (yield from carry(app, "\\copy", argument))


def move(app: App, argument: str) -> Steps[str]:
    r"""`\move [UID] SET NAME:MAILBOX`, `\move --tree PATTERN NAME:[PREFIX]`."""
    from imapsh.shell.commands.transfer.copying.trees import carry

    return (yield from carry(app, "\\move", argument))
