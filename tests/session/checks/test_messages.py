"""What FETCH, EXPUNGE and VANISHED say of messages: what breaks a rule, and what is legal and looks as if it did."""

from __future__ import annotations

import pytest

from imapsh.session.checks.messages import Memory

from .scenes import CONDSTORE, LOGGED_IN, QRESYNC, SELECTED, after, findings, opened

NOMODSEQ = QRESYNC.replace("* OK [HIGHESTMODSEQ 50] highest", "* OK [NOMODSEQ] none")
UIDONLY = QRESYNC.replace("QRESYNC\n", "UIDONLY\n")
FETCH = "FETCH 1:* UID"
SIZE = "UID FETCH 1:* RFC822.SIZE"
WHO = '(("Ida" NIL "ida" "x.example"))'
ENVELOPE = f'ENVELOPE ("1-Feb-2024" "Kelp" {WHO} {WHO} {WHO} NIL NIL NIL NIL "<1@x>")'
BODY = 'BODY ("TEXT" "PLAIN" ("A" "B" "C" "D") NIL NIL "7BIT" 9 1)'
NOTHING = "ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        (["* 1 FETCH (UID 7)", "* 1 FETCH (UID 7)"], []),
        (["* 1 FETCH (UID 7)", "* 1 FETCH (UID 8)"], ["uid-changes"]),
        (["* 1 FETCH (UID 7)", "* 2 FETCH (UID 9)", "* 5 FETCH (UID 20)"], []),
        (["* 1 FETCH (UID 7)", "* 2 FETCH (UID 7)"], ["uid-order"]),
        (["* 1 FETCH (UID 7)", "* 4 FETCH (UID 6)"], ["uid-order"]),
        (["* 3 FETCH (UID 7)", "* 2 FETCH (UID 9)"], ["uid-order"]),
        (["* 3 FETCH (UID 7)", "* 2 FETCH (UID 6)"], []),
        (["* 5 FETCH (UID 99)"], []),
        (["* 5 FETCH (UID 100)"], ["uid-above-next"]),
        (["* 6 EXISTS", "* 6 FETCH (UID 100)"], []),  # it came after SELECT
        (["* 1 FETCH (UID 0)"], []),  # a fault of grammar
        (["* 1 FETCH (UID x)"], []),
    ],
)
def test_uids(said: list[str], rules: list[str]) -> None:
    assert findings(SELECTED, (FETCH, *said)) == rules


def test_uids_move_with_the_numbers() -> None:
    known = (FETCH, *(f"* {number} FETCH (UID {number * 10})" for number in range(1, 6)))
    gone = ("NOOP", "* 2 EXPUNGE", "* 3 EXPUNGE")
    assert (
        findings(SELECTED, known, gone, (FETCH, "* 1 FETCH (UID 10)", "* 2 FETCH (UID 30)", "* 3 FETCH (UID 50)")) == []
    )
    assert findings(SELECTED, known, gone, (FETCH, "* 2 FETCH (UID 20)")) == ["uid-changes", "uid-gone"]
    assert findings(SELECTED, known, ("NOOP", "* 5 EXPUNGE", "* 5 EXISTS"), (FETCH, "* 5 FETCH (UID 50)")) == [
        "uid-gone"
    ]
    assert findings(SELECTED, known, ("NOOP", "* 5 EXPUNGE", "* 5 EXISTS"), (FETCH, "* 5 FETCH (UID 100)")) == []


def test_behind_a_loss_that_was_not_told_no_number_is_sure() -> None:
    known = (FETCH, *(f"* {number} FETCH (UID {number * 10})" for number in range(1, 6)))
    assert findings(SELECTED, known, ("NOOP", "* 4 EXISTS"), (FETCH, "* 1 FETCH (UID 20)")) == ["exists-shrinks"]


