"""The sections of a message: parts of its structure, and header fields."""

from __future__ import annotations

from tests.shell.knowing import after


def test_parts_of_a_structure_that_was_seen() -> None:
    offered = after("FETCH 4 BODY[")
    assert list(offered)[:5] == [f"FETCH 4 BODY[{part}" for part in ("1", "2", "2.1", "2.2", "3")]
    assert offered["FETCH 4 BODY[3"] == "application/pdf  réport.pdf  999 octets"
    assert "FETCH 4 BODY[HEADER.FIELDS" in offered
    assert list(after("UID FETCH 104 (UID BINARY.PEEK[2.")) == [
        "UID FETCH 104 (UID BINARY.PEEK[2.1", "UID FETCH 104 (UID BINARY.PEEK[2.2"]  # fmt: skip
    assert "FETCH 4 BODY[2.MIME" in after("FETCH 4 BODY[2.")
    assert "FETCH 5 BODY[1" not in after("FETCH 5 BODY[")


def test_header_fields_usual_and_seen() -> None:
    assert next(iter(after("FETCH 4 BODY[HEADER.FIELDS (From sub"))) == "FETCH 4 BODY[HEADER.FIELDS (From Subject"
    assert after("SEARCH HEADER x-f")["SEARCH HEADER X-Foo"] == "seen in this mailbox"
    assert 'SEARCH HEADER "X-Foo"' in after('SEARCH HEADER "X-F')
