"""Hypothesis strategies for `imapsh.grammar.values`, as a server that follows the grammar would send them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from imapsh.grammar.sequence import SequenceSet
from imapsh.grammar.values import (
    Address,
    AppendUid,
    BodyPart,
    Capabilities,
    Code,
    CopyUid,
    Count,
    Envelope,
    ESearch,
    Expunged,
    Fetch,
    Flags,
    Id,
    MailboxList,
    MailboxStatus,
    Namespace,
    Namespaces,
    Search,
    StatusText,
    Vanished,
)

#: Any text that octets can hold as UTF-8; NUL and lone surrogates apart.
text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
maybe_text = st.none() | text
number = st.integers(0, (1 << 32) - 1)
nz_number = st.integers(1, (1 << 32) - 1)
number64 = st.integers(0, (1 << 63) - 1)
atom = st.text("abcXYZ0189!#$&'+,-./:;<=>?@[^_`|}~", min_size=1, max_size=8)
keyword = st.builds("{}{}".format, st.sampled_from(["", "\\"]), atom)
delimiter = st.none() | st.characters(min_codepoint=32, max_codepoint=126)
label = st.from_regex(r"[A-Z][A-Z0-9-]{0,6}", fullmatch=True)
params = st.none() | st.dictionaries(text.map(str.lower), text, min_size=1, max_size=3)
sets = st.lists(st.tuples(nz_number, nz_number), min_size=1, max_size=4).map(lambda pairs: SequenceSet(tuple(pairs)))


def _tuples(values: st.SearchStrategy[Any], min_size: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, min_size=min_size, max_size=4).map(tuple)


mailbox = text.map(lambda name: "INBOX" if name.upper() == "INBOX" else name)
address = st.builds(Address, maybe_text, maybe_text, maybe_text, maybe_text)
addresses = st.none() | _tuples(address, min_size=1)
envelope = st.builds(
    Envelope, maybe_text, maybe_text, *[addresses] * 6, maybe_text, maybe_text
)  # fmt: skip

_language = st.none() | _tuples(text, min_size=1)
_extensions: st.SearchStrategy[Any] = st.recursive(
    maybe_text | number64, lambda inner: _tuples(inner, min_size=1), max_leaves=4
)
_disposition = st.none() | st.tuples(text, params)
_encoding = st.sampled_from(["7bit", "BASE64", "x-own"])
_subtype = text.map(str.lower)


def _extended(draw: Any, part: BodyPart, single: bool) -> BodyPart:
    """The part with extension data, which a multipart's parameters are among."""
    found = part._replace(
        extended=True,
        disposition=draw(_disposition),
        language=draw(_language),
        location=draw(maybe_text),
        extension=draw(_tuples(_extensions)),
    )
    return found._replace(md5=draw(maybe_text)) if single else found._replace(params=draw(params))


@st.composite
def bodies(draw: Any, extended: bool = True, depth: int = 3) -> BodyPart:
    """A body; `extended` in the form of BODYSTRUCTURE."""
    kinds = ["text", "image", "chemical"] + (["multipart", "message"] if depth else [])
    kind = draw(st.sampled_from(kinds))
    inner = bodies(extended, depth - 1)
    if kind == "multipart":
        part = BodyPart("multipart", draw(_subtype), parts=draw(_tuples(inner, min_size=1)))
        return _extended(draw, part, single=False) if extended else part
    subtype = "rfc822" if kind == "message" else draw(_subtype)
    fields = draw(st.tuples(params, maybe_text, maybe_text, _encoding, number))
    part = BodyPart(kind, subtype, *fields)
    if kind == "message":
        part = part._replace(envelope=draw(envelope), body=draw(inner), lines=draw(number64))
    elif kind == "text":
        part = part._replace(lines=draw(number64))
    return _extended(draw, part, single=True) if extended else part


