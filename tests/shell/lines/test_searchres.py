"""`$`: the server's own where it keeps one, else the shell's."""

from __future__ import annotations

import pytest

from imapsh.errors import UsageError
from imapsh.server import client
from imapsh.shell.lines.searchres import offers
from tests.shell.hosting import FakeApp

_WITHOUT = ("SEARCHRES", "IMAP4rev2")


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo as a server that has ESEARCH and keeps no result."""
    for name in ("BEFORE_LOGIN", "AFTER_LOGIN"):
        monkeypatch.setattr(client, name, tuple(one for one in getattr(client, name) if one not in _WITHOUT))


@pytest.fixture
def old(without: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that has no ESEARCH either."""
    monkeypatch.setattr(client, "AFTER_LOGIN", tuple(one for one in client.AFTER_LOGIN if one != "ESEARCH"))


@pytest.fixture
def host(without: None) -> FakeApp:
    host = FakeApp(connected=True).does("LOGIN demo demo").does("SELECT INBOX")
    assert not offers(host.session)
    return host


def uids(host: FakeApp, numbers: str) -> list[int]:
    """The UIDs of message numbers, by the server."""
    box = host.does(f"FETCH {numbers} UID").session.mailbox
    assert box is not None
    return [uid for uid in box.uids if uid]


def test_a_server_that_keeps_it_gets_it_as_it_is() -> None:
    host = FakeApp(connected=True).does("LOGIN demo demo").does("SELECT INBOX")
    for line in (
        "SEARCH RETURN (SAVE) 2:3",
        "FETCH $ FLAGS",
        "SEARCH RETURN (SAVE COUNT) $",
        "UID STORE $ +FLAGS ($Junk)",
    ):
        assert host.does(line).sent[-1] == line
    assert not host.text


def test_a_command_of_numbers_goes_out_in_its_uid_form(host: FakeApp) -> None:
    found = ",".join(map(str, uids(host, "2:3")))
    host.does("SEARCH 2:3").does("FETCH $ FLAGS")
    assert host.sent[-1] == f"UID FETCH {found} FLAGS"
    assert f"SEARCHRES is not offered: sent as  UID FETCH {found} FLAGS" in host.said
    for line, sent in (
        ("UID FETCH $ FLAGS", "UID FETCH {} FLAGS"),
        ("STORE $ +FLAGS ($Junk)", "UID STORE {} +FLAGS ($Junk)"),
        ("copy $ Archive", "UID copy {} Archive"),
        ("SEARCH $ KEYWORD $Junk", "SEARCH UID {0} KEYWORD $Junk"),
        ("SORT (DATE) UTF-8 $", "SORT (DATE) UTF-8 UID {0}"),
        ("UID SEARCH OR UID $ NOT $", "UID SEARCH OR UID {0} NOT UID {0}"),
    ):
        assert host.does(line).sent[-1] == sent.format(found)


def test_what_is_no_set_stays(host: FakeApp) -> None:
    host.does("SEARCH 1")
    for line in ("SEARCH KEYWORD $", 'SEARCH SUBJECT "$"', "SEARCH SUBJECT {1}\r\n$", "STORE 1 +FLAGS ($)"):
        assert host.does(line).sent[-1] == line.partition("\r")[0]
    assert host.does("a1 FETCH $ FLAGS").sent[-1] == "FETCH $ FLAGS"
    assert not host.said


def test_it_stays_the_same_messages_after_expunge(host: FakeApp) -> None:
    host.answers.append("y")
    host.does("SEARCH 3:4").does("STORE 1,4 +FLAGS.SILENT (\\Deleted)").does("EXPUNGE")
    third = uids(host, "1:*")[1]
    host.does("FETCH $ FLAGS")
    assert host.sent[-1] == f"UID FETCH {third} FLAGS"


def test_uids_that_are_not_known_are_asked_for(host: FakeApp) -> None:
    host.does("SEARCH RETURN (ALL) 2,4")
    asked = len(host.sent)
    host.does("FETCH $ FLAGS").does("FETCH $ ENVELOPE")
    names = [line.split()[:2] for line in host.sent[asked:]]
    assert names == [["UID", "SEARCH"], ["UID", "FETCH"], ["UID", "FETCH"]]
    assert host.sent[asked] == "UID SEARCH 2,4"


