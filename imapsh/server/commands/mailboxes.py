"""The commands about mailboxes: SELECT, EXAMINE, CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE, LIST, LSUB, NAMESPACE,
STATUS, CLOSE and UNSELECT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.grammar.values import Count, Flags, MailboxList, MailboxStatus, Namespace, Namespaces
from imapsh.server import listing
from imapsh.server.reply import Arguments, Bad, Reply, ok
from imapsh.server.store import DELIMITER, Mailbox, canonical, check_name

if TYPE_CHECKING:
    from imapsh.server.client import Client


def select(client: Client, arguments: Arguments) -> Reply:
    """Do SELECT (RFC 9051 section 6.3.2)."""
    return _open(client, arguments, read_only=False)


def examine(client: Client, arguments: Arguments) -> Reply:
    """Do EXAMINE (6.3.3)."""
    return _open(client, arguments, read_only=True)


def _open(client: Client, arguments: Arguments, *, read_only: bool) -> Reply:
    """Open a mailbox.  The one selected before is left even if this one cannot be opened (6.3.2)."""
    from imapsh.server.commands import SELECT_PARAMS

    then = [SELECT_PARAMS[piece.name](client, piece) for piece in arguments.all("select-param")]
    if client.selected is not None:
        client.unselect()
        client.send("OK", ok("the mailbox selected before is closed", "CLOSED"))
    mailbox = client.user_account.find(arguments.mailbox())
    opened = client.select(mailbox, read_only)
    flags = opened.known_flags()
    client.send("FLAGS", Flags(flags))
    permanent = () if read_only else (*flags, "\\*")
    client.send("OK", ok("flags that last", "PERMANENTFLAGS", permanent))
    client.send("EXISTS", Count(len(opened.messages)))
    if not client.rev2:
        client.send("RECENT", Count(len(opened.recent)))
        unseen = (number for number, message in enumerate(opened.messages, 1) if "\\Seen" not in message.flags)
        if (first := next(unseen, None)) is not None:
            client.send("OK", ok(f"message {first} is the first unseen", "UNSEEN", first))
    client.send("OK", ok("UIDs stay valid", "UIDVALIDITY", mailbox.uidvalidity))
    client.send("OK", ok("the next message's UID", "UIDNEXT", mailbox.uidnext))
    from imapsh.server.commands import OPENED  # of all families, and this is one of them

    for code, argument in OPENED.items():
        client.send("OK", ok("the mailbox opened", code, argument(mailbox)))
    if client.rev2:
        request = listing.Request("", ())
        has_children = bool(client.user_account.children(mailbox.name))
        attributes = listing.attributes(client.user_account, mailbox.name, request, has_children=has_children)
        client.send("LIST", MailboxList(attributes, DELIMITER, mailbox.name))
    for do in then:
        do()
    return ok("opened", "READ-ONLY" if read_only else "READ-WRITE")


def create(client: Client, arguments: Arguments) -> Reply:
    """Do CREATE (6.3.4)."""
    from imapsh.server.commands import CREATED  # of all families, and this is one of them

    mailbox = client.user_account.create(arguments.mailbox())
    code, argument = next(iter(CREATED.items()), ("", None))
    return ok("made", code, argument(mailbox) if argument is not None else None)


def delete(client: Client, arguments: Arguments) -> Reply:
    """Do DELETE (6.3.5)."""
    client.user_account.delete(arguments.mailbox())
    return ok("deleted")


def rename(client: Client, arguments: Arguments) -> Reply:
    """Do RENAME (6.3.6)."""
    client.user_account.rename(arguments.mailbox(0), arguments.mailbox(1))
    return ok("renamed")


def subscribe(client: Client, arguments: Arguments) -> Reply:
    """Do SUBSCRIBE (6.3.7).  The mailbox need not exist."""
    name = canonical(arguments.mailbox().removesuffix(DELIMITER))
    check_name(name)
    client.user_account.subscribe(name)
    return ok("subscribed")


def unsubscribe(client: Client, arguments: Arguments) -> Reply:
    """Do UNSUBSCRIBE (6.3.8).  It is OK even if the mailbox was not subscribed."""
    client.user_account.unsubscribe(canonical(arguments.mailbox().removesuffix(DELIMITER)))
    return ok("not subscribed any more")


def list_(client: Client, arguments: Arguments) -> Reply:
    """Do LIST (6.3.9), basic and extended."""
    chosen, returns = arguments.names("list-select"), arguments.names("list-return")
    if "RECURSIVEMATCH" in chosen and not chosen - {"RECURSIVEMATCH", "REMOTE"}:
        raise Bad("RECURSIVEMATCH needs another selection option beside it (RFC 9051 section 6.3.9.1)")
    patterns = tuple(arguments.mailbox(index, "list-mailbox") for index in range(len(arguments.all("list-mailbox"))))
    extended = bool(chosen or returns or len(patterns) > 1)
    request = listing.Request(arguments.mailbox(), patterns, chosen, returns, extended)
    from imapsh.server.commands import LIST_RETURN  # of all families, and this is one of them

    tellers = [LIST_RETURN[name] for name in sorted(returns & set(LIST_RETURN))]
    for line, itself in list(listing.mailboxes(client.user_account, request)):
        client.send("LIST", line)
        mailbox = client.user_account.mailboxes.get(line.mailbox)
        if itself and mailbox is not None:
            for tell in tellers:
                tell(client, mailbox, arguments)
    return ok("listed")


def _tell_status(client: Client, mailbox: Mailbox, arguments: Arguments) -> None:
    """Send STATUS of a mailbox that LIST reports (6.3.9.8)."""
    items = [piece.name.upper() for piece in arguments.all("status-item")]
    if mailbox.selectable:
        client.send("STATUS", _numbers(mailbox, items))


def lsub(client: Client, arguments: Arguments) -> Reply:
    """Do LSUB (RFC 3501 section 6.3.9)."""
    found = listing.subscribed(client.user_account, arguments.mailbox(), arguments.mailbox(0, "list-mailbox"))
    for line in list(found):
        client.send("LSUB", line)
    return ok("listed")


def namespace(client: Client, arguments: Arguments) -> Reply:
    """Do NAMESPACE (6.3.10)."""
    client.send("NAMESPACE", Namespaces((Namespace("", DELIMITER),), None, None))
    return ok("that is all there is")


def status(client: Client, arguments: Arguments) -> Reply:
    """Do STATUS (6.3.11)."""
    mailbox = client.user_account.find(arguments.mailbox())
    items = [piece.name.upper() for piece in arguments.all("status-item")]
    client.send("STATUS", _numbers(mailbox, items))
    return ok("counted")


def _numbers(mailbox: Mailbox, items: list[str]) -> MailboxStatus:
    from imapsh.server.commands import STATUS  # of all families, and this is one of them

    return MailboxStatus(mailbox.name, {item: STATUS[item](mailbox) for item in items})


def close(client: Client, arguments: Arguments) -> Reply:
    """Do CLOSE (6.4.1).  It expunges silently, unless the mailbox was opened by EXAMINE."""
    opened = client.mailbox
    client.unselect()
    if not opened.read_only:
        mailbox = opened.mailbox
        mailbox.expunge([message for message in mailbox.messages if "\\Deleted" in message.flags])
    return ok("closed")


def unselect(client: Client, arguments: Arguments) -> Reply:
    """Do UNSELECT (6.4.2)."""
    client.unselect()
    return ok("left as it was")


STATUS = {
    "MESSAGES": lambda mailbox: len(mailbox.messages),
    "RECENT": lambda mailbox: sum(message.recent for message in mailbox.messages),
    "UIDNEXT": lambda mailbox: mailbox.uidnext,
    "UIDVALIDITY": lambda mailbox: mailbox.uidvalidity,
    "UNSEEN": lambda mailbox: sum("\\Seen" not in message.flags for message in mailbox.messages),
    "SIZE": Mailbox.size,
}

LIST_RETURN = {"STATUS": _tell_status}

HANDLERS = {
    "SELECT": select,
    "EXAMINE": examine,
    "CREATE": create,
    "DELETE": delete,
    "RENAME": rename,
    "SUBSCRIBE": subscribe,
    "UNSUBSCRIBE": unsubscribe,
    "LIST": list_,
    "LSUB": lsub,
    "NAMESPACE": namespace,
    "STATUS": status,
    "CLOSE": close,
    "UNSELECT": unselect,
}
