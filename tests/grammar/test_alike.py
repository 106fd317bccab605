"""A run has the values that the rules give its lines, and takes no line that these find a fault in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh import table
from imapsh.grammar.alike import PIECES, Shapes, shape_of
from imapsh.grammar.responses import Parser, Response
from imapsh.wire.frames import Frame
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader
from tests.grammar.listings import ITEMS, NAMES, WITH_LITERALS, line
from tests.grammar.reading import one

ENVELOPE = b'("Mon, 5 Feb" "Hi" ((NIL NIL "a" "b")) NIL NIL ((NIL NIL "c" "d")(NIL NIL "e" "f")) NIL NIL NIL "<1@b>")'
PLAIN = b'FLAGS (\\Seen) INTERNALDATE "05-Feb-2024 09:00:00 +0100" RFC822.SIZE 488'
ALL = b"* %d FETCH (" + PLAIN + b" ENVELOPE " + ENVELOPE + b")\r\n"
NAMES_OF_ALL = ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE")


def told(response: Response) -> object:
    return response.kind, response.name, response.tag, response.value, response.frame, response.violations


def test_a_run_has_the_same_responses_as_the_rules_read() -> None:
    octets = b"".join(ALL % number for number in range(1, 9)) + b"* OK\r\n"
    shape = shape_of(NAMES_OF_ALL)
    assert shape is not None
    run = shape.run(b"before" + octets, 6, 100)
    assert run is not None
    assert run.octets == octets[: -len(b"* OK\r\n")]
    assert run.numbers == [1, 2, 3, 4, 5, 6, 7, 8]
    assert run.column("RFC822.SIZE") == [b"488"] * 8
    assert next(run.rows())[:3] == (b"1", b"\\Seen", b"05-Feb-2024 09:00:00 +0100")
    pusher = Pusher(FrameReader())
    pusher.reader.offset = 100
    pusher.feed(run.octets)
    parser = Parser(table.readers)
    assert [told(one) for one in run.responses()] == [told(parser.parse(frame)) for frame in pusher]  # type: ignore[arg-type]


def _framed(octets: bytes, offset: int = 0) -> list[Frame]:
    pusher = Pusher(FrameReader())
    pusher.reader.offset = offset
    pusher.feed(octets)
    return [frame for frame in pusher if isinstance(frame, Frame)]


@pytest.mark.parametrize(
    "literal",
    [b"", b"plain", b'"', rb"a\b", rb"\"", "Gr\u00fc\u00dfe".encode(), b"(NIL", b"a\tb\x7f", b'" NIL', b"{5}"],
)
def test_short_literals_in_an_envelope_are_part_of_a_run(literal: bytes) -> None:
    with_literal = ALL.replace(b'"Hi"', b"{%d}\r\n%b" % (len(literal), literal.replace(b"%", b"%%")))
    octets = ALL % 1 + with_literal % 2 + ALL.replace(b'"c"', b"{1}\r\nc").replace(b'"f"', b"{2}\r\nff") % 3 + ALL % 4
    shape = shape_of(NAMES_OF_ALL)
    assert shape is not None
    run = shape.run(octets + b"* OK\r\n", 0, 7, small=1000)
    assert run is not None
    assert run.octets == octets
    assert run.literals
    parser = Parser(table.readers)
    assert [told(one) for one in run.responses()] == [told(parser.parse(frame)) for frame in _framed(octets, 7)]
    assert [row[1:] for row in run.lines()] == list(run.rows()) == [shape.row(found) for found in shape.found(octets)]
    assert b"".join(row[0] for row in run.lines()) == octets
    before = shape.run(octets, 0, 0)
    assert before is not None
    assert before.numbers == [1], "no literal is wanted"


@pytest.mark.parametrize(
    "octets",
    [
        ALL.replace(b'"Hi"', b"{2}\r\n\xe4x"),
        ALL.replace(b'"Hi"', b"{2}\r\na\0"),
        ALL.replace(b'"Hi"', b"{2}\r\na\r"),
        ALL.replace(b'"Hi"', b"{2}\r\na\n"),
        ALL.replace(b'"Hi"', b"{2+}\r\nHi"),
        ALL.replace(b'"Hi"', b"~{2}\r\nHi"),
        ALL.replace(b'"Hi"', b"{2}\nHi"),
        ALL.replace(b'"Hi"', b"{1001}\r\n" + b"x" * 1001),
        ALL.replace(b'"Hi"', b'"Hi {20}\r\n NIL NIL NIL NIL NI"'),
        ALL.replace(b'"Hi"', b'"\\\\" {2}\r\nHi'),
        ALL.replace(b'"Hi"', b"{2}\r\nHi").replace(b'"Mon, 5 Feb"', b'"\xc3\xa4"'),
        ALL.replace(b'"Hi"', b"{2}\r\nHi").replace(b'"<1@b>"', b'"\xc3\xa4"'),
        ALL.replace(b'"05-Feb-2024 09:00:00 +0100"', b"{26}\r\n05-Feb-2024 09:00:00 +0100"),
        ALL.replace(b'"Hi"', b"{2}\r\nHi")[:-4],
        ALL.replace(b'"Hi"', b"{2}\r\nHi").replace(b"\r\n", b" x\r\n"),
        ALL.replace(b'"a" "b"', b"{1}\r\na {1}\r\nb").replace(b"NIL NIL ((", b'NIL NIL ((("a" NIL "b" "c"))(' * 17),
        ALL.replace(b'"Hi"', b"{2}\r\nHi").replace(b'"<1@b>"', b'"' + b"x" * 70000 + b'"'),
        b"* %d FETCH (FLAGS {2}\r\n()\r\n",
    ],
)
def test_other_literals_are_left_to_the_rules(octets: bytes) -> None:
    shape = shape_of(NAMES_OF_ALL)
    assert shape is not None
    assert shape.run(octets.replace(b"%d", b"1"), 0, 0, small=1000) is None


@given(st.data())
def test_literals_that_are_taken_are_no_fault_and_have_the_same_value(data: st.DataObject) -> None:
    names = data.draw(NAMES)
    octets = data.draw(line(names, 7, WITH_LITERALS))
    if data.draw(st.booleans()):
        at = data.draw(st.integers(2, len(octets) - 3))
        octets = octets[:at] + data.draw(st.binary(max_size=2)) + octets[at + data.draw(st.integers(0, 2)) :]
    shape = shape_of(tuple(names))
    assert shape is not None
    run = shape.run(octets, 0, 0, small=1000)
    if run is None:
        return
    (response,) = run.responses()
    (frame,) = _framed(run.octets)
    for utf8 in (False, True):
        assert told(response) == told(Parser(table.readers, utf8=utf8).parse(frame))
    assert response.violations == ()


def test_there_is_no_run_if_the_next_line_is_another() -> None:
    shape = shape_of(NAMES_OF_ALL)
    assert shape is not None
    assert shape.run(b"* OK\r\n" + ALL % 1, 0, 0) is None
    assert shape.run((ALL % 1)[:-1], 0, 0) is None, "the line has not come whole"
    assert shape.run(ALL.replace(b"FLAGS", b"flags") % 1, 0, 0) is None
    assert shape.run(ALL.replace(b"\r\n", b"\n") % 1, 0, 0) is None
    assert shape.run(b" " + ALL % 1, 0, 0) is None


@pytest.mark.parametrize("octets", [b"\0", b"\r", b"\n", b"\r\n", b"\x80", b"\xff", b"\\", b"\\x", b'"', b"\xc3\xa4"])
@pytest.mark.parametrize("place", [b"Mon", b"Hi", b'"a', b'"f', b"@b"])
def test_no_string_of_a_run_has_what_the_rules_forbid(octets: bytes, place: bytes) -> None:
    shape = shape_of(NAMES_OF_ALL)
    assert shape is not None
    broken = ALL.replace(place, place + octets, 1) % 2
    run = shape.run(ALL % 1 + broken + ALL % 3, 0, 0, small=1000)
    assert run is not None
    assert run.numbers == [1]


@pytest.mark.parametrize("octets", [b"\\\\", b'\\"', b"\x01", b"\x7f", b"\t", b"(", b"{3}", b" NIL "])
def test_all_else_is_part_of_it(octets: bytes) -> None:
    shape = shape_of(NAMES_OF_ALL)
    assert shape is not None
    run = shape.run(ALL % 1 + ALL.replace(b'"Hi"', b'"H%bi"' % octets) % 2 + ALL % 3, 0, 0)
    assert run is not None
    assert run.numbers == [1, 2, 3]


def test_an_item_without_a_common_form_has_no_shape() -> None:
    assert shape_of(("FLAGS", "BODY[]")) is None
    assert shape_of(()) is None


def test_a_shape_is_known_after_a_few_responses_of_it() -> None:
    shapes = Shapes()
    for number in range(3):
        shapes.saw(one(ALL % (number + 1)))
        assert shapes.now is None
    shapes.saw(one(ALL % 4))
    assert shapes.now is not None
    assert shapes.now.names == NAMES_OF_ALL
    shapes.saw(one(b"* 1 FETCH (UID 1)\r\n"))
    assert shapes.now is not None
    assert shapes.now.names == NAMES_OF_ALL, "one that is different does not change it"


def test_each_item_that_a_shape_may_have_is_tried() -> None:
    assert set(PIECES) == set(ITEMS)


@given(st.data())
def test_lines_that_the_expression_takes_have_no_fault_and_the_same_value(data: st.DataObject) -> None:
    names = data.draw(NAMES)
    octets = data.draw(line(names, data.draw(st.integers(0, 20))))
    if data.draw(st.booleans()):
        at = data.draw(st.integers(2, len(octets) - 3))
        octets = octets[:at] + data.draw(st.binary(max_size=2)) + octets[at + data.draw(st.integers(0, 2)) :]
    shape = shape_of(tuple(names))
    assert shape is not None
    run = shape.run(octets, 0, 0)
    if run is None:
        return
    assert run.octets == octets, "the end of a line is the end of the response"
    (response,) = run.responses()
    for utf8 in (False, True):
        assert told(response) == told(Parser(table.readers, utf8=utf8).parse(Frame((octets,))))
    assert response.violations == ()


@pytest.mark.parametrize("name", ITEMS)
@given(st.data())
def test_an_item_in_its_common_form_is_taken(name: str, data: st.DataObject) -> None:
    octets = data.draw(line([name], 7))
    shape = shape_of((name,))
    assert shape is not None
    clean = not Parser(table.readers).parse(Frame((octets,))).violations
    if clean and b"nil" not in octets and b"feb" not in octets:
        assert shape.run(octets, 0, 0) is not None


@pytest.mark.parametrize(
    ("writers", "is_run"),
    [
        (("\u00e4", "\u00e4", "\u00e4"), True),
        (("\u00e4", "b", "\u00e4"), True),
        (("\u00e4", "b", "\u00f6"), False),
        (("\u00e4", "\u00e4", "\u00f6"), False),
        (("\u00e4", "\u00f6", "\u00e4"), False),
        (("??", "\u00f6", "??"), False),
        (("??", "longer", "\u00f6"), False),
        (("a", "a", "b"), True),
        (("a", "b", "a"), True),
        (("a\\", "a\\", 'a"'), True),
    ],
)
def test_writers_who_differ_in_8_bit_octets_alone_are_left_to_the_rules(writers: tuple[str, ...], is_run: bool) -> None:
    names = [name.encode() for name in writers]
    lists = b" ".join(b'(({%d}\r\n%b NIL "a" "b"))' % (len(name), name) for name in names)
    shape = shape_of(("ENVELOPE",))
    assert shape is not None
    run = shape.run(b"* 1 FETCH (ENVELOPE (NIL NIL %b NIL NIL NIL NIL NIL))\r\n" % lists, 0, 0, small=100)
    assert (run is not None) is is_run
    for response in run.responses() if run is not None else ():
        assert response.value == Parser(table.readers).parse(response.frame).value
        found = response.value.items["ENVELOPE"]
        assert tuple(people[0].name for people in found[2:5]) == writers
