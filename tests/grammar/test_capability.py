"""CAPABILITY and ENABLED: the arguments of capabilities are checked by their families."""

from __future__ import annotations

import pytest

from imapsh.findings import RULES

from .reading import amiss

LEGAL = [
    "AUTH=PLAIN THREAD=REFERENCES THREAD=REFS SORT=DISPLAY QUOTA=RES-STORAGE X-QUOTA=X-NUM-FOLDERS",
    "APPENDLIMIT APPENDLIMIT=0 APPENDLIMIT=35651584 MESSAGELIMIT=1000 SAVELIMIT=1000 I18NLEVEL=1 I18NLEVEL=2",
    "X-LIMIT=none X-OWN= AUTH= RIGHTS= UTF8=ACCEPT COMPRESS=DEFLATE RIGHTS=kxte IMAPSIEVE=sieve.example CONTEXT=SEARCH",
]


@pytest.mark.parametrize("names", LEGAL)
def test_legal_ones_are_left_alone(names: str) -> None:
    assert amiss(f"* CAPABILITY IMAP4rev1 {names}") == []
    assert amiss(f"* OK [CAPABILITY IMAP4rev1 {names}] LIMIT= x= in text") == []
    assert amiss(f"* ENABLED {names}") == []


#: A capability, the rule that it breaks and its RFC, and the octet behind `* CAPABILITY IMAP4rev1 `.
AMISS = [
    ("THREAD=", "thread-alg", "RFC 5256", 7),
    ("QUOTA=", "capa-quota-res", "RFC 9208", 6),
    ("APPENDLIMIT=", "appendlimit-capability", "RFC 7889", 12),
    ("APPENDLIMIT=abc", "appendlimit-capability", "RFC 7889", 12),
    ("appendlimit=-1", "appendlimit-capability", "RFC 7889", 12),
    ("APPENDLIMIT=10k", "appendlimit-capability", "RFC 7889", 14),
    ("APPENDLIMIT=4294967296", "appendlimit-capability", "RFC 7889", 12),
    ("MESSAGELIMIT=", "message-limit-capability", "RFC 9738", 13),
    ("MESSAGELIMIT=0", "message-limit-capability", "RFC 9738", 13),
    ("SAVELIMIT=many", "message-limit-capability", "RFC 9738", 10),
    ("I18NLEVEL=", "i18n-level", "RFC 5255", 10),
    ("I18NLEVEL=0", "i18n-level", "RFC 5255", 10),
    ("I18NLEVEL=two", "i18n-level", "RFC 5255", 10),
]


@pytest.mark.parametrize(("name", "rule", "rfc", "offset"), AMISS)
def test_what_is_named(name: str, rule: str, rfc: str, offset: int) -> None:
    before = "* CAPABILITY IMAP4rev1 "
    for line in (f"{before}{name} IDLE", f"{before}{name}", f"* OK [{before[2:]}{name}] hi"):
        start = line.index(name)
        assert amiss(line) == [(rule, start + offset)]
    assert RULES[rule].rfc.startswith(rfc)
