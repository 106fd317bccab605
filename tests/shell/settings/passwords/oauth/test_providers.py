"""The providers, as the configuration describes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapsh.errors import UsageError
from imapsh.shell.connection.dial import make_plan
from imapsh.shell.settings import config
from imapsh.shell.settings.options import Options
from imapsh.shell.settings.passwords.oauth import providers
from imapsh.shell.settings.passwords.oauth.providers import KNOWN, Provider
from tests.shell.running import imapsh

FULL = """\
[providers.company]
client-id = "me"
token-endpoint = "https://idp.example/token"
device-endpoint = "https://idp.example/device"
authorization-endpoint = "http://127.0.0.1:99/authorize"
scope = "mail offline_access"
"""


def options(tmp_path: Path, text: str, mode: int = 0o600, **given: object) -> Options:
    path = tmp_path / "config.toml"
    path.write_text(text)
    path.chmod(mode)
    return config.load(str(path), given)


def test_a_provider_of_the_configuration(tmp_path: Path) -> None:
    plan = make_plan(options(tmp_path, FULL, oauth="company", url="me@h.example"))
    assert plan.ways.oauth == Provider(
        "company", "me", None, "mail offline_access", "http://127.0.0.1:99/authorize", "https://idp.example/device",
        "https://idp.example/token",
    )  # fmt: skip
    assert plan.mechanism == "AUTO"


def test_one_that_is_known_needs_the_client_id_alone(tmp_path: Path) -> None:
    text = '[providers.microsoft]\nclient-id = "mine"\n[profiles.w]\nurl = "me@o.example"\noauth = "microsoft"\n'
    plan = make_plan(options(tmp_path, text, url="w"))
    assert plan.ways.oauth == KNOWN["microsoft"]._replace(client_id="mine")
    for one in KNOWN.values():
        for url in (one.authorization, one.token, one.device or one.token):
            assert providers.split(url).scheme == "https"


def test_a_secret_is_kept_out_of_sight(tmp_path: Path) -> None:
    text = '[providers.google]\nclient-id = "mine"\nclient-secret = "hunter22"\n'
    found = options(tmp_path, text, oauth="google", url="me@h.example")
    assert "hunter22" not in repr(make_plan(found))
    with pytest.raises(UsageError, match="others may read this file, and it has a secret: chmod 600"):
        options(tmp_path, text, 0o644)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "--oauth company needs a client id of your own: write client-id under .providers.company"),
        ('[providers.company]\nclient-id = "x"', "providers.company has no token-endpoint"),
        (
            '[providers.company]\nclient-id = "x"\ntoken-endpoint = "https://i/t"',
            "providers.company needs a device-endpoint, an authorization-endpoint, or both",
        ),
        (
            FULL.replace("device-endpoint", "#") + 'flow = "device"',
            "--oauth company cannot use the flow device: there is no device-endpoint",
        ),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        make_plan(options(tmp_path, text, oauth="company", url="me@h.example"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("providers = 1", "providers must be a table"),
        ("[providers]\ncompany = 1", "providers.company must be a table"),
        ('[providers.x]\nclient_id = "x"', "unknown key providers.x.client_id; did you mean client-id?"),
        ("[providers.x]\nclient-id = 7", "providers.x.client-id must be text in quotes"),
        ('[providers.x]\nflow = "fax"', "providers.x.flow must be one of device, browser"),
        ('[providers.x]\ntoken-endpoint = "http://idp.example/"', "token-endpoint must begin with https://"),
        ('[providers.x]\ntoken-endpoint = "https://a:b@idp.example/"', "must not have a user or a password"),
    ],
)
def test_a_mistake_in_the_configuration(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        options(tmp_path, text)


def test_a_file_that_others_may_write_sends_no_secrets_anywhere(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"providers.company says where secrets are sent, and others may write"):
        options(tmp_path, FULL, 0o666)


def test_a_user_is_needed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--oauth needs a user"):
        make_plan(options(tmp_path, FULL, oauth="company", url="h.example"))


def test_on_the_command_line() -> None:
    done = imapsh("--oauth", "google", "me@h.example", "-c", "NOOP")
    assert (done.status, "needs a client id of your own" in done.err) == (2, True)
    done = imapsh("--oauth", "nobody", "me@h.example", "-c", "NOOP")
    assert "nobody is not a known provider (google, microsoft)" in done.err
    done = imapsh("--oauth", "google", "--token-command", "x", "me@h.example", "-c", "NOOP")
    assert "cannot be used together" in done.err


@pytest.mark.parametrize(
    ("flow", "browser", "chosen"),
    [("", True, "browser"), ("", False, "device"), ("device", True, "device"), ("browser", False, "browser")],
)
def test_which_flow(flow: str, browser: bool, chosen: str) -> None:
    one = Provider("x", "c", authorization="https://i/a", device="https://i/d", token="https://i/t", flow=flow)
    assert providers.flow(one, browser=browser) == chosen
    assert providers.flow(KNOWN["google"], browser=False) == "browser"
    assert providers.flow(one._replace(authorization="", flow=""), browser=True) == "device"


def test_where_there_is_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert not providers.has_browser({})
    assert providers.has_browser({"DISPLAY": ":0"})
    assert providers.has_browser({"BROWSER": "firefox"})
    monkeypatch.setattr("sys.platform", "darwin")
    assert providers.has_browser({})
    assert not providers.has_browser({"SSH_CONNECTION": "x"})
