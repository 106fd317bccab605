r"""Values in lines: `\set`, `${NAME}`, what the shell knows by itself; and that they are no way around masking."""

from __future__ import annotations

import pytest

from imapsh.errors import UsageError
from imapsh.shell.lines.values import MASKED, VALUES, Place, discreet, places, put_in
from imapsh.shell.record.variables import BUILT_IN
from tests.shell.hosting import FakeApp


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT ${box}", ["box"]),
        ("FETCH ${a},${b-c}:* (BODY[${part.1}])", ["a", "b-c", "part.1"]),
        ("STORE 1 +FLAGS (\\${flag} $Junk)", ["flag"]),
        ('SEARCH SUBJECT "${box}"', []),  # quoted is data
        ("SEARCH SUBJECT {6}\r\n${box} ${uids}", ["uids"]),  # a literal's octets are, too
        ("SEARCH KEYWORD $Junk KEYWORD $", []),
        ("X $ {box} ${} ${9x} ${bo x} ${box", []),
        ("a ${1} ${*} b", ["1", "*"]),
    ],
)
def test_where_a_value_stands(text: str, names: list[str]) -> None:
    assert [place.name for place in places(text)] == names


def test_values_are_put_in_as_they_are() -> None:
    assert put_in("a${x}b", [Place(1, 5, "x")], ["-- --"]) == ("a-- --b", [(1, 6)])


def connected(*answers: str) -> FakeApp:
    return FakeApp(*answers, connected=True).does("LOGIN demo demo")


def test_a_variable_is_typed_text() -> None:
    host = connected().does("\\set box INBOX").does("SELECT ${box}")
    assert host.session.mailbox is not None
    assert host.sent[-1] == "SELECT INBOX"
    host.does('\\set who FROM "a b"').does("\\set q ${who} SEEN").does("SEARCH ${q}")
    assert host.sent[-1] == 'SEARCH FROM "a b" SEEN'
    host.does("\\unset who")
    with pytest.raises(UsageError, match=r"\$\{who\} is not set"):
        host.does("SEARCH ${who}")


def test_what_is_not_set_is_not_sent() -> None:
    host = connected().does("\\set mailboxes x")
    count = len(host.sent)
    with pytest.raises(UsageError, match=r"did you mean \$\{mailbox\}\?"):
        host.does("SELECT ${mailbix}")
    with pytest.raises(UsageError, match=r"\$\{uids\} is empty"):
        host.does("UID FETCH ${uids} FLAGS")
    with pytest.raises(UsageError, match=r"not known yet: APPEND, COPY or MOVE"):
        host.does("UID FETCH ${last.uid} FLAGS")
    assert len(host.sent) == count


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("\\set 9x y", "cannot be a name"),
        ("\\set uids 3", "is built in and cannot be set"),
        ("\\set nothing", "is not set"),
        ("\\set -s pw hunter2", "asks for the value"),
        ("\\unset nothing", "there is no variable 'nothing'"),
    ],
)
def test_set_refuses(line: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        FakeApp().does(line)


def test_a_value_is_one_line() -> None:
    for value in ("a\rb", "a\nb", "a\0b"):
        with pytest.raises(UsageError, match="line break or NUL"):
            FakeApp().variables.set("x", value)


def test_what_the_shell_knows() -> None:
    host = connected().does("SELECT INBOX")
    box = host.session.mailbox
    assert box is not None
    assert host.does("\\set mailbox").said[-1] == "mailbox = INBOX"
    assert host.does("\\set user").said[-1] == "user = demo"
    assert host.does("\\set last.exists").said[-1] == f"last.exists = {box.exists}"
    assert host.does("\\set last.uidvalidity").said[-1] == f"last.uidvalidity = {box.uidvalidity}"
    assert host.does("\\set last.uidnext").said[-1] == f"last.uidnext = {box.uidnext}"
    assert host.does("\\set last.status").said[-1] == "last.status = OK"
    host.does("STATUS Archive (UIDNEXT MESSAGES)").does("SELECT no-such")
    assert host.does("\\set last.status").said[-1] == "last.status = NO"
    assert host.does("\\set last.tag").said[-1].startswith("last.tag = A")
    listed = host.does("\\set").said[-1]
    assert all(f"{name} " in listed for name in BUILT_IN)


def test_uids_of_search_and_fetch() -> None:
    host = connected().does("SELECT INBOX").does("UID SEARCH 2:3")
    uids = host.does("\\set uids").said[-1].removeprefix("uids = ")
    host.does("SEARCH 2:3")
    assert host.does("\\set uids").said[-1] == f"uids = {uids}"
    host.does("FETCH 2,3 FLAGS")
    assert host.does("\\set uids").said[-1] == f"uids = {uids}"
    host.does("FETCH 1 FLAGS").does("UID SEARCH RETURN (ALL COUNT) 2:3").does("UID FETCH ${uids} FLAGS")
    assert host.sent[-1] == f"UID FETCH {uids} FLAGS"


def test_the_uid_that_append_and_copy_gave() -> None:
    host = connected().does("SELECT INBOX").does("UID COPY 1:* Archive").does("SELECT Archive")
    copied = host.does("\\set last.uid").said[-1].removeprefix("last.uid = ")
    host.does("UID FETCH ${last.uid} FLAGS")
    assert host.sent[-1] == f"UID FETCH {copied} FLAGS"


# -- secrets


def test_a_variable_in_a_passwords_place_is_masked_everywhere() -> None:
    host = FakeApp(connected=True).does("\\set word demo-hunter2").does("LOGIN demo ${word}")
    assert host.sent[-1] == "LOGIN demo ********"
    assert host.does("\\set word").said[-1] == f"word = {MASKED}"
    host.does("\\set")
    assert b"demo-hunter2" in host.session.secrets.known
    assert "hunter2" not in host.text
    assert host.hidden == ["demo-hunter2"]


def test_names_of_secrets_are_masked_from_the_beginning() -> None:
    host = FakeApp().does("\\set password hunter2").does("\\set").does("\\set password")
    assert "hunter2" not in host.text
    assert [discreet(line) for line in ("\\set pw x", "\\set  my-token  x", "\\set box x", "\\set pw", "NOOP")] == [
        8, 16, -1, -1, -1
    ]  # fmt: skip


def test_a_value_can_be_asked_for_unseen() -> None:
    host = FakeApp("demo", connected=True).does("\\set -s word").does("LOGIN demo ${word}")
    assert host.session.state == "authenticated"
    assert host.does("\\set word").said[-1] == "word = " + MASKED
    with pytest.raises(UsageError, match="no value was given"):
        FakeApp(None).does("\\set -s word")


def test_an_unknown_name_in_a_passwords_place_is_not_told() -> None:
    with pytest.raises(UsageError) as raised:
        FakeApp(connected=True).does("LOGIN demo hun${ter2}")
    assert "ter2" not in str(raised.value)


def test_what_the_shell_knows_by_itself_is_listed_and_worked_out() -> None:
    assert list(VALUES) == list(BUILT_IN)
