"""The gate: whatever a server says and wherever it is told, a terminal gets no control of the server's."""

from __future__ import annotations

import ast
import contextlib
import inspect
import os
import re
import select
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pexpect
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh.grammar.responses import UNTAGGED, Response
from imapsh.session.events import Received
from imapsh.shell.app import App
from imapsh.shell.prompt.plainprompt import PlainPrompt
from imapsh.shell.prompt.sink import TerminalSink
from imapsh.shell.screen import stdio
from imapsh.shell.screen.landing import landing
from imapsh.shell.screen.output import Output, Writer
from imapsh.shell.screen.printer import Printer
from imapsh.shell.screen.stdsink import StdSink
from imapsh.shell.screen.targets import PipeTarget
from imapsh.wire.frames import Frame
from tests.shell.acting import ENTER, TAB, Actor, acting, play
from tests.shell.hostile import TRICKS, ending, forged, hides, hostile, lines_of, run, unsafe
from tests.shell.prompt.test_plainprompt import Said, start
from tests.shell.running import ROOT, imapsh, listening, says, url

FORMATS = ("pretty", "view", "wire", "json", "hex")
COMMANDS = (
    "CAPABILITY", "ENABLE X", 'LIST "" *', "SELECT INBOX", "NOOP", "FETCH 1:* (FLAGS ENVELOPE)", "FETCH 1 BODY[]",
    "X", "DELETE x", "\\expect ok", "\\expect text ~ nothing", "\\stats", "\\sessions", "\\set", "\\set last.status",
    *(f"\\last {form}" for form in FORMATS), "\\timing on", "UID SEARCH ALL",
    "IDLE", "DONE", "AUTHENTICATE X", "", "\\connect",
)  # fmt: skip

BUNDLES = [b"".join(TRICKS[at : at + 6]) for at in range(0, len(TRICKS), 6)]

tricks = st.one_of(
    st.sampled_from(TRICKS),
    st.lists(st.sampled_from(TRICKS), min_size=2, max_size=4).map(b"".join),
    st.text(st.characters(), max_size=12).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=12),
)


@contextlib.contextmanager
def told(trick: bytes, greeting: bytes = b"PREAUTH") -> Iterator[str]:
    with listening(hostile(trick, greeting)) as port:
        yield url(port)


def conversation(
    trick: bytes, form: str, colour: str = "always", greeting: bytes = b"PREAUTH", without: str = ""
) -> tuple[str, str]:
    words = [word for command in COMMANDS if command != without for word in ("-c", command)]
    with told(trick, greeting) as where:
        seen = run("--format", form, "--color", colour, "--timing", "--timeout", "5", "--keep-going", *words, where)
    return seen.out, seen.err


def assert_safe(*written: str) -> None:
    for text in written:
        assert unsafe(text) == []


# -- batch


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("trick", BUNDLES, ids=len)
def test_e11_no_trick_reaches_the_terminal_of_a_batch(trick: bytes, form: str) -> None:
    out, err = conversation(trick, form)
    assert_safe(out, err)
    assert "2 of 2 tests failed" in err  # it went on to its end


@pytest.mark.parametrize("trick", [trick for trick in TRICKS if b"FORGED" in trick], ids=repr)
def test_e11_no_trick_begins_a_line(trick: bytes) -> None:
    out, err = conversation(trick, "pretty", without="\\last wire")  # which has no margin
    assert "FORGED" in out
    assert not [*forged(out), *forged(err)]


@settings(max_examples=25, deadline=None)
@given(tricks, st.sampled_from(FORMATS), st.sampled_from(["always", "never"]), st.sampled_from([b"PREAUTH", b"OK"]))
def test_e11_no_text_reaches_the_terminal_of_a_batch(trick: bytes, form: str, colour: str, greeting: bytes) -> None:
    assert_safe(*conversation(trick, form, colour, greeting))


@pytest.mark.parametrize("trick", TRICKS, ids=repr)
def test_e11_no_trick_reaches_the_terminal_before_the_login(trick: bytes) -> None:
    with told(trick, b"OK") as where:
        seen = run("--format", "pretty", "--color", "never", "--timing", "-c", "CAPABILITY", "-c", "NOOP", where)
    assert_safe(seen.out, seen.err)
    assert not [*forged(seen.out), *forged(seen.err)]


