"""Which proxy a server is reached through."""

from __future__ import annotations

import pytest

from imapsh.errors import UsageError
from imapsh.shell.settings import proxies
from imapsh.shell.settings.passwords.password import Kept, handed_out
from imapsh.shell.settings.proxies import excepted, proxied
from imapsh.transport.address import parse_address


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(proxies, "_known", {})


def proxy(url: str, option: str = "") -> str:
    found = proxied(parse_address(url), option).proxy
    return "" if found is None else found.label


def test_the_option_is_for_every_host() -> None:
    assert proxy("mail.example") == ""
    assert proxy("mail.example", "socks5h://p.example") == "socks5h://p.example:1080"
    assert proxy("localhost", "socks5h://p.example") == "socks5h://p.example:1080"
    assert proxy("unix:/x", "socks5h://p.example") == ""
    assert proxy("exec:cat", "socks5h://p.example") == ""


def test_the_environment_is_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5h://upper.example")
    assert proxy("mail.example") == "socks5h://upper.example:1080"
    for url in ("localhost", "127.0.0.1", "[::1]", "unix:/x", "exec:cat"):
        assert proxy(url) == ""
    monkeypatch.setenv("all_proxy", "http://lower.example:1")
    assert proxy("mail.example") == "http://lower.example:1"
    assert proxy("mail.example", "none") == ""
    assert proxy("mail.example", "socks5://p.example") == "socks5://p.example:1080"
    monkeypatch.setenv("NO_PROXY", "example")
    assert proxy("mail.example") == ""
    assert proxy("mail.example", "socks5://p.example") == "socks5://p.example:1080"


@pytest.mark.parametrize(
    ("entries", "host", "fits"),
    [
        ("*", "mail.example", True),
        (".", "mail.example", False),
        ("[]", "mail.example", False),
        (":143", "mail.example:143", False),
        ("*:143", "mail.example:143", True),
        ("", "mail.example", False),
        ("mail.example", "mail.example", True),
        ("mail.example", "MAIL.example.", True),
        ("example", "mail.example", True),
        (".example", "mail.example", True),
        ("*.example", "mail.example", True),
        ("ail.example", "mail.example", False),
        ("other, mail.example", "mail.example", True),
        ("other mail.example", "mail.example", True),
        ("mail.example:993", "mail.example", True),
        ("mail.example:143", "mail.example", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.0.0.0/8", "10.example", False),
        ("fe80::/10", "[fe80::1]", True),
        ("[fe80::1]:993", "[fe80::1]", True),
        ("[fe80::1]:143", "[fe80::1]", False),
        ("fe80::1", "[fe80::1]", True),
        ("rubbish/99,:,::::", "10.1.2.3", False),
    ],
)
def test_no_proxy(entries: str, host: str, fits: bool) -> None:
    assert excepted(parse_address(host), {"NO_PROXY": entries}) is fits
    assert excepted(parse_address(host), {"no_proxy": entries, "NO_PROXY": "*"}) is (fits or not entries)


def test_a_password_may_stand_in_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="--proxy: a password must not stand there") as caught:
        proxied(parse_address("mail.example"), "http://me:hunter22@p.example:1")
    assert "hunter22" not in str(caught.value)
    monkeypatch.setenv("ALL_PROXY", "http://me:hunter22@p.example:1")
    found = proxied(parse_address("mail.example"), "")
    assert found.proxy is not None
    assert found.proxy.password == "hunter22"
    assert "hunter22" not in repr(found)
    assert "hunter22" in handed_out()


def test_a_mistake_in_the_environment_says_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "https://me:hunter22@p.example:1")
    with pytest.raises(UsageError, match=r"^ALL_PROXY: .* \(--proxy none goes without\)$") as caught:
        proxied(parse_address("mail.example"), "")
    assert "hunter22" not in str(caught.value)


def test_what_was_typed_is_known_until_it_is_refused() -> None:
    one = proxied(parse_address("mail.example"), "http://me@p.example:1").proxy
    assert one is not None
    assert proxies.known(one).password == ""
    proxies.learn(one, Kept("hunter22"))
    assert proxies.known(one).password == "hunter22"
    assert proxies.known(one._replace(user="other")).password == ""
    assert proxies.known(one._replace(password="own")).password == "own"
    assert "hunter22" in handed_out()
    proxies.forget(one)
    assert proxies.known(one).password == ""
