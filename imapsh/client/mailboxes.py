"""The commands about mailboxes that are not opened, as methods of an asyncio connection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from imapsh.client import results
from imapsh.client.arguments import ascii_only, several
from imapsh.client.driving import value_of
from imapsh.client.routing import is_untagged
from imapsh.errors import UsageError, shown
from imapsh.grammar.fragments import Fragment
from imapsh.grammar.values import MailboxList, MailboxStatus, Namespaces
from imapsh.grammar.writer import Writer
from imapsh.patterns import lazy

if TYPE_CHECKING:
    from imapsh.client.commands import Connection

_ITEMS = lazy(r"[A-Za-z][A-Za-z0-9.-]*(?: +[A-Za-z][A-Za-z0-9.-]*)*")

USES = {
    r"\All": (r"\AllMail",),
    r"\Archive": (),
    r"\Drafts": (),
    r"\Flagged": (r"\Starred",),
    r"\Important": (),
    r"\Junk": (r"\Spam",),
    r"\Memos": (),
    r"\Scheduled": (),
    r"\Sent": (),
    r"\Snoozed": (),
    r"\Trash": (),
}
"""The special uses that are registered (RFC 6154 section 2, RFC 8457), each with its other names in XLIST."""

_USUAL_NAMES = {
    r"\All": ("All Mail", "Archive/All"),
    r"\Archive": ("Archive", "Archives"),
    r"\Drafts": ("Drafts", "Draft"),
    r"\Flagged": ("Flagged", "Starred"),
    r"\Junk": ("Junk", "Spam", "Junk E-mail", "Junk Email", "Bulk Mail"),
    r"\Sent": ("Sent", "Sent Items", "Sent Messages", "Sent Mail"),
    r"\Trash": ("Trash", "Deleted Items", "Deleted Messages", "Bin"),
}


async def create(self: Connection, mailbox: str, *, use: str = "") -> None:
    r"""Send CREATE (RFC 9051 section 6.3.4); `use` is a special use such as `\Sent` (RFC 6154 section 3)."""
    writer = self._writer().mailbox(mailbox)
    if use:
        writer.raw(f" (USE ({_known_use(use)}))")
    await self._runner.command("CREATE", writer.fragments())


async def delete(self: Connection, mailbox: str) -> None:
    """Send DELETE, with all that is in it (RFC 9051 section 6.3.5)."""
    await self._runner.command("DELETE", self._writer().mailbox(mailbox).fragments())


async def rename(self: Connection, mailbox: str, to: str) -> None:
    """Send RENAME (RFC 9051 section 6.3.6)."""
    await self._runner.command("RENAME", self._writer().mailbox(mailbox).raw(" ").mailbox(to).fragments())


async def subscribe(self: Connection, mailbox: str) -> None:
    """Send SUBSCRIBE (RFC 9051 section 6.3.7)."""
    await self._runner.command("SUBSCRIBE", self._writer().mailbox(mailbox).fragments())


async def unsubscribe(self: Connection, mailbox: str) -> None:
    """Send UNSUBSCRIBE (RFC 9051 section 6.3.8)."""
    await self._runner.command("UNSUBSCRIBE", self._writer().mailbox(mailbox).fragments())


async def list_(
    self: Connection,
    reference: str = "",
    pattern: str | Iterable[str] = "*",
    *,
    subscribed: bool = False,
    remote: bool = False,
    recursive_match: bool = False,
    special_use: bool = False,
    returns: Iterable[str] = (),
    status: str | Iterable[str] = (),
) -> tuple[MailboxList, ...]:
    r"""Send LIST (RFC 9051 section 6.3.9): in a pattern `*` matches anything, `%` one level.

    Everything that follows `reference` and one `pattern` needs LIST-EXTENDED on the server (RFC 5258).

    These say which mailboxes come: with `subscribed` those that are subscribed; with `remote` those on other servers
    too; with `special_use` those with a special use (RFC 6154); with `recursive_match` also the parents of these, whose
    `extended["CHILDINFO"]` says why.  It needs `subscribed` or `special_use`, and UsageError is raised otherwise.

    These say what is told of each: `returns` names SUBSCRIBED, CHILDREN or SPECIAL-USE, which are attributes in
    `attrs`, or an extension's.  `status` names the items of STATUS, such as `("MESSAGES", "UNSEEN")`: they are in
    `extended["STATUS"]`, a MailboxStatus, if the server sends them (RFC 5819).
    """
    selects = ["SUBSCRIBED"] * subscribed + ["REMOTE"] * remote + ["SPECIAL-USE"] * special_use
    if recursive_match:
        if not (subscribed or special_use):
            raise UsageError("list(recursive_match=True) needs subscribed=True or special_use=True (RFC 5258)")
        selects.append("RECURSIVEMATCH")
    told = [ascii_only(name) for name in several(returns)]
    if items := status_items(status):
        told.append(f"STATUS ({items})")
    tells_status = any(name.lstrip().upper().startswith("STATUS") for name in told)
    writer = self._writer()
    if selects:
        writer.raw(f"({' '.join(selects)}) ")
    writer.mailbox(reference).raw(" ")
    if isinstance(pattern, str):
        _pattern(writer, pattern)
    else:
        writer.items(several(pattern), lambda one: _pattern(writer, one))
    if told:
        writer.raw(f" RETURN ({' '.join(told)})")
    exchange = self.session.command("LIST", writer.fragments())
    listed = results.Listed()
    await self._runner.gather(
        exchange,
        lambda event: (
            is_untagged(event, "LIST")
            or (tells_status and is_untagged(event, "STATUS") and results.answers(event, exchange))
        ),
        listed.add,
    )
    return listed.found()


async def lsub(self: Connection, reference: str = "", pattern: str = "*") -> tuple[MailboxList, ...]:
    r"""Send LSUB (RFC 3501 section 6.3.9).  Return the subscribed names, which may be those of no mailbox.

    `\Noselect` says that only a name below is subscribed.  `list(subscribed=True)` says more, if the server has it.
    """
    writer = self._writer().mailbox(reference).raw(" ")
    return await _listing(self, "LSUB", _pattern(writer, pattern).fragments())


async def _listing(self: Connection, name: str, fragments: list[Fragment]) -> tuple[MailboxList, ...]:
    listed = results.Listed()
    await self._runner.gather(self.session.command(name, fragments), lambda event: is_untagged(event, name), listed.add)
    return listed.found()


async def status(
    self: Connection, mailbox: str, items: str | Iterable[str] = "MESSAGES UNSEEN UIDNEXT UIDVALIDITY"
) -> MailboxStatus:
    """Send STATUS, and return item -> number (RFC 9051 section 6.3.11).

    `items` of the result is empty if the server says OK and nothing about this mailbox.
    """
    listed = status_items(items)
    if not listed:
        raise UsageError("status() needs items, such as 'MESSAGES UNSEEN'")
    fragments = self._writer().mailbox(mailbox).raw(f" ({listed})").fragments()
    exchange = self.session.command("STATUS", fragments)
    found = await self._runner.gather(
        exchange, lambda event: is_untagged(event, "STATUS") and results.answers(event, exchange), value_of
    )
    return results.told(mailbox, found)


async def namespace(self: Connection) -> Namespaces:
    """Send NAMESPACE (RFC 9051 section 6.3.10).

    Return the prefixes of one's own, others' and shared mailboxes; None for a kind that does not exist.
    """
    found = await self._runner.collect("NAMESPACE", wants="NAMESPACE")
    told = [value for value in found if isinstance(value, Namespaces)]
    return told[-1] if told else Namespaces(None, None, None)


async def special(self: Connection, use: str, *, guess: bool = False) -> MailboxList | None:
    r"""Return the mailbox with a special use, such as `\Sent` (RFC 6154 section 2), or None if the server names none.

    It is asked for by LIST with RETURN (SPECIAL-USE) if the server has that, by XLIST if the server has only that, and
    by a plain LIST otherwise.  If several mailboxes have the use, the first that is listed is returned.

    With `guess`, a mailbox with a usual name, such as `Sent Items`, is returned if the server names none.  Then `use`
    is not among its `attrs`, which says that it was guessed.

    Raises UsageError for a use that is not registered.
    """
    known = _known_use(use)
    if not self.capabilities:
        await self.capability()
    if "SPECIAL-USE" in self.capabilities:
        listed = await self.list("", "*", returns=("SPECIAL-USE",))
    elif "XLIST" in self.capabilities:
        listed = await _listing(self, "XLIST", [b'"" "*"'])
    else:
        listed = await self.list("", "*")
    names = {name.upper() for name in (known, *USES[known])}
    marked = (one for one in listed if names & {attribute.upper() for attribute in one.attrs})
    return next(marked, None) or (_guessed(listed, known) if guess else None)


def _guessed(listed: Iterable[MailboxList], use: str) -> MailboxList | None:
    """Return the mailbox whose name, or the last part of it, is usual for the use."""
    by_name: dict[str, MailboxList] = {}
    for one in listed:
        if not {r"\NOSELECT", r"\NONEXISTENT"} & {attribute.upper() for attribute in one.attrs}:
            last = one.mailbox.rsplit(one.delimiter, 1)[-1] if one.delimiter else one.mailbox
            by_name.setdefault(last.casefold(), one)
    usual = (by_name.get(name.casefold()) for name in _USUAL_NAMES.get(use, ()))
    return next((one for one in usual if one is not None), None)


def _known_use(use: object) -> str:
    """Return the use as it is registered.  Raises UsageError for any other."""
    known = next((name for name in USES if isinstance(use, str) and use.upper() == name.upper()), None)
    if known is None:
        raise UsageError(f"{shown(use)} is not a special use: it is one of {', '.join(USES)}")
    return known


def status_items(items: str | Iterable[str]) -> str:
    """Return the names of STATUS items, with spaces between.  Raises UsageError for what cannot be a name."""
    text = items.strip() if isinstance(items, str) else " ".join(map(ascii_only, several(items))).strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    if text and not _ITEMS.fullmatch(text):
        raise UsageError(f"{shown(items)} is not a list of STATUS items: give names, such as 'MESSAGES UNSEEN'")
    return text


def _pattern(writer: Writer, pattern: str) -> Writer:
    """Write a pattern: a mailbox name in which `*` and `%` mean something."""
    return writer.mailbox(pattern)
