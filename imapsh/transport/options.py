"""The options of TLS."""

from __future__ import annotations

from collections.abc import Callable

from imapsh.tuples import NamedTuple


class TLSOptions(NamedTuple):
    """Options that say how to trust the peer and how to be trusted.

    `cafile`, `cert` and `key` are paths of PEM files; None means the system's authorities and no certificate of ours.
    `insecure` skips the verification of the peer's certificate and nothing else.

    `pins` are SHA-256 fingerprints of the peer's certificate or public key, one of which must fit, in the forms that
    `imapsh.transport.pins` reads.  Without TLS none can be compared, so a login takes STARTTLS first, and no password
    is sent in the clear, whatever allows it.  They are checked in addition to the rest; with `pins_only`, no authority
    need have signed the certificate, and its names and dates do not count.  `key_password` is called if the key is
    protected by a passphrase, and returns that.
    `name` is the name that the peer's
    certificate must bear (RFC 9525); None means the host of the address, or `localhost` for a Unix socket or a command.
    """

    cafile: str | None = None
    cert: str | None = None
    key: str | None = None
    insecure: bool = False
    name: str | None = None
    pins: tuple[str, ...] = ()
    pins_only: bool = False
    key_password: Callable[[], str] | None = None
