"""What tshark writes of a stream that it followed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from imapsh.logs.follow import streams_of
from imapsh.wire.pieces import CLIENT, EXACT, LINES, SERVER, Piece

from .packets import pcap, tshark
from .reading import read, side
from .test_pcap import TURNS, connection

RAW = b"""
===================================================================
Follow: tcp,raw
Filter: tcp.stream eq 3
Node 0: 192.0.2.1:51560
Node 1: 192.0.2.2:143
\t2a204f4b2072656164790d0a
6131204e4f4f500d0a
===================================================================
"""
YAML = b"""peers:
  - peer: 0
    host: 192.0.2.2
    port: 993
  - peer: 1
    host:
    port: 0
packets:
  - packet: 11
    peer: 0
    timestamp: 1795940936.139675617
    data: !!binary |
      KiBPSyByZWFk
      eQ0K
  - packet: 13
    peer: 1
    timestamp: 1795940936.140067577
    data: !!binary |
      YTEgTk9PUA0K
"""


def test_the_second_node_has_a_tab_and_the_greeting_tells_the_server() -> None:
    assert read(RAW) == [
        Piece(SERVER, b"* OK ready\r\n", RAW.index(b"\t"), None, "3"),
        Piece(CLIENT, b"a1 NOOP\r\n", RAW.index(b"6131"), None, "3"),
    ]
    turned = read(RAW.replace(b"\t", b"").replace(b"6131", b"\t6131"))
    assert [one.direction for one in turned] == [SERVER, CLIENT]


def test_ascii_has_sizes_and_may_hold_any_lines() -> None:
    head = RAW.replace(b"raw", b"ascii").partition(b"\t")[0]
    text = b"\t20\n* OK x\r\n12\nFollow:\r\n\n9\na1 NOOP\r\n\n\t4\n* OK\n\t3\n x\r\n"
    pieces = read(head + text)
    assert side(pieces, SERVER, "3") == b"* OK x\r\n12\nFollow:\r\n* OK x\r"
    assert side(pieces, CLIENT, "3") == b"a1 NOOP\r\n"
    assert {one.exactness for one in pieces} == {LINES}


def test_yaml_has_times() -> None:
    assert [one[:5] for one in read(YAML)] == [
        (SERVER, b"* OK ready\r\n", YAML.index(b"      KiBP"), 1795940936.139675617, ""),
        (CLIENT, b"a1 NOOP\r\n", YAML.index(b"      YTEg"), 1795940936.140067577, ""),
    ]


def test_streams_come_one_after_the_other() -> None:
    pieces = read(YAML * 2)
    assert [one.connection for one in pieces] == ["", "", "1", "1"]
    numbers = [[part.packet for part in parts] for parts in streams_of(enumerate(YAML.splitlines(keepends=True) * 2))]
    assert numbers == [[11, 13], [11, 13]]
    raw = RAW + RAW.replace(b"eq 3", b"eq 4")
    assert [one.connection for one in read(raw)] == ["3", "3", "4", "4"]


@pytest.mark.parametrize("form", ["raw", "ascii", "hex", "yaml"])
def test_what_tshark_itself_writes_is_read(tmp_path: Path, form: str) -> None:
    tshark()
    path = tmp_path / "x.pcap"
    path.write_bytes(pcap(connection().packets))
    command = ["tshark", "-r", str(path), "-q", "-z", f"follow,tcp,{form},0"]
    pieces = read(subprocess.run(command, capture_output=True, check=True).stdout)
    number = "" if form == "yaml" else "0"
    for who, name in (("S", SERVER), ("C", CLIENT)):
        assert side(pieces, name, number) == b"".join(octets for one, octets in TURNS if one == who)
    assert {one.exactness for one in pieces} == {LINES if form == "ascii" else EXACT}
