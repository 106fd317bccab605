"""A password goes in every way there is, and is looked for in every place that keeps or shows anything."""

from __future__ import annotations

import asyncio
import socket
from base64 import b64encode
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.servers.base import package
from tests.shell.acting import CTRL_C, ENTER, PASTE, PASTED, Actor, acting, play
from tests.shell.running import imapsh, listening, says, url

Way = Callable[[Actor], Awaitable[None]]

SECRET = "s3same-0pen"
PLAIN = b64encode(b"\0me\0" + SECRET.encode()).decode()
TOKEN = b64encode(f"user=me\x01auth=Bearer {SECRET}\x01\x01".encode()).decode()


async def inline(person: Actor) -> None:
    await person.enters(f"LOGIN me {SECRET}", "NO [AUTHENTICATIONFAILED]")


async def quoted_and_tagged(person: Actor) -> None:
    await person.enters(f'x1 login me "{SECRET}"', "x1 NO")


async def literal(person: Actor) -> None:
    person.types(f"LOGIN me {{{len(SECRET)}}}" + ENTER)
    await person.screen.shows("octets>")
    await person.enters(SECRET, "NO [AUTHENTICATIONFAILED]")


async def non_synchronizing_literal(person: Actor) -> None:
    person.types(f"LOGIN {{2+}}{ENTER}me {{{len(SECRET)}+}}{ENTER}{SECRET}{ENTER}")
    await person.screen.shows("NO [AUTHENTICATIONFAILED]")


async def pasted(person: Actor) -> None:
    person.types(f"{PASTE}a1 NOOP\na2 LOGIN me {SECRET}\na3 NOOP{PASTED}{ENTER}")
    await person.screen.shows("a2 NO", "a3 OK")


async def initial_response(person: Actor) -> None:
    await person.enters(f"AUTHENTICATE PLAIN {PLAIN}", "NO [AUTHENTICATIONFAILED]")


async def by_hand(person: Actor) -> None:
    await person.enters("a1 AUTHENTICATE PLAIN", "base64 (* cancels):")
    await person.enters(PLAIN, "a1 NO")


async def asked_for(person: Actor) -> None:
    await person.enters("LOGIN me", "Password for me")
    await person.enters(SECRET, "NO [AUTHENTICATIONFAILED]")


async def in_every_connection(person: Actor) -> None:
    await person.enters(f"\\each LOGIN me {SECRET}", "NO [AUTHENTICATIONFAILED]")


async def again_and_again(person: Actor) -> None:
    await person.enters(f"\\repeat 2 0 LOGIN me {SECRET}", "2 times", "NO [AUTHENTICATIONFAILED]")


async def by_an_alias(person: Actor) -> None:
    await person.enters(f"\\alias enter LOGIN me {SECRET}")
    await person.enters("enter", "NO [AUTHENTICATIONFAILED]")
    await person.enters("\\alias", "enter")


async def behind_an_alias(person: Actor) -> None:
    await person.enters("\\alias enter LOGIN ${1} ${2}")
    await person.enters(f"enter me {SECRET}", "NO [AUTHENTICATIONFAILED]")


async def by_a_variable(person: Actor) -> None:
    await person.enters("\\set -s word", "word:")
    await person.enters(SECRET)
    await person.enters("LOGIN me ${word}", "NO [AUTHENTICATIONFAILED]")
    await person.enters("\\set", "word")


async def in_raw_octets(person: Actor) -> None:
    await person.enters(f"\\raw A9 LOGIN me {SECRET}\\r\\n", "NO [AUTHENTICATIONFAILED]")


async def in_pieces_of_raw_octets(person: Actor) -> None:
    await person.enters(f"\\raw A9 LOGIN me {{{len(SECRET)}}}\\r\\n", "+ ")
    await person.enters(f"\\raw {SECRET}\\r\\n", "NO [AUTHENTICATIONFAILED]")


async def with_too_much_behind_it(person: Actor) -> None:
    await person.enters(f"LOGIN me {SECRET} and more", "BAD")


async def before_what_looks_like_an_operator(person: Actor) -> None:
    await person.enters(f"LOGIN me {SECRET} > out", "BAD")


async def pasted_by_hand(person: Actor) -> None:
    person.types(f"{PASTE}a1 AUTHENTICATE PLAIN\n{PLAIN}\na2 NOOP{PASTED}{ENTER}")
    await person.screen.shows("a1 NO", "a2 OK")


async def pasted_without_a_tag(person: Actor) -> None:
    person.types(f"{PASTE}AUTHENTICATE PLAIN\n{PLAIN}\nNOOP{PASTED}{ENTER}")
    await person.screen.shows("A1 NO", "A2 OK")


