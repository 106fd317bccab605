"""What --checkup says, and what it never says."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

import pexpect

import imapsh as package
from imapsh.shell.settings.passwords.password import ORDER
from tests.patience import PATIENCE
from tests.servers.certs import Certs
from tests.shell.connection.test_passphrase import write_locked
from tests.shell.running import environment, imapsh

FILE = """\
format = "json"
[profiles.work]
url = "imaps://boss@work.example"
password = "hunter22"
[profiles.home]
url = "home.example"
keyring = true
[aliases]
unread = "UID SEARCH UNSEEN"
[theme]
flag = "red"
"""


def checkup(tmp_path: Path, text: str | None, *words: str, **env: str) -> tuple[int, dict[str, str], str]:
    """The exit status, the lines by their labels, and all that was said."""
    path = tmp_path / "imapsh" / "config.toml"
    path.parent.mkdir(exist_ok=True)
    if text is not None:
        path.write_text(text)
        path.chmod(0o600)
    folders = {
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
        "HOME": str(tmp_path),
        "TERM": "xterm",
    }
    done = imapsh("--checkup", *words, env={**folders, "NETRC": "", **env})
    said = done.out.decode() + done.err
    rows = [line.strip().split("  ", 1) for line in said.splitlines() if line.startswith("  ")]
    return done.status, {row[0]: row[1].strip() for row in rows}, said


def test_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "imapsh").mkdir()
    (tmp_path / "imapsh" / "history").write_text("+NOOP\n")
    (tmp_path / "imapsh" / "history").chmod(0o644)
    status, rows, said = checkup(tmp_path, FILE, IMAPSH_PASSWORD="hunter23", NO_COLOR="1")
    assert status == 0
    assert rows["imapsh"] == package.__version__
    assert rows["core"] == ("compiled" if package.compiled else "interpreted")
    assert rows["Python"].startswith(sys.version.split()[0])
    assert rows["prompt_toolkit"] == version("prompt_toolkit")
    assert "keyring" in rows["keyring"]
    assert rows[str(tmp_path / "imapsh" / "config.toml")] == "is read"
    assert rows["for all"] == "format"
    assert rows["profile work"] == "imaps://boss@work.example, password from this file"
    assert rows["profile home"] == "home.example, password from IMAPSH_PASSWORD"
    assert rows["aliases"] == "unread"
    assert "6 octets, rw-r--r--: others may read it" in rows["history"]
    assert rows["folder"] == f"{tmp_path / 'imapsh'}: can be written"
    assert (rows["TERM"], rows["encoding"], rows["colours"]) == ("xterm", "utf-8", "none")
    assert "no colours" in rows["NO_COLOR"]
    assert [label for label in rows if label[:1].isdigit()] == [f"{n} {one.name}" for n, one in enumerate(ORDER, 1)]
    assert rows["6 IMAPSH_PASSWORD"].endswith(": set")
    assert "hunter2" not in said
    assert "\x1b" not in said


def test_which_password_it_would_be(tmp_path: Path) -> None:
    _, rows, _ = checkup(tmp_path, None, "--netrc", "--no-config")
    assert rows["8 --netrc"].endswith(f"asked, but {tmp_path / '.netrc'} does not exist")
    assert rows["6 IMAPSH_PASSWORD"].endswith(": not set")
    (tmp_path / ".netrc").write_text("machine h login me password hunter22\n")
    (tmp_path / ".netrc").chmod(0o644)
    _, rows, said = checkup(tmp_path, FILE, "--netrc", "work", "--no-connect")
    assert "contains passwords, and others may read it" in rows["8 --netrc"]
    assert rows["5 password"].endswith(": not asked")  # the command line goes before the profile
    assert rows["profile home"] == "home.example, password from --keyring"
    assert "hunter22" not in said


def test_a_fault_is_told_among_the_rest_and_2(tmp_path: Path) -> None:
    status, rows, said = checkup(tmp_path, "fromat = 'json'\n")
    assert status == 2
    assert "line 1: unknown key fromat; did you mean format?" in said
    assert rows["imapsh"] == package.__version__
    status, _, said = checkup(tmp_path, FILE, "hmoe")
    assert (status, "there is no profile hmoe; did you mean home?" in said) == (2, True)


def test_c10_the_url_is_used(tmp_path: Path) -> None:
    status, rows, said = checkup(
        tmp_path, FILE, "imaps://ida@mail.example/Archive", "--netrc", "--read-only", "--no-connect"
    )
    assert (status, rows["address"], rows["user"]) == (0, "imaps, mail.example:993", "ida")
    assert rows["TLS"].startswith("from the start; trusted: ")
    assert rows["mailbox"] == "Archive, read-only"
    (tmp_path / ".netrc").write_text("machine mail.example login ida password hunter22\n")
    (tmp_path / ".netrc").chmod(0o600)
    for user, what in (("ida", "a password for ida at mail.example"), ("eve", "none for eve at mail.example")):
        _, rows, said = checkup(tmp_path, None, f"imap://{user}@mail.example", "--netrc", "--no-connect")
        assert rows["8 --netrc"].endswith(f"1 entry in {tmp_path / '.netrc'}, {what}")
        assert rows["TLS"].startswith("by STARTTLS")
        assert "hunter22" not in said


def test_c10_a_profile_is_used_and_the_url_of_the_file(tmp_path: Path) -> None:
    assert checkup(tmp_path, FILE, "work", "--no-connect")[1]["address"] == "imaps, work.example:993"
    assert "address" not in checkup(tmp_path, FILE)[1]
    assert checkup(tmp_path, 'url = "me@mail.example"\n')[1]["user"] == "me"
    assert checkup(tmp_path, None, "--demo", "--no-connect")[1]["address"] == "the demo server"


def test_c10_a_wrong_url_is_told_among_the_rest_and_2(tmp_path: Path) -> None:
    for words, told in (
        (["pop://mail.example"], "unknown scheme pop://"),
        (["imap://me@mail.example", "--user", "eve"], "the URL says user me and --user says eve"),
        (["mail.example", "--mechanism", "NONE"], "NONE"),
    ):
        status, rows, _ = checkup(tmp_path, None, *words)
        assert (status, told in rows["address"]) == (2, True)
    status, rows, _ = checkup(tmp_path, None, "mail.example", "--cafile", str(tmp_path), "--no-connect")
    assert (status, "Is a directory" in rows["TLS"]) == (0, True)


def test_none_and_another(tmp_path: Path) -> None:
    path = str(tmp_path / "imapsh" / "config.toml")
    assert checkup(tmp_path, None)[1][path] == "does not exist"
    assert checkup(tmp_path, "x = 1", "--no-config")[:2][0] == 0
    status, _, said = checkup(tmp_path, FILE, "--config", str(tmp_path / "none"))
    assert (status, "cannot be read: No such file" in said) == (2, True)


def test_in_a_terminal(tmp_path: Path) -> None:
    env = environment(TERM="xterm", TMUX="x", XDG_STATE_HOME=str(tmp_path), IMAPSH_PASWORD="hunter22")
    words = ["-m", "imapsh", "--checkup", "--theme", "light"]
    shell = pexpect.spawn(sys.executable, words, env=env, encoding="utf-8", timeout=PATIENCE, dimensions=(40, 150))
    shell.expect(pexpect.EOF)
    shell.close()
    said = shell.before or ""
    for text in ("150 x 40", "theme light", "tmux", "imapsh does not use this variable", "\x1b[1;36mInstalled"):
        assert text in said
    assert "hunter22" not in said


def test_in_json_if_the_command_line_says_so(tmp_path: Path) -> None:
    _, _, said = checkup(tmp_path, FILE, "--format", "json")
    value = json.loads(said)["value"]
    assert value["Installed"]["imapsh"] == package.__version__
    assert value["Configuration"]["for all"] == "format"
    assert "hunter22" not in said


def test_with_a_url_the_server_is_looked_at_and_the_rest_is_short(tmp_path: Path) -> None:
    status, rows, said = checkup(tmp_path, "keys = 'vi'\n", "--demo")
    assert (status, rows["result"], rows["configuration"]) == (
        0,
        "the login works",
        str(tmp_path / "imapsh/config.toml"),
    )
    assert {"imapsh", "Python", "OpenSSL"} <= set(rows)
    assert "TERM" not in rows
    assert "Passwords" not in said


def test_no_connect_goes_with_checkup() -> None:
    done = imapsh("--no-connect", "mail.example")
    assert (done.status, "--no-connect goes with --checkup" in done.err) == (2, True)


def test_who_acts_for_whom_and_what_is_pinned(tmp_path: Path, certs: Certs) -> None:
    locked = write_locked(certs.client_pem, tmp_path / "client.pem")
    words = ("imaps://root;AUTHORIZE=bob@work.example", "--no-connect", "--pin", "00" * 32, "--cert", str(locked))
    status, rows, said = checkup(tmp_path, None, *words)
    assert status == 0, said
    assert (rows["user"], rows["acting for"]) == ("root", "bob, by the mechanism")
    assert rows["TLS"].endswith("the system's authorities, for the certificate that is pinned")
    assert rows["key"] == f"{locked} is protected by a passphrase; it is asked for at the terminal"
    _, rows, _ = checkup(tmp_path, None, *words, "--pin-only", "--key-password-command", "pass key")
    assert rows["TLS"] == "from the start; trusted: the certificate that is pinned"
    assert rows["key"].endswith("; --key-password-command prints it")
