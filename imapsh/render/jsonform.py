"""Responses as JSON: one object each, in the form that `--explain` and batch print.

`{"offset", "length", "kind", "name", "value", "violations"}`, with offsets in octets of the input, and with what the
caller adds.  Plain item names are in lower case, section names as they were on the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from imapsh.findings import Finding, Violation
from imapsh.grammar.names import raw_of
from imapsh.grammar.responses import Response
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
    Garbage,
    Id,
    MailboxList,
    MailboxStatus,
    Namespace,
    Namespaces,
    Search,
    StatusText,
    UidFetch,
    Unknown,
    Vanished,
)
from imapsh.hints import Any
from imapsh.render.visible import Escapes, Shown, is_visible
from imapsh.wire.frames import Frame, Spilled
from imapsh.wire.sinks import octets_of, sum_of

Json = dict[str, Any]


def to_json(response: Response, *, raw: bool = False, **more: Any) -> Json:
    """Return the response as a dict of JSON values; `raw` adds its octets in base64.

    `more` (`command`, `elapsed`, `findings`, ...) is added as it is, except for values that are None.
    """
    value = _line(response) if response.value is None else plain(response.value)
    if response.tag is not None and isinstance(value, dict):
        value = {"tag": response.tag, **value}
    made: Json = {
        "offset": response.offset,
        "length": response.length,
        "kind": response.kind,
        "name": response.name,
        "value": value,
    }
    for key, extra in more.items():
        if extra is not None:
            made[key] = plain(extra)
    made["violations"] = [_violation(response.offset, violation) for violation in response.violations]
    if response.frame.incomplete:
        made["incomplete"] = True
    if raw:
        from base64 import b64encode

        whole = b"".join(piece for part in response.frame.parts for piece in octets_of(part))
        made["raw"] = b64encode(whole).decode("ascii")
    return made


def raw_blocks(made: Mapping[str, Any], frame: Frame) -> Iterator[Shown]:
    """Yield the object on one line.

    The frame's octets are in base64 after everything else, so that no literal is held in memory.
    """
    from base64 import b64encode

    yield Shown(dumps(made)[:-1] + ',"raw":"')
    rest = b""
    for octets in (piece for part in frame.parts for piece in octets_of(part)):
        whole = rest + octets
        cut = len(whole) // 3 * 3
        yield Shown(b64encode(whole[:cut]).decode("ascii"))
        rest = whole[cut:]
    yield Shown(b64encode(rest).decode("ascii") + '"}')


def dumps(made: Mapping[str, Any]) -> Shown:
    """Return the object on one line of UTF-8 without controls, bidi overrides, invisible characters or lone surrogates.

    These are written as `\\uNNNN`, so that reading the line back gives the same strings.
    """
    return written(made)


def written(value: Any) -> Shown:
    """Do as `dumps` for any JSON value."""
    text: str = _encode()(value)
    return Shown(text if is_visible(text) else text.translate(_ESCAPES))


@cache
def _encode() -> Callable[[Any], str]:
    """Return what encodes values: one encoder for all, because making one takes as long as a short object."""
    import json

    return json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _escape(code: int) -> str:
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


_ESCAPES = Escapes(_escape)


def _line(response: Response) -> Json:
    """Return what replaces a missing value: the line itself (for a client's line, secrets were masked before)."""
    return {"text": response.frame.raw.decode("utf-8", "surrogateescape").rstrip("\r\n")}


def _violation(base: int, violation: Violation) -> Json:
    return {
        "rule": violation.rule,
        "rfc": violation.rfc,
        "offset": base + violation.offset,
        "message": violation.message,
    }


def plain(value: Any) -> Any:
    """Return any value of `imapsh.grammar` as JSON values: octets as Latin-1 text, sets as on the wire.

    A value of an extension becomes what its property `json` returns, or else an object of its fields.  Optional fields
    that were left out are not in it.
    """
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    form = _FORMS.get(kind)
    if form is not None:
        return form(value)
    if isinstance(value, tuple):
        made = getattr(value, "json", None)
        return made if made is not None else _fields(value) if hasattr(value, "_fields") else _listed(value)
    if isinstance(value, dict):
        return _mapped(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _listed(values: Any) -> list[Any]:
    return [plain(value) for value in values]


def _fields(value: Any) -> Json:
    """Return the fields of a NamedTuple, except those that are None because nothing was said."""
    optional = {name for name, default in value._field_defaults.items() if default is None}
    fields = value._asdict().items()
    return _named((name, field) for name, field in fields if field is not None or name not in optional)


def _named(values: Iterable[tuple[str, Any]]) -> Json:
    """Return an object of values by name.

    For the name of a mailbox, or a list of names, `NAME_raw` is added if the wire had another spelling.
    """
    made: Json = {}
    for name, value in values:
        made[name] = plain(value)
        if raw_of(value) != value:
            made[f"{name}_raw"] = raw_of(value)
        elif type(value) is tuple and any(raw_of(one) != one for one in value):
            made[f"{name}_raw"] = [raw_of(one) for one in value]
    return made


def _mapped(values: Mapping[str, Any]) -> Json:
    return _named(values.items())


def _code(code: Code | None) -> Json:
    """Return `code`, and `arg` if it has an argument: a number, a list, parts by name, or the text on the wire."""
    if code is None:
        return {}
    parts = isinstance(code.arg, int | tuple | SequenceSet) and type(code.arg) not in (AppendUid, CopyUid)
    parts = parts or hasattr(code.arg, "write")
    arg = plain(code.arg) if parts else code.text
    return {"code": code.name} if code.arg is None and not code.text else {"code": code.name, "arg": arg}


def _status_text(value: StatusText) -> Json:
    return {**_code(value.code), "text": value.text}


def _garbage(value: Garbage) -> Json:
    return {"looks_like": value.looks_like, **_code(value.code)}


def _unknown(value: Unknown) -> Json:
    data = _listed(value.data)
    return {"data": data} if value.number is None else {"number": value.number, "data": data}


def _mailbox_list(value: MailboxList) -> Json:
    made = _named((("attrs", value.attrs), ("delimiter", value.delimiter), ("mailbox", value.mailbox)))
    return {**made, "extended": _mapped(value.extended)} if value.extended else made


def _mailbox_status(value: MailboxStatus) -> Json:
    return {**_named((("mailbox", value.mailbox),)), **_items(value.items)}


def _items(items: Mapping[str, Any]) -> Json:
    """Return items by their names in lower case."""
    return _named((name.lower(), item) for name, item in items.items())


def _namespace(value: Namespace) -> list[Any]:
    pair: list[Any] = [value.prefix, value.delimiter]
    return [*pair, _mapped(value.extension)] if value.extension else pair


def _namespaces(value: Namespaces) -> Json:
    """Return the three kinds of namespaces.

    A kind whose prefix is spelled otherwise on the wire also has its raw prefixes.
    """
    made: Json = {}
    for kind, spaces in value._asdict().items():
        made[kind] = plain(spaces)
        if any(raw_of(space.prefix) != space.prefix for space in spaces or ()):
            made[f"{kind}_raw"] = [raw_of(space.prefix) for space in spaces]
    return made


def _search(value: Search) -> Json:
    made: Json = {"ids": list(value.ids)}
    return made if value.modseq is None else {**made, "modseq": value.modseq}


def _esearch(value: ESearch) -> Json:
    return {"tag": value.tag, "uid": value.uid, **_items(value.items)}


def _fetch(value: Fetch | UidFetch) -> Json:
    made: Json = {"seq": value.seq} if isinstance(value, Fetch) else {"uid": value.uid}
    for name, item in value.items.items():
        if isinstance(item, BodyPart):
            # BODYSTRUCTURE holds all that BODY does, so it is the one to show if both came
            if name == "BODYSTRUCTURE" or "structure" not in made:
                made.update(bodystructure=item.outline(), structure=plain(item))
        else:
            made[name if "[" in name else name.lower()] = plain(item)
    return made


def _address(value: Address) -> Json:
    made: Json = dict(zip(Address._fields, value, strict=True))
    return _with_text(made, "name", value.name_text)


_ENVELOPE = tuple(name.rstrip("_") for name in Envelope._fields)


def _envelope(value: Envelope) -> Json:
    return _with_text(dict(zip(_ENVELOPE, map(plain, value), strict=True)), "subject", value.subject_text)


def _with_text(made: Json, name: str, text: str | None) -> Json:
    """Put in `NAME_text`, the text of a header, if decoding its encoded words changes it."""
    if text != made[name]:
        made[f"{name}_text"] = text
    return made


_LEAF = ("params", "id", "description", "encoding", "size")
_MESSAGE_OR_TEXT = ("envelope", "body", "lines")
_EXTENSION = ("md5", "disposition", "language", "location", "extension")


def _body(value: BodyPart) -> Json:
    """Return the fields that a part of its kind has on the wire, including those that are NIL."""
    fields = value._asdict()
    names = ["type", "subtype"]
    if value.parts is None:
        names += [*_LEAF, *(name for name in _MESSAGE_OR_TEXT if fields[name] is not None)]
    else:
        names += ["parts"]
    if value.extended:
        names += ["params", *_EXTENSION[1:]] if value.parts is not None else _EXTENSION
    made = {name: plain(fields[name]) for name in names}
    if value.extended and value.disposition is not None:
        kind, params = value.disposition
        made["disposition"] = {"type": kind, "params": plain(params)}
    return made


def _spilled(value: Spilled) -> Json:
    return {"octets": value.octets, "sha256": sum_of(value)}


_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})
_FORMS: dict[type, Callable[[Any], Any]] = {
    bytes: lambda value: value.decode("latin-1"),
    tuple: _listed,
    list: _listed,
    dict: _mapped,
    SequenceSet: str,
    Address: _address,
    AppendUid: lambda value: f"{value.uidvalidity} {value.uids}",
    BodyPart: _body,
    Capabilities: lambda value: {"capabilities": list(value.names)},
    Code: _code,
    CopyUid: lambda value: f"{value.uidvalidity} {value.source} {value.destination}",
    Count: lambda value: {"count": value.number},
    Envelope: _envelope,
    ESearch: _esearch,
    Expunged: lambda value: {"seq": value.seq},
    Fetch: _fetch,
    Finding: lambda value: {"rule": value.rule, "level": value.level, "rfc": value.rfc, "message": value.message},
    Flags: lambda value: {"flags": list(value.flags)},
    Garbage: _garbage,
    Id: lambda value: {"fields": plain(value.fields)},
    MailboxList: _mailbox_list,
    MailboxStatus: _mailbox_status,
    Namespace: _namespace,
    Namespaces: _namespaces,
    Search: _search,
    Spilled: _spilled,
    StatusText: _status_text,
    UidFetch: _fetch,
    Unknown: _unknown,
    Vanished: lambda value: {"earlier": value.earlier, "uids": str(value.uids)},
}