async def pasted_with_an_answer_too_many(person: Actor) -> None:
    person.types(f"{PASTE}a1 AUTHENTICATE PLAIN\n{PLAIN}\n{PLAIN}\na2 NOOP{PASTED}{ENTER}")
    await person.screen.shows("a1 NO", "a line of the paste was an answer to AUTHENTICATE", "a2 OK")


async def in_base64_behind_ctrl_c(person: Actor) -> None:
    await person.enters("AUTHENTICATE PLAIN", "User at")
    person.types(CTRL_C)
    await person.prompted("demo (not logged in)>")
    await person.enters(PLAIN, "A1 BAD")


async def in_base64_where_the_user_is_asked_for(person: Actor) -> None:
    await person.enters("AUTHENTICATE PLAIN", "to type the base64 yourself", "User at")
    await person.enters(PLAIN, "that was a base64 response")


async def a_token_alone(person: Actor) -> None:
    await person.enters(TOKEN, "A1 BAD")


async def in_base64_with_a_word_before(person: Actor) -> None:
    await person.enters(f"a1 {PLAIN}", "BAD")
    await person.enters(f"NOOP {PLAIN}", "BAD")


async def as_an_answer_of_login_alone(person: Actor) -> None:
    await person.enters(b64encode(SECRET.encode()).decode(), "A1 BAD")


async def in_words_of_raw_octets(person: Actor) -> None:
    await person.enters("\\raw A9 LOGIN me ")
    await person.enters(f"\\raw {SECRET}\\r\\n", "A9 NO")


async def in_halves_of_raw_octets(person: Actor) -> None:
    await person.enters(f"\\raw A9 LOGIN me {SECRET[:3]}")
    await person.enters(f"\\raw {SECRET[3:]}\\r\\n", "A9 NO")


async def in_escapes(person: Actor) -> None:
    await person.enters(f"\\raw A9 LOGIN me \\x{ord(SECRET[0]):x}{SECRET[1:]}\\r\\n", "A9 NO")


async def behind_escapes(person: Actor) -> None:
    await person.enters(f"\\each \\raw A9\\x20LOGIN\\x20me\\x20{SECRET}\\r\\n", "A9 NO")


async def as_raw_answers(person: Actor) -> None:
    await person.enters("\\raw A9 AUTHENTICATE PLAIN\\r\\n", "+ ")
    await person.enters(f"\\raw {PLAIN}\\r\\n", "A9 NO")


async def behind_a_backslash(person: Actor) -> None:
    await person.enters(f"\\login me {SECRET}", "unknown command")


async def of_an_alias_that_lacks_something(person: Actor) -> None:
    await person.enters(f"\\alias enter LOGIN me {SECRET} ${{1}}")
    await person.enters("enter", "it stands for LOGIN me")


async def in_a_value(person: Actor) -> None:
    await person.enters(f"\\set entry LOGIN me {SECRET}")
    await person.enters("\\set", "entry")
    await person.enters("\\set entry", "entry =")


async def in_a_url(person: Actor) -> None:
    await person.enters(f"\\connect imap://me:{SECRET}@127.0.0.1", "does not belong")
    await person.enters(f"\\connect -n second imaps://me;AUTH=PLAIN:{SECRET}@127.0.0.1:993/INBOX", "does not belong")


async def in_a_url_with_specials_in_it(person: Actor) -> None:
    await person.enters(f"\\connect imap://me:a@b:c/{SECRET}@127.0.0.1", "imapsh: ")


async def in_a_url_percent_encoded(person: Actor) -> None:
    await person.enters(f"\\connect imap://me:%{ord(SECRET[0]):x}{SECRET[1:]}@127.0.0.1", "does not belong")


async def in_an_address(person: Actor) -> None:
    await person.enters(f"\\connect me:{SECRET}@127.0.0.1", "does not belong")


async def in_urls_of_an_inner_line(person: Actor) -> None:
    await person.enters(f"\\each \\connect imap://me:{SECRET}@127.0.0.1", "does not belong")
    await person.enters(f"\\alias there \\connect imap://me:{SECRET}@127.0.0.1")
    await person.enters("\\alias", "there")
    await person.enters("there", "does not belong")


async def in_a_url_of_a_mistyped_line(person: Actor) -> None:
    await person.enters(f"\\conect imap://me:{SECRET}@127.0.0.1", "did you mean")
    await person.enters(f"\\conect me:{SECRET}@127.0.0.1", "did you mean")
    await person.enters(f"connect imap://me:{SECRET}@127.0.0.1 imap://me:{SECRET}@127.0.0.2", "A1 BAD")
    await person.enters(f"imap://me:{SECRET}@127.0.0.1", "A2 BAD")


