"""That the benchmarks can be run: what is cheap of each, once.  No test looks at a clock."""

from __future__ import annotations

import asyncio
import importlib
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imapsh.render.pretty import pretty
from tests.bench import __main__ as bench
from tests.bench import (
    bench_jobs,
    bench_listing,
    bench_match,
    bench_parse,
    bench_prompt,
    bench_render,
    bench_start,
    bench_tap,
    listing,
    machine,
    small_commands,
    taken,
)
from tests.bench.canned import Sizes
from tests.bench.figures import Figure, listed, table
from tests.bench.peers import PACKAGES, Peers
from tests.bench.terminal import peak, shown
from tests.render.reading import read
from tests.shell.running import listening, says, url


@pytest.mark.parametrize("name", bench.NAMES)
def test_every_module_has_figures(name: str) -> None:
    assert callable(importlib.import_module(f"tests.bench.bench_{name}").figures)


def test_the_table_says_what_was_missed() -> None:
    figures = [
        Figure("a", "1 s", "2 s", False, "litecli 3 s"),
        Figure("b", "1 s", "0.5 s", True),
        Figure("c", "", "7", None),
    ]
    _, _, *lines = table(figures)
    assert [line.split() for line in lines] == [
        ["a", "1", "s", "2", "s", "MISSED", "litecli", "3", "s"],
        ["b", "1", "s", "0.5", "s", "kept"],
        ["c", "7"],
    ]
    assert listed({"x": 1.25, "y": 2}, "{:.1f} ms") == "x 1.2 ms, y 2.0 ms"


def test_peers_that_are_missing_are_named(tmp_path: Path) -> None:
    peers = Peers(tmp_path)
    assert peers.names == []
    assert all(name in peers.missing for name in (*PACKAGES, "--install", str(tmp_path)))
    assert peers.milliseconds("iredis", "print(1)", "") is None
    with peers.prompts() as prompts:
        assert prompts == {}


def test_peers_that_are_there_are_run(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name, target in (("python", sys.executable), ("iredis", sys.executable)):
        (tmp_path / "bin" / name).symlink_to(target)
    peers = Peers(tmp_path)
    assert peers.names == ["iredis"]
    assert peers.milliseconds("iredis", "import sys; print(len(sys.argv[1]) / 2)", "four") == 2
    with peers.prompts() as prompts:
        words, text = prompts["iredis"]
        assert text == b"127.0.0.1:"
        with socket.create_connection(("127.0.0.1", int(words[words.index("-p") + 1]))) as redis:
            redis.sendall(b"*1\r\n$4\r\nINFO\r\n")
            assert redis.recv(100) == b"+OK\r\n"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["nothing"], "unknown name nothing; choose from listing, jobs,"),
        (["match", "session"], "unknown name session; choose from"),
        (["--peers"], "argument --peers: expected one argument"),
        (["--peers", "/nowhere"], "/nowhere is not a folder: --install makes it"),
        (["--instal"], "unrecognized arguments: --instal"),
    ],
)
def test_a_wrong_word_is_told_before_anything_is_measured(
    words: list[str], error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        bench.main(words)
    assert ended.value.code == 2
    assert error in capsys.readouterr().err


def test_the_words_of_the_command_line(tmp_path: Path) -> None:
    assert bench.read([]).names == []
    found = bench.read(["match", "--peers", str(tmp_path), "parse"])
    assert (found.names, found.peers, found.install) == (["match", "parse"], tmp_path, False)
    assert bench.read(["--install", "--peers", "/nowhere"]).install


def test_peers_that_cannot_be_installed_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit, match=r"the peers cannot be installed into .*file"):
        bench.main(["--install", "--peers", str(tmp_path / "file"), "match"])


def test_what_is_measured_and_who_is_missing_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def figures(names: Sequence[str], peers: Peers) -> Iterator[Figure]:
        return (Figure(name, "1 s", "2 s", False, "litecli 3 s") for name in names)

    monkeypatch.setattr(bench, "figures", figures)
    monkeypatch.setattr("compileall.compile_dir", lambda folder, quiet: None)
    assert bench.main(["--peers", str(tmp_path), "match"]) == 1
    told = capsys.readouterr().out
    assert "match" in told
    assert "litecli 3 s" in told
    assert f"not measured beside iredis, litecli, ptpython: --install puts them into {tmp_path}" in told


def test_the_prompt(tmp_path: Path) -> None:
    home = str(tmp_path)
    assert shown([sys.executable, "-c", "print('here')"], b"here", home) > 0
    assert set(bench_prompt.first_prompts(Peers(tmp_path), home, 1)) == {"bare", "imapsh"}
    assert len(asyncio.run(bench_prompt.pushes(tmp_path, 3))) == 3
    assert all(number >= 0 for number in bench_prompt.flood(home, 300))


def test_the_others() -> None:
    assert bench_start.wall([sys.executable, "-c", "pass"], 1) > 0
    with listening(says()) as port:
        assert all(value > 0 for value in bench_start.first_octet(url(port), 1))
    assert all(bench_match.keystrokes(line, 1) >= 0 for line in bench_match.LINES.values())
    assert bench_match.completions(bench_match.mailboxes(300)) >= 0
    assert bench_match.fuzzy(300) >= 0


