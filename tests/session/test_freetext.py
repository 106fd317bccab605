"""A password that is also a number or a word: what came is parsed, what is shown is masked (E12, E14)."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from imapsh import table
from imapsh.grammar.responses import Response
from imapsh.sasl.mechanism import Mechanism
from imapsh.sasl.oauthbearer import OAuthBearer
from imapsh.sasl.plain import Plain
from imapsh.sasl.xoauth2 import XOAuth2
from imapsh.session.core import Session
from imapsh.session.events import Completed, Received
from imapsh.session.exchange import Secret
from imapsh.session.freetext import FreeText
from imapsh.session.knowledge import make_parser
from imapsh.session.secrets import Secrets
from imapsh.wire.frames import Frame

from .player import OPEN, Player, play
from .test_secrets import everything_told

WORDS = (
    "2024", "1234", "UIDPLUS", "INBOX", "COPYUID", "FETCH", "CAPABILITY", "IMAP4rev1", "EXISTS", "Seen", "READ-WRITE",
    "UIDVALIDITY", "SELECT", "OKAY", "{10}", "A1 OK", "* OK", "2:3,", "NIL)", "(FLAGS", "\\Seen", "[UIDNEXT",
)  # fmt: skip

SELECTED = r"""
* FLAGS (\Seen \Answered Seen FETCH)
* 2024 EXISTS
* 0 RECENT
* OK [UIDVALIDITY 1234] valid
* OK [UIDNEXT 2024] next
* OK [PERMANENTFLAGS (\Seen \* FETCH)] kept
* OK [HIGHESTMODSEQ 202412] mod
* LIST (\HasNoChildren) "/" INBOX
A2 OK [READ-WRITE] done
""".strip().replace("\n", "\r\n")


def logged_in(password: str, trace: bool = True) -> Player:
    played = Player()
    if not trace:
        played.session.set_trace(None)
    played.play(OPEN)
    command = played.session.command("LOGIN", [b"joe ", Secret(b'"' + password.replace("\\", "\\\\").encode() + b'"')])
    played.exchanges.append(command)
    played.pump()
    played.out = b""
    return played


def heard(played: Player, lines: str) -> Player:
    played._hear(lines.encode() + b"\r\n")
    return played


@pytest.mark.parametrize("password", WORDS)
def test_e12_no_value_is_changed(password: str) -> None:
    played = heard(
        logged_in(password), "* CAPABILITY IMAP4rev1 UIDPLUS\r\nA1 OK [CAPABILITY IMAP4rev1 UIDPLUS X2024] in"
    )
    assert played.session.capability_names == ("IMAP4rev1", "UIDPLUS", "X2024")
    played.session.command("SELECT", [b"INBOX"])
    played.pump()
    played.out = b""
    heard(played, SELECTED)
    box = played.session.mailbox
    assert box is not None
    assert (box.name, box.exists, box.uidvalidity, box.uidnext, box.highestmodseq) == (
        "INBOX",
        2024,
        1234,
        2024,
        202412,
    )
    assert (box.flags, box.permanent_flags) == (("\\Seen", "\\Answered", "Seen", "FETCH"), ("\\Seen", "\\*", "FETCH"))
    exchange = played.session.command("UID COPY", [b"2024 Box"])
    played.pump()
    heard(played, f"{exchange.tag} OK [COPYUID 1234 2024,3 1234:1235] copied")
    assert exchange.response is not None
    copied = exchange.response.value.code.arg
    assert (copied.uidvalidity, str(copied.source), str(copied.destination)) == (1234, "2024,3", "1234:1235")
    responses = [event.response for event in played.events if isinstance(event, Received | Completed)]
    assert [response.violations for response in responses] == [()] * len(responses)
    assert played.findings == []


@pytest.mark.parametrize("password", WORDS)
def test_e12_what_is_shown_of_it_is_as_it_came(password: str) -> None:
    """`wire` is exact, and the trace is, where the word is the protocol's own."""
    said = "A1 OK [CAPABILITY IMAP4rev1 UIDPLUS X2024] in\r\n* 2024 EXISTS\r\n* 3 FETCH (UID 2024 FLAGS (Seen FETCH))"
    played = heard(logged_in(password), said)
    told = b"".join(event.response.frame.raw for event in played.events if isinstance(event, Received | Completed))
    assert told == b"* OK ready\r\n" + said.encode() + b"\r\n"
    assert played.trace.from_server == told


