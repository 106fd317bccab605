r"""The prompt and a batch do the same: what is sent, shown, remembered and returned, line by line.

Both drivers run the same lines against the same scripted server, over the memory transport.  What may differ is listed
in DIFFERENCES, each with its reason; a line that is not affected by one of them must be alike.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from imapsh.errors import ImapshError
from imapsh.render.visible import visible
from imapsh.session.events import Completed, Event, Received
from imapsh.shell.app import FIRST, App, at_once
from imapsh.shell.batch import driver as batch_driver
from imapsh.shell.batch.batch import Batch
from imapsh.shell.batch.driver import BatchDriver
from imapsh.shell.batch.script import from_commands
from imapsh.shell.command_table import COMMANDS
from imapsh.shell.connection.dial import Plan, make_plan
from imapsh.shell.prompt import driver as prompt_driver
from imapsh.shell.prompt.driver import PromptDriver
from imapsh.shell.prompt.shell import Shell
from imapsh.shell.settings.options import Options
from imapsh.shell.settings.passwords.password import Kept
from imapsh.transport.aio import AioStream
from imapsh.transport.base import Stream
from imapsh.transport.memory import attach, pair
from imapsh.transport.memory_aio import aio_pair
from tests.patience import PATIENCE

#: What may differ, and why.  At most ten.
DIFFERENCES = {
    "questions": "what loses mail is asked about where somebody is there, and flags before a STORE: a script means "
    "what it says",
    "login": "the prompt asks who logs in and with what; a script brings it, or takes it from where the options say",
    "for the prompt": "commands about keys, history, editors and notifications are refused in a script",
    "lint": "what is wrong with a line stands in the toolbar; a script, which has none, is told in a note",
    "raw": "the prompt is free again at once; a script waits for the reply to \\raw, or for a silence",
    "idle": "IDLE gives the prompt back; a script stays in it until DONE or the time-out",
    "watch": "\\watch is a switch at the prompt, and lasts for so many seconds in a script",
    "farewell": "the LOGOUT that ends a connection is shown at the prompt; of a script only its commands are",
    "end": "the end of a connection is told above the prompt; it ends a script, which says it last of all",
    "tests": "a script says where a test failed, and the prompt that one was passed",
}

SELECTED = (
    "* FLAGS (\\Seen \\Deleted)\n* 3 EXISTS\n* 0 RECENT\n* OK [UIDVALIDITY 7] valid\n* OK [UIDNEXT 9] next\n"
    "TAG OK [READ-WRITE] selected"
)
ENVELOPE = '("1-Feb-2024" "Kelp" NIL NIL NIL NIL NIL NIL NIL "<1@x>")'
STRUCTURE = '("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "BASE64" 12 1)'

#: The beginning of a command -> what is answered; "" is silence, "END" the end of the stream.
ANSWERS = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE LITERAL+ ENABLE CONDSTORE\nTAG OK done",
    "SELECT": SELECTED,
    "EXAMINE": SELECTED.replace("READ-WRITE", "READ-ONLY"),
    "LIST": '* LIST (\\HasNoChildren) "/" INBOX\n* LIST () "/" Archive\nTAG OK done',
    "STATUS": "* STATUS INBOX (MESSAGES 3 UIDNEXT 9)\nTAG OK done",
    "FETCH 1:3 FLAGS": "* 1 FETCH (FLAGS (\\Seen))\n* 2 FETCH (FLAGS ())\n* 3 FETCH (FLAGS ())\nTAG OK done",
    "FETCH 1 (UID ENV": f"* 1 FETCH (UID 4 ENVELOPE {ENVELOPE})\nTAG OK done",
    "FETCH 2 BODYSTRUCTURE": f"* 2 FETCH (BODYSTRUCTURE {STRUCTURE})\nTAG OK done",
    "FETCH 2 BODY.PEEK[1]": "* 2 FETCH (BODY[1] {12}\na2VscA==\n\n)\nTAG OK done",
    "FETCH 9": "TAG NO no such message",
    "UID SEARCH": "* SEARCH 4 6\nTAG OK done",
    "SEARCH": "* SEARCH 1 3\nTAG OK done",
    "UID FETCH": "* 1 FETCH (UID 4 FLAGS (\\Seen) INTERNALDATE \" 1-Feb-2024 00:00:00 +0000\" RFC822.SIZE 5)\n"
    "TAG OK done",
    "STORE": "* 1 FETCH (FLAGS (\\Seen \\Flagged))\nTAG OK done",
    "EXPUNGE": "* 2 EXPUNGE\nTAG OK done",
    "CREATE": "TAG NO [ALREADYEXISTS] it is there",
    "XBROKEN": "* 1 FETCH (FLAGS \\Seen)\nTAG OK done",
    "FETHC": "TAG BAD what",
    "NEWS": "* OK [ALERT] listen\n* 4 EXISTS\n* 4 EXPUNGE\nTAG OK done",
    "LOGOUT": "* BYE bye\nTAG OK out",
    "XBYE": "* BYE over",
    "IDLE": "+ idling",
    "DROP": "END",
}  # fmt: skip


class Server:
    """Answers a line at a time; `heard` is all that was sent to it."""

    def __init__(self) -> None:
        self.heard = b""
        self._rest = b""
        self._begun = ""  # a command whose literal, of one line in these scripts, is still to come

    def answer(self, data: bytes) -> tuple[bytes, bool]:
        """What is said to these octets, and whether the stream ends behind it."""
        self.heard += data
        self._rest += data
        said, ends = b"", False
        while b"\r\n" in self._rest and not ends:
            octets, _, self._rest = self._rest.partition(b"\r\n")
            line, self._begun = self._begun or octets.decode(), ""
            if octets.endswith(b"}"):
                said += b"" if octets.endswith(b"+}") else b"+ go\r\n"
                self._begun = line
                continue
            tag, _, command = line.partition(" ")
            answer = next((text for begins, text in ANSWERS.items() if command.startswith(begins)), "TAG OK done")
            ends = answer in ("END", ANSWERS["XBYE"]) or command == "LOGOUT"
            if answer not in ("", "END"):
                said += answer.replace("TAG", tag).replace("\n", "\r\n").encode() + b"\r\n"
        return said, ends


SECRET = "hunter22"
GREETING = b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE LITERAL+ ENABLE CONDSTORE] hello\r\n"


class Recording:
    """A sink of both: what is shown, in order."""

    exact = False

    def __init__(self, *ignored: Any, **more: Any) -> None:
        self.shown: list[str] = []

    def text(self, text: str, owner: object = None) -> None:
        self.shown += text.splitlines()

    def octets(self, octets: bytes) -> None:
        self.text(octets.decode())

    def aside(self, text: str) -> None:
        self.text(text)

    def note(self, text: str, label: str = "") -> None:
        self.shown.append(f"note: {label}{visible(text)}")

    def fault(self, text: str, label: str = "") -> None:
        self.shown.append(f"fault: {label}{visible(text)}")

    def drop(self, owner: object) -> None:
        """Nothing is due."""

    def flush(self) -> None:
        """Nothing is due."""

    def tick(self) -> None:
        """Nobody sees how far it is."""


class Done(NamedTuple):
    """What became of one line."""

    sent: bytes
    shown: list[str]
    returned: str
    remembered: dict[str, object]


def remembered(app: App) -> dict[str, object]:
    """What a shell knows afterwards."""
    here = app.here
    assert here is not None
    box, results = here.session.mailbox, here.results
    found = results.found
    return {
        "state": here.session.state,
        "mailbox": None if box is None else (box.name, box.exists, box.uidvalidity, box.read_only, list(box.uids)),
        "capabilities": here.session.capabilities,
        "found": None if found is None else (sorted(found.uids), bytes(found.marks).rstrip(b"\0")),
        "told": (results.tag, results.status, results.uidnext, results.uidvalidity, results.exists),
        "last": [_kept(event) for event in here.last.events()],
        "names": [name for name in ("INBOX", "Archive") if here.record.known.names.has(name)],
        "keywords": list(here.record.known.messages.keywords),
        "shell": (app.current, sorted(app.connections), dict(app.aliases), dict(app.variables.own), app.leaving),
        "output": (app.screen.format, app.screen.quiet, app.target),
        "plan": (here.plan.safe, here.plan.read_only),
        "stats": sorted((name, row.end.count) for name, row in app.stats.rows("") if name != "LOGOUT"),  # see farewell
        "running": ([one.name for one in here.session.running.values()], len(here.session.queue), len(here.own)),
        "tally": (app.tally.judged, app.tally.failed, app.tally.name),
    }


def _kept(event: Event) -> tuple[object, ...]:
    if isinstance(event, Received):
        return ("received", event.response.name, event.response.frame.raw, event.unsolicited, event.change)
    return ("completed", event.response.name) if isinstance(event, Completed) else (type(event).__name__,)


@pytest.fixture(autouse=True)
def recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_driver, "TerminalSink", Recording)
    monkeypatch.setattr(batch_driver, "StdSink", Recording)


def _options(**options: Any) -> Options:
    given = {"color": "never", "timing": False, "no_ask": True, "timeout": 0.2, "stall": 0.0, "password": Kept(SECRET)}
    return Options(url="imap://127.0.0.1", **{**given, **options})


def in_batch(lines: list[str], monkeypatch: pytest.MonkeyPatch, **options: Any) -> list[Done]:
    """Each line by a batch."""
    server = Server()

    async def reach(driver: BatchDriver, plan: Plan) -> tuple[Stream, Plan]:
        client, theirs = pair()

        def receive(data: bytes) -> bytes:
            said, ends = server.answer(data)
            if ends:
                theirs.write(said)
                theirs.close()
                return b""
            return said

        attach(theirs, receive)
        theirs.write(GREETING)
        return client, plan

    monkeypatch.setattr(BatchDriver, "reach", reach)
    chosen = _options(**options)
    plan = make_plan(chosen)
    batch = Batch(plan, chosen, io.BytesIO(), terminal=True)
    batch.driver.script = from_commands([])
    at_once(batch.app.follow(batch.app.connect(plan, FIRST)))
    sink: Any = batch.driver.sink
    return [_did(batch.app, server, sink, lambda line: at_once(batch.app.follow(batch.app.perform(line))), line)
            for line in lines]  # fmt: skip


def _did(app: App, server: Server, sink: Recording, do: Callable[[str], str], line: str) -> Done:
    heard, shown = len(server.heard), len(sink.shown)
    try:
        returned = do(line)
    except ImapshError as error:
        returned = f"{type(error).__name__}: {error}"
    return Done(server.heard[heard:], sink.shown[shown:], returned, remembered(app))


async def answers(question: str, secret: bool) -> str | None:
    """The person knows the password as well as the options do, and says yes to nothing."""
    return SECRET if secret else "n"


def at_prompt(lines: list[str], monkeypatch: pytest.MonkeyPatch, folder: Path, **options: Any) -> list[Done]:
    """Each line by the driver of the prompt, in its loop."""
    return asyncio.run(asyncio.wait_for(_at_prompt(lines, monkeypatch, folder, options), PATIENCE))


async def _at_prompt(
    lines: list[str], monkeypatch: pytest.MonkeyPatch, folder: Path, options: dict[str, Any]
) -> list[Done]:
    server = Server()
    serving: list[asyncio.Task[None]] = []

    async def converse(stream: AioStream) -> None:
        await stream.write(GREETING)
        while data := await stream.read(1 << 16):
            said, ends = server.answer(data)
            await stream.write(said)
            if ends:
                break
        await stream.close()

    async def reach(driver: PromptDriver, plan: Plan) -> tuple[AioStream, Plan]:
        client, theirs = await aio_pair()
        serving.append(asyncio.create_task(converse(theirs)))
        return client, plan

    monkeypatch.setattr(PromptDriver, "reach", reach)
    chosen = _options(**options)
    plan = make_plan(chosen)
    done: list[Done] = []
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        shell = Shell(chosen, folder=folder, input=keys, output=DummyOutput())
        shell.driver.asks = answers
        app, sink = shell.app, shell.driver.sink
        assert isinstance(sink, Recording)
        await app.follow(app.connect(plan, FIRST))
        for line in lines:
            heard, shown = len(server.heard), len(sink.shown)
            try:
                returned = await app.follow(app.perform(line))
            except ImapshError as error:
                returned = f"{type(error).__name__}: {error}"
            for _ in range(20):  # turns of the loop, in which what is due is sent and answered
                await asyncio.sleep(0)
            done.append(Done(server.heard[heard:], sink.shown[shown:], returned, remembered(app)))
        for connection in app.connections.values():
            await shell.driver.close(connection)
        await shell.driver.printer.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
    return done


#: Lines that both are to do alike, each behind those before it.
SCRIPTS: dict[str, list[str]] = {
    "ordinary": ["CAPABILITY", "NOOP", 'LIST "" "*"', "STATUS INBOX (MESSAGES UIDNEXT)", "SELECT INBOX",
                 "FETCH 1:3 FLAGS", "FETCH 1 (UID ENVELOPE)", "STORE 1 +FLAGS (\\Flagged)", "EXAMINE INBOX",
                 "a7 NOOP", "# a comment", "NEWS", "CLOSE", "LOGOUT"],
    "refused": ["SELECT INBOX", "FETCH 9 FLAGS", "CREATE Archive", "XBROKEN"],
    "literals": ["APPEND Archive {5}\r\nhello", "APPEND Archive {5+}\r\nhello", "NOOP {3}", "LOGIN ida {6}\r\nsecret"],
    "structures": ["SELECT INBOX", "FETCH 2 BODYSTRUCTURE", "FETCH 2 BODY.PEEK[1]", "\\last view", "\\last hex",
                   "\\last wire", "\\last json", "\\last"],
    "columns": ["\\format view size", 'LIST "" * RETURN (STATUS (MESSAGES SIZE))', "\\last view name", "\\format view",
                "\\last", "\\format view sise"],
    "formats": ["STATUS INBOX (MESSAGES)", "\\format json", "STATUS INBOX (MESSAGES)", "\\sessions", "\\format view",
                "SELECT INBOX", "FETCH 1:3 FLAGS", "\\format wire", "NOOP", "\\format hex", "NOOP", "\\format nope",
                "\\format pretty", "\\format"],
    "taken back": ["\\safe off", "SELECT INBOX", "STORE 1 +FLAGS (\\Flagged)", "CREATE x", "SUBSCRIBE x", "\\undo 9",
                   "\\undo", "EXPUNGE", "\\journal off", "\\format json", "\\undo"],
    "values": ["SELECT INBOX", "UID SEARCH ALL", "UID FETCH ${uids} FLAGS", "\\set box INBOX",
               "STATUS ${box} (MESSAGES)", "\\set", "\\set box", "\\unset box", "\\set box", "NOOP ${nothing}",
               "\\alias st STATUS ${1} (MESSAGES)",
               "st INBOX", "\\alias", "\\unalias st", "\\unalias st", "SEARCH ALL", "FETCH $ FLAGS"],
    "what is said": ["\\help", "\\help NOOP", "\\help zzz", "\\hlep", "\\timing", "\\timing on", "\\timing off",
                     "\\safe", "\\safe off", "\\readonly on", "SELECT INBOX", "STORE 1 +FLAGS (\\Deleted)",
                     "\\readonly off",
                     "\\resync", "\\trace", "\\keys", "\\quit now", "quit", "help me",
                     "sessions", "\\stats", "\\stats reset", "\\lint", "\\lint nobody", "\\lint reset", "\\lint",
                     "\\notify", "\\tls", "\\tls nobody", "\\why", "\\why nobody",
                     "\\expect tls expires > 30", "\\expect tls wrong"],
    "tests": ["\\name a name", "NOOP", "\\expect OK", "\\expect NO", "\\fail on purpose", "\\skip why", "\\expect BAD",
              "\\expect untagged EXISTS", "SELECT INBOX", "\\expect untagged EXISTS = 3", "\\expect nonsense"],
    "repeated": ["\\repeat 3 0 NOOP", "\\repeat -q 2 0 CREATE x", "\\repeat 0 0 NOOP", "\\each NOOP", "\\each",
                 "\\repeat 2 0 \\set x 1"],
    "all mailboxes": ["\\find ALL", "SELECT INBOX", "\\find invoice", "\\find", "\\find FORM x", "\\mailboxes NOOP",
                      "\\mailboxes Arch* FETCH 1:3 FLAGS", "\\mailboxes", "\\mailboxes LOGOUT",
                      "\\mailboxes \\timing", "\\mailboxes CREATE x", "\\format json", "\\find ALL", "\\du",
                      "\\largest", "\\largest x", "\\format pretty", "\\du A*", "\\largest 1"],
    "connections": ["\\connect -n second", "\\sessions", "NOOP", "\\use 1", "NOOP", "\\each NOOP", "\\use nobody",
                    "\\connect -n a/b"],
    "connect": ["SELECT INBOX", "\\connect -n", "\\use", "\\disconnect nobody"],
    "compared": ["\\compare", "\\compare INBOX Archive", "\\compare --content INBOX Archive", "\\compare 1: 1:",
                 "SELECT INBOX", "\\compare INBOX 9:INBOX", "\\duplicates", "\\duplicates UID 4", "\\duplicates x",
                 "NOOP"],
    "files": ["SELECT INBOX", "\\save", "\\save --parts", "\\save --parts 1:* parts", "\\load",
              "\\load nothing.eml", "NOOP > out", "FETCH 1:3 FLAGS > out2",
              "CREATE Archive > out3", "NOOP >> out", "\\trace trace", "NOOP", "\\export page.html", "\\export trace",
              "\\export", "\\trace off", "\\export page.html"],
    "copied": ["\\connect -n b", "\\use 1", "\\copy 1 b:Archive", "SELECT INBOX", "\\copy", "\\copy 1 b:Archive",
               "\\copy 1 1:Archive", "\\move 1 b:Archive", "\\move 1 nobody:x", "EXAMINE INBOX", "\\move 1 1:Archive"],
    "broken off": ["SELECT INBOX", "DROP", "\\sessions", "NOOP"],
    "BYE": ["SELECT INBOX", "XBYE", "NOOP", "\\last"],
    "connected again": ["SELECT INBOX", "\\connect", "\\connect -n 2", "\\disconnect", "NOOP"],
    "for the prompt": ["\\history", "\\edit NOOP", "\\cleartext", "\\cleartext on", "\\watch off", "\\tap", "\\raw",
                       "\\raw A9 NOOP\\r\\n"],
    "login": ["LOGIN ida"],
    "idle": ["SELECT INBOX", "IDLE"],
    "left": ["NOOP", "\\quit"],
}  # fmt: skip

#: Lines where something in DIFFERENCES is to be seen, and which.
MAY_DIFFER: dict[str, str] = {
    "\\keys": "for the prompt",
    "\\notify": "for the prompt",
    "\\history": "for the prompt",
    "\\edit NOOP": "for the prompt",
    "NOOP {3}": "lint",
    "XBROKEN": "lint",
    "NEWS": "lint",
    "LOGIN ida {6}\r\nsecret": "lint",
    "DROP": "end",
    "XBYE": "end",
    "LOGOUT": "end",
    "\\safe": "questions",
    "\\expect OK": "tests",
    "\\expect NO": "tests",
    "\\expect BAD": "tests",
    "\\fail on purpose": "tests",
    "\\expect untagged EXISTS": "tests",
    "\\expect untagged EXISTS = 3": "tests",
    "\\expect tls expires > 30": "tests",
    "\\raw A9 NOOP\\r\\n": "raw",
    "\\watch off": "watch",
    "\\tap": "for the prompt",
    "\\connect": "farewell",
    "\\connect -n 2": "farewell",
    "\\disconnect": "farewell",
    "LOGIN ida": "login",
    "IDLE": "idle",
}

_TIMES = re.compile(r'"elapsed":[\d.]+|[\d.]+ m?s\b|^ {9,}end +|(?<=\S) {2,}')
_PLACE = re.compile(r"^fault: -c:\d+: ")
_FAREWELL = re.compile(
    r"(?:2#\| )?(?:> A\d+ LOGOUT|- \* BYE bye|< A\d+ OK out)|note: 2?logged out; the connection is closed"
)


def without_times(done: Done) -> Done:
    return done._replace(shown=[_TIMES.sub("#", line) for line in done.shown])


def apart_from(reason: str, done: Done) -> Done:
    """What is left of a line when a difference is left out of it."""
    shown, known = done.shown, dict(done.remembered)
    if reason in ("lint", "login", "end"):
        shown = [line for line in shown if not line.startswith(("note: ", "fault: "))]
    if reason == "end":
        known["shell"] = None  # whether it ends, too
    elif reason == "farewell":
        shown = [line for line in shown if not _FAREWELL.fullmatch(line)]
    elif reason == "tests":
        shown = [_PLACE.sub("fault: ", line) for line in shown if not line.startswith("  ok, ")]
    elif reason in ("questions", "watch"):
        shown = []
    elif reason in ("for the prompt", "raw", "idle"):
        sent = done.sent.removesuffix(b"DONE\r\n")  # a script ends its IDLE itself
        return Done(sent, [], "", {"output": known["output"], "plan": known["plan"]})
    return done._replace(shown=shown, remembered=known)


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_line_does_the_same(script: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = SCRIPTS[script]
    for name in ("prompt", "batch"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "prompt")
    prompted = at_prompt(lines, monkeypatch, tmp_path / "prompt")
    monkeypatch.chdir(tmp_path / "batch")
    batched = in_batch(lines, monkeypatch)
    for line, *both in zip(lines, map(without_times, prompted), map(without_times, batched), strict=True):
        ours, theirs = (apart_from(MAY_DIFFER.get(line, ""), done) for done in both)
        assert ours == theirs, line


def test_every_command_of_the_shell_is_among_the_lines() -> None:
    typed = {line.split(" ")[0] for lines in SCRIPTS.values() for line in lines if line.startswith("\\")}
    assert not set(COMMANDS) - typed


def test_what_may_differ_is_a_short_list_with_reasons() -> None:
    assert len(DIFFERENCES) <= 10
    assert set(MAY_DIFFER.values()) == set(DIFFERENCES)
    lines = {line for lines in SCRIPTS.values() for line in lines}
    assert set(MAY_DIFFER) <= lines
    for line, reason in MAY_DIFFER.items():
        if reason == "for the prompt":
            assert COMMANDS[line.split(" ")[0]].prompt
