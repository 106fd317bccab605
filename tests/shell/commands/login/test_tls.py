r"""`\tls`: on a page at two widths, in JSON, and for certificates that are wrong in some way."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from imapsh.errors import StateError, TLSError, UsageError
from imapsh.render.styles import paint
from imapsh.shell.commands.login import tls
from imapsh.shell.connection.dial import Plan, make_plan
from imapsh.shell.screen.sheet import sheet
from imapsh.shell.settings.options import Options
from imapsh.transport.base import Stream
from imapsh.transport.handshake import Handshake
from imapsh.transport.tls import TLSOptions
from imapsh.transport.x509 import read
from tests.servers.base import Server
from tests.servers.certs import Certs
from tests.shell.acting import acting, play
from tests.shell.hosting import FakeApp, FakeDriver
from tests.shell.running import imapsh
from tests.transport.papers import NOW, made, refused, shaken
from tests.transport.test_handshake import certificates

WHERE = "mail.example:993"


def over(found: Handshake) -> FakeApp:
    """Return a shell whose connection has had this handshake."""
    host = FakeApp(connected=True)
    assert host.here is not None
    host.here.stream = SimpleNamespace(info=SimpleNamespace(handshake=lambda: found))
    return host


def page(found: Handshake, columns: int = 100) -> str:
    return paint(sheet(tls.sections(found, NOW.timestamp(), WHERE), columns), None)


def rows(found: Handshake) -> dict[str, str]:
    """Return the rows of a page by their labels."""
    parts = [line.strip().split("  ", 1) for line in page(found, 1000).splitlines() if line.startswith("  ")]
    return {part[0]: part[1].strip() for part in parts}


def unverified(tmp_path: Path, *names: str, **given: Any) -> Handshake:
    return shaken(made(tmp_path, *names, **given).path, TLSOptions(insecure=True), "mail.example").handshaken()


def test_a_page(certs: Certs) -> None:
    found = shaken(str(certs.server_pem), TLSOptions(cafile=str(certs.ca)), "localhost").handshaken()
    seen = rows(found)
    assert seen["version"] == "TLSv1.3"
    assert seen["cipher"] == f"{found.cipher}, {found.bits} bits"
    assert seen["verified"] == f"for localhost, against {certs.ca}"
    assert (seen["binding"], seen["ALPN"]) == ("tls-server-end-point", "none")
    assert seen["names"] == "localhost, 127.0.0.1, ::1"
    assert seen["valid to"].startswith("3000-01-01 00:00:00 UTC, 3")
    assert (seen["key"], seen["signature"]) == ("EC P-256, 256 bits", "SHA-256 with ECDSA")
    assert len(seen["SHA-256"]) == len(seen["key SHA-256"]) == 64
    assert "Chain, verified" in page(found)
    assert seen["1"].startswith(f"{seen['issuer']}; EC P-256, 256 bits, valid to 3000-01-01")


@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_is_wider_than_the_terminal(tmp_path: Path, columns: int) -> None:
    found = unverified(tmp_path, *(f"{number:03}.very-long-name.of-a-host.example" for number in range(30)))
    lines = page(found, columns).splitlines()
    assert max(map(len, lines)) <= columns
    assert any(line.strip().endswith("and 10 more") for line in lines)
    assert any(line.strip() == f"SHA-256      {tls.certificates(found)[0].fingerprint}" for line in lines)


@pytest.mark.parametrize(
    ("days", "said", "good"),
    [(90.5, "90 days left", True), (1.5, "1 day left", None), (0.5, "0 days left", None),
     (-0.5, "expired 1 day ago", False), (-400, "expired 400 days ago", False)],
)  # fmt: skip
def test_days_left(tmp_path: Path, days: float, said: str, good: bool | None) -> None:
    found = unverified(tmp_path, days=days)
    (row,) = [row for row in tls.sections(found, NOW.timestamp(), WHERE)["Certificate"] if row.label == "valid to"]
    assert row.text.endswith(f", {said}")
    assert row.good is good


def test_one_that_is_not_valid_yet_and_has_no_names(tmp_path: Path) -> None:
    seen = rows(unverified(tmp_path, begins=NOW + timedelta(days=2)))
    assert seen["valid from"].endswith("which is not yet")
    assert seen["names"] == "none, so that it fits no server"
    assert seen["issuer"] == "CN=mail.example, itself"
    assert seen["verified"] == "no: somebody else may have sent it"


def test_one_that_was_refused(tmp_path: Path) -> None:
    error = refused(made(tmp_path, "mail.example").path, TLSOptions(), "mail.example")
    found = tls.of_error(error)
    assert found is not None
    seen = rows(found)
    assert seen["verified"] == "no: it was refused"
    assert seen["names"] == "mail.example"
    assert "version" not in seen
    assert tls.of_error(ValueError()) is None


def test_a_subject_with_control_characters(tmp_path: Path) -> None:
    said = page(unverified(tmp_path, "mail.example", common="a\x1b[2J\r\nINBOX\u202e"))
    assert "subject      CN=a^[[2J^M^JINBOX<U+202E>" in said
    assert "\x1b" not in said


def test_octets_that_are_no_certificate(tmp_path: Path) -> None:
    found = unverified(tmp_path)._replace(chain=(b"\x30\x03abc", b"", b"\xff" * 9))
    seen = rows(found)
    assert seen["fault"].startswith("not all of it can be read: ")
    assert len(seen["SHA-256"]) == 64
    assert seen["valid to"] == "an unknown time"
    assert {"1", "2"} <= set(seen)
    assert rows(found._replace(chain=()))["verified"] == "no: somebody else may have sent it"


def test_the_command(certs: Certs) -> None:
    host = over(shaken(str(certs.server_pem), TLSOptions(cafile=str(certs.ca)), "localhost").handshaken())
    assert "verified  for localhost" in host.does("\\tls").text
    assert host.does("\\tls 1").said[-1] == host.said[-2]
    with pytest.raises(UsageError, match="no connection 'other'"):
        host.does("\\tls other")


def test_in_json(certs: Certs) -> None:
    host = over(shaken(str(certs.server_pem), TLSOptions(cafile=str(certs.ca)), "localhost").handshaken())
    host.does("\\format json").does("\\tls")
    value = json.loads(host.said[-1])["value"]
    assert (value["server"], value["version"], value["verified"]) == ("the demo server", "TLSv1.3", True)
    own, above = value["chain"]
    assert own["names"] == ["localhost", "127.0.0.1", "::1"]
    assert own["not_after"] == "3000-01-01T00:00:00Z"
    assert own["days_left"] > 300_000
    assert (own["authority"], above["authority"]) == (False, True)
    assert own["sha256"] == tls.certificates(value_of(host))[0].fingerprint


def value_of(host: FakeApp) -> Handshake:
    assert host.here is not None
    found = tls.of_stream(host.here.stream)
    assert found is not None
    return found


def test_without_tls_and_without_a_connection() -> None:
    with pytest.raises(StateError, match="the connection to the demo server does not use TLS: STARTTLS begins it"):
        FakeApp(connected=True).does("\\tls")
    with pytest.raises(StateError, match="not connected"):
        FakeApp().does("\\tls")


def test_after_a_connection_that_was_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = refused(made(tmp_path, "mail.example").path, TLSOptions(), "mail.example")

    async def reach(driver: FakeDriver, plan: Plan) -> tuple[Stream, Plan]:
        raise error

    monkeypatch.setattr(FakeDriver, "reach", reach)
    host = FakeApp()
    with pytest.raises(TLSError):
        host.to_the_end(host.connect(make_plan(Options(url="imaps://mail.example")), "1"))
    text = host.does("\\tls").said[-1]
    assert "TLS with mail.example:993" in text
    assert "verified  no: it was refused" in text
    why = host.does("\\why").said[-1]
    assert "certificate  CN=mail.example" in why
    assert "is not trusted" in why


def test_dovecot(dovecot: Server) -> None:
    words = ("-c", "\\tls", "-c", "\\expect tls expires > 30", "--cafile", str(dovecot.cafile))
    for url in (f"imaps://localhost:{dovecot.tls_port}", f"imap://{dovecot.user}@localhost:{dovecot.port}"):
        done = imapsh(url, *words, env={"IMAPSH_PASSWORD": dovecot.password})
        assert (done.status, done.err) == (0, "")
        assert f"for localhost, against {dovecot.cafile}" in done.out.decode()
        (own,) = certificates(str(dovecot.cafile.with_name("server-cert.pem")))
        assert f"  SHA-256      {read(own).fingerprint}" in done.lines


@pytest.mark.parametrize("columns", [80, 120])
def test_on_a_screen(dovecot: Server, tmp_path: Path, columns: int) -> None:
    async def scene() -> None:
        url = f"imaps://localhost:{dovecot.tls_port}"
        async with acting(tmp_path, columns=columns, url=url, cafile=str(dovecot.cafile)) as person:
            await person.enters("\\tls", "Chain, verified", "key SHA-256")
            seen = person.screen.text
            assert "  valid to     3000-01-01 00:00:00 UTC, 3" in seen
            found = value_of(person.shell.app)  # type: ignore[arg-type]
            assert f"  key SHA-256  {tls.certificates(found)[0].key_fingerprint}\n" in seen

    play(scene)
