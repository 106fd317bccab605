from __future__ import annotations

import pytest

from imapsh.render import chunks
from imapsh.render.chunks import chunks_of
from imapsh.render.pretty import pretty
from imapsh.render.styles import Theme

from .reading import one


def test_the_memory_of_painted_chunks_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_KEPT", 3)
    theme = Theme("small")
    for number in range(20):
        pretty(one(b"* 1 FETCH (X-A%d 5 X-B ())\r\n" % number), theme)
        pretty(one(b'* LIST (\\X-A%d) "/" x\r\n' % number), theme)
    painted = chunks_of(theme)
    assert 0 < len(painted) <= 3
    assert 0 < len(painted.lists) <= 3


def test_without_a_theme_a_chunk_stays_as_it_is() -> None:
    plain = chunks_of(None)
    assert plain.text('FLAGS (\\Seen) X ("a b" 5)') == 'FLAGS (\\Seen) X ("a b" 5)'
    assert plain.middle == " FETCH ("
    assert not plain
