"""Modified UTF-7, in which IMAP4rev1 writes mailbox names (RFC 3501 section 5.1.3)."""

from __future__ import annotations

import re

from imapsh.patterns import lazy

_SHIFTED = lazy(r"&([^-]*)(-?)")
_OUTSIDE = lazy(r"[^\x20-\x7e]+|&")


def encode(name: str) -> str:
    """Return `name` in modified UTF-7.

    Printable ASCII except `&` stands for itself, `&` is written as `&-`, and the rest in shifted base64.  Raises
    UnicodeEncodeError for a lone surrogate.
    """
    return name if name.isascii() and name.isprintable() and "&" not in name else _OUTSIDE.sub(_shift, name)


def _shift(found: re.Match[str]) -> str:
    if found[0] == "&":
        return "&-"
    from binascii import b2a_base64

    coded = b2a_base64(found[0].encode("utf-16-be"), newline=False).rstrip(b"=")
    return "&" + coded.decode("ascii").replace("/", ",") + "-"


def decode(name: str) -> str:
    """Return the name that modified UTF-7 stands for.

    Raises ValueError if `name` is not modified UTF-7: without a closing `-`, with bad base64, with a lone surrogate,
    with 8-bit characters, or with base64 for what must stand for itself.  Section 5.1.3 forbids the last, because names
    are compared as octets.
    """
    decoded, faults = decode_leniently(name)
    if faults:
        raise ValueError(faults[0])
    return decoded


def decode_leniently(name: str) -> tuple[str, list[str]]:
    """Return the best reading of `name` and a list of what was wrong with it."""
    if "&" not in name:
        return name, ([] if name.isascii() else ["8-bit characters in a modified UTF-7 name"])
    faults: list[str] = []
    if not name.isascii():
        faults.append("8-bit characters in a modified UTF-7 name")

    def unshift(found: re.Match[str]) -> str:
        if not found[1] and found[2]:
            return "&"
        text, fault = _unshift(found[1])
        if fault or not found[2]:
            faults.append(fault or "a shifted run without its closing '-'")
        return text if text is not None else found[0]

    decoded = _SHIFTED.sub(unshift, name)
    if not faults and encode(decoded) != name:
        faults.append("two shifted runs side by side")
    return decoded, faults


def _unshift(coded: str) -> tuple[str | None, str]:
    if not coded:
        return None, "a lone '&', which must be written '&-'"
    from binascii import a2b_base64

    try:
        octets = a2b_base64(coded.replace(",", "/") + "=" * (-len(coded) % 4), strict_mode=True)
        text = octets.decode("utf-16-be")
    except ValueError:  # as binascii.Error is
        return None, f"'&{coded}-' is not modified base64 of UTF-16"
    if any(" " <= character <= "~" for character in text):
        return text, "printable ASCII inside the base64 run, where it must not be encoded"
    return text, ""
