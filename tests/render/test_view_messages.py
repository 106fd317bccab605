"""Messages: tables, cards, structures, and content with its encoding undone."""

from __future__ import annotations

import pytest

from imapsh.grammar.values import BodyPart
from imapsh.render.view.body import file_name, parameter
from imapsh.render.view.transfer import undo
from tests.render.reading import one
from tests.render.test_view import shown, view, views

ENVELOPE = 'ENVELOPE ("{date}" {subject} (({name} NIL "{box}" "x.example")) NIL NIL NIL NIL NIL NIL NIL)'


def row(seq: int, name: str, subject: str, *, flags: str = "\\Seen", size: int = 600) -> str:
    envelope = ENVELOPE.format(date=f"Mon, {seq} Jun 2026 07:43:00 +0200", subject=subject, name=name, box="me")
    return f"* {seq} FETCH (UID {seq * 100} FLAGS ({flags}) RFC822.SIZE {size} {envelope})"


ROWS = "\n".join(
    [
        row(1, '"Anna"', '"Hello"'),
        row(
            2, "NIL", '"=?utf-8?b?54Gv5Y+w44Gu44Os44Oz44K6?= and much more of it"', flags="\\Flagged $Work", size=123456
        ),
        row(3, '"Bo"', "NIL", flags=""),
        "a1 OK done",
    ]
)


# -- tables


def test_messages_of_a_command_make_a_table() -> None:
    assert view(ROWS) == [
        "- #  UID  flags    date                    from          subject                               size",
        "  1  100  S        2026-06-01 07:43 +0200  Anna          Hello                                  600",
        "  2  200  F $Work  2026-06-02 07:43 +0200  me@x.example  灯台のレンズ and much more of it  123.5 kB",
        "  3  300  -        2026-06-03 07:43 +0200  Bo                                                   600",
        "  S seen  F flagged",
        "< a1 OK done",
    ]


def test_a_table_as_wide_as_the_terminal() -> None:
    assert view(ROWS, 80) == [
        "- #  UID  flags    date              from          subject                  size",
        "  1  100  S        2026-06-01 07:43  Anna          Hello                     600",
        "  2  200  F $Work  2026-06-02 07:43  me@x.example  灯台のレンズ and m…  123.5 kB",
        "  3  300  -        2026-06-03 07:43  Bo                                      600",
        "  S seen  F flagged",
        "< a1 OK done",
    ]


def test_a_narrow_table_goes_on_in_a_second_line() -> None:
    assert view(ROWS, 40)[:9] == [
        "- #  UID  flags    date",
        "      from          subject",
        "          size",
        "  1  100  S        2026-06-01 07:43",
        "      Anna          Hello",
        "           600",
        "  2  200  F $Work  2026-06-02 07:43",
        "      me@x.example  灯台のレンズ and mu…",
        "      123.5 kB",
    ]
    assert view(ROWS, 30)[5:10] == [
        "  1  100  S",
        "      2026-06-01 07:43 +0200",
        "      Anna",
        "      Hello",
        "           600",
    ]


def test_only_what_was_asked_for_is_a_column() -> None:
    assert view("* 1 FETCH (FLAGS (\\Seen))\n* 12 FETCH (FLAGS (\\Deleted \\Draft))\na OK x") == [
        "-  #  flags",
        "   1  S",
        "  12  XD",
        "  S seen  X deleted  D draft",
        "< a OK x",
    ]
    assert view('* 1 FETCH (UID 5 MODSEQ (7) X-GM-LABELS (a "b c"))\n* 2 FETCH (UID 6 X-GM-LABELS ())\na OK x') == [
        "- #  UID  MODSEQ  X-GM-LABELS",
        '  1    5       7  a "b c"',
        "  2    6",
        "< a OK x",
    ]


def test_header_fields_fill_columns() -> None:
    raw = b"".join(
        b"* %d FETCH (BODY[HEADER.FIELDS (SUBJECT X-SPAM)] {%d}\r\n%s)\r\n" % (number, len(text), text)
        for number, text in (
            (1, b"Subject: one\r\n two\r\nX-Spam: no\r\n\r\n"),
            (2, b"Subject: =?utf-8?q?caf=C3=A9?=\r\n\r\n"),
        )
    )
    assert shown(raw).splitlines() == [
        "- #  subject  X-Spam",
        "  1  one two  no",
        "  2  café",
    ]


