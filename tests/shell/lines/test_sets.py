r"""UIDs in values are never sent as message numbers, nor message numbers as UIDs (A5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.errors import UsageError
from tests.shell.acting import ENTER, acting, play
from tests.shell.hosting import FakeApp
from tests.shell.running import imapsh


@pytest.fixture
def host() -> FakeApp:
    """Messages 2 and 3 were found, whose UIDs are others."""
    return FakeApp(connected=True).does("LOGIN demo demo").does("SELECT INBOX").does("UID SEARCH 2:3")


def uids(host: FakeApp) -> str:
    return host.does("\\set uids").said[-1].removeprefix("uids = ")


@pytest.mark.parametrize(
    ("line", "sent"),
    [
        ("STORE ${uids} +FLAGS (\\Deleted)", "UID STORE {} +FLAGS (\\Deleted)"),
        ("store ${uids} -FLAGS (\\Deleted)", "UID store {} -FLAGS (\\Deleted)"),
        ("FETCH ${uids} (FLAGS)", "UID FETCH {} (FLAGS)"),
        ("FETCH ${uids} X-WHAT", "UID FETCH {} X-WHAT"),  # the set counts, whatever is wrong behind it
        ("COPY ${uids} Archive", "UID COPY {} Archive"),
        ("MOVE ${uids} Archive", "UID MOVE {} Archive"),
        ("SEARCH ${uids} SEEN", "SEARCH UID {} SEEN"),
        ("UID SEARCH NOT ${uids}", "UID SEARCH NOT UID {}"),  # there, too, a set is of message numbers
        ("SEARCH OR ${uids} (SEEN ${uids})", "SEARCH OR UID {0} (SEEN UID {0})"),
        ("SEARCH SEEN ${uids} (", "SEARCH SEEN UID {} ("),
        ("SEARCH UID ${uids} SEEN", "SEARCH UID {} SEEN"),
        ("UID STORE ${uids},9 +FLAGS (\\Seen)", "UID STORE {},9 +FLAGS (\\Seen)"),
        ("UID FETCH ${uids} FLAGS", "UID FETCH {} FLAGS"),
        ("UID SORT (DATE) UTF-8 UID ${uids}", "UID SORT (DATE) UTF-8 UID {}"),
        ("UID SORT (DATE) UTF-8 ${uids}", "UID SORT (DATE) UTF-8 UID {}"),
        ("UID REPLACE ${uids} INBOX x", "UID REPLACE {} INBOX x"),
        ("SEARCH LARGER ${last.uidnext}", "SEARCH LARGER 22"),
        ("FETCH ${last.uidnext}:* FLAGS", "UID FETCH 22:* FLAGS"),
        ("FETCH ${last.exists} FLAGS", "FETCH 11 FLAGS"),
        ("FETCH 1:${last.exists} FLAGS", "FETCH 1:11 FLAGS"),
        ("SEARCH SUBJECT ${uids}", "SEARCH SUBJECT {}"),
    ],
)
def test_a5_uids_are_sent_as_uids_and_that_is_said(host: FakeApp, line: str, sent: str) -> None:
    wanted = sent.format(uids(host))
    host.said.clear()
    host.answers += ["y"] * 2
    assert host.does(line).sent[-1] == wanted
    changes = sent.count("UID ") > line.count("UID ")
    assert [one for one in host.said if "holds UIDs, sent as" in one] == (
        [f"${{{'uids' if 'uids' in line else 'last.uidnext'}}} holds UIDs, sent as  {wanted}"] if changes else []
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a1 STORE ${uids} +FLAGS (\\Deleted)", r"\$\{uids\} holds UIDs, .*: UID STORE takes UIDs; nothing was sent"),
        ("a1 SEARCH ${uids}", "put UID in front of it; nothing was sent"),
        ("STORE ${uids},7 +FLAGS (\\Deleted)", "mixes the UIDs of"),
        ("STORE 1:${last.uidnext} +FLAGS (\\Deleted)", "mixes the UIDs of"),
        ("STORE ${uids},${last.exists} +FLAGS (\\Deleted)", "cannot be combined in one set"),
        ("UID STORE ${last.exists} +FLAGS (\\Deleted)", "holds message numbers, .*: STORE takes message numbers"),
        ("UID FETCH 1:${last.exists} FLAGS", "holds message numbers"),
        ("SEARCH UID ${last.exists}", "holds message numbers"),
        ("REPLACE ${uids} INBOX x", "imapsh cannot tell what REPLACE takes there: type the set itself"),
        ("XSORT (DATE) UTF-8 ${uids}", "imapsh cannot tell what"),
        ("UID XSORT (DATE) UTF-8 ${uids}", "imapsh cannot tell what"),
        ("UID XFOO ${last.exists}", "imapsh cannot tell what"),
        ("SEARCH X-GARBAGE ${uids}", "imapsh cannot tell what"),
    ],
)
def test_a5_what_cannot_be_right_is_not_sent(host: FakeApp, line: str, words: str) -> None:
    count = len(host.sent)
    with pytest.raises(UsageError, match=words):
        host.does(line)
    assert len(host.sent) == count


def test_a5_it_is_known_through_variables_and_aliases(host: FakeApp) -> None:
    found = uids(host)
    host.does("\\set x ${uids}").does("\\set y ${x}").does("\\set z ${y} -FLAGS (\\Deleted)")
    assert host.does("STORE ${y} -FLAGS (\\Deleted)").sent[-1] == f"UID STORE {found} -FLAGS (\\Deleted)"
    assert host.does("STORE ${z}").sent[-1] == f"UID STORE {found} -FLAGS (\\Deleted)"
    host.does("\\alias mark STORE ${1} +FLAGS ($Work)").does("\\alias all mark ${uids}")
    assert host.does("mark ${x}").sent[-1] == f"UID STORE {found} +FLAGS ($Work)"
    assert host.does("all").sent[-1] == f"UID STORE {found} +FLAGS ($Work)"
    assert host.does("\\each all").sent[-1] == f"UID STORE {found} +FLAGS ($Work)"
    host.does("\\set x 2:3")
    assert host.does("FETCH ${x} FLAGS").sent[-1] == "FETCH 2:3 FLAGS"  # what was typed is the person's own
    host.does("\\unset x").does("\\set x 2:3")
    assert host.does("UID FETCH ${x} FLAGS").sent[-1] == "UID FETCH 2:3 FLAGS"


def test_a5_the_uids_that_append_and_copy_gave(host: FakeApp) -> None:
    host.does("UID COPY ${uids} Archive").does("SELECT Archive").does("\\set last.uid")
    copied = host.said[-1].removeprefix("last.uid = ")
    assert host.does("FETCH ${last.uid} FLAGS").sent[-1] == f"UID FETCH {copied} FLAGS"


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["UID COPY ${uids} Archive"], "STORE ${last.uid} +FLAGS (\\Deleted)"),
        (["UID COPY ${uids} Archive"], "UID STORE ${last.uid} +FLAGS (\\Deleted)"),
        (["UID COPY ${uids} Archive"], "SEARCH UID ${last.uid}"),
        (["UID COPY ${uids} Archive", "\\set mine ${last.uid}"], "UID EXPUNGE ${mine}"),
        (["\\set mine ${uids}", "SELECT Archive"], "STORE ${mine} +FLAGS (\\Deleted)"),
        (["\\set mine ${uids}", "SELECT Archive"], "\\save ${mine}"),
        (["STATUS Archive (UIDNEXT MESSAGES)"], "UID FETCH ${last.uidnext}:* FLAGS"),
        (["STATUS Archive (UIDNEXT MESSAGES)"], "STORE ${last.exists} +FLAGS (\\Deleted)"),
    ],
)
def test_a5_numbers_of_another_mailbox_are_not_sent(host: FakeApp, lines: list[str], line: str) -> None:
    for before in lines:
        host.does(before)
    sent = list(host.sent)
    with pytest.raises(UsageError, match=r"of (Archive|INBOX), and (INBOX|Archive) is selected"):
        host.does(line)
    assert host.sent == sent


def test_a5_numbers_of_the_mailbox_that_is_selected_are_sent(host: FakeApp) -> None:
    host.does("STATUS Archive (UIDNEXT MESSAGES)").does("\\set next ${last.uidnext}").does("SELECT Archive")
    assert host.does("UID FETCH ${next}:* FLAGS").sent[-1].startswith("UID FETCH ")
    host.does("STATUS inbox (MESSAGES)").does("SELECT INBOX")
    assert host.does("FETCH ${last.exists} FLAGS").sent[-1].startswith("FETCH ")
    host.does("UID COPY 1 INBOX")
    assert host.does("UID FETCH ${last.uid} FLAGS").sent[-1].startswith("UID FETCH ")


def test_a5_save_takes_them_for_uids(host: FakeApp, tmp_path: Path) -> None:
    found = uids(host)
    wanted = [f"{uid}.eml" for uid in found.replace(":", ",").split(",")]
    host.does(f"\\save ${{uids}} {tmp_path}/a").does(f"\\save UID ${{uids}} {tmp_path}/b")
    for folder in ("a", "b"):
        assert sorted(one.name for one in (tmp_path / folder).glob("*.eml")) == sorted(wanted)
    assert f"these are UIDs: running  \\save UID {found}" in host.said
    with pytest.raises(UsageError, match="without UID"):
        host.does(f"\\save UID ${{last.exists}} {tmp_path}/c")
    with pytest.raises(UsageError, match="mixes"):
        host.does(f"\\save ${{uids}},1 {tmp_path}/c")
    assert not (tmp_path / "c").exists()


def test_a5_in_a_script() -> None:
    lines = ("SELECT INBOX", "UID SEARCH 2:3", "STORE ${uids} +FLAGS (\\Deleted)")
    words = [word for line in lines for word in ("-c", line)]
    done = imapsh("--demo", "--format", "pretty", *words)
    assert done.status == 0
    assert "> A4 UID STORE " in done.out.decode()
    assert "holds UIDs, sent as  UID STORE" in done.err


def test_a5_at_the_prompt(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.enters("SELECT INBOX", "demo@demo INBOX>")
            await person.enters("UID SEARCH 2:3", "< A3 OK")
            person.types("STORE ${uids} +FLAGS ($Work)" + ENTER)
            await person.screen.shows("${uids} holds UIDs, sent as  UID STORE", "> A4 UID STORE", "< A4 OK")

    play(scene)
