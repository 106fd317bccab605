"""Listings as Hypothesis makes them: FETCH responses in the common forms, and what is nearly one."""

from __future__ import annotations

from hypothesis import strategies as st

_ONE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
_quoted = _ONE.map(lambda text: '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"') | st.sampled_from(
    ['""', '"=?utf-8?q?Gr=C3=BC=C3=9Fe?="', '"a\tb"', '"\x7f"', '"{5}"', '"(("', '"Re: [list] x"']
)
_nil = st.sampled_from(["NIL"] * 9 + ["nil"])
_nstring = _quoted | _nil
_LITERALS = st.text(st.characters(max_codepoint=255), max_size=8) | st.sampled_from(
    ["", "a \\ b", 'the "word"', "(NIL", "\xc3\xa4", "\xe4", '")', "a\r\n* 9 FETCH (UID 9)", "\0", "{3}"]
)
_literal = _LITERALS.map(lambda text: f"{{{len(text)}}}\r\n{text}")


def _envelopes(nstring: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    address = st.tuples(*[nstring] * 4).map(lambda four: f"({' '.join(four)})")
    addresses = st.lists(address, min_size=1, max_size=3).map(lambda many: f"({''.join(many)})") | _nil
    fields = st.tuples(*[nstring] * 2, *[addresses] * 6, *[nstring] * 2)
    same = st.tuples(st.booleans(), st.booleans())  # whether the sender and reply-to are those of from, as in most mail
    return st.tuples(fields, same).map(lambda drawn: _written(*drawn))


def _written(fields: tuple[str, ...], same: tuple[bool, bool]) -> str:
    date, subject, from_, sender, reply_to, *more = fields
    return f"({' '.join([date, subject, from_, from_ if same[0] else sender, from_ if same[1] else reply_to, *more])})"


_envelope = _envelopes(_nstring)
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
    "ENVELOPE": _envelope,
    "MODSEQ": _number.map(lambda number: f"({number})"),
}
#: The same, and an envelope may have literals.
WITH_LITERALS = {**ITEMS, "ENVELOPE": _envelopes(st.one_of([_nstring] * 20 + [_literal]))}
NAMES = st.lists(st.sampled_from(sorted(ITEMS)), min_size=1, max_size=5, unique=True)


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
    number = draw(st.sampled_from([1, 1, 1, 3, 90]))
    for _ in range(draw(st.integers(5, 30))):
        kind = draw(st.integers(0, 30))
        one = draw(line(names if kind != 1 else draw(NAMES), number, WITH_LITERALS))
        if kind == 2:
            one = draw(st.sampled_from(OTHERS))
        elif kind == 3:
            at = draw(st.integers(0, len(one) - 3))
            one = one[:at] + draw(_mistake) + one[at + 1 :]
        elif kind == 4:
            one = one.replace(b"\r\n", b"\n")
        lines.append(one)
        number += draw(st.sampled_from([1] * 12 + [0, 2, -1]))
        number = max(number, 1)
    return b"".join(lines)


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
