"""Text in columns: cut, filled and broken by its width, and grids whose columns stay where they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from imapsh.render.styles import Fragment
from imapsh.render.view.look import Line
from imapsh.render.visible import width
from imapsh.tuples import NamedTuple

ELLIPSIS = "…"
GAP = 2  #: blanks between two columns

_INDENT = 4  # indent of the second band of a grid
_BAR = 20  # columns of a bar


def clip(text: str, columns: int) -> str:
    """Return the longest beginning of visible `text` that takes at most `columns`, combining marks with their base."""
    if len(text) <= columns and text.isascii():
        return text
    taken = 0
    for index, character in enumerate(text):
        taken += width(character)
        if taken > columns:
            return text[:index]
    return text


def cut(text: str, columns: int) -> str:
    """Return `text`, or as much of it as leaves room for an ellipsis within `columns`."""
    return text if width(text) <= columns else clip(text, columns - 1) + ELLIPSIS


def cut_inside(text: str, columns: int) -> str:
    """Return `text`, or its beginning, an ellipsis and its end within `columns`; more is left of the end.

    So names of mailboxes, which often differ at the end alone, can still be told apart.
    """
    if width(text) <= columns:
        return text
    end, taken = len(text), 0
    for index in range(len(text) - 1, -1, -1):
        taken += width(text[index])
        if taken > (columns - 1) * 2 // 3:
            break
        if width(text[index]):  # a combining mark stays with its base
            end = index
    return clip(text, columns - 1 - width(text[end:])) + ELLIPSIS + text[end:]


def fill(text: str, columns: int, right: bool = False) -> str:
    """Return `text` with spaces after it, or before it if `right`, up to `columns`."""
    spaces = " " * (columns - width(text))
    return spaces + text if right else text + spaces


def flow(head: Line, words: Iterable[Fragment], columns: int | None, hang: int, between: str = " ") -> Iterator[Line]:
    """Yield lines that have `words` after `head`, as many on a line as fit; `hang` is the indent of all but the first.

    A word that is too long for a line is broken, at a space or after a comma if it holds one, and so is such a head.
    """
    if columns is None:
        yield [*head, *_between(words, between)]
        return
    hang = min(hang, columns // 2)
    line: Line = []
    column = 0
    begin = len(head)
    for index, (style, text) in enumerate(chain(head, words)):
        space = between if index > begin else ""
        if index >= begin and column > hang and column + width(space) + width(text) > columns:
            yield line
            line, column, space = [("", " " * hang)], hang, ""
        if space:
            line.append(("", space))
            column += width(space)
        while column + width(text) > columns:
            piece = next(broken(text, columns - column))
            yield [*line, (style, piece)]
            line, column, text = [("", " " * hang)], hang, text[len(piece) :].lstrip(" ")
        line.append((style, text))
        column += width(text)
    yield line


def broken(text: str, columns: int) -> Iterator[str]:
    """Yield `text` in pieces of at most `columns`, broken at a space or after a comma if there is one."""
    while width(text) > columns:
        piece = clip(text, columns)
        piece = piece[: max(piece.rfind(" "), piece.rfind(",") + 1)] or piece or text[:1]
        yield piece
        text = text[len(piece) :].lstrip(" ")
    yield text


def joined(line: Line) -> Line:
    """Return the line with neighbours of one style joined to one fragment, with the space between them.

    Fewer sequences are sent like this.
    """
    made: list[tuple[str, list[str]]] = []
    for style, text in line:
        if made and made[-1][0] == style:
            made[-1][1].append(text)
        elif len(made) > 1 and made[-2][0] == style and made[-1] == ("", [" "]):
            made.pop()
            made[-1][1].extend((" ", text))
        else:
            made.append((style, [text]))
    return [(style, "".join(texts)) for style, texts in made]


def _between(words: Iterable[Fragment], between: str) -> Iterator[Fragment]:
    for index, word in enumerate(words):
        if index:
            yield "", between
        yield word


def words_of(text: str, style: str = "") -> Iterator[Fragment]:
    """Yield the words of visible text, for `flow`."""
    return ((style, word) for word in text.split(" ") if word)


def bar(part: int, whole: int) -> Line:
    """Return `[####......]  41 %`, which ends at 100 %; from there on it has the style of an error."""
    done = _BAR * min(part, whole) // whole if whole else _BAR
    style = "error" if part >= whole else "number"
    percent = f"{100 * part // whole:3} %" if whole else "full"
    return [("note", "["), (style, "#" * done), ("note", "." * (_BAR - done) + "]"), ("", " "), (style, percent)]


class Column(NamedTuple):
    """A column of a grid.

    `least` is the number of columns to which it may be cut, 0 for never.  If `sharp`, it is cut without an ellipsis.
    If `folds`, the rest goes on in the next lines of the same column, and nothing is cut.  If `inside`, the middle of a
    text is left out, and not its end.
    """

    title: str
    right: bool = False
    least: int = 0
    sharp: bool = False
    folds: bool = False
    inside: bool = False


class Grid:
    """Columns whose widths are found once, from the first rows.

    If they do not fit side by side, they go on in a second band below the first, and so on.
    """

    def __init__(self, columns: Sequence[Column], rows: Iterable[Sequence[Fragment]], room: int | None) -> None:
        self._columns = columns
        self._cuts = room is not None
        natural = [width(column.title) for column in columns]
        for row in rows:
            natural = [max(most, width(text)) for most, (_, text) in zip(natural, row, strict=True)]
        self._widths = natural
        self._bands = [list(range(len(columns)))]
        if room is not None:
            least = [min(column.least or most, most) for column, most in zip(columns, natural, strict=True)]
            self._bands = _bands(least, room)
            for index, band in enumerate(self._bands):
                self._share(least, band, room - _indent(index))

    def header(self) -> Iterator[Line]:
        """Yield the titles."""
        return self.row([("note", column.title) for column in self._columns])

    def row(self, cells: Sequence[Fragment]) -> Iterator[Line]:
        """Yield a row, as one line for each band, or as more if a cell is folded."""
        for index, band in enumerate(self._bands):
            pieces = {place: self._pieces(place, cells[place][1]) for place in band}
            for number in range(max(map(len, pieces.values()))):
                line: Line = [("", " " * _indent(index))] if index else []
                for place in band:
                    text = pieces[place][number] if number < len(pieces[place]) else ""
                    column, columns, last = self._columns[place], self._widths[place], place == band[-1]
                    line += [
                        (cells[place][0], text if last and not column.right else fill(text, columns, column.right))
                    ]
                    line += [] if last else [("", " " * GAP)]
                if not (index or number) or any(text.strip() for _, text in line):
                    yield line

    def _pieces(self, place: int, text: str) -> list[str]:
        """Return the lines of a cell, which is cut to one line unless its column folds."""
        column, columns = self._columns[place], self._widths[place]
        if not (self._cuts and column.least):
            return [text]
        if column.folds:
            return list(broken(text, columns))
        return [clip(text, columns) if column.sharp else (cut_inside if column.inside else cut)(text, columns)]

    def _share(self, least: Sequence[int], band: Sequence[int], room: int) -> None:
        """Give the remaining room to the columns of a band that can use it, evenly.

        A sharp column gets all that it wants, or nothing.
        """
        widths = self._widths
        spare = max(0, room - sum(least[place] for place in band) - GAP * (len(band) - 1))
        wanting = sorted(band, key=lambda place: (self._columns[place].sharp, widths[place] - least[place]))
        blunt = sum(not self._columns[place].sharp for place in band)
        for index, place in enumerate(wanting):
            wanted = widths[place] - least[place]
            given = min(wanted, spare // max(1, blunt - index))
            if self._columns[place].sharp and given < wanted:
                given = 0
            widths[place] = least[place] + given
            spare -= given


def _indent(band: int) -> int:
    return _INDENT if band else 0


def _bands(least: Sequence[int], room: int) -> list[list[int]]:
    bands: list[list[int]] = [[]]
    taken = 0
    for place, columns in enumerate(least):
        if bands[-1] and taken + columns > room:
            bands.append([])
            taken = _INDENT
        bands[-1].append(place)
        taken += columns + GAP
    return bands
