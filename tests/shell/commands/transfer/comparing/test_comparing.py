r"""`\compare`: mailboxes and accounts, what differs, what cannot be read, and what was open is open again."""

from __future__ import annotations

import imaplib
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from imapsh.errors import Interrupted, ServerBye, UsageError
from imapsh.session.exchange import Exchange
from tests.servers.base import UNTOUCHED, Server
from tests.shell.commands.transfer.twins import Twins, scripted
from tests.shell.running import imapsh

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
MAIL = b"Message-ID: <new@example.org>\r\nSubject: New\r\n\r\nnew\r\n"


def found(app: Twins, line: str) -> list[dict[str, object]]:
    """What a comparison finds, as JSON."""
    app.screen.format = "json"
    app.status(line)
    lines = "".join(app.fake.sink.shown).splitlines()
    return [json.loads(line)["value"] for line in lines]


def test_equal_accounts() -> None:
    app = Twins()
    assert app.status("\\compare 1: 2:") == "OK"
    titles = "mailbox here there same alike missing extra changed size here size there"
    assert app.shown[0].split() == titles.split()
    assert "no differences" in app.said[-1]
    assert not any(line.startswith("  ") for line in app.shown)


def test_what_differs_is_named() -> None:
    app = Twins()
    ours, theirs = app.box("1"), app.box("2")
    ours.add(MAIL, NOON, ("\\Seen",))
    theirs.add(MAIL.replace(b"new@", b"other@").replace(b"New", b"Other\x1b[2J"), NOON, ())
    theirs.set_flags(theirs.messages[0], {"\\Flagged"})
    theirs.messages[1].internaldate = NOON
    app.does("EXAMINE Drafts")
    assert app.status("\\compare INBOX 2:INBOX") == "NO"
    text = "\n".join(app.shown)
    assert "missing   UID 22  2026-02-01 12:00 +0000  New" in text
    assert "extra     UID 22  2026-02-01 12:00 +0000  Other" in text
    assert "flags: \\Seen only here, \\Flagged only there" in text
    assert "there; date: " not in text
    assert "date: 5-Jun-2026 " in text
    assert "\x1b" not in text
    assert "they differ: 1 missing, 1 extra, 2 changed; compared 11 by header and size" in app.said[-1]
    assert app.connection.box == "Drafts"
    assert app.session.mailbox is not None
    assert app.session.mailbox.examined
    assert app.connections["2"].box == ""


def test_nothing_is_changed_and_no_message_is_read_if_the_listings_suffice() -> None:
    app = Twins()
    app.status("\\compare INBOX 2:INBOX")
    assert {line.split(" ")[0] for line in app.sent} == {"EXAMINE", "UID", "UNSELECT"}
    assert not any("BODY.PEEK[]" in line or "BODY[" in line for line in app.sent)


def test_another_size_is_looked_into() -> None:
    app = Twins()
    app.box("1").add(MAIL, NOON, ())
    app.box("2").add(b"Received: by x\r\n" + MAIL.replace(b"\r\n", b"\n"), NOON, ())
    assert app.status("\\compare INBOX 2:INBOX") == "OK"
    assert "harmless  headers added on the way (received) 1" in "\n".join(app.shown)
    assert app.said[-1].endswith("no differences; compared 1 by their octets and 11 by header and size")


def test_content_finds_what_the_listings_cannot() -> None:
    app = Twins()
    app.box("1").add(MAIL, NOON, ())
    app.box("2").add(MAIL.replace(b"\r\nnew", b"\r\nwen"), NOON, ())
    assert app.status("\\compare INBOX 2:INBOX") == "OK"
    assert app.status("\\compare --content INBOX 2:INBOX") == "NO"
    assert "  changed   UID 22, there 22: body  [2026-02-01 New]" in app.shown
    assert app.said[-1].endswith("they differ: 1 changed; compared 12 by their octets")


def test_only_a_few_are_named_unless_all_are_wanted() -> None:
    app = Twins()
    for number in range(30):
        app.box("1").add(MAIL.replace(b"new@", b"%d@" % number), NOON, ())
    app.status("\\compare INBOX 2:INBOX")
    assert sum("missing   UID" in line for line in app.shown) == 5
    assert "  missing   and 25 more, UID 27:46 and others (--all names them)" in app.shown
    app.status("\\compare --all INBOX 2:INBOX")
    assert sum("missing   UID" in line for line in app.shown) == 30
    (one,) = found(app, "\\compare INBOX 2:INBOX")
    assert len(one["missing"]) == 30  # type: ignore[arg-type]


