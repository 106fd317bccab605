"""Print new messages as they come, with IMAPClient: imapclient_watcher.py HOST PORT USER MAILBOX [COUNT]."""

import os
import sys
import time
from email.header import decode_header, make_header

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

host, port, user, mailbox = sys.argv[1:5]
count = float(sys.argv[5]) if len(sys.argv) > 5 else float("inf")
last, validity, pause = 0, None, 1


def show(c):
    """Print what is new, until nothing came while it was asked for: IDLE does not tell of that again."""
    news = [(b"EXISTS",)]
    while any(b"EXISTS" in one for one in news):
        show_once(c)
        news = c.noop()[1]


def show_once(c):
    global count, last
    for uid, data in sorted(c.fetch(c.search(["UID", f"{last + 1}:*"]), ["ENVELOPE"]).items()):
        if uid > last:
            subject = (data[b"ENVELOPE"].subject or b"").decode("utf-8", "replace")
            print(uid, make_header(decode_header(subject)), flush=True)
            last = uid
            count -= 1


while count > 0:
    try:
        with IMAPClient(host, int(port), timeout=60) as c:
            c.login(user, os.environ["IMAPSH_PASSWORD"])
            box = c.select_folder(mailbox, readonly=True)
            if box[b"UIDVALIDITY"] != validity:
                validity, last = box[b"UIDVALIDITY"], box[b"UIDNEXT"] - 1
            pause = 1
            while count > 0:
                show(c)
                if count <= 0:
                    break
                c.idle()
                try:
                    c.idle_check(timeout=5)  # what came together with "+ idling" is not told before
                finally:
                    c.idle_done()
    except LoginError:
        raise
    except (OSError, IMAPClient.AbortError) as error:
        print(f"{error}; again in {pause} s", file=sys.stderr)
        time.sleep(pause)
        pause = min(2 * pause, 300)
