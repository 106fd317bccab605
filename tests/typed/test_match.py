"""What stands where, what is wrong, and where."""

from __future__ import annotations

import sys
from difflib import get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh import table
from imapsh.grammar.sequence import SequenceSet
from imapsh.table import Context
from imapsh.typed.advice import unquoted
from imapsh.typed.found import FileName, Piece, near
from imapsh.typed.match import match

SELECTED = Context("selected")
FRESH = Context("not-authenticated")


UIDS_ONLY = Context("selected", enabled=frozenset({"UIDONLY"}))


def tree(pieces: tuple[Piece, ...]) -> list[object]:
    return [(piece.name, *tree(piece.children)) if piece.children else piece.name for piece in pieces]


# -- the tree and its values


def test_fetch_items_are_a_tree() -> None:
    found = match("FETCH 1:4,7 (FLAGS BODY.PEEK[1.2.HEADER.FIELDS (Date From)]<0.1024> UID)", SELECTED)
    assert tree(found.pieces) == [
        "sequence-set",
        (
            "fetch-items",
            "FLAGS",
            (
                "BODY.PEEK[",
                ("section-spec", "section-part", ("HEADER.FIELDS", "header-fld-name", "header-fld-name")),
                "partial",
            ),
            "UID",
        ),
    ]  # fmt: skip
    assert found.slots[0].value == SequenceSet(((1, 4), (7, 7)))
    (item,) = [piece for piece in found.pieces[1].children if piece.name == "BODY.PEEK["]
    assert [piece.value for piece in item.all("section-part")] == [(1, 2)]
    assert [piece.value for piece in item.all("header-fld-name")] == ["Date", "From"]
    assert [piece.value for piece in item.all("partial")] == [(0, 1024)]
    assert found.text[item.start : item.end] == "BODY.PEEK[1.2.HEADER.FIELDS (Date From)]<0.1024>"


def test_search_keys_nest() -> None:
    found = match('UID SEARCH RETURN (MIN) CHARSET UTF-8 OR (SEEN 1:4) NOT FROM "a b" LARGER 10 $', SELECTED)
    assert tree(found.pieces) == [
        "RETURN", "MIN", "CHARSET", "charset",
        ("OR", ("(", "SEEN", ("<sequence-set>", "sequence-set")), ("NOT", ("FROM", "astring"))),
        ("LARGER", "number64"),
        ("<sequence-set>", "sequence-set"),
    ]  # fmt: skip
    assert [piece.value for piece in found.slots if piece.name in ("astring", "number64", "charset")] == [
        "UTF-8", "a b", 10,
    ]  # fmt: skip
    assert found.slots[-1].value == SequenceSet((), saved=True)


def test_list_keeps_select_and_return_options_apart() -> None:
    found = match('LIST (SUBSCRIBED) "" ("a" %) RETURN (SUBSCRIBED STATUS (MESSAGES SIZE))', SELECTED)
    assert [(piece.kind, piece.name) for piece in found.pieces] == [
        ("list-select", "SUBSCRIBED"), ("mailbox", "mailbox"), ("syntax", "patterns"),
        ("keyword", "RETURN"), ("list-return", "SUBSCRIBED"), ("list-return", "STATUS"),
    ]  # fmt: skip
    assert [piece.value for piece in found.pieces[2].all("list-mailbox")] == ["a", "%"]
    assert [piece.name for piece in found.pieces[-1].all("status-item")] == ["MESSAGES", "SIZE"]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        (r"STORE 2 +FLAGS.SILENT (\Seen $Junk)", [SequenceSet(((2, 2),)), r"\Seen", "$Junk"]),
        (r"STORE * FLAGS \Seen a", [SequenceSet(((0, 0),)), r"\Seen", "a"]),
        ("STORE 2 FLAGS ()", [SequenceSet(((2, 2),))]),
        (r'RENAME "a \"b\" \\" INBOX', ['a "b" \\', "INBOX"]),
        ("SEARCH SINCE 1-Feb-1994 BEFORE \"02-mar-1995\"", ["1-Feb-1994", "02-mar-1995"]),
        ('APPEND a "17-Jul-1996 02:44:25 -0700" {@m.eml}', ["a", "17-Jul-1996 02:44:25 -0700", FileName("m.eml")]),
        ('APPEND a " 7-Jul-1996 02:44:25 -0700" ~{@m}', ["a", " 7-Jul-1996 02:44:25 -0700", FileName("m", True)]),
        ("APPEND a {3+}\r\na\r\n", ["a", b"a\r\n"]),
        ('ID ("name" NIL "os" "x")', ["name", None, "os", "x"]),
        ("LIST ~/Mail/ [a]%", ["~/Mail/", "[a]%"]),
        ("SELECT &AOk-t&AOk-", ["&AOk-t&AOk-"]),
    ],
)  # fmt: skip
def test_values(line: str, values: list[object]) -> None:
    found = match(line, SELECTED)
    assert found.errors == ()
    assert found.complete
    assert [piece.value for piece in found.slots if piece.kind not in ("store-item", "keyword", "search-key")] == values


