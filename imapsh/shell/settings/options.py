"""The command line: one table of options, from which the parser, `--help` (`usage`) and the reference page are made.

It imports nothing heavy: `--version` and `--help` cost little more than Python itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from imapsh.errors import UsageError
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.settings.config import Settings
    from imapsh.shell.settings.passwords.password import Kept
    from imapsh.shell.settings.passwords.programs import Command

#: The beginnings of a URL.
SCHEMES = ("imaps://", "imap://", "unix:", "exec:", "imaps+unix:", "imaps+exec:")
KEYS = ("emacs", "vi")  #: as which lines are edited
FORMATS = ("pretty", "view", "wire", "json", "hex")  #: in which replies are shown
NOTIFICATIONS = ("never", "bell", "desktop")  #: how new mail is told


class Option(NamedTuple):
    """A row of the table of options.

    `metavar` is "" for a switch.  `kind` is text, seconds, number, descriptor, command, or choice, which is one of
    `choices`.
    `many` options are repeatable.  `once` options are for one run, so they are no key of the configuration file.  `off`
    is the name that turns a switch off.  With `rest`, the words behind it that belong to no option are more values.
    """

    name: str
    group: str
    help: str
    metavar: str = ""
    short: str = ""
    kind: str = "text"
    choices: tuple[str, ...] = ()
    many: bool = False
    once: bool = False
    off: str = ""
    rest: bool = False

    @property
    def field(self) -> str:
        """The name of its field in Options; a word of Python's own has `_` behind it."""
        name = self.name[2:].replace("-", "_")
        return f"{name}_" if name == "as" else name

    @property
    def opposite(self) -> str:
        """The option that turns off a switch that may stand in the configuration file, or "".

        It is `--no-timing` for `--timing`.
        """
        if self.metavar or self.once:
            return ""
        return self.off or ("--" + self.name[5:] if self.name.startswith("--no-") else "--no-" + self.name[2:])

    @property
    def synopsis(self) -> str:
        """The way the option is written, as `-c, --command COMMAND`."""
        names = f"{self.short}, {self.name}" if self.short else self.name
        return f"{names} {self.metavar}" if self.metavar else names


_RUN, _SHOW, _LOGIN, _TLS, _LINK, _INFO = "What to do", "What is shown", "Login", "TLS", "Connection", "About"

