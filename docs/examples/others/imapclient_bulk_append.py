"""Store all files FOLDER/*.eml in a mailbox, with IMAPClient.

imapclient_bulk_append.py HOST PORT USER MAILBOX FOLDER
"""

import os
import sys
from pathlib import Path

from imapclient import IMAPClient

host, port, user, mailbox = sys.argv[1:5]
paths = sorted(Path(sys.argv[5]).glob("*.eml"))
with IMAPClient(host, int(port)) as c:
    c.login(user, os.environ["IMAPSH_PASSWORD"])
    block = 100 if c.has_capability("MULTIAPPEND") else 1
    for start in range(0, len(paths), block):
        messages = [{"msg": path.read_bytes(), "flags": (r"\Seen",)} for path in paths[start : start + block]]
        c.multiappend(mailbox, messages)
print(len(paths), "stored")
