"""More inputs of kinds that are mended: escapes in what extensions say (E11), codes with an odd octet (E16)."""

from __future__ import annotations

import pytest

from imapsh.session.core import Session
from imapsh.session.events import Received
from imapsh.shell.screen.output import Output
from tests.shell.hostile import TRICKS, unsafe

GREETING = b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n"

#: Responses of extensions; `$` is a quoted string and `%` a literal, `@` a word.
SAID = (
    b'LIST (\\Marked) "/" % ($ $)', b'LIST () "/" a ("OLDNAME" (%))', b'LIST () "/" a (CHILDINFO ($) X-@ ($))',
    b"STATUS a (MAILBOXID (@) DELETED-STORAGE 1 X@ 2)", b"ESEARCH (TAG $ MAILBOX % UIDVALIDITY 3) UID ALL 1:2",
    b"QUOTAROOT % $ @", b"QUOTA % (STORAGE 1 2)", b"LISTRIGHTS % $ lrs @", b"MYRIGHTS % @", b"METADATA % (/shared/@ %)",
    b"METADATA $ /private/@ /shared/@", b"URLFETCH $ % imap://@ NIL", b"GENURLAUTH $", b"LANGUAGE ($ $)",
    b"COMPARATOR $",
    b"NAMESPACE ((% $ $ (%))) NIL NIL", b"XLIST (\\@) $ %", b"FETCH 1 (X-GM-LABELS ($ % @))",
    b"1 FETCH (X-GM-LABELS ($ % \\@) X-GM-MSGID @ X-GM-THRID @)", b"1 FETCH (ANNOTATION ($ ($ %)))",
    b"1 FETCH (PREVIEW % SAVEDATE $ EMAILID (@) THREADID (@))", b"1 FETCH (MODSEQ (@) INTERNALDATE $)",
    b"1 FETCH (BINARY[1] ~%)", b"1 FETCH (BODY[@] NIL)", b"OK [METADATA LONGENTRIES @] $", b"NO [OVERQUOTA] %",
    b"OK [INPROGRESS ($ @ 3)] @", b"NO [BADURL @] @", b"OK [JMAPACCESS] https://@", b"OK [MAILBOXID (@)] @",
    b"NO [ANNOTATE TOOBIG] @", b"OK [BADEVENT (@ @)] @", b"NO [MAXCONVERTPARTS @] @", b"OK [X-@ $ (@)] @",
    b"BYE [UNAVAILABLE] @", b"CONVERTED (TAG $) (X @)", b"XYZ $ % (@ ($ %))",
)  # fmt: skip


def line(said: bytes, trick: bytes) -> bytes:
    word = trick.replace(b"\r", b"").replace(b"\n", b"")
    text = b'"%b"' % word.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    literal = b"{%d}\r\n%b" % (len(trick), trick)
    return b"* " + said.replace(b"$", text).replace(b"%", literal).replace(b"@", word) + b"\r\n"


@pytest.mark.parametrize("format", ["pretty", "view", "json", "hex"])
@pytest.mark.parametrize("trick", TRICKS)
def test_e11_no_trick_in_what_an_extension_says_is_shown(trick: bytes, format: str) -> None:
    session, output = Session(), Output(format, width=100, summary=True)
    session.receive(GREETING + b"".join(line(said, trick) for said in SAID))
    texts = [text for event in session.events() for text in output.texts(event)]
    written = "".join(texts) + output.flush()
    assert unsafe(written) == []
    assert not [one for one in written.splitlines() if one.startswith(("FORGED", "imapsh:"))]


OPENED = b"* OK [CAPABILITY IMAP4rev1 ID] Welcome to STARTTLS land\r\n"
WITHIN = range(OPENED.index(b"["), OPENED.index(b"]"))


@pytest.mark.parametrize("octet", [b"\xe9", b"\x80", b"\x00", b"\x7f", b"(", b")", b"{", b"%", b"*", b"\\", b" ", b"["])
def test_e16_the_words_of_a_text_never_become_capabilities(octet: bytes) -> None:
    for at in WITHIN:
        for said in (OPENED[:at] + octet + OPENED[at:], OPENED[:at] + octet + OPENED[at + 1 :]):
            session = Session()
            session.receive(said)
            (event,) = session.events()
            assert isinstance(event, Received)
            assert event.response.frame.raw == said
            assert not {"WELCOME", "TO", "STARTTLS", "LAND"} & session.capabilities, said