@pytest.mark.parametrize("password", [word for word in WORDS if word not in ("A1 OK", "* OK")])
@pytest.mark.parametrize(
    "line",
    [
        "* OK [ALERT] you said {}",
        "* NO {}",
        "A1 NO [AUTHENTICATIONFAILED] {} is wrong",
        "A1 BAD {}",
        "* OK [X-NEW {}] is unknown",
        "* OK [REFERRAL imap://joe:{}@elsewhere/] go there",
        "+ {}",
        "garbage {}",
        "* XECHO {}",
        '* ID ("name" "{}")',
        "zz NO {}",
        "A1 OK {{}",
    ],
)
def test_e12_in_free_text_it_is_never_shown(password: str, line: str) -> None:
    written = password.replace("\\", "\\\\").replace('"', '\\"') if '"' in line else password
    said = line.replace("{}", written)
    if password in line or (password.isdigit() and "X-NEW" in line) or ("XECHO" in line and password[0] in "{("):
        return  # a number in a code is a number; the rest is no whole response
    played = heard(logged_in(password), said)
    event = played.events[-1]
    assert isinstance(event, Received | Completed)
    told = "\n".join([event.response.frame.raw.decode(), repr(event.response), str(event.response.violations)])
    assert password not in told.replace(f"{event.response.kind} {event.response.name}", "")
    assert event.response.frame.length == len(said) + 2
    assert password.encode() not in played.trace.from_server[len(b"* OK ready\r\n") :]


def test_e12_the_challenge_that_a_mechanism_reads_is_what_came() -> None:
    class Echo(Mechanism):
        name = "ECHO"

        def step(self, challenge: bytes) -> bytes:
            return challenge

    played = play(OPEN)
    mechanism = Echo("joe", "2024")
    played.exchanges.append(played.session.authenticate(mechanism))
    played.pump()
    challenge = b64encode(b"<2024.2024@host>").decode()
    played.play(f"C: A1 AUTHENTICATE ECHO\nS: + {challenge}\nC: {challenge}")
    assert challenge not in everything_told(played)


# -- properties

PASSWORDS = st.one_of(
    st.integers(1000, 99_999_999).map(str),
    st.sampled_from(WORDS),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=4, max_size=16),
    st.binary(min_size=6, max_size=12).map(lambda octets: b64encode(octets).decode()),
    st.text('"\\ ()[]{}', min_size=4, max_size=8),
)

#: What a server says while it logs somebody in: no text, so that nothing in it gives anything away.
NUMBER = st.integers(1, 99_999_999)
ATOM = st.sampled_from(["UIDPLUS", "IMAP4rev1", "IDLE", "AUTH=PLAIN", "INBOX", "X2024", "FETCH", "OKAY", "ENABLE"])
REPLIES = st.one_of(
    st.lists(ATOM, min_size=1).map(lambda names: "* CAPABILITY IMAP4rev1 " + " ".join(names)),
    st.lists(ATOM, min_size=1).map(lambda names: "* OK [CAPABILITY IMAP4rev1 " + " ".join(names) + "]"),
    NUMBER.map("* OK [UIDNEXT {}]".format),
    NUMBER.map("* OK [UIDVALIDITY {}]".format),
    st.tuples(NUMBER, NUMBER, NUMBER).map(lambda numbers: "* OK [COPYUID {} {} {}]".format(*numbers)),
    NUMBER.map("* {} EXISTS".format),
    NUMBER.map("* VANISHED {}".format),
    st.lists(NUMBER, min_size=1).map(lambda numbers: "* SEARCH " + " ".join(map(str, numbers))),
    st.sampled_from(["* OK [READ-WRITE]", r"* OK [PERMANENTFLAGS (\Seen INBOX \*)]", "* ENABLED UIDPLUS", "* ID NIL"]),
)


def told(lines: list[str], password: str | None, step: int) -> list[Response]:
    session = Session()
    if password is not None:
        session.secrets.add(password.encode())
    octets = "".join(f"{line}\r\n" for line in ["* OK hi", *lines]).encode("latin-1", "replace")
    found: list[Response] = []
    for at in range(0, len(octets), step):
        session.receive(octets[at : at + step])
        found += [event.response for event in session.events() if isinstance(event, Received)]
    return found[1:]


@given(PASSWORDS, st.lists(REPLIES, min_size=1, max_size=6), st.integers(1, 60))
def test_e12_values_are_those_parsed_without_a_secret(password: str, lines: list[str], step: int) -> None:
    mine, others = told(lines, password, step), told(lines, None, step)
    assert [one.value for one in mine if one.name != "ALERT"] == [one.value for one in others]
    assert [one.violations for one in mine] == [one.violations for one in others]
    assert [one.frame.raw for one in mine] == [one.frame.raw for one in others]


