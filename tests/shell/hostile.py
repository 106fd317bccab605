"""A server that puts one trick in every place that a server fills, and what a terminal may get of it."""

from __future__ import annotations

import contextlib
import io
import re
import socket
from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import category
from unittest import mock

from imapsh.render.styles import RESET, STYLES
from imapsh.shell.main import main
from tests.shell.running import Handler

#: What terminals obey, what turns text around, and what cannot be seen.
TRICKS = (
    b"\x1b[2J\x1b[13;37H", b"\x1b]0;title\x07", b"\x1b]52;c;cm0gLXJmIC8=\x1b\\", b"\x1bP+q544e\x1b\\", b"\x1bc",
    b"\x1b[31;44mX", b"\x1b[?1049h", b"\x1b]8;;http://evil\x07", b"\x9b2J", b"\x9d0;x\x9c", b"\x90q\x9c", b"\x85",
    b"\xc2\x9b2J", b"\xc2\x9d0;x\xc2\x9c", b"\xc2\x90q\xc2\x9c", b"\xc2\x85", b"\x07", b"\x08\x08\x08", b"\x0b\x0c",
    b"\x0e", b"\x7f", b"\x00", b"\x05", b"\rFORGED", b"\nFORGED", b"\t", "\u202egpj.exe".encode(),
    "\u2066a\u2069\u200e\u200f\u061c".encode(), "\u2028FORGED\u2029".encode(), "\u200b\ufeff\u00ad\u180b".encode(),
    "\U000e0041\U000e007f".encode(), b"\xed\xa0\x80\xed\xb2\x9b", "\ufffe\U0010ffff".encode(), b"\xff\xfe\xc0\x9b",
    b"=?utf-8?Q?=1B[2J=C2=9B2J=E2=80=AE?=", b"=?utf-8?Q?a=0AFORGED?=", b"&AJs-&IC4-&AAo-FORGED", b"+ADw-",
)  # fmt: skip

_OURS = {f"\x1b[{sgr}m" for sgr, _ in STYLES.values()} | {RESET}
_SEQUENCE = re.compile(r"\x1b\[[\d;]*m")


def lines_of(trick: bytes) -> list[bytes]:
    """Untagged lines, the trick in each place of theirs."""
    literal = b"{%d}\r\n%b" % (len(trick), trick)
    word = trick.replace(b"\r", b"").replace(b"\n", b"")
    text = b'"%b"' % word.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    header = b"Subject: %b\r\nFrom: %b\r\n\r\n" % (trick, trick)
    found = [
        b"CAPABILITY IMAP4rev1 IDLE ENABLE ID NAMESPACE X@", b"CAPABILITY IMAP4rev1 IDLE ENABLE ID AUTH=@",
        b"ENABLED @ X@", b"OK [@ @] @", b"OK [CAPABILITY IMAP4rev1 IDLE @] @", b"OK [PERMANENTFLAGS (@ \\*)] @",
        b"NO [ALERT] @", b"BAD [BADCHARSET (@)] @", b"OK [REFERRAL imap://@/] @", b"OK [UIDVALIDITY @] x",
        b"FLAGS (\\Seen @)", b"LIST (@ \\Noselect) \"/\" $", b"LIST () $ %", b"LSUB () NIL %",
        b"LIST () NIL plain",
        b"STATUS $ (MESSAGES 3 @ 4)",
        b"STATUS % (MESSAGES 3)", b'NAMESPACE (($ "/" "X-P" ($))) NIL ((% $))', b"ID ($ $ \"name\" %)", b"SEARCH 1 @",
        b"ESEARCH (TAG $) UID ALL 1:3 @ 4", b"4 EXISTS", b"4 EXISTS@", b"@ RECENT", b"QUOTA $ (@ 1 2)",
        b"ACL $ @ lrs", b"METADATA $ (/private/comment %)", b"LANGUAGE ($)", b"THREAD (1 @)", b"X@ @", b"@",
        b"VANISHED @",
        b"1 FETCH (FLAGS (@) UID 7 X@ $)", b"1 FETCH (ENVELOPE ($ $ (($ $ $ $)) NIL NIL ((% % % %)) NIL NIL $ %))",
        b'1 FETCH (BODYSTRUCTURE ("text" $ ($ %) $ $ "8bit" 3 1 NIL ($ ("filename" $ % $)) $ $))',
        b'1 FETCH (BODYSTRUCTURE ((($ "x" NIL NIL NIL "7bit" 3) "mixed" ($ $))) "alternative"))',
        b"1 FETCH (INTERNALDATE $ RFC822.SIZE @ EMAILID (@) PREVIEW %)", b"1 FETCH (BODY[HEADER.FIELDS (@)] %)",
        b"1 FETCH (BODY[] %)", b"1 FETCH (BODY[1] $)", b"1 FETCH (BODY[HEADER] {%d}\r\n%b)" % (len(header), header),
    ]  # fmt: skip
    return [b"* " + one.replace(b"$", text).replace(b"%", literal).replace(b"@", word) + b"\r\n" for one in found] + [
        word + b" \r\n", b"TAG" + word + b" OK\r\n",
    ]  # fmt: skip


