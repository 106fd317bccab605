"""The options of TLS."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class TLSOptions(NamedTuple):
    """Options that say how to trust the peer and how to be trusted.

    `cafile`, `cert` and `key` are paths of PEM files; None stands for the system's authorities and no certificate of
    ours.  `insecure` skips the verification of the peer's certificate and nothing else.
    """

    cafile: str | None = None
    cert: str | None = None
    key: str | None = None
    insecure: bool = False