def test_other_columns_begin_another_table() -> None:
    them = views()
    for line in (b"* 1 FETCH (UID 5)\r\n", b"* 2 FETCH (UID 6)\r\n"):
        them.show(one(line))
    assert them.flush() == "- #  UID\n  1    5\n  2    6\n"
    them.show(one(b"* 3 FETCH (UID 7 RFC822.SIZE 9)\r\n"))
    assert them.flush() == "  #  UID  size\n  3    7     9\n"


def test_many_messages_come_in_blocks_with_the_same_columns() -> None:
    them = views(80)
    texts = [them.show(one(f"* {number} FETCH (UID {number})\r\n".encode())) for number in range(1, 1001)]
    begun = [number for number, text in enumerate(texts, 1) if text]
    assert begun == [200, 400, 600, 800, 1000]
    assert texts[199].splitlines()[:2] == ["-   #  UID", "    1    1"]
    assert texts[399].splitlines()[0] == "  201  201"
    assert texts[999].splitlines()[-1] == "  1000  1000"
    assert them.end() == ""


# -- one message


def test_one_message_is_a_card() -> None:
    envelope = (
        'ENVELOPE ("Tue, 09 Jun 2026 16:50:00 +0200" "=?utf-8?q?F=C3=A4hrplan?=" (("Mira" NIL "mira" "a.example")) '
        '(("Mira" NIL "mira" "a.example")) (("List, the" NIL "list" "a.example")) '
        '((NIL NIL "friends" NIL)(NIL NIL "bo" "b.example")(NIL NIL "cy" "c.example")(NIL NIL NIL NIL)) '
        '((NIL "@hop" "dee" "d.example")) NIL NIL "<m@a>")'
    )
    assert view(f"* 4 FETCH (UID 7 FLAGS (\\Seen $Work) RFC822.SIZE 20480 {envelope})\na OK x") == [
        "- message 4  UID 7  \\Seen  $Work  20.5 kB (20,480 octets)",
        "    Date:        Tue, 09 Jun 2026 16:50:00 +0200 -- 2026-06-09 14:50:00 UTC",
        "    From:        Mira <mira@a.example>",
        '    Reply-To:    "List, the" <list@a.example>',
        "    To:          friends: bo@b.example, cy@c.example;",
        "    Cc:          <@hop:dee@d.example>",
        "    Subject:     Fährplan",
        "    Message-ID:  <m@a>",
        "< a OK x",
    ]


@pytest.mark.parametrize(
    ("date", "beside"),
    [
        ("Tue, 09 Jun 2026 16:50:00 -0000", "2026-06-09 16:50:00, in an unknown time zone"),
        ("last tuesday", "unreadable date"),
        ("Mon, 1 Jan 10000 00:00:00 +0200", "unreadable date"),
        ("Tue, 99 Jun 2026 16:50:00 +0000", "unreadable date"),
    ],
)
def test_dates(date: str, beside: str) -> None:
    [_, line] = view(f'* 4 FETCH (ENVELOPE ("{date}" NIL NIL NIL NIL NIL NIL NIL NIL NIL))')
    assert line == f"    Date:        {date} -- {beside}"


def test_internaldate_and_what_is_left_of_an_empty_envelope() -> None:
    assert view(
        '* 4 FETCH (INTERNALDATE " 4-Mar-2021 18:20:07 +0100" ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))'
    ) == [
        "- message 4  received 4-Mar-2021 18:20:07 +0100  -- 2021-03-04 17:20:07 UTC",
        "    (an empty envelope)",
    ]


# -- structures

