"""The views of QUOTA and QUOTAROOT."""

from __future__ import annotations

from .test_view import view

LINES = """
* QUOTAROOT INBOX ""
* QUOTA "" (STORAGE 10 512 MESSAGE 5 10)
"""


def test_a_bar_for_each_resource() -> None:
    assert view(LINES) == [
        "- INBOX  quota root (no name)",
        "- quota (no name)  STORAGE  [....................]   1 %  10.2 kB of 524.3 kB",
        "                   MESSAGE  [##########..........]  50 %  5 of 10 messages",
    ]


def test_a_narrow_terminal_has_the_root_on_a_line_of_its_own() -> None:
    assert view(LINES, 70)[1:] == [
        "- quota (no name)",
        "    STORAGE  [....................]   1 %  10.2 kB of 524.3 kB",
        "    MESSAGE  [##########..........]  50 %  5 of 10 messages",
    ]


def test_no_limits() -> None:
    assert view('* QUOTA "" ()') == ["- quota (no name)  (no limits)"]
