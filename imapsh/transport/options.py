"""What is wanted of TLS."""

# Annotations stand evaluated here: NamedTuple compiles each that is a string, and a start makes many classes.

from imapsh.tuples import NamedTuple


class TLSOptions(NamedTuple):
    """How to trust and be trusted: paths of PEM files, None for the system's authorities and no certificate of ours.

    `insecure` skips the verification of the peer's certificate and nothing else.
    """

    cafile: str | None = None
    cert: str | None = None
    key: str | None = None
    insecure: bool = False
