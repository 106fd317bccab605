"""imapsh's own commands: the table, and what each asks of the shell."""

from __future__ import annotations

from importlib import import_module

import pytest

from imapsh.errors import UsageError
from imapsh.shell.command_table import COMMANDS
from imapsh.shell.connection.steps import Close, Greet, Line, Octets
from tests.shell.hosting import FakeApp


def run(line: str) -> FakeApp:
    return FakeApp().does(line)


def said(line: str) -> str:
    return run(line).text


def test_every_row_names_a_function() -> None:
    for row in COMMANDS.values():
        module, _, function = row.handler.rpartition(".")
        assert callable(getattr(import_module(f"imapsh.shell.commands.{module}"), function)), row.name


def test_help_lists_every_command_with_its_syntax() -> None:
    text = " ".join(said("\\help").split())
    for row in COMMANDS.values():
        assert f"{row.name} {row.syntax}".rstrip() in text
        assert row.summary in text


def test_help_for_one_of_each() -> None:
    assert "\\raw TEXT" in said("\\help raw")
    assert "\\raw TEXT" in said("\\help \\RAW")
    assert said("\\help uid  fetch").startswith("UID FETCH ")
    assert "Loses " in said("\\help delete")


def test_each_does_its_work() -> None:
    assert run("\\trace file name").trace_path == "file name"
    assert run("\\trace off").said == ["there is no trace to end"]
    assert run("\\quit").leaving
    assert run("\\format wire").output.format == "wire"
    output = run("\\format VIEW Size").output
    assert (output.format, output.column) == ("view", "SIZE")
    assert FakeApp(connected=True).does("\\format view size").does("\\format view").output.column == ""
    assert run("\\keys VI").keys == "vi"
    assert said("\\keys") == "keys: emacs (one of emacs, vi)"
    host = FakeApp(connected=True)
    assert host.does("\\raw A1 \\x00\\r\\n").done == [Octets(b"A1 \0\r\n")]
    assert "4e 4f 4f 50" in host.does("NOOP").does("\\LAST Hex ").text


def test_connections_have_names() -> None:
    host = FakeApp(connected=True).does("SELECT INBOX")
    host.does("\\connect -n second")
    assert Greet(host.named("second")) in host.done
    assert (host.current, list(host.connections)) == ("second", ["1", "second"])
    host.does("NOOP").does("\\use 1")
    assert host.session.state == "selected"
    host.does("\\each NOOP")
    assert host.done.count(Line("NOOP")) == 2
    assert host.current == "1"
    assert "second" in host.does("\\sessions").text
    first = host.named("1")
    host.does("\\disconnect")
    assert Close(first) in host.done
    assert "LOGOUT" in host.sent
    assert (host.current, list(host.connections)) == ("second", ["second"])


def test_connecting_again_selects_the_mailbox_again() -> None:
    host = FakeApp(connected=True).does("EXAMINE INBOX").does("\\connect")
    assert host.done[-2] == Line("EXAMINE INBOX")
    assert host.session.mailbox is not None
    assert host.session.mailbox.name == "INBOX"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("\\hlep", "did you mean \\help?"),
        ("\\zzz", "\\help lists all commands"),
        ("\\", "\\help lists all commands"),
        ("\\help zzz", "unknown name"),
        ("\\last yaml", "unknown format 'yaml'; choose pretty, view, wire, json or hex"),
        ("\\format yaml", "unknown format 'yaml'; choose"),
        ("\\format view sise", "unknown column 'sise'; choose name or an item of STATUS"),
        ("\\format view size name", "unknown column 'size name'"),
        ("\\last json size", "only the format view takes a column, as in \\format view size"),
        ("\\raw", "needs the text"),
        ("\\quit now", "no argument"),
        ("\\use", "needs the name"),
        ("\\keys wordstar", "choose emacs or vi"),
        ("\\use b", "there is no connection 'b'"),
        ("\\connect", "needs a URL"),
        ("\\connect -n", "needs a name"),
        ("\\connect -n a/b imap://x", "needs a name"),
        ("\\each", "needs the line"),
        ("\\disconnect b", "there is no connection"),
        ("NOOP", "not connected"),
        (f"\\repeat {'9' * 5000} 0 NOOP", "invalid number of times"),
        (f"\\history {'9' * 5000}", "takes a number"),
    ],
)
def test_mistakes_are_sentences(line: str, words: str) -> None:
    with pytest.raises(UsageError) as found:
        run(line)
    assert words in str(found.value)


def test_a_mistake_in_raw_octets() -> None:
    with pytest.raises(UsageError, match="backslash"):
        FakeApp(connected=True).does("\\raw \\q")


@pytest.mark.parametrize("line", ["quit", "QUIT", "exit", "bye", ":q", "quit now"])
def test_b12_words_that_leave_are_not_sent_and_quit_is_named(line: str) -> None:
    host = FakeApp(connected=True)
    with pytest.raises(UsageError, match=r"is not an IMAP command\.  \\quit logs out .* \\raw sends the word"):
        host.does(line)
    assert host.sent == []
    assert not host.leaving


@pytest.mark.parametrize(("line", "named"), [("help", "help"), ("?", "help"), ("help me", "help"), ("last", "last")])
def test_b12_help_and_names_without_their_backslash(line: str, named: str) -> None:
    host = FakeApp(connected=True)
    with pytest.raises(UsageError, match=rf"is not an IMAP command\.  \\{named} "):
        host.does(line)
    assert host.sent == []
    with pytest.raises(UsageError, match=rf"\\{named} "):  # and without a connection
        FakeApp().does(line)


def test_b12_what_is_imap_s_or_has_a_tag_or_is_an_alias_is_sent() -> None:
    host = FakeApp(connected=True)
    host.does("a1 NOOP").does("last words").does("\\alias quit NOOP").does("quit").does("LOGOUT")
    assert host.sent == ["NOOP", "last words", "NOOP", "LOGOUT"]