def test_literals_in_the_text_and_apart() -> None:
    within = match("a1 LOGIN {5}\r\na b c {2+}\r\n\x01\x02", FRESH)
    apart = match("a1 LOGIN {5} {2+}", FRESH._replace(tagged=True), [b"a b c", b"\x01\x02"])
    for found in (within, apart):
        assert found.errors == ()
        assert found.complete
        assert [piece.value for piece in found.slots] == [b"a b c", b"\x01\x02"]


def test_a_literal_not_typed_yet() -> None:
    found = match("LOGIN {5}", FRESH)
    assert (found.errors, found.complete) == ((), False)
    assert found.slots[0].value is None
    half = match("SELECT {5}\r\nabc", SELECTED)
    assert (half.errors, half.complete) == ((), False)


# -- tag and command


@pytest.mark.parametrize(
    ("line", "tagged", "tag", "command"),
    [
        ("NOOP", None, None, "NOOP"),
        ("a1 noop", None, "a1", "NOOP"),
        (". LOGIN a b", None, ".", "LOGIN"),
        ("* LOGIN a b", None, "*", "LOGIN"),
        ("NOOP NOOP", None, None, "NOOP"),
        ("LIST LIST", None, None, "LIST"),
        ("LIST NOOP", True, "LIST", "NOOP"),
        ("a1 uid fetch 1 UID", None, "a1", "UID FETCH"),
        ("UID FETCH 1 UID", None, None, "UID FETCH"),
        ("a1 UID FROB 1", None, "a1", None),
        ("UID FROB", None, None, None),
        ("XFROB a b", None, None, None),
        ("a1 NOOP", False, None, None),
        ("a1", True, "a1", None),
        ("ſELECT INBOX", None, None, None),
        ("", None, None, None),
    ],
)
def test_which_word_is_the_tag(line: str, tagged: bool | None, tag: str | None, command: str | None) -> None:
    found = match(line, SELECTED._replace(tagged=tagged))
    assert found.tag == tag
    assert (found.command.name if found.command else None) == command


# -- errors


