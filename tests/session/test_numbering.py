"""Message numbers and their UIDs while messages vanish (RFC 7162 section 3.2.10), and what is concluded from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.sequence import SequenceSet
from imapsh.session.numbering import Numbering

from .player import MAILBOX, Player, play

OPENED = f"""
S: * PREAUTH ready
>>> ENABLE QRESYNC
C: A1 ENABLE QRESYNC
S: * ENABLED QRESYNC
S: A1 OK enabled
>>> SELECT INBOX
C: A2 SELECT INBOX
{MAILBOX}
S: * OK [HIGHESTMODSEQ 7] highest
S: * 5 EXISTS
S: * OK [UNSEEN 4] four
S: A2 OK [READ-WRITE] done
""".strip()
UIDS = "\n".join(f"S: * {number} FETCH (UID {number * 10})" for number in range(1, 6))
KNOWN = f"{OPENED}\n>>> UID FETCH 1:* UID\nC: A3 UID FETCH 1:* UID\n{UIDS}\nS: A3 OK done"


def noop(told: str, opened: str = OPENED) -> Player:
    """What the server tells while a NOOP runs."""
    tag = "A4" if opened is KNOWN else "A3"
    return play(f"{opened}\n>>> NOOP\nC: {tag} NOOP\n{told}\nS: {tag} OK done")


def exists(played: Player) -> int | None:
    box = played.session.mailbox
    assert box is not None
    return box.exists


def test_a3_vanished_is_so_many_expunges() -> None:
    played = noop("S: * VANISHED 2,4\nS: * 3 EXISTS")
    assert exists(played) == 3
    assert played.findings == []
    assert played.exchanges[-1].changes == ["EXISTS 5 -> 3"]


def test_a3_exists_need_not_follow() -> None:
    assert exists(noop("S: * VANISHED 405,407:408")) == 2


@pytest.mark.parametrize("opened", [OPENED, KNOWN])
def test_a3_earlier_changes_no_number(opened: str) -> None:
    played = noop("S: * VANISHED (EARLIER) 10:30", opened)
    box = played.session.mailbox
    assert box is not None
    assert (box.exists, box.unseen, played.findings) == (5, 4, [])
    assert [box.uid_of(number) for number in (1, 5)] == ([None, None] if opened is OPENED else [10, 50])


def test_a3_the_messages_behind_it_move_up() -> None:
    played = noop("S: * VANISHED 20,40\nS: * 3 FETCH (FLAGS ())\nS: * 1 EXPUNGE", KNOWN)
    box = played.session.mailbox
    assert box is not None
    fetched, expunged = played.received[-2:]
    assert (fetched.uid, expunged.uid) == (50, 10)
    assert [box.uid_of(number) for number in (1, 2, 3)] == [30, 50, None]
    assert (box.exists, box.unseen) == (2, None)


def test_a3_the_first_unseen_message_moves_with_them() -> None:
    box = noop("S: * VANISHED 10", KNOWN).session.mailbox
    assert box is not None
    assert box.unseen == 3


def test_a3_which_numbers_went_is_told() -> None:
    event = noop("S: * VANISHED 20:30,50", KNOWN).received[-1]
    assert (event.gone.ranges, event.gone.total, event.gone.sure, event.gone.told) == (((2, 3), (5, 5)), 3, True, True)


@pytest.mark.parametrize(
    ("told", "left"),
    [("30,30,30:30", 4), ("1:4294967295", 0), ("31:39", 5), ("4294967295", 5), ("25:35,60:70", 4), ("7,20", 4)],
)
def test_a3_uids_that_are_not_there_and_doubled_ones(told: str, left: int) -> None:
    assert exists(noop(f"S: * VANISHED {told}", KNOWN)) == left


@pytest.mark.parametrize("told", ["1:4294967295", "4294967295:1", "1:6,2:9,3", "1,2,3,4,5,6,7,8,9"])
def test_a3_a_set_larger_than_the_mailbox_empties_it(told: str) -> None:
    played = noop(f"S: * VANISHED {told}\nS: * 2 EXISTS")
    assert exists(played) == 2
    assert played.findings == []


def test_a3_nobody_is_accused_where_the_count_was_the_server_s_word() -> None:
    assert noop("S: * VANISHED 7\nS: * 3 EXISTS").findings == []
    assert noop("S: * VANISHED 20\nS: * 3 EXISTS", KNOWN).findings == ["exists-shrinks"]
    assert noop("S: * VANISHED 7\nS: * 4 EXISTS\nS: * 3 EXISTS").findings == ["exists-shrinks"]


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("NOOP", []),
        ("IDLE", []),
        ("UID FETCH 1 FLAGS", []),
        ("UID STORE 1 FLAGS ()", []),
        ("FETCH 1 FLAGS", ["vanished-time"]),
        ("STORE 1 FLAGS ()", ["vanished-time"]),
        ("SEARCH ALL", ["vanished-time"]),
        ("X-NEW", []),
    ],
)
def test_a3_when_it_may_come(line: str, rules: list[str]) -> None:
    played = play(f"{OPENED}\n>>> {line}\nC: A3 {line}\nS: * VANISHED 9")
    assert played.findings == rules
    assert play(f"{OPENED}\n>>> {line}\nC: A3 {line}\nS: * VANISHED (EARLIER) 9").findings == []


def test_a3_while_no_command_runs() -> None:
    assert play(f"{OPENED}\nS: * VANISHED 9").findings == ["vanished-time"]
    uidonly = OPENED.replace("QRESYNC", "UIDONLY")
    assert play(f"{uidonly}\nS: * VANISHED 9").findings == []
    assert play(f"{uidonly}\n>>> FETCH 1 UID\nC: A3 FETCH 1 UID\nS: * VANISHED 9").findings == []
    notify = "NOTIFY SET (SELECTED (MessageNew MessageExpunge))"
    assert play(f"{OPENED}\n>>> {notify}\nC: A3 {notify}\nS: A3 OK done\nS: * VANISHED 9").findings == []
    assert play("S: * PREAUTH hi\nS: * VANISHED 9").findings == ["data-state", "vanished-time", "vanished-unasked"]


@pytest.mark.parametrize(
    ("line", "said", "unsolicited"),
    [
        ("UID EXPUNGE 9", "VANISHED 9", False),
        ("MOVE 1 Box", "VANISHED 9", False),
        ("UID FETCH 1:9 FLAGS (CHANGEDSINCE 5 VANISHED)", "VANISHED (EARLIER) 9", False),
        ("UID FETCH 1:9 FLAGS", "VANISHED 9", True),
        ("SELECT Box (QRESYNC (5 6))", "VANISHED (EARLIER) 9", False),
    ],
)
def test_a3_who_has_asked_for_it(line: str, said: str, unsolicited: bool) -> None:
    assert play(f"{OPENED}\n>>> {line}\nC: A3 {line}\nS: * {said}").last.unsolicited is unsolicited


@given(st.data())
def test_a3_what_is_known_stays_right(data: st.DataObject) -> None:
    """Against a mailbox that knows every UID: whatever part of them the session knows, and whatever goes."""
    uids = sorted(data.draw(st.sets(st.integers(1, 40), max_size=12)))
    numbering = Numbering()
    for number, uid in enumerate(uids, 1):
        if data.draw(st.booleans()):
            numbering.learn(number, uid, len(uids))
    for _ in range(data.draw(st.integers(1, 3))):
        gone = set(data.draw(st.lists(st.sampled_from(uids), max_size=6)) if uids else ())
        told = numbering.vanish(SequenceSet.of(gone), len(uids))
        places = [number for number, uid in enumerate(uids, 1) if uid in gone]
        assert told.total == len(places)
        if told.sure:
            assert [number for first, last in told.ranges for number in range(first, last + 1)] == places
        uids = [uid for uid in uids if uid not in gone]
        assert all(numbering.uid_of(number) in (None, uid) for number, uid in enumerate(uids, 1))


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=1), st.lists(st.integers(1, 99)), st.data())
def test_a3_no_set_takes_more_than_there_is(
    ranges: list[tuple[int, int]], uids: list[int], data: st.DataObject
) -> None:
    """A server that is wrong in every way: UIDs in disorder, sets that overlap."""
    numbering = Numbering()
    for number, uid in enumerate(uids, 1):
        numbering.learn(number, uid, len(uids))
    total = data.draw(st.integers(len(uids), len(uids) + 9))
    told = numbering.vanish(SequenceSet(tuple(ranges)), total)
    assert 0 <= told.total <= total
    assert len(numbering.uids) >= len(uids) - told.total
    edges = [edge for pair in told.ranges for edge in pair]
    assert edges == sorted(edges)


@pytest.mark.slow
def test_a3_many_vanish_one_by_one_and_many_at_once() -> None:
    """Of a hundred thousand, half of them known."""
    numbering = Numbering()
    numbering.learn(100_000, 5_000_000, 100_000)
    for number in range(1, 50_001):
        numbering.learn(number, number, 100_000)
    left = 100_000
    for uid in range(1, 1001):
        left -= numbering.vanish(SequenceSet(((uid, uid),)), left).total
    assert left == 99_000
    many = SequenceSet(tuple((uid, uid) for uid in range(1002, 50_000, 2)))
    assert numbering.vanish(many, left).total == 24_499


# -- mod-sequences (RFC 7162), and no numbers at all (RFC 9586)


def test_mod_sequences_move_with_their_messages() -> None:
    numbering = Numbering()
    for number in range(1, 6):
        numbering.learn(number, number * 10, 5)
        numbering.learn_modseq(number, number * 100, 5)
    numbering.expunge(2)
    assert [numbering.modseq_of(number) for number in range(1, 6)] == [100, 300, 400, 500, None]
    numbering.vanish(SequenceSet.parse("30,50"), 4)
    assert [numbering.modseq_of(number) for number in range(1, 4)] == [100, 400, None]


@pytest.mark.parametrize(("number", "modseq"), [(0, 5), (7, 5), (1, 0), (1, 1 << 63)])
def test_what_is_no_mod_sequence_is_left_out(number: int, modseq: int) -> None:
    numbering = Numbering()
    numbering.learn_modseq(number, modseq, 5)
    assert numbering.modseq_of(number) is None


def _highest(told: str) -> tuple[int | None, list[str]]:
    """HIGHESTMODSEQ after a NOOP, which was 90 before, and what is said to have changed."""
    opened = OPENED.replace("S: A2 OK", "S: * OK [HIGHESTMODSEQ 90] highest\nS: A2 OK")
    played = noop(told, opened)
    box = played.session.mailbox
    assert box is not None
    return box.highestmodseq, [change for change in played.exchanges[-1].changes if "MODSEQ" in change]


def test_highestmodseq_rises_with_what_fetch_tells_once_the_command_is_done() -> None:
    told = "S: * 1 FETCH (UID 6 MODSEQ (103))\nS: * 2 FETCH (UID 7 MODSEQ (101))"
    assert _highest(told) == (103, ["HIGHESTMODSEQ 90 -> 103"])
    assert _highest("S: * 1 FETCH (UID 6 MODSEQ (80))") == (90, [])


def test_the_code_counts_even_where_fetch_tells_more() -> None:
    """RFC 7162 section 6: a VANISHED with a lower mod-sequence is still to come."""
    told = "S: * 1 FETCH (UID 6 MODSEQ (103))\nS: * OK [HIGHESTMODSEQ 99] VANISHED is delayed"
    assert _highest(told) == (99, ["HIGHESTMODSEQ 90 -> 99"])
    told = "S: * OK [NOMODSEQ] none\nS: * 1 FETCH (UID 6 MODSEQ (103))"
    assert _highest(told) == (None, [])


def test_mod_sequences_of_messages_are_remembered() -> None:
    played = noop("S: * 2 FETCH (UID 20 MODSEQ (7))\nS: * VANISHED 10", KNOWN)
    box = played.session.mailbox
    assert box is not None
    assert (box.modseq_of(1), box.modseq_of(2), box.uid_of(1)) == (7, None, 20)


UIDS_ONLY = OPENED.replace("QRESYNC", "UIDONLY")


def test_after_uidonly_uidfetch_teaches_and_vanished_counts() -> None:
    played = noop(
        "S: * 30 UIDFETCH (FLAGS () MODSEQ (7))\nS: * 40 UIDFETCH (MODSEQ (8))\nS: * VANISHED 40,50", UIDS_ONLY
    )
    box = played.session.mailbox
    assert box is not None
    assert (box.exists, played.findings) == (3, [])
    assert (box.modseq_of(uid=30), box.modseq_of(uid=40), box.uid_of(3)) == (7, None, None)


def test_uidfetch_is_an_answer_as_fetch_is() -> None:
    told = "S: * 30 UIDFETCH (FLAGS ())\nS: A3 OK done"
    played = play(f"{UIDS_ONLY}\n>>> UID FETCH 30 FLAGS\nC: A3 UID FETCH 30 FLAGS\n{told}")
    [received] = [one for one in played.received if one.response.name == "UIDFETCH"]
    assert (received.unsolicited, received.exchange, received.uid) == (False, played.exchanges[-1], 30)
    assert played.findings == []


def test_what_a_conditional_store_left_is_said() -> None:
    line = "STORE 1:3 (UNCHANGEDSINCE 5) +FLAGS (a)"
    played = play(f"{OPENED}\n>>> {line}\nC: A3 {line}\nS: A3 OK [MODIFIED 1,3] done")
    assert played.exchanges[-1].changes == ["not stored: 1,3, which had changed before"]


def test_a_partial_result_is_said() -> None:
    played = play(f"{OPENED}\n>>> UID SEARCH ALL\nC: A3 UID SEARCH ALL\nS: A3 OK [MESSAGELIMIT 1000 7] done")
    assert played.exchanges[-1].changes == [
        "PARTIAL RESULT: the server stopped after 1,000 messages; repeat it for UIDs below 7"
    ]
