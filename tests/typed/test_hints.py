"""What may come next, the half-typed word, and the hint that shrinks."""

from __future__ import annotations

import pytest

from imapsh import table
from imapsh.table import Context
from imapsh.typed.match import match

SELECTED = Context("selected")


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("RENAME", "<mailbox> <mailbox>"),
        ("RENAME ", "<mailbox> <mailbox>"),
        ("RENAME a", "<mailbox> <mailbox>"),
        ("RENAME a ", "<mailbox>"),
        ("a1 RENAME a ", "<mailbox>"),
        ("RENAME a b ", ""),
        ("FETCH ", "<sequence-set> <fetch-items>"),
        ("FETCH 1 ", "<fetch-macro>|<fetch-item>|(<fetch-item>...)"),
        ("FETCH 1 (", "<fetch-item>...)"),
        ("FETCH 1 (UID ", "<fetch-item>...)"),
        ("FETCH 1 BODY[", "[<section-spec>]][<partial>]"),
        ("FETCH 1 (BODY[HEADER.FIELDS (", "<header-fld-name>...)][<partial>] [<fetch-item>...])"),
        ("SEARCH HEADER ", "<header-fld-name> <astring> [<search-key>...]"),
        ("SEARCH HEADER Subject ", "<astring> [<search-key>...]"),
        ("SEARCH OR SEEN ", "<search-key> [<search-key>...]"),
        ("SEARCH ", "[RETURN ([<search-return>...])] [CHARSET <charset>] <search-key>..."),
        ("APPEND a ", "[<flag-list>] [<date-time>] {<message>|<append-extension>} [<another-message>...]"),
        (r"APPEND a (\Seen) ", "[<date-time>] {<message>|<append-extension>} [<another-message>...]"),
        (r'APPEND a (\Seen) "17-Jul-1996 02:44:25 -0700" ', "{<message>|<append-extension>} [<another-message>...]"),
        ('LIST "" ', "<list-mailbox>|(<list-mailbox>...) [RETURN ([<list-return>...])]"),
        ("STORE 1 FLAGS ", "<flag-list>|<flag>..."),
        ("STORE 1 +FLAGS", "+FLAGS <flag-list>|<flag>..."),
        (r"STORE 1 +FLAGS (\Seen)", ""),
        ("FETCH 1 (BODY[HEADER.FIELDS (DATE)]", "[<partial>] [<fetch-item>...])"),
        ("FETCH 1 (BODY[HEADER.FIELDS (DATE)])", ""),
        ("FETCH 1 BODY[1]<", "[<partial>]"),
        ("SEARCH SINCE", "SINCE <date> [<search-key>...]"),
        ("SEARCH (SEEN)", "[<search-key>...]"),
        ('LIST "" % RETURN (STATUS', "STATUS (<status-item>...) [<list-return>...])"),
        ("CREATE a (USE", "USE ([<use>...]) [<create-param>...])"),
        ("NOOP", ""),
        ("FROB x", ""),
        ("", ""),
    ],
)
def test_the_hint_shrinks(line: str, hint: str) -> None:
    assert match(line, SELECTED).hint == hint


