"""No octets make the server raise, nor say what our own parser finds fault with."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from imapsh import spec
from imapsh.server.core import ServerSession
from imapsh.server.demo import demo_store
from imapsh.server.store import Store

from .player import check

WORDS = st.sampled_from(
    [*spec.commands(), "INBOX", "Box", '""', "*", "%", "1:*", "$", "1,3", "UID", "ALL", "(", ")", "(FLAGS)", "BODY[]",
     "BODY[1.MIME]<0.9>", "BINARY[1]", "BODYSTRUCTURE", "ENVELOPE", "{3}\r\nabc", "{3+}\r\n\xff\0c", "~{2+}\r\n\0\0",
     "{99}", "+FLAGS", "(\\Deleted)", "RETURN", "(SAVE)", "(MIN MAX)", "NOT", "OR", "SEEN", "PLAIN", "=", "AHUAcA==", "DONE",
     '"a b"', '"', "IMAP4rev2", "UTF8=ACCEPT", "(MESSAGES UNSEEN)", "NIL", "&", "&AOk-", "CHARSET", "x" * 30]
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
