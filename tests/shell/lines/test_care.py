"""Care: what is asked before mail is lost, and what read-only mode sends and refuses."""

from __future__ import annotations

import re

import pytest

from imapsh import table
from imapsh.errors import UsageError
from imapsh.grammar.sequence import SequenceSet
from imapsh.session.events import Sent
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.connection.steps import Ask
from imapsh.shell.lines import care, measure
from imapsh.shell.settings.options import Options
from tests.shell.hosting import FakeApp, answering

QUESTION = r"; send it\? \[y/N\] "
LOST = ("EXPUNGE", "UID EXPUNGE", "CLOSE", "DELETE", "REPLACE")


def host_at(*answers: str | None, box: str = "INBOX", **options: object) -> FakeApp:
    """A host on the demo, this mailbox selected, nothing in INBOX marked as deleted."""
    host = FakeApp(*answers, connected=True, **options)
    if not host.session.read_only:
        host.does("SELECT INBOX").does(r"STORE 7 -FLAGS (\Deleted)")
    return host.does(f"SELECT {box}")


def sent(host: FakeApp) -> list[str]:
    """The commands that went out and were shown."""
    lines = [event.frame.text() for event in host.events if isinstance(event, Sent)]
    return [line.split(" ", 1)[1].rstrip() for line in lines]


def asked(host: FakeApp) -> list[str]:
    return [step.question for step in host.done if isinstance(step, Ask)]


# -- the questions


@pytest.mark.parametrize(
    ("before", "line", "question"),
    [
        (r"STORE 2,4 +FLAGS (\Deleted)", "EXPUNGE", r"EXPUNGE would remove 2 messages, [\d.]+ kB, oldest 20[\d-]+"),
        (r"STORE 2 +FLAGS (\Deleted)", "a1 expunge", r"EXPUNGE would remove 1 message, \d+ octets, of 20[\d-]+"),
        (r"STORE 2,4 +FLAGS (\Deleted)", "UID EXPUNGE 1:4", r"UID EXPUNGE would remove [12] messages?, .*"),
        (r"STORE 2 +FLAGS (\Deleted)", "CLOSE", "CLOSE would remove 1 message, .*"),
        ("", "DELETE Archive", r"DELETE would remove the mailbox Archive with \d+ messages?, [\d.]+ (kB|octets)"),
        ("CREATE Empty", "DELETE {5}\r\nEmpty", "DELETE would remove the mailbox Empty, which is empty"),
        ("CREATE Gr&APwA3w-e", "DELETE Gr&APwA3w-e", "DELETE would remove the mailbox Grüße, which is empty"),
        ("", "DELETE nowhere", "DELETE would lose the mailbox and every message in it"),
        ("", "RENAME inbox Old", r"RENAME would move 11 messages, [\d.]+ kB out of INBOX"),
        ("", r"STORE 1:* +FLAGS.SILENT (\Deleted)", r"STORE would mark 11 messages, .*, oldest .* as \\Deleted"),
        ("", r"UID STORE 1:* FLAGS \Deleted", r"UID STORE would mark 11 messages, .* as \\Deleted"),
        ("", "MOVE 1:11 Archive", "MOVE would move 11 messages, .*"),
        ("", "UID MOVE 1:* Archive", "UID MOVE would move 11 messages, .*"),
        ("", "REPLACE 2 Drafts {5}\r\nEmpty", r"REPLACE would remove 1 message, .* and put another in its place"),
    ],
)  # fmt: skip
def test_what_it_would_do_is_said_and_no_sends_nothing(before: str, line: str, question: str) -> None:
    host = host_at("n", "yes")
    if before:
        host.does(before)
    before_it = len(sent(host))
    with pytest.raises(UsageError, match="was not sent"):
        host.does(line)
    back = ", with no way back" * question.startswith(LOST)
    assert re.fullmatch(question + back + QUESTION, asked(host)[-1]), asked(host)
    assert len(sent(host)) == before_it
    host.does(line)
    assert [line.removeprefix("a1 ")] == [one.replace("{5}", "{5}\r\nEmpty") for one in sent(host)[before_it:]]


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("NOOP", "EXPUNGE"),
        ("NOOP", "CLOSE"),
        ("EXAMINE INBOX", "CLOSE"),
        ("NOOP", r"STORE 1 +FLAGS (\Deleted)"),
        ("NOOP", r"UID STORE 1:5 +FLAGS (\Deleted)"),
        ("NOOP", r"STORE 1:* +FLAGS (\Seen)"),
        ("NOOP", r"STORE 1:* -FLAGS (\Deleted)"),
        ("NOOP", "MOVE 1:3 Archive"),
        ("NOOP", "RENAME Archive Old"),
        ("CREATE Empty", "FETCH 1 FLAGS"),
        ("UNSELECT", "EXPUNGE"),
    ],
)
def test_what_loses_nothing_is_not_asked_about(before: str, line: str) -> None:
    host = host_at().does(before).does(line)
    assert asked(host) == []
    assert sent(host)[-1] == line


