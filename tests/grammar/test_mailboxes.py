"""Extended items of LIST, and names of items of STATUS: what is read, and what is named as wrong and where."""

from __future__ import annotations

from typing import Any

import pytest

from imapsh.render.jsonform import to_json

from .reading import amiss, one

READ: list[tuple[str, dict[str, Any]]] = [
    ('("CHILDINFO" ("SUBSCRIBED"))', {"CHILDINFO": ["SUBSCRIBED"]}),
    ('(childinfo ("SUBSCRIBED" "SPECIAL-USE") OLDNAME ({1}\r\na))',
     {"CHILDINFO": ["SUBSCRIBED", "SPECIAL-USE"], "OLDNAME": ["a"]}),
    ('("OLDNAME" ("b c") X-OWN 5)', {"OLDNAME": ["b c"], "X-OWN": 5}),
    ("()", {}),
]  # fmt: skip


@pytest.mark.parametrize(("items", "extended"), READ)
def test_extended_items(items: str, extended: dict[str, Any]) -> None:
    response = one(f'* LIST () "/" Foo {items}\r\n'.encode())
    assert response.violations == ()
    assert to_json(response)["value"].get("extended", {}) == extended


L = '* LIST () "/" Foo '
AMISS = [
    (L + "(CHILDINFO ())", "childinfo-extended-item", 30),
    (L + "(CHILDINFO NIL)", "childinfo-extended-item", 29),
    (L + '(CHILDINFO "SUBSCRIBED")', "childinfo-extended-item", 29),
    (L + "(CHILDINFO (SUBSCRIBED))", "childinfo-extended-item", 30),
    (L + '(CHILDINFO ("a b"))', "childinfo-extended-item", 31),
    (L + '("CHILDINFO" (("SUBSCRIBED")))', "childinfo-extended-item", 32),
    (L + "(OLDNAME Bar)", "oldname-extended-item", 27),
    (L + "(OLDNAME ())", "oldname-extended-item", 28),
    (L + "(OLDNAME (a b))", "oldname-extended-item", 30),
    (L + "(OLDNAME (a) oldname (a))", "mbox-list-extended", 31),
    ("* STATUS a (MESSAGES 1 4 RECENT)", "status-att-list", 23),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]