def test_a_vanished_that_leaves_the_numbers_open_accuses_nobody() -> None:
    gone = ("NOOP", "* VANISHED 11:12")
    assert findings(QRESYNC, gone, ("UID FETCH 1:* UID", "* 2 FETCH (UID 20)", "* 2 FETCH (UID 30)")) == []
    known = ("UID FETCH 1:* UID", "* 1 FETCH (UID 10)", "* 5 FETCH (UID 50)")
    assert findings(QRESYNC, known, gone, ("UID FETCH 1:* UID", "* 1 FETCH (UID 10)", "* 3 FETCH (UID 50)")) == []
    assert findings(QRESYNC, known, gone, ("UID FETCH 1:* UID", "* 2 FETCH (UID 12)")) == ["uid-gone"]
    earlier = ("NOOP", "* VANISHED (EARLIER) 11:12")
    assert findings(QRESYNC, known, earlier, ("UID FETCH 1:* UID", "* 2 FETCH (UID 12)")) == []


@pytest.mark.parametrize(
    ("first", "second", "rules"),
    [
        ("RFC822.SIZE 5", "RFC822.SIZE 5", []),
        ("RFC822.SIZE 5", "RFC822.SIZE 6", ["message-changes"]),
        ("RFC822.SIZE 0", "RFC822.SIZE 6", []),  # a message that was gone, in a manner of speaking
        (ENVELOPE, ENVELOPE, []),
        (ENVELOPE, ENVELOPE.replace("Kelp", "Tang"), ["message-changes"]),
        (ENVELOPE, ENVELOPE.replace('"Kelp"', "{4}\\x0d\\x0aKelp"), []),
        (ENVELOPE, NOTHING, []),
        ('INTERNALDATE " 1-Feb-2024 10:00:00 +0000"', 'INTERNALDATE " 1-Feb-2024 10:00:01 +0000"', ["message-changes"]),
        ('INTERNALDATE " 1-Feb-2024 10:00:00 +0000"', 'INTERNALDATE " 1-Feb-2024 11:00:00 +0100"', []),
        (BODY, BODY.replace("9 1", "8 1"), ["message-changes"]),
        (BODY, BODY.replace('"A" "B" "C" "D"', '"C" "D" "A" "B"'), []),
        (BODY, BODY.replace("BODY", "BODYSTRUCTURE").replace("9 1", "8 1 NIL"), []),
        ("FLAGS ()", r"FLAGS (\Seen)", []),
        ("RFC822.SIZE 5", "RFC822.SIZE -6", []),  # a fault of grammar
        ("EMAILID (a)", "EMAILID (a)", []),
        ("EMAILID (a)", "EMAILID (A)", ["message-changes"]),
        ("THREADID (a)", "THREADID (b)", ["message-changes"]),
        ("THREADID NIL", "THREADID (b)", []),  # it may be known later
        ('SAVEDATE " 1-Feb-2024 10:00:00 +0000"', 'SAVEDATE " 1-Feb-2024 11:00:00 +0100"', []),
        ('SAVEDATE " 1-Feb-2024 10:00:00 +0000"', 'SAVEDATE " 2-Feb-2024 10:00:00 +0000"', ["message-changes"]),
    ],
)  # fmt: skip
def test_what_never_changes(first: str, second: str, rules: list[str]) -> None:
    said = (f"* 1 FETCH (UID 7 {first})", f"* 1 FETCH (UID 7 {second})")
    assert findings(SELECTED, (SIZE, said[0]), (SIZE, said[1])) == rules
    learned = (SIZE, f"* 1 FETCH (UID 7 {first})"), ("FETCH 1 ALL", f"* 1 FETCH ({second})")
    assert findings(SELECTED, *learned) == rules


def test_a_message_of_another_mailbox_or_behind_another_uidvalidity_is_another() -> None:
    first, second = (SIZE, "* 1 FETCH (UID 7 RFC822.SIZE 5)"), (SIZE, "* 1 FETCH (UID 7 RFC822.SIZE 6)")
    assert findings(SELECTED, first, ("CLOSE",), opened(), second) == []
    assert findings(SELECTED, first, ("NOOP", "* OK [UIDVALIDITY 8] new"), second) == ["uidvalidity-changes"]


