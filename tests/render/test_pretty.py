from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.findings import Finding, Violation
from imapsh.grammar.responses import GARBAGE, Response
from imapsh.grammar.values import Garbage
from imapsh.render.blocks import pretty_blocks
from imapsh.render.lexer import server_line
from imapsh.render.pretty import pretty
from imapsh.render.styles import THEMES, Theme, paint
from imapsh.render.visible import is_safe
from imapsh.render.wireform import wire_text
from imapsh.wire.frames import Frame, Spilled
from tests.render.reading import fetched, one, ours, read, spooled

DEFAULT = THEMES["default"]
SGR = re.compile(r"\x1b\[[\d;]*m")


def shown(octets: bytes, **options: int) -> str:
    return "".join(pretty(response, None, **options) for response in read(octets))  # type: ignore[arg-type]


def wrong(octets: bytes, *offsets: int) -> Response:
    """A line of no kind with violations at these octets."""
    response = Response(GARBAGE, "", Garbage(), Frame((octets,)))
    response.violations = tuple(Violation("SP", offset, "no") for offset in offsets)
    return response


# -- margins and short lines


def test_margins_say_whose_line_it_is() -> None:
    text = shown(b"* OK hi\r\n* 3 EXISTS\r\n+ go\r\na1 OK done\r\nwhat?\r\n")
    assert [line[0] for line in text.splitlines()[:5]] == list("--<<!")
    assert pretty(ours(b"a1 NOOP\r\n")) == "> a1 NOOP\n"
    assert pretty(one(b"* 3 EXISTS\r\n"), unsolicited=True) == "~ * 3 EXISTS\n"


def test_a_common_line_coloured() -> None:
    assert pretty(one(b"* 12 FETCH (FLAGS (\\Seen) UID 90)\r\n"), DEFAULT) == (
        "\x1b[2m- \x1b[0m\x1b[2m*\x1b[0m \x1b[94m12\x1b[0m \x1b[1;36mFETCH\x1b[0m \x1b[2m(\x1b[0m"
        "\x1b[36mFLAGS\x1b[0m \x1b[2m(\x1b[0m\x1b[35m\\Seen\x1b[0m\x1b[2m)\x1b[0m "
        "\x1b[36mUID\x1b[0m \x1b[94m90\x1b[0m\x1b[2m)\x1b[0m\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        '* LIST (\\HasNoChildren) "/" Box',
        '* LIST (\\HasNoChildren) "/" "My \\"Box\\""',
        "* lsub () NIL (x)",
        '* LIST (\\Marked) "\\\\" x',
        '* LIST () "/" x ("OLDNAME" ("y"))',
        "* 12 EXISTS",
    ],
)
def test_other_common_lines(line: str) -> None:
    for _ in range(2):
        painted = pretty(one(line.encode() + b"\r\n"), DEFAULT)
        expected = DEFAULT.paint("margin-untagged", "- ") + paint(server_line(line), DEFAULT)
        assert painted.startswith(expected + "\n")


@pytest.mark.parametrize(
    "items",
    [
        "UID 12",
        "FLAGS () UID 1",
        "UID 1 FLAGS (\\Seen NIL 2024 $x)",
        'RFC822.SIZE 44 INTERNALDATE "17-Jul-1996 02:44:25 -0700" FLAGS (\\Seen)',
        'ENVELOPE (NIL "a \\"b" ((NIL NIL "x" "y")) NIL NIL NIL NIL NIL NIL NIL)',
        "MODSEQ (12121231000)",
        "X-NEW 1:4,9",
    ],
)
def test_the_fast_way_paints_as_the_slow_one(items: str) -> None:
    line = f"* 7 FETCH ({items})"
    for _ in range(2):  # the second time from memory
        painted = pretty(one(line.encode() + b"\r\n"), DEFAULT)
        assert painted == DEFAULT.paint("margin-untagged", "- ") + paint(server_line(line), DEFAULT) + "\n"


