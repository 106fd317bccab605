"""GETACL, SETACL, DELETEACL, LISTRIGHTS and MYRIGHTS (RFC 4314), and LIST's MYRIGHTS (RFC 8440).

The user of an account has all rights to its mailboxes, and cannot lose them.  Any other user of the server, and
`anyone`, can be given or denied each right by itself; a mailbox keeps that.  No command of this server reaches the
mailboxes of another account, so these rights are only kept, and SETACL says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

from imapsh.grammar.acl import STANDARD, Acl, ListRights, MyRights
from imapsh.server.reply import Arguments, Bad, Reply, ok
from imapsh.server.store import Mailbox, Refused

if TYPE_CHECKING:
    from imapsh.server.client import Client

#: A virtual right -> the rights that it stands for here (RFC 4314 section 2.1.1).
_MEMBERS = {"c": "kx", "d": "te"}
_ANYONE = "anyone"


def _told(rights: str) -> str:
    """Return the rights as a response has them: in their order, with the virtual rights that they call for."""
    virtual = [virtual for virtual, members in _MEMBERS.items() if set(members).intersection(rights)]
    return "".join([*(right for right in STANDARD if right in rights), *virtual])


ALL = _told(STANDARD)


def _identifier(client: Client, arguments: Arguments) -> tuple[str, str]:
    """Return the identifier as it was written, and prepared.

    It is normalized and must hold no control characters, as in SASLprep (RFC 4013), except for what no name here could
    hold.  Raises Bad if it cannot be an identifier, and Refused if nobody has it.
    """
    written = arguments.text("identifier")
    prepared = normalize("NFKC", written)
    if not prepared.removeprefix("-") or not prepared.isprintable():
        raise Bad("this is not an identifier (RFC 4314 section 3)")
    user = prepared.removeprefix("-")
    if user != _ANYONE and user not in client.store.accounts:
        raise Refused("CANNOT", f"{user!a} is neither a user of this server nor {_ANYONE}")
    return written, prepared


def get_acl(client: Client, arguments: Arguments) -> Reply:
    """Do GETACL (section 3.3)."""
    mailbox = client.user_account.named(arguments.mailbox())
    others = {identifier: _told(rights) for identifier, rights in mailbox.acl.items()}
    client.send("ACL", Acl(mailbox.name, {client.user_account.user: ALL, **others}))
    return ok("listed")


def set_acl(client: Client, arguments: Arguments) -> Reply:
    """Do SETACL (section 3.1).  An unknown right is a BAD, and the rights of the user that owns the mailbox stay."""
    mailbox = client.user_account.named(arguments.mailbox())
    _, identifier = _identifier(client, arguments)
    sign, rights = _modification(arguments.text("mod-rights"))
    if identifier.removeprefix("-") == client.user_account.user:
        if identifier[0] == "-" or (sign != "+" and set(rights) != set(STANDARD)):
            raise Refused("CANNOT", f"{client.user_account.user} owns the mailbox and has all rights to it")
        return ok("these rights were there already")
    held = set(mailbox.acl.get(identifier, "")) if sign else set()
    held = held - set(rights) if sign == "-" else held | set(rights)
    mailbox.acl[identifier] = "".join(right for right in STANDARD if right in held)
    return ok("kept; no command of this server reaches the mailboxes of another account")


def _modification(text: str) -> tuple[str, str]:
    """Return the sign, and the standard rights that are meant.  Raises Bad for a letter that is not a right."""
    sign = text[0] if text[:1] in ("+", "-") else ""
    rights = "".join(_MEMBERS.get(right, right) for right in text[len(sign) :])
    for right in rights:
        if right not in STANDARD:
            raise Bad(f"the right {right} is not supported")
    return sign, rights


def delete_acl(client: Client, arguments: Arguments) -> Reply:
    """Do DELETEACL (section 3.2)."""
    mailbox = client.user_account.named(arguments.mailbox())
    _, identifier = _identifier(client, arguments)
    if identifier == client.user_account.user:
        raise Refused("CANNOT", f"{identifier} owns the mailbox and has all rights to it")
    mailbox.acl.pop(identifier, None)
    return ok("not on the list any more")


def list_rights(client: Client, arguments: Arguments) -> Reply:
    """Do LISTRIGHTS (section 3.4).  The answer has the identifier as it was written."""
    mailbox = client.user_account.named(arguments.mailbox())
    written, identifier = _identifier(client, arguments)
    owns = identifier.removeprefix("-") == client.user_account.user
    required, optional = (ALL if identifier[0] != "-" else "", ()) if owns else ("", tuple(ALL))
    client.send("LISTRIGHTS", ListRights(mailbox.name, written, required, optional))
    return ok("listed")


def my_rights(client: Client, arguments: Arguments) -> Reply:
    """Do MYRIGHTS (section 3.5)."""
    _tell_rights(client, client.user_account.named(arguments.mailbox()), arguments)
    return ok("listed")


def _tell_rights(client: Client, mailbox: Mailbox, arguments: Arguments) -> None:
    """Send MYRIGHTS of one of the user's own mailboxes (RFC 8440 section 3)."""
    client.send("MYRIGHTS", MyRights(mailbox.name, ALL))


HANDLERS = {
    "GETACL": get_acl,
    "SETACL": set_acl,
    "DELETEACL": delete_acl,
    "LISTRIGHTS": list_rights,
    "MYRIGHTS": my_rights,
}
CAPABILITIES = ("ACL", "RIGHTS=kxte", "LIST-MYRIGHTS")
LIST_RETURN = {"MYRIGHTS": _tell_rights}