@pytest.mark.parametrize(
    ("line", "rule", "offset", "says"),
    [
        ("FROB", "command", 0, "unknown command FROB"),
        ("SELEKT INBOX", "command", 0, "did you mean SELECT?"),
        ("a1 UID FECH 1 UID", "command", 3, "did you mean UID FETCH?"),
        ("NOOP ", "SP", 4, "a space at the end"),
        ("NOOP x", "syntax", 5, "nothing more"),
        (" NOOP", "SP", 0, "one space"),
        ("a1  NOOP", "SP", 3, "one space"),
        ("SEARCH  ALL", "SP", 7, "one space"),
        ("FETCH 1  FLAGS", "SP", 8, "one space"),
        ("FETCH 1 BODY[1)]", "syntax", 14, "not ')'"),
        ("FETCH 1 (FLAGS )", "SP", 14, "an extra space"),
        ("FETCH 1 FLAGZ UID", "syntax", 8, "did you mean FLAGS?"),
        ("FETCH 1 FLAGS UID", "syntax", 14, "nothing more"),
        ("FETCH 0 FLAGS", "syntax", 6, "a set of message numbers"),
        ("FETCH ٣ FLAGS", "syntax", 6, "a set of message numbers"),
        ("SEARCH ſEEN", "syntax", 7, "or a search-key, not"),
        ("FETCH 1:0 FLAGS", "atom", 7, "'1:0' is not a set of message numbers"),
        ("FETCH 4294967296 FLAGS", "syntax", 6, "beyond 32 bits"),
        ("FETCH 1 BODY[MIME]", "syntax", 13, "or ], not 'MIME'"),
        ("FETCH 1 BODY[0]", "syntax", 13, "or ], not '0'"),
        ("FETCH 1 BODY[]<0> ", "syntax", 14, "as <0.1024>"),
        ("FETCH 1 BODY[HEADER.FIELDS ()]", "syntax", 28, "a header field's name"),
        ("STATUS a%b (MESSAGES)", "atom", 8, "'%' is not allowed in a mailbox name"),
        ("STATUS foo ()", "syntax", 12, "expected a status-item"),
        ("STATUS foo (MESSAGES", None, 0, ""),
        ("SELECT Entwürfe", "atom", 11, "'ü' is not allowed"),
        ('SELECT "Entwürfe"', "QUOTED-CHAR", 12, "'ü' is allowed in quotes only after"),
        (r'SELECT "a\b"', "quoted", 9, "may only precede"),
        ('SELECT "a"b', "syntax", 10, "a space or the end"),
        ("SELECT a\x01b", "atom", 8, "is not allowed"),
        ("SELECT a(", "atom", 8, "'(' is not allowed"),
        ("RENAME {3} x", "literal", 7, "must end the line"),
        ("SELECT ~{3}", "literal8", 7, "leave out the ~"),
        ("SEARCH SINCE 1-Foo-1994", "syntax", 13, "a date"),
        ("SEARCH LARGER 12k ALL", "atom", 16, "'k' is not allowed in a number"),
        ("SEARCH LARGER 9223372036854775808", "syntax", 14, "too large for number64"),
        ("SEARCH FROM", None, 0, ""),
        ("SEARCH ALL)", "syntax", 10, "before ')'"),
        ("FETCH 1,,2 FLAGS", "atom", 7, "'1,,2' is not a set of message numbers"),
        ("SORT (REVERSE) UTF-8 ALL", "syntax", 13, "expected a sort-key before ')'"),
        ("SEARCH (OR SEEN) ALL", "syntax", 15, "expected a search-key before ')'"),
        ('SETQUOTA "" (STORAGE)', "syntax", 20, "expected a number before ')'"),
        ('SETQUOTA "" (STORAGE 1 2)', "syntax", 24, "expected a number before ')'"),
        ("SELECT INBOX (QRESYNC (1))", "syntax", 24, "expected a mod-sequence from 1 before ')'"),
        ("SETACL a)", "atom", 8, "')' is not allowed in a mailbox name"),
        ("SEARCH 1)", "atom", 8, "')' is not allowed in a set"),
        ("SEARCH RETURN (MINI) ALL", "syntax", 15, "did you mean MIN?"),
        ("STORE 1 +FLAGS \\", None, 0, ""),
        ("STORE 1 FLAG (a)", "syntax", 8, "did you mean FLAGS?"),
        (r"STORE 1 FLAGS (\Seen]", "atom", 20, "']' is not allowed in a flag"),
        ("APPEND a (b) message", "syntax", 13, "a literal"),
        ('APPEND a "17-Foo-1996 02:44:25 -0700" {@m}', "syntax", 9, "a date and time"),
        ("LIST %", "atom", 5, "'%' is not allowed in a mailbox name"),
        ('LIST (FOO) "" %', "syntax", 6, "a list-select"),
        ("ID (name x)", "syntax", 4, "a quoted field name"),
        ("a+b NOOP", "tag", 0, "cannot be a tag"),
    ],
)
def test_errors_and_their_places(line: str, rule: str | None, offset: int, says: str) -> None:
    errors = [problem for problem in match(line, SELECTED).errors if problem.severity == "error"]
    if rule is None:
        assert errors == []
        return
    assert [(problem.rule, problem.offset) for problem in errors] == [(rule, offset)]
    assert says in errors[0].message


@pytest.mark.parametrize("context", [SELECTED._replace(utf8=True), SELECTED._replace(rev2=True)])
def test_utf8_in_quotes_where_agreed(context: Context) -> None:
    assert match('SELECT "Entwürfe"', context).errors == ()
    (problem,) = match("SELECT Entwürfe", context).errors
    assert (problem.rule, problem.severity) == ("atom", "error")


