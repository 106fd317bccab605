"""Does `--checkup`: tells what is installed and read, where passwords would come from, and what the terminal can do.

With a URL, the page is about its server, which is looked at by `imapsh.shell.commands.login.checkup`.
Values that may be secret are never shown, only that there is one.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imapsh.errors import ImapshError, LoginError, UsageError
from imapsh.render.amounts import count
from imapsh.render.styles import LINE_END, paint, together
from imapsh.shell.screen import stdio
from imapsh.shell.screen.output import is_plain, theme_for
from imapsh.shell.screen.sheet import Row, sheet
from imapsh.shell.settings import folders
from imapsh.shell.settings.config import Settings, overlay
from imapsh.shell.settings.configfile import Content, read
from imapsh.shell.settings.options import Options
from imapsh.shell.settings.passwords.password import ORDER, Source, ways
from imapsh.shell.settings.reasons import in_options

if TYPE_CHECKING:
    from imapsh.shell.commands.login.checkup import Checked
    from imapsh.shell.connection.dial import Plan
    from imapsh.transport.options import TLSOptions

_NEEDED = ("prompt_toolkit", "pygments", "scramp")

#: package -> (the extra that brings it, what for)
_EXTRAS = {
    "keyring": ("keyring", "passwords in the system's keyring"),
    "gssapi": ("gssapi", "logins by Kerberos"),
    "cryptography": ("tap", "the tap's own certificate"),
    "oauthlib": ("oauth", "tokens of --oauth"),
    "python-socks": ("proxy", "connecting through a proxy"),
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
    "ALL_PROXY": "the proxy to connect through, unless --proxy or NO_PROXY says otherwise",
    "NO_PROXY": "hosts that ALL_PROXY is not for",
    "HTTPS_PROXY": "ignored: ALL_PROXY or --proxy is for mail",
}


#: source of passwords -> what is said of it where it is not there, and where it is
_STATES = {"IMAPSH_PASSWORD": ("not set", "set"), "prompt": ("never", "always")}


def run(given: Mapping[str, Any], look: Callable[[Plan, Options], Checked]) -> int:
    """Write all of it, and return the exit status: 0, 2 if the configuration is wrong, or that of what failed.

    With a URL on the command line, the server is looked at by `look`, and the rest is short.
    """
    path, content, fault = _configuration(given)
    try:
        options = _options(content, given)
    except UsageError as error:
        options, fault = Options(**given), fault or str(error)
    plan, wrong = _plan(options)
    if plan is not None and not fault and not options.no_connect and (given.get("url") or given.get("demo")):
        return _live(path, content, plan, options, given, look)
    sections = {
        "Installed": list(_installed()),
        "Configuration": list(_read(path, content, fault)),
        "Server, to which nothing is sent": (
            list(_server(options, plan, wrong)) if options.url or options.demo else []
        ),
        "Passwords, the first one found": list(_passwords(options, plan)),
        "Files": list(_files()),
        "Terminal": list(_terminal(options)),
        "Environment": list(_environment()),
    }  # fmt: skip
    _write(sections, None, options, given)
    return 2 if fault or wrong else 0


def _live(
    path: str, content: Content | None, plan: Plan, options: Options, given: Mapping[str, Any],
    look: Callable[[Plan, Options], Checked],
) -> int:  # fmt: skip
    checked = look(plan, options)
    needed = {"imapsh", "Python", "OpenSSL"}
    installed = [row for row in _installed() if row.label in needed or row.good is False]
    if content is not None:
        installed.append(Row("configuration", path))
    _write({"Installed": installed, **checked.sections}, checked.facts, options, given)
    return checked.status


def _write(
    sections: Mapping[str, Sequence[Row]], facts: Mapping[str, Any] | None, options: Options, given: Mapping[str, Any]
) -> None:
    """Write the page, or JSON if the command line asks for that; the configuration's format is for replies."""
    if given.get("format") == "json":
        from imapsh.render.jsonform import dumps

        value = facts or {title: {row.label: row.text for row in rows} for title, rows in sections.items() if rows}
        text = dumps({"kind": "imapsh", "name": "checkup", "value": dict(value)})
        stdio.out(together((text, LINE_END)))
        return
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else None
    stdio.out(paint(sheet(sections, columns), theme_for(options, sys.stdout.isatty())))


