r"""Expectations: their grammar, what they look at, and a batch that stops or goes on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.shell.expectation import OPERATORS, SUBJECTS, Expectation, details, parse
from tests.servers.base import Server
from tests.shell.hosting import FakeApp
from tests.shell.running import GREETING, imapsh, listening, says, url

ROOT = Path(__file__).parents[2]


def script(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def demo(*lines: str, words: tuple[str, ...] = ()) -> tuple[int, str]:
    """The exit status and stderr of a script on the demo server."""
    done = imapsh("--demo", *words, stdin=script(*lines))
    return done.status, done.err


# -- the grammar


@pytest.mark.parametrize(
    ("text", "subject", "parts"),
    [
        ("OK", "OK", {}),
        ("no", "NO", {}),
        ("NO [TRYCREATE]", "NO", {"field": "[TRYCREATE]"}),
        ("bad", "BAD", {}),
        ("NO ~ quota", "NO", {"operator": "~", "value": "quota"}),
        ("[COPYUID] ~ ^17", "[CODE]", {"field": "[COPYUID]", "operator": "~", "value": "^17"}),
        ("no OK", "OK", {"negated": True}),
        ("no violations", "violations", {"negated": True}),
        ("violations resp-text = 2", "violations", {"name": "resp-text", "operator": "=", "value": "2"}),
        ("untagged EXISTS >= 1", "untagged", {"name": "EXISTS", "operator": ">=", "value": "1"}),
        ("no untagged EXPUNGE", "untagged", {"negated": True, "name": "EXPUNGE"}),
        ("untagged FETCH FLAGS ~ \\\\Seen", "untagged",
         {"name": "FETCH", "field": "FLAGS", "operator": "~", "value": "\\\\Seen"}),
        ("untagged FETCH BODY[HEADER.FIELDS (SUBJECT)] !~ a = b", "untagged",
         {"name": "FETCH", "field": "BODY[HEADER.FIELDS (SUBJECT)]", "operator": "!~", "value": "a = b"}),
        ("untagged LIST attrs !=", "untagged", {"name": "LIST", "field": "attrs", "operator": "!=", "value": ""}),
        ("state selected", "state", {"operator": "=", "value": "selected"}),
        ("state != selected", "state", {"operator": "!=", "value": "selected"}),
        ("mailbox Some Where", "mailbox", {"operator": "=", "value": "Some Where"}),
        ("Time < 0.5", "time", {"operator": "<", "value": "0.5"}),
    ],
)  # fmt: skip
def test_the_grammar(text: str, subject: str, parts: dict[str, str]) -> None:
    assert parse(text) == Expectation(text, subject, **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "needs an expectation"),
        ("untaged EXISTS", "did you mean untagged"),
        ("OKAY", "did you mean OK"),
        ("xyzzy", "unknown expectation 'xyzzy'"),
        ("untagged", r"the form is \\expect untagged NAME"),
        ("count FETCH", r"the form is \\expect count NAME"),
        ("count FETCH FLAGS = 1", "the form is"),
        ("bytes", "as in .expect bytes < 10000"),
        ("bytes 5", "the form is"),
        ("bytes <", "the form is"),
        ("state", "the form is"),
        ("capability", "the form is"),
        ("capability IDLE = 3", "the form is"),
        ("OK TRYCREATE", "the form is"),
        ("OK [TRY CREATE]", "the form is"),
        ("untagged EXISTS > many", "compares numbers"),
        ("text ~ (", "is not a regular expression"),
    ],
)
def test_what_is_no_expectation(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse(text)


def test_each_row_says_how_and_its_example_reads() -> None:
    told = details()
    for name, row in SUBJECTS.items():
        made = parse(row.example)
        assert SUBJECTS[made.subject].check == row.check, name
        assert row.syntax in told
        assert row.example in told
    assert all(f"    {operator} " in told for operator in OPERATORS)


@pytest.mark.parametrize(
    ("seen", "operator", "value", "holds"),
    [
        ("3", "=", "3.0", True), ("3", "=", "4", False), ("a", "=", "a", True), ("a", "=", "A", False),
        ("a", "!=", "b", True), ("3", "!=", "3", False), ("10", ">", "9", True), ("10", "<", "9", False),
        ("9", ">=", "9", True), ("9", "<=", "8.5", False), ("many", ">", "1", False), ("NIL", "<", "1", False),
        ("a b", "~", "b$", True), ("a b", "!~", "b$", False), ("nan", "=", "nan", True),
    ],
)  # fmt: skip
def test_comparing(seen: str, operator: str, value: str, holds: bool) -> None:
    assert Expectation("", "text", operator=operator, value=value).compares(seen) is holds


# -- what they look at, on the demo's inbox


@pytest.fixture
def inbox() -> FakeApp:
    return FakeApp(connected=True).does("SELECT INBOX")


def said(host: FakeApp, line: str) -> str:
    host.said.clear()
    host.does(f"\\expect {line}")
    return host.text


@pytest.mark.parametrize(
    "line",
    [
        "OK", "OK [READ-WRITE]", "[READ-WRITE]", "no NO", "no OK [READ-ONLY]", "text = opened", "OK ~ opened$",
        "untagged EXISTS = 11", "untagged EXISTS", "untagged OK [UIDNEXT] = 22", "untagged ok [uidvalidity] > 1",
        "untagged FLAGS ~ \\\\Seen", "untagged FLAGS flags ~ \\$Work", "count OK = 6", "count EXPUNGE = 0",
        "no untagged EXPUNGE", "state selected", "no state logout", "mailbox INBOX", "mailbox != Sent",
        "capability idle", "no capability X-NONE", "bytes > 100", "time < 60", "no violations", "no findings",
        "violations = 0",
    ],
)  # fmt: skip
def test_met(inbox: FakeApp, line: str) -> None:
    assert said(inbox, line) == f"  ok, {line}"
    assert inbox.tally.failed == 0


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("NO [TRYCREATE]", "the reply to SELECT was OK [READ-WRITE] opened"),
        ("OK [READ-ONLY]", "the reply to SELECT was OK [READ-WRITE] opened"),
        ("untagged EXISTS > 11", "EXISTS was 11"),
        ("untagged OK [NOMODSEQ]", "none of 6 untagged OK has [NOMODSEQ]"),
        ("untagged EXPUNGE", "there was no untagged EXPUNGE"),
        ("no untagged EXISTS", "EXISTS was 11"),
        ("count EXISTS = 2", "the number of untagged EXISTS was 1"),
        ("state authenticated", "the state is selected"),
        ("mailbox Sent", "the mailbox is INBOX"),
        ("capability X-NONE", "X-NONE is not among the capabilities"),
        ("text ~ ^closed", "the reply's text was 'opened'"),
        ("time < 0", "SELECT took 0.0"),
        ("violations", "there were no violations of the grammar"),
        ("findings > 0", "there were no findings of conduct"),
    ],
)
def test_not_met(inbox: FakeApp, line: str, seen: str) -> None:
    assert said(inbox, line).startswith(f"not ok: expected {line}, but {seen}")
    assert inbox.tally.failed == 1


def test_the_items_of_fetch_and_the_fields_of_others(inbox: FakeApp) -> None:
    inbox.does("FETCH 1:3 (UID FLAGS ENVELOPE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (Subject)] BODYSTRUCTURE)")
    for line in (
        "count FETCH = 3", "untagged FETCH UID = 6", "untagged FETCH RFC822.SIZE = 655", "untagged FETCH seq = 2",
        "untagged FETCH envelope.subject = Welcome aboard", "untagged FETCH ENVELOPE.FROM ~ master",
        "untagged FETCH BODY[HEADER.FIELDS (SUBJECT)] ~ Welcome", "untagged FETCH structure.encoding = 7bit",
        "untagged FETCH envelope.cc = NIL",
    ):  # fmt: skip
        assert said(inbox, line).startswith("  ok, "), line
    assert said(inbox, "untagged FETCH UID > 100").endswith("FETCH UID was 1, 3, 6")
    assert said(inbox, "untagged FETCH MODSEQ").endswith("none of 3 untagged FETCH has MODSEQ")
    inbox.does("STATUS Archive (MESSAGES)")
    assert said(inbox, "untagged STATUS messages > 200").startswith("  ok")
    assert said(inbox, "untagged STATUS = Archive (MESSAGES 240)").startswith("  ok")
    inbox.does("FETCH 1:11 UID")
    assert said(inbox, "untagged FETCH UID > 100").endswith("FETCH UID was 1, 3, 6 and 8 more")


def test_what_breaks_the_grammar_and_conduct() -> None:
    answer = b"* 3 EXISTS \r\n* FOO bar\r\n* 0 FETCH (FLAGS ())\r\n* 1 EXPUNGE\r\nTAG OK [X-Y zz] done\r\n"
    lines = ["FETCH 1 FLAGS", "\\expect no violations", "\\expect violations > 0", "\\expect findings expunge-time",
             "\\expect [X-Y] = zz", "\\expect untagged FOO = bar", "\\expect findings fault = 4",
             "\\expect no findings notice"]  # fmt: skip
    with listening(says(answer, greeting=GREETING)) as port:
        done = imapsh(url(port), "--no-login", "--no-ask", "--keep-going", stdin=script(*lines))
    assert done.status == 1, done.err
    assert "stdin:2: not ok: expected no violations, but there were " in done.err
    assert done.err.count("not ok") == 1, done.err


def test_there_must_be_something_to_look_at() -> None:
    host = FakeApp()
    with pytest.raises(UsageError, match="no exchange yet"):
        host.does("\\expect OK")
    with pytest.raises(UsageError, match="not connected"):
        host.does("\\expect capability IDLE")
    assert said(host, "state selected").endswith("the state is not connected")


def test_fail_name_and_skip(inbox: FakeApp) -> None:
    inbox.does("\\name opened").does("\\fail out of reach")
    assert inbox.text.endswith("not ok: out of reach")
    inbox.does("\\skip a known fault").does("\\expect NO")
    assert inbox.text.endswith("  ok, skipped: a known fault")
    assert said(inbox, "OK") == "  ok, opened: OK"
    assert (inbox.tally.judged, inbox.tally.failed) == (3, 1)


# -- a batch


def test_a_reply_that_is_expected_is_no_fault() -> None:
    assert demo("SELECT nowhere", "", "\\name x", "\\skip y", "\\expect NO", "NOOP") == (0, "")
    assert demo("SELECT nowhere", "\\expect NO") == (0, "")
    assert demo("NOSUCH", "\\expect BAD")[0] == 0


def test_a_reply_that_is_not_expected_ends_it_as_before() -> None:
    status, err = demo("SELECT nowhere", "\\name x", "NOOP", "\\fail this was reached")
    assert (status, err) == (1, "imapsh: SELECT nowhere: NO [NONEXISTENT] mailbox 'nowhere' does not exist\n")
    assert demo("NOSUCH", "\\name x")[0] == 3


def test_what_is_not_met_ends_it_and_says_where(tmp_path: Path) -> None:
    path = tmp_path / "some.imapsh"
    path.write_text("APPEND Drafts {5}\na\n\nb\n\nSELECT INBOX\n\\expect NO [TRYCREATE]\n\\fail this was reached\n")
    done = imapsh("--demo", "-f", str(path))
    assert done.status == 1
    assert done.err == (
        f"imapsh: {path}:7: not ok: expected NO [TRYCREATE], but the reply to SELECT was OK [READ-WRITE] opened\n"
    )


def test_keep_going_counts() -> None:
    lines = ("NOOP", "\\expect NO", "\\expect OK", "\\fail", "NOSUCH", "\\expect OK")
    status, err = demo(*lines, words=("--keep-going",))
    assert status == 1
    assert "stdin:4: not ok: \\fail was reached" in err
    assert err.endswith("imapsh: 3 of 4 tests failed\n")
    assert demo("NOSUCH", "\\fail", words=("--keep-going",))[0] == 3


def test_commands_of_c_have_numbers_too() -> None:
    done = imapsh("--demo", "-c", "NOOP", "-c", "\\expect NO")
    assert (done.status, done.err.split(" ")[1]) == (1, "-c:2:")


def test_a_failure_inside_another_command_counts() -> None:
    status, err = demo("\\connect -n two", "\\each \\expect NO", "\\fail this was reached")
    assert status == 1
    assert err.count("stdin:2: not ok") == 2


def test_a_wrong_expectation_is_an_error_of_the_script() -> None:
    assert demo("NOOP", "\\expect nonsense")[0] == 2


def test_secrets_do_not_come_back_in_a_message() -> None:
    answer = b"TAG NO no, not with hunter22\r\n"
    with listening(says(answer, greeting=b"* OK [CAPABILITY IMAP4rev1] hello\r\n")) as port:
        lines = script("LOGIN joe hunter22", "\\expect OK")
        done = imapsh(url(port), "--no-login", "--no-ask", "--report", "tap:-", stdin=lines)
    assert done.status == 1
    assert "not ok 1 - OK" in done.lines
    assert "hunter22" not in done.out.decode() + done.err


def test_variables_in_a_script_and_on_the_command_line() -> None:
    lines = (
        "# a comment {3}",
        "\\set most 12",
        "SELECT ${box}",
        "\\expect untagged EXISTS < ${most}",
        "\\expect mailbox ${box}",
        "\\expect untagged EXISTS = ${last.exists}",
        "\\expect OK ~ ^\\[READ-${how}\\]",
    )
    assert demo(*lines, words=("--set", "box=INBOX", "--set=how=WRITE")) == (0, "")
    status, err = demo("SELECT ${box}")
    assert (status, "${box} is not set" in err) == (2, True)
    for wrong, said in (("box", "has no ="), ("1=2", "cannot be a name"), ("user=me", "is built in and cannot be set")):
        done = imapsh("--demo", "--set", wrong, "-c", "NOOP")
        assert (done.status, said in done.err, done.out) == (2, True, b""), done.err


def test_operators_are_no_redirection_in_an_expectation(tmp_path: Path) -> None:
    path = tmp_path / "11"
    assert demo("SELECT INBOX", f"\\expect untagged EXISTS > {path}")[0] == 2
    assert demo("SELECT INBOX", "\\expect no text ~ a | b")[0] == 0
    assert not path.exists()


# -- the page


def example() -> str:
    page = (ROOT / "docs/scripts.rst").read_text(encoding="utf-8")
    block = re.search(r"mailbox::\n\n((?:    .*\n|\n)+)", page)
    assert block is not None
    return re.sub(r"^    ", "", block[1], flags=re.MULTILINE)


def test_the_example_passes_on_the_demo(tmp_path: Path) -> None:
    path = tmp_path / "lamp.imapsh"
    path.write_text(example())
    done = imapsh("--demo", "--yes", "--report", "tap:-", "-f", str(path))
    assert (done.status, done.err) == (0, "")
    assert done.lines[-1] == f"1..{example().count(chr(92) + 'expect')}"
    assert not any(line.startswith("not ok") for line in done.lines)


def test_the_example_passes_on_dovecot(tmp_path: Path, dovecot: Server) -> None:
    path = tmp_path / "lamp.imapsh"
    path.write_text(example())
    where = f"imap://{dovecot.user}@{dovecot.host}:{dovecot.port}"
    words = ("--cafile", str(dovecot.cafile), "--yes", "-f", str(path))
    done = imapsh(where, *words, env={"IMAPSH_PASSWORD": dovecot.password})
    assert (done.status, done.err) == (0, ""), done.out
