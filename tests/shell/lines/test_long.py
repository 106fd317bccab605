"""Lines that a set made too long go out as several (A13)."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.grammar.sequence import SequenceSet
from imapsh.shell.lines import long
from imapsh.shell.lines.found import set_of
from tests.shell.hosting import FakeApp


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> FakeApp:
    """The demo, for which a line of 48 octets is long."""
    monkeypatch.setattr(long, "LINE", 48)
    monkeypatch.setattr(long, "_LEAST", 5)
    host = FakeApp(connected=True).does("LOGIN demo demo").does("SELECT INBOX").does("FETCH 1,3,5,7,9,11 UID")
    host.said.clear()
    return host


def uids(host: FakeApp) -> list[int]:
    found = host.connection.results.found
    assert found is not None
    return list(SequenceSet.parse(host.to_the_end(set_of(host, found))))


def cut(host: FakeApp, begin: str, end: str) -> list[int]:
    """The UIDs of the commands that were sent like this; each fits."""
    sent = [line for line in host.sent if line.startswith(begin) and line.endswith(end)]
    assert len(sent) > 1
    assert all(len(line) < 48 for line in sent)
    return [uid for line in sent for uid in SequenceSet.parse(line.removeprefix(begin).split(" ")[0])]


def test_a13_a_long_set_goes_out_in_several_commands_and_it_is_said(host: FakeApp) -> None:
    mine = uids(host)
    host.does("UID COPY ${uids} Archive/2024/much/longer/name").does(
        "UID STORE ${uids} +FLAGS.SILENT ($Junk $Phishing)"
    )
    assert cut(host, "UID STORE ", " +FLAGS.SILENT ($Junk $Phishing)") == mine
    assert "and a server may refuse more than 48: sent as" in host.text
    assert "commands, one after another" in host.text


def test_a13_the_results_of_the_commands_are_one_result(host: FakeApp) -> None:
    mine = uids(host)
    host.does("CREATE A-mailbox-with-a-longer-name").does("UID COPY ${uids} A-mailbox-with-a-longer-name")
    assert cut(host, "UID COPY ", " A-mailbox-with-a-longer-name") == mine
    copied = host.connection.results.uid
    assert copied is not None
    assert len(copied) == len(mine)
    host.does("UID FETCH ${uids} (FLAGS INTERNALDATE RFC822.SIZE)")
    assert uids(host) == mine


def test_a13_what_is_kept_and_checked_of_the_commands_is_of_one(host: FakeApp, tmp_path: Path) -> None:
    mine = uids(host)
    host.does("UID FETCH ${uids} (FLAGS INTERNALDATE RFC822.SIZE)")
    assert len([line for line in host.sent if line.startswith("UID FETCH")]) > 1
    host.does(f"\\expect count FETCH = {len(mine)}").does("\\expect OK").does(f"\\last wire > {tmp_path / 'out'}")
    assert (tmp_path / "out").read_text().count(" FETCH (") == len(mine)
    host.does("NOOP").does("\\expect count FETCH = 0")


def test_a13_the_rest_is_not_sent_after_a_no(host: FakeApp) -> None:
    host.does("UID COPY ${uids} No-such-mailbox-with-a-long-name")
    assert len([line for line in host.sent if line.startswith("UID COPY")]) == 1
    assert "commands were not sent" in host.text


def test_a13_the_output_of_all_goes_to_one_file(host: FakeApp, tmp_path: Path) -> None:
    mine = uids(host)
    host.does(f"UID FETCH ${{uids}} (UID RFC822.SIZE INTERNALDATE) > {tmp_path / 'out'}")
    lines = (tmp_path / "out").read_text().splitlines()
    assert [number for number in mine if any(f"UID {number}" in line for line in lines)] == mine


def test_a13_a_search_is_sent_whole_and_it_is_said(host: FakeApp) -> None:
    host.does("UID SEARCH UID ${uids} NOT SEEN NOT DELETED NOT ANSWERED SUBJECT x")
    assert host.sent[-1].startswith("UID SEARCH UID 1,6")
    assert "a server may refuse more than 48" in host.text


def test_a13_what_was_typed_goes_out_as_it_was_typed(host: FakeApp) -> None:
    line = f"UID FETCH {','.join(str(uid) for uid in range(1, 60, 2))} FLAGS"
    host.does(line)
    assert host.sent[-1] == line
    assert not host.said
