"""List what is unread, with IMAPClient: imapclient_unread.py HOST PORT USER MAILBOX."""

import os
import sys
from email.header import decode_header, make_header

from imapclient import IMAPClient

host, port, user, mailbox = sys.argv[1:]
with IMAPClient(host, int(port)) as c:
    c.login(user, os.environ["IMAPSH_PASSWORD"])
    c.select_folder(mailbox, readonly=True)
    for uid, data in sorted(c.fetch(c.search("UNSEEN"), ["ENVELOPE"]).items()):
        envelope = data[b"ENVELOPE"]
        sender = "nobody"
        if envelope.from_:
            first = envelope.from_[0]
            sender = f"{(first.mailbox or b'').decode()}@{(first.host or b'').decode()}"
        raw = (envelope.subject or b"").decode("utf-8", "replace")
        subject = str(make_header(decode_header(raw)))
        print(f"{uid:6} {sender:30} {subject}")
