"""What a keystroke costs, and a completion among very many mailboxes: python -m tests.bench match"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from imapsh.grammar.responses import Response
from imapsh.grammar.values import MailboxList
from imapsh.shell.prompt.completer import ShellCompleter
from imapsh.shell.prompt.history import MaskedHistory
from imapsh.shell.prompt.reading import Reading, TypedLexer
from imapsh.shell.prompt.suggest import FromHistory
from imapsh.shell.prompt.toolbar import Status, toolbar
from imapsh.shell.record.known import Known
from imapsh.shell.record.mailboxes import MailboxNames
from imapsh.table import Context
from imapsh.wire.frames import Frame
from tests.bench.figures import Figure, listed
from tests.bench.peers import Peers
from tests.shell.knowing import HOST, world

_CONTEXT = Context("selected")
_KEYS = " ".join(f'OR FROM "a{i}" (NOT SINCE 1-Feb-1994 SEEN)' for i in range(23))
_ITEMS = " ".join(f"BODY.PEEK[{i}.HEADER.FIELDS (DATE FROM)]<0.1024>" for i in range(1, 22))
LINES = {
    "SELECT": "SELECT INBOX",
    "SEARCH, nested": f"SEARCH {_KEYS} ALL ALL",
    "FETCH, sections": f"FETCH 1:* ({_ITEMS})",
    "FETCH, half typed": f"FETCH 1:* ({_ITEMS}",
    "a set": "UID FETCH " + ",".join(str(i) for i in range(1000, 1200)) + " FLAGS",
    "FETCH, a name": f"FETCH 1:* ({_ITEMS} FL",
    "SEARCH, a name": f"SEARCH {_KEYS} UNS",
    "nonsense": "FROB " + "x" * 1000,
}  # fmt: skip
HISTORY = 10_000  # lines


class Prompt:
    """What listens to a key at the prompt, but for prompt_toolkit itself: with ten thousand lines of history."""

    def __init__(self) -> None:
        self.reading = Reading(lambda: _CONTEXT)
        self.lexer = TypedLexer(self.reading)
        taught = world()
        self.completer = ShellCompleter(HOST, self.reading, lambda: taught, lambda: None)
        history = MaskedHistory(None, lambda line: line)
        for number in range(HISTORY):
            history.append_string(f"FETCH {number} FLAGS")
        self.suggest = FromHistory(history)
        self.buffer = Buffer()

    def key(self, line: str) -> None:
        """The last character of a line has been typed: colours, lint, hint, completions, suggestion."""
        document = Document(line)
        self.lexer.lines(line)
        toolbar(Status("", None), self.reading, document, 100)
        list(self.completer.get_completions(document, CompleteEvent()))
        self.suggest.get_suggestion(self.buffer, document)


def keystrokes(line: str, number: int = 200) -> float:
    """Milliseconds of CPU that 95 of 100 keystrokes at the end of a line keep below."""
    prompt = Prompt()
    prompt.key(line)
    gc.collect()
    gc.freeze()  # as the program does when it stands: what other benchmarks left is not looked at again
    times = []
    for turn in range(number):
        typed = line[:-1] + chr(ord("A") + turn % 26)  # what was read before is not read again
        start = time.thread_time()
        prompt.key(typed)
        times.append(time.thread_time() - start)
    return sorted(times)[number * 95 // 100] * 1e3


#: Milliseconds of CPU for lexing a line and completing at its end, 95 of 100.
_PEER = """
import sys, time
from prompt_toolkit.document import Document
from {lexer} import {Lexer}
from {completer} import {Completer}
lexer, completer, document = {made}, {Completer}(), Document(sys.argv[1], len(sys.argv[1]))
times = []
for _ in range(40):
    start = time.thread_time()
    lexer.lex_document(document)(0)
    list(completer.get_completions(document, None))
    times.append(time.thread_time() - start)
print(sorted(times)[38] * 1e3)
"""
_IREDIS = _PEER.format(
    lexer="iredis.lexer", Lexer="IRedisLexer", completer="iredis.completers", Completer="IRedisCompleter",
    made="IRedisLexer()",
)  # fmt: skip
_LITECLI = _PEER.format(
    lexer="litecli.lexer", Lexer="LiteCliLexer", completer="litecli.sqlcompleter", Completer="SQLCompleter",
    made="__import__('prompt_toolkit.lexers').lexers.PygmentsLexer(LiteCliLexer)",
)  # fmt: skip
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


def figures(peers: Peers) -> Iterator[Figure]:
    """The slowest line's keystroke, and the slowest completion."""
    line, slow = max(((name, keystrokes(line)) for name, line in LINES.items()), key=lambda found: found[1])
    beside = {
        "iredis": peers.milliseconds("iredis", _IREDIS, _COMMAND),
        "litecli": peers.milliseconds("litecli", _LITECLI, _QUERY),
    }
    others = listed({name: value for name, value in beside.items() if value is not None}, "{:.2f} ms")
    yield Figure(f"keystroke, 1 kB ({line})", "2 ms p95", f"{slow:.2f} ms", slow <= 2, others)
    taken, theirs = completions(mailboxes(MAILBOXES)), fuzzy(MAILBOXES)
    what = "completion among 100,000 mailboxes"
    yield Figure(what, "30 ms", f"{taken:.1f} ms", taken <= 30, f"prompt_toolkit's fuzzy words {theirs:.0f} ms")
