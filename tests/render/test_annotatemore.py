"""The view of ANNOTATION."""

from __future__ import annotations

from .test_view import view


def test_a_line_for_each_attribute() -> None:
    assert view("""
* ANNOTATION "INBOX" "/comment" ("value.priv" "My comment" "size.priv" "10") "/check" ("value.shared" NIL)
* ANNOTATION "" ("/motd" "/admin")
""") == [
        "- annotations of INBOX",
        "    /comment value.priv  My comment",
        "    /comment size.priv   10",
        "    /check value.shared  (not set)",
        "- changed annotations of the server  /motd  /admin",
    ]