@pytest.mark.parametrize("theme", [None, DEFAULT])
@pytest.mark.parametrize(
    "line",
    [
        "* OK hello",
        "* ok",
        "* PREAUTH [CAPABILITY IMAP4rev1] hello",
        "* BYE [ALERT] so long & thanks",
        '* NO it is {12} ("x',
        "* BAD [] a 'reply'",
        "* OK [UNSEEN 12] first",
        "* OK [PERMANENTFLAGS (\\Seen \\*)] flags",
        "* OK [INPROGRESS (NIL 3 10)] it goes on",
        "* NO [OVERQUOTA] full",
        "* OK [MAILBOXID (F2212ea87-6097-4256-9d51-71338625)] made",
        "* OK [X-NEW 1:4,9] what",
        "* OK [BADURL imap://x] no",
        "* OK =?utf-8?q?no?= word",
        "* OK a\tb \x1b[31m",
        "A1 OK done",
        "A1 OK [APPENDUID 1 2] done",
        "A1 NO [TRYCREATE] no such mailbox",
        "A1 OK [MODIFIED 7,9] conditional",
        "A1 BAD",
        f"* OK {'long ' * 30}",
        "* OK [CAPABILITY",
        "* OK caf\xe9",
    ],
)
def test_a_status_is_shown_as_by_the_long_way(line: str, theme: Theme | None) -> None:
    octets = line.encode("latin-1") + b"\r\n"
    response = one(octets)
    for width, unsolicited in ((None, False), (40, True), (100, True)):
        expected = "".join(pretty_blocks(response, theme, width, None, unsolicited))
        assert pretty(response, theme, width, unsolicited=unsolicited) == expected
    finding = Finding("bye-silent", "it went")
    assert pretty(response, theme, findings=[finding]) == "".join(pretty_blocks(response, theme, findings=[finding]))


def test_text_of_a_status_response_is_not_taken_apart() -> None:
    assert shown(b'* OK [UNSEEN 2] it is {12} ("x\r\n') == '- * OK [UNSEEN 2] it is {12} ("x\n'


# -- long ones


def test_an_envelope_has_a_line_for_each_field() -> None:
    people = b'(("Ida Margrethe Krogh" NIL "ida" "kelp.example")("Olu" NIL "olu" "fjord.test"))'
    octets = (
        b'* 3 FETCH (UID 9 ENVELOPE ("Sat, 02 Apr 2022 06:15:00 +0200" "=?utf-8?q?T=C3=B8r?=" '
        + people
        + b' NIL NIL NIL NIL NIL NIL "<a@b>"))\r\n'
    )
    assert shown(octets, width=80) == (
        "- * 3 FETCH (UID 9\n"
        '      ENVELOPE ("Sat, 02 Apr 2022 06:15:00 +0200"  -- date\n'
        '        "=?utf-8?q?T=C3=B8r?="  -- subject: Tør\n'
        '        (("Ida Margrethe Krogh" NIL "ida" "kelp.example")  -- from\n'
        '          ("Olu" NIL "olu" "fjord.test"))\n'
        "        NIL  -- sender\n"
        "        NIL  -- reply-to\n"
        "        NIL  -- to\n"
        "        NIL  -- cc\n"
        "        NIL  -- bcc\n"
        "        NIL  -- in-reply-to\n"
        '        "<a@b>"))  -- message-id\n'
    )


def test_a_bodystructure_has_its_parts_on_lines() -> None:
    part = b'("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 20 2)'
    assert shown(b"* 3 FETCH (BODY (" + part + part + b' "mixed"))\r\n', width=80) == (
        '- * 3 FETCH (BODY (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 20 2)\n'
        '        ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 20 2) "mixed"))\n'
    )


def test_a_long_flat_line_is_filled() -> None:
    assert shown(b"* SEARCH " + b" ".join(b"%d" % n for n in range(100, 116)) + b"\r\n", width=40) == (
        "- * SEARCH 100 101 102 103 104 105 106\n    107 108 109 110 111 112 113 114 115\n"
    )


@given(st.integers(1, 3000))
@settings(max_examples=5, deadline=None)
def test_any_nesting_is_laid_out(depth: int) -> None:
    text = shown(b"* X " + b"(" * depth + b")" * depth + b"\r\n", elide=0)
    assert text.count("(") >= depth


# -- readings


