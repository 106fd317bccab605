"""The tasks of `docs/admin.rst` on an account of 20,000 messages: imapsh, a short imaplib script, doveadm.

    python -m tests.bench admin

Each is a process of its own, with one login; they run in turns, and the best of each counts.  Copies go to Cyrus, each
into a mailbox of its own.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.bench.figures import Figure
from tests.bench.peers import Peers, imapsh
from tests.bench.taken import Program, Taken, in_turns
from tests.servers import certs, cyrus, office
from tests.servers.base import Missing, Server, program

RUNS = 3
MESSAGES = 20_000
_INVOICE = "Invoice 48"


class Site(NamedTuple):
    """The servers: where the account is, and where it is copied to; Dovecot's configuration, and a folder."""

    old: Server
    new: Server
    config: Path
    folder: Path


class Job(NamedTuple):
    """A task: its title, imapsh's lines, what a script takes, and doveadm's words if it can do it."""

    title: str
    lines: tuple[str, ...]
    script: tuple[str, ...]
    doveadm: tuple[str, ...] = ()
    runs: int = RUNS


def jobs(site: Site) -> Iterator[Job]:
    """Yield the tasks."""
    fetch = ("fetch", "-u", office.USER)
    yield Job("find by subject", (f'\\find SUBJECT "{_INVOICE}"',), ("find", _INVOICE),
              (*fetch, "mailbox uid hdr.subject date.received", "mailbox", "*", "subject", _INVOICE))  # fmt: skip
    yield Job("find in the text", ('\\find TEXT "harbour tide"',), ("find_text", "harbour tide"),
              (*fetch, "mailbox uid hdr.subject date.received", "mailbox", "*", "text", "harbour tide"))  # fmt: skip
    yield Job("sizes of all mailboxes", ("\\du",), ("sizes",),
              ("mailbox", "status", "-u", office.USER, "-t", "messages vsize unseen", "*"))  # fmt: skip
    yield Job("the 20 largest", ("\\largest",), ("largest",),
              (*fetch, "mailbox uid size.virtual hdr.subject", "mailbox", "*", "larger", "100k"))  # fmt: skip
    parts, scripted = site.folder / "parts", site.folder / "scripted"
    scripted.mkdir(exist_ok=True)
    yield Job("attachments of INBOX", ("EXAMINE INBOX", f"\\save --parts 1:* {parts}"), ("attachments", str(scripted)),
              runs=1)  # fmt: skip
    yield Job("duplicates in Sent", ("EXAMINE Sent", "\\duplicates"), ("duplicates", "Sent"))
    new = f"imap://{office.USER}@{site.new.host}:{site.new.port}"
    there = f"{site.new.host} {site.new.port} INBOX.Scripted"
    yield Job("copy INBOX to Cyrus", (f"\\connect -n new {new}", "CREATE INBOX.Copied", "\\use 1", "EXAMINE INBOX",
                                      "\\copy 1:* new:INBOX.Copied"), ("copy", there), runs=1)  # fmt: skip


@contextlib.contextmanager
def site(messages: int = MESSAGES) -> Iterator[Site]:
    """Run both servers, with the account in Dovecot."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imapsh-", ignore_cleanup_errors=True)))
        folder.chmod(0o755)
        (folder / "old").mkdir()
        (folder / "new").mkdir()
        made = certs.make(folder / "certs")
        old = stack.enter_context(office.running(folder / "old", made, messages))
        new = stack.enter_context(cyrus.running(folder / "new", made))
        yield Site(old, new, folder / "old/dovecot.conf", folder)


def programs(job: Job, site: Site) -> dict[str, Program]:
    """Return the ways to do a task."""
    lines = [word for line in job.lines for word in ("-c", line)]
    old = site.old
    options = ["--no-config", "--no-starttls", "--yes", f"imap://{old.user}@{old.host}:{old.port}"]
    login = [old.host, str(old.port), old.user, old.password]
    found = {
        "imapsh": Program(imapsh(*options, *lines), _said),
        "imaplib": Program([sys.executable, "-m", "tests.bench.admin_scripts", job.script[0], *login, *job.script[1:]],
                           _said),
    }  # fmt: skip
    if job.doveadm:
        found["doveadm"] = Program([program("doveadm"), "-c", str(site.config), *job.doveadm], _said)
    return found


def _said(out: Path) -> None:
    assert out.read_bytes().strip(), "it found nothing"


def figures(peers: Peers) -> Iterator[Figure]:
    """Yield a figure a task."""
    try:
        with site() as servers:
            for job in jobs(servers):
                taken = in_turns(programs(job, servers), job.runs, {"IMAPSH_PASSWORD": servers.old.password})
                yield _figure(job, taken)
    except Missing as reason:
        yield Figure("tasks of admins", "", str(reason), None)


def _figure(job: Job, taken: dict[str, Taken]) -> Figure:
    ours = taken.pop("imapsh")
    ratio = ours.wall / taken["imaplib"].wall
    beside = ", ".join(f"{name} {one.wall:.2f} s" for name, one in taken.items())
    searches = job.script[0].startswith("find")
    return Figure(job.title, "2 x imaplib" if searches else "", f"{ours.wall:.2f} s, x {ratio:.2f}",
                  ratio <= 2 if searches else None, beside)  # fmt: skip
