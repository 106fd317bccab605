"""Listings as Hypothesis makes them: FETCH responses in the common forms, and what is nearly one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import cycle, islice
from typing import NamedTuple

from hypothesis import strategies as st

_NILS = ["NIL"] * 9 + ["nil"]
_QUOTED = ['""', '"=?utf-8?q?Gr=C3=BC=C3=9Fe?="', '"a\tb"', '"\x7f"', '"{5}"', '"(("', '"Re: [list] x"']
_SAID = ["", "a \\ b", 'the "word"', "(NIL", "\xc3\xa4", "\xe4", '")', "a\r\n* 9 FETCH (UID 9)", "\0", "{3}"]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'


def _literal(text: str) -> str:
    return f"{{{len(text)}}}\r\n{text}"


class _Text(NamedTuple):
    """A text of so many characters, and how it is written."""

    write: Callable[[str], str]
    length: int


_CHARACTERS: dict[Callable[[str], str], st.SearchStrategy[str]] = {
    _quoted: st.characters(min_codepoint=32, max_codepoint=126),
    _literal: st.characters(max_codepoint=255),
}
_Groups = tuple[Sequence[str | _Text], ...]

#: Forms of a string: as it is on the wire, or a text that is drawn.  One of each group is as likely as one of another.
_FORMS: _Groups = (_NILS, _QUOTED, [_Text(_quoted, length) for length in range(13)])
_LITERALS: _Groups = ([*map(_literal, _SAID), *[_Text(_literal, length) for length in range(9)]],)


@cache
def _octets(size: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=size, max_size=size)


@cache
def _text(write: Callable[[str], str], size: int) -> st.SearchStrategy[str]:
    return st.text(_CHARACTERS[write], min_size=size, max_size=size)


@st.composite
def _strings(draw: st.DrawFn, count: int, groups: _Groups) -> list[str]:
    """Return strings.  Hypothesis takes its time for each value: so one tells all forms, another all characters."""
    likely = [form for group in groups for form in islice(cycle(group), 256 // len(groups))]
    forms = [likely[octet % len(likely)] for octet in draw(_octets(count))]
    sizes = {
        write: sum(form.length for form in forms if isinstance(form, _Text) and form.write is write)
        for write in _CHARACTERS
    }
    letters = {write: iter(draw(_text(write, size))) for write, size in sizes.items() if size}
    return [
        form if isinstance(form, str) else form.write("".join(islice(letters.get(form.write, ""), form.length)))
        for form in forms
    ]


@st.composite
def _envelopes(draw: st.DrawFn, groups: _Groups) -> str:
    *lists, sender_too, reply_to_too = draw(_octets(8))
    counts = [octet % 3 + 1 if octet > 127 else 0 for octet in lists]  # half of the lists of addresses are NIL
    strings = iter(draw(_strings(4 + 4 * sum(counts), groups)))
    date, subject = islice(strings, 2)
    from_, sender, reply_to, *more = (
        "(" + "".join(f"({' '.join(islice(strings, 4))})" for _ in range(count)) + ")" if count else _NILS[octet % 10]
        for octet, count in zip(lists, counts, strict=True)
    )
    # The sender and reply-to are those of from, as in most mail, or others.
    same = [from_ if sender_too > 127 else sender, from_ if reply_to_too > 127 else reply_to]
    return f"({' '.join([date, subject, from_, *same, *more, *strings])})"


_number = st.integers(0, 99999).map(str)
_keyword = st.sampled_from([r"\Seen", r"\Answered", "$Forwarded", "work", r"\Deleted", "NonJunk", "a]b", r"\*"])
_date = st.builds(
    '"{:2}-{}-{:04} {:02}:59:{:02} {}"'.format,
    st.integers(1, 31),
    st.sampled_from(["Jan", "Feb", "Dec", "feb"]),
    st.integers(1, 9999),
    st.integers(0, 24),
    st.integers(0, 60),
    st.sampled_from(["+0000", "-1130", "+9999"]),
)

#: The values of the items that a listing has, as they are on the wire.
ITEMS = {
    "FLAGS": st.lists(_keyword, max_size=3).map(lambda flags: f"({' '.join(flags)})"),
    "UID": _number,
    "RFC822.SIZE": _number,
    "INTERNALDATE": _date,
    "ENVELOPE": _envelopes(_FORMS),
    "MODSEQ": _number.map(lambda number: f"({number})"),
}
#: The same, and an envelope may have literals.
WITH_LITERALS = {**ITEMS, "ENVELOPE": _envelopes(_FORMS + _LITERALS)}
NAMES = st.lists(st.sampled_from(sorted(ITEMS)), min_size=1, max_size=5, unique=True)


#: Responses that may come between.
OTHERS = [
    b"* OK still here\r\n",
    b"* 2 EXPUNGE\r\n",
    b"* 200 EXISTS\r\n",
    b"* FLAGS (work)\r\n",
    b"* VANISHED 7\r\n",
    b"* 4 FETCH (UID 4 RFC822.SIZE {3}\r\n12a)\r\n",
    b'* 5 FETCH (ENVELOPE (NIL {4}\r\n\xc3\xa4 ( NIL NIL NIL NIL NIL NIL NIL "x"))\r\n',
    b"* 5 FETCH (FLAGS (\\Seen) BODY[] {20}\r\n* 6 FETCH (UID 6)\r\n )\r\n",
    b"* 6 FETCH (UID 6 UID 7)\r\n",
    b"rubbish\r\n",
    b"\r\n",
    b"+ go\r\n",
    b"* BYE\r\n",
    b"A9 OK unknown tag\r\n",
]
_other = st.sampled_from(OTHERS)
_first, _further = st.sampled_from([1, 1, 1, 3, 90]), st.sampled_from([1] * 12 + [0, 2, -1])
_mistake = st.sampled_from([b" ", b"(", b")", b'"', b"\\", b"\xe4", b"\0", b"x", b""])


@st.composite
def line(draw: st.DrawFn, names: list[str], number: int, known: dict[str, st.SearchStrategy[str]] = ITEMS) -> bytes:
    """Return a FETCH of these items, which follows the grammar mostly."""
    items = " ".join(f"{name} {draw(known[name])}" for name in names)
    return f"* {number} FETCH ({items})\r\n".encode("latin-1")


@st.composite
def listing(draw: st.DrawFn) -> bytes:
    """Return responses of a FETCH: most are alike, some are not, some are broken, and others come between."""
    names = draw(NAMES)
    lines: list[bytes] = []
    number = draw(_first)
    for _ in range(draw(st.integers(5, 30))):
        kind = draw(st.integers(0, 30))
        one = draw(line(names if kind != 1 else draw(NAMES), number, WITH_LITERALS))
        if kind == 2:
            one = draw(_other)
        elif kind == 3:
            at = draw(st.integers(0, len(one) - 3))
            one = one[:at] + draw(_mistake) + one[at + 1 :]
        elif kind == 4:
            one = one.replace(b"\r\n", b"\n")
        lines.append(one)
        number += draw(_further)
        number = max(number, 1)
    return b"".join(lines)