def test_readings_stand_beside_the_raw_form() -> None:
    assert shown(b'* LIST () "/" "Entw&APw-rfe"\r\n') == '- * LIST () "/" "Entw&APw-rfe"  -- Entwürfe\n'
    assert shown(b"* STATUS A&-B (MESSAGES 1)\r\n") == "- * STATUS A&-B (MESSAGES 1)  -- A&B\n"
    assert shown(b'* QUOTAROOT B&APw-cher ""\r\n') == '- * QUOTAROOT B&APw-cher ""  -- Bücher\n'
    assert shown(b"* QUOTAROOT {10}\r\nB&APw-cher\r\n") == "- * QUOTAROOT {10}^M^JB&APw-cher  -- Bücher\n"
    assert shown(b'* NAMESPACE (("B&APw-cher/" "/")) NIL NIL\r\n').endswith("  -- Bücher/\n")
    assert shown(b"+ PDE4OTYuNjk3QHg+\r\n") == "< + PDE4OTYuNjk3QHg+  -- <1896.697@x>\n"
    assert shown(b"+ idle\r\n") == "< + idle\n"


def test_a_reading_is_made_visible_too() -> None:
    text = shown(b'* 1 FETCH (ENVELOPE (NIL "=?utf-8?b?G1szMW3igK4=?=" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n')
    assert text.endswith("-- ^[[31m<U+202E>\n")


# -- literals


def test_a_short_literal_stays_in_the_line() -> None:
    assert shown(b'* LIST () "/" {9}\r\nSay "aah"\r\n') == '- * LIST () "/" {9}^M^JSay "aah"\n'


def test_a_header_block_a_text_and_hex() -> None:
    header = b"Subject: =?utf-8?q?T=C3=B8r?=\r\n =?utf-8?q?_nu?=\r\nX: y\r\n\r\n"
    octets = b"* 1 FETCH (BODY[HEADER] {%d}\r\n%s BODY[1] {6}\r\na\tb\nc\x1b BINARY[2] ~{3}\r\n\x00\xff\x01)\r\n"
    assert shown(octets % (len(header), header)) == (
        "- * 1 FETCH (BODY[HEADER] {57}\n"
        "  | Subject: =?utf-8?q?T=C3=B8r?=\n"
        "  |  =?utf-8?q?_nu?=  -- Tør nu\n"
        "  | X: y\n"
        "  | \n"
        "      BODY[1] {6}\n"
        "  | a       b^J\n"
        "  | c^[\n"
        "      BINARY[2] ~{3}\n"
        "  | 00000000  00 ff 01                                          |...|\n"
        "      )\n"
    )


def test_a_long_literal_is_elided_and_says_how_to_see_it() -> None:
    text = b"line\r\n" * 50
    octets = b"* 1 FETCH (BODY[TEXT] {%d}\r\n%s)\r\n" % (len(text), text)
    assert shown(octets, elide=2).splitlines()[1:-1] == [
        "  | line",
        "  | line",
        "  | ... 48 more lines, 300 octets in all: \\last wire shows all",
    ]
    assert shown(octets, elide=0).count("| line") == 50


def test_a_spilled_literal_is_named() -> None:
    frame = Frame((b"* 1 FETCH (BODY[] {1073741824}\r\n", Spilled(1 << 30, "ab", "x\x1b"), b")\r\n"))  # type: ignore[arg-type]
    text = pretty(Response("untagged", "FETCH", None, frame))
    assert text.splitlines()[1] == "  | (1,073,741,824 octets, SHA-256 ab, in x^[)"


def test_a_long_line_is_elided() -> None:
    text = shown(b"* OK " + b"x" * 9000 + b"\r\n")
    assert "... 7,9" in text
    assert len(text) < 2000
    assert len(shown(b"* OK " + b"x" * 9000 + b"\r\n", elide=0)) > 9000


def test_a_line_of_many_words_is_elided() -> None:
    octets = b"* SEARCH" + b" 123456" * 10_000 + b"\r\n"
    assert shown(octets).endswith(" ... 49,530 more octets\n")
    assert shown(octets, elide=0).count("123456") == 10_000