flags = _tuples(keyword)
_fetch_items: dict[str, st.SearchStrategy[Any]] = {
    "FLAGS": flags,
    "UID": nz_number,
    "RFC822.SIZE": number64,
    "MODSEQ": st.integers(1, (1 << 63) - 1),
    "INTERNALDATE": st.sampled_from([" 4-Mar-2021 18:20:07 +0100", "31-Dec-1999 23:59:60 -1234"]),
    "ENVELOPE": envelope,
    "BODY": bodies(extended=False),
    "BODYSTRUCTURE": bodies(),
    "BODY[]": st.none() | st.binary().map(lambda octets: octets.replace(b"\0", b"")),
    "BODY[1.2.HEADER.FIELDS (DATE FROM)]<0>": st.binary().map(lambda octets: octets.replace(b"\0", b"")),
    "BINARY[1]": st.none() | st.binary(),
    "BINARY.SIZE[1]": number,
}
fetch = st.builds(
    Fetch,
    nz_number,
    st.lists(st.sampled_from(sorted(_fetch_items)), min_size=1, max_size=5, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: _fetch_items[name] for name in names})
    ),
)

_extended_value = st.integers(0, 9) | _tuples(text)
mailbox_list = st.builds(
    MailboxList,
    _tuples(atom.map("\\{}".format)),
    delimiter,
    mailbox,
    st.dictionaries(label.filter(lambda name: name != "OLDNAME"), _extended_value, max_size=2)
    | st.fixed_dictionaries({"OLDNAME": st.tuples(mailbox)}),
)
_namespace = st.builds(Namespace, text, delimiter, st.dictionaries(text, _tuples(text, min_size=1), max_size=2))
_namespaces = st.none() | _tuples(_namespace, min_size=1)
_code = (
    st.sampled_from([Code("ALERT"), Code("READ-WRITE"), Code("X-OWN"), Code("BADCHARSET")])
    | st.builds(Code, st.sampled_from(["UIDNEXT", "UIDVALIDITY", "UNSEEN"]), nz_number)
    | st.builds(Code, st.just("PERMANENTFLAGS"), flags)
    | st.builds(Code, st.just("CAPABILITY"), _tuples(label).map(lambda names: (*names, "IMAP4rev1")))
    | st.builds(Code, st.just("BADCHARSET"), _tuples(text, min_size=1))
    | st.builds(Code, st.just("APPENDUID"), st.builds(AppendUid, nz_number, sets))
    | st.builds(Code, st.just("COPYUID"), st.builds(CopyUid, nz_number, sets, sets))
)
_line = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="["), max_size=20)
status = st.builds(StatusText, st.none() | _code, _line)

#: Response name -> its value.
RESPONSES: dict[str, st.SearchStrategy[Any]] = {
    "OK": status,
    "BYE": status,
    "+": status,
    "CAPABILITY": st.builds(Capabilities, _tuples(label).map(lambda names: (*names, "IMAP4rev1"))),
    "ENABLED": st.builds(Capabilities, _tuples(label)),
    "FLAGS": st.builds(Flags, flags),
    "EXISTS": st.builds(Count, number),
    "RECENT": st.builds(Count, number),
    "EXPUNGE": st.builds(Expunged, nz_number),
    "VANISHED": st.builds(Vanished, st.booleans(), sets),
    "LIST": mailbox_list,
    "LSUB": mailbox_list,
    "STATUS": st.builds(
        MailboxStatus,
        mailbox,
        st.dictionaries(st.sampled_from(["MESSAGES", "UNSEEN", "RECENT", "UIDNEXT", "SIZE", "X-OWN"]), nz_number),
    ),
    "NAMESPACE": st.builds(Namespaces, _namespaces, _namespaces, _namespaces),
    "SEARCH": st.builds(Search, _tuples(nz_number), st.none())
    | st.builds(Search, _tuples(nz_number, min_size=1), st.integers(1, (1 << 63) - 1)),
    "ESEARCH": st.builds(
        ESearch,
        maybe_text,
        st.booleans(),
        st.fixed_dictionaries(
            {}, optional={"MIN": nz_number, "COUNT": number, "ALL": sets, "MODSEQ": st.integers(1, (1 << 63) - 1)}
        ),
    ),
    "ID": st.builds(Id, st.none() | st.dictionaries(text, maybe_text, max_size=3)),
    "FETCH": fetch,
}
