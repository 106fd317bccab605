"""Which literals go without waiting: RFC 7888 sections 4 to 6, RFC 9051 section 4.3."""

from __future__ import annotations

import pytest

from imapsh.session.literals import SHORT, plus_allowed


@pytest.mark.parametrize(
    ("capabilities", "rev2", "octets", "binary", "allowed"),
    [
        ((), False, 0, False, False),
        (("LITERAL+",), False, SHORT + 1, False, True),
        (("LITERAL-",), False, SHORT, False, True),
        (("LITERAL-",), False, SHORT + 1, False, False),
        ((), True, SHORT, False, True),
        ((), True, SHORT + 1, False, False),
        (("LITERAL+",), True, SHORT + 1, False, True),
        (("LITERAL+",), False, 1, True, False),
        (("LITERAL+", "BINARY"), False, SHORT + 1, True, True),
        (("LITERAL-", "BINARY"), False, SHORT + 1, True, False),
        (("BINARY",), False, 1, True, False),
        ((), True, SHORT, True, True),
    ],
)
def test_plus_allowed(capabilities: tuple[str, ...], rev2: bool, octets: int, binary: bool, allowed: bool) -> None:
    assert plus_allowed(capabilities, rev2)(octets, binary) is allowed
