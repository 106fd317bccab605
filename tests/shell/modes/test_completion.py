"""What completes the command line: the scripts are taken by their shells, and bash is asked what it offers."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from imapsh.shell.modes import completion
from imapsh.shell.settings.options import OPTIONS, SCHEMES
from tests.patience import PATIENCE
from tests.servers.base import absent
from tests.shell.running import environment, imapsh

SHELLS = ("bash", "zsh", "fish")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_names_every_option_and_is_taken_by_its_shell(shell: str, tmp_path: Path) -> None:
    done = imapsh("--completion", shell)
    assert (done.status, done.err) == (0, "")
    text = done.out.decode()
    for option in OPTIONS:
        assert (f"-l {option.name[2:]} " if shell == "fish" else option.name) in text
    assert "imaps://" in text
    if shutil.which(shell) is None:
        absent(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_bytes(done.out)
    assert subprocess.run([shell, "-n", str(script)], capture_output=True, timeout=PATIENCE, check=True).stderr == b""


def offered(*words: str, after: str = "") -> list[str]:
    """What bash offers for the last word; `after` is run once the script has been read."""
    asked = " ".join(f"'{word}'" for word in ("imapsh", *words))
    code = f"""{completion.script("bash")}
        {after}
        COMP_WORDS=({asked}); COMP_CWORD={len(words)}
        _imapsh && printf '%s\\n' "${{COMPREPLY[@]}}"; complete -p imapsh >&2"""
    done = subprocess.run(
        ["bash", "--norc", "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=True, env=environment()
    )
    assert "complete -o default -F _imapsh imapsh" in done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["--form"], ["--format"]),
        (["--format", ""], ["pretty", "view", "wire", "json", "hex"]),
        (["--format", "=", "js"], ["json"]),
        (["--format", "="], ["pretty", "view", "wire", "json", "hex"]),
        (["--demo", "--mechanism", "SCRAM-SHA-1"], ["SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"]),
        (["--explain-name", "UIDVAL"], ["UIDVALIDITY"]),
        (["--limit", "l"], ["line=", "literal=", "literals="]),
        (["imap"], ["imaps://", "imap://", "imaps+unix:", "imaps+exec:"]),
        (["--read-only", "un"], ["unix:"]),
        (["--cafile", ""], []),
        (["--user", "i"], []),
        (["-h", "zzz"], []),
    ],
)
def test_bash_offers(words: list[str], wanted: list[str]) -> None:
    assert offered(*words) == wanted


def test_every_choice_is_offered() -> None:
    for option in OPTIONS:
        if option.choices:
            assert offered(option.name, "") == list(option.choices)


def test_fish_offers_choices_and_descriptions(tmp_path: Path) -> None:
    if shutil.which("fish") is None:
        absent("fish is not installed")
    script = tmp_path / "imapsh.fish"
    script.write_text(completion.script("fish"), encoding="utf-8")
    code = f"source {script}; complete -C 'imapsh --format j'; complete -C 'imapsh --json-r'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    choice, option = done.stdout.splitlines()
    assert choice.startswith("json")
    assert option == "--json-raw\tadd each response's octets to its JSON, in base64"


def test_zsh_offers_choices_and_completes_options(tmp_path: Path) -> None:
    if shutil.which("zsh") is None:
        absent("zsh is not installed")
    script = tmp_path / "imapsh.zsh"
    script.write_text(completion.script("zsh"), encoding="utf-8")
    dump = tmp_path / "dump"
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TERM": "dumb", "PS1": "> "}
    with pexpect.spawn("zsh", ["-f", "-i"], env=environ, timeout=PATIENCE, encoding="utf-8") as child:
        child.sendline(f"autoload -U compinit; compinit -u -d {dump}; source {script}; echo is-''read")
        child.expect("is-read")
        child.send("imapsh --format \t")
        child.expect("hex +json +pretty +view +wire")
        child.send("\x15imapsh --json-r\t")
        child.expect("--json-raw")


def test_profiles_are_offered_beside_urls(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[profiles.work]\nurl = 'imaps://h'\n[profiles.home]\nurl = 'imaps://h'\n", encoding="utf-8")
    done = imapsh("--profiles", "--config", str(config))
    assert (done.status, done.out, done.err) == (0, b"work\nhome\n", "")
    assert imapsh("--profiles", "--no-config").out == b""
    assert all("$(imapsh --profiles 2>/dev/null)" in completion.script(shell) for shell in ("bash", "zsh"))
    function = f'imapsh() {{ {shlex.join([sys.executable, "-m", "imapsh"])} --config {config} "$@"; }}'
    assert offered("wo", after=function) == ["work"]
    assert offered("", after=function) == [*SCHEMES, "work", "home"]


def test_help_for_the_choice() -> None:
    done = imapsh("--completion", "tcsh")
    assert done.status == 2
    assert "bash, zsh, fish" in done.err
