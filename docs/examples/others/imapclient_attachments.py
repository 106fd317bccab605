"""Save all attachments of a mailbox over four connections, with IMAPClient.

imapclient_attachments.py HOST PORT USER MAILBOX FOLDER
"""

import email
import email.policy
import os
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from imapclient import IMAPClient

host, port, user, mailbox = sys.argv[1:5]
folder = Path(sys.argv[5])
local = threading.local()
connections = []


def connect():
    c = IMAPClient(host, int(port))
    c.login(user, os.environ["IMAPSH_PASSWORD"])
    c.select_folder(mailbox, readonly=True)
    connections.append(c)
    return c


def start():
    local.c = connect()


def save(uid):
    octets = local.c.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
    message = email.message_from_bytes(octets, policy=email.policy.default)
    for number, part in enumerate(message.iter_attachments(), 1):
        name = re.sub(r'[\x00-\x1f/\\:*?"<>|]', "_", part.get_filename() or "part").lstrip(".")
        content = part.get_content()
        if not isinstance(content, bytes):
            content = part.get_payload(decode=True) or bytes(content)
        (folder / f"{uid}-{number}-{name}").write_bytes(content)


with connect() as c:
    uids = c.search("ALL")
with ThreadPoolExecutor(4, initializer=start) as pool:
    list(pool.map(save, uids))
for c in connections[1:]:
    c.logout()
