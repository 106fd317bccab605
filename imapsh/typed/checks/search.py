"""The checks of SEARCH, SORT and ESEARCH: which options and keys may be used together."""

from __future__ import annotations

from collections.abc import Iterator

from imapsh.typed.found import Piece, Problem, find

_EVERY = ("ALL", "PARTIAL")  # at most one of them is allowed (RFC 9394 section 3.1; RFC 5267 section 4.4)
_SCORED, _SCORES = "RELEVANCY", "FUZZY"


def options(pieces: tuple[Piece, ...]) -> Iterator[Problem]:
    """Yield a problem for what a server must refuse.

    That is ALL together with PARTIAL, either of them twice, and scores if no key is fuzzy (RFC 6203).
    """
    asked = find(pieces, "search-return", "sort-key")
    whole = [piece for piece in asked if piece.kind == "search-return" and piece.name in _EVERY]
    for piece in whole[1:]:
        message = f"{piece.name} beside {whole[0].name}: only one of ALL and PARTIAL may be asked for, once"
        yield Problem("search-return-opt", piece.start, message, rfc="RFC 9394 §3.1")
    scored = [piece for piece in asked if piece.name == _SCORED]
    if scored and not any(_is_fuzzy(piece) for piece in find(pieces, "search-key")):
        message = f"{_SCORED} needs the search key {_SCORES}"
        yield Problem("search-return-opt", scored[0].start, message, rfc="RFC 6203 §4")


def _is_fuzzy(piece: Piece) -> bool:
    waiting = [piece]
    while waiting:
        one = waiting.pop()
        if one.name == _SCORES:
            return True
        waiting.extend(one.children)
    return False


def sources(pieces: tuple[Piece, ...]) -> Iterator[Problem]:
    """Yield the same problems as `options`, and one for SAVE if a mailbox other than the selected one is searched.

    RFC 7377 section 2.2.
    """
    yield from options(pieces)
    other = [piece for piece in find(pieces, "search-source") if piece.name != "SELECTED"]
    for piece in find(pieces, "search-return"):
        if other and piece.name == "SAVE":
            message = "SAVE is only for the selected mailbox alone"
            yield Problem("search-return-opt", piece.start, message, rfc="RFC 7377 §2.2")
