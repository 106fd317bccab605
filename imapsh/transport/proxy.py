"""A proxy through which a server is reached."""

from __future__ import annotations

from imapsh.tuples import NamedTuple


class Proxy(NamedTuple):
    """A proxy, and who may use it.

    With socks5h, socks4a and http the proxy looks up the server's name; with socks5 and socks4 this machine does.
    `user` and `password` are "" for none; the password is not shown by `repr`.  `source` is where it was named, for
    messages, or "".
    """

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""
    source: str = ""

    def __repr__(self) -> str:
        return f"Proxy({self.label!r})"

    @property
    def where(self) -> str:
        """The place, for messages: `host:port`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def label(self) -> str:
        """The proxy as it is written, without its password."""
        return f"{self.scheme}://{f'{self.user}@' if self.user else ''}{self.where}"

    @property
    def resolves(self) -> bool:
        """Return whether the proxy looks up the server's name."""
        return self.scheme not in ("socks5", "socks4")
