"""Mailboxes of two accounts are matched by special use, prefix and delimiter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.shell.commands.account.walk import Box
from imapsh.shell.commands.transfer.mailboxes.counterparts import Names, Style, style, translated
from imapsh.shell.connection.dial import make_plan
from tests.shell.hosting import FakeApp, answering

SLASH, DOT, COURIER, FLAT = Style("", "/"), Style("", "."), Style("INBOX.", "."), Style("", "")


def boxes(*names: str) -> list[Box]:
    """Mailboxes; `Name=use` has a special use."""
    split = (name.partition("=") for name in names)
    return [Box(name, "/", (f"\\{use}",) if use else ()) for name, _, use in split]


@pytest.mark.parametrize(
    ("name", "ours", "theirs", "there"),
    [
        ("Work/2024", SLASH, SLASH, "Work/2024"),
        ("Work/2024", SLASH, DOT, "Work.2024"),
        ("Work/2024", SLASH, COURIER, "INBOX.Work.2024"),
        ("INBOX.Work.2024", COURIER, SLASH, "Work/2024"),
        ("a.b/c", SLASH, DOT, "a_b.c"),
        ("a/b", SLASH, FLAT, "a_b"),
        ("a/b", FLAT, SLASH, "a_b"),
        ("inbox", SLASH, COURIER, "INBOX"),
        ("INBOX.", COURIER, SLASH, "INBOX/"),
    ],
)
def test_prefix_and_delimiter_are_translated(name: str, ours: Style, theirs: Style, there: str) -> None:
    assert translated(name, ours, theirs) == there


@given(st.lists(st.text("abc ü", min_size=1, max_size=3), min_size=1, max_size=3))
def test_a_name_comes_back_as_it_was(levels: list[str]) -> None:
    name = "/".join(levels)
    assert translated(translated(name, SLASH, COURIER), COURIER, SLASH) == name


def test_a_special_use_counts_more_than_the_name_and_its_children_go_with_it() -> None:
    ours = boxes("INBOX", "Sent=Sent", "Sent/2023", "Sent/2024", "Work")
    names = Names(ours, boxes("inbox", "Sent Items=sent", "Sent", "Sent/2024"), SLASH, SLASH)
    assert [names[box.name] for box in ours] == ["inbox", "Sent Items", "Sent Items/2023", "Sent/2024", "Work"]
    assert [names.is_there(box.name) for box in ours] == [True, True, False, True, False]
    assert not names.clashes


def test_a_use_that_several_mailboxes_have_says_nothing() -> None:
    names = Names(boxes("A=Archive", "B=Archive"), boxes("C=Archive", "A"), SLASH, SLASH)
    assert (names["A"], names["B"]) == ("A", "B")


def test_no_two_mailboxes_become_one() -> None:
    names = Names(boxes("a.b", "a_b", "Sent Items", "Sent=Sent"), boxes("Sent Items=Sent"), SLASH, DOT)
    assert (names["Sent"], names["a.b"]) == ("Sent Items", "a_b")
    assert (names.get("Sent Items"), names.get("a_b")) == (None, None)
    assert names.clashes == {"Sent Items": "Sent", "a_b": "a.b"}
    assert not names.is_there("a_b")


def _name(text: str) -> str:
    return text.partition("=")[0]


NAMES = st.lists(
    st.sampled_from(("INBOX", "a", "a/b", "a.b", "a_b", "S=Sent", "T=Sent", "S", "J=Junk")), unique_by=_name
)


@given(NAMES, NAMES)
def test_each_mailbox_has_one_counterpart_or_a_clash(ours: list[str], theirs: list[str]) -> None:
    names = Names(boxes(*ours), boxes(*theirs), SLASH, DOT)
    found = [there for box in boxes(*ours) if (there := names.get(box.name)) is not None]
    assert len(found) == len({*found})
    assert all((names.get(box.name) is None) == (box.name in names.clashes) for box in boxes(*ours))


def test_the_style_comes_from_the_namespace() -> None:
    app = FakeApp()
    told = '* NAMESPACE (("INBOX." ".")) (("user." ".")) (("" ".")("shared." "."))\nTAG OK done'
    app.talks_over(answering({"NAMESPACE": told}, "IMAP4rev1 NAMESPACE"), make_plan(app.options))
    found = app.to_the_end(style(app.connection))
    assert found == Style("INBOX.", ".", ("user.", "shared."))
    assert (found.owns("INBOX.a"), found.owns("user.b")) == (True, False)


@pytest.mark.parametrize(("told", "delimiter"), [('* LIST (\\Noselect) "." ""\nTAG OK', "."), ("TAG NO", "/")])
def test_the_delimiter_of_a_list_serves_if_there_is_no_namespace(told: str, delimiter: str) -> None:
    app = FakeApp()
    app.talks_over(answering({"LIST": told + " done"}), make_plan(app.options))
    assert app.to_the_end(style(app.connection)) == Style("", delimiter)
