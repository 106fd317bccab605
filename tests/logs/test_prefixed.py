"""Lines that begin with the name of the side: of MailKit, of Ruby, of RFCs, of tickets."""

from __future__ import annotations

import pytest

from imapsh.logs.recognising import recognised
from imapsh.wire.pieces import CLIENT, ELIDED, LINES, NOTE, SERVER

from .reading import faults, log_of, read, side

MAIL = b"Subject: x\r\nFolded: a\r\n b\r\n\r\nC: A9 NOOP\r\n\r\nend"
FETCHED = b"* 1 FETCH (BODY[] {%d}\r\n%s UID 8)\r\n" % (len(MAIL), MAIL)
APPENDED = b"A00000003 APPEND INBOX {%d}\r\n" % len(MAIL)

#: A conversation, in the pieces in which it was read and written.
TALK = (
    (CLIENT, b"A00000001 NOOP\r\n"),
    (SERVER, b"A00000001 OK done\r\n"),
    (CLIENT, b"A00000002 UID FETCH 8 (BODY.PEEK[])\r\n"),
    (SERVER, FETCHED + b"A00000002 OK done\r\n"),
    (CLIENT, APPENDED),
    (SERVER, b"+ go\r\n"),
    (CLIENT, MAIL),
    (CLIENT, b"\r\n"),
    (SERVER, b"A00000003 OK done\r\n"),
)


def mailkit(stamp: bytes = b"") -> bytes:
    """Write the conversation as MailKit does: a prefix where a line begins, for each side."""
    made, midway = b"Connected to imaps://mail.example.org:993/\r\n", {CLIENT: False, SERVER: False}
    for whose, octets in TALK:
        for line in octets.splitlines(keepends=True):
            made += (b"" if midway[whose] else stamp + whose.encode() + b": ") + line
            midway[whose] = not line.endswith(b"\n")
    return made


def ruby() -> bytes:
    """Write the conversation as net-imap does, with a prefix at the beginning of each line of a response."""
    return b"".join(
        b"".join(whose.encode() + b": " + line for line in octets.splitlines(keepends=True))
        for whose, octets in (*TALK[:6], (CLIENT, MAIL + b"\r\n"), TALK[-1])
    )


@pytest.mark.parametrize(
    "octets", [mailkit(), mailkit(b"2026-11-26T10:00:00Z "), ruby(), ruby().replace(b"\r\n", b"\n")]
)
def test_a_log_of_a_program_is_read_back(octets: bytes) -> None:
    form = recognised(log_of(octets))
    assert form is not None
    assert form.name == "cs"
    pieces = read(octets)
    for whose in (CLIENT, SERVER):
        assert side(pieces, whose) == b"".join(text for one, text in TALK if one == whose)
    assert faults(pieces) == []


def test_times_are_those_of_the_log() -> None:
    assert {one.time for one in read(mailkit(b"2026-11-26T10:00:00Z ")) if one.direction != NOTE} == {1795687200.0}
    assert {one.time for one in read(mailkit(b"[10:00:00,5] ")) if one.direction != NOTE} == {36000.5}
    assert {one.time for one in read(mailkit())} == {None}


def test_each_connection_is_one_of_its_own() -> None:
    pieces = read(mailkit() + mailkit())
    assert [one.octets for one in pieces if one.direction == NOTE] == [
        b"Connected to imaps://mail.example.org:993/"
    ] * 2
    assert side(pieces, SERVER, "2") == side(pieces, SERVER)
    assert faults(pieces) == []


def test_a_text_of_an_rfc_is_indented_and_folded() -> None:
    octets = b"""\
   The following is a transcript.

   S:   * OK IMAP4rev1 Service Ready
   C:   a001 login mrc secret
   S:   a001 OK LOGIN completed
   C:   a003 fetch 12 full
   S:   * 12 FETCH (FLAGS (\\Seen) INTERNALDATE "17-Jul-1996
         02:44:25 -0700" RFC822.SIZE 4286 ENVELOPE (
         "Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" NIL
         ))
   S:   a003 OK FETCH completed
   C:   a004 fetch 12 body[header]
   S:   * 12 FETCH (BODY[HEADER] {10}
   S:   To: you
   S:
   S:   )
   S:    a004 OK FETCH completed
   C:    a005 fetch 12 body[text]
   S:    * 12 FETCH (BODY[TEXT] {10}
   S:     inset
   S:
   S:    )
   S:    a005 OK FETCH completed
    <TLS negotiation>

Crispin                    Informational                     [Page 3]
   C:   a006 logout
   S:   <closes the connection>
"""
    pieces = read(octets)
    fetched = (
        b'* 12 FETCH (FLAGS (\\Seen) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 4286 ENVELOPE ('
        b'"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" NIL))\r\n'
    )
    assert side(pieces, SERVER).splitlines(keepends=True)[2:] == [
        fetched,
        b"a003 OK FETCH completed\r\n",
        b"* 12 FETCH (BODY[HEADER] {10}\r\n",
        b"To: you\r\n",
        b"\r\n",
        b")\r\n",
        b"a004 OK FETCH completed\r\n",
        b"* 12 FETCH (BODY[TEXT] {10}\r\n",
        b" inset\r\n",
        b"\r\n",
        b")\r\n",
        b"a005 OK FETCH completed\r\n",
    ]
    assert side(pieces, CLIENT).endswith(b"\r\na005 fetch 12 body[text]\r\na006 logout\r\n")
    assert [one.octets for one in pieces if one.direction == NOTE] == [b"<closes the connection>"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (b"C: a1 LOGIN\n     x y\n", b"a1 LOGIN x y\r\n"),
        (b"C: a1 ID (\n     NIL\n   )\n", b"a1 ID (NIL)\r\n"),
        (b'C: a1 ID (("a" "b")\n     ("c")) NIL\n', b'a1 ID (("a" "b")("c")) NIL\r\n'),
        (b'C: a1 ID (("a"))\n     (("c"))\n', b'a1 ID (("a")) (("c"))\r\n'),
        (b'C: a1 LIST "" % \\\n     RETURN (CHILDREN)\n', b'a1 LIST "" % RETURN (CHILDREN)\r\n'),
        (b"C: a1 STORE 1 FLAGS (\\Seen\n\\Draft)\n", b"a1 STORE 1 FLAGS (\\Seen \\Draft)\r\n"),
        (b"C: a1 COPY 1 x\n     [12 seconds later]\n", b"a1 COPY 1 x\r\n"),
        (b"C: a1 NOOP\n     //nobody knows\n", b"a1 NOOP\r\n"),
        (b"C: a1 AUTHENTICATE X " + b"QUJD" * 10 + b"\n   QQ==\n", b"a1 AUTHENTICATE X " + b"QUJD" * 10 + b"QQ==\r\n"),
    ],
)
def test_a_line_is_folded_at_a_space_or_where_none_may_be(lines: bytes, expected: bytes) -> None:
    assert side(read(b"S: * OK x\n" + lines), CLIENT) == expected