def test_whole_keys(tmp_path: Path) -> None:
    taken, beside = bench_match.whole(Peers(tmp_path), 1, 2)
    assert taken > 0
    assert set(beside) == {"bare"}
    assert len(bench_parse.in_turns((bench_parse.ours, bench_parse.imapclient), bench_parse.typed(8), 1)) == 2
    assert bench_parse.ours(bench_parse.typed(8)) == bench_parse.ours(bench_parse.flags(8)) == 8
    assert bench_render.seconds(pretty, read(bench_render.LINES["LIST"][0])) > 0
    assert peak("self") > 1000


def test_the_tap_beside_a_relay() -> None:
    found = list(bench_tap.figures(Peers(), literal=1 << 20, lines=300))
    assert [figure.what for figure in found] == [
        "literal of 1 MiB through the tap",
        "its memory",
        "300 FETCH lines, shown",
        "300 FETCH lines, in JSON",
        "300 FETCH lines, not shown",
    ]
    assert found[1].kept


def test_the_line_above_the_table_names_the_machine(tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Abacus 9\n")
    assert machine.processor(tmp_path / "cpuinfo") == "Abacus 9"
    assert machine.processor(tmp_path / "nothing")
    line = machine.described(datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    assert line.startswith("2026-01-02 03:04 UTC, ")
    assert line.endswith(f"core: {'compiled' if machine.compiled() else 'pure Python'}")


def test_a_program_is_measured_as_a_whole() -> None:
    best = taken.in_turns({"one": taken.Program([sys.executable, "-c", "print(7)"], taken.says(7))}, 2)
    assert all(value > 0 for value in best["one"])
    with pytest.raises(SystemExit, match="8"):
        taken.run(taken.Program([sys.executable, "-c", "print(7)"], taken.says(8)))
    with pytest.raises(SystemExit, match="0 times"):
        taken.run(taken.Program([sys.executable, "-c", "print(7)"], taken.counts(b"^8", 1)))
    with pytest.raises(SystemExit, match="some fault"):
        taken.run(taken.Program([sys.executable, "-c", "import sys; sys.exit('some fault')"], taken.says(7)))


def test_the_letters_of_the_listing_are_the_same_each_time() -> None:
    letters = [listing.letter(number) for number in range(200)]
    assert letters == [listing.letter(number) for number in range(200)]
    assert 2 <= sum(not letter.isascii() for letter in letters) <= 4


def test_every_way_of_reading_the_listing(state_folder: Path) -> None:
    with listing.filled(state_folder, 120) as place:
        found = list(bench_listing.measured(place, 1))
    assert [figure.what.strip() for figure in found[1:]] == [way.what for way in bench_listing.WAYS]
    assert "120" in found[0].what
    wire, drains = bench_listing.wire(1), bench_listing.drains(100)
    (state_folder / "out").write_bytes(b"* 1 FETCH (UID 1)\r\nA1 OK done\r\n")
    with pytest.raises(SystemExit, match="1 octets were drained, and 19 were written"):
        wire(state_folder / "out")
    (state_folder / "out").write_bytes(b"* 1 FETCH (UID 1)\r\n* OK Searched 9% of it\r\nA1 OK done\r\n")
    bench_listing.wire(19)(state_folder / "out")
    (state_folder / "out").write_bytes(b"144\n")
    drains(state_folder / "out")
    (state_folder / "out").write_bytes(b"99\n")
    with pytest.raises(SystemExit, match="100 octets were drained before, and now 99"):
        drains(state_folder / "out")


def test_every_way_of_the_other_jobs() -> None:
    found = list(bench_jobs.figures(Peers(), Sizes(300, 70, (1 << 20) + 7), 3, 1))
    assert [figure.what for figure in found if figure.budget == "imapsh"] == ["  first of all"] * 4
    ours = [figure.what.rpartition(": ")[2] for figure in found if figure.budget != "imapsh"]
    assert ours == ["imap4", "asyncio", "-c"] * 4


def test_a_peer_that_fails_is_left_out() -> None:
    here = taken.Program([sys.executable, "-c", "pass"], taken.counts(b".", 0))
    fails = taken.Program([sys.executable, "-c", "1 / 0"], taken.counts(b".", 0))
    assert bench_jobs.able({"imaplib": here, "curl": fails}) == {"imaplib": here}
    assert bench_jobs.able({"imaplib": fails, "curl": here}) == {"imaplib": fails, "curl": here}
    one = taken.Taken(2, 1, 1)
    job = bench_jobs.jobs(Sizes(), 10)[0]
    best = {"imap4": one, "imaplib": taken.Taken(1, 1, 1), "asyncio": one, "-c": one, "drain": one}
    assert [figure.kept for figure in bench_jobs.compared(job, best)] == [False, None, None, False]


@pytest.mark.parametrize("peer", small_commands.MODULES)
@pytest.mark.parametrize("name", small_commands.LOOPS)
def test_d15_each_loop_of_small_commands_can_be_run(name: str, peer: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=small_commands.serve, args=(listener,), daemon=True).start()
        port = listener.getsockname()[1]
        assert small_commands.cpu(small_commands.program(name, peer, port, share=0.001)) > 0
        listener.shutdown(socket.SHUT_RDWR)