def texts(line: str, context: Context = SELECTED) -> set[str]:
    return {choice.text for choice in match(line, context).expected}


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("SEL", {"SELECT"}),
        ("a1 SEL", {"SELECT"}),
        ("un", {"UNSELECT", "UNSUBSCRIBE", "UNAUTHENTICATE"}),
        ("UID F", {"UID FETCH"}),
        ("a1 UID F", {"UID FETCH"}),
        ("SELECT ", {"<mailbox>"}),
        ("SELECT INB", {"<mailbox>"}),
        ('SELECT "INB', {"<mailbox>"}),
        ("FETCH 1 BO", {"BODY", "BODY[", "BODY.PEEK[", "BODYSTRUCTURE"}),
        ("FETCH 1 (FLAGS ENV", {"ENVELOPE"}),
        ("FETCH 1 BODY[1.M", {"MIME"}),
        ("FETCH 1 BODY[HEADER.FIELDS", {"HEADER.FIELDS", "HEADER.FIELDS.NOT"}),
        ("SEARCH SENT", {"SENTBEFORE", "SENTON", "SENTSINCE"}),
        ("SEARCH RETURN (M", {"MIN", "MAX"}),
        ("SEARCH SINCE ", {"<date>"}),
        ("SEARCH SINCE 1-", {"<date>"}),
        ('LIST "" % R', {"RETURN"}),
        ('LIST "" % RETURN (STATUS (U', {"UIDNEXT", "UIDVALIDITY", "UNSEEN"}),
        (r"STORE 1 +FLAGS (\D", {"<flag>", r"\Deleted", r"\Draft", ")"}),
        ("STORE 1 +", {"+FLAGS", "+FLAGS.SILENT", "+X-GM-LABELS", "+X-GM-LABELS.SILENT"}),
        ("STATUS a ", {"("}),
        ("ENABLE IMAP4rev2", {"<capability>", "IMAP4rev2"}),
        ("NOOP ", set()),
        ("FETCH 1 FOO ", set()),
    ],
)
def test_what_is_expected(line: str, wanted: set[str]) -> None:
    assert texts(line) == wanted


def test_expectations_come_with_rows_places_and_the_half_typed_word() -> None:
    found = match("FETCH 1 (FLAGS env", SELECTED)
    (choice,) = found.expected
    assert choice.row is table.find("fetch-item", "ENVELOPE")
    assert (choice.kind, choice.offset, found.prefix) == ("fetch-item", 15, ("env", 15))
    assert found.errors == ()
    assert not found.complete


@pytest.mark.parametrize(
    ("line", "prefix"),
    [("SELECT ", ("", 7)), ("SELECT IN", ("IN", 7)), ('SELECT "My in', ('"My in', 7)), ("SEL", ("SEL", 0)),
     ("UID FE", ("UID FE", 0)), ("a1 FE", ("FE", 3)), ("FETCH 1 BODY[1.HE", ("HE", 15)), ("LIST \"\" [G", ("[G", 8)),
     (r"STORE 1 +FLAGS (\D", (r"\D", 16)), ("FETCH 1 BODY[1.", ("", 15)), ("FETCH 1 BODY[1]", ("", 15))],
)  # fmt: skip
def test_the_half_typed_word(line: str, prefix: tuple[str, int]) -> None:
    assert match(line, SELECTED).prefix == prefix


def test_commands_that_do_not_fit_now_say_why() -> None:
    reasons = {choice.text: choice.reason for choice in match("", Context("authenticated")).expected}
    assert set(reasons) == set(table.commands())
    assert reasons["SELECT"] == ""
    assert "SELECT a mailbox first" in reasons["FETCH"]
    known = Context("selected", frozenset({"IMAP4rev1", "IDLE"}))
    reasons = {choice.text: choice.reason for choice in match("", known).expected}
    assert reasons["IDLE"] == ""
    assert "needs MOVE or IMAP4rev2" in reasons["MOVE"]


def test_mechanisms_are_the_servers() -> None:
    context = Context("not-authenticated", frozenset({"IMAP4rev1", "AUTH=PLAIN", "AUTH=SCRAM-SHA-256", "AUTH=GSSAPI"}))
    assert texts("AUTHENTICATE ", context) == {"<mechanism>", "PLAIN", "SCRAM-SHA-256", "GSSAPI"}
    assert texts("AUTHENTICATE sc", context) == {"<mechanism>", "SCRAM-SHA-256"}


@pytest.mark.parametrize("row", table.commands().values(), ids=lambda row: row.name)
def test_typing_an_example_meets_no_error_on_the_way(row: table.Command) -> None:
    """Each beginning of a right line is a half-typed one, not a wrong one."""
    context = Context(row.states[0])
    for size in range(len(row.example) + 1):
        typed = row.example[:size]
        if typed.upper() in table.commands() or not typed.strip():
            continue
        found = match(typed, context)
        allowed = {"SP"} if typed.endswith(" ") else set()
        assert {problem.rule for problem in found.errors} <= allowed, typed
