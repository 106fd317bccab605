"""Aliases: what a line stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.shell.lines.aliases import arguments, resolve
from imapsh.shell.prompt.reading import Reading
from imapsh.table.model import Context
from tests.shell.hosting import FakeApp
from tests.shell.running import imapsh

ALIASES = {
    "big": "SEARCH LARGER ${1}",
    "new": "SEARCH UNSEEN",
    "both": "SEARCH OR ${1} ${2} ${*}",
    "newest": "new SINCE 1-Feb-1994",
    "a": "b",
    "b": "a x",
    "all": "FETCH ${*} ALL",
    "fetch": "NOOP",
    "json": "\\last json",
}


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("big 100", "SEARCH LARGER 100"),
        ("new", "SEARCH UNSEEN"),
        ("new FROM smith", "SEARCH UNSEEN FROM smith"),
        ("newest DELETED", "SEARCH UNSEEN SINCE 1-Feb-1994 DELETED"),
        ('both (FROM a) "b c"', 'SEARCH OR (FROM a) "b c" (FROM a) "b c"'),
        ("all 1 2", "FETCH 1 2 ALL"),
        ("fetch 1 ALL", "fetch 1 ALL"),  # IMAP's own go first
        ("json | less", "\\last json | less"),
        ("big 1 | less -S", "SEARCH LARGER 1 | less -S"),
        ("all 1 > a b", "FETCH 1 ALL > a b"),
        ("big >", "SEARCH LARGER >"),
        ("BIG 1", "BIG 1"),
        ("SELECT new", "SELECT new"),
    ],
)
def test_what_a_line_stands_for(line: str, meant: str) -> None:
    assert resolve(ALIASES, line) == meant


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("big", "big takes 1 argument, not 0; it stands for SEARCH LARGER"),
        ("big 1 2", "takes 1 argument, not 2"),
        ("big > x", "takes 1 argument, not 0"),
        ("both a", "takes 2 arguments at least, not 1"),
        ("a", "form a loop: a -> b -> a"),
    ],
)
def test_what_cannot_be_meant(line: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        resolve(ALIASES, line)


def test_arguments_are_cut_outside_quotes_and_parentheses() -> None:
    assert list(arguments('a  "b c" (d (e f)) g')) == ["a", '"b c"', "(d (e f))", "g"]
    assert list(arguments("")) == []


def test_the_command_makes_shows_and_forgets_them() -> None:
    host = FakeApp(connected=True).does("LOGIN demo demo").does("\\alias st STATUS ${1} (MESSAGES)")
    assert host.does("st INBOX").sent[-1] == "STATUS INBOX (MESSAGES)"
    assert "st  STATUS ${1} (MESSAGES)" in host.does("\\alias").said
    host.does("\\alias show \\last json").does("show")
    assert '"command":"STATUS INBOX (MESSAGES)"' in host.said[-1]
    assert host.does("\\help st").said[-1] == "st is an alias: it stands for STATUS ${1} (MESSAGES)"
    host.does("\\unalias st")
    with pytest.raises(UsageError, match="no alias"):
        host.does("\\alias st")
    with pytest.raises(UsageError, match="no alias"):
        host.does("\\unalias st")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("\\alias noop SELECT INBOX", "NOOP is an IMAP command"),
        ("\\alias uid SELECT INBOX", "UID is an IMAP command"),
        ("\\alias 9x NOOP", "cannot be an alias"),
    ],
)
def test_what_cannot_be_an_alias(line: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        FakeApp().does(line)


def test_those_of_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[aliases]\nboxes = "LIST \\"\\" ${1}"\n')
    done = imapsh("--demo", "--config", str(config), "--format", "wire", "-c", "boxes INBOX", "-c", "\\alias")
    assert (done.status, done.err) == (0, "")
    assert b'* LIST (\\HasNoChildren) "/" INBOX\r\n' in done.out
    assert b'boxes  LIST "" ${1}\n' in done.out


def test_a_password_in_one_is_not_shown() -> None:
    host = FakeApp(connected=True)
    host.does("\\alias enter LOGIN me s3same").does("\\alias who \\each LOGIN ${1} ${2}").does("\\alias")
    assert "s3same" not in host.text
    assert "LOGIN me ********" in host.text
    assert "LOGIN ${1} ${2}" in host.text


def test_of_a_line_that_an_alias_makes_a_login_only_the_name_is_kept() -> None:
    aliases = {"enter": "\\each LOGIN ${1} ${2}", "in": "enter ${*}", "big": "SEARCH LARGER ${1}"}
    reading = Reading(Context, lambda: aliases)
    for line, kept in (
        ("in me s3same", "in"),
        ("\\repeat 2 0 enter me s3same", "\\repeat 2 0 enter"),
        ("in", "in"),
        ("big 7", "big 7"),
        ("\\alias a \\alias b LOGIN me s3same", "\\alias a \\alias b LOGIN me"),
    ):
        assert reading.without_secrets(line) == kept
    assert reading.secret_at("\\alias a " * 3000) == 27000
