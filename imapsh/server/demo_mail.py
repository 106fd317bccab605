"""The mail of the demo's INBOX: invented people at the Harbour Museum, one message for each thing worth looking at.

Every function makes one message when somebody looks at it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from imapsh.server.compose import attachment, message, multipart, nested, text
from imapsh.tuples import NamedTuple

ME = "Demo Person <demo@harbour.example>"
EDDA = '"Edda Lindqvist" <edda@harbour.example>'
JOAO = "=?UTF-8?Q?Jo=C3=A3o_Almeida?= <joao@harbour.example>"
MIRA = "Mira Oduya <mira@harbour.example>"
KENJI = "=?ISO-2022-JP?B?GyRCOjRGIzgyRnMbKEI=?= <kenji@tidewater.example>"
LIST = "Lighthouse list <lighthouse@lists.harbour.example>"


class Item(NamedTuple):
    """A message that can be made: day of June, hour and minute, flags, and the function that makes its octets."""

    day: int
    hour: int
    minute: int
    flags: tuple[str, ...]
    make: Callable[[datetime], bytes]


def png(width: int, height: int) -> bytes:
    """Return a real picture, a sea under a sky, in a few hundred octets."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    rows = b"".join(
        b"\0" + (b"\x9c\xc4\xe8" if row < height // 2 else b"\x1d\x4e\x74") * width for row in range(height)
    )
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def welcome(when: datetime) -> bytes:
    """Return plain text that says where to begin."""
    body = """
Welcome aboard!

This mailbox lives in memory, inside imapsh.  Nothing you do here lasts: delete, move and append as you like.

Things to try:

  FETCH 1:* (FLAGS ENVELOPE)
  FETCH 4 BODYSTRUCTURE
  FETCH 4 BODY.PEEK[1.1]<0.200>
  SEARCH UNSEEN SINCE 1-Jun-2026
  LIST "" "*" RETURN (STATUS (MESSAGES UNSEEN))
  STORE 2 +FLAGS (\\Flagged $MDNSent)
  IDLE
"""
    return message("Harbour Master <master@harbour.example>", ME, "Welcome aboard", when, "welcome", text(body))


def tide_table(when: datetime) -> bytes:
    """Return plain text with 8-bit UTF-8 in the body."""
    body = """
Grüße aus dem Archiv,

der Fährplan für die Woche, mit Tide:

  Mo  06:12  ↑ 3,4 m     Überfahrt um 07:00
  Di  06:58  ↑ 3,6 m     keine Überfahrt — Sturmwarnung
  Mi  07:41  ↑ 3,7 m     Überfahrt um 08:30 (½ Preis für Schüler)

Bitte den Schlüssel für das Tor nicht vergessen. Das naïve Café öffnet erst um zehn: 5 € für Kaffee & Kuchen.

Edda
"""
    return message(EDDA, ME, "=?UTF-8?B?RsOkaHJwbGFuIHVuZCBUaWRlIPCfjIo=?=", when, "tide", text(body, "plain", "8bit"))


