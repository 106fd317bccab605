"""Does `--checkup`: tells what is installed and read, where passwords would come from, and what the terminal can do.

Values that may be secret are never shown, only that there is one.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from imapsh.errors import ImapshError, LoginError, UsageError
from imapsh.render.styles import LINE_END, Fragment, lines_of, paint
from imapsh.render.visible import folded, visible
from imapsh.shell.screen import stdio
from imapsh.shell.screen.output import is_plain, theme_for
from imapsh.shell.settings import folders
from imapsh.shell.settings.config import Settings, overlay
from imapsh.shell.settings.configfile import Content, read
from imapsh.shell.settings.options import Options
from imapsh.shell.settings.passwords.password import ORDER, Source, ways
from imapsh.shell.settings.reasons import in_options
from imapsh.tuples import NamedTuple

if TYPE_CHECKING:
    from imapsh.shell.connection.dial import Plan

_NEEDED = ("prompt_toolkit", "pygments", "scramp")

#: package -> (the extra that brings it, what for)
_EXTRAS = {
    "keyring": ("keyring", "passwords in the system's keyring"),
    "gssapi": ("gssapi", "logins by Kerberos"),
    "cryptography": ("tap", "the tap's own certificate"),
}

#: environment variable -> what it is good for; nothing is shown of its value
_VARIABLES = {
    "NO_COLOR": "no colours, unless --color always",
    "NETRC": "the file that --netrc reads",
    "XDG_CONFIG_HOME": "the folder of the configuration",
    "XDG_STATE_HOME": "the folder of the history",
    "SSL_CERT_FILE": "the authorities trusted, in place of the system's",
    "SSL_CERT_DIR": "the authorities trusted, in place of the system's",
    "SSLKEYLOGFILE": "the keys of TLS connections are written to it",
    "ALL_PROXY": "ignored: imapsh connects directly",
    "HTTPS_PROXY": "ignored: imapsh connects directly",
}


#: source of passwords -> what is said of it where it is not there, and where it is
_STATES = {"IMAPSH_PASSWORD": ("not set", "set"), "prompt": ("never", "always")}


class Row(NamedTuple):
    """A line of the check.  `good` is False for what is wrong, None for what is neither good nor bad."""

    label: str
    text: str
    good: bool | None = None


def run(given: Mapping[str, Any]) -> int:
    """Write all of it, and return the exit status: 0, or 2 if the configuration is wrong."""
    path, content, fault = _configuration(given)
    try:
        options = _options(content, given)
    except UsageError as error:
        options, fault = Options(**given), fault or str(error)
    plan, wrong = _plan(options)
    theme = theme_for(options, sys.stdout.isatty())
    sections = {
        "Installed": _installed(),
        "Configuration": _read(path, content, fault),
        **({"Server, to which nothing is sent": _server(options, plan, wrong)} if options.url or options.demo else {}),
        "Passwords, the first one found": _passwords(options, plan),
        "Files": _files(),
        "Terminal": _terminal(options),
        "Environment": _environment(),
    }
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else None
    for number, (title, rows) in enumerate(sections.items()):
        stdio.out(paint(_section(title, list(rows), columns, first=not number), theme))
    return 2 if fault or wrong else 0


def _plan(options: Options) -> tuple[Plan | None, str]:
    """Return how the server of the options would be reached, None for no server, and what is wrong with that."""
    if not (options.url or options.demo):
        return None, ""
    from imapsh.shell.connection.dial import make_plan

    try:
        return make_plan(options), ""
    except ImapshError as error:
        return None, in_options(error)


def _section(title: str, rows: list[Row], columns: int | None, *, first: bool) -> Iterator[Fragment]:
    if not first:
        yield "", LINE_END
    yield "response", f"{title}\n"
    width = max((len(row.label) for row in rows), default=0)
    hang = width + 4
    for row in rows:
        style = {True: "status-ok", False: "status-no", None: ""}[row.good]
        text = folded(row.text, max(columns - hang, hang) if columns else None, hang=0)
        yield "keyword", f"  {visible(row.label):<{width}}  "
        yield from lines_of(text.replace("\n", "\n" + " " * hang), style)


# -- the sections


def _installed() -> Iterator[Row]:
    import ssl

    from imapsh import __version__

    yield Row("imapsh", __version__)
    yield Row("Python", f"{sys.version.split()[0]} at {sys.executable}")
    for package in _NEEDED:
        yield Row(package, _version(package) or "not installed, but required", None if _version(package) else False)
    for package, (extra, purpose) in _EXTRAS.items():
        version = _version(package)
        yield Row(
            package, f"{version}, for {purpose}" if version else f"none: pip install 'imapsh[{extra}]' for {purpose}"
        )
    yield Row("OpenSSL", f"{ssl.OPENSSL_VERSION.removeprefix('OpenSSL ')}, authorities in {_authorities()}")


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _authorities() -> str:
    import ssl

    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or "no place"


def _configuration(given: Mapping[str, Any]) -> tuple[str, Content | None, str]:
    """Return the file, what it says (None if it is not read), and what is wrong with it."""
    path = given.get("config") or folders.config_file()
    if given.get("no_config") or not (given.get("config") or os.path.exists(path)):
        return path, None, ""
    try:
        return path, read(path), ""
    except UsageError as error:
        return path, None, str(error)


def _options(content: Content | None, given: Mapping[str, Any]) -> Options:
    if content is None:
        return Options(**given)
    return Settings(content, given).options()


def _read(path: str, content: Content | None, fault: str) -> Iterator[Row]:
    if fault:
        yield Row(path, fault, False)
    if content is None:
        if not fault:
            yield Row(path, "exists, but is not read: --no-config" if os.path.exists(path) else "does not exist")
        return
    if not fault:
        yield Row(path, "is read", True)
    yield Row("for all", ", ".join(name.replace("_", "-") for name in content.defaults) or "nothing")
    base = {field: value for field, value in content.defaults.items() if field != "url"}
    for name, profile in content.profiles.items():
        source = _first(Options(**overlay(base, profile)))
        yield Row(f"profile {name}", f"{profile['url']}, password from {source}")
    if content.aliases:
        yield Row("aliases", ", ".join(content.aliases))
    if content.theme is not None:
        yield Row("theme", "with colours of its own")


def _server(options: Options, plan: Plan | None, wrong: str) -> Iterator[Row]:
    """Yield how the server would be reached; no connection is made."""
    if plan is None:
        yield Row("address", wrong, False)
        return
    address = plan.address
    yield Row("address", plan.where if plan.demo or address.scheme == "exec" else f"{address.scheme}, {plan.where}")
    yield from _tls(plan)
    if options.no_login:
        yield Row("user", f"{address.user}, but there is no automatic login" if address.user else "no automatic login")
    else:
        yield Row("user", plan.user or "none: there is no automatic login")
    if plan.user:
        yield Row("mechanism", plan.mechanism or "PLAIN, or the command LOGIN")
    if address.mailbox:
        yield Row("mailbox", f"{address.mailbox}, {'read-only' if plan.read_only else 'to read and write'}")


def _tls(plan: Plan) -> Iterator[Row]:
    from imapsh.errors import TLSError
    from imapsh.transport.tls import make_context

    if plan.demo:
        return
    begins = "from the start" if plan.address.scheme == "imaps" else "by STARTTLS, if the server offers it"
    try:
        make_context(plan.tls)
    except TLSError as error:
        yield Row("TLS", f"{begins}: {in_options(error)}", False)
    else:
        trusted = "any certificate (--insecure)" if plan.tls.insecure else plan.tls.cafile or "the system's authorities"
        yield Row("TLS", f"{begins}; trusted: {trusted}", False if plan.tls.insecure else None)


def _first(options: Options) -> str:
    """Return the first source that has or gets a password.

    Those that would have to be asked are taken to have it.
    """
    name = next(source.name for source in ORDER if _state(source, options)[1])
    return "this file" if name == "password" else name


def _passwords(options: Options, plan: Plan | None) -> Iterator[Row]:
    for number, source in enumerate(ORDER, 1):
        text, there = _state(source, options, plan)
        yield Row(f"{number} {source.name}", f"{source.help}: {text}", True if there else None)


def _state(source: Source, options: Options, plan: Plan | None = None) -> tuple[str, bool]:
    """Return what there is of a source, and whether it is asked."""
    there = bool(source.asked(ways(options)))
    if there and source.name == "--netrc":
        return _netrc(plan), True
    return _STATES.get(source.name, ("not asked", "asked"))[there], there


def _netrc(plan: Plan | None) -> str:
    from imapsh.shell.settings.passwords import netrcfile

    path = netrcfile.path()
    if not os.path.exists(path):
        return f"asked, but {path} does not exist"
    try:
        told = f"asked, {len(netrcfile.read(path))} entries in {path}"
        if plan is not None and plan.user:
            name = plan.address.server_name
            has = "a password" if netrcfile.password(name, plan.user) else "none"
            told += f", {has} for {plan.user} at {name}"
        return told
    except LoginError as error:
        return str(error)


def _files() -> Iterator[Row]:
    folder = folders.state_folder()
    for label, path in (("history", folder / "history"), ("last crash", folder / "crash.txt")):
        yield _file(label, str(path))
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    writable = os.access(there, os.W_OK)
    yield Row("folder", f"{folder}: {'can' if writable else 'cannot'} be written", None if writable else False)


def _file(label: str, path: str) -> Row:
    try:
        status = os.stat(path)
    except OSError as error:
        return Row(label, f"{path}: {(error.strerror or str(error)).lower()}")
    private = not hasattr(os, "getuid") or not status.st_mode & 0o077
    rights = f"{stat.filemode(status.st_mode)[1:]}{'' if private else ': others may read it'}"
    return Row(label, f"{path}: {status.st_size:,} octets, {rights}", None if private else False)


def _terminal(options: Options) -> Iterator[Row]:
    term = os.environ.get("TERM", "")
    tty = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    yield Row("a terminal", "yes" if tty else "no: imapsh would show no prompt")
    yield Row("TERM", term or "not set")
    if sys.stdout.isatty():
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
        yield Row("size", f"{columns} x {rows}")
    encoding = (sys.stdout.encoding or "").lower()
    yield Row("encoding", encoding, None if encoding.replace("-", "") == "utf8" else False)
    theme = theme_for(options, sys.stdout.isatty())
    yield Row("colours", f"theme {theme.name}" if theme is not None else "none")
    dumb = is_plain(Options())
    yield Row(
        "bracketed paste", "no: a paste is typed line by line" if dumb else "requested; most terminals support it"
    )
    yield Row(
        "prompt",
        "plain, without redrawing" if is_plain(options) else f"with toolbar and menus, {options.keys} keys",
    )
    for variable, name in (("TMUX", "tmux"), ("STY", "screen")):
        if os.environ.get(variable):
            yield Row("inside", name)


def _environment() -> Iterator[Row]:
    unset = True
    for name, purpose in _VARIABLES.items():
        if os.environ.get(name) or os.environ.get(name.lower()):
            unset = False
            yield Row(name, purpose)
    for name in sorted(os.environ):
        if name.startswith("IMAPSH_"):
            unset = False
            yield Row(name, "imapsh does not use this variable", False)
    if unset:
        yield Row("nothing", "that matters here is set")
