"""SELECT to UNSELECT: opening, making, renaming, listing and counting mailboxes."""

from __future__ import annotations

import pytest

from .player import Player


@pytest.fixture
def logged_in(player: Player) -> Player:
    player.play("C: 0 LOGIN u p\nS: 0 OK ...")
    return player


def test_select_and_examine(logged_in: Player) -> None:
    logged_in.play("""
        C: a SELECT inbox
        S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft kw)
        S: * OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft kw \\*)] ...
        S: * 3 EXISTS
        S: * 3 RECENT
        S: * OK [UNSEEN 1] ...
        S: * OK [UIDVALIDITY 101] ...
        S: * OK [UIDNEXT 4] ...
        S: * OK [HIGHESTMODSEQ 4] ...
        S: * OK [MAILBOXID (F101)] ...
        S: a OK [READ-WRITE] ...
        C: b EXAMINE INBOX
        S: * OK [CLOSED] ...
        S: * FLAGS ...
        S: * OK [PERMANENTFLAGS ()] ...
        S: * 3 EXISTS
        S: * 0 RECENT
        S: ....
        S: b OK [READ-ONLY] ...
        C: c STORE 1 +FLAGS (\\Seen)
        S: c NO ...read-only...
        C: d SELECT None
        S: * OK [CLOSED] ...
        S: d NO [NONEXISTENT] ...
        C: e FETCH 1 FLAGS
        S: e BAD ...authenticated...
        C: f SELECT Box
        S: ....
        S: f OK [READ-WRITE] ...
        C: g UNSELECT
        S: g OK ...
        C: h CHECK
        S: h BAD ...
    """)


def test_select_in_rev2(logged_in: Player) -> None:
    logged_in.play("""
        C: a ENABLE IMAP4rev2
        S: * ENABLED IMAP4rev2
        S: a OK ...
        C: b SELECT INBOX
        S: * FLAGS ...
        S: * OK [PERMANENTFLAGS ...] ...
        S: * 3 EXISTS
        S: * OK [UIDVALIDITY 101] ...
        S: * OK [UIDNEXT 4] ...
        S: * OK [HIGHESTMODSEQ 4] ...
        S: * OK [MAILBOXID (F101)] ...
        S: * LIST (\\HasNoChildren) "/" INBOX
        S: b OK [READ-WRITE] ...
    """)


def test_close_expunges_and_unselect_does_not(inbox: Player) -> None:
    inbox.play("""
        C: a STORE 1 +FLAGS.SILENT (\\Deleted)
        S: a OK ...
        C: b UNSELECT
        S: b OK ...
        C: c STATUS INBOX (MESSAGES DELETED)
        S: * STATUS INBOX (MESSAGES 3 DELETED 1)
        S: c OK ...
        C: d EXAMINE INBOX
        S: ....
        S: d OK [READ-ONLY] ...
        C: e CLOSE
        S: e OK ...
        C: f SELECT INBOX
        S: ....
        S: * 3 EXISTS
        S: ....
        S: f OK ...
        C: g CLOSE
        S: g OK ...
        C: h STATUS INBOX (MESSAGES DELETED)
        S: * STATUS INBOX (MESSAGES 2 DELETED 0)
        S: h OK ...
    """)


def test_status_knows_every_item(inbox: Player) -> None:
    inbox.play("""
        C: a UNSELECT
        S: a OK ...
        C: b STATUS INBOX (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE)
        S: * STATUS INBOX (MESSAGES 3 RECENT 0 UIDNEXT 4 UIDVALIDITY 101 UNSEEN 2 DELETED 0 SIZE ...)
        S: b OK ...
        C: c STATUS nowhere (MESSAGES)
        S: c NO [NONEXISTENT] ...
        C: d STATUS INBOX ()
        S: d BAD ...
        C: e STATUS INBOX (WHAT)
        S: e BAD ...
    """)


