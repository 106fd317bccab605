"""How fast octets become values, beside IMAPClient's parser where that is installed.

python -m tests.bench parse
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence

from imapsh import table
from imapsh.grammar.responses import Parser
from imapsh.wire.frames import Frame
from imapsh.wire.limits import DEFAULT
from imapsh.wire.push import Pusher
from imapsh.wire.reader import FrameReader
from tests.bench import reading
from tests.bench.figures import Figure
from tests.bench.machine import compiled
from tests.bench.peers import Peers

MIB = 1 << 20
_ADDRESS = '("Person {0} of the Office" NIL "person.{0}" "dept{1}.example.org")'
_TEXT = '("text" "plain" ("charset" "utf-8" "format" "flowed") NIL NIL "quoted-printable" {0} {1} NIL NIL NIL NIL)'
_HTML = '("text" "html" ("charset" "utf-8") NIL NIL "quoted-printable" {0} {1} NIL NIL NIL NIL)'
_PDF = (
    '("application" "pdf" ("name" "report {0}.pdf") "<part{0}@example.org>" NIL "base64" {1} NIL '
    '("attachment" ("filename" "report {0}.pdf" "size" "{1}")) NIL NIL)'
)


def structure(index: int) -> str:
    """Bodies as mailboxes hold them: text alone, alternatives, attachments, a forwarded message."""
    text, html = _TEXT.format(900 + index, 30), _HTML.format(4000 + index, 90)
    kind = index % 4
    if kind == 0:
        return text
    alternative = f'({text}{html} "alternative" ("boundary" "b{index}") NIL NIL NIL)'
    if kind == 1:
        return alternative
    if kind == 2:
        return f'({alternative}{_PDF.format(index, 70000)} "mixed" ("boundary" "m{index}") NIL NIL NIL)'
    message = f'("message" "rfc822" NIL NIL NIL "7bit" 5000 {envelope(index + 1)} {text} 120 NIL NIL NIL NIL)'
    return f'({text}{message} "mixed" ("boundary" "f{index}") NIL NIL NIL)'


def envelope(index: int) -> str:
    """An envelope with a dozen strings."""
    sender = f"({_ADDRESS.format(index % 200, index % 7)})"
    to = "(" + "".join(_ADDRESS.format((index + step) % 300, step) for step in range(1 + index % 3)) + ")"
    return (
        f'("Thu, {1 + index % 28:02} Feb 2024 09:15:{index % 60:02} +0100" "Re: minutes of meeting {index}, revised" '
        f'{sender} {sender} {sender} {to} NIL NIL "<{index - 1}@mail.example.org>" "<{index}@mail.example.org>")'
    )


def typed(number: int) -> bytes:
    """`number` FETCH responses with ENVELOPE and BODYSTRUCTURE."""
    return "".join(
        f"* {i} FETCH (UID {i + 1000} ENVELOPE {envelope(i)} BODYSTRUCTURE {structure(i)})\r\n" for i in range(number)
    ).encode()


def flags(number: int) -> bytes:
    """`number` FETCH responses with FLAGS."""
    sets = ("\\Seen", "", "\\Seen \\Answered", "\\Seen $Forwarded NonJunk", "\\Flagged \\Deleted")
    return "".join(f"* {i} FETCH (FLAGS ({sets[i % 5]}) UID {i + 1000})\r\n" for i in range(1, number + 1)).encode()


def ours(octets: bytes) -> int:
    """Pushed in pieces of 64 KiB, framed and parsed; how many responses came."""
    pusher, parser, count = Pusher(FrameReader(limits=DEFAULT._replace(literals=0))), Parser(table.readers), 0
    for start in range(0, len(octets) + (1 << 16), 1 << 16):
        pusher.feed(octets[start : start + (1 << 16)])
        for frame in pusher:
            assert isinstance(frame, Frame)
            parser.parse(frame)
            count += 1
    return count


def imapclient(octets: bytes) -> int:
    """IMAPClient's parser, which reads FETCH into tuples, on lines that are split already."""
    from imapclient.response_parser import parse_fetch_response

    lines = [line[2:].replace(b" FETCH", b"", 1) for line in octets.split(b"\r\n")[:-1]]
    return len(parse_fetch_response(lines, uid_is_key=False))


#: Nested without end: each takes time in proportion, or this never returns.
HOSTILE = {
    "((((": b"* X " + b"(" * MIB + b"\r\n",
    '"\\\\\\\\': b'* X "' + b"\\" * MIB + b"\r\n",
    "[[[[": b"* OK " + b"[" * MIB + b"\r\n",
    "spaces": b"* 1 FETCH (" + b" " * MIB + b")\r\n",
    "BODY[": b"* 1 FETCH (" + b"BODY[ " * (MIB // 6) + b"\r\n",
    "open quotes": b"* 1 FETCH (" + b'ENVELOPE ("a ' * (MIB // 13) + b"\r\n",
    "literals": b"* X " + b"{1}\r\na " * (MIB // 8) + b"\r\n",
}


def in_turns(runs: Sequence[Callable[[bytes], int]], octets: bytes, turns: int = 5) -> list[float]:
    """Return the seconds of CPU of each, the best of some turns in which all take part."""
    taken = [[measured(run, octets, 1) for run in runs] for _ in range(turns)]
    return [min(each) for each in zip(*taken, strict=True)]


def measured(run: Callable[[bytes], int], octets: bytes, runs: int = 3) -> float:
    """Seconds of CPU, the best of some runs."""
    best = float("inf")
    for _ in range(runs):
        gc.collect()
        began = time.process_time()
        run(octets)
        best = min(best, time.process_time() - began)
    return best


def figures(peers: Peers) -> Iterator[Figure]:
    """Typed parsing, and the slowest of what is nested without end."""
    octets = typed(6000)
    size = len(octets) / MIB
    least = 10 if compiled() else 6
    what, budget = "typed parse, ENVELOPE+BODYSTRUCTURE", f"{least} x IMAPClient"
    if reading.present("IMAPClient"):
        taken, theirs = in_turns((ours, imapclient), octets)
        beside = f"{size / taken:.1f} MiB/s; IMAPClient {size / theirs:.1f} MiB/s"
        yield Figure(what, budget, f"x {theirs / taken:.1f}", theirs >= least * taken, beside)
    else:
        yield Figure(what, budget, f"{size / measured(ours, octets):.1f} MiB/s", None, "IMAPClient is not installed")
    title, slowest = max(
        ((title, measured(ours, octets, 1)) for title, octets in HOSTILE.items()), key=lambda found: found[1]
    )
    yield Figure("1 MiB of nesting, the slowest kind", "", f"{slowest:.2f} s", None, title)
