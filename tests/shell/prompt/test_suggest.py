"""The rest of a line, from the history."""

from __future__ import annotations

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

from imapsh.shell.prompt.history import MaskedHistory
from imapsh.shell.prompt.reading import Reading
from imapsh.shell.prompt.suggest import FromHistory
from imapsh.table.model import NOT_AUTHENTICATED, Context


def test_the_newest_line_that_begins_so() -> None:
    history = MaskedHistory(None, lambda line: line)
    suggest = FromHistory(history)

    def rest(text: str) -> str | None:
        found = suggest.get_suggestion(Buffer(), Document(text))
        return found.text if found is not None else None

    for line in ("SELECT Old", "SELECT New", "APPEND x {3}\nabc", "NOOP"):
        history.append_string(line)
    assert rest("SEL") == "ECT New"
    assert rest("SELECT O") == "ld"
    assert rest("NOOP\nAPP") == "END x {3}"
    assert rest("SELECT X") is None
    assert rest("SELECT Xy") is None
    assert rest("") is None
    history.append_string("SELECT Xyz")
    assert rest("SELECT Xy") == "z"


def test_what_hides_something() -> None:
    reading = Reading(lambda: Context(NOT_AUTHENTICATED))
    history = MaskedHistory(None, reading.without_secrets)
    for text in ("LOGIN me hush", "NOOP\nlogin me hush", "\\each LOGIN me hush", "a AUTHENTICATE PLAIN AGh1c2g="):
        assert history.hides(text), text
    for text in ("NOOP\n\nFETCH 1 \\\n FLAGS", "LOGIN me", "APPEND x {3}\nabc", "", "\\format wire"):
        assert not history.hides(text), text
