"""A person at an identity provider, and steps that are run in a time of the test's own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from keyring.backends.fail import Keyring as NoKeyring

from imapsh.shell.connection import consent
from imapsh.shell.connection.steps import Pause, Steps
from imapsh.shell.settings.passwords.oauth import current
from imapsh.shell.settings.passwords.oauth.providers import Provider as Wanted
from imapsh.shell.settings.passwords.password import Kept
from tests.servers.identity import CLIENT, Provider, running
from tests.shell.walking import Walk

T = TypeVar("T")


class Person:
    """Runs steps.  `pauses` are those of a second and more, which pass at once; before each `acts` is called."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.now = 0.0
        self.notes: list[str] = []
        self.pauses: list[float] = []
        self.acts: Callable[[], object] = lambda: None
        self.looks: Callable[[], object] = lambda: None  # at a shorter pause
        provider.clock = lambda: self.now

    @property
    def code(self) -> str:
        return next(note for note in self.notes if "enter the code" in note).rpartition(" ")[2]

    @property
    def url(self) -> str:
        return next(note for note in self.notes if "/authorize" in note).rpartition(" ")[2]

    def walks(self, steps: Steps[T]) -> T:
        walk = Walk(steps)
        with walk:
            for step in walk:
                assert isinstance(step, Pause)
                if step.seconds < 1:
                    self.looks()
                    threading.Event().wait(step.seconds)
                else:
                    self.acts()
                    self.pauses.append(step.seconds)
                    self.now += step.seconds
        return walk.result

    def token(self, wanted: Wanted | None = None, user: str = "demo", *, attended: bool = True) -> str:
        asked = wanted or self.wanted()
        return self.walks(consent.token(asked, user, self.notes.append, attended=attended))

    def approves(self, at: int, *, agreed: bool = True) -> None:
        """Agree before the poll of this number."""

        def act() -> None:
            if len(self.pauses) == at - 1:
                self.provider.approve(self.code, agreed=agreed)

        self.acts = act

    def wanted(self, **more: str) -> Wanted:
        url = self.provider.url
        secret = Kept(self.provider.secret) if self.provider.secret else None
        fields = {"scope": "mail", "authorization": f"{url}/authorize", "device": f"{url}/device", "flow": "device"}
        return Wanted("company", CLIENT, secret, token=f"{url}/token", **{**fields, **more})


@contextmanager
def at_a_provider(folder: Path, patch: pytest.MonkeyPatch, secret: str = "") -> Iterator[Person]:
    """A person whose tokens are kept below `folder`, with nothing known yet and no keyring."""
    patch.setenv("XDG_STATE_HOME", str(folder))
    patch.setattr("keyring.core._keyring_backend", NoKeyring())  # type: ignore[no-untyped-call]
    forgets(patch)
    with running(Provider(secret)) as provider:
        person = Person(provider)
        patch.setattr(consent, "monotonic", lambda: person.now)
        yield person


def forgets(patch: pytest.MonkeyPatch) -> None:
    """Forget what this process knows, as a new one would."""
    patch.setattr(current, "_last", {})
    patch.setattr(current, "_refused", {})
