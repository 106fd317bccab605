"""Save each message of INBOX into a file, however large, in a constant amount of memory.

Run: python imap4_save.py HOST PORT USER  (the password is asked for; N.eml are written here)
"""

import getpass
import re
import sys
from contextlib import ExitStack

from imapsh.client import imap4

host, port, user = sys.argv[1:]
with imap4.IMAP4(host, int(port)) as M, ExitStack() as files:
    M.login(user, getpass.getpass())
    M.select(readonly=True)

    def choose(line, octets):
        number = re.match(rb"\* (\d+) ", line)[1].decode()
        return files.enter_context(open(f"{number}.eml", "wb"))

    typ, data = M.fetch_to("1:*", "BODY.PEEK[]", choose)
    print(sum(datum[1].octets for datum in data if isinstance(datum, tuple)), "octets written")
