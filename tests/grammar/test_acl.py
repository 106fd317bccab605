"""ACL: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.acl import Acl, ListRights, MyRights, typed_rights

from .reading import amiss, faultless, one, rewritten
from .strategies import mailbox, text

READ = [
    (
        "* ACL INBOX/Drafts Fred rwipslxetad Chris lrswicdakxet",
        Acl("INBOX/Drafts", {"Fred": "rwipslxetad", "Chris": "lrswicdakxet"}),
    ),
    ("* ACL INBOX -Fred wetd $team w", Acl("INBOX", {"-Fred": "wetd", "$team": "w"})),
    ("* ACL comp.mail.mime", Acl("comp.mail.mime", {})),
    ('* acl "B&APw-cher" "a b" "" anyone lrs0', Acl("Bücher", {"a b": "", "anyone": "lrs0"})),
    ('* ACL "INBOX" "owner" "acdilrsw" "-other" "lr"', Acl("INBOX", {"owner": "acdilrsw", "-other": "lr"})),
    ("* ACL INBOX Nil nil", Acl("INBOX", {"Nil": "nil"})),
    ("* LISTRIGHTS ~/Mail/saved smith la r swicdkxte", ListRights("~/Mail/saved", "smith", "la", ("r", "swicdkxte"))),
    (
        '* LISTRIGHTS archive.imap anyone "" l r s w i p k x t e c d a 0 1 2 3 4 5 6 7 8 9',
        ListRights("archive.imap", "anyone", "", tuple("lrswipkxtecda0123456789")),
    ),
    (
        '* LISTRIGHTS archive/imap anyone "" lr swted i p k x c',
        ListRights("archive/imap", "anyone", "", ("lr", "swted", "i", "p", "k", "x", "c")),
    ),
    ("* LISTRIGHTS INBOX me lrswipkxtea", ListRights("INBOX", "me", "lrswipkxtea")),
    ("* MYRIGHTS INBOX rwiptsldaex", MyRights("INBOX", "rwiptsldaex")),
    ('* MYRIGHTS "INBOX" ""', MyRights("INBOX", "")),
]


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: Any) -> None:
    assert faultless(line).value == value


def test_rights_in_a_literal() -> None:
    response = one(b"* ACL INBOX {4}\r\nfred {3}\r\nlrs\r\n")
    assert (response.value, response.violations) == (Acl("INBOX", {"fred": "lrs"}), ())
    [violation] = one(b"* MYRIGHTS INBOX {3}\r\nlRs\r\n").violations
    assert (violation.rule, violation.offset) == ("rights", 17)


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* ACL", "acl-data", 5),
    ("* ACL INBOX fred", "acl-data", 16),
    ("* ACL INBOX fred ", "acl-data", 16),
    ("* ACL INBOX fred lr bo", "acl-data", 22),
    ("* ACL INBOX fred lr fred w", "acl-data", 20),
    ("* ACL INBOX  fred lr", "acl-data", 12),
    ("* ACL INBOX (fred lr)", "acl-data", 12),
    ("* ACL INBOX fred lRs", "rights", 18),
    ('* ACL INBOX fred "l-s"', "rights", 19),
    ("* ACL INBOX fred NIL bo l", "rights", 17),
    ("* ACL INBOX fred (lrs)", "rights", 17),
    ("* 3 ACL INBOX fred lr", "response-data", 4),
    ("* MYRIGHTS", "myrights-data", 10),
    ("* MYRIGHTS INBOX", "myrights-data", 16),
    ("* MYRIGHTS INBOX lr sw", "myrights-data", 19),
    ("* MYRIGHTS INBOX NIL", "rights", 17),
    ("* MYRIGHTS INBOX (lr)", "rights", 17),
    ("* LISTRIGHTS", "listrights-data", 12),
    ("* LISTRIGHTS INBOX", "listrights-data", 18),
    ("* LISTRIGHTS INBOX fred", "listrights-data", 23),
    ("* LISTRIGHTS INBOX fred lr l", "listrights-data", 27),
    ("* LISTRIGHTS INBOX fred lrl", "listrights-data", 26),
    ("* LISTRIGHTS INBOX fred NIL l", "rights", 24),
    ("* LISTRIGHTS INBOX fred (l r)", "rights", 24),
    ('* LISTRIGHTS INBOX fred "" L', "rights", 27),
    ('* LISTRIGHTS INBOX fred "" l ', "listrights-data", 28),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


def test_what_is_wrong_is_still_read() -> None:
    assert one(b"* ACL INBOX fred LR bo (x) ida l\r\n").value == Acl("INBOX", {"fred": "LR", "bo": "x", "ida": "l"})
    assert one(b"* ACL INBOX fred lr fred w\r\n").value == Acl("INBOX", {"fred": "lr"})
    assert one(b"* ACL INBOX )) fred lr\r\n").value == Acl("INBOX", {"fred": "lr"})
    assert one(b"* LISTRIGHTS INBOX fred NIL l\r\n").value == ListRights("INBOX", "fred", "", ("l",))


@pytest.mark.parametrize(
    ("typed", "wrong"), [("lr", None), ("+lr0", None), ("-", None), ("", None), ("lR", 1), ("+-", 1)]
)
def test_what_is_typed_as_rights(typed: str, wrong: int | None) -> None:
    found = typed_rights(typed)
    assert (found and found[0]) == wrong


rights = st.text("lrswipkxteacd0189", max_size=12)
once = st.lists(st.sampled_from("lrswipkxteacd09"), unique=True, max_size=15).flatmap(
    lambda letters: st.lists(st.integers(0, len(letters)), max_size=4).map(
        lambda cuts: tuple(
            "".join(letters[start:end])
            for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(letters)], strict=True)
        )
    )
)


@given(st.builds(Acl, mailbox, st.dictionaries(text, rights, max_size=4)))
def test_acl_is_read_as_it_was_written(value: Acl) -> None:
    assert rewritten("ACL", value) == value


@given(st.builds(MyRights, mailbox, rights))
def test_myrights_is_read_as_it_was_written(value: MyRights) -> None:
    assert rewritten("MYRIGHTS", value) == value


@given(st.builds(lambda name, who, sets: ListRights(name, who, sets[0], sets[1:]), mailbox, text, once))
def test_listrights_is_read_as_it_was_written(value: ListRights) -> None:
    assert rewritten("LISTRIGHTS", value) == value


@pytest.mark.parametrize(
    ("line", "value", "offsets"),
    [
        ("* ACL a ida (l r) bob lrs", Acl("a", {"ida": "lr", "bob": "lrs"}), [12]),
        ("* MYRIGHTS a (lrs)", MyRights("a", "lrs"), [13]),
        ("* LISTRIGHTS a ida (l r) (s)", ListRights("a", "ida", "lr", ("s",)), [19, 25]),
    ],
)
def test_a14_rights_in_parentheses_are_read(line: str, value: Any, offsets: list[int]) -> None:
    response = one(line.encode() + b"\r\n")
    assert response.value == value
    assert [violation.offset for violation in response.violations] == offsets
