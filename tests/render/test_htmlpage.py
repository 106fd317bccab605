"""A page of a conversation: what it shows, and that nothing in it is more than text."""

from __future__ import annotations

import base64
import hashlib
import re
from io import BytesIO
from pathlib import Path

import pytest

from imapsh.findings import RULES
from imapsh.render import htmlstyle
from imapsh.render.htmlpage import Page
from imapsh.render.styles import THEMES
from imapsh.session.overhearing import overhear
from imapsh.wire.pieces import CLIENT, SERVER, Piece
from imapsh.wire.sinks import HashSink, SpoolSink, opener
from tests.render.browser import tab
from tests.render.pages import Read

DATED = 1_700_000_000.0

HOSTILE = [
    "<script>document.title = 'ran'</script>", "</style><script>document.title = 'ran'</script>", "<![CDATA[ x ]]>",
    "\"><img src=x onerror=\"document.title='ran'\">", "' onload='document.title=1", "javascript:document.title='ran'",
    "<a href=javascript:alert(1)>x</a>", "&lt;b&gt; &amp; &#60;script&#62;", "</pre></details></main></body></html>",
    "<!-- ", "-->", "<svg/onload=alert(1)>", "<base href=https://example.org/>", "<?xml ?>",
    "<meta http-equiv=refresh>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<style>*{display:none}</style>", "{{7*7}}", "w" * 3000,
    "https://example.org/" + "x" * 500, "\u202eevil\u202c \u2066a\u2069", "\u05e9\u05dc\u05d5\u05dd 123 abc",
    "z\u0300" * 300,
    "\ufeff\u200b\u00ad\u2028\u2029", "\x00\x01\x1b[31m\x7f\x9b",
]  # fmt: skip


def page(*said: tuple[str, bytes], lines: int = 1000, times: bool = False, connection: str = "", **more: object) -> str:
    """The page of what was said."""
    made = Page(BytesIO(), "a <log>", lines=lines)
    made.begin("a <log>", "octets, exact")
    at = 0
    pieces = []
    for index, (side, octets) in enumerate(said):
        pieces.append(Piece(side, octets, at, DATED + index if times else None, connection))
        at += len(octets)
    sink = more.get("sink", HashSink)
    for name, found in overhear(pieces, opener=opener(5000, sink)):  # type: ignore[arg-type]
        made.add(found, "" if found.time is None else f"{found.time:.0f}", name)
    return b"".join(made.whole()).decode()


def literal(octets: bytes, item: bytes = b"BODY[]") -> bytes:
    return b"* 1 FETCH (%s {%d}\r\n%s)\r\n" % (item, len(octets), octets)


def test_both_sides_are_shown_with_their_margins() -> None:
    read = Read(page((SERVER, b"* OK hi\r\n"), (CLIENT, b"a1 NOOP\r\n"), (SERVER, b"* 3 EXISTS\r\na1 OK done\r\n")))
    assert read.each("m") == ["-", ">", "-", "<"]
    assert "a1 NOOP" in read.text("ours")
    assert "* 3 EXISTS" in read.text("untagged")
    assert "a1 OK done" in read.text("tagged")
    assert read.text("counts").split("\n")[:2] == ["", "1line of the client"]
    assert "3lines of the server" in read.text("counts")


def test_the_summary_links_to_each_fault() -> None:
    faulty = b"* 1 FETCH (FLAGS \\Seen)\r\n" * 30
    read = Read(page((CLIENT, b"a1 SELECT INBOX\r\n"), (SERVER, b"a1 OK\r\n* 1 EXISTS\r\n" + faulty)))
    assert "flag-list" in read.text("rules")
    assert RULES["flag-list"].line in read.text("rules")
    assert "RFC 9051, section 9" in read.text("rules")
    assert "30 times" in read.text("places")
    assert "and 10 more" in read.text("places")
    assert "#f1-1" in read.links
    assert "§" not in read.text("rules")


def test_a_mark_is_at_the_octet() -> None:
    said = "* 1 FETCH (FLAGS \\Seen X-CAF\u00c9 (1 2) RFC822.SIZE abc UID 0)\r\n".encode()
    read = Read(page((SERVER, said)))
    assert read.each("at")[0] == "\\"
    offsets = [int(found.replace(",", "")) for found in re.findall(r"octet ([\d,]+)", read.text("f"))]
    assert [said[at:].decode()[0] for at in offsets] == read.each("at")


def test_a_mark_behind_the_line_is_a_blank() -> None:
    read = Read(page((SERVER, b"* 1 FETCH (FLAGS (\\Seen)\r\n")))
    assert read.each("at")[-1] == "\u00a0"


def test_findings_have_their_rule() -> None:
    read = Read(page((CLIENT, b"a1 NOOP\r\n"), (SERVER, b"a1 OK done\r\na1 OK again\r\n")))
    assert "tag-unknown" in read.text("f")
    assert "Fault of the server" in read.text("rules")


def test_a_literal_is_folded_and_whole() -> None:
    read = Read(page((SERVER, literal(b"Subject: x\r\n\r\nhello\r\n"))))
    assert "BODY[] 21 octets Subject: x" in read.text("summary")
    assert read.text("pre") == "\nSubject: x\n\nhello\n"


def test_a_long_literal_has_its_first_lines() -> None:
    read = Read(page((SERVER, literal(b"line\r\n" * 1_000_000)), lines=100, sink=SpoolSink))
    assert read.text("pre").count("line\n") == 100
    assert read.text("pre").endswith("6,000,000 octets in all; a page has the first 100 lines\n")


def test_a_literal_that_is_not_kept_is_named() -> None:
    read = Read(page((SERVER, literal(b"line\r\n" * 10_000))))
    assert "60,000 octets, SHA-256" in read.text("pre")


