from __future__ import annotations

import pytest

from imapsh.transport.der import SEQUENCE, DERError, dotted, elements, only, text


def test_elements_one_after_the_other() -> None:
    found = list(elements(b"\x02\x01\x05\x30\x03\x02\x01\x07"))
    assert [(one.tag, one.contents) for one in found] == [(2, b"\x05"), (0x30, b"\x02\x01\x07")]
    assert found[1].octets == b"\x30\x03\x02\x01\x07"
    assert list(elements(b"")) == []


def test_a_long_length() -> None:
    octets = b"\x04\x82\x01\x00" + b"x" * 256
    assert only(octets, 4).contents == b"x" * 256
    assert only(octets, 4).octets == octets


@pytest.mark.parametrize(
    "octets",
    [
        b"\x30",
        b"\x30\x05\x01",
        b"\x30\x80\x00\x00",
        b"\x30\x85\x00\x00\x00\x00\x01x",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x82\x01",
        b"\x1f\x01\x00",
        b"\x31\x00",
    ],
)
def test_what_is_wrong(octets: bytes) -> None:
    with pytest.raises(DERError):
        only(octets, SEQUENCE)


def test_object_identifiers() -> None:
    assert dotted(bytes.fromhex("2a864886f70d01010b")) == "1.2.840.113549.1.1.11"
    assert dotted(b"\x55\x1d\x11") == "2.5.29.17"
    assert dotted(b"\x88\x37\x03") == "2.999.3"
    for wrong in (b"", b"\x55\x81", b"\xff" * 100 + b"\x01", b"\x01" * 100):
        with pytest.raises(DERError):
            dotted(wrong)


def test_strings() -> None:
    found = elements(b"\x0c\x02\xc3\xa9" + b"\x14\x01\xe9" + b"\x1e\x02\x00\xe9" + b"\x13\x02a\xe9")
    assert [text(one) for one in found] == ["é", "é", "é", "a\ufffd"]