@pytest.mark.parametrize(
    ("line", "context", "says"),
    [
        ("LIST \"\" %", FRESH, "log in first"),
        ("FETCH 1 UID", Context("authenticated"), "SELECT a mailbox first"),
        ("LOGIN a b", SELECTED, "not-authenticated state"),
    ],
)  # fmt: skip
def test_a_wrong_state(line: str, context: Context, says: str) -> None:
    (problem,) = match(line, context).errors
    assert (problem.rule, problem.severity, problem.offset) == ("state", "error", 0)
    assert says in problem.message


def test_read_only_mode_refuses_changes() -> None:
    context = SELECTED._replace(read_only=True)
    assert [problem.rule for problem in match("a1 DELETE x", context).errors] == ["read-only"]
    assert match("FETCH 1 UID", context).errors == ()


@pytest.mark.parametrize(
    ("line", "capabilities", "rule", "offset"),
    [
        ("MOVE 1 a", {"IMAP4rev1"}, "not-offered", 0),
        ("MOVE 1 a", {"IMAP4rev1", "move"}, None, 0),
        ("MOVE 1 a", {"IMAP4rev2"}, None, 0),
        ("MOVE 1 a", set(), None, 0),
        ("SEARCH RETURN (MIN) ALL", {"IMAP4rev1"}, "not-offered", 15),
        ('LIST "" % RETURN (SPECIAL-USE)', {"IMAP4rev1"}, "not-offered", 18),
        ("FETCH 1 BINARY[1]", {"IMAP4rev1"}, "not-offered", 8),
    ],
)
def test_what_the_server_does_not_offer_is_advice(
    line: str, capabilities: set[str], rule: str | None, offset: int
) -> None:
    found = match(line, SELECTED._replace(capabilities=frozenset(capabilities)))
    assert [(problem.rule, problem.offset, problem.severity) for problem in found.errors] == (
        [(rule, offset, "advice")] if rule else []
    )
    assert found.complete


def test_login_and_mechanisms_that_are_not_offered() -> None:
    context = FRESH._replace(capabilities=frozenset({"IMAP4rev1", "LOGINDISABLED", "AUTH=PLAIN"}))
    assert "LOGINDISABLED" in match("LOGIN a b", context).errors[0].message
    assert match("AUTHENTICATE PLAIN", context).errors == ()
    assert [problem.offset for problem in match("AUTHENTICATE CRAM-MD5", context).errors] == [13]
    assert "SASL-IR" in match("AUTHENTICATE PLAIN =", context).errors[0].message


@pytest.mark.parametrize(("line", "offset"), [("LSUB a b", 0), ("FETCH 1 RFC822", 8), ("SEARCH NEW", 7)])
def test_the_other_edition_is_advice(line: str, offset: int) -> None:
    (problem,) = match(line, SELECTED._replace(rev2=True)).errors
    assert (problem.rule, problem.offset, problem.severity) == ("edition", offset, "advice")
    assert match(line, SELECTED).errors == ()


# -- roles


def roles(line: str, context: Context = SELECTED) -> list[str]:
    found = match(line, context)
    assert len(found.roles) == len(found.tokens)
    return [role for role in found.roles if role != "space"]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("a1 SELECT INBOX", "tag command mailbox"),
        ("uid fetch 1:* (FLAGS UI", "command command set paren item text"),
        (r"STORE 1 +FLAGS (\Seen", r"command set keyword paren flag"),
        ("SEARCH SINCE 1-Feb-1994 LARGER 10 TEXT {4}", "command keyword date keyword number keyword literal"),
        ("FETCH 1 FOO UID", "command set error text"),
        ("LOGIN fred x", "command string secret"),
        ("frobnicate 1", "command text"),
        ("STATUS [a]b (MESSAGES)", "command mailbox mailbox mailbox mailbox paren item paren"),
    ],
)
def test_roles(line: str, wanted: str) -> None:
    assert roles(line) == wanted.split()


# -- depth


@pytest.mark.parametrize(
    "line", ["SEARCH " + "(" * 5000, "SEARCH " + "NOT " * 5000 + "ALL", "SEARCH " + "OR ALL " * 5000 + "ALL ALL"]
)
def test_deep_nesting_is_an_error_and_no_crash(line: str) -> None:
    found = match(line, SELECTED)
    assert [problem.rule for problem in found.errors] == ["nesting"]
    assert not found.complete
    assert len(found.roles) == len(found.tokens)