def _plan(options: Options) -> tuple[Plan | None, str]:
    """Return how the server of the options would be reached, None for no server, and what is wrong with that."""
    if not (options.url or options.demo):
        return None, ""
    from imapsh.shell.connection.dial import make_plan

    try:
        return make_plan(options), ""
    except ImapshError as error:
        return None, in_options(error)


# -- the sections


def _installed() -> Iterator[Row]:
    import ssl

    from imapsh import __version__, compiled

    yield Row("imapsh", __version__)
    yield Row("core", "compiled" if compiled else "interpreted")
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
    if address.proxy is not None:
        named = f", from {address.proxy.source}" if address.proxy.source else ""
        yield Row("proxy", f"{address.proxy.label}{named}")
    yield from _tls(plan)
    if options.no_login:
        yield Row("user", f"{address.user}, but there is no automatic login" if address.user else "no automatic login")
    else:
        yield Row("user", plan.user or "none: there is no automatic login")
    if plan.authorize or plan.proxyauth:
        by = "PROXYAUTH" if plan.proxyauth else "the mechanism"
        yield Row("acting for", f"{plan.authorize or plan.proxyauth}, by {by}")
    if plan.user:
        yield Row("mechanism", plan.mechanism or "PLAIN, or the command LOGIN")
    if address.mailbox:
        yield Row("mailbox", f"{address.mailbox}, {'read-only' if plan.read_only else 'to read and write'}")


def _tls(plan: Plan) -> Iterator[Row]:
    from imapsh.errors import TLSError
    from imapsh.shell.connection.passphrase import is_locked
    from imapsh.transport.tls import make_context

    if plan.demo:
        return
    begins = "from the start" if plan.address.scheme == "imaps" else "by STARTTLS, if the server offers it"
    locked = is_locked(plan)
    try:
        make_context(plan.tls._replace(cert=None, key=None) if locked else plan.tls)
    except TLSError as error:
        yield Row("TLS", f"{begins}: {in_options(error)}", False)
    else:
        yield Row("TLS", f"{begins}; trusted: {_trusted(plan.tls)}", False if plan.tls.insecure else None)
    if locked:
        source = "--key-password-command prints it" if plan.key_password_command else "it is asked for at the terminal"
        yield Row("key", f"{plan.tls.key or plan.tls.cert} is protected by a passphrase; {source}")


def _trusted(tls: TLSOptions) -> str:
    """Return in words what vouches for the server."""
    if tls.insecure:
        return "any certificate (--insecure)"
    pinned = "the certificate that is pinned"
    authorities = tls.cafile or "the system's authorities"
    return pinned if tls.pins_only else f"{authorities}, for {pinned}" if tls.pins else authorities


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
    if there and source.name == "--oauth":
        return _oauth(options, plan), True
    return _STATES.get(source.name, ("not asked", "asked"))[there], there


def _netrc(plan: Plan | None) -> str:
    from imapsh.shell.settings.passwords import netrcfile

    path = netrcfile.path()
    if not os.path.exists(path):
        return f"asked, but {path} does not exist"
    try:
        told = f"asked, {count(len(netrcfile.read(path)), 'entry', 'entries')} in {path}"
        if plan is not None and plan.user:
            name = plan.address.server_name
            has = "a password" if netrcfile.password(name, plan.user) else "none"
            told += f", {has} for {plan.user} at {name}"
        return told
    except LoginError as error:
        return str(error)


def _oauth(options: Options, plan: Plan | None) -> str:
    from imapsh.shell.settings.passwords.oauth import kept, providers

    provider = providers.of(options)
    try:
        providers.check(provider)
        where = kept.place(provider, plan.user) if plan is not None and plan.user else ""
    except (LoginError, UsageError) as error:
        return str(error)
    if where:
        return f"asked, {provider.name}, kept in {where}"
    return f"asked, {provider.name}; none is kept, so you would have to agree there"


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