MIXED = (
    '((("text" "plain" ("charset" "utf-8" "format" "flowed") NIL NIL "8bit" 219 9)'
    '("text" "html" NIL NIL NIL "quoted-printable" 20480 10) "alternative")'
    '("message" "rfc822" NIL NIL NIL "7bit" 900 (NIL "Fwd" (("Jo" NIL "j" "x")) NIL NIL NIL NIL NIL NIL NIL) '
    '(("text" "plain" NIL NIL NIL "7bit" 7 1)("image" "png" NIL "<id1>" "a picture" "base64" 99) "mixed") 30)'
    '("message" "rfc822" NIL NIL NIL "7bit" 90 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) '
    '("text" "plain" NIL NIL NIL "7bit" 7 1) 3)'
    '("application" "pdf" ("name" "a.pdf") NIL NIL "base64" 5 NIL ("attachment" ("filename" "b.pdf")) "de" NIL)'
    ' "mixed")'
)


def test_a_structure_is_a_tree_with_the_numbers_of_fetch() -> None:
    assert view(f"* 4 FETCH (BODYSTRUCTURE {MIXED})") == [
        "- message 4",
        "    BODYSTRUCTURE",
        "    TEXT          multipart/mixed",
        "    |- 1          multipart/alternative",
        "    |  |- 1.1     text/plain  219 octets, 9 lines  utf-8 8bit  format=flowed",
        "    |  `- 1.2     text/html  20.5 kB (20,480 octets), 10 lines  quoted-printable",
        "    |- 2          message/rfc822  900 octets, 30 lines  7bit  Fwd, from Jo",
        "    |  `- 2.TEXT  multipart/mixed",
        "    |     |- 2.1  text/plain  7 octets, 1 line  7bit",
        "    |     `- 2.2  image/png  99 octets  base64  a picture  id <id1>",
        "    |- 3          message/rfc822  90 octets, 3 lines  7bit  (no subject)",
        "    |  `- 3.1     text/plain  7 octets, 1 line  7bit",
        '    `- 4          application/pdf  5 octets  base64  attachment  "b.pdf"  language de',
    ]


def test_a_structure_in_a_narrow_terminal() -> None:
    assert view(f"* 4 FETCH (BODYSTRUCTURE {MIXED})", 40)[:9] == [
        "- message 4",
        "    BODYSTRUCTURE",
        "    TEXT          multipart/mixed",
        "    ├─ 1          multipart/alternative",
        "    │  ├─ 1.1     text/plain",
        "                    219 octets, 9 lines",
        "                    utf-8 8bit",
        "                    format=flowed",
        "    │  └─ 1.2     text/html",
    ]


@pytest.mark.slow
def test_a_very_deep_structure() -> None:
    part = BodyPart("text", "plain")
    for _ in range(3000):
        part = BodyPart("multipart", "mixed", parts=(part,))
    response = one(b"* 1 FETCH (UID 1)\r\n")
    response.value.items["BODY"] = part
    for line in views(80).show(response).splitlines()[:50]:
        assert len(line) <= 80


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"filename": "a.txt"}, "a.txt"),
        ({"filename": "=?utf-8?q?=C3=BC.txt?="}, "ü.txt"),
        ({"filename*": "utf-8''%C3%BC%20x.txt"}, "ü x.txt"),
        ({"filename*": "iso-8859-1'de'%FC.txt", "filename": "u.txt"}, "ü.txt"),
        ({"filename*": "no-such'x'%FC.txt"}, "\ufffd.txt"),
        ({"filename*": "plain"}, "plain"),
        ({"filename*0": "long", "filename*1": " name"}, "long name"),
        ({"filename*0*": "utf-8''%C3", "filename*1*": "%BC", "filename*2": ".txt"}, "ü.txt"),
        ({}, ""),
    ],
)
def test_file_names(params: dict[str, str | None], name: str) -> None:
    assert parameter(params, "filename") == name
    assert file_name(BodyPart("a", "b", disposition=("attachment", params))) == name


# -- content


def literal(item: str, text: bytes, before: str = "") -> bytes:
    return f"* 4 FETCH ({before}{item} {{{len(text)}}}\r\n".encode() + text + b")\r\n"