OPTIONS: tuple[Option, ...] = (
    Option("--command", _RUN, "run COMMAND; can be given several times; without -c and -f there is a prompt",
           "COMMAND", "-c", many=True, once=True),
    Option("--file", _RUN, "run the commands in FILE, one on each line, with their literals; - is stdin", "FILE", "-f",
           once=True),
    Option("--keep-going", _RUN, "do not stop at the first NO, BAD or unmet expectation; exit with 3 after any BAD, "
           "or 1 after any of the others"),
    Option("--read-only", _RUN, "refuse commands that change mail or mailboxes; open the URL's mailbox with EXAMINE"),
    Option("--yes", _RUN, "do not ask before a command that loses mail; --safe asks, and is the default", off="--safe"),
    Option("--many", _RUN, "also ask before STORE and MOVE of more than N messages; the default is 100", "N",
           kind="number"),
    Option("--journal", _RUN, "in a script, too, ask for the flags before a STORE, so that \\undo can give them back; "
           "the prompt does it without being told, and --no-journal remembers no changes at all"),
    Option("--set", _RUN, "set the variable NAME; ${NAME} in a command is replaced by it", "NAME=VALUE", many=True,
           once=True),
    Option("--report", _RUN, "write the results of a script's tests (\\expect), or the faults that --explain finds, to "
           "FILE: TAP to .tap, JUnit XML to .xml; "
           "tap:FILE or junit:FILE for any other name; - is stdout, which then has nothing else; for monitoring, "
           "nagios:- writes a line and has Nagios's exit statuses, and prom:FILE metrics for node_exporter",
           "FILE", once=True),
    Option("--explain", _RUN, "read logs of any program, traces or recorded octets, and explain them; - is stdin",
           "FILE...", many=True, once=True, rest=True),
    Option("--as", _RUN, "with --explain: the format of the files, which is recognised without it; ? lists the formats",
           "NAME", once=True),
    Option("--convert", _RUN, "with --explain: write the log to FILE as a trace of imapsh, with passwords and tokens "
           "masked, instead of showing it", "FILE", once=True),
    Option("--html", _RUN, "with --explain: write the conversation to FILE as a page for a browser; - is stdout",
           "FILE", once=True),
    Option("--redact", _RUN, "with --explain: also replace what is private; mail replaces messages, subjects, names "
           "and addresses by stand-ins of the same length", "WHAT", kind="choice", choices=("mail",), once=True),
    Option("--client", _RUN, "with --explain: read what a client sent instead, with or without the server's + lines, "
           "and check each command; JSON, one object on a line for each", once=True),
    Option("--capabilities", _RUN, "with --client: what the server offers, as CAPABILITY lists it; without it, all is "
           "assumed to be offered", "NAMES", once=True),
    Option("--strict", _RUN, "with --explain or --tap: exit with 1 if anything breaks the grammar, or a MUST of "
           "conduct",
           once=True),
    Option("--demo", _RUN, "use the built-in demo server: in memory, with sample mail, gone on exit", once=True),
    Option("--serve-demo", _RUN, "serve the demo to other clients: listen on URL, or on imap://127.0.0.1:1143",
           once=True),
    Option("--tap", _RUN, "stand between clients and the server of URL, and show both sides: listen on LISTEN, which "
           "is PORT, HOST:PORT, imap://..., imaps://... for TLS from the first octet, or unix:PATH", "LISTEN",
           once=True),
    Option("--tap-open", _RUN, "with --tap: let other machines connect; without it, LISTEN must be on this machine",
           once=True),
    Option("--tap-cert", _RUN, "with --tap: show clients the certificate in FILE (PEM), in place of the tap's own",
           "FILE", once=True),
    Option("--tap-key", _RUN, "the private key of that certificate (PEM), if it is in a separate file", "FILE",
           once=True),
    Option("--tap-quiet", _RUN, "with --tap: show only the lines with which something is wrong", once=True),
    Option("--tap-rule", _RUN, "with --tap: change what passes, and say so each time: hide CAPABILITY, delay SECONDS, "
           "cut OCTETS, split OCTETS, answer COMMAND TEXT", "RULE", many=True, once=True),
    Option("--explain-name", _RUN, "explain a name: a command, item, key, response, code, capability, flag, "
           "option and so on, in any case; or list all of a kind, such as capabilities", "NAME", once=True),
    Option("--format", _SHOW, "pretty (the default), view (tables, trees and cards), wire (into a pipe: the server's "
           "exact octets), json (one object on a line for each response) or hex", "FORMAT", kind="choice",
           choices=FORMATS),
    Option("--json-raw", _SHOW, "add each response's octets to its JSON, in base64"),
    Option("--color", _SHOW, "auto (the default: on a terminal without NO_COLOR), always or never", "WHEN",
           kind="choice", choices=("auto", "always", "never")),
    Option("--theme", _SHOW, "the colours: default, dark, light or mono (weight and lines only)", "NAME",
           kind="choice", choices=("default", "dark", "light", "mono")),
    Option("--plain", _SHOW, "for screen readers and simple terminals: no redrawing, no toolbar, no menus, and no "
           "colours unless --color always; the default if TERM is dumb"),
    Option("--keys", _SHOW, "edit lines with the keys of emacs (the default) or vi", "MODE", kind="choice",
           choices=KEYS),
    Option("--quiet", _SHOW, "show only what the server answers and what goes wrong: no lines of ours, no notes, no "
           "greeting and no login", short="-q"),
    Option("--timing", _SHOW, "say after each command how long it took"),
    Option("--watch", _SHOW, "show news between commands: by IDLE, or by regular NOOPs if the server has no IDLE"),
    Option("--stall", _SHOW, "say what imapsh is waiting for if nothing comes for SECONDS in the middle of a reply, or "
           "where one is due; the default is 3", "SECONDS", kind="seconds"),
    Option("--notify", _SHOW, "announce new mail with a bell or a desktop notification; the default is never", "HOW",
           kind="choice", choices=NOTIFICATIONS),
    Option("--no-history", _SHOW, "keep the lines that are typed until the end only, and in no file"),
    Option("--history-file", _SHOW, "keep the lines that are typed in FILE, without secrets, instead of in the usual "
           "place", "FILE"),
    Option("--trace", _SHOW, "write both directions to FILE, without secrets; --explain reads it", "FILE"),
    Option("--user", _LOGIN, "log in as USER before the first command", "USER"),
    Option("--authorize", _LOGIN, "act for USER after the login of another, an administrator: by the authorization "
           "identity of the mechanism; one without such an identity is not used", "USER"),
    Option("--proxyauth", _LOGIN, "act for USER by the command PROXYAUTH of Sun's servers, after the login of an "
           "administrator", "USER"),
    Option("--mechanism", _LOGIN, "log in with this SASL mechanism; if it takes a token, the token is the password; "
           "auto "
           "is the strongest possible; the default is PLAIN, or the command LOGIN", "NAME"),
    Option("--password-command", _LOGIN, "take the password from the first line that COMMAND prints; a shell runs it, "
           "unless it is a list: '[\"pass\", \"show\", \"mail\"]'", "COMMAND", kind="command"),
    Option("--token-command", _LOGIN, "take an OAuth 2.0 token from COMMAND, which prints it alone or as JSON; it is "
           "run again when the token expires or the server refuses it", "COMMAND", kind="command"),
    Option("--oauth", _LOGIN, "take an OAuth 2.0 token from PROVIDER: google, microsoft, or one of the configuration, "
           "which has the client id; you agree in a browser or on another device, once (needs the package oauthlib)",
           "PROVIDER"),
    Option("--oauth-forget", _LOGIN, "remove the tokens that --oauth keeps for the URL's user", once=True),
    Option("--password-fd", _LOGIN, "take the password from the first line of the file descriptor N", "N",
           kind="descriptor", once=True),
    Option("--keyring", _LOGIN, "look up the password in the system's keyring (needs the package keyring)"),
    Option("--netrc", _LOGIN, "look up user and password in the file that NETRC names, or in ~/.netrc"),
    Option("--mailbox", _LOGIN, "select MAILBOX after the login, instead of the URL's", "MAILBOX"),
    Option("--no-login", _LOGIN, "do not log in automatically"),
    Option("--cleartext", _LOGIN, "send passwords to another machine even without TLS: that of the login, and those in "
           "commands"),
    Option("--cafile", _TLS, "trust the authorities in FILE (PEM) instead of the system's", "FILE"),
    Option("--cert", _TLS, "present the client certificate in FILE (PEM)", "FILE"),
    Option("--key", _TLS, "the certificate's private key (PEM), if it is in a separate file", "FILE"),
    Option("--key-password-command", _TLS, "take the passphrase of that key from the first line that COMMAND prints; "
           "without it, it is asked for at the terminal", "COMMAND", kind="command"),
    Option("--pin", _TLS, "accept only the server's certificate with this SHA-256 fingerprint, in hexadecimal, or with "
           "this public key, as sha256//BASE64; the authorities are asked as well", "SHA256", many=True),
    Option("--pin-only", _TLS, "with --pin: trust the pinned certificate alone, whoever signed it, and whatever name "
           "or date is in it"),
    Option("--insecure", _TLS, "do not verify the server's certificate"),
    Option("--tls-name", _TLS, "expect the server's certificate to be for NAME; the default is the URL's host, or "
           "localhost for a Unix socket or a command", "NAME"),
    Option("--no-starttls", _TLS, "do not use STARTTLS, even if the server offers it; then no password goes to another "
           "machine, unless --cleartext allows it"),
    Option("--proxy", _LINK, "connect through a proxy: socks5h://[USER@]HOST:PORT, which looks the host up itself, "
           "socks5://, socks4a://, socks4:// or http:// (CONNECT); none ignores ALL_PROXY (needs the package "
           "python-socks)", "URL"),
    Option("--fallback", _LINK, "if a bare host has no imaps, use imap with STARTTLS"),
    Option("--timeout", _LINK, "give up when the server is silent for SECONDS while a reply is due; in a batch, also "
           "how long IDLE lasts", "SECONDS", kind="seconds"),
    Option("--connect-timeout", _LINK, "the limit for the whole of connecting: the name, the TLS handshake and the "
           "greeting; also for TLS after STARTTLS; the default is 30", "SECONDS", kind="seconds"),
    Option("--retry", _LINK, "connect again up to N times if the server cannot be reached, does not answer in time "
           "or greets with BYE: after SECONDS (1 by default), then after twice as long each time, up to 60; "
           "nothing is sent twice", "N[:SECONDS]"),
    Option("--limit", _LINK, "change a limit: line, literal or challenge (octets), literals (in a response), nesting "
           "(levels), responses (in a command), inflated (octets that compressed data becomes), typed or command "
           "(octets of a command in a script, without or with its literals), kept (octets of a reply, for \\last), "
           "recent (octets of a session, for \\export), pipelined (commands without a reply at a time), journal "
           "(octets of the changes that are remembered, for \\undo) or undo (messages whose flags are asked for before "
           "a STORE, for \\undo); 0 for no limit", "NAME=N", many=True),
    Option("--no-ask", _LINK, "send no commands of imapsh's own, such as CAPABILITY"),
    Option("--config", _INFO, "read the configuration from FILE instead of the usual place", "FILE", once=True),
    Option("--no-config", _INFO, "read no configuration file", once=True),
    Option("--checkup", _INFO, "report what is installed, which configuration is read, where passwords would come from "
           "and what the terminal can do; with a URL, look at its server: name, addresses, TLS, capabilities, "
           "mechanisms and one login, and explain what fails", once=True),
    Option("--no-connect", _INFO, "with --checkup: connect to nothing, and say how the URL would be reached",
           once=True),
    Option("--version", _INFO, "print the version", once=True),
    Option("--help", _INFO, "print this", short="-h", once=True),
    Option("--completion", _INFO, "print the script that makes a shell complete this command line: bash, zsh or fish",
           "SHELL", kind="choice", choices=("bash", "zsh", "fish"), once=True),
    Option("--profiles", _INFO, "print the names of the profiles in the configuration, one on each line", once=True),
)  # fmt: skip

