"""A log is written again without its secrets, and nothing else of it changes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imapsh.logs import rewriting
from imapsh.logs.recognising import recognised
from imapsh.logs.rewriting import THRESHOLD, rewritten
from imapsh.session.overhearing import overhear
from imapsh.wire.pieces import CLIENT, ELIDED, EXACT, LINES, NOTE, SERVER, Piece
from imapsh.wire.trace import ONE_OR_BOTH, Header, Record, Trace
from tests.grammar.reading import lines as corpus

from .reading import log_of, read

GREETING = (SERVER, b"* OK [CAPABILITY IMAP4rev1 SASL-IR] hi\r\n")
DATA = sorted((Path(__file__).parent / "data").iterdir())
PASSWORD = b"s3cret-Word"


def pieces_of(*said: tuple[str, bytes] | tuple[str, bytes, str]) -> list[Piece]:
    found, place = [], 0
    for number, (direction, octets, *exactness) in enumerate(said):
        found.append(Piece(direction, octets, place, float(number), exactness=exactness[0] if exactness else EXACT))
        place += len(octets)
    return found


def trace_of(pieces: Iterable[Piece], *, both: bool = True) -> bytes:
    written: list[bytes] = []
    trace = Trace(written.append, lambda: 0.0, Header(sides="" if both else ONE_OR_BOTH))
    for one in pieces:
        trace.copy(Record(one.direction, one.time, 0, one.octets, one.connection, one.exactness))
    return b"".join(written)


def wrong(pieces: Iterable[Piece], *, both: bool) -> Iterator[tuple[Any, ...]]:
    """Yield what each line of a conversation is, and what is wrong with it."""
    for connection, found in overhear(pieces, both=both):
        response = found.response
        violations = [(one.rule, one.offset) for one in response.violations]
        time = None if found.time is None else round(found.time, 3)
        yield connection, response.kind, response.name, time, violations, [one.rule for one in found.findings]


def assert_same(pieces: list[Piece], *, both: bool) -> None:
    """The trace of a log is read as the same conversation."""
    octets = trace_of(rewritten(pieces, both=both), both=both)
    form = recognised(log_of(octets))
    assert form is not None
    assert form.both is both
    assert list(wrong(read(octets), both=both)) == list(wrong(pieces, both=both))


def rewritten_octets(*said: tuple[str, bytes] | tuple[str, bytes, str]) -> bytes:
    return b"".join(one.octets for one in rewritten(pieces_of(*said), both=True))


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_what_programs_wrote_is_the_same_conversation(path: Any) -> None:
    octets = path.read_bytes()
    form = recognised(log_of(octets))
    assert form is not None
    assert_same(read(octets), both=form.both)


@pytest.mark.parametrize("name", ["quirks", "more", "examiner"])
def test_what_servers_do_wrong_stays_wrong(name: str) -> None:
    for line in corpus(f"{name}.jsonl"):
        assert_same([Piece(SERVER, line["raw"].encode("latin-1"), 0)], both=False)


def test_pieces_keep_their_order_times_and_exactness() -> None:
    said = pieces_of(
        GREETING,
        (CLIENT, b"A1 APPEND x {3}\r\n"),
        (SERVER, b"* 5 EXISTS\r\n"),
        (SERVER, b"+ go\r\n* 6 EXISTS\r\n"),
        (CLIENT, b"abc\r\n"),
        (NOTE, b"a note"),
        (SERVER, b"A1 OK ok\r\n"),
        (CLIENT, b"A2 FETCH 1 BODY[]\r\n", LINES),
        (SERVER, b"* 1 FETCH (BODY[] {900}\r\n", ELIDED),
        (SERVER, b")\r\nA2 OK ok\r\n", LINES),
    )
    found = list(rewritten(said, both=True))
    assert b"".join(one.octets for one in found) == b"".join(one.octets for one in said)
    assert [one.time for one in found] == [0, 1, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 9]
    assert {one.offset: one.exactness for one in found} | {one.offset: one.exactness for one in said} == {
        one.offset: one.exactness for one in found
    }
    assert_same(said, both=True)


def test_a_large_literal_is_not_held_in_memory() -> None:
    octets = b"0123456789abcde\n" * (THRESHOLD // 8)
    said = [GREETING, (SERVER, b"* 1 FETCH (BODY[] {%d}\r\n" % len(octets))]
    said += [(SERVER, octets[at : at + 65536]) for at in range(0, len(octets), 65536)]
    said += [(SERVER, b")\r\n* 5 EXISTS\r\n")]
    assert rewritten_octets(*said) == b"".join(octets for _, octets in said)


def sasl(octets: bytes) -> bytes:
    return b64encode(octets)


LOGINS = {
    "login": [(CLIENT, b"A1 LOGIN jane " + PASSWORD + b"\r\n")],
    "quoted": [(CLIENT, b'A1 LOGIN "jane" "' + PASSWORD + b'"\r\n')],
    "literal": [
        (CLIENT, b"A1 LOGIN {4}\r\n"),
        (SERVER, b"+ go\r\n"),
        (CLIENT, b"jane {%d}\r\n" % len(PASSWORD)),
        (SERVER, b"+ go\r\n"),
        (CLIENT, PASSWORD + b"\r\n"),
    ],
    "plus": [(CLIENT, b"A1 LOGIN {4+}\r\njane {%d+}\r\n%s\r\n" % (len(PASSWORD), PASSWORD))],
    "plain-ir": [(CLIENT, b"A1 AUTHENTICATE PLAIN " + sasl(b"\0jane\0" + PASSWORD) + b"\r\n")],
    "plain": [
        (CLIENT, b"A1 AUTHENTICATE PLAIN\r\n"),
        (SERVER, b"+ \r\n"),
        (CLIENT, sasl(b"\0jane\0" + PASSWORD) + b"\r\n"),
    ],
    "sasl-login": [
        (CLIENT, b"A1 AUTHENTICATE LOGIN\r\n"),
        (SERVER, b"+ VXNlcm5hbWU6\r\n"),
        (CLIENT, sasl(b"jane") + b"\r\n"),
        (SERVER, b"+ UGFzc3dvcmQ6\r\n"),
        (CLIENT, sasl(PASSWORD) + b"\r\n"),
    ],
    "cram-md5": [
        (CLIENT, b"A1 AUTHENTICATE CRAM-MD5\r\n"),
        (SERVER, b"+ " + sasl(b"<1.2@host>") + b"\r\n"),
        (CLIENT, sasl(b"jane " + PASSWORD) + b"\r\n"),
    ],
    "xoauth2": [
        (CLIENT, b"A1 AUTHENTICATE XOAUTH2 " + sasl(b"user=jane\1auth=Bearer " + PASSWORD + b"\1\1") + b"\r\n")
    ],
    "oauthbearer": [
        (CLIENT, b"A1 AUTHENTICATE OAUTHBEARER\r\n"),
        (SERVER, b"+ \r\n"),
        (CLIENT, sasl(b"n,a=jane,\1host=h\1auth=Bearer " + PASSWORD + b"\1\1") + b"\r\n"),
    ],
    "scram": [
        (CLIENT, b"A1 AUTHENTICATE SCRAM-SHA-256 " + sasl(b"n,,n=jane,r=x") + b"\r\n"),
        (SERVER, b"+ " + sasl(b"r=xy,s=QQ==,i=4096") + b"\r\n"),
        (CLIENT, sasl(b"c=biws,r=xy,p=" + PASSWORD) + b"\r\n"),
        (SERVER, b"+ " + sasl(b"v=AAAA") + b"\r\n"),
        (CLIENT, b"\r\n"),
    ],
    "digest-md5": [
        (CLIENT, b"A1 AUTHENTICATE DIGEST-MD5\r\n"),
        (SERVER, b"+ " + sasl(b'realm="h",nonce="n",qop="auth"') + b"\r\n"),
        (CLIENT, sasl(b'username="jane",response=' + PASSWORD) + b"\r\n"),
        (SERVER, b"+ " + sasl(b"rspauth=0") + b"\r\n"),
        (CLIENT, b"\r\n"),
    ],
    "gssapi": [
        (CLIENT, b"A1 AUTHENTICATE GSSAPI\r\n"),
        (SERVER, b"+ \r\n"),
        (CLIENT, sasl(b"`\x82" + PASSWORD) + b"\r\n"),
    ],
    "misspelt": [(CLIENT, b"A1 LOGNI jane " + PASSWORD + b"\r\n")],
    "no-tag": [(CLIENT, b"LOGIN jane " + PASSWORD + b"\r\n")],
}


@pytest.mark.parametrize("name", LOGINS)
def test_no_login_of_any_mechanism_shows_its_secret(name: str) -> None:
    octets = rewritten_octets(GREETING, *LOGINS[name], (SERVER, b"A1 OK in\r\n"))
    for lead in range(3):
        assert b64encode(b"0" * lead + PASSWORD)[4:-4] not in octets
    assert PASSWORD not in octets


@pytest.mark.parametrize("name", ["login", "quoted", "literal", "plus", "plain-ir", "plain", "sasl-login"])
def test_a_secret_that_comes_again_is_masked_on_every_connection(name: str) -> None:
    behind = [
        (SERVER, b"A1 OK hello " + PASSWORD + b"\r\n"),
        (CLIENT, b"A2 SEARCH TEXT " + PASSWORD + b"\r\n"),
        (CLIENT, b'A3 SEARCH TEXT "' + PASSWORD + b'"\r\n'),
        (SERVER, b'* LIST () "/" "' + PASSWORD + b'"\r\n'),
        (SERVER, b"* 1 FETCH (BODY[] {%d}\r\n%s)\r\n" % (len(PASSWORD), PASSWORD)),
        (NOTE, b"password " + PASSWORD),
    ]
    said = pieces_of(GREETING, *LOGINS[name], *behind)
    other = [one._replace(connection="2") for one in pieces_of(GREETING, *behind)]
    found = list(rewritten([*said, *other], both=True))
    assert PASSWORD not in b"".join(one.octets for one in found)
    assert sum(len(one.octets) for one in found) == sum(len(one.octets) for one in [*said, *other])
    assert_same([*said, *other], both=True)


def test_passwords_and_tokens_in_urls_are_masked() -> None:
    url = b"imap://jane@h/x;UID=1;URLAUTH=user+jane:internal:" + b"0123456789abcdef" * 2
    octets = rewritten_octets(
        (SERVER, b"* PREAUTH hi\r\n"),
        (CLIENT, b'A1 URLFETCH "' + url + b'"\r\n'),
        (SERVER, b'* URLFETCH "' + url + b'" "x"\r\n* OK [REFERRAL imap://jane:' + PASSWORD + b"@h/x] there\r\n"),
        (CLIENT, b"A2 XGET http://jane:" + PASSWORD + b"@h/\r\n"),
        (NOTE, b"connecting to imaps://jane:" + PASSWORD + b"@h/"),
    )
    assert b"0123456789abcdef" not in octets
    assert PASSWORD not in octets


def test_of_very_many_connections_no_octet_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "MOST_CONVERSATIONS", 2)
    pieces = [Piece(SERVER, b"* OK %d" % number, 0, connection=str(number)) for number in range(9)]
    assert sorted((one.connection, one.octets) for one in rewritten(pieces)) == [
        (one.connection, one.octets) for one in pieces
    ]


@pytest.mark.parametrize("offered", [b"", b" SASL-IR"])
def test_a_masked_initial_response_is_still_one(offered: bytes) -> None:
    said = pieces_of(
        (SERVER, b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN%s] hi\r\n" % offered),
        (CLIENT, b"A1 AUTHENTICATE PLAIN %s\r\nA2 NOOP\r\n" % sasl(b"\0jane\0" + PASSWORD)),
        (SERVER, b"A1 OK in\r\nA2 OK done\r\n"),
    )
    rules = [rule for found in wrong(rewritten(said, both=True), both=True) for rule in found[-1]]
    assert rules.count("initial-response") == (not offered)
    assert "continuation-pipelined" not in rules
    assert_same(said, both=True)


def test_the_name_of_a_code_that_is_masked_is_still_one() -> None:
    said = pieces_of(
        (SERVER, b"* OK hi\r\n"), (CLIENT, b"A1 LOGIN jane %s\r\n" % PASSWORD),
        (SERVER, b"A1 OK [X-%s 1] in\r\n" % PASSWORD.replace(b" ", b"_")), (SERVER, b"* OK [X-hunter2 5] x\r\n"),
    )  # fmt: skip
    assert_same(said, both=True)


@pytest.mark.parametrize("word", [b"mail", b"INBOX", b"FETCH", b"2026", b"List", b"hunter22"])
@pytest.mark.parametrize(
    "login", [b"a LGOIN jane %s\r\n", b"a LOGIN\tjane\t%s\r\n", b" a LOGIN jane %s\r\n", b"a LOGIN jane %s\n"]
)
def test_what_is_behind_a_login_that_is_wrong_stays_the_same(login: bytes, word: bytes) -> None:
    said = pieces_of(
        (SERVER, b"* OK hi\r\n"),
        (CLIENT, login % word),
        (SERVER, b"a OK [CAPABILITY IMAP4rev1] in\r\n"),
        (CLIENT, b'b LIST "" *\r\n'),
        (SERVER, b'* LIST () "/" INBOX\r\n* LIST () "/" mail/x\r\n* LIST () "/" "mail"\r\nb OK List done\r\n'),
        (CLIENT, b"c SELECT INBOX\r\n"),
        (SERVER, b"* 2026 EXISTS\r\n* FLAGS (mail)\r\nc OK [READ-WRITE] done\r\n"),
        (CLIENT, b"d SEARCH FROM mail\r\n"),
        (SERVER, b"* SEARCH 2026\r\nx OK nobody asked\r\nd OK FETCH\r\n"),
    )
    assert (
        word not in b"".join(one.octets for one in rewritten(said, both=True) if one.direction == CLIENT)[: len(login)]
    )
    assert_same(said, both=True)


def test_spaces_before_what_a_login_hides_stay() -> None:
    said = pieces_of((SERVER, b"* OK hi\r\n"), (CLIENT, b"a LOGIN   jane hunter22\r\n"), (SERVER, b"a BAD no\r\n"))
    assert [one.octets for one in rewritten(said, both=True)][1] == b"a LOGIN   *************\r\n"
    assert_same(said, both=True)
