"""Keeps the terminal's modes: quiet, unseen, lent to another program, and as they were if imapsh stops or ends.

Every change is a layer over the one before.  Whatever leaves, leaves through here, so the modes that the terminal had
at the start come back: when a layer ends, while another program has the terminal, while imapsh is stopped, and before a
signal ends it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator

from imapsh.hints import Any
from imapsh.transport.child import signal_front
from imapsh.tuples import NamedTuple

_IFLAG, _LFLAG = 0, 3  # places in what termios.tcgetattr returns

_LONGEST = 1 << 16
_LINE_ENDS = "\r\n"

#: Ends what a prompt may have left on: bracketed paste, a hidden cursor, colours.
_CALM = b"\x1b[?2004l\x1b[?25h\x1b[0m"


#: The signals that end imapsh.
ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name))

_CLOSING = 3  # seconds in which all is closed


class Ended(BaseException):
    """A signal that ends imapsh: it passes through everything, so that files are closed, and then `end_by` follows."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


class _Layer(NamedTuple):
    """A change of a terminal's modes: the attributes before it, and while it holds."""

    terminal: int
    before: list[Any]
    during: list[Any]


_layers: list[_Layer] = []
_borrowers: list[None] = []  # one for each program that has the terminal now


@contextlib.contextmanager
def _without(terminal: int, *, input_flags: int, local_flags: int) -> Iterator[bool]:
    """Take flags from the terminal's modes while inside.  Gives False, and does nothing, if there is no terminal."""
    import termios

    try:
        before, during = termios.tcgetattr(terminal), termios.tcgetattr(terminal)
    except (OSError, ValueError, termios.error):
        yield False
        return
    during[_IFLAG] &= ~input_flags
    during[_LFLAG] &= ~local_flags
    layer = _Layer(terminal, before, during)
    _layers.append(layer)
    _set(terminal, during)
    try:
        yield True
    finally:
        _layers.remove(layer)
        _set(terminal, before)


def _set(terminal: int, attributes: list[Any], *, at_once: bool = False) -> None:
    import termios

    with contextlib.suppress(OSError, termios.error):  # the terminal is gone
        termios.tcsetattr(terminal, termios.TCSANOW if at_once else termios.TCSADRAIN, attributes)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the terminal quiet while a command runs.

    It shows no keys and edits no lines, so what is typed ahead is for the next prompt.  Ctrl-C stays a signal.
    """
    import termios

    try:
        terminal = sys.stdin.fileno()
    except (OSError, ValueError):
        yield  # there is no terminal
        return
    with _without(terminal, input_flags=termios.ICRNL, local_flags=termios.ECHO | termios.ICANON):
        yield


@contextlib.contextmanager
def unseen(terminal: int) -> Iterator[bool]:
    """Keep the terminal from showing what is typed.  Gives False if there is no terminal."""
    import termios

    with _without(terminal, input_flags=0, local_flags=termios.ECHO) as done:
        yield done


@contextlib.contextmanager
def lent() -> Iterator[None]:
    """Lend the terminal, as it was before, to a program that needs it so: an editor, a pager, a password's helper."""
    with _as_before():
        _borrowers.append(None)
        try:
            yield
        finally:
            _borrowers.pop()


@contextlib.contextmanager
def _as_before() -> Iterator[None]:
    """Give the terminal the modes of the start while inside, unless a program has it."""
    if not _layers or _borrowers:
        yield
        return
    import termios

    first = _layers[0]
    try:
        now = termios.tcgetattr(first.terminal)
    except termios.error:
        yield  # the terminal is gone
        return
    _set(first.terminal, first.before)
    try:
        yield
    finally:
        _set(first.terminal, now)


def stop() -> None:
    """Stop as other programs do at Ctrl-Z, with the terminal as it was.  Return when imapsh goes on."""
    with _as_before():
        before: Any = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, before)


def resume() -> None:
    """Put the modes in force again that a shell may have changed while imapsh was stopped."""
    if _layers and not _borrowers:
        _set(_layers[-1].terminal, _layers[-1].during)


