"""Rows of PREVIEW (RFC 8970), and of the two drafts before it."""

from imapsh.table.model import Name

_DRAFT = "draft-ietf-extra-imap-fetch-preview"
_OLDER = "draft-slusarz-imap-fetch-snippet"
_FUZZY = ("PREVIEW=FUZZY", "SNIPPET=FUZZY")

NAMES = (
    Name("fetch-item", "PREVIEW", "A line or two of the message's text.", "RFC 8970 §3", "[(<preview-mod>...)]",
         ("PREVIEW", "PREVIEW=FUZZY"), example="PREVIEW (LAZY)", read="preview.preview"),
    Name("fetch-item", "SNIPPET", "PREVIEW, as it was in the first draft.", _OLDER, "[(<preview-mod>...)]",
         ("SNIPPET=FUZZY",), example="SNIPPET (FUZZY)", read="preview.preview", standing="historic"),
    Name("preview-mod", "LAZY", "NIL if the server would have to work for it.", "RFC 8970 §4.1", needs=("PREVIEW",),
         example="FETCH 1:4 (ENVELOPE PREVIEW (LAZY))"),
    Name("preview-mod", "FUZZY", "The algorithm, in the drafts.", _DRAFT, needs=_FUZZY,
         example="FETCH 1 (PREVIEW (FUZZY))", standing="historic"),
    Name("preview-mod", "LAZY=FUZZY", "LAZY with the algorithm, in the drafts.", _DRAFT, needs=_FUZZY,
         example="FETCH 1 (PREVIEW (LAZY=FUZZY))", standing="historic"),
    Name("capability", "PREVIEW", "A line or two of a message's text.", "RFC 8970 §3", group="Fetching"),
    Name("capability", "PREVIEW=FUZZY", "PREVIEW, as it was before its RFC.", _DRAFT, group="Fetching",
         standing="historic"),
    Name("capability", "SNIPPET=FUZZY", "PREVIEW, as it was before that.", _OLDER, group="Fetching",
         standing="historic"),
)  # fmt: skip
