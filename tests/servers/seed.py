"""Mail worth looking at, put into a server over the standard library's imaplib."""

from __future__ import annotations

import imaplib
from typing import NamedTuple

from tests.patience import PATIENCE

from .base import Server


class Mail(NamedTuple):
    """One message as it is appended: flags, internal date, and the octets, whose line ends are CRLF."""

    flags: str
    date: str
    octets: bytes


def _octets(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


PLAIN = _octets("""\
Date: Mon, 5 Feb 2024 09:00:00 +0100
From: Alice Example <alice@example.test>
To: Demo User <demo@example.test>
Subject: Plain message
Message-ID: <plain@example.test>

Hello demo,

this is a plain message.
""")

ENCODED_SUBJECT = _octets("""\
Date: Tue, 6 Feb 2024 11:00:00 +0000
From: =?utf-8?q?J=C3=BCrgen_M=C3=BCller?= <juergen@example.test>
To: demo@example.test, "Last, First" <lf@example.test>
Subject: =?utf-8?B?R3LDvMOfZSBhdXMgTcO8bmNoZW4=?=
 =?iso-8859-1?Q?_et_d=E9j=E0_vu?=
Message-ID: <encoded@example.test>
In-Reply-To: <plain@example.test>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

R3LDvMOfZQo=
""")

EIGHT_BIT = _octets("""\
Date: Wed, 7 Feb 2024 12:00:00 +0000
From: Demo User <demo@example.test>
To: demo@example.test
Subject: Umlaute: äöü 日本語
Message-ID: <eight-bit@example.test>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Grüße, žluťoučký kůň, 日本語, 🐎.
""")

MULTIPART = _octets("""\
Date: Thu, 8 Feb 2024 13:00:00 -0500
From: Carol <carol@example.test>
To: demo@example.test
Subject: Report with attachment
Message-ID: <multipart@example.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer=_1"

--outer=_1
Content-Type: multipart/alternative; boundary="inner=_2"

--inner=_2
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable
Content-Language: en

See the attached r=C3=A9sum=C3=A9.

--inner=_2
Content-Type: text/html; charset=us-ascii

<p>See the attached resume.</p>

--inner=_2--

--outer=_1
Content-Type: text/csv; name="data.csv"
Content-Disposition: attachment; filename=data.csv
Content-Transfer-Encoding: base64

YSxiDQoxLDINCgA=

--outer=_1
Content-Type: message/rfc822

From: Dave <dave@example.test>
To: Carol <carol@example.test>
Date: Thu, 8 Feb 2024 08:00:00 -0500
Subject: Inner message
Message-ID: <inner@example.test>

Inner body.

--outer=_1--
""")

MESSAGES = (
    Mail(r"(\Seen)", '"05-Feb-2024 09:00:05 +0100"', PLAIN),
    Mail(r"(\Flagged)", '" 6-Feb-2024 11:00:05 +0000"', ENCODED_SUBJECT),
    Mail("()", '"07-Feb-2024 12:00:05 +0000"', EIGHT_BIT),
    Mail(r"(\Answered \Draft)", '"08-Feb-2024 13:00:05 -0500"', MULTIPART),
)

# In modified UTF-7; `/` stands for the server's separator.  The fourth is Entwürfe, the fifth 日本語.
MAILBOXES = ("Archive", "Archive/2024", "with space", "Entw&APw-rfe", "&ZeVnLIqe-")


def mailbox_name(server: Server, name: str) -> str:
    """One of MAILBOXES as `server` names it."""
    return server.prefix + name.replace("/", server.separator)


def seed(server: Server) -> None:
    """Create MAILBOXES and append MESSAGES to INBOX; both must be new to its user."""
    with imaplib.IMAP4(server.host, server.port, timeout=PATIENCE) as client:
        client.login(server.user, server.password)
        for name in MAILBOXES:
            _ok(client.create(f'"{mailbox_name(server, name)}"'), server, name)
        for mail in MESSAGES:
            _ok(client.append("INBOX", mail.flags, mail.date, mail.octets), server, mail.date)


def _ok(reply: tuple[str, object], server: Server, what: str) -> None:
    if reply[0] != "OK":
        raise RuntimeError(f"{server.name} refused {what}: {reply}")