def test_a_text_part_is_decoded_where_its_encoding_was_seen() -> None:
    structure = 'BODYSTRUCTURE ("text" "plain" ("charset" "iso-8859-1") NIL NIL "quoted-printable" 9 1) '
    assert shown(literal("BODY[1]", b"Gr=FC=DFe\r\n", structure)).splitlines() == [
        "- message 4",
        "    BODYSTRUCTURE",
        "    1  text/plain  9 octets, 1 line  iso-8859-1 quoted-printable",
        "    BODY[1] text/plain 11 octets -- decoded from quoted-printable and iso-8859-1",
        "    | Grüße",
    ]


def test_the_structure_may_have_come_before_by_number_or_uid_until_it_no_longer_holds() -> None:
    structure = b'* 4 FETCH (UID 70 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "base64" 9 1))\r\n'
    part = one(literal("BODY[TEXT]", b"aGVsbG8="))
    plain = "    | aGVsbG8=\n"
    for uid, between, known in (
        (None, b"* 1 EXISTS\r\n", True),
        (None, b"* 1 EXPUNGE\r\n", False),
        (70, b"* 1 EXPUNGE\r\n", True),
    ):
        them = views()
        them.show(one(structure))
        them.show(one(between))
        assert ("    | hello\n" in them.show(part, uid=uid)) is known
        them.look.memory.sent("SELECT")
        assert plain in them.show(part, uid=uid)


def test_body_does_not_replace_what_bodystructure_told() -> None:
    them = views()
    fields = '"text" "plain" ("name" "{}") NIL NIL "7bit" 9 1'
    them.show(one(f"* 4 FETCH (BODYSTRUCTURE ({fields.format('long')} NIL NIL NIL NIL))\r\n".encode()))
    them.show(one(f"* 4 FETCH (BODY ({fields.format('short')}))\r\n".encode()))
    assert 'BODY[1] text/plain "long" 1 octet' in them.show(one(literal("BODY[1]", b"x")))


def test_what_is_not_known_is_shown_as_it_is_and_said() -> None:
    assert shown(literal("BODY[1]", b"aGVsbG8=")).splitlines()[1:] == [
        "    BODY[1] 8 octets -- as it is on the wire: FETCH 4 BODYSTRUCTURE tells how it is encoded",
        "    | aGVsbG8=",
    ]
    structure = 'BODYSTRUCTURE ("text" "plain" NIL NIL NIL "base64" 9 1) '
    assert shown(literal("BODY[1]<3>", b"bG8=", structure)).splitlines()[3:] == [
        "    BODY[1]<3> text/plain 4 octets -- in base64, from its middle on: not decoded",
        "    | bG8=",
    ]


def test_headers_and_whole_messages() -> None:
    message = (
        b"Subject: =?utf-8?q?caf=C3=A9?=\r\nContent-Type: text/plain; charset=koi8-r\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n8NLJ18XU\r\n"
    )
    assert shown(literal("BODY[]", message)).splitlines()[1:] == [
        "    BODY[] 121 octets",
        "    | Subject: =?utf-8?q?caf=C3=A9?=  -- café",
        "    | Content-Type: text/plain; charset=koi8-r",
        "    | Content-Transfer-Encoding: base64",
        "    |",
        "    | text/plain -- decoded from base64 and koi8-r",
        "    | Привет",
    ]
    assert shown(literal("RFC822.HEADER", b"A: b\r\n\r\n")).splitlines()[1:] == [
        "    RFC822.HEADER 8 octets",
        "    | A: b",
        "    |",
    ]


def test_html_stays_source_and_binary_is_hex() -> None:
    structure = 'BODYSTRUCTURE (("text" "html" NIL NIL NIL "7bit" 9 1)("image" "png" NIL NIL NIL "base64" 8) "mixed") '
    assert shown(literal("BODY[1]", b"<p>hi</p>\r\n", structure)).splitlines()[-1] == "    | <p>hi</p>"
    assert shown(literal("BODY[2]", b"AAEC\r\n", structure)).splitlines()[-2:] == [
        "    BODY[2] image/png 6 octets -- decoded from base64",
        f"    | 00000000  00 01 02{' ' * 40}  |...|",
    ]


