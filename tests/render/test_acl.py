"""The views of ACL, LISTRIGHTS and MYRIGHTS."""

from __future__ import annotations

from .test_view import view


def test_an_acl_is_a_line_an_identifier() -> None:
    assert view("""
* ACL INBOX Fred rwipslxetadkc anyone lr -Chris wt "" ""
* ACL Box
* ACL Box owner acdilrsw9
""") == [
        "- rights to INBOX",
        "    Fred    everything",
        "    anyone  lookup, read",
        "    -Chris  denied: write flags, delete messages",
        '    ""      nothing',
        "- rights to Box",
        "    (nobody is listed)",
        "- rights to Box",
        "    owner  lookup, read, seen, write flags, insert, administer, create (RFC 2086), delete (RFC 2086), right 9",
    ]


def test_what_one_may_do() -> None:
    assert view("""
* MYRIGHTS INBOX lrswipkxtea0
* MYRIGHTS INBOX lrsx
* MYRIGHTS INBOX ""
* MYRIGHTS INBOX rL
""") == [
        "- INBOX  you may: everything, right 0",
        "- INBOX  you may: lookup, read, seen, delete mailbox",
        "- INBOX  you may: nothing",
        "- INBOX  you may: read, right L",
        "  * MYRIGHTS INBOX rL",
        "                    ^ a right is a lower-case letter or a digit [rights, RFC 4314 §7]",
    ]


def test_what_can_be_given() -> None:
    assert view("""
* LISTRIGHTS saved smith la r swicdk
* LISTRIGHTS saved me lrswipkxtea
* LISTRIGHTS saved anyone "" lr swte c d
""") == [
        "- rights to saved for smith",
        "    always        lookup, administer",
        "    can be given  read, {seen, write flags, insert, create mailboxes, delete (RFC 2086)}",
        "- rights to saved for me",
        "    always        everything",
        "    can be given  nothing",
        "- rights to saved for anyone",
        "    always        nothing",
        "    can be given  {lookup, read}, {seen, write flags, delete messages, expunge}, create (RFC 2086)",
    ]
