"""The blocking driver over memory, scripts and sockets: a session, TLS, and each way in which it can go wrong."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from imapsh.client.blocking import BlockingClient
from imapsh.errors import (
    ConnectionLost,
    ConnectionTimeout,
    GreetingError,
    ImapshError,
    LimitError,
    LoginError,
    ServerBye,
    StateError,
    TLSError,
)
from imapsh.grammar.values import Fetch
from imapsh.server.core import ServerSession
from imapsh.server.demo import demo_store
from imapsh.server.memory import connect as connect_memory
from imapsh.server.memory import join
from imapsh.server.scripted import CLOSE, ScriptedServer, expect
from imapsh.session.core import Session
from imapsh.session.events import Closed, Completed, Event, Received, Sent
from imapsh.session.opening import Opening, steps
from imapsh.transport.address import parse_address
from imapsh.transport.base import Stream
from imapsh.transport.blocking import connect
from imapsh.transport.memory import Scripted, attach, pair
from imapsh.transport.tls import TLSOptions
from imapsh.wire.limits import DEFAULT, Limits
from tests.patience import PATIENCE
from tests.servers.base import Server
from tests.servers.certs import Certs

DEMO = Opening("the demo server", True, "demo", lambda: "demo")
HELLO = b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n"


def client_on(stream: Stream, events: list[Event] | None = None, limits: Limits = DEFAULT) -> BlockingClient:
    return BlockingClient(stream, Session(limits=limits), (events if events is not None else []).append)


def greet_and_ask(client: BlockingClient) -> None:
    client.greet()
    client.run(client.session.line("NOOP"))


def closed_by(script: list[bytes | Exception], error: type[ImapshError], limits: Limits = DEFAULT) -> ImapshError:
    """Greet and run one NOOP against a script that goes wrong: the error, which is told and then raised."""
    events: list[Event] = []
    stream = Scripted(script)
    client = client_on(stream, events, limits)
    with pytest.raises(error) as caught:
        greet_and_ask(client)
    assert caught.type is error
    assert isinstance(events[-1], Closed)
    assert events[-1].error is caught.value
    assert "\n" not in str(caught.value)
    shown = sum(event.response.frame.length for event in events if isinstance(event, Received | Completed))
    assert shown == client.session.received_octets
    with pytest.raises(ConnectionLost):
        stream.read(1)
    with pytest.raises(ConnectionLost) as again:
        client.session.line("NOOP")
    assert str(again.value) == str(caught.value)
    return caught.value


# -- as it should be


def test_a_session_on_the_demo_server() -> None:
    events: list[Event] = []
    client = client_on(connect_memory(demo_store()), events)
    client.greet()
    client.follow(steps(client.session, DEMO))
    assert client.session.state == "authenticated"
    assert client.run(client.session.line("SELECT INBOX")).status == "OK"
    exchange = client.run(client.session.line("FETCH 1:3 (UID FLAGS BODY.PEEK[])"))
    assert (exchange.status, exchange.untagged) == ("OK", 3)
    assert exchange.elapsed >= 0
    octets = sum(event.response.length for event in events if getattr(event, "exchange", None) is exchange
                 and isinstance(event, Received | Completed))  # fmt: skip
    assert exchange.received == octets
    assert client.run(client.session.line("FETCH (")).status == "BAD"
    assert client.run(client.session.line("SELECT nowhere")).status == "NO"
    assert client.run(client.session.line("LOGOUT")).status == "OK"
    assert events[-1] == Closed(None)
    assert client.session.closed


def test_commands_in_a_row_are_pipelined_and_each_gets_its_own() -> None:
    client = client_on(connect_memory(demo_store()))
    client.greet()
    client.follow(steps(client.session, DEMO))
    client.run(client.session.line("SELECT INBOX"))
    exchanges = [client.session.line(f"FETCH {number} UID") for number in (1, 2, 3)]
    client.run(exchanges[-1])
    assert [exchange.untagged for exchange in exchanges] == [1, 1, 1]
    assert [exchange.status for exchange in exchanges] == ["OK"] * 3


def test_logout_to_which_only_bye_comes() -> None:
    events: list[Event] = []
    client = client_on(Scripted([HELLO, b"* BYE see you\r\n"]), events)
    client.greet()
    assert client.run(client.session.line("LOGOUT")).response is None
    assert isinstance(events[-1], Closed)
    assert events[-1].error is None


def test_a_failed_login() -> None:
    client = client_on(connect_memory(demo_store()))
    client.greet()
    with pytest.raises(LoginError, match="refused the login of demo: NO") as caught:
        client.follow(steps(client.session, DEMO._replace(password=lambda: "wonderland")))
    assert caught.value.exit_code == 6
    assert "wonderland" not in str(caught.value)


def test_a_big_literal_goes_out_in_pieces() -> None:
    client = client_on(connect_memory(demo_store()))
    client.greet()
    client.follow(steps(client.session, DEMO))
    text = "x" * 300_000
    for announced in ("{%d}", "{%d+}"):
        exchange = client.run(client.session.line(f"APPEND Drafts {announced % len(text)}\r\n{text}"))
        assert exchange.status == "OK"
        assert exchange.sent > len(text)


# -- STARTTLS


def over_tls(certs: Certs, trusts: TLSOptions, name: str = "localhost") -> BlockingClient:
    """A client in memory whose server's end speaks TLS after STARTTLS."""
    ours, theirs = pair("memory")
    server = ServerSession(demo_store(), tls=True)
    tls = TLSOptions(cert=str(certs.server_cert), key=str(certs.server_key))

    def receive(data: bytes) -> bytes:
        server.receive_data(data)
        answer = server.data_to_send()
        if server.wants_tls:
            theirs.write(answer)
            theirs.start_tls(tls, "", server_side=True)
            server.tls_started()
            return b""
        return answer

    theirs.write(server.data_to_send())
    attach(theirs, receive)
    return BlockingClient(ours, Session(), tls=trusts, server_name=name)


