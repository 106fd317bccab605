"""Finds a password in one order of sources; never on the command line.

Passwords that were handed out are known, to be masked.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from imapsh.errors import LoginError, UsageError
from imapsh.hints import TYPE_CHECKING
from imapsh.transport.child import SECRET_VARIABLES
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.settings.options import Options
    from imapsh.shell.settings.passwords.oauth.providers import Provider
    from imapsh.shell.settings.passwords.programs import Command

_WAYS = "give --password-command, --keyring or --netrc, set IMAPSH_PASSWORD, or run imapsh at a terminal and type it"
_LINE_ENDS = "\r\n"
_LONGEST = 1 << 16  # octets of a password on a descriptor

#: The secrets taken out of the environment, by name, and from a descriptor, by ""; kept here alone.
_taken: dict[str, str] = {}

#: The passwords that were handed out to be sent.
_handed_out: set[str] = set()


class Kept:
    """A secret that shows itself to nobody by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Kept(...)"

    def reveal(self) -> str:
        """Return the secret."""
        return self._text


class Ways(NamedTuple):
    """The ways to a password that the options allow; the environment and the prompt are always there."""

    descriptor: bool = False
    token_command: Command = ""
    password_command: Command = ""
    password: Kept | None = None
    keyring: bool = False
    netrc: bool = False
    oauth: Provider | None = None

    @property
    def token(self) -> bool:
        """Return whether what they give is a token and no password."""
        return bool(self.token_command or self.oauth is not None)


_NO_WAYS = Ways()


def ways(options: Options) -> Ways:
    """Return the ways that the options allow."""
    return Ways(
        options.password_fd is not None, options.token_command, options.password_command, options.password,
        options.keyring, options.netrc, _provider(options) if options.oauth else None,
    )  # fmt: skip


def _provider(options: Options) -> Provider:
    from imapsh.shell.settings.passwords.oauth import providers

    return providers.of(options)


def take_from_environment() -> None:
    """Take the secret variables out of the environment, so that no child sees them.  Call it first of all."""
    for name in SECRET_VARIABLES:
        if name in os.environ:
            _taken[name] = os.environ.pop(name)


def take_from_descriptor(number: int) -> None:
    """Read the password from an open file descriptor, its first line and not an octet more, and close it.

    Call it before anything else is opened, lest another file has that number.  Raises UsageError.
    """
    line = bytearray()
    try:
        while (octet := os.read(number, 1)) not in (b"", b"\n") and len(line) < _LONGEST:
            line += octet
        if number > 2:
            os.close(number)
    except OSError as error:
        raise UsageError(
            f"--password-fd {number} cannot be read: {error.strerror}; open it, as {number}< FILE"
        ) from None
    from imapsh.shell.settings.passwords.programs import text_of

    _taken[""] = text_of(bytes(line), f"--password-fd {number}", "gave")


class Password:
    """A call of this gives the password of `user`, the first that ORDER finds.

    `ask(prompt)` asks a person, who comes last; None if nobody can be asked.  `host` is the server's name, by which
    keyring and netrc know it.  A call raises LoginError if there is none to be had.
    """

    def __init__(
        self, user: str, where: str, host: str = "", ways: Ways = _NO_WAYS, ask: Callable[[str], str] | None = None
    ) -> None:  # fmt: skip
        self.user = user
        self.where = where
        self.host = host
        self.ways = ways
        self.ask = ask

    def __call__(self) -> str:
        return self.look_up() or self.typed(self.ask(self.question) if self.ask is not None else None)

    def look_up(self) -> str:
        """Return the first password that a source finds, without the person, or "".  Raises LoginError.

        The line breaks that a source left at its end are not part of it.
        """
        for source in ORDER:
            password = source.find(self).rstrip(_LINE_ENDS) if source.asked(self.ways) else ""
            if password:
                _handed_out.add(password)
                return password
        return ""

    def handed(self, token: str) -> str:
        """Return a token that was got by steps of its own, "" for none; from now on it is known, to be masked."""
        if token:
            _handed_out.add(token)
        return token

    def typed(self, answer: str | None) -> str:
        """Return the password that a person typed.  Raises LoginError if there is none."""
        password = (answer or "").rstrip(_LINE_ENDS)
        if not password:
            raise LoginError(f"no password for {self.user} was given: {_WAYS}")
        _handed_out.add(password)
        return password

    @property
    def question(self) -> str:
        """The question to the person."""
        return f"Password for {self.user} at {self.where}: "

    @property
    def runs(self) -> bool:
        """Return whether `look_up` runs a program, which may take its time and ask at the terminal."""
        ways = self.ways
        return not ways.descriptor and bool(ways.token_command or ways.password_command or ways.keyring)

    @property
    def has_another(self) -> bool:
        """Return whether `another` may give a token."""
        return bool(self.ways.token_command) and not self.ways.descriptor

    def another(self) -> str:
        """Return another token than the one just refused, which is not sent again, or "" if there can be none."""
        if not self.has_another:
            return ""
        from imapsh.shell.settings.passwords import tokens

        token = tokens.another(self.ways.token_command)
        _handed_out.add(token)
        return token