def test_create_delete_rename(logged_in: Player) -> None:
    logged_in.play("""
        C: a CREATE A/B/
        S: a OK ...
        C: b CREATE a
        S: b OK ...
        C: c CREATE A/B
        S: c NO [ALREADYEXISTS] ...
        C: d CREATE inbox
        S: d NO [ALREADYEXISTS] ...
        C: e CREATE "A//C"
        S: e NO [CANNOT] ...
        C: f CREATE ""
        S: f NO [CANNOT] ...
        C: g CREATE "x*"
        S: g NO [CANNOT] ...
        C: h DELETE A
        S: h OK ...
        C: i LIST "" A*
        S: * LIST (\\Noselect \\HasChildren) "/" A
        S: * LIST (\\HasNoChildren) "/" A/B
        S: i OK ...
        C: j DELETE A
        S: j NO [HASCHILDREN] ...
        C: k SELECT A
        S: k NO [CANNOT] ...
        C: l DELETE INBOX
        S: l NO [CANNOT] ...
        C: m DELETE nowhere
        S: m NO [NONEXISTENT] ...
        C: n RENAME A D/E
        S: n OK ...
        C: o LIST "" D*
        S: * LIST (\\HasChildren) "/" D
        S: * LIST (\\Noselect \\HasChildren) "/" D/E
        S: * LIST (\\HasNoChildren) "/" D/E/B
        S: o OK ...
        C: p RENAME D D/F
        S: p NO [CANNOT] ...
        C: q RENAME D Box
        S: q NO [ALREADYEXISTS] ...
        C: r RENAME nowhere G
        S: r NO [NONEXISTENT] ...
    """)


def test_rename_of_inbox_moves_its_messages(logged_in: Player) -> None:
    logged_in.play("""
        C: a RENAME INBOX Old
        S: a OK ...
        C: b STATUS INBOX (MESSAGES UIDNEXT)
        S: * STATUS INBOX (MESSAGES 0 UIDNEXT 4)
        S: b OK ...
        C: c STATUS Old (MESSAGES)
        S: * STATUS Old (MESSAGES 3)
        S: c OK ...
    """)


def test_a_name_made_anew_has_another_uidvalidity(logged_in: Player) -> None:
    logged_in.play("""
        C: a STATUS Box (UIDVALIDITY)
        S: * STATUS Box (UIDVALIDITY 102)
        S: a OK ...
        C: b DELETE Box
        S: b OK ...
        C: c CREATE Box
        S: c OK ...
        C: d STATUS Box (UIDVALIDITY)
        S: * STATUS Box (UIDVALIDITY 103)
        S: d OK ...
    """)


def test_names_beyond_ascii(logged_in: Player) -> None:
    logged_in.play("""
        C: a CREATE "Z&APw-rich &- Genf"
        S: a OK ...
        C: b CREATE "bad&utf7"
        S: b BAD ...modified UTF-7...
        C: c LIST "" Z*
        S: * LIST (\\HasNoChildren) "/" "Z&APw-rich &- Genf"
        S: c OK ...
        C: d SELECT "Zürich"
        S: d BAD ...
        C: e ENABLE UTF8=ACCEPT
        S: * ENABLED UTF8=ACCEPT
        S: e OK ...
        C: f LIST "" "Zü%"
        S: * LIST (\\HasNoChildren) "/" "Zürich & Genf"
        S: f OK ...
        C: g CREATE {8+}
        C: 灯台/x
        S: g OK ...
        C: h LIST "" 灯
        S: h BAD ...
        C: i LIST "" "灯台/%"
        S: * LIST (\\HasNoChildren) "/" "灯台/x"
        S: i OK ...
    """)


def test_subscriptions(logged_in: Player) -> None:
    logged_in.play("""
        C: a SUBSCRIBE Box
        S: a OK ...
        C: b SUBSCRIBE gone/below
        S: b OK ...
        C: c SUBSCRIBE inbox
        S: c OK ...
        C: d LSUB "" *
        S: * LSUB () "/" INBOX
        S: * LSUB () "/" Box
        S: * LSUB () "/" gone/below
        S: d OK ...
        C: e LSUB "" %
        S: * LSUB () "/" INBOX
        S: * LSUB () "/" Box
        S: * LSUB (\\Noselect) "/" gone
        S: e OK ...
        C: f LIST (SUBSCRIBED) "" *
        S: * LIST (\\Subscribed \\HasNoChildren) "/" INBOX
        S: * LIST (\\Subscribed \\HasNoChildren) "/" Box
        S: * LIST (\\NonExistent \\Subscribed \\HasNoChildren) "/" gone/below
        S: f OK ...
        C: g UNSUBSCRIBE Box
        S: g OK ...
        C: h UNSUBSCRIBE Box
        S: h OK ...
        C: i LIST "" Box RETURN (SUBSCRIBED)
        S: * LIST (\\HasNoChildren) "/" Box
        S: i OK ...
        C: j LIST "" INBOX RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)
        S: * LIST (\\Subscribed \\HasNoChildren) "/" INBOX
        S: j OK ...
    """)


