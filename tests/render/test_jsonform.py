from __future__ import annotations

import base64
import json
from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.findings import Finding, Violation
from imapsh.grammar.responses import Response
from imapsh.grammar.values import BodyPart, Fetch, Unknown
from imapsh.render.jsonform import dumps, raw_blocks, to_json
from imapsh.render.visible import is_safe
from imapsh.wire.frames import Frame, Spilled
from tests.render import reading
from tests.render.reading import one, ours, spooled

ADDRESS = {"name": "Ida", "adl": None, "mailbox": "ida", "host": "kelp.example"}


@pytest.mark.parametrize(
    ("octets", "kind", "name", "value"),
    [
        (b"* 3 EXISTS", "untagged", "EXISTS", {"count": 3}),
        (b"* 4 EXPUNGE", "untagged", "EXPUNGE", {"seq": 4}),
        (b"* VANISHED 1,4:6", "untagged", "VANISHED", {"earlier": False, "uids": "1,4:6"}),
        (b"* VANISHED (EARLIER) 41", "untagged", "VANISHED", {"earlier": True, "uids": "41"}),
        (b"* FLAGS (\\Seen $x)", "untagged", "FLAGS", {"flags": ["\\Seen", "$x"]}),
        (b"* CAPABILITY IMAP4rev1 ID", "untagged", "CAPABILITY", {"capabilities": ["IMAP4rev1", "ID"]}),
        (b"* ENABLED X-A", "untagged", "ENABLED", {"capabilities": ["X-A"]}),
        (b"* SEARCH 2 84", "untagged", "SEARCH", {"ids": [2, 84]}),
        (b"* SEARCH 2 (MODSEQ 9)", "untagged", "SEARCH", {"ids": [2], "modseq": 9}),
        (
            b'* ESEARCH (TAG "e5") UID MIN 2 ALL 2,10:15',
            "untagged",
            "ESEARCH",
            {"tag": "e5", "uid": True, "min": 2, "all": "2,10:15"},
        ),
        (
            b'* LIST (\\Marked) "/" "Entw&APw-rfe"',
            "untagged",
            "LIST",
            {"attrs": ["\\Marked"], "delimiter": "/", "mailbox": "Entwürfe", "mailbox_raw": "Entw&APw-rfe"},
        ),
        (
            b"* LSUB () NIL {12}\r\nEntw&APw-rfe",
            "untagged",
            "LSUB",
            {"attrs": [], "delimiter": None, "mailbox": "Entwürfe", "mailbox_raw": "Entw&APw-rfe"},
        ),
        (
            b'* LIST () "/" "Fish & Chips"',
            "untagged",
            "LIST",
            {"attrs": [], "delimiter": "/", "mailbox": "Fish & Chips"},
        ),
        (
            b'* LIST () "/" a&-b (OLDNAME ("Entw&APw-rfe" x))',
            "untagged",
            "LIST",
            {
                "attrs": [],
                "delimiter": "/",
                "mailbox": "a&b",
                "mailbox_raw": "a&-b",
                "extended": {"OLDNAME": ["Entwürfe", "x"], "OLDNAME_raw": ["Entw&APw-rfe", "x"]},
            },
        ),
        (
            b"* STATUS Inbox (MESSAGES 1)",
            "untagged",
            "STATUS",
            {"mailbox": "INBOX", "mailbox_raw": "Inbox", "messages": 1},
        ),
        (
            b'* QUOTAROOT "Entw&APw-rfe" ""',
            "untagged",
            "QUOTAROOT",
            {"mailbox": "Entwürfe", "mailbox_raw": "Entw&APw-rfe", "roots": [""]},
        ),
        (
            b'* ESEARCH (TAG "e" MAILBOX "Entw&APw-rfe" UIDVALIDITY 3) UID COUNT 0',
            "untagged",
            "ESEARCH",
            {
                "tag": "e",
                "uid": True,
                "mailbox": "Entwürfe",
                "mailbox_raw": "Entw&APw-rfe",
                "uidvalidity": 3,
                "count": 0,
            },
        ),
        (
            b'* NAMESPACE (("" "/")("B&APw-cher/" "/")) NIL (("#x" NIL))',
            "untagged",
            "NAMESPACE",
            {
                "personal": [["", "/"], ["Bücher/", "/"]],
                "personal_raw": ["", "B&APw-cher/"],
                "other": None,
                "shared": [["#x", None]],
            },
        ),
        (
            b'* LIST () NIL x (OLDNAME ("y"))',
            "untagged",
            "LIST",
            {"attrs": [], "delimiter": None, "mailbox": "x", "extended": {"OLDNAME": ["y"]}},
        ),
        (
            b"* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)",
            "untagged",
            "STATUS",
            {"mailbox": "blurdybloop", "messages": 231, "uidnext": 44292},
        ),
        (
            b'* NAMESPACE (("" "/")) NIL (("#x" NIL "X-P" ("a" "b")))',
            "untagged",
            "NAMESPACE",
            {"personal": [["", "/"]], "other": None, "shared": [["#x", None, {"X-P": ["a", "b"]}]]},
        ),
        (b'* ID ("name" "x" "os" NIL)', "untagged", "ID", {"fields": {"name": "x", "os": None}}),
        (b"* ID NIL", "untagged", "ID", {"fields": None}),
        (b'* X-NEW "a" (b 15) NIL', "untagged", "X-NEW", {"data": ["a", ["b", 15], None]}),
        (b"* OK [UIDNEXT 12] go", "status", "OK", {"code": "UIDNEXT", "arg": 12, "text": "go"}),
        (b"* OK [ALERT] x", "status", "OK", {"code": "ALERT", "text": "x"}),
        (
            b"* OK [PERMANENTFLAGS (\\Seen \\*)] x",
            "status",
            "OK",
            {"code": "PERMANENTFLAGS", "arg": ["\\Seen", "\\*"], "text": "x"},
        ),
        (b"* NO [X-WHY a (b)] x", "status", "NO", {"code": "X-WHY", "arg": "a (b)", "text": "x"}),
        (b"a1 OK [APPENDUID 3 9] x", "tagged", "OK", {"tag": "a1", "code": "APPENDUID", "arg": "3 9", "text": "x"}),
        (
            b"a1 OK [COPYUID 3 1:2,9 4:6] x",
            "tagged",
            "OK",
            {"tag": "a1", "code": "COPYUID", "arg": "3 1:2,9 4:6", "text": "x"},
        ),
        (b"+ go on", "continuation", "+", {"text": "go on"}),
        (b"220 mx ESMTP", "garbage", "SMTP", {"looks_like": "SMTP"}),
        (
            b"* [COPYUID 912 4:6 18:20]",
            "garbage",
            "COPYUID",
            {"looks_like": "COPYUID", "code": "COPYUID", "arg": "912 4:6 18:20"},
        ),
    ],
)
def test_each_kind_of_value(octets: bytes, kind: str, name: str, value: dict[str, Any]) -> None:
    made = to_json(one(octets + b"\r\n"))
    assert (made["kind"], made["name"], made["value"]) == (kind, name, value)


