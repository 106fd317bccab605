"""Every SEARCH key over three small messages, the RETURN options, and the saved result."""

from __future__ import annotations

import pytest

from .player import Player

#: key -> the numbers found.  Message 2 has \Seen and kw; a second session has seen none of them, so all are \Recent.
KEYS = {
    "ALL": "1 2 3",
    "2": "2",
    "2:*": "2 3",
    "*": "3",
    "3,1": "1 3",
    "UID 3:99": "3",
    "UID 7": "",
    "UID 7:9": "",
    "UID 2,3": "2 3",
    "ANSWERED": "",
    "UNANSWERED": "1 2 3",
    "DELETED": "1",
    "UNDELETED": "2 3",
    "DRAFT": "",
    "UNDRAFT": "1 2 3",
    "FLAGGED": "3",
    "UNFLAGGED": "1 2",
    "SEEN": "2",
    "UNSEEN": "1 3",
    "KEYWORD kw": "2",
    "KEYWORD KW": "2",
    "UNKEYWORD kw": "1 3",
    "KEYWORD none": "",
    "NEW": "1 3",
    "OLD": "",
    "RECENT": "1 2 3",
    "BEFORE 2-Jun-2026": "1",
    "ON 2-Jun-2026": "2",
    "ON 02-jun-2026": "2",
    'SINCE "2-Jun-2026"': "2 3",
    "SENTBEFORE 1-Jun-2026": "",
    "SENTON 1-Jun-2026": "1",
    "SENTSINCE 1-May-2026": "1",
    "LARGER 300": "3",
    "SMALLER 300": "1 2",
    "LARGER 0": "1 2 3",
    "FROM ann": "1",
    "FROM X.EXAMPLE": "1 2 3",
    "TO bob": "1",
    "CC carl": "2",
    "BCC dora": "3",
    "SUBJECT zwö": None,
    "SUBJECT one": "1",
    "HEADER X-Note here": "3",
    'HEADER x-note ""': "3",
    "HEADER X-Note not": "",
    "BODY second": "2",
    "BODY Subject": "",
    "TEXT x-note": "3",
    "TEXT FIRST": "1",
    "NOT SEEN": "1 3",
    "NOT NOT SEEN": "2",
    "OR FROM ann FROM bob": "1 2",
    "OR (SEEN KEYWORD kw) DELETED": "1 2",
    "(1:2 UNSEEN)": "1",
    "UNSEEN FLAGGED": "3",
    "CHARSET utf-8 SUBJECT one": "1",
    "CHARSET US-ASCII 1": "1",
}


@pytest.mark.parametrize(("key", "found"), KEYS.items())
def test_keys(inbox: Player, key: str, found: str | None) -> None:
    inbox.play("C: 1 STORE 1 +FLAGS.SILENT (\\Deleted)\nS: 1 OK ...")
    inbox.play("C: 2 STORE 3 +FLAGS.SILENT (\\Flagged)\nS: 2 OK ...")
    if found is None:  # 8-bit has no place outside quotes and literals
        inbox.play(f"C: a SEARCH {key}\nS: a BAD ...")
        return
    inbox.play(f"C: a SEARCH {key}\nS: * SEARCH{' ' + found if found else ''}\nS: a OK ...")
    inbox.play(f"C: a UID SEARCH {key}\nS: * SEARCH{' ' + found if found else ''}\nS: a OK ...")


@pytest.mark.parametrize(
    "key", ["", "WHAT", "NOT", "OR SEEN", "(SEEN", "FROM", "LARGER x", "ON 31-Feb-2026", "ON 1-Foo-2026", "9", "1:9"]
)
def test_bad_keys(inbox: Player, key: str) -> None:
    inbox.play(f"C: a SEARCH {key}\nS: a BAD ...\nC: b NOOP\nS: b OK ...")


def test_deep_keys_are_bad_and_nothing_worse(inbox: Player) -> None:
    for key in ("NOT " * 3000 + "SEEN", "(" * 3000 + "SEEN" + ")" * 3000, "OR SEEN " * 3000 + "SEEN"):
        inbox.play(f"C: a SEARCH {key}\nS: a BAD ...")
    inbox.play(f"C: a SEARCH {'NOT ' * 40}SEEN\nS: * SEARCH 2\nS: a OK ...")


def test_charset(inbox: Player) -> None:
    inbox.play("""
        C: a SEARCH CHARSET UTF-8 SUBJECT {6}
        S: + ...
        C: zwölf
        S: * SEARCH 2
        S: a OK ...
        C: b SEARCH CHARSET KOI8-R ALL
        S: b NO [BADCHARSET (US-ASCII UTF-8)] ...
    """)
    inbox.session().receive_data(b"c SEARCH CHARSET UTF-8 SUBJECT {2+}\r\n\xff\xfe\r\n")
    inbox.play("S: c BAD ...UTF-8")


