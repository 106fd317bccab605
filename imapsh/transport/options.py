"""What is wanted of TLS."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class TLSOptions(NamedTuple):
    """How to trust and be trusted: paths of PEM files, None for the system's authorities and no certificate of ours.

    `insecure` skips the verification of the peer's certificate and nothing else.
    """

    cafile: str | None = None
    cert: str | None = None
    key: str | None = None
    insecure: bool = False
