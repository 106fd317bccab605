"""The command that lists what was found against the conduct of the server."""

from __future__ import annotations

import json

import pytest

from imapsh.errors import UsageError
from imapsh.findings import Finding
from tests.shell.hosting import FakeApp

NOTHING = "nothing was found against the conduct of the server"


def test_the_command() -> None:
    host = FakeApp(connected=True).does("\\lint")
    assert host.said[-1] == NOTHING
    host.lint.add("1", (Finding("tag-unknown", "no running command has the tag z9"),) * 3)
    assert host.does("\\lint").said[-1] == "3  fault  tag-unknown  RFC 9051 §2.2.2  no running command has the tag z9"
    assert host.does("\\lint 1").said[-1] == host.said[-2]
    with pytest.raises(UsageError, match="no connection 'other'"):
        host.does("\\lint other")
    assert host.does("\\lint reset").does("\\lint").said[-1] == NOTHING


def test_in_json() -> None:
    host = FakeApp(connected=True)
    host.lint.add("1", (Finding("select-list", "SELECT was answered OK without LIST"),))
    host.does("\\format json").does("\\lint")
    (made,) = [json.loads(line) for line in host.said if "select-list" in line]
    assert made["value"]["level"] == "fault"
