"""A Connection has what imaplib's classes and IMAPClient have, by another name or for a reason not at all."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from imapsh.client.connect import Connection
from imapsh.client.imap4 import IMAP4


class Ours(NamedTuple):
    """The method of a Connection that does it; or the reason why there is none."""

    method: str = ""
    reason: str = ""


TYPED = "obsolete or for one server: `command` sends it, and its reply has the responses"
INSIDE = "the inside of a class that works in lines: a Connection has events"

IMAPLIB = {
    "append": Ours("append"), "authenticate": Ours("login"), "capability": Ours("capability"), "check": Ours("check"),
    "close": Ours("close_mailbox"), "compress": Ours("compress"), "copy": Ours("copy"), "create": Ours("create"),
    "delete": Ours("delete"), "deleteacl": Ours("delete_acl"), "enable": Ours("enable"), "esearch": Ours("esearch"),
    "expunge": Ours("expunge"), "fetch": Ours("fetch"), "fetch_to": Ours("fetch"), "getacl": Ours("acl"),
    "getannotation": Ours(reason=TYPED), "getmetadata": Ours("metadata"), "getquota": Ours("quota_root"),
    "getquotaroot": Ours("quota_roots"), "id": Ours("id"), "idle": Ours("idle"), "list": Ours("list"),
    "login": Ours("login"), "login_cram_md5": Ours("login"), "logout": Ours("logout"), "lsub": Ours("lsub"),
    "move": Ours("move"), "myrights": Ours("my_rights"), "namespace": Ours("namespace"), "noop": Ours("noop"),
    "notify": Ours("notify"), "partial": Ours(reason=TYPED), "proxyauth": Ours(reason=TYPED),
    "rename": Ours("rename"), "replace": Ours("replace"), "search": Ours("search"), "select": Ours("select"),
    "setacl": Ours("set_acl"), "setannotation": Ours(reason=TYPED), "setmetadata": Ours("set_metadata"),
    "setquota": Ours("set_quota"), "sort": Ours("sort"), "starttls": Ours("starttls"), "status": Ours("status"),
    "store": Ours("store"), "subscribe": Ours("subscribe"), "thread": Ours("thread"),
    "uid": Ours(reason="`uid=True` of each method"), "unauthenticate": Ours("unauthenticate"),
    "unselect": Ours("unselect"), "unsubscribe": Ours("unsubscribe"), "xatom": Ours("command"),
    "capabilities": Ours("capabilities"), "shutdown": Ours("close"), "recent": Ours("mailbox"),
    "response": Ours("command"), "parsed": Ours(reason="every value is parsed"),
    "abort": Ours(reason="imapsh.errors"), "error": Ours("error"), "readonly": Ours(reason="imapsh.errors"),
    "literal_limit": Ours(reason="Limits.memory"), "utf8_enabled": Ours(reason="`enable` returns what is on"),
    **dict.fromkeys(
        ("Literal", "Untagged_status", "continuation_response", "debug", "file", "literal_plus", "lost", "mo", "open",
         "print_log", "read", "readline", "send", "socket", "survived", "tagged_commands", "tagnum", "tagpre", "tagre",
         "untagged_responses"),
        Ours(reason=INSIDE),
    ),
}  # fmt: skip

LABELS = Ours("store")  # with X-GM-LABELS
IMAPCLIENT = {
    "add_flags": Ours("store"), "add_gmail_labels": LABELS, "append": Ours("append"),
    "capabilities": Ours("capabilities"), "close_folder": Ours("close_mailbox"), "copy": Ours("copy"),
    "create_folder": Ours("create"), "delete_folder": Ours("delete"), "delete_messages": Ours("store"),
    "enable": Ours("enable"), "expunge": Ours("expunge"), "fetch": Ours("fetch"),
    "find_special_folder": Ours("special"), "folder_exists": Ours("list"), "folder_status": Ours("status"),
    "get_flags": Ours("fetch"), "get_gmail_labels": Ours("fetch"), "get_quota": Ours("quota"),
    "get_quota_root": Ours("quota_roots"), "getacl": Ours("acl"), "gmail_search": Ours("search"),
    "has_capability": Ours("capabilities"), "id_": Ours("id"), "idle": Ours("idle"), "idle_check": Ours("idle"),
    "idle_done": Ours("idle"), "list_folders": Ours("list"), "list_sub_folders": Ours("lsub"), "login": Ours("login"),
    "logout": Ours("logout"), "move": Ours("move"), "multiappend": Ours("append_all"), "namespace": Ours("namespace"),
    "noop": Ours("noop"), "oauth2_login": Ours("login"), "oauthbearer_login": Ours("login"),
    "plain_login": Ours("login"), "remove_flags": Ours("store"), "remove_gmail_labels": LABELS,
    "rename_folder": Ours("rename"), "sasl_login": Ours("login"), "search": Ours("search"),
    "select_folder": Ours("select"), "set_flags": Ours("store"), "set_gmail_labels": LABELS,
    "set_quota": Ours("set_quota"), "setacl": Ours("set_acl"), "shutdown": Ours("close"), "sort": Ours("sort"),
    "starttls": Ours("starttls"), "subscribe_folder": Ours("subscribe"), "thread": Ours("thread"),
    "uid_expunge": Ours("expunge"), "unselect_folder": Ours("unselect"), "unsubscribe_folder": Ours("unsubscribe"),
    "welcome": Ours("greeting"), "xlist_folders": Ours("special"),
    "socket": Ours(reason=INSIDE),
    **dict.fromkeys(("AbortError", "Error", "ReadOnlyError"), Ours(reason="imapsh.errors")),
}  # fmt: skip


def public(kind: type) -> set[str]:
    """Return the names that a class offers."""
    return {name for name in dir(kind) if not name.startswith("_")}


def test_all_of_imaplib_is_in_the_table() -> None:
    assert public(IMAP4) == IMAPLIB.keys()


def test_all_of_imapclient_is_in_the_table() -> None:
    imapclient = pytest.importorskip("imapclient")
    assert public(imapclient.IMAPClient) == IMAPCLIENT.keys()


@pytest.mark.parametrize("name", [*IMAPLIB, *IMAPCLIENT])
def test_it_is_there_or_there_is_a_reason(name: str) -> None:
    for row in (IMAPLIB.get(name), IMAPCLIENT.get(name)):
        if row is not None:
            assert bool(row.method) is not bool(row.reason)
            assert not row.method or hasattr(Connection, row.method)
