"""The tests mirror the floors one to one: `tests/session/test_opening.py` is for `imapsh/session/opening.py`.

A test file belongs to the module or package of its name, in its own folder or deeper: `client/test_imap4_arguments.py`
is for `client/imap4/arguments.py`, and `server/test_fetch.py` for `server/commands/fetch.py`.  More words may follow
that say which side of it: `shell/lines/test_care_screens.py` is for `shell/lines/care.py` too.  Exceptions stand in the
two tables here with their reasons; a row that is no longer needed must go.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from .graph import PACKAGE, ROOT, Source, code_lines, sources


class Elsewhere(NamedTuple):
    """Modules without a test file of their own: where they are tested, and why there.  `*` is for part of a name."""

    modules: str
    tests: str
    reason: str


ELSEWHERE = (
    Elsewhere("errors findings", "test_docs.py", "a tree and a catalogue, held against the documents"),
    Elsewhere(
        "client/backlog client/commands client/idle client/login client/messages client/removed client/results",
        "client/test_connection.py", "parts of the connection, seen in what it does",
    ),
    Elsewhere(
        "client/acl client/metadata client/notify client/ordering client/quota client/syncing",
        "client/test_extensions.py", "methods of the connection, tried on the demo server",
    ),
    Elsewhere(
        "client/imap4/asking client/imap4/classes client/imap4/files client/imap4/idle client/imap4/mailboxes "
        "client/imap4/messages "
        "client/imap4/opening client/imap4/reading client/imap4/receiving client/imap4/replies "
        "client/imap4/sending client/imap4/transcript client/imap4/typed", "client/test_imap4.py",
        "the whole is compared with imaplib's",
    ),
    Elsewhere(
        "grammar/responses", "grammar/test_examples.py",
        "each rule is read from written examples, one table for all families",
    ),
    Elsewhere("client/dial", "client/test_pool.py", "makes the connections of a pool"),
    Elsewhere("grammar/writer grammar/fragments", "grammar/test_roundtrip.py", "what is written is read again"),
    Elsewhere(
        "grammar/cursor grammar/tolerant", "grammar/test_hostile.py",
        "the two readings, given what is wrong",
    ),
    Elsewhere("logs/marks", "logs/test_formats.py", "the patterns of the rows in the table"),
    Elsewhere("logs/kept", "logs/test_redact.py", "the words that are kept in a conversation"),
    Elsewhere("logs/redact_commands logs/redact_responses", "logs/test_redact.py", "the lines of both sides"),
    Elsewhere("logs/model", "logs/test_formats.py", "the form of the rows in the table"),
    Elsewhere("shell/screen/heard", "shell/modes/test_explain.py", "what a log or a tap has heard is shown alike"),
    Elsewhere("shell/batch/checking", "shell/commands/login/test_checkup.py", "runs what is told of there"),
    Elsewhere("shell/commands/login/story", "shell/commands/login/test_why.py", "the story that the command tells"),
    Elsewhere("shell/connection/papers", "shell/connection/test_tapped_tls.py", "what clients are shown"),
    Elsewhere("wire/pieces", "logs/test_formats.py", "what each reader yields"),
    Elsewhere("render/blocks render/layout render/pygments_lexer", "render/test_pretty.py", "seen in what they make"),
    Elsewhere("render/view/*", "render/test_view.py", "each view is looked at whole"),
    Elsewhere("session/facts", "session/test_knowledge.py", "what is known, as it is taken in"),
    Elsewhere("sasl/mechanism", "sasl/test_session.py", "the steps of any mechanism"),
    Elsewhere(
        "sasl/anonymous sasl/cram_md5 sasl/digest_md5 sasl/external sasl/login", "sasl/test_passwords.py",
        "the examples of their RFCs, in one table",
    ),
    Elsewhere("sasl/oauthbearer sasl/xoauth2", "sasl/test_tokens.py", "the same for tokens"),
    Elsewhere(
        "server/client server/core server/intake server/reply", "server/test_conduct.py", "any command passes them"
    ),
    Elsewhere("server/commands server/commands/search", "server/test_search.py", "the command and what it looks with"),
    Elsewhere("server/compose server/headers", "server/test_mime.py", "parts of a message"),
    Elsewhere("server/demo server/demo_mail server/listen", "server/test_clients.py", "met by others' clients"),
    Elsewhere(
        "server/listing server/memory server/selected server/store", "server/test_mailboxes.py",
        "the store is seen through commands",
    ),
    Elsewhere(
        "session/core session/events session/exchange session/mailbox session/pipeline session/rawtags "
        "session/receiving", "session/test_states.py", "every dialogue passes them",
    ),
    Elsewhere("session/layers", "session/test_secrets.py", "secrets are looked for behind encodings"),
    Elsewhere("session/traffic", "session/test_inbox.py", "counts what passes there"),
    Elsewhere("session/transfer", "session/test_sending.py", "two numbers of a literal"),
    Elsewhere("session/wanted", "session/test_opening.py", "what an opening is given"),
    Elsewhere("shell/batch/*", "shell/batch/test_batch.py", "a script is run whole"),
    Elsewhere("shell/command_table shell/commands/*", "shell/test_commands.py", "tested with what it does"),
    Elsewhere("shell/record/draft", "shell/commands/test_editing.py", "what was written is sent"),
    Elsewhere("shell/commands/help/*", "shell/commands/test_help.py", "pages are read whole"),
    Elsewhere(
        "shell/connection/asking shell/connection/driver shell/connection/own shell/connection/steps",
        "shell/test_app_parity.py",
        "what a line does on a connection, whoever drives",
    ),
    Elsewhere("shell/connection/background shell/connection/greeting", "shell/connection/test_dial.py",
              "a dial in the background, and its end"),
    Elsewhere("shell/lines/discreet shell/lines/nested", "shell/test_secrets.py", "secrets in every way in"),
    Elsewhere("shell/lines/meant", "shell/test_commands.py", "words that are meant for a command"),
    Elsewhere("shell/lines/found", "shell/record/test_results.py", "what was found, as UIDs"),
    Elsewhere("shell/lines/measure", "shell/lines/test_care.py", "what is measured before it is lost"),
    Elsewhere("shell/lines/perform", "shell/test_app_parity.py", "every line passes it"),
    Elsewhere(
        "shell/modes/oauth_forget", "shell/settings/passwords/oauth/test_current.py", "forgets what was kept there"
    ),
    Elsewhere("shell/modes/judging", "shell/modes/test_explain.py", "seen in the exit status and the report"),
    Elsewhere("shell/modes/explain_name", "shell/commands/test_help.py", "the same pages"),
    Elsewhere("session/clients/hiding", "session/clients/test_hidden.py", "passwords in lines that nobody understands"),
    Elsewhere("session/clients/lines", "shell/modes/test_client_lines.py", "lines that a client sent are explained"),
    Elsewhere("shell/modes/serve shell/screen/stdio", "shell/test_main.py", "started as a process"),
    Elsewhere(
        "shell/prompt/attending shell/prompt/driver shell/prompt/keys shell/prompt/shell "
        "shell/prompt/sink shell/prompt/toolbar shell/screen/display shell/screen/viewer",
        "shell/prompt/test_repl.py", "the prompt as a person meets it",
    ),
    Elsewhere(
        "shell/prompt/completing shell/prompt/completing/gather shell/prompt/completing/offer",
        "shell/prompt/test_completer.py", "the way to every source",
    ),
    Elsewhere(
        "shell/prompt/drawn shell/screen/stdsink", "shell/test_gate.py",
        "what is drawn passes the gate, as all that is written",
    ),
    Elsewhere("shell/record/entry", "shell/prompt/test_history.py", "a line of the history"),
    Elsewhere(
        "shell/record/known shell/record/recorder", "shell/record/test_messages.py",
        "what was seen is remembered",
    ),
    Elsewhere("shell/record/result shell/record/tally", "shell/record/test_report.py", "what a report is of"),
    Elsewhere("shell/record/variables", "shell/lines/test_values.py", "kept and put into lines"),
    Elsewhere("shell/screen/clock", "shell/connection/test_watch.py", "a protocol, which the watch wants"),
    Elsewhere(
        "shell/screen/landing shell/screen/onetext shell/screen/targets", "shell/lines/test_redirect.py",
        "where a redirection goes, and what of a reply",
    ),
    Elsewhere("shell/screen/timing", "shell/commands/test_timing.py", "what is said behind a command"),
    Elsewhere(
        "shell/commands/transfer/copying/across shell/commands/transfer/copying/carrying "
        "shell/commands/transfer/copying/orders shell/commands/transfer/copying/outcome "
        "shell/commands/transfer/messages/present shell/commands/transfer/messages/reading",
        "shell/commands/transfer/copying/test_copying.py", "the steps of one line, seen in what it does",
    ),
    Elsewhere(
        "shell/commands/transfer/copying/journaled shell/commands/transfer/mailboxes/accounts",
        "shell/commands/transfer/copying/test_moving.py", "what a move looks at before it, and leaves behind",
    ),
    Elsewhere("shell/settings/tomlfile", "shell/settings/test_configfile.py", "a mistake is named with its line"),
    Elsewhere("shell/settings/reasons", "shell/settings/test_folders.py", "a path that cannot be had"),
    Elsewhere("table table/*", "table/test_rows.py", "rows are checked all alike"),
    Elsewhere(
        "typed/advice typed/found typed/nodes typed/roles typed/slots typed/syntax", "typed/test_match.py",
        "parts of it",
    ),
    Elsewhere(
        "transport/base transport/child transport/failures transport/options transport/tuning",
        "transport/test_blocking.py", "met in a stream",
    ),
    Elsewhere("transport/listening transport/memory_aio", "transport/test_aio.py", "met in a stream of asyncio"),
    Elsewhere("transport/proxy", "transport/test_proxyurl.py", "what is written becomes one"),
    Elsewhere("wire/frames wire/limits wire/pull wire/push", "wire/test_reader.py", "one reader, pushed and pulled"),
    Elsewhere("wire/rereading", "wire/test_resync.py", "named for what a person does"),
)  # fmt: skip

#: Test files of another kind: of all modules of a floor together, or of no floor.
OF_NO_MODULE = {
    "test_*": "the project itself: its documents, metadata, rooms, types and tests",
    "bench/*": "the benchmarks",
    "programs/*": "programs and suites of others, on our classes",
    "fuzz/*": "every reader of octets that are not ours",
    "real/*": "one session on each real server",
    "hostile/*": "hostile peers against the whole",
    "logs/test_hostile logs/test_roundtrip": "all readers of logs together",
    "servers/*": "the real servers",
    "tap/*": "others' clients through the tap, and peers that mean it ill",
    "grammar/test_captures grammar/test_corpus grammar/test_examples grammar/test_hostile grammar/test_roundtrip":
        "all rules together, read from data",
    "sasl/test_passwords sasl/test_real sasl/test_session sasl/test_tokens": "all mechanisms of a kind together",
    "server/test_clients server/test_conduct server/test_fuzz server/test_table": "the server as a client meets it",
    "client/test_extensions": "the connection's methods for extensions",
    "session/clients/test_hidden": "passwords in all that a log can be shown as",
    "session/clients/test_real": "traces of other programs",
    "session/test_compress": "a matter that several modules share",
    "shell/prompt/test_typing shell/prompt/test_typing_fuzz shell/prompt/test_tapping "
    "shell/test_addressing shell/test_secrets shell/test_cleartext "
    "shell/test_half_open shell/test_timeouts shell/test_hints_table shell/test_mechanism "
    "shell/test_screens shell/test_acting_for shell/test_quiet shell/test_admin_page "
    "shell/test_walkthrough": "what a person does, through several modules",
    "shell/test_disk": "whatever writes to a disk, when it is full",
    "shell/test_path_kinds": "whatever takes a path, with what is no file for it",
    "shell/test_gate": "whatever writes to a terminal, and what it writes",
    "typed/test_examples typed/test_fuzz typed/test_hints table/test_rows table/test_families": "all rows together",
    "wire/test_resync": "see wire/rereading",
}  # fmt: skip

TESTS = ROOT / "tests"


@cache
def modules() -> frozenset[Path]:
    """The modules with code, and the packages, as paths below imapsh."""
    return frozenset(_path(source) for source in sources().values() if source.name != PACKAGE and not _runs(source))


def _path(source: Source) -> Path:
    return Path(*source.name.split(".")[1:])


def _runs(source: Source) -> bool:
    return source.name.endswith("__main__")


def files_of_tests() -> list[Path]:
    return sorted(path.relative_to(TESTS) for path in TESTS.rglob("test_*.py"))


def module_of(test: Path, among: Iterable[Path]) -> Path | None:
    """The module that a test file is for, by its name: the one that takes most of its words."""
    words = test.stem.removeprefix("test_")
    found = []
    for path in among:
        if path.is_relative_to(test.parent):
            name = "_".join(path.relative_to(test.parent).parts) or path.name
            if f"{words}_".startswith(f"{name}_"):
                found.append((len(name), path))
            elif words == path.name:
                found.append((0, path))
    return max(found)[1] if found else None


def matching(patterns: str, paths: Iterable[Path]) -> set[Path]:
    return {path for path in paths for pattern in patterns.split() if fnmatchcase(str(path), pattern)}


@cache
def untested() -> frozenset[Path]:
    """The modules without a test file of their name.  A package needs one only for code of its own."""
    tested = {module_of(test, modules()) for test in files_of_tests()}
    empty = {_path(source) for source in sources().values() if source.is_package and code_lines(source) == 0}
    return modules() - tested - empty


def test_every_module_has_its_tests_or_a_reason() -> None:
    excused = {path for row in ELSEWHERE for path in matching(row.modules, modules())}
    assert sorted(map(str, untested() - excused)) == []


@pytest.mark.parametrize("row", ELSEWHERE, ids=lambda row: row.tests)
def test_a_reason_is_still_needed(row: Elsewhere) -> None:
    assert (TESTS / row.tests).is_file()
    missing = untested()
    needless = [pattern for pattern in row.modules.split() if not matching(pattern, missing)]
    assert needless == [], "tested now, or gone: take it off the table"


def test_every_test_file_has_its_module_or_a_reason() -> None:
    files = {path.with_suffix("") for path in files_of_tests()}
    alone = {path for path in files if module_of(path, modules()) is None}
    excused = {path for patterns in OF_NO_MODULE for path in matching(patterns, files)}
    assert sorted(map(str, alone - excused)) == []
    needless = [one for patterns in OF_NO_MODULE for one in patterns.split() if not matching(one, alone)]
    assert needless == [], "it has a module now, or is gone: take it off the table"


@pytest.mark.parametrize(
    ("test", "module"),
    [
        ("a/test_one.py", "a/one"),
        ("a/test_one_more.py", "a/one"),
        ("a/test_one_more_words.py", "a/one"),
        ("a/test_deep.py", "a/b/deep"),
        ("a/test_b_deep.py", "a/b/deep"),
        ("a/test_b.py", "a/b"),
        ("a/test_b_other.py", "a/b"),
        ("a/b/test_deep.py", "a/b/deep"),
        ("a/b/test_b.py", "a/b"),
        ("a/test_on.py", None),
        ("a/test_deep_words.py", None),
        ("test_one.py", None),
    ],
)
def test_which_module_a_test_file_is_for(test: str, module: str | None) -> None:
    below = [Path(name) for name in ("a", "a/one", "a/b", "a/b/deep", "z/one")]
    found = module_of(Path(test), below if test != "test_one.py" else below[2:4])
    assert found == (Path(module) if module else None)