# -- violations


def test_a_caret_stands_under_its_octet() -> None:
    assert pretty(wrong(b"a  b\r\n", 2)) == "! a  b\n    ^ no [SP, RFC 9051 §9]\n"


def test_carets_count_columns_and_not_octets() -> None:
    line = "Müll 日本 x".encode()
    text = pretty(wrong(line + b"\r\n", line.index(b"x")))
    assert text.splitlines()[1].index("^") == 2 + 4 + 1 + 4 + 1
    # an octet within a character is shown at the character
    assert pretty(wrong(line + b"\r\n", 2)).splitlines()[1].index("^") == 2 + 1


def test_controls_shift_a_caret_by_what_is_shown() -> None:
    assert pretty(wrong(b"\x1b\xffz\r\n", 2)).splitlines()[1].index("^") == 2 + len("^[\\xff")


def test_a_caret_far_right_has_its_words_at_its_left() -> None:
    text = pretty(wrong(b"x" * 70 + b"y\r\n", 70), width=80)
    assert text.splitlines()[1] == " " * 51 + "no [SP, RFC 9051 §9] ^"


def test_a_caret_beyond_the_width_gets_an_excerpt() -> None:
    lines = pretty(wrong(b"x" * 500 + b"y" + b"z" * 99 + b"\r\n", 500), width=80).splitlines()
    assert lines[1] == "  ..." + "x" * 40 + "y" + "z" * 29
    assert lines[2].index("^") == lines[1].index("y")


def test_carets_stand_under_the_line_that_holds_their_octet() -> None:
    lines = shown(
        b"* 2 FETCH (UID 1 BODY[TEXT] {36}\r\n" + b"0123456789" * 3 + b"\r\n123\n FLAGS (\\Seen  \\Draft))\r\n"
    )
    at = next(index for index, line in enumerate(lines.splitlines()) if "FLAGS" in line)
    assert lines.splitlines()[at].index("  \\Draft") + 1 == lines.splitlines()[at + 1].index("^")


def test_a_caret_at_the_line_end() -> None:
    assert pretty(wrong(b"ab\r\n", 2)).splitlines()[1].index("^") == 4


def test_input_that_ends_is_named() -> None:
    assert pretty(one(b"* 3 EXIS")).splitlines()[-1] == "  (the input ends here, within the response)"


def test_findings_of_conduct_stand_below() -> None:
    finding = Finding("tag-unknown", "no command has this tag")
    assert pretty(one(b"a1 OK x\r\n"), findings=[finding]) == (
        "< a1 OK x\n  ! no command has this tag [tag-unknown, RFC 9051 §2.2.2]\n"
    )
    odd = Finding("select-codes", "SELECT was answered OK without UIDNEXT")
    assert pretty(one(b"a1 OK x\r\n"), findings=[odd]) == (
        "< a1 OK x\n  ? SELECT was answered OK without UIDNEXT [select-codes, notice, RFC 9051 §6.3.2]\n"
    )


def test_what_is_said_of_a_line_is_broken_at_spaces_on_a_terminal_alone() -> None:
    finding = Finding("message-number", "message 7, but the mailbox holds 6")
    assert pretty(one(b"a1 OK x\r\n"), None, 40, findings=[finding]).splitlines()[1:] == [
        "  ! message 7, but the mailbox holds 6",
        "    [message-number, RFC 9051 §2.3.1.2]",
    ]
    assert len(pretty(one(b"a1 OK x\r\n"), findings=[Finding("tag-unknown", "no " * 50)]).splitlines()) == 2


def test_the_message_of_a_violation_is_broken_too_if_it_fits_nowhere() -> None:
    response = wrong(b"abcdef\r\n", 3)
    response.violations = (Violation("SP", 3, "no space may be here, " * 2),)
    shown = pretty(response, None, 30).splitlines()
    assert shown[1] == "     ^"
    assert len(shown) > 3
    assert all(line.startswith("    ") for line in shown[2:])
    assert max(map(len, shown)) <= 30


# -- client lines


