"""Cyrus's FETCH items: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.cyrus import Created, Hexadecimal
from imapsh.grammar.values import Fetch
from imapsh.render.jsonform import to_json

from .reading import amiss, faultless, rewritten

_SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"

READ = [
    (f"* 1 FETCH (DIGEST.SHA1 {_SHA1} UID 7)", "digest.sha1", _SHA1),
    (f"* 1 FETCH (RFC822.SHA1 {_SHA1})", "rfc822.sha1", _SHA1),
    ("* 1 FETCH (RFC822.FILESIZE 1234)", "rfc822.filesize", 1234),
    ("* 1 FETCH (CID 0123456789012345)", "cid", "0123456789012345"),
    ("* 1 FETCH (CID NIL BASECID NIL)", "basecid", None),
    ("* 1 FETCH (CREATEDMODSEQ (12) UID 3)", "createdmodseq", 12),
]


@pytest.mark.parametrize(("line", "name", "value"), READ)
def test_what_is_read(line: str, name: str, value: Any) -> None:
    assert to_json(faultless(line))["value"][name] == value


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("* 1 FETCH (DIGEST.SHA1 da39)", "digest-sha1", 23),
    ("* 1 FETCH (DIGEST.SHA1 NIL)", "digest-sha1", 23),
    (f"* 1 FETCH (DIGEST.SHA1 {_SHA1}0)", "digest-sha1", 23),
    (f'* 1 FETCH (DIGEST.SHA1 "{_SHA1}")', "digest-sha1", 23),
    ("* 1 FETCH (CID 12)", "conversation-id", 15),
    ("* 1 FETCH (BASECID ())", "conversation-id", 19),
    ("* 1 FETCH (CREATEDMODSEQ 12)", "created-modseq", 25),
    ("* 1 FETCH (CREATEDMODSEQ (0))", "created-modseq", 26),
    ("* 1 FETCH (CREATEDMODSEQ NIL)", "created-modseq", 25),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


def _digits(count: int) -> st.SearchStrategy[Hexadecimal]:
    return st.text("0123456789abcdef", min_size=count, max_size=count).map(Hexadecimal)


@given(_digits(40), st.none() | _digits(16), st.integers(1, (1 << 63) - 1).map(Created))
def test_they_are_read_as_they_were_written(digest: Hexadecimal, cid: Hexadecimal | None, created: Created) -> None:
    value = Fetch(1, {"DIGEST.SHA1": digest, "CID": cid, "CREATEDMODSEQ": created, "UID": 2})
    assert rewritten("FETCH", value) == value
