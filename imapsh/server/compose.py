"""Puts small messages together octet by octet, for the demo: cheap, and the same on every run."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Iterable
from datetime import datetime

CRLF = "\r\n"


def crlf(body: str) -> str:
    """Return `body` with CRLF line ends, and one at its end."""
    return body.strip("\n").replace("\n", CRLF) + CRLF


def headers(pairs: Iterable[tuple[str, str]]) -> str:
    """Return header fields and the empty line."""
    return "".join(f"{name}: {value}{CRLF}" for name, value in pairs) + CRLF


def base64_lines(octets: bytes) -> str:
    """Return base64 in lines of 76 characters (RFC 2045 section 6.8)."""
    return "".join(b2a_base64(octets[at : at + 57], newline=False).decode() + CRLF for at in range(0, len(octets), 57))


def text(body: str, subtype: str = "plain", encoding: str = "7bit", *more: tuple[str, str]) -> str:
    """Return a text part with its header; it is UTF-8 unless it is ASCII."""
    charset = "us-ascii" if body.isascii() else "utf-8"
    fields = [
        ("Content-Type", f"text/{subtype}; charset={charset}"),
        ("Content-Transfer-Encoding", encoding),
        *more,
    ]
    return headers(fields) + (crlf(body) if encoding != "base64" else base64_lines(crlf(body).encode()))


def attachment(kind: str, name: str, octets: bytes, disposition: str = "attachment") -> str:
    """Return a part in base64 with a file name; a name beyond ASCII is written as in RFC 2231."""
    coded = f'filename="{name}"'
    if not name.isascii():
        from urllib.parse import quote

        coded = f"filename*=UTF-8''{quote(name)}"
    fields = [
        ("Content-Type", kind),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f"{disposition}; {coded}; size={len(octets)}"),
    ]
    return headers(fields) + base64_lines(octets)


def multipart(subtype: str, boundary: str, parts: Iterable[str], preamble: str = "") -> str:
    """Return a multipart with its Content-Type and its parts, to be put into a message or another multipart."""
    delimiter = f"{CRLF}--{boundary}"
    inside = "".join(f"{delimiter}{CRLF}{part}" for part in parts)
    inside = inside if preamble else inside.removeprefix(CRLF)
    head = headers([("Content-Type", f'multipart/{subtype}; boundary="{boundary}"')])
    return f"{head}{preamble}{inside}{delimiter}--{CRLF}"


def nested(inner: bytes) -> str:
    """Return a message/rfc822 part."""
    fields = [("Content-Type", "message/rfc822"), ("Content-Disposition", "inline")]
    return headers(fields) + inner.decode("utf-8")


def message(
    sender: str, to: str, subject: str, when: datetime, ident: str, content: str, more: Iterable[tuple[str, str]] = ()
) -> bytes:
    """Return a whole message; `content` begins with the rest of the header, as `text` and `multipart` make it."""
    from email.utils import format_datetime

    fields = [
        ("From", sender),
        ("To", to),
        ("Subject", subject),
        ("Date", format_datetime(when)),
        ("Message-ID", f"<{ident}@harbour.example>"),
        *more,
        ("MIME-Version", "1.0"),
    ]
    return (headers(fields).removesuffix(CRLF) + content).encode("utf-8")
