"""The form that the arguments of a command take on the wire, as in imaplib since Python 3.14.

An argument that would not be read back as one argument is quoted; a quoted one stays.  Lists get their parentheses.
"""

from __future__ import annotations

from imapsh.grammar.atoms import ASTRING_ATOM
from imapsh.patterns import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    Form = Callable[[str], str]

_QUOTED = lazy(r'"(?:[^"\\]|\\.)*"')
_WILDCARDS = str.maketrans("%*", "..")
_MACROS = ("ALL", "FULL", "FAST")


def quoted(text: str) -> str:
    """Return a quoted string (RFC 9051 section 4.3)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def astring(text: str) -> str:
    """Return an astring (RFC 9051 section 9)."""
    return _unless_atom(text, text)


def list_mailbox(text: str) -> str:
    """Return a list-mailbox (RFC 9051 section 9): an atom may have wildcards."""
    return _unless_atom(text, text.translate(_WILDCARDS))


def parenthesized(text: str) -> str:
    """Return a list in parentheses: flags, sort criteria, names of values."""
    return text if text[:1] == "(" and text[-1:] == ")" else f"({text})"


def listed(words: Iterable[str]) -> str:
    """Return the words as a list in parentheses."""
    return f"({' '.join(words)})"


def nstring(text: str | None) -> str:
    """Return a quoted string, or NIL for None (RFC 9051 section 4.5)."""
    return "NIL" if text is None else quoted(text)


def message_parts(text: str) -> str:
    """Return a list in parentheses, or a macro as it is (RFC 9051 section 6.4.5)."""
    if (text[:1] == "(" and text[-1:] == ")") or text.upper() in _MACROS:
        return text
    return f"({text})"


def as_given(text: str) -> str:
    """Return the argument unchanged: a sequence set, search criteria, a name."""
    return text


def _unless_atom(text: str, atom: str) -> str:
    plain = atom.isascii() and (atom.isalnum() or ASTRING_ATOM.fullmatch(atom))
    return text if plain or _QUOTED.fullmatch(text) else quoted(text)


#: Each command's arguments from the first on; later ones stay as they are given.
FORMS: dict[str, tuple[Form, ...]] = {
    **dict.fromkeys(("SELECT", "EXAMINE", "CREATE", "DELETE", "SUBSCRIBE", "UNSUBSCRIBE"), (astring,)),
    **dict.fromkeys(("LOGIN", "PROXYAUTH", "GETACL", "MYRIGHTS", "GETQUOTA", "GETQUOTAROOT"), (astring,)),
    **dict.fromkeys(("GETANNOTATION", "SETANNOTATION", "SETMETADATA"), (astring,)),
    **dict.fromkeys(("RENAME", "DELETEACL"), (astring, astring)),
    **dict.fromkeys(("LIST", "LSUB"), (astring, list_mailbox)),
    **dict.fromkeys(("STATUS", "SETQUOTA", "APPEND"), (astring, parenthesized)),
    **dict.fromkeys(("COPY", "MOVE"), (as_given, astring)),
    "SETACL": (astring, astring, astring),
    "FETCH": (as_given, message_parts),
    "STORE": (as_given, as_given, parenthesized),
    "SORT": (parenthesized, astring),
    "THREAD": (as_given, astring),
    "GETMETADATA": (as_given, astring),
    "REPLACE": (as_given, astring, parenthesized),
}


#: The same without the arguments that stay: each place, and the form there.
_PLACES = {
    name: tuple((at, form) for at, form in enumerate(forms) if form is not as_given) for name, forms in FORMS.items()
}


def formed(name: str, args: Sequence[Any]) -> list[Any]:
    """Return the arguments of this command in their forms; None and literals stay."""
    found = list(args)
    for at, form in _PLACES.get(name, ()):
        if at < len(args) and (arg := args[at]) is not None:
            found[at] = form(arg) if type(arg) is str else in_form(form, arg)
    return found


def in_form(form: Form, arg: Any) -> Any:
    """Return one argument, str or bytes, in its form.  A name that a server sent keeps the octets that came."""
    if isinstance(arg, str) and type(arg) is not str:
        from imapsh.grammar.names import MailboxName, octets_of

        arg = octets_of(arg, utf8=False) if isinstance(arg, MailboxName) else arg
    if isinstance(arg, str):
        return form(arg)
    return form(arg.decode("latin-1")).encode("latin-1") if isinstance(arg, bytes) else arg
