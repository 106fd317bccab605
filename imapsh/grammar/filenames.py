"""Names of attached files, as mailers write them (RFC 2183 section 2.3; RFC 2231 sections 3 and 4; RFC 2047)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from imapsh.grammar.decoding import decode_charset
from imapsh.grammar.encodedwords import encoded_words
from imapsh.patterns import lazy

Params = Mapping[str, str | None]

_MOST_PIECES = 1000
_UNSAFE = lazy(
    r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff]'
)
_RESERVED = lazy(r"(?i:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\xb9\xb2\xb3])(?= *(?:\.|\Z))")
_LONGEST = 200  # octets; file systems take 255


def parameter(params: Params | None, name: str) -> str | None:
    """Return the text of a parameter, or None if there is none.

    It may be written as `name*`, with a character set and percent signs, in pieces `name*0`, `name*1*`, or, as many
    mailers do although RFC 2047 forbids it, with encoded words.  The form with a character set counts more.
    """
    if not params:
        return None
    extended = params.get(f"{name}*")
    if extended is not None:
        return _extended([(extended, True)])
    pieces = _pieces(params, name)
    if pieces:
        return _extended(pieces)
    plain = params.get(name)
    return _words(plain) if plain is not None else None


def _pieces(params: Params, name: str) -> list[tuple[str, bool]]:
    """Return the pieces of a continued parameter, each with True if it has percent signs (RFC 2231 section 3)."""
    pieces: list[tuple[str, bool]] = []
    while len(pieces) < _MOST_PIECES:
        key = f"{name}*{len(pieces)}"
        encoded = params.get(f"{key}*")
        piece = encoded if encoded is not None else params.get(key)
        if piece is None:
            break
        pieces.append((piece, encoded is not None))
    return pieces


def _extended(pieces: list[tuple[str, bool]]) -> str:
    """Return the text of a value in pieces.  The first may begin with charset'language'."""
    first, coded = pieces[0]
    charset = "utf-8"
    if not any(encoded for _, encoded in pieces):
        return _words("".join(piece for piece, _ in pieces))
    if coded and first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
    octets = [_unquoted(first, coded), *(_unquoted(piece, encoded) for piece, encoded in pieces[1:])]
    return decode_charset(b"".join(octets), charset)


def _unquoted(piece: str, encoded: bool) -> bytes:
    return unquote_to_bytes(piece) if encoded else piece.encode("utf-8", "surrogateescape")


def _words(text: str) -> str:
    flat = text.replace("\r\n", "")
    return encoded_words(flat) or flat


def safe_name(name: str, longest: int = _LONGEST) -> str:
    r"""Return a name under which a file can be written into a folder on any system; "" if nothing of it is left.

    Folders in front (`../`, `C:\`), control characters, signs that turn the direction of text or cannot be seen, dots
    at the beginning and dots and blanks at the end are not kept.  Names of devices, and those that a command would take
    for an option, get an underscore.  A name of more than `longest` octets is shortened in front of its ending.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = _UNSAFE.sub("_", last).strip(" .\t")
    if clean.startswith("-") or _RESERVED.match(clean):
        clean = f"_{clean}"
    stem, dot, ending = clean.rpartition(".")
    tail = dot + ending if dot and len(ending.encode()) < 20 else ""
    head = stem if tail else clean
    return (_cut(head, longest - len(tail.encode())) + tail).rstrip(" .")


def numbered_name(name: str, number: int) -> str:
    """Return a name with a number in front of its ending, as `plan-2.pdf`; that of 1 is the name itself."""
    if number == 1:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{number}{dot}{ending}" if stem else f"{name}-{number}"


def folded_name(name: str) -> str:
    """Return a form that is the same for all names that some file system takes for one: by case, or by accents."""
    from unicodedata import normalize

    return normalize("NFC", normalize("NFC", name).casefold())


def _cut(text: str, octets: int) -> str:
    return text.encode("utf-8")[:octets].decode("utf-8", "ignore")