def test_memory_is_bounded() -> None:
    memory = Memory()
    for key in range(200_000):
        memory.keep(key, 1)
    assert len(memory) <= 1 << 15
    assert memory.get(199_999) == 1
    assert memory.get(3) is None


def test_with_uids_alone_the_same_holds() -> None:
    line = "UID FETCH 1:* (RFC822.SIZE FLAGS)"
    first, second = "* 7 UIDFETCH (RFC822.SIZE 5 FLAGS ())", "* 7 UIDFETCH (RFC822.SIZE 6 FLAGS (odd))"
    assert findings(UIDONLY, (line, first), (line, first)) == []
    assert findings(UIDONLY, (line, first), (line, second)) == ["message-changes", "keyword-unannounced"]
    assert findings(UIDONLY, (line, first), ("NOOP", "* VANISHED 7"), (line, first)) == ["uid-gone"]
    store = (r"UID STORE 7 +FLAGS (\Seen)", "* 7 UIDFETCH (FLAGS ())")
    assert findings(UIDONLY, store) == ["store-flags"]


def test_mod_sequences() -> None:
    line = "UID FETCH 1:* MODSEQ"
    rising = [(line, "* 1 FETCH (UID 7 MODSEQ (20))"), (line, "* 1 FETCH (UID 7 MODSEQ (21))")]
    assert findings(CONDSTORE, *rising, rising[1]) == []
    assert findings(CONDSTORE, *rising, rising[0]) == ["modseq-falls"]
    assert findings(CONDSTORE, rising[1], (line, "* 2 FETCH (UID 8 MODSEQ (20))")) == []


@pytest.mark.parametrize(
    ("commands", "rules"),
    [
        ([("FETCH 1 FLAGS", r"* 1 FETCH (FLAGS (\Seen))")], []),
        ([("FETCH 1 FLAGS", "* 1 FETCH (FLAGS (new))")], ["keyword-unannounced"]),
        ([("FETCH 1 FLAGS", "* 1 FETCH (FLAGS (new))", r"* FLAGS (\Seen NEW)")], []),
        ([("NOOP", r"* FLAGS (\Seen new)", "* 1 FETCH (FLAGS (new))")], []),
        ([("FETCH 1 FLAGS", "* 1 FETCH (FLAGS (new))")] * 2, ["keyword-unannounced"]),  # once is enough
        ([("NOOP", r"* FLAGS (\Seen new)", "* 1 FETCH (FLAGS (new))"),
          ("NOOP", r"* FLAGS (\Seen)", "* 1 FETCH (FLAGS (new))")], ["keyword-unannounced"]),
    ],
)  # fmt: skip
def test_keywords(commands: list[tuple[str, ...]], rules: list[str]) -> None:
    assert findings(SELECTED, *commands) == rules


@pytest.mark.parametrize(
    ("line", "said", "rules"),
    [
        ("UID FETCH 7 ENVELOPE", f"* 1 FETCH ({ENVELOPE})", ["uid-missing"]),
        ("UID FETCH 7 ENVELOPE", f"* 1 FETCH (UID 7 {ENVELOPE})", []),
        ("UID FETCH 7 ENVELOPE", "* 1 FETCH (FLAGS ())", []),  # it may be news
        ("FETCH 1 ENVELOPE", f"* 1 FETCH ({ENVELOPE})", []),
        ("XNEW", f"* 1 FETCH ({ENVELOPE})", []),
        ("NOOP", f"* 1 FETCH ({ENVELOPE})", []),
    ],
)
def test_the_answer_to_a_uid_command_has_the_uid(line: str, said: str, rules: list[str]) -> None:
    assert findings(SELECTED, (line, said)) == rules


