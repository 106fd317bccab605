"""The names that completion knows, and finds fast."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imapsh import table
from imapsh.grammar.responses import Parser, Response
from imapsh.grammar.values import MailboxList, MailboxStatus, Namespace, Namespaces
from imapsh.shell.record import mailboxes
from imapsh.shell.record.last import read_again
from imapsh.shell.record.mailboxes import MOST, MailboxNames, as_typed
from imapsh.wire.frames import Frame
from tests.shell.knowing import known, listed, received


def found(typed: str, *names: str, used: tuple[str, ...] = ()) -> list[str]:
    return [name for name, _ in known(*names).names.find(typed, used)]


def test_names_come_and_go_with_list() -> None:
    names = known("One", "Two").names
    names.learn(listed("One", "\\NonExistent").response)
    names.learn(listed("TWO/Three").response)
    assert [name for name, _ in names.find("")] == ["Two", "TWO/Three"]
    names.clear()
    assert names.find("") == []
    assert names.stale


def test_names_of_status_and_the_prefixes_of_namespace_are_learned() -> None:
    names = known("One").names
    names.learn(received("STATUS", MailboxStatus("Two", {})).response)
    spaces = Namespaces((Namespace("", "/"),), (Namespace("~", "/"),), (Namespace("#shared/", "/"),))
    names.learn(received("NAMESPACE", spaces).response)
    assert names.has("two")
    assert names.namespaces == {"": "your own", "~": "other users'", "#shared/": "shared"}


def test_beginning_then_inside_then_scattered() -> None:
    names = ("Work/Archive", "archive", "Archive/Old", "a/r/c")
    assert found("arch", *names) == ["archive", "Archive/Old", "Work/Archive"]
    assert found("a/c", *names) == ["a/r/c"]
    assert found("w", *names) == ["Work/Archive"]
    assert found("r", *names) == []
    assert found("arch\nive", *names) == []


def test_what_was_used_leads_its_group_however_many_there_are() -> None:
    names = [f"folder/{number:06}" for number in range(1_000)]
    first = found("folder/", *names, used=("folder/000777", "elsewhere", "folder/000005"))
    assert first[:3] == ["folder/000777", "folder/000005", "folder/000000"]
    assert len(first) == MOST == len(set(first))


@pytest.mark.slow
def test_a_hundred_thousand_names() -> None:
    names = [f"folder/{number:06}" for number in range(100_000)]
    assert len(found("folder/", *names)) == MOST
    assert found("folder/0777", *names)[0] == "folder/077700"
    assert found("99999", *names) == ["folder/099999"]
    assert found("fdr099999", *names) == ["folder/099999"]


def test_the_nearest_name() -> None:
    names = known("Archive", "Drafts", "Sent").names
    assert names.nearest("archvie") == "Archive"
    assert names.nearest("Unheard of") is None


def test_the_prefix_of_ones_own_names() -> None:
    assert known("INBOX", "INBOX.Sent", "INBOX.Junk").names.prefix() == "INBOX."
    assert known("INBOX", "INBOX.Junk").names.nearest("junk") == "INBOX.Junk"
    assert known("INBOX", "INBOX.Sent", "Junk").names.prefix() == ""
    assert known("INBOX", "Inboxes", "Inboxed").names.prefix() == ""
    assert known("INBOX").names.prefix() == ""
    names = known("INBOX", "INBOX.Sent").names
    names.learn(received("NAMESPACE", Namespaces((Namespace("", "."),), None, None)).response)
    assert names.prefix() == ""


def learned(names: MailboxNames, *lines: bytes) -> MailboxNames:
    for line in lines:
        names.learn(Parser(table.readers).parse(Frame((line + b"\r\n",))))
    return names


def test_a9_two_names_that_only_differ_in_their_spelling_are_both_kept() -> None:
    utf8, utf7 = '* LIST () "/" "Entwürfe"'.encode(), b'* LIST () "/" Entw&APw-rfe'
    names = learned(MailboxNames(), utf8, utf7, b'* LIST () "/" Work', b'* LIST () "/" work', utf7)
    typed = [as_typed(name, utf8=False) for name, _ in names.find("")]
    assert typed == ['"Entwürfe"', "Entw&APw-rfe", "Work", "work"]
    learned(names, b'* LIST (\\NonExistent) "/" Work', b'* LIST () "/" work')
    assert [name for name, _ in names.find("w")] == ["work"]


def test_a9_inbox_is_one_mailbox_and_status_spells_no_name_anew() -> None:
    names = learned(MailboxNames(), b'* LIST () "/" inbox', b'* LIST () "/" INBOX', b'* LIST () "/" "x & y"')
    learned(names, b'* STATUS "x &- y" (MESSAGES 1)', b"* STATUS Inbox (MESSAGES 1)")
    assert [as_typed(name, utf8=False) for name, _ in names.find("")] == ["inbox", '"x & y"']


def test_names_that_cannot_be_typed_are_left_out() -> None:
    assert as_typed("a\r\nb", utf8=True) == ""
    assert as_typed("plain", utf8=False, quoted=True) == '"plain"'
    assert as_typed("", utf8=False) == '""'


def test_a_renamed_mailbox_has_its_old_name_no_more() -> None:
    names = known("Old", "Other").names
    names.learn(received("LIST", MailboxList((), "/", "New", {"OLDNAME": ("Old",)})).response)
    assert [name for name, _ in names.find("")] == ["New", "Other"]


def test_what_is_owed_is_read_when_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    def reader(octets: bytes) -> Iterator[Response]:
        read.append(octets)
        return read_again(Parser(table.readers), False, octets)

    names = MailboxNames()
    first, second = b'* LIST () "/" Drafts\r\n* LIST () "/" Old\r\n', b'* LIST (\\NonExistent) "/" Old\r\n'
    names.owe(first, reader)
    names.owe(second, reader)
    assert read == []
    assert names.nearest("Drafst") == "Drafts"
    assert read == [first, second]
    assert len(names) == 1
    names.owe(first, reader)
    names.clear()
    assert not names.has("Drafts")
    monkeypatch.setattr(mailboxes, "_OWED", len(first))
    names.owe(first, reader)
    assert read == [first, second]
    names.owe(second, reader)
    assert read == [first, second] * 2
    assert names.has("Drafts")
