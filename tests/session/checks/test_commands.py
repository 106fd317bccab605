"""What a command must bring: what is missing is named, and what may be missing is not."""

from __future__ import annotations

import pytest

from .scenes import LOGGED_IN, QRESYNC, SELECTED, after, findings

NAMED = "* ESEARCH (TAG TAG) "


@pytest.mark.parametrize(
    ("command", "rules"),
    [
        (("CAPABILITY", "* CAPABILITY IMAP4rev1"), []),
        (("CAPABILITY",), ["capability-missing"]),
        (("CAPABILITY", "TAG BAD what"), []),
        (("CAPABILITY", "* CAPABILITY IMAP4rev1 QRESYNC"), ["enable-needed"]),
        (("CAPABILITY", "* CAPABILITY IMAP4rev1 QRESYNC ENABLE"), []),
        (("CAPABILITY", "* CAPABILITY IMAP4rev2 QRESYNC"), []),
        (("NOOP", "* OK [CAPABILITY IMAP4rev1 QRESYNC] so"), ["enable-needed"]),
        (("NAMESPACE", '* NAMESPACE (("" "/")) NIL NIL'), []),
        (("NAMESPACE",), ["namespace-missing"]),
        (("STATUS Box (MESSAGES)", "* STATUS Box (MESSAGES 3)"), []),
        (("STATUS Box (MESSAGES)",), ["status-missing"]),
        (("STATUS Box (MESSAGES)", "TAG NO there is none"), []),
        (("GETQUOTAROOT Box", "* QUOTAROOT Box"), []),
        (("GETQUOTAROOT Box",), ["quotaroot-missing"]),
        (('GETQUOTA ""', '* QUOTA "" ()'), []),
        (('GETQUOTA ""',), ["quota-missing"]),
        (("ENABLE CONDSTORE", "* ENABLED CONDSTORE"), []),
        (("ENABLE CONDSTORE", "* ENABLED"), []),
        (("ENABLE CONDSTORE",), ["enabled-missing"]),
        (("ENABLE QRESYNC", "* ENABLED QRESYNC CONDSTORE"), []),
        (("ENABLE CONDSTORE", "* ENABLED CONDSTORE QRESYNC"), ["enabled-unasked"]),
        (('LIST "" none',), []),
        (("CAPABILITY", "*  CAPABILITY"), []),  # a line that cannot be read may have been it
        (("CAPABILITY", "CAPABILITY IMAP4rev1"), []),
        (("LOGOUT", "* BYE bye"), []),
        (("LOGOUT",), ["logout-bye"]),
    ],
)
def test_answers(command: tuple[str, ...], rules: list[str]) -> None:
    assert findings(LOGGED_IN, command) == rules


@pytest.mark.parametrize(
    ("command", "rules"),
    [
        (("SEARCH ALL", "* SEARCH 1 2"), []),
        (("SEARCH ALL", "* SEARCH"), []),
        (("SEARCH ALL", NAMED + "ALL 1:2"), []),  # RFC 9051 has no SEARCH response any more
        (("SEARCH ALL",), ["search-missing"]),
        (("UID SEARCH ALL",), ["search-missing"]),
        (("SEARCH ALL", "TAG NO too much"), []),
        (("SEARCH RETURN (SAVE) ALL",), []),
        (("SEARCH RETURN (SAVE COUNT) ALL", NAMED + "COUNT 3"), []),
        (("SEARCH RETURN (COUNT) ALL",), ["search-missing"]),
        (("SEARCH SUBJECT RETURN",), ["search-missing"]),
        (("SEARCH ALL", "* SEARCH 1 2", "* SEARCH 3"), ["search-twice"]),
        (("SEARCH RETURN (ALL) ALL", NAMED + "ALL 1:2", NAMED + "ALL 3"), ["search-twice"]),
        (("SEARCH RETURN (UPDATE ALL) ALL", NAMED + "ALL 1:2", NAMED + "ALL 3"), []),
        (("SEARCH RETURN (PARTIAL 1:2) ALL", NAMED + "PARTIAL (1:2 NIL)", NAMED + "ALL 3"), []),
        (("SEARCH ALL", "* SEARCH 1 2 1"), ["search-repeats"]),
        (("SEARCH ALL", "* SEARCH 1 6"), ["message-number"]),
        (("SORT (DATE) UTF-8 ALL", "* SORT 6 1"), ["message-number"]),
        (("SORT (DATE) UTF-8 ALL", "* SORT 3 1 3"), ["search-repeats"]),
        (("UID SORT (DATE) UTF-8 ALL", "* SORT 600 1"), []),
        (("UID SEARCH ALL", "* SEARCH 1 600"), []),
        (("SEARCH ALL", "* 6 EXISTS", "* SEARCH 1 6"), []),
        (("SEARCH RETURN (ALL) ALL", NAMED + "ALL 1:6"), ["message-number"]),
        (("SEARCH RETURN (MAX) ALL", NAMED + "MAX 6"), ["message-number"]),
        (("SEARCH RETURN (COUNT) ALL", NAMED + "COUNT 6"), []),
        (("UID SEARCH RETURN (ALL) ALL", NAMED + "UID ALL 1:600"), []),
        (("UID SEARCH RETURN (ALL) ALL", NAMED + "ALL 1:2"), ["esearch-uid"]),
        (("NOOP", "* ESEARCH (TAG zz) COUNT 3"), ["esearch-tag"]),
        (("NOOP", "* ESEARCH COUNT 3"), []),
        (("XNEW", "* ESEARCH (TAG zz) COUNT 3"), ["esearch-tag"]),
    ],
)
def test_searches(command: tuple[str, ...], rules: list[str]) -> None:
    assert findings(SELECTED, command) == rules


