"""Mailboxes, and the patterns of LIST."""

from __future__ import annotations

from prompt_toolkit.document import Document

from imapsh import table
from imapsh.grammar.responses import Parser
from imapsh.wire.frames import Frame
from tests.grammar.reading import one
from tests.shell.knowing import IN_A_MAILBOX, after, completer, known


def test_the_reference_and_the_patterns_of_list() -> None:
    assert next(iter(after("LIST "))) == 'LIST ""'
    assert list(after('LIST "" '))[:2] == ['LIST "" *', 'LIST "" %']
    assert 'LIST "" "%"' in after('LIST "" "')


def test_a9_tab_puts_in_the_octets_that_were_listed() -> None:
    found = known()
    for line in ('"/" &BBAEMQQyACYEMwQ0BDU-', '"/" "Entwürfe"', '"/" &2D0-', '"/" "x & y"'):
        found.names.learn(Parser(table.readers).parse(Frame((f"* LIST () {line}\r\n".encode(),))))
    assert list(after("SELECT А", found=found)) == ["SELECT &BBAEMQQyACYEMwQ0BDU-", "SELECT &BBA-"]
    assert next(iter(after("SELECT Ent", found=found))) == 'SELECT "Entwürfe"'
    assert next(iter(after("SELECT x", found=found))) == 'SELECT "x & y"'
    assert next(iter(after('SELECT "x', found=found))) == 'SELECT "x & y"'
    assert next(iter(after("SELECT &2", found=found))) == "SELECT &2D0-"


def test_a9_tab_puts_in_octets_that_are_not_utf8() -> None:
    found = known()
    for name in (b'"Br\xfccke"', b"{2}\r\nc\xfc", b"{4}\r\ne\rff"):
        found.names.learn(one(b'* LIST () "/" ' + name + b"\r\n"))
    assert next(iter(after("SELECT Br", found=found))) == 'SELECT "Br\udcfccke"'
    assert next(iter(after("SELECT c", found=found))) == 'SELECT "c\udcfc"'
    assert [*after("SELECT e", found=found)] == []  # no line that is typed can hold the CR


def test_a_hundred_thousand_names_are_searched_off_the_loop() -> None:
    found = known(*(f"folder/{number:06}" for number in range(100_000)))
    assert "SELECT folder/012345" in after("SELECT folder/012345"[:-1], found=found)
    assert completer(found, IN_A_MAILBOX).takes_long(Document("SELECT f"))
    assert not completer(found, IN_A_MAILBOX).takes_long(Document("FETCH 1 f"))
