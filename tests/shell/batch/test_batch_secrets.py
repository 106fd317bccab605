"""Secrets in batch: what came is parsed and shown as it came, and the password and the token are nowhere."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path

import pytest

from tests.shell.running import Done, imapsh, listening, says, url

GREETING = b"* OK [CAPABILITY IMAP4rev1 UIDPLUS SASL-IR AUTH=PLAIN AUTH=OAUTHBEARER] hello\r\n"
OPENED = (
    b"* FLAGS ()\r\n* 0 RECENT\r\n* OK [PERMANENTFLAGS ()] none\r\n* 2024 EXISTS\r\n"
    b"* OK [UIDNEXT 2024] next\r\n* OK [UIDVALIDITY 2024] valid\r\nTAG OK [READ-WRITE] done\r\n"
)
TOKEN = "ya29.a0/Secr+et_Token"


def batch(password: str, trace: Path, *words: str) -> Done:
    """SELECT and COPY on a server that says the password in words, and as numbers and names of its own."""
    said = password.encode()
    answers = (
        b"TAG OK [CAPABILITY IMAP4rev1 UIDPLUS] in with " + said + b"\r\n",
        OPENED,
        b"TAG OK [COPYUID 2024 2024 1:1] copied with " + said + b"\r\n",
        b"* BYE " + said + b"\r\nTAG OK bye\r\n",
    )
    with listening(says(*answers, greeting=GREETING)) as port:
        return imapsh(url(port, user="joe"), "--trace", str(trace), "-c", "SELECT INBOX", "-c", "COPY 1 Box", *words,
                      env={"IMAPSH_PASSWORD": password})  # fmt: skip


@pytest.mark.parametrize("password", ["2024", "UIDPLUS", "INBOX", "UIDNEXT", "READ-WRITE"])
def test_e12_a_password_that_is_a_word_changes_nothing(password: str, tmp_path: Path) -> None:
    done = batch(password, tmp_path / "trace", "--format", "json", "--json-raw")
    assert (done.status, done.err) == (0, "")
    found = [json.loads(line) for line in done.lines]
    assert [one["violations"] for one in found] == [[]] * len(found)
    assert not any(one.get("findings") for one in found)
    assert [one["value"].get("arg", one["value"].get("count")) for one in found[1:]] == [
        ["IMAP4rev1", "UIDPLUS"], None, 0, [], 2024, 2024, 2024, None, "2024 2024 1:1",
    ]  # fmt: skip
    assert [one["value"]["text"] for one in (found[1], found[-1])] == [
        f"in with {'*' * len(password)}",
        f"copied with {'*' * len(password)}",
    ]
    assert all(len(b64decode(one["raw"])) == one["length"] for one in found)
    explained = imapsh("--explain", str(tmp_path / "trace"), "--format", "json")
    assert (explained.status, explained.err) == (
        0,
        f"imapsh: {tmp_path / 'trace'}: imapsh trace, exact, with secrets masked\n",
    )
    assert [one["violations"] for one in map(json.loads, explained.lines)] == [[]] * len(explained.lines)
    assert f"with {password}" not in (tmp_path / "trace").read_text()


def test_e12_wire_is_exact(tmp_path: Path) -> None:
    done = batch("2024", tmp_path / "trace", "--format", "wire")
    assert b"* 2024 EXISTS\r\n* OK [UIDNEXT 2024] next\r\n* OK [UIDVALIDITY 2024] valid\r\n" in done.out
    assert b"[COPYUID 2024 2024 1:1] copied with ****\r\n" in done.out


@pytest.mark.parametrize("format", ["pretty", "view", "wire", "json"])
@pytest.mark.parametrize(
    "refusal",
    [
        json.dumps({"status": "401", "error_description": f"{TOKEN} is old"}).replace("/", "\\/").encode(),
        json.dumps({"status": "401", "scope": TOKEN}).replace("S", "\\u0053").encode(),
        json.dumps({"status": "401", "scope": b64encode(b64encode(TOKEN.encode())).decode()}).encode(),
        b64encode(TOKEN.encode()),
    ],
)
def test_e14_a_refused_token_is_nowhere(format: str, refusal: bytes, tmp_path: Path) -> None:
    coded = b64encode(refusal)
    answers = (b"+ " + coded + b"\r\n", b"A1 NO [AUTHENTICATIONFAILED] " + coded + b"\r\n")
    with listening(says(*answers, greeting=GREETING)) as port:
        words = ("--mechanism", "OAUTHBEARER", "--token-command", f"echo {TOKEN}", "--format", format)
        trace = tmp_path / "trace"
        done = imapsh(url(port, user="joe"), *words, "--trace", str(trace), "--json-raw", "-c", "NOOP")
    assert done.status
    assert "refused the login of joe" in done.err
    if refusal.startswith(b"{"):
        assert "status 401" in done.err
    explained = imapsh("--explain", str(trace), "--format", "pretty")
    nested = [TOKEN, TOKEN.replace("/", "\\/"), TOKEN.replace("S", "\\u0053"), coded.decode(), refusal.decode()]
    for text in (done.out.decode(), done.err, trace.read_text(), explained.out.decode()):
        assert not any(one in text for one in nested)
        assert "Secr+et" not in text
