"""The names of FETCH items."""

from __future__ import annotations

from typing import Any

import pytest

from imapsh.client.items import body
from imapsh.errors import UsageError


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (body(), "BODY.PEEK[]"),
        (body("1.2"), "BODY.PEEK[1.2]"),
        (body("TEXT", peek=False), "BODY[TEXT]"),
        (body("1.MIME"), "BODY.PEEK[1.MIME]"),
        (body("2.3.HEADER"), "BODY.PEEK[2.3.HEADER]"),
        (body("HEADER.FIELDS (FROM TO)"), "BODY.PEEK[HEADER.FIELDS (FROM TO)]"),
        (body("1.HEADER.FIELDS.NOT (X-A)"), "BODY.PEEK[1.HEADER.FIELDS.NOT (X-A)]"),
        (body(start=0, octets=100), "BODY.PEEK[]<0.100>"),
    ],
)
def test_a_section(item: str, text: str) -> None:
    assert item == text


@pytest.mark.parametrize(
    ("section", "piece"),
    [
        ("1.", {}), ("x", {}), (1, {}), ("1]", {}), ("HEADER.FIELDS", {}), ("HEADER.FIELDS ()", {}), ("TEXT\r\n", {}),
        ("", {"start": 5}), ("", {"octets": 5}), ("", {"start": -1, "octets": 5}), ("", {"start": 0, "octets": 0}),
        ("", {"start": True, "octets": 5}), ("", {"start": 0.5, "octets": 5}),
    ],
)  # fmt: skip
def test_what_is_no_section_is_refused(section: Any, piece: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        body(section, **piece)