def hand_out(secret: str) -> Kept:
    """Note a secret that is used for something else than a login, so that it is masked too, and return it."""
    _handed_out.add(secret)
    return Kept(secret)


def handed_out() -> tuple[str, ...]:
    """Return all passwords that were handed out since the start."""
    return tuple(_handed_out)


# -- the sources


class Source(NamedTuple):
    """One of the sources.

    It has its name, what it is, whether it is asked, and how it finds a password, "" if it has none.
    """

    name: str
    help: str
    asked: Callable[[Ways], object]
    find: Callable[[Password], str]


def _token(wanted: Password) -> str:
    from imapsh.shell.settings.passwords import tokens

    return tokens.current(wanted.ways.token_command)


def _oauth(wanted: Password) -> str:
    return ""  # the steps of `imapsh.shell.connection.consent` find it, and may ask a person


def _command(wanted: Password) -> str:
    from imapsh.shell.settings.passwords.programs import from_command

    return from_command(wanted.ways.password_command)


def _environment() -> str:
    take_from_environment()
    return _taken.get("IMAPSH_PASSWORD", "")


def _keyring(wanted: Password) -> str:
    from imapsh.shell.settings.passwords import keyrings

    return keyrings.find(wanted.host, wanted.user)


def _netrc(wanted: Password) -> str:
    from imapsh.shell.settings.passwords import netrcfile

    return netrcfile.password(wanted.host, wanted.user)


def _prompt(wanted: Password) -> str:
    return ""  # a person is not looked up: the caller asks


#: The one order.  A command that fails is an error; where a look-up finds nothing, the next is asked.
ORDER = (
    Source("--password-fd", "the first line of a file descriptor, read once, at the start",
           lambda ways: ways.descriptor, lambda wanted: _taken.get("", "")),
    Source("--token-command", "the OAuth 2.0 token that a command prints",
           lambda ways: ways.token_command, _token),
    Source("--oauth", "an OAuth 2.0 token that imapsh keeps and refreshes, or that you agree to at the provider",
           lambda ways: ways.oauth, _oauth),
    Source("--password-command", "the first line that a command prints",
           lambda ways: ways.password_command, _command),
    Source("password", "in a profile of a configuration file that only you may read",
           lambda ways: ways.password, lambda wanted: wanted.ways.password.reveal() if wanted.ways.password else ""),
    Source("IMAPSH_PASSWORD", "an environment variable, hidden from child processes",
           lambda ways: _environment(), lambda wanted: _environment()),
    Source("--keyring", "the system's keyring: service imapsh:HOST, user USER",
           lambda ways: ways.keyring, _keyring),
    Source("--netrc", "NETRC or ~/.netrc, which only you may read: machine HOST, login USER",
           lambda ways: ways.netrc, _netrc),
    Source("prompt", "asked for at the terminal, without echo",
           lambda ways: True, _prompt),
)  # fmt: skip


def append_password(line: str, password: str) -> str:
    """Return a typed `LOGIN user` with its password behind, quoted if it can be, else as a literal."""
    if password.isascii() and password.isprintable():
        quoted = password.replace("\\", "\\\\").replace('"', '\\"')
        return f'{line.rstrip()} "{quoted}"'
    return f"{line.rstrip()} {{{len(password.encode('utf-8', 'surrogateescape'))}}}\r\n{password}"
