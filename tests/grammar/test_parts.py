from __future__ import annotations

from imapsh.grammar.parts import find, numbered
from imapsh.grammar.values import BodyPart

TEXT = BodyPart("text", "plain")
MESSAGE = BodyPart("message", "rfc822", body=TEXT)
MIXED = BodyPart("multipart", "mixed", parts=(TEXT, MESSAGE))


def numbers(structure: BodyPart) -> list[str]:
    return [item.number for item in numbered(structure)]


def test_numbers() -> None:
    assert numbers(TEXT) == ["1"]
    assert numbers(MESSAGE) == ["1", "1.1"]
    assert numbers(MIXED) == ["TEXT", "1", "2", "2.1"]
    assert numbers(BodyPart("multipart", "x", parts=(MIXED, TEXT))) == ["TEXT", "1", "1.1", "1.2", "1.2.1", "2"]
    assert numbers(MESSAGE._replace(body=MESSAGE)) == ["1", "1.1", "1.1.1"]
    assert numbers(MESSAGE._replace(body=MIXED)) == ["1", "1.TEXT", "1.1", "1.2", "1.2.1"]


def test_which_are_the_last_of_their_level() -> None:
    assert [item.last for item in numbered(MIXED)] == [(), (False,), (True,), (True, True)]


def test_find() -> None:
    assert find(MIXED, "2.1") is TEXT
    assert find(MIXED, "TEXT") is MIXED
    assert find(TEXT, "TEXT") is TEXT
    assert find(MESSAGE._replace(body=MIXED), "1.TEXT") is MIXED
    assert find(MIXED, "3") is None