def test_starttls(certs: Certs) -> None:
    client = over_tls(certs, TLSOptions(cafile=str(certs.ca)))
    client.greet()
    client.follow(steps(client.session, DEMO._replace(local=False)))
    assert client.session.secure
    assert client.session.state == "authenticated"
    assert client.stream.info.tls.startswith("TLS")
    assert client.run(client.session.line("NOOP")).status == "OK"


def test_a_certificate_that_is_not_trusted(certs: Certs) -> None:
    for trusts, name in ((certs.other_ca, "localhost"), (certs.ca, "elsewhere.test")):
        client = over_tls(certs, TLSOptions(cafile=str(trusts)), name)
        client.greet()
        with pytest.raises(TLSError) as caught:
            client.follow(steps(client.session, DEMO._replace(local=False)))
        assert caught.value.exit_code == 5
        assert client.session.closed
        assert client.session.state == "logout"


def test_octets_behind_starttls() -> None:
    script = [b"* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n", b"A1 OK begin\r\n* PREAUTH evil\r\n"]
    stream = Scripted(script)
    client = client_on(stream)
    client.greet()
    with pytest.raises(TLSError, match="possible injection"):
        client.run(client.session.line("STARTTLS"))
    assert not stream.tls_started


# -- as it should not be


@pytest.mark.parametrize(
    ("script", "error", "code"),
    [
        ([], GreetingError, 4),
        ([b"* O"], GreetingError, 4),
        ([b"* BYE go away\r\n"], GreetingError, 4),
        ([b"220 mail.test ESMTP\r\n"], GreetingError, 4),
        ([ConnectionLost("mail.test reset the connection; connect again")], GreetingError, 4),
        ([ConnectionTimeout("nothing came from mail.test within 1 s")], ConnectionTimeout, 7),
        ([HELLO], ConnectionLost, 7),
        ([HELLO, b"A1 OK don"], ConnectionLost, 7),
        ([HELLO, b"* 1 FETCH (BODY[] {100}\r\nabc"], ConnectionLost, 7),
        ([HELLO, ConnectionLost("reset")], ConnectionLost, 7),
        ([HELLO, b"* 1 EX", ConnectionTimeout("nothing came within 1 s")], ConnectionTimeout, 7),
        ([HELLO, b"* BYE autologout\r\n"], ServerBye, 7),
        ([HELLO, b"* BYE autologout\r\n", ConnectionTimeout("nothing came")], ServerBye, 7),
        ([HELLO, b"* BYE autologout\r\n* 1 EXISTS\r\nhalf"], ServerBye, 7),
        ([HELLO, b"* OK " + b"x" * 5000], LimitError, 7),
        ([HELLO, b"x" * 999, b"x" * 999, b"x" * 999, b"\r\n"], LimitError, 7),
        ([HELLO, b"* 1 FETCH (BODY[] {4000}\r\n"], LimitError, 7),
        ([HELLO, b"* 1 FETCH (BODY[] {9223372036854775807}\r\n"], LimitError, 7),
        ([HELLO, b"* 1 EXISTS\r\n* 2 EXISTS\r\n* 3 EXISTS\r\n* 4 EXISTS\r\n"], LimitError, 7),
    ],
)
def test_how_it_ends(script: list[bytes | Exception], error: type[ImapshError], code: int) -> None:
    assert closed_by(script, error, Limits(2000, 3000, 100, 3)).exit_code == code


