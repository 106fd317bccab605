r"""What `\find` looks for: search keys, or plain words, which are looked for in the whole message."""

from __future__ import annotations

from imapsh import table
from imapsh.errors import UsageError
from imapsh.grammar.sequence import PATTERN
from imapsh.grammar.tokens import unquote
from imapsh.shell.app import App
from imapsh.shell.lines.aliases import arguments

_NEAR = 0.7  # closeness of a word in capitals to a key, from which on the key is meant


def keys(app: App, argument: str) -> str:
    """Return the search keys that an argument is, with TEXT before each word if it is plain words.

    A note says so.  Raises UsageError for no words, and for a word in capitals that is nearly a search key.
    """
    if not argument:
        raise UsageError(
            "\\find needs what to look for: search keys, as in \\find FROM anna SINCE 1-Jan-2024, or words"
        )
    words = list(arguments(argument))
    if is_key(words[0]):
        return argument
    _not_nearly(words[0])
    made = " ".join(_text(word) for word in words)
    if not argument.isascii() and not app.context().takes_utf8:
        made = f"CHARSET UTF-8 {made}"
    app.note(f"looking for the words in the whole message:  UID SEARCH {made}".replace("\r\n", " "))
    return made


def is_key(word: str) -> bool:
    """Return whether a search begins like this: with a key, a set, a list, a value, or an option."""
    if word.startswith(("(", "${", "$", "{", "~{")) or PATTERN.fullmatch(word):
        return True
    return word.upper() in ("RETURN", "CHARSET") or any(
        row.name == word.upper() for row in table.names("search-key").values()
    )


def _not_nearly(word: str) -> None:
    from difflib import get_close_matches

    names = [row.name for row in table.names("search-key").values()]
    if word.isupper() and word not in names and (near := get_close_matches(word, names, 1, _NEAR)):
        raise UsageError(f'{word} is not a search key; did you mean {near[0]}?  \\find "{word}" looks for the word')


def _text(word: str) -> str:
    """Return the search key that looks for a word."""
    plain = unquote(word) if word.startswith('"') else word
    octets = plain.encode("utf-8", "surrogateescape")
    if not octets.isascii():
        return f"TEXT {{{len(octets)}}}\r\n{plain}"
    return "TEXT " + '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