def test_e11_what_changed_is_visible() -> None:
    lines = b"* CAPABILITY IMAP4rev1 X\xc2\x9b2J Y\x9b2J Z\xe2\x80\xae\r\n* ENABLED X\xc2\x9d0;pwned\xc2\x9c\r\n"
    with listening(says(lines + b"TAG OK x\r\n", greeting=b"* OK [CAPABILITY IMAP4rev1] hi\r\n")) as port:
        seen = run("--color", "never", "--timing", "-c", "NOOP", url(port))
    assert_safe(seen.out, seen.err)
    assert "capabilities +X<U+009B>2J" in seen.out
    assert "+Z<U+202E>" in seen.out


@pytest.mark.parametrize("form", ["pretty", "view", "json", "hex"])
@pytest.mark.parametrize("trick", [b"".join(TRICKS), b"\xc2\x9b2J", b"\x9b2J"], ids=len)
def test_e11_a_pipe_gets_the_same_but_in_wire(trick: bytes, form: str) -> None:
    with told(trick) as where:
        done = imapsh("--format", form, "--timing", "-c", "CAPABILITY", "-c", "FETCH 1 BODY[]", where)
    assert_safe(done.out.decode(), done.err)


def test_e11_wire_is_exact_for_a_pipe_and_visible_for_a_terminal() -> None:
    with told(b"\xc2\x9b2J") as where:
        done = imapsh("--format", "wire", "-c", "NOOP", where)
        seen = run("--format", "wire", "--color", "never", "-c", "NOOP", where)
    assert b"".join(lines_of(b"\xc2\x9b2J")) in done.out
    assert_safe(seen.out)
    assert "* CAPABILITY IMAP4rev1 IDLE ENABLE ID NAMESPACE X<U+009B>2J\n" in seen.out


# -- what ends a run


ENDS = {
    "greeted with BYE": (b"* BYE @\r\n",),
    "no greeting": (b"@@@ @\r\n",),
    "no line": (b"220 @ SMTP ready\r\n",),
    "login": (b"* OK [CAPABILITY IMAP4rev1 @] @\r\n", b"* OK @\r\nTAG NO [AUTHENTICATIONFAILED @] @\r\n"),
    "login refused": (b"* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] @\r\n",),
    "select": (b"* PREAUTH @\r\n", b"TAG NO [@] @\r\n"),
    "BYE": (b"* PREAUTH @\r\n", b"* BYE [@] @\r\n"),
}


