from __future__ import annotations

import copy
import pickle

import pytest

from imapsh import table
from imapsh.grammar.mutf7 import decode_leniently, encode
from imapsh.grammar.names import MailboxName, raw_of, readable, spelled, spellings
from imapsh.grammar.responses import Parser
from imapsh.grammar.values import Address, Envelope, MailboxList
from imapsh.grammar.writer import Writer
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


#: Names as servers spell them: with `&` in base64, in raw UTF-8, with a lone surrogate, with a bare `&`, in Latin-1,
#: without the closing `-`, with two runs, with ASCII in base64, and INBOX in another case.
STRANGE = [
    b"&BBAEMQQyACYEMwQ0BDU-", "Entwürfe".encode(), b"&2D0-", b"x & y", b"Entw\xfcrfe", b"&AOk", b"&AOk-&AOk-",
    b"a&AGI-", b"inBox", b" blanks ", b"&", "&AOk-ü".encode(), b"a\x01b",
]  # fmt: skip


def sent_for(name: str, *, utf8: bool = False) -> bytes:
    """The octets of a name in a command, out of their quotation marks or literal."""
    (fragment,) = Writer(utf8=utf8).mailbox(name).fragments()
    octets = fragment if isinstance(fragment, bytes) else fragment.data
    assert isinstance(octets, bytes)
    return octets[1:-1] if octets[:1] == b'"' else octets


@pytest.mark.parametrize("utf8", [False, True], ids=["rev1", "utf8"])
@pytest.mark.parametrize("octets", STRANGE)
def test_a9_a_listed_name_is_sent_back_octet_for_octet(octets: bytes, utf8: bool) -> None:
    assert sent_for(listed(b'* LIST () "/" "' + octets + b'"', utf8=utf8), utf8=utf8) == octets
    literal = Frame((b"* STATUS {%d}\r\n" % len(octets), octets, b" (MESSAGES 1)\r\n"))
    parser = Parser(table.readers)
    parser.utf8 = utf8
    assert sent_for(parser.parse(literal).value.mailbox, utf8=utf8) == octets


def test_a9_a_name_listed_before_utf_8_was_enabled_is_sent_in_utf_8_after_it() -> None:
    assert sent_for(listed(b'* LIST () "/" Entw&APw-rfe'), utf8=True) == "Entwürfe".encode()
    assert sent_for(listed(b'* LIST () "/" "x & y"'), utf8=True) == b"x & y"
    assert sent_for(listed(b'* LIST () "/" "Entw\xfcrfe"'), utf8=True) == b"Entw\xfcrfe"


def test_a9_the_name_of_a_prefix_and_an_old_name_know_their_spelling() -> None:
    parser = Parser(table.readers)
    prefix = parser.parse(Frame((b'* NAMESPACE (("x & y/" "/")) NIL NIL\r\n',))).value.personal[0].prefix
    assert sent_for(prefix) == b"x & y/"
    (old,) = parser.parse(Frame((b'* LIST () "/" b ("OLDNAME" ("&2D0-"))\r\n',))).value.extended["OLDNAME"]
    assert sent_for(old) == b"&2D0-"


def test_a_name_behaves_as_text() -> None:
    name, _ = spelled("Entw&APw-rfe", utf8=False)
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


@pytest.mark.parametrize("utf8", [False, True])
@pytest.mark.parametrize(
    "wire", ["INBOX", "Inbox", "inbox/a", "a b", "", "a&-b", "a&b", "&AOk-", "a\x7f", "a\x01", "~", "\xe9"]
)
def test_a_name_that_is_plain_is_read_as_any_other(wire: str, utf8: bool) -> None:
    name, faults = spelled(wire, utf8=utf8)
    decoded, wrong = (readable(wire), []) if utf8 else decode_leniently(readable(wire))
    assert (str(name), faults) == ("INBOX" if wire.upper() == "INBOX" else decoded, wrong)
    plain = wire == name and (wire.isascii() if utf8 else wire == encode(str(name)))
    assert (type(name) is str) == plain
