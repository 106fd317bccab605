from __future__ import annotations

from imapsh.render.decoded import challenge


def test_challenges() -> None:
    assert challenge(b"cj14") == b"r=x"
    assert challenge(b"cj14eA==") == b"r=xx"
    assert challenge(b"") is None
    assert challenge(b"go on") is None
    assert challenge(b"cj1") is None
