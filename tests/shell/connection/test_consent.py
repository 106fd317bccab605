"""The way to a token: a code typed elsewhere, a browser, a refresh; and whatever a provider does instead."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from imapsh.errors import Interrupted, LoginError
from imapsh.shell.connection import consent
from imapsh.shell.settings.passwords.oauth import current, kept, providers
from imapsh.shell.settings.passwords.oauth.endpoint import Unreachable
from tests.patience import PATIENCE
from tests.servers.base import package
from tests.servers.identity import Fault, reply
from tests.shell.agreeing import Person, at_a_provider, forgets
from tests.shell.walking import Walk

PENDING = Fault(reply(400, b'{"error": "authorization_pending"}'))
SLOW_DOWN = Fault(reply(400, b'{"error": "slow_down"}'))
BUSY = Fault(reply(503, b"<html>"))


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    package("oauthlib")
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    with at_a_provider(tmp_path, monkeypatch) as somebody:
        yield somebody


def secret_free(person: Person, *texts: str) -> None:
    for text in (*person.notes, *texts):
        assert not [secret for secret in person.provider.given if secret in text]


# -- the device grant


def test_a_code_is_shown_and_asked_after_until_the_person_agrees(person: Person) -> None:
    person.approves(3)
    found = person.token()
    assert found in person.provider.given
    assert person.pauses == [1, 1, 1]
    assert person.provider.mistakes == []
    assert person.notes[0].startswith(f"to log in at company, open {person.provider.url}/activate on any device")
    assert f"/activate?code={person.code}" in person.notes[1]
    secret_free(person)


def test_without_an_interval_it_is_5_s_and_slow_down_adds_5(person: Person) -> None:
    person.provider.interval = None
    person.provider.faults["/token"] = [PENDING, SLOW_DOWN, PENDING]
    person.approves(4)
    person.token()
    assert person.pauses == [5, 5, 10, 10]  # RFC 8628 section 3.5
    assert person.provider.mistakes == []


def test_a_client_with_a_secret_sends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_a_provider(tmp_path, monkeypatch, "s3cret") as person:
        person.approves(1)
        assert person.token() in person.provider.given
        assert "s3cret" not in "".join(person.notes)


def test_the_person_does_not_agree(person: Person) -> None:
    person.approves(1, agreed=False)
    with pytest.raises(LoginError, match="the provider company says that you did not agree"):
        person.token()


def test_nobody_agrees_in_time(person: Person) -> None:
    person.provider.lasts = 3
    with pytest.raises(LoginError, match="nobody agreed at company within 3 s: connect again"):
        person.token()
    assert person.pauses == [1, 1, 1, 1]


def test_the_code_expires_at_the_provider_first(person: Person) -> None:
    person.provider.faults["/token"] = [PENDING, Fault(reply(400, b'{"error": "expired_token"}'))]
    with pytest.raises(LoginError, match="the code of the provider company is no longer valid"):
        person.token()


def test_a_provider_that_is_busy_is_asked_less_often(person: Person) -> None:
    person.provider.faults["/token"] = [BUSY, BUSY]
    person.approves(3)
    person.token()
    assert person.pauses == [1, 2, 4]


def test_a_provider_that_stays_away_is_given_up(person: Person) -> None:
    person.provider.faults["/token"] = [BUSY] * 3
    with pytest.raises(Unreachable, match="cannot answer now"):
        person.token()


def test_ctrl_c_ends_the_waiting(person: Person) -> None:
    def stop() -> None:
        raise Interrupted("interrupted")

    person.acts = stop
    with pytest.raises(Interrupted):
        person.token()


def test_ctrl_c_does_not_wait_for_a_provider_that_is_silent(person: Person) -> None:
    person.provider.faults["/device"] = [Fault(None)]
    steps = Walk(consent.token(person.wanted(), "demo", person.notes.append, attended=True))
    for _ in zip(range(5), steps, strict=False):
        pass
    steps.error = Interrupted("interrupted")
    with pytest.raises(Interrupted):
        next(steps)


def test_without_a_terminal_nobody_is_asked(person: Person) -> None:
    with pytest.raises(LoginError, match="--oauth company has no token for demo, and nobody can be asked here"):
        person.token(attended=False)
    assert person.provider.asked == []


# -- kept and refreshed


def test_a_token_is_kept_and_no_one_asked_again(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.approves(1)
    first = person.token()
    forgets(monkeypatch)
    assert person.token(attended=False) == first
    assert person.token(attended=False) == first
    assert [path for path, _ in person.provider.asked] == ["/device", "/token"]


@pytest.mark.parametrize("rotates", [True, False])
def test_an_expired_token_is_refreshed(person: Person, monkeypatch: pytest.MonkeyPatch, rotates: bool) -> None:
    person.provider.expires_in, person.provider.rotates = 20, rotates  # less than the margin
    person.approves(1)
    tokens = {person.token()}
    for _ in range(3):
        forgets(monkeypatch)
        tokens.add(person.token(attended=False))
    assert len(tokens) == 4
    assert person.provider.mistakes == []


def test_another_imapsh_was_faster(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.provider.expires_in = 20
    person.approves(1)
    person.token()
    ours = dict(current._last)
    forgets(monkeypatch)
    person.provider.expires_in = 3600
    theirs = person.token(attended=False)
    monkeypatch.setattr(current, "_last", ours)  # as we still know it, its refresh token used up
    assert person.token(attended=False) == theirs


def test_a_withdrawn_consent_is_asked_for_again(person: Person) -> None:
    person.provider.expires_in = 20
    person.approves(1)
    first = person.token()
    person.provider.refreshing.clear()
    person.pauses.clear()
    person.notes.clear()
    assert person.token() != first
    secret_free(person)


def test_and_without_a_terminal_that_is_said(person: Person) -> None:
    person.provider.expires_in = 20
    person.approves(1)
    person.token()
    person.provider.refreshing.clear()
    with pytest.raises(LoginError, match="nobody can be asked"):
        person.token(attended=False)
    assert not Path(kept.path(person.wanted(), "demo")).exists()


def test_a_provider_that_is_away_does_not_cost_the_tokens(person: Person) -> None:
    person.provider.expires_in = 20
    person.approves(1)
    person.token()
    person.provider.faults["/token"] = [BUSY]
    with pytest.raises(LoginError, match="cannot answer now"):
        person.token(attended=False)
    assert person.token(attended=False) in person.provider.given


def test_an_error_that_repeats_the_token_is_not_repeated(person: Person) -> None:
    person.provider.expires_in = 20
    person.approves(1)
    person.token()
    (refresh,) = person.provider.refreshing
    text = f'{{"error": "invalid_scope", "error_description": "{refresh} \\u001b[2J is not for you"}}'
    person.provider.faults["/token"] = [Fault(reply(400, text.encode()))]
    with pytest.raises(LoginError, match=r"does not know the scope that was asked for \(\*\*\* \[2J is not for you\)"):
        person.token(attended=False)


def test_a_refused_token_is_not_sent_again(person: Person) -> None:
    person.approves(1)
    first, wanted = person.token(), person.wanted()
    second = person.walks(consent.another(wanted, "demo", person.notes.append))
    assert second not in ("", first)
    person.provider.refreshing.clear()
    assert person.walks(consent.another(wanted, "demo", person.notes.append)) == ""
    assert current.found(wanted, "demo", person.notes.append) == ""


def test_tokens_that_cannot_be_kept_are_used_all_the_same(person: Person, tmp_path: Path) -> None:
    (tmp_path / "imapsh").write_text("in the way of the folder")
    person.approves(1)
    assert person.token() in person.provider.given
    assert person.notes[-1].startswith(f"the tokens cannot be kept in {tmp_path}/imapsh/oauth/company.demo.json: ")
    secret_free(person)


# -- the browser


class Browser:
    """Agrees as soon as it was sent somewhere, and brings the answer back after a wrong one."""

    def __init__(self, person: Person, *, agreed: bool = True) -> None:
        self._person = person
        self._agreed = agreed
        self.sockets: list[socket.socket] = []

    def __call__(self) -> None:
        if self.sockets or not any("/authorize" in note for note in self._person.notes):
            return
        parts = urlsplit(self._person.provider.consent(self._person.url, agreed=self._agreed))
        assert parts.port is not None
        for query in ("code=stolen&state=guessed", parts.query):
            sock = socket.create_connection(("127.0.0.1", parts.port), timeout=PATIENCE)
            sock.sendall(f"GET /?{query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
            self.sockets.append(sock)

    @property
    def pages(self) -> list[str]:
        def page(sock: socket.socket) -> str:
            with sock, sock.makefile("rb") as file:
                return file.read().decode()

        return [page(sock) for sock in self.sockets]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_browser_brings_the_code_back(person: Person, host: str) -> None:
    person.looks = browser = Browser(person)
    found = person.token(person.wanted(flow="browser", host=host))
    assert found in person.provider.given
    assert person.provider.mistakes == []
    (_, asked), (_, exchanged) = person.provider.asked
    assert asked["login_hint"] == "demo"
    assert asked["redirect_uri"].startswith(f"http://{host}:")
    assert exchanged["code_verifier"] not in "".join(person.notes)
    wrong, right = browser.pages
    assert wrong.startswith("HTTP/1.1 404 ")
    assert right.startswith("HTTP/1.1 200 ")
    assert exchanged["code"] not in right
    secret_free(person)


def test_the_port_is_closed_afterwards(person: Person) -> None:
    person.looks = browser = Browser(person)
    person.token(person.wanted(flow="browser"))
    port = browser.sockets[0].getpeername()[1]
    assert len(browser.pages) == 2
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def test_the_person_does_not_agree_in_the_browser(person: Person) -> None:
    person.looks = browser = Browser(person, agreed=False)
    with pytest.raises(LoginError, match="says that you did not agree"):
        person.token(person.wanted(flow="browser"))
    assert len(browser.pages) == 2


def test_nobody_agrees_in_the_browser(person: Person) -> None:
    def later() -> None:
        person.now += 100

    person.looks = later
    with pytest.raises(LoginError, match="nobody agreed at company in a browser within 600 s"):
        person.token(person.wanted(flow="browser"))
    assert "ssh -L" in person.notes[1]


def test_the_browser_is_opened_where_there_is_one(
    person: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened: list[str] = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(consent, "_open", opened.append)
    person.looks = browser = Browser(person)
    person.token(person.wanted(flow=""))
    assert opened == [person.url]
    assert len(browser.pages) == 2
    assert providers.flow(person.wanted(flow=""), browser=False) == "device"


def test_a_provider_that_allows_any_pace_is_asked_once_a_second(person: Person) -> None:
    person.provider.interval = 0.001
    person.approves(3)
    person.token()
    assert person.pauses == [1, 1, 1]


def test_nobody_waits_longer_than_the_code_lasts(person: Person) -> None:
    person.provider.interval, person.provider.lasts = 1800, 3
    with pytest.raises(LoginError, match="nobody agreed at company within 3 s"):
        person.token()
    assert person.pauses == [4]