#: The ways to a password of which one is given; the order of all is `imapsh.shell.settings.passwords.password.ORDER`.
SOURCES = ("password_fd", "token_command", "oauth", "password_command", "password", "keyring", "netrc")

#: The options that cannot be used together, by field.
EITHER: tuple[tuple[str, ...], ...] = (
    (
        "command",
        "file",
        "explain",
        "serve_demo",
        "tap",
        "explain_name",
        "completion",
        "checkup",
        "profiles",
        "oauth_forget",
    ),
    ("demo", "explain", "serve_demo", "explain_name", "completion"),
    ("demo", "url"),
    ("explain", "url"),
    ("explain_name", "url"),
    ("completion", "url"),
    ("client", "convert", "html"),
    ("client", "redact"),
    ("config", "no_config"),
    ("fallback", "no_starttls"),
    ("history_file", "no_history"),
    ("pin", "insecure"),
    ("pin_only", "insecure"),
    ("authorize", "proxyauth"),
    *((field, "no_login") for field in ("user", "authorize", "proxyauth", "mechanism", "mailbox", *SOURCES)),
    SOURCES,
)


#: An option, and those of which one must be given for it to mean something, by field.
TOGETHER: dict[str, tuple[str, ...]] = {
    "convert": ("explain",),
    "redact": ("explain",),
    "client": ("explain",),
    "capabilities": ("client",),
    "strict": ("explain", "tap"),
    "tap_open": ("tap",),
    "tap_cert": ("tap",),
    "tap_key": ("tap_cert",),
    "tap_quiet": ("tap",),
    "tap_rule": ("tap",),
    "no_connect": ("checkup",),
}