FREE = ("* OK [ALERT] {}", "* BYE {}", "zz NO [X-OWN] {}", "+ {}", "nonsense {}", "* XECHO {}", "* OK [UIDNEXT 12] {}",
        '* ID ("a" "{}")', "* XECHO {}")  # fmt: skip


@example("[00]", "* BYE {}", "", "")
@example("[00]secret", "* BYE {}", "", " is wrong")
@example("x]secret", "* OK {}", "[", " is wrong")
@given(PASSWORDS, st.sampled_from(FREE), st.text('ab 1"\\', max_size=6), st.text('ab 1"\\', max_size=6))
def test_e12_in_free_text_it_does_not_survive(password: str, line: str, before: str, behind: str) -> None:
    content = before + password + behind
    if '"{}"' in line:
        content = content.replace("\\", "\\\\").replace('"', '\\"')
    said = line.replace("{}", content)
    assume(password not in line)
    assume("XECHO" not in line or not set(content) & set('"(){}'))  # it would go on, or hold a literal
    assume(password not in (before + "*" * len(password) + behind))
    secrets = Secrets()
    secrets.add(password.encode())
    (found,) = told([said], password, 1000)
    raw = found.frame.raw.decode()
    assert password not in raw.removeprefix(said[: line.index("{}")])
    assert found.frame.length == len(said) + 2
    assert all(one.offset <= found.frame.length for one in found.violations)
    if '"{}"' in line:
        assert not found.violations
        assert password not in found.value.fields["a"]
    text = getattr(found.value, "text", "")
    assert password not in text


# -- after every decoding

TOKEN = "ya29.a0/Secr+et_Tok~en=="


def in_json(token: str, escaped: str) -> bytes:
    text = json.dumps({"status": "invalid_token", "error_description": f"the token {token} is old"})
    escape = {
        "/": "\\/",
        "u": "".join(f"\\u{ord(one):04x}" for one in token),
        "U": f"\\u{ord(token[0]):04X}{token[1:]}",
    }
    return text.replace("/", "\\/").encode() if escaped == "/" else text.replace(token, escape[escaped]).encode()


NESTED = [
    in_json(TOKEN, "/"),
    in_json(TOKEN, "u"),
    in_json(TOKEN, "U"),
    b64encode(TOKEN.encode()),
    b64encode(b64encode(TOKEN.encode())),
    json.dumps({"status": "400", "scope": b64encode(TOKEN.encode()).decode()}).replace("/", "\\/").encode(),
    json.dumps({"status": "400", "schemes": b64encode(in_json(TOKEN, "/")).decode()}).encode(),
    b"".join(b"%%%02X" % octet for octet in TOKEN.encode()),
    b"=?utf-8?Q?" + b"".join(b"=%02X" % octet for octet in TOKEN.encode()) + b"?=",
    b"=?utf-8?B?" + b64encode(TOKEN.encode()) + b"?=",
    TOKEN.encode().hex().encode(),
    b"&" + b64encode(TOKEN.encode("utf-16-be")).rstrip(b"=").replace(b"/", b",") + b"-",
    in_json("x" * 490 + TOKEN, "/"),
]


def decodings(octets: bytes, depth: int = 4) -> list[bytes]:
    """What anybody could make of octets."""
    from imapsh.session.layers import LAYERS

    found = [octets]
    for layer in LAYERS if depth else ():
        for run in layer(octets):
            found += decodings(run.decoded, depth - 1)
    return found


@pytest.mark.parametrize("kind", [OAuthBearer, XOAuth2])
@pytest.mark.parametrize("refusal", NESTED)
def test_e14_a_refused_token_is_in_no_decoding(kind: type[OAuthBearer | XOAuth2], refusal: bytes) -> None:
    played = play("S: * OK [CAPABILITY IMAP4rev1 SASL-IR] ready")
    mechanism = kind("joe", TOKEN)
    played.exchanges.append(played.session.authenticate(mechanism))
    played.pump()
    played.out = b""
    heard(played, "+ " + b64encode(refusal).decode())
    heard(played, f"A1 NO {refusal.decode()}")
    assert mechanism.said
    shown = [event.response.frame.raw for event in played.events if isinstance(event, Received | Completed)]
    for octets in [*shown, mechanism.said.encode(), played.trace.from_server]:
        assert not any(TOKEN.encode() in one or TOKEN.encode()[:20] in one for one in decodings(octets))