@pytest.mark.parametrize(
    ("returns", "query", "items"),
    [
        ("()", "UNSEEN", " ALL 1,3"),
        ("(ALL)", "ALL", " ALL 1:3"),
        ("(MIN MAX COUNT)", "UNSEEN", " MIN 1 MAX 3 COUNT 2"),
        ("(MIN MAX ALL COUNT)", "ANSWERED", " COUNT 0"),
        ("(MIN)", "ANSWERED", ""),
        ("(COUNT COUNT)", "ALL", " COUNT 3"),
    ],
)
def test_esearch(inbox: Player, returns: str, query: str, items: str) -> None:
    inbox.play(f'C: a SEARCH RETURN {returns} {query}\nS: * ESEARCH (TAG "a"){items}\nS: a OK ...')
    inbox.play(f'C: a UID SEARCH RETURN {returns} {query}\nS: * ESEARCH (TAG "a") UID{items}\nS: a OK ...')


def test_rev2_searches_with_esearch(inbox: Player) -> None:
    inbox.play("""
        C: a ENABLE IMAP4rev2
        S: * ENABLED IMAP4rev2
        S: a OK ...
        C: b UID SEARCH SUBJECT "ZWÖLF"
        S: * ESEARCH (TAG "b") UID ALL 2
        S: b OK ...
        C: c SEARCH ANSWERED
        S: * ESEARCH (TAG "c")
        S: c OK ...
        C: d FETCH 2 FLAGS
        S: * 2 FETCH (FLAGS (\\Seen kw))
        S: d OK ...
    """)


def test_saved_result(inbox: Player) -> None:
    inbox.play("""
        C: a FETCH $ UID
        S: a OK ...
        C: b SEARCH RETURN (SAVE) UNSEEN
        S: b OK ...
        C: c FETCH $ UID
        S: * 1 FETCH (UID 1)
        S: * 3 FETCH (UID 3)
        S: c OK ...
        C: d UID SEARCH RETURN (SAVE COUNT) $ SUBJECT Three
        S: * ESEARCH (TAG "d") UID COUNT 1
        S: d OK ...
        C: e STORE $ +FLAGS.SILENT (\\Deleted)
        S: e OK ...
        C: f SEARCH RETURN (SAVE MIN) ALL
        S: * ESEARCH (TAG "f") MIN 1
        S: f OK ...
        C: g SEARCH RETURN () $
        S: * ESEARCH (TAG "g") ALL 1
        S: g OK ...
        C: h SEARCH RETURN (SAVE MIN MAX) ALL
        S: * ESEARCH (TAG "h") MIN 1 MAX 3
        S: h OK ...
        C: i EXPUNGE
        S: * 3 EXPUNGE
        S: i OK ...
        C: j UID FETCH $ FLAGS
        S: * 1 FETCH (UID 1 FLAGS (\\Recent))
        S: j OK ...
        C: k SEARCH RETURN (SAVE) WHAT
        S: k BAD ...
        C: l COPY $ Box
        S: l OK [COPYUID 102 1 1] ...
        C: m SEARCH RETURN (SAVE) CHARSET KOI8-R ALL
        S: m NO [BADCHARSET ...] ...
        C: n FETCH $ UID
        S: n OK ...
    """)


def test_encoded_text_is_searched_decoded(demo: Player) -> None:
    demo.play("""
        C: b SEARCH CHARSET UTF-8 SUBJECT {9+}
        C: Fährplan
        S: * SEARCH 3
        S: b OK ...
        C: c SEARCH CHARSET UTF-8 BODY {5+}
        C: Café
        S: * SEARCH 3 7
        S: c OK ...
        C: d SEARCH TEXT waybill
        S: * SEARCH 6
        S: d OK ...
        C: e SEARCH CHARSET UTF-8 FROM {5+}
        C: joão
        S: * SEARCH 5
        S: e OK ...
    """)


ODD = (
    b"Subject: =?x-none?q?abc?= =?utf-8?b?!?=\r\nDate: some day\r\nContent-Type: text/plain; charset=x-none\r\n"
    b"Content-Transfer-Encoding: x-none\r\n\r\nna\xefve\r\n"
)


def test_what_cannot_be_decoded_is_searched_as_it_stands(inbox: Player) -> None:
    session = inbox.session()
    session.receive_data(b"a APPEND INBOX {%d+}\r\n%b\r\n" % (len(ODD), ODD))
    inbox.play("""
        S: * 4 EXISTS
        S: * 4 RECENT
        S: a OK ...
        C: b SEARCH SUBJECT "x-none"
        S: * SEARCH 4
        S: b OK ...
        C: c SEARCH BODY na
        S: * SEARCH 4
        S: c OK ...
        C: d SEARCH SENTBEFORE 1-Jan-2030
        S: * SEARCH 1
        S: d OK ...
        C: e SEARCH BODY ""
        S: * SEARCH 1 2 3 4
        S: e OK ...
    """)
