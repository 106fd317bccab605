"""Proxies as people write them."""

from __future__ import annotations

import pytest

from imapsh.errors import UsageError
from imapsh.transport.proxy import Proxy
from imapsh.transport.proxyurl import parse_proxy


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        ("socks5h://p.example", Proxy("socks5h", "p.example", 1080)),
        ("SOCKS5://p.example:99/", Proxy("socks5", "p.example", 99)),
        ("socks://p.example", Proxy("socks5h", "p.example", 1080)),
        ("socks4a://[::1]", Proxy("socks4a", "::1", 1080)),
        ("socks4://[::1]:7", Proxy("socks4", "::1", 7)),
        ("http://p.example:3128", Proxy("http", "p.example", 3128)),
        ("p.example:3128", Proxy("http", "p.example", 3128)),
        ("http://me@p.example:1", Proxy("http", "p.example", 1, "me")),
        ("http://me:hunter22@p.example:1", Proxy("http", "p.example", 1, "me", "hunter22")),
        ("http://a%40b:p%3Aw:x@p.example:1", Proxy("http", "p.example", 1, "a@b", "p:w:x")),
        ("socks5h://me:a@b@p.example", Proxy("socks5h", "p.example", 1080, "me", "a@b")),
    ],
)
def test_what_is_written_is_read(text: str, proxy: Proxy) -> None:
    assert tuple(parse_proxy(text)) == tuple(proxy)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://me:hunter22@p.example:1", "does not speak TLS to a proxy"),
        ("ftp://me:hunter22@p.example", "unknown kind of proxy"),
        ("hunter22://p.example", "unknown kind of proxy"),
        ("http://p.example", "the port of an http proxy is missing"),
        ("p.example", "the port of an http proxy is missing"),
        ("socks5h://", "the host or the port of the proxy is wrong"),
        ("socks5h://p.example:0", "the host or the port of the proxy is wrong"),
        ("socks5h://p.example:hunter22", "the host or the port of the proxy is wrong"),
        ("socks5h://p .example", "the host or the port of the proxy is wrong"),
        ("socks5h://p.example:1/path", "nothing may follow the port"),
        ("socks5h://:hunter22@p.example", "the user before the @ is missing"),
        ("socks5h://me:hunter22%0A@p.example", "printable, and have at most 255 octets"),
        ("socks5h://me:" + "x" * 256 + "@p.example", "printable, and have at most 255 octets"),
        ("socks5h://me:%ff@p.example", "are not UTF-8"),
        ("socks5h://p.example:1?x", "the host or the port of the proxy is wrong"),
    ],
)
def test_a_mistake_is_said_without_the_text(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        parse_proxy(text, "ALL_PROXY")
    assert str(caught.value).startswith("ALL_PROXY: ")
    assert "hunter22" not in str(caught.value)


def test_the_password_is_not_shown() -> None:
    proxy = parse_proxy("http://me:hunter22@[::1]:1")
    assert repr(proxy) == "Proxy('http://me@[::1]:1')"
    assert proxy.where == "[::1]:1"


def test_a_password_that_is_not_utf_8_is_in_no_part_of_the_error() -> None:
    with pytest.raises(UsageError, match="are not UTF-8") as caught:
        parse_proxy("socks5h://me:hunter22%ff@p.example")
    assert caught.value.__context__ is None
