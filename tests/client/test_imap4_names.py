"""Names, exceptions and small replies that programs written for imaplib rely on."""

from __future__ import annotations

import hmac
import imaplib
import inspect
import io
import pickle
import sys
from typing import Any
from unittest import mock

import pytest

from imapsh.client import imap4

from .imap4_peers import GREETING, scripted

OK = b"<tag> OK done\r\n"

#: What the imaplib of Python 3.11 to 3.14 has, beside the public interface.
NAMES = """
    AllowedVersions CRLF Commands Continuation DEFAULT_BUFFER_SIZE Debug Flags HAVE_SSL IMAP4 IMAP4_PORT IMAP4_SSL
    IMAP4_SSL_PORT IMAP4_stream Idler Int2AP InternalDate Internaldate2tuple Literal MapCRLF Mon2num Months ParseFlags
    Response_code Time2Internaldate Untagged_response Untagged_status _Authenticator _Literal _MAXLINE _Untagged_status
    binascii calendar datetime errno random re socket ssl subprocess sys time timedelta timezone
""".split()

#: What an object of it has, that is not public either.
ATTRIBUTES = """
    Literal Untagged_status _CRAM_MD5_AUTH _append_untagged _check_bye _cmd_log _cmd_log_idx _cmd_log_len _command
    _command_complete _connect _create_socket _dump_ur _encoding _get_capabilities _get_line _get_response
    _get_tagged_response _log _match _mesg _mode_ascii _mode_utf8 _new_tag _quote _simple_command _tls_established
    _untagged_response abort capabilities continuation_response debug error is_readonly literal mo readonly
    state tagged_commands tagnum tagpre tagre untagged_responses utf8_enabled welcome PROTOCOL_VERSION
""".split()


@pytest.mark.parametrize("name", sorted({*NAMES, *(name for name in vars(imaplib) if not name.startswith("__"))}))
def test_d17_the_module_has_every_name_of_imaplibs(name: str) -> None:
    ours = getattr(imap4, name)
    theirs = getattr(imaplib, name, ours)
    assert name in dir(imap4)
    if inspect.ismodule(theirs) or (isinstance(theirs, int | bytes | str) and name != "_MAXLINE"):
        assert ours == theirs
    assert callable(ours) == callable(theirs)


def test_d17_a_name_that_imaplib_has_not_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        imap4.nothing  # noqa: B018


def test_d17_without_ssl_the_module_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ssl", None)
    monkeypatch.delitem(vars(imap4), "HAVE_SSL", raising=False)
    assert imap4.HAVE_SSL is False
    del vars(imap4)["HAVE_SSL"]
    monkeypatch.undo()
    assert imap4.HAVE_SSL is True


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_d17_an_object_has_every_attribute_of_imaplibs(name: str) -> None:
    assert hasattr(scripted(imap4), name)


@pytest.mark.parametrize("module", [imaplib, imap4])
def test_d17_an_authenticator_is_a_dialogue(module: Any) -> None:
    dialogue = module._Authenticator(lambda challenge: None if challenge == b"no" else challenge + "é".encode())
    assert dialogue.process(b"YWI=") == b"YWLDqQ=="
    assert dialogue.process(b"") == b"w6k="
    assert dialogue.process(b"bm8=") == b"*"
    assert (dialogue.decode(b""), dialogue.encode("ab"), dialogue.encode(b"")) == (b"", b"YWI=", b"")
    assert dialogue.encode(b"x" * 200) == module.binascii.b2a_base64(b"x" * 200).strip()


@pytest.mark.parametrize("module", [imaplib, imap4])
def test_d17_a_match_is_kept_for_the_program(module: Any) -> None:
    client = scripted(module)
    assert client._match(client.Literal, b"* 1 FETCH {12}")
    assert client.mo["size"] == b"12"
    assert not client._match(client.Untagged_status, b"+ go")
    assert client.mo is None


@pytest.mark.parametrize(
    ("greeting", "message"),
    [
        (b"+OK POP3 ready <1@host>\r\n", r"a POP3 server, it greets with b\'\+OK POP3 ready <1@host>\'"),
        (b"+ go on\r\n", "not an IMAP server, it greets with"),
        (b"-ERR busy\r\n", "unexpected response: b'-ERR busy'"),
    ],
)
def test_d17_a_greeting_of_another_protocol_is_told(greeting: bytes, message: str) -> None:
    with pytest.raises(imap4.IMAP4.error, match=message):
        scripted(imap4, greeting=greeting)


@pytest.mark.parametrize(
    ("fields", "sent"), [(None, b"ID NIL"), ({}, b"ID NIL"), ({"name": "x", "os": None}, b'ID ("name" "x" "os" NIL)')]
)
def test_d17_nothing_to_say_of_the_client_is_nil(fields: dict[str, str | None] | None, sent: bytes) -> None:
    client = scripted(imap4, b"* ID NIL\r\n" + OK)
    assert client.id(fields) == ("OK", [b"NIL"])
    assert client.sent.splitlines()[-1].partition(b" ")[2] == sent


def forbidden(*arguments: object, **named: object) -> Any:
    raise ValueError("[digital envelope routines] unsupported")


