"""Each view, exactly, and when it is shown."""

from __future__ import annotations

from base64 import encodebytes

import pytest

from imapsh.findings import Finding
from imapsh.render.styles import THEMES
from imapsh.render.view import Views
from imapsh.render.view.look import Look
from imapsh.wire.frames import Frame, Spilled
from tests.render.reading import fetched, one, ours, read, spooled


def views(width: int | None = None, elide: int | None = None) -> Views:
    return Views(Look(width=width, elide=elide))


def shown(octets: bytes | str, width: int | None = None, elide: int | None = None) -> str:
    """The views of octets; a line that begins with `> ` is ours."""
    them = views(width, elide)
    raw = octets.encode() if isinstance(octets, str) else octets
    return "".join([them.show(response) for response in read(raw)]) + them.end()


def view(lines: str, width: int | None = None) -> list[str]:
    """The lines of the views of lines."""
    raw = "".join(f"{line}\r\n" for line in lines.strip("\n").split("\n"))
    return shown(raw, width).splitlines()


# -- status responses


def test_a_tagged_reply_is_a_line_and_its_code_is_explained() -> None:
    assert view("a1 OK done") == ["< a1 OK done"]
    assert view("a1 NO [TRYCREATE] no such mailbox") == [
        "< a1 NO [TRYCREATE] no such mailbox -- The mailbox is missing; CREATE it and try again."
    ]
    assert view("a1 OK [COPYUID 38505 304:305 3956:3957] done") == [
        "< a1 OK [COPYUID 38505 304:305 3956:3957] done -- UID 304:305 is UID 3956:3957 there (UIDVALIDITY 38505)"
    ]
    assert view("a1 OK [APPENDUID 38505 3955] done")[0].endswith("-- UID 3955 (UIDVALIDITY 38505)")
    assert view("* BYE [X-OWN] gone") == ["- BYE [X-OWN] gone -- a code that the table does not know"]


def test_a_long_code_stands_behind() -> None:
    flags = " ".join(f"$Keyword{number}" for number in range(12))
    assert view(f"* OK [PERMANENTFLAGS ({flags})] kept") == [
        f"- OK [PERMANENTFLAGS ...] kept -- The flags that can be changed for good. ({flags})"
    ]


def test_what_a_selected_mailbox_says() -> None:
    assert view("""
* FLAGS (\\Seen $Work)
* FLAGS ()
* 1 EXISTS
* 2000 EXISTS
* 0 RECENT
* 3 EXPUNGE
""") == [
        "- flags \\Seen $Work",
        "- flags (none)",
        "- 1 message",
        "- 2,000 messages",
        "- 0 recent",
        "- message 3 is gone",
    ]
    made = views()
    assert made.show(one(b"* 3 EXPUNGE\r\n"), uid=7) + made.end() == "- message 3 is gone (UID 7)\n"


def test_what_has_no_view_is_pretty() -> None:
    assert view("* X-OWN 1 2\nwhat?\n+ go") == [
        "- * X-OWN 1 2",
        "! what?",
        "  ^ the line begins with neither '* ', '+ ' nor a tag and a status word [response, RFC 9051 §9]",
        "< + go",
    ]
    assert views().show(ours(b"a1 NOOP\r\n")) == "> a1 NOOP\n"


# -- capabilities


def test_capabilities_in_groups() -> None:
    assert view("* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN X-NEW-IDEA STARTTLS") == [
        "- 5 capabilities",
        "    Protocol",
        "      IMAP4rev1   RFC 3501 §6.1.1   Internet Message Access Protocol, version 4rev1.",
        "      IDLE        RFC 2177 §3       The IDLE command.",
        "    Security",
        "      STARTTLS    RFC 9051 §6.2.1   The connection can be turned into a TLS one.",
        "    Login",
        "      AUTH=PLAIN  RFC 4616 §2       A name and a password; sent as they are.",
        "    Other",
        "      X-NEW-IDEA                    not in the table",
    ]


def test_what_changed_since_before_the_login_stays_marked() -> None:
    lines = [
        "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi",
        "a1 OK [CAPABILITY IMAP4rev1 IDLE] in",
        "* CAPABILITY IMAP4rev1 IDLE",
        "* CAPABILITY IMAP4rev1 IDLE",
    ]
    found = view("\n".join(lines))
    assert found[:7] == [
        "- OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi",
        "    2 capabilities IMAP4rev1 AUTH=PLAIN",
        "< a1 OK [CAPABILITY IMAP4rev1 IDLE] in",
        "    2 capabilities -- 1 new, 1 gone",
        "    + IDLE",
        "    - AUTH=PLAIN",
        "- 2 capabilities -- 1 new, 1 gone",
    ]
    assert found[7:13] == [
        "    Protocol",
        "      IMAP4rev1   RFC 3501 §6.1.1   Internet Message Access Protocol, version 4rev1.",
        "    + IDLE        RFC 2177 §3       The IDLE command.",
        "    No longer",
        "    - AUTH=PLAIN  RFC 4616 §2       A name and a password; sent as they are.",
        "- 2 capabilities -- 1 new, 1 gone",
    ]
    assert found[13:] == found[7:12]