def test_secrets_in_a_client_line_are_not_shown() -> None:
    for response in (ours(b'a1 LOGIN joe "s3cret x"\r\n'), ours(b"a1 LOGIN joe {6}\r\n", b"s3cret", b"\r\n")):
        for text in (pretty(response), pretty(response, DEFAULT), wire_text(response)):
            assert "s3cret" not in text
            assert "joe" in text


# -- safety

FRAGMENTS = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [
            b"* 7 FETCH (", b"FLAGS (\\Seen)", b"ENVELOPE (NIL ", b"\r\n", b"{5}\r\n", b"(", b")", b'"', b" ",
            b"a1 OK ", b"+ ", b"\x1b[31m", b"\xe2\x80\xae", b"\xc2\x9b", b'* LIST () "/" ', b"=?utf-8?b?G1szMW0=?=",
            b"* STATUS ", b"&", b"BODY[HEADER] {9}\r\nA: \x1b[1m\r\n\r\n", b"\xef\xb8\x8f", b"LOGIN ",
            b"BODY[2] {4}\r\n\x00\x9b\xff\n",
        ]
    ),
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=14).map(b"".join), st.booleans(), st.integers(1, 120))
def test_no_control_reaches_the_terminal(octets: bytes, client: bool, width: int) -> None:
    for response in read(octets):
        if client:
            response = Response("client", "", None, response.frame)
        for theme in (None, DEFAULT):
            for text in (
                pretty(response, theme, width=width),
                pretty(response, theme, elide=1),
                pretty(response, theme, elide=0),
                wire_text(response, theme),
            ):
                assert text.endswith("\n")
                assert all(c == "\n" or is_safe(ord(c)) for c in (SGR.sub("", text) if theme else text))


@pytest.mark.parametrize("flags", [rb"\Seen", b"", rb"$a \Answered", b"x=?y", b"a&b", b"n1"])
def test_a_fetch_that_differs_in_its_number_is_painted_alike(flags: bytes) -> None:
    theme = Theme("fresh")
    painted = [pretty(one(b"* %d FETCH (FLAGS (%s))\r\n" % (number, flags)), theme) for number in (7, 7, 123456789)]
    assert painted[1] == painted[0]
    assert SGR.sub("", painted[2]) == SGR.sub("", painted[0]).replace(" 7 ", " 123456789 ")
    assert painted[2] == pretty(one(b"* 123456789 FETCH (FLAGS (%s))\r\n" % flags), Theme("other"))
    narrow = pretty(one(b"* 123456789 FETCH (FLAGS (%s))\r\n" % flags), theme, width=30)
    assert narrow == pretty(one(b"* 123456789 FETCH (FLAGS (%s))\r\n" % flags), Theme("third"), width=30)


def test_a16_the_first_lines_of_a_literal_in_a_file_and_how_to_see_the_rest() -> None:
    shown = pretty(fetched(spooled(b"Subject: hi\r\n\r\n" + b"a line\r\n" * 200_000)), elide=4)
    assert shown.splitlines()[1:-1] == [
        "  | Subject: hi",
        "  | ",
        "  | a line",
        "  | a line",
        "  | ... 1,600,015 octets in all: \\last wire shows all",
    ]
    assert "_io." not in shown


@pytest.mark.parametrize("item", [b"BODY[]", b"BODY[HEADER]", b"BODY[1]"])
@pytest.mark.parametrize("text", [b"From: a\r\nTo: b\r\n\r\n" + b"a line\r\n" * 20_000, bytes(range(1, 256)) * 700])
def test_a16_all_of_it_where_all_is_wanted(item: bytes, text: bytes) -> None:
    assert pretty(fetched(spooled(text), item), elide=0) == pretty(fetched(text, item), elide=0)


def test_c12_the_caret_is_below_the_announcement_and_not_below_the_literal() -> None:
    (response,) = read(b"* 1 FETCH (BODY[HEADER]{14}\r\nSubject: a\r\n\r\n)\r\n")
    lines = pretty(response, width=80).splitlines()
    assert lines[0] == "- * 1 FETCH (BODY[HEADER]{14}"
    assert lines[1].startswith(" " * lines[0].index("{") + "^ expected a space")
    assert lines[2] == "  | Subject: a"
