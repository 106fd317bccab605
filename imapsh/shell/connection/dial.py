"""Takes the command line to a connection: what to dial, how, and what happens before the first command.

plan = make_plan(options)
stream = open_stream(plan)                   blocking; may run in a thread of its own
session = new_session(plan)
for step in opening_steps(session, plan, opening(plan)):    a driver runs each (`imapsh.session.opening`)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator

from imapsh.errors import CommandBad, CommandNo, ConnectError, ImapshError, ProxySetupError, TLSError, UsageError
from imapsh.hints import TYPE_CHECKING, Any
from imapsh.session.core import Session, Tracer
from imapsh.session.opening import Opening, Step, reply, steps
from imapsh.shell.settings.passwords.password import Password, Ways, handed_out, ways
from imapsh.transport.address import PORTS, Address, parse_address
from imapsh.transport.options import TLSOptions
from imapsh.tuples import NamedTuple
from imapsh.wire.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from imapsh.server.store import Store
    from imapsh.shell.screen.landing import Direct
    from imapsh.shell.settings.options import Options
    from imapsh.shell.settings.passwords.programs import Command
    from imapsh.transport.base import AsyncStream, Stream
    from imapsh.wire.reader import Sink
    from imapsh.wire.trace import Header, Trace

SPOOL = 1 << 20  #: octets; a larger literal goes to a temporary file


class Plan(NamedTuple):
    """A server to connect to, and how.

    Time-outs are in seconds; `idle_timeout` is None for none.  `user` is "" for no login.  `trace` is a path or "".
    `authorize` and `proxyauth` are users to act for, of whom one is given at the most (`imapsh.session.wanted`).
    `plain` says that the fall-back from imaps was taken: then STARTTLS must succeed.  With `safe`, the person is asked
    about what loses mail, and about what is done to more than `many` messages.  `retry` is a value as
    `imapsh.shell.connection.retry` reads it.  With `selects`, the address's mailbox is opened.  `starttls` allows
    STARTTLS.  With `check`, the opening is only looked at (`imapsh.session.wanted`).  `history` is the file that keeps
    the lines typed, "" for the usual one, None for none.
    """

    address: Address
    demo: bool = False
    tls: TLSOptions = TLSOptions()
    connect_timeout: float = 30.0
    idle_timeout: float | None = None
    user: str = ""
    ways: Ways = Ways()
    cleartext: bool = False
    fallback: bool = False
    plain: bool = False
    ask: bool = True
    limits: Limits = DEFAULT
    read_only: bool = False
    trace: str = ""
    mechanism: str = ""
    safe: bool = True
    many: int = 100
    retry: str = ""
    selects: bool = True
    starttls: bool = True
    authorize: str = ""
    proxyauth: str = ""
    key_password_command: Command = ""
    check: bool = False
    history: str | None = ""

    @property
    def where(self) -> str:
        """The place, for messages."""
        return "the demo server" if self.demo else self.address.where

    @property
    def pinned(self) -> bool:
        """Return whether the server must show a certificate that is known beforehand; the demo has none."""
        return bool(self.tls.pins) and not self.demo

    @property
    def label(self) -> str:
        """Return the user and the server, for a prompt."""
        return f"{self.user}@demo" if self.demo and self.user else "demo" if self.demo else self.address.label


def make_plan(options: Options, url: str | None = None) -> Plan:
    r"""Return the plan that the options describe; `url`, or a profile, replaces theirs for `\connect`.

    Raises UsageError, and LoginError if the user is to be looked up in a netrc file that cannot be used.
    """
    if url is not None and options.settings is not None:
        options = options.settings.connecting(url)
    elif url is not None:
        options = options._replace(url=url, demo=False, mailbox="")
    limits = DEFAULT
    for setting in options.limit:
        limits = limits.change(setting)
    address, user = _place(options)
    if url == options.url and address.user:  # it says who it is, and a profile does not: it starts afresh
        options = options._replace(authorize="", proxyauth="")
    authorize, proxyauth = _acting(options, address, user)
    if options.oauth and not (options.demo or options.no_login):
        _check_oauth(options, user)
    if options.proxy or "ALL_PROXY" in os.environ or "all_proxy" in os.environ:
        from imapsh.shell.settings.proxies import proxied

        address = proxied(address, options.proxy)
    if options.pin and options.no_starttls and not (options.demo or address.speaks_tls):
        raise UsageError("--pin needs TLS, and --no-starttls forbids it: use imaps://, or leave one of them out")
    return Plan(
        address._replace(user=user, mailbox=options.mailbox or address.mailbox),
        options.demo,
        _tls(options),
        options.connect_timeout,
        options.timeout,
        "" if options.no_login else user,
        ways(options),
        options.cleartext,
        options.fallback and address.fallback,
        ask=not options.no_ask,
        limits=limits,
        read_only=options.read_only,
        trace=options.trace,
        mechanism=_mechanism(options, address),
        safe=not options.yes,
        many=options.many,
        retry=_retry(options),
        starttls=not options.no_starttls,
        authorize=authorize,
        proxyauth=proxyauth,
        key_password_command=options.key_password_command,
        history=history(options),
    )


def _tls(options: Options) -> TLSOptions:
    return TLSOptions(
        options.cafile or None, options.cert or None, options.key or None, options.insecure, options.tls_name or None,
        _pins(options), options.pin_only,
    )  # fmt: skip


def _place(options: Options) -> tuple[Address, str]:
    """Return the address of the server, and the user there, or "".  Raises UsageError and LoginError."""
    if options.demo:
        from imapsh.server.demo import USER

        return Address("exec", command=("demo",)), options.user or USER
    if not options.url:
        raise UsageError("no URL was given: give a host, or --demo for the built-in demo server")
    if os.path.isfile(options.url):
        raise UsageError(
            f"{options.url} is a file: --explain {options.url} reads it as a log; imaps://{options.url} "
            "is the host of that name"
        )
    address = parse_address(options.url)
    return address, _user(options, address)


def _user(options: Options, address: Address) -> str:
    if options.user and address.user and options.user != address.user:
        raise UsageError(f"the URL says user {address.user} and --user says {options.user}: give only one")
    user = options.user or address.user
    if options.netrc and not (user or options.no_login):
        from imapsh.shell.settings.passwords import netrcfile

        user = netrcfile.user(address.server_name)
    return user


def _acting(options: Options, address: Address, user: str) -> tuple[str, str]:
    """Return the user to act for by a mechanism, and the one to act for by PROXYAUTH; "" for nobody.

    Raises UsageError if options and URL say two things, or nobody logs in who could act.
    """
    asked, named = (options.authorize, options.proxyauth), (address.authorize, address.proxyauth)
    if any(asked) and any(named) and asked != named:
        raise UsageError(
            f"the URL says to act for {''.join(named)} and the options say {''.join(asked)}, or by another way: "
            "give only one"
        )
    authorize, proxyauth = asked if any(asked) else named
    if any(char < " " or char == "\x7f" for char in authorize + proxyauth):
        raise UsageError("the user to act for cannot contain control characters")
    if options.no_login:
        return "", ""
    if (authorize or proxyauth) and not (user or _mechanism(options, address)):
        raise UsageError(
            f"to act for {authorize or proxyauth} you log in as somebody else: give --user ADMIN, or "
            "imaps://ADMIN@host, or a --mechanism that needs no name"
        )
    return authorize, proxyauth


def _check_oauth(options: Options, user: str) -> None:
    """Raise UsageError if no token can be had."""
    from imapsh.shell.settings.passwords.oauth import providers

    providers.check(providers.of(options))
    if not user:
        raise UsageError("--oauth needs a user: put it into the URL, as in imaps://user@host, or give --user")


def _mechanism(options: Options, address: Address) -> str:
    """Return the option's mechanism, else the URL's, else AUTO if a token is given.

    "" stands for PLAIN, or else the command LOGIN.
    """
    name = options.mechanism or address.auth or ("auto" if options.token_command or options.oauth else "")
    if not name or options.no_login:
        return ""
    from imapsh.sasl.table import known

    return known(name)


def _pins(options: Options) -> tuple[str, ...]:
    if options.pin_only and not options.pin:
        raise UsageError("--pin-only needs --pin: without one nothing would be checked")
    if options.pin:
        from imapsh.transport import pins

        for pin in options.pin:
            pins.parse(pin)
    return options.pin


def history(options: Options) -> str | None:
    """Return the file that keeps the lines typed: "" for the usual one, and None for none."""
    return None if options.no_history else options.history_file


def _retry(options: Options) -> str:
    if options.retry:
        from imapsh.shell.connection import retry

        retry.read(options.retry)
    return options.retry


def open_stream(plan: Plan, store: Store | None = None) -> Stream:
    """Return a connection whose TLS handshake, if any, is finished.

    Its time-out is the connect one until the greeting.  `store` is the demo's mail, if it is not to be a fresh one.
    Raises ConnectError or TLSError.
    """
    if plan.demo:
        from imapsh.server.demo import demo_store
        from imapsh.server.memory import connect as connect_in_memory

        return connect_in_memory(store or demo_store())
    from imapsh.transport.blocking import connect

    seconds = plan.connect_timeout
    return connect(plan.address, tls=plan.tls, connect_timeout=seconds, idle_timeout=seconds)


def dial(plan: Plan, store: Store | None = None) -> tuple[Stream, Plan]:
    """Connect, with the fall-back if it is allowed.  Return the stream, and the plan that was followed.

    A certificate that is not trusted is no reason to fall back on the usual ports, nor is a proxy that refuses us.
    """
    try:
        return open_stream(plan, store), plan
    except (ConnectError, TLSError) as error:
        usual = plan.address.port == PORTS["imaps"]
        if not plan.fallback or isinstance(error, ConnectError) != usual or isinstance(error, ProxySetupError):
            raise
        port = PORTS["imap"] if usual else plan.address.port
        other = plan._replace(address=plan.address._replace(scheme="imap", port=port), fallback=False, plain=True)
        try:
            return open_stream(other), other
        except ImapshError:
            raise error from None


def new_session(plan: Plan, trace: Tracer | None = None, tell: Callable[[str], object] = lambda said: None) -> Session:
    """Return the conversation's core.  Large literals go to temporary files; `tell` is told once if one cannot."""
    told: list[OSError] = []

    def failed(error: OSError) -> None:
        from tempfile import gettempdir

        from imapsh.shell.settings.reasons import why

        if not told:
            told.append(error)
            where = f"{gettempdir()} cannot keep a literal of more than {SPOOL:,} octets: {why(error)}"
            tell(f"{where}; such literals are counted and not shown")

    def spool(octets: int, line: bytes) -> Sink | None:
        if octets <= SPOOL:
            return None
        from imapsh.wire.sinks import SpoolSink  # a start needs none of it

        return SpoolSink(failed, sums=False)

    spool.kept = SPOOL  # type: ignore[attr-defined] # so that the reader need not ask about each literal
    session = Session(
        limits=plan.limits,
        opener=spool,
        trace=trace,
        secure=plan.address.speaks_tls,
        read_only=plan.read_only,
    )
    user = plan.user.encode("utf-8", "surrogateescape")
    for secret in handed_out():  # a connection before this one may have needed it
        session.secrets.add(secret.encode("utf-8", "surrogateescape"), public=user)
    return session


