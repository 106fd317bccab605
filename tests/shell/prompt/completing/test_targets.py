"""The mailboxes of other connections, behind `\\copy` and `\\move`."""

from __future__ import annotations

import pytest

from imapsh.shell.prompt.completing import own
from imapsh.shell.prompt.completing.targets import offers
from tests.shell.commands.transfer.two import Two


def offered(line: str) -> list[str]:
    app = Two().does("\\use b").does('LIST "" *').does("\\use 1")
    return [line[: one.start] + one.text for one in offers(line, app)]


def test_connections_come_before_their_mailboxes() -> None:
    assert offered("\\copy 1:* ") == ["\\copy 1:* 1:", "\\copy 1:* b:"]
    assert "\\copy 1:* b:Back" in offered("\\copy 1:* b:")
    assert "\\move UID 7 b:Back" in offered("\\move UID 7 b:Ba")
    assert offered("\\copy --tree * ") == ["\\copy --tree * 1:", "\\copy --tree * b:"]


def test_a_name_with_spaces_is_in_quotes() -> None:
    assert "\\copy 1 'b:Projects/Lamp room'" in offered("\\copy 1 b:Lamp")


def of_ours(line: str) -> list[str]:
    app = Two().does('LIST "" *')
    return [line[: one.start] + one.text for one in own.offers(line, app)]


def test_du_takes_a_mailbox_without_quotes() -> None:
    assert "\\du Projects/Lamp room" in of_ours("\\du Lamp")


def test_first_of_all_the_option() -> None:
    assert offered("\\copy -") == ["\\copy --tree"]


@pytest.mark.parametrize("line", ["\\copy UID ", "\\copy --tree ", "\\copy 1 nobody:", "\\copy 1 2 3 4 "])
def test_where_nothing_is_known_nothing_is_offered(line: str) -> None:
    assert offered(line) == []


def test_compare_has_its_options_and_mailboxes_of_both() -> None:
    assert {"\\compare --all", "\\compare --content", "\\compare b:", "\\compare 1:"} <= set(offered("\\compare "))
    assert "\\compare 1:INBOX b:Back" in offered("\\compare 1:INBOX b:Ba")
    assert "\\compare --all INBOX 'b:Projects/Lamp room'" in offered("\\compare --all INBOX b:Lamp")
    assert "--all" not in " ".join(offered("\\compare --all ")).replace("\\compare --all ", "")
    assert offered("\\compare 1:INBOX 'b:Old mail' ") == []


def test_compare_offers_mailboxes_of_the_current_connection_without_its_name() -> None:
    app = Two().does('LIST "" *')
    assert "Archive/2025" in [one.text for one in offers("\\compare Arch", app)]


def test_duplicates_has_its_options() -> None:
    assert set(offered("\\duplicates ")) == {"\\duplicates --mark", "\\duplicates --all"}
    assert offered("\\duplicates --mark --") == ["\\duplicates --mark --all"]
    assert offered("\\duplicates 1:7 ") == []
