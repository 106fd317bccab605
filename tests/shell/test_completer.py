"""What Tab offers."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from imapsh.grammar.dates import write_date
from imapsh.shell.completer import ShellCompleter
from imapsh.shell.completing import dates
from imapsh.shell.known import Known
from imapsh.shell.mailboxes import MailboxNames
from imapsh.shell.prompting.reading import Reading
from imapsh.spec.model import AUTHENTICATED, NOT_AUTHENTICATED, SELECTED, Context

from .knowing import HOST, completer, fetched, known, menu, opened, world

_SELECTED = Context(SELECTED)


def after(text: str, context: Context = _SELECTED, found: Known | None = None) -> dict[str, str]:
    """What the line may become -> the note beside it; the same whether at once or off the loop."""
    found = found or world()
    shown = {line.text: line.note for line in menu(text, context, found)}

    async def gather() -> list[str]:
        offering = completer(found, context)
        document = Document(text)
        made = [completion async for completion in offering.get_completions_async(document, CompleteEvent())]
        return [text[: len(text) + completion.start_position] + completion.text for completion in made]

    if "|" not in text:
        assert asyncio.run(gather()) == list(shown)
    return shown


def test_commands_by_state_with_the_others_behind_and_why() -> None:
    offered = after("", Context(NOT_AUTHENTICATED))
    names = list(offered)
    assert names.index("LOGIN") < names.index("SELECT")
    assert offered["SELECT"] == "SELECT is not allowed in the not-authenticated state; log in first"
    assert offered["LOGIN"] == "Logs in with a name and a password."
    assert {line.text for line in menu("", Context(NOT_AUTHENTICATED)) if line.style == "class:dimmed"} >= {"SELECT"}


def test_commands_by_capability() -> None:
    offered = after("M", Context(SELECTED, frozenset({"IMAP4REV1"})))
    assert offered["MOVE"] == "MOVE needs MOVE or IMAP4rev2, which the server does not offer"
    assert after("M", Context(SELECTED, frozenset({"MOVE"})))["MOVE"].startswith("Moves")


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
    ("text", "line"),
    [
        ("sct", "select"),
        ("ufetch", "uid fetch"),
        ("FETCH 1 lags", "FETCH 1 flags"),
        ("FETCH 1 (bstruct", "FETCH 1 (bodystructure"),
        ("SEARCH kword", "SEARCH keyword"),
        ("STORE 1 +FLAGS (del", "STORE 1 +FLAGS (\\Deleted"),
        ("SELECT acv24", "SELECT Archive/2024"),
        ("FETCH 1 BODY[HEADER.FIELDS (mid", "FETCH 1 BODY[HEADER.FIELDS (Message-ID"),
        ("\\hlp", "\\help"),
    ],
)
def test_a_name_is_found_by_some_of_its_characters(text: str, line: str) -> None:
    assert line in after(text)


def test_a_beginning_comes_first_and_a_whole_name_ends_the_guessing() -> None:
    assert list(after("SEARCH SEEN")) == []
    assert next(iter(after("SEARCH SE"))) == "SEARCH SEEN"
    assert "SEARCH UNSEEN" in after("SEARCH SE")
    assert list(after("FETCH 1 BODY")) == [f"FETCH 1 {name}" for name in ("BODY[", "BODY.PEEK[", "BODYSTRUCTURE")]


def test_message_numbers_come_with_subject_sender_and_day() -> None:
    assert after("FETCH ") == {
        "FETCH 1:*": "all 11 messages",
        "FETCH *": "the last message",
        "FETCH 5": "Invoice 44  billing@example.com",
        "FETCH 4": "réport of June  Terry Gray  17-Jul-1996",
    }
    assert after("UID COPY 10") == {"UID COPY 104": "réport of June  Terry Gray  17-Jul-1996"}


def test_a_set_goes_on_behind_comma_and_colon() -> None:
    assert list(after("FETCH 1,")) == ["FETCH 1,*", "FETCH 1,5", "FETCH 1,4"]
    assert list(after("FETCH 3:")) == ["FETCH 3:*", "FETCH 3:5", "FETCH 3:4"]
    assert list(after("FETCH 3:4")) == ["FETCH 3:4"]
    assert "SEARCH 4" in after("SEARCH 4")
    assert "SEARCH 4" not in after("SEARCH ")  # the keys come first there


def test_a_message_is_found_by_subject_and_sender() -> None:
    assert list(after("FETCH réport")) == ["FETCH 4"]
    assert list(after("STORE billing")) == ["STORE 5"]
    assert list(after("UID FETCH invoice")) == ["UID FETCH 110"]
    assert list(after("FETCH nobody")) == []


def test_the_saved_result_where_there_is_one() -> None:
    assert "FETCH $" in after("FETCH ", Context(SELECTED, frozenset({"IMAP4rev1", "SEARCHRES"})))
    assert "FETCH $" in after("FETCH $", Context(SELECTED, rev2=True))
    assert "FETCH $" not in after("FETCH ")


def test_parts_of_a_structure_that_was_seen() -> None:
    offered = after("FETCH 4 BODY[")
    assert list(offered)[:5] == [f"FETCH 4 BODY[{part}" for part in ("1", "2", "2.1", "2.2", "3")]
    assert offered["FETCH 4 BODY[3"] == "application/pdf  réport.pdf  999 octets"
    assert "FETCH 4 BODY[HEADER.FIELDS" in offered
    assert list(after("UID FETCH 104 (UID BINARY.PEEK[2.")) == [
        "UID FETCH 104 (UID BINARY.PEEK[2.1", "UID FETCH 104 (UID BINARY.PEEK[2.2"]  # fmt: skip
    assert "FETCH 4 BODY[2.MIME" in after("FETCH 4 BODY[2.")
    assert "FETCH 5 BODY[1" not in after("FETCH 5 BODY[")


def test_flags_of_the_table_the_mailbox_and_its_messages() -> None:
    offered = after("STORE 4 +FLAGS (")
    assert offered["STORE 4 +FLAGS (\\Seen"] == "It has been read."
    assert offered["STORE 4 +FLAGS ($Label1"] == "a keyword of this mailbox"
    assert "STORE 4 +FLAGS (Todo" in offered
    assert offered["STORE 4 +FLAGS (\\Flagged"] == "not among the mailbox's PERMANENTFLAGS"
    assert list(offered).index("STORE 4 +FLAGS (Todo") < list(offered).index("STORE 4 +FLAGS (\\Flagged")
    for never in ("\\Recent", "\\*"):
        assert f"STORE 4 +FLAGS ({never}" not in offered
    assert "APPEND INBOX (\\Flagged" in after("APPEND INBOX (")
    assert "SEARCH KEYWORD Todo" in after("SEARCH KEYWORD ")
    assert not any("\\" in line for line in after("SEARCH UNKEYWORD "))


def test_header_fields_usual_and_seen() -> None:
    assert next(iter(after("FETCH 4 BODY[HEADER.FIELDS (From sub"))) == "FETCH 4 BODY[HEADER.FIELDS (From Subject"
    assert after("SEARCH HEADER x-f")["SEARCH HEADER X-Foo"] == "seen in this mailbox"
    assert 'SEARCH HEADER "X-Foo"' in after('SEARCH HEADER "X-F')


def test_search_keys_show_their_arguments() -> None:
    offered = after("SEARCH OR (FROM a) S")
    assert offered["SEARCH OR (FROM a) SINCE"] == "<date>  Arrived this day or later."
    assert offered["SEARCH OR (FROM a) SEEN"] == r"With \Seen."


def test_dates() -> None:
    assert list(after("SEARCH SINCE ").values())[:2] == ["today", "yesterday"]
    assert list(after("SEARCH SENTSINCE yes").values()) == ["yesterday"]
    near = {called: write_date(day) for day, called in dates.near(date(2024, 2, 29))}
    assert near["today"] == "29-Feb-2024"
    assert near["the first of this year"] == "1-Jan-2024"
    assert near["a week ago"] == "22-Feb-2024"
    for line in after("SEARCH SINCE "):
        assert not completer(world(), _SELECTED)._reading.match(line).errors
    (now, *_) = after('APPEND INBOX "')
    assert completer(world(), _SELECTED)._reading.match(now + " {@x}").complete


def test_extensions_that_enable_knows() -> None:
    context = Context(AUTHENTICATED, frozenset({"IMAP4rev1", "ENABLE", "CONDSTORE", "IDLE"}))
    offered = after("ENABLE ", context)
    assert next(iter(offered)) == "ENABLE CONDSTORE"
    assert offered["ENABLE QRESYNC"] == "QRESYNC needs QRESYNC, which the server does not offer"
    assert "ENABLE IDLE" not in offered


def test_mechanisms_that_are_offered_and_what_they_are() -> None:
    context = Context(NOT_AUTHENTICATED, frozenset({"IMAP4rev1", "AUTH=PLAIN", "AUTH=SCRAM-SHA-256"}))
    offered = after("AUTHENTICATE ", context)
    assert set(offered) == {"AUTHENTICATE PLAIN", "AUTHENTICATE SCRAM-SHA-256"}
    assert "never sent" in offered["AUTHENTICATE SCRAM-SHA-256"]
    assert list(after("AUTHENTICATE sha", context)) == ["AUTHENTICATE scram-sha-256"]


def test_the_reference_and_the_patterns_of_list() -> None:
    assert next(iter(after("LIST "))) == 'LIST ""'
    assert list(after('LIST "" '))[:2] == ['LIST "" *', 'LIST "" %']
    assert 'LIST "" "%"' in after('LIST "" "')


def test_a_path_that_is_one_word_of_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept it.mbox").touch()
    (tmp_path / "old mail").mkdir()
    (tmp_path / "old mail" / "m.eml").touch()
    assert list(after("\\load kep")) == ['\\load "kept it.mbox"']
    assert list(after('\\load -m "A b" "kept')) == ['\\load -m "A b" "kept it.mbox"']
    assert list(after("\\load x ol")) == ['\\load x "old mail/']
    assert list(after('\\load "old mail/')) == ['\\load "old mail/m.eml"']
    assert list(after("\\save UID 7:9 mbox:kep")) == ['\\save UID 7:9 mbox:"kept it.mbox"']
    assert list(after("NOOP > kep")) == ['NOOP > "kept it.mbox"']
    assert list(after("\\trace kep")) == ["\\trace kept it.mbox"]
    for no_path in ("\\load -m ", "\\save ", "\\save UID "):
        assert not after(no_path)


def test_where_to_connect() -> None:
    assert list(after("\\connect im")) == ["\\connect imaps://", "\\connect imap://"]
    assert list(after("\\connect -n second un")) == ["\\connect -n second unix:"]


def test_paths_behind_an_open_brace(tmp_path: Path) -> None:
    (tmp_path / "letter one.eml").touch()
    (tmp_path / "letters").mkdir()
    (tmp_path / "a}b").touch()
    (tmp_path / ".hidden").touch()
    typed = f"APPEND INBOX {{@{tmp_path}/"
    assert set(after(typed)) == {f"{typed}letter one.eml}}", f"{typed}letters/"}
    assert list(after(typed + "one")) == [f"{typed}letter one.eml}}"]
    assert [line.text for line in menu(typed + "letter o|}")] == [f"{typed}letter one.eml}}"]
    assert after(typed + "nothing/at/all") == {}
    assert list(after(f"\\trace {tmp_path}/.h")) == [f"\\trace {tmp_path}/.hidden"]
    assert completer(world(), _SELECTED).takes_long(Document(typed))
    assert after(f'SEARCH SUBJECT "{{@{tmp_path}/') == {}


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


def test_a_hundred_thousand_names_are_searched_off_the_loop() -> None:
    found = known(*(f"folder/{number:06}" for number in range(100_000)))
    assert "SELECT folder/012345" in after("SELECT folder/012345"[:-1], found=found)
    assert completer(found, _SELECTED).takes_long(Document("SELECT f"))
    assert not completer(found, _SELECTED).takes_long(Document("FETCH 1 f"))


def test_what_was_used_comes_first_among_equals() -> None:
    offering = completer(known("Archive", "Drafts", "Inbox/Work", "Sent", box=opened()), _SELECTED)
    for line in ("SELECT Sent", "select Sent\nCOPY 1 Drafts", "STORE 1 +FLAGS (\\Deleted)", "\\format json", "\\last"):
        offering.used(line)
    assert [line.text for line in menu("COPY 1 ", offering=offering)][:2] == ["COPY 1 Sent", "COPY 1 Drafts"]
    assert next(line.text for line in menu("STORE 1 -FLAGS (", offering=offering)) == "STORE 1 -FLAGS (\\Deleted"
    assert next(line.text for line in menu("S", offering=offering)) == "SELECT"
    assert [line.text for line in menu("\\", offering=offering)][:2] == ["\\last", "\\format"]


def test_names_of_other_messages_go_with_their_mailbox() -> None:
    boxes = [opened()]
    found = Known(lambda: boxes[0])
    found.names = MailboxNames()
    found.learn(fetched(4, HEADER=b"Subject: old\r\n\r\n"))
    assert "FETCH 4" in after("FETCH ", found=found)
    boxes[0] = opened()
    assert "FETCH 4" not in after("FETCH ", found=found)