def end_by(signum: int) -> None:
    """End by a signal, with the terminal as it was.  Nothing is written to a core file, which would hold secrets."""
    import resource

    if _layers:
        first = _layers[0]
        _set(first.terminal, first.before, at_once=True)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    signal.signal(signum, signal.SIG_DFL)
    os.kill(os.getpid(), signum)


@contextlib.contextmanager
def ending() -> Iterator[None]:
    """Raise Ended inside for a signal that would end imapsh in the middle of its work."""

    def ends(signum: int, frame: object) -> None:
        for one in ENDING:
            handle(one, lambda *_: end_by(signum))  # it is meant
        expect_end(lambda: end_by(signum))
        signal_front(signum)
        raise Ended(signum)

    with contextlib.ExitStack() as handlers:
        for signum in ENDING:
            handlers.enter_context(_handling(signum, ends))
        yield


def expect_end(end: Callable[[], object]) -> None:
    """Call `end` if the process is still there after the time in which all is closed."""
    signal.signal(signal.SIGALRM, lambda *_: end())
    signal.alarm(_CLOSING)


def handle(signum: int, handler: Callable[..., object]) -> Any:
    """Handle a signal, unless it is ignored, as SIGHUP is under nohup.  Return the handler before."""
    before = signal.getsignal(signum)
    if before is not signal.SIG_IGN:
        signal.signal(signum, handler)
    return before


def calm(terminal: int) -> None:
    """Write what ends bracketed paste, a hidden cursor and colours, for an end in the middle of a prompt."""
    import select

    with contextlib.suppress(OSError, ValueError):  # the terminal is gone
        if select.select([], [terminal], [], 0)[1]:  # else Ctrl-S holds it, and an end must not wait
            os.write(terminal, _CALM)


def ask_unseen(question: str) -> str | None:
    """Return what a person types at the terminal of the process, without echo; None if there is none, or they decline.

    If imapsh is stopped meanwhile and goes on, it asks anew.  Raises KeyboardInterrupt.
    """
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return None
    try:
        return _asked(terminal, question.encode("utf-8", "backslashreplace"))
    finally:
        os.close(terminal)


def _asked(terminal: int, question: bytes) -> str | None:
    def asks(*_: object) -> None:
        resume()
        os.write(terminal, question)

    line = b""
    with contextlib.ExitStack() as held:
        held.enter_context(unseen(terminal))
        held.enter_context(_handling(signal.SIGTSTP, lambda *_: stop()))
        held.enter_context(_handling(signal.SIGCONT, asks))
        for signum in ENDING:
            if signal.getsignal(signum) is signal.SIG_DFL:
                held.enter_context(_handling(signum, lambda signum, _: end_by(signum)))
        signalled = held.enter_context(_signalled())
        os.write(terminal, question)
        try:
            while not line.endswith(b"\n") and (piece := _read(terminal, signalled)):
                line += piece
        except OSError:
            return None  # the terminal is gone
        finally:
            with contextlib.suppress(OSError):
                os.write(terminal, b"\n")
    return typed(line.decode("utf-8", "surrogateescape")) if line else None


@contextlib.contextmanager
def _signalled() -> Iterator[int]:
    """Give a descriptor that can be read once a signal has come, even if it came just before a read began."""
    ready, woken = os.pipe()
    for end in (ready, woken):
        os.set_blocking(end, False)
    before = signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    try:
        yield ready
    finally:
        signal.set_wakeup_fd(before)
        os.close(ready)
        os.close(woken)


def _read(terminal: int, signalled: int) -> bytes:
    """Return what is typed at the terminal; handlers of signals run meanwhile."""
    import select

    while True:
        due, _, _ = select.select([terminal, signalled], [], [])
        if signalled in due:
            os.read(signalled, 1 << 10)
        elif due:
            return os.read(terminal, _LONGEST)


def typed(answer: str) -> str:
    """Return an answer without the line breaks at its end, and what a terminal puts around a paste."""
    return answer.rstrip(_LINE_ENDS).removeprefix("\x1b[200~").removesuffix("\x1b[201~").rstrip(_LINE_ENDS)


@contextlib.contextmanager
def _handling(signum: int, handler: Callable[..., object]) -> Iterator[None]:
    """Handle a signal while inside, if it was not ignored."""
    before = handle(signum, handler)
    try:
        yield
    finally:
        signal.signal(signum, before)
