"""Says errors in the words of the shell: those of the operating system, and the ways out that the library names."""

from __future__ import annotations

from imapsh.errors import ImapshError, LimitError, TLSError
from imapsh.patterns import lazy

_TLS_OPTION = lazy(r"TLSOptions\.(\w+)")
_TLS_OPTIONS = {
    "cafile": "--cafile",
    "cert": "--cert",
    "key": "--key",
    "insecure": "--insecure",
    "name": "--tls-name",
    "pins": "--pin",
    "pins_only": "--pin-only",
    "key_password": "--key-password-command",
}

INTERRUPTED = 130
PIPE_CLOSED = 141  #: what a shell says of a program that SIGPIPE ended
INTERNAL = 70  #: EX_SOFTWARE of sysexits.h


def why(error: OSError | ValueError) -> str:
    """Return why the system would not have a path or a command; a NUL in it is a ValueError."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def exit_status(error: BaseException) -> int:
    """Return the exit status of a process that an error ends: its own `exit_code`, or what a shell would expect."""
    given: int | None = getattr(error, "exit_code", None)
    if given is not None:
        return given
    usual = ((BrokenPipeError, PIPE_CLOSED), (OSError, 1), (Exception, INTERNAL))
    return next((status for kind, status in usual if isinstance(error, kind)), INTERRUPTED)


def in_options(error: ImapshError) -> str:
    """Return what an error says, with the way out as the command line has it."""
    from imapsh.transport.address import PasswordInAddressError

    text = str(error)
    if isinstance(error, LimitError):
        return text.replace(f"Limits({error.limit}=N)", f"--limit {error.limit}=N")
    if isinstance(error, PasswordInAddressError):
        return f"{text}, at the prompt, in IMAPSH_PASSWORD, or by an option such as --password-command"
    if isinstance(error, TLSError):
        return _TLS_OPTION.sub(lambda found: _TLS_OPTIONS.get(found[1], found[0]), text)
    return text
