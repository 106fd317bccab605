"""Print every message of INBOX: the example of imaplib's documentation.

Run: python imap4_print_all.py HOST PORT USER  (the password is asked for)
"""

import getpass
import sys

from imapsh.client import imap4 as imaplib

host, port, user = sys.argv[1:]
with imaplib.IMAP4(host, int(port)) as M:
    M.login(user, getpass.getpass())
    M.select()
    typ, data = M.search(None, "ALL")
    for num in data[0].split():
        typ, data = M.fetch(num.decode(), "(RFC822)")
        print(f"Message {num.decode()}\n{data[0][1].decode(errors='replace')}\n")
    M.close()
