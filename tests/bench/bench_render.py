"""How long the pretty form takes, a response of each kind, and beside it the bare copying of the same octets.

python -m tests.bench render                 FETCH ALL as one figure
python -m tests.bench.bench_render           a table of microseconds
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from imapsh.grammar.responses import Response
from imapsh.render.jsonform import dumps, to_json
from imapsh.render.pretty import pretty
from imapsh.render.styles import THEMES
from tests.bench.bench_parse import envelope
from tests.bench.figures import Figure
from tests.bench.peers import Peers
from tests.render.reading import read

THEME = THEMES["default"]
ENVELOPE = (
    b'ENVELOPE ("Sat, 02 Apr 2022 06:15:00 +0200" "=?utf-8?q?Tidevand_og?= kaj" '
    b'(("Signe Dahl" NIL "signe" "kelp.example")) NIL NIL (("Olu" NIL "olu" "kelp.example")'
    b'("Nuru" NIL "nuru" "fjord.test")) NIL NIL NIL "<r@kelp.example>") '
    b'BODYSTRUCTURE (("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 20 2)'
    b'("image" "gif" NIL NIL NIL "base64" 600) "mixed")'
)
LINES = {
    "FETCH FLAGS UID": [b"* %d FETCH (FLAGS (\\Seen) UID %d)\r\n" % (n, n + 500) for n in range(1, 100_001)],
    "EXISTS": [b"* %d EXISTS\r\n" % n for n in range(20_000)],
    "LIST": [b'* LIST (\\HasNoChildren) "/" "Archive/%d"\r\n' % n for n in range(20_000)],
    "STATUS": [b'* STATUS "Archive/%d" (MESSAGES %d UNSEEN 3)\r\n' % (n, n) for n in range(20_000)],
    "ENVELOPE BODYSTRUCTURE": [b"* %d FETCH (UID %d %s)\r\n" % (n, n, ENVELOPE) for n in range(1, 2_001)],
}


def seconds(form: Callable[[Response], object], responses: Sequence[Response]) -> float:
    """The best of three."""
    best = 1e9
    for _ in range(3):
        start = time.process_time()
        for response in responses:
            form(response)
        best = min(best, time.process_time() - start)
    return best


def figures(peers: Peers) -> Iterator[Figure]:
    """What the prompt spends on FETCH 1:* ALL of 20,000 messages, beside parsing."""
    number = 2_000
    responses = read(
        "".join(
            f'* {i} FETCH (FLAGS (\\Seen) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE {i} '
            f"ENVELOPE {envelope(i)})\r\n"
            for i in range(1, number + 1)
        ).encode()
    )
    taken = seconds(lambda response: pretty(response, THEME), responses) * 20_000 / number
    yield Figure("FETCH 1:* ALL of 20,000, painted", "", f"CPU {taken:.1f} s", None)


def main() -> None:
    """Print a table of microseconds a response."""
    print(f"{'us a response':24}{'copy':>8}{'plain':>8}{'coloured':>10}{'JSON':>8}")
    for name, lines in LINES.items():
        responses = read(b"".join(lines))
        forms: tuple[Callable[[Response], object], ...] = (
            lambda response: response.frame.raw.decode("latin-1"),
            pretty,
            lambda response: pretty(response, THEME),
            lambda response: dumps(to_json(response)),
        )
        copy, plain, coloured, form = (1e6 * seconds(form, responses) / len(responses) for form in forms)
        print(f"{name:24}{copy:8.2f}{plain:8.2f}{coloured:10.2f}{form:8.2f}")


if __name__ == "__main__":
    main()
