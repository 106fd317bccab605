"""The checks of one connection: the messages and commands that each response concerns, and the faults in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from imapsh.findings import Finding
from imapsh.grammar.values import (
    Capabilities,
    Code,
    ESearch,
    Expunged,
    Fetch,
    Flags,
    MailboxList,
    MailboxStatus,
    StatusText,
    UidFetch,
    Vanished,
)
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.session.checks import commands, mailboxes, opening
from imapsh.session.checks.commands import Run
from imapsh.session.checks.mailboxes import Ledger, Told
from imapsh.session.states import OPENS
from imapsh.table.model import SELECTED

if TYPE_CHECKING:
    from imapsh.grammar import alike
    from imapsh.grammar.inprogress import InProgress
    from imapsh.grammar.responses import Response
    from imapsh.session.checks.messages import Messages
    from imapsh.session.exchange import Exchange
    from imapsh.session.facts import Facts
    from imapsh.session.mailbox import Mailbox
    from imapsh.session.numbering import Shift

_TAGS = 1 << 8  # tags of searches that may bring ESEARCH later

#: Commands whose results come in ESEARCH.
_SEARCH_LIKE = commands.SEARCHES | {"SORT", "UID SORT", "THREAD", "UID THREAD", "ESEARCH"}

#: Commands whose OK is looked at in any case; others must have brought something, or have to.
_OWING = commands.SEARCHES | OPENS | {"LOGOUT"}

#: Commands after which names mean other mailboxes, or may do so.
_RENAME = frozenset({"CREATE", "DELETE", "RENAME", "LOGIN", "AUTHENTICATE", "UNAUTHENTICATE"})

#: Findings that are not reported while data of two mailboxes may come, or while nobody knows what is selected.
_OF_ONE_MAILBOX = frozenset({"exists-shrinks", "message-number"})
_TIMES = frozenset({"expunge-time", "vanished-time"})
_BLIND = _OF_ONE_MAILBOX | _TIMES | {"data-state"}

#: Extensions that add items which FETCH must have, or forbid its numbers.
_STRICT = frozenset({"QRESYNC", "UIDONLY"})

#: Events without which nobody knows the message numbers.
_COUNTING = frozenset({"MessageNew", "MessageExpunge"})

#: Items that a server may send of its own accord.
_UNASKED = frozenset({"UID", "FLAGS", "MODSEQ"})

#: Commands that bring FETCH only to report what changed.
_CHANGES_ONLY = frozenset(
    {"NOOP", "CHECK", "IDLE", "STORE", "UID STORE", "EXPUNGE", "UID EXPUNGE", "COPY", "UID COPY", "MOVE", "UID MOVE",
     "APPEND", "STATUS", "LIST"}
)  # fmt: skip


class Checks:
    """The checks of each response against what `known` says and what came before.

    `joined` is true if the beginning of the conversation is not known.  `blind` is true while nobody can know which
    mailbox is selected.  `muddled` is true while a SELECT is under way and data may still be the old mailbox's.
    `uncounted` is true if messages may have come or gone unheard, so that nobody knows the numbers of those there are.
    `strict` is true if a FETCH may break a rule by lacking an item, so that each must be looked at.
    `settled` is false as long as replies may belong to commands that were sent before the conversation was joined.
    """

    def __init__(self, known: Facts) -> None:
        self._known = known
        self._runs: dict[str, Run] = {}
        self._ledger = Ledger()
        self._messages: Messages | None = None
        self._before: opening.Before | None = None  # the state before the SELECT under way, None if none runs alone
        self.strict = False
        self._judged: frozenset[str] = frozenset()  # the extensions by which that was decided
        self._updating: set[str] = set()  # tags of searches whose results may be updated later
        self._raw_once = False  # nobody knows what was asked for
        self._mixed = False  # FETCH came while it was muddled
        self.joined = self.blind = self.muddled = self.uncounted = False
        self.settled = True

    # -- what the client does

    def join(self) -> None:
        """Take in that the conversation began earlier."""
        self.joined = self.blind = True
        self.settled = False

    def sent(self, exchange: Exchange) -> None:
        """Take in that a command is being sent, before `known` does."""
        known = self._known
        alone = not (known.running or known.raw.tags or known.given_up)
        for run in self._runs.values():
            run.alone = False
        run = self._runs[exchange.tag] = Run(exchange, alone)
        if exchange.name in OPENS:
            box = known.mailbox
            sure = not self.blind
            self._before = opening.Before("" if not sure else box.name if box else None) if alone else None
            self.muddled = not sure or box is not None
            self._mixed = False
        if exchange.name in _SEARCH_LIKE or exchange.row is None:
            self._watch(exchange)
        self.strict = self.strict or run.strict
        if self._judged is not known.enabled:
            self._judge()

    def disturbed(self) -> None:
        """Take in that something raw was sent or answered: the selected mailbox is known again with the next SELECT."""
        self.blind, self._messages, self._raw_once = True, None, True

    def listened(self) -> None:
        """Take in that NOTIFY asks for other events; those that it leaves out are not reported (RFC 5465 section 3).

        The next NOTIFY SET reports what was missed, but only a SELECT begins anew.
        """
        if self._deaf():
            self.uncounted = True
            if self._messages is not None:
                self._messages.lose_count()

    def _deaf(self) -> bool:
        """Return whether messages may come or go without a report.

        If the conversation was joined in the middle, it is not known what NOTIFY asked for.
        """
        known = self._known
        if self.joined and known.notified is None:
            return not known.capabilities or "NOTIFY" in known.capabilities
        return bool(_COUNTING & known.unheard)

    def _watch(self, exchange: Exchange) -> None:
        """Note a search whose results may come later: its options ask for it (RFC 5267 section 4.3) or are unknown."""
        asked = commands.options(self._runs[exchange.tag]) if exchange.row is not None else None
        if asked is None or {"UPDATE", "CONTEXT"} & set(asked):
            if len(self._updating) >= _TAGS:
                self._updating.clear()
            self._updating.add(exchange.tag)

    def _judge(self) -> None:
        """Decide whether a FETCH may break a rule by lacking an item, so that each FETCH must be looked at."""
        self._judged = self._known.enabled
        self.strict = not _STRICT.isdisjoint(self._judged)
        for run in self._runs.values():
            self.strict = self.strict or run.strict

    # -- what the server says

    def garbled(self) -> None:
        """Take in a line that is not a response."""
        for run in self._runs.values():
            run.garbled = True

    def fetch(self, response: Response, value: Fetch, box: Mailbox) -> tuple[Finding, ...]:
        """Return the findings about a FETCH of the mailbox that is selected, or that is being opened."""
        messages = self._messages
        if messages is None or messages.box is not box:
            if self.blind or self.muddled:
                self._mixed = True
                return ()
            messages = self._messages = _messages_of(box, numbered=not self.uncounted)
        if self.strict:
            return (*self._lacking(value, box), *messages.fetch(value, not response.violations))
        return messages.fetch(value, not response.violations)

    def together(self, run: alike.Run, numbers: Sequence[int], box: Mailbox) -> bool:
        """Return whether there is nothing to find about FETCH responses that are alike."""
        messages = self._messages
        return not self.strict and messages is not None and messages.box is box and messages.together(run, numbers)

    def _lacking(self, value: Fetch, box: Mailbox) -> Iterator[Finding]:
        """Yield what a FETCH should have and lacks, and note flags that STORE brings."""
        items, enabled = value.items, self._known.enabled
        runs = list(self._runs.values())
        for run in runs:
            if run.stored is not None:
                uid = items.get("UID")
                key = value.seq if run.exchange.name == "STORE" else uid if isinstance(uid, int) else None
                run.store(key, items.get("FLAGS"))
        if self._known.raw.tags or self._known.given_up:
            return
        if "UIDONLY" in enabled:
            yield Finding("number-uidonly", f"{value.seq} FETCH, but UIDONLY is enabled: UIDFETCH has UIDs")
            return
        if self.joined or self._known.notified is not None:  # it asks what new ones bring (RFC 5465 section 5.2)
            return
        if "UID" not in items and runs and all(map(_by_uid, runs)) and not _unasked_only(items):
            yield Finding("uid-missing", f"{value.seq} FETCH without UID answers {runs[0].exchange.name}")
        elif "FLAGS" in items and "QRESYNC" in enabled and box.highestmodseq:
            changes = all(run.exchange.name in _CHANGES_ONLY for run in runs)
            lacks = " and ".join(name for name in ("UID", "MODSEQ") if name not in items)
            if changes and lacks:
                yield Finding("fetch-qresync", f"{value.seq} FETCH tells changed flags without {lacks}")

    def _by_uid(self, value: UidFetch, readable: bool, messages: Messages | None) -> Iterator[Finding]:
        """Check a UIDFETCH against what the same message had before."""
        for run in self._runs.values():
            if run.exchange.name == "UID STORE":
                run.store(value.uid, value.items.get("FLAGS"))
        if not ("UIDONLY" in self._known.enabled or self.joined or self.blind or self._raw()):
            yield Finding("uidfetch-unasked", "UIDFETCH, but UIDONLY is not enabled")
        if messages is not None:
            yield from messages.told_of(value.uid, value.items, readable)

    def _raw(self) -> bool:
        """Return whether commands run whose responses nobody can know."""
        return bool(self._known.raw.tags or self._known.given_up)

    def data(self, response: Response, box: Mailbox | None, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return the findings about untagged data besides `findings`, before it is taken in."""
        value = response.value
        if findings and (self.muddled or self.blind or self.uncounted):
            undecided = _BLIND if self.blind else _OF_ONE_MAILBOX
            findings = tuple(finding for finding in findings if finding.rule not in undecided)
        if self.joined and findings:  # NOTIFY or UIDONLY may be in force
            findings = tuple(finding for finding in findings if finding.rule not in _TIMES)
        if findings and self._messages is not None and any(finding.rule == "exists-shrinks" for finding in findings):
            self._messages.numbered = False  # nobody knows which messages went
        if type(value) is Fetch:
            return (*findings, *(self.fetch(response, value, box) if box is not None else ()))
        self._count(response.name, value)
        return (*findings, *self._told(response, value, box))

    def mailbox(self, name: str, value: MailboxList) -> tuple[Finding, ...]:
        """Return the findings about a LIST, or what is like it, that comes to somebody who is logged in."""
        self._count(name, value)
        return self._ledger.listed(value) if name == "LIST" else ()

    def _count(self, name: str, value: Any) -> None:
        own = value.tag if isinstance(value, ESearch) and value.tag is not None else None
        for run in self._runs.values():
            if own is None or own == run.exchange.tag:
                run.came[name] = run.came.get(name, 0) + 1

    def _told(self, response: Response, value: Any, box: Mailbox | None) -> Iterator[Finding]:
        known = self._known
        enabled = known.enabled
        runs = self._runs.values()
        messages = self._messages if self._messages is not None and self._messages.box is box else None
        if isinstance(value, Expunged):
            if "UIDONLY" in enabled:
                yield Finding("number-uidonly", "EXPUNGE, but UIDONLY is enabled: VANISHED has UIDs")
            elif "QRESYNC" in enabled and box is not None and box.highestmodseq and not (self.blind or self.muddled):
                yield Finding("expunge-qresync", "EXPUNGE, but QRESYNC is enabled")
            if messages is not None:
                messages.expunged(value)
        elif isinstance(value, Vanished):
            if not ({"QRESYNC", "UIDONLY"} & enabled or self.joined or self.blind or self._raw()):
                yield Finding("vanished-unasked", "VANISHED, but neither QRESYNC nor UIDONLY is enabled")
            if messages is not None and not value.earlier:
                messages.vanished(value)
        elif isinstance(value, UidFetch):
            yield from self._by_uid(value, not response.violations, messages)
        elif response.name in ("SEARCH", "SORT") and hasattr(value, "ids"):
            yield from commands.searched(response.name, value.ids, runs, None if self._unsure() or self._raw() else box)
        elif isinstance(value, ESearch):
            yield from self._esearch(value, box)
        elif isinstance(value, Capabilities):
            yield from self._capabilities(response.name, value)
        elif isinstance(value, MailboxStatus):
            yield from self._status(value)
        elif isinstance(value, MailboxList) and response.name == "LIST":
            yield from self._ledger.listed(value)
        elif isinstance(value, Flags):
            yield from self._flags(value, messages)

    def _unsure(self) -> bool:
        """Return whether nobody knows how many messages there are."""
        return self.blind or self.muddled or self.uncounted

    def _flags(self, value: Flags, messages: Messages | None) -> Iterator[Finding]:
        if messages is not None:
            messages.announced()
        if "IMAP4REV2" in self._known.enabled and self._known.opening is None:
            yield from mailboxes.recent_in("FLAGS", value.flags)

    def _esearch(self, value: ESearch, box: Mailbox | None) -> Iterator[Finding]:
        run = self._runs.get(value.tag or "")
        if run is not None:
            yield from commands.esearched(value, run, None if self._unsure() else box)
            return
        known = value.tag is None or value.tag in {*self._updating, *self._known.tags()}
        if not (known or self.joined or self._raw_once or self._known.notified):
            yield Finding("esearch-tag", f"no command that runs has the tag {value.tag}")

    def _capabilities(self, name: str, value: Capabilities) -> Iterator[Finding]:
        if name == "CAPABILITY":
            yield from commands.offered(value.names)
        elif not (self.joined or self._raw()):
            yield from commands.enabled(value, self._runs.values())
        if name == "ENABLED" and self._messages is not None:
            self._messages.values.clear()  # with UTF8=ACCEPT envelopes are written differently (RFC 6855 section 3)

    def _status(self, value: MailboxStatus) -> Iterator[Finding]:
        items = value.items
        numbers = [items.get(name) for name in ("UIDVALIDITY", "UIDNEXT", "HIGHESTMODSEQ")]
        told = Told(*[number if isinstance(number, int) else 0 for number in numbers])
        return self._ledger.told(value.mailbox, told, "QRESYNC" in self._known.capabilities)

    def shifted(self, gone: Shift) -> None:
        """Take in which message numbers a VANISHED took away."""
        if self._messages is not None:
            self._messages.shifted(gone)

    def code(self, code: Code) -> tuple[Finding, ...]:
        """Return the findings about a response code, before it is taken in."""
        for run in self._runs.values():
            run.codes[code.name] = run.codes.get(code.name, 0) + 1
        return tuple(self._code(code, code.arg))

    def _code(self, code: Code, arg: Any) -> Iterator[Finding]:
        known = self._known
        box = known.opening or known.mailbox
        name = code.name
        if name == "CLOSED":
            closing = any(run.exchange.name in ("CLOSE", "UNSELECT") for run in self._runs.values())
            if known.state != SELECTED and not (closing or self.blind or self.joined or self._raw()):
                yield Finding("closed-unasked", "[CLOSED], but no mailbox is selected")
            self.muddled, self._messages = False, None
        elif name == "CAPABILITY" and isinstance(arg, tuple):
            yield from commands.offered(arg)
        elif name == "INPROGRESS" and hasattr(arg, "progress"):
            yield from self._progress(arg)
        elif box is None or self.blind or self.muddled or not isinstance(arg, int):
            return
        elif name == "UIDVALIDITY":
            if box.uidvalidity not in (None, arg):
                self._messages = _messages_of(box, numbered=False)
                yield Finding("uidvalidity-changes", f"UIDVALIDITY was {box.uidvalidity}, and is {arg} now")
        elif name == "UIDNEXT" and known.opening is None and box.uidnext is not None and arg < box.uidnext:
            yield Finding("uidnext-falls", f"UIDNEXT fell from {box.uidnext} to {arg}")

    def _progress(self, value: InProgress) -> Iterator[Finding]:
        run = self._runs.get(value.tag or "")
        if run is None or value.progress is None:
            return
        if run.goal is not None and value.goal is not None and value.goal != run.goal:
            yield Finding("progress-goal", f"the goal of {value.tag} was {run.goal}, and is {value.goal} now")
        elif value.progress < run.progress:
            yield Finding("progress-falls", f"the progress of {value.tag} fell from {run.progress} to {value.progress}")
        run.progress, run.goal = value.progress, value.goal

    def completed(self, exchange: Exchange, response: Response) -> tuple[Finding, ...]:
        """Return the findings about a command that gets its tagged reply, before the reply is taken in."""
        known, name, row = self._known, exchange.name, exchange.row
        run = self._runs.pop(exchange.tag, None)
        text = response.value
        code = text.code if isinstance(text, StatusText) else None
        found: list[Finding] = []
        if run is not None:
            if code is not None:
                found.extend(self._code(code, code.arg))
                run.codes[code.name] = run.codes.get(code.name, 0) + 1
            run.alone = run.alone and not (known.raw.tags or known.given_up)
            owes = run.came or name in _OWING or run.stored is not None or (row is not None and row.due)
            if owes and response.name == "OK":
                found.extend(self._okay(run, code.name if code is not None else ""))
        if name in OPENS:
            self._opened(exchange, response.name)
        elif name in _RENAME:
            self._ledger.clear()
        if row is None:  # it may have selected another mailbox
            self.blind, self._messages = True, None
        self.settled = True
        messages = self._messages
        if messages is not None and messages.pending and not (self._runs or self.uncounted):
            found.extend(() if "FlagChange" in known.unheard else messages.unannounced())
        if self.strict or self._judged is not known.enabled:
            self._judge()
        return tuple(found)

    def _okay(self, run: Run, code: str) -> Iterator[Finding]:
        known = self._known
        name = run.exchange.name
        row = run.exchange.row
        if name in commands.SEARCHES or (row is not None and row.due):
            for check in commands.ALL:
                yield from check(run)
        if name == "LOGOUT" and known.bye is None and not run.garbled:
            yield Finding("logout-bye", "LOGOUT was answered OK without BYE")
        if name == "EXAMINE" and code != "READ-ONLY":
            yield Finding("examine-readonly", "the OK to EXAMINE does not begin with [READ-ONLY]")
        if name in OPENS and known.opening is not None and self._before is not None:
            yield from self._selected(run, self._before, known.opening)
        if (
            "RECENT" in run.came
            and known.mailbox is not None
            and name not in OPENS
            and run.alone
            and not self._unsure()
        ):
            yield from mailboxes.recently(run.came, known.mailbox)
        if run.stored is not None and not (self.blind or self.muddled):
            yield from commands.stored(run, code, known.mailbox)

    def _selected(self, run: Run, before: opening.Before, box: Mailbox) -> Iterator[Finding]:
        known = self._known
        if not (self.joined or run.garbled):
            yield from opening.opened(run, before, box, known)
        yield from mailboxes.permanent(box)
        if "IMAP4REV2" in known.enabled:
            yield from mailboxes.recent(box)
        told = Told(box.uidvalidity or 0, box.uidnext or 0, box.highestmodseq or 0)
        yield from self._ledger.told(box.name, told, "QRESYNC" in known.capabilities)
        if run.came.get("EXISTS") == run.codes.get("UIDNEXT") == 1 and not (self.muddled or self._deaf()):
            self._messages = self._messages if self._messages and self._messages.box is box else _messages_of(box)
            self._messages.first, self._messages.below = box.exists or 0, box.uidnext or 0

    def _opened(self, exchange: Exchange, status: str) -> None:
        """Take in the end of a SELECT.  After OK the selected mailbox is known, if nothing else was under way."""
        if status == "OK":
            box = self._known.opening
            self.blind, self.uncounted = self._before is None, self._deaf()
            if self.blind or box is None:
                self._messages = None
            elif self._messages is None or self._messages.box is not box:
                self._messages = _messages_of(box, numbered=not (self._mixed or self.uncounted))
        elif status == "NO":
            self.blind, self._messages = self.blind and self._before is None, None
        self.muddled, self._before = False, None


def _by_uid(run: Run) -> bool:
    return run.exchange.row is not None and run.exchange.name in ("UID FETCH", "UID STORE")


def _unasked_only(items: Collection[str]) -> bool:
    return all(name in _UNASKED for name in items)


def _messages_of(box: Mailbox, *, numbered: bool = True) -> Messages:
    """Return checks of a mailbox's messages.  What is sent before a mailbox is open needs none of their module."""
    from imapsh.session.checks.messages import Messages

    return Messages(box, numbered)