def test_capabilities_in_a_narrow_terminal() -> None:
    assert view("* CAPABILITY IMAP4rev1 LITERAL-", 40) == [
        "- 2 capabilities",
        "    Protocol",
        "      IMAP4rev1  RFC 3501 §6.1.1",
        "        Internet Message Access",
        "        Protocol, version 4rev1.",
        "      LITERAL-  RFC 7888 §5",
        "        Literals up to 4096 octets may",
        "        be sent without waiting.",
    ]


def test_enabled_and_id() -> None:
    assert view('* ENABLED CONDSTORE UTF8=ACCEPT\n* ENABLED\n* ID ("name" "x" "support-url" NIL)\n* ID NIL') == [
        "- enabled CONDSTORE UTF8=ACCEPT",
        "- enabled (none)",
        "- the server",
        "    name         x",
        "    support-url  NIL",
        "- the server did not say anything about itself",
    ]


# -- mailboxes


def test_a_listing_is_one_tree() -> None:
    lines = """
* LIST (\\HasNoChildren \\Subscribed) "/" INBOX
* LIST (\\HasChildren \\Noselect) "/" Lists
* STATUS Lists (MESSAGES 0)
* LIST (\\HasNoChildren) "/" Lists/a
* STATUS Lists/a (MESSAGES 1 UNSEEN 0 UIDNEXT 9)
* LIST (\\HasNoChildren \\Archive) "/" Lists/b/c
* LIST (\\HasChildren) "/" Z&APw-rich
a1 OK listed
"""
    assert view(lines) == [
        "- 5 mailboxes  delimiter /",
        "  INBOX    subscribed",
        "  Lists    0 messages  not selectable",
        "  |- a     1 message  0 unseen  UIDNEXT 9",
        "  `- b     not listed",
        "     `- c  \\Archive",
        "  Zürich   has children",
        "< a1 OK listed",
    ]
    assert view(lines, 80)[3:6] == [
        "  ├─ a     1 message  0 unseen  UIDNEXT 9",
        "  └─ b     not listed",
        "     └─ c  \\Archive",
    ]


def test_names_that_are_no_usual_path() -> None:
    assert view("""
* LIST () "/" "/home/me"
* LIST () "/" "Old/"
* LIST () "." "a.b"
* LIST () NIL "x/y"
* LIST () "/" New ("OLDNAME" ("Older"))
* LIST () "/" "a//b"
""") == [
        "- 6 mailboxes  delimiter /, delimiter ., no hierarchy",
        "  /home    not listed",
        "  `- me",
        "  Old/",
        "  a        not listed",
        "  |- b",
        '  `- ""    not listed',
        "     `- b",
        "  x/y",
        "  New      OLDNAME (Older)",
    ]


def test_a_mailbox_listed_twice_is_there_twice_and_lsub_says_its_name() -> None:
    assert view('* LSUB () "/" a\n* LSUB (\\Noselect) "/" a\na1 OK x') == [
        "- 2 mailboxes of LSUB  delimiter /",
        "  a",
        "  a  not selectable",
        "< a1 OK x",
    ]


def test_a_very_long_listing_comes_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imapsh.render.view.tree.MOST", 2)
    assert view('* LIST () "/" a\n* LIST () "/" b\n* LIST () "/" b/c\na1 OK x') == [
        "- 2 mailboxes  delimiter /",
        "  a",
        "  b",
        "  1 mailbox  delimiter /",
        "  b     not listed",
        "  `- c",
        "< a1 OK x",
    ]


def test_status_and_namespaces() -> None:
    assert view("* STATUS Archive (MESSAGES 240 UNSEEN 74 SIZE 107186 X-OWN (1 2))") == [
        "- Archive  240 messages  74 unseen  107.2 kB (107,186 octets)  X-OWN (1 2)"
    ]
    assert view('* NAMESPACE (("" "/")("#mh/" "/" "X-PARAM" ("a" "b"))) NIL (("Public." "."))') == [
        "- namespaces",
        '    personal     ""  delimiter /',
        '    personal     "#mh/"  delimiter /  X-PARAM (a b)',
        "    other users  none",
        '    shared       "Public."  delimiter .',
    ]


# -- searching


