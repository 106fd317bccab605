r"""The expectations that `\expect` takes: one table of subjects, and one grammar.

    [no] SUBJECT [NAME [FIELD]] [OPERATOR VALUE]

OPERATOR is a word of its own and VALUE the rest of the line as it stands.  FIELD is a response code in brackets, else a
key of the response's value in JSON (`imapsh.render.jsonform`), whose own keys follow behind dots: `envelope.subject`.
"""

from __future__ import annotations

from imapsh.errors import UsageError
from imapsh.patterns import lazy
from imapsh.tuples import NamedTuple

_REPLIES = ("OK", "NO", "BAD")

#: How two values compare; both as numbers, where they are.
OPERATORS = {
    "=": "equal as numbers, or else as text with the same case",
    "!=": "not that",
    "<": "numbers",
    "<=": "numbers",
    ">": "numbers",
    ">=": "numbers",
    "~": "the text matches the regular expression VALUE",
    "!~": "not that",
}
_COMPARED = lazy(r"(?:^|(?<=\s))([<>!]=|[=<>~]|!~)(?:\s+|$)")  # an operator as a word of its own


class Subject(NamedTuple):
    """A row of the table of subjects.  `check` is a function of `imapsh.shell.commands.testing.checks`.

    `name` says if NAME (and FIELD) follows, `compared` if OPERATOR VALUE does: "" for no, "may" or "must".  A `plain`
    one may leave out its OPERATOR, which is `=` then.
    """

    check: str
    syntax: str
    summary: str
    example: str
    name: str = ""
    compared: str = ""
    plain: bool = False


class Expectation(NamedTuple):
    """A parsed expectation.  `field` is "" for the whole; `operator` is "" if nothing is compared."""

    text: str
    subject: str
    negated: bool = False
    name: str = ""
    field: str = ""
    operator: str = ""
    value: str = ""

    def compares(self, seen: str) -> bool:
        """Return whether a value is as expected; true if nothing is compared."""
        return not self.operator or _compare(seen, self.operator, self.value)


#: What `\\expect tls` can look at, and what that is.
TLS_FIELDS = {
    "expires": "the days for which the certificate is still valid, less than 0 if it has expired",
    "version": "TLSv1.2 or TLSv1.3; 1.2 or 1.3 for < and >",
    "cipher": "the cipher suite",
    "bits": "the bits of its key",
    "verified": "yes or no: whether an authority has signed the certificate for this server",
    "pinned": "what a pin fitted: certificate or key",
    "names": "a name that the certificate is for; one of them must compare, or all with != and !~",
    "subject": "the subject of the certificate, as CN=..., O=...",
    "issuer": "its issuer",
    "key": "the type of its key, such as RSA or EC P-256",
    "key-bits": "the size of its key",
    "signature": "how it was signed, such as SHA-256 with RSA",
    "fingerprint": "its SHA-256 in hexadecimal, with or without colons",
    "key-fingerprint": "the SHA-256 of its public key (SubjectPublicKeyInfo)",
    "binding": "the type of channel binding, such as tls-server-end-point",
}

_STATUS = Subject(
    "reply",
    "OK|NO|BAD [[CODE]] [OPERATOR VALUE]",
    "the reply to the last command, and its code; VALUE is compared with "
    "the code's argument or, without a code, the line after OK",
    "NO [TRYCREATE]",
    "",
    "may",
)

SUBJECTS: dict[str, Subject] = {
    "OK": _STATUS,
    "NO": _STATUS,
    "BAD": _STATUS,
    "[CODE]": Subject("reply", "[CODE] [OPERATOR VALUE]", "the code of the reply, which may be OK, NO or "
    "BAD", "[UIDNOTSTICKY]",
                      "", "may"),
    "text": Subject("text", "text OPERATOR VALUE", "the text of the reply, after its code", "text ~ (?i)completed", "",
                    "must"),
    "untagged": Subject("untagged", "untagged NAME [FIELD] [OPERATOR VALUE]", "at least one untagged response of "
                        "this name; EXISTS is a number, FETCH and STATUS have items as fields, OK has codes, and all "
                        "have the keys of their JSON", "untagged EXISTS >= 1", "must", "may"),
    "count": Subject("count", "count NAME OPERATOR NUMBER", "the number of untagged responses of this name",
                     "count FETCH = 3", "must", "must"),
    "state": Subject("state", "state [OPERATOR] STATE", "not-authenticated, authenticated, selected or logout",
                     "state selected", "", "must", plain=True),
    "mailbox": Subject("mailbox", "mailbox [OPERATOR] NAME", "the selected mailbox, decoded", "mailbox INBOX", "",
                       "must", plain=True),
    "capability": Subject("capability", "capability NAME", "the capabilities that the server offers "
    "now", "capability IDLE", "must"),
    "bytes": Subject("octets", "bytes OPERATOR NUMBER", "the number of octets in the "
    "responses", "bytes < 10000", "", "must"),
    "time": Subject("elapsed", "time OPERATOR SECONDS", "the time from the first octet sent to the "
    "reply", "time < 0.5", "",
                    "must"),
    "violations": Subject("violations", "violations [RULE] [OPERATOR NUMBER]", "violations of the grammar, by the "
    "rules "
                          "of docs/reference/rules.rst", "no violations", "may", "may"),
    "findings": Subject("findings", "findings [RULE|fault|notice] [OPERATOR NUMBER]", "what is wrong with the "
                        "server's conduct, such as an EXPUNGE at a forbidden time", "no findings fault", "may", "may"),
    "tls": Subject("tls", "tls [PART [OPERATOR VALUE]]", "the TLS of the connection, and its certificate; without "
                   "PART, that TLS is used", "tls expires > 30", "may", "may"),
}  # fmt: skip


