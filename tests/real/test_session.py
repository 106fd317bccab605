"""One session, from login to logout, on each real server and the built-in demo server; the values are checked."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import Address, AppendUid, CopyUid
from imapsh.grammar.writer import Writer
from imapsh.session.events import Received
from tests.servers.seed import EIGHT_BIT, MULTIPART, PLAIN

from .visitor import Visitor

NAME = "Grüße & 日本"
WHEN = "05-Feb-2024 09:00:05 +0100"
MAIL = (PLAIN, EIGHT_BIT, MULTIPART)


def numbers_of(uids: SequenceSet) -> list[int]:
    return list(uids.numbers((1 << 32) - 1))


def test_session(visitor: Visitor) -> None:
    box = visitor.server.prefix + NAME + " " + visitor.way
    create(visitor, box)
    append(visitor, box)
    select(visitor, box)
    if visitor.server.name == "mailutils":  # it drops the flags and date of APPEND, and breaks off in BODYSTRUCTURE
        store(visitor)
        visitor.do("EXPUNGE")
    else:
        fetch(visitor)
        fetch_sections(visitor)
        search(visitor)
        store(visitor)
        copy_and_move(visitor, box)
        idle(visitor, box)
        expunge(visitor)
    finish(visitor, box)


def create(visitor: Visitor, box: str) -> None:
    listed = visitor.do('LIST "" "*"')
    assert "INBOX" in [value.mailbox for value in visitor.got(listed, "LIST")]
    assert all(value.delimiter in (visitor.server.separator, None) for value in visitor.got(listed, "LIST"))
    assert box not in [value.mailbox for value in visitor.got(listed, "LIST")]
    visitor.send("CREATE", Writer().mailbox(box))
    listed = visitor.send("LIST", Writer().raw('"" ').mailbox(box))
    (found,) = visitor.got(listed, "LIST")
    assert found.mailbox == box


def append(visitor: Visitor, box: str) -> None:
    for octets in MAIL:
        arguments = Writer().mailbox(box).raw(" ").flags(["\\Seen", "\\Flagged"]).raw(f' "{WHEN}" ').literal(octets)
        exchange = visitor.send("APPEND", arguments)
        if visitor.has("UIDPLUS"):
            code = visitor.code(exchange)
            assert code.name == "APPENDUID"
            assert isinstance(code.arg, AppendUid)
            assert len(numbers_of(code.arg.uids)) == 1


def select(visitor: Visitor, box: str) -> None:
    exchange = visitor.send("SELECT", Writer().mailbox(box))
    mailbox = visitor.session.mailbox
    assert mailbox is not None
    assert (mailbox.name, mailbox.exists, mailbox.read_only) == (box, 3, False)
    assert mailbox.uidvalidity
    assert {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"} <= set(mailbox.flags)
    assert mailbox.permanent_flags is not None
    assert "\\Seen" in mailbox.permanent_flags
    assert exchange.changes[-1] == "authenticated -> selected"


def fetch(visitor: Visitor) -> None:
    exchange = visitor.do("FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)")
    found = visitor.got(exchange, "FETCH")
    assert [value.seq for value in found] == [1, 2, 3]
    mailbox = visitor.session.mailbox
    assert mailbox is not None
    assert [value.items["UID"] for value in found] == [mailbox.uid_of(number) for number in (1, 2, 3)]
    for value, octets in zip(found, MAIL, strict=True):
        assert set(value.items["FLAGS"]) - {"\\Recent"} == {"\\Seen", "\\Flagged"}
        assert value.items["RFC822.SIZE"] == len(octets)
        date = datetime.strptime(value.items["INTERNALDATE"].strip(), "%d-%b-%Y %H:%M:%S %z")
        assert date == datetime(2024, 2, 5, 9, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    first, _, last = (value.items["ENVELOPE"] for value in found)
    assert (first.subject, first.message_id) == ("Plain message", "<plain@example.test>")
    assert first.from_ == (Address("Alice Example", None, "alice", "example.test"),)
    assert first.reply_to == first.sender == first.from_
    assert (first.cc, first.in_reply_to) == (None, None)
    assert (last.subject, last.to) == ("Report with attachment", (Address(None, None, "demo", "example.test"),))
    plain, _, whole = (value.items["BODYSTRUCTURE"] for value in found)
    assert plain.outline() == "text/plain"
    assert plain.size == len(PLAIN.partition(b"\r\n\r\n")[2])
    assert whole.outline() == (
        "multipart/mixed[multipart/alternative[text/plain,text/html],text/csv,message/rfc822[text/plain]]"
    )
    assert whole.params == {"boundary": "outer=_1"}
    disposition, names = whole.parts[1].disposition
    assert (disposition.lower(), names) == ("attachment", {"filename": "data.csv"})
    assert whole.parts[2].envelope.subject == "Inner message"
    language = whole.parts[0].parts[0].language
    assert language is None or [tag.lower() for tag in language] == ["en"]  # Courier does not say


def fetch_sections(visitor: Visitor) -> None:
    exchange = visitor.do(
        "UID FETCH 1:* (BODY.PEEK[] BODY.PEEK[TEXT]<5.20> BODY.PEEK[HEADER.FIELDS (Subject FROM)] BODY.PEEK[1])"
    )
    found = visitor.got(exchange, "FETCH")
    assert len(found) == 3
    for value, octets in zip(found, MAIL, strict=True):
        header, _, text = octets.partition(b"\r\n\r\n")
        assert value.items["BODY[]"] == octets
        assert value.items["BODY[TEXT]<5>"] == text[5:25]
        (fields,) = [data for item, data in value.items.items() if "HEADER.FIELDS" in item]  # Courier quotes the names
        due = [line for line in header.split(b"\r\n") if line.startswith((b"Subject:", b"From:"))]
        assert sorted(fields.split(b"\r\n")) == sorted([*due, b"", b""])
    assert found[0].items["BODY[1]"] == PLAIN.partition(b"\r\n\r\n")[2]
    exchange = visitor.do(
        "FETCH 3 (BODY.PEEK[1.1] BODY.PEEK[2.MIME] BODY.PEEK[3.HEADER] BODY.PEEK[3.TEXT] BODY.PEEK[7])"
    )
    items = visitor.got(exchange, "FETCH")[0].items
    assert items["BODY[1.1]"].rstrip() == b"See the attached r=C3=A9sum=C3=A9."
    assert b'text/csv; name="data.csv"' in items["BODY[2.MIME]"]
    assert b"Subject: Inner message\r\n" in items["BODY[3.HEADER]"]
    assert items["BODY[3.TEXT]"].rstrip() == b"Inner body."
    assert not items.get("BODY[7]")


def numbers(visitor: Visitor, line: str) -> list[int]:
    found = visitor.got(visitor.do(line), "SEARCH")
    return sorted(number for value in found for number in value.ids)


def search(visitor: Visitor) -> None:
    assert numbers(visitor, 'SEARCH SUBJECT "Plain"') == [1]
    assert numbers(visitor, "SEARCH FLAGGED") == [1, 2, 3]
    assert numbers(visitor, "SEARCH DELETED") == []
    assert numbers(visitor, "SEARCH OR FROM alice FROM carol LARGER 10") == [1, 3]
    assert numbers(visitor, "SEARCH BEFORE 1-Feb-2024") == []
    exchange = visitor.send("SEARCH", Writer().raw("CHARSET UTF-8 BODY ").literal("Grüße".encode()))
    assert [value.ids for value in visitor.got(exchange, "SEARCH")] == [(2,)]
    if visitor.has("ESEARCH"):
        exchange = visitor.do("UID SEARCH RETURN (MIN MAX COUNT ALL) ALL")
        (value,) = visitor.got(exchange, "ESEARCH")
        mailbox = visitor.session.mailbox
        assert mailbox is not None
        assert (value.tag, value.uid, value.items["COUNT"]) == (exchange.tag, True, 3)
        assert numbers_of(value.items["ALL"]) == [mailbox.uid_of(number) for number in (1, 2, 3)]


def store(visitor: Visitor) -> None:
    found = visitor.got(visitor.do(r"STORE 1:2 +FLAGS (\Deleted)"), "FETCH")
    assert sorted(value.seq for value in found) == [1, 2]
    assert all("\\Deleted" in value.items["FLAGS"] for value in found)
    told = visitor.got(visitor.do(r"STORE 2 -FLAGS.SILENT (\Deleted)"), "FETCH")
    assert [value.seq for value in told] == ([2] if visitor.server.name == "cyrus" else [])
    assert numbers(visitor, "SEARCH DELETED") == [1]


def copy_and_move(visitor: Visitor, box: str) -> None:
    exchange = visitor.send("COPY", Writer().raw("2:3 ").mailbox(box))
    if visitor.has("UIDPLUS"):
        mailbox = visitor.session.mailbox
        assert mailbox is not None
        code = visitor.code(exchange)
        assert isinstance(code.arg, CopyUid)
        assert code.arg.uidvalidity == mailbox.uidvalidity
        assert numbers_of(code.arg.source) == [mailbox.uid_of(2), mailbox.uid_of(3)]
    visitor.do("NOOP")
    assert visitor.session.mailbox is not None
    assert visitor.session.mailbox.exists == 5
    exchange = visitor.send("COPY", Writer().raw("2 ").mailbox(box + " no such"), "NO")
    assert visitor.code(exchange).name in ("TRYCREATE", "NONEXISTENT")
    if visitor.has("MOVE"):
        away = f"{box} moved"
        visitor.send("CREATE", Writer().mailbox(away))
        exchange = visitor.send("MOVE", Writer().raw("5 ").mailbox(away))
        assert [value.seq for value in visitor.got(exchange, "EXPUNGE")] == [5]
        assert visitor.session.mailbox.exists == 4
        visitor.send("DELETE", Writer().mailbox(away))


def idle(visitor: Visitor, box: str) -> None:
    """A second connection appends, and the first hears of it without asking."""
    mailbox, session = visitor.session.mailbox, visitor.session
    assert mailbox is not None
    assert mailbox.exists is not None
    if not visitor.has("IDLE"):
        return
    before = mailbox.exists
    exchange = session.line("IDLE")
    while not session.idling:
        visitor.client.pump()
    other = Visitor(visitor.server, visitor.way)
    other.send("APPEND", Writer().mailbox(box).raw(" ").literal(PLAIN))
    while mailbox.exists == before:
        visitor.client.pump()
    session.done()
    visitor.client.run(exchange)
    other.do("LOGOUT")
    assert exchange.status == "OK"
    assert mailbox.exists == before + 1
    pushed = [event for event in visitor.events if isinstance(event, Received) and event.exchange is exchange]
    assert [event.unsolicited for event in pushed if event.response.name == "EXISTS"] == [True]
    assert not other.wrong()


def expunge(visitor: Visitor) -> None:
    mailbox = visitor.session.mailbox
    assert mailbox is not None
    assert mailbox.exists is not None
    second, before = mailbox.uid_of(2), mailbox.exists
    exchange = visitor.do("EXPUNGE")
    assert [value.seq for value in visitor.got(exchange, "EXPUNGE")] == [1]
    assert mailbox.exists == before - 1
    assert mailbox.uid_of(1) == second
    (value,) = visitor.got(visitor.do("FETCH 1 UID"), "FETCH")
    assert value.items["UID"] == second


def finish(visitor: Visitor, box: str) -> None:
    mailbox = visitor.session.mailbox
    assert mailbox is not None
    exists = mailbox.exists
    visitor.do("CLOSE")
    assert visitor.session.mailbox is None
    exchange = visitor.send("STATUS", Writer().mailbox(box).raw(" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)"))
    (value,) = visitor.got(exchange, "STATUS")
    assert value.mailbox == box
    assert value.items["MESSAGES"] == exists
    assert value.items["UIDVALIDITY"] == mailbox.uidvalidity
    visitor.send("DELETE", Writer().mailbox(box))
    visitor.send("SELECT", Writer().mailbox(box), "NO")
    visitor.do("LOGOUT")
    assert visitor.session.closed


def test_examine(visitor: Visitor) -> None:
    """INBOX, for reading only."""
    exchange = visitor.do("EXAMINE INBOX")
    mailbox = visitor.session.mailbox
    assert mailbox is not None
    assert mailbox.read_only
    assert visitor.code(exchange).name == "READ-ONLY"
    found = visitor.got(visitor.do("FETCH 1:2 (UID)"), "FETCH")
    assert [value.items["UID"] for value in found] == [mailbox.uid_of(1), mailbox.uid_of(2)]
    visitor.do("LOGOUT")
