"""Values, operators and comments in scripts, by the program as a process and at real servers."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.servers.base import Server
from tests.shell.running import GREETING, imapsh, listening, url


def test_comments_stand_in_the_first_column(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_bytes(b"# nothing {3}\nSELECT #none\n#SELECT INBOX\n # no comment\nNOOP\n")
    done = imapsh("--demo", "--format", "json", "--keep-going", "-f", str(script))
    commands = [line.partition('"command":"')[2].partition('"')[0] for line in done.lines if '"command":' in line]
    assert commands[1:] == ["SELECT #none", "# no comment", "NOOP"]


def test_a_script_carries_values_over(tmp_path: Path) -> None:
    script = b"\n".join(
        (
            b"\\set box Archive",
            b"STATUS ${box} (UIDNEXT)",
            b"\\set next ${last.uidnext}",
            b"SELECT ${box}",
            b"UID SEARCH 1:3",
            b"UID FETCH ${uids} (FLAGS) > " + bytes(tmp_path / "flags"),
            b"\\set next",
            b"\\alias last FETCH ${1} (UID)",
            b"last * | sed -n 's/.*UID/UID/p' > " + bytes(tmp_path / "uid"),
        )
    )
    done = imapsh("--demo", "--format", "wire", "-f", "-", stdin=script)
    assert done.status == 0
    assert "wrote " in done.err
    flags = (tmp_path / "flags").read_bytes()
    assert flags.count(b"FETCH (") == 3
    assert b"next = 241" in done.out
    assert (tmp_path / "uid").read_bytes().startswith(b"UID 240)")


def test_a_large_text_goes_to_the_file_octet_by_octet(tmp_path: Path) -> None:
    text = bytes(range(256)) * 20_000  # 5 MB, more than is kept in memory

    def server(sock: socket.socket) -> None:
        sock.sendall(GREETING)
        lines = sock.makefile("rb")
        for line in lines:
            tag = line.split(b" ", 1)[0]
            if b"FETCH" in line:
                sock.sendall(b"* 1 FETCH (UID 7 BODY[] {%d}\r\n" % len(text) + text + b")\r\n")
            sock.sendall(tag + b" OK done\r\n")

    out = tmp_path / "text"
    with listening(server) as port:
        done = imapsh(url(port), "--format", "wire", "-c", f"UID FETCH 7 BODY.PEEK[] > {out}")
        assert (done.status, done.out) == (0, GREETING + b"")
        assert out.read_bytes() == text
        assert f"wrote {len(text):,} octets to {out}" in done.err
        done = imapsh(url(port), "--format", "wire", "-c", f"UID FETCH 7 BODY.PEEK[] | wc -c > {out}")
        assert int(out.read_text()) == len(f"* 1 FETCH (UID 7 BODY[] {{{len(text)}}}\r\n") + len(text) + len(
            ")\r\nA1 OK done\r\n"
        )


def test_what_goes_wrong_is_a_sentence_and_ends_the_script(tmp_path: Path) -> None:
    done = imapsh("--demo", "-c", f"NOOP > {tmp_path}/no/where", "-c", "NOOP")
    assert done.status == 2
    assert "cannot write" in done.err
    done = imapsh("--demo", "-c", "SELECT ${bx}")
    assert done.status == 2
    assert "${bx} is not set" in done.err


@pytest.mark.parametrize("name", ["courier", "mailutils"])
def test_the_shells_own_result_at_servers_without_searchres(name: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(name)
    where = f"imap://{server.host}:{server.port}"
    script = "\n".join(
        (
            f"LOGIN {server.user} {server.password}",
            "SELECT INBOX",
            "SEARCH RETURN (SAVE) 1:2",
            "FETCH $ FLAGS",
            "SEARCH NOT $",
            "SEARCH 1:2",
            "UID FETCH ${uids} FLAGS",
            "SEARCH SUBJECT no-such-thing-at-all",
            "FETCH $ FLAGS",
        )
    )
    words = (where, "--insecure", "--cleartext", "--format", "json", "--keep-going", "-f", "-")
    done = imapsh(*words, stdin=script.encode())
    commands = [line.partition('"command":"')[2].partition('"')[0] for line in done.lines if '"command":' in line]
    assert "SEARCH 1:2" in commands, done
    fetched = next(one for one in commands if one.startswith("UID FETCH "))
    assert f"SEARCH NOT UID {fetched.split()[2]}" in commands
    assert not any(one.startswith("FETCH") for one in commands)
    assert "$ is empty, so FETCH would do nothing; nothing was sent" in done.err
    answers = [line for line in done.lines if '"name":"FETCH"' in line]
    assert len(answers) >= 2, done
    assert not any('"name":"BAD"' in line for line in done.lines)
