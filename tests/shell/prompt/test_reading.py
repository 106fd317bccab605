"""The typed line as the prompt shows and keeps it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from prompt_toolkit.document import Document

from imapsh.shell.prompt.reading import LONG, Reading, TypedLexer
from imapsh.table.model import AUTHENTICATED, NOT_AUTHENTICATED, SELECTED, Context
from tests.growth import growth


def lexed(text: str, state: str = SELECTED) -> list[list[tuple[str, str]]]:
    lexer = TypedLexer(Reading(lambda: Context(state)))
    line = lexer.lex_document(Document(text))
    return [[(style, piece) for style, piece, *_ in line(number)] for number in range(text.count("\n") + 1)]


def shown(text: str, state: str = SELECTED) -> str:
    return "\n".join("".join(piece for _, piece in line) for line in lexed(text, state))


def test_the_text_is_as_typed() -> None:
    for text in (
        "", "FETCH 1 (FLAGS", "  noop", "APPEND x {5}\nab\nc", "a b\nc d\n\ne", "\\raw x\\r\\n", "SEARCH ☃ \t", "\n",
        "APPEND x {3}\n\n", "x {99}\nü\n{3}\n",
    ):  # fmt: skip
        assert shown(text) == text


def test_roles_become_styles() -> None:
    styles = {piece: style for style, piece in lexed("a1 FETCH 1:3 (FLAGS)")[0]}
    assert styles["a1"] == "class:tag"
    assert styles["FETCH"] == "class:command"
    assert styles["1:3"] == "class:set"
    assert styles["FLAGS"] == "class:keyword"


def test_what_lint_finds_is_underlined() -> None:
    styles = {piece: style for style, piece in lexed("FETCH 1 FLAGSX")[0]}
    assert "lint-error" in styles["FLAGSX"]
    assert "lint-error" in {piece: style for style, piece in lexed("FETCH 1 FLAGS", AUTHENTICATED)[0]}["FETCH"]


def test_secrets_are_stars_character_by_character() -> None:
    assert shown('LOGIN me "pä55 word"', NOT_AUTHENTICATED) == "LOGIN me " + "*" * 11
    assert shown("x LOGIN me {5}\nse\nt", NOT_AUTHENTICATED) == "x LOGIN me ***\n**\n*"
    assert "hush" not in shown("NOOP\nlogin me hush", NOT_AUTHENTICATED)


def test_a_line_that_a_command_of_ours_does_is_read_as_such() -> None:
    assert shown("\\each LOGIN me hush", NOT_AUTHENTICATED) == "\\each LOGIN me ****"
    assert shown("\\raw a1 LOGIN me hush", NOT_AUTHENTICATED) == "\\raw a1 LOGIN me ****"
    styles = {piece: style for style, piece in lexed("\\each FETCH 1 FLAGSX")[0]}
    assert styles["\\each"] == "class:own-command"
    assert "lint-error" in styles["FLAGSX"]


def test_a_line_that_runs_in_each_mailbox_is_read_as_if_one_were_selected() -> None:
    for line in ("\\mailboxes * FETCH 1 (FLAGS)", "\\each \\mailboxes UID FETCH 1 (FLAGS)"):
        assert not any("lint" in style for style, _ in lexed(line, AUTHENTICATED)[0])
    for line, state in (("\\mailboxes * FETCH 1 FLAGS", NOT_AUTHENTICATED), ("\\each FETCH 1 FLAGS", AUTHENTICATED)):
        assert any("lint-error" in style for style, _ in lexed(line, state)[0])


def test_a_line_break_that_is_only_seen_stays_where_it_is() -> None:
    text = "FETCH 1 (FLA\\\n   GS \\\nUID)"
    assert shown(text) == text
    assert ("class:line-break", "\\") in lexed(text)[0]
    assert lexed(text)[1][0] == ("class:line-break", "   ")


def test_what_is_kept_ends_before_the_secret() -> None:
    reading = Reading(lambda: Context(NOT_AUTHENTICATED))
    assert reading.without_secrets("LOGIN me secret") == "LOGIN me"
    assert reading.without_secrets("AUTHENTICATE PLAIN AGE=") == "AUTHENTICATE PLAIN"
    assert reading.without_secrets("NOOP\nx LOGIN me {6}\nsecret\nNOOP") == "NOOP\nx LOGIN me\nNOOP"
    assert reading.without_secrets("APPEND x {3}\na\n") == "APPEND x {3}\na\n"
    assert reading.without_secrets("LOGIN me") == "LOGIN me"


def test_the_command_being_typed_is_the_last_one() -> None:
    reading = Reading(lambda: Context(SELECTED))
    assert reading.last("NOOP\nFETCH 1 ").name == "FETCH"
    assert reading.last("NOOP\n").name == ""
    assert reading.last("").name == ""


def test_a_text_is_read_once_in_a_context() -> None:
    state = [AUTHENTICATED]
    reading = Reading(lambda: Context(state[0]))
    first = reading.match("FETCH 1 FLAGS")
    assert reading.match("FETCH 1 FLAGS") is first
    state[0] = SELECTED
    assert reading.match("FETCH 1 FLAGS").errors != first.errors


def test_e17_a_long_text_is_drawn_up_to_a_length_and_the_rest_is_counted() -> None:
    line = "SELECT " + "x" * 1_000_000
    assert shown(line) == f"{line[:LONG]}... 990,007 characters more"
    lines = "x" * (LONG - 5) + "\nNOOP\nCHECK\n\nlast"
    assert shown(lines) == "x" * (LONG - 5) + "\nNOOP\n... 5 characters more\n\n... 4 characters more"
    assert shown("x" * LONG) == "x" * LONG


def test_e17_a_secret_in_a_long_text_is_not_drawn() -> None:
    begun = "LOGIN me " + "hush" * LONG
    assert set(shown(begun, NOT_AUTHENTICATED)[len("LOGIN me ") : LONG]) == {"*"}
    assert "hush" not in shown(begun, NOT_AUTHENTICATED)
    assert "hush" not in shown("x" * LONG + "\nLOGIN me hush", NOT_AUTHENTICATED)


@pytest.mark.parametrize("piece", ["{1", "\x1b", "(", '"', "\u202e "])
def test_e17_colouring_many_faults_takes_linear_work(piece: str) -> None:
    def make(size: int) -> Callable[[], object]:
        lexer, document = TypedLexer(Reading(lambda: Context(SELECTED))), Document("FETCH 1 " + piece * size)
        return lambda: lexer.lex_document(document)(0)

    assert max(growth(make, 500)) < 2.5
