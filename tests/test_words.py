r"""The library says what happened in its own words: a program has no `\connect`, no `--cafile` and no prompt (D11).

The shell puts its own way out in place of the library's, in `imapsh.shell.settings.reasons`, and asks for it by
`Opening.insist`.
"""

from __future__ import annotations

import re

import pytest

from imapsh.errors import LimitError, TLSError, UsageError
from imapsh.session.wanted import Opening
from imapsh.shell.batch.batch import _why
from imapsh.shell.settings import reasons
from imapsh.shell.settings.reasons import in_options
from imapsh.transport.address import parse_address
from imapsh.transport.options import TLSOptions

from .graph import Source, _strings, sources

SHELL = re.compile(
    r"(?<![\w-])--[a-z]{3,}|IMAPSH_[A-Z]+|\bthe prompt\b|"
    r"\\(?:connect|last|quit|help|resync|cleartext|raw|load|save|set)\b"
)

#: Floors whose text is for people who look at the shell's screen: views and help, and the server's own log.
SHOWN = ("shell", "render", "table", "server")

#: module -> the one reason why the shell's words stand in it
ALLOWED = {
    "compiling": "a variable and options of a build",
    "logs.formats": "the names of curl's options, which are the names of its logs",
    "logs.pcap": "options of tshark and editcap",
    "transport.child": "the variable is taken out of a child's environment",
}


def texts(source: Source) -> list[str]:
    """Return the strings of a module that are not its documentation."""
    return [text for text, _ in _strings(source)]


LIBRARY = [one for name, one in sources().items() if name.removeprefix("imapsh.").split(".")[0] not in SHOWN]


@pytest.mark.parametrize("source", LIBRARY, ids=lambda one: one.name)
def test_d11_the_library_has_no_words_of_the_shell(source: Source) -> None:
    found = [text for text in texts(source) if SHELL.search(text)]
    assert bool(found) is (source.name.removeprefix("imapsh.") in ALLOWED), found


def test_d11_the_defaults_are_for_programs() -> None:
    assert Opening("where").insist == "cleartext=True"


def test_d11_the_shell_says_its_own_way_out() -> None:
    limit = LimitError("line", 5, 6)
    assert str(limit) == "the line limit is 5 and the server sent 6; Limits(line=N) raises it if you trust it"
    assert in_options(limit) == "the line limit is 5 and the server sent 6; --limit line=N raises it if you trust it"
    assert _why(limit) == in_options(limit)  # a report has the same words as the screen
    with pytest.raises(UsageError) as raised:
        parse_address("imaps://ida:secret@mail.example.com")
    assert str(raised.value) == "a password does not belong in an address: give it separately"
    assert in_options(raised.value).endswith(
        ": give it separately, at the prompt, in IMAPSH_PASSWORD, or by an option such as --password-command"
    )
    assert in_options(UsageError("no")) == "no"
    tls = TLSError("give TLSOptions.cert and TLSOptions.key, or TLSOptions.name, not TLSOptions.nothing")
    assert in_options(tls) == "give --cert and --key, or --tls-name, not TLSOptions.nothing"
    assert set(reasons._TLS_OPTIONS) == set(TLSOptions._fields)
