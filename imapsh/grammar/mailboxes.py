"""FLAGS, LIST, LSUB, STATUS, NAMESPACE, EXISTS, RECENT, EXPUNGE (RFC 9051 sections 7.3, 7.4, 7.5.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from imapsh.grammar.atoms import ASTRING_ATOM, ASTRING_WORD, ATOM, FLAG, WORD
from imapsh.grammar.cursor import Cursor, Mismatch
from imapsh.grammar.kept import keep
from imapsh.grammar.names import readable, spelled
from imapsh.grammar.values import Count, Expunged, Flags, MailboxList, MailboxStatus, Namespace, Namespaces
from imapsh.hints import Any
from imapsh.patterns import lazy

#: flags up to one that is none: all at once, because there may be a million
_FLAGS = lazy(rf"{FLAG}(?: {FLAG}(?=[ )]|\Z))*+")
_FLAGS_PERM = lazy(rf"(?:\\\*|{FLAG})(?: (?:\\\*|{FLAG})(?=[ )]|\Z))*+")
_ATTRIBUTE = lazy(rf"\\{WORD}")
_BARE_FLAGS = lazy(r"\\[A-Za-z][^\s()]*(?: \\[A-Za-z][^\s()]*)*(?=[ )]|\Z)")
_BARE_FLAGS_PERM = lazy(r"(?:\\[A-Za-z][^\s()]*|\\\*)(?: (?:\\[A-Za-z*]|[$A-Za-z])[^\s()]*)*(?=[ )]|\Z)")
_FLAGS_TOUCHING = lazy(r"\\?[^\\]*")
_CODE_CLOSING = lazy(r"\](?= |\Z)")
_LOOSE_FLAG = lazy(r"[^\x00-\x20\x7f()\"]+")
#: DQUOTE QUOTED-CHAR DQUOTE, 7-bit (RFC 3501) and UTF-8 (RFC 9051)
_QUOTED_ONE = r'"(?:([^"\\\r\n\x00\x80-\xff])|\\(["\\]))"'
_DELIMITER_7 = lazy(_QUOTED_ONE)
_DELIMITER_8 = lazy(
    r'"(?:([^"\\\r\n\x00\x80-\xff]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})'
    r'|\\(["\\]))"'
)
_DELIMITER_BEGUN = lazy(r'"(?:[^"\\\r\n\x00\x80-\xff]|\\["\\])?')
_LONE_BACKSLASH = lazy(r'"\\"(?= )')
_BARE_DELIMITER = lazy(r"[^ ()\"\r\n]+(?= )")
#: the common mailbox-list, whole: it has no extended data, and the name is an atom, or printable, quoted and without
#: escapes
_COMMON = lazy(
    rf" \(((?:\\{WORD}(?: \\{WORD})*+)?)\) (?:{_QUOTED_ONE}|[Nn][Ii][Ll]) "
    rf'(?:"([ !#-\[\]-~]*+)"|({ASTRING_WORD}))\Z'
)
_STATUS_NUMBER = r"(?:(?:MESSAGES|UNSEEN|RECENT) \d{1,9}|UID(?:NEXT|VALIDITY) [1-9]\d{0,8})"
#: the common STATUS, whole: the name is as above, and the items are numbers below a billion
_COMMON_STATUS = lazy(rf' (?:"([ !#-\[\]-~]*+)"|({ASTRING_WORD})) \(({_STATUS_NUMBER}(?: {_STATUS_NUMBER})*+)\)\Z')
_INBOX = len("INBOX")


def flag_list(c: Cursor, rule: str = "flag-list", pattern: re.Pattern[str] = _FLAGS) -> tuple[str, ...]:
    """flag-list = "(" [flag *(SP flag)] ")".  `pattern` matches flags, as they are here."""
    if c.tolerant and c.peek() != "(":
        return _bare_flags(c, rule)
    c.enter(rule)
    flags: list[str] = []
    while c.peek() not in (")", ""):
        if flags or c.peek() == " ":
            if not flags:
                c.fail(rule, "a space after the parenthesis")
            c.space(rule)
            if c.peek() in (")", ""):
                break
        found = c.take(pattern)
        if found is None or c.peek() not in (" ", ")", ""):
            flags.extend(_mend_flag(c, rule, found))
            continue
        flags.extend(found[0].split(" "))
    c.leave(rule)
    return tuple(flags)


_flag_sets: dict[str, tuple[str, ...]] = {}  # a mailbox has few different sets of flags


def split_flags(text: str) -> tuple[str, ...]:
    """Return the flags of a list, which are separated by one space each.  Sets of flags are kept, for there are few."""
    known = _flag_sets.get(text)
    return keep(_flag_sets, text, tuple(text.split())) if known is None else known


def _bare_flags(c: Cursor, rule: str) -> tuple[str, ...]:
    """Note that the list has no parentheses, and return the flags of a bare list; () for NIL."""
    c.fail(rule, "expected a list in parentheses")
    if c.nil():
        return ()
    found = c.take(_BARE_FLAGS_PERM if rule == "flag-perm" else _BARE_FLAGS)  # keywords of FETCH may be items
    return tuple(found[0].split()) if found else ()


def _mend_flag(c: Cursor, rule: str, found: re.Match[str] | None) -> list[str]:
    """Note what is not a flag, and return what to take for it.

    A lone backslash or `\\*` is dropped.  Other text is taken as it is (cyon, Zoho Mail, GreenMail).
    """
    start = found.start() if found else c.pos
    lone = not found and c.peek() == "\\"
    c.fail(rule, "a character that a flag cannot contain" if found else "a flag cannot begin like this", c.pos + lone)
    c.pos = start
    loose = c.take(_LOOSE_FLAG)
    if loose is None:
        value = c.value(rule)
        return [item for item in (value if isinstance(value, tuple) else (value,)) if isinstance(item, str)]
    flags = [flag.rstrip(",") for flag in _FLAGS_TOUCHING.findall(loose[0])]
    return [readable(flag) for flag in flags if flag not in ("\\", "\\*", "")]


def flags(c: Cursor) -> Flags:
    """ "FLAGS" SP flag-list."""
    c.space("mailbox-data")
    return Flags(flag_list(c))


def permanent_flags(c: Cursor) -> tuple[str, ...]:
    """SP "(" [flag-perm *(SP flag-perm)] ")"; flag-perm = flag / "\\*"."""
    c.space("resp-text-code")
    end = c.end
    closing = _CODE_CLOSING.search(c.text, c.pos, end) if c.tolerant and c.text.find(")", c.pos, end) < 0 else None
    if closing is not None:  # the list is not closed, but the code is
        c.end = closing.start()
    try:
        return flag_list(c, "flag-perm", _FLAGS_PERM)
    finally:
        c.end = end


def count(c: Cursor, number: int) -> Count:
    """number SP "EXISTS"; number SP "RECENT"."""
    return Count(number)


def expunged(c: Cursor, number: int) -> Expunged:
    """nz-number SP "EXPUNGE"."""
    return Expunged(number)


def mailbox(c: Cursor, *ends: re.Pattern[str]) -> str:
    """mailbox = "INBOX" / astring.

    Returns the name decoded, from modified UTF-7 (RFC 3501 section 5.1.3), or from UTF-8 if that is enabled.  If the
    spelling on the wire differs, the name is a MailboxName, which knows it.  `ends` find what may follow the name on
    the line; the first that finds something counts.  They are for names with spaces or parentheses that should be
    quoted, and only the tolerant cursor looks for them.
    """
    start = c.pos
    first = c.peek()
    try:
        bare = c.tolerant and first not in ('"', "{", "~")
        wire = _bare_name(c, ends) if bare else c.wire_astring("mailbox")
    except Mismatch as mismatch:
        c.mend(mismatch)
        wire, c.pos = c.text[start : c.end].strip('" '), c.end
    name, faults = spelled(wire, utf8=c.utf8)
    if faults and (wire.isascii() or "&" in wire):
        c.fail("mailbox-name", faults[0], start + (first == '"'))
    elif faults and first in ("{", "~"):
        c.fail("mailbox-name", "8-bit characters in a mailbox name instead of modified UTF-7", start)
    return name


def _bare_name(c: Cursor, ends: Iterable[re.Pattern[str]]) -> str:
    """Return an unquoted name, not decoded, up to where one of `ends` matches; it may hold what an atom cannot
    (grommunio).
    """
    strict = ASTRING_ATOM.match(c.text, c.pos, c.end)
    tail = next(filter(None, (end.search(c.text, c.pos, c.end) for end in ends)), None)
    stop = tail.start() if tail else c.end
    while stop > c.pos and c.text[stop - 1] == " ":
        stop -= 1
    bare = c.text[c.pos : stop]
    if strict is None or strict.end() < stop:
        stopped = strict.end() + (c.text[strict.end()] == " ") if strict else c.pos
        c.fail("mailbox", "a name with this character must be quoted", stopped)
    if not bare and tail is None:
        raise c.give_up("mailbox", "expected a mailbox name")
    c.pos = stop
    return bare


def delimiter(c: Cursor, rule: str) -> str | None:
    """DQUOTE QUOTED-CHAR DQUOTE / nil."""
    found = c.take(_DELIMITER_8 if c.utf8 else _DELIMITER_7)
    if found is not None:
        return readable(found[1] or found[2])
    if c.nil():
        return None
    if c.tolerant and c.take(_LONE_BACKSLASH):
        c.fail("quoted", "a backslash that is not escaped", c.pos - 1)
        return "\\"
    begun = _DELIMITER_BEGUN.match(c.text, c.pos, c.end)
    c.fail(rule, "expected one character in quotes or NIL", begun.end() if begun else None)
    bare = c.take(_BARE_DELIMITER)
    if bare is not None or c.peek() not in ('"', "{"):
        return bare[0] if bare else None
    return c.nstring(rule) or None


_EXTENDED = lazy(r" \((?:(?:\"|[A-Z])[^()]*\(|\"?(?:CHILDINFO|OLDNAME)\"?[ )])", re.IGNORECASE)


def mailbox_list(c: Cursor) -> MailboxList:
    """mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox
    [SP mbox-list-extended].
    """
    common = _common_list(c)
    if common is not None:
        return common
    rule = "mailbox-list"
    c.space(rule)
    attrs = flag_list(c, "mbx-list-flags", _ATTRIBUTE)
    c.space(rule)
    separator = delimiter(c, rule)
    c.space(rule)
    name = mailbox(c, _EXTENDED)
    extended: dict[str, Any] = {}
    if c.peek(2) == " (":
        c.space(rule)
        extended = _extended(c)
    return MailboxList(attrs, separator, name, extended)


def _common_list(c: Cursor) -> MailboxList | None:
    """Read a list in the common form; return None, and read nothing, if it has another."""
    found = _COMMON.match(c.text, c.pos, c.end) if c.depth < c.nesting else None
    if found is None:
        return None
    attrs, plain, escaped, quoted, atom = found.groups()
    name: str = atom if quoted is None else quoted
    if "&" in name or len(name) == _INBOX:
        name, faults = spelled(name, utf8=c.utf8)
        if faults:
            return None
    c.pos = c.end
    return tuple.__new__(MailboxList, (split_flags(attrs), plain or escaped, name, {}))


def _extended(c: Cursor) -> dict[str, Any]:
    """mbox-list-extended = "(" [item *(SP item)] ")"; item = astring SP tagged-ext-val."""
    rule = "mbox-list-extended"
    readers = c.readers("list-item")
    items: dict[str, Any] = {}
    c.enter(rule)
    while c.peek() not in (")", ""):
        if items:
            c.space(rule)
            if c.peek() == ")":
                break
        start = c.pos
        label = c.astring(rule).upper()
        if label in items:
            c.fail(rule, f"{label} comes twice", start)
        if c.tolerant and c.peek() == ")":
            c.fail(rule, "an item without its value")
            break
        c.space(rule)
        reader = readers.get(label)
        value = c.value(rule) if reader is None else reader(c)
        items.setdefault(label, value)
    c.leave(rule)
    return items


IN_LIST = lazy(r"[ )]")  # the end of a name in a list


def old_name(c: Cursor) -> Any:
    """oldname-extended-item = "OLDNAME" SP "(" mailbox ")".  More than one name is noted, and all are read."""
    rule = "oldname-extended-item"
    names: list[str] = []

    def one(c: Cursor) -> None:
        if names:
            c.fail(rule, "more than one name")
        names.append(mailbox(c, IN_LIST))

    return _listed(c, rule, one) or tuple(names)


def child_info(c: Cursor) -> Any:
    """childinfo-extended-item = "CHILDINFO" SP "(" option-quoted *(SP option-quoted) ")"."""
    rule = "childinfo-extended-item"
    options: list[str] = []

    def one(c: Cursor) -> None:
        start = c.pos
        option = c.quoted()
        if option is None:
            c.fail(rule, "an option is in quotes here")
            option = c.astring(rule)
        elif ATOM.fullmatch(option) is None:
            c.fail(rule, "not an option", c.place(start, 0))
        options.append(readable(option))

    return _listed(c, rule, one) or tuple(options)


def _listed(c: Cursor, rule: str, one: Callable[[Cursor], None]) -> Any:
    """Read a list of at least one item, and return "".  If there is something else in its place, return that."""
    if c.peek() == "(":
        c.items(rule, one, some=True)
        return ""
    c.fail(rule, "expected a list in parentheses")
    return c.value(rule)


#: The list of STATUS after a name that should be quoted: one whose items are not known.
_STATUS_LIST = lazy(
    r" ?\( ?(?:[A-Z][A-Z0-9=.-]*[ )]|\))[^()]*(?:\([^()]*\)[^()]*)*\)*\s*\Z",
    re.IGNORECASE,
)
#: The same in a line that goes on after the list: a word and a number or a list.
_STATUS_LOOSE = lazy(r" \([A-Z][A-Z0-9=.-]* [\d(]", re.IGNORECASE)
_STATUS_BARE = lazy(r" (?:MESSAGES|RECENT|UIDNEXT|UIDVALIDITY|UNSEEN|SIZE|DELETED) \d", re.IGNORECASE)
_BRACKET = lazy(r"[\[<{]")
_ANOTHER_LIST = lazy(r"[ ,]{0,2}(?=\()")


@lru_cache(maxsize=4)
def _known_list(items: tuple[str, ...]) -> re.Pattern[str]:
    """Return an expression for the beginning of a list of such items of STATUS."""
    names = "|".join(map(re.escape, sorted(items)))
    return re.compile(rf"(?: {{0,3}}\({{1,2}} {{0,3}}| [\[<{{])(?:{names})(?=[ )])", re.IGNORECASE)


def status_number(c: Cursor) -> int | None:
    """number."""
    return c.number("status-att-list")


def status_nz_number(c: Cursor) -> int | None:
    """nz-number."""
    return c.number("status-att-list", nonzero=True)


def status_number64(c: Cursor) -> int | None:
    """number64."""
    return c.number("status-att-list", bits=63)


def mailbox_status(c: Cursor) -> MailboxStatus:
    """ "STATUS" SP mailbox SP "(" [status-att-list] ")".  The readers of the kind "status-item" read the values."""
    common = _common_status(c)
    if common is not None:
        return common
    readers = c.readers("status-item")
    rule = "mailbox-data"
    c.space(rule)
    ends = (_known_list(tuple(iter(readers))), _STATUS_LIST, _STATUS_LOOSE, _STATUS_BARE) if c.tolerant else ()
    name = mailbox(c, *ends)
    c.space(rule)
    items: dict[str, Any] = {}
    _status_items(c, items)
    while c.tolerant and c.take(_ANOTHER_LIST):
        c.fail("status-att-list", "a second list")
        _status_items(c, items)
    return MailboxStatus(name, items)


def _common_status(c: Cursor) -> MailboxStatus | None:
    """Read a STATUS in the common form; return None, and read nothing, if it has another."""
    found = _COMMON_STATUS.match(c.text, c.pos, c.end) if c.depth < c.nesting else None
    if found is None:
        return None
    quoted, atom, listed = found.groups()
    name, faults = spelled(atom if quoted is None else quoted, utf8=c.utf8)
    if faults:
        return None
    c.pos = c.end
    words = listed.split(" ")
    return tuple.__new__(MailboxStatus, (name, dict(zip(words[::2], map(int, words[1::2]), strict=True))))


def _status_items(c: Cursor, items: dict[str, Any]) -> None:
    """ "(" [status-att-list] ")"."""
    rule = "status-att-list"
    if not c.tolerant or c.peek() in ("(", " "):
        c.enter(rule)
    else:
        c.fail(rule, "expected a list in parentheses")
        c.take(_BRACKET)
    begun = False
    while c.peek() not in (")", ""):
        if begun:
            c.space(rule)
            if c.peek() == ")":
                break
        begun = True
        depth = c.depth
        try:
            if c.tolerant and c.peek() == "(":
                c.fail(rule, "an item in parentheses of its own")
                _status_items(c, items)
            else:
                _status_item(c, items)
        except Mismatch as mismatch:
            c.mend(mismatch)
            c.depth = depth
            c.skip()
    if c.depth or c.peek() == ")":
        c.leave(rule)


def _status_item(c: Cursor, items: dict[str, Any]) -> None:
    """status-att SP value."""
    rule = "status-att-list"
    start = c.pos
    item = c.atom(rule).upper()
    if item[0].isdigit():
        c.fail(rule, "expected the name of an item, not a number", start)
    reader = c.readers("status-item").get(item)
    if reader is None:
        c.space(rule)
        items[item] = c.value(rule)
    else:
        items[item] = c.item_value(rule, reader)


def namespaces(c: Cursor) -> Namespaces:
    """namespace-response = "NAMESPACE" SP namespace SP namespace SP namespace (RFC 2342 too)."""
    found: list[tuple[Namespace, ...] | None] = []
    for _ in range(3):
        try:
            c.space("namespace-response")
            found.append(None if c.at_end() else _namespace(c))
        except Mismatch as mismatch:
            c.mend(mismatch)
            c.pos = c.end
    c.finish("namespace-response")
    return Namespaces(*found, *[None] * (3 - len(found)))


def _namespace(c: Cursor) -> tuple[Namespace, ...] | None:
    """namespace = nil / "(" 1*namespace-descr ")"."""
    rule = "namespace-response"
    if c.nil():
        return None
    c.enter(rule)
    found: list[Namespace] = []
    while c.peek() == "(" or (c.tolerant and c.peek() == " "):
        if c.peek() == " ":
            c.fail(rule, "a space between two namespaces")
            c.pos += 1
            continue
        found.append(_description(c))
    if not found:
        c.fail(rule, "() instead of NIL or a namespace")
    c.leave(rule)
    return tuple(found)


def _extension_values(c: Cursor) -> tuple[str, ...]:
    """ "(" string *(SP string) ")"."""
    rule = "namespace-response"
    c.enter(rule)
    values = [c.string(rule)]
    while c.peek() not in (")", ""):
        c.space(rule)
        if c.peek() != ")":
            values.append(c.string(rule))
    c.leave(rule)
    return tuple(values)


def _description(c: Cursor) -> Namespace:
    """namespace-descr = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil) [namespace-response-extensions] ")"."""
    rule = "namespace-response"
    c.enter(rule)
    start = c.pos
    prefix, faults = spelled(c.wire_string(rule), utf8=c.utf8)
    if faults:
        c.fail("mailbox-name", faults[0], start + 1)
    c.space(rule)
    separator = delimiter(c, rule)
    extension: dict[str, tuple[str, ...]] = {}
    while c.peek() == " ":
        c.space(rule)
        if c.peek() == ")":
            break
        name = c.string(rule)
        c.space(rule)
        extension[name] = _extension_values(c)
    c.leave(rule)
    return Namespace(prefix, separator, extension)