#: RFC 9051 section 6.3.9.8, example 8.
TREE = ("foo2", "foo2/bar1", "foo2/bar2", "baz2", "baz2/bar2", "baz2/bar22", "baz2/bar222", "eps2", "eps2/mamba")
SUBSCRIBED = ("foo2/bar1", "foo2/bar2", "baz2/bar2", "baz2/bar22", "baz2/bar222", "eps2", "eps2/mamba", "qux2/bar2")


def test_recursivematch(logged_in: Player) -> None:
    account = logged_in.store.accounts["u"]
    for name in TREE:
        if name not in account.mailboxes:
            account.create(name)
    account.subscribed = set(SUBSCRIBED)
    logged_in.play("""
        C: a LIST (RECURSIVEMATCH SUBSCRIBED) "" "*2"
        S: * LIST (\\Subscribed \\HasNoChildren) "/" baz2/bar2
        S: * LIST (\\Subscribed \\HasNoChildren) "/" baz2/bar22
        S: * LIST (\\Subscribed \\HasNoChildren) "/" baz2/bar222
        S: * LIST (\\Subscribed \\HasChildren) "/" eps2 ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\\HasChildren) "/" foo2 ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\\Subscribed \\HasNoChildren) "/" foo2/bar2
        S: * LIST (\\NonExistent \\Subscribed \\HasNoChildren) "/" qux2/bar2
        S: a OK ...
        C: b LIST (RECURSIVEMATCH) "" *
        S: b BAD ...RECURSIVEMATCH...
        C: c LIST (REMOTE RECURSIVEMATCH) "" *
        S: c BAD ...
        C: d LIST (SUBSCRIBED RECURSIVEMATCH) "" % RETURN (STATUS (MESSAGES))
        S: * LIST (\\HasChildren) "/" baz2 ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\\Subscribed \\HasChildren) "/" eps2 ("CHILDINFO" ("SUBSCRIBED"))
        S: * STATUS eps2 (MESSAGES 0)
        S: * LIST (\\HasChildren) "/" foo2 ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\\NonExistent \\HasNoChildren) "/" qux2 ("CHILDINFO" ("SUBSCRIBED"))
        S: d OK ...
    """)


def test_list_patterns(logged_in: Player) -> None:
    account = logged_in.store.accounts["u"]
    for name in ("a/b/c", "a/bb", "ab"):
        account.create(name)
    logged_in.play("""
        C: a LIST "" ""
        S: * LIST (\\Noselect) "/" ""
        S: a OK ...
        C: b LIST "" %
        S: * LIST (\\HasNoChildren) "/" INBOX
        S: * LIST (\\HasChildren) "/" a
        S: * LIST (\\HasNoChildren) "/" ab
        S: * LIST (\\HasNoChildren) "/" Box
        S: b OK ...
        C: c LIST "a/" b%
        S: * LIST (\\HasChildren) "/" a/b
        S: * LIST (\\HasNoChildren) "/" a/bb
        S: c OK ...
        C: d LIST "" (inb* "%/b")
        S: * LIST (\\HasNoChildren) "/" INBOX
        S: * LIST (\\HasChildren) "/" a/b
        S: d OK ...
        C: e LIST "" *%*c
        S: * LIST (\\HasNoChildren) "/" a/b/c
        S: e OK ...
        C: f LIST "" inbox
        S: * LIST (\\HasNoChildren) "/" INBOX
        S: f OK ...
        C: g LIST (WHAT) "" *
        S: g BAD ...
        C: h LIST "" * RETURN (WHAT)
        S: h BAD ...
    """)


def test_a_pattern_of_many_wildcards_is_quick(logged_in: Player) -> None:
    logged_in.store.accounts["u"].create("x" * 900)
    logged_in.play(f"""
        C: a LIST "" "{"x*%" * 300}y"
        S: a OK ...
    """)


def test_special_use(demo: Player) -> None:
    demo.play("""
        C: a LIST (SPECIAL-USE) "" *
        S: * LIST (\\HasChildren \\Archive) "/" Archive
        S: * LIST (\\HasNoChildren \\Drafts) "/" Drafts
        S: * LIST (\\HasNoChildren \\Junk) "/" Junk
        S: * LIST (\\HasNoChildren \\Sent) "/" Sent
        S: * LIST (\\HasNoChildren \\Trash) "/" Trash
        S: a OK ...
    """)
