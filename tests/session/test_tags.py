"""Tags are made in order, and none twice."""

from __future__ import annotations

import pytest

from imapsh.session.tags import Tags


def test_tags_count_upwards() -> None:
    tags = Tags()
    assert [tags.new() for _ in range(3)] == ["A1", "A2", "A3"]


@pytest.mark.parametrize(("prefix", "number", "expected"), [("", 0, "0"), ("x.", 7, "x.7")])
def test_prefix_and_number_may_be_chosen(prefix: str, number: int, expected: str) -> None:
    assert Tags(prefix, number).new() == expected


def test_a_tag_in_use_is_skipped_for_good() -> None:
    tags = Tags()
    assert tags.new({"A1"}, {"A2": 2}) == "A3"
    assert tags.new({"A5"}) == "A4"
