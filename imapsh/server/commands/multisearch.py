"""ESEARCH (RFC 7377): a search in several mailboxes of the account.  Its user may read them all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import ESearch
from imapsh.server.commands.search import checked, save, tells, wanted
from imapsh.server.reply import Arguments, Bad, Reply, as_text, ok
from imapsh.server.search import EVERYTHING, Key, esearch_items, find
from imapsh.server.selected import Selected
from imapsh.server.store import DELIMITER, INBOX, Mailbox, Message, canonical

if TYPE_CHECKING:
    from imapsh.server.client import Client
    from imapsh.table import Piece


class Glance(Selected):
    """A mailbox that is looked at for one search.  A message number that does not exist is not an error (section 2)."""

    def pick(self, chosen: SequenceSet, *, uid: bool) -> list[tuple[int, Message]]:
        """Return the messages of a set."""
        if uid or chosen.saved:
            return super().pick(chosen, uid=uid)
        bounds = list(chosen.bounds(len(self.messages)))
        numbered = enumerate(self.messages, 1)
        return [pair for pair in numbered if any(low <= pair[0] <= high for low, high in bounds)]


def esearch(client: Client, arguments: Arguments) -> Reply:
    """Do ESEARCH: send a response for each mailbox in which something was found (section 2.1)."""
    sources = arguments.all("search-source")
    names = dict.fromkeys(name for source in sources for name in _named(client, source, arguments))
    selected = client.selected
    if selected is None and (not sources or any(source.name == "SELECTED" for source in sources)):
        raise Bad("no mailbox is selected: name the mailboxes with IN")
    key, options = checked(client, arguments), wanted(arguments)
    mailboxes = [client.user_account.mailboxes[name] for name in names]
    if selected is not None and (not sources or any(source.name == "SELECTED" for source in sources)):
        mailboxes = [selected.mailbox, *(one for one in mailboxes if one is not selected.mailbox)]
    for mailbox in mailboxes:
        found = _found(client, mailbox, key)
        if selected is not None and mailbox is selected.mailbox:
            save(selected, found, options)
        ids = [message.uid for _, message in found]
        if ids and tells(options):
            where = {"MAILBOX": mailbox.name, "UIDVALIDITY": mailbox.uidvalidity}
            client.send("ESEARCH", ESearch(client.tag, True, where | esearch_items(ids, options or EVERYTHING)))
    return ok("searched")


def _found(client: Client, mailbox: Mailbox, key: Key) -> list[tuple[int, Message]]:
    """Return the messages that the keys find.

    Numbers and `$` of the selected mailbox are those that its client knows.
    """
    glance = Glance(mailbox, True, lambda: None, client.store.clock)
    try:
        if client.selected is not None and mailbox is client.selected.mailbox:
            glance.messages, glance.saved = list(client.selected.messages), set(client.selected.saved)
            glance.recent = set(client.selected.recent)
            return [pair for pair in find(key, glance) if client.selected.exists(pair[1])]
        return find(key, glance)
    finally:
        glance.leave()


def _named(client: Client, source: Piece, arguments: Arguments) -> Iterator[str]:
    """Yield the mailboxes that a source option names, if they exist and can be opened (section 2.2)."""
    account = client.user_account
    given = [canonical(arguments.name(as_text(piece.value))) for piece in source.all("mailbox")]
    mine = [name for name, mailbox in account.mailboxes.items() if mailbox.selectable]
    for name in mine:
        below = [name[len(top) + 1 :] for top in given if name.startswith(top + DELIMITER)]
        if (
            source.name == "PERSONAL"
            or (source.name == "INBOXES" and name == INBOX)
            or (source.name == "SUBSCRIBED" and name in account.subscribed)
            or name in given
            or (source.name == "SUBTREE" and below)
            or (source.name == "SUBTREE-ONE" and any(DELIMITER not in rest for rest in below))
        ):
            yield name


HANDLERS = {"ESEARCH": esearch}
CAPABILITIES = ("MULTISEARCH",)