@pytest.mark.parametrize(
    "noise",
    [
        b"* 1 FETCH (BODY[] {18446744073709551616}\r\n", b"* 1 FETCH (BODY[] {-1}\r\n", b"* 5 EXISTS\n",
        b"* \0 EXISTS\r\n",
        b"* LIST () \"/\" \xff\xfe\r\n", b"ZZ9 OK never sent\r\n", b"+ nobody asked\r\n", b"\r\n", b"*\r\n", b"* \r\n",
        b"* OK [\r\n", b"((((((\r\n", b"* 1 FETCH ((((((((((\r\nx\r\n", b"* 99999999999999999999 EXISTS\r\n",
    ],
)  # fmt: skip
def test_strange_lines_cost_nothing(noise: bytes) -> None:
    events: list[Event] = []
    client = client_on(Scripted([HELLO, noise, b"A1 OK done\r\n"]), events)
    client.greet()
    assert client.run(client.session.line("NOOP")).status == "OK"
    shown = b"".join(event.response.frame.raw for event in events if isinstance(event, Received | Completed))
    assert shown == HELLO + noise + b"A1 OK done\r\n"


def test_after_the_end_nothing_hangs() -> None:
    client = client_on(Scripted([HELLO]))
    client.greet()
    with pytest.raises(ConnectionLost):
        client.run(client.session.line("NOOP"))
    assert client.flush() is None
    with pytest.raises(ConnectionLost, match="while A1 NOOP was running"):
        client.pump()
    client.close()


def test_what_the_server_said_before_it_stopped_listening() -> None:
    class Deaf(Scripted):
        """Says BYE and takes nothing more."""

        def write(self, data: bytes) -> None:
            raise ConnectionLost("the peer had closed the connection before all was sent")

    events: list[Event] = []
    client = client_on(Deaf([HELLO, b"* BYE [UNAVAILABLE] going down\r\n"]), events)
    client.greet()
    with pytest.raises(ServerBye, match="going down"):
        client.run(client.session.line("NOOP"))


def test_interrupted() -> None:
    """Ctrl-C in a read loses nothing: the next call goes on."""

    class Interrupted(Scripted):
        calls = 0

        def read(self, max_octets: int) -> bytes:
            self.calls += 1
            if self.calls == 3:
                raise KeyboardInterrupt
            return super().read(max_octets)

    client = client_on(Interrupted([HELLO, b"* 1 EXISTS\r\n* 2 EX", b"ISTS\r\nA1 OK done\r\n"]))
    client.greet()
    exchange = client.session.line("NOOP")
    with pytest.raises(KeyboardInterrupt):
        client.run(exchange)
    assert client.run(exchange).status == "OK"
    assert exchange.untagged == 2