class Options(NamedTuple):
    """The command line as read: one field for each row of OPTIONS, the URL, and what else the configuration has."""

    url: str = ""
    password: Kept | None = None
    settings: Settings | None = None
    command: tuple[str, ...] = ()
    file: str = ""
    keep_going: bool = False
    read_only: bool = False
    yes: bool = False
    many: int = 100
    journal: bool | None = None
    set: tuple[str, ...] = ()
    report: str = ""
    explain: tuple[str, ...] = ()
    as_: str = ""
    convert: str = ""
    html: str = ""
    redact: str = ""
    client: bool = False
    capabilities: str = ""
    strict: bool = False
    demo: bool = False
    serve_demo: bool = False
    tap: str = ""
    tap_open: bool = False
    tap_cert: str = ""
    tap_key: str = ""
    tap_quiet: bool = False
    tap_rule: tuple[str, ...] = ()
    explain_name: str = ""
    format: str = "pretty"
    json_raw: bool = False
    color: str = "auto"
    theme: str = ""
    plain: bool = False
    keys: str = "emacs"
    quiet: bool = False
    timing: bool | None = None
    watch: bool = False
    stall: float = 3.0
    notify: str = "never"
    no_history: bool = False
    history_file: str = ""
    trace: str = ""
    user: str = ""
    authorize: str = ""
    proxyauth: str = ""
    mechanism: str = ""
    password_command: Command = ""
    token_command: Command = ""
    oauth: str = ""
    oauth_forget: bool = False
    password_fd: int | None = None
    keyring: bool = False
    netrc: bool = False
    mailbox: str = ""
    no_login: bool = False
    cleartext: bool = False
    cafile: str = ""
    cert: str = ""
    key: str = ""
    key_password_command: Command = ""
    pin: tuple[str, ...] = ()
    pin_only: bool = False
    insecure: bool = False
    tls_name: str = ""
    no_starttls: bool = False
    proxy: str = ""
    fallback: bool = False
    timeout: float | None = None
    connect_timeout: float = 30.0
    retry: str = ""
    limit: tuple[str, ...] = ()
    no_ask: bool = False
    config: str = ""
    no_config: bool = False
    checkup: bool = False
    no_connect: bool = False
    version: bool = False
    help: bool = False
    completion: str = ""
    profiles: bool = False

    @property
    def aliases(self) -> Mapping[str, str]:
        """The configuration's aliases: name -> command line."""
        return self.settings.aliases if self.settings is not None else {}