def fetched(items: bytes) -> dict[str, Any]:
    value = to_json(one(b"* 12 FETCH (" + items + b")\r\n"))["value"]
    assert value.pop("seq") == 12
    assert isinstance(value, dict)
    return value


def test_the_line_of_the_manual() -> None:
    line = dumps(to_json(one(b"* 12 FETCH (UID 90 FLAGS (\\Seen))\r\n")))
    assert line == (
        '{"offset":0,"length":35,"kind":"untagged","name":"FETCH",'
        '"value":{"seq":12,"uid":90,"flags":["\\\\Seen"]},"violations":[]}'
    )


def test_items_of_a_fetch() -> None:
    assert fetched(b'RFC822.SIZE 5 INTERNALDATE "17-Jul-1996 02:44:25 -0700" MODSEQ (8)') == {
        "rfc822.size": 5,
        "internaldate": "17-Jul-1996 02:44:25 -0700",
        "modseq": 8,
    }
    assert fetched(b"BODY[1.MIME]<0> {3}\r\n\xff\x00a BODY[] NIL") == {"BODY[1.MIME]<0>": "\xff\x00a", "BODY[]": None}


def test_an_envelope() -> None:
    people = b'(("Ida" NIL "ida" "kelp.example"))'
    made = fetched(b'ENVELOPE (NIL "=?utf-8?q?x?=" ' + people + b" NIL NIL " + people + b' NIL NIL NIL "<a@b>")')
    assert made["envelope"] == {
        "date": None,
        "subject": "=?utf-8?q?x?=",
        "subject_text": "x",
        "from": [ADDRESS],
        "sender": None,
        "reply_to": None,
        "to": [ADDRESS],
        "cc": None,
        "bcc": None,
        "in_reply_to": None,
        "message_id": "<a@b>",
    }


def test_what_encoded_words_say_stands_beside_them() -> None:
    people = b'(("=?utf-8?q?Jo=C3=A3o?=" NIL "j" "kelp.example")("Ida" NIL "ida" "kelp.example"))'
    made = fetched(b'ENVELOPE (NIL "plain =? text" ' + people + b" NIL NIL NIL NIL NIL NIL NIL)")["envelope"]
    assert "subject_text" not in made
    assert made["from"] == [
        {"name": "=?utf-8?q?Jo=C3=A3o?=", "adl": None, "mailbox": "j", "host": "kelp.example", "name_text": "João"},
        ADDRESS,
    ]


LEAF = {"type": "text", "subtype": "plain", "params": {"charset": "x"}, "id": None, "description": None}


def test_a_body_as_outline_and_whole() -> None:
    text = b'("TEXT" "PLAIN" ("CHARSET" "x") NIL NIL "7bit" 20 2)'
    leaf = {**LEAF, "encoding": "7bit", "size": 20, "lines": 2}
    made = fetched(b"BODY (" + text + text + b' "MIXED")')
    assert made == {
        "bodystructure": "multipart/mixed[text/plain,text/plain]",
        "structure": {"type": "multipart", "subtype": "mixed", "parts": [leaf, leaf]},
    }


