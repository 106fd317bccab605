"""FETCH: items, macros, sections, partials, BINARY, and \\Seen."""

from __future__ import annotations

import pytest

from imapsh.grammar.values import Fetch
from imapsh.server.demo import demo_store

from .player import Player, read

MINUTES = 4  #: demo message: multipart/mixed[multipart/alternative[plain,html],csv,png]
FORWARD = 6  #: demo message: multipart/mixed[plain,rfc822[multipart/mixed[plain,png,plain]]]


def test_items_and_macros(inbox: Player) -> None:
    inbox.play("""
        C: a FETCH 1 FAST
        S: * 1 FETCH (FLAGS (\\Recent) INTERNALDATE " 1-Jun-2026 23:30:00 +0000" RFC822.SIZE 112)
        S: a OK ...
        C: b UID FETCH 1 (FLAGS UID)
        S: * 1 FETCH (FLAGS (\\Recent) UID 1)
        S: b OK ...
        C: c UID FETCH 1 FLAGS
        S: * 1 FETCH (UID 1 FLAGS (\\Recent))
        S: c OK ...
        C: d FETCH 2 ALL
        S: * 2 FETCH (FLAGS ... RFC822.SIZE 84 ENVELOPE (NIL "=?utf-8?q?Zw=C3=B6lf?=" (...) NIL (...) NIL NIL NIL))
        S: d OK ...
        C: e FETCH 2 FULL
        S: * 2 FETCH (FLAGS ... ENVELOPE ... BODY ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 8 1))
        S: e OK ...
        C: f FETCH 2:1 (UID UID)
        S: * 1 FETCH (UID 1)
        S: * 2 FETCH (UID 2)
        S: f OK ...
        C: g FETCH 1 X-GM-MSGID
        S: g BAD ...
        C: h FETCH 1 (ALL)
        S: h BAD ...
        C: i FETCH 4 UID
        S: i BAD ...message 4 does not exist...
        C: j FETCH 0 UID
        S: j BAD ...
        C: k UID FETCH 50:* UID
        S: * 3 FETCH (UID 3)
        S: k OK ...
    """)


def test_an_empty_mailbox(inbox: Player) -> None:
    inbox.play("""
        C: a SELECT Box
        S: ....
        S: a OK ...
        C: b FETCH 1:* UID
        S: b BAD ...
        C: c UID FETCH 1:* UID
        S: c OK ...
        C: d SEARCH ALL
        S: * SEARCH
        S: d OK ...
    """)


def test_seen_is_set_by_reading(inbox: Player) -> None:
    inbox.play("""
        C: a FETCH 1 BODY.PEEK[TEXT]
        S: * 1 FETCH (BODY[TEXT] {12}
        S: first body
        S: )
        S: a OK ...
        C: b FETCH 1 RFC822.HEADER
        S: * 1 FETCH (RFC822.HEADER {...}
        S: ....
        S: b OK ...
        C: c FETCH 1 BODY[TEXT]<0.5>
        S: * 1 FETCH (BODY[TEXT]<0> {5}
        S: first FLAGS (\\Seen \\Recent))
        S: c OK ...
        C: d FETCH 1 (FLAGS BODY[]<9999.5>)
        S: * 1 FETCH (FLAGS (\\Seen \\Recent) BODY[]<9999> {0}
        S: )
        S: d OK ...
        C: e EXAMINE INBOX
        S: ....
        S: e OK ...
        C: f FETCH 3 BODY[HEADER.FIELDS (x-note nothing)]
        S: * 3 FETCH (BODY[HEADER.FIELDS (X-NOTE NOTHING)] {16}
        S: X-Note: here
        S:
        S: )
        S: f OK ...
        C: g FETCH 3 FLAGS
        S: * 3 FETCH (FLAGS ())
        S: g OK ...
    """)


def fetched(player: Player, number: int, *items: str) -> dict[str, object]:
    """The values of one FETCH."""
    session = player.session()
    session.receive_data(f"a FETCH {number} ({' '.join(items)})\r\n".encode())
    responses = read(session.data_to_send())
    assert responses[-1].name == "OK", responses[-1]
    assert not any(response.violations for response in responses)
    value = responses[0].value
    assert isinstance(value, Fetch)
    return value.items


def octets_of(number: int) -> bytes:
    """The octets of a message in the demo's INBOX."""
    return demo_store().accounts["demo"].find("INBOX").messages[number - 1].octets


@pytest.mark.parametrize(
    ("number", "section", "start", "end"),
    [
        (MINUTES, "", b"", b""),
        (MINUTES, "HEADER", b"", b"--=_mixed_7d3"),
        (MINUTES, "TEXT", b"This is a message", b""),
        (MINUTES, "1", b"--=_alt_7d3", b"\r\n--=_mixed_7d3\r\nContent-Type: text/csv"),
        (MINUTES, "1.MIME", b"Content-Type: multipart/alternative", b"--=_alt_7d3"),
        (MINUTES, "1.1", b"Hi all,", b"\r\n--=_alt_7d3\r\nContent-Type: text/html"),
        (MINUTES, "1.2", b"<html>", b"\r\n--=_alt_7d3--"),
        (FORWARD, "2", b"From: =?ISO", b"\r\n--fwd-2--"),
        (FORWARD, "2.HEADER", b"From: =?ISO", b"--lens-1\r\nContent-Type: text/plain; charset=us-ascii\r\n"),
        (FORWARD, "2.TEXT", b"--lens-1\r\n", b"\r\n--fwd-2--"),
        (FORWARD, "2.1", b"The crate left", b"\r\n--lens-1\r\nContent-Type: image/png"),
        (FORWARD, "2.3", b"waybill 4471-220", b"\r\n--lens-1--"),
        (
            FORWARD,
            "2.3.MIME",
            b"Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\nContent-Language",
            b"waybill 4471-220",
        ),
    ],
)
def test_sections_are_slices_of_the_message(demo: Player, number: int, section: str, start: bytes, end: bytes) -> None:
    octets = octets_of(number)
    begin = octets.index(start)
    if section.endswith("HEADER") or section == "1.MIME":
        stop = octets.index(b"\r\n\r\n", begin) + 4
    else:
        stop = octets.index(end, begin + 1) if end else len(octets)
    given = fetched(demo, number, f"BODY.PEEK[{section}]")[f"BODY[{section}]"]
    assert given == octets[begin:stop]
    part = fetched(demo, number, f"BODY.PEEK[{section}]<3.10>")[f"BODY[{section}]<3>"]
    assert part == octets[begin:stop][3:13]