def open_trace(path: str, plan: Plan | None = None) -> tuple[Trace, Direct]:
    """Return a trace, and its file to close; `plan` is that of the connection.  Raises UsageError.

    The file is readable by its owner alone, and written at once.
    """
    import time

    from imapsh.shell.screen.landing import direct
    from imapsh.shell.settings.reasons import why
    from imapsh.wire.trace import Trace

    try:
        file = direct(path)
        try:
            return Trace(file.write, time.monotonic, trace_header(plan)), file
        except OSError:
            file.drop()
            raise
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write the trace {path}: {why(error)}") from None


def trace_header(plan: Plan | None) -> Header:
    """Return the header of a trace that begins now."""
    import time

    from imapsh import __version__
    from imapsh.wire.trace import Header

    writer, now = f"imapsh {__version__}", time.time()
    if plan is None:
        return Header(writer, now)
    address = plan.address
    implicit = address.scheme == "imaps" or address.tls
    begun = "implicit" if implicit else "STARTTLS" if plan.starttls and not plan.demo else "none"
    return Header(writer, now, address.where, begun)


def opening(plan: Plan, stream: Stream | AsyncStream | None = None) -> Opening:
    """Return what the opening needs to know; `stream` knows its TLS."""
    return Opening(
        plan.where,
        plan.demo or plan.address.is_local,
        plan.user,
        password_source(plan, plan.user),
        plan.cleartext,
        starttls=plan.starttls,
        must_starttls=plan.plain or plan.pinned,
        ask_capabilities=plan.ask,
        mechanism=plan.mechanism,
        token=plan.ways.token,
        certificate=plan.tls.cert is not None,
        host=plan.tls.name or plan.address.server_name,
        port=plan.address.port,
        authorize=plan.authorize,
        proxyauth=plan.proxyauth,
        binding=None if stream is None else lambda: stream.info.binding,
        insist="--cleartext (in the shell \\cleartext on)",
        check=plan.check,
        pinned=plan.pinned,
    )


