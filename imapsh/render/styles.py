"""The names of the styles of output, and how a theme paints them.

A fragment is `(style, text)`; a style is a name of STYLES, or empty for plain text.  Terminals get SGR sequences from
the theme's own table, prompt_toolkit a dict of style strings, pygments a token name: all three read from here.

`paint` makes the text of every fragment visible, so that no fragment can carry a control to a terminal.  A line end may
be the last character of a fragment and is kept there; anywhere else it is shown as a character, because it came with
somebody's text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from imapsh.errors import UsageError
from imapsh.render.visible import Shown, visible

Fragment = tuple[str, str]

RESET = "\x1b[0m"
NOTHING, LINE_END = Shown(""), Shown("\n")

_SHORT, _KEPT = 40, 8192  # characters of a fragment that is kept painted, and how many fragments are kept

#: style -> (SGR parameters that are legible on dark and light backgrounds, the pygments token it is closest to)
STYLES: dict[str, tuple[str, str]] = {
    # -- the wire
    "tag": ("1", "Name.Label"),
    "star": ("2", "Punctuation"),
    "status-ok": ("1;32", "Generic.Inserted"),
    "status-no": ("1;31", "Generic.Deleted"),
    "status-bad": ("1;7;31", "Generic.Error"),
    "status-bye": ("1;35", "Generic.Strong"),
    "text": ("", "Text"),
    "response": ("1;36", "Keyword.Declaration"),
    "command": ("1;36", "Keyword.Declaration"),
    "keyword": ("36", "Keyword"),
    "code": ("35", "Name.Decorator"),
    "atom": ("", "Name"),
    "number": ("94", "Literal.Number.Integer"),
    "set": ("94", "Literal.Number"),
    "string": ("32", "Literal.String.Double"),
    "date": ("32", "Literal.Date"),
    "nil": ("2", "Keyword.Constant"),
    "flag": ("35", "Name.Attribute"),
    "mailbox": ("1;94", "Name.Namespace"),
    "section": ("36", "Name.Property"),
    "literal": ("2", "Punctuation.Marker"),
    "data": ("32", "Literal.String.Heredoc"),
    "paren": ("2", "Punctuation"),
    "secret": ("7", "Literal.String.Backtick"),
    "garbage": ("31", "Generic.Error"),
    "error": ("4;31", "Error"),
    # -- the content of a literal
    "header-name": ("36", "Name.Attribute"),
    "html-tag": ("36", "Name.Tag"),
    "offset": ("2", "Comment"),
    "octets": ("", "Literal.Number.Hex"),
    # -- text that imapsh adds
    "note": ("2", "Comment"),
    "gutter": ("2", "Comment"),
    "margin-ours": ("1;94", "Generic.Prompt"),
    "margin-tagged": ("1", "Generic.Output"),
    "margin-untagged": ("2", "Generic.Output"),
    "margin-unsolicited": ("1;35", "Generic.Output"),
    "margin-garbage": ("1;31", "Generic.Output"),
    "caret": ("1;31", "Generic.Error"),
    "violation": ("31", "Generic.Error"),
    # -- views
    "branch": ("2", "Comment"),
    "subject": ("", "Text"),
    "unseen": ("1", "Generic.Strong"),
    "came": ("32", "Generic.Inserted"),
    "went": ("31", "Generic.Deleted"),
}

#: SGR parameter -> prompt_toolkit
_PROMPT = {
    "1": "bold", "2": "dim", "3": "italic", "4": "underline", "7": "reverse",
    "30": "ansiblack", "31": "ansired", "32": "ansigreen", "33": "ansiyellow",
    "34": "ansiblue", "35": "ansimagenta", "36": "ansicyan", "37": "ansigray",
    "90": "ansibrightblack", "91": "ansibrightred", "92": "ansibrightgreen", "93": "ansibrightyellow",
    "94": "ansibrightblue", "95": "ansibrightmagenta", "96": "ansibrightcyan", "97": "ansiwhite",
}  # fmt: skip


class Theme:
    """A name, and a table from styles to SGR parameters.

    `swaps` maps SGR parameters of the default theme to those that replace them, "" for none.  `rule` applies it to
    styles of prompt_toolkit too.  `own` has the SGR parameters of styles that differ beyond that.
    """

    def __init__(self, name: str, swaps: Mapping[str, str] = {}, own: Mapping[str, str] = {}) -> None:
        self.name = name
        self.swaps = swaps
        self.own = own
        self.painted = _Painted(self)

    @cached_property
    def sgr(self) -> Mapping[str, str]:
        """Return the SGR parameters of each style.  They are made when the theme is used, since a run uses one."""
        return {**{style: self._swapped(parameters) for style, (parameters, _) in STYLES.items()}, **self.own}

    def _swapped(self, parameters: str) -> str:
        swaps = self.swaps
        return ";".join(filter(None, (swaps.get(one, one) for one in parameters.split(";")))) if swaps else parameters

    @cached_property
    def _open(self) -> Mapping[str, str]:
        return {style: f"\x1b[{parameters}m" for style, parameters in self.sgr.items() if parameters}

    def paint(self, style: str, text: str) -> str:
        """Return `text` between the style's SGR sequence and a reset."""
        opened = self._open.get(style)
        return f"{opened}{text}{RESET}" if opened and text else text

    def changed(self, name: str, own: Mapping[str, str]) -> Theme:
        """Return this theme with other SGR parameters for some styles."""
        return Theme(name, self.swaps, {**self.own, **own})

    def rule(self, rule: str) -> str:
        """Return a style string of prompt_toolkit, with its words as this theme has them."""
        return " ".join(filter(None, (self._word(word) for word in rule.split())))

    def _word(self, word: str) -> str:
        parameter = _WORDS.get(word, "")
        return _PROMPT.get(self.swaps.get(parameter, parameter), "") if parameter else word