def hostile(trick: bytes, greeting: bytes = b"PREAUTH") -> Handler:
    """A server that says all of `lines_of` at every command, and ends every reply with the trick."""
    word = trick.replace(b"\r", b"").replace(b"\n", b"")
    lines = b"".join(lines_of(trick))
    code = b"[CAPABILITY IMAP4rev1 IDLE ENABLE ID NAMESPACE AUTH=%b %b]" % (word, word)

    def handler(sock: socket.socket) -> None:
        sock.sendall(b"* %b %b %b\r\n" % (greeting, code, word))
        with sock.makefile("rb") as typed:
            for line in typed:
                tag, _, rest = line.rstrip(b"\r\n").partition(b" ")
                name = rest.split(b" ")[0].upper()
                if name in (b"IDLE", b"AUTHENTICATE"):
                    sock.sendall(b"+ %b\r\n" % word)
                    typed.readline()
                if name == b"LOGOUT":
                    sock.sendall(b"* BYE %b\r\n%b OK %b\r\n" % (word, tag, word))
                    return
                verdict = {b"X": b"BAD", b"DELETE": b"NO"}.get(name, b"OK")
                sock.sendall(lines + b"%b %b [%b %b] %b\r\n" % (tag, verdict, word, word, word))

    return handler


def ending(greeting: bytes, *answers: bytes) -> Handler:
    """A server that greets, gives these answers, and is gone."""

    def handler(sock: socket.socket) -> None:
        sock.sendall(greeting)
        with sock.makefile("rb") as typed:
            for answer in answers:
                sock.sendall(answer.replace(b"TAG", typed.readline().split(b" ", 1)[0]))

    return handler


class Terminal(io.TextIOWrapper):
    """A stdout that says it is a terminal."""

    def __init__(self) -> None:
        self.octets = io.BytesIO()
        super().__init__(self.octets, encoding="utf-8", write_through=True)

    def isatty(self) -> bool:
        return True


class Seen(NamedTuple):
    """How a run ended, and what the terminal got on stdout and stderr."""

    status: int
    out: str
    err: str


def run(*words: str, keys: str = "") -> Seen:
    """imapsh in this process, stdout and stderr being a terminal."""
    with contextlib.ExitStack() as stack:
        out, err = stack.enter_context(Terminal()), stack.enter_context(Terminal())
        for name, stream in (("stdout", out), ("stderr", err), ("stdin", io.StringIO(keys))):
            stack.enter_context(mock.patch(f"sys.{name}", stream))
        for known in (
            "os.environ",
            "imapsh.shell.settings.passwords.password._taken",
        ):  # a run takes the password out of one
            stack.enter_context(mock.patch.dict(known))
        status = main(["--no-config", *words])
        return Seen(status, out.octets.getvalue().decode(), err.octets.getvalue().decode())


def unsafe(written: str) -> list[str]:
    """What a terminal must not get, of what was written without prompt_toolkit."""
    rest = _SEQUENCE.sub(lambda found: "" if found[0] in _OURS else found[0], written)
    return sorted(one for one in set(rest) if one != "\n" and hides(one))


def hides(character: str) -> bool:
    """Whether a terminal obeys it, or a person cannot see it."""
    return category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or character in "\u180b\u3164\ufe0f"


def forged(written: str) -> Iterator[str]:
    """Lines that the server made to look like lines of ours."""
    return (line for line in written.splitlines() if _SEQUENCE.sub("", line).startswith("FORGED"))
