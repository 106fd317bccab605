"""A trace tells to whom it is connected, how that is encrypted, and when it began."""

from __future__ import annotations

from pathlib import Path

from imapsh.shell.connection.trace import Tracing
from imapsh.transport.base import StreamInfo
from imapsh.wire.pieces import NOTE
from imapsh.wire.trace import TraceReader
from tests.shell.running import imapsh


def test_a_trace_has_a_header_and_notes_the_connection(tmp_path: Path) -> None:
    file = tmp_path / "trace"
    assert imapsh("--demo", "--trace", str(file), "-c", "NOOP").status == 0
    trace = TraceReader(file.read_bytes())
    assert (trace.header.server, trace.header.tls, trace.header.masked) == ("demo", "none", "passwords and tokens")
    assert trace.header.writer.startswith("imapsh ")
    assert trace.header.date is not None
    assert next(iter(trace)).octets == b"connected to the demo server"


def test_tls_is_noted_with_its_cipher_and_the_name_in_the_certificate(tmp_path: Path) -> None:
    file = tmp_path / "trace"
    told: list[str] = []
    tracing = Tracing(told.append)
    tracing.begin(str(file))
    tracing.connected(StreamInfo("mail.example.org:993", "TLSv1.3", "TLS_AES_256_GCM_SHA384", "mail.example.org"))
    tracing.end()
    notes = [record.octets.decode() for record in TraceReader(file.read_bytes()) if record.direction == NOTE]
    assert notes == [
        "connected to mail.example.org:993",
        "TLSv1.3 with TLS_AES_256_GCM_SHA384; the certificate is for mail.example.org",
    ]
    assert told == []