def test_a_liar_that_answers_with_what_it_was_told() -> None:
    server = ScriptedServer(
        [
            b"* OK hi\r\n",
            expect(rb"(?P<tag>\S+) LOGIN joe (?P<password>\S+)\r\n"),
            b"\\g<tag> NO not \\g<password>\r\n",
            CLOSE,
        ]
    )
    events: list[Event] = []
    client = client_on(join(server), events)
    client.greet()
    exchange = client.run(client.session.line("LOGIN joe sesame"))
    assert exchange.status == "NO"
    assert b"sesame" in server.received
    assert "sesame" not in repr(events)


# -- over sockets


@pytest.fixture
def listens() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """`listens(handler)` handles one connection in a thread and returns the port."""
    threads: list[threading.Thread] = []

    def start(handler: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))

        def run() -> None:
            with listener, listener.accept()[0] as sock:
                sock.settimeout(PATIENCE)
                handler(sock)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        port: int = listener.getsockname()[1]
        return port

    yield start
    for thread in threads:
        thread.join(PATIENCE)


def opened(port: int, idle_timeout: float = 20, scheme: str = "imap") -> BlockingClient:
    return client_on(connect(parse_address(f"{scheme}://127.0.0.1:{port}"), idle_timeout=idle_timeout))


def test_silence(listens: Callable[[Callable[[socket.socket], None]], int]) -> None:
    def handler(sock: socket.socket) -> None:
        assert sock.recv(1) == b""

    client = opened(listens(handler), 0.05)
    with pytest.raises(ConnectionTimeout, match=r"0\.05 s"):
        client.greet()