def minutes_of_meeting(when: datetime) -> bytes:
    """Return multipart/mixed of multipart/alternative, a CSV and a PDF in name only, with a file name beyond ASCII."""
    plain = """
Hi all,

the minutes of Tuesday are below, the budget is attached.

  * The lamp room opens on 4 July.
  * Kenji brings the new Fresnel lens; João lends the van.
  * The roof: two offers, both too high.

Mira
"""
    html = """
<html><body>
<p>Hi all,</p>
<p>the minutes of Tuesday are below, the <b>budget</b> is attached.</p>
<ul>
<li>The lamp room opens on <i>4 July</i>.</li>
<li>Kenji brings the new Fresnel lens; Jo&atilde;o lends the van.</li>
<li>The roof: two offers, both too high.</li>
</ul>
<p>Mira</p>
</body></html>
"""
    csv = b"item,planned,spent\r\nlens,4200,3980\r\nroof,9000,0\r\nvan,300,185\r\n"
    alternative = multipart(
        "alternative",
        "=_alt_7d3",
        [text(plain, "plain", "8bit"), text(html, "html")],
    )
    parts = [
        alternative,
        attachment('text/csv; charset=utf-8; name="budget.csv"', "budget.csv", csv),
        attachment("image/png", "Küste bei Ebbe.png", png(64, 48)),
    ]
    content = multipart("mixed", "=_mixed_7d3", parts, "This is a message in MIME format.\r\n")
    more = [("Cc", f"{EDDA},\r\n {JOAO}"), ("X-Priority", "3"), ("In-Reply-To", "<agenda@harbour.example>")]
    subject = "=?UTF-8?Q?Minutes_of_Tuesday,_and_the_budget_=E2=80=94?=\r\n =?UTF-8?Q?_please_read_before_Friday?="
    return message(MIRA, ME, subject, when, "minutes", content, more)


def forwarded(when: datetime) -> bytes:
    """Return a message in a message, which has parts of its own."""
    inner = message(
        KENJI,
        'Mira Oduya <mira@harbour.example>, undisclosed-friends: anna@isle.example, "Bo B." <bo@isle.example>;',
        "=?ISO-2022-JP?B?GyRCRXRCZiROJWwlcyU6GyhC?=",
        (when - timedelta(hours=39)).astimezone(timezone(timedelta(hours=9))),
        "lens",
        multipart(
            "mixed",
            "lens-1",
            [
                text("The crate left Yokohama on Monday. Photo and waybill attached.\n\nKenji"),
                attachment("image/png", "crate.png", png(32, 24), "inline"),
                text("waybill 4471-220\nweight 61 kg", "plain", "7bit", ("Content-Language", "en, ja")),
            ],
        ),
    )
    note = text("FYI: the lens is under way. See the photo inside.\n\nMira")
    return message(MIRA, ME, "Fwd: the lens", when, "fwd-lens", multipart("mixed", "fwd-2", [note, nested(inner)]))


def newsletter(when: datetime) -> bytes:
    """Return HTML alone, quoted-printable."""
    body = """<html><head><title>Tidewater Quarterly</title></head><body style=3D"margin:0">
<h1>Tidewater Quarterly =E2=84=96 12</h1>
<p>Caf=C3=A9 on the pier, <a href=3D"https://tidewater.example/?issue=3D12&amp;u=
ser=3Ddemo">read on</a>.</p>
</body></html>"""
    content = text(body, "html", "quoted-printable").replace("us-ascii", "utf-8", 1)
    more = [
        ("List-Unsubscribe", "<mailto:leave@tidewater.example>"),
        ("Reply-To", "Editors <editors@tidewater.example>"),
        ("Sender", "bounce@tidewater.example"),
    ]
    sender = "Tidewater Quarterly <news@tidewater.example>"
    return message(sender, ME, "Tidewater Quarterly, issue 12", when, "tq12", content, more)


def invitation(when: datetime) -> bytes:
    """Return an alternative with a calendar object."""
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//harbour.example//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
        "UID:lamp-room@harbour.example\r\nDTSTAMP:20260612T080000Z\r\nDTSTART:20260704T160000Z\r\n"
        "DTEND:20260704T180000Z\r\nSUMMARY:Lamp room opens\r\nLOCATION:Old lighthouse\\, north stair\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    calendar = text(event.replace("\r\n", "\n"), "calendar; method=REQUEST")
    content = multipart("alternative", "cal-9", [text("The lamp room opens on 4 July at 18:00. Come early."), calendar])
    return message(EDDA, f"{ME}, {LIST}", "Invitation: lamp room opens", when, "invite", content)