def test_json_has_both_sides() -> None:
    app = Twins()
    app.box("1").add(MAIL, NOON, ("\\Seen",))
    (one,) = found(app, "\\compare INBOX 2:INBOX")
    assert one["here"] == {"name": "INBOX", "uidvalidity": 1781000001, "messages": 12, "octets": 9903}
    date = " 1-Feb-2026 12:00:00 +0000"
    message = {"uid": 22, "date": date, "subject": "New", "size": len(MAIL), "flags": ["\\Seen", "\\Recent"]}
    assert one["missing"] == [message]
    assert (one["differs"], one["same"], one["extra"], one["changed"]) == (True, 11, [], [])
    *boxes, total = found(app, "\\compare 1: 2:")
    assert total["mailboxes"] == len(boxes) > 5
    assert total["missing"] == 1


def test_mailboxes_of_one_account_on_one_connection() -> None:
    app = Twins()
    app.does("CREATE Copy").does("SELECT INBOX").does("COPY 1:* Copy")
    assert app.status("\\compare --content INBOX Copy") == "OK"
    assert app.connection.box == "INBOX"
    assert app.session.mailbox is not None
    assert not app.session.mailbox.examined


def test_a_mailbox_that_one_account_lacks_and_one_of_another_name() -> None:
    app = Twins()
    app.account("1").create("Only here").add(MAIL, NOON, ())
    app.account("2").create("Only there")
    app.account("2").rename("Sent", "Sent Items")
    assert app.status("\\compare 1: 2:") == "NO"
    rows = [line.split("  ") for line in app.shown]
    assert any([cell.strip() for cell in row if cell][:4] == ["Only here", "(none)", "1", "0"] for row in rows)
    assert any([cell.strip() for cell in row if cell][:3] == ["(none)", "Only there", "0"] for row in rows)
    assert any([cell.strip() for cell in row if cell][:2] == ["Sent", "Sent Items"] for row in rows)
    assert "1 mailbox only here, 1 mailbox only there" in app.said[-1]