def test_many_is_what_the_option_says() -> None:
    host = host_at("y", "y", "y", many=3)
    host.does(r"STORE 1:3 +FLAGS (\Seen)")
    assert asked(host) == []
    host.does(r"STORE 1:4 -FLAGS (\Seen)").does("UID STORE 1:* +FLAGS (x)").does("MOVE 1:4 Archive")
    assert [question.split(",")[0] for question in asked(host)] == [
        "STORE would change the flags of 4 messages",
        "UID STORE would change the flags of 11 messages",
        "MOVE would move 4 messages",
    ]


def test_uids_that_are_few_are_not_asked_about_though_the_set_spans_many() -> None:
    host = host_at(many=3)
    host.does("UID STORE 20:4000 +FLAGS (x)")
    assert asked(host) == []
    assert sent(host)[-1].startswith("UID STORE")


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("EXPUNGE", r"EXPUNGE would lose every message marked \Deleted in the selected mailbox"),
        ("DELETE Archive", "DELETE would lose the mailbox and every message in it"),
        ("RENAME INBOX Old", "RENAME would move every message out of INBOX"),
        ("MOVE 1:* Archive", "MOVE would move up to 11 messages"),
        ("UID MOVE 1:* Archive", "UID MOVE would move up to 11 messages"),
    ],
)
def test_with_no_ask_the_question_comes_without_numbers(line: str, question: str) -> None:
    host = host_at("", no_ask=True)
    with pytest.raises(UsageError):
        host.does(line)
    back = ", with no way back" * question.startswith(LOST)
    assert asked(host) == [f"{question}{back}; send it? [y/N] "]


def test_yes_and_safe_off_ask_nothing() -> None:
    host = host_at(yes=True).does("MOVE 1:* Archive")
    assert asked(host) == []
    host.does("\\safe on").does("\\safe")
    assert "safe: on" in host.text
    host.answers = [None]
    with pytest.raises(UsageError, match="DELETE was not sent"):
        host.does("DELETE Archive")
    host.does("\\safe off").does("DELETE Archive")
    assert "safe: off" in host.text
    with pytest.raises(UsageError, match="on or off"):
        host.does("\\safe perhaps")


def test_where_nobody_is_there_nobody_is_asked() -> None:
    host = host_at().does(r"STORE 1 +FLAGS (\Deleted)")
    host.fake.attended = False
    host.does("EXPUNGE").does("\\safe")
    assert asked(host) == []
    assert "there is no terminal to ask at" in host.text