@pytest.mark.parametrize(
    "section", ["4", "1.3", "1.1.1", "1.HEADER", "1.1.TEXT", "2.1", "9.9.9", "3.HEADER.FIELDS (A)"]
)
def test_sections_that_are_not_there(demo: Player, section: str) -> None:
    assert fetched(demo, MINUTES, f"BODY.PEEK[{section}]")[f"BODY[{section}]"] is None


def test_header_fields_not(demo: Player) -> None:
    named = "BODY[HEADER.FIELDS (SUBJECT CC)]"
    rest = "BODY[HEADER.FIELDS.NOT (SUBJECT CC)]"
    values = fetched(demo, MINUTES, f"BODY.PEEK{named[4:]}", f"BODY.PEEK{rest[4:]}", "BODY.PEEK[HEADER]")
    header = values["BODY[HEADER]"]
    assert isinstance(header, bytes)
    chosen, others = values[named], values[rest]
    assert isinstance(chosen, bytes)
    assert isinstance(others, bytes)
    assert chosen.startswith(b"Subject: =?UTF-8?")
    assert b"\r\n =?UTF-8?Q?_please" in chosen
    assert b"Cc: " in chosen
    assert sorted((chosen + others).splitlines()) == sorted([*header.splitlines(), b""])


def test_binary(demo: Player) -> None:
    values = fetched(
        demo, MINUTES, "BINARY.PEEK[2]", "BINARY.SIZE[2]", "BINARY.PEEK[2]<5.7>", "BINARY.PEEK[3]", "BINARY[9]"
    )
    csv = b"item,planned,spent\r\nlens,4200,3980\r\nroof,9000,0\r\nvan,300,185\r\n"
    assert values["BINARY[2]"] == csv
    assert values["BINARY.SIZE[2]"] == len(csv)
    assert values["BINARY[2]<5>"] == csv[5:12]
    assert str(values["BINARY[3]"]).startswith("b'\\x89PNG")
    assert values["BINARY[9]"] is None
    assert fetched(demo, 7, "BINARY.PEEK[1]")["BINARY[1]"].count("№".encode()) == 1  # type: ignore[attr-defined]
    assert fetched(demo, FORWARD, "BINARY.PEEK[2]")["BINARY[2]"] == fetched(demo, FORWARD, "BODY.PEEK[2]")["BODY[2]"]


def test_an_unknown_encoding(inbox: Player) -> None:
    inbox.play("""
        C: a APPEND INBOX {44+}
        C: Content-Transfer-Encoding: x-strange
        C:
        C: body
        S: * 4 EXISTS
        S: * 4 RECENT
        S: a OK ...
        C: b FETCH 4 BINARY[1]
        S: ....
        S: b NO [UNKNOWN-CTE] ...x-strange...
        C: c FETCH 4 BODY.PEEK[1]
        S: * 4 FETCH (BODY[1] {4}
        S: body)
        S: c OK ...
    """)


@pytest.mark.parametrize(
    "item",
    ["BODY[", "BODY[FOO]", "BODY[1.]", "BODY[MIME]", "BODY[]<0.0>", "BINARY[HEADER]", "()", "BODY[HEADER.FIELDS ()]"],
)
def test_bad_items(inbox: Player, item: str) -> None:
    inbox.play(f"C: a FETCH 1 {item}\nS: a BAD ...\nC: b NOOP\nS: b OK ...")


def test_odd_header_field_names(inbox: Player) -> None:
    inbox.play("""
        C: a FETCH 1 BODY.PEEK[HEADER.FIELDS ("a b" {3+}
        C: "x\\ to)]
        S: * 1 FETCH (BODY[HEADER.FIELDS ("A B" "\\"X\\\\" TO)] {21}
        S: To: bob@x.example
        S:
        S: )
        S: a OK ...
        C: b FETCH 1 BODY.PEEK[HEADER.FIELDS ({2+}
        C: ü)]
        S: b BAD ...
    """)


def test_the_whole_demo_is_without_violations() -> None:
    """Our own parser finds nothing wrong in any message of any mailbox."""
    store = demo_store()
    player = Player(store)
    player.play("C: 0 LOGIN demo demo\nS: 0 OK ...")
    session = player.session()
    for mailbox in list(store.accounts["demo"].mailboxes.values()):
        session.client.select(mailbox, True)
        if not mailbox.messages:
            continue
        session.receive_data(b"a FETCH 1:* (FLAGS ENVELOPE BODY BODYSTRUCTURE BODY.PEEK[HEADER] BINARY.PEEK[1])\r\n")
        responses = read(session.data_to_send())
        assert responses[-1].name == "OK"
        assert [r for r in responses if r.violations] == []
        assert len(responses) == len(mailbox.messages) + 1
