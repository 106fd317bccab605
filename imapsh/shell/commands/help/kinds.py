"""The kinds of names, as people call them."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class Kind(NamedTuple):
    """A kind of names: the word for one, and the word for many, which lists them."""

    noun: str
    plural: str


#: In the order in which a name that stands in several is shown.
KINDS: dict[str, Kind] = {
    "own": Kind("command of imapsh", "shell commands"),
    "option": Kind("option of imapsh", "options"),
    "command": Kind("command", "commands"),
    "response": Kind("response", "responses"),
    "code": Kind("response code", "response codes"),
    "fetch-item": Kind("fetch item", "fetch items"),
    "fetch-macro": Kind("fetch macro", "fetch macros"),
    "preview-mod": Kind("modifier of PREVIEW", "preview modifiers"),
    "section": Kind("section of a message", "sections"),
    "section-mime": Kind("section of a part", "sections of parts"),
    "search-key": Kind("search key", "search keys"),
    "search-return": Kind("RETURN option of SEARCH", "search options"),
    "search-data": Kind("item of an ESEARCH response", "search data"),
    "entry-type-req": Kind("type of an entry in MODSEQ", "entry types"),
    "status-item": Kind("status item", "status items"),
    "store-item": Kind("store item", "store items"),
    "flag": Kind("flag", "flags"),
    "gm-system-label": Kind("label of Gmail's own", "gmail labels"),
    "objectid-key": Kind("kind of identifier", "identifier kinds"),
    "attribute": Kind("mailbox attribute", "attributes"),
    "list-select": Kind("selection option of LIST", "list selections"),
    "list-return": Kind("RETURN option of LIST", "list options"),
    "list-item": Kind("extended item of a LIST response", "list items"),
    "create-param": Kind("parameter of CREATE", "create parameters"),
    "use": Kind("special use in CREATE", "special uses"),
    "capability": Kind("capability", "capabilities"),
    "enable": Kind("extension that ENABLE turns on", "extensions"),
    "mechanism": Kind("SASL mechanism", "mechanisms"),
    "algorithm": Kind("compression algorithm", "algorithms"),
    "state": Kind("state of a connection", "states"),
    "syntax": Kind("part of a syntax", "syntax parts"),
    "argument": Kind("argument", "arguments"),
    "rule": Kind("rule of the grammar", "rules"),
    "conduct": Kind("rule of conduct", "rules of conduct"),
    "client-conduct": Kind("rule of clients' conduct", "rules of clients' conduct"),
    "search-source": Kind("mailboxes for ESEARCH", "search sources"),
    "search-scope": Kind("scope option of ESEARCH", "search scopes"),
    "search-correlator": Kind("part of an ESEARCH's correlator", "search correlators"),
    "sort-option": Kind("option of SORT", "sort options"),
    "thread-alg": Kind("threading algorithm", "threading algorithms"),
}


def kind_of(kind: str) -> Kind:
    """Return the words for a kind, even for one that is not in KINDS."""
    noun = kind.replace("-", " ")
    return KINDS.get(kind) or Kind(noun, noun + "s")