def test_results_that_are_kept_up_to_date_come_later() -> None:
    update = ("SEARCH RETURN (UPDATE COUNT) ALL", NAMED + "COUNT 3")
    assert findings(SELECTED, update, ("NOOP", "* ESEARCH (TAG A2) ADDTO (0 4)")) == []
    once = ("SEARCH RETURN (COUNT) ALL", NAMED + "COUNT 3")
    assert findings(SELECTED, once, ("NOOP", "* ESEARCH (TAG A2) COUNT 4")) == ["esearch-tag"]


def test_of_several_searches_nobody_knows_whose_a_result_is() -> None:
    scene = SELECTED.replace("ready", "ready", 1)
    script = f"{scene}\n>>> FETCH 1 UID\nC: A2 FETCH 1 UID\n>>> UID SEARCH ALL\nC: A3 UID SEARCH ALL"
    assert findings(script + "\nS: * SEARCH 900\nS: A2 OK a\nS: A3 OK b") == []


@pytest.mark.parametrize(
    ("line", "said", "rules"),
    [
        (r"STORE 1 +FLAGS (\Seen)", [r"* 1 FETCH (FLAGS (\Seen))"], []),
        (r"STORE 1 +FLAGS (\Seen)", ["* 1 FETCH (FLAGS ())"], ["store-flags"]),
        (r"STORE 1 +FLAGS \Seen", ["* 1 FETCH (FLAGS ())"], ["store-flags"]),
        (r"STORE 1 -FLAGS (\Seen)", [r"* 1 FETCH (FLAGS (\Seen))"], ["store-flags"]),
        (r"STORE 1 FLAGS (\Seen)", [r"* 1 FETCH (FLAGS (\Flagged))"], ["store-flags"]),
        (r"STORE 1 FLAGS (\Seen)", ["* 1 FETCH (FLAGS ())", r"* 1 FETCH (FLAGS (\Seen))"], []),
        (r"STORE 1:2 +FLAGS (\Seen)", [r"* 1 FETCH (FLAGS (\Seen))", "* 3 FETCH (FLAGS ())"], []),  # 3 is news
        (r"STORE 1 +FLAGS (\Seen)", [], []),  # unchanged, or gone
        (r"STORE 1 +FLAGS.SILENT (\Seen)", ["* 1 FETCH (FLAGS ())"], []),
        (r"STORE 1 +FLAGS (word)", ["* 1 FETCH (FLAGS ())"], []),  # not one that can be set
        (r"STORE 1 (UNCHANGEDSINCE 9) +FLAGS (\Seen)", ["* 1 FETCH (FLAGS ())", "TAG OK [MODIFIED 1] no"], []),
        (r"STORE 1 +FLAGS (\Seen)", ["* 1 FETCH (FLAGS ())", "TAG NO no"], []),
        (r"UID STORE 7 +FLAGS (\Seen)", ["* 1 FETCH (UID 7 FLAGS ())"], ["store-flags"]),
        (r"UID STORE 7 +FLAGS (\Seen)", ["* 1 FETCH (FLAGS ())"], []),  # nobody knows which it is
        (r"UID STORE * +FLAGS (\Seen)", ["* 1 FETCH (UID 7 FLAGS ())"], []),
    ],
)
def test_stores(line: str, said: list[str], rules: list[str]) -> None:
    assert findings(SELECTED, (line, *said)) == rules


def test_in_a_mailbox_that_cannot_be_written_no_flag_need_be_set() -> None:
    scene = SELECTED.replace("READ-WRITE", "READ-ONLY")
    assert findings(scene, (r"STORE 1 +FLAGS (\Seen)", "* 1 FETCH (FLAGS ())")) == []


def test_a_command_with_a_literal_is_not_judged_by_half_a_line() -> None:
    line = ">>> SEARCH SUBJECT {4}\\r\\nkelp\nC: A2 SEARCH SUBJECT {4}\nS: + go\nC: kelp\nS: A2 OK done"
    assert after(f"{SELECTED}\n{line}").findings == []


def test_progress() -> None:
    def told(*states: str) -> tuple[str, ...]:
        return ("NOOP", *(f'* OK [INPROGRESS ("TAG" {state})] so' for state in states))

    assert findings(QRESYNC, told("1 9", "1 9", "2 9", "NIL NIL", "3 9")) == []
    assert findings(QRESYNC, told("2 9", "1 9")) == ["progress-falls"]
    assert findings(QRESYNC, told("2 9", "3 8")) == ["progress-goal"]
    assert findings(QRESYNC, told("2 9"), told("1 8")) == []
