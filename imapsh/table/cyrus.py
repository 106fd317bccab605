"""Rows of Cyrus's own FETCH items: digests, conversations, and the mod-sequence that a message had when it came."""

from imapsh.table.model import Name

_DIGEST = ("DIGEST=SHA1",)
_CONVERSATIONS = ("XCONVERSATIONS",)

NAMES = (
    Name("fetch-item", "DIGEST.SHA1", "The message's SHA-1, as the server's index has it, in hexadecimal.", "Cyrus",
         needs=_DIGEST, example="DIGEST.SHA1", read="cyrus.digest"),
    Name("fetch-item", "RFC822.SHA1", "The message's SHA-1, worked out from its file, in hexadecimal.", "Cyrus",
         needs=_DIGEST, example="RFC822.SHA1", read="cyrus.digest"),
    Name("fetch-item", "RFC822.FILESIZE", "The size of the message's file, in octets.", "Cyrus", needs=_DIGEST,
         example="RFC822.FILESIZE", read="fetch.size"),
    Name("fetch-item", "CID", "The conversation that the message belongs to, in hexadecimal; NIL for none.", "Cyrus",
         needs=_CONVERSATIONS, example="CID", read="cyrus.conversation"),
    Name("fetch-item", "BASECID", "The conversation that this one was split from; NIL for none.", "Cyrus",
         needs=_CONVERSATIONS, example="BASECID", read="cyrus.conversation"),
    Name("fetch-item", "CREATEDMODSEQ", "The mod-sequence with which the message came.", "Cyrus",
         needs=("X-CREATEDMODSEQ",), example="CREATEDMODSEQ", read="cyrus.created"),
    Name("capability", "DIGEST=SHA1", "DIGEST.SHA1: a message's hash.", "Cyrus", group="Fetching"),
    Name("capability", "XCONVERSATIONS", "Messages by conversation.", "Cyrus", group="Searching"),
    Name("capability", "X-CREATEDMODSEQ", "The mod-sequence with which a message came.", "Cyrus", group="Sync"),
)  # fmt: skip
