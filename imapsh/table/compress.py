"""Rows of COMPRESS (RFC 4978)."""

from imapsh.table.model import AFTER_LOGIN, Command, Name

COMMANDS = (
    Command("COMPRESS", AFTER_LOGIN, "<algorithm>", "Compresses both directions, from its OK on.", "RFC 4978 §3",
            "COMPRESS DEFLATE", needs=("COMPRESS=DEFLATE",), barrier=True),
)  # fmt: skip

NAMES = (
    Name("algorithm", "DEFLATE", "The one algorithm of COMPRESS.", "RFC 4978 §5", needs=("COMPRESS=DEFLATE",),
         example="DEFLATE"),
    Name("code", "COMPRESSIONACTIVE", "Something else compresses the connection already.", "RFC 4978 §3",
         needs=("COMPRESS=DEFLATE",), example="[COMPRESSIONACTIVE]", read="codes.nothing"),
)  # fmt: skip