def test_a22_without_md5_cram_md5_is_an_error_and_nothing_is_sent() -> None:
    client = scripted(imap4, OK)
    client.state = "NONAUTH"
    before = client.sent
    with mock.patch.object(hmac, "HMAC", forbidden):
        with pytest.raises(imap4.IMAP4.error, match="CRAM-MD5 authentication is not supported"):
            client.login_cram_md5("me", "secret")
        with pytest.raises(imap4.IMAP4.error, match="CRAM-MD5 authentication is not supported"):
            client._CRAM_MD5_AUTH(b"<1@host>")
    assert (client.sent, client.noop()) == (before, ("OK", [b"done"]))


def test_a22_a_challenge_that_is_empty_is_an_error() -> None:
    client = scripted(imap4, b"+ \r\n")
    client.state = "NONAUTH"
    with pytest.raises(imap4.IMAP4.error, match="no challenge"):
        client.login_cram_md5("me", "secret")


# -- objects as Python has them


@pytest.mark.parametrize("module", [imaplib, imap4])
def test_exceptions_and_objects_are_pickled_alike(module: Any) -> None:
    for kind in ("error", "abort", "readonly"):
        raised = getattr(module.IMAP4, kind)("text")
        again = pickle.loads(pickle.dumps(raised))
        assert (type(again), again.args) == (type(raised), raised.args)
        assert type(raised).__qualname__ == f"IMAP4.{kind}"


@pytest.mark.parametrize("module", [imaplib, imap4])
def test_a_with_block_logs_out_once_and_lets_exceptions_through(module: Any) -> None:
    bye = b"* BYE\r\n" + OK
    with scripted(module, bye) as client:
        assert client.state == "AUTH"
    assert (client.state, client.sent.count(b"LOGOUT")) == ("LOGOUT", 1)
    with scripted(module, bye) as client:
        client.logout()
    assert client.sent.count(b"LOGOUT") == 1
    with pytest.raises(KeyError), scripted(module, bye) as client:
        raise KeyError
    assert client.sent.count(b"LOGOUT") == 1


@pytest.mark.parametrize("module", [imaplib, imap4])
def test_a_subclass_may_override_what_it_likes(module: Any) -> None:
    seen: list[Any] = []

    class Mine(module.IMAP4):  # type: ignore[misc]
        """Everything that IMAPClient, offlineimap and others override."""

        class error(module.IMAP4.error):  # type: ignore[misc]  # noqa: N801
            """Their own."""

        def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
            self.host, self.port, self.sock = host, port, None
            self.octets = io.BytesIO(
                GREETING
                + b"* CAPABILITY IMAP4REV1\r\n<tag> OK done\r\n* SEARCH 1\r\n<tag> OK done\r\n<tag> BAD what\r\n"
            )

        def _new_tag(self) -> bytes:
            tag: bytes = super()._new_tag()
            self.tag = tag
            return tag

        def _get_line(self) -> Any:
            seen.append("line")
            return super()._get_line()

        def _append_untagged(self, typ: str, dat: Any) -> None:
            seen.append(typ)
            super()._append_untagged(typ, dat)

        def read(self, size: int) -> bytes:
            return self.octets.read(size)

        def readline(self) -> bytes:
            line: bytes = self.octets.readline()
            return line.replace(b"<tag>", getattr(self, "tag", b""))

        def send(self, data: bytes) -> None:
            seen.append(data.partition(b" ")[2])

        def shutdown(self) -> None:
            pass

    client = Mine()
    client.state = "SELECTED"
    assert client.search(None, "ALL") == ("OK", [b"1"])
    with pytest.raises(Mine.error):
        client.noop()
    assert [one for one in seen if one != "line"][-3:] == [b"SEARCH ALL\r\n", "SEARCH", b"NOOP\r\n"]
    assert seen.count("line") >= 6


@pytest.mark.parametrize(
    ("answer", "call", "kind"),
    [
        (b"<tag> BAD what\r\n", lambda client: client.noop(), "error"),
        (b"* BYE gone\r\n", lambda client: client.noop(), "abort"),
        (b"", lambda client: client.noop(), "abort"),
        (OK, lambda client: client.uid("NONE"), "error"),
        (OK, lambda client: client.fetch("1", "FLAGS"), "error"),
        (b"<tag> NO refused\r\n", lambda client: client.authenticate("PLAIN", lambda _: b"x"), "error"),
        (OK, lambda client: client.starttls(), "abort"),
        (OK, lambda client: client.none, "AttributeError"),
        (OK, lambda client: client.append("x", None, 1j, b"x"), "ValueError"),
    ],
)
def test_what_is_raised_has_the_class_and_the_words_of_imaplibs(answer: bytes, call: Any, kind: str) -> None:
    said = []
    for module in (imaplib, imap4):
        client = scripted(module, answer)
        if "NO" in answer.decode():
            client.state = "NONAUTH"
        with pytest.raises(getattr(module.IMAP4, kind, getattr(__builtins__, kind, Exception))) as raised:
            call(client)
        said.append((type(raised.value).__name__, str(raised.value)))
    assert said[0] == said[1]
