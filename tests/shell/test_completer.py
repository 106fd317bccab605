"""What Tab offers."""

from __future__ import annotations

import asyncio

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import fragment_list_to_text, to_formatted_text

from imapsh.grammar.responses import Response
from imapsh.grammar.values import MailboxList
from imapsh.shell.completer import ShellCompleter
from imapsh.shell.mailboxes import MOST, MailboxNames, as_typed
from imapsh.shell.reading import Reading
from imapsh.spec.model import AUTHENTICATED, NOT_AUTHENTICATED, SELECTED, Context
from imapsh.wire.frames import Frame

from .hosting import FakeHost

_SELECTED = Context(SELECTED)
NAMES = ("INBOX", "Archive", "Archive/2024", "Reisen/Zürich", "Lamp room", "Ünder", 'odd"quote', "bell\x07")


def listed(name: str, *attributes: str) -> Response:
    return Response("untagged", "LIST", MailboxList(attributes, "/", name), Frame((b"",)))


def known(*names: str) -> MailboxNames:
    found = MailboxNames()
    found.stale = False
    for name in names or NAMES:
        found.learn(listed(name))
    return found


def after(text: str, context: Context = _SELECTED, names: MailboxNames | None = None) -> dict[str, str]:
    """What the line may become -> the note beside it."""
    asked: list[bool] = []
    listed = names or known()
    completer = ShellCompleter(FakeHost(), Reading(lambda: context), lambda: listed, lambda: asked.append(True))
    document = Document(text)
    made = {}

    async def gather() -> None:
        async for completion in completer.get_completions_async(document, CompleteEvent()):
            line = text[: len(text) + completion.start_position] + completion.text
            made[line] = fragment_list_to_text(to_formatted_text(completion.display_meta))

    asyncio.run(gather())
    at_once = completer.get_completions(document, CompleteEvent(completion_requested=True))
    assert [text[: len(text) + completion.start_position] + completion.text for completion in at_once] == list(made)
    return made


def test_commands_by_state_with_the_others_behind_and_why() -> None:
    offered = after("", Context(NOT_AUTHENTICATED))
    names = list(offered)
    assert names.index("LOGIN") < names.index("SELECT")
    assert offered["SELECT"] == "SELECT is not allowed in the not-authenticated state; log in first"
    assert offered["LOGIN"] == "Logs in with a name and a password."


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
        ("STORE 1 +FL", "STORE 1 +FLAGS"),
        ("STORE 1 FLAGS (\\Se", "STORE 1 FLAGS (\\Seen"),
        ("STATUS INBOX (MES", "STATUS INBOX (MESSAGES"),
        ("SELECT Arch", "SELECT Archive/2024"),
        ("SELECT inb", "SELECT INBOX"),
        ("SELECT 2024", "SELECT Archive/2024"),
        ("SELECT Lamp", 'SELECT "Lamp room"'),
        ('SELECT "La', 'SELECT "Lamp room"'),
        ("SELECT Reisen", "SELECT Reisen/Z&APw-rich"),
        ("SELECT Reisen/Zü", "SELECT Reisen/Z&APw-rich"),
        ("SELECT odd", 'SELECT "odd\\"quote"'),
        ("COPY 1 Arch", "COPY 1 Archive"),
        ("\\he", "\\help"),
        ("\\format j", "\\format json"),
        ("\\last he", "\\last hex"),
        ("\\help sel", "\\help SELECT"),
        ("NOOP\nSELECT Arch", "NOOP\nSELECT Archive"),
    ],
)
def test_lines(text: str, line: str) -> None:
    assert line in after(text)


def test_utf8_where_it_was_agreed_on() -> None:
    assert 'SELECT "Reisen/Zürich"' in after("SELECT Reisen", Context(SELECTED, utf8=True))


def test_nothing_is_offered_inside_a_literal_or_for_a_secret() -> None:
    assert after("APPEND INBOX {9}\nSEL") == {}
    assert after("LOGIN me hush", Context(NOT_AUTHENTICATED)) == {}


def test_names_are_wanted_once_a_mailbox_is() -> None:
    asked: list[str] = []
    reading = Reading(lambda: Context(AUTHENTICATED))
    completer = ShellCompleter(FakeHost(), reading, MailboxNames, lambda: asked.append("LIST"))
    list(completer.get_completions(Document("NOOP"), CompleteEvent()))
    assert asked == []
    list(completer.get_completions(Document("SELECT A"), CompleteEvent()))
    assert asked == ["LIST"]


def test_names_come_and_go_with_list() -> None:
    names = known("One", "Two")
    names.learn(listed("One", "\\NonExistent"))
    names.learn(listed("TWO/Three"))
    assert names.find("") == ["Two", "TWO/Three"]
    names.clear()
    assert names.find("") == []
    assert names.stale


def test_a_hundred_thousand_names() -> None:
    names = known(*(f"folder/{number:06}" for number in range(100_000)))
    assert len(names.find("folder/")) == MOST
    assert names.find("folder/0777")[0] == "folder/077700"
    assert names.find("99999") == ["folder/099999"]
    assert "SELECT folder/012345" in after("SELECT folder/012345"[:-1], names=names)


def test_names_that_cannot_be_typed_are_left_out() -> None:
    assert as_typed("a\r\nb", utf8=True) == ""
    assert as_typed("plain", utf8=False, quoted=True) == '"plain"'
    assert as_typed("", utf8=False) == '""'
