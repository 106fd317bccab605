"""What a keystroke costs, and a completion among very many mailboxes: python -m tests.bench match"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from imapsh.grammar.responses import Response
from imapsh.grammar.values import MailboxList
from imapsh.render.styles import THEMES
from imapsh.session.core import Session
from imapsh.shell.prompt.brackets import MatchingBrackets
from imapsh.shell.prompt.completer import ShellCompleter
from imapsh.shell.prompt.history import MaskedHistory
from imapsh.shell.prompt.prompt import make
from imapsh.shell.prompt.reading import Reading, TypedLexer
from imapsh.shell.prompt.suggest import FromHistory
from imapsh.shell.prompt.toolbar import Status, toolbar
from imapsh.shell.record.known import Known
from imapsh.shell.record.mailboxes import MailboxNames
from imapsh.table import Context
from imapsh.wire.frames import Frame
from tests.bench import pressing
from tests.bench.figures import Figure, listed
from tests.bench.peers import Peers
from tests.shell.knowing import HOST, world

_CONTEXT = Context("selected")
_KEYS = " ".join(f'OR FROM "a{i}" (NOT SINCE 1-Feb-1994 SEEN)' for i in range(23))
_ITEMS = " ".join(f"BODY.PEEK[{i}.HEADER.FIELDS (DATE FROM)]<0.1024>" for i in range(1, 22))
_STRINGS = " ".join(f'HEADER "X-Name-{i}" "a \\"value\\" {i}"' for i in range(26))
LINES = {
    "SELECT": "SELECT INBOX",
    "SEARCH": "SEARCH UNSEEN SINCE 1-Feb-1994",
    "SEARCH, nested": f"SEARCH {_KEYS} ALL ALL",
    "SEARCH, strings": f"SEARCH {_STRINGS}",
    "FETCH": "FETCH 1:* (FLAGS ENVELOPE)",
    "FETCH, sections": f"FETCH 1:* ({_ITEMS})",
    "FETCH, half typed": f"FETCH 1:* ({_ITEMS}",
    "a set": "UID FETCH " + ",".join(str(i) for i in range(1000, 1200)) + " FLAGS",
    "FETCH, a name": f"FETCH 1:* ({_ITEMS} FL",
    "SEARCH, a name": f"SEARCH {_KEYS} UNS",
    "a literal": "APPEND INBOX (\\Seen) {2000}\n" + "A line of the message.\n" * 40 + "x",
    "nonsense": "FROB " + "x" * 1000,
    "100 kB": f"SEARCH {_KEYS * 100}",
}  # fmt: skip
HISTORY = 10_000  # lines


class Prompt:
    """What listens to a key at the prompt, but for prompt_toolkit itself: with ten thousand lines of history."""

    def __init__(self) -> None:
        self.reading = Reading(lambda: _CONTEXT)
        self.lexer = TypedLexer(self.reading)
        taught = world()
        self.completer = ShellCompleter(HOST, self.reading, lambda: taught, lambda: None)
        self.history = MaskedHistory(None, lambda line: line)
        for number in range(HISTORY):
            self.history.append_string(f"FETCH {number} FLAGS")
        self.suggest = FromHistory(self.history)
        self.buffer = Buffer()
        self.brackets = MatchingBrackets()
        self.status = Status("demo@host", Session())

    def key(self, line: str, cursor: int | None = None) -> None:
        """A character of a line has been typed: colours, brackets, lint, hint, completions, suggestion."""
        document = Document(line, cursor)
        self.lexer.lex_document(document)(0)
        self.brackets.pair(document)
        toolbar(self.status, self.reading, document, 100)
        list(self.completer.get_completions(document, CompleteEvent()))
        self.suggest.get_suggestion(self.buffer, document)

    def session(self, input: Any, output: Any) -> tuple[PromptSession[str], dict[str, Any]]:
        """The prompt itself."""
        theme = THEMES["dark"]
        session = make(
            lambda: self.status, self.reading, self.completer, self.history, theme, lambda: False, lambda text: None,
            input=input, output=output,
        )  # fmt: skip
        return session, {}


def keystrokes(line: str, number: int = 200, cursor: int = -1) -> float:
    """Milliseconds of CPU that 95 of 100 keystrokes in a line keep below; at its end, or before `cursor`."""
    prompt = Prompt()
    prompt.key(line)
    gc.collect()
    gc.freeze()  # as the program does when it stands: what other benchmarks left is not looked at again
    place = range(len(line))[cursor]
    times = []
    for turn in range(number):
        # what was read before is not read again
        typed = line[:place] + chr(ord("A") + turn % 26) + line[place + 1 :]
        start = time.thread_time()
        prompt.key(typed, place + 1)
        times.append(time.thread_time() - start)
    return sorted(times)[number * 95 // 100] * 1e3


#: Milliseconds of CPU for what a peer does of its own at a key, 95 of 100.  Each line is another, as it is when one
#: types: a peer keeps what it made of a line.
_PEER = """
import sys, time
from prompt_toolkit.document import Document
{made}
line, times = sys.argv[1], []
for turn in range(200):
    typed = line[:-1] + chr(ord("A") + turn % 26) + str(turn // 26)
    document = Document(typed, len(typed))
    start = time.thread_time()
    key(document)
    times.append(time.thread_time() - start)
print(sorted(times)[190] * 1e3)
"""
_IREDIS_PARTS = """
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from iredis.config import load_config_files
load_config_files("")
from iredis.bottom import BottomToolbar
from iredis.completers import IRedisCompleter
from iredis.lexer import IRedisLexer
from iredis.processors import PasswordProcessor, UpdateBottomProcessor, UserInputCommand
from iredis.style import STYLE
lexer, completer, holder = IRedisLexer(), IRedisCompleter(), UserInputCommand()
"""
_IREDIS = _PEER.format(
    made=f"""{_IREDIS_PARTS}
from types import SimpleNamespace
processors, bar = (UpdateBottomProcessor(holder, None), PasswordProcessor()), BottomToolbar(holder)
def key(document):
    typed = SimpleNamespace(document=document, fragments=lexer.lex_document(document)(0))
    for processor in processors:
        processor.apply_transformation(typed)
    bar.render()
    list(completer.get_completions(document, None))
"""
)
_LITECLI = _PEER.format(
    made="""
from litecli.lexer import LiteCliLexer
from litecli.sqlcompleter import SQLCompleter
from prompt_toolkit.lexers import PygmentsLexer
lexer, completer = PygmentsLexer(LiteCliLexer), SQLCompleter()
def key(document):
    lexer.lex_document(document)(0)
    list(completer.get_completions(document, None))
"""
)
#: The same of a whole key in iredis' own prompt, made as its entry.py makes it.
_IREDIS_PRESSED = f"""{{pressing}}
import sys
{_IREDIS_PARTS}
from prompt_toolkit.history import InMemoryHistory
def maker(input, output):
    history = InMemoryHistory([f"GET key{{{{number}}}}" for number in range({HISTORY})])
    session = PromptSession(
        history=history, style=STYLE, auto_suggest=AutoSuggestFromHistory(), complete_while_typing=True, lexer=lexer,
        completer=completer, enable_open_in_editor=True, input=input, output=output,
    )
    processors = [UpdateBottomProcessor(holder, session), PasswordProcessor()]
    return session, dict(
        message="127.0.0.1:6379> ", bottom_toolbar=BottomToolbar(holder).render, input_processors=processors,
        enable_suspend=True,
    )
print(pressed(maker, sys.argv[1]))
"""
_COMMAND = "MSET " + " ".join(f"key{number} value{number}" for number in range(70))
_QUERY = "SELECT " + ", ".join(f"name{number} AS n{number}" for number in range(64)) + " FROM t WHERE "

MAILBOXES = 100_000
_TYPED = ("", "a", "archive/2", "4711", "zzz", "rchv77")


def mailboxes(number: int) -> MailboxNames:
    """So many names, as LIST tells them."""
    names = MailboxNames()
    for index in range(number):
        name = f"Archive/{index % 100}/Project {index}"
        names.learn(Response("untagged", "LIST", MailboxList((), "/", name), Frame((b"",))))
    return names


def completions(names: MailboxNames) -> float:
    """Milliseconds, the slowest of some things typed."""
    names.prepare()
    names.stale = False
    taught = Known()
    taught.names = names
    completer = ShellCompleter(HOST, Reading(lambda: _CONTEXT), lambda: taught, lambda: None)
    slowest = 0.0
    for typed in _TYPED:
        document = Document(f"SELECT {typed}")
        start = time.thread_time()
        list(completer.get_completions(document, CompleteEvent()))
        slowest = max(slowest, time.thread_time() - start)
    return slowest * 1e3


def fuzzy(number: int) -> float:
    """The same of prompt_toolkit's fuzzy completer."""
    from prompt_toolkit.completion import CompleteEvent, FuzzyWordCompleter
    from prompt_toolkit.document import Document

    completer = FuzzyWordCompleter([f"Archive/{index % 100}/Project{index}" for index in range(number)])
    start = time.thread_time()
    list(completer.get_completions(Document("Project47"), CompleteEvent()))
    return (time.thread_time() - start) * 1e3


def slowest(peers: Peers, turns: int = 3) -> tuple[dict[str, float], dict[str, float]]:
    """Return the milliseconds of each line's keystroke, and of the peers' there are: the best of some turns."""
    every: dict[str, float] = {}
    beside: dict[str, float] = {}
    for _ in range(turns):
        for name, line in LINES.items():
            every[name] = min(keystrokes(line), every.get(name, float("inf")))
        middle = keystrokes(LINES["SEARCH, nested"], cursor=480)
        every["SEARCH, middle"] = min(middle, every.get("SEARCH, middle", middle))
        for name, script, text in (("iredis", _IREDIS, _COMMAND), ("litecli", _LITECLI, _QUERY)):
            _least(beside, name, peers.milliseconds(name, script, text))
    return every, beside


def whole(peers: Peers, turns: int = 3, keys: int = pressing.KEYS) -> tuple[float, dict[str, float]]:
    """Return the same of a key with all that prompt_toolkit does: edit, lay out, compare, draw."""
    line = LINES["SEARCH, a name"]
    script = _IREDIS_PRESSED.format(pressing=Path(pressing.__file__).read_text("utf-8"))
    beside: dict[str, float] = {}
    for _ in range(turns):
        _least(beside, "imapsh", pressing.pressed(Prompt().session, line, keys))
        _least(beside, "bare", pressing.pressed(pressing.bare, line, keys))
        _least(beside, "iredis", peers.milliseconds("iredis", script, _COMMAND))
    return beside.pop("imapsh"), beside


def _least(taken: dict[str, float], name: str, milliseconds: float | None) -> None:
    if milliseconds is not None:
        taken[name] = min(milliseconds, taken.get(name, milliseconds))


def figures(peers: Peers) -> Iterator[Figure]:
    """The slowest line's keystroke, a whole key, and the slowest completion."""
    every, beside = slowest(peers)
    line, slow = max(every.items(), key=lambda found: found[1])
    yield _beside_iredis(f"keystroke, 1 kB ({line})", slow, beside)
    yield _beside_iredis("the same with prompt_toolkit's part", *whole(peers))
    taken, theirs = completions(mailboxes(MAILBOXES)), fuzzy(MAILBOXES)
    what = "completion among 100,000 mailboxes"
    yield Figure(what, "30 ms", f"{taken:.1f} ms", taken <= 30, f"prompt_toolkit's fuzzy words {theirs:.0f} ms")


def _beside_iredis(what: str, taken: float, beside: dict[str, float]) -> Figure:
    """A figure that is to be no more than iredis'."""
    ratio = taken / beside["iredis"] if "iredis" in beside else None
    shown = f"x {ratio:.2f}" if ratio else f"{taken:.2f} ms"
    others = f"{taken:.2f} ms p95; {listed(beside, '{:.2f} ms') or 'iredis is not installed'}"
    return Figure(what, "1.0 x iredis", shown, None if ratio is None else ratio <= 1, others)