def test_a_ticket_is_quoted_and_has_no_prefix_in_a_literal() -> None:
    octets = (
        b"> This is what I see:\n>\n> C: a2 FETCH 1 BODY[]\n> S: * 1 FETCH (BODY[] {17}\n> Subject: x\n> \n> y\n)\n"
        b"> S: a2 OK done\n> and then it hangs\n"
    )
    pieces = read(octets)
    assert side(pieces, SERVER) == b"* 1 FETCH (BODY[] {17}\r\nSubject: x\r\n\r\ny\r\n)\r\na2 OK done\r\n"


@pytest.mark.parametrize("cut", [b"S: [...]\n", b"[...]\n", b"S: Subject: x\nS: ...\n", b""])
def test_a_literal_of_which_somebody_cut_lines_out_is_left_out(cut: bytes) -> None:
    octets = b"C: a2 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {1600}\n" + cut + b"S: )\nS: a2 OK done\n"
    pieces = read(octets)
    assert [(one.octets, one.exactness) for one in pieces][1:] == [
        (b"* 1 FETCH (BODY[] {1600}\r\n", ELIDED),
        (b")\r\n", LINES),
        (b"a2 OK done\r\n", LINES),
    ]
    assert faults(pieces) == []


@pytest.mark.parametrize(
    "line",
    [
        b"* 2 FETCH (UID 14 ...",
        b"* 3 FETCH ....",
        b"* 4 FETCH . . .",
        b"* CAPABILITY [...] QUOTA",
        b"* SEARCH 25 (... UIDs ...) 23",
        b"(more of them)",
        b"...",
        b"[...]",
    ],
)
def test_a_line_of_which_somebody_cut_something_out_breaks_no_rule(line: bytes) -> None:
    octets = b"S: * 9 EXISTS\nC: a1 NOOP\nS: %s\nS: a1 OK done\n"
    assert faults(read(octets % b".")) == ["response"]
    assert faults(read(octets % line)) == []


def test_three_dots_in_a_text_cut_nothing_out() -> None:
    octets = b'S: * OK wait...\nC: a1 LIST "..." *\nS: * LIST () "/"\nS: a1 OK\n'
    assert {one.exactness for one in read(octets)} == {LINES}


@pytest.mark.parametrize("cut", [b"[...]\n", b"   ...\n", b"S: [...]\n"])
def test_a_reply_behind_lines_that_were_cut_out_is_not_asked_for_them(cut: bytes) -> None:
    octets = b"S: * OK x\nC: k2 STATUS x (MESSAGES)\n" + cut + b"S: k2 OK done\nC: k3 STATUS x (MESSAGES)\nS: k3 OK y\n"
    assert faults(read(octets)) == ["status-missing"]
    assert faults(read(octets.replace(cut, b""))) == ["status-missing"] * 2


def test_an_example_of_an_rfc_says_that_it_is_one() -> None:
    assert side(read(b"   Example:    S: * 5 RECENT\n"), SERVER) == b"* 5 RECENT\r\n"


def test_a_literal_that_is_hidden_by_stars_keeps_its_length() -> None:
    octets = b"S: * OK x\nC: A1 LOGIN {4}\nS: + go\nC: ******** {12}\nS: + go\nC: ********\nS: A1 OK in\n"
    assert side(read(octets), CLIENT) == b"A1 LOGIN {4}\r\n**** {12}\r\n************\r\n"


@pytest.mark.parametrize("octets", [b"C: EHLO x\nS: 250 OK\n", b"C:\\WINDOWS\n", b"S: yes\nC: no\n"])
def test_other_protocols_and_prose_are_not_taken_for_it(octets: bytes) -> None:
    assert recognised(log_of(octets)) is None
