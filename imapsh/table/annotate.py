"""Rows of ANNOTATE (RFC 5257, experimental): annotations of messages."""

from imapsh.table.model import Name

_ANNOTATE = ("ANNOTATE-EXPERIMENT-1",)
_EXPERIMENTAL = "experimental"
_SET = '(/comment (value.priv "My comment"))'
_SEARCHED = ("value", "value.priv", "value.shared")

NAMES = (
    Name("slot", "annotation-entry", "an entry (such as /comment)", "RFC 5257 §3.2", "<astring>",
         read="annotate.typed_entry"),
    Name("slot", "entry-match", "an entry, or a pattern of entries (such as /*)", "RFC 5257 §4.3", "<list-mailbox>"),
    Name("slot", "annotation-attrib", "an attribute (such as value.priv)", "RFC 5257 §3.3", "<astring>",
         read="annotate.typed_attribute"),
    Name("syntax", "annotation-value", "A string or literal, or NIL to take the value away.", "RFC 5257 §5",
         "<message>|<id-value>", example='"My comment"'),
    Name("syntax", "entry-att", "An entry with its attributes and their values.", "RFC 5257 §5",
         "<annotation-entry> ({<annotation-attrib> <annotation-value>}...)", example='/comment (value.priv "x")'),
    Name("fetch-item", "ANNOTATION", "Attributes of annotations.", "RFC 5257 §4.3",
         "({<entry-match>|(<entry-match>...)} {<annotation-attrib>|(<annotation-attrib>...)})", _ANNOTATE,
         example="ANNOTATION ((/comment /altsubject) value.priv)", read="annotate.annotation", standing=_EXPERIMENTAL),
    Name("store-item", "ANNOTATION", "Sets annotations; NIL takes a value away.", "RFC 5257 §4.5", "(<entry-att>...)",
         _ANNOTATE, example=f"STORE 1 ANNOTATION {_SET}", standing=_EXPERIMENTAL),
    Name("append-extension", "ANNOTATION", "Annotations of the message.", "RFC 5257 §4.7",
         "(<entry-att>...) {<message>|<append-extension>}", _ANNOTATE,
         example=f"APPEND drafts ANNOTATION {_SET} {{@message.eml}}", standing=_EXPERIMENTAL),
    Name("search-key", "ANNOTATION", "This text in an attribute of an annotation.", "RFC 5257 §4.8",
         "<entry-match> <att-search> <annotation-value>", _ANNOTATE, example='ANNOTATION * value.priv "IMAP4"',
         standing=_EXPERIMENTAL),
    Name("sort-key", "ANNOTATION", "By an attribute of an annotation.", "RFC 5257 §4.9",
         "<annotation-entry> <att-sort>", _ANNOTATE, example="SORT (ANNOTATION /altsubject value.shared) UTF-8 ALL",
         standing=_EXPERIMENTAL),
    *(Name("att-search", name, "An attribute that can be searched.", "RFC 5257 §4.8",
           example=f'SEARCH ANNOTATION /comment {name} "IMAP4"', standing=_EXPERIMENTAL) for name in _SEARCHED),
    *(Name("att-sort", name, "An attribute that can be sorted by.", "RFC 5257 §4.9",
           example=f"SORT (ANNOTATION /comment {name}) UTF-8 ALL", standing=_EXPERIMENTAL) for name in _SEARCHED[1:]),
    Name("select-param", "ANNOTATE", "The server tells of annotations that others change.", "RFC 5257 §4.2",
         needs=_ANNOTATE, example="SELECT INBOX (ANNOTATE)", standing=_EXPERIMENTAL),
    Name("code", "ANNOTATE", "An annotation is too big (TOOBIG), or there are too many (TOOMANY).", "RFC 5257 §4.5",
         "TOOBIG|TOOMANY", _ANNOTATE, example="[ANNOTATE TOOBIG]", read="annotate.refused", standing=_EXPERIMENTAL),
    Name("code", "ANNOTATIONS", "What annotations the mailbox can have, and how large.", "RFC 5257 §4.1",
         "NONE|{READ-ONLY|<nz-number>} [NOPRIVATE]", _ANNOTATE, example="[ANNOTATIONS 20480 NOPRIVATE]",
         read="annotate.support", standing=_EXPERIMENTAL),
    Name("capability", "ANNOTATE-EXPERIMENT-1", "Annotations of messages.", "RFC 5257 §1", group="Storing",
         standing=_EXPERIMENTAL),
)  # fmt: skip