@pytest.mark.parametrize("trick", [b"".join(TRICKS), b"\xc2\x9b2J", "\u202e".encode(), b"\x1b]0;x\x07"], ids=len)
@pytest.mark.parametrize("name", ENDS)
def test_e11_what_ends_a_run_is_visible(name: str, trick: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAPSH_PASSWORD", "hunter22")
    word = trick.replace(b"\r", b"").replace(b"\n", b"")
    greeting, *answers = (text.replace(b"@", word) for text in ENDS[name])
    with listening(ending(greeting, *answers)) as port:
        where = url(port, user="ida" if "login" in name else "")
        seen = run("--color", "never", "-c", "SELECT INBOX", where)
    assert seen.status
    assert seen.err or seen.out
    assert_safe(seen.out, seen.err)


@pytest.mark.parametrize(
    "words",
    [
        ["--explain", "/nonexistent/\x9b2J\u202e"],
        ["--\x9b2J"],
        ["-c", "\x9b2J\u202e", "--demo"],
        ["-c", "\\connect imap://\x9b2J.invalid", "--demo"],
        ["-c", "\\trace /nonexistent/\x9b2J", "--demo"],
        ["-c", "NOOP > /nonexistent/\x9b2J", "--demo"],
        ["-c", "\\alias \x9b2J NOOP", "--demo"],
        ["-c", "\\alias x NOOP \x9b2J\u202e", "-c", "\\alias", "-c", "\\help x", "--demo"],
        ["-c", "\\set x \x9b2J\u202e", "-c", "\\set", "--demo"],
        ["-c", "\\help \x9b2J", "--demo"],
        ["--explain-name", "\x9b2J\u202e"],
        ["--config", "/nonexistent/\x9b2J\udc9b", "--checkup"],
        ["--report", "tap:-", "-c", "\\name \x9b2J\u202e", "-c", "\\expect ok", "--demo"],
        ["imap://\x9b2J\u202e.invalid", "-c", "NOOP"],
    ],
)
def test_e11_what_was_typed_is_visible_too(words: list[str]) -> None:
    seen = run("--color", "never", *words)
    assert seen.out or seen.err
    assert_safe(seen.out, seen.err)


# -- recordings


@settings(max_examples=25, deadline=None)
@given(tricks, st.sampled_from(FORMATS))
def test_e11_no_recording_reaches_the_terminal(
    tmp_path_factory: pytest.TempPathFactory, trick: bytes, form: str
) -> None:
    file = tmp_path_factory.mktemp("explain") / "recorded"
    file.write_bytes(b"* OK " + trick + b"\r\n" + b"".join(lines_of(trick)) + trick)
    seen = run("--explain", str(file), "--format", form)
    assert seen.out
    assert_safe(seen.out, seen.err)


# -- reports


@pytest.mark.parametrize("kind", ["tap", "junit"])
@pytest.mark.parametrize("trick", [b"".join(TRICKS), *TRICKS[8:14]], ids=len)
def test_e11_no_trick_reaches_a_report(tmp_path: Path, trick: bytes, kind: str) -> None:
    report = tmp_path / "report"
    with told(trick) as where:
        run("--report", f"{kind}:{report}", "--keep-going", "-c", "X", "-c", "\\expect ok", where)
    text = report.read_text("utf-8")
    assert_safe(text)
    if kind == "junit":
        assert ElementTree.fromstring(text).find(".//failure") is not None


# -- the prompt

_PROMPT_TOOLKIT = re.compile(r"\x1b\[(?:\d*[ABCDJK]|\?(?:1|7|12|25|2004)[hl]|6n|\d* q|(?!31;44m)[\d;]*m)")


def assert_drawn_safe(written: str) -> None:
    rest = _PROMPT_TOOLKIT.sub("", written)
    assert sorted(one for one in set(rest) if one not in "\r\n\x08" and hides(one)) == []


@pytest.mark.parametrize("trick", BUNDLES, ids=len)
def test_e11_no_trick_reaches_the_prompt(tmp_path: Path, trick: bytes) -> None:
    async def scene() -> None:
        with told(trick) as where:
            async with acting(tmp_path, url=where, columns=100, no_ask=False) as person:
                for number, line in enumerate(("NOOP", "FETCH 1 BODY[]", "\\last view", "X", "\\sessions", "SELECT x")):
                    await person.prompted_once()
                    person.types(f"{line}{ENTER}\\set mark here{number}{ENTER}\\set mark{ENTER}")
                    await person.screen.until(partial(_marked, person, number))
                await person.prompted_once()
                person.types("STATUS " + TAB)
                await person.screen.until(lambda: person.shell.prompt.default_buffer.complete_state)
                person.types(TAB + TAB)
                await person.screen.until(lambda: len(person.shell.prompt.default_buffer.text) > len("STATUS "))
                assert_drawn_safe(person.screen.written)

    play(scene)


def _marked(person: Actor, number: int) -> bool:
    return f"mark = here{number}" in person.screen.written


def test_e11_what_is_typed_is_drawn_visible(tmp_path: Path) -> None:
    async def scene() -> None:
        async with acting(tmp_path, demo=True) as person:
            await person.prompted_once()
            person.types("FETCH x\u202ey\u200bz\x9bw")
            await person.screen.shows("> FETCH x<U+202E>y<U+200B>z<U+009B>w")
            assert_drawn_safe(person.screen.written)

    play(scene)


def test_e11_no_trick_reaches_a_plain_prompt(tmp_path: Path) -> None:
    with told(b"".join(TRICKS)) as where:
        shell = start(tmp_path, "--plain", where)
        said = Said(shell)
        for line in ("NOOP", "SELECT x", "FETCH 1 BODY[]", "X", "\\last view", "\\sessions"):
            shell.expect("> $")
            shell.sendline(line)
        shell.expect("> $")
        shell.sendeof()
        shell.expect(pexpect.EOF)
        shell.close()
    text = said.text.replace("\r\n", "\n").replace("^D\x08\x08", "")
    assert "< A" in text
    assert_safe(text)


def test_e11_a_pager_gets_what_a_terminal_may_have(tmp_path: Path) -> None:
    event = Received(Response(UNTAGGED, "X", None, Frame((b"* X \x1b[2J\xc2\x9b2J\r\n",))))
    got = {}
    for command in ("less", "cat"):
        target = PipeTarget(Output("wire"), f"{command} > {tmp_path / command}")
        target.pager = command == "less"
        target.take(event)
        target.finish()
        got[command] = (tmp_path / command).read_bytes()
    assert got == {"less": b"* X ^[[2J<U+009B>2J\n", "cat": b"* X \x1b[2J\xc2\x9b2J\r\n"}


def test_e11_a_terminal_behind_a_file_name_gets_what_it_may_have(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    octets = b"a\x1b[2J\r\nGr\xc3\xbc\xc3\x9f\xc2\x9b2J\x9b\r\n"
    for name in (os.ttyname(theirs), str(tmp_path / "file")):
        target = landing(name, append=False)
        target.write(octets[:12])  # within a character
        target.write(octets[12:])
        target.commit()
    seen = b""
    while not seen.endswith(b"\\x9b\r\n") and select.select([ours], [], [], 10)[0]:  # a terminal may give it in pieces
        seen += os.read(ours, 1 << 10)
    os.close(ours)
    os.close(theirs)
    assert seen.decode().replace("\r\n", "\n") == "a^[[2J\nGrüß<U+009B>2J\\x9b\n"
    assert (tmp_path / "file").read_bytes() == octets


# -- nothing goes around it

#: Who touches stdout, stderr or the terminal itself, and why that carries no text of a server's.
WRITERS = {
    "shell/screen/stdio.py": "the writer of stdout and stderr: takes `Shown`, or makes visible what it takes",
    "shell/screen/printer.py": "the writer above the prompt: takes `Shown`",
    "shell/prompt/driver.py": "the progress line: takes `Shown`",
    "shell/screen/notify.py": "bell and notification: takes `Shown`",
    "shell/prompt/plainprompt.py": "the plain prompt: takes `Shown`",
    "shell/main.py": "the texts of --help, --version and --completion, which are ours; and redirects a closed stdout",
    "shell/batch/driver.py": "asks whether stderr is a terminal",
    "shell/batch/batch.py": "opens stdout for `Writer`, which takes `Shown`",
    "shell/modes/explain.py": "opens stdout for `Writer`, which takes `Shown`",
    "shell/modes/tap.py": "opens stdout for `StdSink`, which takes `Shown`",
    "client/imap4/transcript.py": "imaplib's debugging output, passed through `printable`",
    "client/imap4/__main__.py": "imaplib's self-test: representations, and errors passed through `printable`",
    "render/picture.py": "the tool that makes the picture of the docs",
}
#: Who makes `Shown`, and how it is known to be that.
MAKERS = {
    "render/styles.py": "`paint` makes the text of each fragment visible",
    "render/pretty.py": "its fast way is for lines that are printable ASCII; what it keeps was painted",
    "render/prettyrows.py": "rows of printable ASCII, with notes that were painted; any other row is painted",
    "render/jsonform.py": "`dumps` escapes all that is not safe",
    "render/jsonrows.py": "templates and strings that `written` made, and strings that are printable ASCII",
    "render/view/__init__.py": "cuts blanks off what was painted",
    "shell/screen/output.py": "cuts what was painted at its line ends",
    "shell/screen/progress.py": "carriage return and erase around visible text",
    "shell/screen/notify.py": "the notification's sequence around visible text",
}
_GATE = "imapsh.render.visible"
_STREAMS = ("stdout", "stderr", "__stdout__", "__stderr__")
_ASKED = ("isatty", "fileno", "encoding")


def _writes(tree: ast.AST) -> bool:
    """Whether a module prints, or does more with stdout and stderr than ask about them."""
    asked = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in _ASKED} | {
        id(one) for node in ast.walk(tree) if isinstance(node, ast.Compare) for one in (node.left, *node.comparators)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in ("print", "print_formatted_text", "print_exc"):
            return True
        if isinstance(node, ast.Attribute) and node.attr in ("write_raw", "print_exc"):
            return True
        stream = isinstance(node, ast.Attribute) and node.attr in _STREAMS and ast.unparse(node.value) == "sys"
        if stream and id(node) not in asked:
            return True
    return False


def _makes(tree: ast.AST) -> bool:
    """Whether a module says of a string that it is `Shown`."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == _GATE)
    known = any(alias.name == "Shown" for node in imports for alias in node.names)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return known and any("Shown" in ast.unparse(call.func) or "Shown" in _first(call) for call in calls)


def _first(call: ast.Call) -> str:
    return ast.unparse(call.args[0]) if ast.unparse(call.func).endswith("cast") else ""


@pytest.mark.parametrize(("does", "known"), [(_writes, WRITERS), (_makes, MAKERS)], ids=["writes", "makes"])
def test_e11_nothing_goes_around_the_gate(does: Callable[[ast.AST], bool], known: dict[str, str]) -> None:
    package = ROOT / "imapsh"
    found = {str(path.relative_to(package)) for path in package.rglob("*.py") if does(ast.parse(path.read_text()))}
    assert found == set(known)


@pytest.mark.parametrize(
    "writer",
    [
        stdio.out,
        stdio.put,
        Printer.put,
        Writer.put,
        TerminalSink.text,
        StdSink.text,
        StdSink.aside,
        App.put,
        PlainPrompt._write,
    ],
)
def test_e11_what_writes_takes_shown_text_alone(writer: Callable[..., object]) -> None:
    assert inspect.get_annotations(writer)["text"] == "Shown"