_WORDS = {word: parameter for parameter, word in _PROMPT.items()}

_NAMES = tuple(word.removeprefix("ansi") for word in _PROMPT.values())


def sgr(words: str) -> str:
    """Return SGR parameters for words, as `1;31` for `bold red`.

    Raises UsageError for a word that is not in `_PROMPT`.
    """
    unknown = [word for word in words.split() if word not in _NAMES]
    if unknown or not words.split():
        named = f"{unknown[0]!r} is not one of them" if unknown else "none was given"
        raise UsageError(f"a style is words such as bold red, of {', '.join(_NAMES)}; {named}")
    return ";".join(_WORDS.get(word) or _WORDS[f"ansi{word}"] for word in words.split())


class _Painted(dict[Fragment, str]):
    """A map from a fragment to its visible and painted text, because most of what is shown was shown before."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def __missing__(self, fragment: Fragment) -> str:
        style, text = fragment
        body, end = (text[:-1], "\n") if text[-1:] == "\n" else (text, "")
        painted = self._theme.paint(style, visible(body)) + end
        if len(text) <= _SHORT:
            if len(self) >= _KEPT:
                self.clear()
            self[fragment] = painted
        return painted


#: Name -> theme.  On a dark background the bright half of the palette reads better; on a light one it vanishes, as
#: dim text does in some terminals.  mono has weight, line and inverse only, for few colours or eyes that mix them up.
THEMES: dict[str, Theme] = {
    theme.name: theme
    for theme in (
        Theme("default"),
        Theme("dark", {"31": "91", "32": "92", "33": "93", "34": "94", "35": "95", "36": "96"}),
        Theme("light", {"2": "90", "33": "35", "93": "35", "94": "34", "95": "35", "96": "36"}),
        Theme("mono", dict.fromkeys((parameter for parameter in _PROMPT if len(parameter) > 1), "")),
    )
}


def paint(fragments: Iterable[Fragment], theme: Theme | None) -> Shown:
    """Return the fragments as one string, each text made visible, with the theme's SGR sequences.

    There are no sequences if `theme` is None.  A style never continues over a line end, so that a pager may cut
    anywhere.
    """
    if theme is None:
        texts = [text for _, text in fragments]
        line = "".join(texts)
        if line.isascii() and line.removesuffix("\n").isprintable():
            return Shown(line)
        return Shown("".join(map(_safe, texts)))
    painted = theme.painted
    return Shown("".join([painted[fragment] for fragment in fragments]))


def _safe(text: str) -> str:
    return f"{visible(text[:-1])}\n" if text[-1:] == "\n" else visible(text)


def lines_of(text: str, style: str = "") -> list[Fragment]:
    """Return a fragment for each line of a text whose line ends are ours."""
    return [(style, f"{line}\n") for line in text.split("\n")]


def together(texts: Iterable[Shown]) -> Shown:
    """Return texts that may be shown, joined one after the other."""
    return Shown("".join(texts))


def plain(fragments: Iterable[Fragment]) -> str:
    """Return the texts alone, as they are; they are for measuring, not for showing."""
    return "".join(text for _, text in fragments)


def prompt_styles(theme: Theme) -> dict[str, str]:
    """Return a map from style name to style string for `prompt_toolkit.styles.Style.from_dict`."""
    return {style: " ".join(_PROMPT[part] for part in sgr.split(";") if part) for style, sgr in theme.sgr.items()}