def test_one_account_is_not_compared_with_itself() -> None:
    app = Twins()
    for line in ("INBOX 1:inbox", "1: 1:", "INBOX INBOX"):
        with pytest.raises(UsageError, match="there is nothing to compare"):
            app.does(f"\\compare {line}")
    app.connections["2"].user = "demo"
    with pytest.raises(UsageError, match="1: and 2: are one account, of demo@demo"):
        app.does("\\compare 1: 2:")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "needs two mailboxes"),
        ("INBOX", "needs two mailboxes"),
        ("--content INBOX Sent Drafts", "needs two mailboxes"),
        ("INBOX 2:", "a mailbox with an account"),
        ("--fast INBOX 2:INBOX", "no option --fast"),
        ("INBOX 3:INBOX", "no connection '3'"),
        ('"INBOX', "quotation mark"),
    ],
)
def test_what_cannot_be_read_as_a_comparison(line: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        Twins().does(f"\\compare {line}")


def test_a_batch_ends_with_1_and_says_why_where_nobody_reads_the_table() -> None:
    script = b"SELECT INBOX\nCREATE Copy\nCOPY 1 Copy\n\\compare INBOX Copy\nNOOP\n"
    run = imapsh("--demo", "-f", "-", "--format", "json", stdin=script)
    assert run.status == 1
    assert run.err == "imapsh: stdin:4: 1:INBOX and 1:Copy differ\n"
    assert b"NOOP" not in run.out


# -- what goes wrong


def listed(size: int, field: str = "Message-ID: <1@a>") -> str:
    header = f"BODY[HEADER.FIELDS (SUBJECT)] {{{len(field.encode()) + 4}}}\n{field}\n\n"
    date = "01-Feb-2026 12:00:00 +0000"
    return f'* 1 FETCH (UID 4 FLAGS () INTERNALDATE "{date}" RFC822.SIZE {size} {header})\nTAG OK done'


OPENED = "* 1 EXISTS\n* OK [UIDVALIDITY 7] valid\nTAG OK opened"
ANSWERS = {
    "LIST": '* LIST () "/" INBOX\n* LIST () "/" Gone\n* LIST () "/" Last\nTAG OK done',
    "EXAMINE Gone": "TAG NO [NONEXISTENT] it went away",
    "EXAMINE": OPENED,
    "UID SEARCH": "* SEARCH 4\nTAG OK done",
    "UID FETCH 4 (UID FLAGS": listed(9),
    "UID FETCH": "TAG NO [SERVERBUG] broken",
}


def test_a_mailbox_that_is_gone_is_told_and_the_rest_is_compared() -> None:
    app = scripted(ANSWERS)
    assert app.status("\\compare 1: 2:") == "NO"
    assert [line.split()[0] for line in app.shown[1:3]] == ["INBOX", "Last"]
    assert app.said[-1] == "Gone: EXAMINE was refused: NO [NONEXISTENT] it went away"


def test_a_message_that_cannot_be_read_is_told() -> None:
    app = scripted(ANSWERS, {**ANSWERS, "UID FETCH 4 (UID FLAGS": listed(10)})
    assert app.status("\\compare INBOX 2:INBOX") == "NO"
    told = "\n".join(app.shown)
    assert "not read  UID 4 here: " in told
    assert "not read  UID 4 there: " in told
    assert "SERVERBUG" in told
    assert "they differ: 2 not read" in app.said[-1]


def test_messages_that_the_server_does_not_describe_are_told() -> None:
    app = scripted({**ANSWERS, "UID SEARCH": "* SEARCH 4 6\nTAG OK done", "UID FETCH": listed(9)}, ANSWERS)
    assert app.status("\\compare INBOX 2:INBOX") == "NO"
    assert "  not read  UID 6 here: the server did not describe them" in app.shown


def test_a_hostile_name_and_subject_stay_text() -> None:
    evil = listed(9, "Subject: \x1b[2J\x9b..")
    app = scripted({**ANSWERS, "UID FETCH 4": evil}, {**ANSWERS, "EXAMINE": "* 0 EXISTS\nTAG OK opened"})
    app.status("\\compare ../../etc/passwd 2:x")
    assert "missing   UID 4" in "\n".join(app.shown)
    assert not any(character in "\n".join(app.shown) for character in "\x1b\x9b")


def test_a_mailbox_that_is_made_anew_meanwhile_is_not_compared_to_the_end() -> None:
    app = Twins()
    app.does("CREATE Copy").does("SELECT INBOX").does("COPY 1:* Copy")
    run = app.fake.run
    opened: list[str] = []

    async def changes(connection: object, exchange: Exchange, seconds: float | None = None) -> bool:
        opened.extend(["INBOX"] * ("EXAMINE INBOX" in exchange.shown.text()))
        if len(opened) == 2:
            app.box("1").uidvalidity = 9
        return await run(connection, exchange, seconds)  # type: ignore[arg-type]

    app.fake.run = changes  # type: ignore[method-assign]
    assert app.status("\\compare --content INBOX Copy") == "NO"
    assert "INBOX: UIDVALIDITY changed while it was compared" in app.said
    assert "  not read  11 messages in doubt" in app.shown


def interrupted(app: Twins, at: str, error: Exception) -> None:
    """Let a command that begins like this be interrupted."""
    run = app.fake.run

    async def stops(connection: object, exchange: Exchange, seconds: float | None = None) -> bool:
        if at in exchange.shown.text():
            raise error
        return await run(connection, exchange, seconds)  # type: ignore[arg-type]

    app.fake.run = stops  # type: ignore[method-assign]


def test_ctrl_c_keeps_what_was_found() -> None:
    app = Twins()
    app.does("EXAMINE Drafts")
    app.box("1").add(MAIL, NOON, ())
    interrupted(app, "EXAMINE Sent", Interrupted("interrupted"))
    with pytest.raises(Interrupted):
        app.status("\\compare 1: 2:")
    assert "  missing   UID 22  2026-02-01 12:00 +0000  New" in app.shown
    assert any(line.startswith("stopped: ") and "were not finished" in line for line in app.said)
    assert app.connection.box == "Drafts"
    assert app.progress is None


def test_ctrl_c_while_messages_are_read_says_how_many_were_not() -> None:
    app = Twins()
    app.box("1").add(MAIL, NOON, ())
    interrupted(app, "BODY.PEEK[])", Interrupted("interrupted"))
    with pytest.raises(Interrupted):
        app.status("\\compare --content INBOX 2:INBOX")
    assert "  not read  11 messages in doubt" in app.shown
    assert "1 missing, 11 not read" in app.said[0]


def test_the_end_of_a_connection_ends_it() -> None:
    app = scripted(ANSWERS, {"EXAMINE Last": "* BYE over", **ANSWERS})
    with pytest.raises(ServerBye):
        app.status("\\compare 1: 2:")
    assert [line.split()[0] for line in app.shown[2:4]] == ["INBOX", "no"]
    assert "no differences in what was compared" in app.said[0]


# -- real servers


def test_a_copy_from_dovecot_to_cyrus_by_imaplib(dovecot: Server, cyrus: Server, tmp_path: Path) -> None:
    """Cyrus keeps octets and moments, and gives dates in its own zone; what was changed on the way is told apart."""
    ours, theirs = dovecot.for_user(UNTOUCHED), cyrus.for_user("other")
    netrc = tmp_path / "netrc"
    netrc.write_text(
        "".join(f"machine {one.host} login {one.user} password {one.password}\n" for one in (ours, theirs))
    )
    netrc.chmod(0o600)
    copied = _copy(ours, theirs)
    lines = (f"\\connect -n b imap://{theirs.user}@{theirs.host}:{theirs.port}", "\\use 1", "\\format json",
             "\\compare --content INBOX b:INBOX.Compared")  # fmt: skip
    run = imapsh(
        *("--netrc", "--format", "json", f"imap://{ours.user}@{ours.host}:{ours.port}"),
        *(word for line in lines for word in ("-c", line)), env={"NETRC": str(netrc)},
    )  # fmt: skip
    told = next(one["value"] for one in map(json.loads, run.out.splitlines()) if one.get("name") == "compare")
    assert run.status == 1, run.err
    assert [one["uid"] for one in told["missing"]] == copied[:1]
    assert [(one["uid"], one["changes"]) for one in told["changed"]] == [
        (copied[1], ["flags: Later only there"]), (copied[2], ["body"])
    ]  # fmt: skip
    assert {one["uid"]: one["harmless"] for one in told["alike"]} == {
        copied[3]: ["headers added on the way (received)"]
    }  # fmt: skip
    assert (told["extra"], told["unread"], told["same"]) == ([], [], len(copied) - 4)


def _copy(ours: Server, theirs: Server) -> list[int]:
    """Copy INBOX as a script would, with four differences; return the UIDs there were."""
    source, target = imaplib.IMAP4(ours.host, ours.port), imaplib.IMAP4(theirs.host, theirs.port)
    source.login(ours.user, ours.password)
    target.login(theirs.user, theirs.password)
    target.create("INBOX.Compared")
    source.select("INBOX", readonly=True)
    uids = source.uid("SEARCH", "ALL")[1][0].split()
    for at, uid in enumerate(uids):
        head, octets = source.uid("FETCH", uid.decode(), "(FLAGS INTERNALDATE BODY.PEEK[])")[1][0]
        flags = [flag.decode() for flag in imaplib.ParseFlags(head) if flag != b"\\Recent"]
        found = re.search(rb'INTERNALDATE ("[^"]+")', head)
        assert found is not None
        date = found[1].decode()
        if at == 1:
            flags.append("Later")
        elif at == 2:
            octets += b"more\r\n"
        elif at == 3:
            octets = b"Received: by example.org\r\n" + octets
            date = imaplib.Time2Internaldate(_moment(date).astimezone(timezone(timedelta(hours=9))))
        if at:
            status, said = target.append("INBOX.Compared", f"({' '.join(flags)})", date, octets)
            assert status == "OK", said
    source.logout()
    target.logout()
    return [int(uid) for uid in uids]


def _moment(date: str) -> datetime:
    return datetime.strptime(date.strip('"').strip(), "%d-%b-%Y %H:%M:%S %z")


def test_messages_that_listings_cannot_tell_apart_are_the_same_in_any_order() -> None:
    app = Twins()
    other = MAIL.replace(b"new\r\n", b"old\r\n")
    for name, mails in (("1", (MAIL, other)), ("2", (other, MAIL))):
        for octets in mails:
            app.box(name).add(octets, NOON, ())
    assert app.status("\\compare INBOX 2:INBOX") == "OK"
    assert app.status("\\compare --content INBOX 2:INBOX") == "OK"
    assert "no differences; compared 13 by their octets" in app.said[-1]
