"""The table of formats: each is found by its first lines, and its reader is there."""

from __future__ import annotations

from importlib import import_module

import pytest

from imapsh import table
from imapsh.logs.formats import FORMATS, NAMED, reader_of, recognised
from imapsh.logs.model import Format
from imapsh.wire.pieces import is_date

from .reading import log_of

#: The first lines of a log of each format.
HEADS = {
    "trace": b"imapsh-trace 1\nS +0.001234 7\n* OK x\r\n",
    "rawlog": b"1795880514.105491 * 6 EXISTS\r\n",
    "raw": b"* OK ready\r\nA1 OK done\r\n",
}


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_it_is_recognised_by_its_first_lines(form: Format) -> None:
    assert recognised(log_of(HEADS[form.name])) is form


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_its_reader_reads_its_first_lines(form: Format) -> None:
    assert list(reader_of(form)(log_of(HEADS[form.name])))


@pytest.mark.parametrize("octets", [b"", b"Dear Sir or Madam,\n\nplease find enclosed\n", bytes(range(256)) * 8])
def test_what_is_no_log_is_none_of_them(octets: bytes) -> None:
    assert recognised(log_of(octets)) is None


def test_a_file_of_a_client_is_recognised_by_the_commands_of_the_revisions() -> None:
    rows = [
        row.name for family in table.CORE for row in getattr(import_module(f"imapsh.table.{family}"), "COMMANDS", ())
    ]
    assert "UID FETCH" in rows
    for name in rows:
        assert recognised(log_of(f"a1 {name}\r\n".encode())) is NAMED["raw"]


@pytest.mark.parametrize("octets", [b"Please check the list.\n", b"a list of three\n", b"I SELECTED it\n"])
def test_prose_is_no_log(octets: bytes) -> None:
    assert recognised(log_of(octets)) is None


def test_a_time_of_a_log_with_dates_counts_from_1970() -> None:
    assert is_date(1795880514.1)
    assert not is_date(86399.9)
