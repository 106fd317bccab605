"""REFERRAL: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.referrals import Referral
from imapsh.grammar.values import Code, StatusText
from imapsh.render.jsonform import to_json

from .reading import amiss, faultless, rewritten

#: The examples of RFC 2221 and RFC 2193, and what else is legal.
READ = [
    ("A001 NO [REFERRAL IMAP://user;AUTH=*@SERVER2/] Remote Server", ["IMAP://user;AUTH=*@SERVER2/"]),
    ("A001 NO [REFERRAL IMAP://MIKE@SERVER2/] Specified user is invalid on this server.", ["IMAP://MIKE@SERVER2/"]),
    ("A001 OK [REFERRAL IMAP://MATTHEW@SERVER2/] Specified user's personal mailboxes", ["IMAP://MATTHEW@SERVER2/"]),
    ("A001 NO [REFERRAL IMAP://user;AUTH=GSSAPI@SERVER2/] Specified", ["IMAP://user;AUTH=GSSAPI@SERVER2/"]),
    ("* BYE [REFERRAL IMAP://user;AUTH=*@SERVER2/] Server not accepting", ["IMAP://user;AUTH=*@SERVER2/"]),
    ("A001 NO [REFERRAL IMAP://user;AUTH=*@SERVER2/SHARED/FOO] Remote", ["IMAP://user;AUTH=*@SERVER2/SHARED/FOO"]),
    (
        "A001 NO [REFERRAL IMAP://user;AUTH=*@SERVER2/REMOTE IMAP://user;AUTH=*@SERVER3/REMOTE] Remote mailbox.",
        ["IMAP://user;AUTH=*@SERVER2/REMOTE", "IMAP://user;AUTH=*@SERVER3/REMOTE"],
    ),
    ("a NO [REFERRAL imap://[2001:db8::1]:143/a%20b] there", ["imap://[2001:db8::1]:143/a%20b"]),
    ("a NO [REFERRAL imap://u@[::1]/x IMAP://u@[::2]/x] there", ["imap://u@[::1]/x", "IMAP://u@[::2]/x"]),
]


@pytest.mark.parametrize(("line", "urls"), READ)
def test_what_is_read(line: str, urls: list[str]) -> None:
    response = faultless(line)
    single = len(urls) == 1
    assert response.value.code.arg == (urls[0] if single else Referral(tuple(urls)))
    assert to_json(response)["value"]["arg"] == (urls[0] if single else {"urls": urls})


#: A line, and the rule and octet of what is wrong in it.
AMISS = [
    ("a NO [REFERRAL] go", "referral_response_code", 14),
    ("a NO [REFERRAL ] go", "referral_response_code", 14),
    ("a NO [REFERRAL  imap://a/] go", "referral_response_code", 15),
    ("a NO [REFERRAL NIL] go", "url", 15),
    ("a NO [REFERRAL server2] go", "url", 15),
    ('a NO [REFERRAL "imap://server2/"] go', "url", 15),
    ("a NO [REFERRAL imap://server2/%zz] go", "url", 30),
    ("a NO [REFERRAL imap://server2/<x>] go", "url", 30),
    ("a NO [REFERRAL imap://a/x http://b/x] go", "referral-urls", 26),
    ("a NO [REFERRAL IMAP://user;AUTH=*@SERVER2/REMOTE]Remote Mailbox", "resp-text", 49),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


urls = st.from_regex(r"imap://[a-z]{1,5}(/[A-Za-z0-9;=*&~.-]{0,9}){0,3}", fullmatch=True)


@given(st.lists(urls, min_size=2).map(lambda found: Referral(tuple(found))) | urls)
def test_it_is_read_as_it_was_written(value: str | Referral) -> None:
    assert rewritten("NO", StatusText(Code("REFERRAL", value), "x")).code.arg == value