def test_a_row_that_only_destroys_asks_with_its_phrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the table learns later is guarded."""
    row = table.commands()["NOOP"]._replace(name="XZAP", destroys="all there is")
    rows = table.commands()
    assert isinstance(rows, table.Rows)
    monkeypatch.setattr(rows, "held", {**rows.held, "XZAP": row})
    host = host_at("n")
    with pytest.raises(UsageError, match="XZAP was not sent"):
        host.does("XZAP")
    assert asked(host) == ["XZAP would lose all there is, with no way back; send it? [y/N] "]


def test_every_guard_of_the_table_is_known() -> None:
    rows = table.commands().values()
    assert {row.guard for row in rows if row.guard} == set(care._GUARDS)
    assert all(row.changes for row in rows if row.guard)
    assert {row.name for row in rows if row.destroys and not row.guard} == set()


# -- the queries


def served(answers: dict[str, str], capabilities: str = "IMAP4rev1") -> FakeApp:
    host = FakeApp()
    host.talks_over(answering(answers, capabilities), make_plan(Options(url="unix:/server", no_login=True)))
    return host.does("SELECT INBOX")


SELECTED = "* 9 EXISTS\nTAG OK [READ-WRITE] done"


@pytest.mark.parametrize(
    ("capabilities", "answer"),
    [
        ("IMAP4rev1", {"UID SEARCH DELETED": "* SEARCH 7 3 4\nTAG OK done"}),
        ("IMAP4rev1 ESEARCH", {"UID SEARCH RETURN (ALL) DELETED": '* ESEARCH (TAG "TAG") UID ALL 3:4,7\nTAG OK done'}),
        ("IMAP4rev2", {"UID SEARCH RETURN (ALL) DELETED": '* ESEARCH (TAG "TAG") UID ALL 3:4,7\nTAG OK done'}),
    ],
)
def test_servers_old_and_new_are_asked(capabilities: str, answer: dict[str, str]) -> None:
    fetched = (
        '* 1 FETCH (UID 3 RFC822.SIZE 4000000 INTERNALDATE "17-Jul-2020 02:44:25 -0700")\n'
        '* 2 FETCH (UID 4 RFC822.SIZE 200000 INTERNALDATE " 1-Feb-2019 02:44:25 -0700")\n'
        "* 5 FETCH (UID 7 RFC822.SIZE 9)\nTAG OK done"
    )
    host = served({"SELECT": SELECTED, **answer, "UID FETCH 3:4,7 (RFC822.SIZE INTERNALDATE)": fetched}, capabilities)
    host.answers = ["y"]
    host.does("EXPUNGE")
    assert asked(host) == [
        "EXPUNGE would remove 3 messages, 4.2 MB, oldest 2019-02-01, with no way back; send it? [y/N] "
    ]


@pytest.mark.parametrize(
    ("answers", "question"),
    [
        ({"UID SEARCH": "TAG NO not now"}, r"lose every message marked \Deleted in the selected mailbox"),
        ({"UID SEARCH": "TAG OK and not a word"}, r"lose every message marked \Deleted in the selected mailbox"),
        ({"UID SEARCH": "* SEARCH 4 5\nTAG OK", "UID FETCH": "TAG BAD what"}, "remove 2 messages"),
    ],
)
def test_a_server_that_does_not_say_gets_the_question_asked_without(answers: dict[str, str], question: str) -> None:
    host = served({"SELECT": SELECTED, **answers})
    host.answers = ["n"]
    with pytest.raises(UsageError):
        host.does("EXPUNGE")
    assert asked(host) == [f"EXPUNGE would {question}, with no way back; send it? [y/N] "]


def test_very_many_are_only_counted_and_long_sets_are_asked_about_in_parts() -> None:
    numbers = " ".join(map(str, range(1, 120_000, 2)))
    answers = {"SELECT": "* 200000 EXISTS\nTAG OK [READ-WRITE] done", "UID SEARCH": f"* SEARCH {numbers}\nTAG OK done"}
    host = served(answers)
    host.answers = ["n", "n"]
    for line in ("EXPUNGE", "MOVE 1:* Old"):
        with pytest.raises(UsageError):
            host.does(line)
    assert asked(host) == [
        "EXPUNGE would remove 60,000 messages, with no way back; send it? [y/N] ",
        "MOVE would move 200,000 messages; send it? [y/N] ",
    ]
    parts = list(SequenceSet.of(range(1, 10_000, 2)).pieces(measure._LINE))
    assert [number for part in parts for number in part.numbers(0)] == list(range(1, 10_000, 2))
    assert max(len(str(part)) for part in parts) < 8000


# -- read-only mode


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("select INBOX", "EXAMINE INBOX"),
        ("a7 SELECT INBOX", "EXAMINE INBOX"),
        ("FETCH 1 BODY[]", "FETCH 1 BODY.PEEK[]"),
        (
            "FETCH 1 (FLAGS body[1.2.HEADER]<0.9> BODY[TEXT])",
            "FETCH 1 (FLAGS BODY.PEEK[1.2.HEADER]<0.9> BODY.PEEK[TEXT])",
        ),
        ("UID FETCH 2 (RFC822 RFC822.TEXT RFC822.SIZE)", "UID FETCH 2 (BODY.PEEK[] BODY.PEEK[TEXT] RFC822.SIZE)"),
        ("FETCH 1 BINARY[1]", "FETCH 1 BINARY.PEEK[1]"),
        ("FETCH 1 (BODY BODY.PEEK[] RFC822.HEADER)", "FETCH 1 (BODY BODY.PEEK[] RFC822.HEADER)"),
    ],
)
def test_read_only_mode_sends_what_changes_nothing_and_says_so(line: str, instead: str) -> None:
    host = host_at(box="INBOX", read_only=True)
    assert sent(host)[-1] == "EXAMINE INBOX"
    host.said.clear()
    host.does(line)
    assert sent(host)[-1] == instead
    assert ("read-only mode sends" in host.text) is (instead not in line)


@pytest.mark.parametrize("line", ["EXPUNGE", "a1 EXPUNGE", "XZAP everything", "\\raw x EXPUNGE\\r\\n", "UID MOVE 1 x"])
def test_read_only_mode_refuses_what_changes_mail_or_cannot_be_told(line: str) -> None:
    host = host_at(read_only=True)
    with pytest.raises(UsageError, match="read-only mode is on"):
        host.does(line)
    assert sent(host)[-1] == "EXAMINE INBOX"


def test_read_only_mode_is_switched() -> None:
    host = host_at("y").does("\\readonly on")
    assert "INBOX stays open for writing until EXAMINE opens it again" in host.text
    host.does("FETCH 1 BODY[TEXT]<0.1>").does("\\readonly")
    assert sent(host)[-1] == "FETCH 1 BODY.PEEK[TEXT]<0.1>"
    for line in ("DELETE Archive", "FETCH 1 (BODY[] XNONE)"):
        with pytest.raises(UsageError, match="read-only mode is on"):
            host.does(line)
    host.does("SELECT INBOX").does("\\connect")
    assert host.session.read_only
    assert sent(host)[-1] == "EXAMINE INBOX"
    host.does("\\readonly off").does("FETCH 1 (BODY[]")
    assert "INBOX stays open read-only until SELECT opens it again" in host.text
    assert sent(host)[-1] == "FETCH 1 (BODY[]"


def test_what_sets_seen_and_what_read_only_mode_replaces_is_said_while_one_types() -> None:
    def advice(host: FakeApp, line: str) -> list[str]:
        return [problem.message for problem in host.match(line).errors if problem.severity == "advice"]

    host = host_at()
    assert advice(host, "FETCH 1 (FLAGS BODY[])") == [r"BODY[ sets \Seen; BODY.PEEK[ does not"]
    assert advice(host, "FETCH 1 BODY.PEEK[]") == advice(host, "SELECT INBOX") == []
    assert advice(host.does("EXAMINE INBOX"), "FETCH 1 (FLAGS BODY[])") == []
    host.does("\\readonly on")
    assert advice(host, "FETCH 1 RFC822.TEXT") == ["read-only mode sends BODY.PEEK[TEXT] in place of RFC822.TEXT"]
    assert advice(host, "SELECT x") == ["read-only mode sends EXAMINE in place of SELECT"]


#: All commands that change mail, mailboxes, or what is kept beside them.  Every other one is for reading, or for the
#: session itself: none of these may be refused.
CHANGING = set(
    "APPEND CLOSE COPY CREATE DELETE DELETEACL EXPUNGE MOVE RENAME REPLACE RESETKEY SETACL SETANNOTATION SETMETADATA "
    "SETQUOTA STORE SUBSCRIBE UNSUBSCRIBE RECONSTRUCT XFER".split()
) | {f"UID {name}" for name in ("COPY", "EXPUNGE", "MOVE", "REPLACE", "STORE")}


def test_what_changes_something() -> None:
    assert {row.name for row in table.commands().values() if row.changes} == CHANGING


@pytest.fixture(scope="module")
def reader() -> FakeApp:
    return host_at(read_only=True)


@pytest.mark.parametrize("row", table.commands().values(), ids=lambda row: row.name)
def test_read_only_mode_over_the_table(reader: FakeApp, row: table.Command) -> None:
    """What the row says changes nothing passes, as it is or in the form that changes nothing."""
    found = reader.match(row.example)
    assert found.command is row
    if row.changes:
        with pytest.raises(UsageError, match="changes mail or mailboxes"):
            care.gently(reader, found)
        return
    passed = care.gently(reader, found)
    assert passed.command is not None
    assert passed.command.name == (row.harmless or row.name)
    assert not passed.harmless


ITEMS = [row for row in table.names("fetch-item").values() if not row.name.startswith("<")]


@pytest.mark.parametrize("row", ITEMS, ids=lambda row: row.name)
def test_no_item_that_passes_sets_a_flag(reader: FakeApp, row: table.Name) -> None:
    r"""An item that sets \Seen, as its summary says, is sent in a form that does not."""
    assert bool(row.harmless) == ("sets \\Seen" in row.summary or row.name in ("RFC822", "RFC822.TEXT"))
    passed = care.gently(reader, reader.match(f"UID FETCH 1 ({row.example})"))
    assert passed.complete
    assert not passed.harmless