def test_e14_what_is_no_secret_is_still_said() -> None:
    played = play("S: * OK [CAPABILITY IMAP4rev1 SASL-IR] ready")
    mechanism = OAuthBearer("joe", TOKEN)
    played.session.authenticate(mechanism)
    played.pump()
    heard(played, "+ " + b64encode(in_json(TOKEN, "/")).decode())
    assert mechanism.said == f"status invalid_token, error_description the token {'*' * len(TOKEN)} is old"


@given(st.binary(max_size=40), st.text('abcXYZ012/+\\"', min_size=6, max_size=20), st.binary(max_size=40))
def test_e14_the_length_stays_and_no_layer_tells(before: bytes, secret: str, behind: bytes) -> None:
    secrets = Secrets()
    secrets.add(secret.encode())
    for octets in (b64encode(before + b64encode(secret.encode()) + behind), json.dumps(secret).encode()):
        masked = secrets.mask_text(octets)
        assert len(masked) == len(octets)
        assert not any(secret.encode() in one for one in decodings(masked))


def test_a_password_of_plain_in_base64_of_base64() -> None:
    played = play(OPEN)
    played.exchanges.append(played.session.authenticate(Plain("joe", "sesame")))
    played.pump()
    played.out = b""
    twice = b64encode(b64encode(b"\0joe\0sesame")).decode()
    heard(played, f"A1 NO {twice}")
    assert not any(b"sesame" in one for one in decodings(everything_told(played).encode()))


@pytest.mark.parametrize("echo", [str.upper, str.lower, str.swapcase, str.title, lambda text: text[::-1]])
@pytest.mark.parametrize("line", ["* OK you said {}, did you", "* NO [ALERT] {}", "{}", "* BAD <{}>"])
def test_e24_an_echo_in_another_case_or_backwards_is_masked(echo: Callable[[str], str], line: str) -> None:
    password = "Tr0ub4dor&3zoe"
    played = heard(logged_in(password), line.format(echo(password)))
    told = everything_told(played)
    assert echo(password) not in told
    assert "*" * len(password) in told


def test_e24_a_short_secret_is_masked_only_as_it_is() -> None:
    secrets = Secrets()
    secrets.add(b"Sesam")
    assert secrets.mask_text(b"Sesam, sesam, masee") == b"*****, sesam, masee"
    secrets.add(b"Sesame")
    assert secrets.mask_text(b"SESAME, emases, sesam") == b"******, ******, sesam"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"A1 OK [X-hunter22 1] in\r\n", b"A1 OK [X-xxxxxxxx 1] in\r\n"),
        (b"A1 NO [my long pass] no\r\n", b"A1 NO [my xxxxxxxxx] no\r\n"),
        (b"* hunter22 of ann\r\n", b"* xxxxxxxx of ann\r\n"),
        (b"* long pass of ann\r\n", b"* xxxx***** of ann\r\n"),
        (b"* 5 hunter22\r\n", b"* 5 xxxxxxxx\r\n"),
        (b"* OK long pass\r\n", b"* OK *********\r\n"),
        (b"hunter22: what?\r\n", b"xxxxxxxx: what?\r\n"),
        (b"long pass\r\n", b"xxxx*****\r\n"),
    ],
)
def test_a_name_that_nobody_knows_is_masked_as_a_name(line: bytes, shown: bytes) -> None:
    secrets = Secrets()
    secrets.add(b"hunter22")
    secrets.add(b"long pass")
    masked = FreeText(secrets, table.readers, lambda: ["A1"])
    assert masked.line(line, first=True) == shown


def test_a_text_that_was_clean_is_looked_at_again_when_there_is_another_secret() -> None:
    secrets = Secrets()
    secrets.add(b"pencil")
    masked = FreeText(secrets, table.readers, lambda: ["A1", "A2"])
    parser = make_parser()

    def shown(line: bytes) -> bytes:
        response = parser.parse(Frame((line,)))
        return masked.shown(response, parser).frame.raw

    for tag in (b"A1", b"A2"):
        assert shown(tag + b" OK the tides are in\r\n") == tag + b" OK the tides are in\r\n"
    assert shown(b"pencil OK the tides are in\r\n") == b"****** OK the tides are in\r\n"
    secrets.add(b"tides")
    assert shown(b"A2 OK the tides are in\r\n") == b"A2 OK the ***** are in\r\n"
