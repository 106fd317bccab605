"""Who does which command.  The families have the names they have in `imapsh.table`."""

from imapsh.server.commands import fetch, mailboxes, message, search, session

HANDLERS = {
    **session.HANDLERS,
    **mailboxes.HANDLERS,
    **fetch.HANDLERS,
    **search.HANDLERS,
    **message.HANDLERS,
}