def test_search_results_are_counted_and_as_short_as_can_be() -> None:
    assert view("* SEARCH 5 1 2 3 9") == ["- 5 messages  1:3,5,9"]
    assert view("* SEARCH") == ["- no messages"]
    assert view("* SEARCH 2 (MODSEQ 917162500)") == ["- 1 message  2", "    MODSEQ 917162500"]
    assert views().show(one(b"* SEARCH 4 5\r\n"), command="UID SEARCH") == "- 2 UIDs  4:5\n"


def test_esearch() -> None:
    assert view('* ESEARCH (TAG "a") UID COUNT 3 ALL 2,10:11 MIN 2') == ["- 3 UIDs  2,10:11", "    MIN 2"]
    assert view('* ESEARCH (TAG "a") ALL 2,10:11') == ["- 3 messages  2,10:11"]
    assert view('* ESEARCH (TAG "a")') == ["- no messages"]
    assert view('* ESEARCH (TAG "a" MAILBOX "f" UIDVALIDITY 1) UID MAX 8') == [
        "- UIDs in f",
        "    UIDVALIDITY 1",
        "    MAX 8",
    ]


def test_a_long_set_is_broken_at_commas_and_cut_on_a_terminal() -> None:
    numbers = " ".join(str(number) for number in range(1, 2001, 2))
    found = view(f"* SEARCH {numbers}", 40)
    assert len(found) == 21
    assert found[0] == "- 1,000 messages  1,3,5,7,9,11,13,15,17,"
    assert found[-1].endswith("more ranges: \\last wire shows all")
    assert all(len(line) <= 40 or "more ranges" in line for line in found)
    assert view(f"* SEARCH {numbers}") == [f"- 1,000 messages  {numbers.replace(' ', ',')}"]


# -- faults


def test_what_is_wrong_stands_below() -> None:
    assert view("* FLAGS (\\Seen $Work )") == [
        "- flags \\Seen $Work",
        "  * FLAGS (\\Seen $Work )",
        "                      ^ a space with nothing after it [flag-list, RFC 9051 §9]",
    ]
    assert views(40).show(one(b"* FLAGS (\\Seen $Work )\r\n")).splitlines()[1:] == [
        "   FLAGS (\\Seen $Work )",
        "                     ^ a space with",
        "    nothing after it [flag-list, RFC",
        "    9051 §9]",
    ]


def test_a_row_that_is_wrong_is_shown_at_once_with_what_is_wrong() -> None:
    them = views()
    assert them.show(one(b"* 1 FETCH (FLAGS () UID 4)\r\n")) == ""
    text = them.show(one(b"* 2 FETCH (FLAGS ()  UID 5)\r\n"))
    assert text.splitlines()[:4] == ["- #  UID  flags", "  1    4  -", "  2    5  -", "  * 2 FETCH (FLAGS ()  UID 5)"]
    assert them.flush() == ""
    assert them.show(one(b"* 3 FETCH (FLAGS () UID 6)\r\n")) == ""
    assert them.flush() == "  3    6  -\n"


def test_faults_of_conduct_and_an_end_within() -> None:
    finding = Finding("tag-unknown", "no command with the tag a1 is running")
    assert views().show(one(b"a1 OK x\r\n"), [finding]).splitlines()[1].startswith("  ! no command with the tag a1")
    odd = Finding("search-twice", "SEARCH was answered by 2 responses")
    (_, told) = views().show(one(b"a1 OK x\r\n"), [odd]).splitlines()
    assert told == "  ? SEARCH was answered by 2 responses [search-twice, notice, RFC 9051 §6.4.4]"
    response = one(b"* 3 EXISTS\r\n")
    response.frame = Frame((b"* 3 EXI",), incomplete=True)
    assert views().show(response) == "- 3 messages\n  (the input ends here, within the response)\n"


# -- what is held back


def test_unsolicited_data_is_shown_at_once_below_the_rows_before_it() -> None:
    them = views()
    assert them.show(one(b"* 1 FETCH (UID 10)\r\n")) == ""
    assert them.show(one(b"* 2 FETCH (UID 11)\r\n")) == ""
    assert them.show(one(b"* 24 EXISTS\r\n"), unsolicited=True) == "- #  UID\n  1   10\n  2   11\n~ 24 messages\n"
    assert them.show(one(b"* 5 FETCH (FLAGS (\\Seen))\r\n"), unsolicited=True) == "~ message 5  \\Seen\n"
    assert them.show(one(b"* 3 FETCH (UID 12)\r\n")) == ""
    assert them.show(one(b"a1 OK done\r\n")) == "  3   12\n< a1 OK done\n"


