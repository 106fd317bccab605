"""MULTIAPPEND (RFC 3502): APPEND stores all of its messages or none."""

CAPABILITIES = ("MULTIAPPEND",)
