"""Which parts `\\save --parts` is about."""

from __future__ import annotations

import pytest

from imapsh.errors import UsageError
from imapsh.grammar.values import BodyPart
from imapsh.shell.commands.mail.choosing import Chosen, expected_size, read

PDF = BodyPart("application", "pdf", encoding="BASE64", size=78_000, disposition=("attachment", None))
TEXT = BodyPart("text", "plain", encoding="7bit", size=100)
IMAGE = BodyPart("image", "png", id="<x>", size=5000)


@pytest.mark.parametrize(
    ("argument", "chosen", "rest"),
    [
        ("1:* kept", None, "1:* kept"),
        ("", None, ""),
        ("--parts 1:*", Chosen(), " 1:*"),
        ("--parts --type image/*,Application/PDF UID 7", Chosen(types=("image/*", "application/pdf")), " UID 7"),
        ("--parts --type=a/b --type c/d 1", Chosen(types=("a/b", "c/d")), " 1"),
        ("--named '*.PDF' --parts 1 'a b'", Chosen(names=("*.pdf",)), " 1 'a b'"),
        ('--parts --named "a b*" 1', Chosen(names=("a b*",)), " 1"),
        ("--parts --larger 1M --smaller 2g 1", Chosen(larger=1_000_000, smaller=2_000_000_000), " 1"),
        ("--parts --larger 500kB --larger 7 1", Chosen(larger=500_000), " 1"),
        ("--parts --all 1", Chosen(every=True), " 1"),
    ],
)
def test_options(argument: str, chosen: Chosen | None, rest: str) -> None:
    found, at = read(argument)
    assert (found, argument[at:]) == (chosen, rest)


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("--type image/* 1", "--type chooses among parts: say .save --parts --type"),
        ("--parts --type", "--type needs a value, as in --type image/"),
        ("--parts --type pdf 1", "as in --type pdf/.* or --type application/pdf"),
        ("--parts --larger big 1", "'big' is not a size: write 500000, 500k, 1M or 2G"),
        ("--parts --larger -1 1", "'-1' is not a size"),
        ("--parts=x 1", "--parts takes no value"),
        ("--party 1", "has no option --party: it has --parts, --type"),
    ],
)
def test_mistakes_are_sentences(argument: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read(argument)


@pytest.mark.parametrize(
    ("chosen", "part", "name", "taken"),
    [
        (Chosen(), PDF, "a.pdf", True),
        (Chosen(), TEXT, "x", False),
        (Chosen(), IMAGE, "x", False),
        (Chosen(every=True), TEXT, "x", True),
        (Chosen(types=("image/*",)), IMAGE, "x", True),
        (Chosen(types=("image/*",)), PDF, "a.pdf", False),
        (Chosen(types=("text/*", "*/pdf")), PDF, "a.pdf", True),
        (Chosen(names=("*.pdf",)), PDF, "A.PDF", True),
        (Chosen(names=("b*",)), PDF, "a.pdf", False),
        (Chosen(larger=56_999), PDF, "a.pdf", True),
        (Chosen(larger=57_000), PDF, "a.pdf", False),
        (Chosen(smaller=57_001), PDF, "a.pdf", True),
        (Chosen(smaller=57_000), PDF, "a.pdf", False),
        (Chosen(), BodyPart(None, None), "x", True),
    ],
)
def test_what_is_taken(chosen: Chosen, part: BodyPart, name: str, taken: bool) -> None:
    assert chosen.takes(part, name) is taken


def test_sizes_are_those_of_the_file() -> None:
    assert expected_size(PDF) == 57_000
    assert expected_size(TEXT) == 100
    assert expected_size(BodyPart("a", "b")) == 0