def test_nesting_in_use_is_read_from_a_deep_stack_too() -> None:
    line = "SEARCH " + "OR FROM a (NOT " * 40 + "ALL" + " TO b" * 0 + ") ALL" * 40

    def deep(levels: int) -> bool:
        return match(line, SELECTED).errors == () if levels == 0 else deep(levels - 1)

    assert sys.getrecursionlimit() >= 1000
    assert deep(150)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("FETCH 5 FLAGS", "message 5 does not exist: the last message is 4"),
        ("FETCH 1:*,2:9 FLAGS", "message 9 does not exist"),
        ("SEARCH 1:7 SEEN", "message 7 does not exist"),
        ("UID FETCH 5 FLAGS", ""),
        ("FETCH 1:* FLAGS", ""),
        ("FETCH $ FLAGS", ""),
        ("FETCH 4 FLAGS", ""),
    ],
)
def test_numbers_beyond_the_last_message(line: str, words: str) -> None:
    found = match(line, SELECTED._replace(exists=4))
    assert [problem.severity for problem in found.errors] == ["advice"] * bool(words)
    assert all(words in problem.message for problem in found.errors)
    assert match(line, SELECTED).errors == ()


def test_an_empty_mailbox_has_none() -> None:
    [problem] = match("FETCH 1 FLAGS", SELECTED._replace(exists=0)).errors
    assert problem.message == "message 1 does not exist: the mailbox is empty"


# -- what ENABLE allows and forbids


@pytest.mark.parametrize(("line", "at", "said"), [
    ("FETCH 1 FLAGS", 0, "FETCH is not allowed after ENABLE UIDONLY; use UID FETCH"),
    ("SEARCH ALL", 0, "SEARCH is not allowed after ENABLE UIDONLY; use UID SEARCH"),
    ("MOVE 1:4 x", 0, "MOVE is not allowed after ENABLE UIDONLY; use UID MOVE"),
    ("UID SEARCH NOT 1:4", 15, "message numbers are not allowed after ENABLE UIDONLY; use UIDs"),
    ("UID SEARCH OR SEEN *", 19, "message numbers are not allowed after ENABLE UIDONLY; use UIDs"),
    ("SELECT x (QRESYNC (1 2 (3 4)))", 24, "message numbers are not allowed after ENABLE UIDONLY; use UIDs"),
])  # fmt: skip
def test_message_numbers_are_refused_once_uids_only_are_enabled(line: str, at: int, said: str) -> None:
    errors = match(line, UIDS_ONLY).errors
    assert (at, said, "error") in [(one.offset, one.message, one.severity) for one in errors]
    plain = match(line, SELECTED).errors
    assert [one for one in plain if one.rule == "uid-required"] == []


@pytest.mark.parametrize("line", [
    "UID FETCH 1:* FLAGS", "UID SEARCH UID 1:4", "UID SEARCH $", "EXPUNGE", "UID EXPUNGE 4", "SELECT x (X-OWN 1:4)",
    "UID STORE 4 +FLAGS (\\Seen)", "NOOP",
])  # fmt: skip
def test_uids_are_welcome_then(line: str) -> None:
    assert [one for one in match(line, UIDS_ONLY).errors if one.severity == "error"] == []


def test_a_parameter_may_need_enable() -> None:
    line = "SELECT INBOX (QRESYNC (1 2))"
    assert [one.message for one in match(line, SELECTED._replace(enabled=frozenset())).errors] == [
        "QRESYNC needs ENABLE QRESYNC before"
    ]
    assert match(line, SELECTED._replace(enabled=frozenset({"QRESYNC"}))).errors == ()
    assert match(line, SELECTED).errors == ()  # nobody knows


def test_what_a_message_quotes_is_taken_out_and_an_apostrophe_opens_no_quotation() -> None:
    told = "expected an extension's name or an option's name, not 'pass' or 'it\\'s'"
    assert unquoted(told) == "expected an extension's name or an option's name, not this or this"
    assert unquoted("the row's name is \"it's secret\"") == "the row's name is this"
    assert unquoted("a'secret'") == "athis"


@given(st.text("ACENOST", max_size=60), st.sampled_from([0.6, 0.7]))
def test_the_nearest_name_is_the_one_that_difflib_finds(word: str, cutoff: float) -> None:
    for names in (("CONNECT", "IMAPSH"), tuple(table.names("search-key")), ()):
        assert near(word, names, cutoff) == next(iter(get_close_matches(word, names, 1, cutoff)), "")
