"""The certificate that a tap shows to its clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapsh.errors import TLSError
from imapsh.transport.options import TLSOptions

if TYPE_CHECKING:
    from imapsh.shell.settings.options import Options


class Papers:
    """The certificate that a tap shows to its clients: one that was given, or one of its own for `name`."""

    def __init__(self, options: Options, name: str) -> None:
        self._given = TLSOptions(cert=options.tap_cert, key=options.tap_key or None) if options.tap_cert else None
        self._name = name
        self._authority = ""

    def tls(self) -> TLSOptions:
        """Return it; it is made when it is first needed.  Raises TLSError if that is not possible."""
        if self._given is not None:
            return self._given
        from imapsh.shell.settings.folders import state_folder
        from imapsh.transport.certificate import papers

        try:
            made = papers(state_folder() / "tap", self._name)
        except TLSError as error:
            raise TLSError(f"{error} (--tap-cert FILE, --tap-key FILE)") from error
        self._authority = made.authority
        return TLSOptions(cert=made.certificate)

    @property
    def trust(self) -> str:
        """Return how a client is brought to accept it."""
        if self._given is not None:
            return f"let it trust the authority of {self._given.cert}"
        return f"let it trust the authority in {self._authority}"