def test_extension_data_of_a_body_is_kept() -> None:
    text = b'"text" "plain" ("charset" "x") NIL NIL "7bit" 20 2 "md" ("inline" ("a" "b")) ("en" "fr") "loc" 42 ("k")'
    extended = {
        **LEAF,
        "encoding": "7bit",
        "size": 20,
        "lines": 2,
        "md5": "md",
        "disposition": {"type": "inline", "params": {"a": "b"}},
        "language": ["en", "fr"],
        "location": "loc",
        "extension": [42, ["k"]],
    }
    assert fetched(b"BODYSTRUCTURE (" + text + b")")["structure"] == extended
    both = fetched(b"BODYSTRUCTURE (" + text + b') BODY ("text" "plain" NIL NIL NIL "7bit" 20 2)')
    assert both["structure"] == extended


def test_a_nested_message() -> None:
    envelope = b"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"
    inner = b'("text" "plain" NIL NIL NIL "7bit" 20 2)'
    made = fetched(b'BODY ("message" "rfc822" NIL NIL NIL "7bit" 99 ' + envelope + b" " + inner + b" 7)")
    assert made["bodystructure"] == "message/rfc822[text/plain]"
    assert made["structure"]["lines"] == 7
    assert set(made["structure"]["envelope"].values()) == {None}
    assert made["structure"]["body"]["size"] == 20


def test_a_spilled_literal_is_its_size_and_sum() -> None:
    frame = Frame((b"* 1 FETCH (BODY[] {9}\r\n", Spilled(9, "ab12", "/tmp/x"), b")\r\n"))  # type: ignore[arg-type]
    made = to_json(Response("untagged", "FETCH", Fetch(1, {"BODY[]": Spilled(9, "ab12", "/tmp/x")}), frame))  # type: ignore[arg-type]
    assert made["value"]["BODY[]"] == {"octets": 9, "sha256": "ab12"}
    assert made["length"] == len(b"* 1 FETCH (BODY[] {9}\r\n)\r\n") + 9


def test_a_body_may_lack_everything() -> None:
    made = to_json(Response("untagged", "FETCH", Fetch(1, {"BODY": BodyPart(None, None)}), Frame((b"\r\n",))))
    assert made["value"]["bodystructure"] == "?/?"


def test_offsets_of_violations_count_from_the_beginning_of_the_input() -> None:
    response = Response("untagged", "X", Unknown(), Frame((b"* X  1\r\n",), offset=100))
    response.violations = (Violation("SP", 4, "two spaces"),)
    assert to_json(response)["violations"] == [
        {"rule": "SP", "rfc": "RFC 9051 §9", "offset": 104, "message": "two spaces"}
    ]


def test_what_a_caller_adds() -> None:
    made = to_json(one(b"a1 OK done\r\n"), raw=True, command="NOOP", elapsed=0.25, tag="a1", absent=None)
    made.update(to_json(one(b"a1 OK done\r\n"), findings=[Finding("tag-unknown", "nobody asked")]))
    assert made["findings"] == [
        {"rule": "tag-unknown", "level": "fault", "rfc": "RFC 9051 §2.2.2", "message": "nobody asked"}
    ]
    assert (made["command"], made["elapsed"], made["tag"]) == ("NOOP", 0.25, "a1")
    assert "absent" not in made
    assert base64.b64decode(made["raw"]) == b"a1 OK done\r\n"


def test_input_that_ends_within_a_response() -> None:
    assert to_json(one(b"* 1 EXIS"))["incomplete"] is True
    assert "incomplete" not in to_json(one(b"* 1 EXISTS\r\n"))


def test_a_client_line_is_its_text() -> None:
    made = to_json(ours(b"a1 NOOP\r\n"))
    assert (made["kind"], made["value"]) == ("client", {"text": "a1 NOOP"})


@given(st.text(st.characters()))
def test_dumps_is_one_safe_line_that_reads_back(text: str) -> None:
    line = dumps({"value": text})
    assert all(is_safe(ord(character)) for character in line)
    line.encode("utf-8")
    # a pair of lone surrogates is one character when read back, as in every JSON reader
    assert json.loads(line)["value"].encode("utf-16", "surrogatepass") == text.encode("utf-16", "surrogatepass")


def test_dumps_keeps_letters_and_escapes_controls() -> None:
    assert dumps({"a": "Müll\x9b\u202e\U000e0001"}) == '{"a":"Müll\\u009b\\u202e\\udb40\\udc01"}'


@pytest.mark.parametrize("size", [0, 1, 2, 3, 1_500_000])
def test_a16_raw_holds_a_literal_in_a_file(size: int) -> None:
    response = reading.fetched(spooled(b"x" * size))
    whole = b"* 1 FETCH (BODY[] {%d}\r\n%s UID 7)\r\n" % (size, b"x" * size)
    assert b64decode(to_json(response, raw=True)["raw"]) == whole
    line = "".join(raw_blocks(to_json(response), response.frame))
    assert b64decode(json.loads(line)["raw"]) == whole
    assert {**json.loads(line), "raw": ""} == {**json.loads(dumps(to_json(response))), "raw": ""}
