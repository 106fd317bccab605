"""Users and passwords in a netrc file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imapsh.errors import LoginError
from imapsh.shell.settings.passwords import netrcfile
from tests.servers.base import Server
from tests.shell.running import imapsh

FILE = """\
# machine commented login x password y
machine mail.example login me password "open \\"sesame\\""
machine mail.example
    login boss
    password #1
machine other.example user you account a password p2
macdef init
cd /machine machine
quit

machine nobody.example password p3
default login anonymous password guest
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "netrc"
    path.write_text(FILE)
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))
    return path


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize(
    ("host", "user", "password"),
    [
        ("mail.example", "me", 'open "sesame"'),
        ("MAIL.example", "boss", "#1"),
        ("mail.example", "nobody", ""),
        ("other.example", "you", "p2"),
        ("nobody.example", "anyone", "p3"),
        ("elsewhere.example", "anonymous", "guest"),
        ("commented", "x", ""),
    ],
)
def test_the_first_that_fits(host: str, user: str, password: str) -> None:
    assert netrcfile.password(host, user) == password


@pytest.mark.usefixtures("file")
def test_the_user_where_none_is_given() -> None:
    from imapsh.shell.connection.dial import make_plan
    from imapsh.shell.settings.options import parse

    assert make_plan(parse(["--netrc", "mail.example"])).user == "me"
    assert make_plan(parse(["--netrc", "--user", "boss", "mail.example"])).user == "boss"
    assert make_plan(parse(["mail.example"])).user == ""


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_others_must_not_read_it(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(LoginError, match="contains passwords, and others may read it: chmod 600"):
        netrcfile.password("mail.example", "me")


def test_without_passwords_others_may(file: Path) -> None:
    file.write_text("machine h login me\ndefault login anonymous password guest\n")
    file.chmod(0o644)
    assert netrcfile.user("h") == "me"


def test_it_need_not_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NETRC", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert netrcfile.path() == str(tmp_path / ".netrc")
    assert netrcfile.password("h", "me") == ""


@pytest.mark.parametrize(
    ("text", "line"),
    [("machine h login me\nhunter22", 2), ("password hunter22", 1), ("\n\nmachine h password", 3), ("machine", 1)],
)
def test_a_mistake_is_a_line_and_nothing_of_it(file: Path, text: str, line: int) -> None:
    file.write_text(text)
    with pytest.raises(LoginError, match=f"netrc, line {line}: not in netrc format") as caught:
        netrcfile.password("h", "me")
    assert "hunter22" not in str(caught.value)


def test_what_is_not_utf_8(file: Path) -> None:
    file.write_bytes(b"machine \xff")
    with pytest.raises(LoginError, match="is not UTF-8"):
        netrcfile.user("h")


def test_dovecot(dovecot: Server, file: Path) -> None:
    file.write_text(f"machine {dovecot.host} login {dovecot.user} password {dovecot.password}\n")
    place = f"imaps://{dovecot.host}:{dovecot.tls_port}"
    words = (place, "--cafile", str(dovecot.cafile), "--netrc", "-c", "SELECT INBOX")
    done = imapsh(*words, env={"NETRC": str(file)})
    assert done.status == 0, done.err
    assert dovecot.password not in done.out.decode().replace(dovecot.user, "")
    assert imapsh(*words, "--user", "nobody", env={"NETRC": str(file)}).status == 6


def test_c3_a_port_is_read_and_other_services_are_left_out(file: Path) -> None:
    file.write_text(
        "machine h port smtp login me password no\nmachine h login me port 993 password yes\n"
        "machine i port imap login me password p\nmachine j login me port 465 password no\n"
    )
    assert [netrcfile.password(host, "me") for host in "hij"] == ["yes", "p", ""]


def test_c1_a_byte_order_mark_is_skipped(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfmachine h login me password p\r\n")
    assert netrcfile.password("h", "me") == "p"


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/full", "pipe", ".", "a\0b"])
def test_e7_what_is_no_file_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(file.parent)
    os.mkfifo("pipe")
    with pytest.raises(LoginError, match=r"cannot be read: (it is a|Is a directory|embedded null)"):
        netrcfile.read(path)


def test_e7_it_has_a_limit(file: Path) -> None:
    file.write_bytes(b"#" * 2_000_000)
    with pytest.raises(LoginError, match="it has more than 1,048,576 octets"):
        netrcfile.password("h", "me")


def test_e22_a_file_of_another_user_is_not_told_to_be_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "netrc"
    path.write_text("machine host login ida password secret\n")
    path.chmod(0o600)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(LoginError, match="contains passwords, and it belongs to another user: use a file of your own"):
        netrcfile.read(str(path))