def test_a_line_of_ours_comes_below_what_was_held_back() -> None:
    them = views()
    them.show(one(b'* LIST () "/" a\r\n'))
    assert them.show(ours(b"a2 NOOP\r\n")) == "- 1 mailbox  delimiter /\n  a\n> a2 NOOP\n"


def test_a_message_held_back_keeps_its_own_uid() -> None:
    them = views()
    them.show(one(b"* 1 FETCH (FLAGS ())\r\n"), uid=10)
    assert them.show(one(b"* 2 FETCH (BODY[TEXT] {1}\r\nx)\r\n"), uid=11).splitlines() == [
        "- message 1  UID 10  no flags",
        "- message 2  UID 11",
        "    BODY[TEXT] 1 octet -- as it is on the wire: FETCH 2 BODYSTRUCTURE tells how it is encoded",
        "    | x",
    ]


def test_what_is_dropped_is_not_shown() -> None:
    them = views()
    them.show(one(b"* 1 FETCH (UID 10)\r\n"))
    them.drop()
    assert them.end() == ""


def test_colour() -> None:
    them = Views(Look(), THEMES["default"])
    assert them.show(one(b"* FLAGS (\\Seen)\r\n")) == ("\x1b[2m- \x1b[0m\x1b[1;36mflags\x1b[0m \x1b[35m\\Seen\x1b[0m\n")
    assert them.show(one(b"* FLAGS (\\Seen \\Draft)\r\n")).endswith("\x1b[35m\\Seen \\Draft\x1b[0m\n")


def test_a_literal_that_is_not_in_memory() -> None:
    response = one(b"* 1 FETCH (BODY[] {1}\r\nx)\r\n")
    response.value.items["BODY[]"] = Spilled(5_000_000, "ab" * 32)
    assert views().show(response).splitlines() == [
        "- message 1",
        "    BODY[] 5.0 MB (5,000,000 octets)",
        f"    | (5,000,000 octets, SHA-256 {'ab' * 32})",
    ]


def test_messages_that_are_gone_are_counted() -> None:
    def gone(*uids: int | None) -> list[str]:
        made = views(60)
        text = "".join(made.show(one(b"* 7 EXPUNGE\r\n"), uid=uid) for uid in uids)
        return (text + made.show(one(b"A1 OK done\r\n"))).splitlines()[:-1]

    assert gone(9) == ["- message 7 is gone (UID 9)"]
    assert gone(None) == ["- message 7 is gone"]
    assert gone(*range(1, 4001)) == ["- 4,000 messages are gone  UID 1:4000"]
    assert gone(9, None, 4, 5) == ["- 4 messages are gone  UID 4:5,9", "    and 1 whose UID is unknown"]
    assert gone(None, None) == ["- 2 messages are gone"]
    assert max(map(len, gone(*range(1, 200, 2)))) <= 60


def test_a3_what_vanished() -> None:
    assert view("* VANISHED 405,407:410") == ["- gone, UID 405,407:410"]
    assert view("* VANISHED (EARLIER) 41") == ["- gone before, UID 41"]


def test_a16_the_first_lines_of_a_literal_in_a_file_decoded() -> None:
    them = views()
    text = encodebytes(b"Gr\xfc\xdfe\r\n" * 200_000)
    them.show(
        one(b'* 1 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "latin1") NIL NIL "BASE64" %d 9))\r\n' % len(text))
    )
    shown = them.show(fetched(spooled(text), b"BODY[1]")) + them.end()
    lines = shown.splitlines()
    assert "decoded from base64 and latin1" in shown
    assert [line for line in lines if line.startswith("    | ")] == ["    | Grüße"] * 20 + [
        f"    | ... {len(text):,} octets in all: \\last wire shows all"
    ]


def test_a16_the_header_and_the_first_lines_of_a_message_in_a_file() -> None:
    shown = views().show(fetched(spooled(b"Subject: =?utf-8?q?=C3=BC?=\r\n\r\n" + b"a line\r\n" * 200_000)))
    assert shown.splitlines()[2:5] == ["    | Subject: =?utf-8?q?=C3=BC?=  -- ü", "    |", "    | a line"]
    assert shown.endswith(" octets in all: \\last wire shows all\n")


@pytest.mark.parametrize("name", [" lead", "trail  ", " "])
def test_c11_blanks_around_a_name_are_seen(name: str) -> None:
    for line in ('LIST () "/" "{}"', 'LIST () "/" "a/{}"', 'STATUS "{}" (MESSAGES 1)', 'LSUB () "/" "{}"'):
        assert f'"{name}"' in "\n".join(view(f"* {line.format(name)}")), line
    assert '"' not in "\n".join(view('* LIST () "/" "mid  dle"'))
