"""The table is whole: every row says what it must, and its syntax and example agree with the matcher."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from imapsh import table
from imapsh.sasl.table import MECHANISMS
from imapsh.table import Command, Context, Name
from imapsh.table.capabilities import GROUPS
from imapsh.table.model import ANY_STATE, OBSOLETE, UNKNOWN
from imapsh.typed.found import Piece
from imapsh.typed.match import match
from imapsh.typed.nodes import Choice, Group, Node, Repeat, Sequence
from imapsh.typed.slots import SLOTS, Slot
from imapsh.typed.syntax import Rule, Table, parse
from tests.grammar.reading import parse as parse_response

ROWS = [row for kind in table.kinds() for row in table.names(kind).values()]
RFC = re.compile(r"RFC \d+ §([A-Z]|\d+)(\.\d+)*\Z")

#: Mechanisms that were never published as an RFC.
UNPUBLISHED = {"XOAUTH2", "LOGIN"}
VENDORS = {"Apple", "Courier", "Cyrus", "Google", "Microsoft", "Sun", "Yahoo", "Zimbra"}
DRAFT = re.compile(r"draft-[a-z0-9-]+\Z")

#: The commands of RFC 9051 section 9 (command-any to command-select, and uid), of RFC 3501 alone, ID and COMPRESS.
COMMANDS = set(
    "CAPABILITY LOGOUT NOOP APPEND CREATE DELETE ENABLE EXAMINE LIST NAMESPACE RENAME SELECT STATUS SUBSCRIBE "
    "UNSUBSCRIBE IDLE LOGIN AUTHENTICATE STARTTLS CLOSE UNSELECT EXPUNGE COPY MOVE FETCH STORE SEARCH LSUB CHECK "
    "ID COMPRESS".split()
) | {f"UID {name}" for name in ("COPY", "MOVE", "FETCH", "SEARCH", "STORE", "EXPUNGE")}

#: resp-text-code, search-key, status-att and fetch-att of both RFCs.
CODES = set(
    "ALERT BADCHARSET CAPABILITY PARSE PERMANENTFLAGS READ-ONLY READ-WRITE TRYCREATE UIDNEXT UIDVALIDITY APPENDUID "
    "COPYUID UIDNOTSTICKY UNAVAILABLE AUTHENTICATIONFAILED AUTHORIZATIONFAILED EXPIRED PRIVACYREQUIRED CONTACTADMIN "
    "NOPERM INUSE EXPUNGEISSUED CORRUPTION SERVERBUG CLIENTBUG CANNOT LIMIT OVERQUOTA ALREADYEXISTS NONEXISTENT "
    "NOTSAVED HASCHILDREN CLOSED UNKNOWN-CTE UNSEEN".split()
)
KEYS = set(
    "ALL ANSWERED BCC BEFORE BODY CC DELETED FLAGGED FROM KEYWORD NEW OLD ON RECENT SEEN SINCE SUBJECT TEXT TO "
    "UNANSWERED UNDELETED UNFLAGGED UNKEYWORD UNSEEN DRAFT HEADER LARGER NOT OR SENTBEFORE SENTON SENTSINCE SMALLER "
    "UID UNDRAFT".split()
)
ITEMS = set(
    "ENVELOPE FLAGS INTERNALDATE RFC822.SIZE RFC822 RFC822.HEADER RFC822.TEXT BODY BODYSTRUCTURE UID BODY[ BODY.PEEK[ "
    "BINARY[ BINARY.PEEK[ BINARY.SIZE[".split()
)
RESPONSES = set(
    "OK NO BAD BYE PREAUTH CAPABILITY ENABLED FLAGS LIST LSUB STATUS SEARCH ESEARCH NAMESPACE EXISTS RECENT EXPUNGE "
    "FETCH ID + VANISHED".split()
)
FLAGS = {  # RFC 9051 section 2.3.2, and what RFC 3501 had besides
    r"\SEEN", r"\ANSWERED", r"\FLAGGED", r"\DELETED", r"\DRAFT", r"\RECENT", r"\*", "$FORWARDED", "$MDNSENT", "$JUNK",
    "$NOTJUNK", "$PHISHING",
}  # fmt: skip
#: mbx-list-oflag, mbx-list-sflag, child-mbox-flag and the special uses (RFC 9051 section 7.3.1).
ATTRIBUTES = set(
    r"\NOINFERIORS \SUBSCRIBED \REMOTE \HASCHILDREN \HASNOCHILDREN \NONEXISTENT \NOSELECT \MARKED \UNMARKED "
    r"\ALL \ARCHIVE \DRAFTS \FLAGGED \JUNK \SENT \TRASH".split()
)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("code", CODES),
        ("search-key", KEYS),
        ("fetch-item", ITEMS),
        ("response", RESPONSES),
        ("flag", FLAGS),
        ("attribute", ATTRIBUTES),
        ("list-select", {"SUBSCRIBED", "REMOTE", "RECURSIVEMATCH"}),
        ("list-return", {"SUBSCRIBED", "CHILDREN", "STATUS"}),
        ("list-item", {"CHILDINFO", "OLDNAME"}),
        ("section", {"HEADER", "HEADER.FIELDS", "HEADER.FIELDS.NOT", "TEXT"}),
        ("store-item", {f"{sign}FLAGS{silent}" for sign in ("", "+", "-") for silent in ("", ".SILENT")}),
        ("state", {"NOT-AUTHENTICATED", "AUTHENTICATED", "SELECTED", "LOGOUT"}),
    ],
)
def test_every_name_of_the_rfcs_has_a_row(kind: str, names: set[str]) -> None:
    assert names <= set(table.names(kind))


def test_capabilities_are_in_a_group() -> None:
    rows = table.names("capability")
    assert {row.group for row in rows.values()} == set(GROUPS) - {"Other"}
    assert sum(not row.rfc.startswith("RFC ") for row in rows.values()) < len(rows) / 3


def test_the_commands_of_the_rfcs_are_there() -> None:
    assert set(table.commands()) >= COMMANDS


def test_fetch_macros() -> None:
    assert set(table.names("fetch-macro")) == {"ALL", "FAST", "FULL"}


def test_what_the_revisions_have_needs_no_extension() -> None:
    """A session that stays within them loads no other rows."""
    code = (
        "from imapsh import table; "
        "table.command('FETCH'), table.find('fetch-item', 'FLAGS'), table.readers('response').get('EXISTS'); "
        "import sys; print([name for name in table.EXTENSIONS if f'imapsh.table.{name}' in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_no_command_of_two_words_begins_with_one_of_one_word() -> None:
    """Else the first word of a line would not be enough to know that no extension has the command."""
    assert [name for name in table.commands() if " " in name and name.split(" ")[0] in table.commands()] == []
    assert table.first_command(("UID FETCH", "UID")) is table.command("UID FETCH")
    assert table.first_command(("FETCH 1", "FETCH")) is table.command("FETCH")
    assert table.first_command(("", "A1")) is None


@pytest.mark.parametrize("row", [*table.commands().values(), *ROWS], ids=lambda row: f"{row[0]}-{row[1]}"[:40])
def test_a_row_is_complete(row: Command | Name) -> None:
    assert row.summary
    unpublished = isinstance(row, Name) and row.kind == "mechanism" and row.name in UNPUBLISHED
    published = RFC.match(row.rfc) or DRAFT.match(row.rfc) or row.rfc in VENDORS
    assert row.rfc == "no RFC" if unpublished else published, row.rfc
    assert row.editions in ("1", "2", "12")
    parse(row.syntax)


@pytest.mark.parametrize("row", table.commands().values(), ids=lambda row: row.name)
def test_a_command_has_a_place_and_a_meaning(row: Command) -> None:
    assert row.states
    assert set(row.states) <= set(ANY_STATE)
    assert all(name in table.names("response") for name in row.responses)
    assert all(table.find("capability", name) for name in (*row.needs, *row.barred))
    if row.destroys:
        assert row.changes


def test_what_may_bring_expunge() -> None:
    """RFC 9051 section 7.5.1: not FETCH, STORE and SEARCH; their UID forms may."""
    selected = {name for name in COMMANDS if "selected" in (row := table.commands()[name]).states and not row.expunges}
    assert selected == {"FETCH", "STORE", "SEARCH", "CLOSE"}


def test_what_uses_message_numbers() -> None:
    """RFC 9051 section 5.5; UID SEARCH may hold them among its keys."""
    numbers = {name for name in COMMANDS if table.commands()[name].numbers}
    assert numbers == {"FETCH", "STORE", "SEARCH", "COPY", "MOVE", "UID SEARCH"}


def test_what_is_asked_for_one_at_a_time() -> None:
    """Its answer does not name the command; what an answer is, the row says too."""
    asks = {name: row.asks for name, row in table.commands().items() if row.asks}
    assert {name for name in asks if asks[name] == "EXPUNGE"} == {
        "EXPUNGE", "UID EXPUNGE", "MOVE", "UID MOVE", "REPLACE", "UID REPLACE",
    }  # fmt: skip
    assert {name for name in asks if asks[name] == "SEARCH"} == {"SEARCH", "UID SEARCH"}
    assert all(asked in table.commands()[name].responses for name, asked in asks.items())


def test_barriers() -> None:
    barriers = {name for name in COMMANDS if table.commands()[name].barrier}
    assert barriers == {
        "STARTTLS", "AUTHENTICATE", "LOGIN", "IDLE", "SELECT", "EXAMINE", "CLOSE", "UNSELECT", "ENABLE", "LOGOUT",
        "COMPRESS",
    }  # fmt: skip


@pytest.mark.parametrize("row", table.commands().values(), ids=lambda row: row.name)
@pytest.mark.parametrize("tag", ["", "a1 "])
def test_a_commands_example_matches(row: Command, tag: str) -> None:
    found = match(tag + row.example, Context(row.states[0], rev2=row.editions == "2"))
    assert found.errors == ()
    assert found.command is row
    assert found.complete
    assert found.tag == (tag.strip() or None)


#: What an example of these kinds is an argument of; those of other kinds are whole lines.
_FRAMES = {"search-key": "SEARCH {}", "fetch-item": "FETCH 1 {}", "section": "FETCH 1 {}", "section-mime": "FETCH 1 {}"}
#: Kinds of which an example shows nothing that the name does not.
_BARE = {"capability", "mechanism", "algorithm", "state", "syntax", "slot", "enable"}
EXAMPLES = [row for row in ROWS if row.kind not in _BARE]


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: f"{row.kind}-{row.name}")
def test_a_names_example_is_right(row: Name) -> None:
    """A server's line is read without a violation; a client's fits the table, and has the name in it."""
    assert row.example
    if row.example.startswith(("* ", "+ ", "[")):
        line = row.example if row.example[0] != "[" else f"* OK {row.example} text"
        [response] = parse_response(line.encode() + b"\r\n", utf8="2" in row.editions)
        assert [violation.message for violation in response.violations] == []
        assert row.name.strip("[(=<>").upper() in row.example.upper() or row.name.startswith("<")
        return
    found = match(_FRAMES.get(row.kind, "{}").format(row.example), Context("selected", rev2=row.editions == "2"))
    assert [problem.message for problem in found.errors] == [unknown for unknown in [_unknown(row)] if unknown]
    assert found.complete
    assert any(piece.name == row.name for piece in _walk(found.pieces)) or row.name in found.text


def _unknown(row: Name) -> str:
    """The advice on an example that no capability defines, or that a later RFC drops."""
    if row.standing == OBSOLETE:
        return f"{row.name} is obsolete: {row.summary[0].lower()}{row.summary[1:-1]}"
    return row.summary[0].lower() + row.summary[1:-1] if row.standing == UNKNOWN else ""


def _walk(pieces: tuple[Piece, ...]) -> list[Piece]:
    return [below for piece in pieces for below in (piece, *_walk(piece.children))]


def test_the_mechanisms_are_those_that_imapsh_can_do() -> None:
    assert set(table.names("mechanism")) == set(MECHANISMS)


def _nodes(node: Node) -> list[Node]:
    if isinstance(node, Sequence):
        return [node, *(below for item in node.items for below in _nodes(item.node))]
    if isinstance(node, Choice):
        return [node, *(below for choice in node.nodes for below in _nodes(choice))]
    return [node, *_nodes(node.node)] if isinstance(node, Group | Repeat) else [node]


def test_every_slot_rule_and_table_that_a_syntax_names_is_there() -> None:
    used: set[str] = set()
    syntaxes = [row.syntax for row in table.commands().values()] + [row.syntax for row in ROWS]
    for syntax in syntaxes:
        for node in _nodes(parse(syntax)):
            if isinstance(node, Table):
                assert node.rows, f"{syntax}: no rows of kind {node.kind}"
            used |= {node.kind} if isinstance(node, Slot) else {node.row.name} if isinstance(node, Rule) else set()
    used |= {row.syntax.strip("<>") for row in table.names("slot").values()}
    assert set(SLOTS) - used <= {"atom", "number", "string"}  # for the extensions to come
    assert {name.lower() for name in table.names("syntax")} <= used
    assert {name.lower() for name in table.names("slot")} <= used


@pytest.mark.parametrize("notation", ["<a", "[<mailbox>", "<mailbox>]", "{a|b", "a]"])
def test_a_wrong_notation_is_refused(notation: str) -> None:
    with pytest.raises(ValueError, match=r"missing|has no opening|notation"):
        parse(notation)


@pytest.mark.parametrize("row", table.commands().values(), ids=lambda row: row.name)
def test_a_syntax_shows_as_it_is_written(row: Command) -> None:
    assert parse(row.syntax).show() == row.syntax


def test_find_in_any_case_and_by_family() -> None:
    assert table.command("uid fetch") is table.commands()["UID FETCH"]
    assert table.command("frobnicate") is None
    for name, found in (("auth=plain", "AUTH="), ("UTF8=ACCEPT", "UTF8="), ("idle", "IDLE"), ("literal+", "LITERAL+")):
        row = table.find("capability", name)
        assert row is not None
        assert row.name == found
    assert table.find("capability", "X-GOOD-IDEA") is None
    assert table.find("no-such-kind", "IDLE") is None
    assert table.names("no-such-kind") == {}


@pytest.mark.parametrize(
    "kind", ["response", "code", "fetch-item", "status-item", "search-return", "search-data", "list-item"]
)
def test_every_reader_named_is_there(kind: str) -> None:
    readers = table.readers(kind)
    assert set(readers) == {name for name, row in table.names(kind).items() if row.read}
    assert all(callable(function) for function in readers.values())


def test_what_needs_no_reader() -> None:
    assert {row.name for row in table.names("response").values() if not row.read} == {
        "OK",
        "NO",
        "BAD",
        "BYE",
        "PREAUTH",
        "+",
    }
    assert all(row.read for row in table.names("code").values())
    assert all(row.read for row in table.names("status-item").values())
    assert {row.name for row in table.names("fetch-item").values() if not row.read} == {
        "BODY.PEEK[", "BINARY.PEEK[", "RFC822.PEEK", "RFC822.TEXT.PEEK", "RFC822.HEADER.LINES",
        "RFC822.HEADER.LINES.NOT",
    }  # fmt: skip
