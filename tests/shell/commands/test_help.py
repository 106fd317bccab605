"""Names explained: what is found for what a person types, what is said of it, and how it is laid out."""

from __future__ import annotations

import re

import pytest

from imapsh import table
from imapsh.errors import UsageError
from imapsh.findings import RULES
from imapsh.render.styles import STYLES, THEMES, paint, plain
from imapsh.shell.command_table import COMMANDS
from imapsh.shell.commands.help.entries import entries
from imapsh.shell.commands.help.kinds import KINDS
from imapsh.shell.commands.help.lookup import find, kinds_listed, known
from imapsh.shell.commands.help.overview import overview
from imapsh.shell.commands.help.page import explain
from imapsh.shell.commands.help.spelt import spelt
from imapsh.shell.settings.options import OPTIONS
from tests.shell.running import imapsh


def found(text: str) -> list[tuple[str, str]]:
    return [(entry.kind, entry.name) for entry in find(text)]


def said(text: str, width: int = 80) -> str:
    return plain(explain(text, width))


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("uid  fetch", [("command", "UID FETCH")]),
        ("flags", [("response", "FLAGS"), ("fetch-item", "FLAGS"), ("store-item", "FLAGS")]),
        ("UNSEEN", [("code", "UNSEEN"), ("search-key", "UNSEEN"), ("status-item", "UNSEEN")]),
        ("[unseen]", [("code", "UNSEEN")]),
        ("[UIDNEXT 4392]", [("code", "UIDNEXT")]),
        ("[TRYCREATE]", [("code", "TRYCREATE")]),
        (r"\Seen", [("flag", r"\Seen")]),
        (r"\flagged", [("flag", r"\Flagged"), ("attribute", r"\Flagged"), ("use", r"\Flagged")]),
        (r"\LAST", [("own", r"\last")]),
        ("last", [("own", r"\last")]),
        ("junk", [("flag", "$Junk"), ("attribute", r"\Junk"), ("use", r"\Junk")]),
        ("BODY.PEEK[]", [("fetch-item", "BODY.PEEK[")]),
        ("body.peek", [("fetch-item", "BODY.PEEK[")]),
        ("BODY[1.2.MIME]<0.10>", [("fetch-item", "BODY["), ("convert-att", "BODY["), ("section-mime", "MIME")]),
        (
            "BODY[HEADER.FIELDS (DATE)]",
            [("fetch-item", "BODY["), ("convert-att", "BODY["), ("section", "HEADER.FIELDS")],
        ),
        ("AUTH=PLAIN", [("capability", "AUTH="), ("mechanism", "PLAIN")]),
        ("compress=deflate", [("capability", "COMPRESS="), ("algorithm", "DEFLATE")]),
        ("utf8", [("append-extension", "UTF8")]),
        ("* 23 EXISTS", [("response", "EXISTS")]),
        ("UID FETCH 1 FLAGS", [("command", "UID FETCH")]),
        ("a1 noop", [("command", "NOOP")]),
        ("+", [("response", "+")]),
        ("+FLAGS", [("store-item", "+FLAGS")]),
        ("<mailbox>", [("argument", "<mailbox>")]),
        ("uid-set", [("rule", "uid-set")]),
        ("expunge-time", [("conduct", "expunge-time")]),
        ("selected", [("state", "selected"), ("search-source", "SELECTED"), ("mailbox-filter", "SELECTED")]),
        ("-c", [("option", "--command")]),
        ("read-only", [("option", "--read-only"), ("code", "READ-ONLY")]),
        (
            "mailbox",
            [
                ("option", "--mailbox"),
                ("response", "MAILBOX"),
                ("rule", "mailbox"),
                ("search-correlator", "MAILBOX"),
                ("quota-resource", "MAILBOX"),
            ],
        ),
        ("--read-only", [("option", "--read-only")]),
        ("keep-going", [("option", "--keep-going")]),
        ("scram-sha-256", [("mechanism", "SCRAM-SHA-256")]),
        ("reverse", None),
        ("[NOOP]", None),
        ("", None),
    ],
)
def test_what_is_found(typed: str, wanted: list[tuple[str, str]] | None) -> None:
    if wanted is None:
        with pytest.raises(UsageError):
            find(typed)
    else:
        assert found(typed) == wanted


def test_every_name_is_found_as_it_stands() -> None:
    for entry in entries():
        assert entry in find(entry.name), entry
        assert entry.summary


def test_all_tables_are_in() -> None:
    here = {(entry.kind, entry.name) for entry in entries()}
    for name in table.commands():
        assert ("command", name) in here
    for kind in table.kinds():
        for row in table.names(kind).values():
            bracketed = f"<{row.name}>" if kind in ("syntax", "slot") else row.name
            assert ("argument" if kind == "slot" else kind, bracketed) in here
    assert {name for kind, name in here if kind in ("rule", "conduct", "client-conduct")} == set(RULES)
    assert {name for kind, name in here if kind == "option"} == {option.name for option in OPTIONS}
    assert len(here) == len(entries())


