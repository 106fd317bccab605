from __future__ import annotations

import copy
import pickle

import pytest

from imapsh import table
from imapsh.grammar.names import MailboxName, raw_of, spelled, spellings
from imapsh.grammar.responses import Parser
from imapsh.grammar.values import Address, Envelope, MailboxList
from imapsh.wire.frames import Frame


def listed(octets: bytes, *, utf8: bool = False) -> str:
    parser = Parser(table.readers)
    parser.utf8 = utf8
    value = parser.parse(Frame((octets + b"\r\n",))).value
    assert isinstance(value, MailboxList)
    return value.mailbox


@pytest.mark.parametrize(
    ("octets", "name", "raw"),
    [
        (b'* LIST () "/" "Entw&APw-rfe"', "Entwürfe", "Entw&APw-rfe"),
        (b'* LIST () "/" a&-b', "a&b", "a&-b"),
        (b'* LIST () "/" inBox', "INBOX", "inBox"),
        (b'* LIST () "/" "a \\"b\\" &-"', 'a "b" &', 'a "b" &-'),
    ],
)
def test_a_name_knows_its_spelling(octets: bytes, name: str, raw: str) -> None:
    found = listed(octets)
    assert found == name
    assert raw_of(found) == raw


@pytest.mark.parametrize("octets", [b'* LIST () "/" "plain"', b'* LIST () "/" INBOX', b'* LIST () "/" "a/INBOX"'])
def test_a_plain_name_is_plain_text(octets: bytes) -> None:
    found = listed(octets)
    assert type(found) is str
    assert raw_of(found) is found


def test_a_name_in_utf_8_is_spelled_as_it_reads() -> None:
    assert type(listed('* LIST () "/" "Entwürfe &-"'.encode(), utf8=True)) is str


def test_a_name_behaves_as_text() -> None:
    name = spelled("Entwürfe", "Entw&APw-rfe")
    assert isinstance(name, MailboxName)
    assert name == "Entwürfe"
    assert hash(name) == hash("Entwürfe")
    assert {name, "Entwürfe"} == {"Entwürfe"}
    known: dict[str, int] = {name: 1}
    assert known["Entwürfe"] == 1
    assert repr(name) == "'Entwürfe'"
    assert f"{name:>10}" == "  Entwürfe"
    assert type(str(name)) is str


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_name_is_pickled_and_copied_with_its_spelling(protocol: int) -> None:
    name = MailboxName("INBOX", "Inbox")
    for again in (pickle.loads(pickle.dumps(name, protocol)), copy.copy(name), copy.deepcopy(name)):
        assert type(again) is MailboxName
        assert (again, again.raw) == ("INBOX", "Inbox")


def test_the_names_in_a_value_are_found_in_order() -> None:
    one, two = MailboxName("ä", "&AOQ-"), MailboxName("INBOX", "Inbox")
    assert list(spellings(MailboxList((), "/", one, {"OLDNAME": ("x", two)}))) == [one, two]
    assert list(spellings(None)) == []


def test_texts_of_headers_are_decoded_beside_what_came() -> None:
    assert Envelope(subject="=?utf-8?q?T=C3=B8r?=").subject_text == "Tør"
    assert Envelope(subject="=?utf-8?q?a?=\r\n =?utf-8?q?b?= c").subject_text == "ab c"
    assert Envelope(subject="no =? word").subject_text == "no =? word"
    assert Envelope().subject_text is None
    assert Address("=?utf-8?b?VMO4cg==?=", None, "t", "h").name_text == "Tør"
    assert Address(None, None, "t", "h").name_text is None