async def in_the_name_of_a_command(person: Actor) -> None:
    await person.enters(f"\\imap://me:{SECRET}@127.0.0.1", "unknown command")


async def in_an_argument(person: Actor) -> None:
    await person.enters(f"\\use me:{SECRET}@127.0.0.1", "there is no connection")
    await person.enters(f"\\help imap://me:{SECRET}@127.0.0.1", "help")


async def in_a_url_behind_an_operator(person: Actor) -> None:
    await person.enters(f"NOOP | false imap://me:{SECRET}@127.0.0.1", "false")
    await person.enters(f"CAPABILITY > imap://me:{SECRET}@127.0.0.1/x", "imap://me:")


async def of_a_mechanism(person: Actor) -> None:
    await person.enters("AUTHENTICATE PLAIN", "User at")
    await person.enters("me", "assword")
    await person.enters(SECRET, "NO [AUTHENTICATIONFAILED]")


FORMATS = ("pretty", "json", "hex")

#: Each is tried with every format.
TYPED = (
    inline, quoted_and_tagged, literal, non_synchronizing_literal, pasted, initial_response, by_hand, asked_for,
    in_every_connection, again_and_again, by_an_alias, behind_an_alias, by_a_variable, in_raw_octets,
    in_pieces_of_raw_octets, with_too_much_behind_it, before_what_looks_like_an_operator, of_a_mechanism,
)  # fmt: skip

#: E13: by a paste, a piece, an escape, a decoding.
IN_OTHER_FORMS = (
    pasted_by_hand, pasted_without_a_tag, pasted_with_an_answer_too_many, in_base64_behind_ctrl_c,
    in_base64_where_the_user_is_asked_for, a_token_alone, in_base64_with_a_word_before, as_an_answer_of_login_alone,
    in_words_of_raw_octets, in_halves_of_raw_octets, in_escapes, behind_escapes, as_raw_answers, behind_a_backslash,
    of_an_alias_that_lacks_something, in_a_value,
)  # fmt: skip