@pytest.mark.parametrize("kind", KINDS)
def test_the_plural_of_a_kind_lists_it(kind: str) -> None:
    assert kinds_listed(KINDS[kind].plural) == [kind]
    assert kinds_listed(KINDS[kind].plural.upper().replace(" ", "-")) == [kind]
    text = said(KINDS[kind].plural)
    for entry in entries():
        if entry.kind == kind:
            assert f"\n{entry.shown}" in text


def test_codes_and_items_by_their_last_word() -> None:
    assert kinds_listed("codes") == ["code"]
    assert set(kinds_listed("items")) == {"fetch-item", "status-item", "store-item", "list-item"}
    assert kinds_listed("") == kinds_listed("s") == []


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "fetch",
            ["FETCH <sequence-set> <fetch-items>", "command, RFC 9051 §6.4.5", "one of ALL, FAST, FULL",
             "State     selected", "See also  UID FETCH", "<fetch-items>         <fetch-macro>|"],
        ),
        ("delete", ["Loses     the mailbox and every message in it", "refused in read-only mode"]),
        ("move", ["Needs     MOVE or IMAP4rev2", "Gives     MOVE, UID MOVE"]),
        ("login", ["Barred    refused under LOGINDISABLED", "SASL mechanism, no RFC"]),
        ("lsub", ["Edition   IMAP4rev1 only"]),
        ("exists", ["After     NOOP, IDLE, SELECT, EXAMINE, APPEND", "Example   * 23 EXISTS"]),
        ("appenduid", ["[APPENDUID <nz-number> <uid-set>]"]),
        ("body[", ["BODY[[<section-spec>]][<partial>]", "See also  BODY, BODY.PEEK[...]"]),
        ("--format", ["--format FORMAT", "One of    pretty, "]),
        ("\\raw", ["\\raw TEXT", "    \\raw A1 NOOP\\r\\n"]),
        ("\\Seen", ["It has been read.", "See also  UNSEEN, SEEN"]),
        ("logout", ["state of a connection"]),
        ("authenticated", ["Commands  CAPABILITY, NOOP"]),
        ("<password>", ["Secret    never shown"]),
    ],
)  # fmt: skip
def test_what_is_said(name: str, lines: list[str]) -> None:
    text = said(name)
    for line in lines:
        assert line in text


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_it_fits_the_width(width: int) -> None:
    fits = max(30, min(width, 100))
    for name in ("fetch", "search", "flags", "capabilities", "AUTH=", "authenticated"):
        examples = [entry.example for entry in find(name)]
        for line in said(name, width).splitlines():
            assert len(line) <= fits or any(example in line for example in examples if example), (name, line)


def test_details_are_wrapped_once() -> None:
    text = said("notify", 80)
    assert "or\nelse sends OSC 9 (rxvt: OSC 777)." in text
    assert "    \\edit APPEND Drafts (\\Draft)\n" in said("\\edit", 80)


def test_a_family_of_capabilities_is_shown_as_one() -> None:
    assert "Needs     THREAD=...\n" in said("THREAD")


def test_styles_are_the_theme_s() -> None:
    made = explain("fetch")
    assert {style for style, _ in made} <= {"", *STYLES}
    assert paint(made, THEMES["default"]) != plain(made)
    assert ("command", "FETCH") in made


def test_a_syntax_spelt_out_ends() -> None:
    for entry in entries():
        if entry.kind not in ("own", "option"):
            assert set(re.findall("<[^>]+>", entry.syntax)) <= set(spelt(entry.syntax))
    assert list(spelt("<search-key>...")) == ["<search-key>"]


# -- the shell's command


def test_the_overview_has_every_command_and_the_way_on() -> None:
    for width in (30, 80, 120):
        text = plain(overview(width))
        assert all(len(line) <= max(30, min(width, 100)) for line in text.splitlines())
        joined = " ".join(text.split())
        for command in COMMANDS.values():
            assert f"{command.name} {command.syntax}".rstrip() in joined
            assert command.summary in joined
        assert "\\help NAME" in joined
        assert "\\help capabilities" in joined


def test_names_for_completion_are_all_understood() -> None:
    assert {"FETCH", "\\last", "--format", "capabilities", "response-codes", "BODY["} <= set(known())
    for name in known():
        assert explain(name)


# -- the option


def test_the_option_prints_it_plain() -> None:
    done = imapsh("--explain-name", "uid fetch")
    assert (done.status, done.err) == (0, "")
    assert done.out.decode() == said("uid fetch")


def test_the_option_in_colour_and_into_a_c_locale() -> None:
    done = imapsh("--explain-name", "fetch", "--color", "always", env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert done.status == 0
    assert done.out.decode() == paint(explain("fetch"), THEMES["default"])


def test_an_unknown_name_is_a_sentence_and_2() -> None:
    done = imapsh("--explain-name", "FETHC")
    assert (done.status, done.out) == (2, b"")
    assert "did you mean FETCH?" in done.err
    assert done.err.count("\n") == 1
    assert "did you mean \\Deleted" in imapsh("--explain-name", "\\Deletde").err
    assert imapsh("--explain-name", "\x1b[31m").err.count("\x1b") == 0
    assert imapsh("--explain-name").status == imapsh("--explain-name", "x", "--demo").status == 2
