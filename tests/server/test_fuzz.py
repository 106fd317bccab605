"""No octets make the server raise, nor say what our own parser finds fault with."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh import table
from imapsh.server.core import ServerSession
from imapsh.server.demo import demo_store
from imapsh.server.store import Store

from .player import check

WORDS = st.sampled_from(
    [*table.commands(), "INBOX", "Box", '""', "*", "%", "1:*", "$", "1,3", "UID", "ALL", "(", ")", "(FLAGS)", "BODY[]",
     "BODY[1.MIME]<0.9>", "BINARY[1]", "BODYSTRUCTURE", "ENVELOPE", "{3}\r\nabc", "{3+}\r\n\xff\0c", "~{2+}\r\n\0\0",
     "{99}", "+FLAGS", "(\\Deleted)", "RETURN", "(SAVE)", "(MIN MAX)", "NOT", "OR", "SEEN", "PLAIN", "=", "AHUAcA==",
     "DONE", '"a b"', '"', "IMAP4rev2", "UTF8=ACCEPT", "(MESSAGES UNSEEN)", "NIL", "&", "&AOk-", "CHARSET", "x" * 30]
)  # fmt: skip
LINES = st.lists(WORDS, max_size=7).map(lambda words: ("a " + " ".join(words)).encode("latin-1") + b"\r\n")


def small_store() -> Store:
    """One user with a message in INBOX, and an empty mailbox."""
    store = Store(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    account = store.add_account("u", "p")
    account.find("INBOX").add(b"Subject: x\r\n\r\nbody", datetime(2026, 1, 1, tzinfo=UTC))
    account.create("Box")
    return store


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES | st.binary(max_size=40), max_size=8), st.booleans())
def test_commands_of_any_words(lines: list[bytes], selected: bool) -> None:
    session = ServerSession(small_store(), tls=True)
    if selected:
        session.receive_data(b"0 LOGIN u p\r\n0 SELECT INBOX\r\n")
    for line in lines:
        session.receive_data(line)
        if session.wants_tls:
            session.tls_started()
    check(session.data_to_send())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=60))
def test_cut_anywhere_it_says_the_same(cuts: list[int]) -> None:
    typed = (
        b"a LOGIN {4+}\r\ndemo demo\r\nb SELECT INBOX\r\nc FETCH 1:3 (FLAGS BODY[1])\r\nd IDLE\r\nDONE\r\n"
        b"e APPEND Drafts {3+}\r\nabc\r\nf AUTHENTICATE PLAIN\r\ng LOGOUT\r\n"
    )
    whole = ServerSession(demo_store())
    whole.receive_data(typed)
    pieces = ServerSession(demo_store())
    position = 0
    for index in range(len(typed)):
        size = cuts[index % len(cuts)]
        pieces.receive_data(typed[position : position + size])
        position += size
    assert pieces.data_to_send() == whole.data_to_send()
    assert whole.closed
    assert pieces.closed


HEADER = st.sampled_from(
    [b"From: ", b"To: ", b"Cc: ", b"Subject: ", b"Date: ", b"Message-ID: ", b"In-Reply-To: ", b"Content-Type: ", b"X: ",
     b"Content-Type: multipart/mixed; boundary=b; ", b"Content-Type: message/rfc822; ", b"Content-Disposition: ",
     b"Content-Language: ", b"Content-Transfer-Encoding: ", b"Content-ID: ", b"Content-MD5: ", b"Content-Location: "]
)  # fmt: skip
VALUE = st.sampled_from(
    [b"a@b", b"<", b">", b",", b";", b":", b'"', b"\\", b"(", b")", b"=", b"x", b" ", b"\t", b"\r", b"\xff",
     "é".encode(), b"a=b", b"text/plain", b"/", b"[", b"]", b"\x7f", b"\r\n ", b"%", b"NIL", b"{3}"]
)  # fmt: skip
FIELD = st.tuples(HEADER, st.lists(VALUE, max_size=8).map(b"".join)).map(lambda field: b"%b%b\r\n" % field)
DELIMITER = st.sampled_from([b"\r\n", b"--b\r\n", b"--b--\r\n"])
MESSAGE = st.lists(FIELD | DELIMITER, min_size=1, max_size=12).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(MESSAGE, st.booleans())
def test_any_message_is_described_by_the_grammar(message: bytes, rev2: bool) -> None:
    session = ServerSession(small_store())
    session.receive_data(b"a LOGIN u p\r\n" + (b"b ENABLE IMAP4rev2\r\n" if rev2 else b"") + b"c SELECT Box\r\n")
    session.receive_data(b"d APPEND Box {%d+}\r\n%b\r\n" % (len(message), message))
    session.receive_data(
        b"e FETCH 1 (FULL)\r\nf FETCH 1 FULL\r\ng FETCH 1 (BODYSTRUCTURE BODY[] BODY[1.MIME] BINARY[])\r\n"
    )
    said = session.data_to_send()
    check(said)
    assert b"f OK fetched\r\n" in said
    assert said.endswith(b"g OK fetched\r\n")