def test_one_long_line_is_cut() -> None:
    read = Read(page((SERVER, literal(b"x" * 3_000_000)), lines=10, sink=SpoolSink))
    assert len(read.text("pre")) < 11_000
    read = Read(page((SERVER, b"* OK " + b"y" * 1_000_000 + b"\r\n")))
    assert 0 < read.text("l").count("y") < 70_000
    assert "more octets" in read.text("l")


def test_secrets_are_masked() -> None:
    made = page(
        (SERVER, b"* OK hi\r\n"), (CLIENT, b"a1 LOGIN ida hunter22\r\n"), (SERVER, b"a1 NO hunter22 is wrong\r\n")
    )
    assert "hunter22" not in made


def test_times_and_connections() -> None:
    read = Read(page((SERVER, b"* OK hi\r\n"), (CLIENT, b"a1 NOOP\r\n"), times=True, connection="<c1>"))
    assert read.text("w") == f"{DATED:.0f} <c1>{DATED + 1:.0f} <c1>"
    assert "1.0 sfrom 2023-11-14 22:13:20 UTC" in read.text("counts")


def test_a_note_is_between_the_lines() -> None:
    made = Page(BytesIO(), "x")
    made.begin("x", "raw")
    made.note("<connected>", "+0.000", "1")
    assert "+0.000 1<connected>" in Read(b"".join(made.whole()).decode()).text("log")


def test_an_empty_conversation_says_so() -> None:
    assert "Nothing was said." in Read(b"".join(Page(BytesIO(), "x").whole()).decode()).text("main")


def test_the_end_within_a_response_is_told() -> None:
    assert "the input ends here" in Read(page((SERVER, b"* 1 FETCH (FLAGS"))).text("l")


def test_several_logs_have_headings() -> None:
    made = Page(BytesIO(), "two")
    for name in ("one", "two"):
        made.begin(name, "raw")
    read = Read(b"".join(made.whole()).decode())
    assert read.text("h2") == "onetwo"
    assert read.links[1:] == ["#log1", "#log2"]


def test_a_theme_without_colours_has_none() -> None:
    made = Page(BytesIO(), "x", THEMES["mono"])
    css = Read(b"".join(made.whole()).decode()).text("style")
    assert ".s-flag" not in css
    assert ".s-tag{font-weight:700}" in css


def test_the_policy_allows_the_one_style_sheet() -> None:
    read = Read(page((SERVER, b"* OK hi\r\n")))
    policy = next(meta["content"] or "" for meta in read.metas if "http-equiv" in meta)
    digest = base64.b64encode(hashlib.sha256(read.text("style").encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert read.elements.count("style") == 1
    assert "url(" not in read.text("style")
    assert "@import" not in read.text("style")


def hostile() -> str:
    """A page with every hostile text wherever a conversation has one."""
    said: list[tuple[str, bytes]] = [(SERVER, b"* OK hi\r\n")]
    for number, text in enumerate(HOSTILE):
        octets = text.encode("utf-8", "surrogateescape")
        quoted = octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\x00", b"")
        mail = b"Subject: " + octets + b"\r\n" + octets + b": x\r\nFrom: =?utf-8?B?" + base64.b64encode(octets)
        mail += b"?=\r\n\r\n" + octets + b"\r\n\xff\xfe\x80 8-bit\r\n"
        said += [
            (CLIENT, b"a%d LOGIN " % number + octets + b" secret\r\n"),
            (SERVER, b"a%d OK [" % number + octets + b"] " + octets + b"\r\n"),
            (SERVER, b"* OK " + octets + b"\r\n* " + octets + b"\r\n" + octets + b"\r\n"),
            (CLIENT, octets + b" NOOP\r\n"),
            (SERVER, octets + b" BAD " + octets + b"\r\n"),
            (SERVER, b'* LIST (\\' + octets + b') "/" "' + quoted + b'"\r\n'),
            (SERVER, b"* 1 FETCH (X-<b>%s \"%s\" BODY[<i>] {3}\r\nabc)\r\n" % (octets, quoted)),
            (SERVER, literal(mail)), (SERVER, literal(mail, b"BODY[HEADER]")), (SERVER, literal(octets, b"BODY[1]")),
        ]  # fmt: skip
    return page(*said, connection=HOSTILE[0], times=True)


def test_hostile_text_is_text() -> None:
    read = Read(hostile())
    assert not {"script", "img", "svg", "iframe", "base"} & set(read.elements)
    everything = read.text("main")
    for text in HOSTILE[:18]:
        assert text in everything, text
    assert "<U+202E>evil<U+202C>" in everything
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\u2028\x80-\x9f\x7f]", everything)


def test_in_a_browser_nothing_runs_and_nothing_overflows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unclipped = htmlstyle._LAYOUT.replace("overflow:clip;", "").replace("contain:paint", "")
    monkeypatch.setattr(htmlstyle, "_LAYOUT", unclipped)  # so that nothing that is too wide is hidden
    file = tmp_path / "page.html"
    file.write_text(hostile().replace("<details ", "<details open "))
    grounds = set()
    with tab(tmp_path / "profile") as shown:
        for width, scheme in ((400, "light"), (1400, "dark")):
            shown.show(file, width, scheme)
            assert shown.content_width == width
            grounds.add(shown.ground())
        html = shown.html()
        Read(html)
        assert "<title>a &lt;log&gt;</title>" in html
        names = [name for name, _ in shown.said]
        asked = {said["request"]["url"] for name, said in shown.said if name == "Network.requestWillBeSent"}
    assert asked == {file.as_uri()}
    assert not {"Log.entryAdded", "Page.javascriptDialogOpening", "Runtime.exceptionThrown"} & set(names)
    assert grounds == {"rgb(255, 255, 255)", "rgb(15, 20, 26)"}
