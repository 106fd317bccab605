"""The one tree of exceptions.  This module imports nothing.

    ImapshError                 exit 1   what imapsh itself raises
    +-- UsageError              exit 2   a mistake in how a function or the command line was used (also a ValueError)
    |   +-- StateError                   the command is not allowed in this state; nothing was sent
    +-- ParseError              exit 3   octets or text do not follow the grammar; `offset` says where
    +-- ConnectError            exit 4   no connection, or the peer does not greet like IMAP
    |   +-- GreetingError                connected, but greeted with BYE or not in IMAP
    |   +-- ProxySetupError              a proxy cannot be used as things are
    |       +-- ProxyLoginError          it refused the user and the password, or wants them and got none
    +-- TLSError                exit 5   handshake, certificate or STARTTLS failed
    +-- LoginError              exit 6   the server refused the automatic login, or a password was not safe to send
    +-- ConnectionLost          exit 7   the connection ended or failed in mid-session
    |   +-- ConnectionTimeout            nothing came within the time allowed (also a TimeoutError)
    |   +-- ServerBye                    the server said BYE unasked
    |   +-- LimitError                   a limit was tripped; `limit`, `allowed` and `seen` say which and by how much
    +-- CommandError            exit 1   a command's tagged reply was not OK; `response` holds it
    |   +-- CommandNo           exit 1
    |   +-- CommandBad          exit 3
    +-- MessageGone             exit 1   the message is not in the mailbox, or not any more
    +-- TooLarge                exit 1   a part holds more octets than may be read at once
    +-- Interrupted             exit 130 Ctrl-C ended what was going on

Each message is one sentence for a person: what happened, where, and the way out.  No message holds a secret.
"""


class ImapshError(Exception):
    """The base of all these errors.  `exit_code` is the process's exit status when the error ends a batch."""

    exit_code = 1


class UsageError(ImapshError, ValueError):
    """An argument was wrong; nothing was sent."""

    exit_code = 2


class StateError(UsageError):
    """The session's state forbids this; nothing was sent and the session is as it was."""


class ParseError(ImapshError):
    """Octets or text do not follow the grammar.

    `rule` is an id of `imapsh.findings.RULES`, `offset` counts octets (or characters of typed text) from 0.
    """

    exit_code = 3

    def __init__(self, message: str, offset: int = 0, rule: str = "response") -> None:
        super().__init__(message)
        self.offset = offset
        self.rule = rule


class ConnectError(ImapshError):
    """No connection could be made."""

    exit_code = 4


class GreetingError(ConnectError):
    """The peer answered, but not as an IMAP server that is willing."""


class ProxySetupError(ConnectError):
    """A proxy cannot be used as things are: to try again does not help."""


class ProxyLoginError(ProxySetupError):
    """A proxy refused the user and the password, or wants them and got none."""


class TLSError(ImapshError):
    """TLS could not be set up or the certificate was not accepted.

    `handshake` is what is known of a handshake that failed (`imapsh.transport.handshake`), or None.
    """

    exit_code = 5
    handshake: object = None


class LoginError(ImapshError):
    """The automatic login failed, or a password would have gone in the clear; then nothing was sent."""

    exit_code = 6


class ConnectionLost(ImapshError):
    """The connection ended before the conversation did."""

    exit_code = 7


class ConnectionTimeout(ConnectionLost, TimeoutError):
    """Nothing came within the time allowed."""


class ServerBye(ConnectionLost):
    """The server said BYE though nobody had asked it to."""


class LimitError(ConnectionLost):
    """A limit was tripped.

    `limit` is its name, `allowed` what it allows, and `seen` what was seen (octets, levels or responses).  `how` is
    added to the message, if there is more to say of what was seen.  `what` is the message without its way out.
    """

    def __init__(self, limit: str, allowed: int, seen: int, how: str = "", *, who: str = "server") -> None:
        self.what = f"the {limit} limit is {allowed} and the {who} sent {seen}{how}"
        super().__init__(f"{self.what}; Limits({limit}=N) raises it if you trust it")
        self.limit = limit
        self.allowed = allowed
        self.seen = seen
        self.how = how


class CommandError(ImapshError):
    """A tagged reply was not OK; `response` is the reply."""

    def __init__(self, message: str, response: object = None) -> None:
        super().__init__(message)
        self.response = response


class CommandNo(CommandError):
    """The server said NO."""


class CommandBad(CommandError):
    """The server said BAD."""

    exit_code = 3


class MessageGone(ImapshError):
    """A message that was asked for by its number or UID is not in the mailbox: it was never there, or is expunged."""


class TooLarge(ImapshError):
    """A part or a message holds more octets than were allowed to be read at once.  The connection can be used on."""


class Interrupted(ImapshError):
    """The person ended what was going on, and knows that."""

    exit_code = 130


def plural(number: int, one: str, many: str = "") -> str:
    """Return the form of a word that goes with a number: `message` or `messages`, `was` or `were`."""
    return one if number == 1 else many or one + "s"


def shown(value: object) -> str:
    """Return a wrong argument as a message shows it: what `repr` returns, cut to 60 characters.  It raises nothing."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a number of more than 4,300 digits, or an object that fails
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 60 else f"{text[:57]}..."
