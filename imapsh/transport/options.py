"""The options of TLS."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class TLSOptions(NamedTuple):
    """Options that say how to trust the peer and how to be trusted.

    `cafile`, `cert` and `key` are paths of PEM files; None means the system's authorities and no certificate of ours.
    `insecure` skips the verification of the peer's certificate and nothing else.  `name` is the name that the peer's
    certificate must bear (RFC 9525); None means the host of the address, or `localhost` for a Unix socket or a command.
    """

    cafile: str | None = None
    cert: str | None = None
    key: str | None = None
    insecure: bool = False
    name: str | None = None
