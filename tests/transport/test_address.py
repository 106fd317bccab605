from __future__ import annotations

import pytest

from imapsh.errors import UsageError
from imapsh.transport.address import Address, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("imap://h", Address("imap", "h", 143)),
        ("IMAPS://h", Address("imaps", "h", 993)),
        ("imaps://ann@h:1993/INBOX", Address("imaps", "h", 1993, "ann", mailbox="INBOX")),
        ("imap://h/", Address("imap", "h", 143)),
        ("imap://h/a%2Fb%3B%20c/d", Address("imap", "h", 143, mailbox="a/b; c/d")),
        ("imap://h/%E5%8F%B0%E5%8C%97", Address("imap", "h", 143, mailbox="台北")),
        ("imap://ann%40x.org@h", Address("imap", "h", 143, "ann@x.org")),
        ("imap://ann@x.org@h", Address("imap", "h", 143, "ann@x.org")),
        ("imap://ann;AUTH=plain@h", Address("imap", "h", 143, "ann", "PLAIN")),
        ("imap://;AUTH=GSSAPI@h", Address("imap", "h", 143, "", "GSSAPI")),
        ("imap://ann;auth=*@h", Address("imap", "h", 143, "ann")),
        ("imap://ann;AUTHORIZE=bob@h", Address("imap", "h", 143, "ann", authorize="bob")),
        ("imap://ann;authorize=b%3Bo%2Fb%20@h/x", Address("imap", "h", 143, "ann", mailbox="x", authorize="b;o/b ")),
        ("imap://ann;AUTHORIZE=bob@x.org@h", Address("imap", "h", 143, "ann", authorize="bob@x.org")),
        ("imap://ann;PROXYAUTH=bob;AUTH=plain@h", Address("imap", "h", 143, "ann", "PLAIN", proxyauth="bob")),
        ("imap://;AUTH=EXTERNAL;AUTHORIZE=*@h", Address("imap", "h", 143, "", "EXTERNAL", authorize="*")),
        ("h", Address("imaps", "h", 993, fallback=True)),
        ("h:143", Address("imaps", "h", 143, fallback=True)),
        ("ann@h:143/x", Address("imaps", "h", 143, "ann", mailbox="x", fallback=True)),
        ("[::1]:143", Address("imaps", "::1", 143, fallback=True)),
        ("imap://[fe80::1%25eth0]", Address("imap", "fe80::1%eth0", 143)),
        ("imap://bücher.example", Address("imap", "bücher.example", 143)),
        ("unix:/run/a b", Address("unix", path="/run/a b")),
        ("exec:ssh h 'a b'", Address("exec", command=("ssh", "h", "a b"))),
        ("imaps+unix:/run/a b", Address("unix", path="/run/a b", tls=True)),
        ("IMAPS+exec:nc h 993", Address("exec", command=("nc", "h", "993"), tls=True)),
    ],
)
def test_what_people_type(text: str, address: Address) -> None:
    assert parse_address(text) == address


def test_a_bare_host_takes_the_default_scheme() -> None:
    assert parse_address("h", default_scheme="imap") == Address("imap", "h", 143, fallback=True)


@pytest.mark.parametrize(
    "text",
    [
        "", "imap://", "imap:///x", "imap://@h", "imap://h:", "imap://h:x", "imap://h:0", "imap://h:65536", "imap://h:-1",
        "imap://::1", "imap://[::1", "imap://[x]", "imap://[]", "http://h", "://h", "imap://a b", "imap://h..x",
        "imap://" + "x" * 64, "imap://h/%zz", "imap://h/%ff", "imap://h/a%0D%0Ab", "imap://h/x;UID=1", "imap://h/x?y",
        "imaps+unix:", "imaps+exec:", "imaps+h:1",
        "imap://a;b@h", "imap://a;AUTH=@h", "imap://a;AUTHORIZE=@h", "imap://a;AUTHORIZE=b;PROXYAUTH=b@h",
        "imap://a;AUTHORIZE=b;AUTHORIZE=b@h", "imap://a;AUTHORIZE=%00@h", "imap://a;AUTHORIZE=b;@h", "imap://a;@h",
        "unix:", "exec:", "exec:''", "exec:'open", "imap://h\r\nx", "imap://h/\0",
    ],
)  # fmt: skip
def test_malformed(text: str) -> None:
    with pytest.raises(UsageError):
        parse_address(text)


@pytest.mark.parametrize(
    "text",
    ["imap://u:hunter2@h", "imaps://u:hunter2/@h", "u:hunter2@h", "imap://u:h@hunter2@h", "u:hunter2/x@h",
     "u%40x:hunter2@h", "imap://u;AUTH=PLAIN:hunter2@h"],
)  # fmt: skip
def test_a_password_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_address(text)
    error: BaseException | None = caught.value
    while error is not None:
        assert "hunter2" not in repr(error)
        error = error.__context__


def test_how_to_give_a_password_is_said() -> None:
    with pytest.raises(UsageError, match="give it separately"):
        parse_address("imap://u:secret@h")


@pytest.mark.parametrize(
    ("text", "label", "where"),
    [
        ("imap://ann@h", "ann@h", "h:143"),
        ("imap://ann@h:1143", "ann@h:1143", "h:1143"),
        ("imaps://[::1]", "[::1]", "[::1]:993"),
        ("unix:/run/dovecot/imap", "imap", "/run/dovecot/imap"),
        ("exec:/usr/lib/dovecot/imap --secret x", "imap", "/usr/lib/dovecot/imap"),
    ],
)
def test_names_of_a_place(text: str, label: str, where: str) -> None:
    address = parse_address(text)
    assert (address.label, address.where) == (label, where)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("localhost", True), ("LOCALHOST.", True), ("a.localhost", True), ("127.0.0.1", True), ("127.9.9.9", True),
        ("[::1]", True), ("[::ffff:127.0.0.1]", True), ("unix:/x", True), ("exec:x", True),
        ("h", False), ("127.0.0.1.example", False), ("128.0.0.1", False), ("[::2]", False), ("notlocalhost", False),
        ("[::ffff:10.0.0.1]", False),
    ],
)  # fmt: skip
def test_local_places(text: str, local: bool) -> None:
    assert parse_address(text).is_local is local


def test_the_name_a_certificate_must_bear() -> None:
    assert parse_address("imap://h.example.").server_name == "h.example"
    assert parse_address("imap://[fe80::1%eth0]").server_name == "fe80::1"
    assert parse_address("unix:/x").server_name == "localhost"


@pytest.mark.parametrize("inside", ["::\udcd4", "::1\0", "1.2.3.4", "x", "", ":::"])
def test_what_is_in_brackets_and_no_ipv6_address(inside: str) -> None:
    with pytest.raises(UsageError, match=r"IPv6|control|host"):
        parse_address(f"imap://[{inside}]")


@pytest.mark.parametrize("text", ["%41\udcbb@h", "ann@h/%41\udcbb", "ann;AUTH=%41\udcbb@h"])
def test_octets_that_are_not_utf8_beside_an_escape(text: str) -> None:
    with pytest.raises(UsageError, match="UTF-8"):
        parse_address(f"imap://{text}")
