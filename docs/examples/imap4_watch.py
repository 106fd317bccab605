"""Say what happens in INBOX for so many seconds, with IDLE.

Run: python imap4_watch.py HOST PORT USER SECONDS  (the password is asked for)
"""

import getpass
import sys

from imapsh.client import imap4

host, port, user, seconds = sys.argv[1:]
with imap4.IMAP4(host, int(port)) as M:
    M.login(user, getpass.getpass())
    M._get_capabilities()  # a login may change them
    M.select(readonly=True)
    with M.idle(duration=float(seconds)) as idler:
        for typ, data in idler:
            print(typ, imap4.parsed(typ, data))
print("no more")