@pytest.mark.parametrize(
    ("scene", "line", "said", "rules"),
    [
        (QRESYNC, "NOOP", "* 1 FETCH (FLAGS ())", ["fetch-qresync"]),
        (QRESYNC, "", "* 1 FETCH (FLAGS ())", ["fetch-qresync"]),
        (QRESYNC, "NOOP", "* 1 FETCH (UID 7 FLAGS ())", ["fetch-qresync"]),
        (QRESYNC, "NOOP", "* 1 FETCH (UID 7 FLAGS () MODSEQ (60))", []),
        (QRESYNC, "FETCH 1 FLAGS", "* 1 FETCH (FLAGS ())", []),
        (QRESYNC, "XNEW", "* 1 FETCH (FLAGS ())", []),
        (NOMODSEQ, "NOOP", "* 1 FETCH (FLAGS ())", []),
        (CONDSTORE, "NOOP", "* 1 FETCH (FLAGS ())", []),
        (UIDONLY, "NOOP", "* 1 FETCH (UID 7 FLAGS ())", ["number-uidonly"]),
        (UIDONLY, "NOOP", "* 7 UIDFETCH (FLAGS ())", []),
        (CONDSTORE, "NOOP", "* 7 UIDFETCH (FLAGS ())", ["uidfetch-unasked"]),
        # -- messages that go
        (QRESYNC, "NOOP", "* 1 EXPUNGE", ["expunge-qresync"]),
        (NOMODSEQ, "NOOP", "* 1 EXPUNGE", []),
        (CONDSTORE, "NOOP", "* 1 EXPUNGE", []),
        (UIDONLY, "NOOP", "* 1 EXPUNGE", ["number-uidonly"]),
        (UIDONLY, "NOOP", "* VANISHED 7", []),
        (QRESYNC, "NOOP", "* VANISHED 7", []),
        (CONDSTORE, "NOOP", "* VANISHED 7", ["vanished-unasked"]),
        (CONDSTORE, "NOOP", "* VANISHED (EARLIER) 7", ["vanished-unasked"]),
    ],
)  # fmt: skip
def test_what_extensions_ask_for(scene: str, line: str, said: str, rules: list[str]) -> None:
    assert findings(scene, (line, said)) == rules


def test_an_extension_that_is_enabled_unasked_counts_from_the_next_command_on() -> None:
    late = ("", "* ENABLED QRESYNC")
    assert findings(CONDSTORE, late, ("NOOP", "* 1 FETCH (FLAGS ())")) == ["enabled-unasked", "fetch-qresync"]


def test_new_messages_come_with_what_notify_asked_for() -> None:
    notify = ("NOTIFY SET (SELECTED (MessageNew (ENVELOPE FLAGS) MessageExpunge))",)
    new = ("* 6 EXISTS", f"* 6 FETCH (FLAGS () {ENVELOPE})")
    assert findings(QRESYNC, notify, ("NOOP", *new)) == []
    assert findings(QRESYNC, notify, ("UID FETCH 1:* ENVELOPE", *new)) == []


def test_of_what_was_done_in_the_dark_nobody_is_accused() -> None:
    """A command of unknown effect may have opened another mailbox."""
    known = (FETCH, "* 1 FETCH (UID 7)")
    other = (FETCH, "* 1 FETCH (UID 8)", "* 1 FETCH (UID 5)")
    assert findings(SELECTED, known, ("XNEW",), other, ("NOOP", "* 2 EXISTS")) == []
    player = after(SELECTED, known)
    player.session.raw(b"r1 SELECT Box\r\n")
    player.pump()
    player.out = b""
    player.play("S: * 2 EXISTS\nS: * 1 FETCH (UID 8)\nS: r1 OK done\nS: * 1 FETCH (UID 9)\nS: * 1 EXISTS")
    assert player.findings == []


def test_before_closed_it_may_be_about_the_old_mailbox() -> None:
    moved = opened("* OK [CLOSED] gone", without="-")
    late = (moved[0], "* 9 EXISTS", "* 9 FETCH (UID 90 FLAGS (odd))", *moved[1:])
    assert "exists-shrinks" not in findings(SELECTED, (FETCH, "* 1 FETCH (UID 7)"), late)
    rev1 = tuple(line for line in late if "CLOSED" not in line)
    assert findings(SELECTED, rev1, (FETCH, "* 5 FETCH (UID 3)", "* 1 FETCH (UID 1)")) == []


def test_a_login_says_nothing_of_messages() -> None:
    assert findings(LOGGED_IN, ("NOOP",)) == []
