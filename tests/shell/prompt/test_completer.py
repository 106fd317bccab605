"""What Tab offers, whatever the source: where a line ends, in the middle of one, and what comes first."""

from __future__ import annotations

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from imapsh.shell.prompt.completer import ShellCompleter
from imapsh.shell.prompt.reading import Reading
from imapsh.shell.record.known import Known
from imapsh.table.model import AUTHENTICATED, NOT_AUTHENTICATED, SELECTED, Context
from tests.shell.knowing import HOST, IN_A_MAILBOX, after, completer, known, menu, opened


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("SEL", "SELECT"),
        ("sel", "select"),
        ("a1 SEL", "a1 SELECT"),
        ("uid fe", "uid fetch"),
        ("FETCH 1 (FL", "FETCH 1 (FLAGS"),
        ("FETCH 1 BODY.P", "FETCH 1 BODY.PEEK["),
        ("SEARCH UNS", "SEARCH UNSEEN"),
        ("SEARCH RET", "SEARCH RETURN"),
        ("STORE 1 +FL", "STORE 1 +FLAGS"),
        ("STORE 1 FLAGS (\\Se", "STORE 1 FLAGS (\\Seen"),
        ("STATUS INBOX (MES", "STATUS INBOX (MESSAGES"),
        ("STATUS INBOX ", "STATUS INBOX ("),
        ("SELECT Arch", "SELECT Archive/2024"),
        ("SELECT inb", "SELECT INBOX"),
        ("SELECT 2024", "SELECT Archive/2024"),
        ("SELECT Lamp", 'SELECT "Lamp room"'),
        ('SELECT "La', 'SELECT "Lamp room"'),
        ("SELECT Reisen", "SELECT Reisen/Z&APw-rich"),
        ("SELECT Reisen/Zü", "SELECT Reisen/Z&APw-rich"),
        ("SELECT odd", 'SELECT "odd\\"quote"'),
        ("SELECT Oth", "SELECT Other/"),
        ("COPY 1 Arch", "COPY 1 Archive"),
        ("\\he", "\\help"),
        ("\\find UNS", "\\find UNSEEN"),
        ("\\find FROM anna SUBJ", "\\find FROM anna SUBJECT"),
        ("\\each \\find UNS", "\\each \\find UNSEEN"),
        ("NOOP\n\\find UNS", "NOOP\n\\find UNSEEN"),
        ("\\format j", "\\format json"),
        ("\\last he", "\\last hex"),
        ("\\help sel", "\\help SELECT"),
        ("NOOP\nSELECT Arch", "NOOP\nSELECT Archive"),
        ("\\each SELECT Arch", "\\each SELECT Archive"),
        ("\\each uid fe", "\\each uid fetch"),
        ("\\each \\form", "\\each \\format"),
    ],
)
def test_lines(text: str, line: str) -> None:
    assert line in after(text)


@pytest.mark.parametrize(
    ("text", "becomes", "cursor"),
    [
        ("SELECT Ar|ive", "SELECT Archive", 11),
        ('SELECT "La| room"', 'SELECT "Lamp room"', 12),
        ("FETCH 4 (FL| UID)", "FETCH 4 (FLAGS UID)", 14),
        ("FETCH 4 BODY[HE|R]", "FETCH 4 BODY[HEADER]", 18),
        ("se| INBOX", "select INBOX", 6),
    ],
)
def test_in_the_middle_of_a_line_what_stands_behind_stays(text: str, becomes: str, cursor: int) -> None:
    assert (becomes, cursor) in [(line.text, line.cursor) for line in menu(text)]


def test_in_the_middle_of_a_word_nothing_that_ends_otherwise() -> None:
    assert menu("SELECT Ar|zzz") == []


def test_over_a_line_break_that_is_only_seen() -> None:
    (line,) = menu("FETCH 4 (FLAGS \\\n   UI")
    assert line.text == "FETCH 4 (FLAGS \\\n   UID"


def test_utf8_where_it_was_agreed_on() -> None:
    assert 'SELECT "Reisen/Zürich"' in after("SELECT Reisen", Context(SELECTED, utf8=True))


def test_nothing_is_offered_inside_a_literal_or_for_a_secret_or_a_text() -> None:
    assert after("APPEND INBOX {9}\nSEL") == {}
    assert after("LOGIN me hush", Context(NOT_AUTHENTICATED)) == {}
    assert after("LOGIN me ", Context(NOT_AUTHENTICATED)) == {}
    assert after("AUTHENTICATE PLAIN AG", Context(NOT_AUTHENTICATED)) == {}
    assert after("SEARCH FROM AL") == {}
    assert after("\\raw SEL") == {}


def test_without_anything_known_nothing_is_offered_for_what_a_server_tells() -> None:
    nothing = Known()
    nothing.names.stale = False
    assert after("SELECT ", found=nothing) == {}
    assert list(after("FETCH ", found=nothing)) == ["FETCH 1:*", "FETCH *"]
    assert not any(line[-1].isdigit() for line in after("FETCH 1 BODY[", found=nothing))


def test_names_are_wanted_once_a_mailbox_is() -> None:
    asked: list[str] = []
    reading = Reading(lambda: Context(AUTHENTICATED))
    offering = ShellCompleter(HOST, reading, Known, lambda: asked.append("LIST"))
    list(offering.get_completions(Document("NOOP"), CompleteEvent()))
    assert asked == []
    list(offering.get_completions(Document("SELECT A"), CompleteEvent()))
    assert asked == ["LIST"]


def test_what_was_used_comes_first_among_equals() -> None:
    offering = completer(known("Archive", "Drafts", "Inbox/Work", "Sent", box=opened()), IN_A_MAILBOX)
    for line in ("SELECT Sent", "select Sent\nCOPY 1 Drafts", "STORE 1 +FLAGS (\\Deleted)", "\\format json", "\\last"):
        offering.used(line)
    assert [line.text for line in menu("COPY 1 ", offering=offering)][:2] == ["COPY 1 Sent", "COPY 1 Drafts"]
    assert next(line.text for line in menu("STORE 1 -FLAGS (", offering=offering)) == "STORE 1 -FLAGS (\\Deleted"
    assert next(line.text for line in menu("S", offering=offering)) == "SELECT"
    assert [line.text for line in menu("\\", offering=offering)][:2] == ["\\last", "\\format"]
