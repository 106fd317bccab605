r"""`\undo` on real servers, in a script: flags everywhere, and copies and moves where there are UIDPLUS and MOVE."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.servers.base import Server
from tests.shell.running import Done, imapsh

_FLAGS = re.compile(rb"FETCH \(.*?UID (\d+).*?FLAGS \(([^)]*)\)|FETCH \(FLAGS \(([^)]*)\) UID (\d+)")


def runs(server: Server, *lines: str, options: tuple[str, ...] = ("--journal",)) -> Done:
    words = [word for line in lines for word in ("-c", line)]
    url = f"imaps://{server.user}@{server.host}:{server.tls_port}"
    return imapsh("--cafile", str(server.cafile), "--format", "wire", *options, *words, url,
                  env={"IMAPSH_PASSWORD": server.password})  # fmt: skip


def flags(done: Done, tag: str) -> dict[int, set[bytes]]:
    """The flags of each message, as the command with this tag was told them."""
    before, _, _ = done.out.partition(b"\r\n" + tag.encode() + b" OK")
    told = re.split(rb"\r\n[at]\d+ OK.*?\r\n", before, flags=re.IGNORECASE)[-1]
    return {
        int(one or other): set((these or those).split()) - {b"\\Recent"}
        for one, these, those, other in _FLAGS.findall(told)
    }


@pytest.fixture
def box(real_server: Server) -> Iterator[str]:
    """A mailbox with four messages, the second of which has been read."""
    name, other = (real_server.prefix + word for word in ("undo", "undone"))
    appends = [
        f"APPEND {name} {mark}{{12}}\r\nSubject: {number}\r\n" for number, mark in enumerate(("", "(\\Seen) ", "", ""))
    ]
    assert runs(real_server, f"CREATE {name}", f"CREATE {other}", *appends).status == 0
    yield name
    runs(real_server, f"DELETE {name}", f"DELETE {other}", options=("--keep-going",))


def test_flags_are_as_they_were(real_server: Server, box: str) -> None:
    done = runs(
        real_server, f"SELECT {box}", "t1 UID FETCH 1:* (UID FLAGS)", "UID STORE 2:3 +FLAGS.SILENT (\\Seen)",
        "STORE 2:4 FLAGS (\\Flagged)", "STORE 1:* +FLAGS (\\Deleted)", "STORE 1,3 -FLAGS (\\Deleted)",
        "t2 UID FETCH 1:* (UID FLAGS)", *["\\undo"] * 4, "t3 UID FETCH 1:* (UID FLAGS)",
    )  # fmt: skip
    assert done.status == 0, done
    assert flags(done, "t1") == flags(done, "t3") != flags(done, "t2")
    assert len(flags(done, "t1")) == 4
    assert "\\undo of change 1" in done.err


@pytest.mark.parametrize("condstore", [False, True])
def test_copies_and_moves_are_taken_back_on_dovecot_and_cyrus(
    real_server: Server, box: str, condstore: bool
) -> None:  # fmt: skip
    if real_server.name not in ("dovecot", "cyrus"):
        pytest.skip("it has no MOVE")
    other = f"{box}ne"
    enabled = ("ENABLE CONDSTORE",) * condstore
    lines = (*enabled, f"SELECT {box}", "STORE 1:3 +FLAGS (\\Flagged)", f"COPY 1:2 {other}", f"MOVE 1,3 {other}")
    status = f"STATUS {other} (MESSAGES)"
    done = runs(real_server, *lines, status, *["\\undo"] * 3, status, "t1 FETCH 1:* (UID FLAGS)")
    assert done.status == 0, done
    assert re.findall(rb"MESSAGES (\d+)", done.out) == [b"4", b"0"]
    assert sorted(map(sorted, flags(done, "t1").values())) == [[], [], [], [b"\\Seen"]]
    assert "move 2 messages" in done.err
    assert "remove 2 copies" in done.err


def test_mod_sequences_tell_what_somebody_else_changed_on_dovecot_and_cyrus(real_server: Server, box: str) -> None:
    if real_server.name not in ("dovecot", "cyrus"):
        pytest.skip("it has no CONDSTORE")
    url = f"imaps://{real_server.user}@{real_server.host}:{real_server.tls_port}"
    other = "\\raw A900 STORE 2 +FLAGS (\\\\Answered)\\r\\n"  # the journal knows nothing of it
    done = runs(
        real_server, "ENABLE CONDSTORE", f"SELECT {box}", "STORE 1:3 +FLAGS (\\Flagged)", f"\\connect -n two {url}",
        f"SELECT {box}", other, "\\use 1", "\\format json", "\\undo",
    )  # fmt: skip
    (told,) = [json.loads(line) for line in done.lines if '"name":"undo"' in line]
    assert done.status == 1, done
    (left,) = told["value"]["left"]
    assert left.startswith("left as they are: 1 message (UID 2), changed since by somebody else (MODSEQ)")
    assert told["value"]["done"] == f"take \\Flagged off 2 messages in 1:{box}"


def test_what_is_expunged_has_no_way_back(real_server: Server, box: str) -> None:
    done = runs(real_server, f"SELECT {box}", "STORE 1 +FLAGS (\\Deleted)", "EXPUNGE", "\\undo")
    assert done.status == 2
    assert "EXPUNGE, has no way back: EXPUNGE removes messages for good" in done.err