def bounce(when: datetime) -> bytes:
    """Return a delivery report (RFC 3464)."""
    status = (
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.harbour.example\r\n\r\n"
        "Final-Recipient: rfc822; keeper@isle.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    lost = (
        "Content-Type: text/rfc822-headers\r\n\r\nFrom: demo@harbour.example\r\nTo: keeper@isle.example\r\n"
        "Subject: Keys\r\n"
    )
    parts = [text("Your message could not be delivered to keeper@isle.example."), status, lost]
    content = multipart("report; report-type=delivery-status", "dsn-3", parts)
    content = content.replace(
        'multipart/report; report-type=delivery-status; boundary="dsn-3"',
        'multipart/report; report-type=delivery-status;\r\n boundary="dsn-3"',
        1,
    )
    sender = "Mail Delivery System <mailer-daemon@mx.harbour.example>"
    return message(
        sender, ME, "Undelivered mail returned to sender", when, "dsn", content, [("Auto-Submitted", "auto-replied")]
    )


def digest(when: datetime) -> bytes:
    """Return multipart/digest, whose parts are messages without saying so (RFC 2046 section 5.1.5)."""
    first = message(JOAO, LIST, "Van on Thursday?", when, "van-1", text("Is the van free on Thursday?\n\nJ."))
    second = message(EDDA, LIST, "Re: Van on Thursday?", when, "van-2", text("It is, with half a tank.\n\nE."))
    parts = ["\r\n" + inner.decode("utf-8") for inner in (first, second)]
    content = multipart("digest", "digest-5", parts)
    return message(LIST, ME, "Lighthouse digest, vol. 3, issue 5", when, "digest-5", content, [("Precedence", "list")])


def bare(when: datetime) -> bytes:
    """Return the least that a message may be: no MIME, no Subject."""
    date = when.strftime("%d Jun %Y %H:%M:%S +0000")
    return f"From: keeper@isle.example\r\nDate: {date}\r\n\r\nlamp ok. wind nw 7. k.\r\n".encode()


def reply(when: datetime) -> bytes:
    """Return plain text that quotes, with a long References field."""
    body = """
On Tuesday Mira Oduya wrote:
> * The roof: two offers, both too high.

My cousin knows a slater on the isle. Shall I ask?

> * Kenji brings the new Fresnel lens;

Insured?  It weighs 61 kg, and the stair has 142 steps.

João
"""
    more = [
        ("In-Reply-To", "<minutes@harbour.example>"),
        ("References", "<agenda@harbour.example>\r\n <minutes@harbour.example>"),
    ]
    return message(
        JOAO, f"{MIRA}, {ME}", "Re: Minutes of Tuesday", when, "re-minutes", text(body, "plain", "8bit"), more
    )


def photo(when: datetime) -> bytes:
    """Return HTML that shows a picture sent along (multipart/related)."""
    html = text('<p>Ebb tide this morning:</p><img src="cid:ebb@harbour.example" alt="sea">', "html")
    picture = attachment("image/png", "ebb.png", png(96, 64), "inline")
    picture = picture.replace(
        "\r\n\r\n", "\r\nContent-ID: <ebb@harbour.example>\r\nContent-Description: the sea\r\n\r\n", 1
    )
    return message(EDDA, ME, "Ebb", when, "ebb", multipart("related", "rel-1", [html, picture]))


INBOX: tuple[Item, ...] = (
    Item(3, 8, 52, ("\\Seen",), welcome),
    Item(5, 14, 9, ("\\Seen", "\\Answered", "$Important"), invitation),
    Item(8, 7, 43, ("\\Seen",), tide_table),
    Item(9, 16, 50, ("\\Seen", "\\Flagged", "$Work"), minutes_of_meeting),
    Item(10, 9, 18, ("\\Seen", "$Forwarded"), reply),
    Item(11, 11, 25, ("$Work",), forwarded),
    Item(12, 6, 0, ("\\Seen", "\\Deleted"), newsletter),
    Item(12, 10, 46, (), bounce),
    Item(13, 12, 27, ("\\Seen",), digest),
    Item(14, 8, 12, (), photo),
    Item(15, 5, 50, (), bare),
)