_NAMED = {name: option for option in OPTIONS for name in (option.name, option.short) if name}
_OFF = {option.opposite: option for option in OPTIONS if option.opposite}
_LABELS = {option.field: option.short or option.name for option in OPTIONS} | {"url": "a URL"}


def parse(words: Sequence[str]) -> Options:
    """Read the command line, without the configuration.  Raises UsageError."""
    return Options(**read(words))


def read(words: Sequence[str]) -> dict[str, Any]:
    """Return what the command line gives, by field.  Raises UsageError."""
    given: dict[str, Any] = {}
    rest: Option | None = None
    for option, value in _read(list(reversed(words))):
        if option is None and rest is not None:
            given[rest.field] = (*given[rest.field], value)
        elif option is None:
            if "url" in given:
                raise UsageError("there is more than one URL; put an exec: command in quotes")
            given["url"] = value
        elif option.many:
            given[option.field] = (*given.get(option.field, ()), value)
        else:
            given[option.field] = value
        rest = option if option is not None and option.rest else rest
    if not (given.get("help") or given.get("version")):
        check(given, _LABELS)
    return given


def _read(waiting: list[str]) -> Iterator[tuple[Option | None, Any]]:
    """Yield each option with its value, and words that are none; `waiting` holds the words, the first one last."""
    while waiting:
        word = waiting.pop()
        if word == "--":
            yield from ((None, rest) for rest in reversed(waiting))
            return
        if word == "-" or not word.startswith("-"):
            yield None, word
            continue
        name, equals, value = word.partition("=") if word.startswith("--") else (word[:2], word[2:], word[2:])
        option = _NAMED.get(name) or _OFF.get(name)
        if option is None:
            raise UsageError(_unknown(name))
        if not option.metavar:
            if equals:
                raise UsageError(f"{name} takes no value")
            yield option, name not in _OFF
            continue
        if not equals:
            given = _value(waiting)
            if given is None:
                raise UsageError(f"{name} needs its {option.metavar}")
            value = given
        yield option, value_of(option, name, value)