def test_with_no_ask_nothing_is_asked(without: None) -> None:
    host = FakeApp(connected=True, no_ask=True).does("LOGIN demo demo").does("SELECT INBOX").does("SEARCH 1")
    with pytest.raises(UsageError, match="--no-ask is on"):
        host.does("FETCH $ FLAGS")
    host.does("UID SEARCH 1").does("FETCH $ FLAGS")
    assert host.sent[-1].startswith("UID FETCH ")


@pytest.mark.parametrize(
    ("typed", "sent", "messages"),
    [
        ("SEARCH RETURN (SAVE) 2:4", "SEARCH 2:4", "2:4"),
        ("UID SEARCH RETURN (MIN SAVE) 2:4", "UID SEARCH RETURN (MIN) 2:4", "2"),
        ("SEARCH RETURN (MAX SAVE MIN) 2:4", "SEARCH RETURN (MAX MIN) 2:4", "2,4"),
        ("SEARCH RETURN (SAVE COUNT) 2:4", "SEARCH RETURN (COUNT ALL) 2:4", "2:4"),
        ("SEARCH RETURN (SAVE ALL MIN) 2:4", "SEARCH RETURN (ALL MIN) 2:4", "2:4"),
    ],
)
def test_save_is_done_by_the_shell(host: FakeApp, typed: str, sent: str, messages: str) -> None:
    """RFC 5182 section 2.4."""
    assert host.does(typed).sent[-1] == sent
    host.does("FETCH $ FLAGS")
    line = host.sent[-1]
    host.does("SEARCH " + line.split()[2].join(("UID ", "")))
    numbers = host.events[-2].response.value.ids  # type: ignore[union-attr]
    low, _, high = messages.replace(",", ":").partition(":")
    assert (min(numbers), max(numbers)) == (int(low), int(high or low))
    assert len(numbers) == (2 if "," in messages else int(high or low) - int(low) + 1)


def test_an_empty_result_is_no_error(host: FakeApp) -> None:
    host.does("SEARCH RETURN (SAVE) SUBJECT nothing-like-it")
    count = len(host.sent)
    host.does("FETCH $ FLAGS")
    assert len(host.sent) == count
    assert host.said[-1] == "$ is empty, so FETCH would do nothing; nothing was sent"
    assert host.does("SEARCH NOT $").sent[-1] == "SEARCH NOT NOT ALL"
    assert host.does("SEARCH RETURN (SAVE) 1").does("SEARCH UID $").sent[-1].startswith("SEARCH UID ")


def test_what_fails_changes_it_as_the_rfc_says(host: FakeApp) -> None:
    host.does("UID SEARCH RETURN (SAVE) 1:*")
    for line in ("SEARCH NONSENSE", "SEARCH RETURN (SAVE) NONSENSE", "SEARCH CHARSET X-NONE SUBJECT a",
                 "SEARCH RETURN (COUNT) 1"):  # fmt: skip
        host.does(line).does("FETCH $ FLAGS")
        assert host.sent[-1].startswith("UID FETCH "), line
    host.does("SEARCH RETURN (SAVE) CHARSET X-NONE SUBJECT a").does("FETCH $ FLAGS")
    assert host.said[-1].startswith("$ is empty")


def test_another_mailbox_empties_it(host: FakeApp) -> None:
    host.does("UID SEARCH 1:*").does("SELECT INBOX").does("FETCH $ FLAGS")
    assert host.said[-1].startswith("$ is empty")
    host.does("UID SEARCH 1:*")
    assert host.session.mailbox is not None
    host.session.mailbox.uidvalidity = 99
    host.does("FETCH $ FLAGS")
    assert host.said[-1].startswith("$ is empty")


def test_without_esearch(old: None) -> None:
    host = FakeApp(connected=True).does("LOGIN demo demo").does("SELECT INBOX")
    assert host.does("SEARCH RETURN (SAVE) 2").sent[-1] == "SEARCH 2"
    assert host.does("UID FETCH $ FLAGS").sent[-1].startswith("UID FETCH ")
