"""OBJECTID: each identifier names one thing, and outlives renames, copies and moves."""

from __future__ import annotations

import re

from .player import Player

FIRST = "Message-ID: <1@x.example>\r\nSubject: A\r\n\r\nx\r\n"
SECOND = "Message-ID: <2@x.example>\r\nReferences: <1@x.example>\r\nSubject: Re: A\r\n\r\ny\r\n"


def test_a_mailbox_keeps_its_identifier(inbox: Player) -> None:
    inbox.play("""
        C: a CREATE foo
        S: a OK [MAILBOXID (F103)] ...
        C: b RENAME foo renamed
        S: b OK ...
        C: c STATUS renamed (MAILBOXID)
        S: * STATUS renamed (MAILBOXID (F103))
        S: c OK ...
        C: d CREATE foo
        S: d OK [MAILBOXID (F104)] ...
        C: e CREATE foo
        S: e NO [ALREADYEXISTS] ...
        C: f EXAMINE foo
        S: ....
        S: * OK [MAILBOXID (F104)] ...
        S: f OK [READ-ONLY] ...
        C: g LIST "" foo RETURN (STATUS (MAILBOXID))
        S: * LIST (\\HasNoChildren) "/" foo
        S: * STATUS foo (MAILBOXID (F104))
        S: g OK ...
    """)


def test_copies_have_the_identifier_of_the_message(inbox: Player) -> None:
    inbox.play("""
        C: a COPY 1 Box
        S: a OK [COPYUID ...
        C: b FETCH 1:2 (EMAILID THREADID)
        S: ....
        S: b OK ...
    """)
    first, second = re.findall(rb"EMAILID \((M\w+)\) THREADID \((T\w+)\)", inbox.said[""])
    assert len({*first, *second}) == 4
    email, thread = (one.decode() for one in first)
    inbox.play(f"""
        C: c SEARCH EMAILID {email}
        S: * SEARCH 1
        S: c OK ...
        C: d SEARCH NOT THREADID {thread}
        S: * SEARCH 2 3
        S: d OK ...
        C: e SEARCH EMAILID {email.lower()}
        S: * SEARCH
        S: e OK ...
        C: f SELECT Box
        S: ....
        S: f OK ...
        C: g UID FETCH 1 (EMAILID THREADID)
        S: * 1 FETCH (UID 1 EMAILID ({email}) THREADID ({thread}))
        S: g OK ...
        C: h SEARCH OR EMAILID 1234 EMAILID {email}
        S: * SEARCH 1
        S: h OK ...
    """)


def test_an_answer_belongs_to_the_thread(inbox: Player) -> None:
    mailbox = inbox.store.accounts["u"].find("Box")
    when = inbox.store.clock()
    for octets in (SECOND, FIRST, SECOND.replace("References", "In-Reply-To"), SECOND.replace("<1@", "<3@")):
        mailbox.add(octets.encode(), when)
    inbox.play("""
        C: a SELECT Box
        S: ....
        S: a OK ...
        C: b FETCH 1:* THREADID
        S: ....
        S: b OK ...
    """)
    threads = re.findall(rb"THREADID \((T\w+)\)", inbox.said[""])
    assert threads[0] == threads[1] == threads[2] != threads[3]
