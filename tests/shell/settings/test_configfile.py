"""The configuration file: what it may say, and the sentence for what it may not."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.shell.settings.configfile import KEYS, Content, read
from imapsh.shell.settings.options import OPTIONS


def content(tmp_path: Path, text: str | bytes, mode: int = 0o600) -> Content:
    path = tmp_path / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return read(str(path))


def test_every_long_option_is_a_key_but_those_for_one_run(tmp_path: Path) -> None:
    given = {"text": '"x"', "seconds": "2.5", "number": "7", "command": '"x"', "": ""}
    for option in OPTIONS:
        key = option.name[2:]
        assert (key in KEYS) == (not option.once and key != "limit"), key
        if key not in KEYS or option.many:
            continue
        value = "true" if not option.metavar else f'"{option.choices[-1]}"' if option.choices else given[option.kind]
        found = content(tmp_path, f"{key} = {value}\n").defaults
        assert set(found) == {option.field}
        assert found[option.field] in (True, 2.5, 7, "x", *option.choices)


def test_a_switch_has_two_names(tmp_path: Path) -> None:
    assert content(tmp_path, "safe = false\nask = false\nlogin = true").defaults == {
        "yes": True, "no_ask": True, "no_login": False,
    }  # fmt: skip


def test_a_whole_file(tmp_path: Path) -> None:
    found = content(
        tmp_path,
        """
        format = "json"
        keys = "vi"
        timeout = 20
        [limits]
        line = 100
        nesting = 5
        [aliases]
        unread = "UID SEARCH UNSEEN"
        [theme]
        base = "mono"
        flag = "bold red"
        [profiles.work]
        url = "imaps://me@mail.example"
        password = "hunter22"
        read-only = true
        limits = { literal = 7 }
        """,
    )
    assert found.defaults == {"format": "json", "keys": "vi", "timeout": 20.0, "limit": ("line=100", "nesting=5")}
    assert found.aliases == {"unread": "UID SEARCH UNSEEN"}
    assert found.theme is not None
    assert (found.theme.sgr["flag"], found.theme.sgr["number"]) == ("1;31", "")
    work = dict(found.profiles["work"])
    assert work.pop("password").reveal() == "hunter22"
    assert work == {"url": "imaps://me@mail.example", "read_only": True, "limit": ("literal=7",)}
    assert "hunter22" not in repr(found)


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    found = content(tmp_path, "")
    assert (found.defaults, found.profiles, found.aliases, found.theme) == ({}, {}, {}, None)


PROFILE = '[profiles.work]\nurl = "h"\n'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a = = 1", "line 1 is not valid TOML"),
        ("x", "is not valid TOML"),
        (b"\xff = 1", "is not UTF-8"),
        ('\nfromat = "json"', "line 2: unknown key fromat; did you mean format?"),
        ("command = 'NOOP'", "line 1: unknown key command"),
        ("demo = true", "line 1: unknown key demo"),
        ('format = "yaml"', "line 1: format must be one of pretty, view, wire"),
        ("format = 1", "line 1: format must be text in quotes"),
        ('user = ""', "line 1: user needs its USER"),
        ('safe = "no"', "line 1: safe must be true or false"),
        ("safe = true\nyes = true", "line 2: safe and yes are the same switch"),
        ("timeout = -1", "line 1: timeout takes a number of seconds greater than 0"),
        ("timeout = true", "line 1: timeout takes a number of seconds greater than 0"),
        ('timeout = "5"', "line 1: timeout takes a number of seconds greater than 0"),
        ('user = "a"\nlogin = false', "line 2: user and login cannot be used together"),
        ("[limits]\nlines = 1", "line 2: unknown key limits.lines; did you mean line?"),
        ('[limits]\nline = "1"', "line 2: limits.line must be a whole number"),
        ("limits = 1", "line 1: limits must be a table"),
        ("aliases = 1", "line 1: aliases must be a table"),
        ("[aliases]\nx = 1", "line 2: aliases.x must be a command line"),
        ("[aliases]\n'a b' = 'NOOP'", "line 2: 'a b' cannot be an alias"),
        ("[theme]\nflg = 'red'", "line 2: unknown key theme.flg; did you mean flag?"),
        ("[theme]\nflag = 'crimson'", "line 2: theme.flag: .*'crimson' is not one of them"),
        ("[theme]\nflag = 31", "line 2: theme.flag: a style is words"),
        ("[theme]\nbase = 'noon'", "line 2: theme.base must be one of default"),
        ("profiles = 1", "line 1: profiles must be a table"),
        ("[profiles]\nwork = 1", "line 2: profiles.work must be a table"),
        ("\n[profiles.work]\nuser = 'me'", "line 2: the profile work has no url"),
        ("[profiles.'a b']\nurl = 'h'", "line 1: 'a b' cannot be the name of a profile"),
        (PROFILE + "mailbx = 'x'", "line 3: unknown key profiles.work.mailbx; did you mean mailbox?"),
        (PROFILE + "profiles = {}", "line 3: unknown key profiles.work.profiles"),
        (PROFILE + "netrc = true\nkeyring = true", "line 4: keyring and netrc cannot be used together"),
        (PROFILE + "password = 1", "line 3: profiles.work.password must be text"),
        (PROFILE.replace('"h"', '"imaps://me:hunter22@h"'), "line 2: a password does not belong in an address"),
        ("url = 'gopher://h'", "line 1: unknown scheme gopher://"),
        ("password = 'hunter22'", "line 1: a password must be in a profile"),
    ],
)
def test_a_mistake_is_a_sentence_with_its_place(tmp_path: Path, text: str | bytes, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        content(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "config.toml"))
    assert "hunter22" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_password_is_refused_where_others_may_read_it(tmp_path: Path, mode: int) -> None:
    with pytest.raises(UsageError, match=r"line 3: others may read this file, .* chmod 600") as caught:
        content(tmp_path, PROFILE + "password = 'hunter22'", mode)
    assert "hunter22" not in str(caught.value)
    assert content(tmp_path, PROFILE, mode).profiles


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read(str(tmp_path / "none"))


def test_the_page_has_every_key_and_its_example_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "configuration.rst").read_text(encoding="utf-8")
    missing = [key for key in KEYS if f"``{key}``" not in page]
    assert missing == []
    example = page.partition("An example::\n\n")[2].partition("\nProfiles\n")[0]
    found = content(tmp_path, textwrap.dedent(example))
    assert set(found.profiles) == {"work", "cloud", "archive"}
    assert found.defaults["limit"] == ("literal=100000000",)
    assert found.theme is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"x = " + b"[" * 300_000, "line 1 is not valid TOML: arrays or tables are nested too deeply"),
        (b"\nx = " + b"[" * 300_000 + b"]" * 300_000, "line 2 is not valid TOML: arrays or tables are nested too deep"),
        (b"x = " + b"{a=" * 300_000, "line 1 is not valid TOML: arrays or tables are nested too deeply"),
        (b"\n\n" + b".".join([b"a"] * 500_000) + b" = 1", "line 3 is not valid TOML: a key has more than 32 parts"),
        (b"[" + b" . ".join([b'"a"'] * 90_000) + b"]", "line 1 is not valid TOML: a key has more than 32 parts"),
        (b"x = 1\ny = " + b"9" * 5000, "line 2 is not valid TOML: an integer has more than 64 bits"),
        (b"x = 1\ny = " + b"1_" * 4000 + b"1", "line 2 is not valid TOML: an integer has more than 64 bits"),
        (b"[profiles.x]\ny = [1, [0x" + b"f" * 90_000 + b"]]", "line 2 is not valid TOML: an integer has more than 64"),
        (b"x" * 900_000 + b" = 1", "unknown key x{100}$"),
        (b'x = """\n[' + b" " * 900_000 + b'\n"""\ny = 1', "line 1: unknown key x$"),
        (b"x" * 2_000_000, "cannot be read: it has more than 1,048,576 octets"),
    ],
)  # fmt: skip
def test_e8_toml_that_would_take_long_is_refused(tmp_path: Path, text: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        content(tmp_path, text)


def test_c1_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    assert content(tmp_path, b"\xef\xbb\xbftimeout = 20\r\n").defaults == {"timeout": 20.0}


REACHING = (
    'password-command = "pass mail"',
    'token-command = "oauth mail"',
    'url = "exec:imapd"',
    '[profiles.a]\nurl = "EXEC:imapd"',
    '[profiles.a]\nurl = "imaps://a.example"\npassword-command = "pass mail"',
    '[profiles.a]\nurl = "imaps://a.example"\ntoken-command = "oauth mail"',
    '[aliases]\na = "LIST \\"\\" * | sh"',
    '[aliases]\na = "LIST \\"\\" * > .bashrc"',
    '[aliases]\na = "LIST \\"\\" * >> .bashrc"',
    "[aliases]\na = '\\connect exec:imapd'",
    "[aliases]\na = '\\connect -n b EXEC:imapd'",
    "[aliases]\na = 'APPEND INBOX {@.ssh/id_rsa}'",
    "[aliases]\na = '\\load .ssh/id_rsa'",
    "[aliases]\na = '\\SAVE 1:* .ssh'",
)


@pytest.mark.parametrize("text", REACHING)
@pytest.mark.parametrize(
    ("mode", "owner", "reason"),
    [
        (0o666, None, "others may write to the file: chmod go-w"),
        (0o620, None, "others may write to the file: chmod go-w"),
        (0o600, 12345, "the file belongs to another user: use one of your own"),
    ],
)
def test_e22_what_others_may_have_written_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, mode: int, owner: int | None, reason: str
) -> None:
    content(tmp_path, text)
    if owner is not None:
        monkeypatch.setattr("os.getuid", lambda: owner)
        monkeypatch.setattr("imapsh.shell.settings.configfile._ADMINISTRATOR", -1)
    with pytest.raises(UsageError, match=f"line [12345]: .* may run a program or reach your files, and {reason}"):
        content(tmp_path, text, mode)


def test_e22_other_keys_are_read_from_such_a_file(tmp_path: Path) -> None:
    text = 'format = "json"\n[aliases]\nunread = "UID SEARCH UNSEEN"\n[profiles.a]\nurl = "imaps://a.example"\n'
    assert content(tmp_path, text, 0o666).profiles == {"a": {"url": "imaps://a.example"}}


def test_e22_a_file_that_others_may_only_read_may_run_programs(tmp_path: Path) -> None:
    for text in REACHING:
        content(tmp_path, text, 0o644)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/full", "pipe", "."])
def test_e7_what_is_no_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with pytest.raises(UsageError, match=f"the configuration {path} cannot be read: (it is a|Is a directory)"):
        read(path)
