"""UIDBATCHES: how many batches, and their UIDs."""

from __future__ import annotations

import pytest

from imapsh.render.view import Views
from imapsh.render.view.look import Look
from tests.render.reading import one


@pytest.mark.parametrize(("ranges", "shown"), [
    (" 215295:99696,99695:1", "- 2 batches, UID 215295:99696, 99695:1\n"),
    (" 5:5", "- 1 batch, UID 5:5\n"),
    ("", "- no batches\n"),
])  # fmt: skip
def test_the_ranges_are_counted(ranges: str, shown: str) -> None:
    response = one(f'* UIDBATCHES (TAG "A143"){ranges}\r\n'.encode())
    assert str(Views(Look()).show(response)) == shown
