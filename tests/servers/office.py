"""Dovecot as an office runs it: quotas, access rights, and no waiting for the disk; for the mail of `account`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from . import dovecot
from .account import fill, letters
from .base import Server
from .certs import Certs

USER = "other"  #: whose mail it is

_MORE = """\
mail_fsync = never
protocol imap {
  mail_plugins = $mail_plugins zlib imap_zlib quota imap_quota acl imap_acl
}
plugin {
  quota = count:Mail
  quota_rule = *:storage=200M
  quota_vsizes = yes
  acl = vfile
}
"""


@contextlib.contextmanager
def running(run: Path, certs: Certs, messages: int) -> Iterator[Server]:
    """Start it with so many messages in the 25 mailboxes of USER."""
    with dovecot.running(run, certs, more=_MORE) as server:
        mine = server.for_user(USER)
        fill(mine, letters(messages))
        yield mine