def parse(text: str) -> Expectation:
    """Read an expectation.  Raises UsageError for text that is none, and names the nearest."""
    text = text.strip()
    first, _, rest = text.partition(" ")
    negated = first.lower() == "no" and bool(rest) and not rest.lstrip().startswith("[") and not _COMPARED.match(rest)
    if negated:
        first, _, rest = rest.lstrip().partition(" ")
    subject = "[CODE]" if first.startswith("[") else first.upper() if first.upper() in _REPLIES else first.lower()
    row = SUBJECTS.get(subject)
    if row is None:
        raise UsageError(_unknown(first))
    found = _COMPARED.search(rest)
    before = rest[: found.start()] if found else rest
    operator, value = (found[1], rest[found.end() :].strip()) if found else ("", "")
    if row.plain and not operator:
        before, operator, value = "", "=", before.strip()
    name, _, field = before.strip().partition(" ")
    if subject == "[CODE]":
        name, field = "", f"{first} {before}".strip()
    elif subject in _REPLIES:
        name, field = "", before.strip()
    made = Expectation(text, subject, negated, name, field.strip(), operator, value)
    _look_over(made, row)
    return made


def _unknown(word: str) -> str:
    if not word:
        return r"\expect needs an expectation, as in \expect OK: \help \expect lists the forms"
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), [name.lower() for name in SUBJECTS], 1)
    meant = f"; did you mean {near[0].upper() if near[0].upper() in _REPLIES else near[0]}?" if near else ""
    return rf"unknown expectation {word!r}{meant} (\help \expect lists the forms)"


def _look_over(made: Expectation, row: Subject) -> None:
    takes_field = made.subject in ("untagged", "[CODE]", *_REPLIES)
    wrong = (
        (bool(made.name) and not row.name)
        or (row.name == "must" and not made.name)
        or (bool(made.operator) and not row.compared)
        or (row.compared == "must" and not made.operator)
        or (bool(made.operator) and not made.value and row.compared == "must")
        or (bool(made.field) and not takes_field)
        or (made.subject in ("[CODE]", *_REPLIES) and bool(made.field) and not is_code(made.field))
    )
    if wrong:
        raise UsageError(rf"the form is \expect {row.syntax}, as in \expect {row.example}")
    if made.subject == "tls" and (made.name.lower() not in TLS_FIELDS) and (made.name or made.operator):
        raise UsageError(
            rf"\expect tls needs one of {', '.join(TLS_FIELDS)}; {made.name!r} is none of them"
            if made.name
            else rf"the form is \expect {row.syntax}, as in \expect {row.example}"
        )
    if made.operator in ("<", "<=", ">", ">=") and _number(made.value) is None:
        raise UsageError(f"{made.operator} compares numbers, and {made.value!r} is not a number")
    if made.operator in ("~", "!~"):
        from imapsh.shell.matching import compiled

        compiled(made.value)


def _compare(seen: str, operator: str, value: str) -> bool:
    if operator in ("~", "!~"):
        from imapsh.shell.matching import found

        return found(value, seen) == (operator == "~")
    left, right = _number(seen), _number(value)
    if left is None or right is None:
        return operator in ("=", "!=") and (seen == value) == (operator == "=")
    equal, less = left == right, left < right
    return {"=": equal, "!=": not equal, "<": less, "<=": less or equal, ">": not (less or equal), ">=": not less}[
        operator
    ]


def _number(text: str) -> float | None:
    try:
        return float(text) if text[:1] in "+-.0123456789" else None
    except ValueError:
        return None


def is_code(field: str) -> bool:
    """Return whether a field is a response code in brackets."""
    return field.startswith("[") and field.endswith("]") and " " not in field


def details() -> str:
    r"""Return the grammar in lines, for `\help \expect`."""
    rows = list(dict.fromkeys(SUBJECTS.values()))
    lines = ["EXPECTATION is one of these; no in front of it means its opposite:"]
    lines += [f"    {row.syntax}\n        {row.summary}; as in \\expect {row.example}" for row in rows]
    lines += ["PART of tls is one of these:"]
    lines += [f"    {name:<15} {what}" for name, what in TLS_FIELDS.items()]
    lines += ["OPERATOR is one of these, and VALUE is the rest of the line, unchanged:"]
    lines += [f"    {operator:<3} {what}" for operator, what in OPERATORS.items()]
    return "\n".join(lines)
