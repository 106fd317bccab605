"""Keep the flags of a mailbox in a file, with IMAPClient: imapclient_sync.py HOST PORT USER MAILBOX FILE."""

import json
import os
import sys
from pathlib import Path

from imapclient import IMAPClient

host, port, user, mailbox = sys.argv[1:5]
path = Path(sys.argv[5])
uidvalidity, modseq, flags = json.loads(path.read_text()) if path.exists() else (0, 0, {})
with IMAPClient(host, int(port)) as c:
    c.login(user, os.environ["IMAPSH_PASSWORD"])
    c.enable("CONDSTORE")
    box = c.select_folder(mailbox, readonly=True)
    if box[b"UIDVALIDITY"] != uidvalidity:
        modseq, flags = 0, {}
    there = set(c.search("ALL"))
    gone = [uid for uid in flags if int(uid) not in there]
    for uid in gone:
        del flags[uid]
    since = [f"CHANGEDSINCE {modseq}"] if modseq else None
    found = c.fetch(sorted(there), ["FLAGS"], since)
    for uid, data in found.items():
        flags[str(uid)] = [flag.decode() for flag in data[b"FLAGS"]]
    path.write_text(json.dumps((box[b"UIDVALIDITY"], box[b"HIGHESTMODSEQ"], flags)))
print(f"{len(found)} new or changed, {len(gone)} gone, {len(flags)} in all")
