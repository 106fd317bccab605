"""Gathers the offers for the command being typed, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from imapsh.grammar.tokens import BAD, FLAG, LPAREN, QUOTED, WORD
from imapsh.shell.prompt.completing import dates, flags, mailboxes, messages, names, paths, sections
from imapsh.shell.prompt.completing.offer import Offer, Place, Source
from imapsh.shell.prompt.completing.usage import Usage
from imapsh.shell.record import fuzzy
from imapsh.shell.record.known import Known
from imapsh.typed.found import SET_SLOTS, Expected
from imapsh.typed.match import Match

#: Slot -> what fills it.  What a source offers stands in place of the table's rows of that kind.
SOURCES: Mapping[str, Source] = {
    "flag": flags.offers,
    "keyword": flags.offers,
    **dict.fromkeys(SET_SLOTS, messages.offers),
    "section-part": sections.parts,
    "header-fld-name": sections.fields,
    "date": dates.days,
    "date-time": dates.moments,
    "capability": names.enabled,
    "charset": names.charsets,
    "id-field": names.id_fields,
    "message": names.literals,
}
#: Slots where nothing is shown beside what the source offers, though the word is whole: the note is what helps.
_TELLING = (*SET_SLOTS, "section-part")
#: The kinds of which each name stands only once in a list.
_ONCE = frozenset(
    {
        "flag",
        "capability",
        "header-fld-name",
        "fetch-item",
        "status-item",
        "search-return",
        "list-select",
        "list-return",
    }
)


def offers(found: Match, known: Known, usage: Usage) -> list[Offer]:
    """Return what may be meant by the half-typed last word of a command."""
    there = _there(found)
    fresh = (o for o in _all(found, known, usage) if o.kind not in _ONCE or o.text.casefold() not in there)
    chosen = choose(fresh, found.text, usage)
    marks = [offer for offer in chosen if offer.kind == "keyword" and len(offer.text) == 1]
    return chosen if len(marks) == len(chosen) else [offer for offer in chosen if offer not in marks]


def _there(found: Match) -> set[str]:
    """Return the words of the list that is being typed, without the last, which is not whole yet."""
    words: set[str] = set()
    for token in reversed(found.tokens):
        if token.kind is LPAREN:
            break
        if token.kind in (WORD, FLAG, QUOTED) and token.end < len(found.text):
            words.add(token.text.casefold())
    return words


def choose(candidates: Iterable[Offer], text: str, usage: Usage) -> list[Offer]:
    """Return the offers that come near what is typed: first what can be used, then by closeness, then by use.

    Once a name is whole, only names that go on from it are left.
    """
    made: dict[tuple[str, int], Offer] = {}
    for offer in candidates:
        near = offer.near
        if near is None:
            near = fuzzy.nearest(offer.names or (offer.text,), text[offer.start :])
        if near is not None:
            made.setdefault((offer.text, offer.start), offer._replace(near=near))
    whole = any(_is_typed(offer, text) for offer in made.values())
    left = [offer for offer in made.values() if not whole or offer.near == fuzzy.BEGINS]
    return _ordered([offer for offer in left if offer.kind in _TELLING or not _is_typed(offer, text)], usage)


def _all(found: Match, known: Known, usage: Usage) -> Iterator[Offer]:
    choices = found.choices(fuzzy.fits)
    named = {choice.offset for choice in choices if len(choice.text) > 1 and not choice.text.startswith("<")}
    for choice in choices:
        yield from _of(choice, found, known, usage, choice.offset not in named)


def _ordered(made: list[Offer], usage: Usage) -> list[Offer]:
    return sorted(made, key=lambda o: (o.dimmed, o.near, -usage.rank(o.kind, (o.names or (o.text,))[0])))


def _is_typed(offer: Offer, text: str) -> bool:
    return offer.text.casefold() == text[offer.start :].casefold()


def _of(choice: Expected, found: Match, known: Known, usage: Usage, alone: bool) -> Iterator[Offer]:
    """Yield the offers for one thing that may stand here."""
    typed = found.text[choice.offset :]
    place = Place(choice.kind, choice.offset, typed, alone, found, known)
    if not choice.text.startswith("<"):
        is_replaced = choice.row is not None and choice.kind in SOURCES
        if not is_replaced and (len(choice.text) > 1 or (choice.text == "(" and not typed)):
            yield names.row(choice, typed)
    elif choice.kind in mailboxes.KINDS:
        yield from mailboxes.offers(place, usage.used("mailbox"))
    elif choice.kind in SOURCES:
        yield from SOURCES[choice.kind](place)


def wants_mailbox(found: Match) -> bool:
    """Return whether mailbox names are among what may be meant."""
    return any(choice.kind in mailboxes.KINDS for choice in found.expected)


def path(found: Match) -> paths.Half | None:
    """Return the half-typed path behind `{@` at the end of a command; None if none is being typed."""
    begun = paths.BEGUN.search(found.text)
    if begun is None:
        return None
    brace = begun.start() + begun[0].index("{")
    typed = any(token.kind is BAD and token.start == brace for token in found.tokens)
    return paths.Half(begun[1], begun.start(1)) if typed else None