def _value(waiting: list[str]) -> str | None:
    """Take the value of an option out of the words that wait.  Return None if there is none.

    Switches may stand between an option and its value, as in `--explain --client FILE`.
    """
    at = len(waiting) - 1
    while at >= 0 and (option := _NAMED.get(waiting[at]) or _OFF.get(waiting[at])) is not None and not option.metavar:
        at -= 1
    return waiting.pop(at) if at >= 0 else None


def seconds(text: str) -> float | None:
    """Return a time of more than 0 seconds, or None if the text is none."""
    try:
        read = float(text)
    except ValueError:
        return None
    return read if 0 < read < 1e9 else None


def value_of(option: Option, name: str, value: str) -> Command | float:
    """Return the value of an option that is called `name` where it stands.  Raises UsageError."""
    if option.kind == "choice" and value not in option.choices:
        raise UsageError(f"{name} must be {'one of ' if len(option.choices) > 1 else ''}{', '.join(option.choices)}")
    if option.kind == "seconds":
        if (read := seconds(value)) is None:
            raise UsageError(f"{name} takes a number of seconds greater than 0")
        return read
    if option.kind == "number":
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise UsageError(f"{name} takes a number")
        return int(value)
    if option.kind == "descriptor":
        if not (value.isascii() and value.isdigit() and len(value) < 7):
            raise UsageError(f"{name} takes the number of an open file descriptor, as in {name} 3 3< FILE")
        return int(value)
    if not value and not option.many:
        raise UsageError(f"{name} needs its {option.metavar}")
    if option.kind == "command":
        from imapsh.shell.settings.passwords.programs import read as command

        return command(value)
    return value


def _unknown(name: str) -> str:
    if name.startswith("--pass"):
        return (
            "a password must not be on the command line: use the prompt, IMAPSH_PASSWORD, --password-command, "
            "--password-fd, --keyring or --netrc"
        )
    near = [option.name for option in OPTIONS if len(name) > 3 and option.name.startswith(name)]
    if not near and name.startswith("--"):
        from difflib import get_close_matches

        near = get_close_matches(name, [option.name for option in OPTIONS], 1)
    return f"unknown option {name!r}" + (f"; did you mean {near[0]}?" if near else "")


def check(given: Mapping[str, Any], labels: Mapping[str, str]) -> None:
    """Raise UsageError for options that do not go together; `labels` is field -> what it is called there."""
    for fields in EITHER:
        both = [labels[field] for field in fields if said(given.get(field))]
        if len(both) > 1:
            raise UsageError(f"{both[0]} and {both[1]} cannot be used together")
    for field, others in TOGETHER.items():
        if said(given.get(field)) and not any(said(given.get(other)) for other in others):
            raise UsageError(f"{labels[field]} goes with {' or '.join(labels[other] for other in others)}")


def said(value: Any) -> bool:
    """Return whether a value is more than its absence; 0 is."""
    return value is not None and value is not False and value not in ("", ())