#: A6: in `user:password@`.
IN_URLS = (
    in_a_url, in_a_url_with_specials_in_it, in_a_url_percent_encoded, in_an_address, in_urls_of_an_inner_line,
    in_a_url_of_a_mistyped_line, in_the_name_of_a_command, in_an_argument, in_a_url_behind_an_operator,
)  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("way", TYPED)
def test_it_is_nowhere(way: Way, format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for(way, format, tmp_path, monkeypatch)


@pytest.mark.parametrize("way", IN_OTHER_FORMS)
def test_e13_it_is_nowhere_in_another_form(way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for(way, "json", tmp_path, monkeypatch)


@pytest.mark.parametrize("way", IN_URLS)
def test_a6_it_is_nowhere_in_a_url(way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for(way, "pretty", tmp_path, monkeypatch)


def looked_for(way: Way, format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def broken() -> None:
        raise ValueError(SECRET)

    async def scene() -> None:
        async with acting(tmp_path, columns=250, demo=True, no_login=True, trace=str(tmp_path / "trace")) as person:
            await person.prompted("demo (not logged in)>")
            await way(person)
            await person.enters(f"\\last {format}")
            asyncio.get_running_loop().call_soon(broken)
            await person.screen.shows("internal error in imapsh (ValueError")
        for name in ("history", "trace", "imapsh/crash.txt"):
            kept = (tmp_path / name).read_text()
            assert kept
            assert not found(kept), name
        assert not found(person.screen.written)

    play(scene)


def test_once_known_it_is_kept_nowhere_even_where_none_is_due(tmp_path: Path) -> None:
    """It is seen while it is typed, for nothing says then that it is one; what is kept leaves it out."""

    async def scene() -> None:
        async with acting(tmp_path, columns=250, demo=True, no_login=True, trace=str(tmp_path / "trace")) as person:
            await inline(person)
            await person.enters(f"NOOP {SECRET}", "BAD", "> A2 NOOP ***********")
        assert "NOOP *" in (tmp_path / "history").read_text()
        assert not found((tmp_path / "history").read_text() + (tmp_path / "trace").read_text())

    play(scene)


def found(text: str) -> bool:
    """Whether it is there, as it is, in base64, or in a hex dump."""
    hexed = SECRET.encode().hex(" ")
    coded = b64encode(SECRET.encode()).decode()
    return any(one in text for one in (SECRET, SECRET[3:], PLAIN[:20], PLAIN[8:], hexed[: 3 * 6], coded, TOKEN[-20:]))


# -- tokens that a server makes

_URL = "imap://joe@example.com/INBOX/;uid=20;urlauth=anonymous:internal:"
_MADE = "91354a473744909de610943775f92038"


def _urls(sock: socket.socket) -> None:
    """A server that authorizes a URL and says it again."""
    sock.sendall(b"* PREAUTH [CAPABILITY IMAP4rev1 URLAUTH] hello\r\n")
    with sock.makefile("rb") as lines:
        for line in lines:
            tag, name, *_ = line.split()
            if name == b"GENURLAUTH":
                sock.sendall(f'* GENURLAUTH "{_URL}{_MADE}"\r\n'.encode())
            if name == b"URLFETCH":
                sock.sendall(f'* URLFETCH "{_URL}{_MADE}" "text"\r\n{tag.decode()} NO not {_MADE}\r\n'.encode())
                continue
            sock.sendall(tag + b" OK done\r\n")


@pytest.mark.parametrize("form", ["pretty", "view", "wire", "json", "hex"])
def test_a_token_is_shown_and_traced_as_stars(tmp_path: Path, form: str) -> None:
    trace = tmp_path / "trace"
    lines = (f'GENURLAUTH "{_URL.partition(":internal")[0]}" INTERNAL', f"URLFETCH {_URL}{_MADE}", "\\last")
    with listening(_urls) as port:
        ran = imapsh(url(port), "--no-ask", "--format", form, "--keep-going", "--trace", str(trace),
                     *(word for line in lines for word in ("-c", line)))  # fmt: skip
    told = ran.out.decode() + ran.err + trace.read_text()
    assert _MADE not in told
    assert _MADE.encode().hex(" ")[:24] not in told
    assert told.count("*" * 32) >= 3


# -- the ways of one run, all at a server and a proxy that say whatever they were told

_PROXYS = "pr0xy-canary"
MASKED = "*" * len(SECRET)


def _spelled(secret: str) -> set[str]:
    """A secret as it is, backwards, in capitals, in hex, percent-encoded, and in base64 at each place of a message."""
    octets = secret.encode()
    coded = {b64encode(b"\0" * lead + octets).decode() for lead in range(3)}
    return {secret, secret[::-1], secret.upper(), octets.hex(), "".join(f"%{one:02x}" for one in octets), *coded}


def _repeating(answer: str) -> Callable[[socket.socket], None]:
    """A proxy, and the server behind it, that repeat both passwords in all spellings."""
    known = " ".join(sorted(_spelled(SECRET) | _spelled(_PROXYS))).encode()

    def handler(sock: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += sock.recv(4096)
        sock.sendall(b"HTTP/1.1 200 " + known + b"\r\nX-Said: " + known + b"\r\n\r\n")
        login = b"TAG " + answer.encode() + b" " + known + b"\r\n"
        rest = [b"* OK " + known + b"\r\nTAG NO " + known + b"\r\n"] * 3
        says(login, *rest, greeting=b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\r\n")(sock)

    return handler


@pytest.mark.parametrize("answer", ["NO [AUTHENTICATIONFAILED]", "OK [CAPABILITY IMAP4rev1]"])
@pytest.mark.parametrize(
    "words",
    [
        ("--checkup",),
        ("--checkup", "--format", "json"),
        ("--authorize", "bob", "-c", "NOOP", "-c", "\\why", "-c", "\\last", "-c", "\\export DIR/page.html"),
        ("--authorize", "bob", "--format", "json", "-c", "NOOP", "-c", "\\why", "-c", "\\sessions", "-c", "\\journal"),
        ("--proxyauth", "bob", "--format", "hex", "-c", "NOOP"),
        ("--report", "nagios:-", "-c", "SELECT INBOX"),
        ("--report", "prom:DIR/mail.prom", "-c", "SELECT INBOX"),
        ("--report", "junit:DIR/junit.xml", "-c", "SELECT INBOX"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_what_a_server_and_a_proxy_repeat_is_seen_nowhere(
    words: tuple[str, ...], answer: str, tmp_path: Path
) -> None:  # fmt: skip
    package("python_socks")
    with listening(_repeating(answer)) as port:
        env = {
            "IMAPSH_PASSWORD": SECRET, "XDG_STATE_HOME": str(tmp_path / "state"),
            "ALL_PROXY": f"http://me:{_PROXYS}@127.0.0.1:{port}",
        }  # fmt: skip
        given = [word.replace("DIR", str(tmp_path)) for word in words]
        trace = () if "--checkup" in words else ("--trace", str(tmp_path / "trace"), "--keep-going")
        ran = imapsh("imap://root@mail.example", "--cleartext", *trace, *given, env=env)
    files = [path.read_text("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()]
    told = "".join((ran.out.decode("utf-8", "replace"), ran.err, *files))
    assert MASKED in told
    assert [one for one in _spelled(SECRET) | _spelled(_PROXYS) if one in told] == []
