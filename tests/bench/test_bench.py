"""That the benchmarks can be run: what is cheap of each, once.  No test looks at a clock."""

from __future__ import annotations

import asyncio
import importlib
import socket
import sys
import threading
from pathlib import Path

import pytest

from imapsh.render.pretty import pretty
from tests.bench import __main__ as bench
from tests.bench import bench_match, bench_parse, bench_prompt, bench_render, bench_start, bench_tap, small_commands
from tests.bench.figures import Figure, listed, table
from tests.bench.peers import PACKAGES, Peers
from tests.bench.terminal import peak, shown
from tests.render.reading import read


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


def test_the_prompt(tmp_path: Path) -> None:
    home = str(tmp_path)
    assert shown([sys.executable, "-c", "print('here')"], b"here", home) > 0
    assert set(bench_prompt.first_prompts(Peers(tmp_path), home, 1)) == {"bare", "imapsh"}
    assert len(asyncio.run(bench_prompt.pushes(tmp_path, 3))) == 3
    assert all(number >= 0 for number in bench_prompt.flood(home, 300))


def test_the_others() -> None:
    assert bench_start.wall([sys.executable, "-c", "pass"], 1) > 0
    assert all(bench_match.keystrokes(line, 1) >= 0 for line in bench_match.LINES.values())
    assert bench_match.completions(bench_match.mailboxes(300)) >= 0
    assert bench_match.fuzzy(300) >= 0
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


@pytest.mark.parametrize("peer", small_commands.MODULES)
@pytest.mark.parametrize("name", small_commands.LOOPS)
def test_d15_each_loop_of_small_commands_can_be_run(name: str, peer: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=small_commands.serve, args=(listener,), daemon=True).start()
        port = listener.getsockname()[1]
        assert small_commands.cpu(small_commands.program(name, peer, port, share=0.001)) > 0
        listener.shutdown(socket.SHUT_RDWR)