def password_source(plan: Plan, user: str) -> Password:
    """Return the source of the password of `user`.  The demo's own user types none."""
    if plan.demo:
        from imapsh.server.demo import USER

        if user == USER:
            return _DemoPassword(user, plan.where)
    host = plan.address.server_name if plan.address.host else plan.where
    return Password(user, plan.where, host, plan.ways)


class _DemoPassword(Password):
    """The password of the demo's own user, which is no secret."""

    def look_up(self) -> str:
        from imapsh.server.demo import PASSWORD

        return PASSWORD


def opening_steps(
    session: Session, plan: Plan, wanted: Opening,
) -> Generator[Step, Any, None]:  # fmt: skip
    """Take the greeting, start TLS, log in, ask for capabilities and open the URL's mailbox (EXAMINE if read-only).

    Raises what `imapsh.session.opening.steps` does, CommandNo or CommandBad if the mailbox cannot be opened, and
    UsageError if there is a mailbox and no login.
    """
    yield from steps(session, wanted)
    name = plan.address.mailbox
    if not (name and plan.selects):
        return
    from imapsh.grammar.writer import Writer
    from imapsh.table.model import AUTHENTICATED

    if session.state != AUTHENTICATED:
        raise UsageError(f"the URL's mailbox {name} cannot be opened without a login: put the user into the URL")
    exchange = session.command(
        "EXAMINE" if plan.read_only else "SELECT", Writer(utf8=session.parser.utf8).mailbox(name).fragments()
    )
    yield exchange
    if exchange.status != "OK":
        kind = CommandBad if exchange.status == "BAD" else CommandNo
        raise kind(f"{plan.where} refused to open {name}: {reply(exchange)}", exchange.response)
