"""The steps to an OAuth 2.0 token of `--oauth`: one that is kept, or else a person agrees, elsewhere or in a browser.

They are taken before a connection is opened, since servers do not wait for minutes until somebody logs in.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from imapsh.errors import LoginError
from imapsh.shell.connection.steps import Pause, Steps
from imapsh.shell.settings.passwords.oauth import current, grants, providers
from imapsh.shell.settings.passwords.oauth.endpoint import Unreachable
from imapsh.shell.settings.passwords.oauth.redirect import Redirect

if TYPE_CHECKING:
    from imapsh.shell.settings.passwords.oauth.grants import Asked, Tokens
    from imapsh.shell.settings.passwords.oauth.providers import Provider

T = TypeVar("T")
Note = Callable[[str], object]

PATIENCE = 600.0  #: seconds that a person has in the browser
_LOOK = 0.1  # seconds between two looks at the port
_LEAST = 1.0  # seconds between two requests, if a provider allows less
_FAULTS = 3  # requests in a row without an answer, after which polling ends (RFC 8628 section 3.5)


def token(provider: Provider, user: str, note: Note, *, attended: bool) -> Steps[str]:
    """Return the token to send: a kept or refreshed one, else one that a person agrees to, if there is any.

    Raises LoginError, and Interrupted if the person does not want to wait.
    """
    said: list[str] = []
    found = yield from aside(partial(current.found, provider, user, said.append))
    if not found:
        if not attended:
            raise LoginError(
                f"--oauth {provider.name} has no token for {user}, and nobody can be asked here: connect with the same "
                "options at a terminal once"
            )
        tokens = yield from _agree(provider, user, note)
        found = yield from aside(partial(current.agreed, provider, user, tokens, said.append))
    for text in said:
        note(text)
    return found


def another(provider: Provider, user: str, note: Note) -> Steps[str]:
    """Return another token than the one just refused, or "" if only the person could give one; then none is kept.

    Raises LoginError.
    """
    said: list[str] = []
    current.refused(provider, user)
    found = yield from aside(partial(current.found, provider, user, said.append))
    for text in said:
        note(text)
    return found


def attended() -> bool:
    """Return whether a person sees what is told on stderr."""
    return sys.stderr is not None and sys.stderr.isatty()


def aside(work: Callable[[], T]) -> Steps[T]:
    """Return what `work` returns, in a thread that nobody has to wait for: Ctrl-C ends the steps, whatever it does."""
    outcome: list[tuple[Any, BaseException | None]] = []

    def run() -> None:
        try:
            outcome.append((work(), None))
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            outcome.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    wait = 0.002
    while not outcome:
        yield Pause(wait)
        wait = min(wait * 2, _LOOK)
    result, error = outcome[0]
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


def _agree(provider: Provider, user: str, note: Note) -> Steps[Tokens]:
    if providers.flow(provider, browser=providers.has_browser(os.environ)) == "device":
        return (yield from _elsewhere(provider, note))
    return (yield from _in_browser(provider, user, note))


# -- on another device


def _elsewhere(provider: Provider, note: Note) -> Steps[Tokens]:
    """Show a code, and ask until the person has typed it elsewhere (RFC 8628 sections 3.3 to 3.5)."""
    device = yield from aside(partial(grants.begin_device, provider))
    note(f"to log in at {provider.name}, open {device.uri} on any device, and enter the code {device.code}")
    if device.complete and device.complete != device.uri:
        note(f"or open {device.complete}, and compare the code")
    note("imapsh waits until you have agreed there; Ctrl-C ends the waiting")
    due, interval, faults = monotonic() + device.seconds, device.interval, 0
    while True:
        yield Pause(min(max(interval, _LEAST), due - monotonic() + _LEAST))
        if monotonic() > due:
            raise LoginError(
                f"nobody agreed at {provider.name} within {device.seconds:g} s: connect again for another code"
            )
        try:
            return (yield from aside(partial(grants.poll_device, provider, device)))
        except grants.Refused as error:
            if error.error not in (grants.PENDING, grants.SLOW_DOWN):
                raise
            interval += grants.INTERVAL if error.error == grants.SLOW_DOWN else 0
            faults = 0
        except Unreachable:
            faults += 1
            if faults == _FAULTS:
                raise
            interval *= 2


# -- in a browser


def _in_browser(provider: Provider, user: str, note: Note) -> Steps[Tokens]:
    with Redirect(provider.host) as redirect:
        asked = grants.begin_browser(provider, redirect.uri, user)
        opened = providers.has_browser(os.environ)
        note(f"to log in at {provider.name}, {'use the browser that opens, or ' if opened else ''}open {asked.url}")
        if not opened:
            note(
                f"the browser must be on this machine, or reach its port {redirect.port}: from another one, first run "
                f"ssh -L {redirect.port}:127.0.0.1:{redirect.port} to this machine"
            )
        note("imapsh waits until you have agreed there; Ctrl-C ends the waiting")
        if opened:
            threading.Thread(target=_open, args=(asked.url,), daemon=True).start()
        query = yield from _answer(provider, redirect, asked)
    return (yield from aside(partial(grants.end_browser, provider, asked, query)))


def _answer(provider: Provider, redirect: Redirect, asked: Asked) -> Steps[str]:
    due = monotonic() + PATIENCE
    while (query := redirect.poll(asked.state)) is None:
        if monotonic() > due:
            raise LoginError(f"nobody agreed at {provider.name} in a browser within {PATIENCE:g} s: connect again")
        yield Pause(_LOOK)
    return query


def _open(url: str) -> None:
    import webbrowser

    webbrowser.open(url)