def test_a_server_that_goes_away_while_a_literal_is_sent(
    listens: Callable[[Callable[[socket.socket], None]], int],
) -> None:
    def handler(sock: socket.socket) -> None:
        sock.sendall(b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n")
        sock.recv(1000)
        sock.sendall(b"* BYE too much\r\n")

    client = opened(listens(handler))
    client.greet()
    exchange = client.session.line("APPEND x {3000000+}\r\n" + "x" * 3_000_000)
    with pytest.raises(ConnectionLost):
        client.run(exchange)
    assert client.session.closed


def test_a_connection_that_is_reset(listens: Callable[[Callable[[socket.socket], None]], int]) -> None:
    def handler(sock: socket.socket) -> None:
        sock.sendall(HELLO)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        sock.recv(5)

    client = opened(listens(handler))
    client.greet()
    with pytest.raises(ConnectionLost) as caught:
        client.run(client.session.line("NOOP"))
    assert caught.value.exit_code == 7


def test_tls_on_a_plain_port(listens: Callable[[Callable[[socket.socket], None]], int]) -> None:
    def handler(sock: socket.socket) -> None:
        sock.sendall(b"* OK plain IMAP here\r\n")
        sock.recv(1000)

    with pytest.raises(TLSError) as caught:
        opened(listens(handler), scheme="imaps")
    assert caught.value.exit_code == 5


def test_compress_on_dovecot(dovecot: Server) -> None:
    address = parse_address(f"imap://{dovecot.user}@{dovecot.host}:{dovecot.port}")
    events: list[Event] = []
    client = client_on(connect(address), events)
    client.greet()
    wanted = Opening("Dovecot", True, dovecot.user, lambda: dovecot.password, starttls=False)
    client.follow(steps(client.session, wanted))
    assert "COMPRESS=DEFLATE" in client.session.capabilities
    assert client.run(client.session.line("COMPRESS DEFLATE")).status == "OK"
    before = client.session.received_octets
    assert client.run(client.session.line("EXAMINE INBOX")).status == "OK"
    del events[:]
    exchange = client.run(client.session.line("FETCH 1:* (UID ENVELOPE BODYSTRUCTURE BODY.PEEK[])"))
    assert exchange.status == "OK"
    box = client.session.mailbox
    assert box is not None
    fetched = [event.response for event in events if isinstance(event, Received)]
    assert [response.name for response in fetched] == ["FETCH"] * (box.exists or 0)
    assert client.session.received_octets - before < exchange.received
    assert client.run(client.session.line("COMPRESS DEFLATE")).status != "OK"
    client.run(client.session.line("LOGOUT"))
    assert client.session.closed


def test_d5_the_end_is_raised_again() -> None:
    client = client_on(Scripted([HELLO]))
    client.greet()
    exchange = client.session.line("NOOP")
    with pytest.raises(ConnectionLost) as first:
        client.run(exchange)
    for ask in (client.pump, lambda: client.run(exchange)):
        with pytest.raises(ConnectionLost) as again:
            ask()
        assert again.value is first.value


def test_d4_what_was_not_sent_after_all_is_raised() -> None:
    stream = Scripted([HELLO, b"A1 NO no such mailbox\r\n"])
    client = BlockingClient(stream, Session(strict=True))
    client.greet()
    selects, fetches = client.session.command("SELECT", [b"a"]), client.session.command("FETCH", [b"1 FLAGS"])
    assert client.run(selects).status == "NO"
    with pytest.raises(StateError, match="SELECT a mailbox first"):
        client.run(fetches)


def test_octets_go_before_the_events_are_told() -> None:
    ours, theirs = pair()
    seen: list[tuple[Event, bytes]] = []
    client = BlockingClient(ours, Session(), lambda event: seen.append((event, sent())))

    def sent() -> bytes:
        theirs.settimeout(0)
        try:
            return theirs.read(100)
        except ConnectionTimeout:
            return b""

    theirs.write(HELLO)
    client.greet()
    client.session.line("NOOP")
    client.flush()
    event, octets = seen[-1]
    assert isinstance(event, Sent)
    assert octets == b"A1 NOOP\r\n"


# -- errors of the program


def failing_at(kind: type[Event], events: list[Event], times: int = 1) -> Callable[[Event], None]:
    """Return an `on_event` that keeps the events, and raises an error at the first of a kind."""
    left = iter(range(times))

    def on_event(event: Event) -> None:
        events.append(event)
        if isinstance(event, kind) and next(left, None) is not None:
            raise ZeroDivisionError

    return on_event


@pytest.mark.parametrize("kind", [Sent, Received, Completed])
def test_an_error_of_on_event_is_raised_and_the_connection_goes_on(kind: type[Event]) -> None:
    events: list[Event] = []
    client = client_on(Scripted([HELLO, b"* 1 EXISTS\r\nA1 OK done\r\n", b"A2 OK done\r\n"]))
    client.greet()
    client.on_event = failing_at(kind, events)
    exchange = client.session.line("NOOP")
    with pytest.raises(ZeroDivisionError):
        client.run(exchange)
    assert client.run(exchange).status == "OK"
    assert client.run(client.session.line("NOOP")).status == "OK"
    assert [type(event) for event in events] == [Sent, Received, Completed, Sent, Completed]


def test_the_rest_of_a_run_is_told_after_an_error() -> None:
    rows = b"".join(b"* %d FETCH (FLAGS ())\r\n" % number for number in range(1, 101))
    events: list[Event] = []
    client = client_on(Scripted([HELLO, b"A1 OK [READ-WRITE] done\r\n", rows + b"A2 OK done\r\n"]))
    client.greet()
    client.run(client.session.line("SELECT INBOX"))
    client.on_event = failing_at(Received, events, 50)
    exchange = client.session.line("FETCH 1:* FLAGS")
    errors = 0
    while exchange.response is None or len(events) < 102:
        try:
            client.run(exchange)
        except ZeroDivisionError:
            errors += 1
    assert errors == 50
    told = [event.response.value for event in events if isinstance(event, Received)]
    assert [value.seq for value in told if isinstance(value, Fetch)] == list(range(1, 101))


def test_an_error_of_an_opener_is_raised_and_the_connection_is_over() -> None:
    def opened(octets: int, line: bytes) -> None:
        raise ZeroDivisionError

    stream = Scripted([HELLO, b"* 1 FETCH (BODY[] {13}\r\nA1 OK forged\r\n)\r\n"])
    client = BlockingClient(stream, Session(opener=opened))
    client.greet()
    exchange = client.session.line("FETCH 1 BODY[]")
    with pytest.raises(ZeroDivisionError) as raised:
        client.run(exchange)
    assert exchange.response is None
    with pytest.raises(ConnectionLost, match=r"^ZeroDivisionError, the cause of this error") as later:
        client.run(exchange)
    assert later.value.__cause__ is raised.value
    with pytest.raises(ConnectionLost):
        stream.write(b"")
