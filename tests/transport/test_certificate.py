from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from imapsh.errors import TLSError
from imapsh.transport import aio
from imapsh.transport.address import Address
from imapsh.transport.aio import AioStream
from imapsh.transport.certificate import AUTHORITY_DAYS, DAYS, RENEWED_DAYS, Papers, papers
from imapsh.transport.listening import listen
from imapsh.transport.tls import TLSOptions

NOW = datetime.now(UTC)


def certificate(path: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(Path(path).read_bytes())


def connects(made: Papers, host: str = "127.0.0.1", name: str | None = None) -> bool:
    """Return whether a client that trusts the authority accepts the certificate for a name."""

    async def accept(stream: AioStream) -> None:
        await stream.write(b"x")
        await stream.read(1)

    async def main() -> bool:
        listener = await listen(Address("imaps", host, 0), accept, tls=TLSOptions(cert=made.certificate))
        try:
            stream = await aio.connect(listener.address, tls=TLSOptions(cafile=made.authority, name=name))
            assert await stream.read(9) == b"x"
            await stream.close()
        except TLSError:
            return False
        finally:
            await listener.close()
        return True

    return asyncio.run(main())


def test_a_client_that_trusts_the_authority_accepts_the_certificate(tmp_path: Path) -> None:
    made = papers(tmp_path / "tap", "imap.example.org")
    for name in (None, "localhost", "::1", "imap.example.org"):
        assert connects(made, name=name)
    assert not connects(made, name="other.example.org")


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "tap"
    before = os.umask(0)
    try:
        papers(folder, "imap.example.org")
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == {"authority.pem": 0o600, "authority-key.pem": 0o600, "imap.example.org.pem": 0o600}


def test_the_authority_that_clients_trust_has_no_key_beside_it(tmp_path: Path) -> None:
    assert b"PRIVATE" not in Path(papers(tmp_path, "").authority).read_bytes()


def test_it_is_used_again(tmp_path: Path) -> None:
    first = papers(tmp_path, "imap.example.org", NOW)
    octets = [Path(path).read_bytes() for path in first]
    again = papers(tmp_path, "IMAP.example.org", NOW + timedelta(days=DAYS - RENEWED_DAYS - 1))
    assert again == first
    assert [Path(path).read_bytes() for path in again] == octets


def test_it_is_renewed_near_its_end_and_the_authority_stays(tmp_path: Path) -> None:
    first = papers(tmp_path, "imap.example.org", NOW)
    authority, old = Path(first.authority).read_bytes(), certificate(first.certificate)
    later = NOW + timedelta(days=DAYS - RENEWED_DAYS + 1)
    new = certificate(papers(tmp_path, "imap.example.org", later).certificate)
    assert Path(first.authority).read_bytes() == authority
    assert old.not_valid_before_utc == NOW.replace(microsecond=0)
    assert new.not_valid_before_utc == later.replace(microsecond=0)
    assert new.not_valid_after_utc - new.not_valid_before_utc == timedelta(days=DAYS)


def test_an_authority_near_its_end_is_renewed_with_all_below_it(tmp_path: Path) -> None:
    papers(tmp_path, "a.example", NOW - timedelta(days=AUTHORITY_DAYS - 1))
    made = papers(tmp_path, "a.example", NOW)
    assert connects(made, name="a.example")


def test_a_certificate_of_a_clock_that_was_wrong_is_renewed(tmp_path: Path) -> None:
    papers(tmp_path, "a.example", NOW + timedelta(days=99))
    assert connects(papers(tmp_path, "a.example", NOW), name="a.example")


def test_each_server_has_its_own_below_one_authority(tmp_path: Path) -> None:
    one, other = papers(tmp_path, "a.example"), papers(tmp_path, "b.example")
    assert one.authority == other.authority
    assert connects(one, name="a.example")
    assert connects(other, name="b.example")


def test_names_of_files_do_not_leave_the_folder_nor_meet(tmp_path: Path) -> None:
    made = papers(tmp_path, "2001:db8::1")
    assert Path(made.certificate).parent == tmp_path
    assert connects(made, name="2001:db8::1")
    assert connects(papers(tmp_path, "2001_db8__1"), name="2001_db8__1")


def test_a_host_in_unicode_is_in_it_as_dns_has_it(tmp_path: Path) -> None:
    assert connects(papers(tmp_path, "bücher.example"), name="xn--bcher-kva.example")
    with pytest.raises(TLSError, match="cannot be made for the name"):
        papers(tmp_path, "ü" * 300)


@pytest.mark.parametrize(
    "octets", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_damaged_file_is_made_anew(tmp_path: Path, octets: bytes) -> None:
    made = papers(tmp_path, "a.example")
    for path in tmp_path.iterdir():
        path.write_bytes(octets)
    assert papers(tmp_path, "a.example") == made
    assert connects(made)


@pytest.mark.skipif(os.name != "posix", reason="there are no modes")
def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    papers(tmp_path, "")
    (tmp_path / "authority-key.pem").chmod(0o640)
    with pytest.raises(TLSError, match=r"authority-key\.pem holds a private key that others can read; delete it"):
        papers(tmp_path, "")


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TLSError, match=r"cannot keep a certificate of our own in .*file.*; give a certificate"):
        papers(tmp_path / "file" / "tap", "")


def test_without_the_package_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(TLSError, match=r"pip install 'imapsh\[tap\]', or give a certificate and its key"):
        papers(tmp_path, "")
    assert not list(tmp_path.iterdir())