def test_long_content_is_cut_and_says_how_to_see_the_rest() -> None:
    text = b"".join(b"line %d\r\n" % number for number in range(100))
    found = shown(literal("BODY[TEXT]", text)).splitlines()
    assert len(found) == 2 + 20 + 1
    assert found[-1] == "    | ... 80 more lines, 890 octets in all: \\last wire shows all"
    assert len(shown(literal("BODY[TEXT]", text), elide=0).splitlines()) == 2 + 100


@pytest.mark.parametrize(
    ("data", "encoding", "charset", "text", "said"),
    [
        (b"x", None, None, b"x", ""),
        (b"x", "7BIT", "US-ASCII", b"x", ""),
        (b"aGVsbG8", "Base64", None, b"hel", "decoded from base64"),
        (b"=?=", "base64", None, b"=?=", "in base64, which cannot be decoded"),
        (b"A===", "base64", None, b"A===", "in base64, which cannot be decoded"),
        (b"x", "uuencode", None, b"x", "in uuencode, which cannot be decoded"),
        (b"\xfc", "8bit", "latin1", "ü".encode(), "decoded from latin1"),
        (b"\xfc", "8bit", "x-nothing", b"\xfc", "the charset x-nothing is unknown"),
        (b"\\x41", "8bit", "unicode_escape", b"\\x41", "the charset unicode_escape is unknown"),
        (b"x", "8bit", "rot13", b"x", "the charset rot13 is unknown"),
        (b"x", "8bit", "a\0b", b"x", "the charset a^@b is unknown"),
    ],
)
def test_what_can_be_undone(data: bytes, encoding: str | None, charset: str | None, text: bytes, said: str) -> None:
    assert undo(data, encoding, charset) == (text, said)


def test_values_of_extensions_are_shown_by_what_they_are() -> None:
    lines = (
        '* 1 FETCH (UID 5 SAVEDATE "01-Jan-2015 18:50:53 +0100" PREVIEW "Hello" THREADID (T1))\n'
        "* 2 FETCH (UID 6 SAVEDATE NIL PREVIEW {13}\nHello\nthere! THREADID NIL)\na OK x"
    )
    assert view(lines) == [
        "- #  UID  SAVEDATE                PREVIEW       THREADID",
        "  1    5  2015-01-01 18:50 +0100  Hello         T1",
        "  2    6  NIL                     Hello there!  NIL",
        "< a OK x",
    ]
    assert view('* 1 FETCH (SAVEDATE "01-Jan-2015 18:50:53 +0100" EMAILID (M1) X (a b))\na OK x') == [
        "- message 1  SAVEDATE 01-Jan-2015 18:50:53 +0100  -- 2015-01-01 17:50:53 UTC  EMAILID M1  X a b",
        "< a OK x",
    ]
    assert view("* STATUS foo (APPENDLIMIT 257890 MAILBOXID (F1))") == [
        "- foo  APPENDLIMIT 257.9 kB (257,890 octets)  MAILBOXID F1"
    ]


def test_labels_are_words() -> None:
    assert view('* 1 FETCH (UID 5 X-GM-MSGID 1278455344230334865 X-GM-LABELS (\\Inbox "Muy Importante"))\na OK x') == [
        '- message 1  UID 5  X-GM-MSGID 1278455344230334865  X-GM-LABELS \\Inbox "Muy Importante"',
        "< a OK x",
    ]


def test_pairs_are_columns() -> None:
    assert view(
        "* 1 FETCH (UID 5 OBJECTID (EMAILID M1 THREADID T1))\n* 2 FETCH (UID 6 OBJECTID (EMAILID M2))\na OK x"
    ) == [
        "- #  UID  EMAILID  THREADID",
        "  1    5  M1       T1",
        "  2    6  M2",
        "< a OK x",
    ]
    assert view("* STATUS foo (OBJECTID (MAILBOXID F1 ACCOUNTID u1))") == ["- foo  OBJECTID MAILBOXID F1 ACCOUNTID u1"]
    assert view("* OK [OBJECTID (MAILBOXID F1)] x") == [
        "- OK [OBJECTID (MAILBOXID F1)] x -- The identifiers of the mailbox that was opened, made or renamed."
    ]
